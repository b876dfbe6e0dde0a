//! What a citizen answered. All of it is personal: `Debug` shows nothing.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::citizen::CitizenId;

/// What a citizen answered, of the kind that was asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// The id of the choice.
    Choice(String),
    /// The ids of the choices, in the question's order, each once.
    Many(Vec<String>),
    /// One line; see [`tidy`].
    Text(String),
    /// Digits as typed.
    Number(String),
    /// In đồng.
    Money(u64),
    Date(PartialDate),
    /// Digits as dialled inside Vietnam.
    Phone(String),
    Person(Person),
    Address(Address),
    People(Vec<Person>),
    YesNo(YesNo),
}

/// Logs may hold this type; they never hold the answer.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(hidden)")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YesNo {
    Yes,
    No,
}

/// Somebody who is named in a form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// As on papers, with its marks; see [`tidy`].
    pub name: String,
    /// Children and some of the old have none.
    pub id: Option<CitizenId>,
    pub born: Option<PartialDate>,
    /// The id of a choice of [`PersonWants::relations`](super::PersonWants).
    pub relation: Option<String>,
}

/// Logs may hold this type; they never hold the person.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(hidden)")
    }
}

/// Where somebody lives, or where something is: of the two levels there are since 1 July 2025.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub province: Unit,
    pub commune: Unit,
    /// House, street, hamlet; may be empty. See [`tidy`].
    pub detail: String,
}

/// Logs may hold this type; they never hold the address.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(hidden)")
    }
}

/// A unit of administration, and how it was called when it was picked: "Xã Tân Sơn".
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    pub code: UnitCode,
    pub name: String,
}

/// Part of an address.
impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unit(hidden)")
    }
}

/// The code of a province (two digits) or of a commune (five), as the General Statistics Office gives them out.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Neither two nor five digits")]
pub struct NotAUnitCode;

impl UnitCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_province(&self) -> bool {
        self.0.len() == 2
    }
}

impl FromStr for UnitCode {
    type Err = NotAUnitCode;

    fn from_str(text: &str) -> Result<Self, NotAUnitCode> {
        (matches!(text.len(), 2 | 5) && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Self(text.to_owned()))
            .ok_or(NotAUnitCode)
    }
}

impl TryFrom<String> for UnitCode {
    type Error = NotAUnitCode;

    fn try_from(text: String) -> Result<Self, NotAUnitCode> {
        text.parse()
    }
}

impl From<UnitCode> for String {
    fn from(code: UnitCode) -> String {
        code.0
    }
}

/// Part of an address.
impl fmt::Debug for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnitCode(hidden)")
    }
}

/// A date as well as it is known. It may be no real date until [`check`](super::check) has seen it.
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

/// What was typed as it is kept and sent: composed (NFC), no control character, one space between words and none
/// around them. [`check`](super::check) takes no other text.
pub fn tidy(typed: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;

    let words = typed.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").nfc().collect()
}
