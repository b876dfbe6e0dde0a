//! Codes on a scanned page: QR (ISO/IEC 18004), Code 128 (ISO/IEC 15417), Code 39 (ISO/IEC 16388).
//!
//! They are read by a program of ours, `page-codes`, as a child process behind everything else: the reader is
//! C++, and what a stranger's paper does to it must not happen in the kiosk.
//!
//! What a code says is a stranger's word. Nothing here believes it, follows it or logs it.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::PageImage;
use super::behind::{self, Cancel, Ended, Limits};

#[cfg(feature = "codes")]
pub mod reader;

/// More codes are not taken from one page.
pub const CODES_MAX: usize = 16;
/// The most a code can hold: 7,089 digits in a QR code (ISO/IEC 18004, table 7); its bytes in UTF-8
/// and its Kanji stay below.
pub const TEXT_BYTES_MAX: usize = 7_089;
/// How long a page may take, waiting for an idle processor included.
pub const PAGE_SECS_MAX: u64 = 60;
/// The longest answer: each byte of each text as `\u0000`, and the places.
const ANSWER_BYTES_MAX: usize = CODES_MAX * (6 * TEXT_BYTES_MAX + 200);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeKind {
    Qr,
    Code128,
    Code39,
}

/// A code and the upright box around it, in pixels of the page. Its text may be personal: never logged.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PageCode {
    pub kind: CodeKind,
    /// As the code says it, control characters included; at most [`TEXT_BYTES_MAX`].
    pub text: String,
    pub left_px: u32,
    pub top_px: u32,
    pub width_px: u32,
    pub height_px: u32,
}

impl fmt::Debug for PageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageCode({:?}, hidden)", self.kind)
    }
}

/// Why there is no answer about a page.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    #[error("the program that reads codes is not there")]
    NotInstalled,
    #[error("reading took longer than {PAGE_SECS_MAX} s")]
    TooSlow,
    #[error("reading was cancelled")]
    Cancelled,
    #[error("the program that reads codes ended without an answer ({0})")]
    Crashed(std::process::ExitStatus),
    #[error("the answer cannot be understood")]
    Unreadable,
    #[error("the program that reads codes cannot be followed: {0}")]
    Process(#[from] io::Error),
}

/// Reads the codes of a page by `program`, from top to bottom, each once. None is an empty list. Blocks until
/// they are read, at most [`PAGE_SECS_MAX`]; `cancel` ends it within a moment.
pub fn read(program: &Path, page: &PageImage, cancel: &Cancel) -> Result<Vec<PageCode>, OutsideError> {
    let mut command = behind::command(program);
    command.args([page.width_px, page.height_px, page.dpi].map(|number| number.to_string()));
    let limits = Limits {
        wait: Duration::from_secs(PAGE_SECS_MAX),
        answer_bytes_max: ANSWER_BYTES_MAX,
    };

    let answer = match behind::run(command, &page.jpeg, &limits, cancel)? {
        Ended::Answer(answer) => answer,
        Ended::Missing => return Err(OutsideError::NotInstalled),
        Ended::Failed(status) => return Err(OutsideError::Crashed(status)),
        Ended::Late => return Err(OutsideError::TooSlow),
        Ended::Unwanted => return Err(OutsideError::Cancelled),
        Ended::TooLong => return Err(OutsideError::Unreadable),
    };
    let codes: Vec<PageCode> = serde_json::from_slice(&answer).map_err(|_| OutsideError::Unreadable)?;
    let fits = codes.len() <= CODES_MAX && codes.iter().all(|code| code.text.len() <= TEXT_BYTES_MAX);
    if fits { Ok(codes) } else { Err(OutsideError::Unreadable) }
}
