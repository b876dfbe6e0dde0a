//! What the province has: dossiers in SQLite, bytes of files beside it. All SQL stands here and in `store/`.
//!
//! How far an upload has come is the length of its file, so a killed server knows it without a
//! commit per packet. Everything else is committed (WAL, FULL) before it is answered.

pub(crate) mod payments;
pub(crate) mod signings;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde_json::Value;

use crate::clock;

mod later;
mod satisfaction;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS dossiers (
    key         TEXT    PRIMARY KEY,                -- the Idempotency-Key
    slip        TEXT    NOT NULL,                   -- the kiosk's own number
    body        TEXT    NOT NULL,                   -- as sent, canonical JSON
    created_at  INTEGER NOT NULL,
    code        TEXT    UNIQUE,                     -- given at hand-over
    answer      TEXT                                -- what the hand-over answered
) STRICT;
CREATE INDEX IF NOT EXISTS dossiers_by_slip ON dossiers (slip);

CREATE TABLE IF NOT EXISTS steps (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_key TEXT    NOT NULL REFERENCES dossiers (key),
    state       INTEGER NOT NULL CHECK (state BETWEEN 1 AND 10),
    at          INTEGER NOT NULL,
    note        TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE IF NOT EXISTS uploads (
    id          TEXT    PRIMARY KEY,
    dossier_key TEXT    NOT NULL REFERENCES dossiers (key),
    name        TEXT    NOT NULL,
    length      INTEGER NOT NULL,
    sha256      TEXT    NOT NULL,
    metadata    TEXT    NOT NULL,
    expires_at  INTEGER NOT NULL,
    complete    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS uploads_complete ON uploads (dossier_key, name) WHERE complete = 1;

CREATE TABLE IF NOT EXISTS replaced (
    key         TEXT    PRIMARY KEY,                -- of a revision that was refused; it is never taken in any more
    by_key      TEXT    NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS signings (
    key         TEXT    PRIMARY KEY,                -- the Idempotency-Key
    body        TEXT    NOT NULL,                   -- as sent, canonical JSON; empty: taken back before it came
    transaction_code TEXT UNIQUE,
    signer      TEXT    NOT NULL DEFAULT '',
    statement   TEXT    NOT NULL DEFAULT '',
    compare     TEXT    NOT NULL DEFAULT '',
    state       TEXT    NOT NULL CHECK (state IN ('cho-ky', 'da-ky', 'tu-choi', 'het-han', 'da-huy')),
    begun_at    INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    settled_at  INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS satisfaction_batches (
    key         TEXT    PRIMARY KEY,                -- the Idempotency-Key
    body        TEXT    NOT NULL                    -- as sent, canonical JSON
) STRICT;

CREATE TABLE IF NOT EXISTS satisfaction (
    batch_key   TEXT    NOT NULL REFERENCES satisfaction_batches (key),
    from_day    TEXT    NOT NULL,                   -- yyyyMMdd
    until_day   TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    field       TEXT    NOT NULL,
    face        INTEGER NOT NULL CHECK (face BETWEEN 1 AND 5),
    reason      TEXT    NOT NULL,
    count       INTEGER NOT NULL
) STRICT;
";
/// Columns that came later: a folder of an older stand-in goes on.
const LATER: [(&str, &str, &str); 3] = [
    // What came to a dossier later (a supplement, a withdrawal) has the key of that dossier.
    ("dossiers", "parent", "TEXT"),
    ("dossiers", "kind", "TEXT NOT NULL DEFAULT 'dossier'"),
    // What else an official said with a step, as JSON.
    ("steps", "more", "TEXT NOT NULL DEFAULT '{}'"),
];

pub(crate) struct Store {
    db: Mutex<Connection>,
    files: PathBuf,
    folder: PathBuf,
}

pub(crate) struct DossierRow {
    pub key: String,
    pub slip: String,
    pub body: String,
    pub created_at: i64,
    pub code: Option<String>,
    /// What the hand-over answered; until then files are owed.
    pub answer: Option<String>,
    /// Of what came to a dossier later, the key of that dossier.
    pub parent: Option<String>,
}

pub(crate) struct Step {
    pub state: i64,
    pub at: i64,
    pub note: String,
    /// What else was said, in the names of the contract.
    pub more: Value,
}

#[derive(Clone, Debug)]
pub(crate) struct UploadRow {
    pub id: String,
    pub dossier_key: String,
    pub name: String,
    pub length: u64,
    pub sha256: String,
    pub metadata: String,
    pub expires_at: i64,
    pub complete: bool,
}

const DOSSIER: &str = "SELECT key, slip, body, created_at, code, answer, parent FROM dossiers";
const UPLOAD: &str = "SELECT id, dossier_key, name, length, sha256, metadata, expires_at, complete FROM uploads";

impl Store {
    pub fn open(data: &Path) -> anyhow::Result<Self> {
        let files = data.join("files");
        fs::create_dir_all(&files).with_context(|| format!("Cannot make {}", files.display()))?;

        let db = Connection::open(data.join("province.sqlite")).context("Cannot open the database")?;
        db.busy_timeout(Duration::from_secs(10))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.execute_batch(SCHEMA).context("Cannot prepare the database")?;
        db.execute_batch(crate::drafts::SCHEMA)
            .context("Cannot prepare the database")?;
        for (table, column, kind) in LATER {
            if !db.column_exists(None, table, column)? {
                db.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {column} {kind}"))?;
            }
        }
        db.execute_batch(payments::SCHEMA)
            .context("Cannot prepare the table of payments")?;

        Ok(Self {
            db: Mutex::new(db),
            files,
            folder: data.to_owned(),
        })
    }

    /// Where the bytes of an upload lie. Ids are UUIDs of ours.
    pub fn path(&self, id: &str) -> PathBuf {
        self.files.join(id)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn db(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere leaves no half transaction behind: SQLite rolled it back.
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn dossier(&self, key: &str) -> rusqlite::Result<Option<DossierRow>> {
        self.db()
            .query_row(&format!("{DOSSIER} WHERE key = ?1"), [key], dossier)
            .optional()
    }

    /// By the code of the province, or by the kiosk's slip number once it was handed over.
    pub fn handed_over(&self, code_or_slip: &str) -> rusqlite::Result<Option<DossierRow>> {
        let sql = format!(
            "{DOSSIER} WHERE code IS NOT NULL
               AND (code = ?1 OR slip = ?1 OR key IN (SELECT parent FROM dossiers WHERE slip = ?1 AND answer IS NOT NULL))
             ORDER BY code = ?1 DESC, created_at DESC LIMIT 1"
        );
        self.db().query_row(&sql, [code_or_slip], dossier).optional()
    }

    pub fn dossiers(&self) -> rusqlite::Result<Vec<DossierRow>> {
        let db = self.db();
        let mut rows = db.prepare(&format!("{DOSSIER} WHERE kind = 'dossier' ORDER BY created_at, key"))?;
        rows.query_map([], dossier)?.collect()
    }

    /// How many owe files, and how many are handed over.
    pub fn counts(&self) -> rusqlite::Result<(u32, u32)> {
        let sql = "SELECT count(*) FILTER (WHERE code IS NULL), count(*) FILTER (WHERE code IS NOT NULL)
                   FROM dossiers WHERE kind = 'dossier'";
        self.db().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    pub fn add_dossier(&self, key: &str, slip: &str, body: &str) -> rusqlite::Result<DossierRow> {
        let created_at = clock::now().as_second();
        let sql = "INSERT INTO dossiers (key, slip, body, created_at) VALUES (?1, ?2, ?3, ?4)";
        self.db().execute(sql, params![key, slip, body, created_at])?;
        let (key, slip, body) = (key.to_owned(), slip.to_owned(), body.to_owned());
        Ok(DossierRow {
            key,
            slip,
            body,
            created_at,
            code: None,
            answer: None,
            parent: None,
        })
    }

    /// Gives the dossier its code, the next of the day, and keeps what is answered; all at once. A
    /// dossier that has a code keeps it, and its first answer is given again.
    pub fn hand_over(
        &self,
        key: &str,
        code_before_number: &str,
        answer: impl FnOnce(&str) -> String,
    ) -> rusqlite::Result<String> {
        let mut db = self.db();
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;

        let before: Option<String> =
            step.query_row("SELECT answer FROM dossiers WHERE key = ?1", [key], |row| row.get(0))?;
        if let Some(before) = before {
            return Ok(before);
        }

        let last: i64 = step.query_row(
            "SELECT coalesce(max(CAST(substr(code, length(?1) + 1) AS INTEGER)), 0) FROM dossiers
             WHERE substr(code, 1, length(?1)) = ?1",
            [code_before_number],
            |row| row.get(0),
        )?;
        let code = format!("{code_before_number}{:04}", last + 1);
        let answer = answer(&code);
        step.execute(
            "UPDATE dossiers SET code = ?2, answer = ?3 WHERE key = ?1",
            params![key, code, answer],
        )?;
        step.execute(
            "INSERT INTO steps (dossier_key, state, at) VALUES (?1, 1, ?2)",
            params![key, clock::now().as_second()],
        )?;
        step.commit()?;
        Ok(answer)
    }

    pub fn steps(&self, key: &str) -> rusqlite::Result<Vec<Step>> {
        let db = self.db();
        let mut rows = db.prepare("SELECT state, at, note, more FROM steps WHERE dossier_key = ?1 ORDER BY id")?;
        rows.query_map([key], |row| {
            Ok(Step {
                state: row.get(0)?,
                at: row.get(1)?,
                note: row.get(2)?,
                more: serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default(),
            })
        })?
        .collect()
    }

    pub fn add_step(&self, key: &str, state: i64, note: &str, more: &Value) -> rusqlite::Result<()> {
        let sql = "INSERT INTO steps (dossier_key, state, at, note, more) VALUES (?1, ?2, ?3, ?4, ?5)";
        let at = clock::now().as_second();
        self.db()
            .execute(sql, params![key, state, at, note, more.to_string()])?;
        Ok(())
    }

    pub fn add_upload(&self, row: &UploadRow) -> anyhow::Result<()> {
        fs::File::create_new(self.path(&row.id))?.sync_all()?;
        self.db().execute(
            "INSERT INTO uploads (id, dossier_key, name, length, sha256, metadata, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                row.id,
                row.dossier_key,
                row.name,
                row.length.cast_signed(),
                row.sha256,
                row.metadata,
                row.expires_at
            ],
        )?;
        Ok(())
    }

    pub fn upload(&self, id: &str) -> rusqlite::Result<Option<UploadRow>> {
        self.db()
            .query_row(&format!("{UPLOAD} WHERE id = ?1"), [id], upload)
            .optional()
    }

    pub fn uploads(&self, dossier_key: &str) -> rusqlite::Result<Vec<UploadRow>> {
        let db = self.db();
        let mut rows = db.prepare(&format!("{UPLOAD} WHERE dossier_key = ?1 ORDER BY rowid"))?;
        rows.query_map([dossier_key], upload)?.collect()
    }

    pub fn prolong(&self, id: &str, expires_at: i64) -> rusqlite::Result<()> {
        self.db().execute(
            "UPDATE uploads SET expires_at = ?2 WHERE id = ?1",
            params![id, expires_at],
        )?;
        Ok(())
    }

    /// The file is whole and its hash was right. It takes the place of an earlier one of its name, so
    /// that whoever asks finds one of them at any time.
    pub fn complete(&self, row: &UploadRow) -> anyhow::Result<()> {
        let replaced: Vec<String> = {
            let mut db = self.db();
            let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let replaced = step
                .prepare("DELETE FROM uploads WHERE dossier_key = ?1 AND name = ?2 AND id <> ?3 AND complete = 1 RETURNING id")?
                .query_map([&row.dossier_key, &row.name, &row.id], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            step.execute("UPDATE uploads SET complete = 1 WHERE id = ?1", [&row.id])?;
            step.commit()?;
            replaced
        };
        replaced.iter().try_for_each(|id| self.remove_file(id))
    }

    pub fn drop_upload(&self, id: &str) -> anyhow::Result<()> {
        self.db().execute("DELETE FROM uploads WHERE id = ?1", [id])?;
        self.remove_file(id)
    }

    fn remove_file(&self, id: &str) -> anyhow::Result<()> {
        match fs::remove_file(self.path(id)) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Uploads that nobody went on with.
    pub fn drop_expired(&self, now: i64) -> anyhow::Result<usize> {
        let expired: Vec<String> = {
            let db = self.db();
            let mut rows = db.prepare("SELECT id FROM uploads WHERE complete = 0 AND expires_at <= ?1")?;
            rows.query_map([now], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?
        };
        for id in &expired {
            self.drop_upload(id)?;
        }
        Ok(expired.len())
    }
}

pub(crate) fn dossier(row: &Row<'_>) -> rusqlite::Result<DossierRow> {
    Ok(DossierRow {
        key: row.get(0)?,
        slip: row.get(1)?,
        body: row.get(2)?,
        created_at: row.get(3)?,
        code: row.get(4)?,
        answer: row.get(5)?,
        parent: row.get(6)?,
    })
}

fn upload(row: &Row<'_>) -> rusqlite::Result<UploadRow> {
    Ok(UploadRow {
        id: row.get(0)?,
        dossier_key: row.get(1)?,
        name: row.get(2)?,
        length: row.get::<_, i64>(3)?.cast_unsigned(),
        sha256: row.get(4)?,
        metadata: row.get(5)?,
        expires_at: row.get(6)?,
        complete: row.get(7)?,
    })
}
