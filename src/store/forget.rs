//! Keys of drafts and dossiers, and forgetting: the key is destroyed, then the files go.
//!
//! The key's row is overwritten (`secure_delete`) and the log, which holds older pages, is cut to nothing. What a
//! memory card keeps of blocks it has given back is out of reach; the wrapped key is useless without the kiosk's.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use crate::store::damage::new_folder;
use crate::store::pages::folder_of;
use crate::store::secrets::DossierKey;
use crate::store::{BUSY_TIMEOUT, Opened, PAGES, Store, StoreError};

/// How long cutting the log waits for a reader. It is tried again, so a citizen need not wait for it.
const READER_TIMEOUT: Duration = Duration::from_millis(50);

impl Store {
    pub(super) fn dossier_key(&mut self, owner: Uuid) -> Result<DossierKey, StoreError> {
        let wrapped = self
            .read(|db| wrapped_key(db, owner))?
            .ok_or(StoreError::Unknown("draft or dossier"))?;
        self.key.unwrap_key(owner, &wrapped)
    }

    /// Destroys the key and everything under it; `also` is done in the same transaction.
    pub(super) fn forget(
        &mut self,
        owner: Uuid,
        mut also: impl FnMut(&Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM files WHERE owner = ?1", [owner.as_bytes().as_slice()])?;
            transaction.execute("DELETE FROM drafts WHERE id = ?1", [owner.as_bytes().as_slice()])?;
            transaction.execute(
                "UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE owner = ?1",
                [owner.as_bytes().as_slice()],
            )?;
            transaction.execute("DELETE FROM keys WHERE owner = ?1", [owner.as_bytes().as_slice()])?;
            also(transaction)
        })?;
        self.log_holds_forgotten = true;
        self.cut_log();
        remove_folder(&folder_of(&self.folder.join(PAGES), owner))
    }

    /// Cuts the log to nothing, or tries again at the next [`Store::tidy`] if a reader is in the way.
    pub(super) fn cut_log(&mut self) {
        let cut = self.read(|db| {
            db.busy_timeout(READER_TIMEOUT)?;
            let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
            db.busy_timeout(BUSY_TIMEOUT)?;
            Ok(!busy?)
        });
        match cut {
            Ok(true) => {
                self.log_holds_forgotten = false;
                self.commits_unwritten = 0;
            }
            Ok(false) => tracing::info!("Log is being read, it will be cut later"),
            Err(error) => tracing::warn!(%error, "Log cannot be cut"),
        }
    }

    /// Removes files that no row knows. Where a database was lost they may be all that is left of a dossier: then
    /// they are moved aside with it.
    pub(super) fn settle_files(&mut self, opened: &mut Opened, now: Timestamp) -> Result<(), StoreError> {
        let failed = || StoreError::file("Cannot look through the pages");
        let known = self.read(known_files)?;
        let pages = self.folder.join(PAGES);
        let lost = opened.database_made || opened.moved_aside.is_some();
        for entry in read_folder(&pages).map_err(failed())? {
            let owner = entry.file_name().to_string_lossy().parse::<Uuid>().ok();
            let Some(files) = owner.and_then(|owner| known.get(&owner)) else {
                self.dispose(&entry.path(), lost, opened, now)?;
                continue;
            };
            for file in read_folder(&entry.path()).map_err(failed())? {
                let id = file.file_name().to_string_lossy().parse::<Uuid>().ok();
                if id.is_none_or(|id| !files.contains(&id)) {
                    self.dispose(&file.path(), lost, opened, now)?;
                }
            }
        }
        Ok(())
    }

    fn dispose(&self, path: &Path, lost: bool, opened: &mut Opened, now: Timestamp) -> Result<(), StoreError> {
        let failed = || StoreError::file("Cannot remove an orphaned page");
        opened.files_orphaned += 1;
        if !lost {
            return if path.is_dir() {
                remove_folder(path)
            } else {
                fs::remove_file(path).map_err(failed())
            };
        }
        let aside = match &opened.moved_aside {
            Some(aside) => aside.clone(),
            None => new_folder(&self.folder, now).map_err(failed())?,
        };
        opened.moved_aside = Some(aside.clone());
        let within = path.strip_prefix(&self.folder).unwrap_or(path);
        let to = aside.join(within);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(failed())?;
        }
        fs::rename(path, to).map_err(failed())
    }
}

pub(super) fn wrapped_key(db: &Connection, owner: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
    let wrapped = db
        .prepare_cached("SELECT wrapped FROM keys WHERE owner = ?1")?
        .query_row([owner.as_bytes().as_slice()], |row| row.get(0))
        .optional()?;
    Ok(wrapped)
}

fn known_files(db: &Connection) -> Result<HashMap<Uuid, HashSet<Uuid>>, StoreError> {
    let mut known: HashMap<Uuid, HashSet<Uuid>> = HashMap::new();
    let mut statement =
        db.prepare("SELECT keys.owner, files.id FROM keys LEFT JOIN files ON files.owner = keys.owner")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let files = known
            .entry(read_id(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?)
            .or_default();
        if let Some(file) = row.get::<_, Option<Vec<u8>>>(1)? {
            files.insert(read_id(&file)?);
        }
    }
    Ok(known)
}

/// An id that is no UUID was not written by this program.
pub(super) fn read_id(bytes: &[u8]) -> Result<Uuid, StoreError> {
    Uuid::from_slice(bytes).map_err(|_| StoreError::Damaged)
}

fn read_folder(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn remove_folder(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::file("Cannot remove the pages of what is forgotten")(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
