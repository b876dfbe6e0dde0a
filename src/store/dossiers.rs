//! Dossiers (hồ sơ): kept once they are complete, followed by their number, forgotten when their time has come.
//!
//! A dossier keeps its draft's id and key. What can be told of it for long, its numbers and its state, is in clear;
//! who handed it in and what stands in it is sealed, and gone when the key is.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::dossier::{Act, ActKind};
use crate::figures::Facts;
use crate::proof::Rule;
use crate::store::binding::FileMeta;
use crate::store::figures;
use crate::store::forget::read_id;
use crate::store::guard::Counted;
use crate::store::numbers::{moment, remember_day};
use crate::store::payments::drop_payments;
use crate::store::proofs::Doomed;
use crate::store::secrets::Plain;
use crate::store::{Store, StoreError, revision};
use crate::ticket::Day;

/// Files of one dossier.
pub const FILES_PER_DOSSIER_MAX: usize = 60;
/// What is sent as fields, in bytes.
pub const FIELDS_BYTES_MAX: usize = 1 << 20;
/// Dossiers forgotten in one call, the rest at the next: their files are summed up while others wait for the store.
const FORGOTTEN_AT_ONCE_MAX: u32 = 4;

/// A complete and consented dossier, about to be kept. Its pages stay as they are until they are bound.
pub struct SealedDossier {
    /// The idempotency key: a UUIDv7 made when the dossier is sealed, sent with every try.
    pub key: Uuid,
    /// What the province gets, as `outbox::fields_of` writes it.
    pub fields: Plain,
    /// Files that its pages will be bound into: one a part.
    pub file_count: usize,
    pub act: Act,
    /// What it counts for in the office's figures once the province has it.
    pub facts: Facts,
}

impl fmt::Debug for SealedDossier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedDossier({}, {} files, hidden)", self.key, self.file_count)
    }
}

/// A dossier that is on the disk and owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The dossier's id, the same as its draft's.
    pub id: Uuid,
    /// The kiosk's own number: `K01-261122-0007`.
    pub slip_number: String,
}

/// A file of a dossier. Its bytes are read with [`Store::open_file`].
pub struct FileInfo {
    pub id: Uuid,
    pub part: String,
    pub name: String,
    pub bytes: u64,
    pub sha256: [u8; 32],
    /// What was given with it when it was bound.
    pub about: String,
    /// Where its upload goes on, if it was begun.
    pub upload_url: Option<String>,
}

impl fmt::Debug for FileInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileInfo({} {}, {} bytes)", self.id, self.part, self.bytes)
    }
}

/// How long what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Personal data of a dossier that was received or closed, in hours.
    pub personal_hours: u32,
    /// Slip number, code and state, for following, in days.
    pub follow_days: u32,
}

impl Store {
    /// Makes a draft a dossier and owes it, in one transaction. The draft is gone then; its pages are the dossier's,
    /// to be bound. The same key again gives the same answer.
    pub fn seal(&mut self, draft: Uuid, dossier: &SealedDossier, now: Timestamp) -> Result<Kept, StoreError> {
        if let Some(kept) = self.sealed_before(draft, dossier.key)? {
            return Ok(kept);
        }
        if let Act::Withdrawal { code, .. } = &dossier.act
            && let Some(kept) = self.withdrawn_before(code)?
        {
            // Said twice, it is one request still.
            self.discard_draft(draft)?;
            return Ok(kept);
        }
        if dossier.fields.len() > FIELDS_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "fields",
                limit: FIELDS_BYTES_MAX as u64,
            });
        }
        if dossier.file_count > FILES_PER_DOSSIER_MAX {
            return Err(StoreError::TooLarge {
                what: "files of a dossier",
                limit: FILES_PER_DOSSIER_MAX as u64,
            });
        }
        let sealed = self.dossier_key(draft)?.seal("fields", &dossier.fields)?;
        let day = self.business_day(now)?;
        let number = self.read(|db| next_slip(db, day))?;
        self.cover(day, Counted::Slips, number, now)?;
        let slip_number = format!("{}-{}-{number:04}", self.settings.name, day.compact());
        let kept = Kept { id: draft, slip_number };
        self.write(|transaction| {
            take_slip_number(transaction, day, number)?;
            remember_day(transaction, day, now)?;
            insert(transaction, &kept, dossier, &sealed, now)
        })?;
        self.wake_outbox();
        Ok(kept)
    }

    fn sealed_before(&mut self, id: Uuid, key: Uuid) -> Result<Option<Kept>, StoreError> {
        self.read(|db| {
            let slip_number = db
                .prepare_cached(
                    "SELECT slip_number FROM dossiers JOIN outbox ON outbox.dossier_id = dossiers.id
                     WHERE dossiers.id = ?1 AND request_key = ?2",
                )?
                .query_row(params![id.as_bytes().as_slice(), key.to_string()], |row| row.get(0))
                .optional()?;
            Ok(slip_number.map(|slip_number| Kept { id, slip_number }))
        })
    }

    /// A withdrawal of the dossier with this code that was not settled otherwise.
    fn withdrawn_before(&mut self, code: &str) -> Result<Option<Kept>, StoreError> {
        self.read(|db| {
            let found = db
                .prepare_cached(
                    "SELECT dossiers.id, slip_number FROM dossiers JOIN outbox ON outbox.dossier_id = dossiers.id
                     WHERE about = ?1 AND kind = 'withdrawal' AND state <> 'closed' LIMIT 1",
                )?
                .query_row([code], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))
                .optional()?;
            found
                .map(|(id, slip_number)| {
                    Ok(Kept {
                        id: read_id(&id)?,
                        slip_number,
                    })
                })
                .transpose()
        })
    }

    /// What the province gets, as it was sealed.
    pub fn dossier_fields(&mut self, dossier: Uuid) -> Result<Plain, StoreError> {
        let key = self.dossier_key(dossier)?;
        let sealed: Option<Option<Vec<u8>>> = self.read(|db| {
            Ok(db
                .prepare_cached("SELECT sealed FROM dossiers WHERE id = ?1")?
                .query_row([dossier.as_bytes().as_slice()], |row| row.get(0))
                .optional()?)
        })?;
        key.open("fields", &sealed.flatten().ok_or(StoreError::Unknown("dossier"))?)
    }

    /// The files of a dossier, in the order they were handed over.
    ///
    /// # Errors
    /// `Tampered` if they are not all there, as after rows were lost.
    pub fn dossier_files(&mut self, dossier: Uuid) -> Result<Vec<FileInfo>, StoreError> {
        let key = self.dossier_key(dossier)?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT id, part, bytes, sealed_meta, upload_url FROM files
                 WHERE owner = ?1 AND kind = 'file' ORDER BY ordinal",
            )?;
            let count: Option<u32> = db
                .prepare_cached("SELECT file_count FROM dossiers WHERE id = ?1")?
                .query_row([dossier.as_bytes().as_slice()], |row| row.get(0))
                .optional()?;
            let count = count.ok_or(StoreError::Unknown("dossier"))?;
            let mut rows = statement.query([dossier.as_bytes().as_slice()])?;
            let mut files = Vec::new();
            while let Some(row) = rows.next()? {
                let meta = key.open("file meta", &row.get::<_, Vec<u8>>(3)?)?;
                let meta: FileMeta = serde_json::from_slice(&meta).map_err(|_| StoreError::Tampered)?;
                files.push(FileInfo {
                    id: read_id(&row.get::<_, Vec<u8>>(0)?)?,
                    part: row.get(1)?,
                    name: meta.name,
                    bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                    sha256: meta.sha256,
                    about: meta.about,
                    upload_url: row.get(4)?,
                });
            }
            if files.len() == count as usize {
                Ok(files)
            } else {
                Err(StoreError::Tampered)
            }
        })
    }

    /// Forgets what its time has come for, and proves it: personal data of received and closed dossiers, later the
    /// dossiers. What is owed or with staff stays. Returns how many lost their personal data, 4 at most a call.
    pub fn forget_due(&mut self, retention: Retention, now: Timestamp) -> Result<u32, StoreError> {
        let personal_until = now - SignedDuration::from_hours(i64::from(retention.personal_hours));
        let doomed = self.read(|db| doomed(db, personal_until))?;
        for dossier in &doomed {
            self.intend_to_forget(dossier)?;
        }
        self.carry_out_forgetting(now)?;
        let follow_until = now - SignedDuration::from_hours(24 * i64::from(retention.follow_days));
        self.write(|transaction| {
            drop_settled(transaction, follow_until)?;
            transaction.execute(
                "DELETE FROM print_jobs WHERE visit_id IS NOT NULL AND begun_at_ms <= ?1",
                [personal_until.as_millisecond()],
            )?;
            drop_payments(transaction, follow_until)
        })?;
        self.drop_old_figures(now)?;
        Ok(doomed.len() as u32)
    }
}

fn doomed(db: &Connection, until: Timestamp) -> Result<Vec<Doomed>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT dossiers.id, slip_number, state, sealed_at_ms, settled_at_ms, coalesce(facts ->> '$.pages', 0)
         FROM dossiers JOIN outbox ON outbox.dossier_id = dossiers.id
         LEFT JOIN dossier_facts ON dossier_facts.dossier_id = dossiers.id
         WHERE sealed IS NOT NULL AND settled_at_ms <= ?1 AND state IN ('received', 'closed')
         ORDER BY settled_at_ms LIMIT ?2",
    )?;
    let mut rows = statement.query(params![until.as_millisecond(), FORGOTTEN_AT_ONCE_MAX])?;
    let mut doomed = Vec::new();
    while let Some(row) = rows.next()? {
        doomed.push(Doomed {
            dossier: read_id(&row.get::<_, Vec<u8>>(0)?)?,
            slip_number: row.get(1)?,
            rule: Rule::of_word(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)
                .ok_or(StoreError::Unknown("rule"))?,
            pages: row.get(5)?,
            handed_in_at: moment(row, 3)?,
            settled_at: moment(row, 4)?,
        });
    }
    Ok(doomed)
}

fn next_slip(db: &Connection, day: Day) -> Result<u32, StoreError> {
    let last: Option<u32> = db
        .prepare_cached("SELECT last FROM slip_numbers WHERE day = ?1")?
        .query_row([day.to_string()], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0).saturating_add(1))
}

fn take_slip_number(transaction: &Transaction<'_>, day: Day, number: u32) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO slip_numbers (day, last) VALUES (?1, ?2) ON CONFLICT (day) DO UPDATE SET last = excluded.last",
        )?
        .execute(params![day.to_string(), number])?;
    Ok(())
}

/// All rows of a new dossier.
fn insert(
    transaction: &Transaction<'_>,
    kept: &Kept,
    dossier: &SealedDossier,
    sealed: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = kept.id.as_bytes().as_slice();
    let (procedure, draft): (String, Vec<u8>) = transaction
        .query_row(
            "DELETE FROM drafts WHERE id = ?1 RETURNING procedure, sealed",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?
        .ok_or(StoreError::Unknown("draft"))?;
    // A request that is refused is made anew, it is not mended.
    let draft = (dossier.act.kind() == ActKind::Dossier).then_some(draft);
    transaction.execute(
        "INSERT INTO dossiers (id, slip_number, procedure, sealed, sealed_at_ms, file_count, kind, about, sealed_draft)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            id,
            kept.slip_number,
            procedure,
            sealed,
            now.as_millisecond(),
            dossier.file_count as i64,
            dossier.act.kind().to_string(),
            dossier.act.about(),
            draft
        ],
    )?;
    transaction.execute(
        "INSERT INTO outbox (dossier_id, request_key, due_at_ms, place)
         VALUES (?1, ?2, ?3, (SELECT coalesce(max(place), 0) + 1 FROM outbox))",
        params![id, dossier.key.to_string(), now.as_millisecond()],
    )?;
    match dossier.act {
        // A supplement or a withdrawal is no dossier more.
        Act::Supplement { .. } | Act::Withdrawal { .. } => Ok(()),
        Act::HandIn => figures::keep_facts(transaction, kept.id, &dossier.facts, now),
        Act::Revision {
            number,
            dossier: refused,
            ..
        } => {
            figures::keep_facts(transaction, kept.id, &dossier.facts, now)?;
            revision::take_place(transaction, kept.id, refused, number, now)
        }
    }
}

/// Settled long ago and without personal data: nobody asks for it here any more.
fn drop_settled(transaction: &Transaction<'_>, until: Timestamp) -> Result<(), StoreError> {
    const OLD: &str = "(SELECT id FROM dossiers WHERE sealed IS NULL AND settled_at_ms <= ?1)";
    let until = until.as_millisecond();
    transaction.execute(&format!("DELETE FROM print_jobs WHERE dossier_id IN {OLD}"), [until])?;
    transaction.execute(&format!("DELETE FROM outbox WHERE dossier_id IN {OLD}"), [until])?;
    transaction.execute(&format!("DELETE FROM transfers WHERE dossier_id IN {OLD}"), [until])?;
    transaction.execute(&format!("DELETE FROM dossier_facts WHERE dossier_id IN {OLD}"), [until])?;
    transaction.execute(&format!("DELETE FROM dossiers WHERE id IN {OLD}"), [until])?;
    Ok(())
}
