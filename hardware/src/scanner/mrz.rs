//! The three lines on the back of an identity card, read from a scan of it: the key of a chip whose QR code is worn.
//!
//! Letters stand at a fixed pitch in a known typeface (ICAO Doc 9303-3 §4.2: OCR-B, ten to the inch), so each is
//! compared with the thirty-seven that there are. A general reader of pages confuses them: it gets 3 of 12 right.
//!
//! ```text
//! scan ─→ lines: where three of them lie, either way up ─→ letters: how like each is to each ─→ check digits
//! ```
//!
//! Only lines whose check digits all hold are told. For the name none stands: it is a guess. Personal: never logged.

use super::PageImage;
use super::luma::{Luma, NoLuma};
use crate::card::mrz::{LINE_LETTERS, LINES, Mrz};

mod letters;
mod lines;

use self::letters::{Alphabet, Cell, Letters};
use self::lines::Grid;

/// A letter is like its template to this degree at least, taken over the lines with the key; less is no print.
const LIKENESS_MIN: f32 = 0.55;
/// A letter is doubted where another is nearly as like.
const DOUBT: f32 = 0.2;
/// So many doubted letters are tried with another each, by themselves and in pairs.
const DOUBTED_MAX: usize = 8;

/// Coarser scans have less than two pixels for a stroke.
const DPI_MIN: u32 = 150;

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error(transparent)]
    Page(#[from] NoLuma),
    #[error("scan of {0} dpi is too coarse, {DPI_MIN} are needed")]
    Coarse(u32),
    #[error("there are no three lines of an identity card")]
    NoLines,
    #[error("there are three lines, and not every letter of them is certain")]
    Unclear,
}

/// Reads the back of a CCCD that lies anywhere in a scan, turned anyhow. Takes 0.1 s and 30 MB for A4 at 300 dpi.
pub fn read(page: &PageImage) -> Result<Mrz, NotRead> {
    if page.dpi < DPI_MIN {
        return Err(NotRead::Coarse(page.dpi));
    }
    let luma = Luma::of(page)?;
    #[expect(clippy::cast_precision_loss, reason = "no scanner has 16 million dots per inch")]
    let px_per_mm = (page.dpi / luma.shrunk) as f32 / 25.4;
    let grids = lines::find(&luma, px_per_mm);
    if grids.is_empty() {
        return Err(NotRead::NoLines);
    }
    let letters = Letters::of_typeface();
    grids
        .iter()
        .find_map(|grid| on(grid, &luma, &letters))
        .ok_or(NotRead::Unclear)
}

fn on(grid: &Grid, luma: &Luma, letters: &Letters) -> Option<Mrz> {
    let cells: Vec<Cell> = (0..LINES * LINE_LETTERS)
        .map(|at| {
            let (line, column) = (at / LINE_LETTERS, at % LINE_LETTERS);
            letters.compare(luma, grid, line, column, alphabet(line, column))
        })
        .collect();
    let of_key = &cells[..2 * LINE_LETTERS];
    #[expect(clippy::cast_precision_loss, reason = "sixty")]
    let likeness = of_key.iter().map(|cell| cell.best.1).sum::<f32>() / of_key.len() as f32;
    if likeness < LIKENESS_MIN {
        return None;
    }
    let text: Vec<u8> = cells.iter().map(|cell| cell.best.0).collect();
    held(&text).or_else(|| mended(&text, of_key))
}

/// With one or two of the doubted letters taken for what else they are like.
fn mended(text: &[u8], cells: &[Cell]) -> Option<Mrz> {
    let mut doubted: Vec<(usize, u8, f32)> = cells
        .iter()
        .enumerate()
        .map(|(at, cell)| (at, cell.second.0, cell.best.1 - cell.second.1))
        .filter(|(.., margin)| *margin < DOUBT)
        .collect();
    doubted.sort_by(|a, b| a.2.total_cmp(&b.2));
    doubted.truncate(DOUBTED_MAX);

    let with = |changes: &[(usize, u8, f32)]| {
        let mut text = text.to_vec();
        changes.iter().for_each(|(at, letter, _)| text[*at] = *letter);
        held(&text)
    };
    let alone = doubted.iter().find_map(|one| with(&[*one]));
    alone.or_else(|| {
        let pairs = (0..doubted.len()).flat_map(|b| (0..b).map(move |a| [a, b]));
        pairs
            .map(|pair| pair.map(|at| doubted[at]))
            .find_map(|pair| with(&pair))
    })
}

/// Every check digit is right, and the card is one number's: its last nine digits stand twice.
fn held(text: &[u8]) -> Option<Mrz> {
    let mrz = std::str::from_utf8(text).ok().and_then(|text| Mrz::read(text).ok())?;
    mrz.citizen_id().is_some().then_some(mrz)
}

/// What may stand in a place of a CCCD (Doc 9303-5 §4.2; its number and optional field are of digits).
fn alphabet(line: usize, column: usize) -> Alphabet {
    match (line, column) {
        (0, 0..5) | (1, 15..18) | (2, _) => Alphabet::Letters,
        (1, 7) => Alphabet::Sex,
        _ => Alphabet::Digits,
    }
}

#[cfg(test)]
#[cfg(feature = "virtual")]
mod tests;
