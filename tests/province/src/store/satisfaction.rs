//! The rows of satisfaction.

use rusqlite::{OptionalExtension as _, TransactionBehavior, params};
use serde_json::{Value, json};

use super::Store;
use crate::satisfaction;

impl Store {
    /// Keeps a batch of satisfaction with its rows. False if its key stands for another body.
    pub fn take_satisfaction(&self, key: &str, body: &str, rows: &[satisfaction::Row]) -> rusqlite::Result<bool> {
        let mut db = self.db();
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before: Option<String> = step
            .query_row("SELECT body FROM satisfaction_batches WHERE key = ?1", [key], |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(before) = before {
            return Ok(before == body);
        }
        step.execute(
            "INSERT INTO satisfaction_batches (key, body) VALUES (?1, ?2)",
            [key, body],
        )?;
        for row in rows {
            step.execute(
                "INSERT INTO satisfaction (batch_key, from_day, until_day, unit, field, face, reason, count)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    key,
                    row.TuNgay,
                    row.DenNgay,
                    row.DonVi,
                    row.MaLinhVuc,
                    row.MucDo,
                    row.LyDo.as_deref().unwrap_or_default(),
                    row.SoLuot.cast_signed()
                ],
            )?;
        }
        step.commit()?;
        Ok(true)
    }

    /// All rows of satisfaction, in the words of the contract, in the order they came.
    pub fn satisfaction(&self) -> rusqlite::Result<Vec<Value>> {
        let db = self.db();
        let mut rows = db
            .prepare("SELECT from_day, until_day, unit, field, face, reason, count FROM satisfaction ORDER BY rowid")?;
        rows.query_map([], |row| {
            let mut told = json!({
                "TuNgay": row.get::<_, String>(0)?,
                "DenNgay": row.get::<_, String>(1)?,
                "DonVi": row.get::<_, String>(2)?,
                "MaLinhVuc": row.get::<_, String>(3)?,
                "MucDo": row.get::<_, i64>(4)?,
                "SoLuot": row.get::<_, i64>(6)?,
            });
            let reason: String = row.get(5)?;
            if !reason.is_empty() {
                told["LyDo"] = reason.into();
            }
            Ok(told)
        })?
        .collect()
    }
}
