//! Keys of drafts and dossiers, and forgetting: the key is destroyed, then the files go.
//!
//! The key's row is overwritten (`secure_delete`), and so is every copy of it in a database that was moved aside; the
//! log, which holds older pages, is overwritten and cut to nothing (`log.rs`). The files are removed as they are: on a
//! disk that keeps their blocks they are noise without the key. What a memory card keeps of blocks it has replaced by
//! itself is out of reach; the wrapped key is useless there without the kiosk's.

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use crate::store::damage::{MOVED_ASIDE, new_folder};
use crate::store::pages::folder_of;
use crate::store::secrets::DossierKey;
use crate::store::{DATABASE, Opened, PAGES, Store, StoreError};

/// Of a database that was moved aside so much is looked at in one go, in bytes.
const PIECE_BYTES: usize = 1 << 20;

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
        // First, while it is known what to look for.
        if let Some(wrapped) = self.read(|db| wrapped_key(db, owner))? {
            destroy_copies(&self.folder, &wrapped).map_err(StoreError::file("Cannot destroy a key moved aside"))?;
        }
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

/// Overwrites a wrapped key wherever it stands in a database that was moved aside. A damaged one may keep it in pages
/// that no table knows any more, so its bytes are looked for.
fn destroy_copies(data: &Path, wrapped: &[u8]) -> io::Result<()> {
    for folder in read_folder(data)? {
        if !folder.file_name().to_string_lossy().starts_with(MOVED_ASIDE) || !folder.file_type()?.is_dir() {
            continue;
        }
        for file in read_folder(&folder.path())? {
            if file.file_name().to_string_lossy().starts_with(DATABASE) && file.file_type()?.is_file() {
                overwrite_within(&file.path(), wrapped)?;
            }
        }
    }
    Ok(())
}

fn overwrite_within(path: &Path, what: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let length = file.metadata()?.len();
    let mut at = 0;
    let mut found = false;
    // Pieces overlap by all but one byte of what is looked for: it cannot lie across two and be missed.
    let mut piece = vec![0; PIECE_BYTES + what.len() - 1];
    while at < length {
        let count = (length - at).min(piece.len() as u64) as usize;
        file.read_exact_at(&mut piece[..count], at)?;
        let first = what.first().copied().unwrap_or_default();
        for start in (0..count).filter(|start| piece[*start] == first) {
            if piece[start..count].starts_with(what) {
                file.write_all_at(&vec![0; what.len()], at + start as u64)?;
                found = true;
            }
        }
        at += PIECE_BYTES as u64;
    }
    if found { file.sync_data() } else { Ok(()) }
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
