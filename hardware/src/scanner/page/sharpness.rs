//! How wide the edges of letters are where the page has most ink. Measured on the reduced page: at 300 dpi
//! the noise of the sensor would cut soft edges into many short ones.

use super::ink::Ink;
use super::reduced::{Reduced, fraction, whole};

/// Side of a piece that is looked at.
const PIECE_MM: f32 = 5.0;
/// Pieces that are looked at.
const PIECES_MAX: usize = 32;
/// Ink covers this part of a piece of text.
const COVER: [f32; 2] = [0.03, 0.45];
/// A piece whose ink is less levels darker than its paper tells nothing.
const CONTRAST_MIN: f32 = 40.0;
/// Fewer edges than this in a direction tell nothing.
const EDGES_MIN: usize = 60;
/// Letters are hard to read when their edges are wider: a lens out of focus by σ = 0.3 mm makes them 0.5 mm
/// wide, and the strokes of 12 pt are 0.35 mm wide themselves.
const EDGE_MM_MAX: f32 = 0.36;
/// A sharp edge takes this many pixels whatever the resolution.
const EDGE_PX: f32 = 1.6;

/// Whether the letters have soft edges, across or down; without enough text nobody knows.
pub(super) fn is_blurred(page: &Reduced, ink: &Ink) -> bool {
    edge_px(page, ink).is_some_and(|[across, down]| across.max(down) > (EDGE_MM_MAX * page.px_per_mm).hypot(EDGE_PX))
}

/// Middle width of the edges across and down, in pixels.
fn edge_px(page: &Reduced, ink: &Ink) -> Option<[f32; 2]> {
    let mut widths = [Vec::new(), Vec::new()];
    let mut piece = Piece::default();
    for (left, top, side) in pieces(ink, page.px_per_mm) {
        piece.read(page, left, top, side);
        piece.edges(&mut widths);
    }
    let mut middle = [0.0; 2];
    for (middle, widths) in middle.iter_mut().zip(&mut widths) {
        if widths.len() < EDGES_MIN {
            return None;
        }
        widths.sort_by(f32::total_cmp);
        *middle = widths[widths.len() / 2];
    }
    Some(middle)
}

/// Pieces with most ink: left, top, side, in pixels.
fn pieces(ink: &Ink, px_per_mm: f32) -> Vec<(usize, usize, usize)> {
    let side = whole(PIECE_MM * px_per_mm).max(8);
    let mut full = Vec::new();
    for top in (0..ink.height.saturating_sub(side)).step_by(side) {
        for left in (0..ink.width.saturating_sub(side)).step_by(side) {
            let rows = ink.mask[top * ink.width..(top + side) * ink.width].chunks_exact(ink.width);
            let count: usize = rows
                .map(|row| row[left..left + side].iter().filter(|ink| **ink == 1).count())
                .sum();
            let cover = fraction(count) / fraction(side * side);
            if (COVER[0]..=COVER[1]).contains(&cover) {
                full.push((count, left, top));
            }
        }
    }
    full.sort_unstable_by(|a, b| b.cmp(a));
    full.into_iter()
        .take(PIECES_MAX)
        .map(|(_, left, top)| (left, top, side))
        .collect()
}

/// A square of the page, the darkest colour of each pixel.
#[derive(Default)]
struct Piece {
    side: usize,
    levels: Vec<f32>,
}

impl Piece {
    fn read(&mut self, page: &Reduced, left: usize, top: usize, side: usize) {
        self.side = side;
        self.levels.clear();
        for y in top..top + side {
            let row = page.rgb[(y * page.width + left) * 3..(y * page.width + left + side) * 3]
                .as_chunks::<3>()
                .0;
            self.levels
                .extend(row.iter().map(|[r, g, b]| f32::from(*r.min(g).min(b))));
        }
    }

    fn edges(&self, widths: &mut [Vec<f32>; 2]) {
        let mut sorted = self.levels.clone();
        sorted.sort_by(f32::total_cmp);
        let part = |part: f32| sorted[whole(fraction(sorted.len() - 1) * part)];
        let contrast = part(0.98) - part(0.02);
        if contrast < CONTRAST_MIN {
            return;
        }
        for n in 0..self.side {
            let across = |at: usize| self.levels[n * self.side + at];
            walk(self.side, across, contrast, &mut widths[0]);
            let down = |at: usize| self.levels[at * self.side + n];
            walk(self.side, down, contrast, &mut widths[1]);
        }
    }
}

/// Measures each edge along a line: the levels between its two ends ÷ its steepest step.
fn walk(length: usize, level: impl Fn(usize) -> f32, contrast: f32, widths: &mut Vec<f32>) {
    let mut at = 1;
    while at < length {
        let first = level(at) - level(at - 1);
        let mut steepest = 0.0_f32;
        let begin = at - 1;
        // An edge goes on while it goes the same way.
        while at < length && (level(at) - level(at - 1)) * first > 0.0 {
            steepest = steepest.max((level(at) - level(at - 1)).abs());
            at += 1;
        }
        let height = (level(at - 1) - level(begin)).abs();
        if height > contrast * 0.45 && begin > 0 && at < length {
            widths.push(height / steepest);
        }
        at = at.max(begin + 2);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::raw;
    use super::*;

    /// Bars 1.4 mm wide whose edges are ramps of so many pixels, at 150 dpi.
    fn bars(ramp_px: u32, down: bool) -> (Reduced, Ink) {
        let level = |at: u32| {
            let phase = at % 24;
            let dark = if phase < 12 {
                phase.min(ramp_px)
            } else {
                ramp_px - (phase - 12).min(ramp_px)
            };
            u8::try_from(240 - 200 * dark / ramp_px).unwrap()
        };
        let page = raw(300, 300, |x, y| {
            // Squares have edges both ways; one way is sharp.
            let (soft, sharp) = if down { (y, x) } else { (x, y) };
            let sharp = if sharp % 24 < 12 { 240 } else { 40 };
            [level(soft).max(sharp); 3]
        });
        let page = Reduced::read(&page, 150).unwrap();
        let mask = page.rgb.chunks_exact(3).map(|pixel| u8::from(pixel[0] < 140)).collect();
        let ink = Ink {
            width: page.width,
            height: page.height,
            mask,
        };
        (page, ink)
    }

    #[test]
    fn soft_edges_in_either_direction_are_blur_and_sharp_ones_are_not() {
        for down in [false, true] {
            let seen = |ramp_px| {
                let (page, ink) = bars(ramp_px, down);
                is_blurred(&page, &ink)
            };
            assert!(!seen(1) && !seen(2), "down {down}");
            assert!(seen(4) && seen(6), "down {down}");
        }
    }
}
