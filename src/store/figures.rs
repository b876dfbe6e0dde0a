//! The office's counters: written in the same transaction as what they count, and each thing once.
//!
//! What a dossier will count for is kept beside it when it is sealed, and counted when the province has it. A table of
//! counters is all that outlives it. Nothing here is personal, and nothing is ever counted down.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::figures::{About, Batch, Cell, Face, Facts, Figure, Finished, Given, Rated, Ratio, Reason, batches};
use crate::store::numbers::{last_day, parsed};
use crate::store::{BUSY_TIMEOUT, DATABASE, Store, StoreError};
use crate::ticket::Day;

/// How long counters are kept: the year before the last one is still there to compare with.
const COUNTED_DAYS_MAX: i64 = 3 * 366;
/// Cells read in one call: a month of 12 agencies with 10 fields, all figures on all days.
const CELLS_MAX: u32 = 40_000;
/// Rows of satisfaction looked at in one call; the rest at the next.
const GIVEN_MAX: u32 = 5_000;
/// Batches of satisfaction sent in one go.
const BATCHES_AT_ONCE_MAX: u32 = 10;

/// The counters of a data folder, for the days that `which` chooses from the last business day. A kiosk may be running
/// on it.
///
/// # Errors
/// There is no database in `folder`, it cannot be read, or it is damaged.
pub fn from_folder(folder: &Path, which: impl FnOnce(Day) -> (Day, Day)) -> Result<Vec<Cell>, StoreError> {
    let db = Connection::open_with_flags(
        folder.join(DATABASE),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    let (from, until) = which(last_day(&db)?);
    cells(&db, from, until)
}

fn cells(db: &Connection, from: Day, until: Day) -> Result<Vec<Cell>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT day, unit, field, figure, numerator, denominator FROM figures WHERE day BETWEEN ?1 AND ?2
         UNION ALL
         SELECT day, unit, field, 'satisfied', sum(CASE WHEN face >= 4 THEN count ELSE 0 END), sum(count)
         FROM satisfaction WHERE day BETWEEN ?1 AND ?2 GROUP BY day, unit, field
         ORDER BY 1, 2, 3, 4 LIMIT ?3",
    )?;
    let mut rows = statement.query(params![from.to_string(), until.to_string(), CELLS_MAX])?;
    let mut cells = Vec::new();
    while let Some(row) = rows.next()? {
        // A figure of a later program is not ours to show.
        let Some(figure) = Figure::of_word(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?) else {
            continue;
        };
        let ratio = Ratio::new(
            row.get::<_, i64>(4)?.unsigned_abs(),
            row.get::<_, i64>(5)?.unsigned_abs(),
        );
        cells.push(Cell {
            day: parsed(row, 0)?,
            unit: row.get(1)?,
            field: row.get(2)?,
            figure,
            ratio,
        });
    }
    Ok(cells)
}

impl Store {
    /// The counters from one day to another, both included, by day, unit, field and figure.
    pub fn figures(&mut self, from: Day, until: Day) -> Result<Vec<Cell>, StoreError> {
        self.read(|db| cells(db, from, until))
    }

    /// Counts a face on the business day. Nothing says whose it is.
    pub fn rate(&mut self, rated: &Rated, now: Timestamp) -> Result<(), StoreError> {
        let day = self.business_day(now)?;
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO satisfaction (day, unit, field, face, reason, count) VALUES (?1, ?2, ?3, ?4, ?5, 1)
                     ON CONFLICT (day, unit, field, face, reason) DO UPDATE SET count = count + 1",
                )?
                .execute(params![
                    day.to_string(),
                    rated.about.unit,
                    rated.about.field,
                    u8::from(rated.face),
                    rated.reason.map_or("", Reason::word)
                ])?;
            Ok(())
        })
    }

    /// How often each face was given on the business day of `now`, from 1 to 5.
    pub fn ratings(&mut self, now: Timestamp) -> Result<[u32; 5], StoreError> {
        let day = self.business_day(now)?;
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT face, sum(count) FROM satisfaction WHERE day = ?1 GROUP BY face")?;
            let mut counts = [0; 5];
            let mut rows = statement.query([day.to_string()])?;
            while let Some(row) = rows.next()? {
                if let Some(count) = counts.get_mut(usize::from(row.get::<_, u8>(0)?).wrapping_sub(1)) {
                    *count = row.get(1)?;
                }
            }
            Ok(counts)
        })
    }

    /// Puts what may be told of past days into a batch under `key`, in one step, and gives the batches that the
    /// province has not taken yet, oldest first.
    pub fn opinions(&mut self, key: Uuid, now: Timestamp) -> Result<Vec<(Uuid, Batch)>, StoreError> {
        let today = self.business_day(now)?;
        self.write(|transaction| gather(transaction, key, today))?;
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT key, body FROM satisfaction_batches ORDER BY id LIMIT ?1")?;
            let mut rows = statement.query([BATCHES_AT_ONCE_MAX])?;
            let mut waiting = Vec::new();
            while let Some(row) = rows.next()? {
                let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
                let batch = serde_json::from_str(body).map_err(|_| StoreError::Damaged)?;
                waiting.push((parsed(row, 0)?, batch));
            }
            Ok(waiting)
        })
    }

    /// The province has a batch, or will never take it.
    pub fn opinions_told(&mut self, key: Uuid) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM satisfaction_batches WHERE key = ?1", [key.to_string()])?;
            Ok(())
        })
    }

    /// Drops counters of long ago.
    pub(super) fn drop_old_figures(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let until = Day::in_vietnam(now - SignedDuration::from_hours(24 * COUNTED_DAYS_MAX)).to_string();
        self.write(|transaction| {
            transaction.execute("DELETE FROM figures WHERE day < ?1", [&until])?;
            transaction.execute("DELETE FROM satisfaction WHERE day < ?1", [&until])?;
            Ok(())
        })
    }
}

/// Keeps what a dossier will count for, until the province has it.
pub(super) fn keep_facts(
    transaction: &Transaction<'_>,
    dossier: Uuid,
    facts: &Facts,
    sealed_at: Timestamp,
) -> Result<(), StoreError> {
    let written = serde_json::to_string(facts).map_err(|_| StoreError::Unknown("facts"))?;
    transaction
        .prepare_cached("INSERT OR REPLACE INTO dossier_facts (dossier_id, day, facts) VALUES (?1, ?2, ?3)")?
        .execute(params![
            dossier.as_bytes().as_slice(),
            Day::in_vietnam(sealed_at).to_string(),
            written
        ])?;
    Ok(())
}

/// The province has the dossier: it counts, once, under the day on which it was handed in.
pub(super) fn count_received(transaction: &Transaction<'_>, dossier: Uuid) -> Result<(), StoreError> {
    let first = transaction
        .prepare_cached(
            "UPDATE dossier_facts SET received = 1 WHERE dossier_id = ?1 AND received = 0 RETURNING day, facts",
        )?
        .query_row([dossier.as_bytes().as_slice()], |row| {
            Ok((parsed::<Day>(row, 0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    // Counted before, or sealed by a program that did not count.
    let Some((day, facts)) = first else { return Ok(()) };
    let facts: Facts = serde_json::from_str(&facts).map_err(|_| StoreError::Damaged)?;
    for (figure, ratio) in facts.counts() {
        count(transaction, day, &facts.unit, &facts.field, figure, ratio)?;
    }
    Ok(())
}

/// The fee of a dossier was paid online. Counted once, under the day on which the dossier was handed in.
/// One that was handed in elsewhere is another kiosk's.
pub(super) fn count_payment(transaction: &Transaction<'_>, dossier_code: &str) -> Result<(), StoreError> {
    let first = transaction
        .prepare_cached(
            "UPDATE dossier_facts SET payment = 1
             WHERE dossier_id = (SELECT id FROM dossiers WHERE code = ?1 AND kind = 'dossier')
               AND payment = 0 AND received = 1
             RETURNING day, facts",
        )?
        .query_row([dossier_code], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((day, facts)) = first else { return Ok(()) };
    let facts: Facts = serde_json::from_str(&facts).map_err(|_| StoreError::Damaged)?;
    // Its denominator was counted when the province had the dossier; without a fee in the catalogue there is none.
    if !facts.fee {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "UPDATE figures SET numerator = numerator + 1
             WHERE day = ?1 AND unit = ?2 AND field = ?3 AND figure = ?4 AND numerator < denominator",
        )?
        .execute(params![day, facts.unit, facts.field, Figure::OnlinePayment.word()])?;
    Ok(())
}

/// The result of a dossier is ready. Counted once, on the day on which it was, if it had a due time.
pub(super) fn count_result(
    transaction: &Transaction<'_>,
    dossier: Uuid,
    finished: &Finished,
) -> Result<(), StoreError> {
    let facts: Option<String> = transaction
        .prepare_cached("UPDATE dossier_facts SET result = 1 WHERE dossier_id = ?1 AND result = 0 RETURNING facts")?
        .query_row([dossier.as_bytes().as_slice()], |row| row.get(0))
        .optional()?;
    let (Some(facts), Some(on_time)) = (facts, finished.on_time()) else {
        return Ok(());
    };
    let facts: Facts = serde_json::from_str(&facts).map_err(|_| StoreError::Damaged)?;
    let day = Day::in_vietnam(finished.at);
    count(transaction, day, &facts.unit, &facts.field, Figure::OnTime, on_time)
}

fn count(
    transaction: &Transaction<'_>,
    day: Day,
    unit: &str,
    field: &str,
    figure: Figure,
    ratio: Ratio,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO figures (day, unit, field, figure, numerator, denominator) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (day, unit, field, figure) DO UPDATE
             SET numerator = numerator + excluded.numerator, denominator = denominator + excluded.denominator",
        )?
        .execute(params![
            day.to_string(),
            unit,
            field,
            figure.word(),
            ratio.numerator.cast_signed(),
            ratio.denominator.cast_signed()
        ])?;
    Ok(())
}

fn gather(transaction: &Transaction<'_>, key: Uuid, today: Day) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "SELECT day, unit, field, face, reason, count - told, rowid FROM satisfaction
         WHERE count > told AND day < ?1 ORDER BY day, unit, field, face, reason LIMIT ?2",
    )?;
    let mut rows = statement.query(params![today.to_string(), GIVEN_MAX])?;
    let (mut given, mut ids) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        given.push(Given {
            day: parsed(row, 0)?,
            about: About {
                unit: row.get(1)?,
                field: row.get(2)?,
            },
            face: Face::try_from(row.get::<_, u8>(3)?).map_err(|_| StoreError::Damaged)?,
            reason: Reason::of_word(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?),
            count: row.get::<_, i64>(5)?.unsigned_abs(),
        });
        ids.push(row.get::<_, i64>(6)?);
    }
    let (told, batch) = batches(&given, today);
    if batch.rows.is_empty() {
        return Ok(());
    }
    let body = serde_json::to_string(&batch).map_err(|_| StoreError::Unknown("batch"))?;
    transaction.execute(
        "INSERT INTO satisfaction_batches (key, body) VALUES (?1, ?2)",
        params![key.to_string(), body],
    )?;
    let mut mark = transaction.prepare_cached("UPDATE satisfaction SET told = count WHERE rowid = ?1")?;
    for at in told {
        mark.execute([ids[at]])?;
    }
    Ok(())
}
