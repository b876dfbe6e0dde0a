//! The syllable before the caret: where marks and tones go.
//!
//! A syllable is what stands between two spaces; it need not be Vietnamese. Marks and tones go to
//! its last vowels, so that Đakrông and pleiku can be typed as well as Quảng Trị.

use std::ops::Range;

use super::Tone;
use super::letter::{Letter, Shape};

/// What a sign did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// There is nothing that could take it.
    Nothing,
    Put,
    /// It stood there already, and is gone.
    TakenBack,
}

/// Vowels with a circumflex as Vietnamese has them. Any others are meant as they were typed: ngoeo
/// is not ngôe.
const CIRCUMFLEXED: [&str; 17] = [
    "â", "âu", "ây", "uâ", "uây", "ê", "êu", "iê", "iêu", "yê", "yêu", "uê", "uyê", "ô", "ôi", "uô", "uôi",
];

/// After any other two consonants a vowel is of another syllable: internet.
const CODAS_OF_TWO: [&str; 3] = ["ch", "ng", "nh"];

pub struct Syllable {
    letters: Vec<Letter>,
    tone: Option<Tone>,
}

impl Syllable {
    pub fn read(word: &str) -> Self {
        let mut tone = None;
        let letters = word
            .chars()
            .map(|letter| {
                let (letter, own) = Letter::read(letter);
                tone = own.or(tone);
                letter
            })
            .collect();
        Self { letters, tone }
    }

    pub fn write(&self) -> String {
        let toned = self.toned();
        let one = |(at, letter): (usize, &Letter)| letter.write(self.tone.filter(|_| toned == Some(at)));
        self.letters.iter().enumerate().map(one).collect()
    }

    pub fn add(&mut self, letter: char) {
        let (letter, tone) = Letter::read(letter);
        self.tone = tone.or(self.tone);
        self.letters.push(letter);
    }

    /// The last letter, and the tone if it stands there.
    pub fn erase(&mut self) {
        if self.toned().is_some_and(|at| at + 1 == self.letters.len()) {
            self.tone = None;
        }
        self.letters.pop();
    }

    pub fn has_vowel(&self) -> bool {
        !self.vowels().is_empty()
    }

    pub fn tone(&mut self, tone: Tone) -> Effect {
        if !self.has_vowel() {
            return Effect::Nothing;
        }
        if self.tone == Some(tone) {
            self.tone = None;
            return Effect::TakenBack;
        }
        self.tone = Some(tone);
        Effect::Put
    }

    /// Takes the tone away, whichever it is.
    pub fn level(&mut self) -> Effect {
        match self.tone.take() {
            Some(_) => Effect::Put,
            None => Effect::Nothing,
        }
    }

    /// đ: of the letter before the caret, or of the first one.
    pub fn stroke(&mut self) -> Effect {
        let Some(last) = self.letters.len().checked_sub(1) else {
            return Effect::Nothing;
        };
        if self.letters[last].base == 'd' {
            self.switch(last, Shape::Stroke)
        } else if self.letters[0].base == 'd' && self.has_vowel() {
            self.switch(0, Shape::Stroke)
        } else {
            Effect::Nothing
        }
    }

    /// â, ê or ô: of the letter before the caret, or of one further back where that makes vowels
    /// of Vietnamese.
    pub fn circumflex(&mut self, base: char) -> Effect {
        let vowels = self.vowels();
        let Some(at) = vowels.clone().rev().find(|at| self.letters[*at].base == base) else {
            return Effect::Nothing;
        };
        let before_caret = at + 1 == self.letters.len();
        if self.letters[at].shape == Shape::Circumflex || before_caret || self.would_be_usual(&vowels, at) {
            // ươ becomes uô as a whole.
            if at > vowels.start && self.is(at - 1, 'u', Shape::Horn) {
                self.letters[at - 1].shape = Shape::Plain;
            }
            return self.switch(at, Shape::Circumflex);
        }
        Effect::Nothing
    }

    /// â, ê or ô, whichever there can be.
    pub fn any_circumflex(&mut self) -> Effect {
        let bases: Vec<char> = self.vowels().rev().map(|at| self.letters[at].base).collect();
        for base in bases.into_iter().filter(|base| matches!(base, 'a' | 'e' | 'o')) {
            let effect = self.circumflex(base);
            if effect != Effect::Nothing {
                return effect;
            }
        }
        Effect::Nothing
    }

    /// ă.
    pub fn breve(&mut self) -> Effect {
        match self.vowels().rev().find(|at| self.letters[*at].base == 'a') {
            Some(at) => self.switch(at, Shape::Breve),
            None => Effect::Nothing,
        }
    }

    /// ư, ơ or both.
    pub fn horn(&mut self) -> Effect {
        let vowels = self.vowels();
        let base = |at: usize| {
            self.letters
                .get(at)
                .filter(|_| vowels.contains(&at))
                .map(|one| one.base)
        };
        if let Some(u) = vowels
            .clone()
            .find(|at| (base(*at), base(at + 1)) == (Some('u'), Some('o')))
        {
            // At the end uo may become uơ (thuở); anywhere else there is only ươ.
            let both = u + 2 < self.letters.len() || self.letters[u].shape == Shape::Horn;
            let effect = match (both, self.letters[u].shape, self.letters[u + 1].shape) {
                (true, Shape::Horn, Shape::Horn) | (false, _, Shape::Horn) => Effect::TakenBack,
                _ => Effect::Put,
            };
            let shape = if effect == Effect::Put {
                Shape::Horn
            } else {
                Shape::Plain
            };
            self.letters[u + 1].shape = shape;
            if both {
                self.letters[u].shape = shape;
            }
            return effect;
        }
        let o = vowels.clone().find(|at| base(*at) == Some('o'));
        let u = vowels.clone().find(|at| base(*at) == Some('u'));
        match o.or(u) {
            Some(at) => self.switch(at, Shape::Horn),
            None => Effect::Nothing,
        }
    }

    /// What one key does in Telex: ư, ơ, ươ or ă.
    pub fn horn_or_breve(&mut self) -> Effect {
        let vowels = self.vowels();
        let bases: String = self.letters[vowels.clone()].iter().map(|one| one.base).collect();
        let open = vowels.end == self.letters.len();
        // mưa, but hoặc.
        if bases.contains('a') && !(bases == "ua" && open) {
            self.breve()
        } else {
            self.horn()
        }
    }

    /// ơ alone.
    pub fn o_horn(&mut self) -> Effect {
        match self.vowels().rev().find(|at| self.letters[*at].base == 'o') {
            Some(at) => self.switch(at, Shape::Horn),
            None => Effect::Nothing,
        }
    }

    /// ư alone: the first u, as in hưu.
    pub fn u_horn(&mut self) -> Effect {
        match self.vowels().find(|at| self.letters[*at].base == 'u') {
            Some(at) => self.switch(at, Shape::Horn),
            None => Effect::Nothing,
        }
    }

    /// ươ: half of it is all of it as soon as something follows.
    pub fn settle(&mut self) {
        for at in self.vowels() {
            if at + 2 < self.letters.len()
                && (self.is(at, 'u', Shape::Horn) && self.is(at + 1, 'o', Shape::Plain)
                    || self.is(at, 'u', Shape::Plain) && self.is(at + 1, 'o', Shape::Horn))
            {
                self.letters[at].shape = Shape::Horn;
                self.letters[at + 1].shape = Shape::Horn;
            }
        }
    }

    fn switch(&mut self, at: usize, shape: Shape) -> Effect {
        let letter = &mut self.letters[at];
        if letter.shape == shape {
            letter.shape = Shape::Plain;
            return Effect::TakenBack;
        }
        letter.shape = shape;
        Effect::Put
    }

    fn is(&self, at: usize, base: char, shape: Shape) -> bool {
        self.letters
            .get(at)
            .is_some_and(|letter| letter.base == base && letter.shape == shape)
    }

    fn would_be_usual(&self, vowels: &Range<usize>, circumflexed: usize) -> bool {
        let coda: String = self.letters[vowels.end..].iter().map(|letter| letter.base).collect();
        if coda.len() > 1 && !CODAS_OF_TWO.contains(&coda.as_str()) {
            return false;
        }
        let would_be: String = vowels
            .clone()
            .map(|at| {
                let mut letter = self.letters[at];
                if at == circumflexed {
                    letter.shape = Shape::Circumflex;
                }
                letter.small(None)
            })
            .collect();
        CIRCUMFLEXED.contains(&would_be.as_str())
    }

    /// The last vowels that stand together, without the u of qu and the i of gi.
    fn vowels(&self) -> Range<usize> {
        let Some(last) = self.letters.iter().rposition(|letter| letter.is_vowel()) else {
            return 0..0;
        };
        let first = self.letters[..last]
            .iter()
            .rposition(|letter| !letter.is_vowel())
            .map_or(0, |before| before + 1);
        let of_consonant = first < last
            && first > 0
            && (self.is(first - 1, 'q', Shape::Plain) && self.is(first, 'u', Shape::Plain)
                || self.is(first - 1, 'g', Shape::Plain) && self.is(first, 'i', Shape::Plain));
        first + usize::from(of_consonant)..last + 1
    }

    /// Where the tone stands.
    fn toned(&self) -> Option<usize> {
        let vowels = self.vowels();
        let marked = vowels.clone().rev().find(|at| self.letters[*at].shape != Shape::Plain);
        let closed = vowels.end < self.letters.len();
        marked.or(match vowels.len() {
            0 => None,
            1 => Some(vowels.start),
            // hoàn, but hòa.
            2 => Some(vowels.start + usize::from(closed)),
            // hoài, khuỷu.
            _ => Some(vowels.start + 1),
        })
    }
}
