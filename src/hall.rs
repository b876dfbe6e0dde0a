//! The hall (sảnh): the queues of one business day, as a fold over a log of events.
//!
//! Pure: an event comes in, the picture changes. Kiosk, counters and boards are folds of the same log, so they
//! agree without asking each other. What keeps the log is behind [`log::Log`]; nothing here prints, waits or
//! knows a citizen.
//!
//! - [`Event`]: what is written. [`Hall::check`] says whether one may follow; one that may not and stands in the log
//!   all the same changes nothing, in every fold alike.
//! - [`Place`]: one number's way through the hall. [`Hall`]: all of them, counters and last calls.
//! - [`Act`]: what a clerk asks for. [`CounterView`], [`BoardView`]: what they and everybody see.
//! - [`day::DayBook`]: the same events in figures, for whoever runs the centre. [`PhoneView`]: one number, for its holder.
//! - [`Rules`]: what is fair. They decide what is written next (`turn.rs`), never what a written event means.
//!
//! Invariants: a number is drawn once; whoever is at a counter is at one only, and a counter has one person at most;
//! nobody leaves the hall but as done, or as gone after they were called; who waits is called at last, however many
//! may go first.

pub mod centres;
mod clerk;
pub mod day;
mod errand;
mod event;
pub mod jetstream;
mod lease;
mod legal;
pub mod local;
pub mod log;
mod pace;
mod phone;
mod picture;
mod place;
mod rules;
mod turn;
mod view;

use serde::{Deserialize, Serialize};

pub use self::clerk::{Act, NotDone};
pub use self::errand::Errand;
pub use self::event::{
    AfterAbsence, COUNTER_CHARS_MAX, Class, Counter, Event, Logged, NotACounter, PauseReason, Sequence,
};
pub use self::lease::{LEASE_NUMBERS_MAX, LEASED_FROM, Lease};
pub use self::legal::Illegal;
pub use self::pace::Wait;
pub use self::phone::{PhoneView, Stands};
pub use self::picture::{CALLS_SHOWN_MAX, Call, CounterState, Hall};
pub use self::place::{Place, Stage, Turn};
pub use self::rules::Rules;
pub use self::view::{BoardView, CounterView};
use crate::ticket::SeriesLetter;

/// The highest number a series may reach on one day: what a slip and a board have room for.
pub const NUMBER_MAX: u32 = 9999;

/// A queue as the configuration describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub letter: SeriesLetter,
    /// The field (lĩnh vực), in Vietnamese.
    pub name: String,
    /// Which counters (quầy) call it, in Vietnamese, as it stands on the slip.
    #[serde(default)]
    pub counters: String,
    /// The first number of each day.
    #[serde(default = "one")]
    pub first_number: u32,
    /// How many numbers a day, without it as many as [`NUMBER_MAX`] allows.
    #[serde(default)]
    pub per_day_max: Option<u32>,
}

const fn one() -> u32 {
    1
}

impl Series {
    /// The last number this series may give on a day.
    pub fn last_number(&self) -> u32 {
        let wanted = self
            .per_day_max
            .map(|count| self.first_number.saturating_add(count).saturating_sub(1));
        wanted.unwrap_or(NUMBER_MAX).min(NUMBER_MAX)
    }
}

/// What somebody asks for at a kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    pub series: SeriesLetter,
    pub class: Class,
}

impl From<SeriesLetter> for Wish {
    fn from(series: SeriesLetter) -> Self {
        let class = Class::Ordinary;
        Self { series, class }
    }
}

/// Why a series gives no number now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoNumber {
    #[error("no such series")]
    UnknownSeries,
    #[error("series is closed")]
    SeriesClosed,
    #[error("all numbers of the day are given out")]
    SoldOut,
    #[error("the day is closed")]
    DayClosed,
}

#[cfg(test)]
mod tests;
