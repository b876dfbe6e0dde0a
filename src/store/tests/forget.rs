//! Forgetting with proof, and a whole disk looked through for what was forgotten.

use std::process::Command;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::*;
use crate::proof::{self, Rule};
use crate::store::dossiers::Retention;
use crate::store::follow::Receipt;
use crate::store::{DATABASE, proofs};

const RETENTION: Retention = Retention {
    personal_hours: 1,
    follow_days: 30,
};
const NAME: &str = "NGUYỄN THỊ BỊA ĐẶT";

fn receipt(number: u32) -> Receipt {
    Receipt {
        code: format!("000.00.99.H44-261122-{number:04}"),
        state: "1".to_owned(),
        received_on: None,
        due_on: None,
    }
}

fn received(store: &mut Store, number: u128) -> Kept {
    let kept = kept(store, number, morning());
    store
        .received(kept.id, &receipt(number as u32), minutes_later(1))
        .unwrap();
    kept
}

fn all(store: &mut Store) -> Vec<proof::Proof> {
    store
        .proofs(Timestamp::UNIX_EPOCH, minutes_later(1_000_000), 1000)
        .unwrap()
}

#[test]
fn what_was_destroyed_is_proved_by_the_sums_of_what_lay_there() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let one = received(&mut store, 1);
    let folder = data.path().join("pages").join(one.id.to_string());
    let mut sums: Vec<proof::Sum> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| Sha256::digest(std::fs::read(entry.unwrap().path()).unwrap()).into())
        .collect();
    let key: proof::Sum = Sha256::digest(&wrapped(&data)[0]).into();
    let two = kept(&mut store, 2, morning());
    store.refused(two.id, "Thiếu").unwrap();
    store.close_by_staff(two.id, minutes_later(2)).unwrap();
    assert!(all(&mut store).is_empty());

    assert_eq!(store.forget_due(RETENTION, minutes_later(62)).unwrap(), 2);
    let proofs = all(&mut store);
    assert_eq!(proofs.len(), 2);
    let first = &proofs[0];
    assert_eq!(
        (first.number, &first.slip_number, first.rule),
        (1, &one.slip_number, Rule::Received)
    );
    assert_eq!((first.handed_in_at, first.settled_at), (morning(), minutes_later(1)));
    assert_eq!((first.destroyed_at, first.key), (minutes_later(62), key));
    let mut proved: Vec<proof::Sum> = first.files.iter().map(|file| file.sha256).collect();
    sums.sort();
    proved.sort();
    assert_eq!(proved, sums);
    assert_eq!(
        (proofs[1].rule, &proofs[1].slip_number),
        (Rule::Closed, &two.slip_number)
    );
    assert_eq!(proof::check(&proofs), Ok(()));
    assert_eq!(
        store.proof_of(&one.slip_number.to_lowercase()).unwrap().as_ref(),
        Some(first)
    );
    assert_eq!(proofs::from_folder(data.path()).unwrap(), proofs);

    // Once, however often it is asked for; and the chain goes on.
    assert_eq!(store.forget_due(RETENTION, minutes_later(70)).unwrap(), 0);
    received(&mut store, 3);
    store.forget_due(RETENTION, minutes_later(200)).unwrap();
    let proofs = all(&mut store);
    assert_eq!((proofs.len(), proof::check(&proofs)), (3, Ok(())));
}

#[test]
fn a_proof_that_somebody_took_out_of_the_database_shows() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    for number in 1..=4 {
        received(&mut store, number);
    }
    store.forget_due(RETENTION, minutes_later(62)).unwrap();
    drop(store);
    let db = Connection::open(data.path().join(DATABASE)).unwrap();
    db.execute("DELETE FROM forgettings WHERE proof = 3", []).unwrap();
    let proofs = proofs::from_folder(data.path()).unwrap();
    assert_eq!(proof::check(&proofs), Err(proof::Broken { number: 4 }));
}

#[test]
fn a_plug_pulled_anywhere_leaves_what_the_next_start_finishes() {
    type Undo = &'static [&'static str];
    // What a kiosk that died early had not done yet, put back by hand: the proof, or the whole act but the intent.
    let unproved: Undo = &["UPDATE forgettings SET proof = NULL, destroyed_at_ms = NULL, previous = NULL, sum = NULL"];
    for (when, undo) in [("before the key went", &[] as Undo), ("before the proof", unproved)] {
        let data = Data::new();
        let (mut store, _) = data.open(morning());
        let kept = received(&mut store, 1);
        if undo.is_empty() {
            let doomed = crate::store::proofs::Doomed {
                dossier: kept.id,
                slip_number: kept.slip_number.clone(),
                rule: Rule::Received,
                pages: 2,
                handed_in_at: morning(),
                settled_at: minutes_later(1),
            };
            store.intend_to_forget(&doomed).unwrap();
            store.intend_to_forget(&doomed).unwrap();
            assert!(store.dossier_fields(kept.id).is_ok(), "{when}");
        } else {
            store.forget_due(RETENTION, minutes_later(62)).unwrap();
        }
        assert_eq!(all(&mut store).len(), usize::from(!undo.is_empty()));
        drop(store);
        let db = Connection::open(data.path().join(DATABASE)).unwrap();
        for sql in undo {
            db.execute(sql, []).unwrap();
        }
        drop(db);
        // The files, too, may have been left.
        let folder = data.path().join("pages").join(kept.id.to_string());
        std::fs::create_dir_all(&folder).unwrap();

        let (mut store, _) = data.open(minutes_later(90));
        let proofs = all(&mut store);
        assert_eq!(proofs.len(), 1, "{when}");
        assert_eq!(proofs[0].destroyed_at, minutes_later(90), "{when}");
        assert_eq!(proofs[0].files.len(), 2, "{when}");
        assert!(!folder.exists() && store.dossier_fields(kept.id).is_err(), "{when}");
    }
}

#[test]
fn while_somebody_reads_the_log_nothing_is_said_to_be_destroyed() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    received(&mut store, 1);
    let reader = Connection::open(data.path().join(DATABASE)).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM keys").unwrap();
    let _: u32 = reader
        .query_row("SELECT count(*) FROM keys", [], |row| row.get(0))
        .unwrap();
    let before = wrapped(&data);
    store.forget_due(RETENTION, minutes_later(62)).unwrap();
    assert!(all(&mut store).is_empty());
    reader.execute_batch("COMMIT").unwrap();
    drop(reader);
    store.forget_due(RETENTION, minutes_later(63)).unwrap();
    assert_eq!(all(&mut store)[0].destroyed_at, minutes_later(63));
    assert!(data.keys_in_files(&before).is_empty());
}

#[test]
fn a_key_is_destroyed_in_a_damaged_database_that_was_moved_aside_as_well() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    received(&mut store, 1);
    let living = kept(&mut store, 2, morning());
    drop(store);
    let keys = wrapped(&data);
    let aside = data.path().join("damaged-20261122T094107");
    std::fs::create_dir(&aside).unwrap();
    let mut copy = std::fs::read(data.path().join(DATABASE)).unwrap();
    // As the log would lie: not where a database has its pages, and across the pieces that are looked at.
    let mut padded = vec![9; (1 << 20) - 30];
    padded.extend_from_slice(&keys[0]);
    padded.append(&mut copy);
    std::fs::write(aside.join("kiosk.db-wal"), padded).unwrap();

    let (mut store, _) = data.open(morning());
    store.forget_due(RETENTION, minutes_later(62)).unwrap();
    assert_eq!(all(&mut store).len(), 1);
    assert_eq!(data.keys_in_files(&keys), HashSet::from([keys[1].clone()]));
    assert!(store.dossier_fields(living.id).is_ok());
}

/// The wrapped keys in the order they were made, read past the store.
fn wrapped(data: &Data) -> Vec<Vec<u8>> {
    let db = Connection::open(data.path().join(DATABASE)).unwrap();
    let mut statement = db.prepare("SELECT wrapped FROM keys ORDER BY owner").unwrap();
    let keys = statement.query_map([], |row| row.get(0)).unwrap();
    keys.collect::<Result<_, _>>().unwrap()
}

const BLOCK_BYTES: usize = 4096;

/// An ext4 of 64 MiB in a file, mounted: the file is the disk as a thief reads it, freed blocks and journal and all.
struct Disk(TempDir);

impl Disk {
    fn mount() -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(disk.folder()).unwrap();
        std::fs::File::create(disk.image()).unwrap().set_len(64 << 20).unwrap();
        let ran = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        let made = ran(Command::new("mke2fs")
            .args(["-q", "-F", "-t", "ext4"])
            .arg(disk.image()));
        let mounted = made
            && ran(Command::new("mount")
                .args(["-o", "loop"])
                .arg(disk.image())
                .arg(disk.folder()));
        mounted.then_some(disk)
    }

    fn image(&self) -> PathBuf {
        self.0.path().join("image")
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("disk")
    }

    /// Every block of the disk that is not all zeros, as it lies there now, in order.
    fn bytes(&self) -> Vec<u8> {
        let synced = Command::new("sync").arg("-f").arg(self.folder()).status().unwrap();
        assert!(synced.success());
        let image = std::fs::read(self.image()).unwrap();
        let blocks = image.chunks(BLOCK_BYTES).filter(|block| **block != [0; BLOCK_BYTES]);
        blocks.flatten().copied().collect()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.folder()).output());
    }
}

fn holds(disk: &[u8], what: &[u8]) -> bool {
    disk.windows(what.len()).any(|window| window == what)
}

/// Every place of the disk is tried as a dossier's key wrapped under the kiosk's: how many open.
fn keys_that_open(disk: &[u8], owner: Uuid) -> usize {
    let (wrapped_bytes, shape) = (1 + 24 + 32 + 16, 1);
    let places = disk.windows(wrapped_bytes).filter(|window| window[0] == shape);
    // A nonce of zeros and the like was never drawn.
    let drawn = places.filter(|window| window[1..25].iter().collect::<HashSet<_>>().len() > 12);
    drawn.filter(|window| key().unwrap_key(owner, window).is_ok()).count()
}

#[test]
fn on_the_raw_disk_no_word_is_left_and_no_key_for_the_ciphertext_that_may_be() {
    let Some(disk) = Disk::mount() else {
        println!("not allowed to mount an ext4 image: skipped, the tests on the folder's files remain");
        return;
    };
    let folder = disk.folder().join("data");
    let (mut store, _) = Store::open(&folder, key(), settings(), morning()).unwrap();
    let planted = format!("{{\"ChuHoSo\":\"{NAME}\",\"DiaChi\":\"Thôn Tưởng Tượng\"}}");
    let mut ids = vec![];
    for number in 1..=6 {
        let id = draft(&mut store, number, &planted);
        let page = store
            .add_page(id, "TP01", planted.repeat(900).as_bytes(), planted.as_bytes())
            .unwrap();
        store.keep_reading(page.id, planted.as_bytes()).unwrap();
        let mut dossier = sealed_dossier(number);
        dossier.fields = plain(&planted);
        store.seal(id, &dossier, morning()).unwrap();
        let mut files = files();
        files[0].bytes = plain(&planted.repeat(2000));
        bind(&mut store, id, &files);
        store.received(id, &receipt(number as u32), minutes_later(1)).unwrap();
        ids.push(id);
        // A restart cuts the log while its keys live: its blocks go back to the disk.
        if number == 3 {
            drop(store);
            (store, _) = Store::open(&folder, key(), settings(), morning()).unwrap();
        }
    }
    let ciphertext = std::fs::read_dir(folder.join("pages").join(ids[0].to_string()))
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .max_by_key(Vec::len)
        .unwrap();
    let before = disk.bytes();
    assert!(!holds(&before, NAME.as_bytes()));
    assert!(ids.iter().all(|id| keys_that_open(&before, *id) > 0), "the search sees");

    for _ in 0..2 {
        store.forget_due(RETENTION, minutes_later(62)).unwrap();
    }
    assert_eq!(all(&mut store).len(), 6);
    for when in ["while it runs", "after it was closed"] {
        let after = disk.bytes();
        for needle in [NAME, "Tưởng Tượng", "BỊA"] {
            assert!(!holds(&after, needle.as_bytes()), "{needle} {when}");
        }
        // ext4 leaves the blocks of removed files as they are: the ciphertext is still there for whoever looks.
        assert!(holds(&after, &ciphertext[..4096]), "{when}");
        for id in &ids {
            assert_eq!(keys_that_open(&after, *id), 0, "{when}");
        }
        if when == "while it runs" {
            drop(store);
            (store, _) = Store::open(&folder, key(), settings(), minutes_later(63)).unwrap();
        }
    }
    drop(store);
}
