//! The signature (chữ ký): drawn with a finger; of who cannot write, vouched for by a member of staff; or given on the
//! person's own telephone ([`far`]), where the procedure offers it and the province can be reached.
//!
//! ```text
//!              Xong, long enough        Gửi
//!   Drawing ───────────────────▶ Signed ────▶ Sent
//!    │   ▲ ▲        Ký lại         │ ▲
//!    │   │ └───────────────────────┘ │
//!    │   │ back, No                  │ Yes
//!    ▼   │          digits           │
//!   Unable ──▶ Pin ──────────▶ Witness
//! ```
//!
//! It is the last thing before sending, and holds for what was agreed to then: who goes back signs again.

pub mod far;

use self::far::{ByHand, Far};
use super::agreeing::{self, Agreeing};
use super::{HandingIn, keep, stay};
use crate::dossier::{ConsentGiven, Draft, Drawing, DrawingFault, Signature, Stroke};
use crate::form::AnswerFault;
use crate::session::staff::{PIN_DIGITS_MAX, Refused, StaffName};
use crate::session::{Around, Effect, Moved, News, Next, Secret, StaffNews, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Signing {
    pub draft: Draft,
    pub given: Vec<ConsentGiven>,
    pub at: At,
    /// Why it is by hand where a telephone could have signed; nothing: it could not, or the person has chosen so.
    pub by_hand: Option<ByHand>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum At {
    /// By telephone, or by hand.
    Choosing,
    /// With which key on the telephone.
    Way,
    /// The number of the SIM. Personal.
    Phone { digits: Secret, fault: Option<AnswerFault> },
    /// The telephone asks.
    Far(Far),
    Drawing {
        drawing: Drawing,
        fault: Option<DrawingFault>,
    },
    /// The draft has its signature.
    Signed,
    /// The person cannot sign. Staff are called.
    Unable,
    /// Staff are there and say who they are.
    Pin { typed: Secret, refused: Refused },
    /// They are asked to vouch.
    Witness { who: StaffName },
}

/// An empty field.
const EMPTY: At = At::Drawing {
    drawing: Drawing { strokes: vec![] },
    fault: None,
};

impl Signing {
    pub fn begin(draft: Draft, given: Vec<ConsentGiven>, around: &Around) -> Self {
        let (at, by_hand) = far::first(&draft, &given, around);
        Self {
            draft,
            given,
            at,
            by_hand,
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match std::mem::replace(&mut self.at, At::Signed) {
            At::Choosing => self.choosing(&news, around),
            At::Way => self.way(&news, around),
            At::Phone { digits, fault } => self.phone(digits, fault, &news, around),
            At::Far(far) => self.far(far, &news, around),
            At::Drawing { drawing, fault } => self.drawing(drawing, fault, news),
            At::Signed => self.signed(&news, around),
            At::Unable => self.unable(&news),
            At::Pin { typed, refused } => self.pin(typed, refused, news, around),
            At::Witness { who } => self.witness(who, &news, around),
        }
    }

    fn drawing(self, mut drawing: Drawing, mut fault: Option<DrawingFault>, news: News) -> Moved {
        match news {
            News::Touch(Touch::Stroke(stroke)) => fault = drawing.add(stroke).err(),
            News::Touch(Touch::Again) => return self.stay(EMPTY),
            News::Touch(Touch::CannotSign) => {
                let (next, _) = self.stay(At::Unable);
                return (next, vec![Effect::CallStaff]);
            }
            News::Touch(Touch::Next) => match drawing.check() {
                Ok(()) => return self.sign(Signature::Drawn(drawing)),
                Err(little) => fault = Some(little),
            },
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
        self.stay(At::Drawing { drawing, fault })
    }

    fn signed(mut self, news: &News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Send) => agreeing::send(self.draft, self.given, around),
            News::Touch(Touch::Again) => {
                let signed = self.draft.signature.take();
                (self.at, self.by_hand) = match signed {
                    Some(Signature::Remote(_)) => far::first(&self.draft, &self.given, around),
                    Some(Signature::Drawn(_) | Signature::Witnessed { .. }) | None => (EMPTY, self.by_hand),
                };
                self.kept()
            }
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(At::Signed),
        }
    }

    fn unable(self, news: &News) -> Moved {
        match news {
            News::Touch(Touch::Next) => self.stay(At::Pin {
                typed: Secret(String::new()),
                refused: Refused::No,
            }),
            News::Touch(Touch::Again) => self.stay(EMPTY),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(At::Unable),
        }
    }

    fn pin(self, mut typed: Secret, mut refused: Refused, news: News, around: &Around) -> Moved {
        if let Refused::Locked { until } = refused
            && around.now >= until
        {
            refused = Refused::No;
        }
        let locked = matches!(refused, Refused::Locked { .. });
        let mut effects = vec![];
        match news {
            News::Touch(Touch::Digit(digit)) if digit.is_ascii_digit() && !locked && typed.0.len() < PIN_DIGITS_MAX => {
                typed.0.push(digit);
                refused = Refused::No;
                if typed.0.len() == PIN_DIGITS_MAX {
                    effects.push(Effect::CheckPin(typed.clone()));
                }
            }
            News::Touch(Touch::Erase) => {
                typed.0.pop();
            }
            News::Staff(StaffNews::PinRight { who }) => return self.stay(At::Witness { who }),
            News::Staff(StaffNews::PinWrong { locked_secs }) => {
                typed = Secret(String::new());
                refused = Refused::wrong(locked_secs, around.now);
            }
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
        let (next, _) = self.stay(At::Pin { typed, refused });
        (next, effects)
    }

    fn witness(mut self, who: StaffName, news: &News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Yes) => {
                self.draft.assisted = true;
                self.sign(Signature::Witnessed {
                    by: who.to_string(),
                    at: around.now,
                })
            }
            News::Touch(Touch::No) => self.stay(EMPTY),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(At::Witness { who }),
        }
    }

    fn sign(mut self, signature: Signature) -> Moved {
        self.draft.signature = Some(signature);
        self.at = At::Signed;
        self.kept()
    }

    pub fn back(mut self) -> Moved {
        match std::mem::replace(&mut self.at, At::Choosing) {
            At::Drawing { .. } | At::Way if self.chose_by_hand() => self.stay(At::Choosing),
            At::Phone { .. } => self.back_from_phone(),
            At::Far(far) => self.back_from_far(&far),
            At::Choosing | At::Way | At::Drawing { .. } => {
                stay(HandingIn::Agreeing(Agreeing::with(self.draft, self.given)))
            }
            At::Signed => {
                self.draft.signature = None;
                let effects = vec![keep(&self.draft)];
                let agreeing = HandingIn::Agreeing(Agreeing::with(self.draft, self.given));
                (Next::Stay(Step::HandingIn(Box::new(agreeing))), effects)
            }
            At::Unable | At::Pin { .. } | At::Witness { .. } => self.stay(EMPTY),
        }
    }

    /// The strokes that stand in the field.
    pub fn strokes(&self) -> &[Stroke] {
        match (&self.at, &self.draft.signature) {
            (At::Drawing { drawing, .. }, _) | (At::Signed, Some(Signature::Drawn(drawing))) => &drawing.strokes,
            (
                At::Choosing
                | At::Way
                | At::Phone { .. }
                | At::Far(_)
                | At::Signed
                | At::Unable
                | At::Pin { .. }
                | At::Witness { .. },
                _,
            ) => &[],
        }
    }

    fn stay(mut self, at: At) -> Moved {
        self.at = at;
        stay(HandingIn::Signing(self))
    }

    fn kept(self) -> Moved {
        let effects = vec![keep(&self.draft)];
        (Next::Stay(Step::HandingIn(Box::new(HandingIn::Signing(self)))), effects)
    }
}
