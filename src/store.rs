//! The store: what this kiosk must still know after its plug was pulled.
//!
//! SQLite in WAL with `synchronous=FULL`, one writer, and beside it the pages as encrypted files. Whatever
//! returns `Ok` from here is on the disk. Personal data is only ever written under the key of its draft or
//! dossier, and that key only under the kiosk's; forgetting is destroying the one in the middle.
//!
//! All SQL of the program stands in this module. It holds no clock: every call that needs the time is told.
//! It never deletes a damaged database, never opens one of a newer program, and never says who someone was.
//!
//! ```text
//! data/
//!   lock            held while a kiosk runs
//!   kiosk.db        with kiosk.db-wal, kiosk.db-shm
//!   numbers.log     which numbers of today may be out, should kiosk.db be lost  (guard.rs)
//!   ballast         given up when the disk is full, so that numbers go on       (room.rs)
//!   pages/<id>/…    sealed pages and files, a folder a draft or dossier         (pages.rs)
//!   asides/…        drafts put aside that the province has not got yet  (asides.rs)
//!   damaged-<when>/ what was moved aside
//! ```

pub mod asides;
pub mod binding;
pub mod browsers;
mod damage;
pub mod dossiers;
pub mod drafts;
mod explain;
pub mod figures;
pub mod follow;
mod forget;
mod guard;
pub mod hall_copy;
mod lock;
mod log;
pub mod name;
pub mod numbers;
pub mod owed;
pub mod pages;
pub mod payments;
pub mod prints;
pub mod proofs;
pub mod records;
pub mod report;
pub mod revision;
pub mod room;
pub mod secrets;
pub mod staff;
mod steps;
pub mod thread;
pub mod transfers;

#[cfg(test)]
mod tests;

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::store::guard::Guard;
use crate::store::lock::Lock;
use crate::store::name::KioskName;
use crate::store::room::{Ballast, Limits};
use crate::store::secrets::{KeyError, KioskKey};

const DATABASE: &str = "kiosk.db";
/// The folder of sealed files.
const PAGES: &str = "pages";

/// How long the writer waits for a reader such as `kiosk report` to let go.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Pages in the WAL at which SQLite itself writes them back, should nobody call [`Store::tidy`].
const WAL_PAGES_MAX: u32 = 1_000;

/// Commits after which the log is written back when nobody waits: well before SQLite would do it in a commit.
const COMMITS_UNWRITTEN_MAX: u32 = 64;

/// What the store must know of its kiosk.
#[derive(Clone, Debug)]
pub struct Settings {
    pub name: KioskName,
    pub limits: Limits,
}

/// What was found when the store was opened.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Opened {
    /// A damaged database was moved here. Staff must see it; a notice says so too.
    pub moved_aside: Option<PathBuf>,
    /// There was no database; one was made.
    pub database_made: bool,
    /// Rows read out of the damaged database and kept.
    pub rows_saved: u64,
    /// Numbers of today that may be out and that nothing else explains. They stand in the report as unclear.
    pub numbers_unexplained: u32,
    /// Tickets that were being printed when the kiosk died.
    pub tickets_unclear: u32,
    /// Tickets that were never printed because the kiosk died.
    pub tickets_failed: u32,
    /// Page files that no row knew, removed (or moved aside, if the database was damaged).
    pub files_orphaned: u32,
}

/// Why the store cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("another kiosk is running on this data folder")]
    Locked,
    #[error("database is of a newer program (version {found}, this one knows {known})")]
    Newer { found: u32, known: u32 },
    #[error("database was made with another kiosk key")]
    WrongKey,
    /// It is moved aside by [`Store::mend`], which [`thread`] calls by itself.
    #[error("database is damaged")]
    Damaged,
    #[error("disk is full")]
    Full,
    /// No such ticket, draft, dossier or file; or it was forgotten.
    #[error("no such {0}")]
    Unknown(&'static str),
    /// Sealed data was changed, cut short or put in another's place.
    #[error("sealed data does not open: changed, cut short or misplaced")]
    Tampered,
    /// The fee may have been transferred: no payment of its dossier begins.
    #[error("the code of a transfer was shown for this dossier")]
    TransferShown,
    /// The caller asked for more than a written limit.
    #[error("too large: {what}, at most {limit}")]
    TooLarge { what: &'static str, limit: u64 },
    #[error("Kiosk key failed")]
    Key(#[from] KeyError),
    #[error("{what}")]
    File {
        what: String,
        #[source]
        error: io::Error,
    },
    #[error("Database failed")]
    Sql(#[source] rusqlite::Error),
}

/// The disk does not give back what was written, as a worn card does: damage like any other.
const UNREADABLE: [i32; 3] = [
    rusqlite::ffi::SQLITE_IOERR_READ,
    rusqlite::ffi::SQLITE_IOERR_SHORT_READ,
    rusqlite::ffi::SQLITE_IOERR_CORRUPTFS,
];

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if let rusqlite::Error::SqliteFailure(cause, _) = &error
            && UNREADABLE.contains(&cause.extended_code)
        {
            return Self::Damaged;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(_) | None => Self::Sql(error),
        }
    }
}

impl StoreError {
    fn file(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| {
            if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                Self::Full
            } else {
                Self::File { what, error }
            }
        }
    }
}

/// The one writer of a data folder.
pub struct Store {
    db: Connection,
    folder: PathBuf,
    key: KioskKey,
    settings: Settings,
    guard: Guard,
    ballast: Ballast,
    /// SQLite has said so; [`Store::mend`] is needed before anything else works.
    damaged: bool,
    /// The latest moment the store was told of.
    seen: Timestamp,
    /// Commits since the log was last written back into the database.
    commits_unwritten: u32,
    /// A key was destroyed and the log, which holds older pages, was not cut since.
    log_holds_forgotten: bool,
    on_owed: Option<Box<dyn Fn() + Send>>,
    on_aside: Option<Box<dyn Fn() + Send>>,
    /// Whether the next number drawn begins its print in the same commit, and the print it began.
    print_with_draw: numbers::WithPrint,
    _lock: Lock,
}

impl Store {
    /// Opens the data folder, making what is missing and mending what a sudden end left behind: a damaged
    /// database is moved aside, tickets in print become unclear, tickets never printed become failed.
    pub fn open(
        folder: &Path,
        key: KioskKey,
        settings: Settings,
        now: Timestamp,
    ) -> Result<(Self, Opened), StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(StoreError::file("Cannot make the data folder"))?;
        let lock = Lock::take(folder)?;
        let guard = Guard::open(folder)?;
        let mut ballast = Ballast::open(folder, &settings.limits);
        let (db, opened) = match damage::open_or_mend(folder, &key, &guard, now) {
            Err(error) if may_be_full(&error) && ballast.release() => damage::open_or_mend(folder, &key, &guard, now)?,
            result => result?,
        };
        let mut store = Self {
            db,
            folder: folder.to_owned(),
            key,
            settings,
            guard,
            ballast,
            damaged: false,
            seen: now,
            commits_unwritten: 0,
            // The process may have died between destroying a key and cutting the log.
            log_holds_forgotten: true,
            on_owed: None,
            on_aside: None,
            print_with_draw: numbers::WithPrint::No,
            _lock: lock,
        };
        let opened = store.settle_after_start(opened, now)?;
        Ok((store, opened))
    }

    /// The key for the links on slips.
    pub fn key_of_links(&self) -> zeroize::Zeroizing<[u8; secrets::KEY_BYTES]> {
        self.key.of_links()
    }

    /// Who this kiosk is among those of its centre: `K01-1f2e3d4c`, its name and its installation. Two boxes that somebody
    /// gave one name are two.
    pub fn identity(&self) -> String {
        format!("{}-{}", self.settings.name, self.key.mark())
    }

    /// Called after each commit that makes a dossier owed: wakes the outbox.
    pub fn on_owed(&mut self, wake: Box<dyn Fn() + Send>) {
        self.on_owed = Some(wake);
    }

    /// SQLite has found damage since the last [`Self::mend`].
    pub const fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Moves the damaged database aside, reads out what can be read and goes on with that.
    pub fn mend(&mut self, now: Timestamp) -> Result<Opened, StoreError> {
        self.db
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        // The connection must be gone before its file is; a database in memory stands in for a moment.
        drop(std::mem::replace(&mut self.db, Connection::open_in_memory()?));
        let opened = match damage::mend(&self.folder, &self.key, &self.guard, now) {
            Err(error) if may_be_full(&error) && self.ballast.release() => {
                damage::mend(&self.folder, &self.key, &self.guard, now)?
            }
            result => result?,
        };
        (self.db, _) = damage::open_or_mend(&self.folder, &self.key, &self.guard, now)?;
        self.damaged = false;
        self.settle_after_start(opened, now)
    }

    /// What can wait until nobody waits: numbers guarded ahead, the log written back, the ballast made again.
    pub fn tidy(&mut self) {
        if let Err(error) = self.guard.look_ahead(self.seen) {
            tracing::warn!(%error, "Numbers cannot be guarded ahead");
        }
        self.ballast.restore(&self.settings.limits);
        if (self.log_holds_forgotten || self.log_is_long()) && !self.damaged {
            self.cut_log();
        }
        // On a full disk each page of log is one that the database cannot have.
        let unwritten_max = if self.ballast.is_kept() {
            COMMITS_UNWRITTEN_MAX
        } else {
            1
        };
        if self.damaged || self.commits_unwritten < unwritten_max {
            return;
        }
        match self.read(|db| Ok(db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)) {
            Ok(()) => self.commits_unwritten = 0,
            Err(error) => tracing::warn!(%error, "Log cannot be written back"),
        }
    }

    /// What a sudden end left behind is named for what it is.
    fn settle_after_start(&mut self, mut opened: Opened, now: Timestamp) -> Result<Opened, StoreError> {
        let seen = self.read(numbers::last_seen)?;
        self.seen = now.max(seen);
        (opened.tickets_unclear, opened.tickets_failed) = self.write(prints::settle_after_start)?;
        self.settle_files(&mut opened, now)?;
        self.settle_asides()?;
        self.cut_log();
        self.carry_out_forgetting(now)?;
        if let Some(aside) = &opened.moved_aside {
            let folder = aside
                .file_name()
                .unwrap_or(aside.as_os_str())
                .to_string_lossy()
                .into_owned();
            let Opened {
                rows_saved,
                numbers_unexplained,
                ..
            } = opened;
            self.notice(
                now,
                &format!(
                    "Dữ liệu bị hỏng, đã chuyển vào thư mục {folder}. Đọc lại được {rows_saved} dòng; \
                     {numbers_unexplained} số thứ tự hôm nay không rõ đã in hay chưa. Hãy gọi kỹ thuật viên."
                ),
            )?;
        }
        Ok(opened)
    }

    fn saw(&mut self, now: Timestamp) {
        self.seen = self.seen.max(now);
    }

    /// One transaction. `act` may run twice: a full disk is met by giving up the ballast and trying again.
    fn write<T>(&mut self, mut act: impl FnMut(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut result = self.write_once(&mut act);
        if matches!(&result, Err(error) if may_be_full(error)) {
            if self.ballast.release() {
                tracing::warn!("Disk is full, ballast given up");
            }
            // What is written back can be written over: the log need not grow.
            self.cut_log();
            result = self.write_once(&mut act);
        }
        self.note(result)
    }

    fn write_once<T>(
        &mut self,
        act: &mut impl FnMut(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = act(&transaction)?;
        transaction.commit()?;
        self.commits_unwritten = self.commits_unwritten.saturating_add(1);
        Ok(value)
    }

    fn read<T>(&mut self, act: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let result = act(&self.db);
        self.note(result)
    }

    fn note<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(result, Err(StoreError::Damaged)) {
            tracing::error!("Database is damaged");
            self.damaged = true;
        }
        result
    }
}

/// A full disk also shows as an I/O error, where SQLite could not grow its shared memory or its log.
fn may_be_full(error: &StoreError) -> bool {
    let io = |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
    matches!(error, StoreError::Full) || matches!(error, StoreError::Sql(error) if io(error))
}
