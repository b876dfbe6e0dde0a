//! Which pixels of the reduced page are ink: clearly darker than bare paper would be there, in any colour.

use super::light::Light;
use super::outline::Sheet;
use super::reduced::{Reduced, fraction, whole};

/// Part of the light that ink takes away at least. Print on the back takes 0.1, a pale background 0.2.
const DARKNESS: f32 = 0.3;

/// One byte a pixel of the reduced page: 1 is ink.
pub(super) struct Ink {
    pub width: usize,
    pub height: usize,
    pub mask: Vec<u8>,
}

impl Ink {
    /// `inset` pixels along the edges of the sheet are left out.
    pub fn on(page: &Reduced, sheet: &Sheet, light: &Light, inset: f32) -> Self {
        let mut mask = vec![0; page.width * page.height];
        for (y, row) in mask.chunks_exact_mut(page.width).enumerate() {
            let [from, to] = crossing(page, sheet, y, inset);
            let mut at = from;
            while at < to {
                // The light changes slowly.
                let end = (at + 16).min(to);
                let level = light.level([fraction(at + end) / 2.0, fraction(y) + 0.5]) * (1.0 - DARKNESS);
                let limit = light
                    .tint
                    .map(|part| u8::try_from(whole(level * part)).unwrap_or(u8::MAX));
                let pixels = page.rgb[(y * page.width + at) * 3..(y * page.width + end) * 3]
                    .as_chunks::<3>()
                    .0;
                for (ink, [r, g, b]) in row[at..end].iter_mut().zip(pixels) {
                    *ink = u8::from(*r < limit[0]) | u8::from(*g < limit[1]) | u8::from(*b < limit[2]);
                }
                at = end;
            }
        }
        Self {
            width: page.width,
            height: page.height,
            mask,
        }
    }

    pub fn count(&self) -> usize {
        self.mask.iter().map(|ink| usize::from(*ink)).sum()
    }

    /// Places of ink with ink beside it: single dark pixels are noise.
    pub fn places(&self) -> impl Iterator<Item = [f32; 2]> {
        let pairs = self.mask.windows(2).enumerate();
        pairs
            .filter(|(_, pair)| pair[0] & pair[1] == 1)
            .map(|(at, _)| [fraction(at % self.width), fraction(at / self.width)])
    }

    pub fn at(&self, [x, y]: [f32; 2]) -> bool {
        let (x_px, y_px) = (whole(x), whole(y));
        x >= 0.0 && y >= 0.0 && x_px < self.width && y_px < self.height && self.mask[y_px * self.width + x_px] == 1
    }
}

/// The part of a row of pixels that lies on the sheet.
pub(super) fn crossing(page: &Reduced, sheet: &Sheet, y: usize, inset: f32) -> [usize; 2] {
    let (sin, cos) = sheet.turn_degrees.to_radians().sin_cos();
    let y = fraction(y) + 0.5;
    let mut span = [0.0, page.wide()];
    // u = cos·x + sin·y and v = cos·y − sin·x lie between their ends.
    for (slope, rest, [low, high]) in [(cos, sin * y, sheet.u), (-sin, cos * y, sheet.v)] {
        let (low, high) = (low + inset - rest, high - inset - rest);
        if slope.abs() < 1e-6 {
            if low > 0.0 || high < 0.0 {
                return [0, 0];
            }
            continue;
        }
        let (a, b) = (low / slope, high / slope);
        span = [span[0].max(a.min(b)), span[1].min(a.max(b))];
    }
    let (from, to) = (whole(span[0].ceil()), whole(span[1]).min(page.width));
    [from.min(to), to]
}
