//! Words as they are compared: letters without marks, the marks beside them, and how it sounds.

use unicode_normalization::UnicodeNormalization as _;

/// No Vietnamese syllable has more than seven letters; this is room for three typed without spaces.
/// What stands behind is cut off.
pub(super) const WORD_LETTERS_MAX: usize = 24;

/// How many letters of a word keep the shape of their mark: four bits each in a `u64`.
const SHAPED_LETTERS_MAX: usize = 16;
const SHAPE_BITS: usize = 4;

/// One word: `a`–`z` and digits, with its marks beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Word {
    pub plain: String,
    pub marks: Marks,
}

/// The tone of a word and the shape of each of its letters. A letter without a mark is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Marks {
    tone: u8,
    shapes: u64,
}

/// How the marks that were typed go with those of a word with the same letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// Each mark is there and none besides.
    Same,
    /// What was typed is right, but some marks were left out.
    LeftOut,
    /// The letters are the same, the tone is another: hỏi for ngã.
    OtherTone,
    /// Other letters, such as ô for ơ or đ for d.
    OtherLetters,
}

impl Marks {
    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// `self` was typed, as the first `letters` letters of a word with `marks`.
    pub fn go_with(self, marks: Marks, letters: usize) -> Agreement {
        let seen = match letters.min(SHAPED_LETTERS_MAX) * SHAPE_BITS {
            64.. => marks.shapes,
            bits => marks.shapes & ((1 << bits) - 1),
        };
        if self.shapes == seen && self.tone == marks.tone {
            return Agreement::Same;
        }

        let nibble = |shapes: u64, at: usize| shapes >> (at * SHAPE_BITS) & 0xf;
        let other = |at: usize| nibble(self.shapes, at) != 0 && nibble(self.shapes, at) != nibble(seen, at);
        if (0..SHAPED_LETTERS_MAX).any(other) {
            Agreement::OtherLetters
        } else if self.tone != 0 && self.tone != marks.tone {
            Agreement::OtherTone
        } else {
            Agreement::LeftOut
        }
    }

    /// Whether no mark among the first `letters` letters is another than in `marks`.
    pub fn is_part_of(self, marks: Marks, letters: usize) -> bool {
        matches!(self.go_with(marks, letters), Agreement::Same | Agreement::LeftOut)
    }

    /// As [`Marks::go_with`], for a word with other letters.
    pub fn tone_goes_with(self, marks: Marks) -> Agreement {
        match self.tone {
            tone if tone == marks.tone => Agreement::Same,
            0 => Agreement::LeftOut,
            _ => Agreement::OtherTone,
        }
    }

    fn shape(&mut self, letter: usize, shape: u64) {
        if letter < SHAPED_LETTERS_MAX {
            self.shapes |= shape << (letter * SHAPE_BITS);
        }
    }
}

/// The first `words_max` words of a text. Anything but letters and digits stands between words.
pub(super) fn words(text: &str, words_max: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();

    for c in text.nfkd() {
        match Sign::of(c) {
            Sign::Letter(letter, shape) if word.plain.len() < WORD_LETTERS_MAX => {
                word.marks.shape(word.plain.len(), shape);
                word.plain.push(letter);
            }
            Sign::Shape(shape) if !word.plain.is_empty() => word.marks.shape(word.plain.len() - 1, shape),
            Sign::Tone(tone) if !word.plain.is_empty() => word.marks.tone = tone,
            Sign::Letter(..) | Sign::Shape(_) | Sign::Tone(_) | Sign::Nothing => {}
            Sign::Gap => end(&mut word, &mut words),
        }
        if words.len() == words_max {
            return words;
        }
    }
    end(&mut word, &mut words);
    words
}

fn end(word: &mut Word, words: &mut Vec<Word>) {
    if !word.plain.is_empty() {
        let mut word = std::mem::take(word);
        word.plain = one_spelling(&word.plain);
        words.push(word);
    }
}

/// Whether the last word of a text may go on.
pub(super) fn is_unfinished(text: &str) -> bool {
    text.chars()
        .next_back()
        .is_some_and(|c| !matches!(c.nfkd().next().map(Sign::of), Some(Sign::Gap) | None))
}

/// What a character of NFKD is to a word.
enum Sign {
    Letter(char, u64),
    Shape(u64),
    Tone(u8),
    /// Belongs to a word and says nothing: H'Mông, soft hyphens, marks of other languages.
    Nothing,
    Gap,
}

impl Sign {
    fn of(c: char) -> Self {
        match c {
            'a'..='z' | '0'..='9' => Self::Letter(c, 0),
            'A'..='Z' => Self::Letter(c.to_ascii_lowercase(), 0),
            // Eth looks the same and comes out of old fonts.
            'đ' | 'Đ' | 'ð' | 'Ð' => Self::Letter('d', 4),
            'ƀ' | 'Ƀ' => Self::Letter('b', 4),
            '\u{306}' => Self::Shape(1),
            '\u{302}' => Self::Shape(2),
            '\u{31b}' => Self::Shape(3),
            '\u{300}' => Self::Tone(1),
            '\u{301}' => Self::Tone(2),
            '\u{303}' => Self::Tone(3),
            '\u{309}' => Self::Tone(4),
            '\u{323}' => Self::Tone(5),
            '\'' | '’' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => Self::Nothing,
            c if unicode_normalization::char::is_combining_mark(c) => Self::Nothing,
            _ => Self::Gap,
        }
    }
}

/// One `i` for ký and kí, quý and quí, but not for hay and hai, thuý and thúi, which are different words.
fn one_spelling(plain: &str) -> String {
    let letters = plain.as_bytes();
    let stays = |at: usize| match at.checked_sub(1).map(|before| letters[before]) {
        Some(b'a') => true,
        Some(b'u') => at < 2 || letters[at - 2] != b'q',
        Some(_) | None => false,
    };
    plain
        .char_indices()
        .map(|(at, letter)| if letter == 'y' && !stays(at) { 'i' } else { letter })
        .collect()
}

/// Beginnings of syllables that many people speak alike or spell alike, longest first. A capital is one
/// sound that is written with two letters.
const BEGINNINGS: [(&str, &str); 20] = [
    ("ngh", "G"),
    ("ng", "G"),
    ("gh", "g"),
    ("tr", "C"),
    ("ch", "C"),
    ("nh", "N"),
    ("kh", "K"),
    ("ph", "f"),
    ("th", "T"),
    ("qu", "Q"),
    ("x", "s"),
    ("s", "s"),
    ("r", "d"),
    ("z", "d"),
    ("j", "d"),
    ("d", "d"),
    ("l", "l"),
    ("n", "l"),
    ("k", "c"),
    ("c", "c"),
];

/// What a word sounds like to those who do not tell x from s, ch from tr, d from gi and r, l from n, i from y.
pub(super) fn sound(plain: &str) -> String {
    let vowel = |text: &str| text.starts_with(['a', 'e', 'o', 'u']);
    let (beginning, rest) = match plain.strip_prefix("gi") {
        Some(rest) if vowel(rest) => ("d", rest),
        Some(_) => ("d", &plain[1..]),
        None => BEGINNINGS
            .iter()
            .find_map(|(written, spoken)| Some((*spoken, plain.strip_prefix(written)?)))
            .unwrap_or(("", plain)),
    };
    let mut sound = beginning.to_owned();
    sound.extend(rest.chars().map(|letter| if letter == 'y' { 'i' } else { letter }));
    sound
}

/// What was meant by keys of Telex or VNI that a keyboard left as they are: `ddaats`, `dat61` are đất.
///
/// No Vietnamese syllable has f, j, r, s, w, x or z behind its vowel, so these were keys.
pub(super) fn without_keys(plain: &str) -> String {
    let mut meant = String::with_capacity(plain.len());
    let mut vowel_seen = false;
    for letter in plain.chars() {
        let key = match letter {
            '0'..='9' => !meant.is_empty(),
            'w' | 'f' | 'j' | 'z' | 's' | 'r' | 'x' => vowel_seen,
            'd' | 'a' | 'e' | 'o' => meant.ends_with(letter),
            _ => false,
        };
        vowel_seen |= matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        if !key {
            meant.push(letter);
        }
    }
    meant
}
