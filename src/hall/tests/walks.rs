//! Any order of acts, also of those that may not follow: what must hold always.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 3] = ["1", "2", "3"];
const LETTERS: [char; 2] = ['A', 'B'];
const NUMBERS: u32 = 12;
/// Numbers that two kiosks lease, three each.
const LEASED: u32 = 6;

fn event() -> impl Strategy<Value = Event> {
    let letter = || prop::sample::select(LETTERS.map(series).to_vec());
    let number = prop_oneof![4 => 1..=NUMBERS, 1 => LEASED_FROM..LEASED_FROM + LEASED];
    let name = || prop::sample::select(NAMES.map(counter).to_vec());
    let class = prop_oneof![
        3 => Just(Class::Ordinary),
        1 => Just(Class::Priority),
        1 => Just(Class::Appointment { at: morning() + SignedDuration::from_mins(30) }),
    ];
    let then = prop_oneof![(0..5_u32).prop_map(AfterAbsence::Behind), Just(AfterAbsence::Gone),];
    let about = (0..10_u8, letter(), number, name(), letter(), class, then, any::<bool>());
    let of_place = about.prop_map(|(kind, series, number, counter, to, class, then, certain)| match kind {
        0 => Event::Drawn { series, number, class },
        1 | 2 => Event::Called {
            series,
            number,
            counter,
        },
        3 => Event::Recalled { series, number },
        4 => Event::Started { series, number },
        5 => Event::Done { series, number },
        6 => Event::Absent { series, number, then },
        7 => Event::Parked { series, number },
        8 => Event::Back { series, number },
        _ => Event::Transferred {
            series,
            number,
            to,
            to_counter: certain.then_some(counter),
        },
    });
    let leased = (0..2_u32, letter()).prop_map(|(kiosk, series)| {
        let first = LEASED_FROM + 3 * kiosk;
        Event::Leased {
            series,
            first,
            last: first + 2,
            kiosk: format!("K0{kiosk}"),
        }
    });
    let apart = (letter(), LEASED_FROM..LEASED_FROM + LEASED, -60..60_i64).prop_map(|(series, number, mins)| {
        let at = morning() + SignedDuration::from_mins(mins);
        Event::DrawnApart {
            series,
            number,
            class: Class::Ordinary,
            at,
        }
    });
    prop_oneof![
        2 => leased,
        3 => apart,
        1 => (letter(), 1..=NUMBERS).prop_map(|(series, number)| Event::Voided { series, number }),
        20 => of_place,
        6 => (letter(), 1..=NUMBERS).prop_map(|(series, number)| Event::Drawn { series, number, class: Class::Ordinary }),
        1 => (letter(), 1..=NUMBERS).prop_map(|(series, number)| Event::PriorityGiven { series, number }),
        1 => (letter(), 1..=NUMBERS, any::<bool>()).prop_map(|(series, number, first)| Event::CameFor { series, number, errand: errand(first) }),
        3 => (name(), letter(), letter()).prop_map(|(counter, one, other)| Event::CounterOpened { counter, serves: vec![one, other] }),
        1 => name().prop_map(|counter| Event::CounterPaused { counter, reason: PauseReason::Break }),
        1 => name().prop_map(|counter| Event::CounterClosed { counter }),
        1 => letter().prop_map(|series| Event::SeriesClosed { series }),
        2 => letter().prop_map(|series| Event::SeriesOpened { series }),
    ]
}

fn errand(first: bool) -> Errand {
    Errand {
        procedure: if first { "1.001193" } else { "2.000488" }.parse().unwrap(),
        name: if first { "Khai sinh" } else { "Lý lịch tư pháp" }.into(),
    }
}

/// Events as they stand in a log, legal or not, a few seconds apart; now and then the clock goes back.
pub(super) fn log() -> impl Strategy<Value = Vec<Logged>> {
    prop::collection::vec((event(), -20..200_i64), 0..150).prop_map(|events| {
        let mut at = morning();
        let logged = events.into_iter().zip(1..).map(|((event, secs), sequence)| {
            at += SignedDuration::from_secs(secs);
            Logged {
                sequence: Sequence(sequence),
                at,
                event,
            }
        });
        logged.collect()
    })
}

fn today() -> Day {
    Day::in_vietnam(morning())
}

fn all_labels() -> impl Iterator<Item = Label> {
    let numbers = |letter| {
        (1..=NUMBERS)
            .chain(LEASED_FROM..LEASED_FROM + LEASED)
            .map(move |number| Label {
                series: series(letter),
                number,
            })
    };
    LETTERS.into_iter().flat_map(numbers)
}

fn holds(hall: &Hall, drawn: &BTreeSet<Label>, now: Timestamp) {
    let there: BTreeSet<_> = all_labels().filter(|label| hall.place(*label).is_some()).collect();
    assert_eq!(there, *drawn, "nobody is lost, nobody is invented");
    let rules = Rules::default();
    for name in NAMES.map(counter) {
        let here = all_labels().filter(|label| hall.place(*label).and_then(Place::counter) == Some(&name));
        let here: Vec<_> = here.collect();
        assert!(here.len() <= 1, "{name}: {here:?}");
        assert!(
            here.is_empty() || hall.counter(&name).is_open(),
            "{name} is gone and has {here:?}"
        );
        if let Some(next) = hall.next_for(&name, &rules, now).filter(|_| here.is_empty()) {
            let Label { series, number } = next;
            let call = Event::Called {
                series,
                number,
                counter: name,
            };
            assert_eq!(hall.check(&call), Ok(()), "whose turn it is may be called");
        }
    }
    for letter in LETTERS.map(series) {
        let line = hall.line(letter, &rules, now);
        let once: BTreeSet<_> = line.iter().collect();
        assert_eq!(once.len(), line.len(), "{line:?}");
        assert!(line.len() <= hall.waiting(letter));
    }
}

proptest! {
    #[test]
    fn no_order_of_acts_loses_or_doubles_anybody(log in log()) {
        let mut hall = Hall::new(today());
        let mut drawn = BTreeSet::new();
        let mut latest = Timestamp::MIN;
        for logged in &log {
            latest = latest.max(logged.at);
            let before = hall.clone();
            let legal = hall.check(&logged.event);
            hall.apply(logged);
            match (&legal, &logged.event) {
                // Of a kiosk that is cut off, the paper may be shown before the log knows.
                (Ok(()), Event::Drawn { .. } | Event::DrawnApart { .. } | Event::Called { .. }) => {
                    drawn.extend(logged.event.label());
                }
                (Ok(()), _) => {}
                (Err(_), _) => {
                    prop_assert_eq!(hall.left_aside(), before.left_aside() + 1);
                    prop_assert!(all_labels().all(|label| hall.place(label) == before.place(label)));
                    prop_assert_eq!(hall.counters().collect::<Vec<_>>(), before.counters().collect::<Vec<_>>());
                }
            }
            holds(&hall, &drawn, latest);
        }
    }

    #[test]
    fn a_log_read_again_or_in_parts_gives_the_same_hall(log in log(), cut in any::<prop::sample::Index>()) {
        let whole = Hall::after(today(), &log);
        let cut = cut.index(log.len() + 1);
        let mut parts = Hall::after(today(), &log[..cut]);
        log.iter().for_each(|logged| parts.apply(logged));
        prop_assert_eq!(&parts, &whole);
        let written: Vec<String> = log.iter().map(|logged| serde_json::to_string(&logged.event).unwrap()).collect();
        let read = log.iter().zip(written).map(|(logged, text)| Logged {
            event: serde_json::from_str(&text).unwrap(),
            ..*logged
        });
        let read: Vec<_> = read.collect();
        prop_assert_eq!(Hall::after(today(), &read), whole);
    }

    /// However many go first and however the counters work, everybody who waits is called at last.
    #[test]
    fn nobody_starves(first in prop::collection::vec(any::<bool>(), 1..60), secs in 20..400_i64) {
        let mut day = Day1::begun();
        let mut waits = vec![];
        for goes_first in first {
            let class = if goes_first { Class::Priority } else { Class::Ordinary };
            let label = day.draws('A', class);
            // Those who go first come without end.
            day.draws('A', Class::Priority);
            waits.push(label);
            day.passes(secs);
            day.serves_next("1");
        }
        let mut calls = 0;
        while waits.iter().any(|label| day.hall.place(*label).is_some_and(Place::is_waiting)) {
            day.draws('A', Class::Priority);
            day.passes(secs);
            day.serves_next("2");
            calls += 1;
            prop_assert!(calls < 1_000, "{:?}", day.hall);
        }
    }
}
