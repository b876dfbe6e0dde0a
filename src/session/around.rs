//! What stands around a session while it answers one event: the time, what is offered, what works.
//! Given, never kept.

use std::sync::Arc;

use hardware::card::CardFault;
use hardware::scanner::{ScannerFault, Taken};
use jiff::Timestamp;
use uuid::Uuid;

use crate::form::UnitCode;
use crate::health::{Health, Status};
use crate::procedure::{Catalogue, Words};
use crate::ticket::SeriesLetter;

/// The waits of a visit, in seconds (49 CFR 27.71(k), VVSG 2.0: the warning can be answered without end).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Times {
    /// Quiet seconds before the warning, where nothing is entered.
    pub idle_secs: u32,
    /// The same where data is entered.
    pub idle_entry_secs: u32,
    /// How long the warning stays.
    pub warning_secs: u32,
    /// How long a number stays once its paper is out.
    pub number_secs: u32,
    /// How long "sent" stays once its slip is out.
    pub sent_secs: u32,
    /// How long a hand-in slip waits for the province's code before it is printed without.
    pub code_wait_secs: u32,
}

/// A series of numbers as it stands now.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesAround {
    pub letter: SeriesLetter,
    pub name: Words,
    /// Counters that call it, as printed: "2 và 3".
    pub counters: String,
    pub waiting: u32,
    /// Minutes that somebody who draws now waits, from and to; where they are not known, none are shown.
    pub minutes: Option<(u32, u32)>,
    pub open: bool,
}

/// What stands around the session while it answers one event. Given, never kept.
#[derive(Clone, Debug)]
pub struct Around {
    pub now: Timestamp,
    /// A fresh id for whatever this event begins.
    pub fresh: Uuid,
    pub times: Times,
    pub series: Vec<SeriesAround>,
    pub catalogue: Arc<Catalogue>,
    pub health: Health,
    pub card: CardPlace,
    pub scanner_takes: Taken,
    /// The province in which the kiosk stands, where it was told.
    pub own_province: Option<UnitCode>,
}

impl Around {
    /// Whether the back of a card can be scanned, and its chip prove what it says.
    pub fn scans_backs(&self) -> bool {
        let scans = match self.health.scanner {
            // These are for the citizen to mend, as with paper.
            Status::Works | Status::Faulty(ScannerFault::Empty | ScannerFault::Torn | ScannerFault::Busy) => true,
            Status::Absent | Status::Starting | Status::Faulty(_) => false,
        };
        let proves = match self.health.card_reader {
            // What lies there wrongly can be taken away.
            Status::Works | Status::Faulty(CardFault::TwoCards | CardFault::Held) => true,
            Status::Absent | Status::Starting | Status::Faulty(_) => false,
        };
        self.scanner_takes == Taken::PaperAndCards && scans && proves
    }
}

/// Whether a card lies on the reader. A kiosk without a reader has an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardPlace {
    Empty,
    Lying,
}
