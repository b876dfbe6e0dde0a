//! The keyboard on the screen: what its keys make of Vietnamese.
//!
//! Three ways of typing. In Telex and VNI the syllable before the caret is composed as people know
//! it from their computers and telephones; a sign may come at once or at the end of the word, and
//! the same sign again takes it back and stands as typed. In [`Way::Marks`], for who knows neither,
//! a mark or tone key works on the syllable before the caret, and a marked letter that has nothing
//! to work on is simply typed.
//!
//! Tones stand where names of places and identity papers put them: hòa, thủy, khỏe (not hoà, thuỷ,
//! khoẻ). All 34 provinces and 3,321 communes are written so, and a name must come out as its
//! paper has it.
//!
//! What is typed is always NFC and never longer than its room, [`TYPED_LETTERS_MAX`] unless told.
//! Nothing here remembers another citizen's words: completions come from data alone, and a
//! [`Typed`] never prints what it holds.

pub mod completion;
mod key;
mod letter;
mod line;
mod syllable;
#[cfg(test)]
mod tests;

use std::fmt;

pub use key::{Key, NotAKey};
pub use line::{Layer, Line};
use syllable::{Effect, Syllable};

/// The longest text, in letters: the longest official name of a commune with its province has 48.
pub const TYPED_LETTERS_MAX: usize = 80;

/// How marks and tones are typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// A key for each marked letter and each tone.
    #[default]
    Marks,
    Telex,
    Vni,
}

impl Way {
    /// The way that the key for it leads to.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Marks => Self::Telex,
            Self::Telex => Self::Vni,
            Self::Vni => Self::Marks,
        }
    }
}

/// The marked letters that have a key of their own: ă â đ ê ô ơ ư.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    ABreve,
    ACircumflex,
    DStroke,
    ECircumflex,
    OCircumflex,
    OHorn,
    UHorn,
}

/// The five tones that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Sắc: á.
    Sac,
    /// Huyền: à.
    Huyen,
    /// Hỏi: ả.
    Hoi,
    /// Ngã: ã.
    Nga,
    /// Nặng: ạ.
    Nang,
}

/// Who makes letters large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capitals {
    /// The keys themselves.
    #[default]
    AsTyped,
    /// The first letter of each word, as in a name.
    EachWord,
    /// The first letter of all.
    First,
}

/// What was typed so far; the caret stands at its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Typed {
    text: String,
    capitals: Capitals,
    letters_max: usize,
    taken_back: TakenBack,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            text: String::new(),
            capitals: Capitals::default(),
            letters_max: TYPED_LETTERS_MAX,
            taken_back: TakenBack::default(),
        }
    }
}

/// What was taken back in the word before the caret, and is from then on typed as it stands.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct TakenBack {
    marks: bool,
    tones: bool,
    /// The ư at the end came of a w alone: another w makes it one.
    lone_w: bool,
}

impl Typed {
    /// Nothing yet, for words of which none is a name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing yet, for a name: each word begins with a capital.
    #[must_use]
    pub fn name() -> Self {
        Self {
            capitals: Capitals::EachWord,
            ..Self::default()
        }
    }

    /// Nothing yet, for words that begin with a capital.
    #[must_use]
    pub fn sentence() -> Self {
        Self {
            capitals: Capitals::First,
            ..Self::default()
        }
    }

    /// With room for so many letters.
    #[must_use]
    pub fn with_room(self, letters_max: usize) -> Self {
        Self { letters_max, ..self }
    }

    /// With this text in it already, as far as there is room. It is taken as it stands, and is NFC.
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        Self {
            text: text.chars().take(self.letters_max).collect(),
            ..self
        }
    }

    /// Makes the last letter large.
    fn raise_last(&mut self) {
        if let Some(letter) = self.text.pop() {
            self.text.extend(letter.to_uppercase());
        }
    }

    /// Puts these words in the place of the last `bytes` of what is typed, with a space behind.
    fn replace_end(&mut self, bytes: usize, words: &str) {
        let begins = self.text.len().saturating_sub(bytes);
        let Some(before) = self.text.get(..begins) else { return };
        let text = format!("{before}{words} ");
        if text.chars().count() <= self.letters_max {
            self.text = text;
            self.taken_back = TakenBack::default();
        }
    }

    /// The text, in NFC; empty, or without a space at its beginning.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// One touch. What has no room left or no meaning changes nothing.
    pub fn press(&mut self, key: Key, way: Way) {
        let lone_w = std::mem::take(&mut self.taken_back.lone_w);
        match key {
            Key::Letter(letter) if letter.is_ascii_alphabetic() => self.letter(letter, way, lone_w),
            Key::Digit(digit) if digit.is_ascii_digit() => self.digit(digit, way),
            Key::Letter(_) | Key::Digit(_) => {}
            Key::Mark(mark) => self.mark(mark),
            Key::Tone(tone) => {
                self.compose(|syllable| syllable.tone(tone));
            }
            Key::Space => self.separate(' '),
            Key::Apostrophe => self.separate('\''),
            Key::Hyphen => self.separate('-'),
            Key::Slash => self.separate('/'),
            Key::Comma => self.separate(','),
            Key::Dot => self.separate('.'),
            Key::Erase => self.erase(),
            Key::Clear => {
                self.text.clear();
                self.taken_back = TakenBack::default();
            }
        }
    }

    fn letter(&mut self, letter: char, way: Way, lone_w: bool) {
        if way != Way::Telex {
            return self.add(letter);
        }
        let small = letter.to_ascii_lowercase();
        if small == 'w' && lone_w {
            self.text.pop();
            self.taken_back.marks = true;
            return self.add(letter);
        }
        let effect = match small {
            's' => self.typed_tone(Tone::Sac),
            'f' => self.typed_tone(Tone::Huyen),
            'r' => self.typed_tone(Tone::Hoi),
            'x' => self.typed_tone(Tone::Nga),
            'j' => self.typed_tone(Tone::Nang),
            'z' => self.typed_level(),
            'd' => self.typed_mark(Syllable::stroke),
            'a' | 'e' | 'o' => self.typed_mark(|syllable| syllable.circumflex(small)),
            'w' => self.typed_mark(Syllable::horn_or_breve),
            _ => Effect::Nothing,
        };
        if effect == Effect::Put {
            return;
        }
        // A w alone is the usual short way to ư.
        if small == 'w' && effect == Effect::Nothing && !self.taken_back.marks && !self.syllable().has_vowel() {
            self.add(if letter == 'W' { 'Ư' } else { 'ư' });
            self.taken_back.lone_w = true;
        } else {
            self.add(letter);
        }
    }

    fn digit(&mut self, digit: char, way: Way) {
        let effect = match (way, digit) {
            (Way::Marks | Way::Telex, _) => Effect::Nothing,
            (Way::Vni, '1') => self.typed_tone(Tone::Sac),
            (Way::Vni, '2') => self.typed_tone(Tone::Huyen),
            (Way::Vni, '3') => self.typed_tone(Tone::Hoi),
            (Way::Vni, '4') => self.typed_tone(Tone::Nga),
            (Way::Vni, '5') => self.typed_tone(Tone::Nang),
            (Way::Vni, '6') => self.typed_mark(Syllable::any_circumflex),
            (Way::Vni, '7') => self.typed_mark(Syllable::horn),
            (Way::Vni, '8') => self.typed_mark(Syllable::breve),
            (Way::Vni, '9') => self.typed_mark(Syllable::stroke),
            (Way::Vni, _) => self.typed_level(),
        };
        if effect != Effect::Put {
            self.add(digit);
        }
    }

    /// A key of its own never stands for itself: where it has nothing to mark, it is the marked letter.
    fn mark(&mut self, mark: Mark) {
        let (effect, letter) = match mark {
            Mark::ABreve => (self.compose(Syllable::breve), 'ă'),
            Mark::ACircumflex => (self.compose(|syllable| syllable.circumflex('a')), 'â'),
            Mark::DStroke => (self.compose(Syllable::stroke), 'đ'),
            Mark::ECircumflex => (self.compose(|syllable| syllable.circumflex('e')), 'ê'),
            Mark::OCircumflex => (self.compose(|syllable| syllable.circumflex('o')), 'ô'),
            Mark::OHorn => (self.compose(Syllable::o_horn), 'ơ'),
            Mark::UHorn => (self.compose(Syllable::u_horn), 'ư'),
        };
        if effect == Effect::Nothing {
            self.add(letter);
        }
    }

    fn typed_tone(&mut self, tone: Tone) -> Effect {
        if self.taken_back.tones {
            return Effect::Nothing;
        }
        let effect = self.compose(|syllable| syllable.tone(tone));
        self.taken_back.tones = effect == Effect::TakenBack;
        effect
    }

    fn typed_level(&mut self) -> Effect {
        if self.taken_back.tones {
            return Effect::Nothing;
        }
        self.compose(Syllable::level)
    }

    fn typed_mark(&mut self, act: impl FnOnce(&mut Syllable) -> Effect) -> Effect {
        if self.taken_back.marks {
            return Effect::Nothing;
        }
        let effect = self.compose(act);
        self.taken_back.marks = effect == Effect::TakenBack;
        effect
    }

    /// The word before the caret, as a syllable.
    fn syllable(&self) -> Syllable {
        Syllable::read(&self.text[self.word_start()..])
    }

    fn compose(&mut self, act: impl FnOnce(&mut Syllable) -> Effect) -> Effect {
        let mut syllable = self.syllable();
        let effect = act(&mut syllable);
        if effect != Effect::Nothing {
            self.put_back(&mut syllable);
        }
        effect
    }

    fn put_back(&mut self, syllable: &mut Syllable) {
        if !self.taken_back.marks {
            syllable.settle();
        }
        self.text.truncate(self.word_start());
        self.text.push_str(&syllable.write());
    }

    /// A letter or digit at the end of the word.
    fn add(&mut self, letter: char) {
        if !self.has_room() {
            return;
        }
        let begins = self.word_start() == self.text.len();
        let capital = letter.to_uppercase().next().filter(|_| begins);
        let mut syllable = self.syllable();
        syllable.add(match self.capitals {
            Capitals::AsTyped => letter,
            Capitals::EachWord => capital.unwrap_or(letter),
            Capitals::First if self.text.is_empty() => capital.unwrap_or(letter),
            Capitals::First => letter,
        });
        self.put_back(&mut syllable);
    }

    fn separate(&mut self, between: char) {
        // Two spaces say no more than one.
        if self.has_room() && !(between == ' ' && (self.text.is_empty() || self.text.ends_with(' '))) {
            self.text.push(between);
            self.taken_back = TakenBack::default();
        }
    }

    fn erase(&mut self) {
        self.taken_back = TakenBack::default();
        if self.word_start() == self.text.len() {
            self.text.pop();
            return;
        }
        let mut syllable = self.syllable();
        syllable.erase();
        self.put_back(&mut syllable);
    }

    fn has_room(&self) -> bool {
        self.text.chars().count() < self.letters_max
    }

    fn word_start(&self) -> usize {
        self.text.rfind([' ', '\'', '-', '/', ',', '.']).map_or(0, |at| at + 1)
    }
}

/// Logs may hold this value; they never hold what was typed.
impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(hidden)")
    }
}
