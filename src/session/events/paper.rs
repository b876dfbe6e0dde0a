//! What becomes of the paper of a visit.

use hardware::printer::PrinterFault;
use serde::{Deserialize, Serialize};

/// What is known of the paper of this visit's slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperNews {
    Coming {
        copy: Copy,
    },
    Out {
        copy: Copy,
    },
    /// A fault holds it; it comes by itself when mended.
    Held(PrinterFault),
    /// It may have come out; nobody can tell.
    Unsure,
    /// On A4, at the page printer.
    Pages {
        at: PagePlace,
        out: bool,
    },
}

/// Where the page printer stands, seen from the kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PagePlace {
    /// In the kiosk's own housing.
    Inside,
    Beside,
    /// At the desk of those who guide.
    Desk,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    First,
    Copy,
}
