//! The driver of ESC/POS printers.
//!
//! It asks before it sends, sends a slip in one go, waits for the proof behind the cut and looks at
//! the status meanwhile. It never sends a slip twice by itself and never lets one that was given up
//! come out before the next: what is left in the printer is waited for or cleared by `settle`.

mod look;
mod probe;
mod proof;
mod send;
mod settle;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::config::Answers;
use super::dots::Pen;
use super::escpos::{Encoded, Ending, encode};
use super::link::Link;
use super::patience::Patience;
use super::transport::{Connector, Gone};
use super::{JobId, NotPrinted, Paper, PaperDots, Printer, PrinterConfig, PrinterFault, Proof, Ready, Slip};

/// Proofs kept for `late_proofs`; the oldest are dropped.
const PROVEN_MAX: usize = 64;
/// For short commands to be taken.
const COMMAND_WAIT: Duration = Duration::from_secs(2);

/// Opens the printer that the configuration names. Never fails: the device may come later.
pub fn open(config: &PrinterConfig) -> Box<dyn Printer> {
    Box::new(EscposPrinter::over(config.connector(), config.dots(), config.status()))
}

/// An ESC/POS printer behind any transport.
pub struct EscposPrinter {
    connector: Box<dyn Connector>,
    link: Option<Link>,
    pen: Pen,
    width: u32,
    answers: Answers,
    patience: Patience,
    /// Found out once after the device appeared.
    skills: Option<Skills>,
    proven: VecDeque<JobId>,
    /// It answered when it was last asked.
    speaks: bool,
    /// `GS r` sent and not yet answered.
    fences_owed: u32,
    /// Garbage heard before the last fence was asked for.
    garbage_before: u32,
    /// Paper ran out or the cover was opened while old bytes may have been in the printer: what it
    /// prints of them now is not one whole slip, even though it says that it got to the end.
    spoiled: bool,
    /// The job being printed, as long as its paper is not spoiled.
    current: Option<JobId>,
    unsettled: Option<Unsettled>,
}

/// What a printer can prove, once it answers at all.
#[derive(Clone, Copy, Debug)]
struct Skills {
    marks: bool,
    fences: bool,
}

/// A slip that was given up and may still be in the printer.
#[derive(Clone, Copy, Debug)]
struct Unsettled {
    job: JobId,
    /// Bytes that never went out: the printer waits for so many.
    missing_bytes: usize,
    /// A part hangs out of the printer, or may.
    hangs: Hangs,
    /// Its fence came back after it was given up.
    fenced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hangs {
    Likely,
    /// It said nothing at all: it may have printed and cut as always, or have been cut short.
    Unknown,
}

impl EscposPrinter {
    /// A printer reached through `connector`. Loads fonts; opens nothing yet.
    pub fn over(connector: Box<dyn Connector>, dots: PaperDots, answers: Answers) -> Self {
        Self::with(connector, dots, answers, Patience::USUAL, Pen::new())
    }

    /// As [`EscposPrinter::over`], with other waiting times and a pen of one's own.
    pub fn with(
        connector: Box<dyn Connector>,
        dots: PaperDots,
        answers: Answers,
        patience: Patience,
        pen: Pen,
    ) -> Self {
        Self {
            connector,
            link: None,
            pen,
            width: dots.into(),
            answers,
            patience,
            skills: None,
            proven: VecDeque::new(),
            speaks: false,
            fences_owed: 0,
            garbage_before: 0,
            spoiled: false,
            current: None,
            unsettled: None,
        }
    }

    /// The open connection, made anew if there is none or it idled too long, and whether it is new.
    fn connect(&mut self) -> Result<bool, PrinterFault> {
        if let (Some(link), Some(idle_max)) = (&self.link, self.connector.idle_max())
            && link.used_at.elapsed() > idle_max
        {
            self.link = None;
        }
        if self.link.is_some() {
            return Ok(false);
        }
        match self.connector.connect() {
            Ok(transport) => {
                self.link = Some(Link::new(transport));
                self.fences_owed = 0;
                Ok(true)
            }
            Err(error) => {
                tracing::debug!(error = %error, "Printer cannot be opened");
                // Whatever is plugged in next may be another printer.
                self.skills = None;
                Err(PrinterFault::Unplugged)
            }
        }
    }

    /// Runs one act of conversation; a connection that breaks in it is forgotten.
    fn talk<T>(&mut self, act: impl FnOnce(&mut Link) -> Result<T, Gone>) -> Result<T, Gone> {
        let Some(link) = self.link.as_mut() else {
            return Err(Gone);
        };
        let result = act(link);
        self.hear();
        if result.is_err() {
            self.link = None;
        }
        result
    }

    /// Takes what the link has heard into what is known.
    fn hear(&mut self) {
        let Some(link) = self.link.as_mut() else { return };
        let fences = std::mem::take(&mut link.heard.fences);
        let all_back = self.fences_owed > 0 && fences >= self.fences_owed;
        let proves = all_back && !self.spoiled && self.fences_prove();
        if let Some(old) = &mut self.unsettled {
            old.fenced |= proves && old.missing_bytes == 0;
        }
        let Some(link) = self.link.as_mut() else { return };
        self.fences_owed = self.fences_owed.saturating_sub(fences);
        for mark in std::mem::take(&mut link.heard.marks) {
            if let Some(skills) = &mut self.skills {
                skills.marks = true;
            }
            let Some(job) = JobId::from_mark(mark) else { continue };
            if self.spoiled && self.current != Some(job) {
                tracing::info!(job = job.0, "A slip came out in pieces");
                continue;
            }
            if self.proven.len() == PROVEN_MAX {
                self.proven.pop_front();
            }
            self.proven.push_back(job);
        }
    }

    /// Takes the proof of a job, if it has come.
    fn take_proof(&mut self, job: JobId) -> bool {
        let job = job.wrapped();
        let place = self.proven.iter().position(|proven| *proven == job);
        place.is_some_and(|place| self.proven.remove(place).is_some())
    }

    fn fence_asked(&mut self) {
        self.fences_owed += 1;
        self.garbage_before = self.link.as_ref().map_or(0, |link| link.heard.garbage);
    }

    /// A short command outside any slip. That it did not go out shows at the next question.
    fn command(&mut self, bytes: &[u8]) -> bool {
        let deadline = Instant::now() + COMMAND_WAIT;
        let Some(link) = self.link.as_mut() else { return false };
        match link.send(bytes, deadline) {
            Ok(()) => true,
            Err(short) => {
                tracing::debug!(%short, "Printer did not take a command");
                self.link = None;
                false
            }
        }
    }

    fn print_encoded(
        &mut self,
        job: JobId,
        encoded: &Encoded,
        ready: Ready,
        deadline: Instant,
    ) -> Result<Proof, NotPrinted> {
        if let Some(link) = self.link.as_mut() {
            link.heard.pushed = None;
        }
        self.current = Some(job.wrapped());
        if self.answers == Answers::Auto {
            self.fence_asked();
        }
        if let Err((fault, sent)) = self.send(encoded, deadline) {
            let paper = if sent == 0 { Paper::Untouched } else { Paper::Torn };
            self.current = None;
            // A device that vanished within a write may have taken some of it, though never a slip.
            if sent > 0 || fault == PrinterFault::Unplugged {
                let missing_bytes = encoded.bytes.len() - sent;
                self.unsettled = Some(Unsettled {
                    job,
                    missing_bytes,
                    hangs: Hangs::Likely,
                    fenced: false,
                });
            }
            return Err(NotPrinted { fault, paper });
        }
        let outcome = match self.answers {
            Answers::None => self.assume(encoded.paper_mm),
            Answers::Auto => self.await_proof(job, encoded.paper_mm, ready, deadline),
        };
        self.current = None;
        self.unsettled = outcome.as_ref().err().map(|not| Unsettled {
            job,
            missing_bytes: 0,
            hangs: if not.fault == PrinterFault::Silent {
                Hangs::Unknown
            } else {
                Hangs::Likely
            },
            fenced: false,
        });
        if outcome.is_ok() {
            // All that was in the printer before is out.
            self.spoiled = false;
        }
        outcome
    }
}

impl Printer for EscposPrinter {
    fn check(&mut self) -> Result<Ready, PrinterFault> {
        let ready = self.look()?;
        if ready.answers {
            self.probe();
        }
        Ok(ready)
    }

    fn print(&mut self, job: JobId, slip: &Slip) -> Result<Proof, NotPrinted> {
        let started = Instant::now();
        let deadline = started + self.patience.print;
        let untouched = |fault| NotPrinted {
            fault,
            paper: Paper::Untouched,
        };
        let ready = self.check().map_err(untouched)?;
        if self.unsettled.is_some() {
            self.clear();
        }
        let ending = match self.answers {
            Answers::Auto => Ending::WithProof(job),
            Answers::None => Ending::Bare,
        };
        let encoded = encode(&mut self.pen, slip, self.width, ending).map_err(|error| {
            tracing::error!(job = job.0, %error, "Slip cannot be put on paper");
            untouched(PrinterFault::Broken)
        })?;
        let outcome = self.print_encoded(job, &encoded, ready, deadline);
        let (bytes, took_ms) = (encoded.bytes.len(), started.elapsed().as_millis());
        match &outcome {
            Ok(proof) => tracing::info!(job = job.0, ?proof, bytes, took_ms, "Slip printed"),
            Err(not) => {
                tracing::warn!(job = job.0, fault = %not.fault, paper = ?not.paper, bytes, took_ms, "Slip not printed")
            }
        }
        outcome
    }

    fn settle(&mut self, job: JobId) -> Option<Proof> {
        self.settle_job(job)
    }

    fn late_proofs(&mut self) -> Vec<JobId> {
        self.take_late_proofs()
    }
}
