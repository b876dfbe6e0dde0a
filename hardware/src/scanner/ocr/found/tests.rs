//! Headings as they stand on papers; people, places and numbers are invented.

use proptest::prelude::*;

use super::*;

const WIDTH_PX: u32 = 2480;
const HEIGHT_PX: u32 = 3508;
const LETTER_PX: u32 = 22;
const HIGH_PX: u32 = 44;

/// A page of lines: left edge and top in percent, and the words. `#` before a word makes it uncertain (40 %).
fn page(lines: &[(u32, u32, &str)]) -> PageText {
    let mut words = Vec::new();
    for (line, (left, top, text)) in (0..).zip(lines) {
        let mut left_px = WIDTH_PX * left / 100;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let (word, certainty_percent) = word.strip_prefix('#').map_or((word, 96), |word| (word, 40));
            let width_px = u32::try_from(word.chars().count()).unwrap() * LETTER_PX;
            words.push(Word {
                text: word.to_owned(),
                left_px,
                top_px: HEIGHT_PX * top / 100,
                width_px,
                height_px: HIGH_PX,
                certainty_percent,
                line,
            });
            left_px += width_px + LETTER_PX;
        }
    }
    PageText {
        words,
        width_px: WIDTH_PX,
        height_px: HEIGHT_PX,
    }
}

fn text(found: Option<Found>) -> String {
    found.map_or_else(String::new, |found| found.text)
}

fn number(line: &str) -> String {
    text(find(&page(&[(8, 12, line)])).number)
}

fn date(line: &str) -> String {
    text(find(&page(&[(50, 14, line)])).date)
}

fn issuer(lines: &[(u32, u32, &str)]) -> String {
    text(find(&page(lines)).issuer)
}

#[test]
fn numbers_are_found_as_they_are_written() {
    for (line, wanted) in [
        ("Số: 123/UBND-HT", "123/UBND-HT"),
        ("Số:123/UBND-HT", "123/UBND-HT"),
        ("Số : 45/2024", "45/2024"),
        ("Số 45/2024", "45/2024"),
        ("SỐ: 12/2024/QĐ-UBND", "12/2024/QĐ-UBND"),
        ("Số: 07 /TB-STP", "07/TB-STP"),
        ("Số: 12/ QĐ - UBND", "12/QĐ-UBND"),
        ("Số: 1234-CV/MAU", "1234-CV/MAU"),
        ("Số: 123/UBND-HT V/v xác nhận cư trú", "123/UBND-HT"),
        ("Số: 00/2026 · Quyển số: 00 · Bệnh viện Mẫu", "00/2026"),
        ("Số: 00/2026 - Quyển số: 00", "00/2026"),
        ("No.: 77/2025", "77/2025"),
        ("No. 77/2025", "77/2025"),
        ("Số: 000 000 000 001", "000 000 000 001"),
        ("Số: 118", "118"),
        ("Số hiệu: CH00123", "CH00123"),
        ("Số vào sổ: 12/2020", "12/2020"),
        ("Số: 12a/GXN-CAP", "12a/GXN-CAP"),
    ] {
        assert_eq!(number(line), wanted, "{line}");
    }
}

#[test]
fn numbers_are_found_though_letters_were_misread() {
    for (line, wanted) in [
        ("So: 123/UBND-HT", "123/UBND-HT"),
        ("S6: 123/UBND-HT", "123/UBND-HT"),
        ("Sô: l23/UBND-HT", "123/UBND-HT"),
        ("Số: 1O5/2O24", "105/2024"),
        ("5ố: 12/UBND,", "12/UBND"),
        ("Số: ....12..../UBND-HT", "12/UBND-HT"),
        ("Số: …… 45 ……/UBND", "45/UBND"),
    ] {
        assert_eq!(number(line), wanted, "{line}");
    }
}

#[test]
fn empty_lines_and_other_numbers_are_no_number() {
    for line in [
        "Số: ……",
        "Số: ......../UBND-HT",
        "Số: ___ /2024",
        "Số: /UBND-HT",
        "Số:",
        "Số định danh cá nhân: 000 000 000 001",
        "Số 0, phố Không Có Thật, Phường Mẫu",
        "Số 12 phố Không Có Thật",
        "số 12/2024/QĐ-UBND ngày 01 tháng 02 năm 2024",
        "Căn cứ Quyết định số 12/2024/QĐ-UBND",
        "Quyển số: 03/2026",
        "Số con trong lần sinh này: 01",
        "Có, số lượng: 2 bản",
        "Nơi cư trú: Số 0, phố Không Có Thật",
        "Sở Y tế",
        "no 12/2024",
    ] {
        assert_eq!(number(line), "", "{line}");
    }
    let below = find(&page(&[(8, 70, "Số: 123/UBND-HT")]));
    assert_eq!(below.number, None, "in the body it is another paper's");
}

#[test]
fn dates_of_issue_are_found() {
    for (line, wanted) in [
        ("Hà Nội, ngày 12 tháng 3 năm 2024", "12/03/2024"),
        ("Phường Mẫu, ngày 20 tháng 11 năm 2026", "20/11/2026"),
        ("Phường Mẫu, ngày 20 tháng 11 năm 2026.", "20/11/2026"),
        ("ngày 05 tháng 01 năm 1999", "05/01/1999"),
        ("Ngày 05 tháng 01 năm 1999", "05/01/1999"),
        ("Xã Ví Dụ, ngày 29 tháng 02 năm 2024", "29/02/2024"),
        ("Hà Nội, ngày 12/3/2024", "12/03/2024"),
        ("Hà Nội, 12.03.2024", "12/03/2024"),
        ("Ngày cấp: 20/11/2026", "20/11/2026"),
        ("Ngày cấp: 20/11/2026 Nơi cấp: Công an Phường Mẫu", "20/11/2026"),
        ("Ngày cấp/ Date of issue: 20-11-2026", "20/11/2026"),
        ("Ngày đăng ký: 01/02/2020", "01/02/2020"),
        ("Cấp ngày 01 tháng 02 năm 2020", "01/02/2020"),
    ] {
        assert_eq!(date(line), wanted, "{line}");
    }
}

#[test]
fn dates_are_found_though_letters_were_misread() {
    for (line, wanted) in [
        ("Ha Noi, ngay l2 thang 3 nam 2O24", "12/03/2024"),
        ("Hà Nội, ngày12tháng3năm2024", "12/03/2024"),
        ("Hà Nội. ngảy 12 thảng 3 nắm 2024", "12/03/2024"),
        ("Hà Nội, ngàv 12 thúng 3 năm 2024", "12/03/2024"),
        ("Hà Nội, ngày ..12.. tháng ..3.. năm 2024", "12/03/2024"),
        ("Hà Nội, ngày 1 2 tháng 3 năm 20 24", "12/03/2024"),
    ] {
        assert_eq!(date(line), wanted, "{line}");
    }
}

#[test]
fn dates_of_birth_of_ends_and_of_other_papers_are_no_dates_of_issue() {
    for line in [
        "Ngày, tháng, năm sinh: 01/02/1990",
        "Sinh ngày 01 tháng 02 năm 1990",
        "Ngày sinh: ngày 01 tháng 02 năm 1990",
        "Date of birth: 01/02/1990",
        "Có giá trị đến: 01/02/2030",
        "Ngày hết hạn: 01/02/2030",
        "Có hiệu lực từ ngày 01 tháng 02 năm 2030",
        "Căn cứ Luật Mẫu ngày 20 tháng 11 năm 2014",
        "Theo giấy của Phường Mẫu, ngày 20 tháng 11 năm 2014",
        "Ngày 18 tháng 11 năm 2026 tôi sinh con trai tại Bệnh viện Mẫu",
        "Phường Mẫu, ngày ... tháng ... năm 20...",
        "Phường Mẫu, ngày tháng năm",
        "Hà Nội, ngày 31 tháng 2 năm 2024",
        "Hà Nội, ngày 12 tháng 13 năm 2024",
        "Hà Nội, ngày 12 tháng 3 năm 0024",
        "Đã sinh con vào lúc: 06 giờ 30 phút, ngày 18/11/2026",
        "Ngày hẹn trả: 20/11/2026",
        "192.168.0.1",
    ] {
        assert_eq!(date(line), "", "{line}");
    }
}

#[test]
fn of_two_dates_the_one_with_its_place_counts() {
    let facts = find(&page(&[
        (10, 40, "ngày 01 tháng 02 năm 2020"),
        (50, 80, "Phường Mẫu, ngày 20 tháng 11 năm 2026"),
    ]));
    assert_eq!(text(facts.date), "20/11/2026");
}

const TITLE: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
const MOTTO: &str = "Độc lập – Tự do – Hạnh phúc";

#[test]
fn the_issuer_stands_left_of_the_national_title() {
    for (upper, lower, wanted) in [
        ("ỦY BAN NHÂN DÂN", "PHƯỜNG MẪU", "ỦY BAN NHÂN DÂN PHƯỜNG MẪU"),
        ("UỶ BAN NHÂN DÂN", "XÃ VÍ DỤ", "UỶ BAN NHÂN DÂN XÃ VÍ DỤ"),
        ("UBND TỈNH THỬ", "SỞ TƯ PHÁP", "SỞ TƯ PHÁP"),
        ("CÔNG AN TỈNH THỬ", "CÔNG AN PHƯỜNG MẪU", "CÔNG AN PHƯỜNG MẪU"),
        ("SỞ Y TẾ TỈNH THỬ", "BỆNH VIỆN MẪU", "BỆNH VIỆN MẪU"),
        ("BỘ TÀI CHÍNH", "CỤC THUẾ MẪU", "CỤC THUẾ MẪU"),
        ("UBND XÃ VÍ DỤ", "VĂN PHÒNG", "VĂN PHÒNG UBND XÃ VÍ DỤ"),
        ("UY BAN NHAN DAN", "PHUONG MAU", "UY BAN NHAN DAN PHUONG MAU"),
        ("BẢO HIỂM XÃ HỘI", "TỈNH THỬ NGHIỆM", "BẢO HIỂM XÃ HỘI TỈNH THỬ NGHIỆM"),
    ] {
        let apart = [
            (6, 5, upper),
            (6, 7, lower),
            (6, 9, "Số: 123/UBND-HT"),
            (50, 5, TITLE),
            (52, 7, MOTTO),
            (52, 10, "Phường Mẫu, ngày 20 tháng 11 năm 2026"),
        ];
        let facts = find(&page(&apart));
        assert_eq!(text(facts.issuer), wanted, "apart");
        assert_eq!(
            (text(facts.number), text(facts.date)),
            ("123/UBND-HT".to_owned(), "20/11/2026".to_owned())
        );

        // Tesseract may take both columns for one line.
        let (first, second) = (format!("{upper} {TITLE}"), format!("{lower} {MOTTO}"));
        assert_eq!(
            issuer(&[(6, 5, &first), (6, 7, &second), (6, 9, "Số: 123/UBND-HT")]),
            wanted,
            "in one line"
        );
    }
}

#[test]
fn a_number_in_capitals_is_not_taken_for_an_office() {
    let lines = [
        (6, 5, "SỞ TƯ PHÁP"),
        (6, 7, "SỐ: 12/STP-HT"),
        (50, 5, TITLE),
        (52, 7, MOTTO),
    ];
    let facts = find(&page(&lines));
    assert_eq!(
        (text(facts.issuer), text(facts.number)),
        ("SỞ TƯ PHÁP".to_owned(), "12/STP-HT".to_owned())
    );
}

#[test]
fn other_papers_name_their_issuer_elsewhere() {
    let centred = [(30, 6, TITLE), (36, 8, MOTTO)];
    for (line, wanted) in [
        (
            (20, 20, "Công an Phường Mẫu xác nhận thông tin của công dân như sau:"),
            "Công an Phường Mẫu",
        ),
        ((20, 20, "Số: 00/2026 - Quyển số: 00 - Bệnh viện Mẫu"), "Bệnh viện Mẫu"),
        ((30, 14, "BỆNH VIỆN MẪU"), "BỆNH VIỆN MẪU"),
        ((20, 60, "Nơi cấp: Công an Tỉnh Thử Nghiệm"), "Công an Tỉnh Thử Nghiệm"),
        ((20, 60, "Nơi đăng ký khai sinh: UBND Phường Mẫu"), "UBND Phường Mẫu"),
        ((50, 75, "TM. ỦY BAN NHÂN DÂN PHƯỜNG MẪU"), "ỦY BAN NHÂN DÂN PHƯỜNG MẪU"),
    ] {
        assert_eq!(issuer(&[centred[0], centred[1], line]), wanted);
    }
}

#[test]
fn who_is_asked_or_only_named_is_not_the_issuer() {
    for line in [
        "Kính gửi: Ủy ban nhân dân Phường Mẫu, Tỉnh Thử Nghiệm",
        "KÍNH GỬI: ỦY BAN NHÂN DÂN PHƯỜNG MẪU",
        "Nơi sinh: Bệnh viện Mẫu, Tỉnh Thử Nghiệm",
        "Nơi cấp: ……………",
        "TỜ KHAI ĐĂNG KÝ KHAI SINH",
        "MẪU THỬ MÁY QUÉT · NGƯỜI VÀ SỐ LIỆU BỊA RA · KHÔNG CÓ GIÁ TRỊ",
        "Tôi tên là Nguyễn Thị Ví Dụ",
    ] {
        assert_eq!(issuer(&[(30, 6, TITLE), (36, 8, MOTTO), (20, 20, line)]), "", "{line}");
    }
}

#[test]
fn certainty_follows_the_words_and_the_rule_and_is_never_whole() {
    let percent = |line: &str| {
        find(&page(&[(8, 12, line)]))
            .number
            .map(|found| found.certainty_percent)
    };
    let sure = percent("Số: 123/UBND-HT").unwrap();
    assert!((90..=99).contains(&sure), "{sure}");
    for doubtful in [
        "Số 123/UBND-HT",
        "Số: 118",
        "Số: 1O3/UBND-HT",
        "Số: ..123../UBND-HT",
        "Số: #123/UBND-HT",
    ] {
        assert!(percent(doubtful).unwrap() < sure, "{doubtful}");
    }

    let mut whole = page(&[(8, 12, "Số: 123/UBND-HT"), (50, 14, "Hà Nội, ngày 12 tháng 3 năm 2024")]);
    whole.words.iter_mut().for_each(|word| word.certainty_percent = 100);
    let facts = find(&whole);
    for found in [facts.number, facts.date] {
        assert!(found.unwrap().certainty_percent <= CERTAINTY_PERCENT_MAX);
    }
    whole.words.iter_mut().for_each(|word| word.certainty_percent = 5);
    assert_eq!(
        find(&whole),
        Facts::default(),
        "words that are hardly read tell nothing"
    );
}

#[test]
fn an_empty_page_tells_nothing_and_debug_hides_what_is_told() {
    assert_eq!(find(&page(&[])), Facts::default());
    let shown = format!("{:?}", find(&page(&[(8, 12, "Số: 123/UBND-HT")])));
    assert!(shown.contains("hidden") && !shown.contains("123"), "{shown}");
}

proptest! {
    #[test]
    fn any_words_are_survived(
        words in proptest::collection::vec((
            "(\\PC{0,6}|Số:?|ngày|[0-9]{1,4}|tháng|năm|[0-9/.-]{1,9}|SỞ|CÔNG|HOÀ|TM\\.|cấp:|…)",
            any::<[u32; 4]>(), 0_u32..6, 0_u8..=100,
        ), 0..30),
        width_px: u32, height_px: u32,
    ) {
        let words = words.into_iter().map(|(text, [left_px, top_px, width_px, height_px], line, certainty_percent)| Word {
            text, left_px, top_px, width_px, height_px, certainty_percent, line,
        }).collect();
        let facts = find(&PageText { words, width_px, height_px });
        for found in [facts.number, facts.date, facts.issuer].into_iter().flatten() {
            prop_assert!(found.certainty_percent <= CERTAINTY_PERCENT_MAX && !found.text.is_empty());
        }
    }
}
