//! The table of payments: what was asked for, what the gateway says of it, and how often money really moved.

use rusqlite::{OptionalExtension as _, Row, TransactionBehavior, params};

use super::Store;

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS payments (
    reference        TEXT    PRIMARY KEY,           -- MaThanhToan
    key              TEXT    NOT NULL UNIQUE,       -- the Idempotency-Key
    dossier_key      TEXT    NOT NULL REFERENCES dossiers (key),
    amount           INTEGER NOT NULL CHECK (amount > 0),
    url              TEXT    NOT NULL,
    state            TEXT    NOT NULL DEFAULT 'khoi-tao'
                     CHECK (state IN ('khoi-tao', 'thanh-cong', 'that-bai', 'khong-ro')),
    expires_at       INTEGER NOT NULL,
    transaction_code TEXT,
    settled_at       INTEGER,
    taken            INTEGER NOT NULL DEFAULT 0     -- how often money was taken for it
) STRICT;
";

const PAYMENT: &str = "SELECT reference, key, dossier_key, amount, url, state, expires_at, transaction_code,
    settled_at, taken FROM payments";

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PaymentRow {
    pub reference: String,
    pub key: String,
    pub dossier_key: String,
    pub amount: i64,
    pub url: String,
    pub state: String,
    pub expires_at: i64,
    pub transaction_code: Option<String>,
    pub settled_at: Option<i64>,
    pub taken: i64,
}

/// What came of asking for a payment.
pub(crate) enum Begun {
    New(PaymentRow),
    /// The same key once more.
    Again(PaymentRow),
    /// The key was used for another dossier.
    KeyReused,
    /// Another payment of this dossier is open, unclear or paid.
    There(PaymentRow),
}

impl Store {
    /// Begins a payment, or finds the one that stands in its way; all in one step, however many ask at a time.
    pub fn begin_payment(&self, new: &PaymentRow, now: i64) -> rusqlite::Result<Begun> {
        let mut db = self.db();
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute(EXPIRE, [now])?;
        let same_key = step
            .query_row(&format!("{PAYMENT} WHERE key = ?1"), [&new.key], payment)
            .optional()?;
        let begun = match same_key {
            Some(row) if row.dossier_key == new.dossier_key => Begun::Again(row),
            Some(_) => Begun::KeyReused,
            None => {
                let in_the_way = step
                    .query_row(
                        &format!("{PAYMENT} WHERE dossier_key = ?1 AND state <> 'that-bai'"),
                        [&new.dossier_key],
                        payment,
                    )
                    .optional()?;
                match in_the_way {
                    Some(row) => Begun::There(row),
                    None => {
                        step.execute(
                            "INSERT INTO payments (reference, key, dossier_key, amount, url, expires_at)
                             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                            params![
                                new.reference,
                                new.key,
                                new.dossier_key,
                                new.amount,
                                new.url,
                                new.expires_at
                            ],
                        )?;
                        Begun::New(new.clone())
                    }
                }
            }
        };
        step.commit()?;
        Ok(begun)
    }

    pub fn payment(&self, reference: &str, now: i64) -> rusqlite::Result<Option<PaymentRow>> {
        let db = self.db();
        db.execute(EXPIRE, [now])?;
        db.query_row(&format!("{PAYMENT} WHERE reference = ?1"), [reference], payment)
            .optional()
    }

    /// The payment of a dossier that counts: the one that did not fail, else the last.
    pub fn payment_of(&self, dossier_key: &str, now: i64) -> rusqlite::Result<Option<PaymentRow>> {
        let db = self.db();
        db.execute(EXPIRE, [now])?;
        let sql = format!("{PAYMENT} WHERE dossier_key = ?1 ORDER BY state = 'that-bai', rowid DESC LIMIT 1");
        db.query_row(&sql, [dossier_key], payment).optional()
    }

    pub fn payments(&self, now: i64) -> rusqlite::Result<Vec<PaymentRow>> {
        let db = self.db();
        db.execute(EXPIRE, [now])?;
        let mut rows = db.prepare(&format!("{PAYMENT} ORDER BY rowid"))?;
        rows.query_map([], payment)?.collect()
    }

    /// What the gateway says from now on, and whether money was taken with it. What succeeded or failed stays so.
    /// Returns whether there was anything to change.
    pub fn settle_payment(&self, reference: &str, state: &str, taken: bool, now: i64) -> rusqlite::Result<bool> {
        let changed = self.db().execute(
            "UPDATE payments SET state = ?2, taken = taken + ?3,
                 settled_at = CASE WHEN ?2 IN ('thanh-cong', 'that-bai') THEN ?4 END,
                 transaction_code = CASE WHEN ?2 = 'thanh-cong' THEN 'GD' || substr(reference, 3) END
             WHERE reference = ?1 AND state IN ('khoi-tao', 'khong-ro')",
            params![reference, state, i64::from(taken), now],
        )?;
        Ok(changed == 1)
    }
}

/// Nobody paid in time.
const EXPIRE: &str = "UPDATE payments SET state = 'that-bai', settled_at = expires_at
    WHERE state = 'khoi-tao' AND expires_at <= ?1";

fn payment(row: &Row<'_>) -> rusqlite::Result<PaymentRow> {
    Ok(PaymentRow {
        reference: row.get(0)?,
        key: row.get(1)?,
        dossier_key: row.get(2)?,
        amount: row.get(3)?,
        url: row.get(4)?,
        state: row.get(5)?,
        expires_at: row.get(6)?,
        transaction_code: row.get(7)?,
        settled_at: row.get(8)?,
        taken: row.get(9)?,
    })
}
