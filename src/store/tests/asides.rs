//! Drafts put aside, in the store.

use super::*;
use crate::aside::parcel::Sealed;
use crate::province::WhyDropped;
use crate::store::asides::Owed;

const PARCEL: Uuid = Uuid::from_u128(0xA51DE);

const fn sealed(byte: u8) -> Sealed {
    Sealed {
        bytes: 5,
        sha256: [byte; 32],
    }
}

/// A draft with a page, and a parcel file.
fn written(store: &mut Store, draft: Uuid, parcel: Uuid) {
    let row = DraftRow {
        id: draft,
        procedure: "1.012790".into(),
        answers: b"answers".to_vec().into(),
    };
    store.save_draft(&row, morning()).unwrap();
    store.add_page(draft, "P1", b"picture", b"{}").unwrap();
    std::fs::write(store.aside_path(parcel).unwrap(), b"bytes").unwrap();
}

fn aside(store: &mut Store, draft: Uuid, parcel: Uuid, from: Option<Uuid>) {
    written(store, draft, parcel);
    store.put_aside((parcel, sealed(1)), draft, from, morning()).unwrap();
}

#[test]
fn putting_aside_forgets_the_draft_and_owes_the_parcel() {
    let data = Data::new();
    let mut store = data.open(morning()).0;
    let draft = Uuid::from_u128(1);
    aside(&mut store, draft, PARCEL, None);
    assert!(store.load_draft(draft).is_err());
    assert!(!data.path().join("pages").join(draft.to_string()).exists());
    let owed = store.owed_asides(morning()).unwrap();
    assert_eq!(owed.len(), 1);
    assert_eq!(
        (owed[0].parcel, owed[0].sealed, owed[0].owed),
        (PARCEL, sealed(1), Owed::Keep)
    );

    store.aside_is_settled(PARCEL, Owed::Keep).unwrap();
    assert_eq!(store.owed_asides(morning()).unwrap(), []);
    assert!(!store.aside_path(PARCEL).unwrap().exists());
}

#[test]
fn a_parcel_dropped_while_it_is_sent_is_still_dropped() {
    let data = Data::new();
    let mut store = data.open(morning()).0;
    aside(&mut store, Uuid::from_u128(1), PARCEL, None);
    store.drop_aside(PARCEL, WhyDropped::Unwanted, morning()).unwrap();
    assert!(!store.aside_path(PARCEL).unwrap().exists());
    // The sending that was under way ends well.
    store.aside_is_settled(PARCEL, Owed::Keep).unwrap();
    let owed = store.owed_asides(morning()).unwrap();
    assert_eq!(owed[0].owed, Owed::Drop(WhyDropped::Unwanted));
}

#[test]
fn a_draft_put_aside_again_takes_the_place_of_its_first_parcel() {
    let data = Data::new();
    let mut store = data.open(morning()).0;
    let before = Uuid::from_u128(9);
    aside(&mut store, Uuid::from_u128(1), PARCEL, Some(before));
    let owed: Vec<_> = store
        .owed_asides(morning())
        .unwrap()
        .iter()
        .map(|one| (one.parcel, one.owed))
        .collect();
    assert!(owed.contains(&(PARCEL, Owed::Keep)), "{owed:?}");
    assert!(owed.contains(&(before, Owed::Drop(WhyDropped::Unwanted))), "{owed:?}");
}

#[test]
fn a_start_removes_what_no_row_knows_and_keeps_what_is_owed() {
    let data = Data::new();
    let mut store = data.open(morning()).0;
    aside(&mut store, Uuid::from_u128(1), PARCEL, None);
    let orphan = Uuid::from_u128(2);
    written(&mut store, Uuid::from_u128(3), orphan);
    let open = store.aside_path(PARCEL).unwrap().with_extension("open");
    std::fs::write(&open, b"bytes").unwrap();
    drop(store);
    let store = data.open(morning()).0;
    assert!(store.aside_path(PARCEL).unwrap().exists());
    assert!(!store.aside_path(orphan).unwrap().exists());
    assert!(!open.exists());
}

#[test]
fn what_could_not_be_sent_for_too_long_is_given_up() {
    let data = Data::new();
    let mut store = data.open(morning()).0;
    aside(&mut store, Uuid::from_u128(1), PARCEL, None);
    let later = morning() + jiff::SignedDuration::from_hours(24 * 61);
    assert_eq!(store.owed_asides(later).unwrap(), []);
    assert!(!store.aside_path(PARCEL).unwrap().exists());
}
