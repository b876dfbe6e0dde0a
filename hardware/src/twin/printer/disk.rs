//! What a printer that stays powered keeps while the kiosk's program dies: every byte it got, its
//! paper, its unread answers. Written so that the program may be killed between any two instructions.
//!
//! `received.bin` grows before a byte is acted upon. `state` says how far it was acted upon and what
//! the paper looked like then; it is replaced whole. After a kill the printer goes on from there, and
//! what it does again comes out the same.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::PaperSlip;
use super::machine::Kept;

/// The record of all bytes starts anew beyond this.
const RECEIVED_BYTES_MAX: u64 = 64 * 1_024 * 1_024;
/// Slips kept; the oldest go.
const SLIPS_MAX: usize = 5_000;

pub struct Disk {
    folder: PathBuf,
    received: File,
}

#[derive(Serialize, Deserialize)]
struct Head {
    /// Position in the stream of the first byte of `received.bin`.
    base: u64,
    kept: Kept,
}

/// What was found in the folder.
pub struct Found {
    pub kept: Kept,
    /// Dots of the slip in progress.
    pub rows: Vec<u8>,
    pub base: u64,
    /// Received and not acted upon.
    pub rest: Vec<u8>,
    pub slips: Vec<PaperSlip>,
}

impl Disk {
    pub fn open(folder: &Path) -> io::Result<(Self, Option<Found>)> {
        fs::create_dir_all(folder.join("slips"))?;
        let received = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(folder.join("received.bin"))?;
        let mut disk = Self {
            folder: folder.to_owned(),
            received,
        };
        let found = disk.load()?;
        Ok((disk, found))
    }

    fn load(&mut self) -> io::Result<Option<Found>> {
        let state = match File::open(self.folder.join("state")) {
            Ok(state) => state,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut state = BufReader::new(state);
        let mut head = String::new();
        state.read_line(&mut head)?;
        let Head { mut base, kept } = serde_json::from_str(&head)?;
        let mut rows = Vec::new();
        state.read_to_end(&mut rows)?;
        let length = self.received.metadata()?.len();
        if base + length < kept.consumed {
            // Killed right after the record was started anew.
            base = kept.consumed - length;
        }
        self.received.seek(SeekFrom::Start(kept.consumed - base))?;
        let mut rest = Vec::new();
        self.received.read_to_end(&mut rest)?;
        let slips = self.load_slips(kept.slips)?;
        Ok(Some(Found {
            kept,
            rows,
            base,
            rest,
            slips,
        }))
    }

    /// The slips up to `count`; those after it will be printed again as they were.
    fn load_slips(&self, count: u32) -> io::Result<Vec<PaperSlip>> {
        let text = match fs::read_to_string(self.list()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let slips: Vec<PaperSlip> = text
            .lines()
            .map_while(|line| serde_json::from_str::<PaperSlip>(line).ok())
            .filter(|slip| slip.n <= count)
            .collect();
        let mut whole = String::new();
        for slip in &slips {
            whole += &serde_json::to_string(slip)?;
            whole.push('\n');
        }
        if whole != text {
            self.replace(&self.list(), whole.as_bytes())?;
        }
        Ok(slips)
    }

    fn list(&self) -> PathBuf {
        self.folder.join("slips.jsonl")
    }

    fn png_path(&self, n: u32) -> PathBuf {
        self.folder.join("slips").join(format!("{n:05}.png"))
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let new = self.folder.join("new");
        fs::write(&new, bytes)?;
        fs::rename(&new, path)
    }

    pub fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.received.write_all(bytes)
    }

    pub fn save(&self, base: u64, kept: &Kept, rows: &[u8]) -> io::Result<()> {
        let mut state = serde_json::to_vec(&Head {
            base,
            kept: kept.clone(),
        })?;
        state.push(b'\n');
        state.extend(rows);
        self.replace(&self.folder.join("state"), &state)
    }

    /// Starts the record of bytes anew when it is large. Returns whether it did; only to be called when all is acted upon.
    pub fn trim(&mut self) -> io::Result<bool> {
        let large = self.received.metadata()?.len() > RECEIVED_BYTES_MAX;
        if large {
            self.received.set_len(0)?;
        }
        Ok(large)
    }

    pub fn add_slip(&self, slips: &mut Vec<PaperSlip>, slip: PaperSlip, png: &[u8]) -> io::Result<()> {
        self.replace(&self.png_path(slip.n), png)?;
        let mut line = serde_json::to_vec(&slip)?;
        line.push(b'\n');
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.list())?
            .write_all(&line)?;
        slips.push(slip);
        if slips.len() > SLIPS_MAX {
            let oldest = slips.remove(0);
            fs::remove_file(self.png_path(oldest.n))?;
        }
        Ok(())
    }

    pub fn png(&self, n: u32) -> Option<Vec<u8>> {
        fs::read(self.png_path(n)).ok()
    }

    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        fs::read(self.folder.join("received.bin"))
    }
}
