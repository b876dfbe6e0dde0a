//! What the province offers, as the loop needs it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::procedure::{Catalogue, Procedure, ProcedureCode};
use crate::ticket::Day;

/// What the province offers, and what of it holds today.
#[derive(Clone)]
pub struct Offer {
    pub all: Arc<Catalogue>,
    day: Day,
    pub today: Arc<Catalogue>,
}

impl Offer {
    pub fn of(all: Arc<Catalogue>, now: Timestamp) -> Self {
        let day = Day::in_vietnam(now);
        Self {
            today: Arc::new(all.on(day.date())),
            all,
            day,
        }
    }

    /// As it holds today, or as it held or will hold.
    pub fn procedure(&self, code: &ProcedureCode) -> Option<&Arc<Procedure>> {
        self.today.procedure(code).or_else(|| self.all.procedure(code))
    }

    /// Another day may have begun, on which other versions hold.
    pub fn renew(&mut self, now: Timestamp) {
        if self.day != Day::in_vietnam(now) {
            *self = Self::of(Arc::clone(&self.all), now);
        }
    }
}
