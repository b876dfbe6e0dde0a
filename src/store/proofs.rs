//! Forgetting with proof: what is to be forgotten is written down, destroyed, and only then said to be.
//!
//! ```text
//! intent (a row without a proof) ─▶ key overwritten, here and in what was moved aside ─▶ log overwritten
//!     ─▶ files removed ─▶ looked at: no key, no file ─▶ proof (the same row, chained to the last)
//! ```
//! A plug pulled anywhere leaves an intent, and the next start goes on from there. A proof is never given while
//! a reader keeps the log, or a file cannot be removed.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::proof::{self, DestroyedFile, NOTHING_BEFORE, Proof, Rule, Sum};
use crate::store::forget::{read_id, wrapped_key};
use crate::store::numbers::moment;
use crate::store::pages::{self, folder_of};
use crate::store::{BUSY_TIMEOUT, DATABASE, PAGES, Store, StoreError};

/// Proofs that are kept, newest: about 40 MB.
const PROOFS_MAX: u32 = 100_000;
/// Intents that are carried out in one call.
const INTENTS_AT_ONCE_MAX: u32 = 20;

/// A dossier whose time has come.
pub(super) struct Doomed {
    pub dossier: Uuid,
    pub slip_number: String,
    pub rule: Rule,
    /// Scanned pages.
    pub pages: u32,
    pub handed_in_at: Timestamp,
    pub settled_at: Timestamp,
}

impl Store {
    /// Writes down what is going to be destroyed. Twice is once.
    pub(super) fn intend_to_forget(&mut self, doomed: &Doomed) -> Result<(), StoreError> {
        let id = doomed.dossier.as_bytes().as_slice();
        let wrapped = self.read(|db| wrapped_key(db, doomed.dossier))?;
        let key: Sum = Sha256::digest(wrapped.ok_or(StoreError::Unknown("dossier"))?).into();
        let files = pages::sums(&self.folder.join(PAGES), doomed.dossier)?;
        let files: Vec<(u64, String)> = files
            .iter()
            .map(|file| (file.bytes, proof::hex(&file.sha256)))
            .collect();
        let files = serde_json::to_string(&files).map_err(|_| StoreError::Unknown("files"))?;
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO forgettings
                         (dossier_id, slip_number, rule, pages, handed_in_at_ms, settled_at_ms, key_sum, files)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (dossier_id) DO NOTHING",
                )?
                .execute(params![
                    id,
                    doomed.slip_number,
                    doomed.rule.word(),
                    doomed.pages,
                    doomed.handed_in_at.as_millisecond(),
                    doomed.settled_at.as_millisecond(),
                    key,
                    files
                ])?;
            Ok(())
        })
    }

    /// Carries out what is intended, and proves what is done. What cannot be done yet is tried at the next call.
    pub(super) fn carry_out_forgetting(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let intended = self.read(intended)?;
        for dossier in &intended {
            // Also where only files were left: it removes what is there.
            self.forget(*dossier, |transaction| {
                transaction.execute(
                    "UPDATE dossiers SET sealed = NULL, sealed_draft = NULL WHERE id = ?1",
                    [dossier.as_bytes().as_slice()],
                )?;
                Ok(())
            })?;
        }
        if self.log_holds_forgotten && !intended.is_empty() {
            tracing::info!("Forgetting is proved once nobody reads the log");
            return Ok(());
        }
        for dossier in intended {
            self.prove(dossier, now)?;
        }
        Ok(())
    }

    fn prove(&mut self, dossier: Uuid, now: Timestamp) -> Result<(), StoreError> {
        let folder = folder_of(&self.folder.join(PAGES), dossier);
        let there = folder
            .try_exists()
            .map_err(StoreError::file("Cannot look for forgotten pages"))?;
        if there || self.read(|db| wrapped_key(db, dossier))?.is_some() {
            tracing::error!(%dossier, "Forgotten, but something of it is still there");
            return Ok(());
        }
        self.write(|transaction| {
            let last: Option<(u32, Sum)> = transaction
                .query_row(
                    "SELECT proof, sum FROM forgettings WHERE proof IS NOT NULL ORDER BY proof DESC LIMIT 1",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let (number, previous) = last.map_or((1, NOTHING_BEFORE), |(number, sum)| (number + 1, sum));
            let id = dossier.as_bytes().as_slice();
            transaction.execute(
                "UPDATE forgettings SET proof = ?2, destroyed_at_ms = ?3, previous = ?4, sum = zeroblob(32)
                 WHERE dossier_id = ?1",
                params![id, number, now.as_millisecond(), previous],
            )?;
            let proof = transaction.query_row(&format!("{PROOFS} AND dossier_id = ?1"), [id], read_proof)?;
            transaction.execute(
                "UPDATE forgettings SET sum = ?2 WHERE dossier_id = ?1",
                params![id, proof.sum()],
            )?;
            transaction.execute(
                "DELETE FROM forgettings WHERE proof <= ?1",
                [i64::from(number) - i64::from(PROOFS_MAX)],
            )?;
            Ok(())
        })
    }

    /// Proofs of what was destroyed from one moment to another, oldest first, at most `count_max` of the newest.
    pub fn proofs(&mut self, from: Timestamp, until: Timestamp, count_max: u32) -> Result<Vec<Proof>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{PROOFS} AND destroyed_at_ms BETWEEN ?1 AND ?2 ORDER BY proof DESC LIMIT ?3"
            ))?;
            let rows = statement.query_map(
                params![from.as_millisecond(), until.as_millisecond(), count_max],
                read_proof,
            )?;
            let mut proofs: Vec<Proof> = rows.collect::<Result<_, _>>()?;
            proofs.reverse();
            Ok(proofs)
        })
    }

    /// The proof of this number.
    pub fn proof(&mut self, number: u32) -> Result<Proof, StoreError> {
        self.read(|db| {
            db.prepare_cached(&format!("{PROOFS} AND proof = ?1"))?
                .query_row([number], read_proof)
                .optional()?
                .ok_or(StoreError::Unknown("proof"))
        })
    }

    /// The proof of one dossier, by its slip number in any case of letters.
    pub fn proof_of(&mut self, slip_number: &str) -> Result<Option<Proof>, StoreError> {
        let slip_number = slip_number.trim().to_uppercase();
        self.read(|db| {
            Ok(db
                .prepare_cached(&format!("{PROOFS} AND slip_number = ?1 ORDER BY proof DESC LIMIT 1"))?
                .query_row([slip_number], read_proof)
                .optional()?)
        })
    }
}

/// All proofs of a data folder, oldest first. A kiosk may be running on it.
///
/// # Errors
/// There is no database in `folder`, it cannot be read, or it is damaged.
pub fn from_folder(folder: &Path) -> Result<Vec<Proof>, StoreError> {
    let db = Connection::open_with_flags(
        folder.join(DATABASE),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    let mut statement = db.prepare(&format!("{PROOFS} ORDER BY proof"))?;
    let rows = statement.query_map([], read_proof)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const PROOFS: &str = "SELECT proof, slip_number, rule, pages, handed_in_at_ms, settled_at_ms, destroyed_at_ms, key_sum,
    files, previous FROM forgettings WHERE proof IS NOT NULL";

fn intended(db: &Connection) -> Result<Vec<Uuid>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT dossier_id FROM forgettings WHERE proof IS NULL ORDER BY id LIMIT ?1")?;
    let mut rows = statement.query([INTENTS_AT_ONCE_MAX])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(read_id(&row.get::<_, Vec<u8>>(0)?)?);
    }
    Ok(ids)
}

fn read_proof(row: &Row<'_>) -> rusqlite::Result<Proof> {
    let unreadable = |column| rusqlite::Error::InvalidColumnType(column, "proof".into(), rusqlite::types::Type::Text);
    let rule = Rule::of_word(row.get_ref(2)?.as_str()?).ok_or_else(|| unreadable(2))?;
    let files: Vec<(u64, String)> = serde_json::from_str(row.get_ref(8)?.as_str()?).map_err(|_| unreadable(8))?;
    let files = files
        .into_iter()
        .map(|(bytes, sum)| {
            Some(DestroyedFile {
                bytes,
                sha256: unhex(&sum)?,
            })
        })
        .collect::<Option<_>>();
    Ok(Proof {
        number: row.get(0)?,
        slip_number: row.get(1)?,
        rule,
        pages: row.get(3)?,
        handed_in_at: moment(row, 4)?,
        settled_at: moment(row, 5)?,
        destroyed_at: moment(row, 6)?,
        key: row.get(7)?,
        files: files.ok_or_else(|| unreadable(8))?,
        previous: row.get(9)?,
    })
}

fn unhex(text: &str) -> Option<Sum> {
    let mut sum = [0; 32];
    for (at, byte) in sum.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    (text.len() == 64).then_some(sum)
}
