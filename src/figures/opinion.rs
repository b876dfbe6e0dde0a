//! Satisfaction: a face and perhaps a reason, of no one.
//!
//! What is kept is how often a face was given for a reason, by day, unit and field: no hour, no dossier, no slip. A
//! group of few can still be known by who stood there, so it waits until it is large enough, over more days or, in
//! the end, without its field.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::procedure::Procedure;
use crate::ticket::Day;

/// Fewer faces of one group are told to nobody.
pub const FACES_TOLD_MIN: u64 = 5;
/// A group that stays too small for so many days is told without its field, if all such together are enough.
const GROUP_WAITS_DAYS_MAX: i32 = 28;

/// From 1, very unhappy, to 5, very happy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Face(u8);

/// There are five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a face is from 1 to 5")]
pub struct NoFace;

impl TryFrom<u8> for Face {
    type Error = NoFace;

    fn try_from(number: u8) -> Result<Self, NoFace> {
        if (1..=5).contains(&number) {
            Ok(Self(number))
        } else {
            Err(NoFace)
        }
    }
}

impl From<Face> for u8 {
    fn from(face: Face) -> Self {
        face.0
    }
}

impl Face {
    /// Four and five count as satisfied.
    pub const fn is_satisfied(self) -> bool {
        self.0 >= 4
    }
}

/// What the face is about: six to choose from, the same for a good and a bad one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Quick, or a long wait.
    Time,
    /// Easy to understand and do, or hard.
    Ease,
    /// The machine works well, or badly.
    Machine,
    /// Staff were kind and helped, or not.
    Staff,
    /// Done in one go, or had to come and go.
    Trips,
    Other,
}

impl Reason {
    pub const ALL: [Self; 6] = [
        Self::Time,
        Self::Ease,
        Self::Machine,
        Self::Staff,
        Self::Trips,
        Self::Other,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Ease => "ease",
            Self::Machine => "machine",
            Self::Staff => "staff",
            Self::Trips => "trips",
            Self::Other => "other",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// Whose work the face is for: of a dossier its deciding agency and field. Of a visit without one, nobody's.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct About {
    pub unit: String,
    pub field: String,
}

impl About {
    /// Of a dossier of this procedure.
    pub fn of(procedure: &Procedure) -> Self {
        Self {
            unit: procedure.deciding_agency.vi.clone(),
            field: procedure.field.code.to_string(),
        }
    }
}

/// What somebody said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    pub face: Face,
    pub reason: Option<Reason>,
    pub about: About,
}

/// How often the same was said on one day, of which the province has not heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub day: Day,
    pub about: About,
    pub face: Face,
    pub reason: Option<Reason>,
    pub count: u64,
}

/// What the province is told at once: groups none of which is too small.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    pub rows: Vec<BatchRow>,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} rows)", self.rows.len())
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRow {
    pub from: Day,
    pub until: Day,
    pub about: About,
    pub face: Face,
    pub reason: Option<Reason>,
    pub count: u64,
}

/// Which of what was given before `today` may be told, by place in `given`, and as what.
pub fn batches(given: &[Given], today: Day) -> (Vec<usize>, Batch) {
    let mut groups: BTreeMap<About, Vec<usize>> = BTreeMap::new();
    let past = given.iter().enumerate().filter(|(_, given)| given.day < today);
    for (at, of) in past {
        groups.entry(of.about.clone()).or_default().push(at);
    }
    let size = |group: &[usize]| group.iter().map(|at| given[*at].count).sum::<u64>();
    let (mut told, mut batch) = (vec![], Batch { rows: vec![] });
    let mut small = vec![];
    for (about, group) in groups {
        if size(&group) >= FACES_TOLD_MIN {
            batch.rows.extend(rows(given, &group, &about));
            told.extend(group);
        } else {
            let waited = |at: &usize| {
                let since = given[*at].day.date().until(today.date());
                since.is_ok_and(|span| span.get_days() > GROUP_WAITS_DAYS_MAX)
            };
            small.extend(group.into_iter().filter(waited));
        }
    }
    if size(&small) >= FACES_TOLD_MIN {
        batch.rows.extend(rows(given, &small, &About::default()));
        told.extend(small);
    }
    told.sort_unstable();
    (told, batch)
}

/// One group as the province hears it: over the days from its first to its last.
fn rows(given: &[Given], group: &[usize], about: &About) -> Vec<BatchRow> {
    let of = || group.iter().map(|at| &given[*at]);
    let days = of().map(|given| given.day).min().zip(of().map(|given| given.day).max());
    let Some((from, until)) = days else { return vec![] };
    let mut counts: BTreeMap<(Face, Option<Reason>), u64> = BTreeMap::new();
    for given in of() {
        *counts.entry((given.face, given.reason)).or_default() += given.count;
    }
    counts
        .into_iter()
        .map(|((face, reason), count)| BatchRow {
            from,
            until,
            about: about.clone(),
            face,
            reason,
            count,
        })
        .collect()
}
