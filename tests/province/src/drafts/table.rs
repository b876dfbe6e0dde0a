//! The rows of drafts put aside. Nothing in them says whose they are.

use std::{fs, path::PathBuf};

use rusqlite::{OptionalExtension as _, params};

use crate::store::Store;

pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS drafts (
    id           TEXT    PRIMARY KEY,
    length       INTEGER NOT NULL,
    sha256       TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL,
    complete     INTEGER NOT NULL DEFAULT 0,
    handed_in    INTEGER NOT NULL DEFAULT 0,        -- its bytes are gone
    opened_by    TEXT,
    opened_until INTEGER NOT NULL DEFAULT 0
) STRICT;
";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    HandedIn,
}

pub(super) struct Row {
    pub id: String,
    pub length: u64,
    pub sha256: String,
    pub expires_at: i64,
    pub complete: bool,
    pub ended: Option<Ended>,
    pub opened_by: Option<String>,
}

const ROW: &str = "SELECT id, length, sha256, expires_at, complete, handed_in, opened_by FROM drafts";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        id: row.get(0)?,
        length: row.get::<_, i64>(1)?.cast_unsigned(),
        sha256: row.get(2)?,
        expires_at: row.get(3)?,
        complete: row.get(4)?,
        ended: row.get::<_, bool>(5)?.then_some(Ended::HandedIn),
        opened_by: row.get(6)?,
    })
}

impl Store {
    pub(super) fn draft_path(&self, id: &str) -> PathBuf {
        self.folder().join("drafts").join(id)
    }

    pub(super) fn draft(&self, id: &str) -> rusqlite::Result<Option<Row>> {
        self.db()
            .query_row(&format!("{ROW} WHERE id = ?1"), [id], row)
            .optional()
    }

    pub(super) fn drafts(&self) -> rusqlite::Result<Vec<Row>> {
        let db = self.db();
        let mut rows = db.prepare(&format!("{ROW} ORDER BY rowid"))?;
        rows.query_map([], row)?.collect()
    }

    pub(super) fn add_draft(&self, id: &str, length: u64, sha256: &str, expires_at: i64) -> anyhow::Result<Row> {
        fs::create_dir_all(self.folder().join("drafts"))?;
        fs::File::create(self.draft_path(id))?.sync_all()?;
        self.db().execute(
            "INSERT INTO drafts (id, length, sha256, expires_at) VALUES (?1, ?2, ?3, ?4)",
            params![id, length.cast_signed(), sha256, expires_at],
        )?;
        Ok(Row {
            id: id.to_owned(),
            length,
            sha256: sha256.to_owned(),
            expires_at,
            complete: false,
            ended: None,
            opened_by: None,
        })
    }

    pub(super) fn complete_draft(&self, id: &str) -> rusqlite::Result<()> {
        self.db()
            .execute("UPDATE drafts SET complete = 1 WHERE id = ?1", [id])?;
        Ok(())
    }

    /// `false` if another kiosk has it.
    pub(super) fn open_draft(&self, id: &str, kiosk: &str, now: i64, until: i64) -> rusqlite::Result<bool> {
        let opened = self.db().execute(
            "UPDATE drafts SET opened_by = ?2, opened_until = ?4
             WHERE id = ?1 AND (opened_by IS NULL OR opened_by = ?2 OR opened_until <= ?3)",
            params![id, kiosk, now, until],
        )?;
        Ok(opened == 1)
    }

    pub(super) fn release_draft(&self, id: &str, kiosk: &str) -> rusqlite::Result<()> {
        self.db().execute(
            "UPDATE drafts SET opened_by = NULL WHERE id = ?1 AND opened_by = ?2",
            [id, kiosk],
        )?;
        Ok(())
    }

    /// What was handed in leaves its number, so that whoever asks for it is told; the rest leaves nothing.
    pub(super) fn end_draft(&self, id: &str, ended: Option<Ended>) -> anyhow::Result<()> {
        match ended {
            Some(Ended::HandedIn) => self
                .db()
                .execute("UPDATE drafts SET handed_in = 1 WHERE id = ?1", [id])?,
            None => self.db().execute("DELETE FROM drafts WHERE id = ?1", [id])?,
        };
        match fs::remove_file(self.draft_path(id)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    pub(super) fn expire_draft(&self, id: &str) -> rusqlite::Result<()> {
        self.db()
            .execute("UPDATE drafts SET expires_at = 0 WHERE id = ?1", [id])?;
        Ok(())
    }
}
