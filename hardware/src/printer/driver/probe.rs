//! Finding out what a printer can prove.

use std::time::Instant;

use super::super::JobId;
use super::super::escpos::{BAND_BYTES_MAX, CUT, FENCE, INIT, proof_request};
use super::{EscposPrinter, Skills};

impl EscposPrinter {
    /// Finds out once what the printer can prove. One that waits for the rest of a slip that broke off
    /// with the kiosk's power does not answer either: it is cleared and asked again.
    pub(super) fn probe(&mut self) {
        if self.skills.is_some() {
            return;
        }
        if self.unsettled.is_some_and(|old| old.missing_bytes > 0) {
            self.clear();
        }
        self.skills = Some(Skills {
            marks: false,
            fences: false,
        });
        if !self.probe_once() && self.skills.is_some_and(|skills| !skills.fences) {
            self.empty(BAND_BYTES_MAX);
            if self.probe_once() || self.skills.is_some_and(|skills| skills.fences) {
                tracing::warn!("Printer held a slip that broke off; it was cleared and cut");
                self.command(CUT);
            }
        }
        tracing::info!(skills = ?self.skills, "Printer asked what it can prove");
    }

    pub(super) fn probe_once(&mut self) -> bool {
        let mut question = INIT.to_vec();
        question.extend(proof_request(JobId::PROBE_MARK));
        question.extend(FENCE);
        // Should it take the questions for text, this forgets the text.
        question.extend(INIT);
        self.fences_owed = 0;
        if !self.command(&question) {
            return false;
        }
        let until = Instant::now() + self.patience.probe;
        let mut marked = false;
        // In order: after the fence no mark comes any more.
        let fenced = self.talk(|link| {
            let fenced = link.wait(until, |heard| heard.fences > 0)?;
            marked = link.heard.marks.contains(&JobId::PROBE_MARK);
            Ok(fenced)
        });
        if let Some(skills) = &mut self.skills {
            skills.marks |= marked;
            skills.fences |= fenced == Ok(true);
        }
        marked
    }
}
