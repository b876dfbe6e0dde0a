//! Somebody lacks a paper: what there is, is put aside, and a slip says what to bring and how to go on.
//!
//! ```text
//!  a paper, the review ── "Tôi thiếu giấy" ──▶ Asking ── yes ──▶ Keeping ── kept ──▶ Kept ── slip ──▶ Rest
//!                                              ▲   │ back            │ not kept
//!                                              └───┴─ where one was  ◀┘
//! ```
//! Once it is kept the draft is gone from this kiosk; the slip is the only way back. A slip that never comes out
//! leaves a parcel that nobody can open: it is dropped.

use jiff::Timestamp;

use super::{HandingIn, stay};
use crate::checklist::CheckList;
use crate::dossier::{Act, Draft};
use crate::session::{Around, Copy, Effect, KeepNews, Moved, News, Next, PaperNews, Step, Touch, seconds_between};
use crate::ticket::Day;

#[derive(Clone, Debug, PartialEq)]
pub enum PuttingAside {
    Asking {
        /// Where one was, with the draft.
        from: Box<HandingIn>,
        list: CheckList,
        failed: Failed,
    },
    /// Not yet committed: nothing is promised.
    Keeping {
        from: Box<HandingIn>,
        list: CheckList,
    },
    Kept(Kept),
}

/// Whether it was tried before, in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    No,
    Yes,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub list: CheckList,
    pub since: Timestamp,
    /// Until when the province keeps it; `None` while it has not got it.
    pub until: Option<Timestamp>,
    pub slip: AsideSlip,
}

/// The slip waits a moment for the province, so that it can say until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsideSlip {
    Waiting,
    Asked { paper: PaperNews, since: Timestamp },
}

impl PuttingAside {
    /// Asks whether to put a draft aside; where there is none, one stays.
    pub fn ask(from: HandingIn, around: &Around) -> HandingIn {
        let today = Day::in_vietnam(around.now).date();
        let own = from.draft().filter(|draft| Self::is_possible(draft, around));
        match own.map(|draft| CheckList::of_draft(draft, today)) {
            Some(list) => HandingIn::PuttingAside(Self::Asking {
                from: Box::new(from),
                list,
                failed: Failed::No,
            }),
            None => from,
        }
    }

    /// Whether a draft can be put aside: what belongs to a dossier that is handed in already stays at this kiosk, and
    /// there must be a province that keeps it.
    pub fn is_possible(draft: &Draft, around: &Around) -> bool {
        draft.act == Act::HandIn && draft.carried.is_empty() && around.catalogue.province().is_some()
    }

    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Asking { from, .. } | Self::Keeping { from, .. } => from.draft(),
            Self::Kept(_) => None,
        }
    }

    pub fn draft_mut(&mut self) -> Option<&mut Draft> {
        match self {
            Self::Asking { from, .. } | Self::Keeping { from, .. } => from.draft_mut(),
            Self::Kept(_) => None,
        }
    }

    pub fn list(&self) -> &CheckList {
        match self {
            Self::Asking { list, .. } | Self::Keeping { list, .. } => list,
            Self::Kept(kept) => &kept.list,
        }
    }

    /// Whether a parcel is kept whose slip has not come out: nobody could open it.
    pub fn is_without_slip(&self) -> bool {
        match self {
            Self::Asking { .. } | Self::Keeping { .. } => false,
            Self::Kept(kept) => match kept.slip {
                AsideSlip::Waiting => true,
                AsideSlip::Asked { paper, .. } => matches!(paper, PaperNews::Held(_)),
            },
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Asking { from, list, failed } => match news {
                News::Touch(Touch::PutAside) if around.health.printer.works() => {
                    let Some(draft) = from.draft().cloned() else {
                        return stay(*from);
                    };
                    let (next, _) = stay(HandingIn::PuttingAside(Self::Keeping { from, list }));
                    (next, vec![Effect::PutAside(Box::new(draft))])
                }
                News::Touch(_)
                | News::Tick
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_) => stay(HandingIn::PuttingAside(Self::Asking { from, list, failed })),
            },
            Self::Keeping { from, list } => keeping(from, list, &news, around),
            Self::Kept(kept) => kept.on(&news, around),
        }
    }

    pub fn back(self, around: &Around) -> Moved {
        match self {
            Self::Asking { from, .. } => stay(*from),
            keeping @ Self::Keeping { .. } => stay(HandingIn::PuttingAside(keeping)),
            Self::Kept(kept) => kept.on(&News::Touch(Touch::Done), around),
        }
    }
}

fn keeping(from: Box<HandingIn>, list: CheckList, news: &News, around: &Around) -> Moved {
    let own = from.draft().map(|draft| draft.id);
    match news {
        News::Keep(KeepNews::PutAside { draft }) if own == Some(*draft) => {
            stay(HandingIn::PuttingAside(PuttingAside::Kept(Kept {
                list,
                since: around.now,
                until: None,
                slip: AsideSlip::Waiting,
            })))
        }
        News::Keep(KeepNews::NotPutAside { draft }) if own == Some(*draft) => {
            let failed = Failed::Yes;
            let (next, _) = stay(HandingIn::PuttingAside(PuttingAside::Asking { from, list, failed }));
            (next, vec![Effect::CallStaff])
        }
        News::Keep(_)
        | News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Province(_)
        | News::Staff(_) => stay(HandingIn::PuttingAside(PuttingAside::Keeping { from, list })),
    }
}

impl Kept {
    fn on(mut self, news: &News, around: &Around) -> Moved {
        match news {
            News::Keep(KeepNews::AsideBrought { until }) => {
                self.until = Some(*until);
                self.print_once(around)
            }
            News::Paper(paper) if self.slip != AsideSlip::Waiting => {
                self.slip = AsideSlip::Asked {
                    paper: *paper,
                    since: around.now,
                };
                self.stay()
            }
            News::Tick if self.waited(around) => self.print_once(around),
            News::Tick if self.shown_long_enough(around) => (Next::Rest, vec![]),
            News::Touch(Touch::Done | Touch::Acknowledge) => match self.slip {
                AsideSlip::Waiting => self.print_once(around),
                AsideSlip::Asked {
                    paper: PaperNews::Held(_),
                    ..
                } => (Next::Rest, vec![Effect::DropAside]),
                AsideSlip::Asked { .. } => (Next::Rest, vec![]),
            },
            News::Keep(_)
            | News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Province(_)
            | News::Staff(_) => self.stay(),
        }
    }

    fn waited(&self, around: &Around) -> bool {
        self.slip == AsideSlip::Waiting
            && seconds_between(self.since, around.now) >= i64::from(around.times.code_wait_secs)
    }

    fn shown_long_enough(&self, around: &Around) -> bool {
        match self.slip {
            AsideSlip::Asked {
                paper: PaperNews::Out { .. },
                since,
            } => seconds_between(since, around.now) >= i64::from(around.times.sent_secs),
            AsideSlip::Asked { .. } | AsideSlip::Waiting => false,
        }
    }

    fn print_once(mut self, around: &Around) -> Moved {
        let effects = match self.slip {
            AsideSlip::Waiting => vec![Effect::PrintAside(Box::new(self.list.clone()))],
            AsideSlip::Asked { .. } => vec![],
        };
        if !effects.is_empty() {
            self.slip = AsideSlip::Asked {
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
        Step::HandingIn(Box::new(HandingIn::PuttingAside(PuttingAside::Kept(self))))
    }
}
