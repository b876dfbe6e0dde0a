use proptest::prelude::*;

use super::*;
use crate::payment::address::Pages;

const ADDRESS: &str = "https://thanhtoan.tinh.example/tra?ma=TT01";

fn now() -> Timestamp {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

fn bill(reference: &str) -> Bill {
    Bill {
        reference: reference.to_owned(),
        amount_dong: 115_000,
        address: PayAddress::check(ADDRESS, Pages::Secure).ok(),
        expires_at: Some("2026-11-22T02:15:00Z".parse().unwrap()),
    }
}

fn told(word: Word) -> Told {
    Told {
        bill: bill("TT01"),
        word,
        proof: Proof::default(),
    }
}

fn payment() -> Payment {
    Payment::asked(Uuid::from_u128(7), "000.00.99.H44-261122-0001".to_owned(), now())
}

#[derive(Clone, Debug)]
enum Happens {
    Told(Word),
    ToldOfAnother(Word),
    Refused,
}

fn happens() -> impl Strategy<Value = Happens> {
    let word = || prop::sample::select(vec![Word::Open, Word::Paid, Word::Failed, Word::Unclear]);
    prop_oneof![
        6 => word().prop_map(Happens::Told),
        1 => word().prop_map(Happens::ToldOfAnother),
        1 => Just(Happens::Refused),
    ]
}

fn go(payment: Payment, what: &Happens) -> Payment {
    match what {
        Happens::Told(word) => payment.heard(told(*word)).unwrap(),
        Happens::ToldOfAnother(word) => {
            let known = payment.bill().is_some();
            let other = Told {
                bill: bill("TT99"),
                ..told(*word)
            };
            match payment.clone().heard(other) {
                Err(AnotherPayment) => payment,
                // Nothing of it was known yet: the first answer names it. That walk is of another payment.
                Ok(_) => {
                    assert!(!known);
                    payment
                }
            }
        }
        Happens::Refused => payment.refused("Không trả được".to_owned()),
    }
}

proptest! {
    /// However answers come, late, twice or out of order: taken money is never untold, and one that ended without
    /// money does not come to life again as something to pay.
    #[test]
    fn paid_is_for_good_and_failed_is_never_payable_again(walk in prop::collection::vec(happens(), 0..30)) {
        let mut payment = payment();
        let (mut was_paid, mut had_failed) = (false, false);
        for what in &walk {
            payment = go(payment, what);
            let paid = matches!(payment.state, State::Paid(..));
            prop_assert!(paid || !was_paid, "{what:?} took a payment back");
            prop_assert!(!(had_failed && payment.is_payable_at(now())), "{what:?}");
            prop_assert!(payment.counts() || !payment.is_pending(), "what is asked for stands in the way of another");
            was_paid |= paid;
            had_failed |= matches!(payment.state, State::Failed(_));
        }
        let said_paid = walk.iter().any(|what| matches!(what, Happens::Told(Word::Paid)));
        prop_assert_eq!(was_paid, said_paid, "paid if and only if the province said so");
    }
}

#[test]
fn an_answer_of_another_payment_changes_nothing() {
    let open = payment().heard(told(Word::Open)).unwrap();
    let other = Told {
        bill: bill("TT02"),
        ..told(Word::Paid)
    };
    assert_eq!(open.heard(other), Err(AnotherPayment));
}

#[test]
fn the_clock_alone_ends_no_payment() {
    let open = payment().heard(told(Word::Open)).unwrap();
    let late = "2026-11-22T02:15:00Z".parse().unwrap();
    assert!(open.is_payable_at(now()) && !open.is_payable_at(late));
    assert!(
        open.is_pending() && open.counts(),
        "the money may have gone at the last moment"
    );
}

#[test]
fn what_is_known_of_a_payment_is_not_lost_when_it_is_told_again() {
    let at = Some(now());
    let first = Told {
        proof: Proof {
            transaction: Some("GD01".to_owned()),
            at,
        },
        ..told(Word::Paid)
    };
    let paid = payment().heard(first).unwrap().heard(told(Word::Paid)).unwrap();
    assert!(
        matches!(&paid.state, State::Paid(_, proof) if proof.transaction.as_deref() == Some("GD01") && proof.at == at)
    );
}

#[test]
fn nothing_that_opens_a_payment_is_written_of_it() {
    let open = payment().heard(told(Word::Open)).unwrap();
    assert!(!format!("{open:?}").contains("thanhtoan"), "{open:?}");
}
