//! The other's number, birth and name, typed where their card is not at hand.

use crate::citizen::{CitizenId, NotACitizenId};
use crate::dossier::Other;
use crate::form::{AnswerFault, PartialDate, tidy};
use crate::keyboard::{Line, Typed};
use crate::session::handing::asking::Field;
use crate::session::{Around, News, Touch};
use crate::ticket::Day;

const ID_DIGITS: usize = 12;

#[derive(Clone, Debug, PartialEq)]
pub struct Typing {
    pub asked: Asked,
    pub fault: Option<AnswerFault>,
}

/// What is asked for now, and what is known by then. Personal.
#[derive(Clone, PartialEq)]
pub enum Asked {
    Number {
        entry: Field,
    },
    Birth {
        id: CitizenId,
        entry: Field,
    },
    Name {
        id: CitizenId,
        born: PartialDate,
        line: Line,
    },
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(hidden)")
    }
}

/// Where typing leads.
pub(super) enum Moved {
    Stay(Typing),
    Who(Other),
}

impl Typing {
    pub fn begin() -> Self {
        Self::at(Asked::Number {
            entry: Field::digits("", ID_DIGITS),
        })
    }

    fn at(asked: Asked) -> Self {
        Self { asked, fault: None }
    }

    pub(super) fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Next) => return self.next(around),
            News::Touch(touch) => {
                if self.asked.touch(&touch) {
                    self.fault = None;
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
            | News::Staff(_) => {}
        }
        Moved::Stay(self)
    }

    fn next(self, around: &Around) -> Moved {
        match self.asked.next(around) {
            Ok(Done::Asked(asked)) => Moved::Stay(Self::at(*asked)),
            Ok(Done::Who(other)) => Moved::Who(*other),
            Err(fault) => Moved::Stay(Self {
                fault: Some(fault),
                ..self
            }),
        }
    }

    /// The question before, empty; none before the first.
    pub(super) fn back(self) -> Option<Self> {
        match self.asked {
            Asked::Number { .. } => None,
            Asked::Birth { .. } => Some(Self::begin()),
            Asked::Name { id, .. } => Some(Self::at(Asked::Birth {
                id,
                entry: Field::no_date(),
            })),
        }
    }
}

enum Done {
    Asked(Box<Asked>),
    Who(Box<Other>),
}

impl Asked {
    /// Whether the touch changed anything here.
    fn touch(&mut self, touch: &Touch) -> bool {
        match self {
            Self::Number { entry } | Self::Birth { entry, .. } => return entry.touch(touch),
            Self::Name { line, .. } => {
                if let Touch::Key(key) = touch {
                    line.press(*key);
                } else if *touch == Touch::NextWay {
                    line.next_way();
                } else if let Touch::Layer(layer) = touch {
                    line.show(*layer);
                } else {
                    return false;
                }
            }
        }
        true
    }

    fn next(&self, around: &Around) -> Result<Done, AnswerFault> {
        match self {
            Self::Number { entry } => {
                let digits = entry.typed_digits();
                let id = digits.parse().map_err(|NotACitizenId| match digits.len() {
                    0 => AnswerFault::Empty,
                    1..12 => AnswerFault::TooShort,
                    _ => AnswerFault::TooLong,
                })?;
                let entry = Field::no_date();
                Ok(Done::Asked(Box::new(Self::Birth { id, entry })))
            }
            Self::Birth { id, entry } => {
                let born = entry.typed_date()?;
                // A card tells the day, or of some only the year.
                if matches!(born, PartialDate::Month { .. }) {
                    return Err(AnswerFault::DayWanted);
                }
                let (first, _) = born.span().ok_or(AnswerFault::NoSuchDate)?;
                if first > Day::in_vietnam(around.now).date() {
                    return Err(AnswerFault::TooLate);
                }
                Ok(Done::Asked(Box::new(Self::Name {
                    id: id.clone(),
                    born,
                    line: Line::new(Typed::name()),
                })))
            }
            Self::Name { id, born, line } => {
                let name = tidy(line.as_str());
                if name.is_empty() {
                    return Err(AnswerFault::Empty);
                }
                Ok(Done::Who(Box::new(Other {
                    id: id.clone(),
                    old_id: None,
                    name,
                    born: *born,
                    sex: None,
                    address: None,
                })))
            }
        }
    }
}
