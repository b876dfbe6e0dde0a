//! Sharing a log: writing to it one at a time, keeping up with it, and what a kiosk does for the time without it.

mod again;
mod ahead;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use tokio::sync::{Notify, RwLock, RwLockReadGuard, watch};
use tokio::time::{Instant, timeout, timeout_at};

use super::{Node, Parted, Standing};
use crate::hall::jetstream::{Away, JetStream, NotTaken};
use crate::hall::log::Message;
use crate::hall::{Event, Hall, Logged, Sequence};
use crate::ticket::Day;

/// A clerk waits so long. It may then have been done, or be done later.
pub const ACT_MAX: Duration = Duration::from_secs(5);
/// How often it is seen whether the log still answers.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A log that does not answer a look for so long is away.
const LOOK_MAX: Duration = Duration::from_millis(900);
/// While all is well the log is asked which it is and what time it is there so often, in looks.
const ASK_EVERY: u32 = 10;
/// Events that are kept and shown in one go.
const CHUNK_EVENTS: usize = 256;
/// Between two tries at a log that had nothing new to read, in ms: its leader is in the middle of something.
const AGAIN_MS: std::ops::Range<u64> = 5..30;
/// After others were first, so much time must be left for another try.
const TRY_MIN: Duration = Duration::from_millis(250);
/// By so much the clocks of a kiosk and of the servers may differ about midnight.
const CLOCK_MAX: SignedDuration = SignedDuration::from_mins(2);

/// This kiosk's end of the shared log.
pub struct Shared {
    log: JetStream,
    kiosk: String,
    lease_numbers: u32,
    standing: watch::Sender<Standing>,
    /// One writes at a time: a kiosk is not in its own way.
    writing: tokio::sync::Mutex<()>,
    /// Held by a draw until its ticket is kept.
    drawing: RwLock<()>,
    /// The copy lacks something that the picture has.
    gap: AtomicBool,
    /// It may not be the log that was read: it takes nothing.
    doubt: AtomicBool,
    wake: Notify,
}

/// An event that the log has taken.
pub struct Written {
    pub event: Event,
    /// The hall right after it.
    pub hall: Hall,
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
        let (since, why) = (Timestamp::now(), Parted::NoAnswer);
        Self {
            log,
            kiosk: kiosk.to_owned(),
            lease_numbers,
            standing: watch::Sender::new(Standing::Apart { since, why }),
            writing: tokio::sync::Mutex::default(),
            drawing: RwLock::default(),
            gap: AtomicBool::new(false),
            doubt: AtomicBool::new(false),
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

    /// The log cannot be used.
    pub fn parted(&self, why: Parted, error: &Away) {
        let parted = self.standing.send_if_modified(|standing| {
            let since = match *standing {
                Standing::Apart { why: known, .. } if known == why => return false,
                Standing::Apart { since, .. } => since,
                Standing::Alone | Standing::Together => Timestamp::now(),
            };
            *standing = Standing::Apart { since, why };
            true
        });
        if parted {
            tracing::warn!(?why, %error, "The hall's log cannot be used: leased numbers are given");
        }
    }

    fn joined(&self) {
        let known = self.standing.send_replace(Standing::Together);
        if known != Standing::Together {
            tracing::info!("The hall's log answers");
        }
    }

    /// A draw begins.
    pub async fn drawing(&self) -> RwLockReadGuard<'_, ()> {
        self.drawing.read().await
    }

    /// There is something to tell the log.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Writes what `decide` makes of the hall, decided anew whenever somebody else was first. What gets no answer by the
    /// deadline may come into the log later.
    pub async fn write<E>(
        &self,
        node: &Node,
        id: &str,
        deadline: Instant,
        decide: impl Fn(&Hall) -> Result<Event, E>,
    ) -> Result<Written, NotWritten<E>> {
        let late = |_| NotWritten::Away(Away::because("no answer in time"));
        // Others of this kiosk are at it.
        let turn = timeout_at(deadline, self.writing.lock()).await;
        let _turn = turn.map_err(|_| NotWritten::Crowded)?;
        let mut crowded = false;
        // A try for which no time is left could be taken and not be known.
        while !crowded || deadline.saturating_duration_since(Instant::now()) > TRY_MIN {
            let mut hall = node.hall.now();
            let event = decide(&hall).map_err(NotWritten::Refused)?;
            let appended = self.log.append(hall.day(), &event, hall.last(), id);
            match timeout_at(deadline, appended).await.map_err(late)? {
                Ok(sequence) => {
                    // It is taken, whether it can be read now or not.
                    match timeout_at(deadline, self.read_until(node, sequence)).await {
                        Ok(Ok(())) => {}
                        Ok(Err(away)) => tracing::debug!(%away, "What was written could not be read at once"),
                        Err(_) => tracing::debug!("What was written could not be read in time"),
                    }
                    let at = Timestamp::now();
                    hall.apply(&Logged {
                        sequence,
                        at,
                        event: event.clone(),
                    });
                    return Ok(Written { event, hall });
                }
                Err(NotTaken::Conflict) => {
                    crowded = true;
                    match timeout_at(deadline, self.read_past(node, hall.last())).await {
                        Ok(read) => read.map_err(NotWritten::Away)?,
                        Err(_) => break,
                    }
                }
                Err(NotTaken::Unclear(away)) => return Err(NotWritten::Away(away)),
            }
        }
        self.doubt.store(true, Ordering::Relaxed);
        Err(NotWritten::Crowded)
    }

    /// Reads all that the leader has. If that is nothing new, it is given a moment.
    async fn read_past(&self, node: &Node, known: Sequence) -> Result<(), Away> {
        self.read_on(node).await?;
        if node.hall.place_in_log().1 == known {
            let pause = rand::rng().random_range(AGAIN_MS);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        Ok(())
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
        let (today, after) = node.hall.place_in_log();
        if today != day {
            return Ok(());
        }
        let kept = messages.clone();
        let kept = node.store.call(move |store| store.copy_hall(day, after, &kept)).await;
        match kept.map_err(Away::because)? {
            Ok(true) => {}
            Ok(false) => self.gap.store(true, Ordering::Relaxed),
            // The picture is right all the same; the copy is read again from the log.
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "The hall's log could not be copied");
                self.gap.store(true, Ordering::Relaxed);
            }
        }
        node.hall.take(day, &messages);
        Ok(())
    }
}

/// Keeps up for ever.
pub async fn run(node: &Node, shared: &Shared) {
    tokio::join!(follow_always(node, shared), keep_up(node, shared));
}

async fn follow_always(node: &Node, shared: &Shared) {
    let mut standings = shared.standings();
    // Ends with its sender, which is this kiosk's own.
    while standings
        .wait_for(|standing| *standing == Standing::Together)
        .await
        .is_ok()
    {
        if let Err(away) = follow(node, shared).await {
            tracing::debug!(%away, "The hall's log cannot be followed");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Takes each event as it comes, until the line breaks or another day begins.
async fn follow(node: &Node, shared: &Shared) -> Result<(), Away> {
    let (day, last) = node.hall.place_in_log();
    let mut chunks = pin!(shared.log.follow(day, last).await?.ready_chunks(CHUNK_EVENTS));
    loop {
        let chunk = timeout(LOOK_EVERY, chunks.next()).await;
        if node.hall.place_in_log().0 != day || shared.standing() != Standing::Together {
            return Ok(());
        }
        let Ok(chunk) = chunk else { continue };
        let chunk = chunk.ok_or_else(|| Away::because("the stream of events ended"))?;
        let messages = chunk.into_iter().collect::<Result<Vec<_>, _>>()?;
        shared.take(node, day, messages).await?;
    }
}

/// Sees each second whether the log answers; where it does, tells it what it has to know.
async fn keep_up(node: &Node, shared: &Shared) {
    let mut ahead = ahead::Ahead::default();
    let mut looks: u32 = 0;
    loop {
        let doubt = shared.doubt.swap(false, Ordering::Relaxed);
        let ask = doubt || shared.standing() != Standing::Together || looks.is_multiple_of(ASK_EVERY);
        match look(node, shared, ask).await {
            Ok(()) => {
                // It was away for a moment, or another log was in its place.
                if shared.standing() != Standing::Together {
                    ahead.parted();
                }
                let joined = node.hall.place_in_log();
                shared.joined();
                if let Err(away) = ahead.prepare(node, shared, joined).await {
                    tracing::debug!(%away, "The hall's log could not be told");
                }
            }
            Err((why, away)) => {
                shared.parted(why, &away);
                ahead.parted();
            }
        }
        looks = looks.wrapping_add(1);
        tokio::select! {
            () = shared.wake.notified(), if shared.standing() == Standing::Together => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Reads on, if the log is the one that was read before and it is the same day there. What is read is kept, so a long log
/// is read in pieces.
async fn look(node: &Node, shared: &Shared, ask: bool) -> Result<(), (Parted, Away)> {
    let no_answer = |away| (Parted::NoAnswer, away);
    let late = |_| no_answer(Away::because("no answer in time"));
    let deadline = Instant::now() + LOOK_MAX;
    if ask {
        let about = timeout_at(deadline, shared.log.about()).await.map_err(late)?;
        let Some(about) = about.map_err(no_answer)? else {
            // The first kiosk of a centre makes it; so does the first that finds it gone.
            shared.log.begin().await.map_err(no_answer)?;
            return Err(no_answer(Away::because("it is being made")));
        };
        check_clock(node.hall.place_in_log().0, about.now).map_err(|away| (Parted::Clock, away))?;
        let same = again::same_log(node, shared, about.made);
        same.await.map_err(|away| (Parted::Lost, away))?;
    }
    let read = timeout_at(deadline, shared.read_on(node)).await.map_err(late)?;
    read.map_err(no_answer)
}

/// An event goes to the log of a day: it must be the same one for all.
fn check_clock(day: Day, servers: Timestamp) -> Result<(), Away> {
    let near = [-CLOCK_MAX, SignedDuration::ZERO, CLOCK_MAX];
    let there = |by: &SignedDuration| servers.checked_add(*by).is_ok_and(|now| Day::in_vietnam(now) == day);
    if near.iter().any(there) {
        return Ok(());
    }
    Err(Away::because(format!(
        "for this kiosk it is {day}, for the servers {servers}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kiosk_of_another_day_does_not_write_and_about_midnight_one_minute_is_nothing() {
        let day: Day = "2026-11-22".parse().unwrap();
        for (servers, right) in [
            ("2026-11-22T02:41:07Z", true),
            ("2026-11-22T17:01:00Z", true),
            ("2026-11-22T17:02:01Z", false),
            ("2026-11-21T16:59:00Z", true),
            ("2026-11-21T16:57:00Z", false),
            ("1970-01-01T00:00:10Z", false),
        ] {
            assert_eq!(check_clock(day, servers.parse().unwrap()).is_ok(), right, "{servers}");
        }
    }
}
