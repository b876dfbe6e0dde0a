//! The fold: what may follow what, and what follows from it.

mod clerks;
mod days;
mod month;
mod turns;
mod waits;
mod walks;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::ticket::{Day, Label};

fn morning() -> Timestamp {
    "2026-11-23T01:00:00Z".parse().unwrap()
}

fn series(letter: char) -> SeriesLetter {
    letter.try_into().unwrap()
}

fn counter(name: &str) -> Counter {
    name.parse().unwrap()
}

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

/// A hall and its clock.
struct Day1 {
    hall: Hall,
    log: Vec<Logged>,
    now: Timestamp,
    rules: Rules,
}

impl Day1 {
    /// Counters 1 and 2 are open: for A, and for A before B.
    fn begun() -> Self {
        let mut day = Self {
            hall: Hall::new(Day::in_vietnam(morning())),
            log: vec![],
            now: morning(),
            rules: Rules::default(),
        };
        day.opens("1", "A");
        day.opens("2", "AB");
        day
    }

    fn passes(&mut self, secs: i64) {
        self.now += SignedDuration::from_secs(secs);
    }

    fn does(&mut self, event: Event) -> Result<(), Illegal> {
        self.hall.check_at(&event, &self.rules, self.now)?;
        let logged = Logged {
            sequence: Sequence(self.hall.last().0 + 1),
            at: self.now,
            event,
        };
        self.hall.apply(&logged);
        self.log.push(logged);
        Ok(())
    }

    fn opens(&mut self, name: &str, serves: &str) {
        let counter = counter(name);
        let serves = serves.chars().map(series).collect();
        self.does(Event::CounterOpened { counter, serves }).unwrap();
    }

    /// Draws the next of a series.
    fn draws(&mut self, letter: char, class: Class) -> Label {
        let last = self.hall.places_of(series(letter));
        let number = last + 1;
        let series = series(letter);
        self.does(Event::Drawn { series, number, class }).unwrap();
        Label { series, number }
    }

    fn calls(&mut self, name: &str, label: Label) -> Result<(), Illegal> {
        let Label { series, number } = label;
        let counter = counter(name);
        self.does(Event::Called {
            series,
            number,
            counter,
        })
    }

    /// The next at a counter, who is done at once.
    fn serves_next(&mut self, name: &str) -> Option<Label> {
        let next = self.hall.next_for(&counter(name), &self.rules, self.now)?;
        self.calls(name, next).unwrap();
        self.does(done(next)).unwrap();
        Some(next)
    }

    fn absent(&mut self, label: Label) -> Result<(), Illegal> {
        let before = self.hall.place(label).map_or(0, |place| place.absent);
        let then = self.rules.after_absence(before);
        let Label { series, number } = label;
        self.does(Event::Absent { series, number, then })
    }
}

impl Hall {
    fn places_of(&self, series: SeriesLetter) -> u32 {
        (1..)
            .take_while(|number| {
                self.place(Label {
                    series,
                    number: *number,
                })
                .is_some()
            })
            .count() as u32
    }
}

fn done(Label { series, number }: Label) -> Event {
    Event::Done { series, number }
}

fn started(Label { series, number }: Label) -> Event {
    Event::Started { series, number }
}

fn recalled(Label { series, number }: Label) -> Event {
    Event::Recalled { series, number }
}

fn parked(Label { series, number }: Label) -> Event {
    Event::Parked { series, number }
}

fn back(Label { series, number }: Label) -> Event {
    Event::Back { series, number }
}

fn transferred(Label { series, number }: Label, to: char, to_counter: Option<&str>) -> Event {
    Event::Transferred {
        series,
        number,
        to: self::series(to),
        to_counter: to_counter.map(counter),
    }
}

#[test]
fn what_is_in_the_log_reads_as_it_was_written() {
    let letter = series('A');
    let at = morning();
    let written = [
        (
            Event::Drawn {
                series: letter,
                number: 7,
                class: Class::Ordinary,
            },
            r#"{"event":"drawn","series":"A","number":7}"#,
        ),
        (
            Event::Drawn {
                series: letter,
                number: 8,
                class: Class::Priority,
            },
            r#"{"event":"drawn","series":"A","number":8,"class":"priority"}"#,
        ),
        (
            Event::Drawn {
                series: letter,
                number: 9,
                class: Class::Appointment { at },
            },
            r#"{"event":"drawn","series":"A","number":9,"class":{"appointment":{"at":"2026-11-23T01:00:00Z"}}}"#,
        ),
        (
            Event::Called {
                series: letter,
                number: 7,
                counter: counter("3"),
            },
            r#"{"event":"called","series":"A","number":7,"counter":"3"}"#,
        ),
        (
            Event::Absent {
                series: letter,
                number: 7,
                then: AfterAbsence::Behind(3),
            },
            r#"{"event":"absent","series":"A","number":7,"then":{"behind":3}}"#,
        ),
        (
            Event::CounterPaused {
                counter: counter("12B"),
                reason: PauseReason::Break,
            },
            r#"{"event":"counter-paused","counter":"12B","reason":"break"}"#,
        ),
        (
            transferred(label("A7"), 'B', None),
            r#"{"event":"transferred","series":"A","number":7,"to":"B"}"#,
        ),
        (Event::DayClosed, r#"{"event":"day-closed"}"#),
    ];
    for (event, text) in written {
        assert_eq!(serde_json::to_string(&event).unwrap(), text);
        assert_eq!(serde_json::from_str::<Event>(text).unwrap(), event);
    }
}

#[test]
fn a_counters_name_is_short_and_plain() {
    for wrong in ["", "1234567", "3 4", "quầy-3", "<b>"] {
        assert!(wrong.parse::<Counter>().is_err(), "{wrong:?}");
    }
    assert_eq!(counter("12B").to_string(), "12B");
}

#[test]
fn two_counters_never_have_the_same_person_and_no_counter_has_two() {
    let mut day = Day1::begun();
    let (first, second) = (day.draws('A', Class::Ordinary), day.draws('A', Class::Ordinary));
    day.calls("1", first).unwrap();
    assert_eq!(day.calls("2", first), Err(Illegal::Elsewhere(first)));
    assert_eq!(day.calls("1", second), Err(Illegal::CounterBusy(counter("1"))));
    assert_eq!(day.calls("7", second), Err(Illegal::CounterNotOpen(counter("7"))));
    day.calls("2", second).unwrap();
    assert_eq!(day.hall.at_counter(&counter("1")), Some(first));
    assert_eq!(day.hall.waiting(series('A')), 0);
}

#[test]
fn a_number_is_called_again_only_after_it_was_heard_and_stands_once_on_the_board() {
    let mut day = Day1::begun();
    let (first, second) = (day.draws('A', Class::Ordinary), day.draws('A', Class::Ordinary));
    assert_eq!(day.does(recalled(first)), Err(Illegal::Elsewhere(first)));
    day.calls("1", first).unwrap();
    day.passes(4);
    assert_eq!(day.does(recalled(first)), Err(Illegal::TooSoon(first)));
    day.calls("2", second).unwrap();
    day.passes(1);
    day.does(recalled(first)).unwrap();
    let calls: Vec<_> = day.hall.calls().map(|call| (call.label, call.times)).collect();
    assert_eq!(calls, [(first, 2), (second, 1)]);
    day.does(started(first)).unwrap();
    assert_eq!(day.does(recalled(first)), Err(Illegal::Elsewhere(first)));
}

#[test]
fn who_does_not_come_waits_behind_some_others_and_is_gone_the_third_time() {
    let mut day = Day1::begun();
    let labels: Vec<_> = (0..6).map(|_| day.draws('A', Class::Ordinary)).collect();
    for _ in 0..2 {
        day.calls("1", labels[0]).unwrap();
        day.absent(labels[0]).unwrap();
        assert_eq!(day.hall.ahead(labels[0]), 3);
    }
    day.calls("1", labels[0]).unwrap();
    day.absent(labels[0]).unwrap();
    assert_eq!(day.hall.place(labels[0]).unwrap().stage, Stage::Gone);
    assert_eq!(day.hall.waiting(series('A')), 5);
    // They were only in the other room.
    day.does(back(labels[0])).unwrap();
    assert_eq!(day.hall.ahead(labels[0]), 5);
    assert_eq!(day.hall.place(labels[0]).unwrap().absent, 0);
}

#[test]
fn who_was_put_aside_comes_back_to_the_same_counter_before_all_others() {
    let mut day = Day1::begun();
    let (first, second) = (day.draws('A', Class::Ordinary), day.draws('A', Class::Ordinary));
    day.calls("1", first).unwrap();
    day.does(started(first)).unwrap();
    day.does(parked(first)).unwrap();
    assert_eq!(day.hall.next_for(&counter("1"), &day.rules, day.now), Some(second));
    day.does(back(first)).unwrap();
    assert_eq!(day.hall.next_for(&counter("1"), &day.rules, day.now), Some(first));
    assert_eq!(day.hall.next_for(&counter("2"), &day.rules, day.now), Some(second));
    assert_eq!(day.calls("2", first), Err(Illegal::ForAnother(first)));
    // Their counter closes: anybody may call them.
    let closed = Event::CounterClosed { counter: counter("1") };
    day.does(closed).unwrap();
    assert_eq!(day.hall.next_for(&counter("2"), &day.rules, day.now), Some(first));
}

#[test]
fn who_is_sent_on_keeps_the_number_and_has_not_waited_for_nothing() {
    let mut day = Day1::begun();
    let first = day.draws('A', Class::Ordinary);
    day.passes(60);
    let other = day.draws('B', Class::Ordinary);
    day.calls("1", first).unwrap();
    day.does(transferred(first, 'B', None)).unwrap();
    assert_eq!(day.hall.line(series('B'), &day.rules, day.now), [first, other]);
    assert_eq!((day.hall.waiting(series('A')), day.hall.ahead(other)), (0, 1));
    day.calls("2", first).unwrap();
    day.does(transferred(first, 'A', Some("1"))).unwrap();
    assert_eq!(day.hall.next_for(&counter("1"), &day.rules, day.now), Some(first));
    assert_eq!(day.hall.next_for(&counter("2"), &day.rules, day.now), Some(other));
}

#[test]
fn a_counter_that_has_somebody_neither_pauses_nor_closes() {
    let mut day = Day1::begun();
    let first = day.draws('A', Class::Ordinary);
    day.calls("1", first).unwrap();
    let pause = Event::CounterPaused {
        counter: counter("1"),
        reason: PauseReason::Break,
    };
    assert_eq!(day.does(pause.clone()), Err(Illegal::CounterBusy(counter("1"))));
    day.does(done(first)).unwrap();
    day.does(pause.clone()).unwrap();
    assert_eq!(day.does(pause), Err(Illegal::CounterNotOpen(counter("1"))));
    assert_eq!(day.hall.next_for(&counter("1"), &day.rules, day.now), None);
    day.opens("1", "B");
    assert!(day.hall.counter(&counter("1")).is_open());
}

#[test]
fn after_the_day_is_closed_nobody_draws_and_all_are_still_called() {
    let mut day = Day1::begun();
    let first = day.draws('A', Class::Ordinary);
    day.does(Event::DayClosed).unwrap();
    let another = Event::Drawn {
        series: series('A'),
        number: 2,
        class: Class::Ordinary,
    };
    assert_eq!(day.does(another), Err(Illegal::DayClosed));
    assert_eq!(day.serves_next("1"), Some(first));
}

#[test]
fn a_clock_that_went_back_puts_nobody_first() {
    let mut day = Day1::begun();
    let first = day.draws('A', Class::Ordinary);
    day.passes(-3_600);
    let second = day.draws('A', Class::Ordinary);
    assert_eq!(day.hall.line(series('A'), &day.rules, day.now), [first, second]);
}
