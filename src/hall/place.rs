//! One person's place in the hall, from the number drawn to the end.
//!
//! ```text
//!            Called            Started
//!  Waiting ─────────▶ Called ──────────▶ Serving
//!   ▲ ▲ ▲               │ │ Parked, Transferred, Done │
//!   │ │ └── Absent ─────┘ ├───────────────────────────┤
//!   │ │    (up to a limit) │           │              │
//!   │ └─ Transferred ◀─────┘           ▼              ▼
//!   └─── Back ◀──────────────── Parked, Gone        Done
//! ```

use jiff::Timestamp;

use crate::hall::{Class, Counter, Sequence};
use crate::ticket::SeriesLetter;

/// Where a person stands among those who wait: the earlier goes first.
///
/// The time of the draw, so that who was sent to another queue has not waited for nothing; its sequence, where two drew
/// in the same moment; and for who was put behind another, when that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    pub since: Timestamp,
    pub then: Sequence,
    pub behind: Sequence,
}

impl Turn {
    pub(super) const fn at_the_end(since: Timestamp, then: Sequence) -> Self {
        let behind = Sequence(0);
        Self { since, then, behind }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub drawn_at: Timestamp,
    pub class: Class,
    /// In which queue it is; the letter of the number itself does not change.
    pub queue: SeriesLetter,
    /// The only counter that calls it.
    pub only: Option<Counter>,
    pub turn: Turn,
    pub stage: Stage,
    /// How often nobody came.
    pub absent: u8,
    /// The first call at the counter where the person is, or is wanted.
    pub called_at: Option<Timestamp>,
    /// When a counter called it before the log knew that it was given.
    pub called_unknown: Option<Timestamp>,
    /// Since when somebody who came later was called before it.
    pub overtaken_since: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Waiting,
    Called {
        counter: Counter,
        /// The last time.
        at: Timestamp,
        /// How often.
        times: u8,
    },
    Serving {
        counter: Counter,
        since: Timestamp,
    },
    /// Comes back to this counter.
    Parked {
        counter: Counter,
    },
    /// Absent too often.
    Gone,
    Done,
    /// The number was given to nobody.
    Void,
}

impl Place {
    pub fn is_waiting(&self) -> bool {
        self.stage == Stage::Waiting
    }

    /// The counter at which the person is, or is wanted.
    pub fn counter(&self) -> Option<&Counter> {
        match &self.stage {
            Stage::Called { counter, .. } | Stage::Serving { counter, .. } => Some(counter),
            Stage::Waiting | Stage::Parked { .. } | Stage::Gone | Stage::Done | Stage::Void => None,
        }
    }
}
