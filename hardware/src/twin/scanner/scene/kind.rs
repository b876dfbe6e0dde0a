//! What may be special about a generated page, and how often.

use crate::scanner::page::Flaw;

/// How often each kind comes in a hundred pages of a [`set`].
pub(super) const MIX: [(Kind, usize); 18] = [
    (Kind::Plain, 23),
    (Kind::UpsideDown, 9),
    (Kind::HeadLeft, 4),
    (Kind::HeadRight, 4),
    (Kind::Shadowed, 9),
    (Kind::Filling, 5),
    (Kind::BlankBack, 6),
    (Kind::StampedBack, 3),
    (Kind::SignedBack, 2),
    (Kind::NumberedBack, 2),
    (Kind::Blurred, 5),
    (Kind::Shaken, 4),
    (Kind::Glaring, 4),
    (Kind::Fingered, 4),
    (Kind::Cut, 4),
    (Kind::Dark, 4),
    (Kind::TooSkewed, 3),
    (Kind::Doubled, 5),
];

/// What is special about a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Plain,
    UpsideDown,
    /// Fed with its head to the left, or to the right.
    HeadLeft,
    HeadRight,
    /// One end in the shadow, which can be mended.
    Shadowed,
    /// Larger than the window: no edge of it is seen.
    Filling,
    BlankBack,
    StampedBack,
    SignedBack,
    /// Only the number of the page stands on it.
    NumberedBack,
    Blurred,
    Shaken,
    Glaring,
    Fingered,
    Cut,
    Dark,
    TooSkewed,
    Doubled,
}

impl Kind {
    /// Quarter turns clockwise in which the sheet is fed.
    pub(super) fn head(self) -> u8 {
        if self == Self::HeadRight {
            1
        } else if self == Self::UpsideDown {
            2
        } else if self == Self::HeadLeft {
            3
        } else {
            0
        }
    }

    /// Whether no print stands on the sheet.
    pub(super) fn is_back(self) -> bool {
        matches!(
            self,
            Self::BlankBack | Self::StampedBack | Self::SignedBack | Self::NumberedBack
        )
    }

    /// What the page is to be scanned again for.
    pub fn flaw(self) -> Option<Flaw> {
        match self {
            Self::Blurred | Self::Shaken => Some(Flaw::Blurred),
            Self::Glaring => Some(Flaw::Glare),
            Self::Fingered => Some(Flaw::Finger),
            Self::Cut => Some(Flaw::CutEdge),
            Self::Dark => Some(Flaw::TooDark),
            Self::TooSkewed => Some(Flaw::TooSkewed),
            Self::Doubled => Some(Flaw::Doubled),
            Self::Plain
            | Self::UpsideDown
            | Self::HeadLeft
            | Self::HeadRight
            | Self::Shadowed
            | Self::Filling
            | Self::BlankBack
            | Self::StampedBack
            | Self::SignedBack
            | Self::NumberedBack => None,
        }
    }
}
