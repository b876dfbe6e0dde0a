//! A page at about 150 dpi, on which it is looked at: a quarter of the pixels of an archive scan, and
//! still three for the stroke of a letter.

use crate::scanner::pnm::RawPage;

/// Finer pages are averaged down to this and at most twice this.
const DPI: u32 = 150;
/// A3 at 150 dpi has 4.4 million; what says to be larger is averaged down further.
const PIXELS_MAX: u64 = 5_000_000;
const MM_PER_INCH: f32 = 25.4;

/// Rows of red, green, blue; a grey page has three equal colours.
pub(super) struct Reduced {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
    pub px_per_mm: f32,
    /// Pixels of the page along a side of one of ours.
    pub factor: u32,
}

impl Reduced {
    pub fn read(raw: &RawPage, dpi: u32) -> std::io::Result<Self> {
        let header = raw.header;
        let mut factor = (dpi / DPI).max(1);
        while u64::from(header.width_px / factor) * u64::from(header.height_px / factor) > PIXELS_MAX {
            factor += 1;
        }
        let factor = factor.min(header.width_px).min(header.height_px);
        let (step, channels) = (factor as usize, header.channels as usize);
        let (width, height) = (
            (header.width_px / factor) as usize,
            (header.height_px / factor) as usize,
        );

        let mut rgb = Vec::with_capacity(width * height * 3);
        let mut row = vec![0; header.row_bytes()];
        let mut sums = vec![0_u32; width * channels];
        for y in 0..height {
            sums.fill(0);
            for down in 0..step {
                raw.row(u32::try_from(y * step + down).unwrap_or(u32::MAX), &mut row)?;
                add(&mut sums, &row, step, channels);
            }
            let area = factor * factor;
            let level = |sum: u32| u8::try_from((sum + area / 2) / area).unwrap_or(u8::MAX);
            if channels == 1 {
                rgb.extend(sums.iter().flat_map(|sum| [level(*sum); 3]));
            } else {
                rgb.extend(sums.iter().map(|sum| level(*sum)));
            }
        }

        #[expect(clippy::cast_precision_loss, reason = "no scanner has 16 million dots per inch")]
        let px_per_mm = dpi.max(1) as f32 / MM_PER_INCH / factor as f32;
        Ok(Self {
            width,
            height,
            rgb,
            px_per_mm,
            factor,
        })
    }

    pub fn wide(&self) -> f32 {
        fraction(self.width)
    }

    pub fn high(&self) -> f32 {
        fraction(self.height)
    }

    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }
}

/// The pixel that a place lies in; what lies before the first is in the first.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a picture"
)]
pub(in crate::scanner) fn whole(px: f32) -> usize {
    px.max(0.0) as usize
}

#[expect(clippy::cast_precision_loss, reason = "a picture has a few thousand pixels a side")]
pub(in crate::scanner) fn fraction(px: usize) -> f32 {
    px as f32
}

fn add(sums: &mut [u32], row: &[u8], step: usize, channels: usize) {
    match (channels, step) {
        (3, 2) => {
            for (sum, pair) in sums.as_chunks_mut::<3>().0.iter_mut().zip(row.as_chunks::<6>().0) {
                for (n, sum) in sum.iter_mut().enumerate() {
                    *sum += u32::from(pair[n]) + u32::from(pair[n + 3]);
                }
            }
        }
        _ => {
            for (sum, group) in sums.chunks_exact_mut(channels).zip(row.chunks_exact(channels * step)) {
                for pixel in group.chunks_exact(channels) {
                    for (sum, value) in sum.iter_mut().zip(pixel) {
                        *sum += u32::from(*value);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::raw;
    use super::*;

    #[test]
    fn a_page_of_300_dpi_is_halved_and_keeps_its_mean() {
        let page = raw(5, 4, |x, y| {
            if (x + y) % 2 == 0 {
                [10, 100, 200]
            } else {
                [20, 110, 220]
            }
        });
        let reduced = Reduced::read(&page, 300).unwrap();
        assert_eq!((reduced.width, reduced.height, reduced.factor), (2, 2, 2));
        assert_eq!(reduced.pixel(1, 1), [15, 105, 210]);
        assert!((reduced.px_per_mm - 150.0 / 25.4).abs() < 1e-4);
    }

    #[test]
    fn one_pixel_stays_one_whatever_its_resolution() {
        for dpi in [0, 1, 300, 100_000] {
            let reduced = Reduced::read(&raw(1, 1, |_, _| [7, 8, 9]), dpi).unwrap();
            assert_eq!((reduced.width, reduced.height, reduced.pixel(0, 0)), (1, 1, [7, 8, 9]));
        }
    }
}
