//! A payment (thanh toán) of a fee by phone: what is known of it, and what the province's answers make of it. Pure.
//!
//! ```text
//!            answered            thành công
//!   Asked ───────────▶ Open ───────────────────▶ Paid
//!     │ refused          │ ▲ ▲                     ▲
//!     ▼           không  │ │ │ khởi tạo            │ thành công
//!  Refused        rõ     ▼ │ │                     │
//!                      Unclear ────────────────────┤
//!                        │ thất bại                │
//!                        └──────────▶ Failed ──────┘
//! ```
//!
//! Invariants: what is paid stays paid; money that was taken is told even after a failure was; while a payment is
//! asked, open or unclear, no second one of its dossier begins ([`Payment::counts`]); nobody is told "paid" or "not
//! paid" on the word of a clock, only on the province's; and of one dossier either a payment counts or the code of a
//! transfer was shown ([`ShownTransfer`]), never both.

pub mod address;
pub mod vietqr;

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use self::address::PayAddress;
use self::vietqr::{Account, Transfer};
use crate::procedure::{Fee, Procedure};

/// The province's reference of a payment has at most this many characters.
pub const REFERENCE_CHARS_MAX: usize = 64;
/// No fee is higher, in đồng.
pub const AMOUNT_DONG_MAX: u64 = 2_000_000_000;

/// A payment as this kiosk knows it. Nothing in it tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The Idempotency-Key, a UUIDv7: committed before the province is asked.
    pub key: Uuid,
    /// Mã hồ sơ of the dossier whose fee it is.
    pub dossier_code: String,
    pub begun_at: Timestamp,
    pub state: State,
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The question is committed. The province may have it or not; nobody was shown anything to pay.
    Asked,
    /// Khởi tạo: the money is waited for.
    Open(Bill),
    /// Không rõ: the province itself cannot tell.
    Unclear(Bill),
    /// Thành công.
    Paid(Bill, Proof),
    /// Thất bại: this one ends, and another may begin.
    Failed(Bill),
    /// The province does not begin it, in its own words for staff.
    Refused { words: String },
}

/// What the province has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Bill {
    /// Mã thanh toán.
    pub reference: String,
    /// What the province asks for, whatever the catalogue said.
    pub amount_dong: u64,
    /// What the QR code says; none if the province's address must not be shown.
    pub address: Option<PayAddress>,
    /// Nobody can pay any more after that.
    pub expires_at: Option<Timestamp>,
}

/// The address opens a payment: it does not stand in a log.
impl fmt::Debug for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            reference, amount_dong, ..
        } = self;
        write!(f, "Bill({reference}, {amount_dong} đồng)")
    }
}

/// That it was paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Mã giao dịch, the bank's number.
    pub transaction: Option<String>,
    pub at: Option<Timestamp>,
}

/// What the province says of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub bill: Bill,
    pub word: Word,
    pub proof: Proof,
}

/// TrangThai, as the contract writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// `khoi-tao`.
    Open,
    /// `thanh-cong`.
    Paid,
    /// `that-bai`.
    Failed,
    /// `khong-ro`.
    Unclear,
}

/// What the province says of the fee of a dossier that it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeeStands {
    /// Nothing, or nothing that can be done by phone.
    #[default]
    Elsewhere,
    /// It is not paid, and may be paid by phone.
    ByPhone,
    Paid,
}

/// What the catalogue says of the fee of one dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeDue {
    pub lines: Vec<Fee>,
    pub by_phone: bool,
    /// Where it may be transferred while the province cannot be asked.
    pub transfer: Option<Account>,
}

impl FeeDue {
    pub fn of(procedure: &Procedure) -> Self {
        Self {
            lines: procedure.fees.clone(),
            by_phone: procedure.pays_online,
            transfer: procedure.transfer.clone(),
        }
    }

    pub fn dong(&self) -> u64 {
        self.lines.iter().fold(0, |sum, fee| sum.saturating_add(fee.dong))
    }

    /// Whether a transfer can be offered while the province cannot be asked.
    pub fn offers_transfer(&self) -> bool {
        self.asks() && self.transfer.is_some()
    }

    /// Whether a person is asked how to pay.
    pub fn asks(&self) -> bool {
        self.by_phone && self.dong() > 0
    }
}

/// A transfer whose code was shown at this kiosk. Whether anybody has scanned it, nobody here knows: it may have been
/// paid from then on, so no payment of its dossier begins here any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownTransfer {
    pub transfer: Transfer,
    pub at: Timestamp,
}

/// An answer that is not of this payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is of another payment")]
pub struct AnotherPayment;

impl Payment {
    /// About to be asked for: to be committed first.
    pub fn asked(key: Uuid, dossier_code: String, now: Timestamp) -> Self {
        Self {
            key,
            dossier_code,
            begun_at: now,
            state: State::Asked,
        }
    }

    /// What the province's answer makes of it.
    ///
    /// # Errors
    /// The answer names another reference: a cache or a mix-up. It says nothing of this one.
    pub fn heard(self, told: Told) -> Result<Self, AnotherPayment> {
        if self.bill().is_some_and(|bill| bill.reference != told.bill.reference) {
            return Err(AnotherPayment);
        }
        let Told { bill, word, proof } = told;
        let state = match (word, self.state) {
            // Paid is for good. A later answer may only know more of it.
            (Word::Paid, State::Paid(_, before)) => State::Paid(bill, proof.or(before)),
            // Money that was taken is told, whatever was said before.
            (
                Word::Paid,
                State::Asked | State::Open(_) | State::Unclear(_) | State::Failed(_) | State::Refused { .. },
            ) => State::Paid(bill, proof),
            (Word::Open | Word::Failed | Word::Unclear, ended @ (State::Paid(..) | State::Failed(_))) => ended,
            (Word::Open, State::Asked | State::Open(_) | State::Unclear(_) | State::Refused { .. }) => {
                State::Open(bill)
            }
            (Word::Failed, State::Asked | State::Open(_) | State::Unclear(_) | State::Refused { .. }) => {
                State::Failed(bill)
            }
            (Word::Unclear, State::Asked | State::Open(_) | State::Unclear(_) | State::Refused { .. }) => {
                State::Unclear(bill)
            }
        };
        Ok(Self { state, ..self })
    }

    /// The province will not begin it. What it has begun it cannot refuse any more.
    pub fn refused(self, words: String) -> Self {
        match self.state {
            State::Asked => Self {
                state: State::Refused { words },
                ..self
            },
            State::Open(_) | State::Unclear(_) | State::Paid(..) | State::Failed(_) | State::Refused { .. } => self,
        }
    }

    /// Whether no other payment of its dossier may begin beside it.
    pub fn counts(&self) -> bool {
        match self.state {
            State::Asked | State::Open(_) | State::Unclear(_) | State::Paid(..) => true,
            State::Failed(_) | State::Refused { .. } => false,
        }
    }

    /// Whether the province is still to be asked.
    pub fn is_pending(&self) -> bool {
        match self.state {
            State::Asked | State::Open(_) | State::Unclear(_) => true,
            State::Paid(..) | State::Failed(_) | State::Refused { .. } => false,
        }
    }

    pub fn bill(&self) -> Option<&Bill> {
        match &self.state {
            State::Open(bill) | State::Unclear(bill) | State::Paid(bill, _) | State::Failed(bill) => Some(bill),
            State::Asked | State::Refused { .. } => None,
        }
    }

    /// Whether the citizen may still pay it; without an end known, as long as it is open.
    pub fn is_payable_at(&self, now: Timestamp) -> bool {
        match &self.state {
            State::Open(bill) => bill.expires_at.is_none_or(|until| now < until),
            State::Asked | State::Unclear(_) | State::Paid(..) | State::Failed(_) | State::Refused { .. } => false,
        }
    }
}

impl State {
    /// One word for the log and the store.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Open(_) => "open",
            Self::Unclear(_) => "unclear",
            Self::Paid(..) => "paid",
            Self::Failed(_) => "failed",
            Self::Refused { .. } => "refused",
        }
    }
}

impl Proof {
    fn or(self, before: Self) -> Self {
        Self {
            transaction: self.transaction.or(before.transaction),
            at: self.at.or(before.at),
        }
    }
}

#[cfg(test)]
mod tests;
