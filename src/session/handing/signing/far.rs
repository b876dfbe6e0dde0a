//! Signing on one's own telephone: by telephone or by hand, with which key, and what the province says of it.
//!
//! ```text
//!                        SIM          digits
//!  Choosing ──▶ Way ──────────▶ Phone ─────┐
//!     │ ▲         │ VNeID                  ▼          da-ky
//!     │ │ back,   └─────────────────────▶ Far ─────────────▶ Signed
//!     │ │ Dừng lại                         │ │
//!     │ └──────────────────────────────────┘ │ the province does not take it, or nobody answers
//!     ▼ by hand                              ▼
//!  Drawing ◀─────────────────────────────────┘
//! ```
//!
//! Each try has a key of its own, and news of another key are stale: what was signed for a draft that was changed since
//! signs nothing. Who leaves a try takes it back, so that no telephone asks for what nobody waits for.

use jiff::Timestamp;
use uuid::Uuid;

use super::{At, EMPTY, Signing};
use crate::dossier::{ConsentGiven, Draft, Signature};
use crate::form::{AnswerFault, check_mobile};
use crate::health::Link;
use crate::procedure::SignatureWanted;
use crate::remote::{self, By, RemoteWays, State, WhyNot};
use crate::session::{Around, Effect, Moved, News, ProvinceNews, Secret, SigningNews, Touch};
use crate::session::{seconds_between, seconds_until};

/// How long the province may take to answer at all. No telephone was seen to ask by then.
const START_SECS_MAX: i64 = 20;
/// After so long without an answer the page says that it hears nothing.
const SILENT_SECS: i64 = 12;
/// Between the last moment for signing and the province's word of it, before the page stops waiting.
const OVER_SECS: i64 = 30;
/// A person with a phone in the hand does not touch the screen: the idle warning waits so long.
const PHONE_IDLE_SECS: u32 = 300;
/// Of a mobile telephone.
const PHONE_DIGITS_MAX: usize = 10;

/// Why it is drawn where a telephone could have signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    Offline,
    /// The person has no such key.
    NotOffered,
    NotTaken,
}

/// What a finger does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignTouch {
    ByPhone,
    ByHand,
    WithSim,
    WithVneId,
    Again,
    Stop,
}

/// One try.
#[derive(Clone, Debug, PartialEq)]
pub struct Far {
    pub key: Uuid,
    pub by: By,
    pub since: Timestamp,
    /// As the province told it last, and when; nothing yet: it is being asked.
    pub heard: Option<(Box<remote::Signing>, Timestamp)>,
}

/// What a person sees of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Starting,
    /// Silent: the province cannot be heard just now.
    Waiting {
        silent: bool,
    },
    /// Nobody can sign any more, and the province has not said what became of it.
    Ending,
    /// Nor did it after that.
    Lost,
    Refused,
    TooLate,
}

impl Far {
    pub fn face(&self, now: Timestamp) -> Face {
        let Some((signing, heard_at)) = &self.heard else {
            return Face::Starting;
        };
        match &signing.state {
            State::Waiting(request) if now < request.expires_at => Face::Waiting {
                silent: seconds_between(*heard_at, now) >= SILENT_SECS,
            },
            State::Waiting(request) if seconds_between(request.expires_at, now) >= OVER_SECS => Face::Lost,
            State::Waiting(_) => Face::Ending,
            State::Refused => Face::Refused,
            State::TooLate => Face::TooLate,
            // Those are left at once.
            State::Asked | State::Signed { .. } | State::NotNow(_) => Face::Starting,
        }
    }

    fn request(&self) -> Option<&remote::Request> {
        match self.heard.as_ref().map(|(signing, _)| &signing.state) {
            Some(State::Waiting(request)) => Some(request),
            Some(State::Asked | State::Signed { .. } | State::Refused | State::TooLate | State::NotNow(_)) | None => {
                None
            }
        }
    }

    /// The digits that stand on the telephone, too.
    pub fn compare(&self) -> &str {
        self.request().map_or("", |request| &request.compare)
    }

    pub fn seconds_left(&self, now: Timestamp) -> u32 {
        self.request()
            .map_or(0, |request| seconds_until(request.expires_at, now))
    }

    /// Quiet seconds before the idle warning.
    pub fn idle_secs(&self, now: Timestamp) -> Option<u32> {
        match self.face(now) {
            Face::Starting | Face::Waiting { .. } | Face::Ending => Some(PHONE_IDLE_SECS),
            Face::Lost | Face::Refused | Face::TooLate => None,
        }
    }

    /// Nobody waits for it any more. What has ended needs no taking back.
    fn leave(&self) -> Vec<Effect> {
        let ended = self.heard.as_ref().is_some_and(|(signing, _)| !signing.is_pending());
        if ended {
            vec![]
        } else {
            vec![Effect::DropSigning(self.key)]
        }
    }
}

/// The ways that this draft can be signed from afar.
fn ways(draft: &Draft) -> RemoteWays {
    let filing = &draft.procedure.filing;
    match filing.signature {
        SignatureWanted::Remote => filing.remote,
        SignatureWanted::None | SignatureWanted::Drawn => RemoteWays::default(),
    }
}

/// Where signing begins, and the reason if that is by hand although a telephone could do it.
pub(super) fn first(draft: &Draft, given: &[ConsentGiven], around: &Around) -> (At, Option<ByHand>) {
    if !ways(draft).any() {
        (EMPTY, None)
    } else if around.health.province == Link::Down {
        (EMPTY, Some(ByHand::Offline))
    } else if draft.content(given).is_none() {
        (EMPTY, Some(ByHand::NotTaken))
    } else {
        (At::Choosing, None)
    }
}

impl Signing {
    /// Whether somebody who draws has chosen to.
    pub(super) fn chose_by_hand(&self) -> bool {
        ways(&self.draft).any() && self.by_hand.is_none()
    }

    pub(super) fn choosing(mut self, news: &News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Sign(SignTouch::ByHand)) => self.stay(EMPTY),
            News::Touch(Touch::Sign(SignTouch::ByPhone)) => {
                let (at, by_hand) = first(&self.draft, &self.given, around);
                if at != At::Choosing {
                    self.by_hand = by_hand;
                    return self.stay(at);
                }
                match ways(&self.draft) {
                    RemoteWays { sim: true, vneid: true } => self.stay(At::Way),
                    RemoteWays { sim: true, .. } => self.type_phone(),
                    RemoteWays { .. } => self.ask(By::VneId, around),
                }
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
            | News::Staff(_) => self.stay(At::Choosing),
        }
    }

    pub(super) fn way(self, news: &News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Sign(SignTouch::WithSim)) => self.type_phone(),
            News::Touch(Touch::Sign(SignTouch::WithVneId)) => self.ask(By::VneId, around),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(At::Way),
        }
    }

    /// The number that was given with the answers stands there already.
    fn type_phone(self) -> Moved {
        let known = self.draft.phone().filter(|phone| check_mobile(phone).is_ok());
        let digits = Secret(known.unwrap_or_default().to_owned());
        self.stay(At::Phone { digits, fault: None })
    }

    pub(super) fn phone(
        self,
        mut digits: Secret,
        mut fault: Option<AnswerFault>,
        news: &News,
        around: &Around,
    ) -> Moved {
        match news {
            News::Touch(Touch::Digit(digit)) if digit.is_ascii_digit() && digits.0.len() < PHONE_DIGITS_MAX => {
                digits.0.push(*digit);
                fault = None;
            }
            News::Touch(Touch::Erase) => {
                digits.0.pop();
                fault = None;
            }
            News::Touch(Touch::Next) => match check_mobile(&digits.0) {
                Ok(()) => return self.ask(By::Sim { phone: digits.0 }, around),
                Err(wrong) => fault = Some(wrong),
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
        self.stay(At::Phone { digits, fault })
    }

    fn ask(mut self, by: By, around: &Around) -> Moved {
        let Some(content) = self.draft.content(&self.given) else {
            self.by_hand = Some(ByHand::NotTaken);
            return self.stay(EMPTY);
        };
        let key = around.fresh;
        let effect = Effect::StartSigning {
            key,
            by: by.clone(),
            content: Box::new(content),
        };
        let far = Far {
            key,
            by,
            since: around.now,
            heard: None,
        };
        let (next, _) = self.stay(At::Far(far));
        (next, vec![effect])
    }

    pub(super) fn far(self, far: Far, news: &News, around: &Around) -> Moved {
        match news {
            News::Province(ProvinceNews::Signing {
                key,
                news: SigningNews::Stands(signing),
            }) if *key == far.key => self.stands(far, signing, around),
            News::Tick if far.heard.is_none() && seconds_between(far.since, around.now) >= START_SECS_MAX => {
                self.not_from_afar(&far, ByHand::NotTaken)
            }
            News::Touch(Touch::Sign(touch)) => self.far_touched(far, *touch, around),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(At::Far(far)),
        }
    }

    fn stands(self, far: Far, signing: &remote::Signing, around: &Around) -> Moved {
        match &signing.state {
            State::Asked => self.stay(At::Far(far)),
            State::NotNow(why) => {
                let why = match why {
                    WhyNot::NotOffered => ByHand::NotOffered,
                    WhyNot::NotTaken => ByHand::NotTaken,
                };
                let far = Far {
                    heard: Some((Box::new(signing.clone()), around.now)),
                    ..far
                };
                self.not_from_afar(&far, why)
            }
            State::Waiting(_) | State::Signed { .. } | State::Refused | State::TooLate => match signing.signature() {
                Some(signature) => self.sign(Signature::Remote(signature)),
                None => self.stay(At::Far(Far {
                    heard: Some((Box::new(signing.clone()), around.now)),
                    ..far
                })),
            },
        }
    }

    fn far_touched(self, far: Far, touch: SignTouch, around: &Around) -> Moved {
        match (touch, far.face(around.now)) {
            (SignTouch::Stop, Face::Starting | Face::Waiting { .. } | Face::Ending) => self.leave(&far, At::Choosing),
            (SignTouch::ByHand, Face::Lost | Face::Refused | Face::TooLate) => self.leave(&far, EMPTY),
            (SignTouch::Again, Face::Lost | Face::Refused | Face::TooLate) => {
                let left = far.leave();
                let (next, effects) = self.ask(far.by, around);
                (next, left.into_iter().chain(effects).collect())
            }
            (
                SignTouch::ByPhone
                | SignTouch::ByHand
                | SignTouch::WithSim
                | SignTouch::WithVneId
                | SignTouch::Again
                | SignTouch::Stop,
                _,
            ) => self.stay(At::Far(far)),
        }
    }

    fn not_from_afar(mut self, far: &Far, why: ByHand) -> Moved {
        self.by_hand = Some(why);
        self.leave(far, EMPTY)
    }

    fn leave(self, far: &Far, at: At) -> Moved {
        let (next, _) = self.stay(at);
        (next, far.leave())
    }

    /// One page back from one of these.
    pub(super) fn back_from_far(self, far: &Far) -> Moved {
        self.leave(far, At::Choosing)
    }

    pub(super) fn back_from_phone(self) -> Moved {
        let at = if ways(&self.draft).vneid { At::Way } else { At::Choosing };
        self.stay(at)
    }

    /// The try that somebody waits for.
    pub fn under_way(&self) -> Option<&Far> {
        match &self.at {
            At::Far(far) => Some(far),
            At::Choosing
            | At::Way
            | At::Phone { .. }
            | At::Drawing { .. }
            | At::Signed
            | At::Unable
            | At::Pin { .. }
            | At::Witness { .. } => None,
        }
    }
}
