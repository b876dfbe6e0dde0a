//! What works, and so what may be offered. A door that cannot be served is shut before anybody
//! chooses it, and says why.

use hardware::card::CardFault;
use hardware::code::CodeFault;
use hardware::page_printer::PagePrinterFault;
use hardware::panel::PanelFault;
use hardware::printer::PrinterFault;
use hardware::scanner::ScannerFault;
use serde::Serialize;

use crate::node::{Parted, Standing};
use crate::procedure::Procedure;
use crate::reading::NotRead;
use crate::session::{Around, Door};

/// One device or service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "fault", rename_all = "kebab-case")]
pub enum Status<F> {
    /// This kiosk has none.
    Absent,
    /// Not heard of yet.
    Starting,
    Works,
    Faulty(F),
}

impl<F> Status<F> {
    pub fn works(&self) -> bool {
        matches!(self, Self::Works)
    }
}

/// The roll of the slip printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Roll {
    Enough,
    NearEnd,
}

/// The way to the province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    Unknown,
    Up,
    Down,
}

/// The log that the kiosks of a centre share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "why", rename_all = "kebab-case")]
pub enum HallLink {
    /// This kiosk is the whole hall.
    Alone,
    Together,
    /// Leased numbers are given.
    Apart(Parted),
}

impl From<Standing> for HallLink {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Alone => Self::Alone,
            Standing::Together => Self::Together,
            Standing::Apart { why, .. } => Self::Apart(why),
        }
    }
}

/// The kiosk's own memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct StoreHealth {
    pub free_bytes: u64,
    pub room_for_numbers: bool,
    pub room_for_scans: bool,
    /// For staff: a damaged database was moved aside, and where.
    pub notice: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Health {
    pub printer: Status<PrinterFault>,
    pub roll: Roll,
    pub page_printer: Status<PagePrinterFault>,
    pub code_scanner: Status<CodeFault>,
    pub card_reader: Status<CardFault>,
    pub scanner: Status<ScannerFault>,
    pub panel: Status<PanelFault>,
    pub voice: Status<Mute>,
    /// Words and codes on pages. Nobody waits for them.
    pub page_reading: Status<NotRead>,
    pub store: StoreHealth,
    pub province: Link,
    pub hall: HallLink,
}

/// Why the kiosk cannot speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mute {
    NoVoice,
}

/// Why a door is shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    CodeScanner,
    Scanner,
    Disk,
    NoSeries,
    NoProcedures,
}

impl Health {
    /// Why a door cannot be served now, if it cannot.
    ///
    /// A number needs no paper: it is shown large, so a printer in trouble does not shut its door.
    pub fn shut(&self, door: Door, around: &Around) -> Option<Shut> {
        match door {
            Door::Number if !self.store.room_for_numbers => Some(Shut::Disk),
            Door::Number if !around.series.iter().any(|series| series.open) => Some(Shut::NoSeries),
            Door::HandIn if around.catalogue.is_empty() => Some(Shut::NoProcedures),
            Door::HandIn => self.shut_for_dossiers(),
            Door::Number | Door::Follow | Door::Rate => None,
        }
    }

    fn shut_for_dossiers(&self) -> Option<Shut> {
        if !self.code_scanner.works() {
            return Some(Shut::CodeScanner);
        }
        if !self.store.room_for_scans {
            return Some(Shut::Disk);
        }
        // An empty feeder is for the citizen to fill; the others need a hand first.
        match self.scanner {
            Status::Works | Status::Faulty(ScannerFault::Empty | ScannerFault::Torn | ScannerFault::Busy) => None,
            Status::Absent
            | Status::Starting
            | Status::Faulty(
                ScannerFault::Unplugged
                | ScannerFault::Jammed
                | ScannerFault::CoverOpen
                | ScannerFault::Hung
                | ScannerFault::Crashed
                | ScannerFault::NoRoom
                | ScannerFault::Broken,
            ) => Some(Shut::Scanner),
        }
    }

    /// Whether this procedure can be handed in here and now.
    pub fn can_begin(&self, procedure: &Procedure) -> bool {
        procedure.level != crate::procedure::ServiceLevel::CounterOnly
            && procedure.elsewhere.is_none()
            && self.shut_for_dossiers().is_none()
    }
}
