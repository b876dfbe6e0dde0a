//! The store under trouble, a file per kind.

mod asides;
mod damage;
mod dossiers;
mod figures;
mod following;
mod forget;
mod full;
mod hall_copy;
mod kill;
mod numbers;
mod payments;
mod prints;
mod secrecy;
mod speed;
mod steps;
mod transfers;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use crate::dossier::Act;
use crate::figures::Facts;
use crate::hall::Series;
use crate::hall::local::LocalHall;
use crate::store::binding::NewFile;
use crate::store::dossiers::{Kept, SealedDossier};
use crate::store::drafts::DraftRow;
use crate::store::room::Limits;
use crate::store::secrets::{KioskKey, Plain};
use crate::store::{Opened, Settings, Store, StoreError};
use crate::ticket::SeriesLetter;

/// 22 November 2026, 9:41:07 in Vietnam.
fn morning() -> Timestamp {
    "2026-11-22T02:41:07Z".parse().unwrap()
}

fn minutes_later(minutes: i64) -> Timestamp {
    morning() + SignedDuration::from_mins(minutes)
}

fn settings() -> Settings {
    let limits = Limits {
        scan_free_bytes_min: 1 << 20,
        numbers_free_bytes_min: 1 << 18,
        ballast_bytes: 1 << 18,
    };
    Settings {
        name: "K01".parse().unwrap(),
        limits,
    }
}

fn key() -> KioskKey {
    KioskKey::from_bytes([7; 32])
}

fn letter(letter: char) -> SeriesLetter {
    letter.try_into().unwrap()
}

fn series() -> Vec<Series> {
    ['A', 'B']
        .map(|letter| Series {
            letter: letter.try_into().unwrap(),
            name: "Hộ tịch".to_owned(),
            counters: "Quầy 1, 2".to_owned(),
            first_number: 1,
            per_day_max: None,
        })
        .into()
}

/// A data folder; dropping the store without a word is what a crash leaves (SQLite closes its files either way,
/// `kill.rs` shows the rest).
struct Data(TempDir);

impl Data {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn try_open(&self, now: Timestamp) -> Result<(Store, Opened), StoreError> {
        Store::open(self.path(), key(), settings(), now)
    }

    fn open(&self, now: Timestamp) -> (Store, LocalHall) {
        let (mut store, _) = self.try_open(now).unwrap();
        let hall = LocalHall::open(&mut store, series(), now).unwrap();
        (store, hall)
    }

    /// Every file of the folder, also those moved aside.
    fn files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.path().to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    files.push(path)
                }
            }
        }
        files
    }

    /// Which of `keys` stand in any file: one pass over all bytes, by their first eight.
    fn keys_in_files(&self, keys: &[Vec<u8>]) -> HashSet<Vec<u8>> {
        let starts: HashMap<&[u8], &Vec<u8>> = keys.iter().map(|key| (&key[1..9], key)).collect();
        let mut found = HashSet::new();
        for path in self.files() {
            let bytes = std::fs::read(path).unwrap();
            let hits = bytes.windows(8).filter_map(|window| starts.get(window));
            found.extend(hits.map(|key| (*key).clone()));
        }
        found
    }

    /// The files that hold `needle`.
    fn holding(&self, needle: &[u8]) -> Vec<PathBuf> {
        let holds = |path: &PathBuf| {
            std::fs::read(path)
                .unwrap()
                .windows(needle.len())
                .any(|window| window == needle)
        };
        self.files().into_iter().filter(holds).collect()
    }
}

fn plain(text: &str) -> Plain {
    Plain::new(text.as_bytes().to_vec())
}

fn draft(store: &mut Store, number: u128, answers: &str) -> Uuid {
    let id = Uuid::from_u128(number);
    let draft = DraftRow {
        id,
        procedure: "1.001193".to_owned(),
        answers: plain(answers),
    };
    store.save_draft(&draft, morning()).unwrap();
    id
}

fn sealed_dossier(number: u128) -> SealedDossier {
    SealedDossier {
        key: Uuid::from_u128(number + 1_000_000),
        fields: plain("{\"ChuHoSo\":\"Nguyễn Văn Mẫu\"}"),
        file_count: 2,
        act: Act::HandIn,
        facts: Facts::default(),
    }
}

fn files() -> Vec<NewFile> {
    let file = |part: &str, name: &str, bytes| NewFile {
        part: part.to_owned(),
        name: name.to_owned(),
        bytes: Plain::new(bytes),
        about: String::new(),
    };
    vec![
        file("TP01", "don.pdf", vec![1; 100_000]),
        file("TP02", "giay.pdf", vec![2; 10]),
    ]
}

fn bind(store: &mut Store, dossier: Uuid, files: &[NewFile]) {
    let written: Vec<_> = files
        .iter()
        .map(|file| store.write_file(dossier, file).unwrap())
        .collect();
    store.bind(dossier, &written).unwrap();
}

fn kept(store: &mut Store, number: u128, now: Timestamp) -> Kept {
    let id = draft(store, number, "answers");
    let kept = store.seal(id, &sealed_dossier(number), now).unwrap();
    bind(store, id, &files());
    kept
}
