//! The outbox: sends to the province what is owed to it, and never gives up.
//!
//! It wakes when a dossier is kept, when a try is due and when the network is back. An attempt is counted in the
//! store before it is made; an answer is in the store before anyone hears of it. "Later" is put off with growing
//! pauses, "refused" goes to staff with the province's words, and what is unclear is sent again under the same key.
//!
//! Before its first attempt a dossier's pages are bound into its files, for good: every try sends the same bytes.
//!
//! Two attempts run at a time, oldest first; one of the two takes only small dossiers, so that a big one on a slow
//! line holds nobody up. It asks nothing of the session and shows nothing: it tells [`News`] to whoever made it.

mod attempt;
mod binding;
pub mod catalogue;
mod pace;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

pub use self::attempt::{fields_of, package_of};
pub use self::pace::{Pace, Probe, TcpProbe};
use crate::outbox::attempt::{Outcome, Place};
use crate::province::Province;
use crate::reading::PageReader;
use crate::store::StoreError;
use crate::store::owed::{Owed, PUT_OFF_MINUTES_MAX};
use crate::store::thread::{StoreGone, StoreHandle};

/// Attempts at a time.
pub const ATTEMPTS_AT_ONCE_MAX: usize = 2;
/// A dossier up to this many bytes of files is small.
pub const SMALL_BYTES_MAX: u64 = 2 << 20;

/// What the outbox tells the kiosk. Everything in it is in the store already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The province has the dossier and has given it this code.
    Received {
        dossier: Uuid,
        slip_number: String,
        code: String,
    },
    /// The province refused; its words are in the store for staff.
    Refused { dossier: Uuid, slip_number: String },
    /// The province can be reached, or cannot.
    Link(Link),
}

/// Whether the province can be reached, as far as the last try knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Up,
    Down,
}

/// What the outbox works with.
pub struct Outbox<P, B> {
    pub store: StoreHandle,
    pub province: Arc<P>,
    /// Reads what has not been read when a dossier is bound.
    pub reader: Arc<PageReader>,
    pub probe: B,
    pub pace: Pace,
    /// The time of day, for due dates. Waiting is measured by Tokio's clock.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Must not wait.
    pub tell: Arc<dyn Fn(News) + Send + Sync>,
}

/// What the task knows beside the store. A restart forgets it, and everything is due again.
struct Memory {
    link: Link,
    /// When to look whether an unreachable province answers.
    probe_at: Instant,
    /// Attempts that failed in a row, a dossier.
    failures: HashMap<Uuid, u32>,
    /// Where the last upload of a dossier began.
    began: HashMap<Uuid, Place>,
    /// Dossiers that the store could not put off.
    held: HashMap<Uuid, Instant>,
    sending: HashMap<Id, Owed>,
}

impl Memory {
    fn new() -> Self {
        Self {
            link: Link::Up,
            probe_at: Instant::now(),
            failures: HashMap::new(),
            began: HashMap::new(),
            held: HashMap::new(),
            sending: HashMap::new(),
        }
    }

    /// Whether one of the lanes is free for a dossier of this size.
    fn has_lane(&self, bytes: u64) -> bool {
        let big_sending = self.sending.values().any(|owed| owed.bytes > SMALL_BYTES_MAX);
        self.sending.len() < ATTEMPTS_AT_ONCE_MAX && !(big_sending && bytes > SMALL_BYTES_MAX)
    }
}

enum Turn {
    Ended(Option<Result<(Id, Outcome), JoinError>>),
    Look,
    Probed { answers: bool },
    Stop,
}

impl<P: Province + 'static, B: Probe> Outbox<P, B> {
    /// Sends until `stop` turns true or its sender is gone; what is being sent then is broken off, to be sent again.
    ///
    /// # Errors
    /// The store has ended.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> Result<(), StoreGone> {
        let wake = Arc::new(Notify::new());
        let on_owed = Arc::clone(&wake);
        self.store
            .call(move |store| store.on_owed(Box::new(move || on_owed.notify_one())))
            .await?;
        let mut memory = Memory::new();
        let mut attempts = JoinSet::new();
        self.make_all_due().await?;
        loop {
            let pause = self.start_due(&mut memory, &mut attempts, &stop).await?;
            let turn = tokio::select! {
                ended = attempts.join_next_with_id(), if !attempts.is_empty() => Turn::Ended(ended),
                () = wake.notified() => Turn::Look,
                () = tokio::time::sleep(pause) => Turn::Look,
                answers = self.probe_at(memory.probe_at), if memory.link == Link::Down => Turn::Probed { answers },
                _ = stop.wait_for(|stop| *stop) => Turn::Stop,
            };
            match turn {
                Turn::Ended(Some(Ok((id, outcome)))) => self.ended(&mut memory, id, outcome).await?,
                Turn::Ended(Some(Err(error))) => {
                    let outcome = Outcome::later(&error);
                    self.ended(&mut memory, error.id(), outcome).await?;
                }
                Turn::Ended(None) | Turn::Look => {}
                Turn::Probed { answers: true } => {
                    tracing::info!("Province can be reached again");
                    self.link_is(&mut memory, Link::Up).await?;
                }
                Turn::Probed { answers: false } => memory.probe_at = Instant::now() + self.pace.probe_pause(),
                Turn::Stop => {
                    // Attempts have heard it too; what they were sending stays owed.
                    while attempts.join_next().await.is_some() {}
                    return Ok(());
                }
            }
        }
    }

    /// Starts what is due and has a lane. Returns how long to wait for the next.
    async fn start_due(
        &self,
        memory: &mut Memory,
        attempts: &mut JoinSet<Outcome>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Duration, StoreGone> {
        let now = (self.clock)();
        let due = match self.store.call(move |store| store.due(now)).await? {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "Outbox cannot be read");
                return Ok(self.pace.look_again_max);
            }
        };
        let mut pause = self.pace.look_again_max;
        let mut seen: Vec<Uuid> = Vec::with_capacity(due.len());
        memory.held.retain(|_, until| *until > Instant::now());
        for owed in due {
            seen.push(owed.dossier);
            if let Some(until) = memory.held.get(&owed.dossier) {
                pause = pause.min(until.saturating_duration_since(Instant::now()));
            } else if !memory.sending.values().any(|sending| sending.dossier == owed.dossier)
                && memory.has_lane(owed.bytes)
            {
                let attempt = attempt::send(
                    self.store.clone(),
                    Arc::clone(&self.province),
                    Arc::clone(&self.reader),
                    owed.clone(),
                    stop.clone(),
                );
                memory.sending.insert(attempts.spawn(attempt).id(), owed);
            }
        }
        // What is due is being sent, or waits for a lane and is looked at when one gets free.
        if let Ok(Some(next)) = self.store.call(move |store| store.next_due(&seen)).await? {
            pause = pause.min(Duration::try_from((self.clock)().duration_until(next)).unwrap_or(Duration::ZERO));
        }
        Ok(pause.max(self.pace.look_again_min))
    }

    async fn ended(&self, memory: &mut Memory, id: Id, outcome: Outcome) -> Result<(), StoreGone> {
        match memory.sending.remove(&id) {
            Some(owed) => self.settle(memory, owed, outcome).await,
            // Every attempt is written into `sending` when it is spawned.
            None => Ok(()),
        }
    }

    /// Writes an attempt's outcome down, then tells it.
    async fn settle(&self, memory: &mut Memory, owed: Owed, outcome: Outcome) -> Result<(), StoreGone> {
        let Owed {
            dossier, slip_number, ..
        } = owed;
        let now = (self.clock)();
        match outcome {
            Outcome::Received(receipt) => {
                let code = receipt.code.clone();
                let written = self
                    .store
                    .call(move |store| store.received(dossier, &receipt, now))
                    .await?;
                if self.written(memory, dossier, written).await? {
                    tracing::info!(%dossier, "Province received dossier");
                    memory.failures.remove(&dossier);
                    memory.began.remove(&dossier);
                    (self.tell)(News::Received {
                        dossier,
                        slip_number,
                        code,
                    });
                }
                self.link_is(memory, Link::Up).await?;
            }
            Outcome::Refused { words } => {
                let written = self.store.call(move |store| store.refused(dossier, &words)).await?;
                if self.written(memory, dossier, written).await? {
                    tracing::warn!(%dossier, "Dossier is refused, staff are asked");
                    memory.failures.remove(&dossier);
                    memory.began.remove(&dossier);
                    (self.tell)(News::Refused { dossier, slip_number });
                }
            }
            Outcome::Later {
                wait,
                link_down,
                began,
                why,
            } => {
                // A line that breaks again and again still carries something each time: as long as the upload gets on,
                // its pauses do not grow.
                if began > memory.began.get(&dossier).copied() {
                    memory.failures.remove(&dossier);
                    memory.began.extend(began.map(|began| (dossier, began)));
                }
                tracing::warn!(%dossier, why, "Dossier is put off");
                self.put_off(memory, dossier, wait).await?;
                if link_down {
                    self.link_is(memory, Link::Down).await?;
                }
            }
            Outcome::Stopped => {}
            Outcome::StoreGone => return Err(StoreGone),
        }
        Ok(())
    }

    /// An answer that cannot be written down is asked for again: the province knows the dossier by its key.
    async fn written(
        &self,
        memory: &mut Memory,
        dossier: Uuid,
        written: Result<(), StoreError>,
    ) -> Result<bool, StoreGone> {
        match written {
            Ok(()) => Ok(true),
            Err(error) => {
                tracing::error!(%dossier, %error, "Province's answer cannot be kept");
                self.put_off(memory, dossier, None).await?;
                Ok(false)
            }
        }
    }

    async fn put_off(&self, memory: &mut Memory, dossier: Uuid, wait: Option<Duration>) -> Result<(), StoreGone> {
        let failures = memory.failures.entry(dossier).or_default();
        *failures = failures.saturating_add(1);
        let pause = self.pace.pause_after(*failures).max(wait.unwrap_or_default());
        let longest = SignedDuration::from_mins(PUT_OFF_MINUTES_MAX - 1);
        let due_at = (self.clock)() + SignedDuration::try_from(pause).unwrap_or(longest).min(longest);
        let put_off = self.store.call(move |store| store.later(dossier, due_at)).await?;
        if let Err(error) = put_off {
            tracing::error!(%dossier, %error, "Dossier cannot be put off");
            memory.held.insert(dossier, Instant::now() + pause);
        }
        Ok(())
    }

    /// When the link comes back nobody waits for the rest of a pause.
    async fn link_is(&self, memory: &mut Memory, link: Link) -> Result<(), StoreGone> {
        if memory.link == link {
            return Ok(());
        }
        memory.link = link;
        memory.probe_at = Instant::now() + self.pace.probe_pause();
        (self.tell)(News::Link(link));
        if link == Link::Up {
            memory.failures.clear();
            self.make_all_due().await?;
        }
        Ok(())
    }

    async fn make_all_due(&self) -> Result<(), StoreGone> {
        let now = (self.clock)();
        if let Err(error) = self.store.call(move |store| store.all_due(now)).await? {
            tracing::error!(%error, "Outbox cannot be made due");
        }
        Ok(())
    }

    async fn probe_at(&self, at: Instant) -> bool {
        tokio::time::sleep_until(at).await;
        self.probe.answers().await
    }
}
