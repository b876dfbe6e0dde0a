//! This kiosk in its hall: draws numbers and writes what happens. Alone, into its own store; as one of several, into the log
//! that they share ([`crate::hall::jetstream`]), of which the store keeps a copy.
//!
//! ```text
//!  draw ─▶ shared log ──── taken ───▶ ticket in the store ─▶ paper
//!            │ no answer in 1 s
//!            └─▶ a leased number: ticket in the store ─▶ paper … ─▶ shared log, when it answers again
//! ```
//! Nobody waits for the network: once the log did not answer, the next draw goes to the leased numbers at once. A number that
//! the log gave here and that has no ticket is voided, for nobody was told of it: its answer came too late, or the plug was
//! pulled.

mod share;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use self::share::{ACT_MAX, NotWritten, Shared, Written};
use crate::hall::jetstream::JetStream;
use crate::hall::local::{ActError, LocalHall};
use crate::hall::log::{AppendError, DrawError, LogError};
use crate::hall::{Act, Counter, Event, Logged, Rules, Sequence, Wish};
use crate::store::hall_copy::{Apart, TicketAndJob};
use crate::store::numbers::Drawn;
use crate::store::prints::PrintJob;
use crate::store::thread::{StoreGone, StoreHandle};
use crate::ticket::Day;

/// A citizen waits so long for the shared log. Then they get a leased number. With what the store needs it stays under a
/// second.
const ANSWER_MAX: Duration = Duration::from_millis(700);

/// How this kiosk stands to the log that it shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has none: its store is the log.
    Alone,
    /// It has read all of it a moment ago.
    Together,
    /// It gives leased numbers.
    Apart { since: Timestamp, why: Parted },
}

/// Why a kiosk does not use the log that it shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parted {
    /// It does not answer.
    NoAnswer,
    /// It is another day for the servers than for this kiosk: one of their clocks is wrong.
    Clock,
    /// The servers have lost the log, and it could not be written again yet.
    Lost,
}

/// A number given here.
#[derive(Clone, Debug)]
pub struct Given {
    pub drawn: Drawn,
    /// Of a printer that was free.
    pub job: Option<PrintJob>,
    /// Without the shared log: how many wait before is not known, and counters learn of it later.
    pub apart: bool,
}

/// Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Node {
    hall: LocalHall,
    store: StoreHandle,
    shared: Option<Arc<Shared>>,
}

impl Node {
    /// A hall of one kiosk.
    pub const fn alone(hall: LocalHall, store: StoreHandle) -> Self {
        Self {
            hall,
            store,
            shared: None,
        }
    }

    /// One of several, by [`crate::store::Store::identity`]; each leases so many numbers of a series in advance.
    pub fn together(hall: LocalHall, store: StoreHandle, log: JetStream, kiosk: &str, lease_numbers: u32) -> Self {
        Self {
            hall,
            store,
            shared: Some(Arc::new(Shared::new(log, kiosk, lease_numbers))),
        }
    }

    pub const fn hall(&self) -> &LocalHall {
        &self.hall
    }

    pub fn standing(&self) -> Standing {
        self.shared.as_ref().map_or(Standing::Alone, |shared| shared.standing())
    }

    /// Told whenever the standing changes; nothing, where it cannot.
    pub fn standings(&self) -> Option<watch::Receiver<Standing>> {
        self.shared.as_ref().map(|shared| shared.standings())
    }

    /// Keeps up with the shared log for ever: reads on, leases numbers, tells what it was not told.
    pub async fn run(self) {
        match self.shared.clone() {
            Some(shared) => share::run(&self, &shared).await,
            None => std::future::pending().await,
        }
    }

    /// Draws the next number. It is on a disk when this returns. `print`: the printer is free, and its job begins with the
    /// ticket.
    ///
    /// # Errors
    /// Why there is no number; then none was given to anybody.
    pub async fn draw(&self, wish: Wish, print: bool) -> Result<Given, DrawError> {
        let Some(shared) = &self.shared else {
            return self.draw_alone(wish, print).await;
        };
        self.turn_day().await?;
        let together = shared.standing() == Standing::Together;
        if together && let Some(given) = self.draw_within(shared, wish, print, ANSWER_MAX).await? {
            return Ok(given);
        }
        match self.draw_apart(shared, wish, print).await {
            // A late number is better than none.
            Err(DrawError::NothingLeased) if together => {
                let given = self.draw_within(shared, wish, print, ACT_MAX).await?;
                given.ok_or(DrawError::NothingLeased)
            }
            other => other,
        }
    }

    /// From the log that all share; nothing, if it does not give one in time.
    async fn draw_within(
        &self,
        shared: &Shared,
        wish: Wish,
        print: bool,
        time: Duration,
    ) -> Result<Option<Given>, DrawError> {
        let deadline = Instant::now() + time;
        // Until its ticket is kept, nobody says of this number that nobody has it.
        let _drawing = shared.drawing().await;
        match self.draw_together(shared, wish, deadline).await {
            Ok(written) => match self.keep(written, print).await {
                Ok(given) => return Ok(Some(given)),
                // The number has no ticket, so it will be voided.
                Err(error) => tracing::error!(error = format!("{error:#}"), "A number of the log has no ticket"),
            },
            Err(NotWritten::Refused(why)) => return Err(why),
            Err(NotWritten::Crowded) => {}
            Err(NotWritten::Away(away)) => shared.parted(Parted::NoAnswer, &away),
        }
        Ok(None)
    }

    async fn draw_alone(&self, wish: Wish, print: bool) -> Result<Given, DrawError> {
        let hall = self.hall.clone();
        let now = Timestamp::now();
        let drawn = self.store.call(move |store| -> Result<_, DrawError> {
            if print {
                let (drawn, job) = store.draw_and_begin_print(&hall, wish, now)?;
                Ok((drawn, Some(job)))
            } else {
                Ok((store.draw(&hall, wish, now)?, None))
            }
        });
        let (drawn, job) = drawn.await.map_err(gone)??;
        let apart = false;
        Ok(Given { drawn, job, apart })
    }

    async fn draw_together(
        &self,
        shared: &Shared,
        wish: Wish,
        deadline: Instant,
    ) -> Result<Written, NotWritten<DrawError>> {
        let Wish { series, class } = wish;
        let rules = self.hall.rules(series).map_err(|why| NotWritten::Refused(why.into()))?;
        let id = Uuid::now_v7().to_string();
        let written = shared.write(self, &id, deadline, |hall| {
            let number = hall.next_number(rules)?;
            Ok(Event::Drawn { series, number, class })
        });
        written.await
    }

    /// The log has given the number here: now it gets its ticket.
    async fn keep(&self, written: Written, print: bool) -> Result<Given, LogError> {
        let (day, now) = (written.hall.day(), Timestamp::now());
        let label = written.event.label().ok_or_else(|| LogError("no number".into()))?;
        let kept = self.store.call(move |store| store.keep_drawn(day, label, print, now));
        let kept = kept.await.map_err(gone)??;
        Ok(given(kept, written.hall.ahead(label), false))
    }

    async fn draw_apart(&self, shared: &Shared, wish: Wish, print: bool) -> Result<Given, DrawError> {
        let (hall, now) = (self.hall.now(), Timestamp::now());
        let Wish { series, class } = wish;
        hall.may_draw_apart(self.hall.rules(series)?)?;
        let apart = Apart {
            day: hall.day(),
            series,
            class,
            numbers: hall.unused(shared.kiosk(), series).collect(),
        };
        let drawn = self.store.call(move |store| store.draw_apart(&apart, print, now));
        let drawn = drawn.await.map_err(gone)?.map_err(LogError::from)?;
        let kept = drawn.ok_or(DrawError::NothingLeased)?;
        shared.wake();
        Ok(given(kept, hall.waiting(series), true))
    }

    /// What a clerk does at a counter.
    ///
    /// # Errors
    /// It may not follow, or the log cannot be written.
    pub async fn act(&self, counter: Counter, act: Act, rules: Rules) -> Result<Event, ActError> {
        let Some(shared) = &self.shared else {
            let hall = self.hall.clone();
            let now = Timestamp::now();
            let done = self
                .store
                .call(move |store| hall.act(store, &counter, &act, &rules, now));
            return Ok(done.await.map_err(gone)??.event);
        };
        self.turn_day().await?;
        let id = Uuid::now_v7().to_string();
        let written = shared.write(self, &id, Instant::now() + ACT_MAX, |hall| {
            Ok(hall.act(&counter, &act, &rules, Timestamp::now())?)
        });
        let written = written.await.map_err(|error| match error {
            NotWritten::Refused(why) => why,
            NotWritten::Crowded => ActError::Crowded,
            NotWritten::Away(_) => ActError::Apart,
        })?;
        Ok(written.event)
    }

    /// Writes an event of today, if it may follow.
    ///
    /// # Errors
    /// It may not, or the log cannot be written.
    pub async fn append(&self, event: Event) -> Result<(), AppendError> {
        let Some(shared) = &self.shared else {
            let (hall, now) = (self.hall.clone(), Timestamp::now());
            let added = self.store.call(move |store| hall.append(store, &event, now));
            return added.await.map_err(gone)?.map(|_: Logged| ());
        };
        self.turn_day().await?;
        let id = Uuid::now_v7().to_string();
        let written = shared.write(self, &id, Instant::now() + ACT_MAX, |hall| {
            hall.check(&event)?;
            Ok(event.clone())
        });
        match written.await {
            Ok(_) => Ok(()),
            Err(NotWritten::Refused(why)) => Err(why),
            Err(NotWritten::Crowded) => Err(LogError("others were first".into()).into()),
            Err(NotWritten::Away(away)) => Err(LogError(away.into()).into()),
        }
    }

    /// Reads on in an own log; a new day begins in either.
    ///
    /// # Errors
    /// The store fails.
    pub async fn refresh(&self) -> Result<(), LogError> {
        if self.shared.is_some() {
            return self.turn_day().await;
        }
        let (hall, now) = (self.hall.clone(), Timestamp::now());
        let read = self.store.call(move |store| hall.refresh(store, now));
        read.await.map_err(gone)?
    }

    /// After midnight the picture is that of the new day.
    async fn turn_day(&self) -> Result<(), LogError> {
        let (hall, now) = (self.hall.clone(), Timestamp::now());
        if Day::in_vietnam(now) == hall.place_in_log().0 {
            return Ok(());
        }
        // The copy's day never goes back, whatever the clock says.
        let turned = self.store.call(move |store| {
            let today = store.hall_now(now)?;
            if today.day() != hall.place_in_log().0 {
                // This database was there before the day began.
                store.keeps_tickets(today.day(), Sequence(0))?;
                hall.turn_to(today);
            }
            Ok(())
        });
        turned.await.map_err(gone)?
    }
}

fn given((ticket, job): TicketAndJob, ahead: usize, apart: bool) -> Given {
    let drawn = Drawn { ticket, ahead };
    Given { drawn, job, apart }
}

fn gone(gone: StoreGone) -> LogError {
    LogError(Box::new(gone))
}

#[cfg(test)]
mod tests;
