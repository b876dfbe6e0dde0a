//! Which questions are asked, given the answers so far.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Answer, AnswerFault, Question, check};

/// The questions of a procedure and what was answered. An answer to a question that is no longer asked counts for
/// nothing.
pub struct Form<'a> {
    asked: Vec<(usize, &'a Question)>,
    answers: BTreeMap<&'a str, &'a Answer>,
}

impl<'a> Form<'a> {
    /// Questions in their order, answers by question id.
    pub fn new(questions: &'a [Question], answers: &'a BTreeMap<String, Answer>) -> Self {
        let mut form = Self {
            asked: Vec::with_capacity(questions.len()),
            answers: BTreeMap::new(),
        };
        for (index, question) in questions.iter().enumerate() {
            if question.when.as_ref().is_none_or(|when| when.holds(&form.answers)) {
                form.asked.push((index, question));
                if let Some(answer) = answers.get(&question.id) {
                    form.answers.insert(&question.id, answer);
                }
            }
        }
        form
    }

    /// The questions that are asked, with their places among all.
    pub fn asked(&self) -> impl DoubleEndedIterator<Item = (usize, &'a Question)> + ExactSizeIterator {
        self.asked.iter().copied()
    }

    pub fn is_asked(&self, id: &str) -> bool {
        self.asked.iter().any(|(_, question)| question.id == id)
    }

    /// The place of the first question that is asked.
    pub fn first(&self) -> Option<usize> {
        self.asked.first().map(|(index, _)| *index)
    }

    /// The place of the question that is asked after the one at `index`.
    pub fn next_after(&self, index: usize) -> Option<usize> {
        self.asked().map(|(at, _)| at).find(|at| *at > index)
    }

    /// The place of the question that is asked before the one at `index`.
    pub fn last_before(&self, index: usize) -> Option<usize> {
        self.asked().map(|(at, _)| at).rfind(|at| *at < index)
    }

    /// What counts, by question id.
    pub fn answers(&self) -> &BTreeMap<&'a str, &'a Answer> {
        &self.answers
    }

    /// Every question that lacks an answer that can stand on `today`, in order, each with what is wrong.
    pub fn faults(&self, today: Date) -> Vec<(&'a Question, AnswerFault)> {
        self.asked()
            .filter_map(|(_, question)| {
                let fault = match self.answers.get(question.id.as_str()) {
                    Some(answer) => check(question, answer, today).err(),
                    None => (!question.optional).then_some(AnswerFault::Empty),
                };
                fault.map(|fault| (question, fault))
            })
            .collect()
    }
}
