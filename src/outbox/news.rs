//! What the outbox tells.

use jiff::Timestamp;
use uuid::Uuid;

/// What the outbox tells the kiosk. Everything in it is in the store already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The province has the dossier and has given it this code.
    Received {
        dossier: Uuid,
        slip_number: String,
        code: String,
        /// Ngày hẹn trả, where the province has said it already.
        due_at: Option<Timestamp>,
    },
    /// The province refused; its words are in the store for staff.
    Refused { dossier: Uuid, slip_number: String },
    /// The province can be reached, or cannot.
    Link(Link),
}

/// Whether the province can be reached, as far as the last try knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Up,
    Down,
}
