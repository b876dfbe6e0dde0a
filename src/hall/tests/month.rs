//! A month of days at a centre, as they might go: arrivals with two peaks, three counters that pause, and many who go
//! first. What the rules promise holds on each of them, and what people were told was not far off.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

const DAYS: u64 = 22;
const PEOPLE_A_DAY: usize = 180;
const OPEN_SECS: i64 = 8 * 3_600;
const COUNTERS: [&str; 3] = ["1", "2", "3"];
/// Nobody at a counter is there for longer, in seconds.
const SERVICE_SECS_MAX: i64 = 25 * 60;

/// Somebody who comes.
struct Comer {
    at_secs: i64,
    class: Class,
}

fn comers(rng: &mut StdRng) -> Vec<Comer> {
    let mut comers: Vec<Comer> = (0..PEOPLE_A_DAY)
        .map(|_| {
            // Half come around nine and two, the others when they like.
            let peak = if rng.random_bool(0.5) { 5_400.0 } else { 23_400.0 };
            let around = (0..4).map(|_| rng.random_range(-2_400.0..2_400.0)).sum::<f64>() / 2.0;
            let any = rng.random_range(0.0..OPEN_SECS as f64 * 0.9);
            let at = if rng.random_bool(0.5) { peak + around } else { any };
            let goes_first = rng.random_bool(0.3);
            Comer {
                at_secs: at as i64,
                class: if goes_first { Class::Priority } else { Class::Ordinary },
            }
        })
        .collect();
    comers.sort_by_key(|comer| comer.at_secs);
    comers
}

fn service_secs(rng: &mut StdRng) -> i64 {
    // Most are quick, few take long.
    let tail: f64 = -rng.random_range(0.0_f64..1.0).max(1e-9).ln();
    ((90.0 + 240.0 * tail) as i64).min(SERVICE_SECS_MAX)
}

/// What one day showed.
#[derive(Default)]
struct Seen {
    waits_ordinary: Vec<i64>,
    waits_first: Vec<i64>,
    /// From the first time that somebody was overtaken to the last.
    overtaken_secs_max: i64,
    told: u32,
    held: u32,
}

struct Told {
    at: Timestamp,
    wait: Wait,
}

fn day(rng: &mut StdRng, seen: &mut Seen) {
    let mut day = Day1::begun();
    day.opens("3", "A");
    let mut comers = comers(rng).into_iter().peekable();
    let mut busy_until = [0_i64; 3];
    let mut told = std::collections::BTreeMap::new();
    let mut secs = 0;
    loop {
        while let Some(comer) = comers.next_if(|comer| comer.at_secs <= secs) {
            let label = day.draws('A', comer.class);
            if let Some(wait) = day.hall.expected_wait(label, Some(5), &day.rules, day.now) {
                told.insert(label, Told { at: day.now, wait });
            }
        }
        for (at, name) in COUNTERS.into_iter().enumerate() {
            if busy_until[at] > secs {
                continue;
            }
            if let Some(label) = day.hall.at_counter(&counter(name)) {
                day.does(done(label)).unwrap();
            }
            pause_or_work(&mut day, rng, name);
            let Some(next) = day.hall.next_for(&counter(name), &day.rules, day.now) else {
                continue;
            };
            note(&day, next, told.remove(&next), seen);
            day.calls(name, next).unwrap();
            busy_until[at] = secs + service_secs(rng);
        }
        if comers.peek().is_none() && day.hall.waiting(series('A')) == 0 {
            break;
        }
        secs += 10;
        day.passes(10);
        assert!(
            secs < 2 * OPEN_SECS,
            "the day does not end: {} wait",
            day.hall.waiting(series('A'))
        );
    }
    assert_eq!(day.hall.left_aside(), 0);
    assert_eq!(Hall::after(day.hall.day(), &day.log), day.hall);
}

/// Now and then a clerk goes away, and comes back a while later.
fn pause_or_work(day: &mut Day1, rng: &mut StdRng, name: &str) {
    let counter = counter(name);
    if day.hall.counter(&counter).is_paused() {
        if rng.random_bool(0.02) {
            day.opens(name, "A");
        }
    } else if rng.random_bool(0.02) {
        let reason = PauseReason::Break;
        day.does(Event::CounterPaused { counter, reason }).unwrap();
    }
}

/// Before somebody is called.
fn note(day: &Day1, label: Label, told: Option<Told>, seen: &mut Seen) {
    let place = day.hall.place(label).unwrap();
    let waited = day.now.duration_since(place.drawn_at).as_secs();
    if place.class == Class::Ordinary {
        seen.waits_ordinary.push(waited);
    } else {
        seen.waits_first.push(waited);
    }
    let earlier = |other: &Place| other.queue == place.queue && other.turn < place.turn;
    for (_, other) in day.hall.waiting_places().filter(|(_, other)| earlier(other)) {
        let first = other.overtaken_since.unwrap_or(day.now);
        let secs = day.now.duration_since(first).as_secs();
        seen.overtaken_secs_max = seen.overtaken_secs_max.max(secs);
    }
    if let Some(told) = told {
        let minutes = day.now.duration_since(told.at).as_secs() as f64 / 60.0;
        let range = f64::from(told.wait.from_minutes)..=f64::from(told.wait.to_minutes);
        seen.told += 1;
        seen.held += u32::from(range.contains(&minutes));
    }
}

fn mean(times: &[i64]) -> i64 {
    times.iter().sum::<i64>() / i64::try_from(times.len()).unwrap().max(1)
}

#[test]
fn in_a_month_of_days_nobody_starves_and_most_were_told_the_truth() {
    let mut rng = StdRng::seed_from_u64(5);
    let mut seen = Seen::default();
    for _ in 0..DAYS {
        day(&mut rng, &mut seen);
    }
    let people = seen.waits_ordinary.len() + seen.waits_first.len();
    assert_eq!(people, DAYS as usize * PEOPLE_A_DAY, "each was called");
    assert!(
        mean(&seen.waits_first) < mean(&seen.waits_ordinary),
        "who goes first waits less: {} and {} s",
        mean(&seen.waits_first),
        mean(&seen.waits_ordinary)
    );
    let cap = i64::from(Rules::default().overtaken_minutes_max) * 60;
    println!(
        "{people} people: ordinary {} s, first {} s, overtaken at most {} s (cap {cap}), told right {} of {}",
        mean(&seen.waits_ordinary),
        mean(&seen.waits_first),
        seen.overtaken_secs_max,
        seen.held,
        seen.told
    );
    assert!(
        (1..cap).contains(&seen.overtaken_secs_max),
        "somebody was overtaken for {} s",
        seen.overtaken_secs_max
    );
    assert!(seen.held * 2 > seen.told, "{} of {}", seen.held, seen.told);
}
