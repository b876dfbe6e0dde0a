//! When a question is asked: by what was answered before it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answer, YesNo};

/// A condition over earlier answers. What was not asked, or not answered, fulfils none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// One of these was chosen; of a question with many choices, any of them.
    Chosen {
        question: String,
        of: Vec<String>,
    },
    Said {
        question: String,
        answer: YesNo,
    },
    /// All of these.
    All(Vec<When>),
    /// One of these or more.
    Any(Vec<When>),
    Not(Box<When>),
}

impl When {
    /// Whether it holds of these answers, by question id. Answers to questions that are no longer asked must not be
    /// among them: [`Form`](super::Form) sees to it.
    pub fn holds(&self, answers: &BTreeMap<&str, &Answer>) -> bool {
        match self {
            Self::Chosen { question, of } => match answers.get(question.as_str()) {
                Some(Answer::Choice(id)) => of.contains(id),
                Some(Answer::Many(ids)) => ids.iter().any(|id| of.contains(id)),
                Some(
                    Answer::Text(_)
                    | Answer::Number(_)
                    | Answer::Money(_)
                    | Answer::Date(_)
                    | Answer::Phone(_)
                    | Answer::Person(_)
                    | Answer::Address(_)
                    | Answer::People(_)
                    | Answer::YesNo(_),
                )
                | None => false,
            },
            Self::Said { question, answer } => answers.get(question.as_str()).copied() == Some(&Answer::YesNo(*answer)),
            Self::All(parts) => parts.iter().all(|part| part.holds(answers)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(answers)),
            Self::Not(part) => !part.holds(answers),
        }
    }

    /// The questions it speaks of, some perhaps twice.
    pub fn questions(&self) -> Vec<&str> {
        match self {
            Self::Chosen { question, .. } | Self::Said { question, .. } => vec![question],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::questions).collect(),
            Self::Not(part) => part.questions(),
        }
    }

    /// How many conditions stand inside one another.
    pub(super) fn depth(&self) -> usize {
        match self {
            Self::Chosen { .. } | Self::Said { .. } => 1,
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(part) => 1 + part.depth(),
        }
    }
}
