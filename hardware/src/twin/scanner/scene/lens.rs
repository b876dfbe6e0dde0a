//! What the lens and the sensor do to a picture: blur, shake, noise, streaks.

use image::RgbImage;

use super::sheet::{byte, fraction, whole};
use crate::twin::scanner::dice::Dice;

/// A weight, and how many pixels to the right and down it is taken from.
type Tap = (f32, i32, i32);

/// Softens as a lens out of focus does: a Gaussian of `sigma_px`.
pub(super) fn blur(image: &RgbImage, sigma_px: f32) -> RgbImage {
    let reach = i16::try_from(whole((sigma_px * 3.0).ceil())).unwrap_or(0);
    let weight = |at: i16| (-(f32::from(at) / sigma_px).powi(2) / 2.0).exp();
    let row: Vec<Tap> = (-reach..=reach).map(|at| (weight(at), at.into(), 0)).collect();
    let column: Vec<Tap> = row.iter().map(|(weight, at, _)| (*weight, 0, *at)).collect();
    gather(&gather(image, &row), &column)
}

/// Smears along a line, as a sheet that slips while it is read.
pub(super) fn shake(image: &RgbImage, length_px: f32, angle: f32) -> RgbImage {
    let steps = u16::try_from(whole(length_px.ceil()) * 2).unwrap_or(1).max(1);
    let (sin, cos) = angle.sin_cos();
    #[expect(clippy::cast_possible_truncation, reason = "a few dozen pixels")]
    let taps: Vec<Tap> = (0..=steps)
        .map(|step| (f32::from(step) / f32::from(steps) - 0.5) * length_px)
        .map(|at| (1.0, (at * cos).round() as i32, (at * sin).round() as i32))
        .collect();
    gather(image, &taps)
}

/// The noise of the sensor, `sigma` levels strong, and streaks of dust on the glass.
pub(super) fn sense(image: &mut RgbImage, sigma: f32, streaks: u8, dice: &mut Dice) {
    let width = usize::try_from(image.width()).unwrap_or(0);
    let mut columns = vec![0.0_f32; width];
    for _ in 0..streaks {
        let at = usize::try_from(whole(dice.between(0.0, fraction(image.width())))).unwrap_or(0);
        columns[at.min(width - 1)] = dice.either_side(5.0, 12.0);
    }

    for row in image.as_mut().chunks_exact_mut(width * 3) {
        for (pixel, streak) in row.as_chunks_mut::<3>().0.iter_mut().zip(&columns) {
            let chance = dice.next().to_le_bytes();
            for (value, pair) in pixel.iter_mut().zip(chance.as_chunks::<2>().0) {
                // The sum of two even throws has a deviation of 104.
                let throw = f32::from(pair[0]) + f32::from(pair[1]) - 255.0;
                // What is far too bright stays so with any noise.
                if *value < u8::MAX {
                    *value = byte(f32::from(*value) + streak + throw / 104.0 * sigma);
                }
            }
        }
    }
}

/// Adds up what the taps point at; beyond its borders a picture goes on as it ends.
fn gather(image: &RgbImage, taps: &[Tap]) -> RgbImage {
    let (width, height) = (image.width().cast_signed(), image.height().cast_signed());
    let row_bytes = usize::try_from(width * 3).unwrap_or(0);
    let sum: f32 = taps.iter().map(|tap| tap.0).sum();
    let reach = taps.iter().map(|tap| tap.1.abs()).max().unwrap_or(0);
    let pad = usize::try_from(reach * 3).unwrap_or(0);
    let mut wide = vec![0.0_f32; row_bytes + 2 * pad];
    let mut total = vec![0.0_f32; row_bytes];
    let mut out = RgbImage::new(image.width(), image.height());

    for (y, row) in (0..height).zip(out.as_mut().chunks_exact_mut(row_bytes)) {
        total.fill(0.0);
        let mut loaded = None;
        for (weight, right, down) in taps {
            let from = (y + down).clamp(0, height - 1);
            if loaded != Some(from) {
                widen(image, from, pad, &mut wide);
                loaded = Some(from);
            }
            let start = usize::try_from((right + reach) * 3).unwrap_or(0);
            for (total, value) in total.iter_mut().zip(&wide[start..]) {
                *total += value * weight;
            }
        }
        for (value, total) in row.iter_mut().zip(&total) {
            *value = byte(total / sum);
        }
    }
    out
}

fn widen(image: &RgbImage, y: i32, pad: usize, wide: &mut [f32]) {
    let row_bytes = wide.len() - 2 * pad;
    let from = usize::try_from(y).unwrap_or(0) * row_bytes;
    let row = &image.as_raw()[from..from + row_bytes];
    let at = |place: usize| f32::from(row[place.saturating_sub(pad).min(row_bytes - 3 + place % 3)]);
    for (value, level) in wide[pad..].iter_mut().zip(row) {
        *value = f32::from(*level);
    }
    for place in 0..pad {
        wide[place] = f32::from(row[place % 3]);
        wide[pad + row_bytes + place] = at(pad + row_bytes + place);
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn edge() -> RgbImage {
        RgbImage::from_fn(60, 40, |x, _| {
            if x < 30 {
                Rgb([20, 30, 40])
            } else {
                Rgb([220, 210, 200])
            }
        })
    }

    #[test]
    fn a_blurred_edge_is_soft_and_flat_parts_stay() {
        let soft = blur(&edge(), 3.0);
        assert_eq!(soft.get_pixel(2, 20).0, [20, 30, 40]);
        assert_eq!(soft.get_pixel(58, 39).0, [220, 210, 200]);
        let step = soft.get_pixel(30, 20).0[0].abs_diff(soft.get_pixel(29, 20).0[0]);
        // 200 levels ÷ (3 × √(2π)) = 26.6.
        assert!(step.abs_diff(27) <= 2, "{step}");
    }

    #[test]
    fn a_smear_along_an_edge_leaves_it_and_one_across_does_not() {
        let step = |image: &RgbImage| image.get_pixel(30, 20).0[0].abs_diff(image.get_pixel(29, 20).0[0]);
        assert!(step(&shake(&edge(), 10.0, std::f32::consts::FRAC_PI_2)) >= 199);
        assert!(step(&shake(&edge(), 10.0, 0.0)) < 40);
    }

    #[test]
    fn noise_has_the_strength_asked_for() {
        let mut image = RgbImage::from_pixel(200, 200, Rgb([128; 3]));
        sense(&mut image, 4.0, 0, &mut Dice::new(5));
        let squares: f32 = image.iter().map(|value| (f32::from(*value) - 128.0).powi(2)).sum();
        let sigma = (squares / 120_000.0).sqrt();
        assert!((sigma - 4.0).abs() < 0.2, "{sigma}");
    }
}
