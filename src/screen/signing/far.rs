//! The pages of signing on one's own telephone. What is compared is on them only while it is waited for.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use crate::dossier::Signature;
use crate::form::AnswerFault;
use crate::remote::By;
use crate::screen::frame::small;
use crate::screen::{Shown, answers, questions};
use crate::session::handing::signing::far::{ByHand, Face, Far};
use crate::session::handing::signing::{At, Signing};

/// Whether it was signed so.
pub fn is_signed(signing: &Signing) -> bool {
    matches!(signing.draft.signature, Some(Signature::Remote(_)))
}

pub fn fill(kiosk: &Kiosk, shown: &Shown, signing: &Signing) {
    let page = kiosk.global::<ui::SignFarPage>();
    kiosk
        .global::<ui::SignPage>()
        .set_by_hand(signing.by_hand.map_or(ui::ByHand::None, |why| match why {
            ByHand::Offline => ui::ByHand::Offline,
            ByHand::NotOffered => ui::ByHand::NotOffered,
            ByHand::NotTaken => ui::ByHand::NotTaken,
        }));
    match &signing.at {
        At::Choosing => page.set_state(ui::SignFarState::Choosing),
        At::Way => page.set_state(ui::SignFarState::Way),
        At::Phone { digits, fault } => fill_phone(kiosk, &digits.0, *fault),
        At::Far(far) => return fill_far(&page, shown, far),
        At::Signed => page.set_state(ui::SignFarState::Signed),
        At::Drawing { .. } | At::Unable | At::Pin { .. } | At::Witness { .. } => {}
    }
    page.set_compare(SharedString::new());
    page.set_seconds_left(0);
}

/// The number of the telephone that signs. Personal.
fn fill_phone(kiosk: &Kiosk, digits: &str, fault: Option<AnswerFault>) {
    let page = kiosk.global::<ui::QuestionPage>();
    page.set_card_field(ui::CardField::SignPhone);
    questions::fill_alone(&page, fault);
    page.set_kind(ui::QuestionKind::Phone);
    page.set_digits(answers::groups_of_phone(digits).into());
}

fn fill_far(page: &ui::SignFarPage<'_>, shown: &Shown, far: &Far) {
    let now = shown.around.now;
    let face = far.face(now);
    page.set_state(match face {
        Face::Starting => ui::SignFarState::Starting,
        Face::Waiting { .. } => ui::SignFarState::Waiting,
        Face::Ending => ui::SignFarState::Ending,
        Face::Lost => ui::SignFarState::Lost,
        Face::Refused => ui::SignFarState::Refused,
        Face::TooLate => ui::SignFarState::TooLate,
    });
    page.set_sim(matches!(far.by, By::Sim { .. }));
    page.set_compare(far.compare().into());
    page.set_seconds_left(small(far.seconds_left(now)));
    page.set_silent(face == Face::Waiting { silent: true });
}

pub fn wipe(kiosk: &Kiosk) {
    let page = kiosk.global::<ui::SignFarPage>();
    page.set_compare(SharedString::new());
    page.set_seconds_left(0);
    kiosk.global::<ui::SignPage>().set_by_hand(ui::ByHand::None);
}
