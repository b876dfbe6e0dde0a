//! A conversation with a printer over one connection: questions, their answers, and what it says unasked.

use std::time::{Duration, Instant};

use super::status::{Listener, Status, Word};
use super::transport::{Gone, ShortWrite, Transport};

/// Input read in one go before anything else is done: a peer that talks without end is not listened to without end.
const DRAIN_BYTES_MAX: usize = 16 * 1_024;
/// Marks kept until the driver takes them.
const MARKS_MAX: usize = 64;
/// Rounds of questions before the answers are called garbage.
const ROUNDS_MAX: u32 = 3;
/// Silence after which a disturbed line counts as quiet.
const QUIET: Duration = Duration::from_millis(40);
/// An answer without any bit set, for questions that a printer does not know.
const NEUTRAL: u8 = 0x12;

/// What was heard and not yet used.
#[derive(Debug, Default)]
pub struct Heard {
    pub marks: Vec<[u8; 4]>,
    pub fences: u32,
    pub cleared: bool,
    pub pushed: Option<Status>,
    /// Bytes that made no sense, ever; a fence amid such bytes proves nothing.
    pub garbage: u32,
    eots: Vec<u8>,
}

/// The outcome of asking for the whole status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Known(Status),
    Silent,
    Garbage,
}

pub struct Link {
    transport: Box<dyn Transport>,
    listener: Listener,
    pub heard: Heard,
    pub used_at: Instant,
    /// Questions (2 to 4) that this printer leaves unanswered while it answers others.
    unknown: [bool; 4],
}

impl Link {
    pub fn new(transport: Box<dyn Transport>) -> Self {
        Self {
            transport,
            listener: Listener::default(),
            heard: Heard::default(),
            used_at: Instant::now(),
            unknown: [false; 4],
        }
    }

    pub fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ShortWrite> {
        self.used_at = Instant::now();
        self.transport.write(bytes, deadline)
    }

    /// Takes what has come, without waiting.
    pub fn drain(&mut self) -> Result<(), Gone> {
        let mut taken = 0;
        while taken < DRAIN_BYTES_MAX {
            match self.listen(Duration::ZERO)? {
                0 => break,
                count => taken += count,
            }
        }
        Ok(())
    }

    /// Waits until `enough` or the time; returns whether it was enough.
    pub fn wait(&mut self, until: Instant, enough: impl Fn(&Heard) -> bool) -> Result<bool, Gone> {
        loop {
            if enough(&self.heard) {
                return Ok(true);
            }
            let left = until.saturating_duration_since(Instant::now());
            self.listen(left)?;
            if left.is_zero() {
                return Ok(enough(&self.heard));
            }
        }
    }

    /// The whole status. Answers that come late make a round invalid, since none says to what it is the answer.
    pub fn round(&mut self, answer_wait: Duration, tries: u32) -> Result<Round, Gone> {
        let (mut garbage, mut silent) = (false, 0);
        for _round in 0..ROUNDS_MAX {
            let before = self.heard.garbage;
            self.drain()?;
            self.heard.eots.clear();
            let answers = self.ask_all(answer_wait, before)?;
            self.drain()?;
            let leftover = !self.heard.eots.is_empty();
            if self.heard.garbage > before {
                garbage = true;
            } else if let (Some(answers), false) = (answers, leftover) {
                return Ok(Round::Known(Status::from_answers(answers)));
            } else if !leftover {
                silent += 1;
                if silent >= tries {
                    break;
                }
            }
            self.settle_down()?;
        }
        Ok(if garbage { Round::Garbage } else { Round::Silent })
    }

    fn ask_all(&mut self, answer_wait: Duration, garbage: u32) -> Result<Option<[u8; 4]>, Gone> {
        let mut answers = [NEUTRAL; 4];
        let mut unanswered = [false; 4];
        for (at, question) in (0..4).zip(1_u8..) {
            if self.unknown[at] {
                continue;
            }
            match self.ask(question, answer_wait, garbage)? {
                Some(answer) => answers[at] = answer,
                None if at == 0 || self.heard.garbage > garbage => return Ok(None),
                None => unanswered[at] = true,
            }
        }
        if unanswered.contains(&true) {
            // Only what stays unanswered while nothing comes late is unknown to the printer.
            self.listen(QUIET)?;
            if self.heard.eots.is_empty() && self.heard.garbage == garbage {
                for (unknown, unanswered) in self.unknown.iter_mut().zip(unanswered) {
                    *unknown |= unanswered;
                }
            }
        }
        Ok(Some(answers))
    }

    /// One `DLE EOT`; `None` if no answer came in time, or garbage did.
    fn ask(&mut self, question: u8, answer_wait: Duration, garbage: u32) -> Result<Option<u8>, Gone> {
        let until = Instant::now() + answer_wait;
        match self.send(&[0x10, 0x04, question], until) {
            Ok(()) => {}
            Err(ShortWrite {
                cause: super::transport::Stop::Gone,
                ..
            }) => return Err(Gone),
            Err(ShortWrite {
                cause: super::transport::Stop::Stuck,
                ..
            }) => return Ok(None),
        }
        if !self.wait(until, |heard| !heard.eots.is_empty() || heard.garbage > garbage)? {
            // A packet that has begun and does not go on is none: an echo begins like one.
            self.forget_begun();
        }
        let answered = self.heard.garbage == garbage && !self.heard.eots.is_empty();
        Ok(answered.then(|| self.heard.eots.remove(0)))
    }

    fn settle_down(&mut self) -> Result<(), Gone> {
        let mut taken = 0;
        loop {
            match self.listen(QUIET)? {
                0 => break,
                count => taken += count,
            }
            if taken > DRAIN_BYTES_MAX {
                break;
            }
        }
        self.forget_begun();
        Ok(())
    }

    fn forget_begun(&mut self) {
        let mut words = Vec::new();
        self.listener.give_up(&mut words);
        for word in words {
            self.note(word);
        }
    }

    fn listen(&mut self, timeout: Duration) -> Result<usize, Gone> {
        let mut buffer = [0; 512];
        let count = self.transport.read(&mut buffer, timeout)?;
        let mut words = Vec::new();
        self.listener.hear(&buffer[..count], &mut words);
        for word in words {
            self.note(word);
        }
        Ok(count)
    }

    fn note(&mut self, word: Word) {
        let heard = &mut self.heard;
        match word {
            Word::Eot(byte) if heard.eots.len() < MARKS_MAX => heard.eots.push(byte),
            Word::Proof(mark) if heard.marks.len() < MARKS_MAX => heard.marks.push(mark),
            Word::Eot(_) | Word::Proof(_) | Word::Garbage(_) => heard.garbage = heard.garbage.saturating_add(1),
            Word::Pushed(packet) => heard.pushed = Some(Status::from_pushed(packet)),
            Word::Fence => heard.fences += 1,
            Word::Cleared => heard.cleared = true,
        }
    }
}
