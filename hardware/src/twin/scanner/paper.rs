//! A sheet of A4 to draw on, measured in millimetres from its upper left corner.

use std::f32::consts::{FRAC_PI_2, TAU};

use cosmic_text::{
    Align, Attrs, Buffer, Color, Family, FontSystem, Metrics, Shaping, SwashCache, Weight, fontdb::Database,
};
use image::{Rgb, RgbImage};

pub(super) const WIDTH_MM: f32 = 210.0;
pub(super) const HEIGHT_MM: f32 = 297.0;
/// Drawn at most this fine; a finer scan of a sample is refused as by a scanner that cannot.
pub(super) const DPI_MAX: u32 = 600;

const MM_PER_INCH: f32 = 25.4;
const POINTS_PER_INCH: f32 = 72.0;
const REGULAR: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/fonts/NotoSans-Regular.ttf"));
const BOLD: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/fonts/NotoSans-Bold.ttf"));

pub(super) type Ink = [u8; 3];
pub(super) const BLACK: Ink = [28, 28, 32];
pub(super) const RED: Ink = [196, 24, 36];
pub(super) const BLUE: Ink = [26, 52, 160];
pub(super) const PALE_RED: Ink = [248, 214, 210];
pub(super) const GREY: Ink = [120, 120, 124];
/// Paper is never white, and a scanner sees it a little warmer.
const SHEET: Ink = [250, 249, 245];

/// How a piece of text is set.
#[derive(Clone, Copy)]
pub(super) struct Hand {
    pub size_pt: f32,
    pub weight: Weight,
    pub align: Align,
    pub ink: Ink,
}

pub(super) const PLAIN: Hand = Hand {
    size_pt: 12.0,
    weight: Weight::NORMAL,
    align: Align::Left,
    ink: BLACK,
};
pub(super) const TITLE: Hand = Hand {
    size_pt: 14.0,
    weight: Weight::BOLD,
    align: Align::Center,
    ink: BLACK,
};

pub(super) struct Paper {
    image: RgbImage,
    px_per_mm: f32,
    fonts: FontSystem,
    glyphs: SwashCache,
}

impl Paper {
    pub fn new(dpi: u32) -> Self {
        let px_per_mm = px_per_mm(dpi);
        let [width, height] = [WIDTH_MM, HEIGHT_MM].map(|mm| whole(mm * px_per_mm));
        Self::on(RgbImage::from_pixel(width, height, Rgb(SHEET)), px_per_mm)
    }

    /// Goes on drawing on a sheet.
    pub fn on(image: RgbImage, px_per_mm: f32) -> Self {
        let mut fonts = Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(BOLD.to_vec());

        Self {
            image,
            px_per_mm,
            fonts: FontSystem::new_with_locale_and_db("vi".to_owned(), fonts),
            glyphs: SwashCache::new(),
        }
    }

    pub fn finish(self) -> RgbImage {
        self.image
    }

    /// Sets text into a column and returns where the next line would begin.
    pub fn text(&mut self, [x, y]: [f32; 2], width: f32, hand: Hand, text: &str) -> f32 {
        let size_px = hand.size_pt / POINTS_PER_INCH * MM_PER_INCH * self.px_per_mm;
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(size_px, size_px * 1.4));
        buffer.set_size(Some(width * self.px_per_mm), None);
        let attrs = Attrs::new().family(Family::Name("Noto Sans")).weight(hand.weight);
        buffer.set_text(text, &attrs, Shaping::Advanced, Some(hand.align));

        let (left, top) = (x * self.px_per_mm, y * self.px_per_mm);
        let image = &mut self.image;
        buffer.draw(
            &mut self.fonts,
            &mut self.glyphs,
            Color::rgb(0, 0, 0),
            |dx, dy, w, h, colour| {
                for (dx, dy) in
                    (0..h.cast_signed()).flat_map(|row| (0..w.cast_signed()).map(move |col| (dx + col, dy + row)))
                {
                    blend(
                        image,
                        shift(left, dx),
                        shift(top, dy),
                        hand.ink,
                        f32::from(colour.a()) / 255.0,
                    );
                }
            },
        );

        #[expect(clippy::cast_precision_loss, reason = "a page has a few dozen lines")]
        let lines = buffer.layout_runs().count() as f32;
        y + lines * size_px * 1.4 / self.px_per_mm
    }

    /// A full rectangle.
    pub fn block(&mut self, [x, y]: [f32; 2], [width, height]: [f32; 2], ink: Ink) {
        self.paint([x, y], [x + width, y + height], ink, |_, _| 1.0);
    }

    /// The frame of a rectangle, as thick as a pen.
    pub fn frame(&mut self, [x, y]: [f32; 2], [width, height]: [f32; 2], ink: Ink) {
        const PEN: f32 = 0.35;
        self.block([x, y], [width, PEN], ink);
        self.block([x, y + height - PEN], [width, PEN], ink);
        self.block([x, y], [PEN, height], ink);
        self.block([x + width - PEN, y], [PEN, height], ink);
    }

    /// The dots one writes upon.
    pub fn dots(&mut self, [x, y]: [f32; 2], width: f32) {
        let mut at = x;
        while at < x + width {
            self.block([at, y], [0.35, 0.35], GREY);
            at += 1.4;
        }
    }

    /// A round stamp: two rings, a star, a word.
    pub fn stamp(&mut self, [x, y]: [f32; 2], radius: f32, word: &str) {
        let (from, to) = ([x - radius, y - radius], [x + radius, y + radius]);
        let soft = 0.5 / self.px_per_mm;

        self.paint(from, to, RED, |dx, dy| {
            let r = (dx - x).hypot(dy - y);
            let ring = |middle: f32, half: f32| ((half + soft - (r - middle).abs()) / (2.0 * soft)).clamp(0.0, 1.0);
            // The pad never inks evenly.
            let pad = 0.78 + 0.22 * ((dx * 1.7).sin() * (dy * 2.3).cos()).abs();
            (ring(radius - 0.6, 0.5) + ring(radius * 0.72, 0.15)).min(1.0) * pad
        });
        let star = star([x, y - radius * 0.12], radius * 0.3);
        self.paint(from, to, RED, |dx, dy| if inside(&star, [dx, dy]) { 0.85 } else { 0.0 });
        let hand = Hand {
            size_pt: radius * 0.5,
            weight: Weight::BOLD,
            align: Align::Center,
            ink: RED,
        };
        self.text([x - radius, y + radius * 0.28], radius * 2.0, hand, word);
    }

    /// A signature: a pen swung over the paper.
    pub fn signature(&mut self, [x, y]: [f32; 2], width: f32) {
        const STEPS: u16 = 900;

        for step in 0..STEPS {
            let t = f32::from(step) / f32::from(STEPS);
            let swing = (t * TAU * 3.5).sin() * (1.0 - t * 0.7);
            let at = [
                x + width * (t + 0.09 * (t * TAU * 3.5).cos()),
                y - 5.0 * swing + 2.0 * t,
            ];
            let nib = 0.22 + 0.12 * (t * TAU * 5.0).sin().abs();
            self.paint(
                [at[0] - 0.5, at[1] - 0.5],
                [at[0] + 0.5, at[1] + 0.5],
                BLUE,
                |dx, dy| {
                    if (dx - at[0]).hypot(dy - at[1]) < nib { 0.6 } else { 0.0 }
                },
            );
        }
    }

    /// Lets ink cover the pixels between two corners as strongly as `cover` says, 0 to 1.
    fn paint(&mut self, from: [f32; 2], to: [f32; 2], ink: Ink, cover: impl Fn(f32, f32) -> f32) {
        let scale = self.px_per_mm;
        let last = |to: f32, from: f32| whole(to * scale).max(whole(from * scale) + 1);

        for py in whole(from[1] * scale)..last(to[1], from[1]) {
            for px in whole(from[0] * scale)..last(to[0], from[0]) {
                #[expect(clippy::cast_precision_loss, reason = "a sheet is a few thousand pixels wide")]
                let strength = cover((px as f32 + 0.5) / scale, (py as f32 + 0.5) / scale);
                blend(&mut self.image, i64::from(px), i64::from(py), ink, strength);
            }
        }
    }
}

/// Pixels in a millimetre at `dpi`, as far as sheets are drawn.
#[expect(clippy::cast_precision_loss, reason = "dpi is at most 600")]
pub(super) fn px_per_mm(dpi: u32) -> f32 {
    dpi.clamp(1, DPI_MAX) as f32 / MM_PER_INCH
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place on the sheet"
)]
fn whole(px: f32) -> u32 {
    px.round().max(0.0) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "a place on the sheet")]
fn shift(origin: f32, by: i32) -> i64 {
    origin.round() as i64 + i64::from(by)
}

fn blend(image: &mut RgbImage, x: i64, y: i64, ink: Ink, strength: f32) {
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
        return;
    };
    let Some(Rgb(pixel)) = image.get_pixel_mut_checked(x, y) else {
        return;
    };

    for (below, above) in pixel.iter_mut().zip(ink) {
        let mixed = f32::from(*below) + (f32::from(above) - f32::from(*below)) * strength;
        *below = u8::try_from(whole(mixed)).unwrap_or(u8::MAX);
    }
}

/// The ten corners of a five-pointed star.
fn star([x, y]: [f32; 2], radius: f32) -> Vec<[f32; 2]> {
    (0..10_u8)
        .map(|corner| {
            let angle = f32::from(corner) * TAU / 10.0 - FRAC_PI_2;
            let r = if corner % 2 == 0 { radius } else { radius * 0.382 };
            [x + r * angle.cos(), y + r * angle.sin()]
        })
        .collect()
}

/// Whether a line from the point to the right crosses the outline an odd number of times.
fn inside(outline: &[[f32; 2]], [x, y]: [f32; 2]) -> bool {
    let next = outline.iter().cycle().skip(1);
    let crossed = outline
        .iter()
        .zip(next)
        .filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]);
    crossed.count() % 2 == 1
}
