//! A person, part by part: name, number, birth, who it is to the applicant.

use jiff::civil::Date;

use super::Went;
use super::field::Field;
use crate::citizen::{CitizenId, NotACitizenId};
use crate::form::{self, AnswerFault, NAME_LETTERS_MAX, Person, PersonWants, Wanted, tidy};
use crate::keyboard::{Line, Typed};
use crate::session::Touch;

const ID_DIGITS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonPart {
    Name,
    Id,
    Born,
    Relation,
}

/// Personal: what it holds hides itself.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonEntry {
    pub wants: PersonWants,
    pub part: PersonPart,
    name: Field,
    id: Field,
    born: Field,
    relation: Field,
}

impl PersonEntry {
    /// Somebody to be named, or named before.
    pub fn of(wants: &PersonWants, person: Option<&Person>) -> Self {
        let name = Typed::name().with_room(NAME_LETTERS_MAX);
        let id = person.and_then(|person| person.id.as_ref());
        Self {
            wants: wants.clone(),
            part: PersonPart::Name,
            name: Field::Line(Line::new(match person {
                Some(person) => name.with_text(&person.name),
                None => name,
            })),
            id: Field::digits(id.map(CitizenId::as_str).unwrap_or_default(), ID_DIGITS),
            born: Field::date(person.and_then(|person| person.born)),
            relation: Field::Choice(person.and_then(|person| person.relation.clone())),
        }
    }

    pub fn field(&self) -> &Field {
        match self.part {
            PersonPart::Name => &self.name,
            PersonPart::Id => &self.id,
            PersonPart::Born => &self.born,
            PersonPart::Relation => &self.relation,
        }
    }

    pub fn field_mut(&mut self) -> &mut Field {
        match self.part {
            PersonPart::Name => &mut self.name,
            PersonPart::Id => &mut self.id,
            PersonPart::Born => &mut self.born,
            PersonPart::Relation => &mut self.relation,
        }
    }

    /// Whether "has none" can be said of the part of now.
    pub fn can_be_none(&self) -> bool {
        self.part == PersonPart::Id && self.wants.id == Wanted::IfKnown
    }

    /// Whether the part of now may be left empty.
    pub fn can_be_empty(&self) -> bool {
        self.part == PersonPart::Born && self.wants.born == Wanted::IfKnown
    }

    /// "Has none": only where that can be said.
    pub fn none(&mut self) -> Went<Person> {
        if !self.can_be_none() {
            return Went::Nowhere;
        }
        self.id = Field::digits("", ID_DIGITS);
        self.onward()
    }

    /// The parts that are asked for, in their order.
    fn parts(&self) -> impl DoubleEndedIterator<Item = PersonPart> + use<> {
        let asked = [
            (PersonPart::Name, true),
            (PersonPart::Id, self.wants.id != Wanted::No),
            (PersonPart::Born, self.wants.born != Wanted::No),
            (PersonPart::Relation, !self.wants.relations.is_empty()),
        ];
        asked.into_iter().filter_map(|(part, asked)| asked.then_some(part))
    }

    pub fn next(&mut self, today: Date) -> Went<Person> {
        match self.check_part(today) {
            Ok(()) => self.onward(),
            Err(fault) => Went::Fault(fault),
        }
    }

    fn onward(&mut self) -> Went<Person> {
        let now = self.part;
        match self.parts().skip_while(|part| *part != now).nth(1) {
            Some(part) => {
                self.part = part;
                Went::Within
            }
            None => match self.person() {
                Ok(person) => Went::Done(person),
                Err(fault) => Went::Fault(fault),
            },
        }
    }

    /// Whether there was a part before this one.
    pub fn back(&mut self) -> bool {
        let now = self.part;
        let before = self.parts().take_while(|part| *part != now).last();
        if let Some(part) = before {
            self.part = part;
        }
        before.is_some()
    }

    pub fn touch(&mut self, touch: &Touch) -> bool {
        self.field_mut().touch(touch)
    }

    /// The part of now alone, as the whole is checked.
    fn check_part(&self, today: Date) -> Result<(), AnswerFault> {
        if self.field().is_empty() && !self.can_be_empty() {
            return Err(AnswerFault::Empty);
        }
        let only = |id, born, relations| PersonWants { id, born, relations };
        let (wants, person) = match self.part {
            PersonPart::Name => (only(Wanted::No, Wanted::No, vec![]), self.named()),
            PersonPart::Id => return self.id().map(drop),
            PersonPart::Born => {
                let born = self.born()?;
                let wanted = if born.is_some() { Wanted::Yes } else { Wanted::IfKnown };
                (only(Wanted::No, wanted, vec![]), Person { born, ..self.named() })
            }
            PersonPart::Relation => {
                let relation = self.relation();
                let wants = only(Wanted::No, Wanted::No, self.wants.relations.clone());
                (
                    wants,
                    Person {
                        relation,
                        ..self.named()
                    },
                )
            }
        };
        form::check_person(&wants, &person, today)
    }

    fn named(&self) -> Person {
        Person {
            name: tidy(self.name.line().map(Line::as_str).unwrap_or_default()),
            id: None,
            born: None,
            relation: None,
        }
    }

    fn id(&self) -> Result<Option<CitizenId>, AnswerFault> {
        let digits = self.id.typed_digits();
        if digits.is_empty() || self.wants.id == Wanted::No {
            return Ok(None);
        }
        match digits.parse() {
            Ok(id) => Ok(Some(id)),
            Err(NotACitizenId) => Err(AnswerFault::TooShort),
        }
    }

    fn born(&self) -> Result<Option<form::PartialDate>, AnswerFault> {
        if self.born.is_empty() || self.wants.born == Wanted::No {
            return Ok(None);
        }
        self.born.typed_date().map(Some)
    }

    fn relation(&self) -> Option<String> {
        match &self.relation {
            Field::Choice(chosen) => chosen.clone(),
            Field::YesNo(_) | Field::Many(_) | Field::Digits(_) | Field::Date(_) | Field::Line(_) | Field::Place(_) => {
                None
            }
        }
    }

    fn person(&self) -> Result<Person, AnswerFault> {
        Ok(Person {
            id: self.id()?,
            born: self.born()?,
            relation: self.relation().filter(|_| !self.wants.relations.is_empty()),
            ..self.named()
        })
    }
}
