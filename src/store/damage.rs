//! Opening a database, and what is done when it is damaged: read out what can be read, move it aside, go on.
//!
//! The new database is built whole under another name first. A plug pulled at any moment leaves either the
//! damaged one in its place, to be mended again, or the new one complete:
//!
//! ```text
//! kiosk.db damaged ─▶ rebuilt.db whole ─▶ kiosk.db* into damaged-<when>/ ─▶ rebuilt.db becomes kiosk.db
//! ```

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params, params_from_iter};

use crate::store::explain::explain;
use crate::store::guard::Guard;
use crate::store::secrets::KioskKey;
use crate::store::{BUSY_TIMEOUT, DATABASE, Opened, StoreError, WAL_PAGES_MAX, log, steps};
use crate::ticket::{Day, VIETNAM};

const REBUILT: &str = "rebuilt.db";
/// How the name of a folder begins into which a damaged database was moved.
pub(super) const MOVED_ASIDE: &str = "damaged-";
/// What belongs to a database, the database first.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];
/// Rows read out of one damaged table at most. A damaged tree can go in circles.
const ROWS_SAVED_MAX: u64 = 200_000;
/// How many databases can be moved aside within one second.
const SAME_SECOND_MAX: u32 = 100;
/// What staff read of a dossier of which only half is left.
const LOST_ROW: &str = "Dữ liệu gửi của hồ sơ này bị mất. Hãy hỏi tỉnh xem hồ sơ đã tới chưa trước khi gửi lại.";
/// Parents before children: a child without its parent is not kept.
const TABLES: [&str; 21] = [
    "keys",
    "drafts",
    "dossiers",
    "files",
    "outbox",
    "transfers",
    "payments",
    "hall_events",
    "hall_owed",
    "tickets",
    "asides",
    "print_jobs",
    "slip_numbers",
    "catalogue",
    "audit",
    "notices",
    "forgettings",
    "dossier_facts",
    "figures",
    "satisfaction",
    "satisfaction_batches",
];

/// Opens the database of `folder`, whatever state it is in. A newer one and one of another key stay untouched.
pub fn open_or_mend(
    folder: &Path,
    key: &KioskKey,
    guard: &Guard,
    now: Timestamp,
) -> Result<(Connection, Opened), StoreError> {
    finish_move(folder, now)?;
    let mut opened = Opened::default();
    let database = folder.join(DATABASE);
    let (mut db, fresh) = match open_checked(&database, key, now) {
        Err(StoreError::Damaged) => {
            opened = mend(folder, key, guard, now)?;
            open_checked(&database, key, now)?
        }
        result => result?,
    };
    opened.database_made = fresh;
    opened.numbers_unexplained += explain(&mut db, guard, fresh)?;
    Ok((db, opened))
}

/// Replaces the damaged database of `folder` by what can be read of it. Nobody may have it open.
pub fn mend(folder: &Path, key: &KioskKey, guard: &Guard, now: Timestamp) -> Result<Opened, StoreError> {
    let failed = || StoreError::file("Cannot replace the damaged database");
    let rebuilt = folder.join(REBUILT);
    for suffix in SUFFIXES {
        log::wipe_if_there(&with_suffix(&rebuilt, suffix)).map_err(failed())?;
    }
    let (mut db, _) = open_checked(&rebuilt, key, now)?;
    let rows_saved = save_rows(&folder.join(DATABASE), &mut db)?;
    let numbers_unexplained = explain(&mut db, guard, true)?;
    // Nobody else reads it. Closing removes the log, so the one file is all there is.
    log::cut(&db, &rebuilt)?;
    db.close().map_err(|(_, error)| error)?;
    File::open(&rebuilt)
        .and_then(|file| file.sync_all())
        .map_err(failed())?;
    let aside = move_aside(folder, now).map_err(failed())?;
    fs::rename(&rebuilt, folder.join(DATABASE)).map_err(failed())?;
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed())?;
    tracing::error!(folder = %aside.display(), rows_saved, numbers_unexplained, "Damaged database moved aside");
    Ok(Opened {
        moved_aside: Some(aside),
        rows_saved,
        numbers_unexplained,
        ..Opened::default()
    })
}

/// Ends a move that the plug cut short: the new database is whole once the old one is gone.
fn finish_move(folder: &Path, now: Timestamp) -> Result<(), StoreError> {
    let failed = || StoreError::file("Cannot finish moving a damaged database");
    if folder.join(DATABASE).try_exists().map_err(failed())? {
        return Ok(());
    }
    // A log without its database must not be played into a new one.
    if with_suffix(&folder.join(DATABASE), "-wal").exists() {
        move_aside(folder, now).map_err(failed())?;
    }
    if folder.join(REBUILT).try_exists().map_err(failed())? {
        fs::rename(folder.join(REBUILT), folder.join(DATABASE)).map_err(failed())?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed())?;
    }
    Ok(())
}

/// Moves the database with its log into a folder of its own. The database goes first, see [`finish_move`].
fn move_aside(folder: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let aside = new_folder(folder, now)?;
    for suffix in SUFFIXES {
        match fs::rename(
            with_suffix(&folder.join(DATABASE), suffix),
            with_suffix(&aside.join(DATABASE), suffix),
        ) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    File::open(&aside)?.sync_all()?;
    File::open(folder)?.sync_all()?;
    Ok(aside)
}

/// A new folder `damaged-20261122T094107`, with a count if that is taken.
pub fn new_folder(folder: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let when = VIETNAM.to_datetime(now).strftime("%Y%m%dT%H%M%S").to_string();
    for count in 0..SAME_SECOND_MAX {
        let name = if count == 0 {
            format!("{MOVED_ASIDE}{when}")
        } else {
            format!("{MOVED_ASIDE}{when}-{count}")
        };
        match fs::create_dir(folder.join(&name)) {
            Ok(()) => return Ok(folder.join(name)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Opens, checks and brings up to date one database file. Also says whether it was made just now.
fn open_checked(path: &Path, key: &KioskKey, now: Timestamp) -> Result<(Connection, bool), StoreError> {
    let mut db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    // Until it has proved sound, closing it must not change it.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "wal_autocheckpoint", WAL_PAGES_MAX)?;
    // SQLite must not cut the log by itself, nor put rows into files of its own: see `log.rs`.
    db.pragma_update(None, "journal_size_limit", -1)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    let verdict: String = db.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if verdict != "ok" {
        tracing::error!("Database check found damage");
        return Err(StoreError::Damaged);
    }
    steps::climb(&mut db)?;
    let fresh = know_kiosk(&mut db, key, now)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((db, fresh))
}

/// Checks the key, or makes the kiosk's row in a new database. A sound database without the table was changed by
/// someone: that is damage too.
fn know_kiosk(db: &mut Connection, key: &KioskKey, now: Timestamp) -> Result<bool, StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mark: Option<Vec<u8>> = transaction
        .query_row("SELECT key_check FROM kiosk", [], |row| row.get(0))
        .optional()
        .map_err(|_| StoreError::Damaged)?;
    if let Some(mark) = mark {
        return if key.made(&mark) {
            Ok(false)
        } else {
            Err(StoreError::WrongKey)
        };
    }
    transaction.execute(
        "INSERT INTO kiosk (one, key_check, business_day, seen_at_ms) VALUES (1, ?1, ?2, ?3)",
        params![
            key.check_mark()?,
            Day::in_vietnam(now).to_string(),
            now.as_millisecond()
        ],
    )?;
    // Job ids start anywhere, so that a printer that still holds a slip of a lost database does not prove a new one.
    // They stay under 94 to the power of 4: what fits into four printable characters.
    transaction.execute(
        "INSERT INTO sqlite_sequence (name, seq) VALUES ('print_jobs', ?1)",
        [rand::random_range(0..10_000_000_u32)],
    )?;
    transaction.commit()?;
    Ok(true)
}

/// Reads what can be read of a damaged database into a new one. Not even being able to open it is an answer.
fn save_rows(damaged: &Path, db: &mut Connection) -> Result<u64, StoreError> {
    let old = Connection::open_with_flags(
        damaged,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    );
    let Ok(old) = old else { return Ok(0) };
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut saved = 0;
    for table in TABLES {
        saved += save_table(&old, &transaction, table)?;
    }
    // A dossier whose outbox row is lost may have been sent, and its key is unknown: a person must ask.
    saved += transaction.execute(
        "INSERT INTO outbox (dossier_id, request_key, due_at_ms, state, words)
         SELECT id, lower(hex(id)), sealed_at_ms, 'with_staff', ?1 FROM dossiers
         WHERE sealed IS NOT NULL AND id NOT IN (SELECT dossier_id FROM outbox)",
        [LOST_ROW],
    )? as u64;
    transaction.commit()?;
    Ok(saved)
}

/// From the front until it breaks, then from the back until it breaks.
fn save_table(old: &Connection, new: &Transaction<'_>, table: &str) -> Result<u64, StoreError> {
    let columns = columns_in(new, table)?;
    // A table that cannot be named any more is lost.
    let Ok(there) = columns_in(old, table) else {
        return Ok(0);
    };
    let columns: Vec<&String> = columns.iter().filter(|column| there.contains(column)).collect();
    if columns.is_empty() {
        return Ok(0);
    }
    let names = columns.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let marks = vec!["?"; columns.len()].join(", ");
    let mut insert = new.prepare(&format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"))?;
    let mut saved = 0;
    for order in ["ASC", "DESC"] {
        // A table without row ids is in the order of its key, which begins with its first column.
        let by = |key: &str| old.prepare(&format!("SELECT {names} FROM {table} ORDER BY {key} {order}"));
        let Ok(mut select) = by("rowid").or_else(|_| by(columns[0])) else {
            return Ok(saved);
        };
        let Ok(mut rows) = select.query([]) else {
            return Ok(saved);
        };
        let mut read: u64 = 0;
        let broken = loop {
            match rows.next() {
                Ok(Some(row)) if read < ROWS_SAVED_MAX => {
                    read += 1;
                    let values = (0..columns.len())
                        .map(|column| row.get(column))
                        .collect::<Result<Vec<Value>, _>>();
                    // A row that breaks a rule of its table is part of the damage.
                    saved += values
                        .and_then(|values| insert.execute(params_from_iter(values)))
                        .unwrap_or(0) as u64;
                }
                Ok(Some(_)) | Err(_) => break true,
                Ok(None) => break false,
            }
        };
        if !broken {
            break;
        }
    }
    Ok(saved)
}

fn columns_in(db: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = statement
        .query_map([table], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(names)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
