//! The signature (chữ ký): drawn with a finger; or, of who cannot write, vouched for by a member of staff.
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

use super::agreeing::{self, Agreeing};
use super::{HandingIn, keep, stay};
use crate::dossier::{ConsentGiven, Draft, Drawing, DrawingFault, Signature, Stroke};
use crate::session::staff::{PIN_DIGITS_MAX, Refused, StaffName};
use crate::session::{Around, Effect, Moved, News, Next, Secret, StaffNews, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Signing {
    pub draft: Draft,
    pub given: Vec<ConsentGiven>,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub enum At {
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
    pub fn begin(draft: Draft, given: Vec<ConsentGiven>) -> Self {
        Self {
            draft,
            given,
            at: EMPTY,
        }
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        match std::mem::replace(&mut self.at, At::Signed) {
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
                self.draft.signature = None;
                self.at = EMPTY;
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
        match self.at {
            At::Drawing { .. } => stay(HandingIn::Agreeing(Agreeing::with(self.draft, self.given))),
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
            (At::Signed | At::Unable | At::Pin { .. } | At::Witness { .. }, _) => &[],
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
