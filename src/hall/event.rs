//! What happens in a hall.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Errand;
use crate::ticket::{Label, SeriesLetter};

/// A counter's name has at most this many characters: what a board shows large.
pub const COUNTER_CHARS_MAX: usize = 6;

/// Where an event stands in its log. 0 is before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Sequence(pub u64);

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    pub sequence: Sequence,
    pub at: Timestamp,
    pub event: Event,
}

/// What happens in a hall. Written to the log for ever: a variant or a field with a default may be added, never
/// changed. Nothing in it tells who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    SeriesOpened {
        series: SeriesLetter,
    },
    SeriesClosed {
        series: SeriesLetter,
    },
    /// A number was given out.
    Drawn {
        series: SeriesLetter,
        number: u32,
        #[serde(default, skip_serializing_if = "Class::is_ordinary")]
        class: Class,
    },
    /// A kiosk may give these numbers while it cannot reach the log.
    Leased {
        series: SeriesLetter,
        first: u32,
        last: u32,
        /// The kiosk's name.
        kiosk: String,
    },
    /// A leased number was given out while its kiosk could not reach the log.
    DrawnApart {
        series: SeriesLetter,
        number: u32,
        #[serde(default, skip_serializing_if = "Class::is_ordinary")]
        class: Class,
        /// By the kiosk's clock.
        at: Timestamp,
    },
    /// Nobody has the number: its kiosk had no answer in time and gave another.
    Voided {
        series: SeriesLetter,
        number: u32,
    },
    /// A counter calls somebody who waits, was put aside, or did not come before.
    Called {
        series: SeriesLetter,
        number: u32,
        counter: Counter,
    },
    /// Once more, at the same counter.
    Recalled {
        series: SeriesLetter,
        number: u32,
    },
    /// The person is there.
    Started {
        series: SeriesLetter,
        number: u32,
    },
    /// The person was served.
    Done {
        series: SeriesLetter,
        number: u32,
    },
    /// Nobody came.
    Absent {
        series: SeriesLetter,
        number: u32,
        then: AfterAbsence,
    },
    /// The person fetches something and comes back to the same counter.
    Parked {
        series: SeriesLetter,
        number: u32,
    },
    /// Who was put aside, or was absent too often, is there again.
    Back {
        series: SeriesLetter,
        number: u32,
    },
    /// Goes on in another queue, or at a certain counter. The number stays what it is.
    Transferred {
        series: SeriesLetter,
        number: u32,
        to: SeriesLetter,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_counter: Option<Counter>,
    },
    /// A member of staff lets somebody go first.
    PriorityGiven {
        series: SeriesLetter,
        number: u32,
    },
    /// What the holder came for, written after the number: it holds nobody up.
    CameFor {
        series: SeriesLetter,
        number: u32,
        #[serde(flatten)]
        errand: Errand,
    },
    /// A counter begins, or goes on after a pause. The series it calls, the one it prefers first.
    CounterOpened {
        counter: Counter,
        serves: Vec<SeriesLetter>,
    },
    CounterPaused {
        counter: Counter,
        reason: PauseReason,
    },
    CounterClosed {
        counter: Counter,
    },
    /// No more numbers today, in any series. Those who wait are still called.
    DayClosed,
}

impl Event {
    /// The number it is about.
    pub fn label(&self) -> Option<Label> {
        match self {
            Self::Drawn { series, number, .. }
            | Self::DrawnApart { series, number, .. }
            | Self::Voided { series, number }
            | Self::Called { series, number, .. }
            | Self::Recalled { series, number }
            | Self::Started { series, number }
            | Self::Done { series, number }
            | Self::Absent { series, number, .. }
            | Self::Parked { series, number }
            | Self::Back { series, number }
            | Self::Transferred { series, number, .. }
            | Self::CameFor { series, number, .. }
            | Self::PriorityGiven { series, number } => Some(Label {
                series: *series,
                number: *number,
            }),
            Self::SeriesOpened { .. }
            | Self::SeriesClosed { .. }
            | Self::Leased { .. }
            | Self::CounterOpened { .. }
            | Self::CounterPaused { .. }
            | Self::CounterClosed { .. }
            | Self::DayClosed => None,
        }
    }
}

/// How somebody came to their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    #[default]
    Ordinary,
    /// Elderly, disabled, pregnant, with a small child, of merit. Which of these is written nowhere.
    Priority,
    /// With an appointment: as [`Class::Priority`] from then on, as [`Class::Ordinary`] before.
    Appointment { at: Timestamp },
}

impl Class {
    const fn is_ordinary(&self) -> bool {
        matches!(self, Self::Ordinary)
    }

    /// Whether it may go before those who came earlier.
    pub fn goes_first(self, now: Timestamp) -> bool {
        match self {
            Self::Ordinary => false,
            Self::Priority => true,
            Self::Appointment { at } => at <= now,
        }
    }
}

/// What becomes of somebody who did not come. Whoever writes the event decides it by the centre's rules, so that every
/// fold of the log sees the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AfterAbsence {
    /// Waits again, behind so many of those who wait now.
    Behind(u32),
    /// Is called no more until they say that they are back.
    Gone,
}

/// Why a counter pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PauseReason {
    /// Nghỉ giải lao.
    Break,
    /// Họp.
    Meeting,
    /// Máy hỏng.
    Fault,
    /// Việc khác.
    Other,
}

/// A counter (quầy), by the name on its sign: "3", "12B".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Counter(String);

/// The text is no counter's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no counter's name of 1 to {COUNTER_CHARS_MAX} letters and digits")]
pub struct NotACounter(String);

impl TryFrom<String> for Counter {
    type Error = NotACounter;

    fn try_from(name: String) -> Result<Self, NotACounter> {
        let sized = (1..=COUNTER_CHARS_MAX).contains(&name.chars().count());
        if sized && name.chars().all(char::is_alphanumeric) {
            Ok(Self(name))
        } else {
            Err(NotACounter(name))
        }
    }
}

impl FromStr for Counter {
    type Err = NotACounter;

    fn from_str(name: &str) -> Result<Self, NotACounter> {
        name.to_owned().try_into()
    }
}

impl From<Counter> for String {
    fn from(counter: Counter) -> Self {
        counter.0
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
