//! What is asked of the picture.

use jiff::Timestamp;

use super::{Call, Hall};
use crate::hall::lease::Lease;
use crate::hall::pace::Pace;
use crate::hall::{Counter, CounterState, NoNumber, Place, Sequence, Series};
use crate::ticket::{Day, Label, SeriesLetter};

impl Hall {
    pub const fn day(&self) -> Day {
        self.day
    }

    /// The last event taken: what the next append expects.
    pub const fn last(&self) -> Sequence {
        self.last
    }

    /// The latest time that an event has; the earliest of all, where there is none.
    pub(in crate::hall) const fn last_at(&self) -> Timestamp {
        self.last_at
    }

    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    pub fn is_series_closed(&self, series: SeriesLetter) -> bool {
        self.queues.get(&series).is_some_and(|queue| queue.closed)
    }

    /// How many events of the log could not follow: two wrote at once without looking, or the log was mended.
    pub const fn left_aside(&self) -> u64 {
        self.left_aside
    }

    /// The number `series` gives next, or why it gives none.
    pub fn next_number(&self, series: &Series) -> Result<u32, NoNumber> {
        if self.closed {
            return Err(NoNumber::DayClosed);
        }
        if self.is_series_closed(series.letter) {
            return Err(NoNumber::SeriesClosed);
        }
        let mut next = self
            .last_number(series.letter)
            .saturating_add(1)
            .max(series.first_number);
        // What is leased is not in the row. Leases are looked at until none is in the way.
        while let Some(lease) = self.lease_of(Label {
            series: series.letter,
            number: next,
        }) {
            next = lease.last.saturating_add(1);
        }
        if next > series.last_number() {
            Err(NoNumber::SoldOut)
        } else {
            Ok(next)
        }
    }

    /// The highest number given in the row, without the leased ones.
    pub(in crate::hall) fn last_number(&self, series: SeriesLetter) -> u32 {
        self.queues.get(&series).map_or(0, |queue| queue.last_number)
    }

    pub(in crate::hall) fn leases(&self, series: SeriesLetter) -> &[Lease] {
        self.queues.get(&series).map_or(&[], |queue| &queue.leases)
    }

    pub fn place(&self, label: Label) -> Option<&Place> {
        self.places.get(&label)
    }

    pub(in crate::hall) fn places(&self) -> impl Iterator<Item = (Label, &Place)> {
        self.places.iter().map(|(label, place)| (*label, place))
    }

    /// Since when the one waits who has waited longest in `series`.
    pub(in crate::hall) fn longest_since(&self, series: SeriesLetter) -> Option<Timestamp> {
        let in_queue = self.waiting_places().filter(|(_, place)| place.queue == series);
        in_queue.map(|(_, place)| place.drawn_at).min()
    }

    pub(in crate::hall) fn waiting_places(&self) -> impl Iterator<Item = (Label, &Place)> {
        let waiting = self.places.iter().filter(|(_, place)| place.is_waiting());
        waiting.map(|(label, place)| (*label, place))
    }

    /// How many people wait to be called in `series`.
    pub fn waiting(&self, series: SeriesLetter) -> usize {
        self.waiting_places().filter(|(_, place)| place.queue == series).count()
    }

    /// How many people of its queue came before the one with this label; 0 also when its number was called.
    pub fn ahead(&self, label: Label) -> usize {
        let Some(place) = self.places.get(&label).filter(|place| place.is_waiting()) else {
            return 0;
        };
        let before = |other: &Place| other.queue == place.queue && other.turn < place.turn;
        self.waiting_places().filter(|(_, other)| before(other)).count()
    }

    /// The number of `series` called last today.
    pub fn called(&self, series: SeriesLetter) -> Option<u32> {
        self.queues.get(&series).and_then(|queue| queue.called)
    }

    /// The last calls, the latest first.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter()
    }

    /// Closed, if nobody ever opened it.
    pub fn counter(&self, counter: &Counter) -> &CounterState {
        self.counters.get(counter).unwrap_or(&CounterState::Closed)
    }

    /// Those that are open or pause.
    pub fn counters(&self) -> impl Iterator<Item = (&Counter, &CounterState)> {
        self.counters.iter()
    }

    /// Who is at a counter, or is wanted there.
    pub fn at_counter(&self, counter: &Counter) -> Option<Label> {
        let here = |place: &Place| place.counter() == Some(counter);
        self.places
            .iter()
            .find_map(|(label, place)| here(place).then_some(*label))
    }

    pub(in crate::hall) fn pace(&self, series: SeriesLetter) -> Pace {
        let queue = self.queues.get(&series);
        queue.map(|queue| queue.pace.clone()).unwrap_or_default()
    }

    /// How many were called since somebody went before another; without end, if nobody did today.
    pub(in crate::hall) fn ordinary_since_jump(&self, series: SeriesLetter) -> u32 {
        let queue = self.queues.get(&series);
        queue.and_then(|queue| queue.ordinary_since_jump).unwrap_or(u32::MAX)
    }
}
