//! Handing a dossier in: choose, who it is, one question a page, papers, review, sent.
//!
//! From the moment the person is confirmed there is a draft, kept at every answer. Leaving forgets
//! it; only a committed dossier outlives the visit.

pub mod agreeing;
pub mod asking;
pub mod card_back;
pub mod finding;
pub mod for_whom;
pub mod identifying;
pub mod purpose;
pub mod putting_aside;
pub mod resuming;
pub mod reviewing;
pub mod scanning;
pub mod sent;
pub mod signing;
pub mod typing;

use std::sync::Arc;

use jiff::Timestamp;

use super::{Around, Copy, Effect, Moved, News, Next, PaperNews, Step, Touch, paying::Paying, taking::Taking};
use crate::checklist::CheckList;
use crate::dossier::{ActKind, Draft, Missing};
use crate::procedure::Procedure;
use agreeing::Agreeing;
use asking::Asking;
use finding::Finding;
use for_whom::ForWhom;
use identifying::Identifying;
use purpose::Purpose;
use putting_aside::PuttingAside;
use resuming::Resuming;
use reviewing::Reviewing;
use scanning::Scanning;
use sent::Sent;
use signing::{Signing, far::Far};

/// Rows of a list on one page.
pub const ROWS_A_PAGE: usize = 6;

/// The steps that a person counts: choose, who, questions, papers, review.
pub const STEPS: u32 = 5;

#[derive(Clone, Debug, PartialEq)]
pub enum HandingIn {
    Finding(Finding),
    /// What a procedure needs and gives.
    Reading {
        chosen: Chosen,
        /// The list of what to bring, once it was asked for.
        list: Option<PaperNews>,
    },
    Identifying(Identifying),
    ForWhom(ForWhom),
    Asking(Asking),
    Scanning(Scanning),
    Reviewing(Reviewing),
    Agreeing(Agreeing),
    Signing(Signing),
    /// Nothing could be committed: the draft is as it was, staff are called.
    NotKept(Box<Draft>),
    Sent(Sent),
    /// Somebody lacks a paper, and goes on another day.
    PuttingAside(PuttingAside),
    /// Somebody goes on with what was put aside.
    Resuming(Resuming),
}

/// A procedure, and how it was found: back leads there.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub procedure: Arc<Procedure>,
    pub from: Box<Finding>,
}

/// Where an answer leads: on through the questions, or back to the review it was changed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Onward,
    Review,
}

impl HandingIn {
    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Finding(finding) => finding.on(news, around),
            Self::Reading { chosen, list } => reading(chosen, list, &news, around),
            Self::Identifying(identifying) => identifying.on(news, around),
            Self::ForWhom(for_whom) => for_whom.on(news, around),
            Self::Asking(asking) => asking.on(news, around),
            Self::Scanning(scanning) => scanning.on(news, around),
            Self::Reviewing(reviewing) => reviewing.on(news, around),
            Self::Agreeing(agreeing) => agreeing.on(news, around),
            Self::Signing(signing) => signing.on(news, around),
            Self::NotKept(draft) => match news {
                // There is nothing to review in a withdrawal.
                News::Touch(Touch::Acknowledge) if draft.act.kind() == ActKind::Withdrawal => {
                    (Next::Rest, vec![Effect::DropDraft(draft.id)])
                }
                News::Touch(Touch::Acknowledge) => stay(unsigned(*draft)),
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_) => stay(Self::NotKept(draft)),
            },
            Self::Sent(sent) => sent.on(news, around),
            Self::PuttingAside(aside) => aside.on(news, around),
            Self::Resuming(resuming) => resuming.on(news, around),
        }
    }

    pub fn back(self, around: &Around) -> Moved {
        match self {
            Self::Finding(finding) => finding.back(around),
            Self::Reading { chosen, .. } => stay(Self::Finding(*chosen.from)),
            Self::Identifying(identifying) => identifying.back(),
            Self::ForWhom(for_whom) => for_whom.back(),
            Self::Asking(asking) => asking.back(),
            Self::Scanning(scanning) => scanning.back(),
            Self::Reviewing(reviewing) => back_from_review(reviewing.draft),
            Self::Agreeing(agreeing) => agreeing.back(),
            Self::Signing(signing) => signing.back(),
            Self::NotKept(draft) => stay(unsigned(*draft)),
            Self::Sent(sent) => sent.back(around),
            Self::PuttingAside(aside) => aside.back(around),
            Self::Resuming(resuming) => resuming.back(around),
        }
    }

    /// The draft that is lost if the visit ends now.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Finding(_) | Self::Reading { .. } | Self::Identifying(_) | Self::Sent(_) => None,
            Self::ForWhom(for_whom) => Some(&for_whom.draft),
            Self::Asking(asking) => Some(&asking.draft),
            Self::Scanning(scanning) => Some(&scanning.draft),
            Self::Reviewing(reviewing) => Some(&reviewing.draft),
            Self::Agreeing(agreeing) => Some(&agreeing.draft),
            Self::Signing(signing) => Some(&signing.draft),
            Self::NotKept(draft) => Some(draft),
            Self::PuttingAside(aside) => aside.draft(),
            Self::Resuming(resuming) => resuming.draft(),
        }
    }

    pub fn draft_mut(&mut self) -> Option<&mut Draft> {
        match self {
            Self::Finding(_) | Self::Reading { .. } | Self::Identifying(_) | Self::Sent(_) => None,
            Self::ForWhom(for_whom) => Some(&mut for_whom.draft),
            Self::Asking(asking) => Some(&mut asking.draft),
            Self::Scanning(scanning) => Some(&mut scanning.draft),
            Self::Reviewing(reviewing) => Some(&mut reviewing.draft),
            Self::Agreeing(agreeing) => Some(&mut agreeing.draft),
            Self::Signing(signing) => Some(&mut signing.draft),
            Self::NotKept(draft) => Some(draft),
            Self::PuttingAside(aside) => aside.draft_mut(),
            Self::Resuming(resuming) => resuming.draft_mut(),
        }
    }

    /// The slip that was promised and has not been asked for yet.
    pub fn slip_owed(&self) -> Option<String> {
        match self {
            Self::Sent(sent) => sent.slip_owed(),
            Self::Finding(_)
            | Self::Reading { .. }
            | Self::Identifying(_)
            | Self::ForWhom(_)
            | Self::Asking(_)
            | Self::Scanning(_)
            | Self::Reviewing(_)
            | Self::Agreeing(_)
            | Self::Signing(_)
            | Self::NotKept(_)
            | Self::PuttingAside(_)
            | Self::Resuming(_) => None,
        }
    }

    /// The fee that is being paid.
    pub fn paying(&self) -> Option<&Paying> {
        match self {
            Self::Sent(Sent::Paying { paying, .. }) => Some(paying),
            Self::Finding(_)
            | Self::Reading { .. }
            | Self::Identifying(_)
            | Self::ForWhom(_)
            | Self::Asking(_)
            | Self::Scanning(_)
            | Self::Reviewing(_)
            | Self::Agreeing(_)
            | Self::Signing(_)
            | Self::NotKept(_)
            | Self::PuttingAside(_)
            | Self::Resuming(_)
            | Self::Sent(Sent::Keeping { .. } | Sent::Kept(_) | Sent::Transferring { .. }) => None,
        }
    }

    /// Quiet seconds before the idle warning, where the page has its own.
    pub fn idle_secs(&self, now: Timestamp) -> Option<u32> {
        match self {
            Self::Sent(Sent::Transferring { transferring, .. }) => transferring.idle_secs(),
            Self::Sent(Sent::Paying { paying, .. }) => paying.idle_secs(now),
            Self::Signing(signing) => signing.under_way().and_then(|far| far.idle_secs(now)),
            Self::Finding(_)
            | Self::Reading { .. }
            | Self::Identifying(_)
            | Self::ForWhom(_)
            | Self::Asking(_)
            | Self::Scanning(_)
            | Self::Reviewing(_)
            | Self::Agreeing(_)
            | Self::NotKept(_)
            | Self::PuttingAside(_)
            | Self::Resuming(_)
            | Self::Sent(Sent::Keeping { .. } | Sent::Kept(_)) => None,
        }
    }

    /// The signature that is waited for from a telephone.
    pub fn signing_far(&self) -> Option<&Far> {
        match self {
            Self::Signing(signing) => signing.under_way(),
            Self::Finding(_)
            | Self::Reading { .. }
            | Self::Identifying(_)
            | Self::ForWhom(_)
            | Self::Asking(_)
            | Self::Scanning(_)
            | Self::Reviewing(_)
            | Self::Agreeing(_)
            | Self::NotKept(_)
            | Self::Sent(_)
            | Self::PuttingAside(_)
            | Self::Resuming(_) => None,
        }
    }

    /// Which of [`STEPS`] the person is at.
    pub fn step(&self) -> u32 {
        match self {
            Self::Finding(_) | Self::Reading { .. } => 1,
            Self::Identifying(_) | Self::ForWhom(_) | Self::Resuming(_) => 2,
            Self::Asking(_) => 3,
            Self::Scanning(_) | Self::PuttingAside(_) => 4,
            Self::Reviewing(_) | Self::Agreeing(_) | Self::Signing(_) | Self::NotKept(_) | Self::Sent(_) => 5,
        }
    }
}

fn reading(chosen: Chosen, list: Option<PaperNews>, news: &News, around: &Around) -> Moved {
    match news {
        News::Touch(Touch::PrintList) if list.is_none() && around.health.printer.works() => {
            let effect = Effect::PrintCheckList(Box::new(CheckList::of(&chosen.procedure)));
            let list = Some(PaperNews::Coming { copy: Copy::First });
            let (next, _) = stay(HandingIn::Reading { chosen, list });
            (next, vec![effect])
        }
        News::Paper(paper) if list.is_some() => {
            let list = Some(*paper);
            stay(HandingIn::Reading { chosen, list })
        }
        News::Touch(Touch::Begin) if around.health.can_begin(&chosen.procedure) => {
            stay(HandingIn::Identifying(Identifying::waiting(Purpose::HandIn(chosen))))
        }
        News::Touch(Touch::TakeNumber) if around.health.shut(super::Door::Number, around).is_none() => {
            let taking = Taking::choosing_for(&chosen.procedure, around);
            (Next::Stay(Step::Taking(taking)), vec![])
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
        | News::Staff(_) => stay(HandingIn::Reading { chosen, list }),
    }
}

/// The first page after the person is known: the first question, or the first paper, or the review.
pub(super) fn begin(draft: Draft) -> HandingIn {
    Asking::first(draft)
}

/// The first paper to scan, or the review if there is none.
fn papers(draft: Draft) -> HandingIn {
    Scanning::of(draft, 0)
        .map(HandingIn::Scanning)
        .unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft)))
}

/// The review again: what is sent after it is signed after it.
fn unsigned(mut draft: Draft) -> HandingIn {
    draft.signature = None;
    HandingIn::Reviewing(Reviewing::of(draft))
}

fn back_from_review(draft: Draft) -> Moved {
    let last_paper = draft.papers().count().saturating_sub(1);
    let moved = Scanning::of(draft, last_paper).map(HandingIn::Scanning);
    stay(moved.unwrap_or_else(|draft| last_question(*draft)))
}

fn last_question(draft: Draft) -> HandingIn {
    Asking::last(draft)
        .map(HandingIn::Asking)
        .unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft)))
}

/// The page that can mend what is missing.
fn page_for(draft: Draft, missing: &Missing) -> HandingIn {
    let page = match missing {
        Missing::Answer { question, .. } => {
            let index = draft.procedure.questions.iter().position(|asked| asked.id == *question);
            Asking::of(draft, index.unwrap_or(0), Then::Review).map(HandingIn::Asking)
        }
        Missing::Paper { paper } => {
            let index = draft.papers().position(|asked| asked.code == *paper);
            Scanning::of(draft, index.unwrap_or(0)).map(HandingIn::Scanning)
        }
        Missing::Consent | Missing::Signature => return HandingIn::Agreeing(Agreeing::of(draft)),
    };
    page.unwrap_or_else(|draft| HandingIn::Reviewing(Reviewing::of(*draft)))
}

fn stay(handing: HandingIn) -> Moved {
    (Next::Stay(Step::HandingIn(Box::new(handing))), vec![])
}

fn keep(draft: &Draft) -> Effect {
    Effect::KeepDraft(Box::new(draft.clone()))
}
