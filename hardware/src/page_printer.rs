//! The page printer: a slip on A4, for those who read large print and for whoever asks for an official paper.
//!
//! An office printer is spoken to by IPP (RFC 8010, RFC 8011) through the print service of this machine, which is CUPS or
//! `ipp-usb`: it knows every printer's own language, and whatever leaves the machine goes by its encryption. What stands
//! on a page is personal, so an address elsewhere is refused ([`PrinterUrl`]).
//!
//! Of a page that did not come out nothing may come out later, when somebody else stands there: a job that is stuck is
//! taken back, and so is one that a kiosk which died has left behind.

pub mod a4;
mod driver;
mod service;
pub(crate) mod state;
mod url;

use crate::printer::{Paper, Slip};

pub use driver::{PAGE_SECS_MAX, Patience, open, open_with};
pub use url::{PrinterUrl, UrlError};

/// What goes on pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Shown by the print service to whoever looks; names no person.
    pub title: String,
    pub slip: Slip,
    pub made_at_unix: i64,
}

/// Why nothing can be printed on pages now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PagePrinterFault {
    #[error("print service or printer cannot be reached")]
    Unreachable,
    #[error("page printer is out of paper")]
    OutOfPaper,
    #[error("page printer has a jam")]
    Jammed,
    #[error("cover of the page printer is open")]
    CoverOpen,
    #[error("page printer is out of toner or ink")]
    OutOfToner,
    #[error("page printer was stopped by hand")]
    Stopped,
    #[error("what answers is no IPP printer")]
    Garbled,
    #[error("print service takes no PDF, or not from this kiosk")]
    Unsuited,
    #[error("page printer reports an error that needs a technician")]
    Broken,
}

/// Pages that did not come out, or not provably.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} ({paper:?})")]
pub struct NotPrinted {
    pub fault: PagePrinterFault,
    pub paper: Paper,
}

impl NotPrinted {
    fn untouched(fault: PagePrinterFault) -> Self {
        let paper = Paper::Untouched;
        Self { fault, paper }
    }
}

/// A page printer. One thread owns it; every call ends within its own deadline.
pub trait PagePrinter: Send {
    /// Whether a page sent now would come out.
    fn check(&mut self) -> Result<(), PagePrinterFault>;

    /// Returns once the print service says that the last page is out, or why not and what is known of the paper. What
    /// did not come out is taken back before. Ends within [`PAGE_SECS_MAX`]; `beat` is called at least every few seconds.
    fn print(&mut self, document: &Document, beat: &mut dyn FnMut()) -> Result<(), NotPrinted>;
}
