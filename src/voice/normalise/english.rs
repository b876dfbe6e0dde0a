//! Shapes and short forms in English, as they are read in Britain. Vietnamese names lose their
//! marks here: an English voice would name each mark instead of the letter.

use super::shape::{Mask, Piece, Shape};
use super::{Unit, Words, ends_in};

pub(super) const WORDS: Words = Words {
    read,
    short: SHORT,
    units: UNITS,
    months: &MONTHS_LOWER,
    before_date: &[
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "today",
        "tomorrow",
        "on",
        "date",
        "until",
    ],
    before_phone: &["call", "phone", "telephone", "hotline", "dial", "code", "file code"],
    groups: ',',
    decimals: '.',
    ordinals: &["st", "nd", "rd", "th"],
    to: "to",
    per: "per",
    dot: "dot",
    at: "at",
    and: "and",
    plus: "plus",
    minus: "minus",
    percent: "percent",
    spell: without_marks,
};

const SHORT: &[(&str, &str)] = &[
    ("CCCD", "citizen identity card"),
    ("CMND", "old identity card"),
    ("UBND", "People's Committee"),
    ("HĐND", "People's Council"),
    ("BHXH", "social insurance"),
    ("BHYT", "health insurance"),
    ("GPLX", "driving licence"),
    ("TTHC", "procedure"),
    ("VNeID", "V N E I D"),
    ("TP.", "city of"),
    ("Tp.", "city of"),
    ("TP", "city of"),
    ("VND", "dong"),
    ("VNĐ", "dong"),
    ("ID", "I D"),
    ("QR", "Q R"),
    ("No.", "number"),
    ("e.g.", "for example"),
    ("i.e.", "that is"),
    ("etc.", "and so on"),
    ("approx.", "about"),
    ("min.", "minutes"),
    ("Mr.", "Mister"),
    ("Mrs.", "Missis"),
];

const UNITS: &[Unit] = &[
    Unit {
        written: "đồng",
        said: "dong",
        money: true,
    },
    Unit {
        written: "dong",
        said: "dong",
        money: true,
    },
    Unit {
        written: "VNĐ",
        said: "dong",
        money: true,
    },
    Unit {
        written: "VND",
        said: "dong",
        money: true,
    },
    Unit {
        written: "đ",
        said: "dong",
        money: true,
    },
    Unit {
        written: "₫",
        said: "dong",
        money: true,
    },
    Unit {
        written: "%",
        said: "percent",
        money: false,
    },
    Unit {
        written: "m²",
        said: "square metres",
        money: false,
    },
    Unit {
        written: "m2",
        said: "square metres",
        money: false,
    },
    Unit {
        written: "km",
        said: "kilometres",
        money: false,
    },
    Unit {
        written: "kg",
        said: "kilograms",
        money: false,
    },
    Unit {
        written: "cm",
        said: "centimetres",
        money: false,
    },
    Unit {
        written: "ha",
        said: "hectares",
        money: false,
    },
    Unit {
        written: "s",
        said: "seconds",
        money: false,
    },
    Unit {
        written: "min",
        said: "minutes",
        money: false,
    },
    Unit {
        written: "m",
        said: "metres",
        money: false,
    },
    Unit {
        written: "°C",
        said: "degrees",
        money: false,
    },
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_LOWER: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const UP_TO_19: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

fn read(shape: &Shape, before: &str) -> String {
    match shape {
        Shape::Number { whole, decimals } if decimals.is_empty() => {
            let is_year = (1900..2100).contains(whole) && ends_in(before, &["in", "year", "since", "of", "born"]);
            if is_year { year(*whole) } else { number(*whole) }
        }
        Shape::Number { whole, decimals } => format!("{} point {}", number(*whole), signs(decimals)),
        Shape::Digits(groups) => groups.iter().map(|group| signs(group)).collect::<Vec<_>>().join(", "),
        Shape::Code(groups) => groups.iter().map(|group| signs(group)).collect::<Vec<_>>().join(", "),
        Shape::Date {
            day,
            month,
            year: in_year,
        } => {
            let month = MONTHS[usize::from(month.saturating_sub(1)).min(11)];
            let day = format!("the {} of {month}", ordinal(u64::from(*day)));
            let day = if ends_in(before, &["the"]) {
                day.trim_start_matches("the ").to_owned()
            } else {
                day
            };
            in_year.map_or(day.clone(), |of| format!("{day}, {}", year(u64::from(of))))
        }
        Shape::Month { month, year: of } => {
            format!(
                "{} {}",
                MONTHS[usize::from(month.saturating_sub(1)).min(11)],
                year(u64::from(*of))
            )
        }
        Shape::Time { hour, minute, .. } => time(u64::from(*hour), u64::from(*minute)),
        Shape::Parts(parts) => parts_of(parts),
        Shape::Ordinal(value) => ordinal(*value),
        Shape::Masked(mask) => masked(mask),
    }
}

/// Twelve hours and the part of the day: spoken twenty-four hours are hard for many.
fn time(hour: u64, minute: u64) -> String {
    let part = match hour {
        0..12 => "in the morning",
        12..18 => "in the afternoon",
        _ => "in the evening",
    };
    match (hour, minute) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        _ => {
            let hour = number((hour + 11) % 12 + 1);
            match minute {
                0 => format!("{hour} o'clock {part}"),
                1..10 => format!("{hour} oh {} {part}", number(minute)),
                _ => format!("{hour} {} {part}", number(minute)),
            }
        }
    }
}

/// "step 2/5" is two of five; "12/3 Street" is no part of anything.
fn parts_of(parts: &[u64]) -> String {
    let between = match parts {
        [part, whole] if part <= whole => " of ",
        _ => " slash ",
    };
    parts.iter().map(|part| number(*part)).collect::<Vec<_>>().join(between)
}

fn masked(mask: &Mask) -> String {
    match mask {
        Mask::Letters(letters) if letters.is_empty() => "a hidden part".to_owned(),
        Mask::Letters(letters) => {
            let shown: Vec<String> = letters.iter().map(|letter| without_marks(letter)).collect();
            format!("{}, the other letters are hidden", shown.join(", "))
        }
        Mask::Birth { year: of } => format!("day and month are hidden, {}", year(u64::from(*of))),
        Mask::Digits(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Shown(shown) => signs(shown),
                Piece::Hidden(1) => "one hidden digit".to_owned(),
                Piece::Hidden(count) => format!("{} hidden digits", number(u64::try_from(*count).unwrap_or(u64::MAX))),
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn signs(text: &str) -> String {
    let sign = |sign: char| match sign.to_digit(10) {
        Some(digit) => UP_TO_19[digit as usize].to_owned(),
        None => without_marks(&sign.to_uppercase().to_string()),
    };
    text.chars().map(sign).collect::<Vec<_>>().join(" ")
}

fn word(list: &[&'static str], index: u64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| list.get(index))
        .copied()
        .unwrap_or_default()
}

fn number(value: u64) -> String {
    const SIZES: [(u64, &str); 4] = [
        (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1_000, "thousand"),
    ];

    for (size, name) in SIZES {
        if value >= size {
            let rest = value % size;
            let head = format!("{} {name}", number(value / size));
            return match rest {
                0 => head,
                1..100 => format!("{head} and {}", number(rest)),
                _ => format!("{head} {}", number(rest)),
            };
        }
    }
    match value {
        0..20 => word(&UP_TO_19, value).to_owned(),
        20..100 if value.is_multiple_of(10) => word(&TENS, value / 10).to_owned(),
        20..100 => format!("{}-{}", word(&TENS, value / 10), word(&UP_TO_19, value % 10)),
        _ if value.is_multiple_of(100) => format!("{} hundred", number(value / 100)),
        _ => format!("{} hundred and {}", number(value / 100), number(value % 100)),
    }
}

fn year(value: u64) -> String {
    match (value / 100, value % 100) {
        (20, 0..10) => number(value),
        (century, 0) => format!("{} hundred", number(century)),
        (century, years @ 1..10) => format!("{} oh {}", number(century), number(years)),
        (century, years) => format!("{} {}", number(century), number(years)),
    }
}

/// Up to ninety-ninth; beyond, people say the number.
fn ordinal(value: u64) -> String {
    const UP_TO_12: [&str; 13] = [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth",
    ];
    match value {
        1..=12 => word(&UP_TO_12, value).to_owned(),
        13..20 => format!("{}th", number(value)),
        20..100 if value.is_multiple_of(10) => format!("{}ieth", number(value).trim_end_matches('y')),
        20..100 => format!("{}-{}", word(&TENS, value / 10), word(&UP_TO_12, value % 10)),
        _ => format!("number {}", number(value)),
    }
}

/// The letters of the alphabet under their Vietnamese marks.
fn without_marks(text: &str) -> String {
    text.chars()
        .filter(|sign| !super::is_combining(*sign))
        .map(without_mark)
        .collect()
}

fn without_mark(sign: char) -> char {
    const MARKED: [(char, &str); 7] = [
        ('a', "àáảãạăằắẳẵặâầấẩẫậ"),
        ('d', "đ"),
        ('e', "èéẻẽẹêềếểễệ"),
        ('i', "ìíỉĩị"),
        ('o', "òóỏõọôồốổỗộơờớởỡợ"),
        ('u', "ùúủũụưừứửữự"),
        ('y', "ỳýỷỹỵ"),
    ];

    let lower = sign.to_lowercase().next().unwrap_or(sign);
    let plain = MARKED
        .iter()
        .find_map(|(plain, marked)| marked.contains(lower).then_some(*plain));
    match plain {
        Some(plain) if sign.is_uppercase() => plain.to_ascii_uppercase(),
        Some(plain) => plain,
        None => sign,
    }
}
