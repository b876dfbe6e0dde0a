//! What a touch of a key means.

use std::str::FromStr;

use super::{Mark, Tone};

/// One touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `a` to `z`, `A` to `Z`; any other letter does nothing.
    Letter(char),
    /// `0` to `9`; anything else does nothing.
    Digit(char),
    Mark(Mark),
    Tone(Tone),
    Space,
    /// As in K'Bang.
    Apostrophe,
    /// As in Bà Rịa - Vũng Tàu.
    Hyphen,
    /// As in số 12/3.
    Slash,
    Comma,
    Dot,
    /// The last letter goes, with its marks.
    Erase,
    /// Everything goes.
    Clear,
}

/// There is no key of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no key has this name")]
pub struct NotAKey;

impl FromStr for Key {
    type Err = NotAKey;

    /// Reads a name as the page gives it: a letter, a digit, a marked letter, `sac`, `huyen`,
    /// `hoi`, `nga`, `nang`, `space`, `apostrophe`, `hyphen`, `slash`, `comma`, `dot`, `erase`, `clear`.
    fn from_str(name: &str) -> Result<Self, NotAKey> {
        let mut letters = name.chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && letter.is_ascii_alphanumeric()
        {
            return Ok(if letter.is_ascii_digit() {
                Self::Digit(letter)
            } else {
                Self::Letter(letter)
            });
        }
        Ok(match name {
            "ă" => Self::Mark(Mark::ABreve),
            "â" => Self::Mark(Mark::ACircumflex),
            "đ" => Self::Mark(Mark::DStroke),
            "ê" => Self::Mark(Mark::ECircumflex),
            "ô" => Self::Mark(Mark::OCircumflex),
            "ơ" => Self::Mark(Mark::OHorn),
            "ư" => Self::Mark(Mark::UHorn),
            "sac" => Self::Tone(Tone::Sac),
            "huyen" => Self::Tone(Tone::Huyen),
            "hoi" => Self::Tone(Tone::Hoi),
            "nga" => Self::Tone(Tone::Nga),
            "nang" => Self::Tone(Tone::Nang),
            "space" => Self::Space,
            "apostrophe" => Self::Apostrophe,
            "hyphen" => Self::Hyphen,
            "slash" => Self::Slash,
            "comma" => Self::Comma,
            "dot" => Self::Dot,
            "erase" => Self::Erase,
            "clear" => Self::Clear,
            _ => return Err(NotAKey),
        })
    }
}
