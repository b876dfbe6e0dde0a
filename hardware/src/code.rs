//! The code scanner: a serial reader of QR codes and barcodes (USB CDC-ACM or RS-232).
//!
//! Lines come in as the reader sends them; a code ends with CR, LF or a pause. What a code means
//! is decided elsewhere.

use std::time::Duration;

mod framing;
pub mod serial;

/// A longer code is noise; the QR of an ID card has about 200 bytes, the largest QR has 2953.
pub const CODE_BYTES_MAX: usize = 4096;

/// One code as read: valid UTF-8, without its line end. May be personal: never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(pub String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(hidden)")
    }
}

/// What the reader had to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    Code(Code),
    /// Something came that is no code: noise, a broken line, too long. The citizen is asked to show it again.
    Noise,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeFault {
    #[error("code scanner is unplugged")]
    Unplugged,
}

/// A code scanner. One thread owns it.
pub trait CodeReader: Send {
    /// Waits at most `wait` for a reading. Opens the port again if it had gone.
    fn read(&mut self, wait: Duration) -> Result<Option<Reading>, CodeFault>;
}
