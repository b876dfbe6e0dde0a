//! What a scene leaves to chance, decided from its seed.

use super::card::CARD_MM;
use super::kind::BackKind;
use super::letters::Zone;
use super::{BackScene, Place};
use crate::twin::scanner::dice::Dice;
use crate::twin::scanner::paper::{HEIGHT_MM, WIDTH_MM};
use crate::twin::scanner::scene::lay::skin;
use crate::twin::scanner::scene::scan::{Finger, Glare, Lid};

/// Everything about a scene that can be told before it is drawn.
pub(super) struct Look {
    pub lid: Lid,
    pub zone: Zone,
    /// Moves the waves of the ground.
    pub shift_mm: f32,
    pub place: Place,
    pub exposure: f32,
    pub softness_mm: f32,
    pub noise: f32,
    pub streaks: u8,
    pub shadow: (f32, f32),
    pub glare: Option<Glare>,
    pub finger: Option<Finger>,
    /// What is left for the drawing itself.
    pub dice: Dice,
}

impl Look {
    pub fn of(scene: &BackScene) -> Self {
        let mut dice = Dice::new(scene.seed);
        let kind = scene.kind;
        let lid = dice.pick(&Lid::ALL);
        let zone = Zone {
            // 5.0 ± 1.0 mm (ICAO Doc 9303-5 clause 4.2.1.3).
            left_mm: dice.between(4.1, 5.9),
            // 11.5 ± 1.0 mm above the lower edge (figure 6).
            middle_mm: CARD_MM[1] - 11.5 + dice.between(-0.8, 0.8),
            // Strokes of 0.35 mm may come out between 0.27 and 0.43 mm wide (ISO 1831, range X).
            ink_mm: scene.ink_mm.unwrap_or_else(|| dice.between(-0.04, 0.04)),
        };
        let (shift_mm, place) = (dice.between(0.0, 6.0), place(scene, &mut dice));

        let dim = kind == BackKind::Dim;
        let exposure = if dim {
            dice.between(0.55, 0.7)
        } else {
            dice.between(0.85, 1.1)
        };
        let softness_mm = if kind == BackKind::Blurred {
            dice.between(0.12, 0.24)
        } else {
            dice.between(0.0, 0.05)
        };
        let noise = if dim {
            dice.between(4.0, 8.0)
        } else {
            dice.between(1.0, 4.0)
        };
        let streaks = dice.pick(&[0, 0, 1, 3]);
        let shadow = (dice.between(0.0, 0.12), dice.between(0.0, std::f32::consts::TAU));
        let (glare, finger) = cover(kind, zone, place, &mut dice);

        Self {
            lid: scene.lid.unwrap_or(lid),
            zone,
            shift_mm,
            place,
            exposure: scene.exposure.unwrap_or(exposure),
            softness_mm: scene.softness_mm.unwrap_or(softness_mm),
            noise: scene.noise.unwrap_or(noise),
            streaks,
            shadow,
            glare,
            finger,
            dice,
        }
    }
}

/// Where the card comes to lie: near the first corner of the glass, as people push it there.
fn place(scene: &BackScene, dice: &mut Dice) -> Place {
    let turned = scene.kind == BackKind::Turned;
    let plain = scene.kind == BackKind::Plain;
    let skew = if turned {
        dice.either_side(3.0, 12.0)
    } else if plain {
        dice.between(-4.0, 4.0)
    } else {
        dice.between(-8.0, 8.0)
    };
    let quarters = if turned {
        dice.pick(&[1, 2, 3])
    } else if plain {
        0
    } else {
        dice.pick(&[0, 0, 0, 1, 2, 3])
    };
    let quarters = scene.quarter_turns.unwrap_or(quarters) % 4;
    let turn_degrees = scene.skew_degrees.unwrap_or(skew) + 90.0 * f32::from(quarters);

    let (sin, cos) = turn_degrees.to_radians().sin_cos();
    let extent = [
        CARD_MM[0] * cos.abs() + CARD_MM[1] * sin.abs(),
        CARD_MM[0] * sin.abs() + CARD_MM[1] * cos.abs(),
    ];
    let far: f32 = if dice.chance(0.7) { 20.0 } else { 100.0 };
    let from_edge = [
        dice.between(0.5, far.min(WIDTH_MM - extent[0])),
        dice.between(0.5, far.min(HEIGHT_MM - extent[1])),
    ];
    Place {
        centre_mm: [0, 1].map(|n| from_edge[n] + extent[n] / 2.0),
        turn_degrees,
    }
}

/// Light and thumbs over the machine readable zone.
fn cover(kind: BackKind, zone: Zone, place: Place, dice: &mut Dice) -> (Option<Glare>, Option<Finger>) {
    let lean = dice.between(-30.0, 30.0);
    if kind == BackKind::Glaring {
        return (
            Some(band(zone.letter_mm(dice.between(2.0, 27.0)), lean, place, dice)),
            None,
        );
    }
    if kind != BackKind::Covered {
        return (None, None);
    }

    // Birth and expiry stand on letters 0 to 5 and 8 to 13 of the middle line and nowhere else: whatever hides
    // five letters about here hides digits of them and the check digit with them.
    let over = zone.letter_mm(dice.between(4.0, 9.0));
    if dice.chance(0.35) {
        let flood = Glare {
            at_mm: place.in_window(over),
            radius_mm: dice.between(9.0, 13.0),
            longer: dice.between(1.2, 2.5),
            turn: place.turn_degrees.to_radians().sin_cos(),
            strength: 400.0,
        };
        return (Some(flood), None);
    }
    let thumb = Finger {
        from_mm: place.in_window([over[0] + lean * 0.5, CARD_MM[1] + 40.0]),
        tip_mm: place.in_window([over[0], over[1] - dice.between(1.0, 6.0)]),
        half_width_mm: dice.between(7.5, 10.0),
        skin: skin(dice),
    };
    (None, Some(thumb))
}

/// A band of light across the zone, weak enough that the letters stay.
fn band(over: [f32; 2], lean: f32, place: Place, dice: &mut Dice) -> Glare {
    Glare {
        at_mm: place.in_window(over),
        radius_mm: dice.between(4.0, 11.0),
        longer: 2.5,
        turn: (place.turn_degrees + lean).to_radians().sin_cos(),
        strength: dice.between(50.0, 115.0),
    }
}
