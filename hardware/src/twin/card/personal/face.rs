//! The face on a sample card: a drawn cartoon, plainly nobody.

use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

/// The same cartoon as a JPEG 2000 file (JP2), made once with OpenJPEG: nothing here writes JPEG 2000.
pub const JPEG2000: &[u8] = include_bytes!("face.jp2");

pub const WIDTH: u32 = 240;
pub const HEIGHT: u32 = 320;

/// Quality of the JPEG, of 100.
const QUALITY: u8 = 80;

const BACKGROUND: [u8; 3] = [222, 234, 246];
const SKIN: [u8; 3] = [255, 214, 80];
const INK: [u8; 3] = [40, 40, 48];
const COAT: [u8; 3] = [60, 120, 170];

/// The cartoon as a baseline JPEG.
pub fn jpeg() -> Vec<u8> {
    let image = draw();
    let mut bytes = vec![];
    Encoder::new(&mut bytes, QUALITY)
        .encode(image.as_raw(), WIDTH as u16, HEIGHT as u16, ColorType::Rgb)
        .expect("a small picture in memory can be encoded");
    bytes
}

/// Yellow and round, with dots for eyes: shoulders, head, eyes, a smile.
fn draw() -> RgbImage {
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let inside = |cx: f32, cy: f32, rx: f32, ry: f32| {
            let (dx, dy) = ((x as f32 - cx) / rx, (y as f32 - cy) / ry);
            dx * dx + dy * dy < 1.0
        };
        let eye = inside(90.0, 125.0, 10.0, 16.0) || inside(150.0, 125.0, 10.0, 16.0);
        let smile = inside(120.0, 170.0, 45.0, 34.0) && !inside(120.0, 160.0, 45.0, 34.0);
        let colour = if eye || smile {
            INK
        } else if inside(120.0, 145.0, 78.0, 98.0) {
            SKIN
        } else if inside(120.0, 330.0, 110.0, 90.0) {
            COAT
        } else {
            BACKGROUND
        };
        Rgb(colour)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jpeg_is_the_cartoon_and_small() {
        let bytes = jpeg();
        let image = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!((image.width(), image.height()), (WIDTH, HEIGHT));
        assert!(bytes.len() < 20_000, "{} bytes", bytes.len());
        let [r, g, b] = image.get_pixel(120, 80).0;
        assert!(r > 200 && g > 150 && b < 150, "the skin is {r} {g} {b}");
    }

    #[test]
    fn the_jpeg_2000_is_a_jp2_file_of_that_size() {
        assert!(JPEG2000.starts_with(b"\0\0\0\x0CjP  \r\n\x87\n"));
        let header = JPEG2000.windows(4).position(|bytes| bytes == b"ihdr").unwrap();
        let number = |at: usize| u32::from_be_bytes(JPEG2000[at..at + 4].try_into().unwrap());
        assert_eq!((number(header + 4), number(header + 8)), (HEIGHT, WIDTH));
        assert!(JPEG2000.ends_with(b"\xFF\xD9"), "the codestream has no end");
    }
}
