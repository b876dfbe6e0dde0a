//! One page of an answer: what is picked or typed on it so far.
//!
//! Nothing here is an answer yet; what a field cannot hold is not typed at all.

use jiff::civil::Date;

use crate::form::{AnswerFault, PartialDate, YesNo};
use crate::keyboard::Line;
use crate::session::{DatePart, Touch, YearOnly};

/// Personal: its `Debug` shows nothing.
#[derive(Clone, PartialEq)]
pub enum Field {
    Choice(Option<String>),
    YesNo(Option<YesNo>),
    /// In the order in which they were ticked.
    Many(Vec<String>),
    Digits(Digits),
    Date(DateEntry),
    Line(Line),
    /// A name of a province or a commune, of which one is then picked.
    Place(Line),
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Field(hidden)")
    }
}

#[derive(Clone, Default, PartialEq, Eq)]
pub struct Digits {
    pub text: String,
    /// More are not typed at all.
    pub digits_max: usize,
}

/// A date as it is typed, part by part.
#[derive(Clone, PartialEq, Eq)]
pub struct DateEntry {
    pub day: String,
    pub month: String,
    pub year: String,
    /// Where the next digit goes.
    pub part: DatePart,
    pub year_only: YearOnly,
}

pub const YES: &str = "yes";
pub const NO: &str = "no";

impl Field {
    pub fn digits(text: &str, digits_max: usize) -> Self {
        Self::Digits(Digits {
            text: text.to_owned(),
            digits_max,
        })
    }

    pub fn no_date() -> Self {
        Self::Date(DateEntry::empty())
    }

    pub fn date(date: Option<PartialDate>) -> Self {
        Self::Date(date.map_or_else(DateEntry::empty, DateEntry::of))
    }

    /// Whether the touch was for this field.
    pub fn touch(&mut self, touch: &Touch) -> bool {
        match (self, touch) {
            (Self::Choice(chosen), Touch::Choose(id)) => *chosen = Some(id.clone()),
            (Self::YesNo(said), Touch::Choose(id)) => {
                *said = match id.as_str() {
                    YES => Some(YesNo::Yes),
                    NO => Some(YesNo::No),
                    _ => return false,
                }
            }
            (Self::Many(ticked), Touch::Choose(id)) => match ticked.iter().position(|other| other == id) {
                Some(at) => drop(ticked.remove(at)),
                None => ticked.push(id.clone()),
            },
            (Self::Digits(digits), Touch::Digit(digit)) => digits.push(*digit),
            (Self::Digits(digits), Touch::Erase) => drop(digits.text.pop()),
            (Self::Date(date), Touch::Digit(digit)) => date.push(*digit),
            (Self::Date(date), Touch::Erase) => date.erase(),
            (Self::Date(date), Touch::DatePart(part)) => date.go_to(*part),
            (Self::Date(date), Touch::YearOnly(year_only)) => date.set_year_only(*year_only),
            (Self::Line(line) | Self::Place(line), Touch::Key(key)) => line.press(*key),
            (Self::Line(line) | Self::Place(line), Touch::NextWay) => line.next_way(),
            (Self::Line(line) | Self::Place(line), Touch::Layer(layer)) => line.show(*layer),
            (Self::Line(line) | Self::Place(line), Touch::Shift) => line.shift(),
            (
                Self::Choice(_)
                | Self::YesNo(_)
                | Self::Many(_)
                | Self::Digits(_)
                | Self::Date(_)
                | Self::Line(_)
                | Self::Place(_),
                _,
            ) => return false,
        }
        true
    }

    /// What is typed on a number pad; nothing elsewhere.
    pub fn typed_digits(&self) -> &str {
        match self {
            Self::Digits(digits) => &digits.text,
            Self::Choice(_) | Self::YesNo(_) | Self::Many(_) | Self::Date(_) | Self::Line(_) | Self::Place(_) => "",
        }
    }

    /// The date that is typed.
    ///
    /// # Errors
    /// There is none, or it is not whole.
    pub fn typed_date(&self) -> Result<PartialDate, AnswerFault> {
        match self {
            Self::Date(date) => date.date(),
            Self::Choice(_) | Self::YesNo(_) | Self::Many(_) | Self::Digits(_) | Self::Line(_) | Self::Place(_) => {
                Err(AnswerFault::Empty)
            }
        }
    }

    pub fn line(&self) -> Option<&Line> {
        match self {
            Self::Line(line) | Self::Place(line) => Some(line),
            Self::Choice(_) | Self::YesNo(_) | Self::Many(_) | Self::Digits(_) | Self::Date(_) => None,
        }
    }

    pub fn line_mut(&mut self) -> Option<&mut Line> {
        match self {
            Self::Line(line) | Self::Place(line) => Some(line),
            Self::Choice(_) | Self::YesNo(_) | Self::Many(_) | Self::Digits(_) | Self::Date(_) => None,
        }
    }

    /// Whether nothing is picked or typed in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Choice(chosen) => chosen.is_none(),
            Self::YesNo(said) => said.is_none(),
            Self::Many(ticked) => ticked.is_empty(),
            Self::Digits(digits) => digits.text.is_empty(),
            Self::Date(date) => date.is_empty(),
            Self::Line(line) | Self::Place(line) => line.as_str().trim().is_empty(),
        }
    }
}

impl Digits {
    fn push(&mut self, digit: char) {
        if digit.is_ascii_digit() && self.text.len() < self.digits_max {
            self.text.push(digit);
        }
    }
}

impl DateEntry {
    fn empty() -> Self {
        Self {
            day: String::new(),
            month: String::new(),
            year: String::new(),
            part: DatePart::Day,
            year_only: YearOnly::No,
        }
    }

    fn of(date: PartialDate) -> Self {
        let (day, month, year) = match date {
            PartialDate::Year { year } => (None, None, year),
            PartialDate::Month { year, month } => (None, Some(month), year),
            PartialDate::Day { year, month, day } => (Some(day), Some(month), year),
        };
        let two = |value: Option<i8>| value.map(|value| format!("{value:02}")).unwrap_or_default();
        Self {
            day: two(day),
            month: two(month),
            year: format!("{year:04}"),
            part: DatePart::Year,
            year_only: if month.is_none() { YearOnly::Yes } else { YearOnly::No },
        }
    }

    pub fn is_empty(&self) -> bool {
        self.day.is_empty() && self.month.is_empty() && self.year.is_empty()
    }

    fn push(&mut self, digit: char) {
        let (field, full, then) = match self.part {
            DatePart::Day => (&mut self.day, 2, DatePart::Month),
            DatePart::Month => (&mut self.month, 2, DatePart::Year),
            DatePart::Year => (&mut self.year, 4, DatePart::Year),
        };
        if digit.is_ascii_digit() && field.len() < full {
            field.push(digit);
        }
        if field.len() == full {
            self.part = then;
        }
    }

    /// An empty part hands the key back to the one before it.
    fn erase(&mut self) {
        match self.part {
            DatePart::Year => {
                if self.year.pop().is_none() && self.year_only == YearOnly::No {
                    self.part = DatePart::Month;
                    self.month.pop();
                }
            }
            DatePart::Month => {
                if self.month.pop().is_none() {
                    self.part = DatePart::Day;
                    self.day.pop();
                }
            }
            DatePart::Day => drop(self.day.pop()),
        }
    }

    fn go_to(&mut self, to: DatePart) {
        match to {
            DatePart::Day => self.day.clear(),
            DatePart::Month => self.month.clear(),
            DatePart::Year => self.year.clear(),
        }
        self.part = to;
    }

    fn set_year_only(&mut self, to: YearOnly) {
        self.year_only = to;
        self.part = match to {
            YearOnly::Yes => DatePart::Year,
            YearOnly::No => DatePart::Day,
        };
    }

    /// The date that was typed. Without its day it is a month; whether that is enough is not known here.
    ///
    /// # Errors
    /// It is not there, not whole, or in no calendar.
    pub fn date(&self) -> Result<PartialDate, AnswerFault> {
        let no_such = |_| AnswerFault::NoSuchDate;
        let year_only = self.year_only == YearOnly::Yes;
        if self.year.is_empty() || (!year_only && self.month.is_empty()) {
            return Err(AnswerFault::Empty);
        }
        if self.year.len() < 4 {
            return Err(AnswerFault::TooShort);
        }
        let year: i16 = self.year.parse().map_err(no_such)?;
        if year_only {
            return Ok(PartialDate::Year { year });
        }
        let month: i8 = self.month.parse().map_err(no_such)?;
        if self.day.is_empty() {
            let date = PartialDate::Month { year, month };
            return date.span().map(|_| date).ok_or(AnswerFault::NoSuchDate);
        }
        let date = Date::new(year, month, self.day.parse().map_err(no_such)?);
        date.map(PartialDate::from).map_err(|_| AnswerFault::NoSuchDate)
    }
}
