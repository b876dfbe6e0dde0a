//! The sample dossier of the contract, with files of any length.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use kiosk::province::{FileSource, FileToSend, Ledger, Package};
use sha2::{Digest as _, Sha256};

/// What the examples of the contract tell of their dossier.
pub const SLIP: &str = "K01-261122-0007";
pub const CODE: &str = "000.00.99.H44-261122-0001";

/// So many bytes that differ at every place, the same each time.
pub fn bytes(length: usize) -> Vec<u8> {
    let mut state: u32 = 7;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(length)
    .collect()
}

/// Files in memory, and how much of them was asked for.
pub struct Pages {
    files: Vec<Vec<u8>>,
    read: AtomicU64,
}

impl Pages {
    pub fn new(files: Vec<Vec<u8>>) -> Self {
        Self {
            files,
            read: AtomicU64::new(0),
        }
    }

    pub fn read_bytes(&self) -> u64 {
        self.read.load(Ordering::SeqCst)
    }
}

impl FileSource for Pages {
    fn read(&self, file: usize, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let piece = self.files[file].get(start..start + length);
        let piece = piece.ok_or(io::ErrorKind::UnexpectedEof)?;
        self.read.fetch_add(length as u64, Ordering::SeqCst);
        Ok(piece.to_vec())
    }
}

/// Addresses of uploads, as the store would keep them.
#[derive(Default)]
pub struct Notes(HashMap<usize, String>);

impl Ledger for Notes {
    fn upload_url(&mut self, file: usize) -> io::Result<Option<String>> {
        Ok(self.0.get(&file).cloned())
    }

    fn keep_upload_url(&mut self, file: usize, url: &str) -> io::Result<()> {
        self.0.insert(file, url.to_owned());
        Ok(())
    }

    fn forget_upload_url(&mut self, file: usize) -> io::Result<()> {
        self.0.remove(&file);
        Ok(())
    }
}

pub fn package(pages: &Pages) -> Package {
    let file = |(n, bytes): (usize, &Vec<u8>)| FileToSend {
        part: "TC-TOKHAI".parse().unwrap(),
        name: format!("to-khai-{}.pdf", n + 1),
        size_bytes: bytes.len() as u64,
        sha256: Sha256::digest(bytes).into(),
        digitised: None,
    };
    // As this version of the kiosk sealed it: later ones must be able to send it.
    let sealed: Package = serde_json::from_str(include_str!("sealed.json")).unwrap();
    Package {
        files: pages.files.iter().enumerate().map(file).collect(),
        ..sealed
    }
}
