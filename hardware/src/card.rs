//! The chip of the national identity card (CCCD), and the reader it lies on.
//!
//! [`pcsc`] drives any reader that PC/SC knows. Above it stands our own reading of the chip: the way in by BAC or PACE,
//! secure messaging, the files that are asked for, and whether they are what the issuer signed (ICAO Doc 9303).
//! A certified reader or a vendor's service can stand behind [`CardReader`] as well.
//!
//! Nothing here is kept: what a card told goes to who asked, and is personal. Nothing of it is ever logged.

use std::sync::Arc;
use std::time::Duration;

mod apdu;
mod bac;
pub mod candidates;
mod chip;
mod crypt;
pub mod details;
pub mod face;
mod genuine;
mod group;
#[cfg(test)]
mod hex;
pub mod mrz;
mod pace;
pub mod pcsc;
pub mod qr;
mod reading;
mod secure;
pub mod sod;
#[cfg(all(test, feature = "virtual"))]
mod tests;
pub mod tlv;

use self::chip::{ChipError, LineFault};
use self::details::Details;
use self::face::Face;
use self::mrz::{Mrz, MrzKey};
use self::sod::{Anchors, Authenticity};

pub use self::genuine::Copy;
pub use self::pace::Can;

/// What is wanted of a card, and what opens it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Tried in this order, at most [`candidates::TRIES_MAX`].
    pub keys: Vec<MrzKey>,
    /// The six digits on the front, for a card that asks for them.
    pub can: Option<Can>,
    /// DG13: names, residence, parents…
    pub details: bool,
    /// DG2: the photograph.
    pub face: bool,
    /// Whether the chip shall prove that it is no copy, which costs two to four commands.
    pub prove_chip: bool,
    pub anchors: Arc<Anchors>,
    /// Now, in seconds, for the validity of certificates.
    pub now_unix: i64,
}

/// What a card tells of its holder. Personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    /// Nothing if it cannot be read, which is so only on a card that is [altered](Authenticity::Altered).
    pub mrz: Option<Mrz>,
    pub details: Option<Details>,
    pub face: Option<Face>,
    pub authenticity: Authenticity,
    pub copy: Copy,
}

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Holder(hidden, {:?}, {:?})", self.authenticity, self.copy)
    }
}

/// How far the reading is, in bytes that came from the card. What is expected is a guess that grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub read_bytes: usize,
    pub expected_bytes: usize,
}

/// Whether a card lies on the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Empty,
    Card,
}

/// Why a card was not read. Each is a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardFault {
    /// No reader, or no service that speaks to it.
    #[error("card reader is unplugged or its service is gone")]
    ReaderGone,
    #[error("card reader is used by another program")]
    Held,
    #[error("more than one card lies there")]
    TwoCards,
    #[error("card was taken away while it was read")]
    Removed,
    #[error("card does not answer")]
    Silent,
    #[error("card is no identity card")]
    OtherCard,
    /// Other keys may be tried: the MRZ on the back.
    #[error("none of the keys opens the card")]
    WrongKey,
    #[error("card offers no way in that is known here")]
    NoWayIn,
    #[error("card breaks the protocol")]
    Broken,
    /// Its data is somebody's, the chip is not the one that was issued.
    #[error("chip is a copy")]
    Copied,
}

impl From<ChipError> for CardFault {
    fn from(error: ChipError) -> Self {
        match error {
            ChipError::Line(LineFault::Removed) => Self::Removed,
            ChipError::Line(LineFault::Silent) => Self::Silent,
            ChipError::Line(LineFault::Held) => Self::Held,
            ChipError::Line(LineFault::ReaderGone) => Self::ReaderGone,
            ChipError::NoApplication => Self::OtherCard,
            ChipError::WrongKey => Self::WrongKey,
            ChipError::NoWayIn => Self::NoWayIn,
            ChipError::Copied => Self::Copied,
            ChipError::Line(LineFault::NotCarried)
            | ChipError::NoFile(_)
            | ChipError::Forbidden(_)
            | ChipError::TooLarge(_)
            | ChipError::Cut(_)
            | ChipError::Session(_)
            | ChipError::Status(_)
            | ChipError::Broken => Self::Broken,
        }
    }
}

/// A reader of identity cards. One thread owns it; every call ends within its own deadline.
pub trait CardReader: Send {
    /// Waits at most `patience` until something changes on the reader, and tells how it is then.
    ///
    /// # Errors
    /// The reader is not there, is held, or has two cards on it.
    fn watch(&mut self, patience: Duration) -> Result<Slot, CardFault>;

    /// Reads the card that lies there. Nothing is kept of it.
    fn read(&mut self, request: &Request, progress: &mut dyn FnMut(Progress)) -> Result<Holder, CardFault>;
}
