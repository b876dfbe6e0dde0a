//! The province: the service upstream that takes in dossiers, as the kiosk sees it.
//!
//! [`Province`] is the one trait behind which it stands; [`HttpProvince`] speaks the open contract
//! (`tests/province/openapi.yaml`): dossiers created once per `Idempotency-Key`, files by tus 1.0,
//! then a hand-over that gives the dossier its code. Every question ends in an [`Answer`]: received,
//! later, or refused in the province's words. What is unclear is "later", and is sent again; sending
//! again is harmless, because the province knows each dossier by its key.
//!
//! This module keeps nothing and waits for nothing: how long to wait, and what is still owed, is the
//! outbox's. A province that speaks the national exchange instead is a second tongue of the same client
//! (`national.rs`). Citizens' papers go to the configured origin, in the second tongue to the configured store
//! of files, and to no other, whatever a server says. It logs no words of an answer and nothing of a package but its key. Only `wire.rs` knows
//! the province's JSON.

mod appointments;
mod asides;
mod client;
mod exchange;
mod following;
mod national;
mod package;
mod payments;
mod satisfaction;
mod signings;
mod tus;
mod wire;

use std::{io, time::Duration};

use jiff::Timestamp;

pub use self::{
    appointments::Form01,
    asides::{AsideAt, FETCH_BYTES_MAX, WhyDropped},
    client::{Connection, ConnectionError, HttpProvince, Patience},
    following::{Asker, TheirDossier},
    national::{Ability, NationalPeer, PROCEDURES_MAX as NATIONAL_PROCEDURES_MAX},
    package::{
        Applicant, ApplicantKind, Channel, CodeOnPage, Consent, Digitised, FileToSend, Package, ScannedPaper, Submitter,
    },
    payments::Payments,
    signings::{Begun, Signings, statement},
};
use crate::dossier::Act;
use crate::payment::FeeStands;
use crate::procedure::{Catalogue, PartCode, ProcedureCode};

/// The provincial service.
pub trait Province: Send + Sync {
    /// What the province offers, unless it is still what `etag` stands for.
    fn catalogue(&self, etag: Option<&str>) -> impl Future<Output = Answer<CatalogueNews>> + Send;

    /// Hands in what the package's act says: a dossier, a supplement, a withdrawal. Creates it, brings its files, hands it over. May be called again and again
    /// with the same package, also after a restart; what is there already is not sent twice.
    fn hand_in(
        &self,
        package: &Package,
        files: &dyn FileSource,
        ledger: &mut dyn Ledger,
    ) -> impl Future<Output = Answer<Receipt>> + Send;

    /// How a dossier stands, by its code or the kiosk's slip number; `None` if the province does not
    /// know it (yet).
    fn state(&self, code_or_slip: &str) -> impl Future<Output = Answer<Option<DossierState>>> + Send;
}

/// How the province answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    Received(T),
    /// Ask again: nothing is decided. `wait` is what the province asked for, at most an hour.
    Later {
        wait: Option<Duration>,
        why: Later,
    },
    /// The province says no. For staff, in its own words: plain text of at most 500 characters.
    Refused {
        words: String,
    },
}

/// Why nothing is decided yet. For the log and for the technician; holds nothing personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Later {
    #[error("No connection to the province")]
    Unreachable,
    #[error("The other side is not the province, or does not know this kiosk (TLS)")]
    Untrusted,
    #[error("The connection broke")]
    Broken,
    #[error("No progress for too long")]
    TooSlow,
    #[error("The province is busy (status {status})")]
    Busy { status: u16 },
    /// HTML from a captive portal, no JSON, missing fields, a status out of place, too many bytes.
    #[error("The answer is not the province's (status {status})")]
    Unclear { status: u16 },
    /// A redirect, or an upload address on another origin: not followed.
    #[error("The province pointed to another place")]
    Elsewhere,
    #[error("The province takes no more bytes of a file")]
    Stuck,
    #[error("Others wait, and this one has had its turn")]
    TurnOver,
    #[error("Our own pages cannot be read")]
    PagesUnreadable,
    #[error("Our own store cannot be written")]
    LedgerBroken,
}

/// What came of asking for the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogueNews {
    NotModified,
    Fresh {
        etag: Option<String>,
        catalogue: Catalogue,
    },
    /// A form in it cannot be walked to its end: nothing of it is used.
    Faulty {
        /// The procedure, the question and what is wrong, for the log.
        place: String,
    },
}

/// The province has the dossier, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Mã hồ sơ, which only the province gives out.
    pub code: String,
    pub received_at: Option<Timestamp>,
    pub status: DossierStatus,
    /// Ngày hẹn trả; often known only after an official has accepted the dossier.
    pub due_at: Option<Timestamp>,
}

/// Trạng thái hồ sơ, as the national exchange counts them from 1 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DossierStatus {
    /// 1, mới đăng ký.
    New,
    /// 2, được tiếp nhận.
    Accepted,
    /// 3, không được tiếp nhận.
    NotAccepted,
    /// 4, đang xử lý.
    InWork,
    /// 5, yêu cầu bổ sung giấy tờ.
    MoreWanted,
    /// 6, yêu cầu thực hiện nghĩa vụ tài chính.
    PaymentWanted,
    /// 7, công dân yêu cầu rút hồ sơ.
    Withdrawn,
    /// 8, dừng xử lý.
    Stopped,
    /// 9, đã xử lý xong.
    Done,
    /// 10, đã trả kết quả.
    Returned,
}

/// How a dossier stands at the province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DossierState {
    pub code: Option<String>,
    pub procedure_name: String,
    pub procedure_code: Option<ProcedureCode>,
    pub status: DossierStatus,
    pub handed_in_at: Option<Timestamp>,
    pub received_at: Option<Timestamp>,
    pub due_at: Option<Timestamp>,
    /// Who decides, in Vietnamese; empty if it is not told.
    pub agency: String,
    /// The papers that are wanted, while they are.
    pub wanted: Vec<WantedPaper>,
    /// Until when they are.
    pub wanted_until: Option<Timestamp>,
    pub fee: FeeStands,
    /// Oldest first.
    pub steps: Vec<Step>,
}

/// A paper that the province asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedPaper {
    pub part: PartCode,
    pub title: String,
    /// Plain text, often empty.
    pub why: String,
}

/// A station on the way of a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub status: DossierStatus,
    pub at: Timestamp,
    /// What the official wrote, in Vietnamese; often empty.
    pub note: String,
    /// The office that did it; often empty.
    pub office: String,
}

/// The files of one package. They are encrypted on disk and decrypted piece by piece.
pub trait FileSource: Send + Sync {
    /// `length` bytes of file number `file` of the package, from `offset` on. It may block as long as
    /// a disk does; a piece is at most 64 KiB.
    ///
    /// # Errors
    /// If they cannot be read, or there are fewer.
    fn read(&self, file: usize, offset: u64, length: usize) -> io::Result<Vec<u8>>;

    /// Whether others should go before the rest of these: asked between two requests, and answered with
    /// [`Later::TurnOver`].
    fn turn_is_over(&self) -> bool {
        false
    }
}

/// Where the uploads of one package have got to. It must outlive a power cut: an upload whose
/// address is forgotten begins again.
pub trait Ledger: Send {
    /// # Errors
    /// If the store cannot be read.
    fn upload_url(&mut self, file: usize) -> io::Result<Option<String>>;

    /// Returns once it is committed: no byte of the file is sent before.
    ///
    /// # Errors
    /// If the store cannot be written.
    fn keep_upload_url(&mut self, file: usize, url: &str) -> io::Result<()>;

    /// # Errors
    /// If the store cannot be written.
    fn forget_upload_url(&mut self, file: usize) -> io::Result<()>;
}

/// An answer that is not "received", on its way up.
#[derive(Debug)]
enum No {
    Later { wait: Option<Duration>, why: Later },
    Refused { words: String },
}

impl From<Later> for No {
    fn from(why: Later) -> Self {
        Self::Later { wait: None, why }
    }
}

impl<T> From<Result<T, No>> for Answer<T> {
    fn from(result: Result<T, No>) -> Self {
        match result {
            Ok(value) => Self::Received(value),
            Err(No::Later { wait, why }) => Self::Later { wait, why },
            Err(No::Refused { words }) => Self::Refused { words },
        }
    }
}

#[cfg(test)]
mod tests;
