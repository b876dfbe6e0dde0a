//! The day of a hall in figures: a pure fold of its events, beside the picture.
//!
//! Every event that was taken counts once: under the letter that stands on its slip, whatever queue it went to, in the
//! hour in which it happened, and at the counter that did it. So sums over hours, letters and counters are equal. An
//! event that could not follow counts nowhere, as in every fold.
//!
//! | figure | what is counted |
//! |---|---|
//! | `drawn` | numbers given out |
//! | `calls`, `first_calls` | calls; those of a number that was never called before. Recalls are no calls |
//! | `absent` | calls to which nobody came, of all `calls` |
//! | `done`, `sent_on`, `parked` | how people left a counter |
//! | `wait` | from the draw to the first call, in the hour of that call |
//! | `serve` | from "came" (without it, from the call) to done, sent on or put aside, in the hour of the end |
//! | `busy_secs` | of a counter, from each call until the person left |

pub mod export;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use self::view::{CounterDay, DayView, Figures, HourDay, SeriesDay, Spread, Standing};
use crate::hall::{Counter, Event, Hall, Logged, PauseReason, Sequence};
use crate::ticket::{Day, Label, SeriesLetter, VIETNAM};

/// The figures of one day, so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayBook {
    hall: Hall,
    /// The latest time that an event has: a clock that went back makes nobody wait less than nothing.
    now: Timestamp,
    tallies: BTreeMap<(Hour, SeriesLetter), Tally>,
    counters: BTreeMap<Counter, CounterBook>,
    called_once: BTreeSet<Label>,
    here: BTreeMap<Label, Here>,
}

/// Of Vietnam's clock, 0 to 23.
type Hour = i8;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tally {
    drawn: u32,
    calls: u32,
    first_calls: u32,
    absent: u32,
    done: u32,
    sent_on: u32,
    parked: u32,
    /// In seconds, as they came.
    waits: Vec<u32>,
    serves: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct CounterBook {
    tally: Tally,
    busy_secs: u64,
    open_secs: u64,
    /// By reason.
    paused_secs: [u64; REASONS.len()],
    is: Is,
    since: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Closed,
    Open,
    Paused(PauseReason),
}

const REASONS: [PauseReason; 4] = [
    PauseReason::Break,
    PauseReason::Meeting,
    PauseReason::Fault,
    PauseReason::Other,
];

/// Somebody at a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Here {
    counter: Counter,
    called: Timestamp,
    came: Option<Timestamp>,
}

/// How somebody leaves a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaves {
    Done,
    Absent,
    SentOn,
    Parked,
}

impl DayBook {
    /// Before the first event of `day`.
    pub fn new(day: Day) -> Self {
        Self {
            hall: Hall::new(day),
            now: day.begins(),
            tallies: BTreeMap::new(),
            counters: BTreeMap::new(),
            called_once: BTreeSet::new(),
            here: BTreeMap::new(),
        }
    }

    pub const fn day(&self) -> Day {
        self.hall.day()
    }

    /// The last event taken.
    pub const fn last(&self) -> Sequence {
        self.hall.last()
    }

    /// Takes one event; one that was taken before changes nothing.
    pub fn apply(&mut self, logged: &Logged) {
        if logged.sequence <= self.hall.last() {
            return;
        }
        self.now = self.now.max(logged.at);
        if self.hall.check(&logged.event).is_ok() {
            self.count(&logged.event);
        }
        self.hall.apply(logged);
    }

    /// The log goes on to `sequence` with something that this program does not know.
    pub fn skip(&mut self, sequence: Sequence) {
        self.hall.skip(sequence);
    }

    fn count(&mut self, event: &Event) {
        match event {
            Event::Drawn { series, .. } => self.tally(*series).drawn += 1,
            Event::DrawnApart { series, at, .. } => self.tally_at(*series, *at).drawn += 1,
            Event::Voided { series, number } => self.voided(*series, *number),
            Event::Called {
                series,
                number,
                counter,
            } => {
                let (series, number) = (*series, *number);
                self.called(Label { series, number }, counter);
            }
            Event::Started { series, number } => {
                let (series, number) = (*series, *number);
                if let Some(here) = self.here.get_mut(&Label { series, number }) {
                    here.came = Some(self.now);
                }
            }
            Event::Done { series, number } => self.leaves(*series, *number, Leaves::Done),
            Event::Absent { series, number, .. } => self.leaves(*series, *number, Leaves::Absent),
            Event::Parked { series, number } => self.leaves(*series, *number, Leaves::Parked),
            Event::Transferred { series, number, .. } => self.leaves(*series, *number, Leaves::SentOn),
            Event::CounterOpened { counter, .. } => self.turns(counter, Is::Open),
            Event::CounterPaused { counter, reason } => self.turns(counter, Is::Paused(*reason)),
            Event::CounterClosed { counter } => self.turns(counter, Is::Closed),
            Event::SeriesOpened { .. }
            | Event::SeriesClosed { .. }
            | Event::Leased { .. }
            | Event::Recalled { .. }
            | Event::Back { .. }
            | Event::PriorityGiven { .. }
            | Event::CameFor { .. }
            | Event::DayClosed => {}
        }
    }

    /// Nobody had the number: it does not count in the hour in which it was drawn.
    fn voided(&mut self, series: SeriesLetter, number: u32) {
        let label = Label { series, number };
        self.here.remove(&label);
        if let Some(drawn_at) = self.hall.place(label).map(|place| place.drawn_at) {
            let tally = self.tally_at(series, drawn_at);
            tally.drawn = tally.drawn.saturating_sub(1);
        }
    }

    fn called(&mut self, label: Label, counter: &Counter) {
        let now = self.now;
        // The paper of a kiosk that is cut off: since when its holder waits, nobody knows.
        if self.hall.place(label).is_none() {
            self.tally(label.series).drawn += 1;
        }
        let first = self.called_once.insert(label);
        let waited = self.hall.place(label).map(|place| secs(place.drawn_at, now));
        let waited = waited.filter(|_| first);
        let count = |tally: &mut Tally| {
            tally.calls += 1;
            tally.first_calls += u32::from(first);
            tally.waits.extend(waited);
        };
        count(self.tally(label.series));
        count(&mut self.counter(counter).tally);
        let (counter, came) = (counter.clone(), None);
        let here = Here {
            counter,
            called: now,
            came,
        };
        self.here.insert(label, here);
    }

    fn leaves(&mut self, series: SeriesLetter, number: u32, how: Leaves) {
        let now = self.now;
        let Some(here) = self.here.remove(&Label { series, number }) else {
            return;
        };
        let served = (how != Leaves::Absent).then(|| secs(here.came.unwrap_or(here.called), now));
        let count = |tally: &mut Tally| {
            match how {
                Leaves::Done => tally.done += 1,
                Leaves::Absent => tally.absent += 1,
                Leaves::SentOn => tally.sent_on += 1,
                Leaves::Parked => tally.parked += 1,
            }
            tally.serves.extend(served);
        };
        count(self.tally(series));
        let counter = self.counter(&here.counter);
        count(&mut counter.tally);
        counter.busy_secs += u64::from(secs(here.called, now));
    }

    fn turns(&mut self, counter: &Counter, is: Is) {
        let now = self.now;
        let book = self.counter(counter);
        book.spend(now);
        book.is = is;
    }

    fn tally(&mut self, series: SeriesLetter) -> &mut Tally {
        self.tally_at(series, self.now)
    }

    fn tally_at(&mut self, series: SeriesLetter, at: Timestamp) -> &mut Tally {
        let hour = VIETNAM.to_datetime(at).hour();
        self.tallies.entry((hour, series)).or_default()
    }

    fn counter(&mut self, counter: &Counter) -> &mut CounterBook {
        let since = self.now;
        self.counters.entry(counter.clone()).or_insert_with(|| CounterBook {
            tally: Tally::default(),
            busy_secs: 0,
            open_secs: 0,
            paused_secs: [0; REASONS.len()],
            is: Is::Closed,
            since,
        })
    }
}

impl CounterBook {
    /// The time since the last change goes to what the counter was.
    fn spend(&mut self, now: Timestamp) {
        let spent = u64::from(secs(self.since, now));
        match self.is {
            Is::Closed => {}
            Is::Open => self.open_secs += spent,
            Is::Paused(reason) => {
                let sums = self.paused_secs.iter_mut().zip(REASONS);
                sums.filter(|(_, of)| *of == reason).for_each(|(sum, _)| *sum += spent);
            }
        }
        self.since = now;
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.drawn += other.drawn;
        self.calls += other.calls;
        self.first_calls += other.first_calls;
        self.absent += other.absent;
        self.done += other.done;
        self.sent_on += other.sent_on;
        self.parked += other.parked;
        self.waits.extend(&other.waits);
        self.serves.extend(&other.serves);
    }
}

/// Whole seconds between two moments of one day.
fn secs(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.duration_since(from).as_secs()).unwrap_or_default()
}
