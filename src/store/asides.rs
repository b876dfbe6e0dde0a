//! Drafts put aside: parcels that the province is still to keep, or to drop.
//!
//! A parcel is a file of this kiosk until the province has it; then nothing of it stays. Neither its key nor whose it
//! is stands here: the key is on the slip, and the draft it was made of is forgotten in the moment it is kept.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::aside::parcel::Sealed;
use crate::province::WhyDropped;
use crate::store::forget::read_id;
use crate::store::numbers::moment;
use crate::store::{Store, StoreError};

/// The folder of parcels, and of those that are opened here.
const FOLDER: &str = "asides";
/// A parcel that could not be sent for so long is given up: its owner has handed in elsewhere.
const OWED_DAYS_MAX: i64 = 60;
/// Parcels that wait at a time.
const OWED_MAX: u32 = 500;

/// What the province is still to hear of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedAside {
    pub parcel: Uuid,
    pub sealed: Sealed,
    pub owed: Owed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    Keep,
    Drop(WhyDropped),
}

impl Owed {
    const fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Drop(WhyDropped::Unwanted) => "drop",
            Self::Drop(WhyDropped::HandedIn) => "drop-handed-in",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "keep" => Self::Keep,
            "drop-handed-in" => Self::Drop(WhyDropped::HandedIn),
            // The table's CHECK leaves only 'drop'.
            _ => Self::Drop(WhyDropped::Unwanted),
        }
    }
}

impl Store {
    /// Called when the province is to hear of a parcel.
    pub fn on_aside(&mut self, wake: Box<dyn Fn() + Send>) {
        self.on_aside = Some(wake);
    }

    /// Where a parcel's file lies, or is to be written.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn aside_path(&self, parcel: Uuid) -> Result<PathBuf, StoreError> {
        let folder = self.folder.join(FOLDER);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(StoreError::file("Cannot make the folder of parcels"))?;
        Ok(folder.join(parcel.to_string()))
    }

    /// The parcel's file is written: from here on it is owed, and the draft it was made of is forgotten. A parcel that
    /// the draft was taken from before is wanted no more.
    pub fn put_aside(
        &mut self,
        (parcel, sealed): (Uuid, Sealed),
        draft: Uuid,
        taken_from: Option<Uuid>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.saw(now);
        let waiting: u32 = self.read(|db| Ok(db.query_row("SELECT count(*) FROM asides", [], |row| row.get(0))?))?;
        if waiting >= OWED_MAX {
            return Err(StoreError::TooLarge {
                what: "parcels that wait",
                limit: u64::from(OWED_MAX),
            });
        }
        let path = self.aside_path(parcel)?;
        sync(&path).map_err(StoreError::file("Cannot keep a parcel"))?;
        self.forget(draft, |transaction| {
            transaction.execute(
                "INSERT INTO asides (parcel, bytes, sha256, owed, since_ms) VALUES (?1, ?2, ?3, 'keep', ?4)",
                params![
                    parcel.as_bytes().as_slice(),
                    sealed.bytes.cast_signed(),
                    sealed.sha256.as_slice(),
                    now.as_millisecond()
                ],
            )?;
            Ok(())
        })?;
        if let Some(before) = taken_from {
            self.drop_aside(before, WhyDropped::Unwanted, now)?;
        }
        self.wake_asides();
        Ok(())
    }

    /// The province is to drop a parcel, whether this kiosk ever had it or not. What of it lies here goes at once.
    pub fn drop_aside(&mut self, parcel: Uuid, why: WhyDropped, now: Timestamp) -> Result<(), StoreError> {
        self.saw(now);
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO asides (parcel, bytes, sha256, owed, since_ms) VALUES (?1, 0, x'', ?2, ?3)
                 ON CONFLICT (parcel) DO UPDATE SET owed = excluded.owed",
                params![
                    parcel.as_bytes().as_slice(),
                    Owed::Drop(why).word(),
                    now.as_millisecond()
                ],
            )?;
            Ok(())
        })?;
        self.remove_aside(parcel);
        self.wake_asides();
        Ok(())
    }

    /// What the province is to hear, oldest first. What waited too long is given up.
    pub fn owed_asides(&mut self, now: Timestamp) -> Result<Vec<OwedAside>, StoreError> {
        let since = now - SignedDuration::from_hours(24 * OWED_DAYS_MAX);
        let all = self.read(owed_rows)?;
        let (owed, given_up): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, began)| *began >= since);
        for (one, _) in given_up {
            tracing::warn!("A draft put aside could not be sent for {OWED_DAYS_MAX} days and is given up");
            self.aside_is_settled(one.parcel, one.owed)?;
        }
        Ok(owed.into_iter().map(|(one, _)| one).collect())
    }

    /// The province has heard: nothing of it stays here. One that is to be dropped meanwhile stays to be dropped.
    pub fn aside_is_settled(&mut self, parcel: Uuid, heard: Owed) -> Result<(), StoreError> {
        let settled = self.write(|transaction| {
            Ok(transaction.execute(
                "DELETE FROM asides WHERE parcel = ?1 AND owed = ?2",
                params![parcel.as_bytes().as_slice(), heard.word()],
            )? == 1)
        })?;
        if settled {
            self.remove_aside(parcel);
        }
        Ok(())
    }

    /// A file that stays behind is an orphan, removed at the next start.
    pub fn remove_aside(&self, parcel: Uuid) {
        let path = self.folder.join(FOLDER).join(parcel.to_string());
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "Parcel cannot be removed");
            }
            Ok(()) | Err(_) => {}
        }
    }

    /// Removes the files of no row: half-written parcels, and those that were open when the kiosk died.
    pub(super) fn settle_asides(&mut self) -> Result<(), StoreError> {
        let failed = || StoreError::file("Cannot look through the parcels");
        let known: Vec<String> = self.read(|db| {
            let mut statement = db.prepare("SELECT parcel FROM asides WHERE owed = 'keep'")?;
            let mut rows = statement.query([])?;
            let mut known = Vec::new();
            while let Some(row) = rows.next()? {
                known.push(read_id(&row.get::<_, Vec<u8>>(0)?)?.to_string());
            }
            Ok(known)
        })?;
        let entries = match fs::read_dir(self.folder.join(FOLDER)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(failed())?,
        };
        for entry in entries {
            let entry = entry.map_err(failed())?;
            if !known
                .iter()
                .any(|known| entry.file_name().to_string_lossy() == known.as_str())
            {
                fs::remove_file(entry.path()).map_err(failed())?;
            }
        }
        Ok(())
    }

    fn wake_asides(&self) {
        if let Some(wake) = &self.on_aside {
            wake();
        }
    }
}

/// With the moment since which each is owed, oldest first.
fn owed_rows(db: &Connection) -> Result<Vec<(OwedAside, Timestamp)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT parcel, bytes, sha256, owed, since_ms FROM asides ORDER BY since_ms")?;
    let mut rows = statement.query([])?;
    let mut owed = Vec::new();
    while let Some(row) = rows.next()? {
        let one = OwedAside {
            parcel: read_id(&row.get::<_, Vec<u8>>(0)?)?,
            sealed: Sealed {
                bytes: row.get::<_, i64>(1)?.unsigned_abs(),
                sha256: row.get::<_, Vec<u8>>(2)?.try_into().unwrap_or([0; 32]),
            },
            owed: Owed::from_word(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?),
        };
        owed.push((one, moment(row, 4)?));
    }
    Ok(owed)
}

/// The file and its name are on the disk when this returns.
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
