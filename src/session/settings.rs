//! How the pages look and move during one visit.

use crate::procedure::Language;

/// What a person chose for this visit; back to the start when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub language: Language,
    pub text_size: TextSize,
    pub contrast: Contrast,
    pub movement: Movement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextSize {
    Small,
    Start,
    Large,
    Largest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contrast {
    Start,
    BlackOnWhite,
    WhiteOnBlack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    Explaining,
    Calm,
}

impl Settings {
    pub const START: Settings = Settings {
        language: Language::Vietnamese,
        text_size: TextSize::Start,
        contrast: Contrast::Start,
        movement: Movement::Explaining,
    };
}
