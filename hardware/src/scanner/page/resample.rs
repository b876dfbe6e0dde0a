//! The finished page, row by row: turned, cut out and evenly lit in one pass over the page as it was fed.
//!
//! The raster never stands in our heap: for a band of rows, piece by piece, only what the piece
//! shows is read. Between pixels it is interpolated linearly in both directions, which at 300 dpi
//! softens an edge by a tenth of a millimetre at most; colours are mixed, never made two.

use super::frame::Frame;
use super::light::Light;
use crate::scanner::jpeg::Rows;
use crate::scanner::pnm::{Header, RawPage};

/// Rows that are made at once.
const BAND_ROWS: u32 = 32;
/// Width of a piece of a band: turned by 10° it shows a square of 75 pixels more a side.
const PIECE_PX: u32 = 256;
/// The light changes slowly; so many pixels share one gain.
const GAIN_PX: usize = 16;
/// A gain of 1.
const GAIN_ONE: u32 = 1 << 10;

pub(super) struct Resampled<'a> {
    raw: &'a RawPage,
    frame: Frame,
    /// The light, and how many pixels of the page a pixel of it has; `None` where it is even.
    light: Option<(&'a Light, f64)>,
    /// What is shown beyond the page.
    paper: [u8; 3],
    band: Vec<u8>,
    band_at: Option<u32>,
    piece: Piece,
}

/// What a piece of a band shows of the page.
#[derive(Default)]
struct Piece {
    left: i64,
    top: i64,
    width: i64,
    height: i64,
    pixels: Vec<u8>,
}

impl<'a> Resampled<'a> {
    pub fn new(raw: &'a RawPage, frame: Frame, light: &'a Light, factor: u32) -> Self {
        let row_bytes = frame.width_px as usize * raw.header.channels as usize;
        Self {
            raw,
            frame,
            light: (!light.is_even()).then_some((light, f64::from(factor))),
            paper: light.paper(),
            band: vec![0; row_bytes * BAND_ROWS.min(frame.height_px) as usize],
            band_at: None,
            piece: Piece::default(),
        }
    }

    fn make_band(&mut self, top: u32) -> std::io::Result<()> {
        let rows = BAND_ROWS.min(self.frame.height_px - top);
        let mut left = 0;
        while left < self.frame.width_px {
            let columns = PIECE_PX.min(self.frame.width_px - left);
            self.load(left, top, columns, rows)?;
            for y in 0..rows {
                if self.raw.header.channels == 3 {
                    self.piece_row::<3>(left, columns, top, y);
                } else {
                    self.piece_row::<1>(left, columns, top, y);
                }
            }
            left += columns;
        }
        self.band_at = Some(top);
        Ok(())
    }

    /// Reads what lies under a piece of the band.
    fn load(&mut self, left: u32, top: u32, columns: u32, rows: u32) -> std::io::Result<()> {
        let (right, bottom) = (left + columns - 1, top + rows - 1);
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
            .map(|(x, y)| self.frame.place(x.into(), y.into()));
        let header = self.raw.header;
        let span = |n: usize, size: u32| {
            let ends = corners
                .iter()
                .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], corner| {
                    [low.min(corner[n]), high.max(corner[n])]
                });
            let last = i64::from(size) - 1;
            (floor(ends[0]).clamp(0, last), (floor(ends[1]) + 1).clamp(0, last))
        };
        let ((first_x, last_x), (first_y, last_y)) = (span(0, header.width_px), span(1, header.height_px));

        let piece = &mut self.piece;
        (piece.left, piece.top) = (first_x, first_y);
        (piece.width, piece.height) = (last_x - first_x + 1, last_y - first_y + 1);
        let row_bytes = index(piece.width) * header.channels as usize;
        piece.pixels.resize(row_bytes * index(piece.height), 0);
        for (y, row) in (first_y..=last_y).zip(piece.pixels.chunks_exact_mut(row_bytes)) {
            let number = |at: i64| u32::try_from(at).unwrap_or(u32::MAX);
            self.raw.part(number(y), number(first_x), row)?;
        }
        Ok(())
    }

    fn piece_row<const CHANNELS: usize>(&mut self, left: u32, columns: u32, top: u32, y: u32) {
        let width = self.frame.width_px as usize;
        let start = (y as usize * width + left as usize) * CHANNELS;
        let out = &mut self.band[start..start + columns as usize * CHANNELS];
        let fill: [u8; CHANNELS] = if CHANNELS == 3 {
            std::array::from_fn(|n| self.paper[n])
        } else {
            [self.paper[1]; CHANNELS]
        };

        for (group, pixels) in out.chunks_mut(GAIN_PX * CHANNELS).enumerate() {
            let x = f64::from(left) + f64::from(u32::try_from(group * GAIN_PX).unwrap_or(0));
            let at = self.frame.place(x, f64::from(top + y));
            let gain = self.light.map_or(GAIN_ONE, |(light, factor)| {
                let middle = self.frame.place(x + 8.0, f64::from(top + y));
                fixed_gain(light.gain(middle.map(|px| single((px + 0.5) / factor))))
            });
            self.piece
                .sample(pixels, at, self.frame.right, gain, fill, self.raw.header);
        }
    }
}

impl Piece {
    /// Fills `out` with pixels from `at` on, a step of `right` for each.
    fn sample<const CHANNELS: usize>(
        &self,
        out: &mut [u8],
        at: [f64; 2],
        right: [f64; 2],
        gain: u32,
        fill: [u8; CHANNELS],
        header: Header,
    ) {
        // 16 bits behind the point; a page has at most 16 before it.
        let [mut x, mut y] = [fixed(at[0]), fixed(at[1])];
        let [step_x, step_y] = right.map(fixed);
        let (last_x, last_y) = (i64::from(header.width_px) << 16, i64::from(header.height_px) << 16);
        let stride = index(self.width) * CHANNELS;

        for pixel in out.as_chunks_mut::<CHANNELS>().0 {
            if x < -0x8000 || y < -0x8000 || x > last_x - 0x8000 || y > last_y - 0x8000 {
                *pixel = fill;
            } else {
                let (px, py) = (
                    ((x >> 16) - self.left).clamp(0, self.width - 1),
                    ((y >> 16) - self.top).clamp(0, self.height - 1),
                );
                let (beside, below) = (
                    if px + 1 < self.width { CHANNELS } else { 0 },
                    if py + 1 < self.height { stride } else { 0 },
                );
                let from = index(py) * stride + index(px) * CHANNELS;
                let (fx, fy) = (weight(x), weight(y));
                for (n, value) in pixel.iter_mut().enumerate() {
                    let level = |at: usize| u32::from(self.pixels[at + n]);
                    let above = level(from) * (256 - fx) + level(from + beside) * fx;
                    let under = level(from + below) * (256 - fx) + level(from + below + beside) * fx;
                    let mixed = above * (256 - fy) + under * fy;
                    let lit = ((mixed + 0x8000) >> 16) * gain + GAIN_ONE / 2;
                    *value = u8::try_from(lit / GAIN_ONE).unwrap_or(u8::MAX);
                }
            }
            x += step_x;
            y += step_y;
        }
    }
}

impl Rows for Resampled<'_> {
    fn shape(&self) -> Header {
        Header {
            width_px: self.frame.width_px,
            height_px: self.frame.height_px,
            channels: self.raw.header.channels,
            raster_at: 0,
        }
    }

    fn row(&mut self, y: u32, row: &mut [u8]) -> std::io::Result<()> {
        let top = y / BAND_ROWS * BAND_ROWS;
        if self.band_at != Some(top) {
            self.make_band(top)?;
        }
        let from = (y - top) as usize * row.len();
        row.copy_from_slice(&self.band[from..from + row.len()]);
        Ok(())
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place on a page of at most 65,535 pixels a side"
)]
fn fixed(px: f64) -> i64 {
    (px * 65_536.0).round() as i64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a place on a page of at most 65,535 pixels a side"
)]
fn floor(px: f64) -> i64 {
    px.floor() as i64
}

#[expect(clippy::cast_possible_truncation, reason = "the light is known to a millimetre")]
fn single(px: f64) -> f32 {
    px as f32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and 2.2"
)]
fn fixed_gain(gain: f32) -> u32 {
    (gain * 1024.0).round() as u32
}

/// The part behind the point in 256 steps.
fn weight(at: i64) -> u32 {
    u32::try_from((at >> 8) & 0xFF).unwrap_or(0)
}

fn index(at: i64) -> usize {
    usize::try_from(at).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::outline::Sheet;
    use super::super::reduced::Reduced;
    use super::super::tests::raw;
    use super::*;
    use crate::scanner::page::Turned;

    /// Every pixel has a colour of its own.
    fn own(x: u32, y: u32) -> [u8; 3] {
        [x, y, x ^ y].map(|level| u8::try_from(level + 100).unwrap())
    }

    fn rows(turned: Turned) -> (u32, Vec<[u8; 3]>) {
        let page = raw(90, 70, own);
        let reduced = Reduced::read(&page, 150).unwrap();
        let sheet = Sheet::around(&reduced, 0.0);
        let light = Light::on(&reduced, &sheet);
        let mut resampled = Resampled::new(&page, Frame::cut(&reduced, &sheet, turned), &light, 1);
        resampled.light = None;
        let shape = resampled.shape();
        let mut row = vec![0; shape.row_bytes()];
        let mut pixels = Vec::new();
        for y in 0..shape.height_px {
            resampled.row(y, &mut row).unwrap();
            pixels.extend_from_slice(row.as_chunks::<3>().0);
        }
        (shape.width_px, pixels)
    }

    #[test]
    fn a_page_that_is_turned_by_quarters_keeps_every_pixel() {
        for (turned, width, first, last) in [
            (Turned::Not, 90, own(0, 0), own(89, 69)),
            (Turned::QuarterClockwise, 70, own(0, 69), own(89, 0)),
            (Turned::Half, 90, own(89, 69), own(0, 0)),
            (Turned::QuarterCounterclockwise, 70, own(89, 0), own(0, 69)),
        ] {
            let (wide, pixels) = rows(turned);
            assert_eq!((wide, pixels.len()), (width, 90 * 70), "{turned:?}");
            assert_eq!((pixels[0], pixels[pixels.len() - 1]), (first, last), "{turned:?}");
        }
    }
}
