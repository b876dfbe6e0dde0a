//! Five faces, then thanks.

use jiff::Timestamp;

use super::{Around, Effect, Moved, News, Next, Step, Touch, seconds_between};

/// How long "thanks" stays.
const THANKS_SECS: i64 = 5;

#[derive(Clone, Debug, PartialEq)]
pub enum Rating {
    Asking,
    Thanking { since: Timestamp },
}

impl Rating {
    pub fn on(self, news: &News, around: &Around) -> Moved {
        match (self, news) {
            (Rating::Asking, News::Touch(Touch::Rate(score @ 1..=5))) => (
                Next::Stay(Step::Rating(Rating::Thanking { since: around.now })),
                vec![Effect::Rate(*score)],
            ),
            (Rating::Thanking { since }, News::Tick) if seconds_between(since, around.now) >= THANKS_SECS => {
                (Next::Rest, vec![])
            }
            (rating, _) => (Next::Stay(Step::Rating(rating)), vec![]),
        }
    }
}
