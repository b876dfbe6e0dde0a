//! From a page as it was fed to a page that is fit for an archive.
//!
//! ```text
//! raw page ─→ looked at, at 150 dpi: paper's edges · light · ink · turn of the text · which way up
//!      │                                      │
//!      │                                      ├─→ judgement: blank? what is wrong with it?
//!      └─→ turned, cut out, evenly lit: one pass, row by row ─→ JPEG, preview
//! ```
//!
//! The scale is kept: a pixel stays a pixel, so width ÷ dpi is the width of the paper. Nothing is
//! made black and white, sharpened or cleaned: specks and folds belong to the paper. What is not
//! certain is not done: paper whose edges are not seen is not cropped, text that does not tell
//! which way up it stands is not turned, and no page is left out here: whoever keeps the pages decides
//! by [`Judgement::blank`].
//!
//! Beside the raw page, which lies in the scratch folder, a page in work needs the reduced picture (6.5 MB
//! for A4), two masks of it, a band of rows, and its JPEG.

use tracing::debug;

use self::frame::Frame;
use self::ink::Ink;
use self::light::Light;
use self::outline::{Outline, Sheet};
use self::reduced::Reduced;
use self::resample::Resampled;
use super::pnm::{PnmError, RawPage};
use super::{Order, Scanned, Treatment, jpeg};

pub use self::judgement::{Flaw, Judgement, Turned};

mod blank;
pub(super) mod blobs;
mod edge;
mod frame;
mod ink;
mod judgement;
mod light;
mod outline;
pub(super) mod reduced;
mod resample;
mod sharpness;
mod skew;
mod spots;
mod upright;

/// A sheet that went in more crooked than this has often been creased by the feeder, and its corners were
/// beyond a window of its own width: it is fed again. Up to 8° is what a careless hand does.
pub const SKEW_DEGREES_MAX: f32 = 10.0;
/// Bare paper darker than this could only be made readable by a gain above 2.2 (see `light`), and the noise
/// of the sensor with it. A shadow of one half over good light gives 120.
const DARK_LEVEL: f32 = 106.0;
/// The paper's edge itself is worn and shaded: so much is cut off at each edge that was seen.
const TRIM_MM: f32 = 0.2;
/// The text and the edges are measured to a tenth of a degree; farther apart the print is crooked on its paper,
/// and the text decides, for it is what is read.
const APART_DEGREES: f32 = 0.3;

/// Does what `order` asks for with one raw page that was scanned with `dpi`.
pub fn finish(raw: &RawPage, dpi: u32, order: &Order) -> Result<Scanned, PnmError> {
    match order.treatment {
        Treatment::AsFed => {
            let (page, preview) = jpeg::encode(raw, dpi, order.preview_width_px)?;
            Ok(Scanned {
                page,
                preview,
                judgement: None,
            })
        }
        Treatment::Archive => {
            let look = Look::at(raw, dpi)?;
            let judgement = look.judge();
            debug!(?judgement, "Page judged");
            let frame = Frame::cut(&look.page, &look.kept_sheet(), judgement.turned);
            let rows = Resampled::new(raw, frame, &look.light, look.page.factor);
            let (page, preview) = jpeg::encode(rows, dpi, order.preview_width_px)?;
            Ok(Scanned {
                page,
                preview,
                judgement: Some(judgement),
            })
        }
    }
}

/// A page that was looked at.
struct Look {
    page: Reduced,
    outline: Option<Outline>,
    /// The paper, or the whole picture where its edges are not seen.
    sheet: Sheet,
    light: Light,
    ink: Ink,
    text: Option<skew::Text>,
}

impl Look {
    fn at(raw: &RawPage, dpi: u32) -> Result<Self, PnmError> {
        let page = Reduced::read(raw, dpi)?;
        let outline = Outline::find(&page);
        let edges_degrees = outline.as_ref().map(|outline| outline.turn_degrees);
        let rough = sheet(&page, outline.as_ref(), edges_degrees.unwrap_or(0.0));
        let light = Light::on(&page, &rough);
        let ink = Ink::on(&page, &rough, &light, page.px_per_mm * 2.0);
        let text = skew::of(&ink, edges_degrees);
        let turn_degrees = turn(edges_degrees, text);
        Ok(Self {
            sheet: sheet(&page, outline.as_ref(), turn_degrees),
            page,
            outline,
            light,
            ink,
            text,
        })
    }

    fn judge(&self) -> Judgement {
        let px_per_mm = self.page.px_per_mm;
        let cells = spots::Cells::of(&self.page);
        let crooked = self.too_skewed();
        let outline = self.outline.as_ref();
        let dark = self.light.median < DARK_LEVEL;
        let finger = cells.finger(&self.sheet);

        let found = |flaw: &Flaw| match flaw {
            Flaw::Blurred => sharpness::is_blurred(&self.page, &self.ink),
            Flaw::Glare => cells.glare(&self.sheet, self.light.median),
            // Of two sheets at once neither is measured.
            Flaw::CutEdge => outline.is_some_and(|outline| !outline.doubled && outline.is_cut(&self.page, &self.sheet)),
            Flaw::Finger => finger,
            Flaw::TooDark => dark,
            Flaw::TooSkewed => crooked,
            Flaw::Doubled => outline.is_some_and(|outline| outline.doubled),
        };
        let turned = match &self.text {
            Some(text) if !crooked => upright::of(&self.ink, &self.sheet, text, px_per_mm),
            Some(_) | None => Turned::NotSure,
        };
        let whole = outline.is_some_and(|outline| outline.edges.iter().all(Option::is_some));
        let [width, height] = [self.sheet.width(), self.sheet.height()].map(|px| px / px_per_mm);
        let upright_mm = if turned.quarters() % 2 == 0 {
            [width, height]
        } else {
            [height, width]
        };
        Judgement {
            flaws: Flaw::ALL.into_iter().filter(found).collect(),
            blank: blank::is_blank(&self.page, &self.sheet, &self.light, &self.ink),
            turned,
            skew_degrees: self.sheet.turn_degrees,
            paper_mm: whole.then_some(upright_mm),
        }
    }

    fn too_skewed(&self) -> bool {
        self.sheet.turn_degrees.abs() > SKEW_DEGREES_MAX
    }

    /// What is kept of the picture: the paper without its worn edge. Too crooked, or with no edge in sight, it is all.
    fn kept_sheet(&self) -> Sheet {
        let trim = TRIM_MM * self.page.px_per_mm;
        match &self.outline {
            _ if self.too_skewed() => Sheet::around(&self.page, 0.0),
            None => self.unseen_sheet(),
            Some(outline) => {
                let [left, top, right, bottom] = outline
                    .edges
                    .each_ref()
                    .map(|edge| if edge.is_some() { trim } else { 0.0 });
                Sheet {
                    u: [self.sheet.u[0] + left, self.sheet.u[1] - right],
                    v: [self.sheet.v[0] + top, self.sheet.v[1] - bottom],
                    ..self.sheet
                }
            }
        }
    }

    /// Paper that fills the picture: as large as the picture, or larger where ink would be lost in turning.
    fn unseen_sheet(&self) -> Sheet {
        let all = self.sheet;
        let [u, v] = all.turned([self.page.wide() / 2.0, self.page.high() / 2.0]);
        let (wide, high) = (self.page.wide() / 2.0, self.page.high() / 2.0);
        let mut kept = Sheet {
            u: [u - wide, u + wide],
            v: [v - high, v + high],
            ..all
        };
        let margin = 2.0 * self.page.px_per_mm;
        for place in self.ink.places() {
            let [u, v] = all.turned(place);
            kept.u = [kept.u[0].min(u - margin), kept.u[1].max(u + margin)];
            kept.v = [kept.v[0].min(v - margin), kept.v[1].max(v + margin)];
        }
        let within = |[low, high]: [f32; 2], all: [f32; 2]| [low.max(all[0]), high.min(all[1])];
        Sheet {
            u: within(kept.u, all.u),
            v: within(kept.v, all.v),
            ..all
        }
    }
}

fn sheet(page: &Reduced, outline: Option<&Outline>, turn_degrees: f32) -> Sheet {
    match outline {
        Some(outline) => outline.sheet(page, turn_degrees),
        None => Sheet::around(page, turn_degrees),
    }
}

/// The turn of the sheet: what the edges and the text say together.
fn turn(edges_degrees: Option<f32>, text: Option<skew::Text>) -> f32 {
    match (edges_degrees, text.map(|text| text.turn_degrees)) {
        (Some(edges), Some(text)) if (edges - text).abs() < APART_DEGREES => (edges + text) / 2.0,
        (Some(_) | None, Some(text)) => text,
        (Some(edges), None) => edges,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    /// A page of colours.
    pub fn raw(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> RawPage {
        let mut file = tempfile::tempfile().unwrap();
        writeln!(file, "P6 {width} {height} 255").unwrap();
        let mut pixels = Vec::new();
        for y in 0..height {
            (0..width).for_each(|x| pixels.extend(pixel(x, y)));
        }
        file.write_all(&pixels).unwrap();
        RawPage::new(file).unwrap()
    }

    fn done(raw: &RawPage, dpi: u32) -> (Scanned, Judgement) {
        let order = Order {
            dpi,
            pages_max: 1,
            preview_width_px: 50,
            treatment: Treatment::Archive,
        };
        let mut scanned = finish(raw, dpi, &order).unwrap();
        let judgement = scanned.judgement.take().unwrap();
        (scanned, judgement)
    }

    fn noise(x: u32, y: u32, seed: u32) -> u8 {
        let mixed = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77) ^ seed).wrapping_mul(0xC2B2_AE3D);
        mixed.to_le_bytes()[3]
    }

    #[test]
    fn a_white_page_is_blank_and_stays_as_it_is() {
        let (scanned, judgement) = done(&raw(413, 585, |_, _| [250, 250, 246]), 50);
        assert!(judgement.blank && judgement.flaws.is_empty(), "{judgement:?}");
        assert_eq!((judgement.turned, judgement.paper_mm), (Turned::NotSure, None));
        assert_eq!((scanned.page.width_px, scanned.page.height_px), (413, 585));
        assert_eq!(scanned.preview.rgb[..3], [250, 250, 246]);
    }

    #[test]
    fn a_black_page_is_too_dark() {
        let (_, judgement) = done(&raw(413, 585, |_, _| [4, 3, 5]), 50);
        assert!(judgement.flaws.contains(&Flaw::TooDark), "{judgement:?}");
    }

    #[test]
    fn noise_is_not_taken_for_paper_or_text() {
        let (scanned, judgement) = done(&raw(620, 877, |x, y| [0, 1, 2].map(|n| noise(x, y, n))), 75);
        assert_eq!((judgement.turned, judgement.paper_mm), (Turned::NotSure, None));
        assert!(!judgement.blank);
        assert_eq!((scanned.page.width_px, scanned.page.height_px), (620, 877));
    }

    #[test]
    fn a_sheet_on_a_black_lid_is_cut_out_to_a_millimetre() {
        let sheet = |x: u32, y: u32| {
            let inside = (30..30 + 827).contains(&x) && (40..40 + 1169).contains(&y);
            if inside { [244, 243, 238] } else { [20, 20, 22] }
        };
        let (scanned, judgement) = done(&raw(900, 1260, sheet), 100);
        let millimetres = [scanned.page.width_px, scanned.page.height_px].map(|px| px as f32 * 25.4 / 100.0);
        assert!(
            (millimetres[0] - 210.0).abs() < 1.0 && (millimetres[1] - 297.0).abs() < 1.0,
            "{millimetres:?}"
        );
        assert!(
            judgement.skew_degrees.abs() < 0.05 && judgement.blank && judgement.flaws.is_empty(),
            "{judgement:?}"
        );
    }

    #[test]
    fn a_page_left_as_it_was_fed_has_no_judgement() {
        let order = Order {
            dpi: 100,
            pages_max: 1,
            preview_width_px: 9,
            treatment: Treatment::AsFed,
        };
        let scanned = finish(&raw(30, 20, |_, _| [9; 3]), 100, &order).unwrap();
        assert_eq!(
            (scanned.judgement, scanned.page.width_px, scanned.page.height_px),
            (None, 30, 20)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn any_small_page_of_any_resolution_gives_a_page_and_a_judgement(
            width in 1_u32..90, height in 1_u32..90, dpi in prop::sample::select(vec![0_u32, 1, 20, 75, 150, 300, 1200, 60_000]),
            dark: u8, bright: u8, every in 1_u32..40, seed: u32,
        ) {
            let page = raw(width, height, |x, y| {
                let level = if (x / every + y / every) % 2 == 0 { dark } else { bright };
                [level, level ^ noise(x, y, seed) >> 4, level.wrapping_add(noise(y, x, seed) >> 6)]
            });
            let (scanned, judgement) = done(&page, dpi);
            let image = image::load_from_memory(&scanned.page.jpeg).unwrap();
            prop_assert_eq!((image.width(), image.height()), (scanned.page.width_px, scanned.page.height_px));
            prop_assert!(judgement.skew_degrees.is_finite());
        }
    }
}
