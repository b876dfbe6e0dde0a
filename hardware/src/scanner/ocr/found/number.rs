//! The number and sign: "Số: 123/UBND-HT".

use super::letters::{self, Segment, bare, fold};
use super::{Guess, best};
use crate::scanner::ocr::{Found, Word};

/// Below is the body, where numbers are those of other papers.
const DOWN_PERCENT_MAX: u32 = 50;
/// A longer one is none.
const CHARS_MAX: usize = 40;
/// A number is put together of at most so many words.
const WORDS_MAX: usize = 8;
/// Lost for each letter that was taken for a digit.
const MENDED_PERCENT: u32 = 6;
/// Lost where the number was written on a dotted line.
const DOTTED_PERCENT: u32 = 15;

pub(super) fn find(segments: &[Segment<'_>]) -> Option<Found> {
    best(
        segments
            .iter()
            .filter(|segment| segment.down_percent < DOWN_PERCENT_MAX)
            .filter_map(guess),
    )
}

fn guess<'a>(segment: &Segment<'a>) -> Option<Guess<'a>> {
    let label = Label::of(segment)?;
    let rest = &segment.words[label.words..];
    let (raw, used) = gather(label.glued, rest);
    let mended = mend(&raw)?;

    // Another word behind it makes it a sentence: "Số 12 phố Huế".
    let alone = rest
        .get(used)
        .is_none_or(|next| !next.text.starts_with(char::is_alphabetic) || is_reference(next));
    let strength = match (label.colon, mended.signed) {
        (true, true) => 97,
        (false, true) => 86,
        (true, false) if alone => 66,
        (false, false) if alone && rest.len() == used => 42,
        (true | false, false) => return None,
    };
    let dotted = if mended.dotted { DOTTED_PERCENT } else { 0 };
    let letters = u32::try_from(mended.letters)
        .unwrap_or(u32::MAX)
        .saturating_mul(MENDED_PERCENT);
    Some(Guess {
        text: mended.text,
        strength_percent: u32::saturating_sub(strength, letters.saturating_add(dotted)),
        words: &segment.words[..label.words + used],
    })
}

/// "V/v": what the letter is about follows.
fn is_reference(word: &Word) -> bool {
    fold(&word.text).starts_with("v/v")
}

/// "Số:", "Số", "No.", "Số hiệu:" at the beginning.
struct Label<'a> {
    words: usize,
    colon: bool,
    /// What stands behind the colon in the same word.
    glued: &'a str,
}

impl<'a> Label<'a> {
    fn of(segment: &Segment<'a>) -> Option<Self> {
        let first = segment.words.first()?;
        let (head, glued) = first.text.split_once(':').unwrap_or((&first.text, ""));
        let colon = first.text.contains(':');
        let second = segment.words.get(1).map(|word| word.text.as_str());

        // "số 12/2024/QĐ-UBND" at the beginning of a line is the end of a sentence.
        let capital = head.starts_with(|letter: char| letter.is_uppercase() || letter == '5');
        let folded = fold(head);
        let word = bare(&folded);
        let known = match word {
            "so" | "no" => capital,
            // Letters that "ố" is taken for, believed before a colon only.
            "s6" | "s0" | "5o" | "sc" => colon || second == Some(":"),
            _ => false,
        };
        if !known || (word == "no" && !colon && !head.ends_with(['.', 'º', '°'])) {
            return None;
        }

        let labels: [&[&str]; 2] = [&["hieu"], &["vao", "so"]];
        let more = labels.iter().find(|label| {
            let have = segment.folded.iter().skip(1).map(|word| bare(word)).take(label.len());
            !colon && have.eq(label.iter().copied())
        });
        let words = 1 + more.map_or(0, |label| label.len());
        let last = &segment.words[words - 1].text;
        let apart = segment.words.get(words).is_some_and(|word| word.text == ":");
        Some(Self {
            words: words + usize::from(apart),
            colon: colon || apart || last.ends_with(':'),
            glued,
        })
    }
}

/// The words of the number in one: such as touch "/" or "-", and groups of digits.
fn gather(glued: &str, rest: &[Word]) -> (String, usize) {
    let mut raw = glued.to_owned();
    let mut used = 0;

    for (at, word) in rest.iter().enumerate().take(WORDS_MAX) {
        let text = word.text.as_str();
        // A dash with room on both sides parts two things, unless signs stand around it: "12/QĐ - UBND".
        let sign = |text: &str| text.starts_with(char::is_alphabetic) && text.chars().all(|c| !c.is_lowercase());
        let parted = matches!(text, "-" | "–" | "·" | "—")
            && !(raw.rsplit('/').next().is_some_and(sign) && rest.get(at + 1).is_some_and(|next| sign(&next.text)));
        let joins = raw.is_empty()
            || raw.ends_with(['/', '-', '–'])
            || text.trim_start_matches(is_dot).starts_with(['/', '-', '–'])
            || is_filler(&raw)
            || is_filler(text);
        let group = is_digits(&raw) && is_digits(text.trim_end_matches([',', '.', ';']));
        if raw.ends_with([',', ';']) || parted || !(joins || group) {
            break;
        }
        if group {
            raw.push(' ');
        }
        raw.push_str(text);
        used += 1;
    }
    (raw, used)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit() || letter == ' ')
}

/// A piece of a dotted line.
fn is_filler(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_dot)
}

fn is_dot(letter: char) -> bool {
    matches!(letter, '.' | '…' | '_')
}

struct Mended {
    text: String,
    /// Whether it has a sign or year behind a stroke or dash.
    signed: bool,
    letters: usize,
    dotted: bool,
}

/// The number without dots of the form and with its digits mended; `None` if it is none.
fn mend(raw: &str) -> Option<Mended> {
    let trimmed = raw.trim_end_matches([',', ';', ':', ')', '.', '…', '_', '-', '–', '/']);
    let dots = |text: &str| text.contains('…') || text.contains('_') || text.contains("..");
    let dotted = dots(trimmed) || trimmed.starts_with('.');
    let plain: String = trimmed
        .chars()
        .filter(|letter| !is_dot(*letter) || (*letter == '.' && !dotted))
        .map(|letter| if letter == '–' { '-' } else { letter })
        .collect();
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '-' | '.' | ' ' | '|');
    if plain.chars().count() > CHARS_MAX || !plain.chars().all(allowed) {
        return None;
    }

    let mut letters = 0;
    let mut parts = Vec::new();
    for (at, part) in plain.split('/').enumerate() {
        parts.push(mend_part(part, at == 0, &mut letters)?);
    }
    let text = parts.join("/");
    Some(Mended {
        signed: plain.contains(['/', '-']),
        text,
        letters,
        dotted,
    })
}

/// The first part begins with digits; another may be a year or a sign, which stays as it is.
fn mend_part(part: &str, first: bool, letters: &mut usize) -> Option<String> {
    let (lead, behind) = part
        .split_once('-')
        .map_or((part, None), |(lead, behind)| (lead, Some(behind)));
    let digits: Option<Vec<_>> = lead
        .chars()
        .filter(|letter| *letter != ' ')
        .map(letters::digit)
        .collect();
    let true_digits = lead.chars().filter(char::is_ascii_digit).count();
    let count = lead.chars().count();
    let lead = match digits {
        Some(digits) if !digits.is_empty() && true_digits * 2 >= count => {
            *letters += digits.iter().filter(|(_, mended)| *mended).count();
            let mut mended = digits.iter().map(|(digit, _)| *digit);
            lead.chars()
                .map(|letter| {
                    if letter == ' ' {
                        ' '
                    } else {
                        mended.next().unwrap_or(letter)
                    }
                })
                .collect()
        }
        // "12a", "CH00123": a letter or two belong to it.
        Some(_) | None if first && true_digits * 2 < count => return None,
        Some(_) | None => lead.to_owned(),
    };
    if first && true_digits == 0 {
        return None;
    }
    Some(behind.map_or(lead.clone(), |behind| format!("{lead}-{behind}")))
}
