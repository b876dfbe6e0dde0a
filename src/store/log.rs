//! The write-ahead log of the database, and how it ends: overwritten with zeros, then cut to nothing.
//!
//! The log holds older pages of the database, and with them wrapped keys that were destroyed since. A log that is
//! only cut gives its blocks back to the file system with all that stood in them, so nobody but this module cuts it:
//! SQLite is told to keep its length, and before the last connection closes there is nothing left to remove.
//!
//! Overwriting in place reaches the blocks of ext4 and of most file systems; one that copies on write (btrfs), and
//! the spare blocks inside a memory card, keep what they like. The wrapped key is useless there without the kiosk's.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::store::{BUSY_TIMEOUT, DATABASE, Store, StoreError};

/// How long cutting the log waits for a reader. It is tried again, so a citizen need not wait for it.
const READER_TIMEOUT: Duration = Duration::from_millis(50);
/// What the log may be long before it is cut when nobody waits, in bytes.
const LOG_BYTES_MAX: u64 = 4 << 20;
/// Zeros written in one go, in bytes.
const ZEROS_BYTES: usize = 64 << 10;

impl Store {
    /// Cuts the log to nothing, or tries again at the next [`Store::tidy`] if a reader is in the way.
    pub(super) fn cut_log(&mut self) {
        let database = self.folder.join(DATABASE);
        match self.read(|db| cut(db, &database)) {
            Ok(true) => {
                self.log_holds_forgotten = false;
                self.commits_unwritten = 0;
            }
            Ok(false) => tracing::info!("Log is being read, it will be cut later"),
            Err(error) => tracing::warn!(%error, "Log cannot be cut"),
        }
    }

    /// The log is longer than it need be.
    pub(super) fn log_is_long(&self) -> bool {
        let log = log_of(&self.folder.join(DATABASE));
        fs::metadata(log).is_ok_and(|metadata| metadata.len() > LOG_BYTES_MAX)
    }
}

/// Closing removes the log: it must be empty by then.
impl Drop for Store {
    fn drop(&mut self) {
        if !self.damaged {
            self.cut_log();
        }
    }
}

/// Writes the log back, overwrites it and cuts it. False if a reader is in the way.
pub(super) fn cut(db: &Connection, database: &Path) -> Result<bool, StoreError> {
    db.busy_timeout(READER_TIMEOUT)?;
    let cut = cut_unread(db, database);
    db.busy_timeout(BUSY_TIMEOUT)?;
    cut
}

fn cut_unread(db: &Connection, database: &Path) -> Result<bool, StoreError> {
    // From here on whoever reads, reads the database alone, and the next commit begins the log anew: nobody misses
    // what is overwritten, also if the plug is pulled in the middle.
    if checkpoint(db, "RESTART")? {
        return Ok(false);
    }
    let log = log_of(database);
    if log.try_exists().map_err(StoreError::file("Cannot look for the log"))? {
        overwrite(&log).map_err(StoreError::file("Cannot overwrite the log"))?;
    }
    Ok(!checkpoint(db, "TRUNCATE")?)
}

/// Whether a reader was in the way.
fn checkpoint(db: &Connection, how: &str) -> Result<bool, StoreError> {
    Ok(db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| row.get(0))?)
}

fn log_of(database: &Path) -> std::path::PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Writes zeros over all bytes of a file, in place. They are on the disk when this returns.
pub(super) fn overwrite(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    overwrite_open(&file)
}

fn overwrite_open(mut file: &File) -> io::Result<()> {
    let zeros = [0; ZEROS_BYTES];
    let mut left = file.metadata()?.len();
    while left > 0 {
        let count = left.min(ZEROS_BYTES as u64);
        // At most ZEROS_BYTES, which a usize holds.
        file.write_all(&zeros[..count as usize])?;
        left -= count;
    }
    file.sync_data()
}

/// Overwrites a file and removes it. One that is not there is no error.
pub(super) fn wipe_if_there(path: &Path) -> io::Result<()> {
    match overwrite(path).and_then(|()| fs::remove_file(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
