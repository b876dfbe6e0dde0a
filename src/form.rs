//! Questions of a procedure, and whether an answer fits.
//!
//! One question is one page. Answers are picked, or typed as digits, or dates that may be known only
//! to the year, as on old papers. There is no free text and no condition between questions.
//!
//! Nothing here reads a clock: whoever checks a date says which day it is. Answers are personal:
//! their `Debug` shows nothing.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::procedure::Words;

/// One thing that a procedure wants to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The name under which the province gets the answer.
    pub id: String,
    pub ask: Words,
    pub hint: Option<Words>,
    pub kind: QuestionKind,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum QuestionKind {
    /// One of at most six.
    Choice { choices: Vec<Choice> },
    /// Digits from the number pad: a phone number, a count, a year of study. Leading zeros count.
    Number { digits_min: u8, digits_max: u8 },
    Date {
        earliest: Option<DateBound>,
        latest: Option<DateBound>,
        /// Whether a year alone, or a month and its year, is an answer too.
        year_only_allowed: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub words: Words,
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

/// A date as well as it is known. It may be no real date until [`check`] has seen it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "precision", rename_all = "kebab-case")]
pub enum PartialDate {
    Year { year: i16 },
    Month { year: i16, month: i8 },
    Day { year: i16, month: i8, day: i8 },
}

impl PartialDate {
    /// The first and the last day it may mean, or `None` if there is no such date.
    pub fn span(self) -> Option<(Date, Date)> {
        match self {
            Self::Year { year } => {
                let first = Date::new(year, 1, 1).ok()?;
                Some((first, first.last_of_year()))
            }
            Self::Month { year, month } => {
                let first = Date::new(year, month, 1).ok()?;
                Some((first, first.last_of_month()))
            }
            Self::Day { year, month, day } => {
                let date = Date::new(year, month, day).ok()?;
                Some((date, date))
            }
        }
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self::Day {
            year: date.year(),
            month: date.month(),
            day: date.day(),
        }
    }
}

/// Logs may hold this type; they never hold the date.
impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartialDate(hidden)")
    }
}

/// What a citizen answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// The id of the choice.
    Choice(String),
    /// Digits as typed.
    Number(String),
    Date(PartialDate),
}

/// Logs may hold this type; they never hold the answer.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(hidden)")
    }
}

/// Why an answer cannot stand. A screen has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    #[error("Nothing was answered")]
    Empty,
    #[error("Fewer digits than asked for")]
    TooShort,
    #[error("More digits than asked for")]
    TooLong,
    #[error("The calendar has no such date")]
    NoSuchDate,
    #[error("The day is wanted, not only the year")]
    DayWanted,
    #[error("The date is before the earliest allowed")]
    TooEarly,
    #[error("The date is after the latest allowed")]
    TooLate,
    /// The catalogue has changed under a draft, or a caller mixed up two questions: ask again.
    #[error("The answer belongs to another question")]
    Foreign,
}

/// Whether `answer` can stand as the answer to `question` on the day `today` in Vietnam.
///
/// # Errors
/// The first fault found. A date known to the year is too early or too late only if all its days are.
pub fn check(question: &Question, answer: &Answer, today: Date) -> Result<(), AnswerFault> {
    match (&question.kind, answer) {
        (QuestionKind::Choice { choices }, Answer::Choice(id)) => check_choice(choices, id),
        (QuestionKind::Number { digits_min, digits_max }, Answer::Number(digits)) => {
            check_number(usize::from(*digits_min), usize::from(*digits_max), digits)
        }
        (
            QuestionKind::Date {
                earliest,
                latest,
                year_only_allowed,
            },
            Answer::Date(date),
        ) => {
            let (first, last) = date.span().ok_or(AnswerFault::NoSuchDate)?;

            if !year_only_allowed && !matches!(date, PartialDate::Day { .. }) {
                Err(AnswerFault::DayWanted)
            } else if earliest.is_some_and(|earliest| last < earliest.on(today)) {
                Err(AnswerFault::TooEarly)
            } else if latest.is_some_and(|latest| first > latest.on(today)) {
                Err(AnswerFault::TooLate)
            } else {
                Ok(())
            }
        }
        (QuestionKind::Choice { .. } | QuestionKind::Number { .. } | QuestionKind::Date { .. }, _) => {
            Err(AnswerFault::Foreign)
        }
    }
}

fn check_choice(choices: &[Choice], id: &str) -> Result<(), AnswerFault> {
    if id.is_empty() {
        return Err(AnswerFault::Empty);
    }
    choices
        .iter()
        .any(|choice| choice.id == id)
        .then_some(())
        .ok_or(AnswerFault::Foreign)
}

fn check_number(digits_min: usize, digits_max: usize, digits: &str) -> Result<(), AnswerFault> {
    if digits.is_empty() {
        Err(AnswerFault::Empty)
    } else if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Err(AnswerFault::Foreign)
    } else if digits.len() < digits_min {
        Err(AnswerFault::TooShort)
    } else if digits.len() > digits_max {
        Err(AnswerFault::TooLong)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
