//! How much a typed word is like a word of the catalogue.

use super::folding::{WORD_LETTERS_MAX, sound};

/// A word without its marks, made ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    pub letters: Box<str>,
    sound: Box<str>,
    /// Which letters it has, a bit each.
    has: u32,
}

impl Plain {
    pub fn new(letters: &str) -> Self {
        let has = letters.bytes().fold(0, |has, letter| has | bit(letter));
        Self {
            letters: letters.into(),
            sound: sound(letters).into(),
            has,
        }
    }
}

fn bit(letter: u8) -> u32 {
    match letter {
        b'a'..=b'z' => 1 << (letter - b'a'),
        // Digits share one: they rarely make a difference between words.
        _ => 1 << 26,
    }
}

/// Whether a word was typed to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Whole,
    Beginning,
}

/// The same letters.
pub(super) const EQUAL: f32 = 1.0;
/// Less than this is not worth showing.
const LEAST: f32 = 0.4;
const SAME_SOUND: f32 = 0.85;
/// Alike but for an end that is not told apart in the south: mất and mấc, lan and lang.
const SAME_BUT_END: f32 = 0.72;
/// A beginning, and what its share of the whole word adds.
const BEGINNING: f32 = 0.86;
const BEGINNING_SHARE: f32 = 0.1;
/// What an edit costs, as a share of the longer word, and besides.
const EDIT: f32 = 1.0;
const EDITED: f32 = 0.1;
/// People look at the first letter while they type it.
const FIRST_LETTER: f32 = 0.1;
/// Spoken alike and mistyped besides.
const SPOKEN_TOO: f32 = 0.1;
/// The beginning of something else, if it were typed right.
const UNFINISHED_TOO: f32 = 0.08;
/// So many letters are needed before an unfinished word may hold an error: else all is like all.
const UNFINISHED_LETTERS_LEAST: usize = 4;

/// From 0, nothing in common that counts, to 1, the same letters.
pub(super) fn likeness(typed: &Plain, word: &Plain, reach: Reach) -> f32 {
    if typed.letters == word.letters {
        return EQUAL;
    }
    let share = typed.letters.len() as f32 / word.letters.len().max(1) as f32;
    if reach == Reach::Beginning && word.letters.starts_with(&*typed.letters) {
        return BEGINNING + BEGINNING_SHARE * share;
    }
    if typed.sound == word.sound {
        return SAME_SOUND;
    }
    if reach == Reach::Beginning && typed.letters.len() > 1 && word.sound.starts_with(&*typed.sound) {
        return SAME_SOUND * (BEGINNING + BEGINNING_SHARE * share);
    }
    let mistyped = mistyped(typed, word, reach);
    if same_but_end(&typed.sound, &word.sound) {
        mistyped.max(SAME_BUT_END)
    } else {
        mistyped
    }
}

fn same_but_end(one: &str, other: &str) -> bool {
    let without_end = |sound: &'_ str| -> Option<(usize, char)> {
        let closed = sound.trim_end_matches(['t', 'c', 'h', 'n', 'g']);
        match &sound[closed.len()..] {
            "t" | "c" | "ch" => Some((closed.len(), 't')),
            "n" | "ng" | "nh" => Some((closed.len(), 'n')),
            _ => None,
        }
    };
    match (without_end(one), without_end(other)) {
        (Some((at, end)), Some((there, other_end))) => at > 0 && end == other_end && one[..at] == other[..there],
        (None, _) | (_, None) => false,
    }
}

fn mistyped(typed: &Plain, word: &Plain, reach: Reach) -> f32 {
    // Of three letters one error leaves little, of seven two leave enough.
    let edits_max = match typed.letters.len() {
        0..=2 => return 0.0,
        3..=6 => 1,
        _ => 2,
    };
    let reach = if typed.letters.len() < UNFINISHED_LETTERS_LEAST {
        Reach::Whole
    } else {
        reach
    };

    let letters = likely(typed, word, edits_max, reach).then(|| {
        let edits = edits(typed.letters.as_bytes(), word.letters.as_bytes(), edits_max, reach)?;
        Some(worth(edits, &typed.letters, &word.letters, reach))
    });
    let sounds = || {
        let edits = edits(typed.sound.as_bytes(), word.sound.as_bytes(), 1, reach)?;
        Some(worth(edits, &typed.sound, &word.sound, reach) - SPOKEN_TOO)
    };
    let close = typed.sound.len().abs_diff(word.sound.len()) <= 1 && typed.sound.len() > 3;
    let best = letters.flatten().or_else(|| if close { sounds() } else { None });
    best.filter(|likeness| *likeness >= LEAST).unwrap_or(0.0)
}

/// Whether so few edits could do, seen from which letters there are at all.
fn likely(typed: &Plain, word: &Plain, edits_max: usize, reach: Reach) -> bool {
    let only = |one: u32, other: u32| (one & !other).count_ones() as usize;
    let (typed_len, word_len) = (typed.letters.len(), word.letters.len());
    match reach {
        Reach::Whole => {
            typed_len.abs_diff(word_len) <= edits_max
                && only(typed.has, word.has) <= edits_max
                && only(word.has, typed.has) <= edits_max
        }
        Reach::Beginning => typed_len <= word_len + edits_max && only(typed.has, word.has) <= edits_max,
    }
}

fn worth(edits: usize, typed: &str, word: &str, reach: Reach) -> f32 {
    let longer = match reach {
        Reach::Whole => typed.len().max(word.len()),
        Reach::Beginning => typed.len(),
    };
    let first = if typed.as_bytes().first() == word.as_bytes().first() {
        0.0
    } else {
        FIRST_LETTER
    };
    let unfinished = if reach == Reach::Beginning { UNFINISHED_TOO } else { 0.0 };
    1.0 - EDIT * edits as f32 / longer.max(1) as f32 - EDITED - first - unfinished
}

/// How many letters were left out, put in, exchanged, or swapped with their neighbour (the optimal string
/// alignment distance, Damerau 1964), or `None` if more than `edits_max`. Of an unfinished word the
/// beginning of `word` that is nearest.
fn edits(typed: &[u8], word: &[u8], edits_max: usize, reach: Reach) -> Option<usize> {
    // One row for each typed letter and one before them; only the last two are read again.
    let mut rows = [[0_u8; WORD_LETTERS_MAX + 1]; 3];
    for (at, cell) in rows[0].iter_mut().enumerate() {
        *cell = at as u8;
    }
    let width = word.len().min(WORD_LETTERS_MAX);
    let height = typed.len().min(WORD_LETTERS_MAX);

    for i in 1..=height {
        let (now, above, before) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[now][0] = i as u8;
        let mut least = rows[now][0];
        for j in 1..=width {
            let same = u8::from(typed[i - 1] != word[j - 1]);
            let mut cell = (rows[above][j - 1] + same)
                .min(rows[above][j] + 1)
                .min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1] {
                cell = cell.min(rows[before][j - 2] + 1);
            }
            rows[now][j] = cell;
            least = least.min(cell);
        }
        if usize::from(least) > edits_max {
            return None;
        }
    }

    let last = &rows[height % 3];
    let edits = match reach {
        Reach::Whole => last[width],
        Reach::Beginning => last[..=width].iter().copied().min().unwrap_or(last[width]),
    };
    Some(usize::from(edits)).filter(|edits| *edits <= edits_max)
}
