//! What the screen hides: names, numbers and dates with stars or dots in them.

use super::{Shape, year_of};

/// A masked text, as far as it shows.
pub(in super::super) enum Mask {
    /// "V** A**": the letters that are shown, in order; may be none.
    Letters(Vec<String>),
    /// "0380••••2028".
    Digits(Vec<Piece>),
    /// "••/••/1985".
    Birth { year: u16 },
}

pub(in super::super) enum Piece {
    Shown(String),
    Hidden(usize),
}

fn is_mask(sign: char) -> bool {
    matches!(sign, '*' | '•' | '●' | '∗')
}

fn is_shown(sign: char) -> bool {
    sign.is_alphabetic() || sign.is_ascii_digit()
}

pub(super) fn masked(source: &[char], start: usize) -> Option<(Shape, usize)> {
    let mut letters = Vec::new();
    let mut end = None;
    let mut next = start;

    while let Some((word, stop)) = masked_word(source, next) {
        let shown: String = word.chars().filter(|sign| is_shown(*sign)).collect();
        if shown.chars().any(|sign| sign.is_ascii_digit()) {
            return if end.is_none() {
                masked_digits(&word).map(|mask| (Shape::Masked(mask), stop))
            } else {
                break_at(letters, end)
            };
        }
        if !shown.is_empty() {
            letters.push(shown);
        }
        end = Some(stop);
        if source.get(stop) != Some(&' ') {
            break;
        }
        next = stop + 1;
    }
    break_at(letters, end)
}

fn break_at(letters: Vec<String>, end: Option<usize>) -> Option<(Shape, usize)> {
    Some((Shape::Masked(Mask::Letters(letters)), end?))
}

/// A run without spaces that hides at least two signs, without the punctuation after it.
fn masked_word(source: &[char], start: usize) -> Option<(String, usize)> {
    let length = source
        .get(start..)?
        .iter()
        .take_while(|sign| !matches!(sign, ' ' | '\n'))
        .count();
    let run = &source[start..start + length];
    let kept = run.iter().rposition(|sign| sign.is_alphanumeric() || is_mask(*sign))? + 1;
    let word: String = run[..kept].iter().collect();

    let hides = word.chars().filter(|sign| is_mask(*sign)).count() >= 2;
    hides.then_some((word, start + kept))
}

fn masked_digits(word: &str) -> Option<Mask> {
    if let Some((hidden, year)) = word.rsplit_once('/')
        && !hidden.contains(|sign: char| sign.is_ascii_digit())
        && let Some(year) = year_of(year)
    {
        return Some(Mask::Birth { year });
    }

    let mut pieces: Vec<Piece> = Vec::new();
    for sign in word.chars().filter(|sign| is_shown(*sign) || is_mask(*sign)) {
        match (is_mask(sign), pieces.last_mut()) {
            (true, Some(Piece::Hidden(count))) => *count += 1,
            (true, Some(Piece::Shown(_)) | None) => pieces.push(Piece::Hidden(1)),
            (false, Some(Piece::Shown(shown))) => shown.push(sign),
            (false, Some(Piece::Hidden(_)) | None) => pieces.push(Piece::Shown(sign.to_string())),
        }
    }
    Some(Mask::Digits(pieces))
}
