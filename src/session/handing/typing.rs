//! The key of the chip, typed from the front of the card where its code cannot be read, or does not tell enough.
//!
//! The key is made of number, birth and expiry (ICAO Doc 9303-11 §4.3.2), which are printed on the front. They are
//! asked for one by one; nobody types the ninety letters of the back.

use hardware::card::candidates;

use super::asking::Field;
use super::identifying::{Front, Identifying};
use super::purpose::Purpose;
use super::{HandingIn, stay};
use crate::citizen::{self, CitizenId};
use crate::form::{AnswerFault, PartialDate};
use crate::session::{Around, Moved, News, Touch};

const ID_DIGITS: usize = 12;

#[derive(Clone, Debug, PartialEq)]
pub struct Typing {
    pub purpose: Purpose,
    pub asked: Asked,
    pub entry: Field,
    pub fault: Option<AnswerFault>,
}

/// What is asked for now, and what is known by then.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    Number,
    Birth { id: CitizenId },
    Expiry { front: Front },
}

impl Typing {
    /// All three: nothing of the card is known.
    pub fn all(purpose: Purpose) -> Self {
        Self::at(purpose, Asked::Number)
    }

    /// The rest: the code has told the others.
    pub fn expiry(purpose: Purpose, front: Front) -> Self {
        Self::at(purpose, Asked::Expiry { front })
    }

    fn at(purpose: Purpose, asked: Asked) -> Self {
        let entry = match asked {
            Asked::Number => Field::digits("", ID_DIGITS),
            Asked::Birth { .. } | Asked::Expiry { .. } => Field::no_date(),
        };
        Self {
            purpose,
            asked,
            entry,
            fault: None,
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Next) => return self.next(around),
            News::Touch(Touch::YearOnly(_)) if !matches!(self.asked, Asked::Birth { .. }) => return self.stay(),
            News::Touch(touch) => {
                if !self.entry.touch(&touch) {
                    return self.stay();
                }
            }
            News::Tick
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => return self.stay(),
        }
        self.fault = None;
        self.stay()
    }

    fn next(mut self, around: &Around) -> Moved {
        match (self.asked.clone(), self.entry.typed_digits(), self.entry.typed_date()) {
            (Asked::Number, digits, _) => match digits.parse() {
                Ok(id) => Self::at(self.purpose, Asked::Birth { id }).stay(),
                Err(citizen::NotACitizenId) => {
                    self.fault = Some(if digits.is_empty() {
                        AnswerFault::Empty
                    } else {
                        AnswerFault::TooShort
                    });
                    self.stay()
                }
            },
            (Asked::Birth { .. } | Asked::Expiry { .. }, _, Err(fault)) => {
                self.fault = Some(fault);
                self.stay()
            }
            // A card tells the day, or of some only the year.
            (Asked::Birth { .. } | Asked::Expiry { .. }, _, Ok(PartialDate::Month { .. })) => {
                self.fault = Some(AnswerFault::DayWanted);
                self.stay()
            }
            (Asked::Birth { id }, _, Ok(born)) => {
                let front = Front::Unproved { id, born };
                Self::at(self.purpose, Asked::Expiry { front }).stay()
            }
            (Asked::Expiry { front }, _, Ok(expiry)) => self.typed(front, expiry, around),
        }
    }

    fn typed(mut self, front: Front, expiry: PartialDate, around: &Around) -> Moved {
        let (id, born) = front.id_and_birth();
        let key = candidates::printed(id.as_str(), citizen::day_of(born), citizen::day_of(expiry));
        match key {
            Some(key) => Identifying::read_with(self.purpose, front, vec![key], around),
            None => {
                self.fault = Some(AnswerFault::NoSuchDate);
                self.stay()
            }
        }
    }

    pub fn back(self) -> Moved {
        let before = match self.asked {
            Asked::Number => return stay(HandingIn::Identifying(Identifying::waiting(self.purpose))),
            Asked::Birth { .. } => Asked::Number,
            Asked::Expiry {
                front: Front::Unproved { id, .. },
            } => Asked::Birth { id },
            Asked::Expiry {
                front: Front::Code(citizen),
            } => return Identifying::lay(self.purpose, citizen),
        };
        Self::at(self.purpose, before).stay()
    }

    fn stay(self) -> Moved {
        stay(HandingIn::Identifying(Identifying::Typing(self)))
    }
}
