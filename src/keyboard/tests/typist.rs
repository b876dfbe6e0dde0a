//! Someone who types words as people do: signs at once or at the end, and looks at the screen.

use super::super::letter::{Letter, Shape};
use super::super::{Key, Mark, Tone, Typed, Way};

/// When the signs of a syllable are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Each right after its letter.
    AtOnce,
    /// Marks after their letters, the tone after the vowels.
    ToneAfterVowels,
    /// Marks after their letters, the tone after the word.
    ToneAtEnd,
    /// All after the word.
    AllAtEnd,
}

pub const WHENS: [When; 4] = [When::AtOnce, When::ToneAfterVowels, When::ToneAtEnd, When::AllAtEnd];

/// Types the words one after another, with a space between two.
pub fn type_words(typed: &mut Typed, words: &str, way: Way, when: When) {
    for (at, word) in words.split(' ').enumerate() {
        if at > 0 {
            typed.press(Key::Space, way);
        }
        type_word(typed, word, way, when);
    }
}

fn type_word(typed: &mut Typed, word: &str, way: Way, when: When) {
    let letters: Vec<(Letter, Option<Tone>)> = word.chars().map(Letter::read).collect();
    let tone = letters.iter().find_map(|(_, tone)| *tone);
    let vowels_end = letters
        .iter()
        .rposition(|(letter, _)| letter.is_vowel())
        .map_or(0, |last| last + 1);
    let mut signs = Vec::new();
    for (at, (letter, own)) in letters.iter().enumerate() {
        let plain = if word.chars().nth(at).is_some_and(char::is_uppercase) {
            letter.base.to_ascii_uppercase()
        } else {
            letter.base
        };
        letter_and_look(typed, plain, way);
        // ươ is two signs where it is typed one by one, and one at the end.
        if letter.shape != Shape::Plain && when == When::AllAtEnd {
            signs.push((letter.base, letter.shape));
        } else if letter.shape != Shape::Plain {
            typed.press(mark(letter.base, letter.shape, way), way);
        }
        let tone_here = match when {
            When::AtOnce => own.is_some(),
            When::ToneAfterVowels => at + 1 == vowels_end,
            When::ToneAtEnd | When::AllAtEnd => false,
        };
        if let Some(tone) = tone.filter(|_| tone_here) {
            typed.press(tone_key(tone, way), way);
        }
    }
    if way != Way::Marks && signs.contains(&('u', Shape::Horn)) {
        signs.retain(|sign| *sign != ('o', Shape::Horn));
    }
    for (base, shape) in signs {
        typed.press(mark(base, shape, way), way);
    }
    if let Some(tone) = tone.filter(|_| matches!(when, When::ToneAtEnd | When::AllAtEnd)) {
        typed.press(tone_key(tone, way), way);
    }
}

/// A letter that was taken for a sign is pressed again.
fn letter_and_look(typed: &mut Typed, letter: char, way: Way) {
    let count = |typed: &Typed| typed.as_str().chars().count();
    let before = count(typed);
    typed.press(Key::Letter(letter), way);
    let last = typed.as_str().chars().next_back().map(|last| Letter::read(last).0.base);
    if count(typed) == before || last != Some(letter.to_ascii_lowercase()) {
        typed.press(Key::Letter(letter), way);
    }
}

fn mark(base: char, shape: Shape, way: Way) -> Key {
    match way {
        Way::Marks => Key::Mark(match (base, shape) {
            ('a', Shape::Breve) => Mark::ABreve,
            ('a', _) => Mark::ACircumflex,
            ('d', _) => Mark::DStroke,
            ('e', _) => Mark::ECircumflex,
            ('o', Shape::Circumflex) => Mark::OCircumflex,
            ('o', _) => Mark::OHorn,
            (_, _) => Mark::UHorn,
        }),
        Way::Telex => Key::Letter(if matches!(shape, Shape::Breve | Shape::Horn) {
            'w'
        } else {
            base
        }),
        Way::Vni => Key::Digit(match shape {
            Shape::Circumflex | Shape::Plain => '6',
            Shape::Horn => '7',
            Shape::Breve => '8',
            Shape::Stroke => '9',
        }),
    }
}

fn tone_key(tone: Tone, way: Way) -> Key {
    let (telex, vni) = match tone {
        Tone::Sac => ('s', '1'),
        Tone::Huyen => ('f', '2'),
        Tone::Hoi => ('r', '3'),
        Tone::Nga => ('x', '4'),
        Tone::Nang => ('j', '5'),
    };
    match way {
        Way::Marks => Key::Tone(tone),
        Way::Telex => Key::Letter(telex),
        Way::Vni => Key::Digit(vni),
    }
}
