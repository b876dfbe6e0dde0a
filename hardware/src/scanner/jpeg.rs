//! From a raw page to the JPEG that is kept, row by row: the raster never stands in our heap.
//!
//! Quality 85 with colour at half resolution (4:2:0). Small print and the edges of letters live in the
//! brightness, which keeps every pixel; red stamps and blue ink are broad at 300 dpi and look the
//! same as with full colour, which would make the page 30 % larger. Quality 90 would make it 35 %
//! larger. Measured on the sample papers, where a page has 0.2–0.6 MB.

use std::cell::RefCell;

use jpeg_encoder::{
    ChromaSubsamplingMethod, Encoder, ImageBuffer, JpegColorType, PixelDensity, PixelDensityUnit, SamplingFactor,
    rgb_to_ycbcr,
};

use super::pnm::{PnmError, RawPage};
use super::preview::Shrinking;
use super::{PageImage, Scanned};

const QUALITY: u8 = 85;
/// Enough for most pages of A4 at 300 dpi; the buffer grows when it must.
const JPEG_BYTES_USUAL: usize = 1 << 20;

/// Encodes a whole page, and makes its preview on the way. `dpi` is what the scanner really scanned with.
pub(crate) fn encode(raw: &RawPage, dpi: u32, preview_width_px: u32) -> Result<Scanned, PnmError> {
    let (width_px, height_px) = (raw.header.width_px, raw.header.height_px);
    let size = PnmError::Size { width_px, height_px };
    let (Ok(width), Ok(height)) = (u16::try_from(width_px), u16::try_from(height_px)) else {
        return Err(size);
    };

    let mut jpeg = Vec::with_capacity(JPEG_BYTES_USUAL);
    let rows = Rows {
        raw,
        width,
        height,
        row: RefCell::new(vec![0; raw.header.row_bytes()]),
        failed: RefCell::new(None),
        preview: RefCell::new(Shrinking::new(raw.header, preview_width_px)),
    };
    let mut encoder = Encoder::new(&mut jpeg, QUALITY);
    let density = u16::try_from(dpi).unwrap_or(u16::MAX);
    encoder.set_density(PixelDensity {
        density: (density, density),
        unit: PixelDensityUnit::Inches,
    });
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // Taking every other pixel would break the thin lines of a stamp.
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);

    // Into a Vec nothing fails but the size, which was bounded by the header.
    encoder.encode_image(&rows).map_err(|_| size)?;

    match rows.failed.into_inner() {
        Some(error) => Err(PnmError::Read(error)),
        None => Ok(Scanned {
            preview: rows.preview.into_inner().finish(),
            page: PageImage {
                jpeg,
                width_px,
                height_px,
                dpi,
            },
        }),
    }
}

/// The encoder asks for one row after the other and cannot be told that one is missing: the first
/// error is kept here and makes the page fail at the end.
struct Rows<'a> {
    raw: &'a RawPage,
    width: u16,
    height: u16,
    row: RefCell<Vec<u8>>,
    failed: RefCell<Option<std::io::Error>>,
    preview: RefCell<Shrinking>,
}

impl ImageBuffer for &Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.raw.header.channels == 1 {
            JpegColorType::Luma
        } else {
            JpegColorType::Ycbcr
        }
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let mut row = self.row.borrow_mut();

        if let Err(error) = self.raw.row(u32::from(y), &mut row) {
            row.fill(u8::MAX);
            self.failed.borrow_mut().get_or_insert(error);
        }
        self.preview.borrow_mut().row(y.into(), &row);
        if self.raw.header.channels == 1 {
            buffers[0].extend_from_slice(&row);
            return;
        }

        let [luma, blue, red, _] = buffers;
        for pixel in row.as_chunks::<3>().0 {
            let (y, cb, cr) = rgb_to_ycbcr(pixel[0], pixel[1], pixel[2]);
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn raw(header: &str, pixel: &[u8], pixels: usize) -> RawPage {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(header.as_bytes()).unwrap();
        file.write_all(&pixel.repeat(pixels)).unwrap();
        RawPage::new(file).unwrap()
    }

    #[test]
    fn a_colour_page_keeps_its_colour_size_and_density() {
        let page = encode(&raw("P6 50 33 255\n", &[200, 20, 30], 50 * 33), 300, 25).unwrap();
        let Scanned { page, preview } = page;
        let image = image::load_from_memory(&page.jpeg).unwrap().to_rgb8();

        assert_eq!((image.width(), image.height()), (50, 33));
        let pixel = image.get_pixel(25, 16).0;
        for (have, want) in pixel.iter().zip([200_u8, 20, 30]) {
            assert!(have.abs_diff(want) <= 4, "{pixel:?}");
        }
        assert_eq!((preview.width, preview.height), (25, 16));
        assert_eq!(preview.rgb[..3], [200, 20, 30]);
        assert_eq!(&page.jpeg[6..11], b"JFIF\0");
        assert_eq!(&page.jpeg[13..18], [1, 1, 44, 1, 44], "300 dots per inch both ways");
    }

    #[test]
    fn a_grey_page_is_encoded_in_grey() {
        let page = encode(&raw("P5 40 40 255\n", &[90], 1600), 200, 40).unwrap().page;
        let image = image::load_from_memory(&page.jpeg).unwrap();

        assert_eq!(image.color(), image::ColorType::L8);
        assert!(image.to_luma8().get_pixel(20, 20).0[0].abs_diff(90) <= 2);
    }
}
