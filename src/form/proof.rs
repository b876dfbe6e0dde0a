//! Whether every path through a form ends: looked at once, when the catalogue is read.
//!
//! Conditions speak of earlier questions only, so a walk through a form always goes on, and each is possible: there
//! are answers under which it holds. That is shown by trying the answers that make a difference, all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use jiff::civil::Date;

use super::check::check_kind;
use super::{
    Answer, AnswerFault, CardPart, Choice, PersonWants, Prefill, Question, QuestionKind, RESERVED, Source, When, YesNo,
};

/// More than that nobody answers at a kiosk.
pub const QUESTIONS_MAX: usize = 40;
/// Six choices are what fits on a page with targets of 20 mm.
pub const CHOICES_MAX: usize = 6;
pub const DIGITS_MAX: u8 = 20;
/// A line that is typed on glass.
pub const LETTERS_MAX: u16 = 400;
/// A million times a thousand million: more than any enterprise of a province declares.
pub const DONG_MAX: u64 = 1_000_000_000_000_000;
pub const PEOPLE_MAX: u8 = 20;
/// Conditions inside conditions.
const DEPTH_MAX: usize = 8;
/// What a condition of one form may need to be proved: five questions of six choices are 7,776.
const STEPS_MAX: usize = 20_000;

/// A question that keeps a form from being used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Question {question}: {what}")]
pub struct FormFault {
    /// Its id.
    pub question: String,
    pub what: QuestionFault,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionFault {
    #[error("it comes after {QUESTIONS_MAX} others")]
    TooMany,
    #[error("another has the same id")]
    Twice,
    #[error("its id begins as those of the kiosk do")]
    Reserved,
    #[error("no answer is possible, or more than {CHOICES_MAX} choices")]
    NoAnswer,
    #[error("it hangs on {0}, which nobody is asked")]
    NoSuchQuestion(String),
    #[error("it hangs on {0}, which is asked later")]
    Forward(String),
    #[error("it hangs on itself by way of {0}")]
    Loop(String),
    #[error("it hangs on a choice that {0} does not have")]
    NoSuchChoice(String),
    #[error("nothing can hang on how {0} is answered")]
    NoCondition(String),
    #[error("its condition can never hold")]
    NeverAsked,
    #[error("its condition is larger than can be proved")]
    TooTangled,
    #[error("what it is filled in with does not fit it")]
    Prefill,
}

/// Shows that every path through these questions ends.
///
/// # Errors
/// The first question that keeps them from it.
pub fn prove(questions: &[Question]) -> Result<(), FormFault> {
    let mut steps_left = STEPS_MAX;
    for (index, question) in questions.iter().enumerate() {
        let fault = |what| FormFault {
            question: question.id.clone(),
            what,
        };
        if index >= QUESTIONS_MAX {
            return Err(fault(QuestionFault::TooMany));
        }
        if questions[..index].iter().any(|other| other.id == question.id) {
            return Err(fault(QuestionFault::Twice));
        }
        if question.id.starts_with(RESERVED) {
            return Err(fault(QuestionFault::Reserved));
        }
        if !can_be_answered(&question.kind) {
            return Err(fault(QuestionFault::NoAnswer));
        }
        prove_references(questions, index).map_err(fault)?;
        prove_conditions(questions, index, &mut steps_left).map_err(fault)?;
        if let Some(prefill) = &question.prefill
            && !fits(questions, question, prefill)
        {
            return Err(fault(QuestionFault::Prefill));
        }
    }
    Ok(())
}

fn can_be_answered(kind: &QuestionKind) -> bool {
    let some_of = |choices: &[Choice]| {
        let ids: BTreeSet<_> = choices.iter().map(|choice| &choice.id).collect();
        (1..=CHOICES_MAX).contains(&choices.len()) && ids.len() == choices.len()
    };
    let relations = |wants: &PersonWants| wants.relations.is_empty() || some_of(&wants.relations);
    match kind {
        QuestionKind::Choice { choices } => some_of(choices),
        QuestionKind::Many {
            choices,
            at_least,
            at_most,
        } => some_of(choices) && 1 <= *at_most && at_least <= at_most && usize::from(*at_least) <= choices.len(),
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

/// The ids that a question hangs on, or is filled in from.
fn references(question: &Question) -> BTreeSet<&str> {
    let conditions = conditions(question);
    let mut ids: BTreeSet<&str> = conditions.iter().flat_map(|when| when.questions()).collect();
    if let Some(Prefill {
        from: Source::Answer(id),
        ..
    }) = &question.prefill
    {
        ids.insert(id);
    }
    ids
}

/// When it is asked, and when it is filled in.
fn conditions(question: &Question) -> Vec<&When> {
    let prefill = question.prefill.as_ref().and_then(|prefill| prefill.when.as_ref());
    question.when.iter().chain(prefill).collect()
}

fn prove_references(questions: &[Question], index: usize) -> Result<(), QuestionFault> {
    for id in references(&questions[index]) {
        match questions.iter().position(|other| other.id == id) {
            None => return Err(QuestionFault::NoSuchQuestion(id.to_owned())),
            Some(at) if at < index => {}
            Some(at) if reaches(questions, at, index) => return Err(QuestionFault::Loop(id.to_owned())),
            Some(_) => return Err(QuestionFault::Forward(id.to_owned())),
        }
    }
    Ok(())
}

/// Whether what `from` hangs on leads to `to`, in any number of steps or none.
fn reaches(questions: &[Question], from: usize, to: usize) -> bool {
    let mut reached = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for id in references(&questions[at]) {
            if let Some(next) = questions.iter().position(|other| other.id == id)
                && reached.insert(next)
            {
                open.push(next);
            }
        }
    }
    reached.contains(&to)
}

fn prove_conditions(questions: &[Question], index: usize, steps_left: &mut usize) -> Result<(), QuestionFault> {
    let before = &questions[..index];
    for when in conditions(&questions[index]) {
        if when.depth() > DEPTH_MAX {
            return Err(QuestionFault::TooTangled);
        }
        prove_atoms(before, when)?;
    }
    let all: Vec<When> = conditions(&questions[index]).into_iter().cloned().collect();
    // One after the other, so that what can never be filled in is found, too.
    for many in 1..=all.len() {
        let when = When::All(all[..many].to_vec());
        let relevant = relevant(before, &when);
        let mut trial = Trial {
            when: &when,
            questions: &relevant,
            steps_left,
        };
        match trial.holds(&mut BTreeMap::new(), 0) {
            Some(true) => {}
            Some(false) => return Err(QuestionFault::NeverAsked),
            None => return Err(QuestionFault::TooTangled),
        }
    }
    Ok(())
}

/// Each part of a condition speaks of a question that can be answered so.
fn prove_atoms(before: &[Question], when: &When) -> Result<(), QuestionFault> {
    let kind_of = |id: &str| before.iter().find(|other| other.id == id).map(|other| &other.kind);
    match when {
        When::Chosen { question, of } => {
            let choices = kind_of(question).map_or(&[][..], QuestionKind::choices);
            if choices.is_empty() {
                Err(QuestionFault::NoCondition(question.clone()))
            } else if of.iter().all(|id| choices.iter().any(|choice| choice.id == *id)) {
                Ok(())
            } else {
                Err(QuestionFault::NoSuchChoice(question.clone()))
            }
        }
        When::Said { question, .. } => match kind_of(question) {
            Some(QuestionKind::YesNo) => Ok(()),
            Some(_) | None => Err(QuestionFault::NoCondition(question.clone())),
        },
        When::All(parts) | When::Any(parts) => parts.iter().try_for_each(|part| prove_atoms(before, part)),
        When::Not(part) => prove_atoms(before, part),
    }
}

/// The questions that decide whether a condition holds, in their order.
fn relevant<'a>(before: &'a [Question], when: &When) -> Vec<&'a Question> {
    let mut wanted: BTreeSet<String> = when.questions().into_iter().map(str::to_owned).collect();
    let mut relevant: Vec<&Question> = Vec::new();
    for question in before.iter().rev() {
        if wanted.contains(&question.id) {
            let own = question.when.iter().flat_map(When::questions);
            wanted.extend(own.map(str::to_owned));
            relevant.push(question);
        }
    }
    relevant.reverse();
    relevant
}

/// Tries the answers that make a difference.
struct Trial<'a> {
    when: &'a When,
    questions: &'a [&'a Question],
    steps_left: &'a mut usize,
}

impl Trial<'_> {
    /// Whether the condition can hold, given what was answered before the question at `at`; `None` if that takes too
    /// long to say.
    fn holds(&mut self, answers: &mut BTreeMap<String, Answer>, at: usize) -> Option<bool> {
        *self.steps_left = self.steps_left.checked_sub(1)?;
        let known = answers.iter().map(|(id, answer)| (id.as_str(), answer)).collect();
        let Some(question) = self.questions.get(at) else {
            return Some(self.when.holds(&known));
        };
        let is_asked = question.when.as_ref().is_none_or(|when| when.holds(&known));
        let tried = if is_asked {
            telling_answers(question)
        } else {
            Vec::new()
        };
        let unanswered = !is_asked || question.optional;
        for answer in tried {
            answers.insert(question.id.clone(), answer);
            let holds = self.holds(answers, at + 1);
            answers.remove(&question.id);
            if holds != Some(false) {
                return holds;
            }
        }
        if unanswered {
            self.holds(answers, at + 1)
        } else {
            Some(false)
        }
    }
}

/// All answers between which a condition can tell.
fn telling_answers(question: &Question) -> Vec<Answer> {
    match &question.kind {
        QuestionKind::Choice { choices } => choices.iter().map(|choice| Answer::Choice(choice.id.clone())).collect(),
        QuestionKind::YesNo => vec![Answer::YesNo(YesNo::Yes), Answer::YesNo(YesNo::No)],
        QuestionKind::Many {
            choices,
            at_least,
            at_most,
        } => {
            let sets = 0_u32..1 << choices.len().min(CHOICES_MAX);
            let sized = sets.filter(|set| (u32::from(*at_least)..=u32::from(*at_most)).contains(&set.count_ones()));
            let chosen = sized.map(|set| {
                let is_in = |(at, _): &(usize, &Choice)| set >> at & 1 == 1;
                let ids = choices
                    .iter()
                    .enumerate()
                    .filter(is_in)
                    .map(|(_, choice)| choice.id.clone());
                Answer::Many(ids.collect())
            });
            chosen.collect()
        }
        // No condition speaks of these.
        QuestionKind::Text { .. }
        | QuestionKind::Number { .. }
        | QuestionKind::Money { .. }
        | QuestionKind::Date { .. }
        | QuestionKind::Phone
        | QuestionKind::Person(_)
        | QuestionKind::Address
        | QuestionKind::People { .. } => Vec::new(),
    }
}

fn fits(questions: &[Question], question: &Question, prefill: &Prefill) -> bool {
    match (&prefill.from, &question.kind) {
        (Source::Card(CardPart::Name), QuestionKind::Text { .. })
        | (Source::Card(CardPart::Birth), QuestionKind::Date { .. })
        | (Source::Card(CardPart::Address), QuestionKind::Address)
        | (Source::Card(CardPart::Holder), QuestionKind::Person(_)) => true,
        (Source::Card(CardPart::Id), QuestionKind::Number { digits_min, digits_max }) => {
            (*digits_min..=*digits_max).contains(&12)
        }
        (Source::Card(CardPart::Sex), QuestionKind::Choice { choices }) => ["nam", "nu"]
            .iter()
            .all(|id| choices.iter().any(|choice| choice.id == *id)),
        (Source::Card(_), _) => false,
        (Source::Answer(id), kind) => questions
            .iter()
            .find(|other| other.id == *id)
            .is_some_and(|other| discriminant(&other.kind) == discriminant(kind)),
        // Whether it is too early or too late is seen on the day.
        (Source::Province(answer), kind) => matches!(
            check_kind(kind, answer, Date::MAX),
            Ok(()) | Err(AnswerFault::TooEarly | AnswerFault::TooLate)
        ),
    }
}
