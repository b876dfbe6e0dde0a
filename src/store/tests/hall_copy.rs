//! The copy of a hall's log that several kiosks share.

use super::*;
use crate::hall::log::{Log, Message};
use crate::hall::{Event, Sequence};
use crate::ticket::{Day, Label};

fn today() -> Day {
    Day::in_vietnam(morning())
}

/// As somebody wrote it into the shared log.
fn message(sequence: u64, kiosk: &str, body: &str) -> Message {
    Message {
        sequence: Sequence(sequence),
        at: morning(),
        id: String::new(),
        kiosk: kiosk.into(),
        body: body.into(),
    }
}

fn drawn(sequence: u64, kiosk: &str, number: u32) -> Message {
    let series = letter('A');
    let event = Event::Drawn {
        series,
        number,
        class: crate::hall::Class::Ordinary,
    };
    message(sequence, kiosk, &serde_json::to_string(&event).unwrap())
}

fn label(number: u32) -> Label {
    let series = letter('A');
    Label { series, number }
}

#[test]
fn a_copy_is_always_the_true_beginning_of_its_log() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    assert!(
        store
            .copy_hall(today(), Sequence(0), &[drawn(3, "K01", 1), drawn(7, "K02", 2)])
            .unwrap()
    );
    // What came in between was not kept: nothing after it may be.
    assert!(!store.copy_hall(today(), Sequence(9), &[drawn(11, "K02", 4)]).unwrap());
    assert_eq!(store.copied_hall(today()).unwrap().last(), Sequence(7));
    assert!(
        store
            .copy_hall(today(), Sequence(7), &[drawn(9, "K02", 3), drawn(11, "K02", 4)])
            .unwrap()
    );
    // Read twice, kept once.
    assert!(store.copy_hall(today(), Sequence(7), &[drawn(9, "K02", 3)]).unwrap());
    let hall = store.copied_hall(today()).unwrap();
    assert_eq!((hall.last(), hall.waiting(letter('A'))), (Sequence(11), 4));
}

#[test]
fn an_event_of_a_newer_program_keeps_its_place() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let unknown = message(2, "K02", r#"{"event":"danced","series":"A"}"#);
    let known = drawn(1, "K01", 1);
    assert!(store.copy_hall(today(), Sequence(0), &[known, unknown]).unwrap());
    let hall = store.copied_hall(today()).unwrap();
    assert_eq!((hall.last(), hall.left_aside()), (Sequence(2), 1));
    assert_eq!(Log::read(&mut store, today(), Sequence(0)).unwrap().len(), 1);
    assert_eq!(Log::last(&mut store, today()).unwrap(), Sequence(2));
}

#[test]
fn a_number_of_this_kiosk_without_a_ticket_is_nobodys() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let before = [drawn(1, "K01", 1), drawn(2, "K02", 2)];
    store.copy_hall(today(), Sequence(0), &before).unwrap();
    // A new database does not know what it gave before.
    let nothing = (vec![], Sequence(0));
    assert_eq!(store.given_to_nobody(today(), "K01", Sequence(0)).unwrap(), nothing);
    store.keeps_tickets(today(), Sequence(2)).unwrap();
    store.keeps_tickets(today(), Sequence(9)).unwrap();
    let after = [drawn(3, "K01", 3), drawn(4, "K01", 4), drawn(5, "K02", 5)];
    store.copy_hall(today(), Sequence(2), &after).unwrap();
    store.keep_drawn(today(), label(4), false, morning()).unwrap();
    let found = store.given_to_nobody(today(), "K01", Sequence(0)).unwrap();
    assert_eq!(found, (vec![label(3)], Sequence(5)));
    assert_eq!(
        store.given_to_nobody(today(), "K01", Sequence(3)).unwrap(),
        (vec![], Sequence(5))
    );
}

#[test]
fn a_kiosk_that_is_alone_again_goes_on_in_the_row() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    assert!(!store.has_own_numbers(morning()).unwrap());
    let shared = [drawn(5, "K01", 1), drawn(8, "K02", 2)];
    store.copy_hall(today(), Sequence(0), &shared).unwrap();
    store.keep_drawn(today(), label(1), false, morning()).unwrap();
    assert_eq!(store.own_copy(morning()).unwrap(), 2);
    assert_eq!(store.own_copy(morning()).unwrap(), 0);
    let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
    assert_eq!(hall.waiting(letter('A')), 2);
    let next = store.draw(&hall, letter('A'), morning()).unwrap();
    assert_eq!((next.ticket.label(), next.ahead), (label(3), 2));
    assert_eq!(store.draw(&hall, letter('A'), morning()).unwrap().ticket.number, 4);
    assert!(store.has_own_numbers(morning()).unwrap());
}

#[test]
fn what_the_log_has_still_to_be_told_outlives_a_mend() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let apart = crate::store::hall_copy::Apart {
        day: today(),
        series: letter('A'),
        class: crate::hall::Class::Ordinary,
        numbers: vec![700, 701],
    };
    assert!(store.draw_apart(&apart, false, morning()).unwrap().is_some());
    store.copy_hall(today(), Sequence(0), &[drawn(1, "K02", 1)]).unwrap();
    store.mend(morning()).unwrap();
    let owed: Vec<_> = store
        .owed_draws()
        .unwrap()
        .into_iter()
        .map(|(_, event)| event.label())
        .collect();
    assert_eq!(owed, [Some(label(700))]);
    // The copy is read again from the log, from its beginning.
    assert_eq!(store.copied_hall(today()).unwrap().last(), Sequence(0));
    assert!(!store.copy_hall(today(), Sequence(1), &[drawn(2, "K02", 2)]).unwrap());
}

#[test]
fn two_boxes_of_one_name_are_two() {
    let (one, two) = (Data::new(), Data::new());
    let (first, _) = one.open(morning());
    let (second, _) = Store::open(two.path(), KioskKey::from_bytes([8; 32]), settings(), morning()).unwrap();
    assert!(first.identity().starts_with("K01-"), "{}", first.identity());
    assert_ne!(first.identity(), second.identity());
    let known = first.identity();
    drop(first);
    assert_eq!(one.open(morning()).0.identity(), known, "after a start");
}
