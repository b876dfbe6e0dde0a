//! Dossiers: sealed, owed, followed, forgotten.

use jiff::Timestamp;
use uuid::Uuid;

use crate::store::secrets::Plain;
use crate::store::{Store, StoreError};

/// A complete and consented dossier, about to be kept.
pub struct SealedDossier {
    /// The idempotency key: a UUIDv7 made when the dossier is sealed, sent with every try.
    pub key: Uuid,
    /// What the province gets, as the caller serialised it.
    pub fields: Plain,
    pub files: Vec<NewFile>,
}

/// A finished file of a part.
pub struct NewFile {
    pub part: String,
    pub name: String,
    pub bytes: Plain,
}

/// A dossier that is on the disk and owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The dossier's id, the same as its draft's.
    pub id: Uuid,
    /// The kiosk's own number: `K01-261122-0007`.
    pub slip_number: String,
}

/// A file of a dossier.
pub struct FileInfo {
    pub id: Uuid,
    pub part: String,
    pub name: String,
    pub bytes: u64,
    pub sha256: [u8; 32],
    /// Where its upload goes on, if it was begun.
    pub upload_url: Option<String>,
}

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

/// How long what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Personal data of a dossier that was received or closed, in hours.
    pub personal_hours: u32,
    /// Slip number, code and state, for following, in days.
    pub follow_days: u32,
}

impl Store {
    /// Makes a draft a dossier and owes it: dossier, files and outbox in one transaction. The same key again
    /// gives the same answer.
    pub fn seal(&mut self, draft: Uuid, dossier: SealedDossier, now: Timestamp) -> Result<Kept, StoreError> { todo!() }
    pub fn dossier_fields(&mut self, dossier: Uuid) -> Result<Plain, StoreError> { todo!() }
    pub fn dossier_files(&mut self, dossier: Uuid) -> Result<Vec<FileInfo>, StoreError> { todo!() }
    /// By slip number or by the province's code.
    pub fn follow(&mut self, number: &str) -> Result<Option<KnownDossier>, StoreError> { todo!() }
    pub fn remember_state(&mut self, dossier: Uuid, receipt: &Receipt, as_of: Timestamp) -> Result<(), StoreError> { todo!() }
    /// Forgets what its time has come for. Returns how many dossiers lost their personal data.
    pub fn forget_due(&mut self, retention: Retention, now: Timestamp) -> Result<u32, StoreError> { todo!() }
}
