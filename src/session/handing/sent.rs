//! After "send": the dossier is being committed, is kept, is received. What is kept is called
//! kept, what is received is called received.

pub mod transferring;

use jiff::Timestamp;

use crate::calendar::Due;
use crate::dossier::{ActKind, DraftId};
use crate::payment::FeeDue;
use crate::session::paying::{PayMoved, Paying};

use self::transferring::Transferring;
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
        fees: FeeDue,
        act: ActKind,
    },
    Kept(Kept),
    /// The province has it, and its fee may be paid by phone. The slip waits, so that it can say what was paid.
    Paying {
        kept: Kept,
        paying: Paying,
    },
    /// The province does not answer, and its data name an account for the fee.
    Transferring {
        kept: Kept,
        transferring: Transferring,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What it is that is kept.
    pub act: ActKind,
    pub slip_number: String,
    pub since: Timestamp,
    pub province: Said,
    /// When the result is to be had, as far as that can be told.
    pub due: Option<Due>,
    pub slip: HandInSlip,
    pub about: About,
    /// Of which nobody has been asked yet.
    pub fees: FeeDue,
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
            Self::Keeping {
                draft,
                about,
                fees,
                act,
            } => match news {
                News::Keep(KeepNews::Kept { slip_number, due }) => stay(HandingIn::Sent(Self::Kept(Kept {
                    act,
                    slip_number,
                    since: around.now,
                    province: Said::Nothing,
                    due,
                    slip: HandInSlip::Waiting,
                    about,
                    fees,
                }))),
                News::Keep(KeepNews::NotKept(back)) if back.id == draft => (
                    Next::Stay(Step::HandingIn(Box::new(HandingIn::NotKept(back)))),
                    vec![Effect::CallStaff],
                ),
                News::Keep(
                    KeepNews::NotKept(_)
                    | KeepNews::Received { .. }
                    | KeepNews::Refused { .. }
                    | KeepNews::Transfer { .. }
                    | KeepNews::PutAside { .. }
                    | KeepNews::NotPutAside { .. }
                    | KeepNews::AsideBrought { .. }
                    | KeepNews::Restored { .. }
                    | KeepNews::NotRestored { .. }
                    | KeepNews::Reopened { .. },
                )
                | News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Province(_)
                | News::Staff(_) => stay(HandingIn::Sent(Self::Keeping {
                    draft,
                    about,
                    fees,
                    act,
                })),
            },
            Self::Kept(kept) => kept.on(news, around),
            Self::Paying { kept, paying } => kept.on_paying(paying, &news, around),
            Self::Transferring { kept, transferring } => kept.on_transferring(transferring, news, around),
        }
    }

    pub fn back(self, around: &Around) -> Moved {
        match self {
            keeping @ Self::Keeping { .. } => stay(HandingIn::Sent(keeping)),
            Self::Kept(kept) => {
                let (_, effects) = kept.print_once(around);
                (Next::Rest, effects)
            }
            Self::Paying { kept, paying } => match paying.back(around) {
                PayMoved::On(paying, effects) => kept.go_on_paying(paying, effects),
                PayMoved::Over => kept.print_once(around),
            },
            Self::Transferring { kept, transferring } => kept.back_from_transfer(transferring, around),
        }
    }

    pub fn slip_owed(&self) -> Option<String> {
        match self {
            Self::Keeping { .. } => None,
            Self::Kept(kept) | Self::Paying { kept, .. } | Self::Transferring { kept, .. } => {
                (kept.slip == HandInSlip::Waiting).then(|| kept.slip_number.clone())
            }
        }
    }
}

impl Kept {
    fn on(mut self, news: News, around: &Around) -> Moved {
        match news {
            News::Keep(KeepNews::Received { slip_number, code, due }) if slip_number == self.slip_number => {
                self.province = Said::Received { code: code.clone() };
                self.due = due;
                let fees = std::mem::take(&mut self.fees);
                if fees.asks() {
                    return self.go_on_paying(Paying::choosing(code, fees), vec![]);
                }
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
            News::Tick if self.fees.offers_transfer() && self.waited_long(around) => match self.transfer_due(around) {
                Some(transferring) => self.go_on_transferring(transferring, vec![]),
                None => self.tick(around),
            },
            News::Tick => self.tick(around),
            News::Touch(Touch::Done | Touch::Acknowledge) => {
                let (_, effects) = self.print_once(around);
                (Next::Rest, effects)
            }
            News::Keep(_)
            | News::Touch(_)
            | News::Hall(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(),
        }
    }

    fn tick(self, around: &Around) -> Moved {
        if self.slip == HandInSlip::Waiting && self.waited_long(around) {
            self.print_once(around)
        } else if self.shown_long_enough(around) {
            (Next::Rest, vec![])
        } else {
            self.stay()
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

    fn on_paying(mut self, paying: Paying, news: &News, around: &Around) -> Moved {
        if let News::Paper(paper) = news {
            self.slip = HandInSlip::Asked {
                paper: *paper,
                since: around.now,
            };
            return self.go_on_paying(paying, vec![]);
        }
        let was_paid = paying.is_paid();
        match paying.on(news, around) {
            PayMoved::On(paying, mut effects) => {
                // With the receipt on it; a slip that is out already comes once more, as a copy.
                if paying.is_paid() && !was_paid {
                    effects.push(self.print(around));
                }
                self.go_on_paying(paying, effects)
            }
            PayMoved::Over => {
                self.since = around.now;
                self.print_once(around)
            }
        }
    }

    fn go_on_paying(self, paying: Paying, effects: Vec<Effect>) -> Moved {
        let sent = Sent::Paying { kept: self, paying };
        (Next::Stay(Step::HandingIn(Box::new(HandingIn::Sent(sent)))), effects)
    }

    fn waited_long(&self, around: &Around) -> bool {
        seconds_between(self.since, around.now) >= i64::from(around.times.code_wait_secs)
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
            HandInSlip::Waiting => vec![self.print(around)],
            HandInSlip::Asked { .. } => vec![],
        };
        (Next::Stay(self.into_step()), effects)
    }

    fn print(&mut self, around: &Around) -> Effect {
        self.slip = HandInSlip::Asked {
            paper: PaperNews::Coming { copy: Copy::First },
            since: around.now,
        };
        Effect::PrintHandIn {
            slip_number: self.slip_number.clone(),
        }
    }

    fn stay(self) -> Moved {
        (Next::Stay(self.into_step()), vec![])
    }

    fn into_step(self) -> Step {
        Step::HandingIn(Box::new(HandingIn::Sent(Sent::Kept(self))))
    }
}
