//! A list of people: those named so far, and the one that is being named.

use jiff::civil::Date;

use super::Went;
use super::person::PersonEntry;
use crate::form::{Person, PersonWants};
use crate::session::Touch;

/// Personal: what it holds hides itself.
#[derive(Clone, Debug, PartialEq)]
pub struct PeopleEntry {
    pub people: Vec<Person>,
    pub at_least: usize,
    pub at_most: usize,
    wants: PersonWants,
    pub one: Option<One>,
}

/// Who is being named: somebody new, or one of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct One {
    at: Option<usize>,
    pub entry: PersonEntry,
}

impl PeopleEntry {
    pub fn of(wants: &PersonWants, (at_least, at_most): (u8, u8), people: Vec<Person>) -> Self {
        Self {
            people,
            at_least: usize::from(at_least),
            at_most: usize::from(at_most),
            wants: wants.clone(),
            one: None,
        }
    }

    pub fn can_add(&self) -> bool {
        self.people.len() < self.at_most
    }

    pub fn touch(&mut self, touch: &Touch) -> bool {
        if let Some(one) = &mut self.one {
            return one.entry.touch(touch);
        }
        let (at, person) = if let Touch::EditPerson(at) = touch
            && let Some(person) = self.people.get(*at)
        {
            (Some(*at), Some(person))
        } else if let Touch::RemovePerson(at) = touch
            && *at < self.people.len()
        {
            self.people.remove(*at);
            return true;
        } else if *touch == Touch::AddPerson && self.can_add() {
            (None, None)
        } else {
            return false;
        };
        let entry = PersonEntry::of(&self.wants, person);
        self.one = Some(One { at, entry });
        true
    }

    pub fn next(&mut self, today: Date) -> Went<Vec<Person>> {
        match &mut self.one {
            Some(one) => {
                let went = one.entry.next(today);
                self.named(went)
            }
            None => Went::Done(self.people.clone()),
        }
    }

    pub fn none(&mut self) -> Went<Vec<Person>> {
        match &mut self.one {
            Some(one) => {
                let went = one.entry.none();
                self.named(went)
            }
            None => Went::Nowhere,
        }
    }

    /// Whoever is named whole stands in the list.
    fn named(&mut self, went: Went<Person>) -> Went<Vec<Person>> {
        match went {
            Went::Done(person) => {
                match self.one.take().and_then(|one| one.at) {
                    Some(at) if at < self.people.len() => self.people[at] = person,
                    Some(_) | None => self.people.push(person),
                }
                Went::Within
            }
            Went::Within => Went::Within,
            Went::Nowhere => Went::Nowhere,
            Went::Fault(fault) => Went::Fault(fault),
        }
    }

    /// Whether there was a page of this list before: a part of a person, or the list itself.
    pub fn back(&mut self) -> bool {
        match &mut self.one {
            Some(one) => {
                if !one.entry.back() {
                    self.one = None;
                }
                true
            }
            None => false,
        }
    }
}
