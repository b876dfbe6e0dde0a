//! The date of issue: "Phường Mẫu, ngày 20 tháng 11 năm 2026", "Ngày cấp: 20/11/2026".

use super::letters::{Segment, bare, digit, fold};
use super::{Guess, best};
use crate::scanner::ocr::{Found, Word};

/// Names of places before the comma have at most so many words.
const PLACE_WORDS_MAX: usize = 8;
/// A date below the national title stands so far up.
const TOP_PERCENT_MAX: u32 = 40;
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;
/// Lost for each letter that was taken for a digit.
const MENDED_PERCENT: u32 = 6;
/// Words that make it another date: of birth, of an end, of another paper.
const OTHERS: [&str; 17] = [
    "sinh", "birth", "den", "han", "expiry", "tu", "ke", "hieu", "luc", "can", "cu", "theo", "mat", "chet", "hon",
    "nop", "hen",
];
/// Labels of the date that is looked for.
const LABELS: [&str; 8] = [
    "ngay cap",
    "cap ngay",
    "ngay ky",
    "ky ngay",
    "ngay dang ky",
    "date of issue",
    "ngay ban hanh",
    "ngay lap",
];

pub(super) fn find(segments: &[Segment<'_>]) -> Option<Found> {
    // From the end: of equals the later counts, which is the one above the signature.
    best(segments.iter().rev().filter_map(guess))
}

fn guess<'a>(segment: &Segment<'a>) -> Option<Guess<'a>> {
    let date = in_words(segment).or_else(|| in_digits(segment))?;
    let before = &segment.folded[..date.first];
    if before.iter().any(|word| OTHERS.contains(&bare(word))) {
        return None;
    }

    // What stands behind makes it a sentence, but for a place of issue behind a label.
    let alone = segment.words[date.last + 1..]
        .iter()
        .all(|word| !word.text.contains(char::is_alphanumeric));
    let folded = segment.folded[..=date.last].join(" ");
    let labelled = LABELS.iter().any(|label| folded.contains(label));
    let strength = if labelled && date.first <= PLACE_WORDS_MAX {
        90
    } else if !alone {
        return None;
    } else if date.first == 0 {
        if date.worded { 84 } else { 45 }
    } else if is_place(&segment.words[..date.first]) {
        if date.worded { 95 } else { 85 }
    } else {
        return None;
    };
    let top = if segment.down_percent < TOP_PERCENT_MAX { 2 } else { 0 };
    let mended = u32::try_from(date.mended)
        .unwrap_or(u32::MAX)
        .saturating_mul(MENDED_PERCENT);
    Some(Guess {
        text: date.text,
        strength_percent: u32::saturating_sub(strength + top, mended),
        words: &segment.words[date.first..=date.last],
    })
}

/// "Hà Nội,": a few words with capitals and a comma behind the last, which may be read as a full stop.
fn is_place(words: &[Word]) -> bool {
    let begins_large = words
        .first()
        .is_some_and(|word| word.text.starts_with(char::is_uppercase));
    let comma = words.last().is_some_and(|word| word.text.ends_with([',', '.']));
    begins_large && comma && words.len() <= PLACE_WORDS_MAX
}

struct Date {
    /// `dd/mm/yyyy`.
    text: String,
    /// The words from "ngày" or the digits to the year.
    first: usize,
    last: usize,
    worded: bool,
    mended: usize,
}

/// "ngày 12 tháng 3 năm 2024" with or without spaces, on dots or not. The last one of the line.
fn in_words(segment: &Segment<'_>) -> Option<Date> {
    let letters: Vec<(char, usize)> = segment
        .folded
        .iter()
        .enumerate()
        .flat_map(|(word, folded)| folded.chars().map(move |letter| (letter, word)))
        .filter(|(letter, _)| letter.is_alphanumeric() || *letter == '|')
        .collect();

    (0..letters.len()).rev().find_map(|start| {
        let mut reader = Reader {
            letters: &letters,
            at: start,
            mended: 0,
        };
        reader.word("ngay")?;
        let day = reader.digits(1, 2, "thang")?;
        let month = reader.digits(1, 2, "nam")?;
        let year = reader.digits(4, 4, "")?;
        Some(Date {
            text: date(day, month, year)?,
            first: letters[start].1,
            last: letters[reader.at - 1].1,
            worded: true,
            mended: reader.mended,
        })
    })
}

struct Reader<'a> {
    letters: &'a [(char, usize)],
    at: usize,
    mended: usize,
}

impl Reader<'_> {
    /// Passes a word; of four letters and more one may be wrong.
    fn word(&mut self, word: &str) -> Option<()> {
        let have = self.letters.get(self.at..self.at + word.len())?;
        let wrong = have
            .iter()
            .zip(word.chars())
            .filter(|((have, _), letter)| have != letter)
            .count();
        if wrong > usize::from(word.len() >= 4) {
            return None;
        }
        self.mended += wrong;
        self.at += word.len();
        Some(())
    }

    /// Passes as many digits as stand before `then`, and that too.
    fn digits(&mut self, least: usize, most: usize, then: &str) -> Option<u32> {
        (least..=most).rev().find_map(|count| {
            let digits = self.letters.get(self.at..self.at + count)?;
            let digits: Vec<_> = digits.iter().map(|(letter, _)| digit(*letter)).collect::<Option<_>>()?;
            let mut behind = Reader {
                at: self.at + count,
                mended: self.mended + digits.iter().filter(|(_, mended)| *mended).count(),
                letters: self.letters,
            };
            behind.word(then)?;
            (self.at, self.mended) = (behind.at, behind.mended);
            digits.iter().map(|(digit, _)| *digit).collect::<String>().parse().ok()
        })
    }
}

/// "20/11/2026", "20-11-2026", "20.11.2026" in one word.
fn in_digits(segment: &Segment<'_>) -> Option<Date> {
    segment.words.iter().enumerate().find_map(|(at, word)| {
        let text = word.text.trim_matches(|letter: char| !letter.is_alphanumeric());
        let separator = text.chars().find(|letter| matches!(letter, '/' | '-' | '.'))?;
        let mut mended = 0;
        let parts: Vec<u32> = text
            .split(separator)
            .map(|part| {
                let digits: Vec<_> = part.chars().map(digit).collect::<Option<_>>()?;
                mended += digits.iter().filter(|(_, mended)| *mended).count();
                digits.iter().map(|(digit, _)| *digit).collect::<String>().parse().ok()
            })
            .collect::<Option<_>>()?;
        let [day, month, year] = parts[..] else {
            return None;
        };
        // "Hà Nội, ngày 20/11/2026": the word before belongs to it.
        let first = at - usize::from(at > 0 && fold(&segment.words[at - 1].text) == "ngay");
        Some(Date {
            text: date(day, month, year)?,
            first,
            last: at,
            worded: false,
            mended,
        })
    })
}

/// The date, if the calendar has it.
fn date(day: u32, month: u32, year: u32) -> Option<String> {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1..=days).contains(&day) && YEARS.contains(&year)).then(|| format!("{day:02}/{month:02}/{year}"))
}
