//! The figures of a day as a manager is shown them, as JSON.

use jiff::Timestamp;
use serde::Serialize;

use super::{CounterBook, DayBook, Is, Tally};
use crate::hall::{Counter, PauseReason, Series, Stage};
use crate::ticket::{Day, SeriesLetter};

/// Of the waits, so many in a hundred were not longer than [`Spread::p90_secs`].
const MOST_PERCENT: usize = 90;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DayView {
    pub day: Day,
    /// Up to when it counts, in milliseconds since 1970, as all moments here.
    pub until: i64,
    /// No more numbers.
    pub closed: bool,
    pub total: Figures,
    /// Where the day's numbers stand: of `drawn`, each is in exactly one place.
    pub standing: Standing,
    pub series: Vec<SeriesDay>,
    /// Every hour from the first with an event to the last.
    pub hours: Vec<HourDay>,
    pub counters: Vec<CounterDay>,
    /// Events in the log that could not follow and count nowhere.
    pub left_aside: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Figures {
    pub drawn: u32,
    pub calls: u32,
    pub first_calls: u32,
    pub absent: u32,
    pub done: u32,
    pub sent_on: u32,
    pub parked: u32,
    pub wait: Spread,
    pub serve: Spread,
}

/// Of times in seconds; nothing where there were none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Spread {
    pub count: usize,
    pub median_secs: Option<u32>,
    pub p90_secs: Option<u32>,
    pub longest_secs: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Standing {
    pub waiting: u32,
    /// At a counter, or on the way to it.
    pub here: u32,
    pub parked: u32,
    /// Called too often, and not come.
    pub gone: u32,
    pub done: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SeriesDay {
    pub letter: SeriesLetter,
    pub name: String,
    pub closed: bool,
    #[serde(flatten)]
    pub figures: Figures,
    pub standing: Standing,
    /// Those whom this queue's counters have to call: also who was sent on to it.
    pub in_queue: usize,
    pub longest_since: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct HourDay {
    /// Of Vietnam's clock: 8 is from 8:00 to 8:59.
    pub hour: i8,
    #[serde(flatten)]
    pub figures: Figures,
    pub series: Vec<(SeriesLetter, Figures)>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CounterDay {
    pub counter: Counter,
    /// "open", "paused" or "closed".
    pub is: &'static str,
    pub reason: Option<PauseReason>,
    #[serde(flatten)]
    pub figures: Figures,
    pub busy_secs: u64,
    pub open_secs: u64,
    /// For a break, a meeting, a fault, another reason.
    pub paused_secs: [u64; 4],
}

impl DayBook {
    /// What the day comes to until `until`: counters that are open or pause, and whoever is at one, go on until then.
    pub fn view(&self, series: &[Series], until: Timestamp) -> DayView {
        let until = until.max(self.now);
        let mut total = Tally::default();
        self.tallies.values().for_each(|tally| total.add(tally));
        let series = self.letters(series).into_iter();
        let series: Vec<SeriesDay> = series.map(|(letter, name)| self.series_day(letter, name)).collect();
        let mut standing = Standing::default();
        series.iter().for_each(|one| standing.add(one.standing));
        DayView {
            day: self.day(),
            until: until.as_millisecond(),
            closed: self.hall.is_closed(),
            total: total.figures(),
            standing,
            series,
            hours: self.hours(),
            counters: self.counter_days(until),
            left_aside: self.hall.left_aside(),
        }
    }

    /// Those of the configuration in its order, and any other that the day had.
    fn letters(&self, series: &[Series]) -> Vec<(SeriesLetter, String)> {
        let mut letters: Vec<_> = series.iter().map(|one| (one.letter, one.name.clone())).collect();
        for (_, letter) in self.tallies.keys() {
            if !letters.iter().any(|(known, _)| known == letter) {
                letters.push((*letter, letter.to_string()));
            }
        }
        letters
    }

    fn series_day(&self, letter: SeriesLetter, name: String) -> SeriesDay {
        let mut tally = Tally::default();
        let mine = self.tallies.iter().filter(|((_, of), _)| *of == letter);
        mine.for_each(|(_, hour)| tally.add(hour));
        let mut standing = Standing::default();
        for (_, place) in self.hall.places().filter(|(label, _)| label.series == letter) {
            let sum = match place.stage {
                Stage::Waiting => &mut standing.waiting,
                Stage::Called { .. } | Stage::Serving { .. } => &mut standing.here,
                Stage::Parked { .. } => &mut standing.parked,
                Stage::Gone => &mut standing.gone,
                Stage::Done => &mut standing.done,
                // Nobody has it.
                Stage::Void => continue,
            };
            *sum += 1;
        }
        SeriesDay {
            letter,
            name,
            closed: self.hall.is_series_closed(letter),
            figures: tally.figures(),
            standing,
            in_queue: self.hall.waiting(letter),
            longest_since: self.hall.longest_since(letter).map(Timestamp::as_millisecond),
        }
    }

    fn hours(&self) -> Vec<HourDay> {
        let mut hours = self.tallies.keys().map(|(hour, _)| *hour);
        let Some(first) = hours.next() else { return vec![] };
        let last = hours.next_back().unwrap_or(first);
        let day = |hour| {
            let of_hour = self.tallies.iter().filter(|((of, _), _)| *of == hour);
            let mut total = Tally::default();
            of_hour.clone().for_each(|(_, tally)| total.add(tally));
            HourDay {
                hour,
                figures: total.figures(),
                series: of_hour.map(|((_, letter), tally)| (*letter, tally.figures())).collect(),
            }
        };
        (first..=last).map(day).collect()
    }

    fn counter_days(&self, until: Timestamp) -> Vec<CounterDay> {
        let days = self.counters.iter().map(|(counter, book)| {
            let mut book: CounterBook = book.clone();
            book.spend(until);
            let at_it = self.here.values().filter(|here| here.counter == *counter);
            let still: u64 = at_it.map(|here| u64::from(super::secs(here.called, until))).sum();
            let (is, reason) = match book.is {
                Is::Closed => ("closed", None),
                Is::Open => ("open", None),
                Is::Paused(reason) => ("paused", Some(reason)),
            };
            CounterDay {
                counter: counter.clone(),
                is,
                reason,
                figures: book.tally.figures(),
                busy_secs: book.busy_secs + still,
                open_secs: book.open_secs,
                paused_secs: book.paused_secs,
            }
        });
        days.collect()
    }
}

impl Standing {
    fn add(&mut self, other: Self) {
        self.waiting += other.waiting;
        self.here += other.here;
        self.parked += other.parked;
        self.gone += other.gone;
        self.done += other.done;
    }
}

impl Tally {
    fn figures(&self) -> Figures {
        Figures {
            drawn: self.drawn,
            calls: self.calls,
            first_calls: self.first_calls,
            absent: self.absent,
            done: self.done,
            sent_on: self.sent_on,
            parked: self.parked,
            wait: Spread::of(&self.waits),
            serve: Spread::of(&self.serves),
        }
    }
}

impl Spread {
    /// By nearest rank: each is a time that somebody really had.
    pub fn of(times_secs: &[u32]) -> Self {
        let mut sorted = times_secs.to_vec();
        sorted.sort_unstable();
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.checked_sub(1)?).copied()
        };
        Self {
            count: sorted.len(),
            median_secs: at(50),
            p90_secs: at(MOST_PERCENT),
            longest_secs: sorted.last().copied(),
        }
    }
}
