//! The outbox's rows: what is owed to the province.

use jiff::Timestamp;
use uuid::Uuid;

use crate::store::dossiers::{Receipt, Stage};
use crate::store::{Store, StoreError};

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub dossier: Uuid,
    pub slip_number: String,
    pub procedure: String,
    pub request_key: Uuid,
    pub attempts: u32,
    pub due_at: Timestamp,
    pub sealed_at: Timestamp,
    /// All its files together, in bytes.
    pub bytes: u64,
    pub stage: Stage,
    /// The province's words, when it refused.
    pub words: Option<String>,
}

impl Store {
    /// What may be tried now, oldest first.
    pub fn due(&mut self, now: Timestamp) -> Result<Vec<Owed>, StoreError> { todo!() }
    pub fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> { todo!() }
    /// What waits or is with staff, for the staff page, oldest first.
    pub fn owed(&mut self) -> Result<Vec<Owed>, StoreError> { todo!() }
    /// Counts an attempt before it is made. Returns its number, from 1.
    pub fn attempt_begins(&mut self, dossier: Uuid) -> Result<u32, StoreError> { todo!() }
    pub fn later(&mut self, dossier: Uuid, due_at: Timestamp) -> Result<(), StoreError> { todo!() }
    /// The network is back: everything that waits is due.
    pub fn all_due(&mut self, now: Timestamp) -> Result<(), StoreError> { todo!() }
    pub fn received(&mut self, dossier: Uuid, receipt: &Receipt, now: Timestamp) -> Result<(), StoreError> { todo!() }
    pub fn refused(&mut self, dossier: Uuid, words: &str) -> Result<(), StoreError> { todo!() }
    /// Staff send a refused dossier again, under its key.
    pub fn send_again(&mut self, dossier: Uuid, now: Timestamp) -> Result<(), StoreError> { todo!() }
    /// Staff settled a refused dossier with the person.
    pub fn close_by_staff(&mut self, dossier: Uuid, now: Timestamp) -> Result<(), StoreError> { todo!() }
    pub fn keep_upload_url(&mut self, file: Uuid, url: &str) -> Result<(), StoreError> { todo!() }
    pub fn forget_upload_url(&mut self, file: Uuid) -> Result<(), StoreError> { todo!() }
}
