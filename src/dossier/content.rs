//! What a signature from afar is given for: all of a dossier that a person decides, and nothing that they do not.
//!
//! Two drafts of the same content are the same to whoever signs. When it was sealed, under which number and what a
//! machine has read on its pages is not in it.

use std::fmt;

use super::{ConsentGiven, Dossier, Draft, PictureHash};
use crate::citizen::CitizenId;
use crate::form::Answer;
use crate::procedure::{PartCode, ProcedureCode};

/// The content of one dossier. Personal.
#[derive(Clone, PartialEq)]
pub struct Content {
    pub procedure: ProcedureCode,
    /// 0: before there were versions.
    pub version: u32,
    /// In Vietnamese, as in the catalogue.
    pub procedure_name: String,
    /// Who signs: the person at the kiosk.
    pub signer: CitizenId,
    /// The number of the one whose dossier it is.
    pub applicant: CitizenId,
    /// Those that count, by question id.
    pub answers: Vec<(String, Answer)>,
    /// Purpose, and the version of its words, in the order in which they were agreed to.
    pub consents: Vec<(String, String)>,
    /// Each paper with the hashes of its pictures, in the procedure's order.
    pub papers: Vec<(PartCode, Vec<PictureHash>)>,
}

/// Logs may hold this type; they never hold what is in it.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({}, hidden)", self.procedure)
    }
}

impl Draft {
    /// Nothing if a picture is of before hashes were kept: it cannot be named, so it cannot be signed from afar.
    pub fn content(&self, given: &[ConsentGiven]) -> Option<Content> {
        let papers = self.papers().filter(|paper| self.pages_of(&paper.code) > 0);
        let papers = papers.map(|paper| {
            let scans = self.scans.get(&paper.code)?;
            let whole = scans.hashes.len() == scans.images as usize;
            whole.then(|| (paper.code.clone(), scans.hashes.clone()))
        });
        let other = self.on_behalf.as_ref().map(|on_behalf| &on_behalf.of.id);
        Some(Content {
            procedure: self.procedure.code.clone(),
            version: self.procedure.version,
            procedure_name: self.procedure.official().to_owned(),
            signer: self.citizen.id.clone(),
            applicant: other.unwrap_or(&self.citizen.id).clone(),
            answers: self.answers_that_count().into_iter().collect(),
            consents: given
                .iter()
                .map(|given| (given.purpose.clone(), given.version.clone()))
                .collect(),
            papers: papers.collect::<Option<_>>()?,
        })
    }
}

impl Dossier {
    /// As [`Draft::content`].
    pub fn content(&self) -> Option<Content> {
        self.draft.content(&self.consents)
    }
}
