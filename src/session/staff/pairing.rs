//! The code that makes a browser a counter or a board, as staff read it from the kiosk.

use jiff::Timestamp;

use crate::session::Secret;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum PairingView {
    /// No browser reaches this kiosk.
    #[default]
    Impossible,
    /// Nobody has asked for a code, or it was used.
    NoCode,
    /// Behind the PIN alone, and in no log. `until` is when it can be typed no more.
    Code { digits: Secret, until: Timestamp },
}
