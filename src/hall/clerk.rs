//! What somebody at a counter asks for, and the event that comes of it by the rules of the centre.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hall::{Counter, CounterState, Event, Hall, Illegal, PauseReason, Rules, Stage};
use crate::ticket::{Label, SeriesLetter};

/// What a clerk does. Whoever has a number in mind names it; the others are about whom the counter has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// The counter begins, or goes on. The series it calls, the one it prefers first.
    Open {
        serves: Vec<SeriesLetter>,
    },
    Pause {
        reason: PauseReason,
    },
    Close,
    /// Whose turn it is.
    Next,
    /// A certain number: of who was put aside, was absent, or is wanted out of turn.
    Call {
        number: Label,
    },
    Recall,
    /// The person is there.
    Start,
    Done,
    Absent,
    /// The person fetches something.
    Park,
    /// Who was put aside or absent waits again.
    Back {
        number: Label,
    },
    Transfer {
        to: SeriesLetter,
        #[serde(default)]
        to_counter: Option<Counter>,
    },
    /// Lets somebody go first who cannot wait long.
    GoFirst {
        number: Label,
    },
}

impl Act {
    /// For the audit: what was done, to which number.
    pub fn word(&self, event: &Event) -> String {
        let act = match self {
            Self::Open { .. } => "opened",
            Self::Pause { .. } => "paused",
            Self::Close => "closed",
            Self::Next | Self::Call { .. } => "called",
            Self::Recall => "recalled",
            Self::Start => "started",
            Self::Done => "done",
            Self::Absent => "absent",
            Self::Park => "put aside",
            Self::Back { .. } => "back",
            Self::Transfer { .. } => "sent on",
            Self::GoFirst { .. } => "let go first",
        };
        event
            .label()
            .map_or_else(|| act.to_owned(), |label| format!("{act} {label}"))
    }
}

/// Why nothing comes of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    #[error("nobody waits for this counter")]
    NobodyWaits,
    #[error("the counter has nobody")]
    NobodyThere,
    #[error(transparent)]
    Illegal(#[from] Illegal),
}

impl Hall {
    /// The event that `act` at `counter` is.
    ///
    /// # Errors
    /// It may not follow, or there is nobody whom it could be about.
    pub fn act(&self, counter: &Counter, act: &Act, rules: &Rules, now: Timestamp) -> Result<Event, NotDone> {
        let event = self.event_of(counter, act, rules, now)?;
        self.check_at(&event, rules, now)?;
        Ok(event)
    }

    fn event_of(&self, counter: &Counter, act: &Act, rules: &Rules, now: Timestamp) -> Result<Event, NotDone> {
        let counter = counter.clone();
        let here = || self.at_counter(&counter).ok_or(NotDone::NobodyThere);
        Ok(match act {
            Act::Open { serves } => Event::CounterOpened {
                serves: serves.clone(),
                counter,
            },
            Act::Pause { reason } => Event::CounterPaused {
                reason: *reason,
                counter,
            },
            Act::Close => Event::CounterClosed { counter },
            Act::Next => {
                // Why it may not call is said before that nobody waits.
                if self.at_counter(&counter).is_some() {
                    return Err(Illegal::CounterBusy(counter).into());
                }
                if !matches!(self.counter(&counter), CounterState::Open { .. }) {
                    return Err(Illegal::CounterNotOpen(counter).into());
                }
                let next = self.next_for(&counter, rules, now).ok_or(NotDone::NobodyWaits)?;
                called(next, counter)
            }
            Act::Call { number } => called(*number, counter),
            Act::Recall => {
                let Label { series, number } = here()?;
                Event::Recalled { series, number }
            }
            Act::Start => {
                let Label { series, number } = here()?;
                Event::Started { series, number }
            }
            Act::Done => {
                let Label { series, number } = here()?;
                Event::Done { series, number }
            }
            Act::Absent => {
                let label = here()?;
                let Label { series, number } = label;
                let before = self.place(label).map_or(0, |place| place.absent);
                let then = rules.after_absence(before);
                Event::Absent { series, number, then }
            }
            Act::Park => {
                let Label { series, number } = here()?;
                Event::Parked { series, number }
            }
            Act::Back { number } => {
                let Label { series, number } = *number;
                Event::Back { series, number }
            }
            Act::Transfer { to, to_counter } => {
                let Label { series, number } = here()?;
                Event::Transferred {
                    series,
                    number,
                    to: *to,
                    to_counter: to_counter.clone(),
                }
            }
            Act::GoFirst { number } => {
                let Label { series, number } = *number;
                Event::PriorityGiven { series, number }
            }
        })
    }

    /// Those whom `counter` may fetch out of turn: put aside here, or called often enough and not come. In their order.
    pub fn aside_for(&self, counter: &Counter) -> Vec<Label> {
        let CounterState::Open { serves } = self.counter(counter) else {
            return vec![];
        };
        let mine = |stage: &Stage| match stage {
            Stage::Parked { counter: at } => Some(at == counter),
            Stage::Gone => Some(true),
            Stage::Waiting | Stage::Called { .. } | Stage::Serving { .. } | Stage::Done | Stage::Void => None,
        };
        self.places()
            .filter(|(_, place)| serves.contains(&place.queue) || matches!(place.stage, Stage::Parked { .. }))
            .filter(|(_, place)| mine(&place.stage) == Some(true))
            .map(|(label, _)| label)
            .collect()
    }
}

fn called(label: Label, counter: Counter) -> Event {
    let Label { series, number } = label;
    Event::Called {
        series,
        number,
        counter,
    }
}
