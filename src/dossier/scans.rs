//! What has been scanned of one paper, and what is to be known of it beside the pictures.

use hardware::scanner::{Flaw, Judgement, PageImage};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The SHA-256 of a picture's bytes.
pub type PictureHash = [u8; 32];

/// The pictures of one paper so far. Nothing personal but who compared it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scans {
    /// Pictures, in the order they were fed.
    pub images: u32,
    /// Of them the second ones of pages with a note stuck on: such a page is scanned with the note and without it
    /// (NĐ 30/2020/NĐ-CP, App. I: as many pictures as pages, two of a page with a note).
    pub without_note: u32,
    /// Of each picture, as it stands unchanged in the file; none of what was scanned before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<PictureHash>,
    /// What the machine had against pictures that the person kept.
    pub marks: Vec<Mark>,
    /// Staff held the pictures beside the paper.
    pub compared: Option<Compared>,
}

/// Something against one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// From 1, in the order they were fed.
    pub image: u32,
    pub judged: Judged,
}

/// "Đối chiếu bản chính": who held the pictures beside the original, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The member of staff, as the configuration names them.
    pub by: String,
    pub at: Timestamp,
}

impl Scans {
    /// Pages of the paper: its pictures without the second ones.
    pub fn pages(&self) -> u32 {
        self.images.saturating_sub(self.without_note)
    }

    /// One more picture. Whoever compared has not seen it.
    pub fn add(&mut self, judged: Judged, hash: PictureHash) {
        self.images += 1;
        self.hashes.push(hash);
        self.compared = None;
        if judged != Judged::Fine {
            self.marks.push(Mark {
                image: self.images,
                judged,
            });
        }
    }
}

/// What is to be said of a scanned page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judged {
    Fine,
    Flawed(Flaw),
    /// Nothing stands on it.
    Blank,
}

impl Judged {
    /// The first flaw counts: a page has one thing to be mended at a time.
    pub fn of(judgement: Option<&Judgement>) -> Self {
        match judgement {
            None => Self::Fine,
            Some(judgement) if judgement.blank => Self::Blank,
            Some(judgement) => judgement.flaws.first().copied().map_or(Self::Fine, Self::Flawed),
        }
    }
}

/// What is kept beside a page's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMeta {
    pub width_px: u32,
    pub height_px: u32,
    pub dpi: u32,
}

impl PageMeta {
    pub const fn of(page: &PageImage) -> Self {
        Self {
            width_px: page.width_px,
            height_px: page.height_px,
            dpi: page.dpi,
        }
    }

    /// The page again.
    pub const fn with(self, jpeg: Vec<u8>) -> PageImage {
        PageImage {
            jpeg,
            width_px: self.width_px,
            height_px: self.height_px,
            dpi: self.dpi,
        }
    }
}
