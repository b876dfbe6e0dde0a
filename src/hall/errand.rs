//! What somebody came for, where they found it at a kiosk before they took their number.

use serde::{Deserialize, Serialize};

use super::Hall;
use crate::procedure::ProcedureCode;
use crate::ticket::Label;

/// A procedure: what it is, not whose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    pub procedure: ProcedureCode,
    /// As people call it, in Vietnamese, by the catalogue of the day.
    pub name: String,
}

impl Hall {
    pub(super) fn came_for(&mut self, label: Label, errand: &Errand) {
        self.errands.insert(label, errand.clone());
    }

    /// What is known of why this number's holder came.
    pub fn errand(&self, label: Label) -> Option<&Errand> {
        self.errands.get(&label)
    }
}
