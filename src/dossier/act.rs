//! What is handed in: a dossier, a mended one, or something to a dossier that the province has.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a draft will be once it is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// A new dossier.
    #[default]
    HandIn,
    /// One that the province refused, mended. The refused one is closed in the moment this is kept.
    Revision {
        /// From 2.
        number: u32,
        /// The refused one, in this kiosk's store.
        dossier: Uuid,
        /// The key under which it was sent.
        replaces: Uuid,
    },
    /// Papers that the province asked for (bổ sung giấy tờ).
    Supplement { code: String, shown: ShownCard },
    /// Rút hồ sơ.
    Withdrawal {
        code: String,
        shown: ShownCard,
        /// Nobody has to say one.
        reason: Option<WithdrawReason>,
    },
}

/// How the person was known who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCard {
    pub how: ShownHow,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownHow {
    /// The front of the card alone.
    Front,
    /// Its chip was read, and what it signed is genuine.
    Chip,
}

/// Why a dossier is withdrawn: one of these, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithdrawReason {
    ChangedMind,
    ByMistake,
    PapersLacking,
    DoneElsewhere,
    Other,
}

/// What an act is, without what it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActKind {
    #[default]
    Dossier,
    Supplement,
    Withdrawal,
}

impl Act {
    pub fn kind(&self) -> ActKind {
        match self {
            Self::HandIn | Self::Revision { .. } => ActKind::Dossier,
            Self::Supplement { .. } => ActKind::Supplement,
            Self::Withdrawal { .. } => ActKind::Withdrawal,
        }
    }

    /// The code of the dossier that it is about; a dossier has none yet.
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::HandIn | Self::Revision { .. } => None,
            Self::Supplement { code, .. } | Self::Withdrawal { code, .. } => Some(code),
        }
    }
}

impl fmt::Display for ActKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dossier => "dossier",
            Self::Supplement => "supplement",
            Self::Withdrawal => "withdrawal",
        })
    }
}
