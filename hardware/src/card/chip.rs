//! A chip that is being read: selecting, opening, reading whole files in as few commands as the card allows.
//!
//! One command costs a contactless reader tens of milliseconds whatever it carries, so files are addressed by their short
//! identifier (no SELECT) and
//! read with the largest answer that the card gives. EF.COM is not read: the list of groups that counts is the signed one
//! in EF.SOD.

use super::apdu::{Answer, Command, LE_MAX, SHORT_LE_MAX, status};
use super::bac::{ANSWER_BYTES, CHALLENGE_BYTES, Mutual};
use super::group::Dice;
use super::mrz::MrzKey;
use super::pace::{self, PaceError, Password};
use super::secure::{SecureError, Session};
use super::tlv;

/// The eMRTD application (ICAO Doc 9303-10 §3.4).
const APPLICATION: [u8; 7] = [0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// EF.CardAccess (Doc 9303-10 §3.11.3), by its short identifier.
const CARD_ACCESS: u8 = 0x1c;
const CARD_ACCESS_BYTES_MAX: usize = 4096;
/// What goes into an answer of 256 bytes beside its objects and padding.
const SHORT_CHUNK_BYTES: u32 = 0xdf;
/// From here on an offset needs READ BINARY with an odd instruction (ISO/IEC 7816-4 §11.3.3).
const OFFSET_EVEN_MAX: usize = 0x7fff;
/// A card that answers in pieces (61xx) does not go on for ever.
const PIECES_MAX: usize = 300;
/// A card gives a file in more answers only if it means to keep us.
const CHUNKS_MAX: usize = 4096;

/// The line to a chip: a reader, or a test.
pub(crate) trait Line {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LineFault>;
    /// Switches the chip off and on: whatever was selected or opened is not any more.
    fn reset(&mut self) -> Result<(), LineFault>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineFault {
    #[error("card was taken away")]
    Removed,
    #[error("card does not answer")]
    Silent,
    #[error("card is held by another program")]
    Held,
    #[error("reader could not carry the command")]
    NotCarried,
    #[error("reader or its service is gone")]
    ReaderGone,
}

/// Why a chip was not read. Never holds what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChipError {
    #[error(transparent)]
    Line(#[from] LineFault),
    #[error("not an identity card")]
    NoApplication,
    #[error("card did not accept the key")]
    WrongKey,
    #[error("card offers no way in that is known here")]
    NoWayIn,
    #[error("file {0:02X} is not on the card")]
    NoFile(u8),
    #[error("card does not give file {0:02X}")]
    Forbidden(u8),
    #[error("file {0:02X} is larger than it may be")]
    TooLarge(u8),
    #[error("file {0:02X} ends before its length")]
    Cut(u8),
    #[error("session broke: {0}")]
    Session(#[from] SecureError),
    #[error("card answered {0:04X}")]
    Status(u16),
    #[error("chip lacks the secret of the card it says it is")]
    Copied,
    #[error("answer of the card breaks the protocol")]
    Broken,
}

pub(crate) struct Chip<'a> {
    line: &'a mut dyn Line,
    session: Option<Session>,
    /// Whether the card, or the reader, takes commands of more than 256 bytes of answer.
    extended: bool,
    /// Bytes that came back so far, for who waits.
    progress: &'a mut dyn FnMut(usize),
}

impl<'a> Chip<'a> {
    pub fn new(line: &'a mut dyn Line, extended: bool, progress: &'a mut dyn FnMut(usize)) -> Self {
        Self {
            line,
            session: None,
            extended,
            progress,
        }
    }

    /// Everything from the beginning, and from now on with commands that every reader and chip takes.
    pub fn restart_short(&mut self) -> Result<(), ChipError> {
        self.extended = false;
        self.reset()
    }

    pub fn is_extended(&self) -> bool {
        self.extended
    }

    pub fn reset(&mut self) -> Result<(), ChipError> {
        self.session = None;
        Ok(self.line.reset()?)
    }

    pub fn select(&mut self) -> Result<(), ChipError> {
        let answer = self.send(&Command::new(0xa4, 0x04, 0x0c).with(APPLICATION.to_vec()))?;
        match answer.status {
            status::OK => Ok(()),
            status::SECURITY_NOT_SATISFIED => Err(ChipError::NoWayIn),
            _ => Err(ChipError::NoApplication),
        }
    }

    /// One try of basic access control. [`ChipError::NoWayIn`] if the card does not do it at all.
    pub fn open_by_bac(&mut self, key: &MrzKey, dice: &mut Dice) -> Result<(), ChipError> {
        let challenge = self.send(&Command::new(0x84, 0, 0).wanting(CHALLENGE_BYTES as u32))?;
        if !challenge.is_ok() {
            return Err(ChipError::NoWayIn);
        }
        let chips = challenge.data.try_into().map_err(|_| ChipError::Broken)?;
        let (mut ours, mut half) = ([0; CHALLENGE_BYTES], [0; 16]);
        dice(&mut ours);
        dice(&mut half);
        let mutual = Mutual::new(key, chips, ours, half);
        let question = mutual.question().map_err(|_| ChipError::Broken)?;
        let answer = self.send(&Command::new(0x82, 0, 0).with(question).wanting(ANSWER_BYTES as u32))?;
        match answer.status {
            // A chip that cannot prove that it has our key has another one.
            status::OK => self.session = Some(mutual.session(&answer.data).map_err(|_| ChipError::WrongKey)?),
            status::SECURITY_NOT_SATISFIED | status::NOT_ALLOWED => return Err(ChipError::NoWayIn),
            _ => return Err(ChipError::WrongKey),
        }
        Ok(())
    }

    /// One try of PACE. The card must have been reset before: EF.CardAccess is not seen from the application. The
    /// application is selected afterwards, inside the session.
    pub fn open_by_pace(&mut self, password: Password<'_>, dice: &mut Dice) -> Result<(), ChipError> {
        let access = match self.read(CARD_ACCESS, CARD_ACCESS_BYTES_MAX) {
            Err(ChipError::NoFile(_) | ChipError::Forbidden(_) | ChipError::Status(_)) => {
                return Err(ChipError::NoWayIn);
            }
            read => read?,
        };
        let offer = pace::offered(&access).ok_or(ChipError::NoWayIn)?;
        let session = pace::run(&offer, password, dice, &mut |command| self.exchange(command));
        self.session = Some(session.map_err(|error| match error {
            PaceError::Line(error) => error,
            PaceError::WrongKey => ChipError::WrongKey,
            PaceError::Refused(_) => ChipError::NoWayIn,
            PaceError::Broken => ChipError::Broken,
        })?);
        self.select()
    }

    /// The session goes on with other keys.
    pub fn change_session(&mut self, session: Session) {
        self.session = Some(session);
    }

    /// A whole file, by its short identifier (Doc 9303-10 §3.11), of at most `bytes_max`.
    pub fn read(&mut self, file: u8, bytes_max: usize) -> Result<Vec<u8>, ChipError> {
        let mut bytes = self.first_chunk(file)?;
        let head = tlv::head(&bytes).map_err(|_| ChipError::Broken)?;
        let whole = head.head_bytes.checked_add(head.value_bytes).ok_or(ChipError::Broken)?;
        if whole > bytes_max {
            return Err(ChipError::TooLarge(file));
        }
        for _ in 0..CHUNKS_MAX {
            if bytes.len() >= whole {
                // What a card gives beyond the object is no part of the file (Doc 9303-10 §4.2).
                bytes.truncate(whole);
                return Ok(bytes);
            }
            let chunk = self.chunk(bytes.len(), whole - bytes.len())?;
            match chunk.status {
                status::OK | status::END_OF_FILE if !chunk.data.is_empty() => bytes.extend(chunk.data),
                status::OK | status::END_OF_FILE | status::WRONG_OFFSET => return Err(ChipError::Cut(file)),
                other => return Err(ChipError::Status(other)),
            }
        }
        Err(ChipError::Cut(file))
    }

    fn chunk_bytes_max(&self) -> u32 {
        if self.extended { LE_MAX } else { SHORT_CHUNK_BYTES }
    }

    fn first_chunk(&mut self, file: u8) -> Result<Vec<u8>, ChipError> {
        let le = self.chunk_bytes_max();
        let answer = self.send(&Command::new(0xb0, 0x80 | file, 0).wanting(le))?;
        match answer.status {
            status::OK | status::END_OF_FILE => Ok(answer.data),
            status::FILE_NOT_FOUND => Err(ChipError::NoFile(file)),
            status::SECURITY_NOT_SATISFIED | status::NOT_ALLOWED => Err(ChipError::Forbidden(file)),
            other => Err(ChipError::Status(other)),
        }
    }

    fn chunk(&mut self, at: usize, missing: usize) -> Result<Answer, ChipError> {
        let le = u32::try_from(missing).unwrap_or(LE_MAX).min(self.chunk_bytes_max());
        if at <= OFFSET_EVEN_MAX {
            let [high, low] = (at as u16).to_be_bytes();
            return self.send(&Command::new(0xb0, high, low).wanting(le));
        }
        let offset = tlv::object(0x54, &(at as u32).to_be_bytes()[1..]);
        // The answer is an object itself, of up to four bytes of head.
        let le = le.saturating_add(4).min(self.chunk_bytes_max());
        let mut answer = self.send(&Command::new(0xb1, 0, 0).with(offset).wanting(le))?;
        if !answer.data.is_empty() {
            answer.data = tlv::only(&answer.data, 0x53).map_err(|_| ChipError::Broken)?.to_vec();
        }
        Ok(answer)
    }

    /// A command and its answer, inside the session if there is one. A session that broke stays broken.
    pub fn send(&mut self, command: &Command) -> Result<Answer, ChipError> {
        let Some(mut session) = self.session.take() else {
            return self.exchange(command);
        };
        let closed = session.close(command)?;
        let answer = self.exchange(&closed)?;
        let opened = session.open(&answer)?;
        self.session = Some(session);
        Ok(opened)
    }

    /// A command and its whole answer, as they go over the line.
    fn exchange(&mut self, command: &Command) -> Result<Answer, ChipError> {
        let mut answer = self.transmit(&command.bytes())?;
        if let [0x6c, exact] = answer.status.to_be_bytes() {
            // The wrong length was asked for; the right one is told.
            let le = if exact == 0 { SHORT_LE_MAX } else { exact.into() };
            answer = self.transmit(&command.clone().wanting(le).bytes())?;
        }
        let mut data = std::mem::take(&mut answer.data);
        for _ in 0..PIECES_MAX {
            let [0x61, more] = answer.status.to_be_bytes() else {
                break;
            };
            let le = if more == 0 { SHORT_LE_MAX } else { more.into() };
            answer = self.transmit(&Command::new(0xc0, 0, 0).wanting(le).bytes())?;
            data.append(&mut answer.data);
        }
        Ok(Answer {
            data,
            status: answer.status,
        })
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Answer, ChipError> {
        let bytes = self.line.transmit(command)?;
        (self.progress)(bytes.len());
        Answer::read(&bytes).ok_or(ChipError::Broken)
    }
}
