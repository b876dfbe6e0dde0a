//! Signing from afar (ký số từ xa): a signature with a key of the person's own, given on their telephone and told by
//! the province. Pure.
//!
//! ```text
//!           answered          da-ky
//!   Asked ───────────▶ Waiting ───▶ Signed
//!     │                  │ │ tu-choi
//!     │ refused          │ └──────▶ Refused
//!     ▼                  │ het-han
//!   NotNow               └────────▶ TooLate
//! ```
//!
//! Invariants: what has ended stays as it ended; nothing is signed on the word of a clock, only on the province's; an
//! answer of another signing or of other words says nothing of this one. A statement names the hash of the whole
//! content, so what was signed never holds for a draft that was changed since.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::citizen::CitizenId;
use crate::dossier::RemoteSignature;

/// The province's number of a signing has at most this many characters.
pub const TRANSACTION_CHARS_MAX: usize = 64;
/// The number that is compared has so many digits.
pub const COMPARE_DIGITS_MIN: usize = 2;
pub const COMPARE_DIGITS_MAX: usize = 8;

/// The ways that the province offers for a procedure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RemoteWays {
    /// A key on the SIM of the telephone (SIM PKI).
    pub sim: bool,
    /// VNeID.
    pub vneid: bool,
}

impl RemoteWays {
    pub fn any(self) -> bool {
        self.sim || self.vneid
    }
}

/// With which key a person signs.
#[derive(Clone, PartialEq, Eq)]
pub enum By {
    /// The SIM with this number, of digits alone.
    Sim {
        phone: String,
    },
    VneId,
}

/// Logs may hold this type; they never hold the number.
impl fmt::Debug for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sim { .. } => "Sim(hidden)",
            Self::VneId => "VneId",
        })
    }
}

/// What is signed, letter by letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement(pub String);

/// Logs may hold this type; it names the person.
impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Statement(hidden)")
    }
}

impl Statement {
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// What the province is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The Idempotency-Key, a UUIDv7.
    pub key: Uuid,
    pub by: By,
    pub signer: CitizenId,
    pub statement: Statement,
}

/// A signing as this kiosk knows it, while its visit lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    pub asking: Asking,
    pub state: State,
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The province may have the question or not.
    Asked,
    /// `cho-ky`: the telephone asks.
    Waiting(Request),
    /// `da-ky`.
    Signed { transaction: String, at: Timestamp },
    /// `tu-choi`: the person said no on the telephone.
    Refused,
    /// `het-han`.
    TooLate,
    /// The province does not ask a telephone for it.
    NotNow(WhyNot),
}

/// What the telephone shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Mã giao dịch ký.
    pub transaction: String,
    /// Mã đối chiếu: the same digits on the kiosk and on the telephone.
    pub compare: String,
    pub expires_at: Timestamp,
}

/// Why there is no signing from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// Not in this way for this person: they have no such key.
    NotOffered,
    /// The province takes none just now, or said no for another reason.
    NotTaken,
}

/// What the province says of a signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub request: Request,
    /// Of the statement, as the province has it.
    pub statement_sha256: [u8; 32],
    pub word: Word,
}

/// TrangThai, as the contract writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Waiting,
    Signed { at: Timestamp },
    Refused,
    TooLate,
}

/// An answer that is not of this signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is of another signing, or of other words")]
pub struct AnotherSigning;

impl Signing {
    pub fn asked(asking: Asking) -> Self {
        Self {
            asking,
            state: State::Asked,
        }
    }

    /// What the province's answer makes of it.
    ///
    /// # Errors
    /// It is of another transaction, or of another statement: it says nothing of this one.
    pub fn heard(self, told: Told) -> Result<Self, AnotherSigning> {
        let known = self.transaction();
        if known.is_some_and(|known| known != told.request.transaction)
            || told.statement_sha256 != self.asking.statement.sha256()
        {
            return Err(AnotherSigning);
        }
        let Told { request, word, .. } = told;
        let state = match self.state {
            ended @ (State::Signed { .. } | State::Refused | State::TooLate | State::NotNow(_)) => ended,
            State::Asked | State::Waiting(_) => match word {
                Word::Waiting => State::Waiting(request),
                Word::Signed { at } => State::Signed {
                    transaction: request.transaction,
                    at,
                },
                Word::Refused => State::Refused,
                Word::TooLate => State::TooLate,
            },
        };
        Ok(Self { state, ..self })
    }

    /// The province does not begin it. What it has begun it cannot decline any more.
    pub fn declined(self, why: WhyNot) -> Self {
        match self.state {
            State::Asked => Self {
                state: State::NotNow(why),
                ..self
            },
            State::Waiting(_) | State::Signed { .. } | State::Refused | State::TooLate | State::NotNow(_) => self,
        }
    }

    /// Whether the province is still to be asked.
    pub fn is_pending(&self) -> bool {
        match self.state {
            State::Asked | State::Waiting(_) => true,
            State::Signed { .. } | State::Refused | State::TooLate | State::NotNow(_) => false,
        }
    }

    pub fn transaction(&self) -> Option<&str> {
        match &self.state {
            State::Waiting(request) => Some(&request.transaction),
            State::Signed { transaction, .. } => Some(transaction),
            State::Asked | State::Refused | State::TooLate | State::NotNow(_) => None,
        }
    }

    /// What goes into the draft, once it is signed.
    pub fn signature(&self) -> Option<RemoteSignature> {
        match &self.state {
            State::Signed { transaction, at } => Some(RemoteSignature {
                key: self.asking.key,
                transaction: transaction.clone(),
                statement: self.asking.statement.0.clone(),
                signed_at: *at,
            }),
            State::Asked | State::Waiting(_) | State::Refused | State::TooLate | State::NotNow(_) => None,
        }
    }
}

impl State {
    /// One word for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Waiting(_) => "waiting",
            Self::Signed { .. } => "signed",
            Self::Refused => "refused",
            Self::TooLate => "too-late",
            Self::NotNow(WhyNot::NotOffered) => "not-offered",
            Self::NotNow(WhyNot::NotTaken) => "not-taken",
        }
    }
}

#[cfg(test)]
mod tests;
