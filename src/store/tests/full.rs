//! A disk that fills up, on a small file system of its own where the machine lets us mount one.

use std::process::Command;

use super::*;
use crate::slip::SlipOf;
use crate::store::prints::PrintEnd;

/// A tmpfs of 16 MiB, unmounted when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0.path()).output());
    }
}

fn fill(path: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(path.join("others")).unwrap();
    while file.write_all(&[1; 4096]).is_ok() {}
    while file.write_all(&[1; 1]).is_ok() {}
}

#[test]
fn on_a_full_disk_no_page_is_half_kept_and_numbers_go_on_from_the_ballast() {
    let Some(disk) = SmallDisk::mount() else {
        println!("not allowed to mount a small disk: skipped, `ballast_is_given_up_when_sqlite_says_full` remains");
        return;
    };
    let folder = disk.0.path().join("data");
    let mut settings = settings();
    settings.limits.ballast_bytes = 4 << 20;
    let (mut store, _) = Store::open(&folder, key(), settings, morning()).unwrap();
    let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
    let room = store.room();
    assert!(room.enough_for_scan && room.enough_for_numbers, "{room:?}");
    let id = draft(&mut store, 1, "answers");
    fill(disk.0.path());
    let room = store.room();
    assert!(!room.enough_for_scan && room.enough_for_numbers, "{room:?}");
    assert!(matches!(
        store.add_page(id, "TP01", &[1; 300_000], b""),
        Err(StoreError::Full)
    ));
    let pages = folder.join("pages").join(id.to_string());
    assert_eq!(std::fs::read_dir(pages).map_or(0, Iterator::count), 0, "no half page");

    for number in 1..=100 {
        let ticket = store.draw(&hall, letter('A'), morning()).unwrap().ticket;
        assert_eq!(ticket.number, number);
        let job = store.begin_print(SlipOf::Ticket(ticket.id), morning()).unwrap();
        store.end_print(job.id, PrintEnd::Printed).unwrap();
        store.tidy();
    }
    assert!(!folder.join("ballast").exists(), "the ballast was needed");
    assert_eq!(store.load_draft(id).unwrap().answers.as_slice(), b"answers");
    store.discard_draft(id).unwrap();
    std::fs::remove_file(disk.0.path().join("others")).unwrap();
    store.tidy();
    assert!(folder.join("ballast").exists(), "it comes back with the room");
    drop(store);
    let (mut store, opened) = Store::open(&folder, key(), super::settings(), morning()).unwrap();
    assert_eq!(opened.moved_aside, None);
    assert_eq!(store.report(None).unwrap().len(), 100);
}

#[test]
fn ballast_is_given_up_when_sqlite_says_full() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    store.draw(&hall, letter('A'), morning()).unwrap();
    let pages: u32 = store
        .db
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    store.db.pragma_update(None, "max_page_count", pages).unwrap();
    let full = (0..5000)
        .find_map(|_| store.draw(&hall, letter('A'), morning()).err())
        .unwrap();
    let source = std::error::Error::source(&full).map(ToString::to_string);
    assert!(format!("{full:?} {source:?}").contains("Full"), "{full:?}");
    assert!(!data.path().join("ballast").exists());
    store.db.pragma_update(None, "max_page_count", 1_000_000).unwrap();
    let next = store.draw(&hall, letter('A'), morning()).unwrap().ticket.number;
    assert_eq!(store.report(None).unwrap().len() as u32, next, "no gap");
}
