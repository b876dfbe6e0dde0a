//! Drafts, dossiers and what is owed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::store::dossiers::Retention;
use crate::store::follow::{NewsToKeep, Receipt, Stage};

fn receipt() -> Receipt {
    Receipt {
        code: "000.00.06.H56-261122-0361".to_owned(),
        state: "1".to_owned(),
        received_on: Some("2026-11-22T09:45:00+07:00".to_owned()),
        due_on: None,
    }
}

const RETENTION: Retention = Retention {
    personal_hours: 24,
    follow_days: 30,
};

#[test]
fn answers_and_pages_are_there_again_after_a_restart() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = draft(&mut store, 1, "first");
    draft(&mut store, 1, "second");
    let page = store.add_page(id, "TP01", b"picture one", b"meta one").unwrap();
    store.add_page(id, "TP01", b"picture two", b"meta two").unwrap();
    store.add_page(id, "TP02", b"picture three", b"").unwrap();
    drop(store);
    let (mut store, opened) = data.try_open(minutes_later(2)).unwrap();
    assert_eq!(opened.files_orphaned, 0);
    assert_eq!(store.resumable_draft(minutes_later(2)).unwrap(), Some(id));
    assert_eq!(store.load_draft(id).unwrap().answers.as_slice(), b"second");
    let pages = store.pages(id).unwrap();
    let places: Vec<_> = pages.iter().map(|page| (page.part.as_str(), page.ordinal)).collect();
    assert_eq!(places, [("TP01", 0), ("TP01", 1), ("TP02", 0)]);
    assert_eq!(pages[1].meta.as_slice(), b"meta two");
    assert_eq!(store.page(page.id).unwrap().as_slice(), b"picture one");
    store.drop_pages(id, "TP01").unwrap();
    assert_eq!(store.pages(id).unwrap().len(), 1);
    assert!(matches!(store.page(page.id), Err(StoreError::Unknown("file"))));
}

#[test]
fn a_draft_is_forgotten_when_its_visit_ends_or_its_age_is_unknown() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let (old, current) = (draft(&mut store, 1, "old"), draft(&mut store, 2, "current"));
    store.add_page(old, "TP01", b"picture", b"").unwrap();
    assert_eq!(store.forget_stale_drafts(None, minutes_later(9)).unwrap(), 0);
    assert_eq!(store.forget_stale_drafts(Some(current), minutes_later(11)).unwrap(), 1);
    assert!(matches!(store.load_draft(old), Err(StoreError::Unknown(_))));
    assert!(!data.path().join("pages").join(old.to_string()).exists());
    assert_eq!(store.resumable_draft(minutes_later(11)).unwrap(), None);
    assert_eq!(
        store.forget_stale_drafts(None, minutes_later(-5)).unwrap(),
        1,
        "a clock gone back knows no age"
    );
    store.discard_draft(current).unwrap();
}

#[test]
fn a_sealed_dossier_is_owed_once_with_its_number_and_files() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = draft(&mut store, 1, "answers");
    store.add_page(id, "TP01", b"picture", b"").unwrap();
    let first = store.seal(id, &sealed_dossier(1), morning()).unwrap();
    assert_eq!(first.slip_number, "K01-261122-0001");
    assert_eq!(
        store.seal(id, &sealed_dossier(1), morning()).unwrap(),
        first,
        "a second touch changes nothing"
    );
    assert_eq!(store.pages(id).unwrap().len(), 1, "its pages are not bound yet");
    bind(&mut store, id, &files());
    assert_eq!(kept(&mut store, 2, morning()).slip_number, "K01-261122-0002");
    assert_eq!(
        kept(&mut store, 3, minutes_later(24 * 60)).slip_number,
        "K01-261123-0001"
    );
    drop(store);

    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert_eq!(opened.files_orphaned, 0);
    let owed = store.owed().unwrap();
    assert_eq!(owed.len(), 3);
    assert_eq!(
        (owed[0].dossier, owed[0].bytes, owed[0].stage),
        (id, 100_010, Stage::Waiting)
    );
    assert_eq!(owed[0].request_key, sealed_dossier(1).key);
    assert!(matches!(store.load_draft(id), Err(StoreError::Unknown("draft"))));
    assert!(store.pages(id).unwrap().is_empty());
    let files = store.dossier_files(id).unwrap();
    assert_eq!(
        files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(),
        ["don.pdf", "giay.pdf"]
    );
    let mut bytes = vec![0; 10];
    assert_eq!(
        store
            .open_file(files[0].id)
            .unwrap()
            .read_at(99_995, &mut bytes)
            .unwrap(),
        5
    );
    assert_eq!(bytes[..5], [1; 5]);
    let wanted: [u8; 32] = sha2::Digest::finalize(sha2::Digest::chain_update(sha2::Sha256::default(), [2; 10])).into();
    assert_eq!(files[1].sha256, wanted);
}

#[test]
fn a_dossier_that_cannot_be_kept_leaves_its_draft_whole() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = draft(&mut store, 1, "answers");
    let mut dossier = sealed_dossier(1);
    dossier.fields = Plain::new(vec![b' '; 2 << 20]);
    assert!(matches!(
        store.seal(id, &dossier, morning()),
        Err(StoreError::TooLarge { .. })
    ));
    // The key of another dossier.
    kept(&mut store, 2, morning());
    dossier = sealed_dossier(1);
    dossier.key = sealed_dossier(2).key;
    assert!(store.seal(id, &dossier, morning()).is_err());
    assert_eq!(store.load_draft(id).unwrap().answers.as_slice(), b"answers");
    let folder = data.path().join("pages").join(id.to_string());
    assert!(!folder.exists(), "no file is left behind");
    assert_eq!(store.owed().unwrap().len(), 1);
}

#[test]
fn an_attempt_is_counted_before_it_is_made_and_put_off_after() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = kept(&mut store, 1, morning()).id;
    assert_eq!(store.due(morning()).unwrap().len(), 1);
    assert_eq!(store.attempt_begins(id).unwrap(), 1);
    drop(store);
    let (mut store, _) = data.open(morning());
    assert_eq!(store.attempt_begins(id).unwrap(), 2, "the count outlives a crash");
    store.later(id, minutes_later(5)).unwrap();
    assert!(store.due(minutes_later(4)).unwrap().is_empty());
    assert_eq!(store.next_due(minutes_later(4)).unwrap(), Some(minutes_later(5)));
    assert_eq!(store.next_due(minutes_later(5)).unwrap(), None);
    assert_eq!(store.due(minutes_later(5)).unwrap().len(), 1);
    assert_eq!(
        store.due(Timestamp::UNIX_EPOCH).unwrap().len(),
        1,
        "a clock gone back starves nobody"
    );
    store.all_due(minutes_later(1)).unwrap();
    assert_eq!(store.due(minutes_later(1)).unwrap().len(), 1);
}

#[test]
fn who_had_a_turn_goes_behind_all_who_wait_and_who_comes_later_behind_that() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let ids: Vec<_> = (1..=3).map(|n| kept(&mut store, n, morning()).id).collect();
    store.goes_behind(ids[0], minutes_later(1)).unwrap();
    let fourth = kept(&mut store, 4, minutes_later(1)).id;
    drop(store);
    let (mut store, _) = data.open(minutes_later(1));
    let line = |store: &mut Store| -> Vec<_> {
        let due = store.due(minutes_later(1)).unwrap();
        due.iter().map(|owed| owed.dossier).collect()
    };
    assert_eq!(line(&mut store), [ids[1], ids[2], ids[0], fourth]);
    store.all_due(minutes_later(1)).unwrap();
    assert_eq!(line(&mut store), [ids[1], ids[2], ids[0], fourth]);
    let shown: Vec<_> = store.owed().unwrap().iter().map(|owed| owed.dossier).collect();
    assert_eq!(shown, [ids[0], ids[1], ids[2], fourth], "staff see the oldest first");
}

#[test]
fn a_received_dossier_is_followed_by_either_number_and_then_forgotten() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = kept(&mut store, 1, morning()).id;
    assert_eq!(
        store.follow(" k01-261122-0001 ").unwrap().unwrap().stage,
        Stage::Waiting
    );
    store.received(id, &receipt(), minutes_later(5)).unwrap();
    store.received(id, &receipt(), minutes_later(50)).unwrap();
    assert!(matches!(store.attempt_begins(id), Err(StoreError::Unknown(_))));
    assert!(store.owed().unwrap().is_empty());
    let news = NewsToKeep {
        news: "in work".to_owned(),
        over: false,
        finished: None,
    };
    store.remember_news(id, &news, minutes_later(60)).unwrap();
    let known = store.follow("000.00.06.h56-261122-0361").unwrap().unwrap();
    assert_eq!(
        (known.stage, known.receipt.as_ref(), known.as_of),
        (Stage::Received, Some(&receipt()), Some(minutes_later(60)))
    );
    assert_eq!(known.news, Some(news.news));

    let forget_at = minutes_later(24 * 60 + 5);
    assert_eq!(store.forget_due(RETENTION, minutes_later(24 * 60)).unwrap(), 0);
    assert_eq!(store.forget_due(RETENTION, forget_at).unwrap(), 1);
    assert!(matches!(store.dossier_fields(id), Err(StoreError::Unknown(_))));
    assert!(!data.path().join("pages").join(id.to_string()).exists());
    assert_eq!(
        store.follow("K01-261122-0001").unwrap().unwrap().receipt,
        Some(receipt())
    );
    assert_eq!(store.forget_due(RETENTION, minutes_later(31 * 24 * 60)).unwrap(), 0);
    assert_eq!(store.follow("K01-261122-0001").unwrap(), None);
}

#[test]
fn a_refused_dossier_stays_with_staff_until_a_person_decides() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let woken = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&woken);
    store.on_owed(Box::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
    }));
    let id = kept(&mut store, 1, morning()).id;
    store.refused(id, "Thiếu tờ khai").unwrap();
    assert!(store.due(minutes_later(900)).unwrap().is_empty());
    assert_eq!(store.owed().unwrap()[0].words.as_deref(), Some("Thiếu tờ khai"));
    assert_eq!(store.forget_due(RETENTION, minutes_later(100 * 24 * 60)).unwrap(), 0);
    store.send_again(id, minutes_later(10)).unwrap();
    assert_eq!(
        store.due(minutes_later(10)).unwrap()[0].request_key,
        sealed_dossier(1).key
    );
    assert_eq!(woken.load(Ordering::Relaxed), 2, "once kept, once sent again");
    assert!(
        store.close_by_staff(id, minutes_later(11)).is_err(),
        "what is being sent is not closed"
    );
    store.refused(id, "Vẫn thiếu").unwrap();
    store.close_by_staff(id, minutes_later(12)).unwrap();
    assert_eq!(store.forget_due(RETENTION, minutes_later(24 * 60 + 12)).unwrap(), 1);
}

#[test]
fn upload_addresses_outlive_a_restart_and_end_with_the_upload() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = kept(&mut store, 1, morning()).id;
    let file = store.dossier_files(id).unwrap()[0].id;
    store.keep_upload_url(file, "/files/17").unwrap();
    drop(store);
    let (mut store, _) = data.open(morning());
    assert_eq!(
        store.dossier_files(id).unwrap()[0].upload_url.as_deref(),
        Some("/files/17")
    );
    store.forget_upload_url(file).unwrap();
    assert_eq!(store.dossier_files(id).unwrap()[0].upload_url, None);
    assert!(matches!(
        store.keep_upload_url(Uuid::from_u128(5), "x"),
        Err(StoreError::Unknown(_))
    ));
}

#[test]
fn small_records_come_back() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    assert!(store.catalogue().unwrap().is_none());
    store.keep_catalogue("\"1\"", b"[]", morning()).unwrap();
    store.keep_catalogue("\"2\"", b"[1]", morning()).unwrap();
    let catalogue = store.catalogue().unwrap().unwrap();
    assert_eq!(
        (catalogue.etag.as_str(), catalogue.body.as_slice()),
        ("\"2\"", b"[1]".as_slice())
    );
    store.audit(morning(), "PIN accepted").unwrap();
    assert_eq!(store.audit_lines(5).unwrap()[0].what, "PIN accepted");
    store.notice(morning(), "Hết giấy").unwrap();
    let notice = store.notices().unwrap().remove(0);
    store.clear_notice(notice.id).unwrap();
    assert!(store.notices().unwrap().is_empty());
}

#[test]
fn orphaned_files_go_at_the_next_start_and_the_others_stay() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = kept(&mut store, 1, morning()).id;
    drop(store);
    let folder = data.path().join("pages").join(id.to_string());
    std::fs::write(folder.join(Uuid::from_u128(77).to_string()), b"x").unwrap();
    std::fs::write(folder.join("half.part"), b"x").unwrap();
    std::fs::create_dir(data.path().join("pages").join(Uuid::from_u128(78).to_string())).unwrap();
    let (_, opened) = data.try_open(morning()).unwrap();
    assert_eq!(opened.files_orphaned, 3);
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2);
}

#[test]
fn pages_become_files_at_once_or_not_at_all() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = draft(&mut store, 1, "answers");
    store.add_page(id, "TP01", b"one", b"meta").unwrap();
    store.add_page(id, "TP02", b"two", b"meta").unwrap();
    store.seal(id, &sealed_dossier(1), morning()).unwrap();
    let count = || {
        std::fs::read_dir(data.path().join("pages").join(id.to_string()))
            .unwrap()
            .count()
    };

    let files = files();
    let one = store.write_file(id, &files[0]).unwrap();
    assert!(
        matches!(store.bind(id, std::slice::from_ref(&one)), Err(StoreError::Tampered)),
        "two were promised"
    );
    assert_eq!((store.pages(id).unwrap().len(), count()), (2, 3));
    store.drop_written(id, vec![one]);
    assert_eq!(count(), 2);

    // Cut short after the first file: it is gone at the next start, the pages are not.
    store.write_file(id, &files[0]).unwrap();
    drop(store);
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert_eq!((opened.files_orphaned, count()), (1, 2));
    bind(&mut store, id, &files);
    assert_eq!((store.pages(id).unwrap().len(), count()), (0, 2));
    assert_eq!(store.dossier_files(id).unwrap().len(), 2);
}

#[test]
fn what_was_read_on_a_page_goes_with_the_page() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = draft(&mut store, 1, "answers");
    let page = store.add_page(id, "TP01", b"picture", b"meta").unwrap().id;
    assert_eq!(store.reading(page).unwrap(), None);
    store.keep_reading(page, b"words").unwrap();
    assert_eq!(store.reading(page).unwrap().unwrap().as_slice(), b"words");
    assert_eq!(store.page_meta(page).unwrap().as_slice(), b"meta");
    assert_eq!(
        store.pages(id).unwrap()[0].reading.as_ref().unwrap().as_slice(),
        b"words"
    );
    store.drop_page(page).unwrap();
    assert!(matches!(
        store.keep_reading(page, b"late"),
        Err(StoreError::Unknown("page"))
    ));
}
