//! A small picture of a page for the screen.
//!
//! A page of 300 dpi is 26 MB when unpacked. The JPEG is therefore decoded at an eighth, a quarter
//! or half of its size, straight from its coefficients, and brought to its final width by weighing.

use image::RgbImage;
use image::imageops::{FilterType, resize};
use jpeg_decoder::{Decoder, PixelFormat};

use super::PageImage;

/// No preview is wider: the largest panel is 1920 px.
const WIDTH_PX_MAX: u32 = 1920;
/// What the decoder may take at once, in bytes.
const DECODE_BYTES_MAX: usize = 64 << 20;

/// A picture for the screen: rows of red, green, blue. Personal: never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct RgbPreview {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

impl std::fmt::Debug for RgbPreview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RgbPreview({}×{})", self.width, self.height)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    #[error("page is no readable JPEG")]
    Unreadable(#[from] jpeg_decoder::Error),
    #[error("page has colours that a scan cannot have")]
    Colours,
    #[error("page is empty")]
    Empty,
}

/// Shrinks a page to at most `width_px_max` (and never more than 1920 px); a smaller page stays as
/// it is.
pub fn preview(page: &PageImage, width_px_max: u32) -> Result<RgbPreview, PreviewError> {
    let width_px_max = width_px_max.clamp(1, WIDTH_PX_MAX);
    let mut decoder = Decoder::new(page.jpeg.as_slice());
    decoder.set_max_decoding_buffer_size(DECODE_BYTES_MAX);
    decoder.read_info()?;

    let info = decoder.info().ok_or(PreviewError::Empty)?;

    // The decoder picks the smallest size it has that is not below the one asked for.
    let wanted = u32::from(info.width).min(width_px_max);
    let height = (u32::from(info.height) * wanted).div_ceil(u32::from(info.width).max(1));
    decoder.scale(
        u16::try_from(wanted).unwrap_or(u16::MAX),
        u16::try_from(height).unwrap_or(u16::MAX),
    )?;
    let pixels = decoder.decode()?;
    let info = decoder.info().ok_or(PreviewError::Empty)?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));

    if width == 0 || height == 0 {
        return Err(PreviewError::Empty);
    }

    let rgb = match info.pixel_format {
        PixelFormat::RGB24 => pixels,
        PixelFormat::L8 => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        PixelFormat::L16 | PixelFormat::CMYK32 => return Err(PreviewError::Colours),
    };

    if width <= width_px_max {
        return Ok(RgbPreview { width, height, rgb });
    }

    let large = RgbImage::from_raw(width, height, rgb).ok_or(PreviewError::Empty)?;
    let height = (height * width_px_max / width).max(1);
    let rgb = resize(&large, width_px_max, height, FilterType::Triangle).into_raw();
    Ok(RgbPreview {
        width: width_px_max,
        height,
        rgb,
    })
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder};

    use super::*;

    /// The left half black, the right half red.
    fn page(width: u16, height: u16) -> PageImage {
        let mut rgb = Vec::new();
        for _ in 0..height {
            for x in 0..width {
                rgb.extend(if x < width / 2 { [0, 0, 0] } else { [220, 0, 0] });
            }
        }
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, 90)
            .encode(&rgb, width, height, ColorType::Rgb)
            .unwrap();
        PageImage {
            jpeg,
            width_px: width.into(),
            height_px: height.into(),
            dpi: 300,
        }
    }

    #[test]
    fn a_preview_has_the_width_asked_for_and_the_proportions_and_colours_of_the_page() {
        let preview = preview(&page(620, 877), 200).unwrap();

        assert_eq!((preview.width, preview.height), (200, 283));
        assert_eq!(preview.rgb.len(), 200 * 283 * 3);
        let pixel = |x: usize, y: usize| &preview.rgb[(y * 200 + x) * 3..][..3];
        assert!(pixel(20, 100).iter().all(|value| *value < 20), "{:?}", pixel(20, 100));
        assert!(
            pixel(180, 100)[0] > 200 && pixel(180, 100)[1] < 20,
            "{:?}",
            pixel(180, 100)
        );
    }

    #[test]
    fn a_page_that_is_small_already_is_not_blown_up() {
        let preview = preview(&page(64, 32), 500).unwrap();
        assert_eq!((preview.width, preview.height), (64, 32));
    }

    #[test]
    fn a_page_that_is_no_jpeg_gives_an_error() {
        let broken = PageImage {
            jpeg: b"\xff\xd8 and nothing else".to_vec(),
            width_px: 1,
            height_px: 1,
            dpi: 300,
        };
        assert!(preview(&broken, 100).is_err());
        let mut cut = page(300, 300);
        cut.jpeg.truncate(20);
        assert!(preview(&cut, 100).is_err());
    }
}
