//! Sharing a log: writing to it one at a time, keeping up with it, and what a kiosk does for the time without it.

mod ahead;

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use super::{ANSWER_MAX, Node, Standing};
use crate::hall::jetstream::{Away, JetStream, Message, NotTaken};
use crate::hall::log::DRAW_TRIES_MAX;
use crate::hall::{Event, Hall, Logged, Sequence};
use crate::ticket::{Day, Label};

/// How often it is seen whether the log still answers.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Events that are kept and shown in one go.
const CHUNK_EVENTS: usize = 256;
/// Draws that were given up and are remembered: more than a kiosk begins before it knows that it is cut off.
const GIVEN_UP_MAX: usize = 64;

/// This kiosk's end of the shared log.
pub struct Shared {
    log: JetStream,
    kiosk: String,
    lease_numbers: u32,
    standing: watch::Sender<Standing>,
    /// One writes at a time: a kiosk is not in its own way.
    writing: tokio::sync::Mutex<()>,
    doubts: Mutex<Doubts>,
    wake: Notify,
}

#[derive(Default)]
struct Doubts {
    /// Ids of draws that were given up.
    given_up: VecDeque<String>,
    /// Numbers of them that the log has.
    void: Vec<Label>,
}

/// Why nothing was written, as far as one knows.
pub enum NotWritten<E> {
    Refused(E),
    /// Others were always first.
    Crowded,
    /// It may be in the log, or come there later.
    Away(Away),
}

impl Shared {
    pub fn new(log: JetStream, kiosk: &str, lease_numbers: u32) -> Self {
        let since = Timestamp::now();
        Self {
            log,
            kiosk: kiosk.to_owned(),
            lease_numbers,
            standing: watch::Sender::new(Standing::Apart { since }),
            writing: tokio::sync::Mutex::default(),
            doubts: Mutex::default(),
            wake: Notify::new(),
        }
    }

    pub fn kiosk(&self) -> &str {
        &self.kiosk
    }

    pub fn standing(&self) -> Standing {
        *self.standing.borrow()
    }

    pub fn standings(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// The log did not answer.
    pub fn parted(&self) {
        let since = Timestamp::now();
        let parted = self.standing.send_if_modified(|standing| {
            let together = *standing == Standing::Together;
            if together {
                *standing = Standing::Apart { since };
            }
            together
        });
        if parted {
            tracing::warn!("The hall's log does not answer: leased numbers are given");
        }
    }

    fn joined(&self) {
        let known = self.standing.send_replace(Standing::Together);
        if known != Standing::Together {
            tracing::info!("The hall's log answers");
        }
    }

    /// A draw got no answer in time.
    pub fn give_up(&self, id: String) {
        let mut doubts = self.doubts();
        if doubts.given_up.len() == GIVEN_UP_MAX {
            doubts.given_up.pop_front();
        }
        doubts.given_up.push_back(id);
    }

    /// Nobody has this number.
    pub fn void(&self, label: Label) {
        self.doubts().void.push(label);
        self.wake();
    }

    /// There is something to tell the log.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    fn doubts(&self) -> MutexGuard<'_, Doubts> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what `decide` makes of the hall, decided anew whenever somebody else was first.
    pub async fn write<E>(
        &self,
        node: &Node,
        id: &str,
        decide: impl Fn(&Hall) -> Result<Event, E>,
    ) -> Result<Event, NotWritten<E>> {
        let _turn = self.writing.lock().await;
        for _ in 0..DRAW_TRIES_MAX {
            let hall = node.hall.now();
            let event = decide(&hall).map_err(NotWritten::Refused)?;
            match self.log.append(hall.day(), &event, hall.last(), id).await {
                Ok(sequence) => {
                    // It is taken, whether it can be read now or not.
                    if let Err(away) = self.read_until(node, sequence).await {
                        tracing::debug!(%away, "What was written could not be read at once");
                    }
                    return Ok(event);
                }
                Err(NotTaken::Conflict) => self.read_on(node).await.map_err(NotWritten::Away)?,
                Err(NotTaken::Unclear(away)) => return Err(NotWritten::Away(away)),
            }
        }
        Err(NotWritten::Crowded)
    }

    /// Reads all that the leader has.
    async fn read_on(&self, node: &Node) -> Result<(), Away> {
        self.read_until(node, Sequence(u64::MAX)).await
    }

    async fn read_until(&self, node: &Node, wanted: Sequence) -> Result<(), Away> {
        loop {
            let (day, last) = node.hall.place_in_log();
            if last >= wanted {
                return Ok(());
            }
            match self.log.next(day, last).await? {
                Some(message) => self.take(node, day, vec![message]).await?,
                None => return Ok(()),
            }
        }
    }

    /// Keeps and shows what was read.
    async fn take(&self, node: &Node, day: Day, messages: Vec<Message>) -> Result<(), Away> {
        self.find_given_up(&messages);
        let events: Vec<_> = messages
            .into_iter()
            .map(|message| {
                let Message {
                    sequence, at, event, ..
                } = message;
                (sequence, event.map(|event| Logged { sequence, at, event }))
            })
            .collect();
        let kept: Vec<Logged> = events.iter().filter_map(|(_, logged)| logged.clone()).collect();
        let kept = node.store.call(move |store| store.copy_hall(day, &kept)).await;
        match kept {
            Ok(Ok(())) => {}
            // The picture is right all the same; the copy is read again from the log.
            Ok(Err(error)) => tracing::warn!(error = format!("{error:#}"), "The hall's log could not be copied"),
            Err(gone) => return Err(Away::because(gone)),
        }
        node.hall.take(day, events);
        Ok(())
    }

    fn find_given_up(&self, messages: &[Message]) {
        let mut doubts = self.doubts();
        for message in messages.iter().filter(|message| message.kiosk == self.kiosk) {
            let Some(index) = doubts.given_up.iter().position(|id| *id == message.id) else {
                continue;
            };
            doubts.given_up.remove(index);
            if let Some(label) = message.event.as_ref().and_then(Event::label) {
                doubts.void.push(label);
            }
        }
    }
}

/// Keeps up for ever.
pub async fn run(node: &Node, shared: &Shared) {
    tokio::join!(follow_always(node, shared), keep_up(node, shared));
}

async fn follow_always(node: &Node, shared: &Shared) {
    loop {
        if let Err(away) = follow(node, shared).await {
            tracing::debug!(%away, "The hall's log cannot be followed");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Takes each event as it comes, until the line breaks or another day begins.
async fn follow(node: &Node, shared: &Shared) -> Result<(), Away> {
    let (day, last) = node.hall.place_in_log();
    let mut chunks = pin!(shared.log.follow(day, last).await?.ready_chunks(CHUNK_EVENTS));
    loop {
        let Ok(chunk) = tokio::time::timeout(LOOK_EVERY, chunks.next()).await else {
            if node.hall.place_in_log().0 == day {
                continue;
            }
            return Ok(());
        };
        let Some(chunk) = chunk else { return Ok(()) };
        let messages = chunk.into_iter().collect::<Result<Vec<_>, _>>()?;
        shared.take(node, day, messages).await?;
    }
}

/// Sees each second whether the log answers; where it does, tells it what it has to know.
async fn keep_up(node: &Node, shared: &Shared) {
    let mut ahead = ahead::Ahead::default();
    loop {
        match tokio::time::timeout(ANSWER_MAX, shared.read_on(node)).await {
            Ok(Ok(())) => {
                shared.joined();
                if let Err(away) = ahead.prepare(node, shared).await {
                    tracing::debug!(%away, "The hall's log could not be told");
                }
            }
            // What is read is kept, so a long log is read in pieces.
            Err(_) | Ok(Err(_)) => {
                shared.parted();
                ahead.begin(shared).await;
            }
        }
        tokio::select! {
            () = shared.wake.notified(), if shared.standing() == Standing::Together => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
