//! What the data may be used for: one tile a purpose, none ticked beforehand, then send or sign.
//!
//! What is ticked holds for what was reviewed: who goes back to change something ticks again.

use super::reviewing::Reviewing;
use super::sent::Sent;
use super::signing::Signing;
use super::{HandingIn, page_for, stay};
use crate::dossier::{ConsentGiven, Draft, agreed};
use crate::figures::About;
use crate::payment::FeeDue;
use crate::session::{Around, Consent, Effect, Moved, News, Next, Step, Touch};
use crate::ticket::Day;

#[derive(Clone, Debug, PartialEq)]
pub struct Agreeing {
    pub draft: Draft,
    pub given: Vec<ConsentGiven>,
    /// "Send" was touched without what is necessary.
    pub asked: bool,
}

impl Agreeing {
    /// Nothing is ticked.
    pub fn of(draft: Draft) -> Self {
        Self::with(draft, vec![])
    }

    /// As it was left for the signature.
    pub fn with(draft: Draft, given: Vec<ConsentGiven>) -> Self {
        Self {
            draft,
            given,
            asked: false,
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Consent { purpose, consent }) => self.tick(&purpose, consent, around),
            News::Touch(Touch::Send) if !agreed(&self.draft.purposes, &self.given) => self.asked = true,
            News::Touch(Touch::Send) if self.draft.wants_signature() => {
                return stay(HandingIn::Signing(Signing::begin(self.draft, self.given, around)));
            }
            News::Touch(Touch::Send) => return send(self.draft, self.given, around),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => {}
        }
        stay(HandingIn::Agreeing(self))
    }

    fn tick(&mut self, id: &str, consent: Consent, around: &Around) {
        self.asked = false;
        self.given.retain(|given| given.purpose != id);
        if let (Consent::Yes, Some(purpose)) = (consent, self.draft.purposes.find(id)) {
            self.given.push(ConsentGiven {
                purpose: purpose.id.clone(),
                version: purpose.version.clone(),
                at: around.now,
            });
        }
    }

    pub fn has(&self, id: &str) -> bool {
        self.given.iter().any(|given| given.purpose == id)
    }

    pub fn back(self) -> Moved {
        stay(HandingIn::Reviewing(Reviewing::of(self.draft)))
    }
}

/// The dossier is to be kept; what it lacks leads to the page that can mend it.
pub(super) fn send(draft: Draft, given: Vec<ConsentGiven>, around: &Around) -> Moved {
    match draft.complete(Day::in_vietnam(around.now).date(), given) {
        Ok(dossier) => (
            Next::Stay(Step::HandingIn(Box::new(HandingIn::Sent(Sent::Keeping {
                draft: dossier.id(),
                about: About::of(dossier.procedure()),
                fees: FeeDue::of(dossier.procedure()),
                act: dossier.act().kind(),
            })))),
            vec![Effect::Keep(Box::new(dossier))],
        ),
        Err(wanting) => {
            let (draft, missing) = *wanting;
            stay(page_for(draft, &missing))
        }
    }
}
