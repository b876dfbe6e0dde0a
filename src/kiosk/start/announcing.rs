//! Calls of the hall through the kiosk's own loudspeaker.

use std::collections::BTreeSet;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::config::hall::CallsConfig;
use crate::hall::Call;
use crate::hall::local::LocalHall;
use crate::ticket::Label;
use crate::voice::{Announcer, Clips, Voice};

/// Older ones are not spoken: a kiosk that starts again, or reads what it has missed, does not shout the morning.
const FRESH: SignedDuration = SignedDuration::from_secs(60);

/// The voice, and what speaks the hall's calls with it where the configuration wants that. It never ends.
pub(super) fn voice(config: &Config, hall: &LocalHall) -> anyhow::Result<(Voice, impl Future<Output = ()> + use<>)> {
    let voice = Voice::start(&config.voice).context("Cannot start the voice")?;
    let calls = config.hall.as_ref().map(|hall| hall.calls);
    let spoken = calls.filter(|calls| calls.loudspeaker).zip(Clips::new(&config.voice));
    let (hall, announcer) = (hall.clone(), voice.announcer());
    let speaks = async move {
        match spoken {
            Some((calls, clips)) => announce(hall, clips, announcer, calls).await,
            None => std::future::pending().await,
        }
    };
    Ok((voice, speaks))
}

/// Speaks each call and recall once, for ever. A call that cannot be spoken is on the boards.
async fn announce(hall: LocalHall, clips: Clips, announcer: Announcer, calls: CallsConfig) {
    let mut changes = hall.changes();
    let mut known: BTreeSet<(Label, Timestamp)> = shown(&hall).iter().map(key).collect();
    // Ends with its sender, which is the hall's own.
    while changes.changed().await.is_ok() {
        let shown = shown(&hall);
        let oldest = Timestamp::now().checked_sub(FRESH).unwrap_or(Timestamp::MIN);
        // The board has the latest first.
        for call in shown
            .iter()
            .rev()
            .filter(|call| !known.contains(&key(call)) && call.at > oldest)
        {
            let (clips, label, counter) = (clips.clone(), call.label, call.counter.clone());
            let made = tokio::task::spawn_blocking(move || clips.call(calls.languages(), label, &counter));
            match made.await {
                Ok(Ok(sound)) => announcer.announce(sound),
                Ok(Err(error)) => tracing::warn!(%error, %label, "A call could not be spoken"),
                Err(error) => tracing::error!(%error, %label, "A call could not be spoken"),
            }
        }
        known = shown.iter().map(key).collect();
    }
}

fn shown(hall: &LocalHall) -> Vec<Call> {
    hall.look(|hall| hall.calls().cloned().collect())
}

const fn key(call: &Call) -> (Label, Timestamp) {
    (call.label, call.at)
}
