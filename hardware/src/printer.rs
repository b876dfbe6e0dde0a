//! The slip printer: words and codes in, paper and its proof out.
//!
//! Vietnamese words are drawn to dots, since no code page of ESC/POS printers holds them. A slip
//! is one buffer, sent in one byte-counting write, and ends in a request that the printer answers
//! when it has got there: the proof that paper came out.

pub(crate) mod code128;
pub mod config;
pub mod dots;
pub mod driver;
pub mod escpos;
mod link;
pub mod patience;
pub mod status;
pub mod transport;

use std::fmt;

pub use config::{Answers, PaperDots, PrinterConfig};
pub use dots::Drawing;
pub use driver::{EscposPrinter, open};
pub use patience::{PRINT_SECS_MAX, Patience};
pub use transport::Flow;

/// What stands on a slip, from top to bottom. Its meaning is decided elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Slip {
    pub lines: Vec<Line>,
}

/// One thing on a slip.
#[derive(Clone, PartialEq, Eq)]
pub enum Line {
    /// Words, wrapped at the paper's width.
    Text {
        text: String,
        size: TextSize,
        weight: Weight,
        align: Align,
    },
    /// A label on the left and its value on the right of the same line; the value wraps below if it must.
    Pair { label: String, value: String },
    /// A small drawing, with a title and a note beside it.
    Drawn {
        drawing: Drawing,
        title: String,
        note: String,
    },
    /// A thin line across the paper.
    Rule,
    /// White space, in millimetres.
    Gap { mm: u8 },
    /// A QR code, drawn by the printer itself, error correction M.
    Qr { data: String },
    /// A Code 128 barcode with its text beneath.
    Barcode { data: String },
}

/// Logs may hold a line's kind; they never hold its words.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text { .. } => "Text(hidden)",
            Self::Pair { .. } => "Pair(hidden)",
            Self::Drawn { .. } => "Drawn(hidden)",
            Self::Rule => "Rule",
            Self::Gap { .. } => "Gap",
            Self::Qr { .. } => "Qr(hidden)",
            Self::Barcode { .. } => "Barcode(hidden)",
        })
    }
}

/// The height of words. None is under 10 point on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSize {
    /// 10 pt: notes.
    Small,
    /// 12 pt: what is read.
    Normal,
    /// 18 pt: headings, codes.
    Large,
    /// The queue number: as large as the paper's width allows, at most 25 mm.
    Huge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Center,
}

/// Marks a slip in the printer's answers. Chosen by the caller, different for each print of each slip,
/// and smaller than [`JobId::COUNT`]: the four characters that a printer sends back hold no more, so a
/// larger id comes back as its rest ([`JobId::wrapped`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u32);

/// A printer that would take a slip now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The roll is nearly at its end: staff should be told; printing goes on.
    pub near_end: bool,
    /// The printer answers questions. One that does not can print, but not prove it.
    pub answers: bool,
}

/// How it is known that a slip came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The printer answered the slip's own id after the cut (`GS ( H`).
    Acknowledged,
    /// The printer answered an in-order status request after the cut (`GS r`).
    Fenced,
    /// The configuration says that this printer never answers, or it answers status questions and
    /// nothing in order; the bytes went out, time passed, and no fault was seen.
    Assumed,
}

/// A slip that did not come out, or not provably.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} ({paper:?})")]
pub struct NotPrinted {
    pub fault: PrinterFault,
    pub paper: Paper,
}

/// What is known of the paper of a slip that was not proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// No byte of it reached the printer: printing it later is the first print.
    Untouched,
    /// The printer stopped within it: a part may be out, a whole slip is not. A new print is a copy.
    Torn,
    /// All of it went out and no word came back: it may be whole. Only `settle` or a person can tell.
    Unknown,
}

/// Why nothing can be printed now. Each is a picture on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrinterFault {
    #[error("printer is unplugged or unreachable")]
    Unplugged,
    #[error("printer is out of paper")]
    OutOfPaper,
    #[error("printer cover is open")]
    CoverOpen,
    #[error("cutter is jammed")]
    CutterJammed,
    #[error("print head is too hot")]
    TooHot,
    #[error("printer takes bytes and gives no answer")]
    Silent,
    #[error("what answers is no ESC/POS printer")]
    Garbled,
    #[error("printer reports an error that needs a technician")]
    Broken,
}

/// A slip printer. One thread owns it; every call ends within its own deadline.
pub trait Printer: Send {
    /// Whether a slip sent now would come out. Opens the device again if it had gone.
    fn check(&mut self) -> Result<Ready, PrinterFault>;

    /// Returns once the paper is cut and proved, or says why not and what is known of the paper.
    /// Ends within [`PRINT_SECS_MAX`].
    fn print(&mut self, job: JobId, slip: &Slip) -> Result<Proof, NotPrinted>;

    /// After a fault within `job` was mended: waits a short while for the printer to finish the
    /// slip from its own buffer and returns the proof; otherwise empties that buffer, so that no
    /// old paper comes out later, and returns `None`.
    fn settle(&mut self, job: JobId) -> Option<Proof>;

    /// Proofs that came in since the last call for jobs no longer waited for, also those that the
    /// printer had kept from before this program started.
    fn late_proofs(&mut self) -> Vec<JobId>;
}
