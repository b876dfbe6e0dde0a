//! One question a page: pick, type, or say that what is known is right.
//!
//! Which questions are asked hangs on the answers (see [`Form`](crate::form::Form)): forward and back lead over those
//! alone. An answer that has parts (a person, an address, a list of people) has a page for each part.
//!
//! ```text
//!   Known ── right ──────────────┐
//!     │ change                   ▼
//!   Entering ── go on … go on ── kept ──▶ the next question that is asked, or the papers, or the review
//! ```

mod address;
mod entry;
mod field;
mod known;
mod people;
mod person;

use crate::dossier::Draft;
use crate::form::{Answer, AnswerFault, Question};
use crate::session::handing::reviewing::Reviewing;
use crate::session::{Around, Effect, Moved, News, Next, Secret, Step, Touch};
use crate::ticket::Day;

use super::{HandingIn, Then, keep, papers, stay};
pub use address::{AddressEntry, AddressPart, Place};
pub use entry::Entry;
pub use field::{DateEntry, Digits, Field, NO, YES};
pub use known::{Known, KnownFrom};
pub use people::PeopleEntry;
pub use person::{PersonEntry, PersonPart};

#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    pub draft: Draft,
    /// Of the procedure's questions; always within them.
    pub index: usize,
    pub at: At,
    pub fault: Option<AnswerFault>,
    pub then: Then,
}

#[derive(Clone, Debug, PartialEq)]
pub enum At {
    /// Something is known, and only to be confirmed.
    Known(Known),
    Entering(Box<Entry>),
}

/// Where a touch led inside an answer.
pub enum Went<T> {
    Done(T),
    /// To another page of the same answer.
    Within,
    /// It meant nothing here.
    Nowhere,
    Fault(AnswerFault),
}

impl<T> Went<T> {
    fn map<U>(self, f: impl FnOnce(T) -> U) -> Went<U> {
        match self {
            Self::Done(done) => Went::Done(f(done)),
            Self::Within => Went::Within,
            Self::Nowhere => Went::Nowhere,
            Self::Fault(fault) => Went::Fault(fault),
        }
    }
}

impl Asking {
    /// The page of one question: with the answer given before, or with what is known, if any.
    ///
    /// # Errors
    /// The draft again, if there is no such question.
    pub fn of(draft: Draft, index: usize, then: Then) -> Result<Self, Box<Draft>> {
        let Some(question) = draft.procedure.questions.get(index) else {
            return Err(Box::new(draft));
        };
        let answer = draft.answers.get(&question.id);
        let known = answer.map_or_else(|| Known::of(question, &draft), |_| None);
        let at = match known {
            Some(known) => At::Known(known),
            None => At::Entering(Box::new(Entry::of(question, answer))),
        };
        Ok(Self {
            draft,
            index,
            at,
            fault: None,
            then,
        })
    }

    /// The page of a question, or what comes after the questions if there is none.
    fn of_or_papers(draft: Draft, index: Option<usize>) -> HandingIn {
        match index {
            Some(index) => Self::of(draft, index, Then::Onward)
                .map(HandingIn::Asking)
                .unwrap_or_else(|draft| papers(*draft)),
            None => papers(draft),
        }
    }

    /// The first question that is asked, or what comes after the questions.
    pub fn first(draft: Draft) -> HandingIn {
        let index = draft.form().first();
        Self::of_or_papers(draft, index)
    }

    /// The last question that is asked, if any is.
    ///
    /// # Errors
    /// The draft again, if none is.
    pub fn last(draft: Draft) -> Result<Self, Box<Draft>> {
        match draft.form().last_before(usize::MAX) {
            Some(index) => Self::of(draft, index, Then::Onward),
            None => Err(Box::new(draft)),
        }
    }

    pub fn question(&self) -> &Question {
        &self.draft.procedure.questions[self.index]
    }

    /// Which of the questions that are asked this is, from 1, and how many there are as far as is known now.
    pub fn place(&self) -> (usize, usize) {
        let form = self.draft.form();
        let at = form.asked().position(|(index, _)| index == self.index);
        (at.map_or(0, |at| at + 1), form.asked().len())
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(touch) => self.touched(touch, around),
            News::Tick
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => stay(HandingIn::Asking(self)),
        }
    }

    fn touched(mut self, touch: Touch, around: &Around) -> Moved {
        match (&mut self.at, touch) {
            (At::Known(known), Touch::Hold(held)) => known.held = held,
            (At::Known(known), Touch::Yes) => {
                let answer = known.answer.clone();
                return self.answered(Some(answer), around);
            }
            (At::Known(known), Touch::Change) => {
                let answer = known.answer.clone();
                self.at = At::Entering(Box::new(Entry::of(self.question(), Some(&answer))));
            }
            (At::Known(_), _) => return stay(HandingIn::Asking(self)),
            (At::Entering(entry), Touch::Next) => {
                let today = Day::in_vietnam(around.now).date();
                let question = &self.draft.procedure.questions[self.index];
                let went = entry.next(question, today);
                return self.went(went, around);
            }
            (At::Entering(entry), Touch::None) => {
                let went = entry.none();
                return self.went(went, around);
            }
            (At::Entering(entry), Touch::ReadBack) => {
                let typed = entry.field().and_then(Field::line).map(|line| line.as_str().to_owned());
                let effects = typed
                    .filter(|typed| !typed.trim().is_empty())
                    .map(|typed| Effect::ReadBack(Secret(typed)));
                let (next, _) = stay(HandingIn::Asking(self));
                return (next, effects.into_iter().collect());
            }
            (At::Entering(entry), Touch::Completion(at)) => entry.complete(at),
            (At::Entering(entry), touch) => {
                if !entry.touch(&touch) {
                    return stay(HandingIn::Asking(self));
                }
            }
        }
        self.fault = None;
        stay(HandingIn::Asking(self))
    }

    fn went(mut self, went: Went<Option<Answer>>, around: &Around) -> Moved {
        match went {
            Went::Done(answer) => self.answered(answer, around),
            Went::Within => {
                self.fault = None;
                stay(HandingIn::Asking(self))
            }
            Went::Nowhere => stay(HandingIn::Asking(self)),
            Went::Fault(fault) => {
                self.fault = Some(fault);
                stay(HandingIn::Asking(self))
            }
        }
    }

    fn answered(mut self, answer: Option<Answer>, around: &Around) -> Moved {
        let today = Day::in_vietnam(around.now).date();
        if let Err(fault) = entry::check(self.question(), answer.as_ref(), today) {
            // What was known does not fit after all: it is the person's to mend, from what is known.
            if matches!(self.at, At::Known(_)) {
                let mut entry = Entry::of(self.question(), answer.as_ref());
                entry.go_to_fault(today);
                self.at = At::Entering(Box::new(entry));
            }
            self.fault = Some(fault);
            return stay(HandingIn::Asking(self));
        }
        let id = self.question().id.clone();
        match answer {
            Some(answer) => drop(self.draft.answers.insert(id, answer)),
            None => drop(self.draft.answers.remove(&id)),
        }
        let effects = vec![keep(&self.draft)];
        (Next::Stay(Step::HandingIn(Box::new(self.onward(around)))), effects)
    }

    fn onward(self, around: &Around) -> HandingIn {
        match self.then {
            Then::Review => Self::back_to_review(self.draft, around),
            Then::Onward => {
                let next = self.draft.form().next_after(self.index);
                Self::of_or_papers(self.draft, next)
            }
        }
    }

    /// A changed answer may ask for more: that comes before the review.
    fn back_to_review(draft: Draft, around: &Around) -> HandingIn {
        let today = Day::in_vietnam(around.now).date();
        let form = draft.form();
        let unanswered = form
            .faults(today)
            .into_iter()
            .find(|(question, _)| !draft.answers.contains_key(&question.id))
            .and_then(|(wanting, _)| form.asked().find(|(_, question)| question.id == wanting.id));
        match unanswered.map(|(index, _)| index) {
            Some(index) => Self::of(draft, index, Then::Review)
                .map(HandingIn::Asking)
                .unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft))),
            None => HandingIn::Reviewing(Reviewing::of(draft)),
        }
    }

    pub fn back(mut self) -> Moved {
        self.fault = None;
        if let At::Entering(entry) = &mut self.at
            && entry.back()
        {
            return stay(HandingIn::Asking(self));
        }
        match self.then {
            Then::Review => stay(HandingIn::Reviewing(Reviewing::of(self.draft))),
            Then::Onward => match self.draft.form().last_before(self.index) {
                Some(before) => stay(Self::of_or_papers(self.draft, Some(before))),
                // Before the first question stands the person, who is confirmed: the questions begin here.
                None => stay(HandingIn::Asking(self)),
            },
        }
    }
}
