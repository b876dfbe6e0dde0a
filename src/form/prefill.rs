//! What is known before it is asked. It is shown for confirmation, never sent by itself.

use serde::{Deserialize, Serialize};

use super::{Answer, Form, Person, Question, QuestionKind, Wanted, When, tidy};
use crate::citizen::Citizen;
use crate::units;

/// From where a question can be answered beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefill {
    pub from: Source,
    /// Only where this holds: the mother is the person at the kiosk.
    pub when: Option<When>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// From the identity card of who hands in.
    Card(CardPart),
    /// The answer to an earlier question of the same kind, by its id.
    Answer(String),
    /// What the province knows already; it stands in the catalogue.
    Province(Answer),
}

/// What a card tells. Each fits some kinds of questions only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardPart {
    /// A text.
    Name,
    /// A number of twelve digits.
    Id,
    /// A date.
    Birth,
    /// Of choices with the ids `nam` and `nu`.
    Sex,
    /// An address, if the card's is read without doubt.
    Address,
    /// A person: name, number and birth.
    Holder,
}

impl Form<'_> {
    /// What is known of the answer to a question before it is asked. It fits the kind, but may be wrong or lack a part:
    /// the person sees it and confirms or mends it.
    pub fn known(&self, question: &Question, holder: &Citizen) -> Option<Answer> {
        let prefill = question.prefill.as_ref()?;
        if !prefill.when.as_ref().is_none_or(|when| when.holds(self.answers())) {
            return None;
        }
        match &prefill.from {
            Source::Card(part) => of_card(*part, &question.kind, holder),
            Source::Answer(id) => self.answers().get(id.as_str()).map(|answer| (*answer).clone()),
            Source::Province(answer) => Some(answer.clone()),
        }
    }
}

fn of_card(part: CardPart, kind: &QuestionKind, holder: &Citizen) -> Option<Answer> {
    let text = |text: &str| Some(tidy(text)).filter(|text| !text.is_empty());
    match (part, kind) {
        (CardPart::Name, QuestionKind::Text { .. }) => text(&holder.name).map(Answer::Text),
        (CardPart::Id, QuestionKind::Number { .. }) => Some(Answer::Number(holder.id.as_str().to_owned())),
        (CardPart::Birth, QuestionKind::Date { .. }) => Some(Answer::Date(holder.born)),
        (CardPart::Sex, QuestionKind::Choice { .. }) => match holder.sex.as_str() {
            "Nam" => Some(Answer::Choice("nam".to_owned())),
            "Nữ" => Some(Answer::Choice("nu".to_owned())),
            _ => None,
        },
        // Where it may be several, none is chosen.
        (CardPart::Address, QuestionKind::Address) => units::only_candidate(&holder.address).map(Answer::Address),
        (CardPart::Holder, QuestionKind::Person(wants)) => {
            let is_wanted = |wanted: Wanted| wanted != Wanted::No;
            Some(Answer::Person(Person {
                name: text(&holder.name)?,
                id: is_wanted(wants.id).then(|| holder.id.clone()),
                born: is_wanted(wants.born).then_some(holder.born),
                relation: None,
            }))
        }
        // The proof of the form keeps these out.
        _ => None,
    }
}
