//! The paper under the head: what is drawn on the slip in progress, and pictures of finished ones.

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};
use serde::{Deserialize, Serialize};

use super::machine::Raster;
use crate::printer::code128;
use crate::printer::dots::{Dots, Pen};
use crate::printer::{Align, Weight};

/// Height of a line of the printer's own letters, and of an empty line.
const FONT_DOTS: u32 = 24;
const LINE_DOTS: u32 = 34;
/// Paper between the head and the cutter: it is white at the head of the next slip.
pub const CUTTER_DOTS: u32 = 24;
/// A printer that is fed on and on draws no endless picture.
pub const ROWS_MAX: u32 = 24_000;

/// How codes and letters are to be drawn; kept when the program ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Style {
    pub justify: u8,
    pub size: u8,
    pub qr_module: u8,
    pub qr_level: u8,
    pub qr_data: Vec<u8>,
    pub barcode_high: u8,
    pub barcode_module: u8,
    /// Letters of a line that has not ended.
    pub line: Vec<u8>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            justify: 0,
            size: 0,
            qr_module: 3,
            qr_level: 48,
            qr_data: Vec::new(),
            barcode_high: 162,
            barcode_module: 3,
            line: Vec::new(),
        }
    }
}

impl Style {
    fn left(&self, paper: u32, width: u32) -> i32 {
        let spare = paper.saturating_sub(width) as i32;
        match self.justify {
            1 | b'1' => spare / 2,
            2 | b'2' => spare,
            _ => 0,
        }
    }

    /// One raster row, doubled as asked.
    pub fn raster_row(&self, paper: &mut Dots, row: &[u8], raster: &Raster) -> u32 {
        let (across, down) = (1 + i32::from(raster.wide), 1 + u32::from(raster.high));
        let left = self.left(paper.width(), row.len() as u32 * 8 * across as u32);
        let top = paper.rows() as i32;
        paper.feed(down);
        for x in (0..row.len() as i32 * 8).filter(|x| row[*x as usize / 8] & (0x80 >> (x % 8)) != 0) {
            for (dx, dy) in (0..across).flat_map(|dx| (0..down as i32).map(move |dy| (dx, dy))) {
                // Dots beyond the paper's edge fall beside it.
                paper.set(left + x * across + dx, top + dy);
            }
        }
        down
    }

    pub fn columns(&self, paper: &mut Dots, data: &[u8], deep: bool) -> u32 {
        let tall = if deep { 3 } else { 1 };
        let left = self.left(paper.width(), (data.len() / tall) as u32);
        let top = paper.rows() as i32;
        paper.feed(tall as u32 * 8);
        for (x, column) in data.chunks_exact(tall).enumerate() {
            for y in (0..tall as i32 * 8).filter(|y| column[*y as usize / 8] & (0x80 >> (y % 8)) != 0) {
                paper.set(left + x as i32, top + y);
            }
        }
        tall as u32 * 8
    }

    /// The stored QR code; nothing if the data fit none.
    pub fn qr(&self, paper: &mut Dots) -> u32 {
        let level = match self.qr_level {
            49 => EcLevel::M,
            50 => EcLevel::Q,
            51 => EcLevel::H,
            _ => EcLevel::L,
        };
        let Ok(code) = QrCode::with_error_correction_level(&self.qr_data, level) else {
            return 0;
        };
        let (module, modules) = (i32::from(self.qr_module.clamp(1, 16)), code.width() as i32);
        let side = (module * modules) as u32;
        let (left, top) = (self.left(paper.width(), side), paper.rows() as i32);
        paper.feed(side);
        for y in 0..side as i32 {
            for x in 0..side as i32 {
                if code[((x / module) as usize, (y / module) as usize)] == Color::Dark {
                    paper.set(left + x, top + y);
                }
            }
        }
        side
    }

    /// A Code 128 barcode and its text; other systems draw nothing.
    pub fn barcode(&self, paper: &mut Dots, system: u8, data: &[u8]) -> (u32, Option<String>) {
        let Some(text) = (system == 73).then(|| code128::text(data)).flatten() else {
            return (0, None);
        };
        let modules = code128::modules(&text);
        let module = i32::from(self.barcode_module.clamp(1, 6));
        let wide = modules.len() as u32 * module as u32;
        if wide > paper.width() {
            // Real printers print nothing then.
            return (0, None);
        }
        let (left, top) = (self.left(paper.width(), wide), paper.rows() as i32);
        let high = u32::from(self.barcode_high.max(1));
        paper.feed(high);
        for x in (0..wide as i32).filter(|x| modules[(x / module) as usize]) {
            for y in 0..high as i32 {
                paper.set(left + x, top + y);
            }
        }
        (high, Some(text))
    }

    /// Ends the line: its letters, or white if there are none.
    pub fn line_feed(&mut self, paper: &mut Dots, pen: &mut Option<Pen>) -> u32 {
        let before = paper.rows();
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            paper.feed(LINE_DOTS);
        } else {
            let align = if matches!(self.justify, 1 | b'1') {
                Align::Center
            } else {
                Align::Left
            };
            let em = FONT_DOTS * (1 + u32::from(self.size & 7));
            let text: String = line
                .iter()
                .map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' })
                .collect();
            pen.get_or_insert_with(Pen::cold)
                .text(paper, &text, em, Weight::Regular, align);
        }
        paper.rows() - before
    }
}

/// A picture of paper.
pub fn picture(paper: &Dots) -> GrayImage {
    GrayImage::from_fn(paper.width(), paper.rows().max(1), |x, y| {
        Luma([if paper.is_black(x, y) { 0 } else { 255 }])
    })
}

pub fn png(picture: &GrayImage) -> std::io::Result<Vec<u8>> {
    let mut png = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut png, ImageFormat::Png)
        .map_err(std::io::Error::other)?;
    Ok(png.into_inner())
}

/// What a camera reads on the paper.
pub fn qr_codes(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut seen =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.get_pixel(x as u32, y as u32).0[0]);
    seen.detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok().map(|(_, text)| text))
        .collect()
}
