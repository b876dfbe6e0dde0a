//! The office's counters: each thing once, however often it is said, and nothing that could be known by few.

use super::*;
use crate::figures::{About, Cell, Facts, Figure, Finished, Rated, Ratio, Reason};
use crate::store::dossiers::Retention;
use crate::store::follow::{NewsToKeep, Receipt};
use crate::ticket::Day;

fn facts(field: &str) -> Facts {
    Facts {
        unit: "UBND xã Mẫu".to_owned(),
        field: field.to_owned(),
        online: false,
        assisted: true,
        pages: 3,
        data_fields: 4,
        papers: 5,
        papers_avoided: 2,
        fee: true,
    }
}

fn sealed(store: &mut Store, number: u128, facts: Facts, at: Timestamp) -> Uuid {
    let id = draft(store, number, "answers");
    let dossier = SealedDossier {
        facts,
        ..sealed_dossier(number)
    };
    store.seal(id, &dossier, at).unwrap();
    id
}

fn receipt() -> Receipt {
    Receipt {
        code: "H1".to_owned(),
        state: "1".to_owned(),
        received_on: None,
        due_on: None,
    }
}

fn today() -> Day {
    Day::in_vietnam(morning())
}

fn ratio(cells: &[Cell], figure: Figure) -> Option<Ratio> {
    cells.iter().find(|cell| cell.figure == figure).map(|cell| cell.ratio)
}

fn rated(face: u8, field: &str) -> Rated {
    Rated {
        face: face.try_into().unwrap(),
        reason: Some(Reason::Time),
        about: About {
            unit: "UBND xã Mẫu".to_owned(),
            field: field.to_owned(),
        },
    }
}

#[test]
fn a_dossier_counts_once_the_province_has_it_and_under_the_day_it_was_handed_in() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = sealed(&mut store, 1, facts("HT"), morning());
    assert!(store.figures(today(), today()).unwrap().is_empty(), "it is owed still");
    let next_day = minutes_later(24 * 60);
    for _ in 0..3 {
        store.received(id, &receipt(), next_day).unwrap();
    }
    let cells = store.figures(today(), today()).unwrap();
    assert_eq!(ratio(&cells, Figure::Online), Some(Ratio::new(0, 1)));
    assert_eq!(ratio(&cells, Figure::Assisted), Some(Ratio::new(1, 1)));
    assert_eq!(ratio(&cells, Figure::Pages), Some(Ratio::new(3, 1)));
    assert_eq!(ratio(&cells, Figure::DataFields), Some(Ratio::new(4, 1)));
    assert_eq!(ratio(&cells, Figure::PapersAvoided), Some(Ratio::new(2, 5)));
    let later = Day::in_vietnam(next_day);
    assert!(store.figures(later, later).unwrap().is_empty());
}

#[test]
fn a_refused_dossier_counts_for_nothing_and_one_received_after_staff_closed_it_counts_once() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = sealed(&mut store, 1, facts("HT"), morning());
    store.refused(id, "Thiếu").unwrap();
    store.close_by_staff(id, minutes_later(1)).unwrap();
    assert!(store.figures(today(), today()).unwrap().is_empty());
    store.received(id, &receipt(), minutes_later(2)).unwrap();
    assert_eq!(
        ratio(&store.figures(today(), today()).unwrap(), Figure::Digitised),
        Some(Ratio::new(1, 1))
    );
}

#[test]
fn a_result_counts_once_on_its_day_and_only_against_a_due_time() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    for (number, due) in [(1, Some(minutes_later(100))), (2, Some(minutes_later(10))), (3, None)] {
        let id = sealed(&mut store, number, facts("HT"), morning());
        for said_at in [60, 70] {
            let news = NewsToKeep {
                news: "done".to_owned(),
                over: false,
                finished: Some(Finished {
                    at: minutes_later(50),
                    due_at: due,
                }),
            };
            store.remember_news(id, &news, minutes_later(said_at)).unwrap();
        }
    }
    assert_eq!(
        ratio(&store.figures(today(), today()).unwrap(), Figure::OnTime),
        Some(Ratio::new(1, 2))
    );
}

#[test]
fn a_fee_paid_online_is_a_share_of_those_that_could_be_and_counts_once() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let pay = |store: &mut Store, code: &str| {
        store
            .write(|transaction| crate::store::figures::count_payment(transaction, code))
            .unwrap();
    };
    for (number, code) in [(1, "H1"), (2, "H2")] {
        let id = sealed(&mut store, number, facts("HT"), morning());
        let code = code.to_owned();
        store.received(id, &Receipt { code, ..receipt() }, morning()).unwrap();
    }
    let free = sealed(
        &mut store,
        3,
        Facts {
            fee: false,
            ..facts("HT")
        },
        morning(),
    );
    let code = "H3".to_owned();
    store.received(free, &Receipt { code, ..receipt() }, morning()).unwrap();
    for code in ["H1", "H1", "H3", "another kiosk's"] {
        pay(&mut store, code);
    }
    let cells = store.figures(today(), today()).unwrap();
    assert_eq!(ratio(&cells, Figure::OnlinePayment), Some(Ratio::new(1, 2)));
}

#[test]
fn counters_outlive_their_dossiers_and_say_nothing_of_them() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = sealed(&mut store, 1, facts("HT"), morning());
    store.received(id, &receipt(), morning()).unwrap();
    let before = store.figures(today(), today()).unwrap();
    let retention = Retention {
        personal_hours: 1,
        follow_days: 2,
    };
    store.forget_due(retention, minutes_later(4 * 24 * 60)).unwrap();
    assert_eq!(store.follow("K01-261122-0001").unwrap(), None);
    assert_eq!(store.figures(today(), today()).unwrap(), before);
    let pages = store.proof_of("K01-261122-0001").unwrap().unwrap().pages;
    assert_eq!(pages, 3);
}

#[test]
fn faces_are_told_in_batches_that_survive_a_restart_and_never_twice() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    for face in [5, 4, 1, 1] {
        store.rate(&rated(face, "HT"), morning()).unwrap();
    }
    let tomorrow = minutes_later(24 * 60);
    let key = Uuid::from_u128;
    assert!(store.opinions(key(1), tomorrow).unwrap().is_empty(), "four are too few");
    store.rate(&rated(2, "HT"), tomorrow).unwrap();
    assert!(
        store.opinions(key(2), tomorrow).unwrap().is_empty(),
        "the day is not over"
    );
    let after = minutes_later(2 * 24 * 60);
    let waiting = store.opinions(key(3), after).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].0, key(3));
    assert_eq!(waiting[0].1.rows.iter().map(|row| row.count).sum::<u64>(), 5);
    drop(store);
    let (mut store, _) = data.open(after);
    assert_eq!(
        store.opinions(key(4), after).unwrap(),
        waiting,
        "the same, under the same key"
    );
    store.opinions_told(key(3)).unwrap();
    assert!(store.opinions(key(5), after).unwrap().is_empty());
    // Told or not, they are in the office's figures.
    let cells = store.figures(today(), Day::in_vietnam(after)).unwrap();
    let satisfied: Vec<_> = cells.iter().filter(|cell| cell.figure == Figure::Satisfied).collect();
    assert_eq!(satisfied[0].ratio, Ratio::new(2, 4));
    assert_eq!(satisfied[1].ratio, Ratio::new(0, 1));
    assert!(satisfied.iter().all(|cell| !cell.may_be_told()));
}

#[test]
fn ratings_of_an_older_program_are_counted_on() {
    let data = Data::new();
    std::fs::create_dir_all(data.path()).unwrap();
    let path = data.path().join(crate::store::DATABASE);
    let db = rusqlite::Connection::open(&path).unwrap();
    for (step, version) in [
        (include_str!("../steps/001.sql"), 1),
        (include_str!("../steps/002.sql"), 2),
    ] {
        db.execute_batch(step).unwrap();
        db.pragma_update(None, "user_version", version).unwrap();
    }
    db.execute(
        "INSERT INTO ratings (day, score, count) VALUES (?1, 5, 7)",
        [today().to_string()],
    )
    .unwrap();
    drop(db);
    let (mut store, _) = data.open(morning());
    assert_eq!(store.ratings(morning()).unwrap(), [0, 0, 0, 0, 7]);
}
