//! What the outbox knows beside the store: who is being sent, what failed, and when nobody goes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::task::Id;
use tokio::time::Instant;
use uuid::Uuid;

use super::attempt::{Cause, Place};
use super::fair::{self, Order, Waiting};
use super::pace::TROUBLE_FAILURES_MIN;
use super::{Link, Pace};
use crate::store::owed::Owed;

/// What the task knows beside the store. A restart forgets it, and everything is due again.
pub(super) struct Memory {
    pub link: Link,
    /// When to look whether an unreachable province answers.
    pub probe_at: Instant,
    /// Attempts that failed in a row, a dossier.
    pub failures: HashMap<Uuid, u32>,
    /// Where the last upload of a dossier began.
    pub began: HashMap<Uuid, Place>,
    /// Dossiers that the store could not put off.
    pub held: HashMap<Uuid, Instant>,
    pub sending: HashMap<Id, Owed>,
    /// Whether somebody waits for a lane; who is being sent looks at it.
    pub others_wait: Arc<AtomicBool>,
    /// Attempts that failed in a row, of any dossier and by no fault of its own.
    troubles: u32,
    /// Nobody is sent before.
    pub quiet_until: Instant,
}

impl Memory {
    pub fn new() -> Self {
        Self {
            link: Link::Up,
            probe_at: Instant::now(),
            failures: HashMap::new(),
            began: HashMap::new(),
            held: HashMap::new(),
            sending: HashMap::new(),
            others_wait: Arc::new(AtomicBool::new(false)),
            troubles: 0,
            quiet_until: Instant::now(),
        }
    }

    /// Takes out of the line who goes now, if anybody does.
    pub fn take_next(&self, line: &mut Vec<Owed>) -> Option<Owed> {
        if self.link == Link::Down || Instant::now() < self.quiet_until {
            return None;
        }
        let waiting: Vec<_> = line
            .iter()
            .map(|owed| Waiting {
                bytes: owed.bytes,
                failures: self.failures.get(&owed.dossier).copied().unwrap_or_default(),
            })
            .collect();
        let sending: Vec<_> = self.sending.values().map(|owed| owed.bytes).collect();
        let order = if self.troubles < TROUBLE_FAILURES_MIN {
            Order::Place
        } else {
            Order::LeastTried
        };
        fair::next(&waiting, &sending, order).map(|at| line.remove(at))
    }

    /// Whether there is time to get ready who cannot be sent.
    pub fn is_idle(&self) -> bool {
        self.link == Link::Down && self.sending.is_empty()
    }

    /// Whether it goes nowhere for now: it is under way, or the store could not put it off.
    pub fn is_away(&self, owed: &Owed) -> bool {
        self.held.contains_key(&owed.dossier) || self.sending.values().any(|sending| sending.dossier == owed.dossier)
    }

    pub fn is_done_with(&mut self, dossier: Uuid) {
        self.failures.remove(&dossier);
        self.began.remove(&dossier);
    }

    /// Something got through.
    pub fn gets_through(&mut self) {
        self.troubles = 0;
        self.quiet_until = Instant::now();
    }

    /// One more failed that could have been any.
    fn troubled(&mut self, pace: &Pace, wait: Option<Duration>) {
        self.troubles = self.troubles.saturating_add(1);
        let asked_for = wait.unwrap_or_default().min(pace.pause_max);
        self.quiet_until = Instant::now() + pace.scout_pause(self.troubles).max(asked_for);
    }

    /// What a failed attempt tells of those to come.
    pub fn failed(&mut self, pace: &Pace, dossier: Uuid, cause: Cause, began: Option<Place>, wait: Option<Duration>) {
        // A line that breaks again and again still carries something each time: as long as the upload gets on,
        // its pauses do not grow. An upload that has never been seen begins at nothing.
        let before = self
            .began
            .get(&dossier)
            .copied()
            .unwrap_or(Place { file: 0, offset: 0 });
        if let Some(began) = began.filter(|began| *began > before) {
            self.gets_through();
            self.failures.remove(&dossier);
            self.began.insert(dossier, began);
        } else if cause == Cause::Province {
            self.troubled(pace, wait);
        }
    }
}
