//! The pages of following a dossier.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::Shown;
use super::frame::moment;
use crate::dossier::{Freshness, KnownDossier, WayState};
use crate::session::Step;
use crate::session::following::{Following, LookUp};

/// Of a slip number: year, month and day come first, two digits each.
const DAY_DIGITS: usize = 6;

pub fn page(following: &Following) -> ui::PageName {
    match following {
        Following::Asking { .. } => ui::PageName::Follow,
        Following::Way(_) => ui::PageName::Way,
    }
}

pub fn fill(kiosk: &Kiosk, shown: &Shown) {
    let page = kiosk.global::<ui::FollowPage>();
    match &shown.session.step {
        Step::Following(Following::Asking { digits, state }) => {
            page.set_digits(grouped(digits));
            page.set_code_scanner(shown.around.health.code_scanner.works());
            page.set_state(match state {
                LookUp::Waiting => ui::FollowState::Waiting,
                LookUp::Searching { .. } => ui::FollowState::Searching,
                LookUp::NotFound => ui::FollowState::NotFound,
                LookUp::Unreadable => ui::FollowState::Unreadable,
                LookUp::Offline => ui::FollowState::Offline,
            });
        }
        Step::Following(Following::Way(known)) => fill_way(kiosk, known),
        Step::Rest
        | Step::Home
        | Step::Taking(_)
        | Step::HandingIn(_)
        | Step::Rating(_)
        | Step::Staff(_)
        | Step::CardLeft { .. } => {
            page.set_digits(SharedString::new());
        }
    }
}

fn fill_way(kiosk: &Kiosk, known: &KnownDossier) {
    let page = kiosk.global::<ui::WayPage>();
    page.set_slip_number(known.slip_number.as_str().into());
    page.set_code(known.code.as_deref().unwrap_or_default().into());
    page.set_procedure(known.procedure.as_str().into());
    page.set_as_of(moment(known.as_of));
    page.set_offline(known.news == Freshness::Last);
    page.set_due(known.due.map(moment).unwrap_or_default());
    page.set_state(match known.state {
        WayState::Kept => ui::WayState::Kept,
        WayState::New => ui::WayState::New,
        WayState::Accepted => ui::WayState::Accepted,
        WayState::NotAccepted => ui::WayState::NotAccepted,
        WayState::InWork => ui::WayState::InWork,
        WayState::Supplement => ui::WayState::Supplement,
        WayState::Payment => ui::WayState::Payment,
        WayState::Withdrawn => ui::WayState::Withdrawn,
        WayState::Stopped => ui::WayState::Stopped,
        WayState::Done => ui::WayState::Done,
        WayState::HandedOver => ui::WayState::HandedOver,
    });
}

/// As the digits stand on a slip, behind the kiosk's name: the day, a dash, the number.
fn grouped(digits: &str) -> SharedString {
    match digits.split_at_checked(DAY_DIGITS) {
        Some((day, number)) if !number.is_empty() => format!("{day}-{number}").into(),
        Some(_) | None => digits.into(),
    }
}
