//! Following a dossier: by the slip's QR code, or by its number typed in.

use uuid::Uuid;

use super::{Around, CodeNews, Effect, LookUpNews, Moved, News, Next, ProvinceNews, Secret, Step, Touch};
use crate::dossier::KnownDossier;

/// A slip number has at most this many digits worth typing.
const DIGITS_MAX: usize = 16;

#[derive(Clone, Debug, PartialEq)]
pub enum Following {
    Asking { digits: String, state: LookUp },
    Way(Box<KnownDossier>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookUp {
    Waiting,
    Searching { asked: Uuid },
    NotFound,
    Unreadable,
    Offline,
}

/// What is looked up.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// The digits of a slip number or of a code.
    Digits(Secret),
    /// What the code scanner read.
    Code(Secret),
}

impl Following {
    pub fn start() -> Self {
        Self::Asking {
            digits: String::new(),
            state: LookUp::Waiting,
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Asking { digits, state } => asking(digits, state, news, around),
            Self::Way(known) => match news {
                News::Touch(Touch::Done) => (Next::Rest, vec![]),
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_) => stay(Self::Way(known)),
            },
        }
    }

    pub fn back(self) -> Moved {
        match self {
            Self::Asking { .. } => (Next::Stay(Step::Home), vec![]),
            Self::Way(_) => stay(Self::start()),
        }
    }
}

fn asking(mut digits: String, state: LookUp, news: News, around: &Around) -> Moved {
    let state = match news {
        News::Touch(Touch::Digit(digit)) if digit.is_ascii_digit() && digits.len() < DIGITS_MAX => {
            digits.push(digit);
            LookUp::Waiting
        }
        News::Touch(Touch::Erase) => {
            digits.pop();
            LookUp::Waiting
        }
        News::Touch(Touch::Search) if !digits.is_empty() => {
            let query = Query::Digits(Secret(digits.clone()));
            return search(digits, query, around);
        }
        News::Code(CodeNews::Code(code)) => return search(digits, Query::Code(code), around),
        News::Code(CodeNews::Noise) => LookUp::Unreadable,
        // An answer for somebody who has gone, or to a number that was changed since, shows nothing.
        News::Province(ProvinceNews::LookUp { asked, news }) if state == (LookUp::Searching { asked }) => match news {
            LookUpNews::Found(known) => return stay(Following::Way(known)),
            LookUpNews::NotFound => LookUp::NotFound,
            LookUpNews::Offline => LookUp::Offline,
        },
        News::Province(_)
        | News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Staff(_) => state,
    };
    stay(Following::Asking { digits, state })
}

fn search(digits: String, query: Query, around: &Around) -> Moved {
    let asked = around.fresh;
    let state = LookUp::Searching { asked };
    (
        Next::Stay(Step::Following(Following::Asking { digits, state })),
        vec![Effect::LookUp { asked, query }],
    )
}

fn stay(following: Following) -> Moved {
    (Next::Stay(Step::Following(following)), vec![])
}
