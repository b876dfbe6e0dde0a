//! The rows of signings.

use rusqlite::{OptionalExtension as _, Row, params};

use super::Store;

/// A signing.
#[derive(Clone, Debug)]
pub(crate) struct SigningRow {
    pub key: String,
    pub body: String,
    pub transaction: Option<String>,
    pub signer: String,
    pub statement: String,
    pub compare: String,
    pub state: String,
    pub begun_at: i64,
    pub expires_at: i64,
    pub settled_at: Option<i64>,
}

/// Who answers by themselves after a while, and who has not answered in time.
pub(crate) struct Times {
    pub now: i64,
    pub sign_after_secs: Option<i64>,
}

const SIGNING: &str = "SELECT key, body, transaction_code, signer, statement, compare, state, begun_at, expires_at,
    settled_at FROM signings";

impl Store {
    /// Begins a signing, or gives the one that has this key.
    pub fn begin_signing(&self, new: &SigningRow, times: &Times) -> rusqlite::Result<SigningRow> {
        self.db().execute(
            "INSERT INTO signings (key, body, transaction_code, signer, statement, compare, state, begun_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (key) DO NOTHING",
            params![
                new.key,
                new.body,
                new.transaction,
                new.signer,
                new.statement,
                new.compare,
                new.state,
                new.begun_at,
                new.expires_at
            ],
        )?;
        let there = self.signing(&new.key, times)?;
        there.ok_or(rusqlite::Error::QueryReturnedNoRows)
    }

    /// By its transaction, or by its key.
    pub fn signing(&self, id: &str, times: &Times) -> rusqlite::Result<Option<SigningRow>> {
        self.settle_signings(times)?;
        let db = self.db();
        db.query_row(
            &format!("{SIGNING} WHERE transaction_code = ?1 OR key = ?1"),
            [id],
            signing,
        )
        .optional()
    }

    pub fn signings(&self, times: &Times) -> rusqlite::Result<Vec<SigningRow>> {
        self.settle_signings(times)?;
        let db = self.db();
        let mut rows = db.prepare(&format!("{SIGNING} WHERE body <> '' ORDER BY rowid"))?;
        rows.query_map([], signing)?.collect()
    }

    /// False if it does not wait any more.
    pub fn settle_signing(&self, id: &str, state: &str, now: i64) -> rusqlite::Result<bool> {
        let changed = self.db().execute(
            "UPDATE signings SET state = ?2, settled_at = ?3
             WHERE (transaction_code = ?1 OR key = ?1) AND state = 'cho-ky'",
            params![id, state, now],
        )?;
        Ok(changed == 1)
    }

    /// Nothing begins under this key any more.
    pub fn close_signing_key(&self, key: &str, now: i64) -> rusqlite::Result<()> {
        self.db().execute(
            "INSERT INTO signings (key, body, state, begun_at, expires_at) VALUES (?1, '', 'da-huy', ?2, ?2)
             ON CONFLICT (key) DO NOTHING",
            params![key, now],
        )?;
        Ok(())
    }

    fn settle_signings(&self, times: &Times) -> rusqlite::Result<()> {
        let db = self.db();
        if let Some(secs) = times.sign_after_secs {
            db.execute(
                "UPDATE signings SET state = 'da-ky', settled_at = begun_at + ?2
                 WHERE state = 'cho-ky' AND begun_at + ?2 <= ?1 AND begun_at + ?2 < expires_at",
                params![times.now, secs],
            )?;
        }
        db.execute(
            "UPDATE signings SET state = 'het-han', settled_at = expires_at
             WHERE state = 'cho-ky' AND expires_at <= ?1",
            [times.now],
        )?;
        Ok(())
    }
}

fn signing(row: &Row<'_>) -> rusqlite::Result<SigningRow> {
    Ok(SigningRow {
        key: row.get(0)?,
        body: row.get(1)?,
        transaction: row.get(2)?,
        signer: row.get(3)?,
        statement: row.get(4)?,
        compare: row.get(5)?,
        state: row.get(6)?,
        begun_at: row.get(7)?,
        expires_at: row.get(8)?,
        settled_at: row.get(9)?,
    })
}
