//! The hall as one kiosk keeps it: the fold beside its log, shared with whoever shows or says how many wait.
//!
//! The picture is only ever changed after the log has taken the event. If two change it at once, the log lets one
//! win and the other reads on.
//!
//! The log is the kiosk's store, which lives on its own thread, so a draw goes there and the picture stays here:
//! `let hall = hall.clone(); handle.call(move |store| store.draw(&hall, letter, now)).await`.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::hall::log::{AppendError, DRAW_TRIES_MAX, DrawError, Log, LogError, Message, draw, fold};
use crate::hall::{Act, Counter, Event, Hall, Logged, NoNumber, NotDone, Rules, Sequence, Series, Wish};
use crate::ticket::{Day, Label, SeriesLetter};

/// The queues of today, as this kiosk knows them. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct LocalHall {
    series: Arc<[Series]>,
    fold: Arc<Mutex<Hall>>,
    /// The last event of the picture, for whoever shows it.
    changed: watch::Sender<Sequence>,
}

/// Why nothing comes of what a clerk does.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    #[error(transparent)]
    NotDone(#[from] NotDone),
    #[error("others were first {DRAW_TRIES_MAX} times")]
    Crowded,
    /// The log that several kiosks share does not answer. It may have been done, or be done later.
    #[error("the hall's log does not answer")]
    Apart,
    #[error(transparent)]
    Log(#[from] LogError),
}

/// A number that is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    pub day: Day,
    pub label: Label,
    /// How many people of the series are called before.
    pub ahead: usize,
}

impl LocalHall {
    /// Reads today's events from `log`.
    pub fn open(log: &mut impl Log, series: Vec<Series>, now: Timestamp) -> Result<Self, LogError> {
        Ok(Self::of(fold(log, now)?, series))
    }

    /// A hall whose events come from elsewhere.
    pub fn of(fold: Hall, series: Vec<Series>) -> Self {
        Self {
            series: series.into(),
            changed: watch::Sender::new(fold.last()),
            fold: Arc::new(Mutex::new(fold)),
        }
    }

    /// Another day begins.
    pub fn turn_to(&self, hall: Hall) {
        self.put(hall);
    }

    /// The series of the configuration, in its order.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// The picture now.
    pub fn now(&self) -> Hall {
        self.fold.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its day, and how far it has read.
    pub fn place_in_log(&self) -> (Day, Sequence) {
        let fold = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        (fold.day(), fold.last())
    }

    /// What `look` makes of the picture now. Nobody changes it meanwhile, so `look` is short.
    pub fn look<T>(&self, look: impl FnOnce(&Hall) -> T) -> T {
        look(&self.fold.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many people wait in `series`.
    pub fn waiting(&self, series: SeriesLetter) -> usize {
        self.fold.lock().unwrap_or_else(PoisonError::into_inner).waiting(series)
    }

    /// How many people are called before the one with this label.
    pub fn ahead(&self, label: Label) -> usize {
        self.fold.lock().unwrap_or_else(PoisonError::into_inner).ahead(label)
    }

    /// Whether `series` would give a number now, and if not, why.
    pub fn open_for(&self, series: SeriesLetter) -> Result<(), NoNumber> {
        let rules = self.rules(series)?;
        self.fold
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next_number(rules)
            .map(drop)
    }

    /// Draws the next number of a series. It is in the log before it is returned.
    pub fn draw(&self, log: &mut impl Log, wish: Wish, now: Timestamp) -> Result<Given, DrawError> {
        let Wish { series, class } = wish;
        let rules = self.rules(series)?;
        let mut fold = self.now();
        let drawn = draw(log, &mut fold, rules, class, now);
        // Even where no number came, what was read on the way is true.
        let given = drawn.map(|(number, _)| {
            let label = Label { series, number };
            Given {
                day: fold.day(),
                label,
                ahead: fold.ahead(label),
            }
        });
        self.put(fold);
        given
    }

    /// Adds an event of today, if it may follow: a series opened or closed, a number called or done.
    pub fn append(&self, log: &mut impl Log, event: &Event, now: Timestamp) -> Result<Logged, AppendError> {
        let mut hall = fold(log, now)?;
        let mut result = append(log, &hall, event, now);
        for _ in 1..DRAW_TRIES_MAX {
            if !matches!(result, Err(AppendError::Conflict { .. })) {
                break;
            }
            hall = fold(log, now)?;
            result = append(log, &hall, event, now);
        }
        if let Ok(logged) = &result {
            hall.apply(logged);
        }
        self.put(hall);
        result
    }

    /// What a clerk does at a counter: whom it is about is decided with all in the log that came before, so two counters
    /// never have the same person.
    ///
    /// # Errors
    /// It may not follow, or the log fails; then nothing was done.
    pub fn act(
        &self,
        log: &mut impl Log,
        counter: &Counter,
        act: &Act,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Logged, ActError> {
        for _ in 0..DRAW_TRIES_MAX {
            self.refresh(log, now)?;
            let mut hall = self.now();
            let event = hall.act(counter, act, rules, now)?;
            match log.append(hall.day(), &event, hall.last(), now) {
                Ok(logged) => {
                    hall.apply(&logged);
                    self.put(hall);
                    return Ok(logged);
                }
                // Somebody was first: decided again.
                Err(AppendError::Conflict { .. }) => {}
                Err(AppendError::Illegal(why)) => return Err(NotDone::Illegal(why).into()),
                Err(AppendError::Log(error)) => return Err(error.into()),
            }
        }
        Err(ActError::Crowded)
    }

    /// Told after each change of the picture.
    pub fn changes(&self) -> watch::Receiver<Sequence> {
        self.changed.subscribe()
    }

    /// Reads on. The day is read anew after midnight, and where a log that was mended has less than it had.
    pub fn refresh(&self, log: &mut impl Log, now: Timestamp) -> Result<(), LogError> {
        let mut hall = self.now();
        let day = log.day(now)?;
        let last = log.last(day)?;
        if hall.day() != day || last < hall.last() {
            hall = fold(log, now)?;
        } else if last > hall.last() {
            for logged in log.read(day, hall.last())? {
                hall.apply(&logged);
            }
        }
        self.put(hall);
        Ok(())
    }

    /// Takes what another has read of the log of `day`.
    pub fn take(&self, day: Day, messages: &[Message]) {
        let mut fold = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        if fold.day() != day {
            return;
        }
        messages.iter().for_each(|message| fold.read(message));
        let last = fold.last();
        drop(fold);
        self.changed
            .send_if_modified(|known| std::mem::replace(known, last) != last);
    }

    pub fn rules(&self, series: SeriesLetter) -> Result<&Series, NoNumber> {
        self.series
            .iter()
            .find(|rules| rules.letter == series)
            .ok_or(NoNumber::UnknownSeries)
    }

    fn put(&self, fold: Hall) {
        let last = fold.last();
        *self.fold.lock().unwrap_or_else(PoisonError::into_inner) = fold;
        self.changed
            .send_if_modified(|known| std::mem::replace(known, last) != last);
    }
}

/// What may not follow is not written.
fn append(log: &mut impl Log, hall: &Hall, event: &Event, now: Timestamp) -> Result<Logged, AppendError> {
    hall.check(event)?;
    log.append(hall.day(), event, hall.last(), now)
}
