//! One PDF per part of a dossier: PDF/A-2b, the scanned JPEGs as they are, each page as large as
//! its paper. The words of a page, where they were read, lie beneath its picture: they are found and
//! selected there and never seen.
//!
//! The same pages, words, title and time give the same bytes, so a part that is made again after a
//! power cut has the hash it had before. Nothing is recompressed, rotated or drawn upon.

use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::Size;
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::{Data, Document, SerializeSettings};

pub(crate) use self::words::Typeface;
use super::PageImage;
use super::ocr::PageText;

mod words;

/// A part has no more pages; far above any paper a feeder takes.
pub const PAGES_MAX: usize = 500;
/// Points of a PDF in an inch.
const POINTS_PER_INCH: f64 = 72.0;

#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("a part has at least one page and at most {PAGES_MAX}, this has {pages}")]
    Pages { pages: usize },
    #[error("page {page} is no usable JPEG: {reason}")]
    Image { page: usize, reason: String },
    #[error("page {page} has no size")]
    Size { page: usize },
    #[error("the words of page {page} are not of this page: {reason}")]
    Words { page: usize, reason: &'static str },
    #[error("the font of the words cannot be used")]
    Font,
    #[error("the time {0} cannot stand in a PDF")]
    Time(i64),
    #[error("the PDF could not be written: {0}")]
    Write(String),
}

/// A page and its words, if they have been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub page: PageImage,
    pub text: Option<PageText>,
}

/// Makes the PDF of one part, without words. `title` is shown by viewers and must not name a person;
/// `made_at_unix` is in seconds, written in UTC.
pub fn part(title: &str, pages: &[PageImage], made_at_unix: i64) -> Result<Vec<u8>, PdfError> {
    let sheets = pages.iter().map(|page| Sheet {
        page: page.clone(),
        text: None,
    });
    searchable(title, sheets.collect(), made_at_unix)
}

/// As [`part`], with the words of the pages that have been read. Takes the pages, so that their bytes
/// are not copied before they stand in the PDF.
pub fn searchable(title: &str, sheets: Vec<Sheet>, made_at_unix: i64) -> Result<Vec<u8>, PdfError> {
    if sheets.is_empty() || sheets.len() > PAGES_MAX {
        return Err(PdfError::Pages { pages: sheets.len() });
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
    let typeface = Typeface::new().ok_or(PdfError::Font)?;
    for (sheet, number) in sheets.into_iter().zip(1..) {
        add(&mut document, &typeface, sheet, number)?;
    }

    document.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
}

fn add(document: &mut Document, typeface: &Typeface, sheet: Sheet, number: usize) -> Result<(), PdfError> {
    let Sheet { page, text } = sheet;
    let size = size(&page).ok_or(PdfError::Size { page: number })?;
    if let Some(text) = &text {
        words::check(text, &page).map_err(|reason| PdfError::Words { page: number, reason })?;
    }

    let (width_px, height_px) = (page.width_px, page.height_px);
    let image =
        Image::from_jpeg(Data::from(page.jpeg), false).map_err(|reason| PdfError::Image { page: number, reason })?;
    if image.size() != (width_px, height_px) {
        return Err(PdfError::Image {
            page: number,
            reason: "size differs from the scan".to_owned(),
        });
    }

    let mut paper = document.start_page_with(PageSettings::new(size));
    let mut surface = paper.surface();
    if let Some(text) = &text {
        typeface.draw(&mut surface, text, size);
    }
    surface.draw_image(image, size);
    surface.finish();
    paper.finish();
    Ok(())
}

/// The size of the paper in points: pixels ÷ dpi × 72, so that it prints at scale 100 %.
fn size(page: &PageImage) -> Option<Size> {
    if page.dpi == 0 {
        return None;
    }

    let points = |px: u32| f64::from(px) * POINTS_PER_INCH / f64::from(page.dpi);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a PDF has single precision; the error is below 0.1 µm"
    )]
    Size::from_wh(points(page.width_px) as f32, points(page.height_px) as f32)
}

/// The date in the Gregorian calendar, counted in eras of 400 years that begin on 1 March.
pub(crate) fn date(unix: i64) -> Option<DateTime> {
    const DAY_SECS: i64 = 86_400;
    const ERA_DAYS: i64 = 146_097;
    /// Days from 0000-03-01 to 1970-01-01.
    const EPOCH_DAYS: i64 = 719_468;

    let (days, secs) = (
        unix.div_euclid(DAY_SECS).checked_add(EPOCH_DAYS)?,
        unix.rem_euclid(DAY_SECS),
    );
    let (era, day) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);

    if !(0..=9999).contains(&year) {
        return None;
    }

    let small = |value: i64| u8::try_from(value).ok();
    Some(
        DateTime::new(u16::try_from(year).ok()?)
            .month(small(month)?)
            .day(small(day_of_year - (153 * shifted_month + 2) / 5 + 1)?)
            .hour(small(secs / 3_600)?)
            .minute(small(secs / 60 % 60)?)
            .second(small(secs % 60)?)
            .utc_offset_hour(0),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Command;

    use jpeg_encoder::{ColorType, Encoder};

    use super::*;

    const MADE_AT_UNIX: i64 = 1_795_305_600; // 2026-11-22 00:00 UTC

    fn page(width: u16, height: u16, shade: u8) -> PageImage {
        let mut jpeg = Vec::new();
        let rgb = [shade, 40, 200].repeat(usize::from(width) * usize::from(height));
        Encoder::new(&mut jpeg, 85)
            .encode(&rgb, width, height, ColorType::Rgb)
            .unwrap();
        PageImage {
            jpeg,
            width_px: width.into(),
            height_px: height.into(),
            dpi: 300,
        }
    }

    fn find(bytes: &[u8], needle: &[u8]) -> bool {
        bytes.windows(needle.len()).any(|window| window == needle)
    }

    fn qpdf(args: &[&str], pdf: &[u8]) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(pdf).unwrap();
        let output = Command::new("qpdf")
            .args(args)
            .arg(file.path())
            .output()
            .expect("qpdf is needed by this test: install the package qpdf");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "qpdf: {said} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }

    #[test]
    fn qpdf_accepts_a_part_of_several_pages() {
        let pdf = part(
            "Thành phần 1",
            &[page(248, 351, 9), page(351, 248, 99), page(100, 100, 200)],
            MADE_AT_UNIX,
        )
        .unwrap();

        let said = qpdf(&["--check"], &pdf);
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
        assert_eq!(qpdf(&["--show-npages"], &pdf).trim(), "3");
    }

    #[test]
    fn a_page_is_as_large_as_its_paper_and_holds_the_very_bytes_of_the_scan() {
        let scan = page(2480, 3508, 30);
        let pdf = part("Khổ A4", std::slice::from_ref(&scan), MADE_AT_UNIX).unwrap();

        assert!(
            find(&pdf, b"[0 0 595.2 841.92]"),
            "A4 at 300 dpi is 595.2 × 841.92 points"
        );
        assert!(find(&pdf, &scan.jpeg), "the JPEG was recompressed");
    }

    #[test]
    fn a_part_says_that_it_is_pdf_a_2b_in_srgb_and_when_it_was_made() {
        let pdf = part("Tờ khai", &[page(30, 30, 0)], MADE_AT_UNIX).unwrap();

        for mark in [
            "/OutputIntent",
            "<pdfaid:part>2<",
            "<pdfaid:conformance>B<",
            "Tờ khai",
            "2026-11-22T00:00:00",
        ] {
            assert!(find(&pdf, mark.as_bytes()), "{mark} is missing");
        }
    }

    #[test]
    fn the_same_pages_give_the_same_bytes() {
        let pages = [page(60, 80, 1), page(60, 80, 2)];
        let once = part("A", &pages, MADE_AT_UNIX).unwrap();
        assert_eq!(once, part("A", &pages, MADE_AT_UNIX).unwrap());
        assert_ne!(once, part("A", &pages, MADE_AT_UNIX + 1).unwrap());
    }

    #[test]
    fn no_pages_a_page_that_is_no_jpeg_and_one_without_scale_are_refused() {
        assert!(matches!(part("A", &[], 0), Err(PdfError::Pages { pages: 0 })));
        let torn = PageImage {
            jpeg: vec![1, 2, 3],
            ..page(10, 10, 0)
        };
        assert!(matches!(
            part("A", &[page(10, 10, 0), torn], 0),
            Err(PdfError::Image { page: 2, .. })
        ));
        let boundless = PageImage {
            dpi: 0,
            ..page(10, 10, 0)
        };
        assert!(matches!(part("A", &[boundless], 0), Err(PdfError::Size { page: 1 })));
        let mislabelled = PageImage {
            width_px: 11,
            ..page(10, 10, 0)
        };
        assert!(matches!(
            part("A", &[mislabelled], 0),
            Err(PdfError::Image { page: 1, .. })
        ));
    }

    #[test]
    fn days_are_counted_over_leap_years_and_before_1970() {
        let at = |unix| format!("{:?}", date(unix).unwrap());
        assert!(
            at(951_782_400).contains("month: Some(2), day: Some(29)"),
            "{}",
            at(951_782_400)
        );
        assert!(
            at(-1).contains("year: 1969, month: Some(12), day: Some(31), hour: Some(23)"),
            "{}",
            at(-1)
        );
        assert!(at(1_795_305_600 + 3_723).contains("hour: Some(1), minute: Some(2), second: Some(3)"));
        assert!(date(i64::MAX).is_none() && date(i64::MIN).is_none());
    }
}
