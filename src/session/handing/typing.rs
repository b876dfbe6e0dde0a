//! The key of the chip, typed from the front of the card where its code cannot be read, or does not tell enough.
//!
//! The key is made of number, birth and expiry (ICAO Doc 9303-11 §4.3.2), which are printed on the front. They are
//! asked for one by one; nobody types the ninety letters of the back.

use std::sync::Arc;

use hardware::card::candidates;

use super::asking::Entry;
use super::identifying::{Front, Identifying};
use super::{HandingIn, stay};
use crate::citizen::{self, CitizenId};
use crate::form::{Answer, AnswerFault, PartialDate};
use crate::procedure::Procedure;
use crate::session::{Around, Moved, News, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Typing {
    pub procedure: Arc<Procedure>,
    pub asked: Asked,
    pub entry: Entry,
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
    pub fn all(procedure: Arc<Procedure>) -> Self {
        Self::at(procedure, Asked::Number)
    }

    /// The rest: the code has told the others.
    pub fn expiry(procedure: Arc<Procedure>, front: Front) -> Self {
        Self::at(procedure, Asked::Expiry { front })
    }

    fn at(procedure: Arc<Procedure>, asked: Asked) -> Self {
        let entry = match asked {
            Asked::Number => Entry::Number(String::new()),
            Asked::Birth { .. } | Asked::Expiry { .. } => Entry::no_date(),
        };
        Self {
            procedure,
            asked,
            entry,
            fault: None,
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Digit(digit)) if digit.is_ascii_digit() => self.entry.digit(digit),
            News::Touch(Touch::Erase) => self.entry.erase(),
            News::Touch(Touch::DatePart(part)) => self.entry.go_to(part),
            News::Touch(Touch::YearOnly(year_only)) if matches!(self.asked, Asked::Birth { .. }) => {
                self.entry.set_year_only(year_only);
            }
            News::Touch(Touch::Next) => return self.next(around),
            News::Tick
            | News::Touch(_)
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
        let answer = match self.entry.answer() {
            Ok(answer) => answer,
            Err(fault) => {
                self.fault = Some(fault);
                return self.stay();
            }
        };
        match (self.asked.clone(), answer) {
            (Asked::Number, Answer::Number(digits)) => match digits.parse() {
                Ok(id) => Self::at(self.procedure, Asked::Birth { id }).stay(),
                Err(citizen::NotACitizenId) => {
                    self.fault = Some(match digits.len() {
                        0 => AnswerFault::Empty,
                        1..12 => AnswerFault::TooShort,
                        _ => AnswerFault::TooLong,
                    });
                    self.stay()
                }
            },
            (Asked::Birth { id }, Answer::Date(born)) => {
                let front = Front::Unproved { id, born };
                Self::at(self.procedure, Asked::Expiry { front }).stay()
            }
            (Asked::Expiry { front }, Answer::Date(expiry)) => self.typed(front, expiry, around),
            (Asked::Number | Asked::Birth { .. } | Asked::Expiry { .. }, _) => self.stay(),
        }
    }

    fn typed(mut self, front: Front, expiry: PartialDate, around: &Around) -> Moved {
        let (id, born) = front.id_and_birth();
        let key = candidates::printed(id.as_str(), citizen::day_of(born), citizen::day_of(expiry));
        match key {
            Some(key) => Identifying::read_with(self.procedure, front, vec![key], around),
            None => {
                self.fault = Some(AnswerFault::NoSuchDate);
                self.stay()
            }
        }
    }

    pub fn back(self) -> Moved {
        let before = match self.asked {
            Asked::Number => return stay(HandingIn::Identifying(Identifying::waiting(self.procedure))),
            Asked::Birth { .. } => Asked::Number,
            Asked::Expiry {
                front: Front::Unproved { id, .. },
            } => Asked::Birth { id },
            Asked::Expiry {
                front: Front::Code(citizen),
            } => return Identifying::lay(self.procedure, citizen),
        };
        Self::at(self.procedure, before).stay()
    }

    fn stay(self) -> Moved {
        stay(HandingIn::Identifying(Identifying::Typing(self)))
    }
}
