use std::path::Path;
use std::process::Command;

use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::scanner::PageImage;
use crate::scanner::ocr::{PageText, WORDS_MAX, Word};
use crate::scanner::pdf::{PdfError, Sheet, part, searchable};

const MADE_AT_UNIX: i64 = 1_795_305_600; // 2026-11-22 00:00 UTC
const WIDTH_PX: u32 = 620;
const HEIGHT_PX: u32 = 877;
const DPI: u32 = 75;
const POINTS_PER_PX: f32 = 72.0 / 75.0;
/// Every letter of Vietnamese with every tone.
const LETTERS: &str = "aàảãáạăằẳẵắặâầẩẫấậ bcdđeèẻẽéẹêềểễếệ fghiìỉĩíịjklmn oòỏõóọôồổỗốộơờởỡớợ pqrstuùủũúụưừửữứự \
    vwxyỳỷỹýỵz AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ BCDĐEÈẺẼÉẸÊỀỂỄẾỆ FGHIÌỈĨÍỊJKLMN OÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢ PQRSTUÙỦŨÚỤƯỪỬỮỨỰ \
    VWXYỲỶỸÝỴZ 0123456789 .,:;!?-–— ()[]/+*=%# “”‘’…·№₫×";

fn page() -> PageImage {
    let mut jpeg = Vec::new();
    let white = vec![250; (WIDTH_PX * HEIGHT_PX) as usize];
    let size = |px: u32| u16::try_from(px).unwrap();
    Encoder::new(&mut jpeg, 80)
        .encode(&white, size(WIDTH_PX), size(HEIGHT_PX), ColorType::Luma)
        .unwrap();
    PageImage {
        jpeg,
        width_px: WIDTH_PX,
        height_px: HEIGHT_PX,
        dpi: DPI,
    }
}

fn word(text: &str, line: u32, [left_px, top_px]: [u32; 2], [width_px, height_px]: [u32; 2]) -> Word {
    Word {
        text: text.to_owned(),
        left_px,
        top_px,
        width_px,
        height_px,
        certainty_percent: 90,
        line,
    }
}

/// Words below each other, five a line.
fn text(words: &str) -> PageText {
    let words = (0..).zip(words.split_whitespace());
    PageText {
        words: words
            .map(|(at, text)| word(text, at / 5, [30 + at % 5 * 115, 40 + at / 5 * 30], [100, 14]))
            .collect(),
        width_px: WIDTH_PX,
        height_px: HEIGHT_PX,
    }
}

fn made(text: PageText) -> Vec<u8> {
    let sheet = Sheet {
        page: page(),
        text: Some(text),
    };
    searchable("Thành phần 1", vec![sheet], MADE_AT_UNIX).unwrap()
}

/// What a program of Debian says about the PDF.
fn say(program: &str, package: &str, before: &[&str], pdf: &[u8], behind: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("part.pdf");
    std::fs::write(&path, pdf).unwrap();
    let output = Command::new(program)
        .args(before)
        .arg(Path::new(&path))
        .args(behind)
        .output()
        .unwrap_or_else(|_| panic!("{program} is needed by this test: install the package {package}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program}: {said} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

fn pdftotext(options: &[&str], pdf: &[u8]) -> String {
    say("pdftotext", "poppler-utils", options, pdf, &["-"])
}

fn words_of(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn every_vietnamese_letter_is_found_again() {
    let pdf = made(text(LETTERS));
    assert_eq!(words_of(&pdftotext(&[], &pdf)), words_of(LETTERS));
    say("qpdf", "qpdf", &["--check"], &pdf, &[]);
}

#[test]
fn marks_that_stand_alone_are_found_as_letters_with_marks() {
    let apart: String = unicode_normalization::UnicodeNormalization::nfd("Ủy ban nhân dân Phường Mẫu").collect();
    assert_eq!(
        words_of(&pdftotext(&[], &made(text(&apart)))),
        words_of("Ủy ban nhân dân Phường Mẫu")
    );
}

#[test]
fn words_of_a_line_stay_apart_and_lines_stay_lines() {
    let said = pdftotext(
        &["-layout"],
        &made(text("Số: 12/UBND ngày 20 tháng một hai ba bốn năm")),
    );
    let lines: Vec<_> = said.lines().map(words_of).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert_eq!(lines[0], ["Số:", "12/UBND", "ngày", "20", "tháng"]);
}

#[test]
fn one_space_stands_between_words_also_for_a_program_that_takes_the_letters_as_they_come() {
    let touching = [
        word("Phường", 0, [60, 50], [80, 16]),
        word("Mẫu", 0, [140, 50], [40, 15]),
        word("số", 0, [230, 50], [20, 15]),
        word("không", 0, [500, 50], [60, 15]),
    ];
    let pdf = made(PageText {
        words: touching.to_vec(),
        ..text("")
    });
    // In the order of the file; as they lie; the columns stay apart.
    assert_eq!(pdftotext(&["-raw"], &pdf).trim(), "Phường Mẫu số không");
    assert!(pdftotext(&["-layout"], &pdf).contains("Phường Mẫu"));
    let plain = say("qpdf", "qpdf", &["--qdf", "--object-streams=disable"], &pdf, &["-"]);
    assert_eq!(
        plain.matches("TJ").count() + plain.matches("Tj").count(),
        4 + 2,
        "four words, two spaces"
    );
}

#[test]
fn a_word_lies_where_its_ink_is() {
    let places = [
        word("PHƯỜNG", 0, [60, 50], [110, 16]),
        word("Mẫu", 0, [190, 50], [40, 15]),
        word("–", 0, [250, 60], [12, 2]),
        word("Quyển", 1, [60, 500], [200, 40]),
    ];
    let pdf = made(PageText {
        words: places.to_vec(),
        ..text("")
    });
    let boxes = pdftotext(&["-bbox"], &pdf);
    let found: Vec<(f32, f32, f32, f32)> = boxes
        .lines()
        .filter(|line| line.contains("<word"))
        .map(|line| {
            let value = |name: &str| {
                let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
                rest.split('"').next().unwrap().parse::<f32>().unwrap()
            };
            (value("xMin"), value("xMax"), value("yMin"), value("yMax"))
        })
        .collect();

    assert_eq!(found.len(), places.len(), "{boxes}");
    for ((left, right, top, bottom), place) in found.into_iter().zip(places) {
        let points = |px: u32| px as f32 * POINTS_PER_PX;
        assert!((left - points(place.left_px)).abs() < 1.0, "{left}");
        assert!((right - points(place.left_px + place.width_px)).abs() < 1.0, "{right}");
        let middle = points(place.top_px) + points(place.height_px) / 2.0;
        assert!(
            (top..bottom).contains(&middle),
            "{middle} is not within {top} to {bottom}"
        );
        assert!(
            bottom - top < points(place.height_px.max(16)) * 2.0,
            "{top} to {bottom}"
        );
    }
}

#[test]
fn the_picture_is_painted_over_all_words() {
    let pdf = made(text("Người được khai sinh"));
    let plain = say("qpdf", "qpdf", &["--qdf", "--object-streams=disable"], &pdf, &["-"]);
    let (shown, picture) = (plain.rfind("TJ").or(plain.rfind("Tj")), plain.rfind(" Do"));
    assert!(shown.is_some() && shown < picture, "{shown:?} {picture:?}");
}

#[test]
fn the_font_is_embedded_as_a_part_with_its_unicode() {
    let fonts = say("pdffonts", "poppler-utils", &[], &made(text("Ngày tháng năm")), &[]);
    let font = fonts.lines().nth(2).unwrap();
    assert!(
        font.contains("+NotoSans-Regular") && font.contains("CID TrueType"),
        "{font}"
    );
    let [.., embedded, part, unicode, _object, _generation] = words_of(font)[..] else {
        panic!("{font}")
    };
    assert_eq!([embedded, part, unicode], ["yes"; 3], "{font}");
}

#[test]
fn the_same_words_give_the_same_bytes_and_no_words_the_part_as_it_was() {
    assert!(made(text("Ngày tháng năm")) == made(text("Ngày tháng năm")));
    assert!(made(text("Ngày tháng năm")) != made(text("Ngày tháng")));
    let without = Sheet {
        page: page(),
        text: None,
    };
    let once = searchable("A", vec![without], MADE_AT_UNIX).unwrap();
    assert!(once == part("A", &[page()], MADE_AT_UNIX).unwrap());
}

#[test]
fn letters_that_the_font_lacks_are_left_out() {
    let pdf = made(text("Mẫu\u{4E00} 一二 số\u{0007} \u{0301} 🖨️"));
    assert_eq!(words_of(&pdftotext(&[], &pdf)), ["Mẫu", "số"]);
}

#[test]
fn words_of_another_page_and_too_many_are_refused() {
    let refused = |text: PageText| {
        let sheet = Sheet {
            page: page(),
            text: Some(text),
        };
        matches!(searchable("A", vec![sheet], 0), Err(PdfError::Words { page: 1, .. }))
    };
    let one = text("một");
    assert!(refused(PageText {
        width_px: WIDTH_PX + 1,
        ..one.clone()
    }));
    assert!(refused(PageText {
        words: vec![one.words[0].clone(); WORDS_MAX + 1],
        ..one.clone()
    }));
    assert!(refused(text(&"x".repeat(201))));
    assert!(!refused(one));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_words_anywhere_make_a_part(
        words in proptest::collection::vec(("\\PC{0,8}", any::<[u32; 2]>(), any::<[u32; 2]>(), 0_u32..4), 0..12),
    ) {
        let words = words.iter().map(|(text, at, size, line)| word(text, *line, *at, *size)).collect();
        let pdf = made(PageText { words, ..text("") });
        prop_assert!(pdf.starts_with(b"%PDF-1.7"));
    }
}
