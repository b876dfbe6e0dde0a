//! A refused dossier, opened again: what it was made from becomes a new draft under a key of its own, with copies of
//! its files. The refused one stays as it is until the new one is kept; whoever walks away has lost nothing.

use std::{fmt, io};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::store::drafts::DraftRow;
use crate::store::follow::REVISIONS_MAX;
use crate::store::forget::read_id;
use crate::store::numbers::parsed;
use crate::store::owed::set_state;
use crate::store::pages::{self, SealedFile};
use crate::store::secrets::Plain;
use crate::store::{PAGES, Store, StoreError};

/// What a refused dossier was made from.
pub struct Refused {
    /// The draft as it was last saved, the caller's own text.
    pub answers: Plain,
    pub procedure: String,
    pub request_key: Uuid,
    /// Of the refused one, from 1.
    pub revision: u32,
    /// Parts of which there are finished files; the others have their pages.
    pub bound: Vec<String>,
}

/// Logs may hold which it is; they never hold an answer.
impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refused({}, revision {}, hidden)", self.request_key, self.revision)
    }
}

/// A row of a file, sealed under the key of its owner.
struct FileRow {
    id: Uuid,
    kind: String,
    part: String,
    ordinal: i64,
    bytes: i64,
    sealed_meta: Vec<u8>,
    sealed_reading: Option<Vec<u8>>,
}

impl Store {
    /// What the refused dossier was made from.
    ///
    /// # Errors
    /// `Unknown` if it is not with staff, or was kept by a version that did not keep this; `TooLarge` if it was mended
    /// too often.
    pub fn refused_dossier(&mut self, dossier: Uuid) -> Result<Refused, StoreError> {
        let key = self.dossier_key(dossier)?;
        let found = self.read(|db| {
            db.prepare_cached(
                "SELECT sealed_draft, procedure, request_key, revision
                 FROM dossiers JOIN outbox ON outbox.dossier_id = dossiers.id
                 WHERE dossiers.id = ?1 AND state = 'with_staff' AND kind = 'dossier' AND sealed_draft IS NOT NULL",
            )?
            .query_row([dossier.as_bytes().as_slice()], |row| {
                Ok((
                    row.get::<_, Vec<u8>>(0)?,
                    row.get::<_, String>(1)?,
                    parsed(row, 2),
                    row.get::<_, u32>(3)?,
                ))
            })
            .optional()?
            .ok_or(StoreError::Unknown("refused dossier"))
        })?;
        let (sealed, procedure, request_key, revision) = found;
        if revision >= REVISIONS_MAX {
            return Err(StoreError::TooLarge {
                what: "revisions of a dossier",
                limit: u64::from(REVISIONS_MAX),
            });
        }
        Ok(Refused {
            answers: key.open("answers", &sealed)?,
            procedure,
            request_key: request_key?,
            revision,
            bound: self.bound_parts(dossier)?,
        })
    }

    /// Parts of a dossier or draft of which there are finished files.
    pub fn bound_parts(&mut self, dossier: Uuid) -> Result<Vec<String>, StoreError> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT DISTINCT part FROM files WHERE owner = ?1 AND kind = 'file' ORDER BY part")?;
            let parts = statement.query_map([dossier.as_bytes().as_slice()], |row| row.get(0))?;
            Ok(parts.collect::<Result<_, _>>()?)
        })
    }

    /// Saves the new draft, with copies of all files and pages of the refused dossier under its own key. A kiosk that
    /// dies meanwhile forgets the draft at its next start.
    pub fn reopen(&mut self, refused: Uuid, draft: &DraftRow, now: Timestamp) -> Result<(), StoreError> {
        self.save_draft(draft, now)?;
        let copied = self.copy_files(refused, draft.id);
        if copied.is_err()
            && let Err(error) = self.discard_draft(draft.id)
        {
            tracing::warn!(%error, "A draft that was opened in vain stays until the next start");
        }
        copied
    }

    fn copy_files(&mut self, from: Uuid, to: Uuid) -> Result<(), StoreError> {
        let (old, new) = (self.dossier_key(from)?, self.dossier_key(to)?);
        let folder = self.folder.join(PAGES);
        let mut copies = self.file_rows(from)?;
        for row in &mut copies {
            let bytes = SealedFile::open(&folder, &old, row.id)?.read_whole().map_err(|error| {
                if error.kind() == io::ErrorKind::InvalidData {
                    StoreError::Tampered
                } else {
                    StoreError::file("Cannot read a page")(error)
                }
            })?;
            let what = if row.kind == "file" { "file meta" } else { "page meta" };
            row.sealed_meta = new.seal(what, &old.open(what, &row.sealed_meta)?)?;
            if let Some(reading) = row.sealed_reading.take() {
                row.sealed_reading = Some(new.seal("reading", &old.open("reading", &reading)?)?);
            }
            row.id = Uuid::now_v7();
            pages::write(&folder, &new, row.id, &bytes)?;
        }
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO files (id, owner, kind, part, ordinal, bytes, sealed_meta, sealed_reading)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for row in &copies {
                insert.execute(params![
                    row.id.as_bytes().as_slice(),
                    to.as_bytes().as_slice(),
                    row.kind,
                    row.part,
                    row.ordinal,
                    row.bytes,
                    row.sealed_meta,
                    row.sealed_reading
                ])?;
            }
            Ok(())
        })
    }

    fn file_rows(&mut self, owner: Uuid) -> Result<Vec<FileRow>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, kind, part, ordinal, bytes, sealed_meta, sealed_reading FROM files WHERE owner = ?1",
            )?;
            let mut rows = statement.query([owner.as_bytes().as_slice()])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(FileRow {
                    id: read_id(&row.get::<_, Vec<u8>>(0)?)?,
                    kind: row.get(1)?,
                    part: row.get(2)?,
                    ordinal: row.get(3)?,
                    bytes: row.get(4)?,
                    sealed_meta: row.get(5)?,
                    sealed_reading: row.get(6)?,
                });
            }
            Ok(found)
        })
    }
}

/// The new revision takes the place of the refused one, which is closed from now on.
///
/// # Errors
/// `Unknown` if that is not with staff any more: it was sent again, or settled.
pub(super) fn take_place(
    transaction: &Transaction<'_>,
    new: Uuid,
    refused: Uuid,
    number: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    set_state(transaction, refused, "closed", "state = 'with_staff'")?;
    let refused = refused.as_bytes().as_slice();
    transaction.execute(
        "UPDATE dossiers SET settled_at_ms = ?2, sealed_draft = NULL WHERE id = ?1",
        params![refused, now.as_millisecond()],
    )?;
    transaction.execute(
        "UPDATE dossiers SET replaces = ?2, revision = ?3 WHERE id = ?1",
        params![new.as_bytes().as_slice(), refused, number],
    )?;
    Ok(())
}
