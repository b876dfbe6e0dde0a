//! The brightness of a page, a byte a pixel, in a scale that codes and letters are read at.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::PageImage;

/// A page has at most so many pixels: A4 at 600 dpi has 34.8 million.
pub const PIXELS_MAX: usize = 40_000_000;
/// Finer pages are halved. The narrowest bar of a printed code is 0.19 mm (ISO/IEC 15417 leaves it to
/// the application; GS1 General Specifications 5.5 asks ≥ 0.17 mm off retail), which is 2.2 pixels at 300 dpi.
const DPI_MAX: u32 = 400;
/// Passes of a progressive JPEG; each costs as much as a whole page.
const SCANS_MAX: usize = 16;

/// Why a page has no brightness.
#[derive(Debug, thiserror::Error)]
pub enum NoLuma {
    #[error("page is no usable JPEG: {0}")]
    Image(String),
    #[error("page of {width_px} × {height_px} pixels; at most {PIXELS_MAX} pixels are read")]
    Size { width_px: u32, height_px: u32 },
}

/// Rows of bytes, 0 is black.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Luma {
    pub width: usize,
    pub height: usize,
    pub bytes: Vec<u8>,
    /// One pixel here is so many of the page, across and down.
    pub shrunk: u32,
}

impl Luma {
    pub fn of(page: &PageImage) -> Result<Self, NoLuma> {
        let (width, height) = (page.width_px as usize, page.height_px as usize);
        if width == 0 || height == 0 || width.saturating_mul(height) > PIXELS_MAX {
            return Err(NoLuma::Size {
                width_px: page.width_px,
                height_px: page.height_px,
            });
        }

        let mut luma = Self {
            bytes: decode(&page.jpeg, width, height)?,
            width,
            height,
            shrunk: 1,
        };
        let mut dpi = page.dpi;
        while dpi > DPI_MAX {
            luma.halve();
            dpi /= 2;
        }
        Ok(luma)
    }

    /// Brightness at a place; outside of the page is white.
    pub fn at(&self, x: f32, y: f32) -> u8 {
        if x < 0.0 || y < 0.0 {
            return u8::MAX;
        }
        let (x, y) = (x as usize, y as usize);
        if x >= self.width || y >= self.height {
            return u8::MAX;
        }
        self.bytes[y * self.width + x]
    }

    /// Averages two by two pixels, in place. What is one pixel wide or high stays as it is.
    pub fn halve(&mut self) {
        let (width, height) = (self.width / 2, self.height / 2);
        if width == 0 || height == 0 {
            return;
        }

        for y in 0..height {
            for x in 0..width {
                let at = 2 * y * self.width + 2 * x;
                let below = at + self.width;
                let sum = [at, at + 1, below, below + 1]
                    .iter()
                    .map(|&at| u32::from(self.bytes[at]))
                    .sum::<u32>();
                self.bytes[y * width + x] = u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX);
            }
        }
        self.bytes.truncate(width * height);
        (self.width, self.height, self.shrunk) = (width, height, self.shrunk * 2);
    }
}

/// The JPEG's brightness alone: a third of the memory that its colours would take.
fn decode(jpeg: &[u8], width: usize, height: usize) -> Result<Vec<u8>, NoLuma> {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .jpeg_set_max_scans(SCANS_MAX)
        .set_max_width(width)
        .set_max_height(height);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let bytes = decoder.decode().map_err(|error| NoLuma::Image(error.to_string()))?;

    if decoder.dimensions() == Some((width, height)) && bytes.len() == width * height {
        Ok(bytes)
    } else {
        Err(NoLuma::Image("size differs from the scan".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder};

    use super::*;

    fn page(width: u16, height: u16, dpi: u32, colour: ColorType, pixel: &[u8]) -> PageImage {
        let mut jpeg = Vec::new();
        let pixels = pixel.repeat(usize::from(width) * usize::from(height));
        Encoder::new(&mut jpeg, 90)
            .encode(&pixels, width, height, colour)
            .unwrap();
        PageImage {
            jpeg,
            width_px: width.into(),
            height_px: height.into(),
            dpi,
        }
    }

    #[test]
    fn colour_and_grey_pages_give_their_brightness() {
        let red = Luma::of(&page(50, 33, 300, ColorType::Rgb, &[200, 20, 30])).unwrap();
        assert_eq!((red.width, red.height, red.shrunk, red.bytes.len()), (50, 33, 1, 1650));
        // 0.299 × 200 + 0.587 × 20 + 0.114 × 30
        assert!(red.bytes.iter().all(|luma| luma.abs_diff(75) <= 2), "{}", red.bytes[0]);

        let grey = Luma::of(&page(40, 40, 300, ColorType::Luma, &[90])).unwrap();
        assert!(grey.bytes.iter().all(|luma| luma.abs_diff(90) <= 1));
    }

    #[test]
    fn a_fine_scan_is_halved_until_it_is_read_fast() {
        let fine = Luma::of(&page(101, 60, 600, ColorType::Luma, &[60])).unwrap();
        assert_eq!((fine.width, fine.height, fine.shrunk), (50, 30, 2));
        assert!(fine.bytes.len() == 1500 && fine.bytes.iter().all(|luma| luma.abs_diff(60) <= 1));
        let finer = Luma::of(&page(100, 60, 1200, ColorType::Luma, &[60])).unwrap();
        assert_eq!((finer.width, finer.height, finer.shrunk), (25, 15, 4));
    }

    #[test]
    fn what_is_no_jpeg_of_the_size_told_is_refused() {
        let good = page(20, 20, 300, ColorType::Luma, &[0]);
        for wrong in [
            PageImage {
                width_px: 19,
                ..good.clone()
            },
            PageImage {
                height_px: 21,
                ..good.clone()
            },
            PageImage {
                jpeg: b"no picture".to_vec(),
                ..good.clone()
            },
        ] {
            assert!(matches!(Luma::of(&wrong), Err(NoLuma::Image(_))), "{wrong:?}");
        }
        for (width_px, height_px) in [(0, 5), (5, 0), (u32::MAX, u32::MAX), (7_000, 7_000)] {
            let wrong = PageImage {
                width_px,
                height_px,
                ..good.clone()
            };
            assert!(matches!(Luma::of(&wrong), Err(NoLuma::Size { .. })), "{wrong:?}");
        }
    }
}
