//! Whether an event may follow what the log has.

use jiff::Timestamp;

use crate::hall::{Class, Counter, CounterState, Event, Hall, Place, Rules, Stage};
use crate::ticket::{Label, SeriesLetter};

/// Why an event may not follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    #[error("the day is closed")]
    DayClosed,
    #[error("the series is closed")]
    SeriesClosed,
    #[error("{0} was drawn before")]
    DrawnBefore(Label),
    /// 0, or one that may not be leased.
    #[error("no such number")]
    NoSuchNumber,
    #[error("{0} is leased")]
    LeasedBefore(Label),
    #[error("{0} is not leased")]
    NotLeased(Label),
    #[error("nobody has {0}")]
    NotDrawn(Label),
    /// It was called, served or sent on meanwhile: by another counter, or by this one a moment ago.
    #[error("{0} is not where it would have to be")]
    Elsewhere(Label),
    #[error("{0} is kept for another counter")]
    ForAnother(Label),
    #[error("{0} goes first already")]
    FirstAlready(Label),
    #[error("{0} was called a moment ago")]
    TooSoon(Label),
    #[error("counter {0} is not open")]
    CounterNotOpen(Counter),
    #[error("counter {0} is open already")]
    CounterOpen(Counter),
    /// The one before is finished first.
    #[error("counter {0} has somebody")]
    CounterBusy(Counter),
    #[error("a counter calls at least one series")]
    ServesNothing,
}

impl Hall {
    /// Whether `event` may follow.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, event: &Event) -> Result<(), Illegal> {
        match event {
            Event::SeriesOpened { .. } | Event::SeriesClosed { .. } => Ok(()),
            Event::DayClosed if self.is_closed() => Err(Illegal::DayClosed),
            Event::DayClosed => Ok(()),
            Event::Drawn { series, number, .. } => self.check_draw(*series, *number),
            Event::Leased {
                series, first, last, ..
            } => self.check_lease(*series, *first, *last),
            Event::DrawnApart { series, number, at, .. } => {
                let (series, number) = (*series, *number);
                self.check_draw_apart(Label { series, number }, *at)
            }
            Event::CounterOpened { counter, serves } => self.check_opening(counter, serves),
            Event::CounterPaused { counter, .. } => self.check_leaving(counter, &[CounterState::is_open]),
            Event::CounterClosed { counter } => {
                self.check_leaving(counter, &[CounterState::is_open, CounterState::is_paused])
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
            | Event::CameFor { .. }
            | Event::PriorityGiven { .. } => self.check_place(event),
        }
    }

    /// [`Hall::check`], and whether it is not too soon by the rules of the centre: a call is heard out before the next
    /// of the same number.
    ///
    /// # Errors
    /// Why not.
    pub fn check_at(&self, event: &Event, rules: &Rules, now: Timestamp) -> Result<(), Illegal> {
        self.check(event)?;
        // A clock that is behind does not forbid for ever what was done a moment ago by another.
        let now = now.max(self.last_at());
        let recalled = matches!(event, Event::Recalled { .. });
        match event.label().filter(|_| recalled) {
            Some(label) => match self.place(label).map(|place| &place.stage) {
                Some(Stage::Called { at, .. }) if now.duration_since(*at) < rules.recall_min() => {
                    Err(Illegal::TooSoon(label))
                }
                Some(
                    Stage::Called { .. }
                    | Stage::Waiting
                    | Stage::Serving { .. }
                    | Stage::Parked { .. }
                    | Stage::Gone
                    | Stage::Done
                    | Stage::Void,
                )
                | None => Ok(()),
            },
            None => Ok(()),
        }
    }

    fn check_draw(&self, series: SeriesLetter, number: u32) -> Result<(), Illegal> {
        let label = Label { series, number };
        if self.is_closed() {
            Err(Illegal::DayClosed)
        } else if self.is_series_closed(series) {
            Err(Illegal::SeriesClosed)
        } else if number == 0 {
            Err(Illegal::NoSuchNumber)
        } else if self.place(label).is_some() {
            Err(Illegal::DrawnBefore(label))
        } else if self.lease_of(label).is_some() {
            Err(Illegal::LeasedBefore(label))
        } else {
            Ok(())
        }
    }

    fn check_opening(&self, counter: &Counter, serves: &[SeriesLetter]) -> Result<(), Illegal> {
        if serves.is_empty() {
            Err(Illegal::ServesNothing)
        } else if self.counter(counter).is_open() {
            Err(Illegal::CounterOpen(counter.clone()))
        } else {
            Ok(())
        }
    }

    fn check_leaving(&self, counter: &Counter, from: &[fn(&CounterState) -> bool]) -> Result<(), Illegal> {
        if !from.iter().any(|is| is(self.counter(counter))) {
            Err(Illegal::CounterNotOpen(counter.clone()))
        } else if self.at_counter(counter).is_some() {
            Err(Illegal::CounterBusy(counter.clone()))
        } else {
            Ok(())
        }
    }

    fn check_place(&self, event: &Event) -> Result<(), Illegal> {
        let Some(label) = event.label() else { return Ok(()) };
        let Some(place) = self.place(label) else {
            return self.check_unknown(event, label);
        };
        let fits = match (event, &place.stage) {
            (Event::Called { counter, .. }, Stage::Waiting | Stage::Parked { .. } | Stage::Gone) => {
                return self.check_call(label, place, counter);
            }
            (Event::PriorityGiven { .. }, Stage::Waiting) if place.class == Class::Priority => {
                return Err(Illegal::FirstAlready(label));
            }
            // Told late, too: the number comes first.
            (
                Event::CameFor { .. },
                Stage::Waiting
                | Stage::Called { .. }
                | Stage::Serving { .. }
                | Stage::Parked { .. }
                | Stage::Gone
                | Stage::Done,
            )
            | (Event::PriorityGiven { .. }, Stage::Waiting)
            | (Event::Recalled { .. } | Event::Started { .. } | Event::Absent { .. }, Stage::Called { .. })
            | (Event::Voided { .. }, Stage::Waiting | Stage::Called { .. })
            | (
                Event::Done { .. } | Event::Parked { .. } | Event::Transferred { .. },
                Stage::Called { .. } | Stage::Serving { .. },
            )
            | (Event::Back { .. }, Stage::Parked { .. } | Stage::Gone) => true,
            (
                _,
                Stage::Waiting
                | Stage::Called { .. }
                | Stage::Serving { .. }
                | Stage::Parked { .. }
                | Stage::Gone
                | Stage::Done
                | Stage::Void,
            ) => false,
        };
        fits.then_some(()).ok_or(Illegal::Elsewhere(label))
    }

    /// Whoever shows the paper of a kiosk that is cut off may be called; nobody else of whom the log does not know.
    fn check_unknown(&self, event: &Event, label: Label) -> Result<(), Illegal> {
        if let Event::Called { counter, .. } = event
            && self.lease_of(label).is_some()
        {
            self.check_free(counter)
        } else {
            Err(Illegal::NotDrawn(label))
        }
    }

    fn check_call(&self, label: Label, place: &Place, counter: &Counter) -> Result<(), Illegal> {
        self.check_free(counter)?;
        let kept = |only: &Counter| only != counter && self.counter(only).is_open();
        if place.only.as_ref().is_some_and(kept) {
            Err(Illegal::ForAnother(label))
        } else {
            Ok(())
        }
    }

    fn check_free(&self, counter: &Counter) -> Result<(), Illegal> {
        if !self.counter(counter).is_open() {
            Err(Illegal::CounterNotOpen(counter.clone()))
        } else if self.at_counter(counter).is_some() {
            Err(Illegal::CounterBusy(counter.clone()))
        } else {
            Ok(())
        }
    }
}
