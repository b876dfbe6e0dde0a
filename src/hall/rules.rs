//! What is fair in a hall, as its centre decides it.
//!
//! A fold needs none of it: rules decide which event is written next, and what is written says what came of them.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::hall::AfterAbsence;

/// The rules of a hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Rules {
    /// After each who goes first, so many ordinary ones are called before the next may.
    pub ordinary_between: u32,
    /// Who was overtaken once is overtaken no longer than this, in minutes.
    pub overtaken_minutes_max: u32,
    /// Who did not come waits behind so many others.
    pub absent_behind: u32,
    /// Who did not come so often is called no more, until they say that they are back.
    pub absent_times_max: u8,
    /// Between two calls of the same number, in seconds.
    pub recall_secs_min: u32,
    /// Whoever has waited so much longer than the one whose series a counter prefers is called before, in minutes.
    pub preference_minutes_max: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ordinary_between: 2,
            overtaken_minutes_max: 15,
            absent_behind: 3,
            absent_times_max: 3,
            recall_secs_min: 5,
            preference_minutes_max: 20,
        }
    }
}

impl Rules {
    /// What becomes of somebody who was absent so often before.
    pub fn after_absence(&self, before: u8) -> AfterAbsence {
        if before.saturating_add(1) >= self.absent_times_max {
            AfterAbsence::Gone
        } else {
            AfterAbsence::Behind(self.absent_behind)
        }
    }

    pub(super) fn overtaken_max(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.overtaken_minutes_max))
    }

    pub(super) fn recall_min(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.recall_secs_min))
    }

    pub(super) fn preference_max(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.preference_minutes_max))
    }
}
