//! Waiting until it is known whether the paper came out.

use std::time::{Duration, Instant};

use super::super::link::{Link, Round};
use super::super::patience::paper_time;
use super::super::{JobId, NotPrinted, Paper, PrinterFault, Proof, Ready};
use super::EscposPrinter;

/// A proof that was on its way when the fault was seen arrives within this.
const LAST_WORD: Duration = Duration::from_millis(150);

/// What a look at the printer meant for the slip.
enum Seen {
    /// It works, or may work.
    Fine,
    /// It said nothing.
    Nothing,
    Hot,
    Stopped(PrinterFault),
    Gone,
}

impl EscposPrinter {
    /// For printers that are never asked: the bytes went out, now the paper takes its time.
    pub(super) fn assume(&mut self, paper_mm: u32) -> Result<Proof, NotPrinted> {
        let until = Instant::now() + paper_time(paper_mm);
        match self.talk(|link| link.wait(until, |_| false)) {
            Ok(_) => Ok(Proof::Assumed),
            Err(_gone) => Err(NotPrinted {
                fault: PrinterFault::Unplugged,
                paper: Paper::Unknown,
            }),
        }
    }

    pub(super) fn await_proof(
        &mut self,
        job: JobId,
        paper_mm: u32,
        ready: Ready,
        deadline: Instant,
    ) -> Result<Proof, NotPrinted> {
        let can_prove = !ready.answers || self.skills.is_none_or(|skills| skills.marks || skills.fences);
        let paper_out_at = Instant::now() + paper_time(paper_mm);
        let mut give_up = if can_prove {
            paper_out_at + self.patience.proof
        } else {
            paper_out_at
        };
        // A quick printer has answered before the last byte was counted.
        if let Some(proof) = self.heard_proof(job) {
            return Ok(proof);
        }
        let mut hot_since = None;
        let mut spoke = false;
        loop {
            let next_look = (Instant::now() + self.patience.look).min(give_up.min(deadline));
            if let Some(proof) = self.listen_for(job, next_look) {
                return Ok(proof);
            }
            // Printers that were silent before are not disturbed with questions.
            let seen = if ready.answers || self.link.is_none() {
                self.look_once()
            } else {
                Seen::Nothing
            };
            if let Some(proof) = self.listen_for(job, Instant::now()) {
                return Ok(proof);
            }
            match seen {
                Seen::Fine => {
                    spoke = true;
                    hot_since = None;
                }
                Seen::Nothing => spoke = false,
                Seen::Hot => {
                    let since = *hot_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > self.patience.hot {
                        return Err(NotPrinted {
                            fault: PrinterFault::TooHot,
                            paper: Paper::Torn,
                        });
                    }
                    give_up = give_up.max(Instant::now() + self.patience.look * 2);
                }
                Seen::Stopped(fault) => return self.last_word(job, fault, Paper::Torn),
                // All of it went out: a printer whose cable was pulled may have finished alone.
                Seen::Gone => return self.last_word(job, PrinterFault::Unplugged, Paper::Unknown),
            }
            if Instant::now() >= give_up.min(deadline) {
                // The next best for printers that answer status and nothing in order: it was fine all the time.
                return if !can_prove && spoke {
                    Ok(Proof::Assumed)
                } else {
                    Err(NotPrinted {
                        fault: PrinterFault::Silent,
                        paper: Paper::Unknown,
                    })
                };
            }
        }
    }

    fn last_word(&mut self, job: JobId, fault: PrinterFault, paper: Paper) -> Result<Proof, NotPrinted> {
        self.listen_for(job, Instant::now() + LAST_WORD)
            .ok_or(NotPrinted { fault, paper })
    }

    /// Listens for the proof until then. A pushed fault ends the wait early.
    pub(super) fn listen_for(&mut self, job: JobId, until: Instant) -> Option<Proof> {
        loop {
            let heard = self.talk(|link| {
                link.wait(until, |heard| {
                    !heard.marks.is_empty() || heard.fences > 0 || heard.pushed.is_some_and(|s| s.fault().is_some())
                })
            });
            if let Some(proof) = self.heard_proof(job) {
                return Some(proof);
            }
            let pushed = self.link.as_mut().and_then(|link| link.heard.pushed.take());
            let fault = pushed.and_then(|status| status.fault());
            if heard != Ok(true) || fault.is_some() || Instant::now() >= until {
                return None;
            }
        }
    }

    /// The proof of a job, if what was heard so far has it.
    fn heard_proof(&mut self, job: JobId) -> Option<Proof> {
        if self.take_proof(job) {
            self.fences_owed = 0;
            return Some(Proof::Acknowledged);
        }
        (self.fences_owed == 0 && self.fences_prove()).then_some(Proof::Fenced)
    }

    /// Whether a fence that came back says anything: not amid garbage, where any byte may look like one.
    pub(super) fn fences_prove(&self) -> bool {
        self.link
            .as_ref()
            .is_some_and(|link| link.heard.garbage == self.garbage_before)
    }

    fn look_once(&mut self) -> Seen {
        let answer_wait = self.patience.answer;
        match self.talk(|link: &mut Link| link.round(answer_wait, 1)) {
            Err(_gone) => Seen::Gone,
            Ok(Round::Silent | Round::Garbage) => Seen::Nothing,
            Ok(Round::Known(status)) => match status.fault() {
                None => Seen::Fine,
                Some(PrinterFault::TooHot) => Seen::Hot,
                Some(fault) => {
                    self.judge(status);
                    Seen::Stopped(fault)
                }
            },
        }
    }
}
