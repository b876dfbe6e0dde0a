//! The driver of ESC/POS printers.
//!
//! It asks before it sends, sends a slip in one go, waits for the proof behind the cut and looks at
//! the status meanwhile. It never sends a slip twice by itself and never lets one that was given up
//! come out before the next: what is left in the printer is waited for or cleared by `settle`.

mod proof;
mod settle;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::config::Answers;
use super::dots::Pen;
use super::escpos::{self, Ending, Encoded, FENCE, INIT, RESUME, encode, proof_request};
use super::link::{Link, Round};
use super::patience::Patience;
use super::status::Status;
use super::transport::{Connector, Gone, ShortWrite, Stop};
use super::{JobId, NotPrinted, Paper, PaperDots, Printer, PrinterConfig, PrinterFault, Proof, Ready, Slip};

/// Proofs kept for `late_proofs`; the oldest are dropped.
const PROVEN_MAX: usize = 64;
/// A slip is sent in pieces of this size, between which the printer is listened to.
const PIECE_BYTES: usize = 4_096;
/// How often a write that makes no progress is looked at.
const STALL_LOOK: Duration = Duration::from_millis(250);
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
    /// `GS r` sent and not yet answered.
    fences_owed: u32,
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
    /// A part may hang out of the printer.
    hangs: bool,
    /// Its fence came back after it was given up.
    fenced: bool,
}

impl EscposPrinter {
    /// A printer reached through `connector`. Loads fonts; opens nothing yet.
    pub fn over(connector: Box<dyn Connector>, dots: PaperDots, answers: Answers) -> Self {
        Self::with_patience(connector, dots, answers, Patience::USUAL)
    }

    pub fn with_patience(
        connector: Box<dyn Connector>,
        dots: PaperDots,
        answers: Answers,
        patience: Patience,
    ) -> Self {
        Self {
            connector,
            link: None,
            pen: Pen::new(),
            width: dots.into(),
            answers,
            patience,
            skills: None,
            proven: VecDeque::new(),
            fences_owed: 0,
            spoiled: false,
            current: None,
            unsettled: None,
        }
    }

    /// The open connection, made anew if there is none or it idled too long, and whether it is new.
    fn connect(&mut self) -> Result<bool, PrinterFault> {
        if let (Some(link), Some(idle_max)) = (&self.link, self.connector.idle_max()) {
            if link.used_at.elapsed() > idle_max {
                self.link = None;
            }
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
        let Some(link) = self.link.as_mut() else { return Err(Gone) };
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
        if fences > 0 && fences >= self.fences_owed && !self.spoiled {
            if let Some(old) = &mut self.unsettled {
                old.fenced |= self.fences_owed > 0 && old.missing_bytes == 0;
            }
        }
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

    /// The printer's status, over a connection that is made anew once if it turns out to be dead.
    fn ask(&mut self) -> Result<Round, PrinterFault> {
        for _attempt in 0..2 {
            let fresh = self.connect()?;
            let answer_wait = self.patience.answer;
            match self.talk(|link| link.round(answer_wait, 2)) {
                Ok(Round::Silent) if !fresh => self.link = None,
                Ok(round) => return Ok(round),
                Err(Gone) if fresh => return Err(PrinterFault::Unplugged),
                Err(Gone) => {}
            }
        }
        Err(PrinterFault::Unplugged)
    }

    fn look(&mut self) -> Result<Ready, PrinterFault> {
        if self.answers == Answers::None {
            let fresh = self.connect()?;
            return match self.talk(Link::drain) {
                Err(Gone) if !fresh => self.connect().map(|_| Ready { near_end: false, answers: false }),
                Err(Gone) => Err(PrinterFault::Unplugged),
                Ok(()) => Ok(Ready { near_end: false, answers: false }),
            };
        }
        let until = Instant::now() + self.patience.offline;
        let mut resumed = false;
        loop {
            let status = match self.ask()? {
                Round::Silent => return Ok(Ready { near_end: false, answers: false }),
                Round::Garbage => {
                    self.link = None;
                    return Err(PrinterFault::Garbled);
                }
                Round::Known(status) => status,
            };
            self.judge(status);
            match status.fault() {
                // What a person has mended the printer may still hold against us until told to resume.
                Some(PrinterFault::CutterJammed | PrinterFault::Broken) if status.recoverable && !resumed => {
                    resumed = true;
                    self.command(RESUME);
                }
                Some(fault) => return Err(fault),
                None if !status.offline => return Ok(Ready { near_end: status.near_end, answers: true }),
                None if Instant::now() > until => return Err(PrinterFault::Broken),
                None => {}
            }
            let pause = Instant::now() + self.patience.offline / 8;
            if self.talk(|link| link.wait(pause, |_| false)).is_err() {
                tracing::debug!("Printer left while it was asked again");
            }
        }
    }

    fn judge(&mut self, status: Status) {
        if status.cover_open || status.paper_out {
            // Proofs heard up to now are good; those that come after are not.
            self.hear();
            self.spoiled = true;
            self.current = None;
        }
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

    /// Finds out once what the printer can prove. One that waits for the rest of a slip that broke off
    /// with the kiosk's power does not answer either: it is cleared and asked again.
    fn probe(&mut self) {
        if self.skills.is_some() {
            return;
        }
        if self.unsettled.is_some_and(|old| old.missing_bytes > 0) {
            self.clear();
        }
        self.skills = Some(Skills { marks: false, fences: false });
        if !self.probe_once() && self.skills.is_some_and(|skills| !skills.fences) {
            self.empty(escpos::BAND_BYTES_MAX);
            if self.probe_once() || self.skills.is_some_and(|skills| skills.fences) {
                tracing::warn!("Printer held a slip that broke off; it was cleared and cut");
                self.command(escpos::CUT);
            }
        }
        tracing::info!(skills = ?self.skills, "Printer asked what it can prove");
    }

    fn probe_once(&mut self) -> bool {
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

    /// Sends the slip. What went wrong is said with how many bytes went out before.
    fn send(&mut self, encoded: &Encoded, deadline: Instant) -> Result<(), (PrinterFault, usize)> {
        let bytes = &encoded.bytes;
        let mut sent = 0;
        let mut moved_at = Instant::now();
        while sent < bytes.len() {
            let Some(link) = self.link.as_mut() else { return Err((PrinterFault::Unplugged, sent)) };
            let piece = &bytes[sent..bytes.len().min(sent + PIECE_BYTES)];
            match link.send(piece, deadline.min(Instant::now() + STALL_LOOK)) {
                Ok(()) => {
                    sent += piece.len();
                    moved_at = Instant::now();
                }
                Err(ShortWrite { count, cause }) => {
                    sent += count;
                    if count > 0 {
                        moved_at = Instant::now();
                    }
                    if cause == Stop::Gone {
                        self.link = None;
                        return Err((PrinterFault::Unplugged, sent));
                    }
                    self.stalled(moved_at, deadline).map_err(|fault| (fault, sent))?;
                }
            }
            if self.talk(Link::drain).is_err() && sent < bytes.len() {
                return Err((PrinterFault::Unplugged, sent));
            }
        }
        Ok(())
    }

    /// A printer that takes no byte cannot be asked either; only what it pushes tells why.
    fn stalled(&mut self, moved_at: Instant, deadline: Instant) -> Result<(), PrinterFault> {
        self.talk(Link::drain).map_err(|Gone| PrinterFault::Unplugged)?;
        let pushed = self.link.as_ref().and_then(|link| link.heard.pushed);
        let fault = pushed.and_then(|status| status.fault());
        let over = moved_at.elapsed() > self.patience.stuck || Instant::now() >= deadline;
        match fault {
            Some(PrinterFault::TooHot) | None if !over => Ok(()),
            Some(fault) => {
                if let Some(status) = pushed {
                    self.judge(status);
                }
                Err(fault)
            }
            None => Err(PrinterFault::Silent),
        }
    }

    fn print_encoded(&mut self, job: JobId, encoded: &Encoded, ready: Ready, deadline: Instant) -> Result<Proof, NotPrinted> {
        if let Some(link) = self.link.as_mut() {
            link.heard.pushed = None;
        }
        self.current = Some(job.wrapped());
        if self.answers == Answers::Auto {
            self.fences_owed += 1;
        }
        if let Err((fault, sent)) = self.send(encoded, deadline) {
            let paper = if sent == 0 { Paper::Untouched } else { Paper::Torn };
            self.current = None;
            if sent > 0 {
                let missing_bytes = encoded.bytes.len() - sent;
                self.unsettled = Some(Unsettled { job, missing_bytes, hangs: true, fenced: false });
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
            hangs: not.fault != PrinterFault::Silent,
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
        let untouched = |fault| NotPrinted { fault, paper: Paper::Untouched };
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
            Err(not) => tracing::warn!(job = job.0, fault = %not.fault, paper = ?not.paper, bytes, took_ms, "Slip not printed"),
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
