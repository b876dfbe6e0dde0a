//! Whether a page is truly blank. Grain, folds, dust and what shines through from the other side leave it
//! blank; a stamp, a signature or the number of a page do not. In doubt it is not blank.

use super::blobs;
use super::ink::{Ink, crossing};
use super::light::Light;
use super::outline::Sheet;
use super::reduced::{Reduced, fraction, whole};

/// So far from the edges nothing counts: lids, shadows and worn corners are there.
const INSET_MM: f32 = 4.0;
/// Part of the light that a mark takes away, averaged over half a millimetre. Print on the back takes up to
/// 0.1 and a fold up to 0.09; a weak stamp takes 0.3 in green, a pen 0.4.
const MARK_DARKNESS: f32 = 0.2;
/// A mark is at least so long one way: dust is not, and a figure of small print is.
const MARK_MM_MIN: f32 = 1.4;
/// A mark has at least so much area.
const MARK_MM2_MIN: f32 = 0.5;
/// The light changes slowly; so many pixels share one level.
const LIGHT_PX: usize = 16;
/// More of a page than this is covered by ink only when it is written upon.
const INK_PART_MAX: f32 = 0.004;
/// A streak of the sensor runs along the whole page and is thinner than this.
const STREAK_MM_MAX: f32 = 0.8;

pub(super) fn is_blank(page: &Reduced, sheet: &Sheet, light: &Light, ink: &Ink) -> bool {
    let mm = page.px_per_mm;
    if fraction(ink.count()) > sheet.width() * sheet.height() * INK_PART_MAX {
        return false;
    }
    let darkness = darkness(page, sheet, light);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nine bytes")]
    let limit = (MARK_DARKNESS * 255.0 * 9.0) as u16;
    let mut sums = vec![0_u16; page.width];

    let found = blobs::find(page.width, page.height, |y, row| {
        row.fill(0);
        if y == 0 || y + 1 >= page.height || page.width < 3 {
            return;
        }
        let around = darkness[(y - 1) * page.width..(y + 2) * page.width].chunks_exact(page.width);
        sums.fill(0);
        for line in around {
            for (sum, value) in sums.iter_mut().zip(line) {
                *sum += u16::from(*value);
            }
        }
        for (mark, three) in row[1..].iter_mut().zip(sums.windows(3)) {
            *mark = u8::from(three[0] + three[1] + three[2] > limit);
        }
    });
    !found.blobs.iter().any(|blob| {
        let (width, height) = (fraction(blob.width()) / mm, fraction(blob.height()) / mm);
        let streak = width < STREAK_MM_MAX && fraction(blob.height()) > page.high() / 2.0;
        width.max(height) >= MARK_MM_MIN && fraction(blob.area) >= MARK_MM2_MIN * mm * mm && !streak
    })
}

/// The part of the light that is missing at each pixel, 255 is all of it, in the colour that misses most.
fn darkness(page: &Reduced, sheet: &Sheet, light: &Light) -> Vec<u8> {
    let mut darkness = vec![0; page.width * page.height];
    for (y, row) in darkness.chunks_exact_mut(page.width).enumerate() {
        let [from, to] = crossing(page, sheet, y, INSET_MM * page.px_per_mm);
        let mut at = from;
        while at < to {
            let end = (at + LIGHT_PX).min(to);
            let level = light.level([fraction(at + end) / 2.0, fraction(y) + 0.5]);
            // 255 ÷ the level of bare paper, with 16 bits behind the point.
            let scale = light.tint.map(|part| whole(255.0 * 65_536.0 / (level * part).max(1.0)));
            let pixels = page.rgb[(y * page.width + at) * 3..(y * page.width + end) * 3]
                .as_chunks::<3>()
                .0;
            for (value, pixel) in row[at..end].iter_mut().zip(pixels) {
                let parts = pixel
                    .iter()
                    .zip(scale)
                    .map(|(level, scale)| (usize::from(*level) * scale) >> 16);
                *value = u8::try_from(255 - parts.min().unwrap_or(0).min(255)).unwrap_or(u8::MAX);
            }
            at = end;
        }
    }
    darkness
}
