//! From rows to the JPEG that is kept, one after the other: the raster never stands in our heap.
//!
//! Quality 80 with colour at half resolution (4:2:0). Measured on generated A4 pages at 300 dpi with the noise
//! of a sensor, structural similarity of brightness and of red (Cr) beside the raster:
//!
//! ```text
//! quality  4:2:0 kB  brightness  red       4:4:4 kB  brightness  red
//! 75            494      0.9547  0.9489         659      0.9547  0.9528
//! 80            629      0.9567  0.9488         818      0.9567  0.9534
//! 85            851      0.9595  0.9481        1105      0.9595  0.9540
//! 90           1277      0.9640  0.9472        1672      0.9639  0.9552
//! ```
//!
//! What a higher quality adds is the noise: 85 would cost a third more bytes for 0.003. A line of 1 Mbit/s
//! carries a page of 80 in 5 s. Full colour would cost 30 % for 0.005 of red: stamps and pen strokes are broad
//! at 300 dpi, and small print lives in the brightness, which keeps every pixel.

use std::cell::RefCell;

use jpeg_encoder::{
    ChromaSubsamplingMethod, Encoder, ImageBuffer, JpegColorType, PixelDensity, PixelDensityUnit, SamplingFactor,
    rgb_to_ycbcr,
};

use super::PageImage;
use super::pnm::{Header, PnmError, RawPage};
use super::preview::{RgbPreview, Shrinking};

const QUALITY: u8 = 80;
/// Enough for most pages of A4 at 300 dpi; the buffer grows when it must.
const JPEG_BYTES_USUAL: usize = 1 << 20;

/// A page that is given row by row, from the first to the last.
pub(crate) trait Rows {
    fn shape(&self) -> Header;

    /// Puts row `y` into `row`, which has [`Header::row_bytes`].
    fn row(&mut self, y: u32, row: &mut [u8]) -> std::io::Result<()>;
}

impl Rows for &RawPage {
    fn shape(&self) -> Header {
        self.header
    }

    fn row(&mut self, y: u32, row: &mut [u8]) -> std::io::Result<()> {
        RawPage::row(self, y, row)
    }
}

/// Encodes a whole page, and makes its preview on the way. `dpi` is what the scanner really scanned with.
pub(crate) fn encode(rows: impl Rows, dpi: u32, preview_width_px: u32) -> Result<(PageImage, RgbPreview), PnmError> {
    let shape = rows.shape();
    let (width_px, height_px) = (shape.width_px, shape.height_px);
    let size = PnmError::Size { width_px, height_px };
    let (Ok(width), Ok(height)) = (u16::try_from(width_px), u16::try_from(height_px)) else {
        return Err(size);
    };

    let mut jpeg = Vec::with_capacity(JPEG_BYTES_USUAL);
    let source = Source {
        shape,
        width,
        height,
        state: RefCell::new(State {
            rows,
            row: vec![0; shape.row_bytes()],
            failed: None,
            preview: Shrinking::new(shape, preview_width_px),
        }),
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
    encoder.encode_image(&source).map_err(|_| size)?;

    let state = source.state.into_inner();
    match state.failed {
        Some(error) => Err(PnmError::Read(error)),
        None => Ok((
            PageImage {
                jpeg,
                width_px,
                height_px,
                dpi,
            },
            state.preview.finish(),
        )),
    }
}

/// The encoder asks for one row after the other and cannot be told that one is missing: the first
/// error is kept here and makes the page fail at the end.
struct Source<R> {
    shape: Header,
    width: u16,
    height: u16,
    state: RefCell<State<R>>,
}

struct State<R> {
    rows: R,
    row: Vec<u8>,
    failed: Option<std::io::Error>,
    preview: Shrinking,
}

impl<R: Rows> ImageBuffer for &Source<R> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.shape.channels == 1 {
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
        let mut state = self.state.borrow_mut();
        let State {
            rows,
            row,
            failed,
            preview,
        } = &mut *state;

        if let Err(error) = rows.row(u32::from(y), row) {
            row.fill(u8::MAX);
            failed.get_or_insert(error);
        }
        preview.row(y.into(), row);
        if self.shape.channels == 1 {
            buffers[0].extend_from_slice(row);
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
        let (page, preview) = encode(&raw("P6 50 33 255\n", &[200, 20, 30], 50 * 33), 300, 25).unwrap();
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
        let page = encode(&raw("P5 40 40 255\n", &[90], 1600), 200, 40).unwrap().0;
        let image = image::load_from_memory(&page.jpeg).unwrap();

        assert_eq!(image.color(), image::ColorType::L8);
        assert!(image.to_luma8().get_pixel(20, 20).0[0].abs_diff(90) <= 2);
    }
}
