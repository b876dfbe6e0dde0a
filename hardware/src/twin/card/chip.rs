//! The chip of the card: commands in, answers out.
//!
//! ```text
//!            SELECT AID            GET CHALLENGE, EXTERNAL AUTHENTICATE (BAC)
//!   powered ────────────▶ application ─────────────────────────▶ session ◀─┐
//!      │                                                          │  │     │ chip authentication:
//!      └── MSE:Set AT, GENERAL AUTHENTICATE (PACE) ───────────────┘  └─────┘ new keys
//!
//!   session ── wrong MAC, missing object, plain command ──▶ no session: 6982 for every file
//! ```
//!
//! Pure: no clock, no socket; randomness is given in. It refuses like a chip: what the standard does
//! not allow is answered with the status that ICAO Doc 9303-10 and 9303-11 or ISO 7816-4 give for it.

use std::sync::Arc;
use std::time::Duration;

use super::apdu::{Answer, Command, Status};
use super::cipher::Suite;
use super::curve::Curve;
use super::messaging::{PROTECTED_CLASS, Session, Spoil};
use super::personal::Personal;
use super::trouble::CardTrouble;

mod agreement;
mod bac;
mod pace;
mod proof;
mod reading;
#[cfg(test)]
mod tests;
mod transport;

/// Bytes of a plain short answer, without its status.
const SHORT_BYTES_MAX: usize = 256;

/// Where the chip's random bytes come from.
pub type Random = Box<dyn FnMut(&mut [u8]) + Send>;

/// What a chip of this kind does. There is no default: a sample says everything.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub bac: Offer,
    pub pace: Offer,
    pub pace_suite: Suite,
    pub pace_curve: Curve,
    /// The session after chip authentication.
    pub chip_suite: Suite,
    /// How the keys in DG14 and DG15 name their curve.
    pub key_form: KeyForm,
    /// The most plain bytes in one answer of READ BINARY; at most 7FFF, which vpcd can carry protected.
    pub answer_bytes_max: usize,
    /// What a wrong key is answered with: 6300, or 6988 as some chips do.
    pub wrong_key: Status,
    /// So many wrong keys are answered at once, each further one late.
    pub wrong_keys_at_once: u32,
    pub retry_delay: Duration,
}

/// Whether the chip lets a way of access be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    Open,
    /// Known, and answered 6982.
    Refused,
}

/// How a public key tells its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    Named,
    /// All numbers of the curve, as ICAO Doc 9303-12 wants it and many chips have it.
    Explicit,
}

/// What comes of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// These bytes, after this wait.
    Answer { bytes: Vec<u8>, delay: Duration },
    /// Nothing at all.
    Silence,
    /// The card is away: the field is gone, so is all that it knew.
    Gone,
}

/// A chip in the field of a reader.
pub struct Chip {
    personal: Arc<Personal>,
    random: Random,
    /// Kept by the chip without power.
    wrong_keys: u32,
    fault: Option<(CardTrouble, u32)>,
    commands: u32,
    volatile: Volatile,
}

/// What a chip forgets without power.
#[derive(Default)]
struct Volatile {
    in_application: bool,
    chosen: Option<u16>,
    challenge: Option<[u8; 8]>,
    session: Option<Session>,
    /// Keys that hold from the next command on.
    next_session: Option<Session>,
    pace: pace::Progress,
    agreement: agreement::Progress,
    transport: transport::Held,
    delay: Duration,
}

impl Chip {
    pub fn new(personal: Arc<Personal>, random: Random) -> Self {
        Self {
            personal,
            random,
            wrong_keys: 0,
            fault: None,
            commands: 0,
            volatile: Volatile::default(),
        }
    }

    /// Power off and on.
    pub fn reset(&mut self) {
        self.volatile = Volatile::default();
    }

    /// Breaks the card after so many more commands, or mends it; `personal` is what it then has on it.
    pub fn set_fault(&mut self, fault: Option<(CardTrouble, u32)>, personal: Arc<Personal>) {
        self.commands = 0;
        self.fault = fault;
        self.personal = personal;
        self.volatile.transport = transport::Held::default();
    }

    /// Takes a command and reacts.
    pub fn command(&mut self, bytes: &[u8]) -> Reaction {
        self.volatile.delay = Duration::ZERO;
        let trouble = self.trouble();
        self.commands = self.commands.saturating_add(1);
        if trouble == Some(CardTrouble::Pulled) {
            self.reset();
            return Reaction::Gone;
        }
        if trouble == Some(CardTrouble::Silent) {
            return Reaction::Silence;
        }

        let mut answer = self.transported(bytes, trouble);
        if trouble == Some(CardTrouble::Garbage) {
            answer = garbage(&answer);
        }
        if trouble == Some(CardTrouble::CutAnswer) {
            answer.truncate(answer.len() / 2);
        }
        Reaction::Answer {
            bytes: answer,
            delay: self.volatile.delay,
        }
    }

    /// What is broken at this command.
    fn trouble(&self) -> Option<CardTrouble> {
        let (trouble, after_commands) = self.fault?;
        (self.commands >= after_commands).then_some(trouble)
    }

    /// One whole command, after what the transport did to it.
    fn answer(&mut self, bytes: &[u8], trouble: Option<CardTrouble>) -> Answer {
        let command = match Command::parse(bytes) {
            Ok(command) => command,
            Err(status) => {
                self.close();
                return status.into();
            }
        };
        match command.class {
            0x00 | 0x10 => {
                self.close();
                let room = command.expected.unwrap_or(SHORT_BYTES_MAX);
                let answer = self.execute(&command, room, trouble);
                self.change_session();
                answer
            }
            0x0C | 0x1C => self.protected(&command, trouble),
            _ => {
                self.close();
                Status::UNKNOWN_CLASS.into()
            }
        }
    }

    fn protected(&mut self, command: &Command, trouble: Option<CardTrouble>) -> Answer {
        let Some(mut session) = self.volatile.session.take() else {
            return Status::OBJECT_WRONG.into();
        };
        if trouble == Some(CardTrouble::SessionLost) {
            return Status::OBJECT_WRONG.into();
        }
        let plain = match session.open(command) {
            Ok(plain) => plain,
            Err(status) => {
                self.close();
                return status.into();
            }
        };
        debug_assert_eq!(plain.class & PROTECTED_CLASS, 0);
        let most = command.expected.unwrap_or(SHORT_BYTES_MAX);
        let room = session.room(most);

        self.volatile.session = Some(session);
        let answer = self.execute(&plain, room, trouble);
        let spoil = if trouble == Some(CardTrouble::BadMac) {
            Spoil::Mac
        } else if trouble == Some(CardTrouble::MissingStatus) {
            Spoil::Status
        } else {
            Spoil::Nothing
        };
        let sealed = match &mut self.volatile.session {
            Some(session) => session.seal(&answer, command.is_odd(), spoil),
            None => answer,
        };
        self.change_session();
        sealed
    }

    /// `room` is how many bytes of data the answer may have on its way out.
    fn execute(&mut self, command: &Command, room: usize, trouble: Option<CardTrouble>) -> Answer {
        if command.class == 0x10 && command.instruction != 0x86 {
            return Status::CHAINING_UNKNOWN.into();
        }
        if command.instruction != 0x86 {
            self.volatile.pace.break_off();
        }
        let result = match command.instruction {
            0xA4 => self.select(command),
            0xB0 | 0xB1 => self.read_binary(command, room),
            0x84 => self.challenge(command),
            0x82 => self.external_authenticate(command, trouble),
            0x22 => self.manage_security(command),
            0x86 => self.general_authenticate(command, trouble),
            0x88 => self.internal_authenticate(command, room),
            _ => Err(Status::UNKNOWN_INSTRUCTION),
        };
        result.unwrap_or_else(Answer::from)
    }

    fn has_session(&self) -> bool {
        self.volatile.session.is_some()
    }

    /// Forgets the keys, and what was to become keys. The steps of BAC and PACE before there are
    /// keys are plain commands: they go on.
    fn close(&mut self) {
        if self.volatile.session.take().is_some() {
            self.volatile.next_session = None;
            self.volatile.pace = pace::Progress::default();
            self.volatile.agreement = agreement::Progress::default();
            self.volatile.challenge = None;
        }
    }

    fn change_session(&mut self) {
        if let Some(next) = self.volatile.next_session.take() {
            self.volatile.session = Some(next);
        }
    }

    /// Counts a wrong key, and says how it is refused.
    fn refuse_key(&mut self, trouble: Option<CardTrouble>) -> Status {
        self.wrong_keys = self.wrong_keys.saturating_add(1);
        if self.wrong_keys > self.personal.settings.wrong_keys_at_once {
            self.volatile.delay = self.personal.settings.retry_delay;
        }
        if trouble == Some(CardTrouble::WrongKey6300) {
            return Status::WRONG_KEY;
        }
        if trouble == Some(CardTrouble::WrongKey6988) {
            return Status::OBJECT_WRONG;
        }
        self.personal.settings.wrong_key
    }
}

/// Bytes that are no answer: as many as there were, and odd in number.
fn garbage(answer: &[u8]) -> Vec<u8> {
    let bytes = answer.len() | 1;
    (0..bytes).map(|at| (at as u8).wrapping_mul(167) ^ 0x5A).collect()
}
