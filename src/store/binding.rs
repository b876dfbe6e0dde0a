//! From the pages of a dossier to its files: what a machine read on a page, and the files that take the pages' place.
//!
//! The files of all parts appear in one transaction, in which the pages go: a dossier has its pages or its files,
//! never some of each; only in a mended one do files come along from the one that was refused.

use std::fmt;

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::store::forget::read_id;
use crate::store::pages;
use crate::store::secrets::Plain;
use crate::store::{PAGES, Store, StoreError};

/// What was read on one page, in bytes. A page full of print has 400 KB.
pub const READING_BYTES_MAX: usize = 4 << 20;

/// A finished file of a part.
pub struct NewFile {
    pub part: String,
    pub name: String,
    pub bytes: Plain,
    /// What is to be known of it beside its bytes; the caller's own text, sealed with it.
    pub about: String,
}

impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewFile({} bytes of {})", self.bytes.len(), self.part)
    }
}

/// What of a file is sealed: its name can name a person.
#[derive(Serialize, Deserialize)]
pub(super) struct FileMeta {
    pub name: String,
    pub sha256: [u8; 32],
    #[serde(default)]
    pub about: String,
}

struct PageRow {
    owner: Uuid,
    sealed_meta: Vec<u8>,
    sealed_reading: Option<Vec<u8>>,
}

/// A file that is on the disk and in no row yet.
#[derive(Debug)]
pub struct Written {
    id: Uuid,
    part: String,
    bytes: u64,
    sealed_meta: Vec<u8>,
}

impl Store {
    /// What the caller gave with a page.
    ///
    /// # Errors
    /// `Unknown` if the page is gone.
    pub fn page_meta(&mut self, page: Uuid) -> Result<Plain, StoreError> {
        let row = self.page_row(page)?;
        self.dossier_key(row.owner)?.open("page meta", &row.sealed_meta)
    }

    /// What was read on a page, if it has been.
    ///
    /// # Errors
    /// `Unknown` if the page is gone.
    pub fn reading(&mut self, page: Uuid) -> Result<Option<Plain>, StoreError> {
        let row = self.page_row(page)?;
        let Some(sealed) = row.sealed_reading else {
            return Ok(None);
        };
        self.dossier_key(row.owner)?.open("reading", &sealed).map(Some)
    }

    fn page_row(&mut self, page: Uuid) -> Result<PageRow, StoreError> {
        self.read(|db| {
            db.prepare_cached("SELECT owner, sealed_meta, sealed_reading FROM files WHERE id = ?1 AND kind = 'page'")?
                .query_row([page.as_bytes().as_slice()], |row| {
                    Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()?
                .ok_or(StoreError::Unknown("page"))
                .and_then(|(owner, sealed_meta, sealed_reading)| {
                    Ok(PageRow {
                        owner: read_id(&owner)?,
                        sealed_meta,
                        sealed_reading,
                    })
                })
        })
    }

    /// Keeps what was read on a page, sealed.
    ///
    /// # Errors
    /// `Unknown` if the page is gone by now.
    pub fn keep_reading(&mut self, page: Uuid, reading: &[u8]) -> Result<(), StoreError> {
        if reading.len() > READING_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "reading",
                limit: READING_BYTES_MAX as u64,
            });
        }
        let owner = self.page_row(page)?.owner;
        let sealed = self.dossier_key(owner)?.seal("reading", reading)?;
        self.write(|transaction| {
            let changed = transaction
                .prepare_cached("UPDATE files SET sealed_reading = ?2 WHERE id = ?1")?
                .execute(params![page.as_bytes().as_slice(), sealed])?;
            if changed == 1 {
                Ok(())
            } else {
                Err(StoreError::Unknown("page"))
            }
        })
    }

    /// Seals a file of a dossier on the disk. It counts when it is bound; before that a restart removes it.
    pub fn write_file(&mut self, dossier: Uuid, file: &NewFile) -> Result<Written, StoreError> {
        let key = self.dossier_key(dossier)?;
        let id = Uuid::now_v7();
        let meta = FileMeta {
            name: file.name.clone(),
            sha256: Sha256::digest(&*file.bytes).into(),
            about: file.about.clone(),
        };
        let meta = Plain::new(serde_json::to_vec(&meta).map_err(|_| StoreError::Tampered)?);
        let sealed_meta = key.seal("file meta", &meta)?;
        pages::write(&self.folder.join(PAGES), &key, id, &file.bytes)?;
        Ok(Written {
            id,
            part: file.part.clone(),
            bytes: file.bytes.len() as u64,
            sealed_meta,
        })
    }

    /// Removes files that will not be bound.
    pub fn drop_written(&mut self, dossier: Uuid, written: Vec<Written>) {
        written.iter().for_each(|file| self.remove_file(dossier, file.id));
    }

    /// Puts the files in the place of the dossier's pages.
    ///
    /// # Errors
    /// `Tampered` if the dossier was sealed with another number of files. Nothing has changed then.
    pub fn bind(&mut self, dossier: Uuid, written: &[Written]) -> Result<(), StoreError> {
        let id = dossier.as_bytes().as_slice();
        let pages = self.write(|transaction| {
            let count: Option<u32> = transaction
                .prepare_cached("SELECT file_count FROM dossiers WHERE id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            // Files that came along from a refused dossier stay.
            let (carried, first): (usize, i64) = transaction
                .prepare_cached(
                    "SELECT count(*), coalesce(max(ordinal) + 1, 0) FROM files WHERE owner = ?1 AND kind = 'file'",
                )?
                .query_row([id], |row| Ok((row.get::<_, u32>(0)? as usize, row.get(1)?)))?;
            if count.ok_or(StoreError::Unknown("dossier"))? as usize != carried + written.len() {
                return Err(StoreError::Tampered);
            }
            let mut file = transaction.prepare_cached(
                "INSERT INTO files (id, owner, kind, part, ordinal, bytes, sealed_meta)
                 VALUES (?1, ?2, 'file', ?3, ?4, ?5, ?6)",
            )?;
            for (ordinal, written) in (first..).zip(written) {
                file.execute(params![
                    written.id.as_bytes().as_slice(),
                    id,
                    written.part,
                    ordinal,
                    written.bytes as i64,
                    written.sealed_meta
                ])?;
            }
            let mut pages =
                transaction.prepare_cached("DELETE FROM files WHERE owner = ?1 AND kind = 'page' RETURNING id")?;
            let mut rows = pages.query([id])?;
            let mut gone = Vec::new();
            while let Some(row) = rows.next()? {
                gone.push(read_id(&row.get::<_, Vec<u8>>(0)?)?);
            }
            Ok(gone)
        })?;
        pages.into_iter().for_each(|page| self.remove_file(dossier, page));
        Ok(())
    }
}
