//! Touches of the pages that ask for whom, what for, and for the signature.

use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::Out;
use crate::session::handing::for_whom::Who;
use crate::session::handing::signing::far::SignTouch;
use crate::session::{Consent, Touch};

pub(super) fn bind(kiosk: &Kiosk, out: &Out) {
    let whom = kiosk.global::<ui::ForWhomPage>();
    whom.on_choose(out.on(|whom| {
        Some(Touch::ForWhom(match whom {
            ui::Whom::Myself => Who::Myself,
            ui::Whom::MyChild => Who::MyChild,
            ui::Whom::Somebody => Who::Somebody,
        }))
    }));
    whom.on_type_in(out.on_touch(Touch::TypeIn));
    whom.on_next(out.on_touch(Touch::Next));
    whom.on_key(out.on(super::key));

    let agree = kiosk.global::<ui::AgreePage>();
    let to = out.clone();
    agree.on_agree(move |purpose, agreed| {
        to.touch(Touch::Consent {
            purpose: purpose.into(),
            consent: if agreed { Consent::Yes } else { Consent::No },
        });
    });
    agree.on_send(out.on_touch(Touch::Send));

    let sign = kiosk.global::<ui::SignPage>();
    sign.on_again(out.on_touch(Touch::Again));
    sign.on_done(out.on_touch(Touch::Next));
    sign.on_cannot(out.on_touch(Touch::CannotSign));
    sign.on_staff_here(out.on_touch(Touch::Next));
    sign.on_vouch(out.on(|vouches| Some(if vouches { Touch::Yes } else { Touch::No })));
    sign.on_send(out.on_touch(Touch::Send));

    let far = kiosk.global::<ui::SignFarPage>();
    far.on_by_phone(out.on_touch(Touch::Sign(SignTouch::ByPhone)));
    far.on_by_hand(out.on_touch(Touch::Sign(SignTouch::ByHand)));
    far.on_with_sim(out.on_touch(Touch::Sign(SignTouch::WithSim)));
    far.on_with_vneid(out.on_touch(Touch::Sign(SignTouch::WithVneId)));
    far.on_stop(out.on_touch(Touch::Sign(SignTouch::Stop)));
    far.on_again(out.on_touch(Touch::Sign(SignTouch::Again)));
    far.on_again_signed(out.on_touch(Touch::Again));
    far.on_send(out.on_touch(Touch::Send));
}
