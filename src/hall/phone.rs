//! What one number's holder is shown on their phone, as JSON. A number, a queue and a counter: nobody's name is known here.

use jiff::Timestamp;
use serde::Serialize;

use crate::hall::{Counter, Hall, Rules, Stage, Wait};
use crate::ticket::{Label, SeriesLetter};

/// How one number stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PhoneView {
    pub number: String,
    /// The queue in which it is now.
    pub queue: SeriesLetter,
    #[serde(flatten)]
    pub stands: Stands,
    /// How often nobody came when it was called.
    pub absent: u8,
    /// The hall gives no more numbers today.
    pub closed: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Stands {
    Waiting {
        /// How many would be called before, if nobody else came.
        ahead: usize,
        /// Nothing while no counter calls this queue.
        from_minutes: Option<u32>,
        to_minutes: Option<u32>,
        /// The only counter that calls it.
        only: Option<Counter>,
    },
    Called {
        counter: Counter,
        /// 1 is the first call, each further one a recall: the phone sounds at each.
        times: u8,
    },
    Serving {
        counter: Counter,
    },
    /// Comes back to this counter.
    Parked {
        counter: Counter,
    },
    /// Was called too often and did not come.
    Gone,
    Done,
}

impl Hall {
    /// Nothing, if nobody has that number.
    pub fn phone_view(
        &self,
        label: Label,
        minutes_each: impl Fn(SeriesLetter) -> Option<u32>,
        rules: &Rules,
        now: Timestamp,
    ) -> Option<PhoneView> {
        let place = self.place(label)?;
        let stands = match &place.stage {
            Stage::Waiting => {
                let line = self.line(place.queue, rules, now);
                let wait = self.expected_wait(label, minutes_each(place.queue), rules, now);
                let (from_minutes, to_minutes) = wait.map(ends).unzip();
                Stands::Waiting {
                    // Who is kept for a counter goes before its line.
                    ahead: line.iter().position(|other| *other == label).unwrap_or_default(),
                    from_minutes,
                    to_minutes,
                    only: place.only.clone(),
                }
            }
            Stage::Called { counter, times, .. } => Stands::Called {
                counter: counter.clone(),
                times: *times,
            },
            Stage::Serving { counter, .. } => Stands::Serving {
                counter: counter.clone(),
            },
            Stage::Parked { counter } => Stands::Parked {
                counter: counter.clone(),
            },
            Stage::Gone | Stage::Void => Stands::Gone,
            Stage::Done => Stands::Done,
        };
        Some(PhoneView {
            number: label.to_string(),
            queue: place.queue,
            stands,
            absent: place.absent,
            closed: self.is_closed(),
        })
    }
}

const fn ends(wait: Wait) -> (u32, u32) {
    (wait.from_minutes, wait.to_minutes)
}
