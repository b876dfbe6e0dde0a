//! Numbers that a kiosk may give while it cannot reach the log.
//!
//! A kiosk of several takes a block of each series in advance. Leased numbers are far above those of a common day, so
//! they leave no gap in the row that people see, and staff know one when they see it: its holder stood at a kiosk that was
//! cut off. The log learns of it later ([`Event::DrawnApart`]); until then a counter calls it when the paper is shown.

use jiff::Timestamp;

use crate::hall::{Class, Event, Hall, Illegal, NUMBER_MAX, NoNumber, Place, Series, Stage};
use crate::ticket::{Label, SeriesLetter};

/// The lowest number that is leased: above the row of most days, and still of three digits.
pub const LEASED_FROM: u32 = 700;
/// A lease has at most so many numbers.
pub const LEASE_NUMBERS_MAX: u32 = 200;

/// A block of one series that one kiosk may give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The kiosk's name.
    pub kiosk: String,
    pub first: u32,
    pub last: u32,
    /// When it was written: nobody drew from it before.
    pub since: Timestamp,
}

impl Lease {
    const fn has(&self, number: u32) -> bool {
        self.first <= number && number <= self.last
    }
}

impl Hall {
    /// The lease that a number belongs to.
    pub fn lease_of(&self, label: Label) -> Option<&Lease> {
        self.leases(label.series).iter().find(|lease| lease.has(label.number))
    }

    /// The leased numbers of `kiosk` of which the log does not know that they were given, in order.
    pub fn unused<'a>(&'a self, kiosk: &'a str, series: SeriesLetter) -> impl Iterator<Item = u32> + 'a {
        let mine = self.leases(series).iter().filter(move |lease| lease.kiosk == kiosk);
        let numbers = mine.flat_map(|lease| lease.first..=lease.last);
        numbers.filter(move |number| {
            let number = *number;
            self.place(Label { series, number }).is_none()
        })
    }

    /// The next block of `series` for `kiosk`, above all that was given or leased; nothing, where no number is left.
    pub fn next_lease(&self, kiosk: &str, series: SeriesLetter, numbers: u32) -> Option<Event> {
        let leased = self.leases(series).iter().map(|lease| lease.last).max().unwrap_or(0);
        let first = self.last_number(series).max(leased).saturating_add(1).max(LEASED_FROM);
        let event = Event::Leased {
            series,
            first,
            last: first.saturating_add(numbers.clamp(1, LEASE_NUMBERS_MAX) - 1),
            kiosk: kiosk.to_owned(),
        };
        self.check(&event).is_ok().then_some(event)
    }

    /// Whether a kiosk that is cut off may give numbers of `series`, as far as it knows.
    ///
    /// # Errors
    /// Why not. The limit of a day is kept by what is known; each kiosk may go above it by what it has leased.
    pub fn may_draw_apart(&self, series: &Series) -> Result<(), NoNumber> {
        self.next_number(series).map(drop)
    }

    pub(super) fn check_lease(&self, series: SeriesLetter, first: u32, last: u32) -> Result<(), Illegal> {
        if self.is_closed() {
            return Err(Illegal::DayClosed);
        }
        let sized = first <= last && last - first < LEASE_NUMBERS_MAX;
        if first < LEASED_FROM || last > NUMBER_MAX || !sized {
            return Err(Illegal::NoSuchNumber);
        }
        let overlaps = |lease: &Lease| lease.first <= last && first <= lease.last;
        if self.leases(series).iter().any(overlaps) {
            return Err(Illegal::LeasedBefore(Label { series, number: first }));
        }
        match (first..=last)
            .map(|number| Label { series, number })
            .find(|label| self.place(*label).is_some())
        {
            Some(label) => Err(Illegal::DrawnBefore(label)),
            None => Ok(()),
        }
    }

    /// A leased number is its kiosk's to give, and was not given. Where a counter called it first: either its holder came
    /// with the paper, or a clerk mistyped another, and then it was given later than it was finished with.
    pub(super) fn check_draw_apart(&self, label: Label, at: Timestamp) -> Result<(), Illegal> {
        if self.lease_of(label).is_none() {
            return Err(Illegal::NotLeased(label));
        }
        let mistyped = |place: &Place| {
            let over = match place.stage {
                Stage::Done | Stage::Gone | Stage::Void => true,
                Stage::Waiting | Stage::Called { .. } | Stage::Serving { .. } | Stage::Parked { .. } => false,
            };
            over && place.called_unknown.is_some_and(|called| called < at)
        };
        match self.place(label) {
            Some(place) if !mistyped(place) => Err(Illegal::DrawnBefore(label)),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn leased(&mut self, series: SeriesLetter, first: u32, last: u32, kiosk: &str, since: Timestamp) {
        self.queue(series).leases.push(Lease {
            kiosk: kiosk.to_owned(),
            first,
            last,
            since,
        });
    }

    /// It has waited since its kiosk gave it, but not since before the lease: that clock was wrong.
    pub(super) fn drawn_apart(&mut self, label: Label, class: Class, at: Timestamp, now: Timestamp) {
        let Some(since) = self.lease_of(label).map(|lease| lease.since) else {
            return;
        };
        self.place_at(label, class, at.clamp(since, now.max(since)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hall::{Logged, Sequence};

    /// A hall in which K02 has leased A 700 to 709, with what then happened, a minute between.
    fn after(events: &[Event]) -> Hall {
        let lease = Event::Leased {
            series: 'A'.try_into().unwrap(),
            first: 700,
            last: 709,
            kiosk: "K02".into(),
        };
        let opened = Event::CounterOpened {
            counter: "1".parse().unwrap(),
            serves: vec!['A'.try_into().unwrap()],
        };
        let all = [lease, opened].into_iter().chain(events.iter().cloned());
        let logged: Vec<Logged> = (1..)
            .zip(all)
            .map(|(nth, event)| Logged {
                sequence: Sequence(nth),
                at: minute(i64::try_from(nth).unwrap()),
                event,
            })
            .collect();
        Hall::after("2026-11-22".parse().unwrap(), &logged)
    }

    fn minute(minute: i64) -> Timestamp {
        let morning: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        morning + jiff::SignedDuration::from_mins(minute)
    }

    fn label() -> Label {
        "A 705".parse().unwrap()
    }

    fn given_at(at: Timestamp) -> Event {
        let Label { series, number } = label();
        let class = Class::Ordinary;
        Event::DrawnApart {
            series,
            number,
            class,
            at,
        }
    }

    fn called_and_done() -> [Event; 2] {
        let Label { series, number } = label();
        let counter = "1".parse().unwrap();
        [
            Event::Called {
                series,
                number,
                counter,
            },
            Event::Done { series, number },
        ]
    }

    #[test]
    fn whoever_gets_a_number_that_a_clerk_had_mistyped_waits_for_their_turn() {
        let [called, done] = called_and_done();
        let hall = after(&[called, done, given_at(minute(9))]);
        let place = hall.place(label()).unwrap();
        assert_eq!((&place.stage, place.drawn_at), (&Stage::Waiting, minute(5)));
    }

    #[test]
    fn whoever_was_served_before_the_log_knew_of_the_number_is_not_waited_for() {
        let [called, done] = called_and_done();
        let hall = after(&[called, done, given_at(minute(1))]);
        assert_eq!(hall.place(label()).unwrap().stage, Stage::Done);
        assert_eq!(hall.left_aside(), 1);
    }

    #[test]
    fn a_number_that_is_given_once_is_given_once() {
        let [called, done] = called_and_done();
        let hall = after(&[given_at(minute(1)), called, done, given_at(minute(9))]);
        assert_eq!(hall.place(label()).unwrap().stage, Stage::Done);
    }
}
