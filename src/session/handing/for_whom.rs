//! For whom (nộp cho ai): oneself, one's child, or somebody who has authorised one in writing; and who that is.
//!
//! ```text
//!              child, other        code of their card
//!   Choosing ────────────▶ Card ──────────────────────▶ Confirming ── yes ──▶ the first question
//!     │ me                  │ ▲        typed                 ▲ │ no
//!     ▼                     ▼ │ too old, oneself             │ ▼
//!   the first question    Typing: number, birth, name ───────┘ Card
//! ```

use super::identifying::LastCode;
use super::{HandingIn, begin, keep, stay};
use crate::citizen::{Citizen, NotACard};
use crate::dossier::{Draft, OnBehalf, Other, Right};
use crate::procedure::Others;
use crate::session::{Around, CodeNews, Held, Moved, News, Next, Step, Touch};
use crate::ticket::Day;

mod typing;

pub use self::typing::{Asked, Typing};

#[derive(Clone, Debug, PartialEq)]
pub struct ForWhom {
    pub draft: Draft,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub enum At {
    Choosing,
    /// Their card is shown, or what stands on it typed.
    Card {
        right: Right,
        last: LastCode,
        not_them: Option<NotThem>,
    },
    Typing {
        right: Right,
        typing: Typing,
    },
    Confirming {
        on_behalf: OnBehalf,
        held: Held,
    },
}

/// Whom a touch chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Myself,
    MyChild,
    Somebody,
}

/// Why it cannot be this person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotThem {
    /// It is the card of the one who stands here.
    Oneself,
    /// A guardian speaks for a child under eighteen only.
    OfAge,
}

impl ForWhom {
    /// The page that asks, or the first question where nobody else may be filed for.
    pub(super) fn after_identifying(draft: Draft) -> HandingIn {
        match draft.procedure.filing.others {
            Others::No => begin(draft),
            Others::Authorised | Others::Certified => HandingIn::ForWhom(Self {
                draft,
                at: At::Choosing,
            }),
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match std::mem::replace(&mut self.at, At::Choosing) {
            At::Choosing => self.choosing(&news),
            At::Card { right, last, not_them } => self.card(right, last, not_them, &news, around),
            At::Typing { right, typing } => match typing.on(news, around) {
                typing::Moved::Stay(typing) => self.stay(At::Typing { right, typing }),
                typing::Moved::Who(other) => self.found(right, other, around),
            },
            At::Confirming { on_behalf, held } => self.confirming(on_behalf, held, &news),
        }
    }

    fn choosing(self, news: &News) -> Moved {
        let who = match news {
            News::Touch(Touch::ForWhom(who)) => *who,
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => return self.stay(At::Choosing),
        };
        match who {
            Who::Myself => stay(begin(self.draft)),
            Who::MyChild => self.ask_card(Right::Guardian, LastCode::None, None),
            Who::Somebody => self.ask_card(Right::Authorised, LastCode::None, None),
        }
    }

    fn ask_card(self, right: Right, last: LastCode, not_them: Option<NotThem>) -> Moved {
        self.stay(At::Card { right, last, not_them })
    }

    fn card(self, right: Right, last: LastCode, not_them: Option<NotThem>, news: &News, around: &Around) -> Moved {
        let last = match news {
            News::Code(CodeNews::Code(code)) => match Citizen::from_card_code(&code.0) {
                Ok(card) => return self.found(right, Other::of_card(card), around),
                Err(NotACard::OtherCode) => LastCode::WrongKind,
                Err(NotACard::BrokenField) => LastCode::Unreadable,
            },
            News::Code(CodeNews::Noise) => LastCode::Unreadable,
            News::Touch(Touch::TypeIn) => {
                let typing = Typing::begin();
                return self.stay(At::Typing { right, typing });
            }
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => return self.ask_card(right, last, not_them),
        };
        self.ask_card(right, last, None)
    }

    fn found(self, right: Right, of: Other, around: &Around) -> Moved {
        let today = Day::in_vietnam(around.now).date();
        if of.id == self.draft.citizen.id {
            return self.ask_card(right, LastCode::None, Some(NotThem::Oneself));
        }
        if right == Right::Guardian && !of.is_a_child(today) {
            return self.ask_card(right, LastCode::None, Some(NotThem::OfAge));
        }
        self.stay(At::Confirming {
            on_behalf: OnBehalf { of, right },
            held: Held::Masked,
        })
    }

    fn confirming(mut self, on_behalf: OnBehalf, held: Held, news: &News) -> Moved {
        let held = match news {
            News::Touch(Touch::Yes) => {
                self.draft.file_for(on_behalf);
                let effects = vec![keep(&self.draft)];
                return (Next::Stay(Step::HandingIn(Box::new(begin(self.draft)))), effects);
            }
            News::Touch(Touch::No) => return self.ask_card(on_behalf.right, LastCode::None, None),
            News::Touch(Touch::Hold(held)) => *held,
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => held,
        };
        self.stay(At::Confirming { on_behalf, held })
    }

    /// Before "for whom" stands the person, who is confirmed: here it begins.
    pub fn back(mut self) -> Moved {
        match std::mem::replace(&mut self.at, At::Choosing) {
            At::Choosing | At::Card { .. } => self.stay(At::Choosing),
            At::Typing { right, typing } => match typing.back() {
                Some(typing) => self.stay(At::Typing { right, typing }),
                None => self.ask_card(right, LastCode::None, None),
            },
            At::Confirming { on_behalf, .. } => self.ask_card(on_behalf.right, LastCode::None, None),
        }
    }

    fn stay(mut self, at: At) -> Moved {
        self.at = at;
        stay(HandingIn::ForWhom(self))
    }
}
