//! Everything once more, each thing with "sửa", consent unticked, then send.

use super::{HandingIn, Then, page_for, stay};
use crate::dossier::{CONSENT_VERSION, ConsentGiven, Draft};
use crate::figures::About;
use crate::session::handing::asking::Asking;
use crate::session::handing::scanning::Scanning;
use crate::session::handing::sent::Sent;
use crate::session::{Around, Consent, Effect, Held, Moved, News, Next, Step, Touch};
use crate::ticket::Day;

#[derive(Clone, Debug, PartialEq)]
pub struct Reviewing {
    pub draft: Draft,
    pub held: Held,
    pub consent: Consent,
    /// "Send" was touched without consent.
    pub asked_for_consent: bool,
}

impl Reviewing {
    pub fn of(draft: Draft) -> Self {
        Self {
            draft,
            held: Held::Masked,
            consent: Consent::No,
            asked_for_consent: false,
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Hold(held)) => self.held = held,
            News::Touch(Touch::Consent(consent)) => {
                self.consent = consent;
                self.asked_for_consent = false;
            }
            News::Touch(Touch::Edit(id)) => return stay(edit(self, &id)),
            News::Touch(Touch::Send) if self.consent == Consent::No => self.asked_for_consent = true,
            News::Touch(Touch::Send) => return send(self.draft, around),
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
        stay(HandingIn::Reviewing(self))
    }
}

/// A row's id is that of its question, or of its paper.
fn edit(reviewing: Reviewing, id: &str) -> HandingIn {
    let draft = &reviewing.draft;
    let question = draft.procedure.questions.iter().position(|question| question.id == id);
    let paper = draft.papers().position(|paper| paper.code.as_str() == id);

    let page = match (question, paper) {
        (Some(index), _) => Asking::of(reviewing.draft, index, Then::Review).map(HandingIn::Asking),
        (None, Some(index)) => Scanning::of(reviewing.draft, index).map(HandingIn::Scanning),
        (None, None) => return HandingIn::Reviewing(reviewing),
    };
    page.unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft)))
}

fn send(draft: Draft, around: &Around) -> Moved {
    let consent = ConsentGiven {
        version: CONSENT_VERSION.to_owned(),
        at: around.now,
    };
    match draft.complete(Day::in_vietnam(around.now).date(), consent) {
        Ok(dossier) => (
            Next::Stay(Step::HandingIn(Box::new(HandingIn::Sent(Sent::Keeping {
                draft: dossier.id(),
                about: About::of(dossier.procedure()),
            })))),
            vec![Effect::Keep(Box::new(dossier))],
        ),
        Err(wanting) => {
            let (draft, missing) = *wanting;
            stay(page_for(draft, &missing))
        }
    }
}
