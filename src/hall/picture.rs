//! The picture that follows from the events.

mod asked;

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use crate::hall::lease::Lease;
use crate::hall::pace::Pace;
use crate::hall::{AfterAbsence, Class, Counter, Errand, Event, Logged, PauseReason, Place, Sequence, Stage, Turn};
use crate::ticket::{Day, Label, SeriesLetter};

/// Calls that a board may want to show: the latest first.
pub const CALLS_SHOWN_MAX: usize = 12;

/// The queues of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hall {
    day: Day,
    last: Sequence,
    /// The latest time that an event has.
    last_at: Timestamp,
    closed: bool,
    queues: BTreeMap<SeriesLetter, Queue>,
    places: BTreeMap<Label, Place>,
    counters: BTreeMap<Counter, CounterState>,
    calls: VecDeque<Call>,
    /// When each counter's last person left it, while somebody has waited for it since.
    left: BTreeMap<Counter, Timestamp>,
    left_aside: u64,
    pub(super) errands: BTreeMap<Label, Errand>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Queue {
    closed: bool,
    /// The highest number given, without the leased ones.
    last_number: u32,
    pub(super) leases: Vec<Lease>,
    /// The number of this letter called last.
    called: Option<u32>,
    /// How many were called since somebody went before another.
    ordinary_since_jump: Option<u32>,
    pace: Pace,
}

/// A call, as a board shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub label: Label,
    pub counter: Counter,
    pub at: Timestamp,
    /// 1 is the first call; each further is a recall.
    pub times: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CounterState {
    #[default]
    Closed,
    Open {
        /// The series it calls, the one it prefers first.
        serves: Vec<SeriesLetter>,
    },
    Paused {
        reason: PauseReason,
    },
}

impl CounterState {
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    pub const fn is_paused(&self) -> bool {
        matches!(self, Self::Paused { .. })
    }
}

impl Hall {
    /// A hall at the start of `day`: nobody waits.
    pub fn new(day: Day) -> Self {
        Self {
            day,
            last: Sequence(0),
            last_at: Timestamp::MIN,
            closed: false,
            queues: BTreeMap::new(),
            places: BTreeMap::new(),
            counters: BTreeMap::new(),
            calls: VecDeque::new(),
            left: BTreeMap::new(),
            left_aside: 0,
            errands: BTreeMap::new(),
        }
    }

    /// The hall after `events`, which are those of `day` in the log's order.
    pub fn after<'a>(day: Day, events: impl IntoIterator<Item = &'a Logged>) -> Self {
        let mut hall = Self::new(day);
        events.into_iter().for_each(|logged| hall.apply(logged));
        hall
    }

    /// Takes one event. An event already taken changes nothing, so a log may be read twice; one that may not follow
    /// changes nothing either.
    pub fn apply(&mut self, logged: &Logged) {
        if logged.sequence <= self.last {
            return;
        }
        self.pass(logged.sequence);
        // A clock that went back puts nobody before those who came earlier.
        self.last_at = self.last_at.max(logged.at);
        let now = self.last_at;
        if self.check(&logged.event).is_err() {
            self.left_aside += 1;
            return;
        }
        match &logged.event {
            Event::SeriesOpened { series } => self.queue(*series).closed = false,
            Event::SeriesClosed { series } => self.queue(*series).closed = true,
            Event::DayClosed => self.closed = true,
            Event::CounterOpened { counter, serves } => {
                let serves = serves.clone();
                self.counters.insert(counter.clone(), CounterState::Open { serves });
            }
            Event::CounterPaused { counter, reason } => {
                let paused = CounterState::Paused { reason: *reason };
                self.left.remove(counter);
                self.counters.insert(counter.clone(), paused);
            }
            Event::CounterClosed { counter } => {
                self.counters.remove(counter);
                self.left.remove(counter);
            }
            Event::Drawn { series, number, class } => self.drawn(*series, *number, *class, now),
            Event::Leased {
                series,
                first,
                last,
                kiosk,
            } => self.leased(*series, *first, *last, kiosk, now),
            Event::CameFor { series, number, errand } => {
                let (series, number) = (*series, *number);
                self.came_for(Label { series, number }, errand);
            }
            Event::DrawnApart {
                series,
                number,
                class,
                at,
            } => {
                let (series, number) = (*series, *number);
                self.drawn_apart(Label { series, number }, *class, *at, now);
            }
            Event::Called { .. }
            | Event::Voided { .. }
            | Event::Recalled { .. }
            | Event::Started { .. }
            | Event::Done { .. }
            | Event::Absent { .. }
            | Event::Parked { .. }
            | Event::Back { .. }
            | Event::Transferred { .. }
            | Event::PriorityGiven { .. } => self.moved(&logged.event, now),
        }
    }

    /// The log goes on to `sequence` with something that this program does not know: a newer one wrote it.
    pub fn skip(&mut self, sequence: Sequence) {
        if sequence > self.last {
            self.pass(sequence);
            self.left_aside += 1;
        }
    }

    const fn pass(&mut self, sequence: Sequence) {
        self.last = sequence;
    }

    fn drawn(&mut self, series: SeriesLetter, number: u32, class: Class, now: Timestamp) {
        let queue = self.queue(series);
        queue.last_number = queue.last_number.max(number);
        self.place_at(Label { series, number }, class, now);
    }

    /// Somebody waits since `since`.
    pub(in crate::hall) fn place_at(&mut self, label: Label, class: Class, since: Timestamp) {
        let turn = Turn::at_the_end(since, self.last);
        let place = Place {
            drawn_at: since,
            class,
            queue: label.series,
            only: None,
            turn,
            stage: Stage::Waiting,
            absent: 0,
            called_at: None,
            called_unknown: None,
            overtaken_since: None,
        };
        self.places.insert(label, place);
    }

    /// Something that happens to one number, and may.
    fn moved(&mut self, event: &Event, now: Timestamp) {
        let Some(label) = event.label() else { return };
        match event {
            Event::Called { counter, .. } => return self.called_by(label, counter.clone(), now),
            Event::Absent { then, .. } => {
                self.leaves(label, now);
                return self.absent(label, *then, now);
            }
            Event::Done { .. } | Event::Parked { .. } | Event::Transferred { .. } => self.leaves(label, now),
            Event::Voided { .. } => self.forget_call(label),
            Event::Recalled { .. }
            | Event::Started { .. }
            | Event::Back { .. }
            | Event::PriorityGiven { .. }
            | Event::CameFor { .. }
            | Event::SeriesOpened { .. }
            | Event::SeriesClosed { .. }
            | Event::Drawn { .. }
            | Event::DrawnApart { .. }
            | Event::Leased { .. }
            | Event::CounterOpened { .. }
            | Event::CounterPaused { .. }
            | Event::CounterClosed { .. }
            | Event::DayClosed => {}
        }
        let Some(place) = self.places.get_mut(&label) else {
            return;
        };
        let stage = std::mem::replace(&mut place.stage, Stage::Waiting);
        place.stage = match (event, stage) {
            (Event::Recalled { .. }, Stage::Called { counter, times, .. }) => {
                let times = times.saturating_add(1);
                let call = Call {
                    label,
                    counter: counter.clone(),
                    at: now,
                    times,
                };
                show(&mut self.calls, call);
                Stage::Called {
                    counter,
                    at: now,
                    times,
                }
            }
            (Event::Started { .. }, Stage::Called { counter, .. }) => Stage::Serving { counter, since: now },
            (Event::Done { .. }, _) => Stage::Done,
            (Event::Voided { .. }, _) => Stage::Void,
            (Event::Parked { .. }, Stage::Called { counter, .. } | Stage::Serving { counter, .. }) => {
                Stage::Parked { counter }
            }
            // Where they stood: who fetched a paper does not queue for it again.
            (Event::Back { .. }, Stage::Parked { counter }) => {
                place.only = Some(counter);
                Stage::Waiting
            }
            (Event::Back { .. }, Stage::Gone) => {
                place.absent = 0;
                place.turn = Turn::at_the_end(now, self.last);
                Stage::Waiting
            }
            (Event::Transferred { to, to_counter, .. }, _) => {
                place.queue = *to;
                place.only.clone_from(to_counter);
                Stage::Waiting
            }
            (Event::PriorityGiven { .. }, stage) => {
                place.class = Class::Priority;
                stage
            }
            // Not after a check.
            (_, stage) => stage,
        };
    }

    /// Nobody was served: it tells nothing of the pace, and no board shows it.
    fn forget_call(&mut self, label: Label) {
        if let Some(place) = self.places.get_mut(&label) {
            place.called_at = None;
        }
        self.calls.retain(|call| call.label != label);
    }

    /// The counter is free of this one.
    fn leaves(&mut self, label: Label, now: Timestamp) {
        let Some(place) = self.places.get_mut(&label) else {
            return;
        };
        let (queue, called_at) = (place.queue, place.called_at.take());
        if let Some(counter) = place.counter().cloned() {
            self.left.insert(counter, now);
        }
        if let Some(called_at) = called_at {
            self.queue(queue).pace.served(called_at, now);
        }
    }

    fn called_by(&mut self, label: Label, counter: Counter, now: Timestamp) {
        // Of a kiosk that is cut off: the paper was shown.
        let unknown = !self.places.contains_key(&label);
        if unknown {
            self.place_at(label, Class::Ordinary, now);
        }
        let Some(place) = self.places.get_mut(&label) else {
            return;
        };
        place.called_unknown = place.called_unknown.or(unknown.then_some(now));
        let was_waiting = place.is_waiting();
        let (series, turn) = (place.queue, place.turn);
        place.called_at = Some(now);
        let waited_since = place.drawn_at;
        let jumps = was_waiting && place.only.is_none() && place.class.goes_first(now);
        place.stage = Stage::Called {
            counter: counter.clone(),
            at: now,
            times: 1,
        };
        place.only = None;
        let mut overtaken = false;
        let earlier = |place: &&mut Place| place.is_waiting() && place.queue == series && place.turn < turn;
        for behind in self.places.values_mut().filter(earlier) {
            if jumps && !behind.class.goes_first(now) {
                behind.overtaken_since.get_or_insert(now);
                overtaken = true;
            }
        }
        if let Some(left) = self.left.remove(&counter).filter(|left| waited_since <= *left) {
            self.queue(series).pace.called_after(left, now);
        }
        if was_waiting {
            let queue = self.queue(series);
            queue.ordinary_since_jump = if overtaken {
                Some(0)
            } else {
                queue.ordinary_since_jump.map(|calls| calls.saturating_add(1))
            };
        }
        self.queue(label.series).called = Some(label.number);
        let call = Call {
            label,
            counter,
            at: now,
            times: 1,
        };
        show(&mut self.calls, call);
    }

    fn absent(&mut self, label: Label, then: AfterAbsence, now: Timestamp) {
        let Some(series) = self.places.get(&label).map(|place| place.queue) else {
            return;
        };
        let behind = match then {
            AfterAbsence::Behind(others) => self.turn_behind(series, others, now),
            AfterAbsence::Gone => None,
        };
        let Some(place) = self.places.get_mut(&label) else {
            return;
        };
        place.absent = place.absent.saturating_add(1);
        place.overtaken_since = None;
        match behind {
            Some(turn) => {
                place.turn = turn;
                place.stage = Stage::Waiting;
            }
            None => place.stage = Stage::Gone,
        }
    }

    /// Right behind so many of those who wait in `series`, or at its end.
    fn turn_behind(&self, series: SeriesLetter, others: u32, now: Timestamp) -> Option<Turn> {
        let in_queue = self.waiting_places().filter(|(_, place)| place.queue == series);
        let mut turns: Vec<Turn> = in_queue.map(|(_, place)| place.turn).collect();
        turns.sort_unstable();
        let before = turns.into_iter().take(others as usize).next_back();
        Some(before.map_or(Turn::at_the_end(now, self.last), |before| Turn {
            behind: self.last,
            ..before
        }))
    }

    pub(super) fn queue(&mut self, series: SeriesLetter) -> &mut Queue {
        self.queues.entry(series).or_default()
    }
}

fn show(calls: &mut VecDeque<Call>, call: Call) {
    calls.retain(|shown| shown.label != call.label);
    calls.push_front(call);
    calls.truncate(CALLS_SHOWN_MAX);
}
