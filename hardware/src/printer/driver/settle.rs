//! What is done with a slip that was given up once its fault is mended, and with proofs that come late.

use std::time::{Duration, Instant};

use super::super::config::Answers;
use super::super::escpos::{BAND_BYTES_MAX, CLEAR, CUT, FENCE, INIT, RECOVER};
use super::super::link::{Link, Round};
use super::super::{JobId, Proof};
use super::{EscposPrinter, Hangs};

/// For the printer's word that its buffer is empty.
const CLEAR_WAIT: Duration = Duration::from_millis(300);
/// For answers that a printer kept while nobody was connected.
const GREETING_WAIT: Duration = Duration::from_millis(100);

impl EscposPrinter {
    pub(super) fn settle_job(&mut self, job: JobId) -> Option<Proof> {
        let heard = self
            .take_proof(job)
            .then_some(Proof::Acknowledged)
            .or_else(|| self.old_fence(job));
        let proof = match heard {
            None if self.can_still_come(job) => self.wait_for_old(job),
            heard => heard,
        };
        if proof.is_some() {
            self.unsettled = None;
            self.spoiled = false;
        } else {
            self.clear();
        }
        tracing::info!(job = job.0, ?proof, "Slip settled");
        proof
    }

    fn old_fence(&self, job: JobId) -> Option<Proof> {
        self.unsettled
            .filter(|old| old.job == job && old.fenced)
            .map(|_| Proof::Fenced)
    }

    /// Whether the slip can come out whole: all its bytes went out and no paper was changed within it.
    fn can_still_come(&mut self, job: JobId) -> bool {
        let missing = self
            .unsettled
            .is_some_and(|old| old.job == job && old.missing_bytes > 0);
        !missing && !self.spoiled && self.answers == Answers::Auto
    }

    fn wait_for_old(&mut self, job: JobId) -> Option<Proof> {
        let ours = self.unsettled.is_some_and(|old| old.job == job);
        match self.ask() {
            Ok(Round::Known(status)) => self.judge(status),
            Ok(Round::Silent | Round::Garbage) | Err(_) => return None,
        }
        if self.take_proof(job) {
            return Some(Proof::Acknowledged);
        }
        if let Some(proof) = self.old_fence(job) {
            return Some(proof);
        }
        if self.spoiled {
            return None;
        }
        let own_fence = ours && self.fences_owed > 0;
        let until = Instant::now() + self.patience.settle;
        if own_fence {
            return self.listen_for(job, until);
        }
        // In order behind all that is in the buffer: when it comes back and the proof has not, none will.
        self.fence_asked();
        if !self.command(FENCE) {
            return None;
        }
        match self.listen_for(job, until) {
            Some(Proof::Acknowledged) => Some(Proof::Acknowledged),
            Some(Proof::Fenced | Proof::Assumed) | None => None,
        }
    }

    /// Makes the printer forget all that was sent, and cuts off what hangs out of it.
    pub(super) fn clear(&mut self) {
        if self.connect().is_err() {
            return;
        }
        let missing = self.unsettled.map_or(0, |old| old.missing_bytes);
        // One that has found its voice again may have lost it within the slip; one that never speaks cuts
        // as it always does, and a cut before each slip would only waste paper.
        let cut = match self.unsettled.map_or(Hangs::Likely, |old| old.hangs) {
            Hangs::Likely => true,
            Hangs::Unknown => self.speaks,
        };
        if self.empty(missing.min(BAND_BYTES_MAX)) && (!cut || self.command(CUT)) {
            self.unsettled = None;
            self.spoiled = false;
        }
    }

    /// Empties the printer's buffer. A printer that does not know how still takes the zeros as the white
    /// rest of an image that broke off. Returns whether all was sent.
    pub(super) fn empty(&mut self, white_bytes: usize) -> bool {
        if self.answers == Answers::Auto {
            if let Some(link) = self.link.as_mut() {
                link.heard.cleared = false;
            }
            if !self.command(RECOVER) || !self.command(CLEAR) {
                return false;
            }
            let until = Instant::now() + CLEAR_WAIT;
            if self.talk(|link| link.wait(until, |heard| heard.cleared)).is_err() {
                return false;
            }
        }
        self.fences_owed = 0;
        self.command(&vec![0; white_bytes]) && self.command(INIT)
    }

    pub(super) fn take_late_proofs(&mut self) -> Vec<JobId> {
        match self.connect() {
            Err(_unplugged) => {}
            Ok(fresh) => {
                let until = Instant::now() + if fresh { GREETING_WAIT } else { Duration::ZERO };
                let heard = self.talk(|link: &mut Link| {
                    link.drain()?;
                    link.wait(until, |heard| !heard.marks.is_empty())?;
                    link.drain()
                });
                if heard.is_err() {
                    tracing::debug!("Printer left before it said anything");
                }
            }
        }
        std::mem::take(&mut self.proven).into()
    }
}
