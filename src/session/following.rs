//! Following what was handed in: by the slip's QR code, by a number typed in, or by the card of whoever handed it in.
//!
//! Whoever holds a slip or knows a code sees where that dossier stands: it names nobody. All dossiers of a person,
//! adding papers, form 01 and withdrawing come after the card (see [`errand`]).

pub mod errand;
pub mod fee;
pub mod mine;
pub mod receipt;
pub mod way;
pub mod withdrawing;

use uuid::Uuid;

use self::errand::{Checking, Errand};
use self::fee::Fee;
use self::mine::Mine;
use self::receipt::Receipt;
use self::way::Way;
use self::withdrawing::Withdrawing;
use super::handing::identifying::Identifying;
use super::handing::purpose::Purpose;
use super::paying::Paying;
use super::{Around, CodeNews, Effect, LookUpNews, Moved, News, Next, ProvinceNews, Secret, Step, Touch};
use crate::citizen::Citizen;

/// Letters, digits, points and dashes of a code worth typing (`000.00.06.H56-231027-0361` has 25).
const TYPED_CHARS_MAX: usize = 32;

#[derive(Clone, Debug, PartialEq)]
pub enum Following {
    Asking {
        typed: String,
        keys: Keys,
        state: LookUp,
    },
    Way(Box<Way>),
    Fee(Box<Fee>),
    /// The dossiers of whoever showed their card.
    Mine(Mine),
    Withdrawing(Box<Withdrawing>),
    /// Form 01 is being had.
    Receipt(Box<Receipt>),
    Checking(Checking),
    /// An errand that ends here; it is said why.
    NotPossible {
        why: NotPossible,
        begun: Begun,
    },
}

/// Which keys are there to type with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Of a slip number.
    Digits,
    /// Of a code: letters, point and dash as well.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookUp {
    Waiting,
    Searching {
        asked: Uuid,
    },
    NotFound,
    Unreadable,
    Offline,
    /// An identity card was shown where no chip can be read.
    CardAlone,
}

/// Who began an errand that ends: there it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Whoever follows a dossier.
    ByPerson,
    /// Staff, from a page of their own: with it the visit ends.
    ByStaff,
}

/// Why an errand ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPossible {
    NotYours,
    ChipNeeded,
    Offline,
    /// The province will not answer this.
    Refused,
    /// It was settled meanwhile.
    Gone,
}

/// What is looked up.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// The digits of a slip number.
    Digits(Secret),
    /// What the code scanner read, or a code typed in.
    Code(Secret),
}

impl Following {
    pub fn start() -> Self {
        Self::Asking {
            typed: String::new(),
            keys: Keys::Digits,
            state: LookUp::Waiting,
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Asking { typed, keys, state } => Asking { typed, keys }.on(state, news, around),
            Self::Way(way) => way.on(news, around),
            Self::Fee(fee) => fee.on(&news, around),
            Self::Mine(mine) => mine.on(news, around),
            Self::Withdrawing(withdrawing) => withdrawing.on(news, around),
            Self::Receipt(receipt) => receipt.on(news, around),
            Self::Checking(checking) => checking.on(news, around),
            Self::NotPossible { why, begun } => errand::not_possible(why, begun, &news),
        }
    }

    pub fn back(self, around: &Around) -> Moved {
        match self {
            Self::Asking { .. } => (Next::Stay(Step::Home), vec![]),
            Self::Way(way) => way.back(),
            Self::Fee(fee) => fee.back(around),
            Self::Mine(_) => stay(Self::start()),
            Self::NotPossible { begun, .. } => errand::given_up(begun),
            Self::Withdrawing(withdrawing) => withdrawing.back(),
            Self::Receipt(receipt) => receipt.back(),
            Self::Checking(checking) => checking.errand.back(),
        }
    }

    /// The fee that is being paid.
    pub fn paying(&self) -> Option<&Paying> {
        match self {
            Self::Fee(fee) => Some(&fee.paying),
            Self::Asking { .. }
            | Self::Way(_)
            | Self::Mine(_)
            | Self::Withdrawing(_)
            | Self::Receipt(_)
            | Self::Checking(_)
            | Self::NotPossible { .. } => None,
        }
    }
}

/// What is typed so far.
struct Asking {
    typed: String,
    keys: Keys,
}

impl Asking {
    fn on(mut self, state: LookUp, news: News, around: &Around) -> Moved {
        let state = match news {
            News::Touch(Touch::Digit(letter)) if self.takes(letter) => {
                self.typed.push(letter.to_ascii_uppercase());
                LookUp::Waiting
            }
            News::Touch(Touch::Erase) => {
                self.typed.pop();
                LookUp::Waiting
            }
            News::Touch(Touch::NextWay) => {
                self.keys = match self.keys {
                    Keys::Digits => Keys::All,
                    Keys::All => Keys::Digits,
                };
                state
            }
            News::Touch(Touch::Search) if !self.typed.is_empty() => {
                let secret = Secret(self.typed.clone());
                let digits = self.typed.bytes().all(|byte| byte.is_ascii_digit());
                return self.search(
                    if digits {
                        Query::Digits(secret)
                    } else {
                        Query::Code(secret)
                    },
                    around,
                );
            }
            News::Touch(Touch::Mine) if around.health.card_reader.works() => return Errand::Mine.begin(),
            News::Code(CodeNews::Code(code)) => match Citizen::from_card_code(&code.0) {
                // The code of a card is no slip, and is not looked up anywhere.
                Ok(citizen) if around.health.card_reader.works() => {
                    let purpose = Purpose::Errand(Errand::Mine.into());
                    return Identifying::known(purpose, Box::new(citizen), around);
                }
                Ok(_) => LookUp::CardAlone,
                Err(_) => return self.search(Query::Code(code), around),
            },
            News::Code(CodeNews::Noise) => LookUp::Unreadable,
            // An answer for somebody who has gone, or to a number that was changed since, shows nothing.
            News::Province(ProvinceNews::LookUp { asked, news }) if state == (LookUp::Searching { asked }) => {
                match news {
                    LookUpNews::Found(known) => return stay(Way::of(*known).into()),
                    LookUpNews::NotFound => LookUp::NotFound,
                    LookUpNews::Offline => LookUp::Offline,
                }
            }
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
        self.stay(state)
    }

    fn takes(&self, letter: char) -> bool {
        let fits = match self.keys {
            Keys::Digits => letter.is_ascii_digit(),
            Keys::All => letter.is_ascii_alphanumeric() || letter == '.' || letter == '-',
        };
        fits && self.typed.len() < TYPED_CHARS_MAX
    }

    fn search(self, query: Query, around: &Around) -> Moved {
        let asked = around.fresh;
        let (next, _) = self.stay(LookUp::Searching { asked });
        (next, vec![Effect::LookUp { asked, query }])
    }

    fn stay(self, state: LookUp) -> Moved {
        let Self { typed, keys } = self;
        stay(Following::Asking { typed, keys, state })
    }
}

fn stay(following: Following) -> Moved {
    (Next::Stay(Step::Following(following)), vec![])
}
