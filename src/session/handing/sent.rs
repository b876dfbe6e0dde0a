//! After "send": the dossier is being committed, is kept, is received. What is kept is called
//! kept, what is received is called received.

use jiff::Timestamp;

use crate::calendar::Due;
use crate::dossier::DraftId;

use super::{HandingIn, stay};
use crate::figures::About;
use crate::session::{
    Around, Copy, Door, Effect, KeepNews, Moved, News, Next, PaperNews, Rating, Step, Touch, seconds_between,
};

#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// Not yet committed: nothing is promised.
    Keeping {
        draft: DraftId,
        /// Whose work may be rated afterwards.
        about: About,
    },
    Kept(Kept),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub slip_number: String,
    pub since: Timestamp,
    pub province: Said,
    /// When the result is to be had, as far as that can be told.
    pub due: Option<Due>,
    pub slip: HandInSlip,
    pub about: About,
}

/// What the province has said so far.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Nothing,
    Received {
        code: String,
    },
    /// It will not take the dossier as it is: staff have its words.
    Refused,
}

/// The hand-in slip (phiếu gửi) waits a moment for the province's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandInSlip {
    Waiting,
    Asked { paper: PaperNews, since: Timestamp },
}

impl Sent {
    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Keeping { draft, about } => match news {
                News::Keep(KeepNews::Kept { slip_number, due }) => stay(HandingIn::Sent(Self::Kept(Kept {
                    slip_number,
                    since: around.now,
                    province: Said::Nothing,
                    due,
                    slip: HandInSlip::Waiting,
                    about,
                }))),
                News::Keep(KeepNews::NotKept(back)) if back.id == draft => (
                    Next::Stay(Step::HandingIn(Box::new(HandingIn::NotKept(back)))),
                    vec![Effect::CallStaff],
                ),
                News::Keep(KeepNews::NotKept(_) | KeepNews::Received { .. } | KeepNews::Refused { .. })
                | News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Province(_)
                | News::Staff(_) => stay(HandingIn::Sent(Self::Keeping { draft, about })),
            },
            Self::Kept(kept) => kept.on(news, around),
        }
    }

    pub fn back(self) -> Moved {
        match self {
            keeping @ Self::Keeping { .. } => stay(HandingIn::Sent(keeping)),
            Self::Kept(_) => (Next::Rest, vec![]),
        }
    }
}

impl Kept {
    fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Keep(KeepNews::Received { slip_number, code, due }) if slip_number == self.slip_number => {
                self.province = Said::Received { code };
                self.due = due;
                self.print_once(around)
            }
            News::Keep(KeepNews::Refused { slip_number }) if slip_number == self.slip_number => {
                self.province = Said::Refused;
                let (next, mut effects) = self.print_once(around);
                effects.push(Effect::CallStaff);
                (next, effects)
            }
            News::Paper(paper) => {
                self.slip = HandInSlip::Asked {
                    paper,
                    since: around.now,
                };
                self.stay()
            }
            News::Touch(Touch::Door(Door::Rate)) if self.may_be_rated() => {
                let asking = Rating::Asking { about: self.about };
                (Next::Stay(Step::Rating(asking)), vec![])
            }
            News::Tick if self.waited_for_code(around) => self.print_once(around),
            News::Tick if self.shown_long_enough(around) => (Next::Rest, vec![]),
            News::Touch(Touch::Done | Touch::Acknowledge) => {
                let (_, effects) = self.print_once(around);
                (Next::Rest, effects)
            }
            News::Keep(_)
            | News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(),
        }
    }

    /// Not before the slip is in the hand: whoever rates does not look at the paper any more.
    pub fn may_be_rated(&self) -> bool {
        matches!(
            self.slip,
            HandInSlip::Asked {
                paper: PaperNews::Out { .. },
                ..
            }
        )
    }

    fn waited_for_code(&self, around: &Around) -> bool {
        self.slip == HandInSlip::Waiting
            && seconds_between(self.since, around.now) >= i64::from(around.times.code_wait_secs)
    }

    fn shown_long_enough(&self, around: &Around) -> bool {
        match self.slip {
            HandInSlip::Asked {
                paper: PaperNews::Out { .. },
                since,
            } => seconds_between(since, around.now) >= i64::from(around.times.sent_secs),
            HandInSlip::Asked { .. } | HandInSlip::Waiting => false,
        }
    }

    fn print_once(mut self, around: &Around) -> Moved {
        let effects = match self.slip {
            HandInSlip::Waiting => vec![Effect::PrintHandIn {
                slip_number: self.slip_number.clone(),
            }],
            HandInSlip::Asked { .. } => vec![],
        };
        if !effects.is_empty() {
            self.slip = HandInSlip::Asked {
                paper: PaperNews::Coming { copy: Copy::First },
                since: around.now,
            };
        }
        (Next::Stay(self.into_step()), effects)
    }

    fn stay(self) -> Moved {
        (Next::Stay(self.into_step()), vec![])
    }

    fn into_step(self) -> Step {
        Step::HandingIn(Box::new(HandingIn::Sent(Sent::Kept(self))))
    }
}
