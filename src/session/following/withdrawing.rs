//! "Rút hồ sơ?": what follows from it is said, then who it is, then perhaps why, then it is kept and sent.

use std::fmt;

use super::errand::{self, Errand};
use super::way::{self, Way};
use super::{Begun, Following, NotPossible, stay};
use crate::citizen::Citizen;
use crate::dossier::{Act, ActKind, ConsentGiven, Draft, DraftId, KnownDossier, ShownCard, WithdrawReason};
use crate::figures::About;
use crate::payment::FeeDue;
use crate::session::handing::HandingIn;
use crate::session::handing::sent::Sent;
use crate::session::{Around, Effect, Moved, News, Next, Step, Touch};
use crate::ticket::Day;

#[derive(Clone, Debug, PartialEq)]
pub struct Withdrawing {
    pub known: KnownDossier,
    pub at: WithdrawAt,
}

#[derive(Clone, PartialEq)]
pub enum WithdrawAt {
    /// "Rút hồ sơ?"
    Asked,
    /// It is theirs. Personal.
    Known {
        citizen: Box<Citizen>,
        shown: ShownCard,
        reason: Option<WithdrawReason>,
    },
}

impl fmt::Debug for WithdrawAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked => "Asked",
            Self::Known { .. } => "Known(hidden)",
        })
    }
}

impl From<Withdrawing> for Following {
    fn from(withdrawing: Withdrawing) -> Self {
        Self::Withdrawing(Box::new(withdrawing))
    }
}

impl Withdrawing {
    pub fn asked(known: KnownDossier) -> Self {
        Self {
            known,
            at: WithdrawAt::Asked,
        }
    }

    pub fn known(known: KnownDossier, citizen: Box<Citizen>, shown: ShownCard) -> Self {
        Self {
            known,
            at: WithdrawAt::Known {
                citizen,
                shown,
                reason: None,
            },
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match (&mut self.at, news) {
            (WithdrawAt::Asked, News::Touch(Touch::Yes)) => return Errand::Withdraw(self.known).begin(),
            (_, News::Touch(Touch::No)) => return self.back(),
            // A second touch takes the reason back.
            (WithdrawAt::Known { reason, .. }, News::Touch(Touch::Reason(chosen))) => {
                *reason = (*reason != Some(chosen)).then_some(chosen);
            }
            (WithdrawAt::Known { .. }, News::Touch(Touch::Send)) => return self.send(around),
            (
                WithdrawAt::Asked | WithdrawAt::Known { .. },
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_),
            ) => {}
        }
        stay(self.into())
    }

    pub fn back(self) -> Moved {
        stay(Way::of(self.known).into())
    }

    fn send(self, around: &Around) -> Moved {
        let known = &self.known;
        let (Some(code), Some(mut procedure)) = (known.code.clone(), way::procedure_of(known, &around.catalogue))
        else {
            return errand::ends(NotPossible::Gone, Begun::ByPerson);
        };
        let WithdrawAt::Known { citizen, shown, reason } = self.at else {
            return stay(self.into());
        };
        procedure.papers = vec![];
        let mut draft = Draft::new(DraftId(around.fresh), around.now, procedure, *citizen);
        draft.act = Act::Withdrawal { code, shown, reason };
        // Saying so is the consent to what it takes.
        let consents = draft.purposes.necessary().map(|purpose| ConsentGiven {
            purpose: purpose.id.clone(),
            version: purpose.version.clone(),
            at: around.now,
        });
        let consents: Vec<_> = consents.collect();
        let keep = Effect::KeepDraft(Box::new(draft.clone()));
        match draft.complete(Day::in_vietnam(around.now).date(), consents) {
            Ok(dossier) => {
                let sent = Sent::Keeping {
                    draft: dossier.id(),
                    about: About::of(dossier.procedure()),
                    fees: FeeDue::default(),
                    act: ActKind::Withdrawal,
                };
                let next = Next::Stay(Step::HandingIn(Box::new(HandingIn::Sent(sent))));
                (next, vec![keep, Effect::Keep(Box::new(dossier))])
            }
            // Nothing is asked and no paper is wanted: nothing can be missing.
            Err(_) => errand::ends(NotPossible::Gone, Begun::ByPerson),
        }
    }
}
