//! How long somebody is told to wait.

use super::*;

fn wait(from_minutes: u32, to_minutes: u32) -> Wait {
    Wait {
        from_minutes,
        to_minutes,
    }
}

fn expects(day: &Day1, label: Label) -> Option<Wait> {
    day.hall.expected_wait(label, Some(6), &day.rules, day.now)
}

#[test]
fn before_anybody_was_served_the_configuration_is_believed() {
    let mut day = Day1::begun();
    let labels: Vec<_> = (0..10).map(|_| day.draws('A', Class::Ordinary)).collect();
    // Two counters are free: the first two go at once.
    assert_eq!(expects(&day, labels[0]), Some(wait(0, 5)));
    assert_eq!(expects(&day, labels[9]), Some(wait(15, 30)));
    assert_eq!(expects(&day, label("B001")), None, "nobody has it");
}

#[test]
fn the_day_s_own_pace_is_learned() {
    let mut day = Day1::begun();
    for _ in 0..30 {
        let label = day.draws('A', Class::Ordinary);
        day.calls("1", label).unwrap();
        day.passes(60);
        day.does(done(label)).unwrap();
    }
    let labels: Vec<_> = (0..12).map(|_| day.draws('A', Class::Ordinary)).collect();
    let quick = expects(&day, labels[11]).unwrap();
    assert!(quick.to_minutes <= 15, "{quick:?}");
}

#[test]
fn where_nobody_calls_nothing_is_promised() {
    let mut day = Day1::begun();
    let label = day.draws('B', Class::Ordinary);
    assert!(expects(&day, label).is_some());
    day.does(Event::CounterClosed { counter: counter("2") }).unwrap();
    assert_eq!(expects(&day, label), None);
}

#[test]
fn what_was_not_ended_in_time_spoils_no_estimate() {
    let mut day = Day1::begun();
    let first = day.draws('A', Class::Ordinary);
    day.calls("1", first).unwrap();
    day.passes(5 * 3_600);
    day.does(done(first)).unwrap();
    let second = day.draws('A', Class::Ordinary);
    assert_eq!(expects(&day, second), Some(wait(0, 5)));
}
