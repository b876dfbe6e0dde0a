//! Tickets (số thứ tự): a place in a queue, on a business day of Vietnam.
//!
//! Values only. A number belongs to a series and a day, and both never change; what changes is what is
//! known of its paper.
//!
//! ```text
//! Reserved ─▶ Printing ─▶ Printed
//!    │            ├─────▶ Failed ──▶ (print again, or staff saw it after all) ─▶ Printing / Printed
//!    │            └─────▶ Unclear ─▶ (late proof, staff, or a copy) ───────────▶ Printed / Failed
//!    └─▶ Failed   (the kiosk died before it printed anything)
//! ```

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// Vietnam's clock: UTC+7 all year, without summer time.
pub const VIETNAM: Offset = jiff::tz::offset(7);

/// A business day as Vietnam counts it. Ticket numbers restart with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day it is in Vietnam at `at`, whatever zone the machine is set to.
    pub fn in_vietnam(at: Timestamp) -> Self {
        Self(VIETNAM.to_datetime(at).date())
    }

    /// The calendar date.
    pub const fn date(self) -> Date {
        self.0
    }

    /// Its midnight in Vietnam.
    pub fn begins(self) -> Timestamp {
        // Only the first day that can be written has no midnight there.
        VIETNAM.to_timestamp(self.0.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
    }

    /// `261122`: the day as it stands in a slip number.
    pub fn compact(self) -> String {
        self.0.strftime("%y%m%d").to_string()
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

/// `2026-11-22`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The text is no day of the form `2026-11-22`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no day of the form 2026-11-22")]
pub struct NotADay(String);

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let wrong = || NotADay(text.to_owned());
        // jiff reads more shapes than this one; a day has exactly one spelling here.
        let date: Date = text.parse().map_err(|_| wrong())?;
        (date.to_string() == text).then_some(Self(date)).ok_or_else(wrong)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// `2026-11-22T09:41:07+07:00`: a moment as Vietnam writes it, to the second.
pub fn vietnam_time(at: Timestamp) -> String {
    let zoned = at.to_zoned(TimeZone::fixed(VIETNAM));
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The letter of a series, `A` to `Z`: what the loudspeaker and the boards call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesLetter(u8);

/// The text is no single letter from `A` to `Z`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no letter from A to Z")]
pub struct NotALetter(String);

impl SeriesLetter {
    pub const fn as_char(self) -> char {
        self.0 as char
    }
}

impl TryFrom<char> for SeriesLetter {
    type Error = NotALetter;

    fn try_from(letter: char) -> Result<Self, NotALetter> {
        match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii_uppercase() => Ok(Self(byte)),
            Ok(_) | Err(_) => Err(NotALetter(letter.to_string())),
        }
    }
}

impl FromStr for SeriesLetter {
    type Err = NotALetter;

    fn from_str(text: &str) -> Result<Self, NotALetter> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(letter), None) => Self::try_from(letter).map_err(|_| NotALetter(text.to_owned())),
            (Some(_), Some(_)) | (None, _) => Err(NotALetter(text.to_owned())),
        }
    }
}

impl fmt::Display for SeriesLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_char())
    }
}

impl Serialize for SeriesLetter {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SeriesLetter {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A ticket's row in this kiosk's store. Outside the kiosk a ticket is its day, series and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId(pub i64);

/// What is known of a ticket's paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TicketState {
    /// The number is committed; nothing went to the printer.
    Reserved,
    /// A print was begun and has not ended.
    Printing,
    /// A whole slip came out.
    Printed,
    /// No whole slip came out. The number still counts: the citizen saw it on the screen.
    Failed,
    /// A slip may be out: only the printer's late proof or a person can tell.
    Unclear,
}

/// How it is known whether the paper came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settled {
    /// The printer answered for it, in time or late.
    ByProof,
    /// A member of staff was asked "did it come out?".
    ByStaff,
}

/// A place in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub id: TicketId,
    pub series: SeriesLetter,
    pub number: u32,
    pub day: Day,
    /// When the number was committed, as far as the kiosk's clock knew.
    pub drawn_at: Timestamp,
    pub state: TicketState,
    /// Nothing while no print of it has ended for sure.
    pub settled: Option<Settled>,
    /// Slips beyond the first that are out or may be out, each marked as a copy.
    pub copies: u32,
}

impl Ticket {
    /// What stands on paper and screen: `A 012`.
    pub fn label(&self) -> Label {
        Label {
            series: self.series,
            number: self.number,
        }
    }
}

/// A series and a number, as people read them: `A 012`. At least three digits, more when they are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label {
    pub series: SeriesLetter,
    pub number: u32,
}

impl Label {
    /// Without the space, for codes and file names: `A012`.
    pub fn compact(self) -> String {
        format!("{}{:03}", self.series, self.number)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:03}", self.series, self.number)
    }
}

/// The text is no label such as `A 012`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no ticket label such as A 012")]
pub struct NotALabel(String);

/// Reads `A 012`, `A012`, `a12`: what a person types or a code holds.
impl FromStr for Label {
    type Err = NotALabel;

    fn from_str(text: &str) -> Result<Self, NotALabel> {
        let wrong = || NotALabel(text.to_owned());
        let text = text.trim();
        let mut chars = text.chars();
        let letter = chars.next().ok_or_else(wrong)?.to_ascii_uppercase();
        let series = SeriesLetter::try_from(letter).map_err(|_| wrong())?;
        let digits = chars.as_str().trim_start();
        // `u32::from_str` would also take "+12".
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = digits.parse().map_err(|_| wrong())?;
        Ok(Self { series, number })
    }
}

impl TryFrom<String> for Label {
    type Error = NotALabel;

    fn try_from(text: String) -> Result<Self, NotALabel> {
        text.parse()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_changes_at_midnight_in_vietnam_and_nowhere_else() {
        assert_eq!(Day::in_vietnam(at("2026-11-22T16:59:59Z")).to_string(), "2026-11-22");
        assert_eq!(Day::in_vietnam(at("2026-11-22T17:00:00Z")).to_string(), "2026-11-23");
        assert_eq!(Day::in_vietnam(at("1970-01-01T00:00:00Z")).to_string(), "1970-01-01");
    }

    #[test]
    fn a_moment_is_written_with_vietnams_offset_and_whole_seconds() {
        assert_eq!(
            vietnam_time(at("2026-11-22T02:41:07.987Z")),
            "2026-11-22T09:41:07+07:00"
        );
    }

    #[test]
    fn a_day_has_exactly_one_spelling() {
        assert_eq!("2026-11-22".parse::<Day>().unwrap().compact(), "261122");
        for wrong in [
            "",
            "20261122",
            "2026-11-22T00:00",
            "2026-13-01",
            "22/11/2026",
            "+002026-11-22",
        ] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn a_label_has_three_digits_until_it_needs_four() {
        let label = |number| Label {
            series: "A".parse().unwrap(),
            number,
        };
        assert_eq!(label(12).to_string(), "A 012");
        assert_eq!(label(12).compact(), "A012");
        assert_eq!(label(1234).to_string(), "A 1234");
    }

    #[test]
    fn labels_that_are_none_are_refused() {
        for wrong in ["", "A", "12", "AA12", "A+12", "A-1", "A 1 2", "Đ012", "A99999999999"] {
            assert!(wrong.parse::<Label>().is_err(), "{wrong:?} was taken");
        }
        assert_eq!("a12".parse::<Label>().unwrap().to_string(), "A 012");
    }

    proptest! {
        #[test]
        fn every_label_reads_back(letter in proptest::char::range('A', 'Z'), number: u32) {
            let label = Label { series: letter.try_into().unwrap(), number };
            prop_assert_eq!(label.to_string().parse::<Label>().unwrap(), label);
            prop_assert_eq!(label.compact().parse::<Label>().unwrap(), label);
        }
    }
}
