//! What in a text is not plain words: numbers, dates, times, codes, masks. Recognised the same way
//! in every language; read aloud by each in its own.

mod cursor;
mod mask;
mod number;

use super::{Words, ends_in, tail};
use cursor::Cursor;
use mask::masked;
pub(super) use mask::{Mask, Piece};
use number::{UNGROUPED_DIGITS_MAX, grouped, plain};

/// No code, date or number is longer; what is longer is read piece by piece.
const BLOB_CHARS_MAX: usize = 64;
/// Longer runs of letters within a code are words.
const SPELLED_LETTERS_MAX: usize = 4;

pub(super) enum Shape {
    /// Digits of the whole part, without leading zeros, and of the decimals, which may be none.
    Number {
        whole: u64,
        decimals: String,
    },
    /// Groups that are read digit by digit.
    Digits(Vec<String>),
    /// Groups of letters and digits, each sign by itself.
    Code(Vec<String>),
    Date {
        day: u8,
        month: u8,
        year: Option<u16>,
    },
    Month {
        month: u8,
        year: u16,
    },
    Time {
        hour: u8,
        minute: u8,
        second: u8,
    },
    /// "2nd", where a language writes so.
    Ordinal(u64),
    /// "2/5", "45/6/7".
    Parts(Vec<u64>),
    /// What the screen hides.
    Masked(Mask),
}

impl Shape {
    /// Whether "from this to that" makes sense.
    pub(super) fn has_order(&self) -> bool {
        match self {
            Self::Number { .. } | Self::Date { .. } | Self::Month { .. } | Self::Time { .. } => true,
            Self::Digits(_) | Self::Code(_) | Self::Ordinal(_) | Self::Parts(_) | Self::Masked(_) => false,
        }
    }
}

pub(super) struct Found {
    pub(super) shape: Shape,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What starts here, if it is not plain words.
pub(super) fn at(source: &[char], start: usize, words: &Words) -> Option<Found> {
    if start > 0 && source[start - 1].is_alphabetic() && source[start].is_alphabetic() {
        return None;
    }
    let found = |(shape, end): (Shape, usize)| Found { shape, start, end };

    masked(source, start)
        .or_else(|| spelled_date(source, start, words))
        .or_else(|| ticket(source, start))
        .or_else(|| spaced_phone(source, start))
        .or_else(|| ordinal(source, start, words))
        .or_else(|| blob(source, start, words))
        .or_else(|| glued(source, start))
        .map(found)
}

/// "21 tháng 11, 2026", "21 November 2026", "November 21, 2026".
fn spelled_date(source: &[char], start: usize, words: &Words) -> Option<(Shape, usize)> {
    let mut cursor = Cursor { source, at: start };

    let (day, month) = match cursor.number(2) {
        Some(day) => {
            cursor.spaces()?;
            let month = if words.months.is_empty() {
                (cursor.word()? == "tháng").then_some(())?;
                cursor.spaces()?;
                cursor.number(2)?
            } else {
                cursor.month(words)?
            };
            (day, month)
        }
        None => {
            let month = cursor.month(words)?;
            cursor.spaces()?;
            (cursor.number(2)?, month)
        }
    };

    let (day, month) = day_of(day, month)?;
    let without_year = cursor.at;
    let year = cursor.year_after();
    let end = if year.is_some() { cursor.at } else { without_year };
    Some((Shape::Date { day, month, year }, end))
}

/// "A 012": one capital letter, a space, three or four digits.
fn ticket(source: &[char], start: usize) -> Option<(Shape, usize)> {
    let letter = source.get(start).filter(|sign| sign.is_ascii_uppercase())?;
    let mut cursor = Cursor { source, at: start + 1 };
    cursor.spaces()?;
    let digits = cursor.digits();
    let bounded = !source.get(cursor.at).is_some_and(|sign| sign.is_alphanumeric());

    ((3..=4).contains(&digits.len()) && bounded).then(|| (Shape::Code(vec![format!("{letter}{digits}")]), cursor.at))
}

/// "0912 345 678", "+84 912 345 678", "1900 1234": groups of digits with one space between.
fn spaced_phone(source: &[char], start: usize) -> Option<(Shape, usize)> {
    const PHONE_DIGITS_MAX: usize = 12;

    let international = source.get(start) == Some(&'+');
    let mut cursor = Cursor {
        source,
        at: if international { start + 1 } else { start },
    };
    let mut groups = vec![cursor.digits()];
    let mut end = cursor.at;

    while source.get(cursor.at) == Some(&' ') {
        cursor.at += 1;
        let group = cursor.digits();
        if !(2..=6).contains(&group.len()) || source.get(cursor.at).is_some_and(|sign| sign.is_alphabetic()) {
            break;
        }
        groups.push(group);
        end = cursor.at;
    }

    let digits: usize = groups.iter().map(String::len).sum();
    let national = groups[0].starts_with('0') && digits >= 9;
    let service = matches!(groups[0].as_str(), "1800" | "1900") && digits >= 8;
    let dialled = (international || national || service) && groups.len() >= 2 && digits <= PHONE_DIGITS_MAX;
    dialled.then_some((Shape::Digits(groups), end))
}

/// "2nd".
fn ordinal(source: &[char], start: usize, words: &Words) -> Option<(Shape, usize)> {
    let mut cursor = Cursor { source, at: start };
    let number = number_of(&cursor.digits(), UNGROUPED_DIGITS_MAX)?;
    let ending = cursor.word()?;
    let bounded = !source.get(cursor.at).is_some_and(char::is_ascii_digit);
    (bounded && words.ordinals.contains(&&*ending)).then_some((Shape::Ordinal(number), cursor.at))
}

/// Digits within something that means nothing as a whole ("3x4"): never passed over.
fn glued(source: &[char], start: usize) -> Option<(Shape, usize)> {
    let mut cursor = Cursor { source, at: start };
    let digits = cursor.digits();
    let whole = number_of(&digits, UNGROUPED_DIGITS_MAX);
    let shape = whole.map_or(Shape::Digits(vec![digits]), |whole| Shape::Number {
        whole,
        decimals: String::new(),
    });
    (cursor.at > start).then_some((shape, cursor.at))
}

/// A run of letters and digits with single signs between; the longest beginning of it that means something.
fn blob(source: &[char], start: usize, words: &Words) -> Option<(Shape, usize)> {
    let mut end = start;
    let mut cuts = Vec::new();
    while let Some(sign) = source.get(end).filter(|_| end - start < BLOB_CHARS_MAX) {
        let joins = matches!(sign, '-' | '.' | '/' | ':' | ',')
            && end > start
            && source.get(end + 1).is_some_and(char::is_ascii_alphanumeric);
        if joins {
            cuts.push(end);
        } else if !sign.is_ascii_alphanumeric() {
            break;
        }
        end += 1;
    }
    if !source.get(end).is_some_and(|sign| sign.is_alphanumeric()) || words.unit_at(source, end).is_some() {
        cuts.push(end);
    }

    cuts.iter().rev().find_map(|end| {
        let text: String = source[start..*end].iter().collect();
        let place = Place {
            before: &tail(source, start),
            money: words.unit_at(source, *end).is_some_and(|(unit, _)| unit.money),
        };
        let (shape, length) = whole(&text, &place, words)?;
        Some((shape, start + length))
    })
}

struct Place<'a> {
    before: &'a str,
    money: bool,
}

/// What a blob means as a whole, and how much of it was used (all, but for the first half of a range).
fn whole(text: &str, place: &Place<'_>, words: &Words) -> Option<(Shape, usize)> {
    if !text.contains(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    let all = |shape| (shape, text.len());

    time(text)
        .or_else(|| date(text, place, words))
        .or_else(|| grouped(text, place, words))
        .or_else(|| plain(text, place, words))
        .map(all)
        .or_else(|| first_of_range(text))
        .or_else(|| parts(text).or_else(|| code(text)).map(all))
}

fn time(text: &str) -> Option<Shape> {
    let (separator, fields) = if text.contains(':') {
        (':', text)
    } else {
        let short = text.contains('h') || text.contains('g');
        short.then_some((if text.contains('h') { 'h' } else { 'g' }, text))?
    };
    let mut fields = fields.split(separator);
    let hour = number_of(fields.next()?, 2)?;
    let minute = fields.next()?;
    let minute = if minute.is_empty() && separator == 'h' {
        0
    } else {
        two_digits(minute)?
    };
    let second = fields.next().map_or(Some(0), two_digits)?;

    let valid = hour < 24 && minute < 60 && second < 60 && fields.next().is_none();
    valid.then_some(Shape::Time {
        hour: u8::try_from(hour).ok()?,
        minute,
        second,
    })
}

fn date(text: &str, place: &Place<'_>, words: &Words) -> Option<Shape> {
    for separator in ['/', '-', '.'] {
        let fields: Vec<&str> = text.split(separator).collect();
        let shape = match fields.as_slice() {
            [year, month, day] if separator == '-' && year.len() == 4 => full_date(day, month, year),
            [day, month, year] => full_date(day, month, year),
            [month, year] if separator == '/' && year.len() == 4 => month_of(month, year),
            [day, month] if separator == '/' && ends_in(place.before, words.before_date) => {
                day_of(number_of(day, 2)?, number_of(month, 2)?).map(|(day, month)| Shape::Date {
                    day,
                    month,
                    year: None,
                })
            }
            _ => None,
        };
        if shape.is_some() {
            return shape;
        }
    }
    None
}

fn full_date(day: &str, month: &str, year: &str) -> Option<Shape> {
    let (day, month) = day_of(number_of(day, 2)?, number_of(month, 2)?)?;
    Some(Shape::Date {
        day,
        month,
        year: Some(year_of(year)?),
    })
}

fn month_of(month: &str, year: &str) -> Option<Shape> {
    let month = number_of(month, 2).filter(|month| (1..=12).contains(month))?;
    Some(Shape::Month {
        month: u8::try_from(month).ok()?,
        year: year_of(year)?,
    })
}

/// "10-15": the first half; the second follows as a number of its own.
fn first_of_range(text: &str) -> Option<(Shape, usize)> {
    let (from, to) = text.split_once('-')?;
    let from_number = number_of(from, UNGROUPED_DIGITS_MAX)?;
    let to = number_of(to, UNGROUPED_DIGITS_MAX)?;
    let fits = from_number < to && !(from.len() >= 3 && from.starts_with('0'));
    fits.then(|| {
        (
            Shape::Number {
                whole: from_number,
                decimals: String::new(),
            },
            from.len(),
        )
    })
}

fn parts(text: &str) -> Option<Shape> {
    let fields: Option<Vec<u64>> = text
        .split('/')
        .map(|field| number_of(field, UNGROUPED_DIGITS_MAX))
        .collect();
    fields.filter(|fields| fields.len() >= 2).map(Shape::Parts)
}

/// "K01-261122-0007": capital letters and digits in groups.
fn code(text: &str) -> Option<Shape> {
    let groups: Vec<&str> = text.split(['-', '.', '/', ',', ':']).collect();
    let lettered = text.contains(|sign: char| sign.is_ascii_uppercase());
    let spelled = !text.contains(|sign: char| sign.is_ascii_lowercase())
        && groups.iter().all(|group| {
            group
                .split(|sign: char| sign.is_ascii_digit())
                .all(|run| run.len() <= SPELLED_LETTERS_MAX)
        });
    let numbered = groups.len() >= 2 && !text.contains([':', '/']);

    (spelled && (lettered || numbered)).then(|| Shape::Code(groups.into_iter().map(str::to_owned).collect()))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number_of(text: &str, digits_max: usize) -> Option<u64> {
    ((1..=digits_max).contains(&text.len()) && all_digits(text))
        .then(|| text.parse().ok())
        .flatten()
}

fn two_digits(text: &str) -> Option<u8> {
    (text.len() == 2 && all_digits(text))
        .then(|| text.parse().ok())
        .flatten()
}

fn year_of(text: &str) -> Option<u16> {
    (text.len() == 4 && all_digits(text))
        .then(|| text.parse().ok())
        .flatten()
        .filter(|year| (1800..2200).contains(year))
}

fn day_of(day: u64, month: u64) -> Option<(u8, u8)> {
    let fits = (1..=31).contains(&day) && (1..=12).contains(&month);
    fits.then(|| Some((u8::try_from(day).ok()?, u8::try_from(month).ok()?)))
        .flatten()
}
