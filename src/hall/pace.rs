//! How long somebody waits: from the day's own pace, as a range, never falsely precise.
//!
//! A number's time at its counter runs from its first call to its leaving, however it leaves; to it comes what a
//! counter takes until it calls the next while people wait. Of both the last [`SAMPLES_MAX`] count, beside what the
//! configuration expects, which weighs as much as [`PRIOR_SAMPLES`] people.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::hall::{CounterState, Hall, Rules};
use crate::ticket::{Label, SeriesLetter};

/// People of a queue whose times are remembered.
pub const SAMPLES_MAX: usize = 30;
/// What the configuration expects weighs as much as so many people.
const PRIOR_SAMPLES: f64 = 4.0;
/// A counter that does not call for longer has nobody to call, or its clerk is away, in seconds.
const GAP_SECS_MAX: i64 = 120;
/// A time at a counter that is longer was not ended in time, in seconds.
const SERVICE_SECS_MAX: i64 = 3_600;
/// Without a word of the configuration, in minutes.
const MINUTES_EACH: u32 = 6;
/// Times at a counter differ by at least so much of their mean; of people, half is common.
const SPREAD_MIN: f64 = 0.5;
/// What a model does not know, as a share of what it says: pauses, and people who leave.
const DOUBT: f64 = 0.15;
/// Ranges end at whole multiples of it, in minutes.
const STEP_MINUTES: u32 = 5;

/// From when to when somebody may expect to be called, in minutes from now. `from` 0: at once, perhaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub from_minutes: u32,
    pub to_minutes: u32,
}

/// Times of one queue, the latest last, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    services: VecDeque<u32>,
    gaps: VecDeque<u32>,
}

impl Pace {
    pub(super) fn served(&mut self, from: Timestamp, to: Timestamp) {
        push(&mut self.services, to.duration_since(from), SERVICE_SECS_MAX);
    }

    /// Between who left a counter and the next it called, where people waited all the while.
    pub(super) fn called_after(&mut self, left: Timestamp, called: Timestamp) {
        push(&mut self.gaps, called.duration_since(left), GAP_SECS_MAX);
    }

    /// Mean and deviation of one person's time, in seconds.
    fn each(&self, minutes_each: Option<u32>) -> (f64, f64) {
        let prior = f64::from(minutes_each.unwrap_or(MINUTES_EACH)) * 60.0;
        let (count, sum) = (self.services.len() as f64, sum(&self.services));
        let service = (sum + prior * PRIOR_SAMPLES) / (count + PRIOR_SAMPLES);
        let squares: f64 = self
            .services
            .iter()
            .map(|secs| (f64::from(*secs) - service).powi(2))
            .sum();
        let prior_variance = (prior * SPREAD_MIN).powi(2);
        let variance = (squares + prior_variance * PRIOR_SAMPLES) / (count + PRIOR_SAMPLES);
        let gap = sum_or(&self.gaps, 0.0);
        (service + gap, variance.sqrt().max(service * SPREAD_MIN))
    }
}

fn push(samples: &mut VecDeque<u32>, time: SignedDuration, secs_max: i64) {
    let secs = time.as_secs();
    if (0..=secs_max).contains(&secs) {
        if samples.len() == SAMPLES_MAX {
            samples.pop_front();
        }
        // Within its limit.
        samples.push_back(u32::try_from(secs).unwrap_or_default());
    }
}

fn sum(samples: &VecDeque<u32>) -> f64 {
    samples.iter().copied().map(f64::from).sum()
}

fn sum_or(samples: &VecDeque<u32>, none: f64) -> f64 {
    if samples.is_empty() {
        none
    } else {
        sum(samples) / samples.len() as f64
    }
}

impl Hall {
    /// How long the one with this label still waits; nothing if they do not wait, or nobody calls their queue now.
    pub fn expected_wait(
        &self,
        label: Label,
        minutes_each: Option<u32>,
        rules: &Rules,
        now: Timestamp,
    ) -> Option<Wait> {
        let queue = self.place(label).filter(|place| place.is_waiting())?.queue;
        let line = self.line(queue, rules, now);
        // Who is kept for a counter goes before that counter's line.
        let before = line.iter().position(|other| *other == label).unwrap_or_default();
        self.wait_behind(queue, before, minutes_each)
    }

    /// How long somebody would wait who drew now, behind so many; nothing if nobody calls that queue now.
    pub fn wait_behind(&self, queue: SeriesLetter, before: usize, minutes_each: Option<u32>) -> Option<Wait> {
        let (hands, free) = self.hands(queue);
        if hands <= 0.0 {
            return None;
        }
        let (mean, deviation) = self.pace(queue).each(minutes_each);
        let people = (before as f64 + 1.0 - free).max(0.0);
        let expected = people * mean / hands;
        let spread = (people.sqrt() * deviation / hands).hypot(expected * DOUBT);
        let whole = |secs: f64| (secs / 60.0 / f64::from(STEP_MINUTES)).max(0.0);
        Some(Wait {
            from_minutes: whole(expected - spread).floor() as u32 * STEP_MINUTES,
            to_minutes: (whole(expected + spread).ceil() as u32).max(1) * STEP_MINUTES,
        })
    }

    /// How many counters work for this queue, one that calls others too counting in part; and how many of them have
    /// nobody.
    fn hands(&self, queue: SeriesLetter) -> (f64, f64) {
        let mut hands = 0.0;
        let mut free = 0.0;
        for (counter, state) in self.counters() {
            let CounterState::Open { serves } = state else { continue };
            if !serves.contains(&queue) {
                continue;
            }
            let asked = serves
                .iter()
                .filter(|other| **other != queue && self.waiting(**other) > 0);
            let share = 1.0 / (1.0 + asked.count() as f64);
            hands += share;
            if self.at_counter(counter).is_none() {
                free += share;
            }
        }
        (hands, free)
    }
}
