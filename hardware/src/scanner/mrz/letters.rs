//! One letter beside those of the typeface.

use cosmic_text::{Attrs, Buffer, Color, Family, FontSystem, Metrics, Shaping, SwashCache, fontdb::Database};

use super::lines::Grid;
use crate::scanner::luma::Luma;
use crate::scanner::page::reduced::fraction;

/// OCR-B (ISO 1073-2) as Matthew Skala drew it after Norbert Schwarz: in the public domain, see fonts/README.md.
const TYPEFACE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/OCRB.otf"));
const FAMILY: &str = "OCRB";
/// A letter is moved on by this part of the typeface's size, and its capitals are so high.
const PITCH_EM: f32 = 0.723;
const CAPITAL_EM: f32 = 0.707;

/// A cell is compared in so many places across its pitch, and down: 3.3 mm.
const ACROSS: usize = 20;
const DOWN: usize = 26;
/// A letter may stand so far beside the middle of its cell.
const ASIDE: usize = 2;
const ABOVE: usize = 3;
const SEEN_ACROSS: usize = ACROSS + 2 * ASIDE;
const SEEN_DOWN: usize = DOWN + 2 * ABOVE;
/// A patch whose brightness differs less than this has no ink.
const DEVIATION_MIN: f32 = 4.0;

/// Which letters may stand in a place; `<` may stand in any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    Digits,
    Letters,
    Sex,
}

impl Alphabet {
    fn has(self, letter: u8) -> bool {
        letter == b'<'
            || match self {
                Self::Digits => letter.is_ascii_digit(),
                Self::Letters => letter.is_ascii_uppercase(),
                Self::Sex => matches!(letter, b'M' | b'F'),
            }
    }
}

/// What a cell is most like, and what next: the letter and its likeness, 1 is the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub best: (u8, f32),
    pub second: (u8, f32),
}

pub(super) struct Letters(Vec<(u8, Patch)>);

/// Brightness without mean, of length one.
type Patch = [f32; ACROSS * DOWN];

impl Letters {
    pub fn of_typeface() -> Self {
        let mut database = Database::new();
        database.load_font_data(TYPEFACE.to_vec());
        let mut fonts = FontSystem::new_with_locale_and_db("en".to_owned(), database);
        let mut glyphs = SwashCache::new();
        let alphabet = (b'0'..=b'9').chain(b'A'..=b'Z').chain([b'<']);
        Self(
            alphabet
                .map(|letter| (letter, drawn(letter, &mut fonts, &mut glyphs)))
                .collect(),
        )
    }

    pub fn compare(&self, luma: &Luma, grid: &Grid, line: usize, column: usize, alphabet: Alphabet) -> Cell {
        let seen = seen(luma, grid, line, column);
        let none = (b'<', -1.0);
        let mut cell = Cell {
            best: none,
            second: none,
        };
        let patches: Vec<Patch> = (0..=2 * ABOVE)
            .flat_map(|down| (0..=2 * ASIDE).map(move |right| (right, down)))
            .filter_map(|(right, down)| {
                let mut patch = [0.0; ACROSS * DOWN];
                for (row, into) in patch.chunks_exact_mut(ACROSS).enumerate() {
                    let from = (row + down) * SEEN_ACROSS + right;
                    into.copy_from_slice(&seen[from..from + ACROSS]);
                }
                normal(&mut patch, DEVIATION_MIN).then_some(patch)
            })
            .collect();
        for (letter, template) in self.0.iter().filter(|(letter, _)| alphabet.has(*letter)) {
            let likeness = patches
                .iter()
                .map(|patch| product(patch, template))
                .fold(-1.0, f32::max);
            if likeness > cell.best.1 {
                cell.second = cell.best;
                cell.best = (*letter, likeness);
            } else if likeness > cell.second.1 {
                cell.second = (*letter, likeness);
            }
        }
        cell
    }
}

fn product(a: &Patch, b: &Patch) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Whether there is anything to compare: more than `deviation_min` levels of difference.
fn normal(patch: &mut Patch, deviation_min: f32) -> bool {
    let count = fraction(patch.len());
    let mean = patch.iter().sum::<f32>() / count;
    patch.iter_mut().for_each(|value| *value -= mean);
    let length = product(patch, patch).sqrt();
    patch.iter_mut().for_each(|value| *value /= length.max(f32::EPSILON));
    length > deviation_min * count.sqrt()
}

/// The cell and its margins, each place the mean of four of the scan.
fn seen(luma: &Luma, grid: &Grid, line: usize, column: usize) -> [f32; SEEN_ACROSS * SEEN_DOWN] {
    let middle = grid.middle(line, column);
    let step = grid.right.map(|part| part / fraction(ACROSS));
    let place = |right: f32, down: f32| {
        [
            middle[0] + right * step[0] - down * step[1],
            middle[1] + right * step[1] + down * step[0],
        ]
    };
    let mut seen = [0.0; SEEN_ACROSS * SEEN_DOWN];
    for (at, value) in seen.iter_mut().enumerate() {
        let right = fraction(at % SEEN_ACROSS) - fraction(SEEN_ACROSS - 1) / 2.0;
        let down = fraction(at / SEEN_ACROSS) - fraction(SEEN_DOWN - 1) / 2.0;
        let quarter = |(aside, below): (f32, f32)| smooth(luma, place(right + aside, down + below));
        *value = [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)]
            .map(quarter)
            .iter()
            .sum::<f32>()
            / 4.0;
    }
    seen
}

/// Between four pixels; their middles are at whole numbers.
fn smooth(luma: &Luma, [x, y]: [f32; 2]) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (right, down) = (x - left, y - top);
    let level = |dx: f32, dy: f32| f32::from(luma.at(left + dx, top + dy));
    let upper = level(0.0, 0.0) * (1.0 - right) + level(1.0, 0.0) * right;
    let lower = level(0.0, 1.0) * (1.0 - right) + level(1.0, 1.0) * right;
    upper * (1.0 - down) + lower * down
}

/// A letter in the middle of its cell, a little soft as a lens makes it.
fn drawn(letter: u8, fonts: &mut FontSystem, glyphs: &mut SwashCache) -> Patch {
    let size = fraction(ACROSS) / PITCH_EM;
    let mut buffer = Buffer::new(fonts, Metrics::new(size, size));
    let attrs = Attrs::new().family(Family::Name(FAMILY));
    buffer.set_text(&char::from(letter).to_string(), &attrs, Shaping::Basic, None);
    buffer.shape_until_scroll(fonts, false);
    let base = buffer.layout_runs().next().map_or(0.0, |run| run.line_y);
    // So that the middle of a capital comes to the middle of the patch.
    let top = fraction(DOWN) / 2.0 - (base - CAPITAL_EM / 2.0 * size);

    let mut ink = [0.0; ACROSS * DOWN];
    buffer.draw(fonts, glyphs, Color::rgb(0, 0, 0), |x, y, width, height, colour| {
        for down in 0..height.cast_signed() {
            for right in 0..width.cast_signed() {
                #[expect(clippy::cast_possible_truncation, reason = "a place in a small picture")]
                let row = y + down + top.round() as i32;
                let at = usize::try_from(row).ok().zip(usize::try_from(x + right).ok());
                if let Some((row, column)) = at.filter(|(row, column)| *row < DOWN && *column < ACROSS) {
                    ink[row * ACROSS + column] = f32::from(colour.a());
                }
            }
        }
    });

    let mut patch = [0.0; ACROSS * DOWN];
    for (at, value) in patch.iter_mut().enumerate() {
        let (column, row) = (at % ACROSS, at / ACROSS);
        for near_row in row.saturating_sub(1)..(row + 2).min(DOWN) {
            for near in column.saturating_sub(1)..(column + 2).min(ACROSS) {
                let weight = if near_row == row && near == column { 2.0 } else { 1.0 };
                *value -= weight * ink[near_row * ACROSS + near];
            }
        }
    }
    normal(&mut patch, 0.0);
    patch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_letter_of_the_typeface_is_unlike_every_other() {
        let letters = Letters::of_typeface();
        assert_eq!(letters.0.len(), 37);
        for (at, (a, one)) in letters.0.iter().enumerate() {
            assert!((product(one, one) - 1.0).abs() < 1e-3, "{}", char::from(*a));
            for (b, other) in &letters.0[..at] {
                let likeness = product(one, other);
                assert!(likeness < 0.97, "{} and {}: {likeness}", char::from(*a), char::from(*b));
            }
        }
    }
}
