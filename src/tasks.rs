//! Named tasks that must go on, and the watchdog that is fed only while all of them do.
//!
//! Each long task beats its own pulse at every turn. systemd's watchdog hears of us only while no
//! pulse is older than its limit: a loop that hangs is restarted, not shown as alive.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One task's sign of life.
#[derive(Clone)]
pub struct Pulse {
    last_ms: Arc<AtomicU64>,
    started: Instant,
}

impl Pulse {
    pub fn beat(&self) {
        self.last_ms.store(millis(self.started.elapsed()), Ordering::Relaxed);
    }

    fn age(&self) -> Duration {
        let now = millis(self.started.elapsed());
        Duration::from_millis(now.saturating_sub(self.last_ms.load(Ordering::Relaxed)))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

struct Watched {
    name: &'static str,
    quiet_max: Duration,
    pulse: Pulse,
}

/// All tasks of this process.
#[derive(Clone)]
pub struct Tasks {
    started: Instant,
    watched: Arc<Mutex<Vec<Watched>>>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            watched: Arc::default(),
        }
    }
}

impl Tasks {
    /// A new task, which may be quiet for `quiet_max` at most: its longest single turn.
    pub fn pulse(&self, name: &'static str, quiet_max: Duration) -> Pulse {
        let pulse = Pulse {
            last_ms: Arc::new(AtomicU64::new(millis(self.started.elapsed()))),
            started: self.started,
        };
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.push(Watched {
            name,
            quiet_max,
            pulse: pulse.clone(),
        });
        pulse
    }

    /// The tasks that have been quiet for longer than they may.
    pub fn stuck(&self) -> Vec<&'static str> {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched
            .iter()
            .filter(|task| task.pulse.age() > task.quiet_max)
            .map(|task| task.name)
            .collect()
    }
}

/// Tells systemd that the kiosk serves; does nothing where systemd did not start us.
pub fn ready() {
    notify(&[sd_notify::NotifyState::Ready]);
}

/// Feeds the watchdog while every task is alive, for ever. `watchdog` is systemd's limit.
pub async fn feed_watchdog(tasks: Tasks, watchdog: Duration) {
    let mut turn = tokio::time::interval(watchdog / 3);
    loop {
        turn.tick().await;
        let stuck = tasks.stuck();
        if stuck.is_empty() {
            notify(&[sd_notify::NotifyState::Watchdog]);
        } else {
            tracing::error!(?stuck, "Tasks are stuck, the watchdog is not fed");
        }
    }
}

fn notify(states: &[sd_notify::NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "Systemd could not be notified");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_stops_beating_is_named() {
        let tasks = Tasks::default();
        let lively = tasks.pulse("lively", Duration::from_secs(3600));
        let _stuck = tasks.pulse("stuck", Duration::ZERO);
        std::thread::sleep(Duration::from_millis(5));
        lively.beat();
        assert_eq!(tasks.stuck(), ["stuck"]);
    }
}
