//! The hall (sảnh): the queues of one business day, as a fold over a log of events.
//!
//! Pure: an event comes in, the picture changes. Kiosk, counters and boards are folds of the same log, so they
//! agree without asking each other. What keeps the log is behind [`log::Log`]; nothing here prints, waits or
//! knows a citizen.

pub mod local;
pub mod log;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ticket::{Day, Label, SeriesLetter};

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

/// Where an event stands in its log. 0 is before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Sequence(pub u64);

/// What happens in a hall. Written to the log for ever: a variant may be added, never changed.
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
    },
    /// A counter calls the number.
    Called {
        series: SeriesLetter,
        number: u32,
        counter: String,
    },
    /// The person was served, or did not come.
    Done {
        series: SeriesLetter,
        number: u32,
    },
    /// No more numbers today, in any series.
    DayClosed,
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    pub sequence: Sequence,
    pub at: Timestamp,
    pub event: Event,
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

/// The queues of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hall {
    day: Day,
    last: Sequence,
    closed: bool,
    queues: BTreeMap<SeriesLetter, Queue>,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
struct Queue {
    closed: bool,
    /// The highest number given.
    last_number: u32,
    waiting: BTreeSet<u32>,
    called: Option<u32>,
}

impl Hall {
    /// A hall at the start of `day`: nobody waits.
    pub fn new(day: Day) -> Self {
        Self {
            day,
            last: Sequence(0),
            closed: false,
            queues: BTreeMap::new(),
        }
    }

    /// The hall after `events`, which are those of `day` in the log's order.
    pub fn after<'a>(day: Day, events: impl IntoIterator<Item = &'a Logged>) -> Self {
        let mut hall = Self::new(day);
        events.into_iter().for_each(|logged| hall.apply(logged));
        hall
    }

    /// Takes one event. An event already taken changes nothing, so a log may be read twice.
    pub fn apply(&mut self, logged: &Logged) {
        if logged.sequence <= self.last {
            return;
        }
        self.last = logged.sequence;
        match &logged.event {
            Event::SeriesOpened { series } => self.queue(*series).closed = false,
            Event::SeriesClosed { series } => self.queue(*series).closed = true,
            Event::Drawn { series, number } => {
                let queue = self.queue(*series);
                queue.last_number = queue.last_number.max(*number);
                queue.waiting.insert(*number);
            }
            Event::Called {
                series,
                number,
                counter: _,
            } => {
                let queue = self.queue(*series);
                queue.waiting.remove(number);
                queue.called = Some(*number);
            }
            Event::Done { series, number } => {
                self.queue(*series).waiting.remove(number);
            }
            Event::DayClosed => self.closed = true,
        }
    }

    fn queue(&mut self, series: SeriesLetter) -> &mut Queue {
        self.queues.entry(series).or_default()
    }

    pub const fn day(&self) -> Day {
        self.day
    }

    /// The last event taken: what the next append expects.
    pub const fn last(&self) -> Sequence {
        self.last
    }

    /// The number `series` gives next, or why it gives none.
    pub fn next_number(&self, series: &Series) -> Result<u32, NoNumber> {
        if self.closed {
            return Err(NoNumber::DayClosed);
        }
        let queue = self.queues.get(&series.letter);
        if queue.is_some_and(|queue| queue.closed) {
            return Err(NoNumber::SeriesClosed);
        }
        let given = queue.map_or(0, |queue| queue.last_number);
        let next = given.saturating_add(1).max(series.first_number);
        if next > series.last_number() {
            Err(NoNumber::SoldOut)
        } else {
            Ok(next)
        }
    }

    /// How many people hold a number of `series` that was not called.
    pub fn waiting(&self, series: SeriesLetter) -> usize {
        self.queues.get(&series).map_or(0, |queue| queue.waiting.len())
    }

    /// How many people are called before the one with this label; 0 also when its number was called.
    pub fn ahead(&self, label: Label) -> usize {
        let Some(queue) = self.queues.get(&label.series) else {
            return 0;
        };
        if !queue.waiting.contains(&label.number) {
            return 0;
        }
        queue.waiting.range(..label.number).count()
    }

    /// The number of `series` called last today.
    pub fn called(&self, series: SeriesLetter) -> Option<u32> {
        self.queues.get(&series).and_then(|queue| queue.called)
    }
}
