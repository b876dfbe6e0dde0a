//! Small records: the catalogue, the staff's audit, notices.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::store::numbers::moment;
use crate::store::{Store, StoreError};

/// The catalogue, in bytes.
pub const CATALOGUE_BYTES_MAX: usize = 32 << 20;
/// Lines of the audit that are kept, newest.
const AUDIT_LINES_MAX: u32 = 20_000;
/// Notices given in one call, newest.
const NOTICES_MAX: u32 = 50;

/// The province's catalogue as it was last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    pub etag: String,
    pub body: Vec<u8>,
    pub kept_at: Timestamp,
}

/// Something staff must see. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: i64,
    pub at: Timestamp,
    pub what: String,
}

/// Something staff did. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    pub at: Timestamp,
    pub what: String,
}

impl Store {
    /// Keeps the catalogue in place of the last one.
    pub fn keep_catalogue(&mut self, etag: &str, body: &[u8], now: Timestamp) -> Result<(), StoreError> {
        if body.len() > CATALOGUE_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "catalogue",
                limit: CATALOGUE_BYTES_MAX as u64,
            });
        }
        self.saw(now);
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO catalogue (one, etag, body, kept_at_ms) VALUES (1, ?1, ?2, ?3)
                     ON CONFLICT (one) DO UPDATE
                     SET etag = excluded.etag, body = excluded.body, kept_at_ms = excluded.kept_at_ms",
                )?
                .execute(params![etag, body, now.as_millisecond()])?;
            Ok(())
        })
    }

    /// The catalogue kept last, if there ever was one.
    pub fn catalogue(&mut self) -> Result<Option<Catalogue>, StoreError> {
        self.read(|db| {
            let catalogue = db
                .prepare_cached("SELECT etag, body, kept_at_ms FROM catalogue")?
                .query_row([], |row| {
                    Ok(Catalogue {
                        etag: row.get(0)?,
                        body: row.get(1)?,
                        kept_at: moment(row, 2)?,
                    })
                })
                .optional()?;
            Ok(catalogue)
        })
    }

    /// Writes down what staff did. `what` holds no personal data.
    pub fn audit(&mut self, now: Timestamp, what: &str) -> Result<(), StoreError> {
        self.saw(now);
        self.write(|transaction| {
            transaction
                .prepare_cached("INSERT INTO audit (at_ms, what) VALUES (?1, ?2)")?
                .execute(params![now.as_millisecond(), what])?;
            transaction
                .prepare_cached("DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?1")?
                .execute([AUDIT_LINES_MAX])?;
            Ok(())
        })
    }

    /// The newest `count_max` lines of the audit, newest first.
    pub fn audit_lines(&mut self, count_max: u32) -> Result<Vec<AuditLine>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT at_ms, what FROM audit ORDER BY id DESC LIMIT ?1")?;
            let lines = statement.query_map([count_max], |row| {
                Ok(AuditLine {
                    at: moment(row, 0)?,
                    what: row.get(1)?,
                })
            })?;
            Ok(lines.collect::<Result<_, _>>()?)
        })
    }

    /// Leaves a notice for staff. `what` holds no personal data.
    pub fn notice(&mut self, now: Timestamp, what: &str) -> Result<(), StoreError> {
        self.saw(now);
        self.write(|transaction| {
            transaction
                .prepare_cached("INSERT INTO notices (at_ms, what) VALUES (?1, ?2)")?
                .execute(params![now.as_millisecond(), what])?;
            Ok(())
        })
    }

    /// Notices that no one has cleared, newest first, 50 at most.
    pub fn notices(&mut self) -> Result<Vec<Notice>, StoreError> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT id, at_ms, what FROM notices WHERE cleared = 0 ORDER BY id DESC LIMIT ?1")?;
            let notices = statement.query_map([NOTICES_MAX], |row| {
                Ok(Notice {
                    id: row.get(0)?,
                    at: moment(row, 1)?,
                    what: row.get(2)?,
                })
            })?;
            Ok(notices.collect::<Result<_, _>>()?)
        })
    }

    /// Staff have seen it.
    pub fn clear_notice(&mut self, id: i64) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("UPDATE notices SET cleared = 1 WHERE id = ?1")?
                .execute([id])?;
            Ok(())
        })
    }
}
