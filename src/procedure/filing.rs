//! Who may file a procedure, and how it is signed: what the province's data say of it.

use serde::{Deserialize, Serialize};

use crate::remote::RemoteWays;

use super::{Condition, PageCount, Paper, PaperForm, PartCode, Words};

/// How a procedure is filed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filing {
    pub others: Others,
    pub signature: SignatureWanted,
    /// Where one is wanted from afar.
    pub remote: RemoteWays,
}

/// Whether one may file for somebody else (uỷ quyền, NĐ 118/2025/NĐ-CP).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Others {
    /// Only for oneself.
    #[default]
    No,
    /// With a paper of authorisation.
    Authorised,
    /// With one that was certified.
    Certified,
}

/// What signature a dossier must have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureWanted {
    #[default]
    None,
    /// Drawn on the screen.
    Drawn,
    /// With a key of one's own, on one's telephone; where that fails, drawn on the screen.
    Remote,
}

impl Paper {
    /// The paper of authorisation (giấy uỷ quyền). Each procedure that allows one has it without naming it; it is scanned
    /// like the procedure's own papers.
    pub fn authorisation(others: Others) -> Self {
        let (name, form) = match others {
            Others::Certified => (
                Words::new("Giấy uỷ quyền có chứng thực", "Certified authorisation"),
                PaperForm::Certified,
            ),
            Others::No | Others::Authorised => (Words::new("Giấy uỷ quyền", "Authorisation"), PaperForm::Original),
        };
        Self {
            code: PartCode::authorisation(),
            name,
            hint: None,
            form,
            pages: PageCount::Any,
            required: true,
            condition: Condition::None,
        }
    }
}
