//! The table: what stands on a page, and what is said.

use proptest::prelude::*;

use crate::voice::{Language, spoken};

const VIETNAMESE: &[(&str, &str)] = &[
    // Quantities.
    ("0", "không"),
    ("5", "năm"),
    ("10", "mười"),
    ("11", "mười một"),
    ("14", "mười bốn"),
    ("15", "mười lăm"),
    ("20", "hai mươi"),
    ("21", "hai mươi mốt"),
    ("24", "hai mươi tư"),
    ("25", "hai mươi lăm"),
    ("55", "năm mươi lăm"),
    ("91", "chín mươi mốt"),
    ("100", "một trăm"),
    ("101", "một trăm linh một"),
    ("104", "một trăm linh bốn"),
    ("105", "một trăm linh năm"),
    ("110", "một trăm mười"),
    ("115", "một trăm mười lăm"),
    ("121", "một trăm hai mươi mốt"),
    ("555", "năm trăm năm mươi lăm"),
    ("1.005", "một nghìn không trăm linh năm"),
    ("1.015", "một nghìn không trăm mười lăm"),
    ("1.234", "một nghìn hai trăm ba mươi tư"),
    ("2026", "hai nghìn không trăm hai mươi sáu"),
    ("101.010", "một trăm linh một nghìn không trăm mười"),
    ("1.000.000", "một triệu"),
    ("1.000.001", "một triệu không trăm linh một"),
    ("12.021.500", "mười hai triệu không trăm hai mươi mốt nghìn năm trăm"),
    ("1.000.000.000", "một tỷ"),
    ("3.000.000.005", "ba tỷ không trăm linh năm"),
    ("2.500.000.000.000", "hai nghìn năm trăm tỷ"),
    ("1,5", "một phẩy năm"),
    ("2,25", "hai phẩy hai mươi lăm"),
    ("0,05", "không phẩy không năm"),
    ("1.234,5", "một nghìn hai trăm ba mươi tư phẩy năm"),
    ("15%", "mười lăm phần trăm"),
    ("giảm 50 %", "giảm năm mươi phần trăm"),
    ("−5 °C", "âm năm độ xê"),
    ("02 bản sao", "hai bản sao"),
    // Money.
    ("8.000 đồng", "tám nghìn đồng"),
    ("8.000đ", "tám nghìn đồng"),
    ("50000 VNĐ", "năm mươi nghìn đồng"),
    (
        "Lệ phí: 1.250.000 ₫.",
        "Lệ phí, một triệu hai trăm năm mươi nghìn đồng.",
    ),
    ("0 đồng", "không đồng"),
    ("8.000–15.000 đồng", "tám nghìn đến mười lăm nghìn đồng"),
    // Dates.
    (
        "21/11/2026",
        "ngày hai mươi mốt tháng mười một năm hai nghìn không trăm hai mươi sáu",
    ),
    (
        "ngày 01/04/2026",
        "ngày một tháng tư năm hai nghìn không trăm hai mươi sáu",
    ),
    (
        "21 tháng 11, 2026",
        "ngày hai mươi mốt tháng mười một năm hai nghìn không trăm hai mươi sáu",
    ),
    (
        "ngày 5 tháng 4 năm 1985",
        "ngày năm tháng tư năm một nghìn chín trăm tám mươi lăm",
    ),
    ("thứ Hai, 23/11", "thứ Hai, ngày hai mươi ba tháng mười một"),
    ("Chủ nhật 22/11", "Chủ nhật ngày hai mươi hai tháng mười một"),
    (
        "2026-11-21",
        "ngày hai mươi mốt tháng mười một năm hai nghìn không trăm hai mươi sáu",
    ),
    ("tháng 11/2026", "tháng mười một năm hai nghìn không trăm hai mươi sáu"),
    ("thứ 4, tháng 4", "thứ tư, tháng tư"),
    (
        "từ 21/11/2026 - 30/11/2026",
        "từ ngày hai mươi mốt tháng mười một năm hai nghìn không trăm hai mươi sáu đến ngày ba mươi tháng mười một năm hai nghìn không trăm hai mươi sáu",
    ),
    // Times.
    ("09:42", "chín giờ bốn mươi hai phút"),
    ("07:05", "bảy giờ năm phút"),
    ("13:00", "mười ba giờ"),
    ("00:30", "không giờ ba mươi phút"),
    ("08:15:30", "tám giờ mười lăm phút ba mươi giây"),
    ("7h30", "bảy giờ ba mươi phút"),
    ("17h", "mười bảy giờ"),
    ("07:30–11:30", "bảy giờ ba mươi phút đến mười một giờ ba mươi phút"),
    ("13:30-17:00", "mười ba giờ ba mươi phút đến mười bảy giờ"),
    // Tickets, counters, steps, waiting.
    ("A 012", "A không một hai"),
    ("Mời số A 012 đến quầy số 3", "Mời số A không một hai đến quầy số ba"),
    ("B115", "B một một năm"),
    ("G 004", "giê không không bốn"),
    ("số 012", "số không một hai"),
    ("bước 2/5", "bước hai trên năm"),
    ("Nộp hồ sơ · bước 2/5", "Nộp hồ sơ, bước hai trên năm"),
    ("10–15 phút", "mười đến mười lăm phút"),
    ("10 - 15 phút", "mười đến mười lăm phút"),
    ("10-15 phút", "mười đến mười lăm phút"),
    ("3 người, khoảng 12 phút", "ba người, khoảng mười hai phút"),
    (
        "số 45/6/7 đường Trần Phú",
        "số bốn mươi lăm trên sáu trên bảy đường Trần Phú",
    ),
    // Codes and telephones.
    (
        "K01-261122-0007",
        "K không một, hai sáu một một hai hai, không không không bảy",
    ),
    (
        "000.00.06.H56-231027-0361",
        "không không không, không không, không sáu, H năm sáu, hai ba một không hai bảy, không ba sáu một",
    ),
    ("khổ A4", "khổ A bốn"),
    ("0380851234", "không ba tám không, tám năm một, hai ba bốn"),
    (
        "038085001234",
        "không ba tám, không tám năm, không không một, hai ba bốn",
    ),
    ("Gọi 0912 345 678.", "Gọi không chín một hai, ba bốn năm, sáu bảy tám."),
    ("0912.345.678", "không chín một hai, ba bốn năm, sáu bảy tám"),
    ("+84 912 345 678", "tám bốn, chín một hai, ba bốn năm, sáu bảy tám"),
    ("tổng đài 1022", "tổng đài một không hai hai"),
    ("1900 1234", "một chín không không, một hai ba bốn"),
    // What is hidden.
    ("Nguyễn V** A**", "Nguyễn V, A, các chữ còn lại được giấu"),
    (
        "Có phải bạn là Nguyễn V** A**?",
        "Có phải bạn là Nguyễn V, A, các chữ còn lại được giấu?",
    ),
    (
        "0380••••2028",
        "không ba tám không, bốn số được giấu, hai không hai tám",
    ),
    (
        "••/••/1985",
        "ngày tháng được giấu, năm một nghìn chín trăm tám mươi lăm",
    ),
    ("Địa chỉ: ••••", "Địa chỉ, phần được giấu"),
    // Short forms and signs.
    ("CCCD", "căn cước công dân"),
    ("UBND phường", "ủy ban nhân dân phường"),
    ("TP. Hà Nội", "thành phố Hà Nội"),
    ("TP.HCM", "thành phố Hồ Chí Minh"),
    ("123/QĐ-UBND", "một trăm hai mươi ba, quyết định ủy ban nhân dân"),
    ("mã QR", "mã kiu a"),
    ("và/hoặc", "và hoặc"),
    ("diện tích 120 m²", "diện tích một trăm hai mươi mét vuông"),
    ("Xin chào! [[aaa]] <“Bạn”>…", "Xin chào! aaa Bạn."),
    ("ảnh 3x4, 2 tấm", "ảnh ba x bốn, hai tấm"),
    ("8.000 đồng/lần", "tám nghìn đồng một lần"),
    ("còn 30 s", "còn ba mươi giây"),
    ("thứ Hai–thứ Sáu", "thứ Hai đến thứ Sáu"),
    ("quầy 1,2,3", "quầy một, hai, ba"),
    ("hoi@example.vn", "hoi a còng example chấm vn"),
    (
        "30/2020/NĐ-CP",
        "ba mươi trên hai nghìn không trăm hai mươi, nghị định chính phủ",
    ),
    (
        "sinh ••/••/1985, Số ** phố ****",
        "sinh ngày tháng được giấu, năm một nghìn chín trăm tám mươi lăm, Số phần được giấu, phố phần được giấu",
    ),
    ("", ""),
];

const ENGLISH: &[(&str, &str)] = &[
    // Quantities.
    ("0", "zero"),
    ("5", "five"),
    ("10", "ten"),
    ("15", "fifteen"),
    ("20", "twenty"),
    ("21", "twenty-one"),
    ("24", "twenty-four"),
    ("55", "fifty-five"),
    ("100", "one hundred"),
    ("101", "one hundred and one"),
    ("105", "one hundred and five"),
    ("115", "one hundred and fifteen"),
    ("555", "five hundred and fifty-five"),
    ("1,005", "one thousand and five"),
    ("1.005", "one point zero zero five"),
    ("1,234", "one thousand two hundred and thirty-four"),
    ("101,010", "one hundred and one thousand and ten"),
    ("1,000,001", "one million and one"),
    ("12,021,500", "twelve million twenty-one thousand five hundred"),
    ("1,000,000,000", "one billion"),
    ("1.5", "one point five"),
    ("2,500.75", "two thousand five hundred point seven five"),
    ("15%", "fifteen percent"),
    ("50 %", "fifty percent"),
    ("−5 °C", "minus five degrees"),
    ("02 copies", "two copies"),
    // Money.
    ("8,000 VND", "eight thousand dong"),
    ("8.000 đồng", "eight thousand dong"),
    (
        "Fee: 1.250.000 ₫.",
        "Fee, one million two hundred and fifty thousand dong.",
    ),
    ("50000 VND", "fifty thousand dong"),
    ("0 dong", "zero dong"),
    ("8,000–15,000 VND", "eight thousand to fifteen thousand dong"),
    // Dates.
    ("21/11/2026", "the twenty-first of November, twenty twenty-six"),
    ("21 November 2026", "the twenty-first of November, twenty twenty-six"),
    ("November 21, 2026", "the twenty-first of November, twenty twenty-six"),
    ("on 3 April", "on the third of April"),
    ("Monday, 23/11", "Monday, the twenty-third of November"),
    ("2026-11-02", "the second of November, twenty twenty-six"),
    ("30/09/2000", "the thirtieth of September, two thousand"),
    ("12/05/1905", "the twelfth of May, nineteen oh five"),
    ("31/01/2009", "the thirty-first of January, two thousand and nine"),
    ("born in 1985", "born in nineteen eighty-five"),
    ("11/2026", "November twenty twenty-six"),
    // Times.
    ("09:42", "nine forty-two in the morning"),
    ("09:00", "nine o'clock in the morning"),
    ("14:05", "two oh five in the afternoon"),
    ("18:30", "six thirty in the evening"),
    ("12:00", "noon"),
    ("12:15", "twelve fifteen in the afternoon"),
    ("00:00", "midnight"),
    ("00:10", "twelve ten in the morning"),
    (
        "07:30–11:30",
        "seven thirty in the morning to eleven thirty in the morning",
    ),
    // Tickets, steps, waiting.
    ("A 012", "A zero one two"),
    (
        "Ticket A 012, please go to counter 3",
        "Ticket A zero one two, please go to counter three",
    ),
    ("B115", "B one one five"),
    ("012", "zero one two"),
    ("step 2/5", "step two of five"),
    ("12/3 Street", "twelve slash three Street"),
    ("10–15 minutes", "ten to fifteen minutes"),
    ("10-15 minutes", "ten to fifteen minutes"),
    (
        "3 people ahead, about 12 minutes",
        "three people ahead, about twelve minutes",
    ),
    // Codes and telephones.
    (
        "K01-261122-0007",
        "K zero one, two six one one two two, zero zero zero seven",
    ),
    (
        "000.00.06.H56-231027-0361",
        "zero zero zero, zero zero, zero six, H five six, two three one zero two seven, zero three six one",
    ),
    ("an A4 page", "an A four page"),
    ("0380851234", "zero three eight zero, eight five one, two three four"),
    (
        "Call 0912 345 678.",
        "Call zero nine one two, three four five, six seven eight.",
    ),
    ("hotline 1022", "hotline one zero two two"),
    (
        "+84 912 345 678",
        "eight four, nine one two, three four five, six seven eight",
    ),
    // What is hidden.
    ("Nguyễn V** A**", "Nguyen V, A, the other letters are hidden"),
    (
        "Are you Nguyễn V** A**?",
        "Are you Nguyen V, A, the other letters are hidden?",
    ),
    (
        "0380••••2028",
        "zero three eight zero, four hidden digits, two zero two eight",
    ),
    ("••/••/1985", "day and month are hidden, nineteen eighty-five"),
    ("Address: ••••", "Address, a hidden part"),
    // Short forms, signs, names.
    ("your CCCD", "your citizen identity card"),
    ("UBND Hồng Hà", "People's Committee Hong Ha"),
    ("the QR code", "the Q R code"),
    ("No. 5", "number five"),
    ("paper & pen", "paper and pen"),
    ("Đường Trần Phú", "Duong Tran Phu"),
    ("check-list (keep it)", "check list, keep it"),
    ("120 m²", "one hundred and twenty square metres"),
    ("2nd try, 1st floor", "second try, first floor"),
    ("the 42nd", "the forty-second"),
    ("120th", "number one hundred and twenty"),
    ("Mon–Fri", "Mon to Fri"),
    ("10 min", "ten minutes"),
    ("8,000 VND/page", "eight thousand dong per page"),
    ("ask@example.vn", "ask at example dot vn"),
    ("3x4 photo", "three x four photo"),
    ("", ""),
];

fn holds(language: Language, rows: &[(&str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .map(|(written, said)| (written, said, spoken(written, language)))
        .filter(|(_, said, got)| **said != got)
        .map(|(written, said, got)| format!("{written:?}\n  should be {said:?}\n  but is    {got:?}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} rows:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

#[test]
fn vietnamese_is_read_as_at_the_counter() {
    holds(Language::Vietnamese, VIETNAMESE);
}

#[test]
fn english_is_read_as_at_the_counter() {
    holds(Language::English, ENGLISH);
}

proptest! {
    /// Whatever stands on a page, the synthesiser gets words and stops, so it has nothing to misread.
    #[test]
    fn no_digit_and_no_sign_is_left(text in "(\\PC|[0-9.,:/•*A-Zđ –\\-\n]){0,60}") {
        for language in [Language::Vietnamese, Language::English] {
            let said = spoken(&text, language);
            let odd = said.chars().find(|sign| {
                !(sign.is_alphabetic() || super::is_combining(*sign) || matches!(sign, ' ' | ',' | '.' | '?' | '!' | '-' | '\'' | '’'))
            });
            prop_assert!(odd.is_none(), "{odd:?} in {said:?}");
            prop_assert!(!said.contains("  ") && !said.starts_with([' ', ',']));
        }
    }

    /// No number is passed over, whatever it is glued to.
    #[test]
    fn every_run_of_digits_is_said(before in "[a-zA-ZđĐ.,/: -]{0,3}", digits in "[0-9]{1,14}([a-z][0-9]{1,3})?", after in "[a-zA-ZđĐ%.,/: -]{0,3}") {
        for language in [Language::Vietnamese, Language::English] {
            let words = |text: &str| spoken(text, language).split_whitespace().count();
            let (with, without) = (format!("{before}{digits}{after}"), format!("{before}{after}"));
            let runs = digits.split(|sign: char| sign.is_ascii_lowercase()).count();
            prop_assert!(words(&with) >= words(&without) + runs, "{with}: {}", spoken(&with, language));
        }
    }

    /// Numbers are told apart by ear: no two sound the same.
    #[test]
    fn different_numbers_sound_different(first in 0_u64..10_000_000, second in 0_u64..10_000_000) {
        prop_assume!(first != second);
        for (language, unit) in [(Language::Vietnamese, "đồng"), (Language::English, "VND")] {
            let say = |value: u64| spoken(&format!("{value} {unit}"), language);
            prop_assert_ne!(say(first), say(second));
        }
    }

    /// A long line stays within what a pipe takes at once.
    #[test]
    fn what_is_said_is_bounded(text in "[0-9•.:/ ]{0,2000}") {
        for language in [Language::Vietnamese, Language::English] {
            prop_assert!(spoken(&text, language).len() < 65_536);
        }
    }
}
