//! A sheet as it lies before the scanner: print, and all that makes paper look like paper.

use std::f32::consts::TAU;

use image::{Rgb, RgbImage, imageops};

use crate::twin::scanner::dice::{Clouds, Dice};
use crate::twin::scanner::paper::{BLUE, Ink, PLAIN, Paper, RED, WIDTH_MM};

/// Side of the piece of paper grain that is laid side by side, in pixels.
const GRAIN_PX: usize = 512;
/// Fibres in such a piece.
const FIBRES: usize = 700;

/// What is on a sheet beside its print.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marks {
    pub stamp: bool,
    pub signature: bool,
    /// A number at the foot, which alone makes a page no blank one.
    pub page_number: bool,
    /// How much of the back's print shows through, 0 to 0.1.
    pub show_through: f32,
    pub folds: u8,
    /// How many specks of dust lie on it.
    pub dust: u8,
}

/// Ages `print`: grain, tone, what shows through from `back`, folds, dust, stamp and signature.
pub(super) fn age(print: &RgbImage, back: &RgbImage, marks: Marks, px_per_mm: f32, dice: &mut Dice) -> RgbImage {
    let mut sheet = print.clone();
    if marks.show_through > 0.0 {
        show_through(&mut sheet, back, marks.show_through, px_per_mm);
    }
    if marks.page_number {
        page_number(&mut sheet, px_per_mm);
    }
    if marks.stamp {
        let at = [dice.between(60.0, 150.0), dice.between(90.0, 240.0)];
        stamp(&mut sheet, at, px_per_mm, dice);
    }
    if marks.signature {
        let at = [dice.between(40.0, 120.0), dice.between(120.0, 240.0)];
        signature(&mut sheet, at, px_per_mm, dice);
    }
    grain(&mut sheet, dice);
    for _ in 0..marks.folds {
        fold(&mut sheet, px_per_mm, dice);
    }
    for _ in 0..marks.dust {
        let at = [dice.between(0.0, 1.0), dice.between(0.0, 1.0)];
        speck(
            &mut sheet,
            at,
            dice.between(0.04, 0.16) * px_per_mm,
            dice.between(0.3, 0.8),
        );
    }
    sheet
}

/// The back's print, seen from behind, soft and weak.
fn show_through(sheet: &mut RgbImage, back: &RgbImage, strength: f32, px_per_mm: f32) {
    // A third of a millimetre of paper scatters the light; so soft a picture can be made small.
    let small = [sheet.width(), sheet.height()].map(|px| whole(fraction(px) / (px_per_mm * 0.4)).max(1));
    let mut soft = imageops::resize(back, small[0], small[1], imageops::FilterType::Triangle);
    imageops::flip_horizontal_in_place(&mut soft);
    let soft = imageops::resize(&soft, sheet.width(), sheet.height(), imageops::FilterType::Triangle);

    for (pixel, behind) in sheet.pixels_mut().zip(soft.pixels()) {
        for (front, behind) in pixel.0.iter_mut().zip(behind.0) {
            let loss = (250.0 - f32::from(behind)).max(0.0) / 250.0 * strength;
            *front = byte(f32::from(*front) * (1.0 - loss));
        }
    }
}

fn page_number(sheet: &mut RgbImage, px_per_mm: f32) {
    let mut paper = Paper::on(std::mem::take(sheet), px_per_mm);
    paper.text([WIDTH_MM / 2.0, 280.0], 20.0, PLAIN, "2");
    *sheet = paper.finish();
}

/// A round stamp, turned by hand and unevenly inked.
fn stamp(sheet: &mut RgbImage, [x, y]: [f32; 2], px_per_mm: f32, dice: &mut Dice) {
    const RADIUS_MM: f32 = 17.0;
    let side = RADIUS_MM * 2.0 + 2.0;
    let white = RgbImage::from_pixel(whole(side * px_per_mm), whole(side * px_per_mm), Rgb([255; 3]));
    let mut pad = Paper::on(white, px_per_mm);
    pad.stamp([side / 2.0, side / 2.0], RADIUS_MM, "MẪU");
    let pad = pad.finish();

    let clouds = Clouds::new(dice, 256, 32);
    let specks = Clouds::new(dice, 256, 2);
    let (sin, cos) = dice.between(-0.5, 0.5).sin_cos();
    let (strength, middle) = (dice.between(0.75, 1.0), fraction(pad.width()) / 2.0);
    let [left, top] = [x, y].map(|mm| mm * px_per_mm - middle);

    for row in 0..pad.height() {
        for col in 0..pad.width() {
            let [dx, dy] = [fraction(col) - middle, fraction(row) - middle];
            let (from_x, from_y) = (cos * dx + sin * dy + middle, cos * dy - sin * dx + middle);
            let Some(Rgb([_, green, _])) = sample(&pad, from_x, from_y) else {
                continue;
            };
            let [cx, cy] = [col, row].map(|px| usize::try_from(px).unwrap_or(0));
            let uneven = (0.8 + 0.35 * clouds.at(cx, cy)).min(1.0);
            let missed = if specks.at(cx, cy) > 0.75 { 0.35 } else { 1.0 };
            let cover = (255.0 - f32::from(green)) / 231.0 * strength * uneven * missed;
            tint(sheet, left + fraction(col), top + fraction(row), RED, cover);
        }
    }
}

/// A name written quickly with a pen that presses more at some places than at others.
fn signature(sheet: &mut RgbImage, [x, y]: [f32; 2], px_per_mm: f32, dice: &mut Dice) {
    const STEPS: u16 = 2600;
    let (width, height) = (dice.between(30.0, 48.0), dice.between(5.0, 9.0));
    let waves: Vec<[f32; 3]> = (0..4_u8)
        .map(|n| {
            [
                dice.between(1.5, 4.0) + f32::from(n) * 1.7,
                dice.between(0.0, TAU),
                dice.between(0.2, 0.5),
            ]
        })
        .collect();
    let pressure = [dice.between(3.0, 9.0), dice.between(0.0, TAU)];
    let mut covered = std::collections::HashSet::new();

    for step in 0..STEPS {
        let t = f32::from(step) / f32::from(STEPS);
        let swing: f32 = waves.iter().map(|[f, p, a]| a * (t * TAU * f + p).sin()).sum();
        let back: f32 = waves.iter().map(|[f, p, a]| a * (t * TAU * f + p).cos()).sum();
        let nib = (0.24 + 0.14 * (t * TAU * pressure[0] + pressure[1]).sin()) * px_per_mm;
        let [px, py] = [
            (x + width * t + 3.5 * back) * px_per_mm,
            (y + height * swing * (1.0 - 0.6 * t)) * px_per_mm,
        ];
        let reach = nib.ceil();
        for (row, col) in square(px - reach, py - reach, reach * 2.0) {
            if (fraction(col) - px).hypot(fraction(row) - py) <= nib && covered.insert((col, row)) {
                let cover = 0.85 - 0.1 * ((fraction(col) * 0.9).sin() * (fraction(row) * 0.7).cos()).abs();
                tint(sheet, fraction(col), fraction(row), BLUE, cover);
            }
        }
    }
}

/// The tone of the paper, its clouds and fibres.
fn grain(sheet: &mut RgbImage, dice: &mut Dice) {
    // Paper yellows: it loses blue first.
    let grey = dice.between(-8.0, 0.0);
    let tone = [grey, grey + dice.between(-2.0, 0.0), grey + dice.between(-11.0, -3.0)];
    let clouds = [Clouds::new(dice, GRAIN_PX, 128), Clouds::new(dice, GRAIN_PX, 4)];
    let mut fibres = vec![0.0_f32; GRAIN_PX * GRAIN_PX];
    for _ in 0..FIBRES {
        let (mut x, mut y) = (dice.between(0.0, 512.0), dice.between(0.0, 512.0));
        let (mut angle, bend) = (dice.between(0.0, TAU), dice.between(-0.12, 0.12));
        let depth = dice.between(-4.0, 2.5);
        for _ in 0..24 {
            let [col, row] = [x, y].map(|at| usize::try_from(whole(at)).unwrap_or(0) % GRAIN_PX);
            fibres[row * GRAIN_PX + col] = depth;
            (x, y, angle) = (x + angle.cos(), y + angle.sin(), angle + bend);
        }
    }

    let start = usize::try_from(dice.next() % 512).unwrap_or(0);
    for (x, y, pixel) in sheet.enumerate_pixels_mut() {
        let [x, y] = [x, y].map(|px| usize::try_from(px).unwrap_or(0) + start);
        let rough =
            clouds[0].at(x, y) * 1.6 + clouds[1].at(x, y) * 1.3 + fibres[y % GRAIN_PX * GRAIN_PX + x % GRAIN_PX];
        for (value, tone) in pixel.0.iter_mut().zip(tone) {
            let level = f32::from(*value);
            *value = byte(level + (tone + rough) * level / 250.0);
        }
    }
}

/// A sheet that was folded: a broken line with light on one of its sides.
fn fold(sheet: &mut RgbImage, px_per_mm: f32, dice: &mut Dice) {
    let across = dice.chance(0.7);
    let (at, slope) = (dice.between(0.3, 0.7), dice.between(-0.01, 0.01));
    let depth = dice.between(5.0, 14.0);
    let length = if across { sheet.height() } else { sheet.width() };

    for (x, y, pixel) in sheet.enumerate_pixels_mut() {
        let (along, over) = if across { (x, y) } else { (y, x) };
        let distance = (fraction(over) - fraction(length) * at - fraction(along) * slope) / px_per_mm;
        if distance.abs() > 14.0 {
            continue;
        }
        let crease = -depth * 1.6 * (-(distance / 0.22).powi(2)).exp();
        let side = depth * 0.6 * distance.signum() * (-(distance / 5.0).powi(2)).exp();
        for value in &mut pixel.0 {
            *value = byte(f32::from(*value) * (1.0 + (crease + side) / 250.0));
        }
    }
}

fn speck(sheet: &mut RgbImage, [x, y]: [f32; 2], radius_px: f32, cover: f32) {
    let [x, y] = [x * fraction(sheet.width()), y * fraction(sheet.height())];
    let reach = radius_px.ceil() + 1.0;
    for (row, col) in square(x - reach, y - reach, reach * 2.0) {
        let soft = (radius_px + 0.5 - (fraction(col) - x).hypot(fraction(row) - y)).clamp(0.0, 1.0);
        tint(sheet, fraction(col), fraction(row), [60, 58, 54], cover * soft);
    }
}

/// Ink takes light away from what is below; it does not cover it.
fn tint(sheet: &mut RgbImage, x: f32, y: f32, ink: Ink, cover: f32) {
    if x < 0.0 || y < 0.0 {
        return;
    }
    if let Some(pixel) = sheet.get_pixel_mut_checked(whole(x), whole(y)) {
        for (value, ink) in pixel.0.iter_mut().zip(ink) {
            *value = byte(f32::from(*value) * (1.0 - cover.clamp(0.0, 1.0) * (1.0 - f32::from(ink) / 255.0)));
        }
    }
}

fn square(left: f32, top: f32, side: f32) -> impl Iterator<Item = (u32, u32)> {
    let rows = whole(top)..=whole(top + side);
    rows.flat_map(move |row| (whole(left)..=whole(left + side)).map(move |col| (row, col)))
}

fn sample(image: &RgbImage, x: f32, y: f32) -> Option<Rgb<u8>> {
    (x >= 0.0 && y >= 0.0)
        .then(|| image.get_pixel_checked(whole(x), whole(y)).copied())
        .flatten()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a byte"
)]
pub(super) fn byte(level: f32) -> u8 {
    (level + 0.5).clamp(0.0, 255.0) as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place on the sheet"
)]
pub(super) fn whole(px: f32) -> u32 {
    px.max(0.0) as u32
}

#[expect(clippy::cast_precision_loss, reason = "a sheet is a few thousand pixels wide")]
pub(super) fn fraction(px: u32) -> f32 {
    px as f32
}
