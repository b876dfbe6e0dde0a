//! The machine readable zone in OCR-B: where its letters stand, and how much ink lies on a place.

use std::collections::HashMap;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};

const OCR_B: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/OCRBS.otf"));

/// From letter to letter, ten to the inch (ICAO Doc 9303-3 clause 4.4).
pub(super) const PITCH_MM: f32 = 2.54;
/// From line to line (Doc 9303-5 figure 6).
pub(super) const LINE_MM: f32 = 4.23;
/// Height of a flat capital of size 1 (ISO 1073-2 clause 4.1, table 1).
const CAPITAL_MM: f32 = 2.46;
/// Straight pieces of a bow of an outline.
const BOW_PIECES: u8 = 8;
/// Ink is looked for so far around the cell of a letter.
const REACH_MM: f32 = 0.4;

/// Where the zone stands on the card, from the card's upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Zone {
    /// Left edge of the first letter of the first line.
    pub left_mm: f32,
    /// Reference centre line of the middle line.
    pub middle_mm: f32,
    /// Ink beyond the outline of the letters, or within it when less than 0.
    pub ink_mm: f32,
}

impl Zone {
    /// The middle of a letter of the middle line, counted from 0.
    pub fn letter_mm(self, at: f32) -> [f32; 2] {
        [self.left_mm + 0.6 + at * PITCH_MM, self.middle_mm]
    }
}

/// The letters of three lines on their places.
pub(super) struct Letters {
    outlines: HashMap<char, Outline>,
    lines: Vec<Vec<char>>,
    zone: Zone,
    /// Left edge of the cell of the first letters.
    cell_mm: f32,
}

impl Letters {
    /// Letters that the font has not are left out.
    pub fn new(lines: &[String; 3], zone: Zone) -> Self {
        let outlines: HashMap<_, _> = outlines(&lines.concat());
        let lines: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
        let first = lines[0].first().and_then(|letter| outlines.get(letter));
        let bearing = first.map_or(0.0, Outline::left);
        Self {
            outlines,
            lines,
            zone,
            cell_mm: zone.left_mm - bearing,
        }
    }

    /// How much of a place of the card the ink covers, 0 to 1.
    pub fn ink(&self, [x, y]: [f32; 2], px_per_mm: f32) -> f32 {
        (-1_i8..=1)
            .zip(&self.lines)
            .map(|(row, line)| {
                let base = self.zone.middle_mm + f32::from(row) * LINE_MM + CAPITAL_MM / 2.0;
                self.line_ink(line, [x - self.cell_mm, y - base], px_per_mm)
            })
            .fold(0.0, f32::max)
    }

    fn line_ink(&self, line: &[char], [x, y]: [f32; 2], px_per_mm: f32) -> f32 {
        if !(-LINE_MM..=REACH_MM + 0.2).contains(&y) {
            return 0.0;
        }
        let cells = (0_u8..).map(|at| f32::from(at) * PITCH_MM).zip(line);
        cells
            .filter(|(left, _)| (-REACH_MM..=PITCH_MM + REACH_MM).contains(&(x - left)))
            .filter_map(|(left, letter)| Some((left, self.outlines.get(letter)?)))
            .map(|(left, outline)| {
                let depth = outline.depth([x - left, y]) + self.zone.ink_mm;
                (depth * px_per_mm + 0.5).clamp(0.0, 1.0)
            })
            .fold(0.0, f32::max)
    }
}

/// The outline of a letter in straight pieces, in millimetres from the left end of its base line, y downwards.
#[derive(Debug, Default)]
struct Outline {
    pieces: Vec<[[f32; 2]; 2]>,
    start: [f32; 2],
    at: [f32; 2],
    mm_per_unit: f32,
}

impl Outline {
    fn left(&self) -> f32 {
        self.pieces.iter().map(|[from, _]| from[0]).fold(f32::MAX, f32::min)
    }

    /// How deep a place lies within the ink; less than 0 outside of it.
    fn depth(&self, [x, y]: [f32; 2]) -> f32 {
        let (mut nearest, mut winding) = (f32::MAX, 0_i32);
        for [[ax, ay], [bx, by]] in &self.pieces {
            let (lx, ly) = (bx - ax, by - ay);
            let along = ((x - ax) * lx + (y - ay) * ly) / (lx * lx + ly * ly);
            let t = along.clamp(0.0, 1.0);
            nearest = nearest.min((x - ax - lx * t).hypot(y - ay - ly * t));
            if (*ay > y) != (*by > y) && x < lx * (y - ay) / ly + ax {
                winding += if by > ay { 1 } else { -1 };
            }
        }
        if winding == 0 { -nearest } else { nearest }
    }

    fn go(&mut self, to: [f32; 2]) {
        if to != self.at {
            self.pieces.push([self.at, to]);
        }
        self.at = to;
    }

    fn scaled(&self, x: f32, y: f32) -> [f32; 2] {
        [x * self.mm_per_unit, -y * self.mm_per_unit]
    }

    /// Goes along a curve of Bézier from where the pen is.
    fn bow(&mut self, [a, b, to]: [[f32; 2]; 3]) {
        let from = self.at;
        for step in 1..=BOW_PIECES {
            let t = f32::from(step) / f32::from(BOW_PIECES);
            let s = 1.0 - t;
            self.go([0, 1]
                .map(|n| s * s * s * from[n] + 3.0 * s * s * t * a[n] + 3.0 * s * t * t * b[n] + t * t * t * to[n]));
        }
    }
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.scaled(x, y);
        self.at = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.go(self.scaled(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (from, bend, to) = (self.at, self.scaled(cx, cy), self.scaled(x, y));
        let third = |end: [f32; 2]| [0, 1].map(|n| end[n] + (bend[n] - end[n]) * 2.0 / 3.0);
        self.bow([third(from), third(to), to]);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.bow([self.scaled(ax, ay), self.scaled(bx, by), self.scaled(x, y)]);
    }

    fn close(&mut self) {
        self.go(self.start);
    }
}

/// The outlines of the letters of a text, in size 1.
fn outlines(text: &str) -> HashMap<char, Outline> {
    let Ok(font) = FontRef::new(OCR_B) else {
        return HashMap::new();
    };
    let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    let capital = font.charmap().map('H').and_then(|id| metrics.bounds(id));
    let mm_per_unit = CAPITAL_MM / capital.map_or(1.0, |bounds| bounds.y_max - bounds.y_min);

    text.chars()
        .filter_map(|letter| {
            let id = font.charmap().map(letter).filter(|id| id.to_u32() != 0)?;
            // The font is a little wider or narrower than the pitch; its cells keep their middle.
            let spare = PITCH_MM - metrics.advance_width(id)? * mm_per_unit;
            let mut outline = Outline {
                mm_per_unit,
                ..Outline::default()
            };
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            font.outline_glyphs().get(id)?.draw(settings, &mut outline).ok()?;
            for place in outline.pieces.iter_mut().flatten() {
                place[0] += spare / 2.0;
            }
            Some((letter, outline))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Zone = Zone {
        left_mm: 5.0,
        middle_mm: 42.48,
        ink_mm: 0.0,
    };

    fn of(first: &str) -> Letters {
        Letters::new(&[first, "", ""].map(str::to_owned), ZONE)
    }

    /// Left and right end of the ink of the first line, between two places.
    fn extent(letters: &Letters, from: f32, to: f32) -> [f32; 2] {
        let steps = (0_u16..).map(|n| from + f32::from(n) * 0.01).take_while(|x| *x < to);
        let inked: Vec<f32> = steps
            .filter(|x| (0_u16..300).any(|n| letters.ink([*x, 36.6 + f32::from(n) * 0.01], 100.0) > 0.5))
            .collect();
        [inked[0], *inked.last().unwrap()]
    }

    #[test]
    fn every_letter_of_a_zone_has_an_outline_that_fits_its_cell_and_its_printing_zone() {
        let all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";
        let outlines = outlines(all);
        for letter in all.chars() {
            let places: Vec<_> = outlines[&letter].pieces.iter().flatten().collect();
            assert!(
                places.iter().all(|place| (0.0..=PITCH_MM).contains(&place[0])),
                "{letter}"
            );
            // 2.95 mm around the reference centre line (Doc 9303-5 figure 6).
            let centre = -CAPITAL_MM / 2.0;
            assert!(places.iter().all(|place| (place[1] - centre).abs() < 1.475), "{letter}");
        }
    }

    #[test]
    fn the_first_letter_begins_at_its_place_and_the_last_stands_twenty_nine_pitches_on() {
        let letters = of("IDVNM0480001911025048000191<<I");
        let (first, last) = (extent(&letters, 4.0, 6.9), extent(&letters, 78.0, 81.0));
        assert!((first[0] - 5.0).abs() < 0.05, "{first:?}");
        assert!((last[0] - first[0] - 73.66).abs() < 0.05, "{first:?} {last:?}");
    }

    #[test]
    fn a_stem_is_as_wide_as_the_standard_wants_it() {
        // The stem of the I through its middle: 0.35 mm (ISO 1073-2 clause 11.4.1).
        let letters = of("I");
        let y = ZONE.middle_mm - LINE_MM;
        let wide = (0_u16..250)
            .filter(|n| letters.ink([4.5 + f32::from(*n) * 0.01, y], 100.0) > 0.5)
            .count();
        assert!((30..=40).contains(&wide), "{wide} hundredths of a millimetre");
    }
}
