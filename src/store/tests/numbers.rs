//! Numbers: unique, without gaps, on a day that never goes back.

use proptest::prelude::*;

use super::*;
use crate::hall::log::{AppendError, DrawError, Log};
use crate::hall::{Class, Counter, Event, Hall, Illegal, NoNumber, Sequence};
use crate::store::report;
use crate::ticket::{Day, TicketState};

#[test]
fn the_first_number_of_a_day_is_one_and_says_who_is_ahead() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let first = store.draw(&hall, letter('A'), morning()).unwrap();
    let second = store.draw(&hall, letter('A'), morning()).unwrap();
    let other = store.draw(&hall, letter('B'), morning()).unwrap();
    assert_eq!((first.ticket.label().to_string().as_str(), first.ahead), ("A 001", 0));
    assert_eq!((second.ticket.label().to_string().as_str(), second.ahead), ("A 002", 1));
    assert_eq!((other.ticket.label().to_string().as_str(), other.ahead), ("B 001", 0));
    assert_eq!(first.ticket.state, TicketState::Reserved);
}

#[test]
fn those_called_no_longer_wait() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    for _ in 0..3 {
        store.draw(&hall, letter('A'), morning()).unwrap();
    }
    let counter: Counter = "3".parse().unwrap();
    let called = Event::Called {
        series: letter('A'),
        number: 1,
        counter: counter.clone(),
    };
    let refused = hall.append(&mut store, &called, morning());
    assert!(
        matches!(refused, Err(AppendError::Illegal(Illegal::CounterNotOpen(_)))),
        "{refused:?}"
    );
    let serves = vec![letter('A')];
    let opened = Event::CounterOpened { counter, serves };
    hall.append(&mut store, &opened, morning()).unwrap();
    hall.append(&mut store, &called, morning()).unwrap();
    assert_eq!(hall.waiting(letter('A')), 2);
    assert_eq!(hall.ahead("A 003".parse().unwrap()), 1);
    assert_eq!(hall.ahead("A 001".parse().unwrap()), 0);
    assert_eq!(hall.now().called(letter('A')), Some(1));
    drop(store);
    let (_, again) = data.open(morning());
    assert_eq!(again.now(), hall.now());
}

#[test]
fn a_closed_series_a_sold_out_one_and_a_closed_day_give_no_number() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let mut rules = series();
    rules[1].per_day_max = Some(1);
    rules[1].first_number = 500;
    let hall = LocalHall::open(&mut store, rules, morning()).unwrap();
    let no_number = |result| match result {
        Err(DrawError::NoNumber(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(store.draw(&hall, letter('B'), morning()).unwrap().ticket.number, 500);
    assert_eq!(no_number(store.draw(&hall, letter('B'), morning())), NoNumber::SoldOut);
    assert_eq!(
        no_number(store.draw(&hall, letter('C'), morning())),
        NoNumber::UnknownSeries
    );
    hall.append(&mut store, &Event::SeriesClosed { series: letter('A') }, morning())
        .unwrap();
    assert_eq!(
        no_number(store.draw(&hall, letter('A'), morning())),
        NoNumber::SeriesClosed
    );
    hall.append(&mut store, &Event::SeriesOpened { series: letter('A') }, morning())
        .unwrap();
    assert_eq!(store.draw(&hall, letter('A'), morning()).unwrap().ticket.number, 1);
    hall.append(&mut store, &Event::DayClosed, morning()).unwrap();
    assert_eq!(
        no_number(store.draw(&hall, letter('A'), morning())),
        NoNumber::DayClosed
    );
    assert_eq!(hall.open_for(letter('A')), Err(NoNumber::DayClosed));
    assert_eq!(
        store
            .draw(&hall, letter('A'), minutes_later(24 * 60))
            .unwrap()
            .ticket
            .number,
        1
    );
}

#[test]
fn whoever_has_not_seen_the_last_event_appends_nothing() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let day = store.day(morning()).unwrap();
    let event = Event::Drawn {
        series: letter('A'),
        number: 1,
        class: Class::Ordinary,
    };
    let first = store.append(day, &event, Sequence(0), morning()).unwrap();
    let again = store.append(day, &Event::DayClosed, Sequence(0), morning());
    assert!(matches!(again, Err(AppendError::Conflict { last }) if last == first.sequence));
    assert_eq!(Log::read(&mut store, day, Sequence(0)).unwrap(), [first]);
}

#[test]
fn two_pictures_of_the_hall_never_give_one_number() {
    let data = Data::new();
    let (mut store, one) = data.open(morning());
    let two = LocalHall::open(&mut store, series(), morning()).unwrap();
    let numbers: Vec<u32> = (0..20)
        .map(|turn| if turn % 3 == 0 { &one } else { &two })
        .map(|hall| store.draw(hall, letter('A'), morning()).unwrap().ticket.number)
        .collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[test]
fn a_clock_that_wakes_in_the_past_goes_on_with_the_last_day() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    store.draw(&hall, letter('A'), morning()).unwrap();
    drop(store);
    let past = Timestamp::UNIX_EPOCH;
    let (mut store, hall) = data.open(past);
    let drawn = store.draw(&hall, letter('A'), past).unwrap().ticket;
    assert_eq!((drawn.day, drawn.number), (Day::in_vietnam(morning()), 2));
    assert_eq!(
        Day::in_vietnam(drawn.drawn_at),
        drawn.day,
        "drawn at {}",
        drawn.drawn_at
    );
    let next = store.draw(&hall, letter('A'), minutes_later(24 * 60)).unwrap().ticket;
    assert_eq!((next.day.to_string().as_str(), next.number), ("2026-11-23", 1));
}

#[test]
fn numbers_restart_at_midnight_in_vietnam() {
    let data = Data::new();
    let late: Timestamp = "2026-11-22T16:59:59Z".parse().unwrap();
    let (mut store, hall) = data.open(late);
    assert_eq!(store.draw(&hall, letter('A'), late).unwrap().ticket.number, 1);
    assert_eq!(store.draw(&hall, letter('A'), late).unwrap().ticket.number, 2);
    let after = late + SignedDuration::from_secs(1);
    let drawn = store.draw(&hall, letter('A'), after).unwrap();
    assert_eq!((drawn.ticket.number, drawn.ahead), (1, 0));
}

#[test]
fn the_report_has_the_promised_shape_and_is_read_while_the_kiosk_runs() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    for _ in 0..12 {
        store.draw(&hall, letter('A'), morning()).unwrap();
    }
    let rows = report::from_folder(data.path(), None).unwrap();
    assert_eq!(rows.len(), 12);
    assert_eq!(
        serde_json::to_string(&rows[11..]).unwrap(),
        r#"[{"series":"A","number":12,"state":"reserved","drawn_at":"2026-11-22T09:41:07+07:00","copies":0}]"#
    );
    assert_eq!(rows, store.report(Some("2026-11-22".parse().unwrap())).unwrap());
    assert!(
        report::from_folder(data.path(), Some("2026-11-21".parse().unwrap()))
            .unwrap()
            .is_empty()
    );
    drop(store);
    assert_eq!(report::from_folder(data.path(), None).unwrap().len(), 12);
    assert!(report::from_folder(&data.path().join("elsewhere"), None).is_err());
}

#[test]
fn two_kiosks_never_open_one_folder() {
    let data = Data::new();
    let (store, _) = data.try_open(morning()).unwrap();
    assert!(matches!(data.try_open(morning()), Err(StoreError::Locked)));
    drop(store);
    data.try_open(morning()).unwrap();
}

#[derive(Clone, Debug)]
enum Step {
    Draw(char),
    Restart,
    Tidy,
    ClockJumps { minutes: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => prop::sample::select(vec!['A', 'B']).prop_map(Step::Draw),
        1 => Just(Step::Restart),
        1 => Just(Step::Tidy),
        1 => (-5000_i64..3000).prop_map(|minutes| Step::ClockJumps { minutes }),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn numbers_are_unique_and_gapless_whatever_the_clock_and_restarts(steps in steps()) {
        let data = Data::new();
        let mut now = morning();
        let (mut store, mut hall) = data.open(now);
        let mut given: HashMap<(Day, SeriesLetter), u32> = HashMap::new();
        let mut last_day = Day::in_vietnam(now);
        for step in steps {
            match step {
                Step::Draw(series) => {
                    let ticket = store.draw(&hall, letter(series), now).unwrap().ticket;
                    let last = given.entry((ticket.day, ticket.series)).or_default();
                    prop_assert_eq!(ticket.number, *last + 1);
                    prop_assert!(ticket.day >= last_day);
                    *last = ticket.number;
                    last_day = ticket.day;
                }
                Step::Restart => {
                    drop(store);
                    (store, hall) = data.open(now);
                }
                Step::Tidy => store.tidy(),
                Step::ClockJumps { minutes } => now += SignedDuration::from_mins(minutes),
            }
        }
        for ((day, series), last) in given {
            let rows = store.report(Some(day)).unwrap();
            let numbers: Vec<u32> = rows.iter().filter(|row| row.series == series).map(|row| row.number).collect();
            prop_assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_fold_does_not_care_where_reading_was_interrupted(cut in 0_usize..40, drawn in 1_u32..40) {
        let logged: Vec<_> = (1..=drawn)
            .map(|number| crate::hall::Logged {
                sequence: Sequence(u64::from(number)),
                at: morning(),
                event: if number % 3 == 0 {
                    Event::Done { series: letter('A'), number: number / 3 }
                } else {
                    Event::Drawn { series: letter('A'), number, class: Class::Ordinary }
                },
            })
            .collect();
        let day = Day::in_vietnam(morning());
        let mut hall = Hall::after(day, &logged[..cut.min(logged.len())]);
        logged.iter().for_each(|event| hall.apply(event));
        prop_assert_eq!(hall, Hall::after(day, &logged));
    }
}

#[test]
fn old_days_are_forgotten_and_today_stays() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let old = store.draw(&hall, letter('A'), morning()).unwrap().ticket;
    store
        .begin_print(crate::slip::SlipOf::Ticket(old.id), morning())
        .unwrap();
    let tomorrow = minutes_later(24 * 60);
    let new = store.draw(&hall, letter('A'), tomorrow).unwrap().ticket;
    assert_eq!(store.forget_numbers_before(new.day).unwrap(), 1);
    assert!(store.report(Some(old.day)).unwrap().is_empty());
    assert_eq!(store.report(None).unwrap().len(), 1);
}
