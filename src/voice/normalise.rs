//! From what a page writes to what a voice can say.
//!
//! The synthesiser misreads raw text: it says a ticket number as a quantity, a code as one huge
//! number, a date without its words, the dot that groups thousands as a stop. So everything that is
//! not plain words is put into words here first, by rules of ours, for each language. The result
//! holds no digit and no sign but commas, full stops, question and exclamation marks.
//!
//! Pure and total: every text has a spoken form, and nothing is guessed from outside the text.
//! What is masked on the screen is said to be hidden, kindly, and never filled in.

mod english;
mod shape;
#[cfg(test)]
mod table;
mod vietnamese;

use super::Language;
use shape::{Found, Shape};

/// The line as it is to be spoken. Expects composed characters (NFC), as names are kept.
pub fn spoken(text: &str, language: Language) -> String {
    let source: Vec<char> = text.chars().map(plain_space).collect();
    let words = Words::of(language);
    let mut line = Line::default();
    let mut at = 0;

    while at < source.len() {
        at = match shape::at(&source, at, words) {
            Some(found) => say_shape(&source, found, words, &mut line),
            None if source[at].is_alphabetic() => say_word(&source, at, words, &mut line),
            None => say_sign(&source, at, words, &mut line),
        };
    }

    line.finish()
}

/// What a language brings: how shapes are read, what short forms mean.
struct Words {
    /// Words of a shape, given the words that stand before it.
    read: fn(&Shape, &str) -> String,
    /// Short forms that stand for words, as written. Those that end in a full stop own it.
    short: &'static [(&'static str, &'static str)],
    /// What may follow a number: as written, as said, and whether it is money.
    units: &'static [Unit],
    /// Names of the months, in order, in lower case; empty where months have numbers.
    months: &'static [&'static str],
    /// After one of these, "23/11" is a date and not a fraction.
    before_date: &'static [&'static str],
    /// After one of these, digits are dialled and not counted.
    before_phone: &'static [&'static str],
    /// The sign that groups thousands, and the one before decimals.
    groups: char,
    decimals: char,
    /// Endings of numbers that order ("2nd").
    ordinals: &'static [&'static str],
    to: &'static str,
    /// Between a sum and what it is paid for.
    per: &'static str,
    dot: &'static str,
    at: &'static str,
    and: &'static str,
    plus: &'static str,
    minus: &'static str,
    percent: &'static str,
    /// How a word of this or another language is written for this voice.
    spell: fn(&str) -> String,
}

struct Unit {
    written: &'static str,
    said: &'static str,
    money: bool,
}

impl Words {
    fn of(language: Language) -> &'static Self {
        match language {
            Language::Vietnamese => &vietnamese::WORDS,
            Language::English => &english::WORDS,
        }
    }

    /// The unit that follows a number, and where the text goes on.
    fn unit_at(&self, source: &[char], at: usize) -> Option<(&'static Unit, usize)> {
        let start = if source.get(at) == Some(&' ') { at + 1 } else { at };

        self.units.iter().find_map(|unit| {
            let end = follows(source, start, unit.written)?;
            (!continues(source, end, unit.written)).then_some((unit, end))
        })
    }
}

/// The spoken line as it grows: one space between words, no two stops in a row.
#[derive(Default)]
struct Line {
    text: String,
}

impl Line {
    fn words(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        self.text.push_str(words);
    }

    /// A comma yields to a stronger sign, and none stands at the start.
    fn pause(&mut self, sign: char) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);

        match self.text.chars().next_back() {
            None => return,
            Some(',') => {
                self.text.pop();
                self.text.push(sign);
            }
            Some('.' | '?' | '!') => {}
            Some(_) => self.text.push(sign),
        }
        self.text.push(' ');
    }

    fn finish(mut self) -> String {
        let end = self.text.trim_end_matches([' ', ',']).len();
        self.text.truncate(end);
        self.text
    }
}

fn say_shape(source: &[char], found: Found, words: &Words, line: &mut Line) -> usize {
    let before = tail(source, found.start);
    line.words(&(words.read)(&found.shape, &before));

    if matches!(found.shape, Shape::Masked(_)) && found.end < source.len() {
        // The sentence goes on after what is hidden.
        line.pause(',');
        return found.end;
    }

    let mut end = found.end;
    if let Shape::Number { .. } | Shape::Parts(_) = found.shape
        && let Some((unit, after)) = words.unit_at(source, end)
    {
        line.words(unit.said);
        end = after;
        if source.get(end) == Some(&'/') && source.get(end + 1).is_some_and(|sign| sign.is_alphabetic()) {
            line.words(words.per);
            return end + 1;
        }
    }
    if found.shape.has_order()
        && let Some(after) = range_at(source, end)
    {
        line.words(words.to);
        end = after;
    }
    end
}

/// A dash between two values means "to"; returns where the second value starts.
fn range_at(source: &[char], at: usize) -> Option<usize> {
    let skip = |mut at: usize| {
        while source.get(at) == Some(&' ') {
            at += 1;
        }
        at
    };
    let dash = skip(at);
    if !matches!(source.get(dash), Some('-' | '–' | '—')) {
        return None;
    }
    let next = skip(dash + 1);
    source.get(next).is_some_and(char::is_ascii_digit).then_some(next)
}

fn say_word(source: &[char], at: usize, words: &Words, line: &mut Line) -> usize {
    let short = words.short.iter().find_map(|(written, said)| {
        let end = follows(source, at, written)?;
        (!continues(source, end, written)).then_some((*said, end))
    });
    if let Some((said, end)) = short {
        line.words(said);
        return end;
    }

    let length = source[at..]
        .iter()
        .take_while(|sign| sign.is_alphabetic() || is_combining(**sign) || matches!(sign, '\'' | '’'))
        .count();
    let word: String = source[at..at + length].iter().collect();
    line.words(&(words.spell)(&word));
    at + length
}

fn say_sign(source: &[char], at: usize, words: &Words, line: &mut Line) -> usize {
    let next = source.get(at + 1);
    let next_is_digit = next.is_some_and(char::is_ascii_digit);
    let tight = at > 0 && source[at - 1].is_alphanumeric() && next.is_some_and(|sign| sign.is_alphanumeric());

    match source[at] {
        '.' if tight && source[at - 1].is_lowercase() && next.is_some_and(|sign| sign.is_lowercase()) => {
            line.words(words.dot)
        }
        '@' if tight => line.words(words.at),
        '–' if tight && !source[at - 1].is_ascii_digit() => line.words(words.to),
        '.' | '…' => line.pause('.'),
        '\n' => line.pause('.'),
        '?' => line.pause('?'),
        '!' => line.pause('!'),
        '-' | '‐' | '‑' if tight => {}
        '/' if tight && !source[at - 1].is_ascii_digit() => {}
        '\u{2212}' if next_is_digit => line.words(words.minus),
        '+' if next_is_digit => line.words(words.plus),
        '&' => line.words(words.and),
        '%' => line.words(words.percent),
        ',' | ';' | ':' | '(' | ')' | '-' | '–' | '—' | '/' | '→' | '·' | '•' | '|' => line.pause(','),
        // Quotation marks, brackets (which the synthesiser would take for phonemes), pictures.
        _ => {}
    }
    at + 1
}

fn plain_space(sign: char) -> char {
    match sign {
        '\n' | '\u{2028}' | '\u{2029}' => '\n',
        other if other.is_whitespace() || other.is_control() => ' ',
        other => other,
    }
}

fn is_combining(sign: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&sign)
}

/// Where the text goes on if `written` stands at `at`.
fn follows(source: &[char], at: usize, written: &str) -> Option<usize> {
    let mut end = at;
    for sign in written.chars() {
        if source.get(end) != Some(&sign) {
            return None;
        }
        end += 1;
    }
    Some(end)
}

/// Whether the word goes on after `written`, so that it was only the beginning of another.
fn continues(source: &[char], end: usize, written: &str) -> bool {
    written.ends_with(char::is_alphanumeric) && source.get(end).is_some_and(|sign| sign.is_alphanumeric())
}

/// The last few words before a place, in lower case, without the signs between.
fn tail(source: &[char], at: usize) -> String {
    const TAIL_CHARS_MAX: usize = 32;

    let from = at.saturating_sub(TAIL_CHARS_MAX);
    let text: String = source[from..at].iter().collect();
    text.trim_end_matches([' ', ',', ':', '(']).to_lowercase()
}

/// Whether the text before ends in one of these whole words.
fn ends_in(before: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        before
            .strip_suffix(word)
            .is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
    })
}
