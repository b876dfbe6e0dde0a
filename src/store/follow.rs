//! Following a dossier by the number on its slip, or by the province's code. No personal data.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction, params};
use uuid::Uuid;

use crate::dossier::ActKind;
use crate::figures::Finished;
use crate::store::figures;
use crate::store::forget::read_id;
use crate::store::numbers::moment;
use crate::store::{Store, StoreError};

/// A dossier is mended at most so often.
pub const REVISIONS_MAX: u32 = 99;
/// The province's last news of one dossier, in bytes.
pub const NEWS_BYTES_MAX: usize = 16 << 10;

/// Where a dossier stands, as far as this kiosk knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Kept, will be sent by itself.
    Waiting,
    /// The province has it and has given its code.
    Received,
    /// Refused; staff have the province's words.
    WithStaff,
    /// Staff settled it with the person, or a new revision took its place.
    Closed,
}

/// What the province says of a dossier it took, in its own words and dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub code: String,
    pub state: String,
    pub received_on: Option<String>,
    pub due_on: Option<String>,
}

/// What can be told to whoever holds the slip. No personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDossier {
    pub id: Uuid,
    pub slip_number: String,
    pub procedure: String,
    pub sealed_at: Timestamp,
    pub stage: Stage,
    pub receipt: Option<Receipt>,
    /// When the province last said so.
    pub as_of: Option<Timestamp>,
    pub kind: ActKind,
    /// Of a supplement or withdrawal: the code of the dossier.
    pub about: Option<String>,
    /// From 1.
    pub revision: u32,
    /// The province's last, as the caller wrote it down.
    pub news: Option<String>,
}

/// What to keep of the province's news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsToKeep {
    /// The caller's own text. Nothing personal.
    pub news: String,
    /// Nothing more will come: it is not asked for by itself any more.
    pub over: bool,
    /// Once its result is ready, and the province tells since when.
    pub finished: Option<Finished>,
}

impl Store {
    /// What is known of a dossier, by its slip number or by the province's code, in any case of letters. The slip
    /// of a refused dossier leads to the revision that took its place, that of a supplement or withdrawal to its
    /// dossier if it was handed in here.
    pub fn follow(&mut self, number: &str) -> Result<Option<KnownDossier>, StoreError> {
        let number = number.trim().to_uppercase();
        self.read(|db| {
            let which =
                "slip_number = ?1 OR (upper(code) = ?1 AND kind = 'dossier') ORDER BY sealed_at_ms DESC LIMIT 1";
            let Some(mut known) = known_where(db, which, &[&number])? else {
                return Ok(None);
            };
            if let Some(code) = &known.about {
                let of_it = known_where(db, "code = ?1 AND kind = 'dossier' LIMIT 1", &[code])?;
                return Ok(Some(of_it.unwrap_or(known)));
            }
            for _ in 0..REVISIONS_MAX {
                let id = known.id;
                match known_where(db, "replaces = ?1 LIMIT 1", &[&id.as_bytes().as_slice()])? {
                    Some(newer) => known = newer,
                    None => break,
                }
            }
            Ok(Some(known))
        })
    }

    /// What is known of a dossier by its id.
    pub fn known(&mut self, dossier: Uuid) -> Result<KnownDossier, StoreError> {
        self.read(|db| {
            known_where(db, "dossiers.id = ?1", &[&dossier.as_bytes().as_slice()])?
                .ok_or(StoreError::Unknown("dossier"))
        })
    }

    /// What of the dossier with this code is owed to the province still: papers, or its withdrawal.
    pub fn owed_about(&mut self, code: &str) -> Result<Option<ActKind>, StoreError> {
        self.read(|db| {
            let which = "about = ?1 AND state IN ('waiting', 'with_staff') ORDER BY sealed_at_ms DESC LIMIT 1";
            Ok(known_where(db, which, &[&code])?.map(|known| known.kind))
        })
    }

    /// Keeps the province's last news of a dossier it has, and counts its result with them, once.
    ///
    /// # Errors
    /// `TooLarge` if they are longer than [`NEWS_BYTES_MAX`].
    pub fn remember_news(&mut self, dossier: Uuid, kept: &NewsToKeep, as_of: Timestamp) -> Result<(), StoreError> {
        if kept.news.len() > NEWS_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "news of a dossier",
                limit: NEWS_BYTES_MAX as u64,
            });
        }
        self.write(|transaction| {
            let changed = transaction
                .prepare_cached(
                    "UPDATE dossiers SET news = ?2, over = ?3, as_of_ms = ?4, asked_at_ms = ?4 WHERE id = ?1",
                )?
                .execute(params![
                    dossier.as_bytes().as_slice(),
                    kept.news,
                    kept.over,
                    as_of.as_millisecond()
                ])?;
            if changed != 1 {
                return Err(StoreError::Unknown("dossier"));
            }
            match &kept.finished {
                Some(finished) => figures::count_result(transaction, dossier, finished),
                None => Ok(()),
            }
        })
    }

    /// Dossiers that the province has, of which something may still come, and that it was not asked about for `age`:
    /// id and code, those first that were asked about longest ago. They count as asked now.
    pub fn to_ask_about(
        &mut self,
        age: SignedDuration,
        at_once_max: u32,
        now: Timestamp,
    ) -> Result<Vec<(Uuid, String)>, StoreError> {
        let until = now - age;
        self.write(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT dossiers.id, code FROM dossiers JOIN outbox ON outbox.dossier_id = dossiers.id
                 WHERE kind = 'dossier' AND state = 'received' AND over = 0 AND code IS NOT NULL
                   AND (coalesce(asked_at_ms, as_of_ms, 0) <= ?1 OR coalesce(asked_at_ms, as_of_ms, 0) > ?2)
                 ORDER BY coalesce(asked_at_ms, as_of_ms, 0) LIMIT ?3",
            )?;
            let mut rows = statement.query(params![until.as_millisecond(), now.as_millisecond(), at_once_max])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push((read_id(&row.get::<_, Vec<u8>>(0)?)?, row.get(1)?));
            }
            let mut asked = transaction.prepare_cached("UPDATE dossiers SET asked_at_ms = ?2 WHERE id = ?1")?;
            for (id, _) in &found {
                asked.execute(params![id.as_bytes().as_slice(), now.as_millisecond()])?;
            }
            Ok(found)
        })
    }
}

const KNOWN: &str = "SELECT dossiers.id, slip_number, procedure, sealed_at_ms, state, code, province_state,
    received_on, due_on, as_of_ms, kind, about, revision, news
    FROM dossiers JOIN outbox ON outbox.dossier_id = dossiers.id";

fn known_where(db: &Connection, which: &str, values: &[&dyn ToSql]) -> Result<Option<KnownDossier>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{KNOWN} WHERE {which}"))?;
    let mut rows = statement.query(values)?;
    rows.next()?.map(read_known).transpose()
}

fn read_known(row: &Row<'_>) -> Result<KnownDossier, StoreError> {
    let code: Option<String> = row.get(5)?;
    let receipt = match code {
        Some(code) => Some(Receipt {
            code,
            state: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
            received_on: row.get(7)?,
            due_on: row.get(8)?,
        }),
        None => None,
    };
    Ok(KnownDossier {
        id: read_id(&row.get::<_, Vec<u8>>(0)?)?,
        slip_number: row.get(1)?,
        procedure: row.get(2)?,
        sealed_at: moment(row, 3)?,
        stage: Stage::from_word(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?),
        receipt,
        as_of: row.get::<_, Option<i64>>(9)?.map(|_| moment(row, 9)).transpose()?,
        kind: kind_from_word(row.get_ref(10)?.as_str().map_err(rusqlite::Error::from)?),
        about: row.get(11)?,
        revision: row.get(12)?,
        news: row.get(13)?,
    })
}

pub(super) fn kind_from_word(word: &str) -> ActKind {
    match word {
        "supplement" => ActKind::Supplement,
        "withdrawal" => ActKind::Withdrawal,
        // The table's CHECK leaves only 'dossier'.
        _ => ActKind::Dossier,
    }
}

impl Stage {
    pub(super) fn from_word(word: &str) -> Self {
        match word {
            "received" => Self::Received,
            "with_staff" => Self::WithStaff,
            "closed" => Self::Closed,
            // The table's CHECK leaves only 'waiting'.
            _ => Self::Waiting,
        }
    }
}

pub(super) fn keep_receipt(
    transaction: &Transaction<'_>,
    dossier: Uuid,
    receipt: &Receipt,
    as_of: Timestamp,
) -> Result<(), StoreError> {
    let about: Option<Option<String>> = transaction
        .prepare_cached(
            "UPDATE dossiers SET code = ?2, province_state = ?3, received_on = ?4, due_on = ?5, as_of_ms = ?6,
                    sealed_draft = NULL
             WHERE id = ?1 RETURNING about",
        )?
        .query_row(
            params![
                dossier.as_bytes().as_slice(),
                receipt.code,
                receipt.state,
                receipt.received_on,
                receipt.due_on,
                as_of.as_millisecond()
            ],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(code) = about.ok_or(StoreError::Unknown("dossier"))? {
        // What came to a dossier moved it: what was kept of it before is no news any more.
        transaction
            .prepare_cached(
                "UPDATE dossiers SET province_state = ?2, news = NULL, as_of_ms = ?3, asked_at_ms = NULL
                 WHERE code = ?1 AND kind = 'dossier'",
            )?
            .execute(params![code, receipt.state, as_of.as_millisecond()])?;
    }
    Ok(())
}
