//! What years in a purse do to a card: specks of its letters come off, and other things scratch it.

use image::RgbImage;

use super::super::sheet::{byte, fraction};
use super::card::CARD_MM;
use crate::twin::scanner::dice::{Clouds, Dice};

/// Side of the pattern of specks, in pixels.
const PATTERN_PX: usize = 256;
/// Above this much chance, a speck of ink is gone; in a place that was rubbed much, above less.
const SPECK: f32 = 0.55;

/// What came off a card, and where it is scratched.
pub(super) struct Wear {
    /// Specks, and where they are many.
    specks: Option<[Clouds; 2]>,
    scratches: Vec<Scratch>,
}

/// A bow from one place of the card to another.
struct Scratch {
    from_mm: [f32; 2],
    to_mm: [f32; 2],
    bow_mm: f32,
    half_width_mm: f32,
    /// What is seen in it, and how much it covers.
    light: f32,
    cover: f32,
}

impl Wear {
    /// A card as it comes from the office.
    pub fn none() -> Self {
        Self {
            specks: None,
            scratches: Vec::new(),
        }
    }

    pub fn of_years(px_per_mm: f32, dice: &mut Dice) -> Self {
        // A speck is a sixth of a millimetre, and a cell of the pattern a power of two.
        let cell = if px_per_mm > 18.0 {
            4
        } else if px_per_mm > 9.0 {
            2
        } else {
            1
        };
        let specks = [Clouds::new(dice, PATTERN_PX, cell), Clouds::new(dice, PATTERN_PX, 64)];
        let scratches = (0..dice.pick(&[3_u8, 5, 8])).map(|_| Scratch::any(dice)).collect();
        Self {
            specks: Some(specks),
            scratches,
        }
    }

    /// How much of the ink is still there, 0 to 1.
    pub fn kept(&self, at: [u32; 2]) -> f32 {
        let Some([specks, rubbed]) = &self.specks else {
            return 1.0;
        };
        let [x, y] = at.map(|px| usize::try_from(px).unwrap_or(0));
        let gone = specks.at(x, y) - SPECK + 0.3 * rubbed.at(x, y);
        1.0 - (gone * 8.0).clamp(0.0, 1.0) * 0.9
    }

    pub fn scratch(&self, card: &mut RgbImage, px_per_mm: f32) {
        if self.scratches.is_empty() {
            return;
        }
        for (col, row, pixel) in card.enumerate_pixels_mut() {
            let at = [col, row].map(|px| (fraction(px) + 0.5) / px_per_mm);
            for scratch in &self.scratches {
                let cover = scratch.over(at, px_per_mm);
                if cover > 0.0 {
                    pixel.0 = pixel.0.map(|level| {
                        let below = f32::from(level);
                        byte(below + (scratch.light - below) * cover)
                    });
                }
            }
        }
    }
}

impl Scratch {
    /// A scratch steep enough never to run along a line of letters.
    fn any(dice: &mut Dice) -> Self {
        let from_mm = [dice.between(0.0, CARD_MM[0]), dice.between(10.0, CARD_MM[1])];
        let (length, angle) = (dice.between(8.0, 40.0), dice.either_side(0.45, 1.5));
        Self {
            from_mm,
            to_mm: [from_mm[0] + length * angle.cos(), from_mm[1] + length * angle.sin()],
            bow_mm: dice.between(-1.5, 1.5),
            half_width_mm: dice.between(0.03, 0.11),
            light: if dice.chance(0.75) {
                dice.between(225.0, 252.0)
            } else {
                dice.between(90.0, 130.0)
            },
            cover: dice.between(0.4, 0.85),
        }
    }

    fn over(&self, [x, y]: [f32; 2], px_per_mm: f32) -> f32 {
        let [lx, ly] = [self.to_mm[0] - self.from_mm[0], self.to_mm[1] - self.from_mm[1]];
        let length = lx.hypot(ly);
        let [dx, dy] = [x - self.from_mm[0], y - self.from_mm[1]];
        let t = (dx * lx + dy * ly) / (length * length);
        if !(0.0..=1.0).contains(&t) {
            return 0.0;
        }
        let aside = (dx * ly - dy * lx) / length - self.bow_mm * 4.0 * t * (1.0 - t);
        ((self.half_width_mm - aside.abs()) * px_per_mm + 0.5).clamp(0.0, 1.0)
            * (self.half_width_mm * 2.0 * px_per_mm).min(1.0)
            * self.cover
    }
}
