//! The document scanner: paper in the feeder, pages out.
//!
//! [`sane`] drives any scanner SANE knows through the program `scanimage`, which stays outside our
//! process; [`page`] makes each page straight and judges it; [`ocr`] reads a page's words and finds its number, date
//! and issuer among them, [`codes`] its QR codes and bars, [`mrz`] the lines on the back of an identity card; [`pdf`]
//! makes one PDF/A of the pages of a part, searchable where they have been read. Each page comes with a small picture of
//! it for the screen. Nothing here keeps a page: each is handed over as soon as it is whole.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

mod behind;
pub mod codes;
mod jpeg;
mod luma;
pub mod mrz;
pub mod ocr;
pub mod page;
pub mod pdf;
pub mod pnm;
mod preview;
pub mod sane;

pub use page::{Flaw, Judgement, Turned};
pub use pnm::{PnmError, RawPage};
pub use preview::RgbPreview;
pub use sane::Taken;

/// How pages are to be scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Dots per inch; 300 for archives (TT 01/2023/TT-VPCP asks ≥ 200).
    pub dpi: u32,
    /// At most this many pages are taken in one go.
    pub pages_max: u32,
    /// The picture of each page for the screen is at most so wide.
    pub preview_width_px: u32,
    pub treatment: Treatment,
}

/// What is done with a page before it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Straightened, cut out, turned upright, evenly lit and judged.
    Archive,
    /// Every pixel as the scanner gave it, and no judgement: for odd things on a flatbed, and for measuring.
    AsFed,
}

/// One page as it is kept: a JPEG at the paper's own scale. Personal: never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct PageImage {
    pub jpeg: Vec<u8>,
    pub width_px: u32,
    pub height_px: u32,
    pub dpi: u32,
}

impl std::fmt::Debug for PageImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PageImage({}×{} at {} dpi)", self.width_px, self.height_px, self.dpi)
    }
}

/// A page as it comes from the scanner.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanned {
    pub page: PageImage,
    /// For the screen.
    pub preview: RgbPreview,
    /// What was found out about the page; `None` when it was left as it was fed.
    pub judgement: Option<Judgement>,
}

impl PageImage {
    /// SHA-256 of the page as it is kept.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.jpeg).into()
    }
}

/// Why no page came. Each is a picture on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScannerFault {
    #[error("scanner is unplugged or not found")]
    Unplugged,
    #[error("feeder is empty")]
    Empty,
    #[error("paper is jammed")]
    Jammed,
    #[error("scanner cover is open")]
    CoverOpen,
    #[error("scanner is used by another program")]
    Busy,
    #[error("scanner did not finish in time")]
    Hung,
    #[error("scanner's driver ended without a page")]
    Crashed,
    #[error("page arrived incomplete")]
    Torn,
    #[error("no room for another page")]
    NoRoom,
    #[error("scanner reports an error that needs a technician")]
    Broken,
}

/// A document scanner. One thread owns it; every call ends within its own deadline.
pub trait Scanner: Send {
    /// Whether a scan could start now, as far as it can be told without moving paper.
    fn check(&mut self) -> Result<(), ScannerFault>;

    /// Feeds pages until the feeder is empty and hands each over as soon as it is whole.
    /// Returns how many came. After a fault the pages handed over so far are good; a second call
    /// goes on from there.
    fn scan(&mut self, order: &Order, page: &mut dyn FnMut(Scanned)) -> Result<u32, ScannerFault>;
}

/// Where a scan writes before a page is whole: a folder in memory, never on the card. It is made
/// when it is missing; its parent must exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scratch(pub PathBuf);
