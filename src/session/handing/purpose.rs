//! What somebody's card is asked for: to hand in, or for an errand to what was handed in before.

use std::sync::Arc;

use super::for_whom::ForWhom;
use super::identifying::Proof;
use super::{Chosen, HandingIn, keep, stay};
use crate::citizen::Citizen;
use crate::dossier::{Draft, DraftId};
use crate::session::following::errand::Errand;
use crate::session::{Around, Moved, Next, Step};

#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// To hand in a dossier of this procedure.
    HandIn(Chosen),
    Errand(Arc<Errand>),
}

impl Purpose {
    /// Whether the front of the card alone speaks for nobody here.
    pub fn needs_chip(&self) -> bool {
        match self {
            Self::HandIn(_) => false,
            Self::Errand(errand) => errand.needs_chip(),
        }
    }

    /// The person has said "that is me".
    pub(super) fn known(self, citizen: Box<Citizen>, proof: Proof, around: &Around) -> Moved {
        match self {
            Self::HandIn(chosen) => {
                let id = DraftId(around.fresh);
                let mut draft = Draft::new(id, around.now, (*chosen.procedure).clone(), *citizen);
                draft.purposes = around.catalogue.purposes().clone();
                let effects = vec![keep(&draft)];
                let next = ForWhom::after_identifying(draft);
                (Next::Stay(Step::HandingIn(Box::new(next))), effects)
            }
            Self::Errand(errand) => errand.known(citizen, proof, around),
        }
    }

    /// Back from where the card is asked for.
    pub(super) fn back(self) -> Moved {
        match self {
            Self::HandIn(chosen) => stay(HandingIn::Reading { chosen, list: None }),
            Self::Errand(errand) => errand.back(),
        }
    }
}
