//! A paper's number, date and issuer, found among its words.
//!
//! The layout is that of NĐ 30/2020/NĐ-CP, appendix I: the issuer stands upper left, with the number
//! below it; the national title upper right, with place and date below it. Older papers, certificates
//! and cards have labels instead ("Nơi cấp", "Ngày cấp") or end with place and date.
//!
//! Each is a guess, and its certainty is never 100 %: a person confirms it. What does not look like
//! the thing is left out; a wrong date costs more than a missing one.

use std::fmt;

use serde::{Deserialize, Serialize};

use self::letters::Segment;
use super::{PageText, Word};

mod date;
mod issuer;
mod letters;
mod number;

/// Nothing that was read by a machine is more certain.
pub const CERTAINTY_PERCENT_MAX: u8 = 99;
/// What is less certain is not told.
const CERTAINTY_PERCENT_MIN: u32 = 25;

/// What was read, and how certain it is, at most [`CERTAINTY_PERCENT_MAX`]: the words' own certainty
/// and how clearly they stand where such a thing stands. May be personal: never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub text: String,
    pub certainty_percent: u8,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Found(hidden, {} %)", self.certainty_percent)
    }
}

/// What a paper says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its number and sign (số, ký hiệu): `123/UBND-HT`.
    pub number: Option<Found>,
    /// When it was issued, as `dd/mm/yyyy`.
    pub date: Option<Found>,
    /// Who issued it, as it is written there.
    pub issuer: Option<Found>,
}

/// Looks through the words of a paper's first page.
pub fn find(text: &PageText) -> Facts {
    let segments = letters::segments(text);

    Facts {
        number: number::find(&segments),
        date: date::find(&segments),
        issuer: issuer::find(&segments),
    }
}

/// A guess: what, how clearly the rule speaks, and by which words.
struct Guess<'a> {
    text: String,
    strength_percent: u32,
    words: &'a [Word],
}

impl Guess<'_> {
    /// The strength, lessened by doubt about the words: half by their mean, half by the worst of them.
    fn found(self) -> Option<Found> {
        let certainties = || self.words.iter().map(|word| u32::from(word.certainty_percent));
        let mean = certainties().sum::<u32>() / u32::try_from(self.words.len()).ok().filter(|count| *count > 0)?;
        let words_percent = u32::midpoint(mean, certainties().min()?);
        let percent = self.strength_percent * words_percent / 100;

        (percent >= CERTAINTY_PERCENT_MIN).then(|| Found {
            text: self.text,
            certainty_percent: u8::try_from(percent).unwrap_or(u8::MAX).min(CERTAINTY_PERCENT_MAX),
        })
    }
}

/// The most certain; of equals the first.
fn best<'a>(guesses: impl Iterator<Item = Guess<'a>>) -> Option<Found> {
    guesses.filter_map(Guess::found).reduce(|best, next| {
        if next.certainty_percent > best.certainty_percent {
            next
        } else {
            best
        }
    })
}

/// Whether a segment begins with these words, letters compared without marks and case.
fn begins_with(segment: &Segment<'_>, words: &str) -> bool {
    let mut have = segment.folded.iter().map(|word| letters::bare(word));
    words.split(' ').all(|word| have.next() == Some(word))
}

#[cfg(test)]
mod tests;
