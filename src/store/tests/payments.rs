//! Payments on the disk: one that counts for a dossier, and what is known of each after a crash.

use super::*;
use crate::payment::address::{Pages, PayAddress};
use crate::payment::{Bill, Payment, Proof, State};
use crate::store::dossiers::Retention;

const CODE: &str = "000.00.99.H44-261122-0001";

fn asked(key: u128) -> Payment {
    Payment::asked(Uuid::from_u128(key), CODE.to_owned(), morning())
}

fn bill() -> Bill {
    Bill {
        reference: "TT000000000001".to_owned(),
        amount_dong: 115_000,
        address: PayAddress::check("https://thanhtoan.tinh.example/tra", Pages::Secure).ok(),
        expires_at: Some(minutes_later(15)),
    }
}

fn proof() -> Proof {
    Proof {
        transaction: Some("GD01".to_owned()),
        at: Some(minutes_later(3)),
    }
}

fn with(state: State) -> Payment {
    Payment { state, ..asked(1) }
}

#[test]
fn a_second_payment_of_a_dossier_begins_only_after_a_failed_or_refused_one() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    assert_eq!(store.begin_payment(&asked(1)).unwrap(), asked(1));
    for counting in [
        asked(1),
        with(State::Open(bill())),
        with(State::Unclear(bill())),
        with(State::Paid(bill(), proof())),
    ] {
        store.keep_payment(&counting).unwrap();
        assert_eq!(
            store.begin_payment(&asked(2)).unwrap(),
            counting,
            "pressed twice is once"
        );
    }
    let refused = State::Refused {
        words: "Không có lệ phí".into(),
    };
    for over in [with(State::Failed(bill())), with(refused)] {
        store.keep_payment(&over).unwrap();
        assert_eq!(store.payment_of(CODE).unwrap(), Some(over));
    }
    assert_eq!(store.begin_payment(&asked(2)).unwrap(), asked(2));
    // Whatever a program believes, the database keeps two from counting.
    store.keep_payment(&with(State::Open(bill()))).unwrap_err();
    assert_eq!(store.payment_of(CODE).unwrap(), Some(asked(2)));
}

#[test]
fn what_was_known_of_a_payment_is_known_after_a_crash() {
    for state in [
        State::Asked,
        State::Open(bill()),
        State::Open(Bill {
            address: None,
            expires_at: None,
            ..bill()
        }),
        State::Unclear(bill()),
        State::Failed(bill()),
        State::Paid(bill(), proof()),
        State::Paid(bill(), Proof::default()),
    ] {
        let data = Data::new();
        let (mut store, _) = data.open(morning());
        store.begin_payment(&asked(1)).unwrap();
        store.keep_payment(&with(state.clone())).unwrap();
        drop(store);
        let (mut store, _) = data.open(morning());
        assert_eq!(store.payment_of(CODE).unwrap(), Some(with(state.clone())));
        let pending = store.pending_payments().unwrap();
        assert_eq!(
            pending,
            if with(state.clone()).is_pending() {
                vec![with(state)]
            } else {
                vec![]
            }
        );
    }
}

#[test]
fn staff_hear_of_what_has_no_end_and_settle_it() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    store.begin_payment(&asked(1)).unwrap();
    store.keep_payment(&with(State::Open(bill()))).unwrap();
    let told = |store: &mut Store, minutes| store.payments_for_staff(minutes_later(minutes)).unwrap().len();
    assert_eq!(told(&mut store, 20), 0, "it may end by itself yet");
    assert_eq!(told(&mut store, 26), 1);
    store.keep_payment(&with(State::Unclear(bill()))).unwrap();
    assert_eq!(told(&mut store, 1), 1);

    store.leave_payment(asked(1).key).unwrap();
    assert!(store.pending_payments().unwrap().is_empty());
    assert_eq!(told(&mut store, 1), 1);
    store.close_payment(asked(1).key).unwrap();
    assert_eq!(told(&mut store, 1), 0);
    // The person asks again: it is the same one, and is followed again.
    store.begin_payment(&asked(2)).unwrap();
    assert_eq!(store.pending_payments().unwrap(), [with(State::Unclear(bill()))]);
}

#[test]
fn of_what_was_never_begun_nobody_is_told() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    store.begin_payment(&asked(1)).unwrap();
    store.leave_payment(asked(1).key).unwrap();
    assert!(store.payments_for_staff(minutes_later(9_000)).unwrap().is_empty());
}

#[test]
fn payments_that_ended_are_dropped_with_the_days_of_following() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let retention = Retention {
        personal_hours: 72,
        follow_days: 90,
    };
    store.begin_payment(&asked(1)).unwrap();
    store.keep_payment(&with(State::Paid(bill(), proof()))).unwrap();
    store.forget_due(retention, minutes_later(60 * 24 * 89)).unwrap();
    assert!(store.payment_of(CODE).unwrap().is_some());
    store.forget_due(retention, minutes_later(60 * 24 * 91)).unwrap();
    assert_eq!(store.payment_of(CODE).unwrap(), None);
}
