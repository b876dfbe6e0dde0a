//! The photograph in the chip, beside the person: shown to staff, kept nowhere.

use std::sync::Arc;

use hardware::card::Slot;

use super::looking::{Picture, draft};
use super::{Desk, StaffName, StaffTouch, StaffView, Tab, leave, stay};
use crate::session::{Around, CardNews, Effect, Moved, News, StaffNews, Step, Touch};

/// Why there is no photograph to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFace {
    Unread,
    /// It is not what was signed.
    Altered,
}

/// Whether there is somebody whose card could show a face, and a reader for it.
pub fn is_possible(behind: &Step, around: &Around) -> bool {
    draft(behind).is_some() && around.health.card_reader.works()
}

/// Asks the card that lies there. One that is laid down later is asked then.
pub(super) fn begin(behind: Step, who: StaffName, view: Arc<StaffView>, around: &Around) -> Moved {
    let keys = draft(&behind)
        .filter(|_| is_possible(&behind, around))
        .map(|draft| draft.citizen.chip_keys());
    match keys {
        Some(keys) => {
            let picture = Picture::Coming;
            stay(
                behind,
                Desk::Face { who, view, picture },
                vec![Effect::ShowFace { keys }],
            )
        }
        None => {
            let tab = Tab::Papers;
            stay(behind, Desk::Open { who, tab, view }, vec![])
        }
    }
}

pub(super) fn on(
    behind: Step,
    who: StaffName,
    view: Arc<StaffView>,
    picture: Picture,
    news: News,
    around: &Around,
) -> Moved {
    let picture = match news {
        News::Staff(StaffNews::Face(face)) if picture == Picture::Coming => match face {
            Ok(face) => Picture::There(face),
            Err(NoFace::Unread) => Picture::Failed,
            Err(NoFace::Altered) => Picture::Altered,
        },
        News::Card(CardNews::Place(Ok(Slot::Card))) if picture == Picture::Failed => {
            return begin(behind, who, view, around);
        }
        News::Touch(Touch::Again) if picture == Picture::Failed => return begin(behind, who, view, around),
        News::Touch(Touch::Staff(StaffTouch::Done)) => return leave(behind),
        News::Staff(StaffNews::View(view)) => return stay(behind, Desk::Face { who, view, picture }, vec![]),
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => picture,
    };
    stay(behind, Desk::Face { who, view, picture }, vec![])
}
