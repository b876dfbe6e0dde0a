//! Five faces, then one reason, then thanks. Of a whole visit, or of the dossier that was just handed in.
//!
//! A face counts even if its giver goes away before a reason: what is chosen here is told once, when it is whole or
//! when it will not become so.

use jiff::Timestamp;

use super::{Around, Effect, Moved, News, Next, Step, Touch, seconds_between};
use crate::figures::{About, Face, Rated};

/// How long "thanks" stays.
const THANKS_SECS: i64 = 5;
/// How long a reason is waited for.
const REASON_SECS: i64 = 30;

#[derive(Clone, Debug, PartialEq)]
pub enum Rating {
    Asking {
        about: About,
    },
    /// The face is chosen, its reason is asked for.
    Why {
        about: About,
        face: Face,
        since: Timestamp,
    },
    Thanking {
        since: Timestamp,
    },
}

impl Rating {
    /// Of a visit without a dossier.
    pub fn of_visit() -> Self {
        Self::Asking {
            about: About::default(),
        }
    }

    pub fn on(self, news: &News, around: &Around) -> Moved {
        match self {
            Self::Asking { about } => match chosen(news) {
                Some(face) => stay(Self::Why {
                    about,
                    face,
                    since: around.now,
                }),
                None => stay(Self::Asking { about }),
            },
            Self::Why { about, face, since } => {
                let reason = match news {
                    News::Touch(Touch::Because(reason)) => Some(*reason),
                    News::Touch(Touch::Skip | Touch::Done) => None,
                    News::Tick if seconds_between(since, around.now) >= REASON_SECS => None,
                    News::Tick
                    | News::Touch(_)
                    | News::Hall(_)
                    | News::Paper(_)
                    | News::Code(_)
                    | News::Scan(_)
                    | News::Card(_)
                    | News::Keep(_)
                    | News::Province(_)
                    | News::Staff(_) => return stay(Self::Why { about, face, since }),
                };
                let thanking = Self::Thanking { since: around.now };
                let rated = Rated { face, reason, about };
                (Next::Stay(Step::Rating(thanking)), vec![Effect::Rate(rated)])
            }
            Self::Thanking { since } => match news {
                News::Tick if seconds_between(since, around.now) >= THANKS_SECS => (Next::Rest, vec![]),
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_) => stay(Self::Thanking { since }),
            },
        }
    }

    /// Another face may be chosen; from the faces one goes home.
    pub fn back(self) -> Moved {
        match self {
            Self::Why { about, .. } => stay(Self::Asking { about }),
            Self::Asking { .. } | Self::Thanking { .. } => (Next::Stay(Step::Home), vec![]),
        }
    }

    /// A face of which nobody has been told yet, if the visit ends now.
    pub fn untold(&self) -> Option<Effect> {
        match self {
            Self::Why { about, face, .. } => Some(Effect::Rate(Rated {
                face: *face,
                reason: None,
                about: about.clone(),
            })),
            Self::Asking { .. } | Self::Thanking { .. } => None,
        }
    }
}

fn chosen(news: &News) -> Option<Face> {
    match news {
        News::Touch(Touch::Rate(face)) => Face::try_from(*face).ok(),
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => None,
    }
}

fn stay(rating: Rating) -> Moved {
    (Next::Stay(Step::Rating(rating)), vec![])
}
