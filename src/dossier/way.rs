//! The way of a dossier that was handed in, as the province tells it to whoever holds the slip. It names nobody, but
//! officials write free words into it: those are shown and never logged, and not kept for the days without a network.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ActKind;
use crate::payment::FeeStands;
use crate::procedure::{PartCode, ProcedureCode};

/// Where a dossier is: with us, or at one of the province's ten stations (TrangThaiHoSo 1–10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayState {
    /// Safe in this kiosk, owed to the province.
    Kept,
    /// Safe in this kiosk; staff have the province's words.
    WithStaff,
    /// Staff settled it with the person; it was not sent.
    Closed,
    /// The province has it.
    New,
    Accepted,
    NotAccepted,
    InWork,
    Supplement,
    Payment,
    Withdrawn,
    Stopped,
    Done,
    HandedOver,
}

impl WayState {
    /// Nothing more will come of it.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Closed | Self::NotAccepted | Self::Withdrawn | Self::HandedOver
        )
    }

    /// Whether the province would still let it go.
    pub fn can_be_withdrawn(self) -> bool {
        matches!(
            self,
            Self::New | Self::Accepted | Self::InWork | Self::Supplement | Self::Payment
        )
    }
}

/// What is known of a dossier that was handed in.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownDossier {
    /// The kiosk's own number; empty if it was handed in elsewhere.
    pub slip_number: String,
    /// The province's code, once it has given one.
    pub code: Option<String>,
    pub procedure: String,
    pub procedure_code: Option<ProcedureCode>,
    pub state: WayState,
    pub as_of: Timestamp,
    pub due: Option<Timestamp>,
    pub news: Freshness,
    pub told: Told,
    pub fee: FeeStands,
    /// When the code of a transfer of its fee was shown here, while nobody has said what became of it.
    pub transfer_shown: Option<Timestamp>,
    /// What to it is kept here and not sent yet: papers, or its withdrawal.
    pub owed: Option<ActKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The province said so just now.
    Today,
    /// The province could not be asked: the last that was heard.
    Last,
}

/// What else the province tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who decides, in Vietnamese; empty if it is not told.
    pub agency: String,
    /// The papers that are wanted, while they are.
    pub wanted: Vec<Wanted>,
    /// Until when they are.
    pub wanted_until: Option<Timestamp>,
    /// Oldest first.
    pub stations: Vec<Station>,
}

/// A paper that the province asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub part: PartCode,
    pub title: String,
    /// An official's words; often empty.
    pub why: String,
}

/// When a dossier came to a state.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Station {
    pub state: WayState,
    pub at: Timestamp,
    /// The office that did it; often empty.
    pub office: String,
    /// An official's words; often empty.
    pub note: String,
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wanted({})", self.part)
    }
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Station({:?}, {})", self.state, self.at)
    }
}

impl Told {
    /// As it may be kept: what officials wrote freely is left out, for it may name a person.
    pub fn without_free_words(mut self) -> Self {
        self.wanted.iter_mut().for_each(|wanted| wanted.why.clear());
        self.stations.iter_mut().for_each(|station| station.note.clear());
        self
    }

    /// Since when there is a result.
    pub fn finished_at(&self) -> Option<Timestamp> {
        let has_result = |station: &&Station| matches!(station.state, WayState::Done | WayState::HandedOver);
        self.stations.iter().find(has_result).map(|station| station.at)
    }

    /// The last that an official wrote, and where.
    pub fn last_note(&self) -> Option<&Station> {
        self.stations.last().filter(|station| !station.note.is_empty())
    }
}

/// A row of the dossiers of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    pub code: String,
    pub procedure: String,
    pub state: WayState,
    pub at: Option<Timestamp>,
}
