//! Which way up the text stands.
//!
//! Vietnamese carries its marks above the letters and hardly anything below: in a line of text there is
//! more ink above the band of small letters (marks, ascenders) than below it (descenders, the dot of the
//! heavy tone), and small marks have a letter below them rather than above. Both are counted over all
//! lines. Where they are few or disagree it is "not sure", and the page stays as it was fed.

use super::blobs::{self, Blob, Blobs};
use super::ink::Ink;
use super::outline::Sheet;
use super::reduced::{fraction, whole};
use super::skew::Text;
use crate::scanner::page::Turned;

/// Lines are looked at in pieces so wide: a form has columns of its own heights.
const PIECE_MM: f32 = 40.0;
/// A line of text is so high, marks and all.
const LINE_MM: [f32; 2] = [1.6, 9.0];
/// Patches of this size are letters; larger ones are rules, frames and stamps.
const LETTER_MM: [f32; 2] = [1.1, 8.0];
/// Patches up to this are marks, from this on; smaller ones are dust and the dots one writes upon.
const MARK_MM: [f32; 2] = [0.45, 2.4];
/// Rows with this part of the fullest row's ink belong to the band of small letters.
const BAND_PART: f32 = 0.45;
/// Fewer letters than this are not enough to tell.
const LETTERS_MIN: usize = 40;
/// How clearly both together must outweigh, −2 to 2. Sharp pages have 0.5 to 1.5; where letters run into
/// each other it is less than this, or both disagree.
const CLEARLY: f32 = 0.4;
/// Or the marks alone outweigh by so many standard deviations of chance.
const BEYOND_CHANCE: f32 = 3.0;

/// What turns the page upright; `NotSure` when the text does not tell.
pub(super) fn of(ink: &Ink, sheet: &Sheet, text: &Text, px_per_mm: f32) -> Turned {
    let straight = if text.upended { upended(sheet) } else { *sheet };
    let (width, height) = (whole(straight.width()), whole(straight.height()));
    let (sin, cos) = straight.turn_degrees.to_radians().sin_cos();
    let found = blobs::find(width, height, |y, row| {
        let [mut x_px, mut y_px] = straight.place([straight.u[0] + 0.5, straight.v[0] + fraction(y) + 0.5]);
        for pixel in row {
            *pixel = u8::from(ink.at([x_px, y_px]));
            x_px += cos;
            y_px += sin;
        }
    });

    let letters = found.blobs.iter().filter(|blob| is_letter(blob, px_per_mm)).count();
    if letters < LETTERS_MIN {
        return Turned::NotSure;
    }
    let bands = bands(&found, width, height, px_per_mm);
    let (marks, count) = marks(&found, px_per_mm);
    let clear = (bands + marks).abs() >= CLEARLY || marks.abs() * count.sqrt() >= BEYOND_CHANCE;
    if bands * marks <= 0.0 || !clear {
        return Turned::NotSure;
    }
    let head = if bands > 0.0 { 0 } else { 2 };
    // Text that stands upright in the upended sheet has its head to the right.
    Turned::by_quarters(if text.upended { 3 + head } else { head })
}

/// The same rectangle, its upper edge to the right.
fn upended(sheet: &Sheet) -> Sheet {
    Sheet {
        turn_degrees: sheet.turn_degrees + 90.0,
        u: sheet.v,
        v: [-sheet.u[1], -sheet.u[0]],
    }
}

fn is_letter(blob: &Blob, mm: f32) -> bool {
    let (width, height) = (fraction(blob.width()) / mm, fraction(blob.height()) / mm);
    (LETTER_MM[0]..=LETTER_MM[1]).contains(&height) && width <= LETTER_MM[1] * 2.0
}

fn is_mark(blob: &Blob, mm: f32) -> bool {
    let (width, height) = (fraction(blob.width()) / mm, fraction(blob.height()) / mm);
    width.max(height) >= MARK_MM[0] && width <= MARK_MM[1] && height < LETTER_MM[0]
}

/// Ink above the band of small letters against ink below it, −1 to 1.
fn bands(found: &Blobs, width: usize, height: usize, mm: f32) -> f32 {
    let piece = whole(PIECE_MM * mm).max(1);
    let pieces = width / piece + 1;
    let mut rows = vec![0.0_f32; pieces * height];
    for run in &found.runs {
        let blob = &found.blobs[run.blob];
        if is_letter(blob, mm) || is_mark(blob, mm) {
            rows[run.from / piece * height + run.y] += fraction(run.to - run.from);
        }
    }

    let (mut above, mut below) = (0.0, 0.0);
    for rows in rows.chunks_exact(height.max(1)) {
        for line in rows.split(|ink| *ink == 0.0) {
            let high = fraction(line.len()) / mm;
            let fullest = line.iter().copied().fold(0.0, f32::max);
            if !(LINE_MM[0]..=LINE_MM[1]).contains(&high) || fullest < 2.0 * mm {
                continue;
            }
            let in_band = |ink: &f32| *ink >= fullest * BAND_PART;
            let first = line.iter().position(in_band).unwrap_or(0);
            let last = line.iter().rposition(in_band).unwrap_or(0);
            above += line[..first].iter().sum::<f32>();
            below += line[last + 1..].iter().sum::<f32>();
        }
    }
    balance(above, below)
}

/// Marks with a letter below them against marks with a letter above them, −1 to 1, and how many there are.
fn marks(found: &Blobs, mm: f32) -> (f32, f32) {
    let mut letters: Vec<&Blob> = found.blobs.iter().filter(|blob| is_letter(blob, mm)).collect();
    letters.sort_by_key(|blob| blob.left);
    let reach = whole(LETTER_MM[1] * 2.0 * mm);
    let near = 0.9 * mm;
    let (mut up, mut down) = (0.0, 0.0);

    for mark in found.blobs.iter().filter(|blob| is_mark(blob, mm)) {
        let middle = usize::midpoint(mark.left, mark.right);
        let first = letters.partition_point(|letter| letter.left + reach < middle);
        let over = letters[first..]
            .iter()
            .take_while(|letter| letter.left <= middle)
            .filter(|letter| letter.right >= middle);
        for letter in over {
            let gap = |from: usize, to: usize| fraction(to) - fraction(from);
            let (below, above) = (gap(mark.bottom, letter.top), gap(letter.bottom, mark.top));
            if (-0.3 * mm..near).contains(&below) {
                up += 1.0;
            } else if (-0.3 * mm..near).contains(&above) {
                down += 1.0;
            }
        }
    }
    (balance(up, down), up + down)
}

fn balance(a: f32, b: f32) -> f32 {
    if a + b > 0.0 { (a - b) / (a + b) } else { 0.0 }
}
