//! What of the hall a counter and a board are shown, as JSON. Numbers, counters and times: nobody's name is known here.

use jiff::Timestamp;
use serde::Serialize;

use crate::hall::{Class, Counter, CounterState, Errand, Hall, PauseReason, Rules, Sequence, Series, Stage};
use crate::ticket::{Label, SeriesLetter};

/// The hall as one counter sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CounterView {
    /// The last event of it. A later view has a greater one.
    pub sequence: Sequence,
    /// Whoever looks reckons times from this, not from a clock of their own. Milliseconds since 1970, as all times here.
    pub now: i64,
    pub counter: Counter,
    pub state: CounterIs,
    /// Whom the counter has.
    pub here: Option<Here>,
    /// Who would be called now.
    pub next: Option<Shown>,
    /// The queues it calls, the one it prefers first; of a closed counter, none.
    pub queues: Vec<QueueView>,
    /// Who was put aside here, or was absent too often.
    pub aside: Vec<Shown>,
    /// Queues that somebody can be sent to.
    pub all: Vec<QueueName>,
    /// Counters that are open.
    pub counters: Vec<Counter>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum CounterIs {
    Closed,
    Open,
    Paused { reason: PauseReason },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Here {
    #[serde(flatten)]
    pub who: Shown,
    /// Of the last call, or since when the person is served.
    pub since: i64,
    pub serving: bool,
    /// How often it was called.
    pub calls: u8,
    /// How often nobody came before.
    pub absent: u8,
}

/// A number, as it is shown: "A 012".
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    pub number: String,
    pub queue: SeriesLetter,
    pub drawn_at: i64,
    pub goes_first: bool,
    /// What the person came for, if they found it at a kiosk.
    pub errand: Option<Errand>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct QueueView {
    #[serde(flatten)]
    pub name: QueueName,
    pub waiting: usize,
    /// Since when the one waits who has waited longest.
    pub longest_since: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct QueueName {
    pub letter: SeriesLetter,
    pub name: String,
}

/// The hall as everybody in it sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BoardView {
    pub sequence: Sequence,
    pub now: i64,
    /// The latest first.
    pub calls: Vec<CallView>,
    pub queues: Vec<BoardQueue>,
    /// No more numbers today.
    pub closed: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CallView {
    pub number: String,
    pub counter: Counter,
    pub at: i64,
    /// 1 is the first call, each further one a recall.
    pub times: u8,
    /// The person has come.
    pub come: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BoardQueue {
    #[serde(flatten)]
    pub name: QueueName,
    /// The number called last.
    pub called: Option<String>,
    pub waiting: usize,
}

impl Hall {
    pub fn counter_view(&self, counter: &Counter, series: &[Series], rules: &Rules, now: Timestamp) -> CounterView {
        let (state, serves) = match self.counter(counter) {
            CounterState::Closed => (CounterIs::Closed, vec![]),
            CounterState::Open { serves } => (CounterIs::Open, serves.clone()),
            CounterState::Paused { reason } => (CounterIs::Paused { reason: *reason }, vec![]),
        };
        let shown = |label: Label| self.shown(label, now);
        let queue = |letter: &SeriesLetter| QueueView {
            name: name(series, *letter),
            waiting: self.waiting(*letter),
            longest_since: self.longest_since(*letter).map(Timestamp::as_millisecond),
        };
        CounterView {
            sequence: self.last(),
            now: now.as_millisecond(),
            counter: counter.clone(),
            state,
            here: self.here(counter, now),
            next: self.next_for(counter, rules, now).and_then(shown),
            queues: serves.iter().map(queue).collect(),
            aside: self.aside_for(counter).into_iter().filter_map(shown).collect(),
            all: series.iter().map(name_of).collect(),
            counters: self
                .counters()
                .filter(|(_, state)| state.is_open())
                .map(|(counter, _)| counter.clone())
                .collect(),
        }
    }

    fn here(&self, counter: &Counter, now: Timestamp) -> Option<Here> {
        let label = self.at_counter(counter)?;
        let place = self.place(label)?;
        let (since, serving, calls) = match &place.stage {
            Stage::Called { at, times, .. } => (*at, false, *times),
            Stage::Serving { since, .. } => (*since, true, 0),
            Stage::Waiting | Stage::Parked { .. } | Stage::Gone | Stage::Done | Stage::Void => return None,
        };
        Some(Here {
            who: self.shown(label, now)?,
            since: since.as_millisecond(),
            serving,
            calls,
            absent: place.absent,
        })
    }

    fn shown(&self, label: Label, now: Timestamp) -> Option<Shown> {
        let place = self.place(label)?;
        Some(Shown {
            number: label.to_string(),
            queue: place.queue,
            drawn_at: place.drawn_at.as_millisecond(),
            goes_first: place.class.goes_first(now) && place.class != Class::Ordinary,
            errand: self.errand(label).cloned(),
        })
    }

    pub fn board_view(&self, series: &[Series], now: Timestamp) -> BoardView {
        let come = |label| match self.place(label).map(|place| &place.stage) {
            Some(Stage::Called { .. }) | None => false,
            Some(
                Stage::Waiting | Stage::Serving { .. } | Stage::Parked { .. } | Stage::Gone | Stage::Done | Stage::Void,
            ) => true,
        };
        let calls = self.calls().map(|call| CallView {
            number: call.label.to_string(),
            counter: call.counter.clone(),
            at: call.at.as_millisecond(),
            times: call.times,
            come: come(call.label),
        });
        let queues = series.iter().map(|series| {
            let letter = series.letter;
            BoardQueue {
                name: name_of(series),
                called: self.called(letter).map(|number| {
                    let label = Label { series: letter, number };
                    label.to_string()
                }),
                waiting: self.waiting(letter),
            }
        });
        BoardView {
            sequence: self.last(),
            now: now.as_millisecond(),
            calls: calls.collect(),
            queues: queues.collect(),
            closed: self.is_closed(),
        }
    }
}

fn name_of(series: &Series) -> QueueName {
    QueueName {
        letter: series.letter,
        name: series.name.clone(),
    }
}

/// A queue that the configuration has no more is called by its letter.
fn name(series: &[Series], letter: SeriesLetter) -> QueueName {
    let configured = series.iter().find(|series| series.letter == letter);
    configured.map_or_else(
        || QueueName {
            letter,
            name: letter.to_string(),
        },
        name_of,
    )
}
