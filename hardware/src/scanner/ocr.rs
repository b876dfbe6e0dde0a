//! Words on a page, read by the program `tesseract` as a child process.
//!
//! It stays outside our process and behind everything else: one thread, scheduled only when the
//! processor and the disk are idle, the first to go when memory is short, ended with all it started when it is cancelled, takes too long,
//! or when the thread that waits for it ends. The page goes in through a pipe and the words come out
//! through one: nothing touches a disk.
//!
//! What is read is a guess, word by word with its certainty. It is personal: never logged.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::PageImage;
use super::behind::{self, Ended, Limits};

pub mod found;
mod tsv;

pub use self::found::{Facts, Found};
pub use self::tsv::{PageText, WORD_CHARS_MAX, WORDS_MAX, Word};
pub use super::behind::Cancel;

/// How long a page may take, waiting for an idle processor included. A page of A4 at 300 dpi takes 1.5 s of
/// a desktop's processor, and 130 MB.
pub const PAGE_SECS_MAX: u64 = 180;
/// How long the look for the program and its languages may take.
const LOOK_SECS_MAX: u64 = 15;
/// A page's words in tesseract's own form: a dense page of A4 has 80 KB.
const ANSWER_BYTES_MAX: usize = 4 << 20;
/// The languages that are installed, a line each.
const LANGUAGES_BYTES_MAX: usize = 64 << 10;
/// A page may be so large as a JPEG.
pub const JPEG_BYTES_MAX: usize = 64 << 20;
/// Each JPEG begins so (ITU-T T.81, table B.1: SOI, then a marker). Other bytes tesseract might take for a list
/// of files to open.
const JPEG_BEGINS: [u8; 3] = [0xFF, 0xD8, 0xFF];

/// What the pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Vietnamese,
    /// Reads English words better and takes up to twice as long.
    VietnameseAndEnglish,
}

/// How pages are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcrConfig {
    /// `tesseract`, from version 4.
    pub program: PathBuf,
    pub language: Language,
}

/// Why there are no words.
#[derive(Debug, thiserror::Error)]
pub enum OcrError {
    #[error("tesseract is not installed (Debian: tesseract-ocr)")]
    NotInstalled,
    #[error("tesseract lacks the language {0} (Debian: tesseract-ocr-{0})")]
    LanguageMissing(&'static str),
    #[error("page is no JPEG of at most {JPEG_BYTES_MAX} bytes with a size and a resolution")]
    Page,
    #[error("reading took longer than {0} s")]
    TooSlow(u64),
    #[error("reading was cancelled")]
    Cancelled,
    #[error("tesseract ended without an answer ({0})")]
    Crashed(std::process::ExitStatus),
    #[error("tesseract's answer cannot be understood: {0}")]
    Unreadable(&'static str),
    #[error("tesseract cannot be followed: {0}")]
    Process(#[from] io::Error),
}

/// Whether the program and its languages are there. Takes some 10 ms.
pub fn check(config: &OcrConfig) -> Result<(), OcrError> {
    let mut command = behind::command(&config.program);
    command.arg("--list-langs");
    let limits = Limits {
        wait: Duration::from_secs(LOOK_SECS_MAX),
        answer_bytes_max: LANGUAGES_BYTES_MAX,
    };

    let answer = run(command, &[], &limits, &Cancel::default())?;
    let answer = String::from_utf8_lossy(&answer);
    match config
        .language
        .codes()
        .iter()
        .find(|code| !answer.lines().any(|line| line == **code))
    {
        Some(missing) => Err(OcrError::LanguageMissing(missing)),
        None => Ok(()),
    }
}

/// Reads one page. Blocks until it is read, at most [`PAGE_SECS_MAX`]; `cancel` ends it within a moment.
pub fn read(config: &OcrConfig, page: &PageImage, cancel: &Cancel) -> Result<PageText, OcrError> {
    let usable = page.jpeg.starts_with(&JPEG_BEGINS) && page.jpeg.len() <= JPEG_BYTES_MAX;
    if !usable || page.width_px == 0 || page.height_px == 0 || page.dpi == 0 {
        return Err(OcrError::Page);
    }

    let mut command = behind::command(&config.program);
    command
        .args(["stdin", "stdout", "-l", &config.language.codes().join("+")])
        // Fully automatic layout, without turning the page: that is done before.
        .args(["--psm", "3", "--dpi", &page.dpi.to_string()])
        .arg("tsv");
    let limits = Limits {
        wait: Duration::from_secs(PAGE_SECS_MAX),
        answer_bytes_max: ANSWER_BYTES_MAX,
    };

    match run(command, &page.jpeg, &limits, cancel) {
        Ok(answer) => tsv::parse(&answer, page).map_err(OcrError::Unreadable),
        // What is missing is told on standard error only, in words that differ between versions: so it is asked.
        Err(OcrError::Crashed(status)) => Err(missing(config).unwrap_or(OcrError::Crashed(status))),
        Err(error) => Err(error),
    }
}

fn missing(config: &OcrConfig) -> Option<OcrError> {
    match check(config) {
        Err(reason @ (OcrError::LanguageMissing(_) | OcrError::NotInstalled)) => Some(reason),
        Ok(()) | Err(_) => None,
    }
}

impl Language {
    fn codes(self) -> &'static [&'static str] {
        match self {
            Self::Vietnamese => &["vie"],
            Self::VietnameseAndEnglish => &["vie", "eng"],
        }
    }
}

fn run(command: Command, input: &[u8], limits: &Limits, cancel: &Cancel) -> Result<Vec<u8>, OcrError> {
    match behind::run(command, input, limits, cancel)? {
        Ended::Answer(answer) => Ok(answer),
        Ended::Missing => Err(OcrError::NotInstalled),
        Ended::Failed(status) => Err(OcrError::Crashed(status)),
        Ended::Late => Err(OcrError::TooSlow(limits.wait.as_secs())),
        Ended::Unwanted => Err(OcrError::Cancelled),
        Ended::TooLong => Err(OcrError::Unreadable("it is too long")),
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.codes().join("+"))
    }
}
