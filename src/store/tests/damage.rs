//! A database that is damaged, lost, newer or another's.

use std::os::unix::fs::FileExt;

use rusqlite::Connection;

use super::*;
use crate::store::DATABASE;
use crate::store::secrets::KioskKey;
use crate::ticket::TicketState;

fn overwrite(path: &Path, offset: u64, bytes: &[u8]) {
    std::fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .write_all_at(bytes, offset)
        .unwrap();
}

/// A folder with `count` printed numbers of series A and one dossier, closed cleanly.
fn used(count: u32) -> Data {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    for _ in 0..count {
        store.draw(&hall, letter('A'), morning()).unwrap();
    }
    kept(&mut store, 1, morning());
    drop(store);
    data
}

#[test]
fn a_database_that_is_no_database_is_moved_aside_whole_and_no_number_is_repeated() {
    let data = used(11);
    let path = data.path().join(DATABASE);
    let garbage = vec![0x5a; 40_000];
    std::fs::write(&path, &garbage).unwrap();
    let (mut store, opened) = data.try_open(morning()).unwrap();
    let aside = opened.moved_aside.unwrap();
    assert_eq!(std::fs::read(aside.join(DATABASE)).unwrap(), garbage);
    assert_eq!(opened.rows_saved, 0);
    assert!(opened.files_orphaned > 0, "the dossier's files");
    assert!(
        !std::fs::read_dir(aside.join("pages"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path()
            .as_os_str()
            .is_empty()
    );
    let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
    let next = store.draw(&hall, letter('A'), morning()).unwrap().ticket.number;
    assert!(next > 11 && next <= 11 + 8 + 3 + 1, "{next}");
    let rows = store.report(None).unwrap();
    assert_eq!(
        rows.iter().map(|row| row.number).collect::<Vec<_>>(),
        (1..=next).collect::<Vec<_>>()
    );
    assert!(rows[..11].iter().all(|row| row.state == TicketState::Unclear));
    assert_eq!(store.notices().unwrap().len(), 1);
    let again = kept(&mut store, 2, morning());
    assert_eq!(again.slip_number, "K01-261122-0009", "slip numbers 1 to 8 may be out");
    drop(store);
    let (_, opened) = data.try_open(morning()).unwrap();
    assert_eq!(opened.moved_aside, None, "it is mended once");
}

#[test]
fn what_can_still_be_read_of_a_damaged_database_is_kept() {
    let data = used(200);
    let path = data.path().join(DATABASE);
    let length = std::fs::metadata(&path).unwrap().len();
    // Garbage over each page in turn, but the first, which makes it no database at all.
    let mut dossiers_kept = 0;
    let pages: Vec<u64> = (4096..length).step_by(4096).collect();
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = 0;
    for page in &pages {
        let hurt = Data::new();
        std::fs::copy(data.path().join("numbers.log"), hurt.path().join("numbers.log")).unwrap();
        std::fs::write(hurt.path().join(DATABASE), &whole).unwrap();
        overwrite(&hurt.path().join(DATABASE), *page, &[0xa5; 4096]);
        let (mut store, opened) = hurt.try_open(morning()).unwrap();
        damaged += u32::from(opened.moved_aside.is_some());
        let numbers: Vec<u32> = store.report(None).unwrap().iter().map(|row| row.number).collect();
        assert!(numbers.len() >= 200, "page at {page}: {} numbers", numbers.len());
        assert_eq!(
            numbers,
            (1..=numbers.len() as u32).collect::<Vec<_>>(),
            "page at {page}"
        );
        // A dossier is there whole, or it is seen that it is not: never fewer files.
        let owed = store.owed().unwrap();
        if let [owed] = owed.as_slice() {
            let whole = store.dossier_files(owed.dossier).is_ok_and(|files| files.len() == 2)
                && store.dossier_fields(owed.dossier).is_ok();
            dossiers_kept += usize::from(whole);
        }
        let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
        assert!(store.draw(&hall, letter('A'), morning()).unwrap().ticket.number > 200);
    }
    println!(
        "{} pages, {damaged} found damaged, dossier kept in {dossiers_kept}",
        pages.len()
    );
    assert!(damaged > 0);
    assert!(dossiers_kept * 2 > pages.len(), "{dossiers_kept} of {}", pages.len());
}

#[test]
fn damage_found_while_running_is_mended_and_the_next_number_is_new() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    for _ in 0..30 {
        store.draw(&hall, letter('A'), morning()).unwrap();
    }
    store.cut_log();
    let path = data.path().join(DATABASE);
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    overwrite(&path, 4096, &vec![0xa5; length - 4096]);
    // The pages SQLite still holds in memory are sound; another connection's commit makes it read again.
    store.db.release_memory().unwrap();
    store.db.execute_batch("PRAGMA shrink_memory").unwrap();
    let mut seen = false;
    for _ in 0..5 {
        seen |= store.draw(&hall, letter('A'), morning()).is_err();
        if store.is_damaged() {
            break;
        }
    }
    assert!(seen && store.is_damaged());
    let opened = store.mend(morning()).unwrap();
    assert!(opened.moved_aside.is_some());
    assert!(!store.is_damaged());
    // The picture from before the damage is of no use any more, and the draw notices by itself.
    let next = store.draw(&hall, letter('A'), morning()).unwrap().ticket.number;
    assert!(next > 30, "{next}");
}

#[test]
fn a_database_that_vanished_repeats_no_number_and_its_pages_are_kept() {
    let data = used(5);
    for suffix in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(data.path().join(format!("{DATABASE}{suffix}"))));
    }
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert!(opened.database_made && opened.files_orphaned > 0);
    assert!(opened.moved_aside.unwrap().join("pages").exists());
    let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
    assert_eq!(store.draw(&hall, letter('A'), morning()).unwrap().ticket.number, 9);
}

#[test]
fn commits_a_lying_disk_lost_are_explained_and_not_repeated() {
    let data = used(5);
    let early = std::fs::read(data.path().join(DATABASE)).unwrap();
    let (mut store, hall) = data.open(morning());
    for _ in 5..60 {
        store.draw(&hall, letter('A'), morning()).unwrap();
    }
    drop(store);
    std::fs::write(data.path().join(DATABASE), early).unwrap();
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert_eq!(opened.moved_aside, None);
    assert!(opened.numbers_unexplained >= 55, "{}", opened.numbers_unexplained);
    let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
    assert!(store.draw(&hall, letter('A'), morning()).unwrap().ticket.number > 60);
}

#[test]
fn a_plug_pulled_while_a_database_is_moved_aside_loses_nothing() {
    let data = used(20);
    // As after "rebuilt.db whole" and "kiosk.db away", with its log still there.
    let aside = data.path().join("damaged-20261122T094107");
    std::fs::create_dir(&aside).unwrap();
    std::fs::rename(data.path().join(DATABASE), data.path().join("rebuilt.db")).unwrap();
    std::fs::write(data.path().join(format!("{DATABASE}-wal")), b"stale").unwrap();
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert!(!opened.database_made);
    assert_eq!(store.report(None).unwrap().len(), 20);
    assert_eq!(store.owed().unwrap().len(), 1);
    assert_eq!(
        std::fs::read(data.path().join("damaged-20261122T094107-1/kiosk.db-wal")).unwrap(),
        b"stale"
    );
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_was() {
    let data = used(1);
    let db = Connection::open(data.path().join(DATABASE)).unwrap();
    db.pragma_update(None, "user_version", 999).unwrap();
    drop(db);
    let before = std::fs::read(data.path().join(DATABASE)).unwrap();
    assert!(matches!(
        data.try_open(morning()),
        Err(StoreError::Newer { found: 999, .. })
    ));
    assert_eq!(std::fs::read(data.path().join(DATABASE)).unwrap(), before);
}

#[test]
fn another_kiosks_key_is_refused_and_nothing_is_touched() {
    let data = used(1);
    let other = Store::open(data.path(), KioskKey::from_bytes([8; 32]), settings(), morning());
    assert!(matches!(other, Err(StoreError::WrongKey)));
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert_eq!((opened.moved_aside, store.owed().unwrap().len()), (None, 1));
}

#[test]
fn a_picture_of_a_log_that_lost_its_end_draws_a_new_number() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    for _ in 0..40 {
        store.draw(&hall, letter('A'), morning()).unwrap();
    }
    // As a database from which nothing could be read: everything is explained by the guard, from sequence 1 on.
    store
        .db
        .execute_batch("DELETE FROM tickets; DELETE FROM hall_events; DELETE FROM sqlite_sequence")
        .unwrap();
    drop(store);
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert!(opened.numbers_unexplained >= 40);
    assert!(store.draw(&hall, letter('A'), morning()).unwrap().ticket.number > 40);
}

#[test]
fn a_dossier_without_all_its_files_is_not_given_out_for_sending() {
    let data = used(1);
    let (mut store, _) = data.try_open(morning()).unwrap();
    let dossier = store.owed().unwrap()[0].dossier;
    store.db.execute_batch("DELETE FROM files WHERE part = 'TP02'").unwrap();
    assert!(matches!(store.dossier_files(dossier), Err(StoreError::Tampered)));
}

#[test]
fn with_database_and_guard_both_hurt_what_is_left_still_repeats_nothing() {
    let data = used(20);
    std::fs::write(data.path().join("numbers.log"), b"\xff\xfe garbage").unwrap();
    let db = Connection::open(data.path().join(DATABASE)).unwrap();
    db.execute_batch("DELETE FROM slip_numbers; DELETE FROM hall_events; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let root: u32 = db
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'notices'", [], |row| {
            row.get(0)
        })
        .unwrap();
    drop(db);
    overwrite(&data.path().join(DATABASE), u64::from(root - 1) * 4096, &[0xa5; 4096]);
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert!(opened.moved_aside.is_some());
    let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
    assert_eq!(hall.waiting(letter('A')), 20);
    assert_eq!(store.draw(&hall, letter('A'), morning()).unwrap().ticket.number, 21);
    assert_eq!(kept(&mut store, 2, morning()).slip_number, "K01-261122-0002");
}
