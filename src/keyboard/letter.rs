//! A letter of Vietnamese, taken apart: base, mark, size; and its tone beside it.

use super::Tone;

/// What is on a letter besides the tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Plain,
    /// â ê ô.
    Circumflex,
    /// ă.
    Breve,
    /// ơ ư.
    Horn,
    /// đ.
    Stroke,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Small,
    Capital,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Small, without any mark.
    pub base: char,
    pub shape: Shape,
    size: Size,
}

/// Each vowel with no tone, then huyền, hỏi, ngã, sắc, nặng.
const VOWELS: [(char, Shape, &str); 12] = [
    ('a', Shape::Plain, "aàảãáạ"),
    ('a', Shape::Breve, "ăằẳẵắặ"),
    ('a', Shape::Circumflex, "âầẩẫấậ"),
    ('e', Shape::Plain, "eèẻẽéẹ"),
    ('e', Shape::Circumflex, "êềểễếệ"),
    ('i', Shape::Plain, "iìỉĩíị"),
    ('o', Shape::Plain, "oòỏõóọ"),
    ('o', Shape::Circumflex, "ôồổỗốộ"),
    ('o', Shape::Horn, "ơờởỡớợ"),
    ('u', Shape::Plain, "uùủũúụ"),
    ('u', Shape::Horn, "ưừửữứự"),
    ('y', Shape::Plain, "yỳỷỹýỵ"),
];
const TONES: [Option<Tone>; 6] = [
    None,
    Some(Tone::Huyen),
    Some(Tone::Hoi),
    Some(Tone::Nga),
    Some(Tone::Sac),
    Some(Tone::Nang),
];

impl Letter {
    /// The letter, and the tone on it. What is not of the alphabet is its own base.
    pub fn read(letter: char) -> (Self, Option<Tone>) {
        let mut lower = letter.to_lowercase();
        let small = match (lower.next(), lower.next()) {
            (Some(small), None) => small,
            _ => letter,
        };
        let size = if small == letter { Size::Small } else { Size::Capital };
        for (base, shape, toned) in VOWELS {
            if let Some(at) = toned.chars().position(|vowel| vowel == small) {
                return (Self { base, shape, size }, TONES[at]);
            }
        }
        let (base, shape) = match small {
            'đ' => ('d', Shape::Stroke),
            other => (other, Shape::Plain),
        };
        (Self { base, shape, size }, None)
    }

    pub fn write(self, tone: Option<Tone>) -> char {
        let small = self.small(tone);
        match self.size {
            Size::Small => small,
            // Each of these letters has one capital.
            Size::Capital => small.to_uppercase().next().unwrap_or(small),
        }
    }

    /// The letter, whatever its size.
    pub fn small(self, tone: Option<Tone>) -> char {
        if self.shape == Shape::Stroke {
            return 'đ';
        }
        VOWELS
            .iter()
            .find(|(base, shape, _)| (*base, *shape) == (self.base, self.shape))
            .zip(TONES.iter().position(|one| *one == tone))
            .and_then(|((_, _, toned), at)| toned.chars().nth(at))
            .unwrap_or(self.base)
    }

    pub fn is_vowel(self) -> bool {
        matches!(self.base, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
    }
}
