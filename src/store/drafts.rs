//! Drafts: what a person has answered and scanned so far, kept so that a crash does not send them back to the start.
//!
//! A draft has its key from its first answer. It ends as a dossier or is forgotten; there is no third way.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::store::forget::{read_id, wrapped_key};
use crate::store::pages::{self, SealedFile};
use crate::store::secrets::Plain;
use crate::store::{PAGES, Store, StoreError};

/// A draft left by a kiosk that died may be taken up again for so long, in seconds. After that, and whenever the
/// clock cannot say how old it is, it is forgotten: the next person at the screen is someone else.
pub const DRAFT_KEPT_SECS_MAX: i64 = 600;
/// The answers of one draft, in bytes.
pub const ANSWERS_BYTES_MAX: usize = 1 << 20;
/// Pages of one part.
pub const PAGES_PER_PART_MAX: u32 = 200;

/// Answers so far. The caller chooses the id when the visit comes to a procedure.
pub struct DraftRow {
    pub id: Uuid,
    /// The procedure's code. Not secret.
    pub procedure: String,
    /// Sealed before it is written.
    pub answers: Plain,
}

/// Logs may hold which draft it is; they never hold an answer.
impl fmt::Debug for DraftRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DraftRow({} {}, answers hidden)", self.id, self.procedure)
    }
}

/// A scanned page that is kept.
pub struct PageInfo {
    pub id: Uuid,
    pub part: String,
    /// Pages of a part, in the order they were scanned. Starts at 0 and may have gaps.
    pub ordinal: u32,
    /// The length of the picture, in bytes.
    pub bytes: u64,
    /// What the caller gave with it.
    pub meta: Plain,
    /// What a machine has read on it, once it has.
    pub reading: Option<Plain>,
}

impl fmt::Debug for PageInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageInfo({} of {}, {} bytes)", self.ordinal, self.part, self.bytes)
    }
}

impl Store {
    /// Keeps the answers; the first time also makes the draft's key.
    pub fn save_draft(&mut self, draft: &DraftRow, now: Timestamp) -> Result<(), StoreError> {
        if draft.answers.len() > ANSWERS_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "answers",
                limit: ANSWERS_BYTES_MAX as u64,
            });
        }
        self.saw(now);
        let id = draft.id.as_bytes().as_slice();
        let (key, new) = match self.read(|db| wrapped_key(db, draft.id))? {
            Some(wrapped) => (self.key.unwrap_key(draft.id, &wrapped)?, None),
            None => {
                let (key, wrapped) = self.key.new_dossier_key(draft.id)?;
                (key, Some(wrapped))
            }
        };
        let sealed = key.seal("answers", &draft.answers)?;
        self.write(|transaction| {
            // A key without a draft is a dossier's: that is sealed and takes no answer any more.
            if let Some(wrapped) = &new {
                transaction
                    .prepare_cached("INSERT INTO keys (owner, wrapped) VALUES (?1, ?2)")?
                    .execute(params![id, wrapped])?;
                transaction
                    .prepare_cached("INSERT INTO drafts (id, procedure, sealed, saved_at_ms) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![id, draft.procedure, sealed, now.as_millisecond()])?;
                return Ok(());
            }
            let changed = transaction
                .prepare_cached("UPDATE drafts SET procedure = ?2, sealed = ?3, saved_at_ms = ?4 WHERE id = ?1")?
                .execute(params![id, draft.procedure, sealed, now.as_millisecond()])?;
            if changed == 1 {
                Ok(())
            } else {
                Err(StoreError::Unknown("draft"))
            }
        })
    }

    /// The answers as they were last saved.
    pub fn load_draft(&mut self, id: Uuid) -> Result<DraftRow, StoreError> {
        let key = self.dossier_key(id)?;
        let (procedure, sealed): (String, Vec<u8>) = self.read(|db| {
            db.prepare_cached("SELECT procedure, sealed FROM drafts WHERE id = ?1")?
                .query_row([id.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?
                .ok_or(StoreError::Unknown("draft"))
        })?;
        Ok(DraftRow {
            id,
            procedure,
            answers: key.open("answers", &sealed)?,
        })
    }

    /// Keeps one page of a saved draft. It is on the disk, sealed, when this returns.
    pub fn add_page(&mut self, draft: Uuid, part: &str, picture: &[u8], meta: &[u8]) -> Result<PageInfo, StoreError> {
        let key = self.dossier_key(draft)?;
        let ordinal = self.read(|db| next_page(db, draft, part))?;
        let id = Uuid::now_v7();
        pages::write(&self.folder.join(PAGES), &key, id, picture)?;
        let sealed_meta = key.seal("page meta", meta)?;
        let bytes = picture.len() as u64;
        let added = self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO files (id, owner, kind, part, ordinal, bytes, sealed_meta)
                     VALUES (?1, ?2, 'page', ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    id.as_bytes().as_slice(),
                    draft.as_bytes().as_slice(),
                    part,
                    ordinal,
                    bytes as i64,
                    sealed_meta
                ])?;
            Ok(())
        });
        if added.is_err() {
            self.remove_file(draft, id);
        }
        added?;
        Ok(PageInfo {
            id,
            part: part.to_owned(),
            ordinal,
            bytes,
            meta: Plain::new(meta.to_vec()),
            reading: None,
        })
    }

    /// All pages of a draft, or of a dossier that is not bound yet, by part and order.
    pub fn pages(&mut self, draft: Uuid) -> Result<Vec<PageInfo>, StoreError> {
        let key = self.dossier_key(draft)?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, part, ordinal, bytes, sealed_meta, sealed_reading FROM files
                 WHERE owner = ?1 AND kind = 'page' ORDER BY part, ordinal",
            )?;
            let mut rows = statement.query([draft.as_bytes().as_slice()])?;
            let mut pages = Vec::new();
            while let Some(row) = rows.next()? {
                pages.push(PageInfo {
                    id: read_id(&row.get::<_, Vec<u8>>(0)?)?,
                    part: row.get(1)?,
                    ordinal: row.get(2)?,
                    bytes: row.get::<_, i64>(3)?.unsigned_abs(),
                    meta: key.open("page meta", &row.get::<_, Vec<u8>>(4)?)?,
                    reading: row
                        .get::<_, Option<Vec<u8>>>(5)?
                        .map(|reading| key.open("reading", &reading))
                        .transpose()?,
                });
            }
            Ok(pages)
        })
    }

    /// The picture of a page.
    pub fn page(&mut self, page: Uuid) -> Result<Plain, StoreError> {
        self.open_file(page)?.read_whole().map_err(|error| {
            if matches!(
                error.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
            ) {
                StoreError::Tampered
            } else {
                StoreError::file("Cannot read a page")(error)
            }
        })
    }

    /// Opens a page or a dossier's file for reading from any offset, also on another thread.
    pub fn open_file(&mut self, file: Uuid) -> Result<SealedFile, StoreError> {
        let owner = self.read(|db| {
            let owner: Option<Vec<u8>> = db
                .prepare_cached("SELECT owner FROM files WHERE id = ?1")?
                .query_row([file.as_bytes().as_slice()], |row| row.get(0))
                .optional()?;
            read_id(&owner.ok_or(StoreError::Unknown("file"))?)
        })?;
        let key = self.dossier_key(owner)?;
        SealedFile::open(&self.folder.join(PAGES), &key, file)
    }

    /// Drops one page, as when it is scanned again.
    pub fn drop_page(&mut self, page: Uuid) -> Result<(), StoreError> {
        self.drop_files("id = ?1", params![page.as_bytes().as_slice()])
    }

    /// Drops all pages of a part of a draft, also what came along of it from a refused dossier.
    pub fn drop_pages(&mut self, draft: Uuid, part: &str) -> Result<(), StoreError> {
        self.drop_files("owner = ?1 AND part = ?2", params![draft.as_bytes().as_slice(), part])
    }

    fn drop_files(&mut self, which: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
        let dropped = self.write(|transaction| {
            let mut statement = transaction.prepare_cached(&format!(
                "DELETE FROM files WHERE (kind = 'page' OR owner IN (SELECT id FROM drafts)) AND {which}
                 RETURNING owner, id"
            ))?;
            let mut rows = statement.query(values)?;
            let mut dropped = Vec::new();
            while let Some(row) = rows.next()? {
                dropped.push((
                    read_id(&row.get::<_, Vec<u8>>(0)?)?,
                    read_id(&row.get::<_, Vec<u8>>(1)?)?,
                ));
            }
            Ok(dropped)
        })?;
        for (owner, id) in dropped {
            self.remove_file(owner, id);
        }
        Ok(())
    }

    /// A file left behind is an orphan, removed at the next start.
    pub(super) fn remove_file(&self, owner: Uuid, id: Uuid) {
        let path = pages::folder_of(&self.folder.join(PAGES), owner).join(id.to_string());
        if let Err(error) = std::fs::remove_file(path) {
            tracing::warn!(%error, file = %id, "Page cannot be removed");
        }
    }

    /// Forgets a draft: its key is destroyed. A draft that is none any more is no error; a dossier stays.
    pub fn discard_draft(&mut self, id: Uuid) -> Result<(), StoreError> {
        let draft: bool = self.read(|db| {
            Ok(db
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM drafts WHERE id = ?1)")?
                .query_row([id.as_bytes().as_slice()], |row| row.get(0))?)
        })?;
        if draft { self.forget(id, |_| Ok(())) } else { Ok(()) }
    }

    /// Forgets all drafts but `keep` and those younger than [`DRAFT_KEPT_SECS_MAX`]. Returns how many.
    pub fn forget_stale_drafts(&mut self, keep: Option<Uuid>, now: Timestamp) -> Result<u32, StoreError> {
        let drafts = self.read(drafts_by_age)?;
        let stale = drafts
            .into_iter()
            .filter(|(id, saved_at)| Some(*id) != keep && !is_young(*saved_at, now));
        let mut forgotten = 0;
        for (id, _) in stale {
            self.forget(id, |_| Ok(()))?;
            forgotten += 1;
        }
        Ok(forgotten)
    }

    /// Forgets all drafts: at a start, when nobody takes one up again. Returns how many.
    pub fn forget_drafts(&mut self) -> Result<u32, StoreError> {
        let drafts = self.read(drafts_by_age)?;
        let mut forgotten = 0;
        for (id, _) in drafts {
            self.forget(id, |_| Ok(()))?;
            forgotten += 1;
        }
        Ok(forgotten)
    }

    /// The youngest draft that may be taken up again.
    pub fn resumable_draft(&mut self, now: Timestamp) -> Result<Option<Uuid>, StoreError> {
        let drafts = self.read(drafts_by_age)?;
        Ok(drafts
            .into_iter()
            .find(|(_, saved_at)| is_young(*saved_at, now))
            .map(|(id, _)| id))
    }
}

/// A draft from the future is one whose age nobody knows.
fn is_young(saved_at_ms: i64, now: Timestamp) -> bool {
    (0..DRAFT_KEPT_SECS_MAX * 1000).contains(&(now.as_millisecond() - saved_at_ms))
}

fn drafts_by_age(db: &Connection) -> Result<Vec<(Uuid, i64)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT id, saved_at_ms FROM drafts ORDER BY saved_at_ms DESC")?;
    let mut rows = statement.query([])?;
    let mut drafts = Vec::new();
    while let Some(row) = rows.next()? {
        drafts.push((read_id(&row.get::<_, Vec<u8>>(0)?)?, row.get(1)?));
    }
    Ok(drafts)
}

fn next_page(db: &Connection, draft: Uuid, part: &str) -> Result<u32, StoreError> {
    let is_draft: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM drafts WHERE id = ?1)")?
        .query_row([draft.as_bytes().as_slice()], |row| row.get(0))?;
    if !is_draft {
        return Err(StoreError::Unknown("draft"));
    }
    let next: u32 = db
        .prepare_cached(
            "SELECT coalesce(max(ordinal) + 1, 0) FROM files WHERE owner = ?1 AND kind = 'page' AND part = ?2",
        )?
        .query_row(params![draft.as_bytes().as_slice(), part], |row| row.get(0))?;
    if next >= PAGES_PER_PART_MAX {
        return Err(StoreError::TooLarge {
            what: "pages of a part",
            limit: u64::from(PAGES_PER_PART_MAX),
        });
    }
    Ok(next)
}
