//! Whether a procedure can be walked to its end. One that cannot is not offered.

use super::{PAGES_MAX, PageCount, Procedure};
use crate::form::{Choice, PersonWants, QuestionKind};

const PAPERS_MAX: usize = 30;
const QUESTIONS_MAX: usize = 40;
/// Six choices are what fits on a page with targets of 20 mm.
const CHOICES_MAX: usize = 6;
const DIGITS_MAX: u8 = 20;
/// A line that is typed on glass.
const LETTERS_MAX: u16 = 400;
/// A thousand thousand million: more than any enterprise of a province declares.
const DONG_MAX: u64 = 1_000_000_000_000_000;
const PEOPLE_MAX: u8 = 20;

/// Why a procedure of the province's catalogue cannot be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureFault {
    #[error("More than {PAPERS_MAX} papers or {QUESTIONS_MAX} questions")]
    TooMuch,
    #[error("Two papers have one code")]
    SamePaperTwice,
    #[error("A paper wants no page, or more than {PAGES_MAX}")]
    ImpossiblePages,
    #[error("Two questions have one id")]
    SameQuestionTwice,
    #[error("A paper stands for others, and there are none")]
    GroupOfOne,
    #[error("It begins to hold after it has ended")]
    NeverValid,
    #[error("A question has no possible answer, or more than {CHOICES_MAX} choices")]
    ImpossibleQuestion,
}

fn can_be_answered(kind: &QuestionKind) -> bool {
    let some_of = |choices: &[Choice]| {
        (1..=CHOICES_MAX).contains(&choices.len()) && !has_twin(choices.iter().map(|choice| choice.id.as_str()))
    };
    let relations = |wants: &PersonWants| wants.relations.is_empty() || some_of(&wants.relations);
    match kind {
        QuestionKind::Choice { choices } => some_of(choices),
        QuestionKind::Many {
            choices,
            at_least,
            at_most,
        } => some_of(choices) && 1 <= *at_most && at_least <= at_most && usize::from(*at_most) <= choices.len(),
        QuestionKind::Text { letters_max } => (1..=LETTERS_MAX).contains(letters_max),
        QuestionKind::Number { digits_min, digits_max } => {
            1 <= *digits_min && digits_min <= digits_max && *digits_max <= DIGITS_MAX
        }
        QuestionKind::Money { dong_min, dong_max } => dong_min <= dong_max && *dong_max <= DONG_MAX,
        QuestionKind::Date { earliest, latest, .. } => match (earliest, latest) {
            (Some(earliest), Some(latest)) => earliest.may_precede(*latest),
            (None, _) | (_, None) => true,
        },
        QuestionKind::Person(wants) => relations(wants),
        QuestionKind::People {
            at_least,
            at_most,
            wants,
        } => relations(wants) && 1 <= *at_most && at_least <= at_most && *at_most <= PEOPLE_MAX,
        QuestionKind::Phone | QuestionKind::Address | QuestionKind::YesNo => true,
    }
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
        if self.papers.len() > PAPERS_MAX || self.questions.len() > QUESTIONS_MAX {
            return Err(ProcedureFault::TooMuch);
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
        if has_twin(self.questions.iter().map(|question| question.id.as_str())) {
            return Err(ProcedureFault::SameQuestionTwice);
        }
        if self.questions.iter().any(|question| !can_be_answered(&question.kind)) {
            return Err(ProcedureFault::ImpossibleQuestion);
        }
        Ok(())
    }
}
