//! Small records: the catalogue, ratings, the staff's audit, notices.

use jiff::Timestamp;

use crate::store::{Store, StoreError};

/// The province's catalogue as it was last read.
pub struct Catalogue {
    pub etag: String,
    pub body: Vec<u8>,
    pub kept_at: Timestamp,
}

/// Something staff must see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: i64,
    pub at: Timestamp,
    pub what: String,
}

impl Store {
    pub fn keep_catalogue(&mut self, etag: &str, body: &[u8], now: Timestamp) -> Result<(), StoreError> { todo!() }
    pub fn catalogue(&mut self) -> Result<Option<Catalogue>, StoreError> { todo!() }
    /// Counts a rating from 1 to 5. Nothing says whose.
    pub fn rate(&mut self, score: u8, now: Timestamp) -> Result<(), StoreError> { todo!() }
    pub fn audit(&mut self, now: Timestamp, what: &str) -> Result<(), StoreError> { todo!() }
    pub fn notice(&mut self, now: Timestamp, what: &str) -> Result<(), StoreError> { todo!() }
    pub fn notices(&mut self) -> Result<Vec<Notice>, StoreError> { todo!() }
    pub fn clear_notice(&mut self, id: i64) -> Result<(), StoreError> { todo!() }
}
