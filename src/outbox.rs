//! The outbox: sends to the province what is owed to it, and never gives up.
//!
//! It wakes when a dossier is kept, when a try is due and when the network is back. An attempt is counted in the
//! store before it is made; an answer is in the store before anyone hears of it. "Later" is put off with growing
//! pauses, "refused" goes to staff with the province's words, and what is unclear is sent again under the same key.
//!
//! Before its first attempt a dossier's pages are bound into its files, for good: every try sends the same bytes.
//! Without a network that is done ahead.
//!
//! Two attempts run at a time, oldest first and in turns ([`fair`]), so that a big one on a slow line holds nobody up.
//! Without a network nothing is tried at all until somebody answers at the province's address; when nothing gets
//! through for anybody, one dossier at a time is sent to see. It asks nothing of the session and shows nothing: it
//! tells [`News`] to whoever made it.

pub mod asides;
mod attempt;
mod binding;
pub mod catalogue;
mod fair;
mod memory;
mod news;
pub mod opinions;
mod pace;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

pub use self::attempt::{fields_of, package_of};
pub use self::fair::{ATTEMPTS_AT_ONCE_MAX, TURN_BYTES_MAX, TURN_MAX};
use self::memory::Memory;
pub use self::news::{Link, News};
pub use self::pace::{Pace, Probe, TcpProbe};
use crate::outbox::attempt::{Cause, Outcome, UNREADABLE};
use crate::province::Province;
use crate::reading::PageReader;
use crate::store::StoreError;
pub use crate::store::owed::SMALL_BYTES_MAX;
use crate::store::owed::{Owed, PUT_OFF_MINUTES_MAX};
use crate::store::thread::{StoreGone, StoreHandle};

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

    /// Starts who is due and has a lane. Returns how long to wait for the next.
    async fn start_due(
        &self,
        memory: &mut Memory,
        attempts: &mut JoinSet<Outcome>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Duration, StoreGone> {
        let now = (self.clock)();
        let looked = self
            .store
            .call(move |store| Ok::<_, StoreError>((store.due(now)?, store.next_due(now)?)));
        let (mut line, next_due) = match looked.await? {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(%error, "Outbox cannot be read");
                return Ok(self.pace.look_again_max);
            }
        };
        memory.held.retain(|_, until| *until > Instant::now());
        line.retain(|owed| !memory.is_away(owed));
        while let Some(owed) = memory.take_next(&mut line) {
            let attempt = attempt::send(
                self.store.clone(),
                Arc::clone(&self.province),
                Arc::clone(&self.reader),
                owed.clone(),
                fair::Turn::begin(Arc::clone(&memory.others_wait)),
                stop.clone(),
            );
            memory.sending.insert(attempts.spawn(attempt).id(), owed);
        }
        memory.others_wait.store(!line.is_empty(), Ordering::Relaxed);
        if memory.is_idle() {
            self.bind_ahead(memory, attempts).await?;
        }

        // Who is due waits for a lane, for the end of a pause of all, or for the network: all but the pause wake us.
        let quiet = memory.quiet_until.saturating_duration_since(Instant::now());
        let pauses = [
            next_due.map(|next| Duration::try_from(now.duration_until(next)).unwrap_or(Duration::ZERO)),
            (!line.is_empty() && !quiet.is_zero()).then_some(quiet),
            memory
                .held
                .values()
                .min()
                .map(|until| until.saturating_duration_since(Instant::now())),
        ];
        let soonest = pauses
            .into_iter()
            .flatten()
            .fold(self.pace.look_again_max, Duration::min);
        Ok(soonest.max(self.pace.look_again_min))
    }

    /// Nobody can be sent: the first who has pages still is made ready meanwhile.
    async fn bind_ahead(&self, memory: &mut Memory, attempts: &mut JoinSet<Outcome>) -> Result<(), StoreGone> {
        let now = (self.clock)();
        match self.store.call(move |store| store.due_with_pages(now)).await? {
            Ok(line) => {
                if let Some(owed) = line.into_iter().find(|owed| !memory.is_away(owed)) {
                    let binding = attempt::bind_ahead(self.store.clone(), Arc::clone(&self.reader), owed.clone());
                    memory.sending.insert(attempts.spawn(binding).id(), owed);
                }
            }
            Err(error) => tracing::error!(%error, "Outbox cannot be read"),
        }
        Ok(())
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
                let due_at = receipt.due_on.as_deref().and_then(|due| due.parse().ok());
                let written = self
                    .store
                    .call(move |store| store.received(dossier, &receipt, now))
                    .await?;
                if self.written(memory, dossier, written).await? {
                    tracing::info!(%dossier, "Province received dossier");
                    memory.is_done_with(dossier);
                    (self.tell)(News::Received {
                        dossier,
                        slip_number,
                        code,
                        due_at,
                    });
                }
                memory.gets_through();
                self.link_is(memory, Link::Up).await?;
            }
            Outcome::Refused { words } => {
                memory.gets_through();
                self.link_is(memory, Link::Up).await?;
                self.to_staff(memory, dossier, slip_number, words).await?;
            }
            // Nobody was asked: it says nothing of the line.
            Outcome::Unreadable => {
                self.to_staff(memory, dossier, slip_number, UNREADABLE.to_owned())
                    .await?
            }
            Outcome::TurnOver => {
                tracing::info!(%dossier, "Dossier has had its turn, others go first");
                memory.gets_through();
                memory.failures.remove(&dossier);
                let behind = self.store.call(move |store| store.goes_behind(dossier, now)).await?;
                if let Err(error) = behind {
                    tracing::error!(%dossier, %error, "Dossier cannot go behind the others");
                    memory.held.insert(dossier, Instant::now() + self.pace.pause_after(1));
                }
                self.link_is(memory, Link::Up).await?;
            }
            Outcome::Later {
                wait,
                cause,
                began,
                why,
            } => {
                memory.failed(&self.pace, dossier, cause, began, wait);
                tracing::warn!(%dossier, why, "Dossier is put off");
                self.put_off(memory, dossier, wait).await?;
                if cause == Cause::LinkDown {
                    self.link_is(memory, Link::Down).await?;
                }
            }
            Outcome::Bound | Outcome::Stopped => {}
            Outcome::StoreGone => return Err(StoreGone),
        }
        Ok(())
    }

    /// It is not sent again until staff say so.
    async fn to_staff(
        &self,
        memory: &mut Memory,
        dossier: Uuid,
        slip_number: String,
        words: String,
    ) -> Result<(), StoreGone> {
        let written = self.store.call(move |store| store.refused(dossier, &words)).await?;
        if self.written(memory, dossier, written).await? {
            tracing::warn!(%dossier, "Dossier is refused, staff are asked");
            memory.is_done_with(dossier);
            (self.tell)(News::Refused { dossier, slip_number });
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
            memory.gets_through();
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
