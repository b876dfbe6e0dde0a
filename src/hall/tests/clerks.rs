//! What clerks ask for, and what they and everybody see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use super::*;
use crate::hall::local::{ActError, LocalHall};
use crate::hall::log::{AppendError, Log, LogError};
use crate::hall::view::CounterIs;

/// A log in memory that several threads write to, as kiosks write to one of a centre.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<Logged>>>);

impl Shared {
    fn events(&self) -> MutexGuard<'_, Vec<Logged>> {
        self.0.lock().unwrap()
    }
}

impl Log for Shared {
    fn day(&mut self, now: Timestamp) -> Result<Day, LogError> {
        Ok(Day::in_vietnam(now))
    }

    fn append(&mut self, _: Day, event: &Event, expected: Sequence, now: Timestamp) -> Result<Logged, AppendError> {
        let mut log = self.events();
        let last = Sequence(log.len() as u64);
        if expected != last {
            return Err(AppendError::Conflict { last });
        }
        let logged = Logged {
            sequence: Sequence(last.0 + 1),
            at: now,
            event: event.clone(),
        };
        log.push(logged.clone());
        Ok(logged)
    }

    fn last(&mut self, _: Day) -> Result<Sequence, LogError> {
        Ok(Sequence(self.events().len() as u64))
    }

    fn read(&mut self, _: Day, after: Sequence) -> Result<Vec<Logged>, LogError> {
        Ok(self.events()[after.0 as usize..].to_vec())
    }
}

fn rules_of(letters: &str) -> Vec<Series> {
    let one = |letter: char| Series {
        letter: series(letter),
        name: format!("Lĩnh vực {letter}"),
        counters: "1".into(),
        first_number: 1,
        per_day_max: None,
    };
    letters.chars().map(one).collect()
}

fn open(letters: &str) -> Act {
    Act::Open {
        serves: letters.chars().map(series).collect(),
    }
}

#[test]
fn two_counters_that_press_next_five_hundred_times_at_once_never_have_the_same_person() {
    const PEOPLE: u32 = 500;
    let log = Shared::default();
    let now = morning();
    let rules = Rules::default();
    {
        let mut log = log.clone();
        let hall = LocalHall::open(&mut log, rules_of("A"), now).unwrap();
        for _ in 0..PEOPLE {
            hall.draw(&mut log, series('A').into(), now).unwrap();
        }
    }
    // Each has a fold of its own, as in a hall of several kiosks.
    let clerks = ["1", "2"].map(|name| {
        let mut log = log.clone();
        thread::spawn(move || {
            let counter = counter(name);
            let hall = LocalHall::open(&mut log, rules_of("A"), now).unwrap();
            let mut had = vec![];
            let mut act = |act: &Act| loop {
                match hall.act(&mut log, &counter, act, &rules, now) {
                    Err(ActError::Crowded) => {}
                    other => return other,
                }
            };
            act(&open("A")).unwrap();
            loop {
                match act(&Act::Next) {
                    Ok(logged) => had.push(logged.event.label().unwrap()),
                    Err(ActError::NotDone(NotDone::NobodyWaits)) => return had,
                    Err(error) => panic!("{error}"),
                }
                act(&Act::Done).unwrap();
            }
        })
    });
    let had: Vec<Label> = clerks.into_iter().flat_map(|clerk| clerk.join().unwrap()).collect();
    assert_eq!(had.len(), PEOPLE as usize);
    assert_eq!(had.iter().collect::<BTreeSet<_>>().len(), PEOPLE as usize);
    let mut log = log;
    let fold = crate::hall::log::fold(&mut log, now).unwrap();
    assert_eq!((fold.left_aside(), fold.waiting(series('A'))), (0, 0));
}

#[test]
fn a_day_at_a_counter_goes_by_its_acts_alone() {
    let mut log = Shared::default();
    let mut now = morning();
    let rules = Rules::default();
    let hall = LocalHall::open(&mut log, rules_of("AB"), now).unwrap();
    let mut changes = hall.changes();
    let one = counter("1");
    let not = |result: Result<Logged, ActError>| match result {
        Err(ActError::NotDone(why)) => why,
        other => panic!("{other:?}"),
    };
    macro_rules! act {
        ($act:expr) => {
            hall.act(&mut log, &one, &$act, &rules, now)
        };
    }
    assert_eq!(not(act!(Act::Next)), Illegal::CounterNotOpen(one.clone()).into());
    act!(open("A")).unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    assert_eq!(not(act!(Act::Next)), NotDone::NobodyWaits);
    assert!(!changes.has_changed().unwrap(), "nothing was done");
    assert_eq!(not(act!(Act::Recall)), NotDone::NobodyThere);
    for wish in ["A", "A", "B"] {
        hall.draw(&mut log, wish.parse::<SeriesLetter>().unwrap().into(), now)
            .unwrap();
    }
    let first = act!(Act::Next).unwrap().event.label().unwrap();
    assert_eq!(first, label("A 001"));
    assert_eq!(not(act!(Act::Next)), Illegal::CounterBusy(one.clone()).into());
    assert_eq!(not(act!(Act::Recall)), Illegal::TooSoon(first).into());
    now += SignedDuration::from_secs(10);
    act!(Act::Recall).unwrap();
    act!(Act::Start).unwrap();
    let to = series('B');
    act!(Act::Transfer { to, to_counter: None }).unwrap();
    assert_eq!(act!(Act::Next).unwrap().event.label(), Some(label("A 002")));
    act!(Act::Park).unwrap();
    let view = hall.now().counter_view(&one, hall.series(), &rules, now);
    assert_eq!(
        view.aside.iter().map(|who| &who.number[..]).collect::<Vec<_>>(),
        ["A 002"]
    );
    assert_eq!((view.here, view.next), (None, None));
    act!(Act::Call { number: label("A 002") }).unwrap();
    // Absent so often that nobody calls it any more: then it stands aside, and may come back.
    for _ in 0..rules.absent_times_max {
        act!(Act::Absent).unwrap();
        if hall.now().place(label("A 002")).unwrap().stage == Stage::Gone {
            break;
        }
        act!(Act::Next).unwrap();
    }
    assert_eq!(not(act!(Act::Next)), NotDone::NobodyWaits);
    assert_eq!(hall.now().aside_for(&one), [label("A 002")]);
    act!(Act::Back { number: label("A 002") }).unwrap();
    assert_eq!(act!(Act::Next).unwrap().event.label(), Some(label("A 002")));
    assert_eq!(not(act!(Act::Close)), Illegal::CounterBusy(one.clone()).into());
    act!(Act::Done).unwrap();
    act!(Act::Pause {
        reason: PauseReason::Break
    })
    .unwrap();
    let view = hall.now().counter_view(&one, hall.series(), &rules, now);
    assert_eq!(
        view.state,
        CounterIs::Paused {
            reason: PauseReason::Break
        }
    );
    act!(Act::Close).unwrap();
    assert_eq!(hall.now().left_aside(), 0);
}

#[test]
fn what_is_shown_names_numbers_queues_and_counters_and_says_who_has_come() {
    let mut day = Day1::begun();
    for letter in ['A', 'A', 'B'] {
        day.draws(letter, Class::Ordinary);
    }
    let now = day.now;
    let configured = rules_of("AB");
    let next = day.hall.next_for(&counter("1"), &day.rules, now).unwrap();
    day.calls("1", next).unwrap();
    let board = day.hall.board_view(&configured, now);
    assert_eq!(
        (board.calls.len(), &board.calls[0].number[..], board.calls[0].come),
        (1, "A 001", false)
    );
    let waiting: BTreeMap<_, _> = board
        .queues
        .iter()
        .map(|queue| (queue.name.letter, queue.waiting))
        .collect();
    assert_eq!(waiting, BTreeMap::from([(series('A'), 1), (series('B'), 1)]));
    let view = day.hall.counter_view(&counter("2"), &configured, &day.rules, now);
    assert_eq!(view.next.unwrap().number, "A 002");
    assert_eq!(
        view.queues.iter().map(|queue| queue.waiting).collect::<Vec<_>>(),
        [1, 1]
    );
    let here = day
        .hall
        .counter_view(&counter("1"), &configured, &day.rules, now)
        .here
        .unwrap();
    assert_eq!((&here.who.number[..], here.serving, here.calls), ("A 001", false, 1));
    // As a page reads it.
    let json = serde_json::to_value(&board).unwrap();
    assert_eq!(json["calls"][0]["counter"], "1");
    assert_eq!(json["queues"][0]["letter"], "A");
    assert_eq!(
        serde_json::from_str::<Act>(r#"{"act":"transfer","to":"B","to_counter":"2"}"#).unwrap(),
        Act::Transfer {
            to: series('B'),
            to_counter: Some(counter("2")),
        }
    );
    let call = serde_json::from_str::<Act>(r#"{"act":"call","number":"a12"}"#).unwrap();
    assert_eq!(call, Act::Call { number: label("A 012") });
    assert!(serde_json::from_str::<Act>(r#"{"act":"call","number":"12"}"#).is_err());
}
