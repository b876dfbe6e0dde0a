//! Browsers of the centre that were paired with this kiosk: counters, boards and managers' machines. Of each the hash of its token.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::store::{Store, StoreError};

/// Paired browsers; the one that was away longest goes first.
const BROWSERS_MAX: u32 = 200;
/// How exactly it is known when a browser was last here, in milliseconds: it asks often, and each write costs the disk.
const SEEN_MS: i64 = 3_600_000;

/// What a browser was paired as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrowserKind {
    Counter,
    Board,
    Manager,
}

impl BrowserKind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Board => "board",
            Self::Manager => "manager",
        }
    }
}

impl Store {
    /// It is on the disk when this returns.
    ///
    /// # Errors
    /// The database fails.
    pub fn pair_browser(&mut self, token: [u8; 32], kind: BrowserKind, now: Timestamp) -> Result<(), StoreError> {
        self.saw(now);
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO browsers (token_sha256, kind, paired_at_ms, seen_at_ms) VALUES (?1, ?2, ?3, ?3)",
                )?
                .execute(params![token, kind.word(), now.as_millisecond()])?;
            transaction
                .prepare_cached(
                    "DELETE FROM browsers WHERE id NOT IN \
                     (SELECT id FROM browsers ORDER BY seen_at_ms DESC, id DESC LIMIT ?1)",
                )?
                .execute([BROWSERS_MAX])?;
            Ok(())
        })
    }

    /// The paired browser with this token.
    ///
    /// # Errors
    /// The database fails.
    pub fn browser(&mut self, token: [u8; 32], now: Timestamp) -> Result<Option<(i64, BrowserKind)>, StoreError> {
        let found: Option<(i64, String, i64)> = self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT id, kind, seen_at_ms FROM browsers WHERE token_sha256 = ?1")?;
            let found = statement.query_row([token], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
            Ok(found.optional()?)
        })?;
        let Some((id, kind, seen_ms)) = found else {
            return Ok(None);
        };
        if now.as_millisecond() - seen_ms > SEEN_MS {
            self.write(|transaction| {
                transaction
                    .prepare_cached("UPDATE browsers SET seen_at_ms = ?1 WHERE id = ?2")?
                    .execute(params![now.as_millisecond(), id])?;
                Ok(())
            })?;
        }
        let kind = match kind.as_str() {
            "counter" => BrowserKind::Counter,
            "manager" => BrowserKind::Manager,
            // The table's CHECK leaves only 'board'.
            _ => BrowserKind::Board,
        };
        Ok(Some((id, kind)))
    }
}
