//! Going on with a draft that was put aside, by the code of its slip and the card of the same person.
//!
//! ```text
//!  code ──▶ Opening ── opened ──▶ Whose: the card ── same person ──▶ Restoring ──▶ the first thing that is missing
//!              │ cannot               │   ▲ another person                │ no room
//!              └────────▶ Cannot ◀────┼───┼───────────────────────────────┘
//! ```
//! Nothing of the draft is shown, not even what it is for, before the card has told the same number.

use std::sync::Arc;

use uuid::Uuid;

use super::finding::Finding;
use super::identifying::Identifying;
use super::purpose::Purpose;
use super::reviewing::Reviewing;
use super::{Chosen, HandingIn, page_for, stay};
use crate::aside::CannotGoOn;
use crate::dossier::{Draft, DraftId};
use crate::session::{Around, AsideNews, Effect, KeepNews, Moved, News, Next, ProvinceNews, Secret, Step, Touch};
use crate::ticket::Day;

#[derive(Clone, Debug, PartialEq)]
pub enum Resuming {
    Opening {
        asked: Uuid,
    },
    Cannot {
        why: CannotGoOn,
    },
    /// The parcel is open; who stands here is to be seen.
    Whose {
        draft: Box<Draft>,
        identifying: Box<Identifying>,
        last: Shown,
    },
    /// Its pages are being kept here.
    Restoring {
        draft: Box<Draft>,
    },
}

/// Whose card was shown last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Nobodys,
    Anothers,
}

impl Resuming {
    /// Begins with the code, wherever it was read.
    pub fn open(code: Secret, around: &Around) -> Moved {
        let asked = around.fresh;
        let (next, _) = stay(HandingIn::Resuming(Self::Opening { asked }));
        (next, vec![Effect::OpenAside { asked, code }])
    }

    /// What would be lost if the visit ended now.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Opening { .. } | Self::Cannot { .. } | Self::Whose { .. } => None,
            Self::Restoring { draft } => Some(draft),
        }
    }

    pub fn draft_mut(&mut self) -> Option<&mut Draft> {
        match self {
            Self::Opening { .. } | Self::Cannot { .. } | Self::Whose { .. } => None,
            Self::Restoring { draft } => Some(draft),
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Opening { asked } => opening(asked, news, around),
            Self::Cannot { why } => match news {
                News::Touch(Touch::Done | Touch::Acknowledge) => (Next::Stay(Step::Home), vec![]),
                News::Touch(_)
                | News::Tick
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_) => stay(HandingIn::Resuming(Self::Cannot { why })),
            },
            Self::Whose {
                draft,
                identifying,
                last,
            } => whose(draft, *identifying, last, news, around),
            Self::Restoring { draft } => restoring(draft, &news, around),
        }
    }

    pub fn back(self, around: &Around) -> Moved {
        match self {
            Self::Opening { .. } | Self::Cannot { .. } => (Next::Stay(Step::Home), vec![Effect::CloseAside]),
            Self::Whose { identifying, draft, .. } => match *identifying {
                Identifying::Waiting { .. } => (Next::Stay(Step::Home), vec![Effect::CloseAside]),
                at @ (Identifying::Chip { .. }
                | Identifying::Typing(_)
                | Identifying::CardBack(_)
                | Identifying::Confirming { .. }
                | Identifying::Stopped { .. }) => within(draft, at.back(), around),
            },
            restoring @ Self::Restoring { .. } => stay(HandingIn::Resuming(restoring)),
        }
    }
}

fn opening(asked: Uuid, news: News, around: &Around) -> Moved {
    match news {
        News::Province(ProvinceNews::Aside { asked: answered, news }) if answered == asked => match news {
            AsideNews::Opened(draft) => ask_card(draft, Shown::Nobodys, around),
            AsideNews::Cannot(why) => stay(HandingIn::Resuming(Resuming::Cannot { why })),
        },
        News::Province(_)
        | News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Staff(_) => stay(HandingIn::Resuming(Resuming::Opening { asked })),
    }
}

fn ask_card(draft: Box<Draft>, last: Shown, around: &Around) -> Moved {
    // Back leads home from here, not to where it was found.
    let identifying = Identifying::waiting(Purpose::HandIn(Chosen {
        procedure: Arc::new(draft.procedure.clone()),
        from: Box::new(Finding::begin(around)),
    }));
    stay(HandingIn::Resuming(Resuming::Whose {
        draft,
        identifying: Box::new(identifying),
        last,
    }))
}

fn whose(draft: Box<Draft>, identifying: Identifying, last: Shown, news: News, around: &Around) -> Moved {
    match (identifying, &news) {
        (Identifying::Confirming { citizen, .. }, News::Touch(Touch::Yes)) => {
            if citizen.id != draft.citizen.id {
                return ask_card(draft, Shown::Anothers, around);
            }
            // The draft of another kiosk, or of another day: here it is a new one.
            let draft = Box::new(Draft {
                id: DraftId(around.fresh),
                ..*draft
            });
            let effects = vec![Effect::RestoreAside(draft.clone())];
            let (next, _) = stay(HandingIn::Resuming(Resuming::Restoring { draft }));
            (next, effects)
        }
        (Identifying::Waiting { .. }, News::Touch(Touch::Done)) => (Next::Stay(Step::Home), vec![Effect::CloseAside]),
        (identifying @ Identifying::Waiting { .. }, News::Touch(_) | News::Code(_)) => {
            within(draft, identifying.on(news, around), around)
        }
        (identifying @ Identifying::Waiting { .. }, _) => {
            let identifying = Box::new(identifying);
            stay(HandingIn::Resuming(Resuming::Whose {
                draft,
                identifying,
                last,
            }))
        }
        (identifying, _) => within(draft, identifying.on(news, around), around),
    }
}

/// Whatever identifying leads to, it stays within this draft.
fn within(draft: Box<Draft>, (next, effects): Moved, around: &Around) -> Moved {
    let handing = match next {
        Next::Stay(Step::HandingIn(handing)) => *handing,
        next @ (Next::Stay(_) | Next::Rest) => return (next, effects),
    };
    let HandingIn::Identifying(identifying) = handing else {
        return ask_card(draft, Shown::Nobodys, around);
    };
    let (next, _) = stay(HandingIn::Resuming(Resuming::Whose {
        draft,
        identifying: Box::new(identifying),
        last: Shown::Nobodys,
    }));
    (next, effects)
}

fn restoring(draft: Box<Draft>, news: &News, around: &Around) -> Moved {
    match news {
        News::Keep(KeepNews::Restored { draft: done }) if *done == draft.id => {
            let today = Day::in_vietnam(around.now).date();
            stay(match draft.missing(today) {
                Some(missing) => page_for(*draft, &missing),
                None => HandingIn::Reviewing(Reviewing::of(*draft)),
            })
        }
        News::Keep(KeepNews::NotRestored { draft: done, why }) if *done == draft.id => {
            let why = *why;
            let (next, _) = stay(HandingIn::Resuming(Resuming::Cannot { why }));
            (next, vec![Effect::DropDraft(draft.id), Effect::CloseAside])
        }
        News::Keep(_)
        | News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Province(_)
        | News::Staff(_) => stay(HandingIn::Resuming(Resuming::Restoring { draft })),
    }
}
