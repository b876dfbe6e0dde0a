//! Cards on the glass with known truth: the back of the virtual ID card as a scanner sees it.
//!
//! The card is ID-1 (ISO/IEC 7810) with the machine readable zone of ICAO Doc 9303-5, printed in
//! OCR-B. People lay it any way round near the first corner of the glass. Each picture comes from its
//! scene alone, so a test that fails can be repeated. This module never reads a card.

use std::fmt;

use image::RgbImage;

use self::card::{CARD_MM, CORNER_MM};
pub use self::kind::BackKind;
use self::kind::MIX;
use self::look::Look;
use self::wear::Wear;
use super::lens;
use super::scan::{Lid, Lying, Window};
use crate::twin::card::{Person, VirtualCard};
use crate::twin::scanner::dice::Dice;
use crate::twin::scanner::paper::{HEIGHT_MM, WIDTH_MM, px_per_mm};

mod card;
mod ground;
mod kind;
mod letters;
mod look;
mod wear;

/// A card on the glass, to be drawn: the same scene gives the same picture.
///
/// `None` lets chance choose, within what the kind allows.
#[derive(Clone)]
pub struct BackScene {
    pub kind: BackKind,
    /// Whose card it is.
    pub person: &'static Person,
    /// The machine readable zone: the person's own, or others to try.
    pub lines: [String; 3],
    pub lid: Option<Lid>,
    /// Clockwise, beside the quarter turns.
    pub skew_degrees: Option<f32>,
    /// Clockwise.
    pub quarter_turns: Option<u8>,
    /// Ink beyond the outline of the letters, or within it when less than 0.
    pub ink_mm: Option<f32>,
    /// 1 is the light of a scanner in order.
    pub exposure: Option<f32>,
    /// Deviation of the Gaussian of the lens.
    pub softness_mm: Option<f32>,
    /// Deviation of the sensor's noise, in levels of 255.
    pub noise: Option<f32>,
    pub seed: u64,
}

/// What is true of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct BackTruth {
    /// The machine readable zone, if all of it that matters can be seen.
    pub lines: Option<[String; 3]>,
    /// Where the card lies, if there is one.
    pub place: Option<Place>,
    pub lid: Lid,
}

/// How a card lies on the glass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// From the upper left corner of the picture.
    pub centre_mm: [f32; 2],
    /// Clockwise, quarter turns and skew together.
    pub turn_degrees: f32,
}

impl Place {
    /// Where in the picture a place of the card is, both in millimetres from the upper left corner.
    pub fn in_window(self, [u, v]: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.turn_degrees.to_radians().sin_cos();
        let [u, v] = [u - CARD_MM[0] / 2.0, v - CARD_MM[1] / 2.0];
        [
            self.centre_mm[0] + cos * u - sin * v,
            self.centre_mm[1] + sin * u + cos * v,
        ]
    }
}

impl BackScene {
    /// A person's card; chance chooses everything else.
    pub fn of(kind: BackKind, person: &'static Person, seed: u64) -> Self {
        Self {
            kind,
            person,
            lines: person.mrz(),
            lid: None,
            skew_degrees: None,
            quarter_turns: None,
            ink_mm: None,
            exposure: None,
            softness_mm: None,
            noise: None,
            seed,
        }
    }

    pub fn truth(&self) -> BackTruth {
        let look = Look::of(self);
        BackTruth {
            lines: self.kind.readable().then(|| self.lines.clone()),
            place: (self.kind != BackKind::Empty).then_some(look.place),
            lid: look.lid,
        }
    }
}

/// Not even an invented person's lines are shown.
impl fmt::Debug for BackScene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "BackScene({:?}, {}, seed {})",
            self.kind, self.person.sample, self.seed
        )
    }
}

/// `count` scenes in the mix of a day at the counter, from a seed.
pub fn back_set(seed: u64, count: usize) -> Vec<BackScene> {
    let kinds: Vec<_> = MIX
        .iter()
        .flat_map(|(kind, often)| std::iter::repeat_n(*kind, *often))
        .collect();
    let people: Vec<&'static Person> = VirtualCard::samples().iter().collect();
    let mut dice = Dice::new(seed);
    (0..count)
        // 37 has no divisor in common with 100: each hundred has all, and a short set some of each.
        .map(|n| BackScene::of(kinds[n * 37 % kinds.len()], dice.pick(&people), dice.next()))
        .collect()
}

/// The whole glass (A4), at most at 600 dpi.
pub fn card_back(scene: &BackScene, dpi: u32) -> RgbImage {
    let scale = px_per_mm(dpi);
    let mut look = Look::of(scene);
    let card = (scene.kind != BackKind::Empty).then(|| side(scene, &mut look, scale));
    let sheets = card.iter().map(|sheet| Lying {
        sheet,
        size_mm: CARD_MM,
        corner_mm: CORNER_MM,
        centre_mm: look.place.centre_mm,
        turn_degrees: look.place.turn_degrees,
    });

    let window = Window {
        size_mm: [WIDTH_MM, HEIGHT_MM],
        lid: look.lid,
        sheets: sheets.collect(),
        shadow: look.shadow,
        exposure: look.exposure,
        glare: look.glare,
        finger: look.finger,
    };
    let image = window.scan(scale);
    let mut seen = if look.softness_mm * scale < 0.35 {
        // So little is lost in the drawing anyway.
        image
    } else {
        lens::blur(&image, look.softness_mm * scale)
    };
    lens::sense(&mut seen, look.noise, look.streaks, &mut look.dice);
    seen
}

/// The side of the card that lies on the glass.
fn side(scene: &BackScene, look: &mut Look, scale: f32) -> RgbImage {
    if scene.kind == BackKind::Front {
        return card::front(scene.person, look.shift_mm, scale);
    }
    let wear = if scene.kind == BackKind::Worn {
        Wear::of_years(scale, &mut look.dice)
    } else {
        Wear::none()
    };
    let mut card = card::back(scene.person, &scene.lines, (look.zone, &wear), look.shift_mm, scale);
    wear.scratch(&mut card, scale);
    card
}

#[cfg(test)]
mod tests;
