//! Why a face was chosen, and the way to the faces from a dossier that was sent.

use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::Out;
use crate::figures::Reason;
use crate::session::{Door, Touch};

pub(super) fn bind(kiosk: &Kiosk, out: &Out) {
    let page = kiosk.global::<ui::RatePage>();
    page.on_because(out.on(|reason| {
        Some(Touch::Because(match reason {
            ui::RateReason::Time => Reason::Time,
            ui::RateReason::Ease => Reason::Ease,
            ui::RateReason::Machine => Reason::Machine,
            ui::RateReason::Staff => Reason::Staff,
            ui::RateReason::Trips => Reason::Trips,
            ui::RateReason::Other => Reason::Other,
        }))
    }));
    page.on_skip(out.on_touch(Touch::Skip));
    let sent = kiosk.global::<ui::SentPage>();
    sent.on_rate(out.on_touch(Touch::Door(Door::Rate)));
}
