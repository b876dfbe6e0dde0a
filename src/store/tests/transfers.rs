//! Codes of transfers on the disk: of one dossier either a payment counts or a code was shown.

use super::*;
use crate::payment::vietqr::{Account, Note, Transfer};
use crate::payment::{Payment, ShownTransfer};
use crate::store::follow::Receipt;
use crate::store::transfers::MayShow;

const CODE: &str = "000.00.99.H44-261122-0001";

fn transfer(dong: u64) -> Transfer {
    let account = Account {
        bank: "999900".parse().unwrap(),
        number: "0011012345678".parse().unwrap(),
        name: "SO MAU".parse().unwrap(),
    };
    Transfer::new(account, dong, Note::of_slip("K01-261122-0001").unwrap()).unwrap()
}

fn payment(key: u128) -> Payment {
    Payment::asked(Uuid::from_u128(key), CODE.to_owned(), morning())
}

fn shown() -> ShownTransfer {
    ShownTransfer {
        transfer: transfer(115_000),
        at: morning(),
    }
}

fn receive(store: &mut Store, dossier: Uuid) {
    let receipt = Receipt {
        code: CODE.to_owned(),
        state: "1".to_owned(),
        received_on: None,
        due_on: None,
    };
    store.received(dossier, &receipt, morning()).unwrap();
}

#[test]
fn a_code_that_was_shown_stays_as_it_was_and_no_payment_begins_after_it() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let dossier = kept(&mut store, 1, morning()).id;
    assert_eq!(store.transfer_of(dossier).unwrap(), None);
    let show = |store: &mut Store, dong| store.show_transfer(dossier, &transfer(dong), morning()).unwrap();
    assert_eq!(show(&mut store, 115_000), MayShow::Show(shown()));
    // Asked for again with another amount: what was shown is shown.
    assert_eq!(show(&mut store, 120_000), MayShow::Show(shown()));
    drop(store);
    let (mut store, _) = data.open(minutes_later(1));
    assert_eq!(store.open_transfer_of(dossier).unwrap(), Some(shown()));
    let told = store.transfers_for_staff().unwrap();
    assert_eq!((told.len(), told[0].dossier), (1, dossier));

    receive(&mut store, dossier);
    assert!(matches!(
        store.begin_payment(&payment(1)),
        Err(StoreError::TransferShown)
    ));
    assert_eq!(store.payment_of(CODE).unwrap(), None);
    store.settle_transfer(dossier).unwrap();
    assert_eq!(store.open_transfer_of(dossier).unwrap(), None);
    assert!(store.transfers_for_staff().unwrap().is_empty());
    assert!(matches!(
        store.begin_payment(&payment(1)),
        Err(StoreError::TransferShown)
    ));
}

#[test]
fn no_code_is_shown_where_a_payment_counts() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let dossier = kept(&mut store, 1, morning()).id;
    receive(&mut store, dossier);
    store.begin_payment(&payment(1)).unwrap();
    let show = store.show_transfer(dossier, &transfer(115_000), morning()).unwrap();
    assert_eq!(show, MayShow::MayBePaid);
    assert_eq!(store.transfer_of(dossier).unwrap(), None);
}

#[test]
fn what_takes_the_place_of_a_refused_dossier_counts_as_the_same() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let old = kept(&mut store, 1, morning()).id;
    store.show_transfer(old, &transfer(115_000), morning()).unwrap();
    store.refused(old, "Thiếu chữ ký").unwrap();
    let refused = store.refused_dossier(old).unwrap();
    let draft = DraftRow {
        id: Uuid::from_u128(9),
        procedure: refused.procedure,
        answers: plain("mended"),
    };
    store.reopen(old, &draft, minutes_later(3)).unwrap();
    let row = SealedDossier {
        act: Act::Revision {
            number: 2,
            dossier: old,
            replaces: refused.request_key,
        },
        ..sealed_dossier(9)
    };
    let new = store.seal(draft.id, &row, minutes_later(4)).unwrap().id;
    assert_eq!(store.open_transfer_of(new).unwrap(), Some(shown()));
    let show = store.show_transfer(new, &transfer(115_000), minutes_later(5)).unwrap();
    assert_eq!(show, MayShow::MayBePaid);
    receive(&mut store, new);
    assert!(matches!(
        store.begin_payment(&payment(1)),
        Err(StoreError::TransferShown)
    ));
    store.settle_transfer(new).unwrap();
    assert_eq!(store.open_transfer_of(new).unwrap(), None);
}

#[test]
fn a_transfer_of_a_dossier_that_is_not_here_is_not_written_down() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let unknown = store.show_transfer(Uuid::from_u128(99), &transfer(115_000), morning());
    assert!(unknown.is_err(), "{unknown:?}");
}
