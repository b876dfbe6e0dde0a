//! The words of a call, in the pieces that are spoken: "Mời số · A · không · một · hai · đến quầy · ba".
//!
//! A number is said digit by digit, as it stands on the slip: whoever waits compares what they hear with what they hold, and
//! "mười hai" is easily heard for another. A counter is said as the number that it is ("quầy mười hai"), for nobody reads its
//! sign digit by digit.

use crate::hall::Counter;
use crate::procedure::Language;
use crate::ticket::{Label, SeriesLetter};

/// A piece of a call: what is synthesised once and then joined.
pub type Words = &'static str;

/// The pieces of "Mời số A 012 đến quầy 3", in order.
pub fn words(language: Language, label: Label, counter: &Counter) -> Vec<Words> {
    let phrases = Phrases::of(language);
    let mut words = vec![phrases.come, letter(language, label.series)];
    let number = format!("{:03}", label.number);
    words.extend(number.chars().filter_map(|sign| digit(language, sign)));
    words.push(phrases.to_counter);
    counter_words(language, counter, &mut words);
    words
}

struct Phrases {
    come: Words,
    to_counter: Words,
}

impl Phrases {
    const fn of(language: Language) -> Self {
        match language {
            Language::Vietnamese => Self {
                come: "Mời số",
                to_counter: "đến quầy",
            },
            Language::English => Self {
                come: "Number",
                to_counter: "please go to counter",
            },
        }
    }
}

/// "3", "12", "12B": a number up to 99 as one, anything else sign by sign.
fn counter_words(language: Language, counter: &Counter, words: &mut Vec<Words>) {
    let name = counter.to_string();
    let mut rest = name.as_str();
    while let Some(first) = rest.chars().next() {
        let digits = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
        let (run, after) = rest.split_at(digits);
        if run.is_empty() {
            words.extend(sign(language, first));
            rest = &rest[first.len_utf8()..];
            continue;
        }
        match run.parse::<usize>() {
            Ok(number) if run.len() <= 2 && !run.starts_with('0') => say_number(language, number, words),
            Ok(_) | Err(_) => words.extend(run.chars().filter_map(|sign| digit(language, sign))),
        }
        rest = after;
    }
}

/// 1 to 99.
fn say_number(language: Language, number: usize, words: &mut Vec<Words>) {
    let (tens, ones) = (number / 10, number % 10);
    match language {
        Language::Vietnamese => {
            words.extend(VIETNAMESE_TENS.get(tens).filter(|_| tens > 0));
            words.extend(match (tens, ones) {
                (1.., 0) => None,
                (2.., 1) => Some("mốt"),
                (1.., 5) => Some("lăm"),
                (_, ones) => VIETNAMESE_DIGITS.get(ones).copied(),
            });
        }
        Language::English if number < ENGLISH_SMALL.len() => words.extend(ENGLISH_SMALL.get(number)),
        Language::English => {
            words.extend(ENGLISH_TENS.get(tens));
            words.extend(ENGLISH_SMALL.get(ones).filter(|_| ones > 0));
        }
    }
}

fn digit(language: Language, sign: char) -> Option<Words> {
    let digit = sign.to_digit(10)? as usize;
    match language {
        Language::Vietnamese => VIETNAMESE_DIGITS.get(digit).copied(),
        Language::English => ENGLISH_SMALL.get(digit).copied(),
    }
}

fn letter(language: Language, series: SeriesLetter) -> Words {
    let letter = series.to_string().chars().next();
    letter.and_then(|letter| sign(language, letter)).unwrap_or_default()
}

/// A letter by its name. Letters of other alphabets have none here and are left out: the board shows them.
fn sign(language: Language, sign: char) -> Option<Words> {
    let sign = sign.to_uppercase().next()?;
    let names = match language {
        Language::Vietnamese if sign == 'Đ' => return Some("đê"),
        Language::Vietnamese => &VIETNAMESE_LETTERS,
        Language::English => &ENGLISH_LETTERS,
    };
    let index = u32::from(sign).checked_sub(u32::from('A'))?;
    names.get(index as usize).copied()
}

const VIETNAMESE_DIGITS: [Words; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
const VIETNAMESE_TENS: [Words; 10] = [
    "",
    "mười",
    "hai mươi",
    "ba mươi",
    "bốn mươi",
    "năm mươi",
    "sáu mươi",
    "bảy mươi",
    "tám mươi",
    "chín mươi",
];
/// As they are called at school and over a loudspeaker: "bê" and "dê" differ, "bờ" and "dờ" do not carry.
const VIETNAMESE_LETTERS: [Words; 26] = [
    "a",
    "bê",
    "xê",
    "dê",
    "e",
    "ép phờ",
    "giê",
    "hát",
    "i",
    "gi",
    "ca",
    "e lờ",
    "em mờ",
    "en nờ",
    "o",
    "pê",
    "quy",
    "e rờ",
    "ét xì",
    "tê",
    "u",
    "vê",
    "vê kép",
    "ích xì",
    "i dài",
    "dét",
];
const ENGLISH_SMALL: [Words; 20] = [
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
const ENGLISH_TENS: [Words; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// Spelled so that a synthesiser says the letter and not a word: "a" alone is an article.
const ENGLISH_LETTERS: [Words; 26] = [
    "ay",
    "bee",
    "see",
    "dee",
    "ee",
    "eff",
    "gee",
    "aitch",
    "eye",
    "jay",
    "kay",
    "ell",
    "em",
    "en",
    "oh",
    "pee",
    "cue",
    "are",
    "ess",
    "tee",
    "you",
    "vee",
    "double you",
    "ex",
    "why",
    "zed",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn said(language: Language, label: &str, counter: &str) -> String {
        words(language, label.parse().unwrap(), &counter.parse().unwrap()).join(" ")
    }

    #[test]
    fn a_call_is_said_as_it_stands_on_the_slip_and_on_the_counters_sign() {
        for (label, counter, vietnamese, english) in [
            (
                "A 012",
                "3",
                "Mời số a không một hai đến quầy ba",
                "Number ay zero one two please go to counter three",
            ),
            (
                "B 105",
                "12",
                "Mời số bê một không năm đến quầy mười hai",
                "Number bee one zero five please go to counter twelve",
            ),
            (
                "D 700",
                "21",
                "Mời số dê bảy không không đến quầy hai mươi mốt",
                "Number dee seven zero zero please go to counter twenty one",
            ),
            (
                "X 1234",
                "15B",
                "Mời số ích xì một hai ba bốn đến quầy mười lăm bê",
                "Number ex one two three four please go to counter fifteen bee",
            ),
            (
                "F 001",
                "Đ07",
                "Mời số ép phờ không không một đến quầy đê không bảy",
                "Number eff zero zero one please go to counter zero seven",
            ),
            (
                "C 010",
                "130",
                "Mời số xê không một không đến quầy một ba không",
                "Number see zero one zero please go to counter one three zero",
            ),
        ] {
            assert_eq!(said(Language::Vietnamese, label, counter), vietnamese);
            assert_eq!(said(Language::English, label, counter), english);
        }
    }

    #[test]
    fn no_two_numbers_and_no_two_counters_are_said_alike() {
        for language in [Language::Vietnamese, Language::English] {
            let counter: Counter = "1".parse().unwrap();
            let mut said = BTreeSet::new();
            for letter in 'A'..='Z' {
                for number in (1..=1_100).chain([5_000, 9_999]) {
                    let series = letter.try_into().unwrap();
                    let label = Label { series, number };
                    assert!(said.insert(words(language, label, &counter)), "{label}");
                }
            }
            let label: Label = "A 001".parse().unwrap();
            let counters: BTreeSet<_> = (1..=99)
                .map(|number: u32| words(language, label, &number.to_string().parse().unwrap()))
                .collect();
            assert_eq!(counters.len(), 99);
        }
    }
}
