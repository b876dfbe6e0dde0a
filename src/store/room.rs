//! Room on the disk: what must be free before a scan or a number, and the ballast that is given up last.
//!
//! On a full disk SQLite can neither write nor delete nor shrink. So a scan is not begun without room for all of
//! it, and a file of nothing is kept that can be thrown out: numbers go on while staff make room.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

/// What must stay free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Below this no scan begins, in bytes.
    pub scan_free_bytes_min: u64,
    /// Below this no number is promised, in bytes. The ballast counts as free.
    pub numbers_free_bytes_min: u64,
    /// The size of the ballast, in bytes; 0 for none. Under 4 MiB it does not hold the log of a busy hour.
    pub ballast_bytes: u64,
}

impl Limits {
    /// For a kiosk: a visit of 40 pages at 3 MB, as pages and as files, with room to spare; a day of numbers is
    /// under 4 MB with its log.
    pub const KIOSK: Self = Self {
        scan_free_bytes_min: 512 << 20,
        numbers_free_bytes_min: 8 << 20,
        ballast_bytes: 16 << 20,
    };
}

/// What is free now, and what it is enough for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub free_bytes: u64,
    pub enough_for_scan: bool,
    pub enough_for_numbers: bool,
}

impl Limits {
    fn judge(&self, free_bytes: u64, ballast_bytes: u64) -> Room {
        Room {
            free_bytes,
            enough_for_scan: free_bytes >= self.scan_free_bytes_min,
            enough_for_numbers: free_bytes.saturating_add(ballast_bytes) >= self.numbers_free_bytes_min,
        }
    }
}

/// A file of zeros, real blocks on the disk.
pub(super) struct Ballast {
    path: PathBuf,
    bytes: u64,
    kept: bool,
}

impl Ballast {
    /// Finds the ballast or makes it, if there is room for it and a scan besides.
    pub fn open(folder: &Path, limits: &Limits) -> Self {
        let path = folder.join("ballast");
        let kept = fs::metadata(&path).is_ok_and(|metadata| metadata.len() == limits.ballast_bytes);
        let mut ballast = Self {
            path,
            bytes: limits.ballast_bytes,
            kept,
        };
        ballast.restore(limits);
        ballast
    }

    /// Gives the room back to the disk. False if there was nothing to give.
    pub fn release(&mut self) -> bool {
        if !self.kept {
            return false;
        }
        self.kept = false;
        match fs::remove_file(&self.path) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "Ballast cannot be given up");
                false
            }
        }
    }

    /// Makes the ballast again once there is ample room.
    pub fn restore(&mut self, limits: &Limits) {
        let ample = limits
            .numbers_free_bytes_min
            .saturating_add(self.bytes.saturating_mul(2));
        if self.kept || self.bytes == 0 || free_bytes(&self.path).is_none_or(|free| free < ample) {
            return;
        }
        match self.fill() {
            Ok(()) => self.kept = true,
            Err(error) => {
                tracing::warn!(%error, "Ballast cannot be made");
                if let Err(error) = fs::remove_file(&self.path) {
                    tracing::debug!(%error, "No half-made ballast to remove");
                }
            }
        }
    }

    /// Written, not only reserved: on some file systems a reservation is no promise.
    fn fill(&self) -> io::Result<()> {
        let mut file = File::create(&self.path)?;
        io::copy(&mut io::Read::take(io::repeat(0), self.bytes), &mut file)?;
        file.sync_all()
    }

    /// It is there, or none is wanted.
    pub const fn is_kept(&self) -> bool {
        self.kept || self.bytes == 0
    }

    fn bytes_kept(&self) -> u64 {
        if self.kept { self.bytes } else { 0 }
    }
}

/// Free bytes for us on the disk that holds `path`, or nothing if the system does not say.
fn free_bytes(path: &Path) -> Option<u64> {
    let folder = path.parent()?;
    match statvfs(folder) {
        Ok(disk) => Some(disk.blocks_available().saturating_mul(disk.fragment_size())),
        Err(error) => {
            tracing::error!(%error, "Free space cannot be read");
            None
        }
    }
}

impl super::Store {
    /// What is free on the data folder's disk. If the system does not say, there is enough for nothing.
    pub fn room(&self) -> Room {
        let limits = &self.settings.limits;
        let free = free_bytes(&self.folder.join("ballast"));
        free.map_or(
            Room {
                free_bytes: 0,
                enough_for_scan: false,
                enough_for_numbers: false,
            },
            |free| limits.judge(free, self.ballast.bytes_kept()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        scan_free_bytes_min: 1000,
        numbers_free_bytes_min: 100,
        ballast_bytes: 64,
    };

    #[test]
    fn a_scan_needs_more_room_than_a_number_and_ballast_counts_only_for_numbers() {
        assert_eq!(
            LIMITS.judge(1000, 0),
            Room {
                free_bytes: 1000,
                enough_for_scan: true,
                enough_for_numbers: true
            }
        );
        let tight = LIMITS.judge(999, 0);
        assert!(!tight.enough_for_scan && tight.enough_for_numbers);
        assert!(LIMITS.judge(36, 64).enough_for_numbers);
        assert!(!LIMITS.judge(35, 64).enough_for_numbers);
    }

    #[test]
    fn ballast_is_there_is_given_up_once_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut ballast = Ballast::open(folder.path(), &LIMITS);
        assert_eq!(fs::metadata(folder.path().join("ballast")).unwrap().len(), 64);
        assert!(ballast.release());
        assert!(!folder.path().join("ballast").exists());
        assert!(!ballast.release());
        ballast.restore(&LIMITS);
        assert!(folder.path().join("ballast").exists());
    }
}
