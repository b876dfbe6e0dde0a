//! The day's figures: every event once, whatever order they came in.

use proptest::prelude::*;

use super::walks::log;
use super::*;
use crate::hall::day::{DayBook, DayView, Figures, Spread, export};

fn queues() -> Vec<Series> {
    let of = |letter| Series {
        letter: series(letter),
        name: letter.to_string(),
        counters: String::new(),
        first_number: 1,
        per_day_max: None,
    };
    vec![of('A'), of('B')]
}

fn book(events: &[Logged]) -> DayBook {
    let mut book = DayBook::new(Day::in_vietnam(morning()));
    events.iter().for_each(|logged| book.apply(logged));
    book
}

fn view(day: &Day1) -> DayView {
    book(&day.log).view(&queues(), day.now)
}

/// What counts people, in one order.
fn counts(of: &Figures) -> [usize; 9] {
    let Figures {
        drawn,
        calls,
        first_calls,
        absent,
        done,
        sent_on,
        parked,
        ..
    } = *of;
    let [drawn, calls, first, absent, done, sent_on, parked] =
        [drawn, calls, first_calls, absent, done, sent_on, parked].map(|count| count as usize);
    [
        drawn,
        calls,
        first,
        absent,
        done,
        sent_on,
        parked,
        of.wait.count,
        of.serve.count,
    ]
}

fn sum<'a>(all: impl Iterator<Item = &'a Figures>) -> [usize; 9] {
    all.map(counts)
        .fold([0; 9], |sum, one| std::array::from_fn(|at| sum[at] + one[at]))
}

/// Another way to the same sums: each event that could follow, by its kind.
fn recount(events: &[Logged]) -> [usize; 9] {
    let mut hall = Hall::new(Day::in_vietnam(morning()));
    let mut counts = [0; 9];
    let mut called = std::collections::BTreeSet::new();
    for logged in events {
        let before = hall.left_aside();
        let known = logged.event.label().is_none_or(|label| hall.place(label).is_some());
        hall.apply(logged);
        if hall.left_aside() > before {
            continue;
        }
        let left = match &logged.event {
            Event::Drawn { .. } | Event::DrawnApart { .. } => {
                counts[0] += 1;
                false
            }
            Event::Voided { .. } => {
                counts[0] -= 1;
                false
            }
            Event::Called { .. } => {
                let first = usize::from(called.insert(logged.event.label()));
                counts[1] += 1;
                counts[2] += first;
                counts[7] += if known { first } else { 0 };
                // Since when its holder waited at a kiosk that is cut off, nobody knows.
                counts[0] += usize::from(!known);
                false
            }
            Event::Absent { .. } => {
                counts[3] += 1;
                false
            }
            Event::Done { .. } => {
                counts[4] += 1;
                true
            }
            Event::Transferred { .. } => {
                counts[5] += 1;
                true
            }
            Event::Parked { .. } => {
                counts[6] += 1;
                true
            }
            Event::SeriesOpened { .. }
            | Event::SeriesClosed { .. }
            | Event::Leased { .. }
            | Event::Recalled { .. }
            | Event::Started { .. }
            | Event::Back { .. }
            | Event::PriorityGiven { .. }
            | Event::CameFor { .. }
            | Event::CounterOpened { .. }
            | Event::CounterPaused { .. }
            | Event::CounterClosed { .. }
            | Event::DayClosed => false,
        };
        counts[8] += usize::from(left);
    }
    counts
}

proptest! {
    #[test]
    fn sums_over_hours_series_and_counters_are_the_events_counted_plainly(events in log()) {
        let book = book(&events);
        let until = events.iter().map(|logged| logged.at).max().unwrap_or(morning());
        let view = book.view(&queues(), until);
        let total = counts(&view.total);
        prop_assert_eq!(total, recount(&events));
        prop_assert_eq!(sum(view.hours.iter().map(|hour| &hour.figures)), total);
        let by_both = view.hours.iter().flat_map(|hour| hour.series.iter().map(|(_, figures)| figures));
        prop_assert_eq!(sum(by_both), total);
        prop_assert_eq!(sum(view.series.iter().map(|one| &one.figures)), total);
        let mut at_counters = sum(view.counters.iter().map(|one| &one.figures));
        at_counters[0] = total[0];
        prop_assert_eq!(at_counters, total, "nobody draws at a counter, all else happens there");
        for one in &view.series {
            let on = one.standing;
            prop_assert_eq!(on.waiting + on.here + on.parked + on.gone + on.done, one.figures.drawn);
        }
        for one in &view.counters {
            prop_assert!(one.busy_secs <= one.open_secs, "{:?}", one);
        }
    }

    #[test]
    fn a_day_read_in_parts_and_a_day_read_twice_are_the_same(events in log(), cut in 0..150_usize) {
        let mut parts = book(&events[..cut.min(events.len())]);
        events.iter().for_each(|logged| parts.apply(logged));
        prop_assert_eq!(parts, book(&events));
    }

    #[test]
    fn of_any_times_the_middle_and_the_most_are_times_that_somebody_had(times in prop::collection::vec(0..9_000_u32, 1..200)) {
        let spread = Spread::of(&times);
        let (median, p90) = (spread.median_secs.unwrap(), spread.p90_secs.unwrap());
        prop_assert!(times.contains(&median) && times.contains(&p90));
        let within = |secs| times.iter().filter(|time| **time <= secs).count();
        prop_assert!(within(median) * 2 >= times.len() && within(p90) * 10 >= times.len() * 9);
        prop_assert_eq!(spread.longest_secs, times.iter().copied().max());
    }
}

#[test]
fn waiting_and_serving_are_reckoned_from_the_draw_and_from_who_came() {
    let mut day = Day1::begun();
    let (first, second) = (day.draws('A', Class::Ordinary), day.draws('A', Class::Ordinary));
    day.passes(300);
    day.calls("1", first).unwrap();
    day.passes(20);
    day.does(started(first)).unwrap();
    day.passes(240);
    day.does(done(first)).unwrap();
    // Nobody comes; on the second call they do, and are done without anybody saying that they came.
    day.calls("1", second).unwrap();
    day.passes(30);
    day.absent(second).unwrap();
    day.passes(60);
    day.calls("1", second).unwrap();
    day.passes(100);
    day.does(done(second)).unwrap();
    let view = view(&day);
    assert_eq!(counts(&view.total), [2, 3, 2, 1, 2, 0, 0, 2, 2]);
    assert_eq!(
        (view.total.wait.median_secs, view.total.wait.longest_secs),
        (Some(300), Some(560))
    );
    assert_eq!(
        (view.total.serve.median_secs, view.total.serve.longest_secs),
        (Some(100), Some(240))
    );
    let one = &view.counters[0];
    assert_eq!((one.busy_secs, one.open_secs), (20 + 240 + 30 + 100, 750));
    assert_eq!(view.standing.done, 2);
}

#[test]
fn a_counter_that_pauses_says_why_and_one_that_is_open_goes_on_until_now() {
    let mut day = Day1::begun();
    day.passes(600);
    let reason = PauseReason::Meeting;
    let pause = Event::CounterPaused {
        counter: counter("1"),
        reason,
    };
    day.does(pause).unwrap();
    day.passes(1_800);
    let view = view(&day);
    assert_eq!(
        (view.counters[0].open_secs, view.counters[0].paused_secs),
        (600, [0, 1_800, 0, 0])
    );
    assert_eq!((view.counters[0].is, view.counters[0].reason), ("paused", Some(reason)));
    assert_eq!((view.counters[1].open_secs, view.counters[1].is), (2_400, "open"));
}

#[test]
fn hours_without_anything_stand_between_those_with_something() {
    let mut day = Day1::begun();
    let first = day.draws('A', Class::Ordinary);
    day.passes(3 * 3_600);
    day.calls("1", first).unwrap();
    let view = view(&day);
    let hours: Vec<_> = view
        .hours
        .iter()
        .map(|one| (one.hour, one.figures.drawn, one.figures.calls))
        .collect();
    assert_eq!(hours, [(8, 1, 0), (9, 0, 0), (10, 0, 0), (11, 0, 1)]);
    let csv = export::hours(&view);
    let rows: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert_eq!(rows.len(), 3, "{csv}");
    assert_eq!(rows[1], "2026-11-23,8,A,1,0,0,0,0,0,0,0,,,,0,,,");
    assert_eq!(rows[2], "2026-11-23,11,A,0,1,1,0,0,0,0,1,10800,10800,10800,0,,,");
    let counters = export::counters(&view);
    for text in [csv, counters] {
        let fields = |row: &str| row.split(',').count();
        let rows: Vec<&str> = text.trim_end().split("\r\n").collect();
        assert!(rows.iter().all(|row| fields(row) == fields(rows[0])), "{text}");
    }
}
