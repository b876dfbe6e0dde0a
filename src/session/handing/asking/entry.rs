//! What is picked or typed so far of one answer, whatever its kind.

use jiff::civil::Date;

use super::Went;
use super::address::AddressEntry;
use super::field::Field;
use super::people::PeopleEntry;
use super::person::{PersonEntry, PersonPart};
use crate::form::{self, Answer, AnswerFault, Question, QuestionKind, names, tidy};
use crate::keyboard::completion::{COMPLETIONS_MAX, Completion, complete};
use crate::keyboard::{Line, Typed};
use crate::session::Touch;

/// Digits of the longest telephone number inside Vietnam.
const PHONE_DIGITS_MAX: usize = 11;
/// Digits of the largest sum, in đồng: a thousand thousand million has sixteen.
const DONG_DIGITS_MAX: usize = 16;

/// Personal: what it holds hides itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// An answer of one page.
    One(Field),
    Person(PersonEntry),
    Address(AddressEntry),
    People(PeopleEntry),
}

impl Entry {
    /// With what was answered before, where that is of the question's kind.
    pub fn of(question: &Question, answer: Option<&Answer>) -> Self {
        match &question.kind {
            QuestionKind::Person(wants) => {
                let person = match answer {
                    Some(Answer::Person(person)) => Some(person),
                    Some(_) | None => None,
                };
                Self::Person(PersonEntry::of(wants, person))
            }
            QuestionKind::Address => {
                let address = match answer {
                    Some(Answer::Address(address)) => Some(address),
                    Some(_) | None => None,
                };
                Self::Address(AddressEntry::of(address))
            }
            QuestionKind::People {
                at_least,
                at_most,
                wants,
            } => {
                let people = match answer {
                    Some(Answer::People(people)) => people.clone(),
                    Some(_) | None => vec![],
                };
                Self::People(PeopleEntry::of(wants, (*at_least, *at_most), people))
            }
            kind @ (QuestionKind::Choice { .. }
            | QuestionKind::Many { .. }
            | QuestionKind::Text { .. }
            | QuestionKind::Number { .. }
            | QuestionKind::Money { .. }
            | QuestionKind::Date { .. }
            | QuestionKind::Phone
            | QuestionKind::YesNo) => Self::One(field(kind, answer)),
        }
    }

    /// The field on the page of now; on the list of people there is none.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::One(field) => Some(field),
            Self::Person(person) => Some(person.field()),
            Self::Address(address) => Some(address.field()),
            Self::People(people) => people.one.as_ref().map(|one| one.entry.field()),
        }
    }

    fn field_mut(&mut self) -> Option<&mut Field> {
        match self {
            Self::One(field) => Some(field),
            Self::Person(person) => Some(person.field_mut()),
            Self::Address(address) => Some(address.field_mut()),
            Self::People(people) => people.one.as_mut().map(|one| one.entry.field_mut()),
        }
    }

    /// The person that is being named, if one is.
    pub fn person(&self) -> Option<&PersonEntry> {
        match self {
            Self::Person(person) => Some(person),
            Self::People(people) => people.one.as_ref().map(|one| &one.entry),
            Self::One(_) | Self::Address(_) => None,
        }
    }

    /// Whether the touch was for this answer.
    pub fn touch(&mut self, touch: &Touch) -> bool {
        match self {
            Self::One(field) => field.touch(touch),
            Self::Person(person) => person.touch(touch),
            Self::Address(address) => address.touch(touch),
            Self::People(people) => people.touch(touch),
        }
    }

    /// "Go on": to the next page of this answer, or to its end.
    pub fn next(&mut self, question: &Question, today: Date) -> Went<Option<Answer>> {
        match self {
            Self::One(field) if question.optional && field.is_empty() => Went::Done(None),
            Self::One(field) => match answer(&question.kind, field) {
                Ok(answer) => Went::Done(Some(answer)),
                Err(fault) => Went::Fault(fault),
            },
            Self::Person(person) if question.optional && is_untouched(person) => Went::Done(None),
            Self::Person(person) => person.next(today).map(|person| Some(Answer::Person(person))),
            Self::Address(address) => address.next().map(|address| Some(Answer::Address(address))),
            Self::People(people) => people.next(today).map(|people| Some(Answer::People(people))),
        }
    }

    /// To the part of a person that cannot stand as it is, if there is one before the last.
    pub fn go_to_fault(&mut self, today: Date) {
        if let Self::Person(person) = self {
            // Four parts at most.
            while matches!(person.next(today), Went::Within) {}
        }
    }

    /// "Has none".
    pub fn none(&mut self) -> Went<Option<Answer>> {
        match self {
            Self::Person(person) => person.none().map(|person| Some(Answer::Person(person))),
            Self::People(people) => people.none().map(|people| Some(Answer::People(people))),
            Self::One(_) | Self::Address(_) => Went::Nowhere,
        }
    }

    /// Whether there was a page of this answer before.
    pub fn back(&mut self) -> bool {
        match self {
            Self::One(_) => false,
            Self::Person(person) => person.back(),
            Self::Address(address) => address.back(),
            Self::People(people) => people.back(),
        }
    }

    /// What the line that is being typed may become: names of people, or words of an address.
    pub fn completions(&self) -> Vec<Completion> {
        let Some(Field::Line(line)) = self.field() else {
            return vec![];
        };
        let typed = line.as_str();
        match self {
            Self::Address(address) => complete(typed, address.words()),
            Self::One(_) | Self::Person(_) | Self::People(_) => names::complete(typed, COMPLETIONS_MAX)
                .into_iter()
                .map(|name| Completion::of_last_word(typed, name))
                .collect(),
        }
    }

    /// Takes the completion that stands at this place, if it still does.
    pub fn complete(&mut self, at: usize) {
        let completion = self.completions().into_iter().nth(at);
        if let (Some(completion), Some(Field::Line(line))) = (completion, self.field_mut()) {
            line.complete(&completion);
        }
    }
}

/// Nobody was begun to be named.
fn is_untouched(person: &PersonEntry) -> bool {
    person.part == PersonPart::Name && person.field().is_empty()
}

fn field(kind: &QuestionKind, answer: Option<&Answer>) -> Field {
    match (kind, answer) {
        (QuestionKind::YesNo, Some(Answer::YesNo(said))) => Field::YesNo(Some(*said)),
        (QuestionKind::YesNo, _) => Field::YesNo(None),
        (QuestionKind::Choice { .. }, Some(Answer::Choice(id))) => Field::Choice(Some(id.clone())),
        (QuestionKind::Many { .. }, Some(Answer::Many(ids))) => Field::Many(ids.clone()),
        (QuestionKind::Many { .. }, _) => Field::Many(vec![]),
        (QuestionKind::Text { letters_max }, text) => {
            let room = Typed::sentence().with_room(usize::from(*letters_max));
            Field::Line(Line::new(match text {
                Some(Answer::Text(text)) => room.with_text(text),
                Some(_) | None => room,
            }))
        }
        (QuestionKind::Number { digits_max, .. }, Some(Answer::Number(digits))) => {
            Field::digits(digits, usize::from(*digits_max))
        }
        (QuestionKind::Number { digits_max, .. }, _) => Field::digits("", usize::from(*digits_max)),
        (QuestionKind::Money { .. }, Some(Answer::Money(dong))) => Field::digits(&dong.to_string(), DONG_DIGITS_MAX),
        (QuestionKind::Money { .. }, _) => Field::digits("", DONG_DIGITS_MAX),
        (QuestionKind::Phone, Some(Answer::Phone(digits))) => Field::digits(digits, PHONE_DIGITS_MAX),
        (QuestionKind::Phone, _) => Field::digits("", PHONE_DIGITS_MAX),
        (QuestionKind::Date { .. }, Some(Answer::Date(date))) => Field::date(Some(*date)),
        (QuestionKind::Date { .. }, _) => Field::no_date(),
        // The last three have entries of their own.
        (
            QuestionKind::Choice { .. } | QuestionKind::Person(_) | QuestionKind::Address | QuestionKind::People { .. },
            _,
        ) => Field::Choice(None),
    }
}

/// What is in a field, as an answer of this kind. Whether it can stand is checked with the question.
fn answer(kind: &QuestionKind, field: &Field) -> Result<Answer, AnswerFault> {
    match field {
        Field::Choice(chosen) => chosen.clone().map(Answer::Choice).ok_or(AnswerFault::Empty),
        Field::YesNo(said) => said.map(Answer::YesNo).ok_or(AnswerFault::Empty),
        Field::Many(ticked) => {
            let in_order = kind.choices().iter().map(|choice| choice.id.clone());
            Ok(Answer::Many(in_order.filter(|id| ticked.contains(id)).collect()))
        }
        Field::Digits(digits) => match kind {
            QuestionKind::Phone => Ok(Answer::Phone(digits.text.clone())),
            QuestionKind::Money { .. } if digits.text.is_empty() => Err(AnswerFault::Empty),
            QuestionKind::Money { .. } => {
                let dong = digits.text.parse().map_err(|_| AnswerFault::TooMuch)?;
                Ok(Answer::Money(dong))
            }
            QuestionKind::Choice { .. }
            | QuestionKind::Many { .. }
            | QuestionKind::Text { .. }
            | QuestionKind::Number { .. }
            | QuestionKind::Date { .. }
            | QuestionKind::Person(_)
            | QuestionKind::Address
            | QuestionKind::People { .. }
            | QuestionKind::YesNo => Ok(Answer::Number(digits.text.clone())),
        },
        Field::Date(date) => date.date().map(Answer::Date),
        Field::Line(line) | Field::Place(line) => Ok(Answer::Text(tidy(line.as_str()))),
    }
}

/// Whether what was answered can stand; nothing at all can where the question is optional.
pub fn check(question: &Question, answer: Option<&Answer>, today: Date) -> Result<(), AnswerFault> {
    match answer {
        Some(answer) => form::check(question, answer, today),
        None if question.optional => Ok(()),
        None => Err(AnswerFault::Empty),
    }
}
