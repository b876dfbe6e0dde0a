//! Following a dossier by the number on its slip, or by the province's code. No personal data.

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use uuid::Uuid;

use crate::store::forget::read_id;
use crate::store::numbers::moment;
use crate::store::{Store, StoreError};

/// Where a dossier stands, as far as this kiosk knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Kept, will be sent by itself.
    Waiting,
    /// The province has it and has given its code.
    Received,
    /// Refused; staff have the province's words.
    WithStaff,
    /// Staff settled it with the person.
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
}

impl Store {
    /// What is known of a dossier, by its slip number or by the province's code, in any case of letters.
    pub fn follow(&mut self, number: &str) -> Result<Option<KnownDossier>, StoreError> {
        let number = number.trim().to_uppercase();
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{KNOWN} WHERE slip_number = ?1 OR upper(code) = ?1 ORDER BY sealed_at_ms DESC LIMIT 1"
            ))?;
            let mut rows = statement.query([number])?;
            rows.next()?.map(read_known).transpose()
        })
    }

    /// What is known of a dossier by its id.
    pub fn known(&mut self, dossier: Uuid) -> Result<KnownDossier, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("{KNOWN} WHERE dossiers.id = ?1"))?;
            let mut rows = statement.query([dossier.as_bytes().as_slice()])?;
            rows.next()?
                .map(read_known)
                .transpose()?
                .ok_or(StoreError::Unknown("dossier"))
        })
    }

    /// Keeps what the province now says of a dossier it has.
    pub fn remember_state(&mut self, dossier: Uuid, receipt: &Receipt, as_of: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| keep_receipt(transaction, dossier, receipt, as_of))
    }
}

const KNOWN: &str = "SELECT dossiers.id, slip_number, procedure, sealed_at_ms, state, code, province_state,
    received_on, due_on, as_of_ms FROM dossiers JOIN outbox ON outbox.dossier_id = dossiers.id";

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
    })
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
    let changed = transaction
        .prepare_cached(
            "UPDATE dossiers SET code = ?2, province_state = ?3, received_on = ?4, due_on = ?5, as_of_ms = ?6
             WHERE id = ?1",
        )?
        .execute(params![
            dossier.as_bytes().as_slice(),
            receipt.code,
            receipt.state,
            receipt.received_on,
            receipt.due_on,
            as_of.as_millisecond()
        ])?;
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Unknown("dossier"))
    }
}
