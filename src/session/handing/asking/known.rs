//! What is known before it is asked. It is shown, and stands only when the person says that it is right.

use crate::dossier::Draft;
use crate::form::{Answer, Question, Source};
use crate::session::Held;

/// Personal: its `Debug` shows nothing of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub answer: Answer,
    pub from: KnownFrom,
    pub held: Held,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownFrom {
    Card,
    Answer,
    Province,
}

impl Known {
    /// What is known for this question, if anything is.
    pub fn of(question: &Question, draft: &Draft) -> Option<Self> {
        let answer = draft.form().known(question, &draft.citizen)?;
        let from = match question.prefill.as_ref()?.from {
            Source::Card(_) => KnownFrom::Card,
            Source::Answer(_) => KnownFrom::Answer,
            Source::Province(_) => KnownFrom::Province,
        };
        Some(Self {
            answer,
            from,
            held: Held::Masked,
        })
    }
}
