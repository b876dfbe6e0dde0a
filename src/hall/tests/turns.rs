//! Whose turn it is.

use super::*;

/// Who is served, one after the other, each in a minute.
fn served(day: &mut Day1, name: &str, count: usize) -> Vec<String> {
    let mut served = vec![];
    for _ in 0..count {
        day.passes(60);
        served.extend(day.serves_next(name).map(|label| label.compact()));
    }
    served
}

#[test]
fn between_two_who_go_first_some_ordinary_ones_are_called() {
    let mut day = Day1::begun();
    for _ in 0..6 {
        day.draws('A', Class::Ordinary);
    }
    for _ in 0..3 {
        day.draws('A', Class::Priority);
    }
    let expected = ["A007", "A001", "A002", "A008", "A003", "A004", "A009", "A005", "A006"];
    let line: Vec<_> = day.hall.line(series('A'), &day.rules, day.now);
    assert_eq!(line.iter().map(|label| label.compact()).collect::<Vec<_>>(), expected);
    assert_eq!(served(&mut day, "1", 9), expected);
}

#[test]
fn nobody_is_overtaken_for_longer_than_the_rules_say() {
    let mut day = Day1::begun();
    day.rules.ordinary_between = 0;
    day.rules.overtaken_minutes_max = 5;
    let ordinary = day.draws('A', Class::Ordinary);
    let mut calls = 0;
    loop {
        day.draws('A', Class::Priority);
        day.passes(60);
        calls += 1;
        if day.serves_next("1") == Some(ordinary) {
            break;
        }
        assert!(calls < 10, "nobody calls {ordinary}");
    }
    assert_eq!(calls, 6, "overtaken first after one minute, and for five");
}

#[test]
fn an_appointment_goes_first_from_its_time_on() {
    let mut day = Day1::begun();
    let at = day.now + SignedDuration::from_mins(10);
    let (walk_in, later) = (
        day.draws('A', Class::Ordinary),
        day.draws('A', Class::Appointment { at }),
    );
    let line = |day: &Day1| day.hall.line(series('A'), &day.rules, day.now);
    assert_eq!(line(&day), [walk_in, later]);
    day.passes(600);
    assert_eq!(line(&day), [later, walk_in]);
}

#[test]
fn a_counter_calls_the_series_that_it_prefers_until_others_wait_much_longer() {
    let mut day = Day1::begun();
    let other = day.draws('B', Class::Ordinary);
    day.passes(20 * 60);
    let preferred = day.draws('A', Class::Ordinary);
    assert_eq!(day.hall.next_for(&counter("2"), &day.rules, day.now), Some(preferred));
    assert_eq!(day.hall.next_for(&counter("1"), &day.rules, day.now), Some(preferred));
    day.serves_next("1");
    day.passes(1);
    day.draws('A', Class::Ordinary);
    assert_eq!(day.hall.next_for(&counter("2"), &day.rules, day.now), Some(other));
}

#[test]
fn whoever_staff_let_go_first_goes_first_once() {
    let mut day = Day1::begun();
    let (first, second) = (day.draws('A', Class::Ordinary), day.draws('A', Class::Ordinary));
    let Label { series, number } = second;
    let given = Event::PriorityGiven { series, number };
    day.does(given.clone()).unwrap();
    assert_eq!(day.does(given), Err(Illegal::FirstAlready(second)));
    assert_eq!(day.hall.line(series, &day.rules, day.now), [second, first]);
}
