//! The cashier: asks the province to begin payments, and how they stand, until each has an end.
//!
//! It finds its work in the store, so it goes on after a restart where it was: what is asked and not answered is
//! asked again under its key, what is open or unclear by its reference. An answer is in the store before anyone
//! hears of it. What somebody waits for at the screen goes first and is asked every other second; the rest is asked
//! ever more seldom, and after [`ASK_DAYS_MAX`] it is left to staff.
//!
//! It never begins a payment by itself, never takes one for paid or failed without the province's word, and asks
//! about one at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

use crate::payment::{Payment, State};
use crate::province::{Answer, Payments};
use crate::store::thread::{StoreGone, StoreHandle};

/// A payment without an end is asked about for so long, unless somebody waits for it.
pub const ASK_DAYS_MAX: i64 = 7;

/// How long the cashier waits between questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// About what somebody waits for at the screen.
    pub watched: Duration,
    /// About what nobody waits for: a tenth of its age, from this…
    pub alone_min: Duration,
    /// …to this.
    pub alone_max: Duration,
}

impl Pace {
    /// For a kiosk.
    pub const KIOSK: Self = Self {
        watched: Duration::from_secs(2),
        alone_min: Duration::from_secs(5),
        alone_max: Duration::from_secs(300),
    };

    fn alone(&self, age: SignedDuration) -> Duration {
        let tenth = Duration::try_from(age).unwrap_or_default() / 10;
        tenth.clamp(self.alone_min, self.alone_max)
    }
}

/// What the cashier tells. It is in the store already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// So it stands: the province has answered.
    Stands(Box<Payment>),
    /// The province could not be asked, or its answer was none.
    Silent { dossier_code: String },
}

/// Who asks about payments.
pub struct Cashier<P> {
    pub store: StoreHandle,
    pub province: Arc<P>,
    pub pace: Pace,
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// The payment that somebody waits for. A change wakes the cashier.
    pub watched: watch::Receiver<Option<Uuid>>,
    pub tell: mpsc::Sender<News>,
}

/// Why the cashier ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    #[error(transparent)]
    Store(#[from] StoreGone),
    #[error("nobody listens to the cashier")]
    NobodyListens,
}

impl<P: Payments> Cashier<P> {
    /// Asks for ever.
    ///
    /// # Errors
    /// The store or whoever listens has ended.
    pub async fn run(mut self) -> Result<(), Ended> {
        // When each is to be asked about again. A restart forgets it, and everything is asked about at once.
        let mut again_at: HashMap<Uuid, Instant> = HashMap::new();
        let mut watched = None;
        loop {
            let now_watched = *self.watched.borrow_and_update();
            if watched != now_watched {
                watched = now_watched;
                watched.and_then(|key| again_at.remove(&key));
            }
            let pending = self.pending(watched).await?;
            again_at.retain(|key, _| pending.iter().any(|payment| payment.key == *key));
            for payment in pending {
                let is_due = again_at.get(&payment.key).is_none_or(|at| *at <= Instant::now());
                if is_due {
                    let key = payment.key;
                    let pause = self.look_after(payment, watched).await?;
                    again_at.insert(key, Instant::now() + pause);
                }
                // Whoever comes to the screen meanwhile is not kept waiting for the rest.
                if self.watched.has_changed().unwrap_or(false) {
                    break;
                }
            }
            let next = again_at.values().min().copied();
            let next = next.unwrap_or_else(|| Instant::now() + self.pace.alone_max);
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                changed = self.watched.changed() => changed.map_err(|_| Ended::NobodyListens)?,
            }
        }
    }

    /// What the province is to be asked about, what somebody waits for first.
    async fn pending(&self, watched: Option<Uuid>) -> Result<Vec<Payment>, Ended> {
        let mut pending = match self.store.call(|store| store.pending_payments()).await? {
            Ok(pending) => pending,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Payments cannot be read");
                Vec::new()
            }
        };
        pending.sort_by_key(|payment| Some(payment.key) != watched);
        Ok(pending)
    }

    /// Asks about one, or leaves it to staff. Returns how long to wait before it is asked about again.
    async fn look_after(&self, payment: Payment, watched: Option<Uuid>) -> Result<Duration, Ended> {
        let is_watched = watched == Some(payment.key);
        let age = (self.clock)().duration_since(payment.begun_at);
        if !is_watched && age > SignedDuration::from_hours(24 * ASK_DAYS_MAX) {
            let key = payment.key;
            tracing::warn!(payment = %key, "A payment has no end, staff are asked");
            if let Err(error) = self.store.call(move |store| store.leave_payment(key)).await? {
                tracing::error!(error = format!("{error:#}"), "Payment cannot be left to staff");
            }
            return Ok(self.pace.alone_max);
        }
        self.ask(payment).await?;
        Ok(if is_watched {
            self.pace.watched
        } else {
            self.pace.alone(age)
        })
    }

    async fn ask(&self, payment: Payment) -> Result<(), Ended> {
        let answer = match &payment.state {
            State::Asked => self.province.begin_payment(&payment.dossier_code, payment.key).await,
            State::Open(bill) | State::Unclear(bill) | State::Paid(bill, _) | State::Failed(bill) => {
                self.province.payment(&bill.reference).await
            }
            State::Refused { .. } => return Ok(()),
        };
        let before = payment.clone();
        let after = match answer {
            Answer::Received(told) => match payment.heard(told) {
                Ok(after) => Some(after),
                Err(why) => {
                    tracing::warn!(payment = %before.key, %why, "The province's answer is left aside");
                    None
                }
            },
            Answer::Refused { words } => {
                tracing::warn!(payment = %payment.key, "The province does not begin a payment");
                let after = payment.refused(words);
                // What was begun cannot be refused: then it says nothing.
                (after != before).then_some(after)
            }
            Answer::Later { why, .. } => {
                tracing::info!(payment = %payment.key, %why, "Payment cannot be asked about");
                None
            }
        };
        let news = match after {
            Some(after) if self.keep(&before, &after).await? => News::Stands(Box::new(after)),
            Some(_) | None => News::Silent {
                dossier_code: before.dossier_code,
            },
        };
        self.tell.send(news).await.map_err(|_| Ended::NobodyListens)
    }

    /// Whether what the answer made of it is on the disk.
    async fn keep(&self, before: &Payment, after: &Payment) -> Result<bool, Ended> {
        if before == after {
            return Ok(true);
        }
        let kept = after.clone();
        match self.store.call(move |store| store.keep_payment(&kept)).await? {
            Ok(()) => {
                tracing::info!(payment = %after.key, state = after.state.word(), "Payment");
                Ok(true)
            }
            Err(error) => {
                tracing::error!(payment = %after.key, error = format!("{error:#}"), "Payment cannot be kept");
                Ok(false)
            }
        }
    }
}

#[cfg(test)]
mod tests;
