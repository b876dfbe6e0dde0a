//! Quantities, and the long numbers that are dialled or compared instead.

use super::{Place, Shape, all_digits, number_of};
use crate::voice::normalise::{Words, ends_in};

/// Counted as one number up to here; longer ones are read digit by digit.
const NUMBER_DIGITS_MAX: usize = 15;
/// A number without grouping is a quantity up to here, and a code beyond.
pub(super) const UNGROUPED_DIGITS_MAX: usize = 4;

/// "1.000.001", "8.000,5": thousands in groups of three.
pub(super) fn grouped(text: &str, place: &Place<'_>, words: &Words) -> Option<Shape> {
    let read = |groups: char, decimals: char| {
        let (whole, after) = text
            .split_once(decimals)
            .map_or((text, ""), |(whole, after)| (whole, after));
        let fields: Vec<&str> = whole.split(groups).collect();
        let first_fits = (1..=3).contains(&fields[0].len()) && !fields[0].starts_with('0');
        let fits = fields.len() >= 2 && first_fits && fields[1..].iter().all(|field| field.len() == 3);
        (fits && all_digits(after))
            .then(|| number(&fields.concat(), after))
            .flatten()
    };

    // Sums are written the Vietnamese way in every language.
    read(words.groups, words.decimals).or_else(|| place.money.then(|| read(words.decimals, words.groups)).flatten())
}

/// "15", "1,5", "012", "0912345678".
pub(super) fn plain(text: &str, place: &Place<'_>, words: &Words) -> Option<Shape> {
    if let Some((whole, after)) = text.split_once(['.', ',']) {
        let usual = text.contains(words.decimals);
        let fits = !after.is_empty() && (usual || after.len() <= 2) && whole.len() <= UNGROUPED_DIGITS_MAX;
        let stray_zero = whole.len() > 1 && whole.starts_with('0');
        return (fits && !stray_zero && all_digits(whole) && all_digits(after))
            .then(|| number(whole, after))
            .flatten();
    }
    if !all_digits(text) {
        return None;
    }

    let dialled = ends_in(place.before, words.before_phone) && text.len() >= 3;
    let led_by_zero = text.len() >= 3 && text.starts_with('0');
    let too_long = text.len()
        > if place.money {
            NUMBER_DIGITS_MAX
        } else {
            UNGROUPED_DIGITS_MAX
        };
    if dialled || led_by_zero || too_long {
        return Some(Shape::Digits(breaths(text)));
    }
    number(text, "")
}

/// Long numbers in the groups people say them in: a phone number as 4-3-3, the rest by threes.
fn breaths(digits: &str) -> Vec<String> {
    let signs: Vec<char> = digits.chars().collect();
    let first = match signs.len() {
        0..=4 => signs.len(),
        10 => 4,
        length if length % 3 == 1 => 4,
        _ => 3,
    };
    let (head, rest) = signs.split_at(first);
    std::iter::once(head)
        .chain(rest.chunks(3))
        .map(|group| group.iter().collect())
        .collect()
}

fn number(whole: &str, decimals: &str) -> Option<Shape> {
    let whole = number_of(whole, NUMBER_DIGITS_MAX)?;
    Some(Shape::Number {
        whole,
        decimals: decimals.to_owned(),
    })
}
