//! Payments: on the disk before the province is asked, and after each of its answers before anyone hears of it.
//!
//! Of a dossier one payment counts at a time; the database itself refuses a second. Nothing here is personal.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, Transaction, params};
use uuid::Uuid;

use crate::payment::address::PayAddress;
use crate::payment::{Bill, Payment, Proof, State};
use crate::store::figures;
use crate::store::numbers::{moment, parsed};
use crate::store::transfers::was_shown;
use crate::store::{Store, StoreError};

/// Payments given in one call.
pub const PENDING_AT_ONCE_MAX: u32 = 100;
/// The province's words that are kept, in characters.
const WORDS_CHARS_MAX: usize = 500;
/// Staff hear of a payment that nobody can pay any more, and that still has no end, after this long.
const STAFF_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// What was refused is told to staff for this long.
const REFUSED_TOLD: SignedDuration = SignedDuration::from_hours(24);

/// A payment that staff must know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffPayment {
    pub payment: Payment,
    /// The kiosk's own number of the dossier, if it was handed in here.
    pub slip_number: Option<String>,
}

impl Store {
    /// Makes this payment the dossier's, on the disk when this returns; or gives the one that counts already, which
    /// is followed again.
    ///
    /// # Errors
    /// `TransferShown`: its fee may have been transferred.
    pub fn begin_payment(&mut self, new: &Payment) -> Result<Payment, StoreError> {
        self.saw(new.begun_at);
        self.write(|transaction| {
            if let Some(there) = that_counts(transaction, &new.dossier_code)? {
                transaction.execute(
                    "UPDATE payments SET followed = 'kiosk' WHERE key = ?1",
                    [there.key.to_string()],
                )?;
                return Ok(there);
            }
            if was_shown(transaction, &new.dossier_code)? {
                return Err(StoreError::TransferShown);
            }
            transaction.execute(
                "INSERT INTO payments (key, dossier_code, begun_at_ms, state) VALUES (?1, ?2, ?3, 'asked')",
                params![new.key.to_string(), new.dossier_code, new.begun_at.as_millisecond()],
            )?;
            Ok(new.clone())
        })
    }

    /// Keeps what an answer made of a payment.
    pub fn keep_payment(&mut self, payment: &Payment) -> Result<(), StoreError> {
        let (proof, words) = match &payment.state {
            State::Paid(_, proof) => (Some(proof), None),
            State::Refused { words } => (None, Some(words.chars().take(WORDS_CHARS_MAX).collect::<String>())),
            State::Asked | State::Open(_) | State::Unclear(_) | State::Failed(_) => (None, None),
        };
        let bill = payment.bill();
        self.write(|transaction| {
            let changed = transaction
                .prepare_cached(
                    "UPDATE payments SET state = ?2, reference = ?3, amount_dong = ?4, address = ?5,
                     expires_at_ms = ?6, transaction_code = ?7, paid_at_ms = ?8, words = ?9 WHERE key = ?1",
                )?
                .execute(params![
                    payment.key.to_string(),
                    payment.state.word(),
                    bill.map(|bill| &bill.reference),
                    bill.map(|bill| bill.amount_dong.cast_signed()),
                    bill.and_then(|bill| bill.address.as_ref()).map(PayAddress::as_str),
                    bill.and_then(|bill| bill.expires_at).map(Timestamp::as_millisecond),
                    proof.and_then(|proof| proof.transaction.as_ref()),
                    proof.and_then(|proof| proof.at).map(Timestamp::as_millisecond),
                    words
                ])?;
            if changed != 1 {
                return Err(StoreError::Unknown("payment"));
            }
            match payment.state {
                State::Paid(..) => figures::count_payment(transaction, &payment.dossier_code),
                State::Asked | State::Open(_) | State::Unclear(_) | State::Failed(_) | State::Refused { .. } => Ok(()),
            }
        })
    }

    /// What the province is still to be asked about, newest first.
    pub fn pending_payments(&mut self) -> Result<Vec<Payment>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{PAYMENT} WHERE state IN ('asked', 'open', 'unclear') AND followed = 'kiosk'
                 ORDER BY begun_at_ms DESC LIMIT {PENDING_AT_ONCE_MAX}"
            ))?;
            let mut rows = statement.query([])?;
            let mut payments = Vec::new();
            while let Some(row) = rows.next()? {
                payments.push(read_payment(row)?);
            }
            Ok(payments)
        })
    }

    /// The payment of a dossier that counts, else the last that ended.
    pub fn payment_of(&mut self, dossier_code: &str) -> Result<Option<Payment>, StoreError> {
        self.read(|db| match that_counts(db, dossier_code)? {
            Some(payment) => Ok(Some(payment)),
            None => one(
                db,
                "WHERE dossier_code = ?1 ORDER BY begun_at_ms DESC LIMIT 1",
                dossier_code,
            ),
        })
    }

    /// Nobody asks any more: it is for staff. One of which nobody was shown anything is for nobody.
    pub fn leave_payment(&mut self, key: Uuid) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE payments SET followed = CASE state WHEN 'asked' THEN 'closed' ELSE 'staff' END WHERE key = ?1",
                [key.to_string()],
            )?;
            Ok(())
        })
    }

    /// Staff have settled it with the person and the province.
    pub fn close_payment(&mut self, key: Uuid) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute(
                "UPDATE payments SET followed = 'closed' WHERE key = ?1",
                [key.to_string()],
            )?;
            Ok(())
        })
    }

    /// What staff must know of: unclear, without an end long after it could be paid, or refused of late.
    pub fn payments_for_staff(&mut self, now: Timestamp) -> Result<Vec<StaffPayment>, StoreError> {
        let late = (now - STAFF_AFTER).as_millisecond();
        let of_late = (now - REFUSED_TOLD).as_millisecond();
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{PAYMENT} WHERE followed <> 'closed' AND (state = 'unclear' OR followed = 'staff'
                     OR (state = 'open' AND expires_at_ms <= ?1) OR (state = 'refused' AND begun_at_ms >= ?2))
                 ORDER BY begun_at_ms LIMIT {PENDING_AT_ONCE_MAX}"
            ))?;
            let mut rows = statement.query([late, of_late])?;
            let mut told = Vec::new();
            while let Some(row) = rows.next()? {
                told.push(StaffPayment {
                    payment: read_payment(row)?,
                    slip_number: row.get(11)?,
                });
            }
            Ok(told)
        })
    }
}

const PAYMENT: &str = "SELECT key, dossier_code, begun_at_ms, state, reference, amount_dong, address, expires_at_ms,
    transaction_code, paid_at_ms, words,
    (SELECT slip_number FROM dossiers WHERE code = dossier_code AND kind = 'dossier' LIMIT 1) FROM payments";

fn that_counts(db: &Connection, dossier_code: &str) -> Result<Option<Payment>, StoreError> {
    one(
        db,
        "WHERE dossier_code = ?1 AND state IN ('asked', 'open', 'unclear', 'paid')",
        dossier_code,
    )
}

fn one(db: &Connection, which: &str, value: &str) -> Result<Option<Payment>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{PAYMENT} {which}"))?;
    let mut rows = statement.query([value])?;
    rows.next()?.map(read_payment).transpose()
}

fn read_payment(row: &Row<'_>) -> Result<Payment, StoreError> {
    let moment_at = |column: usize| {
        row.get::<_, Option<i64>>(column)?
            .map(|_| moment(row, column))
            .transpose()
    };
    let bill = match (row.get::<_, Option<String>>(4)?, row.get::<_, Option<i64>>(5)?) {
        (Some(reference), Some(amount)) => Some(Bill {
            reference,
            amount_dong: amount.unsigned_abs(),
            address: row.get::<_, Option<String>>(6)?.map(PayAddress::kept),
            expires_at: moment_at(7)?,
        }),
        (_, _) => None,
    };
    let state = match (row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?, bill) {
        ("open", Some(bill)) => State::Open(bill),
        ("unclear", Some(bill)) => State::Unclear(bill),
        ("paid", Some(bill)) => {
            let proof = Proof {
                transaction: row.get(8)?,
                at: moment_at(9)?,
            };
            State::Paid(bill, proof)
        }
        ("failed", Some(bill)) => State::Failed(bill),
        ("refused", _) => State::Refused {
            words: row.get::<_, Option<String>>(10)?.unwrap_or_default(),
        },
        // The table's CHECKs leave only 'asked'.
        (_, _) => State::Asked,
    };
    Ok(Payment {
        key: parsed(row, 0)?,
        dossier_code: row.get(1)?,
        begun_at: moment(row, 2)?,
        state,
    })
}

/// Ended long ago: nobody asks for it here any more.
pub(super) fn drop_payments(transaction: &Transaction<'_>, until: Timestamp) -> Result<(), StoreError> {
    transaction.execute(
        "DELETE FROM payments WHERE begun_at_ms <= ?1
         AND (state IN ('paid', 'failed', 'refused') OR followed = 'closed')",
        [until.as_millisecond()],
    )?;
    Ok(())
}
