//! The coloured ground of a card: a pale tint, fine waves over each other, a rosette.

use std::f32::consts::TAU;

use image::{Rgb, RgbImage};

use super::super::sheet::{byte, fraction, whole};
use super::card::{CARD_MM, ZONE_MM};

/// Upper left, upper right, and lower middle of a card.
const TINTS: [[f32; 3]; 3] = [[243.0, 240.0, 214.0], [219.0, 236.0, 240.0], [226.0, 240.0, 218.0]];
/// Half of the width of a line.
const PEN_MM: f32 = 0.05;
/// How much weaker the ground is under the machine readable zone.
const WEAKER: f32 = 0.5;

/// Waves side by side.
struct Waves {
    direction_degrees: f32,
    apart_mm: f32,
    high_mm: f32,
    long_mm: f32,
    ink: [f32; 3],
}

const WAVES: [Waves; 4] = [
    Waves {
        direction_degrees: 8.0,
        apart_mm: 0.62,
        high_mm: 1.9,
        long_mm: 23.0,
        ink: [148.0, 190.0, 140.0],
    },
    Waves {
        direction_degrees: -11.0,
        apart_mm: 0.7,
        high_mm: 2.6,
        long_mm: 31.0,
        ink: [146.0, 186.0, 206.0],
    },
    Waves {
        direction_degrees: 63.0,
        apart_mm: 0.9,
        high_mm: 1.2,
        long_mm: 14.0,
        ink: [216.0, 196.0, 118.0],
    },
    Waves {
        direction_degrees: 2.0,
        apart_mm: 1.3,
        high_mm: 4.4,
        long_mm: 43.0,
        ink: [206.0, 160.0, 150.0],
    },
];

/// Draws the ground of one side; `shift_mm` moves the waves, as no two prints are alike.
pub(super) fn draw(shift_mm: f32, px_per_mm: f32) -> RgbImage {
    let [width, height] = CARD_MM.map(|mm| whole(mm * px_per_mm + 0.5));
    let turns = WAVES.map(|waves| waves.direction_degrees.to_radians().sin_cos());

    RgbImage::from_fn(width, height, |x, y| {
        let at = [x, y].map(|px| (fraction(px) + 0.5) / px_per_mm);
        let mut light = tint(at);
        let weight = if at[1] > CARD_MM[1] - ZONE_MM { WEAKER } else { 1.0 };
        for (waves, turn) in WAVES.iter().zip(turns) {
            let cover = waves.cover(at, turn, shift_mm, px_per_mm) * weight * 0.8;
            for (level, ink) in light.iter_mut().zip(waves.ink) {
                *level += (ink - *level) * cover;
            }
        }
        let cover = rosette(at, px_per_mm) * weight * 0.5;
        for (level, ink) in light.iter_mut().zip([120.0, 170.0, 150.0]) {
            *level += (ink - *level) * cover;
        }
        Rgb(light.map(byte))
    })
}

fn tint([x, y]: [f32; 2]) -> [f32; 3] {
    let (right, down) = (x / CARD_MM[0], y / CARD_MM[1]);
    [0, 1, 2].map(|n| {
        let top = TINTS[0][n] + (TINTS[1][n] - TINTS[0][n]) * right;
        top + (TINTS[2][n] - top) * down * (1.0 - (right - 0.5).abs())
    })
}

impl Waves {
    fn cover(&self, [x, y]: [f32; 2], (sin, cos): (f32, f32), shift_mm: f32, px_per_mm: f32) -> f32 {
        let (along, over) = (cos * x + sin * y, cos * y - sin * x);
        let swing = self.high_mm * (along / self.long_mm * TAU + over * 0.09 + shift_mm).sin();
        line(over + swing + shift_mm, self.apart_mm, px_per_mm)
    }
}

/// Rings with many petals in the middle of the card.
fn rosette([x, y]: [f32; 2], px_per_mm: f32) -> f32 {
    const RADIUS_MM: f32 = 19.0;
    const HOLE_MM: f32 = 2.0;
    let (dx, dy) = (x - CARD_MM[0] * 0.5, y - CARD_MM[1] * 0.42);
    let (r, angle) = (dx.hypot(dy), dy.atan2(dx));
    if !(HOLE_MM..=RADIUS_MM).contains(&r) {
        return 0.0;
    }
    let petals = 1.1 * (angle * 14.0).cos() * (r / RADIUS_MM * TAU * 0.75).sin();
    line(r + petals, 1.15, px_per_mm)
}

/// How much of a pixel one of many lines covers that lie `apart` millimetres from each other.
fn line(place: f32, apart: f32, px_per_mm: f32) -> f32 {
    let off = ((place / apart).rem_euclid(1.0) - 0.5).abs() * apart;
    let soft = ((PEN_MM - off) * px_per_mm + 0.5).clamp(0.0, 1.0);
    // A line finer than a pixel never fills it.
    soft * (PEN_MM * 2.0 * px_per_mm).min(1.0)
}
