//! The outbox's rows: what is owed to the province.
//!
//! A row appears in the same transaction as its dossier. It leaves `waiting` only by the province's answer, and
//! `with_staff` only by a person's hand.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use uuid::Uuid;

use crate::dossier::ActKind;
use crate::store::figures::count_received;
use crate::store::follow::{Receipt, Stage, keep_receipt, kind_from_word};
use crate::store::forget::read_id;
use crate::store::numbers::{moment, parsed};
use crate::store::{Store, StoreError};

/// How far ahead a try can be put off, in minutes. A row due later than that was written under another clock and
/// is due now.
pub const PUT_OFF_MINUTES_MAX: i64 = 60;
/// A dossier up to this many bytes is small: five pages in colour at 300 dpi and some.
pub const SMALL_BYTES_MAX: u64 = 8 << 20;
/// Rows given in one call.
pub const ROWS_AT_ONCE_MAX: u32 = 200;
/// Staff are asked about a slip for this long.
const SLIPS_ASKED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// The province's words that are kept, in characters.
const WORDS_CHARS_MAX: usize = 4_000;

/// A row of the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Owed {
    pub dossier: Uuid,
    pub slip_number: String,
    pub procedure: String,
    pub request_key: Uuid,
    /// Attempts begun so far.
    pub attempts: u32,
    pub due_at: Timestamp,
    pub sealed_at: Timestamp,
    /// All its files together, in bytes.
    pub bytes: u64,
    pub stage: Stage,
    /// The province's words, when it refused.
    pub words: Option<String>,
    pub kind: ActKind,
    /// What it was made from is there: it can be mended.
    pub mendable: bool,
}

/// The province's words may name a person.
impl fmt::Debug for Owed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            dossier,
            attempts,
            bytes,
            stage,
            ..
        } = self;
        write!(f, "Owed({dossier}, {stage:?}, {attempts} attempts, {bytes} bytes)")
    }
}

impl Store {
    /// What may be tried now, in its order: the front of the line, and the front of the small ones in it.
    pub fn due(&mut self, now: Timestamp) -> Result<Vec<Owed>, StoreError> {
        let sane_until = now + SignedDuration::from_mins(PUT_OFF_MINUTES_MAX);
        let (due, until) = (now.as_millisecond(), sane_until.as_millisecond());
        self.read(|db| {
            let rows = |more: &str| {
                let which = format!("state = 'waiting' AND (due_at_ms <= ?1 OR due_at_ms > ?2) {more}");
                owed_rows(db, &which, "place", params![due, until])
            };
            let mut front = rows("")?;
            if front.len() == ROWS_AT_ONCE_MAX as usize {
                // Big ones may stand before all the small ones.
                let small = rows(&format!("AND owed_bytes <= {SMALL_BYTES_MAX}"))?;
                let beyond = small
                    .into_iter()
                    .filter(|one| front.iter().all(|other| other.dossier != one.dossier));
                let beyond: Vec<_> = beyond.collect();
                front.extend(beyond);
            }
            Ok(front)
        })
    }

    /// Of what may be tried now, the first whose pages are not bound yet, in its order.
    pub fn due_with_pages(&mut self, now: Timestamp) -> Result<Vec<Owed>, StoreError> {
        let sane_until = now + SignedDuration::from_mins(PUT_OFF_MINUTES_MAX);
        self.read(|db| {
            owed_rows(
                db,
                "state = 'waiting' AND (due_at_ms <= ?1 OR due_at_ms > ?2)
                 AND EXISTS (SELECT 1 FROM files WHERE owner = dossiers.id AND files.kind = 'page')",
                "place",
                params![now.as_millisecond(), sane_until.as_millisecond()],
            )
        })
    }

    /// When the next row that waits is due, of those that are not due now; nothing if none waits.
    pub fn next_due(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.read(|db| {
            db.prepare_cached(
                "SELECT due_at_ms FROM outbox WHERE state = 'waiting' AND due_at_ms > ?1 ORDER BY due_at_ms LIMIT 1",
            )?
            .query_row([now.as_millisecond()], |row| moment(row, 0))
            .optional()
            .map_err(StoreError::from)
        })
    }

    /// It has had its turn: it goes behind all who wait, and may go on at once if nobody does.
    pub fn goes_behind(&mut self, dossier: Uuid, now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE outbox SET place = (SELECT max(place) + 1 FROM outbox), due_at_ms = ?2
                     WHERE dossier_id = ?1 AND state = 'waiting'",
                )?
                .execute(params![dossier.as_bytes().as_slice(), now.as_millisecond()])?;
            Ok(())
        })
    }

    /// What waits or is with staff, for the staff page, oldest first.
    pub fn owed(&mut self) -> Result<Vec<Owed>, StoreError> {
        self.read(|db| owed_rows(db, "state IN ('waiting', 'with_staff')", "outbox.id", &[]))
    }

    /// Dossiers of the last day that the province has, and whose slip was begun and is not known to be out.
    pub fn received_without_slip(&mut self, now: Timestamp) -> Result<Vec<Owed>, StoreError> {
        let since = now - SLIPS_ASKED_FOR;
        self.read(|db| {
            owed_rows(
                db,
                "state = 'received' AND sealed_at_ms >= ?1
                 AND EXISTS (SELECT 1 FROM print_jobs WHERE dossier_id = dossiers.id)
                 AND NOT EXISTS (SELECT 1 FROM print_jobs WHERE dossier_id = dossiers.id
                                 AND (state = 'printed' OR state = 'printing'))",
                "outbox.id",
                params![since.as_millisecond()],
            )
        })
    }

    /// Counts an attempt before it is made. Returns its number, from 1.
    ///
    /// # Errors
    /// `Unknown` if the dossier does not wait any more.
    pub fn attempt_begins(&mut self, dossier: Uuid) -> Result<u32, StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE outbox SET attempts = attempts + 1 WHERE dossier_id = ?1 AND state = 'waiting'
                     RETURNING attempts",
                )?
                .query_row([dossier.as_bytes().as_slice()], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::Unknown("waiting dossier"))
        })
    }

    /// Puts the next try off until `due_at`.
    pub fn later(&mut self, dossier: Uuid, due_at: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            // One that was answered or taken by staff meanwhile is not put off.
            transaction
                .prepare_cached("UPDATE outbox SET due_at_ms = ?2 WHERE dossier_id = ?1 AND state = 'waiting'")?
                .execute(params![dossier.as_bytes().as_slice(), due_at.as_millisecond()])?;
            Ok(())
        })
    }

    /// The network is back: everything that waits is due.
    pub fn all_due(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("UPDATE outbox SET due_at_ms = ?1 WHERE state = 'waiting' AND due_at_ms <> ?1")?
                .execute([now.as_millisecond()])?;
            Ok(())
        })
    }

    /// The province has it. True whatever staff did meanwhile, and true twice.
    pub fn received(&mut self, dossier: Uuid, receipt: &Receipt, now: Timestamp) -> Result<(), StoreError> {
        self.saw(now);
        self.write(|transaction| {
            set_state(transaction, dossier, "received", "true")?;
            transaction.execute(
                "UPDATE dossiers SET settled_at_ms = coalesce(settled_at_ms, ?2) WHERE id = ?1",
                params![dossier.as_bytes().as_slice(), now.as_millisecond()],
            )?;
            transaction.execute(
                "UPDATE files SET upload_url = NULL WHERE owner = ?1",
                [dossier.as_bytes().as_slice()],
            )?;
            count_received(transaction, dossier)?;
            keep_receipt(transaction, dossier, receipt, now)
        })
    }

    /// The province refuses it in these words: it goes to staff.
    pub fn refused(&mut self, dossier: Uuid, words: &str) -> Result<(), StoreError> {
        let words: String = words.chars().take(WORDS_CHARS_MAX).collect();
        self.write(|transaction| {
            set_state(transaction, dossier, "with_staff", "state = 'waiting'")?;
            transaction.execute(
                "UPDATE outbox SET words = ?2 WHERE dossier_id = ?1",
                params![dossier.as_bytes().as_slice(), words],
            )?;
            Ok(())
        })
    }

    /// Staff send a refused dossier again, under its key.
    pub fn send_again(&mut self, dossier: Uuid, now: Timestamp) -> Result<(), StoreError> {
        self.saw(now);
        self.write(|transaction| {
            set_state(transaction, dossier, "waiting", "state = 'with_staff'")?;
            transaction.execute(
                "UPDATE outbox SET due_at_ms = ?2 WHERE dossier_id = ?1",
                params![dossier.as_bytes().as_slice(), now.as_millisecond()],
            )?;
            Ok(())
        })?;
        self.wake_outbox();
        Ok(())
    }

    /// Staff settled a refused dossier with the person, on paper or elsewhere. Its data will be forgotten.
    pub fn close_by_staff(&mut self, dossier: Uuid, now: Timestamp) -> Result<(), StoreError> {
        self.saw(now);
        self.write(|transaction| {
            set_state(transaction, dossier, "closed", "state = 'with_staff'")?;
            transaction.execute(
                "UPDATE dossiers SET settled_at_ms = ?2, sealed_draft = NULL WHERE id = ?1",
                params![dossier.as_bytes().as_slice(), now.as_millisecond()],
            )?;
            Ok(())
        })
    }

    /// Where the upload of a file goes on after a break.
    pub fn keep_upload_url(&mut self, file: Uuid, url: &str) -> Result<(), StoreError> {
        self.set_upload_url(file, Some(url))
    }

    /// The upload is unknown to the province or has ended: the next one begins anew.
    pub fn forget_upload_url(&mut self, file: Uuid) -> Result<(), StoreError> {
        self.set_upload_url(file, None)
    }

    fn set_upload_url(&mut self, file: Uuid, url: Option<&str>) -> Result<(), StoreError> {
        self.write(|transaction| {
            let changed = transaction
                .prepare_cached("UPDATE files SET upload_url = ?2 WHERE id = ?1")?
                .execute(params![file.as_bytes().as_slice(), url])?;
            if changed == 1 {
                Ok(())
            } else {
                Err(StoreError::Unknown("file"))
            }
        })
    }

    pub(super) fn wake_outbox(&self) {
        if let Some(wake) = &self.on_owed {
            wake();
        }
    }
}

pub(super) fn set_state(
    transaction: &Transaction<'_>,
    dossier: Uuid,
    state: &str,
    only_if: &str,
) -> Result<(), StoreError> {
    let changed = transaction
        .prepare_cached(&format!(
            "UPDATE outbox SET state = ?2, words = NULL WHERE dossier_id = ?1 AND {only_if}"
        ))?
        .execute(params![dossier.as_bytes().as_slice(), state])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Unknown("dossier in that state"))
    }
}

fn owed_rows(
    db: &Connection,
    which: &str,
    order: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<Owed>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT dossiers.id, slip_number, procedure, request_key, attempts, due_at_ms, sealed_at_ms,
                (SELECT coalesce(sum(bytes), 0) FROM files WHERE owner = dossiers.id) AS owed_bytes, state, words,
                kind, sealed_draft IS NOT NULL
         FROM outbox JOIN dossiers ON dossiers.id = outbox.dossier_id
         WHERE {which} ORDER BY {order} LIMIT {ROWS_AT_ONCE_MAX}"
    ))?;
    let mut rows = statement.query(values)?;
    let mut owed = Vec::new();
    while let Some(row) = rows.next()? {
        owed.push(read_owed(row)?);
    }
    Ok(owed)
}

fn read_owed(row: &Row<'_>) -> Result<Owed, StoreError> {
    Ok(Owed {
        dossier: read_id(&row.get::<_, Vec<u8>>(0)?)?,
        slip_number: row.get(1)?,
        procedure: row.get(2)?,
        request_key: parsed(row, 3)?,
        attempts: row.get(4)?,
        due_at: moment(row, 5)?,
        sealed_at: moment(row, 6)?,
        bytes: row.get::<_, i64>(7)?.unsigned_abs(),
        stage: Stage::from_word(row.get_ref(8)?.as_str().map_err(rusqlite::Error::from)?),
        words: row.get(9)?,
        kind: kind_from_word(row.get_ref(10)?.as_str().map_err(rusqlite::Error::from)?),
        mendable: row.get(11)?,
    })
}
