//! What comes to a dossier after it was handed over, and what takes the place of one that was refused.

use rusqlite::{OptionalExtension as _, TransactionBehavior, params};
use serde_json::Value;

use super::{DossierRow, Store, dossier};
use crate::clock;

impl Store {
    /// Supplements and withdrawals with their kinds, oldest first.
    pub fn requests(&self) -> rusqlite::Result<Vec<(String, DossierRow)>> {
        let db = self.db();
        let mut rows = db.prepare(
            "SELECT key, slip, body, created_at, code, answer, parent, kind FROM dossiers
             WHERE kind <> 'dossier' ORDER BY created_at, key",
        )?;
        rows.query_map([], |row| Ok((row.get(7)?, dossier(row)?)))?.collect()
    }

    /// A request to the dossier with the key `parent`. One that owes no files has its answer at once, and its step.
    pub fn add_request(&self, row: &DossierRow, kind: &str, step: Option<(i64, &str)>) -> rusqlite::Result<()> {
        let mut db = self.db();
        let adding = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        adding.execute(
            "INSERT INTO dossiers (key, slip, body, created_at, answer, parent, kind)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                row.key,
                row.slip,
                row.body,
                row.created_at,
                row.answer,
                row.parent,
                kind
            ],
        )?;
        if let Some((state, note)) = step {
            adding.execute(
                "INSERT INTO steps (dossier_key, state, at, note) VALUES (?1, ?2, ?3, ?4)",
                params![row.parent, state, clock::now().as_second(), note],
            )?;
        }
        adding.commit()
    }

    /// The files of a request are there: its answer is kept, and the dossier goes on. Twice is once.
    pub fn request_is_whole(
        &self,
        row: &DossierRow,
        answer: &Value,
        state: i64,
        note: &str,
    ) -> rusqlite::Result<String> {
        let mut db = self.db();
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before: Option<String> =
            step.query_row("SELECT answer FROM dossiers WHERE key = ?1", [&row.key], |row| {
                row.get(0)
            })?;
        if let Some(before) = before {
            return Ok(before);
        }
        let answer = answer.to_string();
        step.execute(
            "UPDATE dossiers SET answer = ?2 WHERE key = ?1",
            params![row.key, answer],
        )?;
        step.execute(
            "INSERT INTO steps (dossier_key, state, at, note) VALUES (?1, ?2, ?3, ?4)",
            params![row.parent, state, clock::now().as_second(), note],
        )?;
        step.commit()?;
        Ok(answer)
    }

    /// The revision that took the place of this key.
    pub fn replaced_by(&self, key: &str) -> rusqlite::Result<Option<String>> {
        self.db()
            .query_row("SELECT by_key FROM replaced WHERE key = ?1", [key], |row| row.get(0))
            .optional()
    }

    pub fn replace(&self, key: &str, by: &str) -> rusqlite::Result<()> {
        let sql = "INSERT INTO replaced (key, by_key) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING";
        self.db().execute(sql, params![key, by])?;
        Ok(())
    }
}
