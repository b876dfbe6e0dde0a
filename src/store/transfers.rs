//! Codes of bank transfers: on the disk before anybody sees them, since from then on the fee may be paid.
//!
//! Of one dossier either a payment counts or the code of a transfer was shown, never both; a revision that took the
//! place of a refused dossier counts as the same. Each side looks for the other within its own transaction, and there
//! is one writer. Nothing here is personal: the account is an office's.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use uuid::Uuid;

use crate::payment::ShownTransfer;
use crate::payment::vietqr::{Account, NotATransfer, Transfer};
use crate::store::forget::read_id;
use crate::store::numbers::{moment, parsed};
use crate::store::payments::PENDING_AT_ONCE_MAX;
use crate::store::{Store, StoreError};

/// What became of the wish to show a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MayShow {
    /// It is on the disk: show it. The same as before, if this dossier had one.
    Show(ShownTransfer),
    /// It may be paid already: by a payment, or by the transfer of an earlier revision.
    MayBePaid,
}

/// A transfer of which nobody has said what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffTransfer {
    pub dossier: Uuid,
    pub slip_number: String,
    pub shown: ShownTransfer,
}

impl Store {
    /// Writes down that this code is shown for the fee of this dossier.
    pub fn show_transfer(&mut self, dossier: Uuid, transfer: &Transfer, now: Timestamp) -> Result<MayShow, StoreError> {
        self.saw(now);
        self.write(|transaction| {
            if let Some(shown) = of_dossier(transaction, dossier)? {
                return Ok(MayShow::Show(shown));
            }
            if of_revisions(transaction, dossier)?.is_some() || has_payment(transaction, dossier)? {
                return Ok(MayShow::MayBePaid);
            }
            let account = transfer.account();
            transaction.execute(
                "INSERT INTO transfers (dossier_id, shown_at_ms, amount_dong, bank, account, account_name, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    dossier.as_bytes().as_slice(),
                    now.as_millisecond(),
                    transfer.dong().cast_signed(),
                    account.bank.as_str(),
                    account.number.as_str(),
                    account.name.as_str(),
                    transfer.note().as_str()
                ],
            )?;
            Ok(MayShow::Show(ShownTransfer {
                transfer: transfer.clone(),
                at: now,
            }))
        })
    }

    /// The code that was shown for this dossier, or for one whose place it took.
    pub fn transfer_of(&mut self, dossier: Uuid) -> Result<Option<ShownTransfer>, StoreError> {
        self.read(|db| of_revisions(db, dossier))
    }

    /// As [`Self::transfer_of`], while nobody has said what became of it.
    pub fn open_transfer_of(&mut self, dossier: Uuid) -> Result<Option<ShownTransfer>, StoreError> {
        self.read(|db| of_revisions_where(db, dossier, "settled = 0"))
    }

    /// The province says that the fee is paid, or staff have settled it with the person.
    pub fn settle_transfer(&mut self, dossier: Uuid) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached(&format!(
                    "{REVISIONS} UPDATE transfers SET settled = 1 WHERE dossier_id IN (SELECT id FROM before)"
                ))?
                .execute([dossier.as_bytes().as_slice()])?;
            Ok(())
        })
    }

    /// Those that staff must know of, oldest first.
    pub fn transfers_for_staff(&mut self) -> Result<Vec<StaffTransfer>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "SELECT {COLUMNS}, dossier_id, slip_number FROM transfers JOIN dossiers ON dossiers.id = dossier_id
                 WHERE settled = 0 ORDER BY shown_at_ms LIMIT {PENDING_AT_ONCE_MAX}"
            ))?;
            let mut rows = statement.query([])?;
            let mut told = Vec::new();
            while let Some(row) = rows.next()? {
                told.push(StaffTransfer {
                    dossier: read_id(&row.get::<_, Vec<u8>>(6)?)?,
                    slip_number: row.get(7)?,
                    shown: read_shown(row)?,
                });
            }
            Ok(told)
        })
    }
}

const COLUMNS: &str = "shown_at_ms, amount_dong, bank, account, account_name, note";

/// The dossier ?1 and all those whose place it took.
const REVISIONS: &str = "WITH RECURSIVE before(id) AS (
    SELECT ?1 UNION SELECT replaces FROM dossiers JOIN before USING (id) WHERE replaces IS NOT NULL)";

/// Whether the code of a transfer was shown for the dossier with this code of the province.
pub(super) fn was_shown(transaction: &Transaction<'_>, dossier_code: &str) -> Result<bool, StoreError> {
    let dossier: Option<Vec<u8>> = transaction
        .prepare_cached("SELECT id FROM dossiers WHERE code = ?1 AND kind = 'dossier' LIMIT 1")?
        .query_row([dossier_code], |row| row.get(0))
        .optional()?;
    match dossier {
        Some(id) => Ok(of_revisions(transaction, read_id(&id)?)?.is_some()),
        None => Ok(false),
    }
}

fn has_payment(transaction: &Transaction<'_>, dossier: Uuid) -> Result<bool, StoreError> {
    let counts = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM payments JOIN dossiers ON dossiers.code = dossier_code
             WHERE dossiers.id = ?1 AND payments.state IN ('asked', 'open', 'unclear', 'paid'))",
        )?
        .query_row([dossier.as_bytes().as_slice()], |row| row.get(0))?;
    Ok(counts)
}

fn of_dossier(db: &Connection, dossier: Uuid) -> Result<Option<ShownTransfer>, StoreError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM transfers WHERE dossier_id = ?1"))?;
    let mut rows = statement.query([dossier.as_bytes().as_slice()])?;
    rows.next()?.map(read_shown).transpose()
}

fn of_revisions(db: &Connection, dossier: Uuid) -> Result<Option<ShownTransfer>, StoreError> {
    of_revisions_where(db, dossier, "true")
}

fn of_revisions_where(db: &Connection, dossier: Uuid, which: &str) -> Result<Option<ShownTransfer>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "{REVISIONS} SELECT {COLUMNS} FROM transfers JOIN before ON before.id = dossier_id
         WHERE {which} ORDER BY shown_at_ms DESC LIMIT 1"
    ))?;
    let mut rows = statement.query([dossier.as_bytes().as_slice()])?;
    rows.next()?.map(read_shown).transpose()
}

fn read_shown(row: &Row<'_>) -> Result<ShownTransfer, StoreError> {
    let account = Account {
        bank: parsed(row, 2)?,
        number: parsed(row, 3)?,
        name: parsed(row, 4)?,
    };
    let dong = row.get::<_, i64>(1)?.unsigned_abs();
    let transfer = Transfer::new(account, dong, parsed(row, 5)?).map_err(|_: NotATransfer| StoreError::Damaged)?;
    Ok(ShownTransfer {
        transfer,
        at: moment(row, 0)?,
    })
}
