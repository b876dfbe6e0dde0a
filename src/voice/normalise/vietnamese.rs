//! Shapes and short forms in Vietnamese, as they are read in the north.

use super::shape::{Mask, Piece, Shape};
use super::{Unit, Words, ends_in};

pub(super) const WORDS: Words = Words {
    read,
    short: SHORT,
    units: UNITS,
    months: &[],
    before_date: &[
        "ngày",
        "hôm nay",
        "hôm qua",
        "ngày mai",
        "thứ hai",
        "thứ ba",
        "thứ tư",
        "thứ năm",
        "thứ sáu",
        "thứ bảy",
        "chủ nhật",
    ],
    before_phone: &[
        "điện thoại",
        "gọi",
        "gọi số",
        "tổng đài",
        "đường dây nóng",
        "liên hệ",
        "mã",
        "mã số",
        "mã hồ sơ",
    ],
    groups: '.',
    decimals: ',',
    ordinals: &[],
    to: "đến",
    per: "một",
    dot: "chấm",
    at: "a còng",
    and: "và",
    plus: "cộng",
    minus: "âm",
    percent: "phần trăm",
    spell: str::to_owned,
};

/// Longer forms stand before those they begin with.
const SHORT: &[(&str, &str)] = &[
    ("CCCD", "căn cước công dân"),
    ("CMND", "chứng minh nhân dân"),
    ("CMT", "chứng minh thư"),
    ("CNTT", "công nghệ thông tin"),
    ("CP", "chính phủ"),
    ("DVC", "dịch vụ công"),
    ("ĐKKD", "đăng ký kinh doanh"),
    ("ĐKKH", "đăng ký kết hôn"),
    ("ĐT", "điện thoại"),
    ("BHTN", "bảo hiểm thất nghiệp"),
    ("BHXH", "bảo hiểm xã hội"),
    ("BHYT", "bảo hiểm y tế"),
    ("GCN", "giấy chứng nhận"),
    ("GPLX", "giấy phép lái xe"),
    ("GTGT", "giá trị gia tăng"),
    ("HĐND", "hội đồng nhân dân"),
    ("HCM", "Hồ Chí Minh"),
    ("KT", "ký thay"),
    ("NĐ", "nghị định"),
    ("QĐ", "quyết định"),
    ("QR", "kiu a"),
    ("QSDĐ", "quyền sử dụng đất"),
    ("SĐT", "số điện thoại"),
    ("STT", "số thứ tự"),
    ("TNHH", "trách nhiệm hữu hạn"),
    ("TTHC", "thủ tục hành chính"),
    ("TTHCC", "trung tâm hành chính công"),
    ("TT", "thông tư"),
    ("UBND", "ủy ban nhân dân"),
    ("VNeID", "vi en ai đi"),
    ("VPCP", "văn phòng chính phủ"),
    ("TP.", "thành phố"),
    ("Tp.", "thành phố"),
    ("TP", "thành phố"),
    ("TX.", "thị xã"),
    ("Tx.", "thị xã"),
    ("Q.", "quận"),
    ("P.", "phường"),
    ("v.v.", "vân vân"),
    ("v.v", "vân vân"),
    ("Đ", "đê"),
    ("G", "giê"),
    ("J", "gi"),
    ("đ/c", "địa chỉ"),
];

const UNITS: &[Unit] = &[
    Unit {
        written: "đồng",
        said: "đồng",
        money: true,
    },
    Unit {
        written: "VNĐ",
        said: "đồng",
        money: true,
    },
    Unit {
        written: "VND",
        said: "đồng",
        money: true,
    },
    Unit {
        written: "vnđ",
        said: "đồng",
        money: true,
    },
    Unit {
        written: "đ",
        said: "đồng",
        money: true,
    },
    Unit {
        written: "₫",
        said: "đồng",
        money: true,
    },
    Unit {
        written: "%",
        said: "phần trăm",
        money: false,
    },
    Unit {
        written: "m²",
        said: "mét vuông",
        money: false,
    },
    Unit {
        written: "m2",
        said: "mét vuông",
        money: false,
    },
    Unit {
        written: "km",
        said: "ki lô mét",
        money: false,
    },
    Unit {
        written: "kg",
        said: "ki lô gam",
        money: false,
    },
    Unit {
        written: "cm",
        said: "xăng ti mét",
        money: false,
    },
    Unit {
        written: "ha",
        said: "héc ta",
        money: false,
    },
    Unit {
        written: "s",
        said: "giây",
        money: false,
    },
    Unit {
        written: "m",
        said: "mét",
        money: false,
    },
    Unit {
        written: "°C",
        said: "độ xê",
        money: false,
    },
];

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

fn read(shape: &Shape, before: &str) -> String {
    match shape {
        Shape::Number { whole, decimals } if decimals.is_empty() => counted_or_ordered(*whole, before),
        Shape::Number { whole, decimals } => format!("{} phẩy {}", number(*whole), after_comma(decimals)),
        Shape::Digits(groups) => groups.iter().map(|group| signs(group)).collect::<Vec<_>>().join(", "),
        Shape::Code(groups) => groups.iter().map(|group| signs(group)).collect::<Vec<_>>().join(", "),
        Shape::Date { day, month, year } => {
            let date = format!("{} tháng {}", number(u64::from(*day)), month_name(*month));
            let date = if ends_in(before, &["ngày", "mùng", "mồng"]) {
                date
            } else {
                format!("ngày {date}")
            };
            year.map_or(date.clone(), |year| format!("{date} năm {}", number(u64::from(year))))
        }
        Shape::Month { month, year } => {
            let date = format!("{} năm {}", month_name(*month), number(u64::from(*year)));
            if ends_in(before, &["tháng"]) {
                date
            } else {
                format!("tháng {date}")
            }
        }
        Shape::Time { hour, minute, second } => time(*hour, *minute, *second),
        Shape::Parts(parts) => parts
            .iter()
            .map(|part| number(*part))
            .collect::<Vec<_>>()
            .join(" trên "),
        Shape::Ordinal(value) => number(*value),
        Shape::Masked(mask) => masked(mask),
    }
}

/// After "tháng" and "thứ" some numbers have another name.
fn counted_or_ordered(whole: u64, before: &str) -> String {
    match whole {
        4 if ends_in(before, &["tháng", "thứ"]) => "tư".to_owned(),
        1 if ends_in(before, &["thứ"]) => "nhất".to_owned(),
        _ => number(whole),
    }
}

fn month_name(month: u8) -> String {
    if month == 4 {
        "tư".to_owned()
    } else {
        number(u64::from(month))
    }
}

fn time(hour: u8, minute: u8, second: u8) -> String {
    let mut words = format!("{} giờ", number(u64::from(hour)));
    if minute > 0 || second > 0 {
        words += &format!(" {} phút", number(u64::from(minute)));
    }
    if second > 0 {
        words += &format!(" {} giây", number(u64::from(second)));
    }
    words
}

fn masked(mask: &Mask) -> String {
    match mask {
        Mask::Letters(letters) if letters.is_empty() => "phần được giấu".to_owned(),
        Mask::Letters(letters) => format!("{}, các chữ còn lại được giấu", letters.join(", ")),
        Mask::Birth { year } => format!("ngày tháng được giấu, năm {}", number(u64::from(*year))),
        Mask::Digits(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Shown(shown) => signs(shown),
                Piece::Hidden(count) => format!("{} số được giấu", number(u64::try_from(*count).unwrap_or(u64::MAX))),
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Letters and digits one by one.
fn signs(text: &str) -> String {
    text.chars().map(sign).collect::<Vec<_>>().join(" ")
}

fn sign(sign: char) -> String {
    match sign.to_digit(10) {
        Some(digit) => DIGITS[digit as usize].to_owned(),
        None => match sign.to_uppercase().next().unwrap_or(sign) {
            // The synthesiser says "đờ", "dê" and "gi" with the wrong sound for these alone.
            'Đ' => "đê".to_owned(),
            'G' => "giê".to_owned(),
            'J' => "gi".to_owned(),
            other => other.to_string(),
        },
    }
}

fn after_comma(decimals: &str) -> String {
    match decimals.parse::<u64>() {
        Ok(value) if decimals.len() <= 2 && !decimals.starts_with('0') => number(value),
        _ => signs(decimals),
    }
}

/// A quantity in words: mốt, tư, lăm after tens; linh for missing tens; "không trăm" within a number.
fn number(value: u64) -> String {
    const BILLION: u64 = 1_000_000_000;

    if value == 0 {
        return DIGITS[0].to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    if value >= BILLION {
        words.push(number(value / BILLION));
        words.push("tỷ".to_owned());
    }

    for (size, name) in [(1_000_000, "triệu"), (1_000, "nghìn"), (1, "")] {
        let group = value % BILLION / size % 1_000;
        if group > 0 {
            words.push(up_to_999(group, !words.is_empty()));
            words.push(name.to_owned());
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// `within`: greater groups were said before, so the hundreds are said even if there are none.
fn up_to_999(value: u64, within: bool) -> String {
    let digit = |value: u64| DIGITS[usize::try_from(value % 10).unwrap_or_default()];
    let (hundreds, tens, ones) = (value / 100, value / 10 % 10, value % 10);
    let mut words: Vec<&str> = Vec::new();

    if hundreds > 0 || within {
        words.extend([digit(hundreds), "trăm"]);
    }
    match tens {
        0 if ones > 0 && !words.is_empty() => words.push("linh"),
        0 => {}
        1 => words.push("mười"),
        _ => words.extend([digit(tens), "mươi"]),
    }
    match (tens, ones) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt"),
        (2.., 4) => words.push("tư"),
        (1.., 5) => words.push("lăm"),
        _ => words.push(digit(ones)),
    }
    words.join(" ")
}
