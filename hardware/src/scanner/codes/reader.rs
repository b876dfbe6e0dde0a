//! Codes looked for in this process, with C++: `rqrr` first for QR codes, which is quick and fails on blur and noise;
//! what it leaves unread, and the bars, is looked for by zxing-cpp. A page costs 0.2 to 0.5 s of processor time and 20 to
//! 30 MB (A4 at 300 dpi).

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::warn;
use zxingcpp::{BarcodeFormat, BarcodeReader, ImageFormat, ImageView, TextMode};

use super::{CODES_MAX, CodeKind, PageCode, TEXT_BYTES_MAX};
use crate::scanner::PageImage;
use crate::scanner::luma::{Luma, NoLuma};

mod code39;
mod finders;

/// Three a code. On pages with more of them `rqrr` is not asked.
const FINDERS_MAX: usize = 3 * CODES_MAX;
/// Shorter texts in Code 39, which has no check character, are taken for chance.
const CODE_39_CHARS_MIN: usize = 3;

/// Why a page could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum CodesError {
    #[error(transparent)]
    Page(#[from] NoLuma),
    #[error("the reader of codes failed: {0}")]
    Reader(String),
}

/// Reads the codes of a page, from top to bottom, each once. None is an empty list.
pub fn read(page: &PageImage) -> Result<Vec<PageCode>, CodesError> {
    let mut luma = Luma::of(page)?;
    let quick = quick(&luma);
    let mut codes = quick.codes;

    let mut found = thorough(&luma, quick.all_read)?;
    // Half as large, noise is half as strong; where bars are narrow only the full page has them.
    luma.halve();
    found.extend(thorough(&luma, quick.all_read)?);
    for code in found {
        if !codes.iter().any(|known| known.is_same(&code)) {
            codes.push(code);
        }
    }
    codes.retain(|code| !code.text.is_empty() && code.text.len() <= TEXT_BYTES_MAX);
    codes.sort_by_key(|code| (code.top_px, code.left_px));
    codes.truncate(CODES_MAX);
    Ok(codes)
}

impl PageCode {
    /// `corners` in pixels of `luma`.
    fn new(kind: CodeKind, text: String, luma: &Luma, corners: [(i32, i32); 4]) -> Self {
        let range = |pick: fn(&(i32, i32)) -> i32, limit: usize| {
            let inside = |px: i32| {
                u32::try_from(px.max(0))
                    .unwrap_or(0)
                    .min(u32::try_from(limit).unwrap_or(u32::MAX))
            };
            let least = corners.iter().map(pick).min().map_or(0, inside);
            let most = corners.iter().map(pick).max().map_or(0, inside);
            (least * luma.shrunk, (most - least) * luma.shrunk)
        };
        let (left_px, width_px) = range(|corner| corner.0, luma.width);
        let (top_px, height_px) = range(|corner| corner.1, luma.height);
        Self {
            kind,
            text,
            left_px,
            top_px,
            width_px,
            height_px,
        }
    }

    /// Whether both are one code on the paper: they say the same and overlap.
    fn is_same(&self, other: &Self) -> bool {
        let overlap = |from: u32, length: u32, other_from: u32, other_length: u32| {
            from <= other_from.saturating_add(other_length) && other_from <= from.saturating_add(length)
        };
        self.kind == other.kind
            && self.text == other.text
            && overlap(self.left_px, self.width_px, other.left_px, other.width_px)
            && overlap(self.top_px, self.height_px, other.top_px, other.height_px)
    }
}

struct Quick {
    codes: Vec<PageCode>,
    /// Whether there were QR codes and none was left unread.
    all_read: bool,
}

/// QR codes by `rqrr`. It indexes and computes on what it finds on the page; should a page exist on
/// which that panics, it counts as not read.
fn quick(luma: &Luma) -> Quick {
    let nothing = Quick {
        codes: vec![],
        all_read: false,
    };
    if finders::are_more_than(FINDERS_MAX, luma) {
        return nothing;
    }

    let read = || {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(luma.width, luma.height, |x, y| luma.bytes[y * luma.width + x]);
        let grids = image.detect_grids();
        let codes: Vec<_> = grids
            .iter()
            .filter_map(|grid| {
                let corners = grid.bounds.map(|point| (point.x, point.y));
                let (_, text) = grid.decode().ok()?;
                Some(PageCode::new(CodeKind::Qr, text, luma, corners))
            })
            .collect();
        Quick {
            all_read: !codes.is_empty() && codes.len() == grids.len(),
            codes,
        }
    };

    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        warn!("Reader of QR codes panicked on a page");
        nothing
    })
}

/// Bars, and QR codes unless `qr_done`, by zxing-cpp.
fn thorough(luma: &Luma, qr_done: bool) -> Result<Vec<PageCode>, CodesError> {
    let mut formats = vec![BarcodeFormat::Code128, BarcodeFormat::Code39];
    if !qr_done {
        formats.push(BarcodeFormat::QRCode);
    }
    let found = BarcodeReader::new()
        .formats(formats)
        .text_mode(TextMode::Plain)
        .try_harder(true)
        .try_rotate(true)
        .try_invert(false)
        .max_number_of_symbols(i32::try_from(CODES_MAX).unwrap_or(i32::MAX));
    let image = ImageView::from_slice(&luma.bytes, luma.width, luma.height, ImageFormat::Lum).map_err(reader)?;

    let codes = found.from(image).map_err(reader)?;
    Ok(codes.iter().filter_map(|code| known(luma, code)).collect())
}

fn reader(error: zxingcpp::Error) -> CodesError {
    CodesError::Reader(error.to_string())
}

/// Asks for the symbology: the format may be a variant that the library's own list of formats lacks.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list; others are not asked for"
)]
fn known(luma: &Luma, code: &zxingcpp::Barcode) -> Option<PageCode> {
    let place = code.position();
    let corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left].map(|at| (at.x, at.y));
    let (kind, text) = match code.symbology() {
        BarcodeFormat::QRCode => (CodeKind::Qr, code.text()),
        BarcodeFormat::Code128 => (CodeKind::Code128, code.text()),
        BarcodeFormat::Code39 => (CodeKind::Code39, as_printed(luma, code, corners)?),
        _ => return None,
    };
    Some(PageCode::new(kind, text, luma, corners))
}

/// The text of a Code 39 as its bars say it, `None` if that cannot be told.
fn as_printed(luma: &Luma, code: &zxingcpp::Barcode, corners: [(i32, i32); 4]) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "a place on a page of some thousand pixels")]
    let [upper_left, upper_right, lower_right, lower_left] = corners.map(|(x, y)| [x as f32, y as f32]);
    let text = code39::read(luma, [upper_left, upper_right], [lower_left, lower_right])
        .or_else(|| Some(code.text()).filter(|text| !may_be_interpreted(text, &code.symbology_identifier())))?;
    (text.chars().count() >= CODE_39_CHARS_MIN).then_some(text)
}

/// Whether the text may differ from what is printed: full ASCII (`]A4` and above, ISO/IEC 15424), or an
/// `A` and nine digits, the form of Code 32.
fn may_be_interpreted(text: &str, identifier: &str) -> bool {
    let code_32 = text
        .strip_prefix('A')
        .is_some_and(|digits| digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    code_32 || !matches!(identifier, "]A0" | "]A1")
}

#[cfg(test)]
mod tests;
