//! What is known before it is asked. It is shown for confirmation, never sent by itself.

use serde::{Deserialize, Serialize};

use super::{Answer, When};

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
