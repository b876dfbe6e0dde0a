//! Questions of a procedure, and whether an answer fits.
//!
//! One question is one page. Which of them are asked hangs on what was answered before
//! ([`When`]); some answers are known beforehand ([`Prefill`]) and only confirmed. All of it is
//! data: there is no script in a form.
//!
//! Nothing here reads a clock: whoever checks a date says which day it is. Answers are personal:
//! their `Debug` shows nothing.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use crate::procedure::Words;

mod answer;
mod check;
pub mod delivery;
pub mod names;
mod prefill;
mod proof;
mod walk;
mod when;

pub use self::answer::{Address, Answer, NotAUnitCode, PartialDate, Person, Unit, UnitCode, YesNo, tidy};
pub use self::check::{
    AnswerFault, BORN_EARLIEST, DETAIL_LETTERS_MAX, NAME_LETTERS_MAX, check, check_mobile, check_person,
};
pub use self::prefill::{CardPart, Prefill, Source};
pub use self::proof::{FormFault, QuestionFault, prove};
pub use self::walk::Form;
pub use self::when::When;

/// Ids of questions that begin with it are the kiosk's own; no province has them.
pub const RESERVED: char = '_';

/// One thing that a procedure wants to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The name under which the province gets the answer.
    pub id: String,
    pub ask: Words,
    pub hint: Option<Words>,
    pub kind: QuestionKind,
    /// Asked only where this holds of the answers before it.
    #[serde(default)]
    pub when: Option<When>,
    #[serde(default)]
    pub prefill: Option<Prefill>,
    /// Whether one may go on without an answer.
    #[serde(default)]
    pub optional: bool,
}

impl Question {
    /// One that is asked of everybody, with nothing known beforehand.
    pub fn new(id: impl Into<String>, ask: Words, kind: QuestionKind) -> Self {
        Self {
            id: id.into(),
            ask,
            hint: None,
            kind,
            when: None,
            prefill: None,
            optional: false,
        }
    }
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum QuestionKind {
    /// One of at most six.
    Choice {
        choices: Vec<Choice>,
    },
    /// Some of at most six.
    Many {
        choices: Vec<Choice>,
        at_least: u8,
        at_most: u8,
    },
    /// One line of words.
    Text {
        letters_max: u16,
    },
    /// Digits from the number pad: a count, a year of study, a number on a paper. Leading zeros count.
    Number {
        digits_min: u8,
        digits_max: u8,
    },
    /// In đồng. Both ends belong to it.
    Money {
        dong_min: u64,
        dong_max: u64,
    },
    Date {
        earliest: Option<DateBound>,
        latest: Option<DateBound>,
        /// What is enough of it.
        #[serde(alias = "year_only_allowed", deserialize_with = "precision")]
        precision: DatePrecision,
    },
    /// A telephone in Vietnam.
    Phone,
    Person(PersonWants),
    /// Province, commune and what stands before them.
    Address,
    /// A list, such as of a household.
    People {
        at_least: u8,
        at_most: u8,
        wants: PersonWants,
    },
    YesNo,
}

impl QuestionKind {
    /// What can be chosen, where something is.
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Choice { choices } | Self::Many { choices, .. } => choices,
            Self::Text { .. }
            | Self::Number { .. }
            | Self::Money { .. }
            | Self::Date { .. }
            | Self::Phone
            | Self::Person(_)
            | Self::Address
            | Self::People { .. }
            | Self::YesNo => &[],
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub words: Words,
}

/// What must be known of a person beside the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonWants {
    /// The twelve digits of the card.
    pub id: Wanted,
    /// A year alone is enough.
    pub born: Wanted,
    /// Who it is to the applicant: one of these; not asked where there are none.
    pub relations: Vec<Choice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// Not asked for.
    No,
    /// "I do not know" and "has none" are answers.
    IfKnown,
    Yes,
}

/// The least that is enough of a date. What is known better may be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatePrecision {
    Day,
    Month,
    Year,
}

/// Drafts of before knew only whether a year is enough.
fn precision<'de, D: Deserializer<'de>>(from: D) -> Result<DatePrecision, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Now(DatePrecision),
        Before(bool),
    }
    Ok(match Written::deserialize(from)? {
        Written::Now(precision) => precision,
        Written::Before(true) => DatePrecision::Year,
        Written::Before(false) => DatePrecision::Day,
    })
}

/// A limit of a date question. Both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateBound {
    /// The day of the visit, in Vietnam.
    Today,
    On(Date),
}

impl DateBound {
    fn on(self, today: Date) -> Date {
        match self {
            Self::Today => today,
            Self::On(date) => date,
        }
    }

    /// Whether a day can lie between the two. What holds today's date is taken to be possible.
    pub(crate) fn may_precede(self, later: Self) -> bool {
        match (self, later) {
            (Self::On(earlier), Self::On(later)) => earlier <= later,
            (Self::Today, _) | (_, Self::Today) => true,
        }
    }
}

#[cfg(test)]
mod tests;
