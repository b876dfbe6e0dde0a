//! A slip on A4 pages, as a PDF/A: the same lines as on the roll, for an office printer.
//!
//! Words are text in the bundled Noto Sans, codes are drawn. The same slip and time give the same bytes.

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Rect, Size};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use qrcode::{EcLevel, QrCode};

use crate::printer::dots::{DRAWING_UNITS, Drawing};
use crate::printer::{Align, Line, Slip, TextSize, Weight, code128};
use crate::scanner::pdf::{PdfError, Typeface, date};

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 210.0 * MM;
const HEIGHT: f32 = 297.0 * MM;
/// White at each edge (NĐ 30/2020/NĐ-CP, Phụ lục I: 20 mm above and below, 30 mm left, 15 to 20 mm right).
const LEFT: f32 = 30.0 * MM;
const RIGHT: f32 = WIDTH - 18.0 * MM;
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = HEIGHT - 20.0 * MM;
/// From baseline to baseline, in em.
const LINE_EM: f32 = 1.35;
const QR_SIDE: f32 = 28.0 * MM;
const BAR_HIGH: f32 = 11.0 * MM;
/// Width of a barcode's module; narrower ones are not read by cheap scanners.
const BAR_MODULE: f32 = 0.33 * MM;
const DRAWING_SIDE: f32 = 13.0 * MM;
const STROKE: f32 = 0.5 * MM;
/// Pages of one slip.
const PAGES_MAX: usize = 20;

/// Draws a slip. `title` is shown by viewers and must not name a person; `made_at_unix` is in seconds.
///
/// # Errors
/// The slip is longer than some pages, or holds a code that cannot be drawn.
pub fn pdf(title: &str, slip: &Slip, made_at_unix: i64) -> Result<Vec<u8>, PdfError> {
    let mut pen = Pen::new()?;
    for line in &slip.lines {
        pen.line(line)?;
    }
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_B)
        .finish()
        .map_err(|error| PdfError::Write(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    document.set_metadata(
        Metadata::new()
            .title(title.to_owned())
            .language("vi".to_owned())
            .creator("Một Cửa Kiosk".to_owned())
            .producer("Một Cửa Kiosk".to_owned())
            .creation_date(date(made_at_unix).ok_or(PdfError::Time(made_at_unix))?),
    );
    let size = Size::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Size { page: 1 })?;
    for page in &pen.pages {
        let mut paper = document.start_page_with(PageSettings::new(size));
        let mut surface = paper.surface();
        pen.draw(page, &mut surface);
        surface.finish();
        paper.finish();
    }
    document.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
}

/// One thing on a page, in points from its upper left corner.
enum Mark {
    Words {
        text: String,
        weight: Weight,
        points: f32,
        left: f32,
        baseline: f32,
    },
    Black(Rect),
    Stroke([(f32, f32); 2]),
}

struct Pen {
    regular: Typeface,
    bold: Typeface,
    pages: Vec<Vec<Mark>>,
    /// Where the next line begins.
    down: f32,
}

impl Pen {
    fn new() -> Result<Self, PdfError> {
        Ok(Self {
            regular: Typeface::new().ok_or(PdfError::Font)?,
            bold: Typeface::bold().ok_or(PdfError::Font)?,
            pages: vec![vec![]],
            down: TOP,
        })
    }

    fn line(&mut self, line: &Line) -> Result<(), PdfError> {
        match line {
            Line::Text {
                text,
                size,
                weight,
                align,
            } => self.text(text, points(*size), *weight, *align, LEFT),
            Line::Pair { label, value } => self.pair(label, value),
            Line::Drawn { drawing, title, note } => self.drawn(*drawing, title, note),
            Line::Rule => {
                self.room(4.0 * MM)?;
                let at = self.down + 2.0 * MM;
                self.black(LEFT, at, RIGHT - LEFT, 0.25 * MM);
                self.down += 4.0 * MM;
                Ok(())
            }
            Line::Gap { mm } => {
                self.down += f32::from(*mm) * MM;
                Ok(())
            }
            Line::Qr { data } => self.qr(data),
            Line::Barcode { data } => self.barcode(data),
        }
    }

    /// Begins a new page where so much does not fit on this one.
    fn room(&mut self, high: f32) -> Result<(), PdfError> {
        if self.down + high > BOTTOM {
            self.pages.push(vec![]);
            self.down = TOP;
        }
        if self.pages.len() > PAGES_MAX {
            return Err(PdfError::Pages {
                pages: self.pages.len(),
            });
        }
        Ok(())
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn black(&mut self, left: f32, top: f32, wide: f32, high: f32) {
        if let Some(rect) = Rect::from_xywh(left, top, wide, high) {
            self.mark(Mark::Black(rect));
        }
    }

    fn face(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    fn width(&self, text: &str, points: f32, weight: Weight) -> f32 {
        self.face(weight).width_em(text) * points
    }

    /// Words from `left` on, wrapped at the right margin.
    fn text(&mut self, text: &str, points: f32, weight: Weight, align: Align, left: f32) -> Result<(), PdfError> {
        for line in text.lines() {
            let mut set = String::new();
            for word in line.split_whitespace() {
                let longer = if set.is_empty() {
                    word.to_owned()
                } else {
                    format!("{set} {word}")
                };
                if !set.is_empty() && self.width(&longer, points, weight) > RIGHT - left {
                    self.one(&set, points, weight, align, left)?;
                    word.clone_into(&mut set);
                } else {
                    set = longer;
                }
            }
            self.one(&set, points, weight, align, left)?;
        }
        Ok(())
    }

    fn one(&mut self, text: &str, points: f32, weight: Weight, align: Align, left: f32) -> Result<(), PdfError> {
        self.room(points * LINE_EM)?;
        let spare = (RIGHT - left - self.width(text, points, weight)).max(0.0);
        let from = match align {
            Align::Left => left,
            Align::Center => left + spare / 2.0,
        };
        self.words(text, points, weight, from);
        self.down += points * LINE_EM;
        Ok(())
    }

    fn words(&mut self, text: &str, points: f32, weight: Weight, left: f32) {
        let baseline = self.down + points;
        self.mark(Mark::Words {
            text: text.to_owned(),
            weight,
            points,
            left,
            baseline,
        });
    }

    fn pair(&mut self, label: &str, value: &str) -> Result<(), PdfError> {
        let size = points(TextSize::Normal);
        let label_wide = self.width(label, size, Weight::Regular) + 4.0 * MM;
        if label_wide + self.width(value, size, Weight::Bold) <= RIGHT - LEFT {
            self.room(size * LINE_EM)?;
            self.words(label, size, Weight::Regular, LEFT);
            let left = RIGHT - self.width(value, size, Weight::Bold);
            return {
                self.words(value, size, Weight::Bold, left);
                self.down += size * LINE_EM;
                Ok(())
            };
        }
        self.text(label, size, Weight::Regular, Align::Left, LEFT)?;
        self.text(value, size, Weight::Bold, Align::Left, LEFT + 8.0 * MM)
    }

    fn drawn(&mut self, drawing: Drawing, title: &str, note: &str) -> Result<(), PdfError> {
        self.room(DRAWING_SIDE + 2.0 * MM)?;
        let (top, page) = (self.down, self.pages.len());
        let scale = DRAWING_SIDE / DRAWING_UNITS as f32;
        for stroke in drawing.0 {
            let ends = stroke.iter().zip(stroke.iter().skip(1).chain(stroke.last()));
            for (from, to) in ends {
                let at = |(x, y): (u8, u8)| (LEFT + f32::from(x) * scale, top + f32::from(y) * scale);
                self.mark(Mark::Stroke([at(*from), at(*to)]));
            }
        }
        let left = LEFT + DRAWING_SIDE + 4.0 * MM;
        self.text(title, points(TextSize::Normal), Weight::Bold, Align::Left, left)?;
        self.text(note, points(TextSize::Small), Weight::Regular, Align::Left, left)?;
        if self.pages.len() == page {
            self.down = self.down.max(top + DRAWING_SIDE);
        }
        self.down += 2.0 * MM;
        Ok(())
    }

    fn qr(&mut self, data: &str) -> Result<(), PdfError> {
        let code = QrCode::with_error_correction_level(data, EcLevel::M)
            .map_err(|error| PdfError::Write(format!("A QR code: {error}")))?;
        self.room(QR_SIDE + 8.0 * MM)?;
        let modules = code.width();
        let side = QR_SIDE / modules as f32;
        let (left, top) = ((LEFT + RIGHT - QR_SIDE) / 2.0, self.down + 4.0 * MM);
        for (at, colour) in code.to_colors().into_iter().enumerate() {
            if colour == qrcode::Color::Dark {
                let (x, y) = ((at % modules) as f32, (at / modules) as f32);
                self.black(left + x * side, top + y * side, side, side);
            }
        }
        self.down += QR_SIDE + 8.0 * MM;
        Ok(())
    }

    fn barcode(&mut self, data: &str) -> Result<(), PdfError> {
        if data.is_empty() || !data.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
            return Err(PdfError::Write("A barcode holds printable ASCII".to_owned()));
        }
        self.room(BAR_HIGH + 10.0 * MM)?;
        let modules = code128::modules(data);
        let wide = modules.len() as f32 * BAR_MODULE;
        let (left, top) = ((LEFT + RIGHT - wide) / 2.0, self.down + 2.0 * MM);
        for (at, black) in modules.into_iter().enumerate() {
            if black {
                self.black(left + at as f32 * BAR_MODULE, top, BAR_MODULE, BAR_HIGH);
            }
        }
        self.down += BAR_HIGH + 3.0 * MM;
        self.text(data, points(TextSize::Small), Weight::Regular, Align::Center, LEFT)
    }

    fn draw(&self, page: &[Mark], surface: &mut Surface<'_>) {
        surface.set_fill(Some(Fill {
            paint: rgb::Color::black().into(),
            ..Fill::default()
        }));
        for mark in page {
            match mark {
                Mark::Words {
                    text,
                    weight,
                    points,
                    left,
                    baseline,
                } => self.face(*weight).put(surface, text, *points, [*left, *baseline]),
                Mark::Black(rect) => {
                    let mut path = PathBuilder::new();
                    path.push_rect(*rect);
                    if let Some(path) = path.finish() {
                        surface.draw_path(&path);
                    }
                }
                Mark::Stroke(ends) => draw_stroke(surface, *ends),
            }
        }
        surface.set_fill(None);
    }
}

/// A line as a thin four-cornered shape: so there is nothing but fills on a page.
fn draw_stroke(surface: &mut Surface<'_>, [from, to]: [(f32, f32); 2]) {
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let length = along_x.hypot(along_y);
    let (x, y) = if length > 0.0 {
        (along_x / length * STROKE / 2.0, along_y / length * STROKE / 2.0)
    } else {
        (STROKE / 2.0, 0.0)
    };
    let mut path = PathBuilder::new();
    // Half a line's width longer at both ends, so that corners close.
    path.move_to(from.0 - x - y, from.1 - y + x);
    path.line_to(to.0 + x - y, to.1 + y + x);
    path.line_to(to.0 + x + y, to.1 + y - x);
    path.line_to(from.0 - x + y, from.1 - y - x);
    path.close();
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// Sizes of an official paper (NĐ 30/2020/NĐ-CP, Phụ lục I: 13 to 14 points).
fn points(size: TextSize) -> f32 {
    match size {
        TextSize::Small => 11.0,
        TextSize::Normal => 13.0,
        TextSize::Large => 16.0,
        TextSize::Huge => 40.0,
    }
}

#[cfg(test)]
mod tests;
