//! Drafts: what a person has answered and scanned so far, kept so that a crash does not send them back to the start.
//!
//! A draft has its key from its first answer. It ends as a dossier or is forgotten; there is no third way.

use jiff::Timestamp;
use uuid::Uuid;

use crate::store::secrets::Plain;
use crate::store::{Store, StoreError};

/// A draft left by a kiosk that died may be taken up again for so long, in seconds. After that, and whenever the
/// clock cannot say how old it is, it is forgotten: the next person at the screen is someone else.
pub const DRAFT_KEPT_SECS_MAX: i64 = 600;

/// Answers so far. The caller chooses the id when the visit comes to a procedure.
pub struct DraftRow {
    pub id: Uuid,
    /// The procedure's code. Not secret.
    pub procedure: String,
    /// Sealed before it is written.
    pub answers: Plain,
}

/// A scanned page that is kept.
pub struct PageInfo {
    pub id: Uuid,
    pub part: String,
    /// Pages of a part, from 0.
    pub ordinal: u32,
    /// The length of the picture, in bytes.
    pub bytes: u64,
    pub meta: Plain,
}

impl Store {
    /// Keeps the answers; the first time also makes the draft's key.
    pub fn save_draft(&mut self, draft: &DraftRow, now: Timestamp) -> Result<(), StoreError> { todo!() }
    pub fn load_draft(&mut self, id: Uuid) -> Result<DraftRow, StoreError> { todo!() }
    /// Keeps one page of a saved draft. It is on the disk, sealed, when this returns.
    pub fn add_page(&mut self, draft: Uuid, part: &str, picture: &[u8], meta: &[u8]) -> Result<PageInfo, StoreError> { todo!() }
    pub fn pages(&mut self, draft: Uuid) -> Result<Vec<PageInfo>, StoreError> { todo!() }
    pub fn page(&mut self, page: Uuid) -> Result<Plain, StoreError> { todo!() }
    pub fn drop_page(&mut self, page: Uuid) -> Result<(), StoreError> { todo!() }
    pub fn drop_pages(&mut self, draft: Uuid, part: &str) -> Result<(), StoreError> { todo!() }
    /// Forgets a draft: its key is destroyed.
    pub fn discard_draft(&mut self, id: Uuid) -> Result<(), StoreError> { todo!() }
    /// Forgets all drafts but `keep` and those younger than [`DRAFT_KEPT_SECS_MAX`]. Returns how many.
    pub fn forget_stale_drafts(&mut self, keep: Option<Uuid>, now: Timestamp) -> Result<u32, StoreError> { todo!() }
    /// The youngest draft that may be taken up again.
    pub fn resumable_draft(&mut self, now: Timestamp) -> Result<Option<Uuid>, StoreError> { todo!() }
}
