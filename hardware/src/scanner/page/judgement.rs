//! What is said of a page beside its picture.

use serde::{Deserialize, Serialize};

/// What was found out about one page while it was straightened.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Judgement {
    /// Why the page had better be scanned again; each at most once, in the order of [`Flaw`].
    pub flaws: Vec<Flaw>,
    /// Nothing was written, printed, stamped or drawn on it: a back that may be left out.
    pub blank: bool,
    pub turned: Turned,
    /// How far the sheet lay turned clockwise when it was fed, in degrees; quarter turns are in `turned`.
    pub skew_degrees: f32,
    /// Width and height of the paper after turning, in millimetres, where its edges were seen.
    pub paper_mm: Option<[f32; 2]>,
}

/// What makes a page worth scanning again, and what the citizen does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// The letters have soft edges. Lay the sheet flat and feed it again; if it stays, staff clean the glass.
    Blurred,
    /// A lamp shines back from the paper and hides what is under it. Take the sheet out of its sleeve.
    Glare,
    /// A side of the sheet lies beyond the picture. Push the sheet against the guide.
    CutEdge,
    /// A finger lies on the sheet. Let go of the paper once it is drawn in.
    Finger,
    /// The page is too dark to be made readable without making its noise readable too. Close the lid.
    TooDark,
    /// The sheet went in more crooked than is mended. Feed it straight.
    TooSkewed,
    /// Two sheets went through at once. Fan the sheets and feed them again.
    Doubled,
}

impl Flaw {
    pub const ALL: [Self; 7] = [
        Self::Blurred,
        Self::Glare,
        Self::CutEdge,
        Self::Finger,
        Self::TooDark,
        Self::TooSkewed,
        Self::Doubled,
    ];
}

/// How the page was turned so that its text stands upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turned {
    /// It was upright as it was fed.
    Not,
    QuarterClockwise,
    Half,
    QuarterCounterclockwise,
    /// There is too little text to tell: it is left as it was fed.
    NotSure,
}

impl Turned {
    /// Quarter turns clockwise that the page was given.
    pub fn quarters(self) -> u8 {
        match self {
            Self::Not | Self::NotSure => 0,
            Self::QuarterClockwise => 1,
            Self::Half => 2,
            Self::QuarterCounterclockwise => 3,
        }
    }

    /// The turn of so many quarters clockwise.
    pub fn by_quarters(quarters: u8) -> Self {
        match quarters % 4 {
            1 => Self::QuarterClockwise,
            2 => Self::Half,
            3 => Self::QuarterCounterclockwise,
            _ => Self::Not,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flaws_and_turns_are_words_of_the_dock() {
        let words = serde_json::to_value(Flaw::ALL).unwrap();
        assert_eq!(
            words,
            serde_json::json!([
                "blurred",
                "glare",
                "cut-edge",
                "finger",
                "too-dark",
                "too-skewed",
                "doubled"
            ])
        );
        assert_eq!(serde_json::to_value(Turned::NotSure).unwrap(), "not-sure");
    }

    #[test]
    fn turns_are_counted_in_quarters() {
        for quarters in 0..8 {
            assert_eq!(Turned::by_quarters(quarters).quarters(), quarters % 4);
        }
    }
}
