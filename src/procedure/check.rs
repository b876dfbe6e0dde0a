//! Whether a procedure can be walked to its end. One that cannot is not offered.

use super::{PAGES_MAX, PageCount, Procedure};
use crate::form::{self, FormFault};

const PAPERS_MAX: usize = 30;

/// Why a procedure of the province's catalogue cannot be offered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureFault {
    #[error("More than {PAPERS_MAX} papers")]
    TooManyPapers,
    #[error("Two papers have one code")]
    SamePaperTwice,
    #[error("A paper wants no page, or more than {PAGES_MAX}")]
    ImpossiblePages,
    #[error("A paper stands for others, and there are none")]
    GroupOfOne,
    #[error("It begins to hold after it has ended")]
    NeverValid,
    #[error(transparent)]
    Form(#[from] FormFault),
}

fn has_twin<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

impl Procedure {
    /// Whether a visit can be walked to its end with this procedure.
    ///
    /// # Errors
    /// What the province must mend in its catalogue, for the log and for staff.
    pub fn check(&self) -> Result<(), ProcedureFault> {
        if self.papers.len() > PAPERS_MAX {
            return Err(ProcedureFault::TooManyPapers);
        }
        if has_twin(self.papers.iter().map(|paper| paper.code.as_str())) {
            return Err(ProcedureFault::SamePaperTwice);
        }
        if self
            .papers
            .iter()
            .any(|paper| matches!(paper.pages, PageCount::Exactly(n) if n == 0 || n > PAGES_MAX))
        {
            return Err(ProcedureFault::ImpossiblePages);
        }
        if self.papers.iter().any(|paper| {
            let group = paper.condition.group();
            group.is_some()
                && !self
                    .papers
                    .iter()
                    .any(|other| other.code != paper.code && other.condition.group() == group)
        }) {
            return Err(ProcedureFault::GroupOfOne);
        }
        if self
            .valid
            .from
            .zip(self.valid.until)
            .is_some_and(|(from, until)| from > until)
        {
            return Err(ProcedureFault::NeverValid);
        }
        form::prove(&self.questions)?;
        Ok(())
    }
}
