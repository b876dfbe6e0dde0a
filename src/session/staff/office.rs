//! Numbers for the office, and proofs of what was forgotten: looked at by day, week or month, and printed.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Desk, StaffAct, StaffName, StaffTouch, StaffView, leave, stay};
use crate::figures::{Figure, Period, Ratio};
use crate::session::{Around, CodeNews, Effect, Moved, News, StaffNews, Step, Touch};
use crate::slip::SlipCode;
use crate::ticket::Day;

/// Which days are looked at: the period that holds `day`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub period: Period,
    pub day: Day,
}

impl Span {
    /// Its first and its last day.
    pub fn days(self) -> (Day, Day) {
        self.period.around(self.day)
    }
}

/// What staff see of a span. No names.
#[derive(Clone, Debug, PartialEq)]
pub struct OfficeView {
    pub span: Span,
    /// In the order of [`Figure::ALL`].
    pub figures: Vec<FigureView>,
    /// Newest first.
    pub forgotten: Vec<ForgottenView>,
    /// How many dossiers were forgotten in the span, also those that are not listed.
    pub forgotten_count: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FigureView {
    pub figure: Figure,
    /// Of all units and fields together. Nothing, if too few people spoke to be told.
    pub ratio: Option<Ratio>,
    /// Day by day.
    pub days: Vec<Option<Ratio>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ForgottenView {
    /// Of the proof.
    pub number: u32,
    pub slip_number: String,
    pub pages: u32,
    pub files: u32,
    pub at: Timestamp,
}

/// What is touched for paper, on the page of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Figures,
    Proofs,
    Proof(u32),
}

/// What staff have on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfficePaper {
    Figures(Span),
    /// All proofs of the span.
    Proofs(Span),
    Proof(u32),
    /// The proof of the dossier of this slip.
    ProofOf(String),
}

pub(super) fn begin(behind: Step, who: StaffName, view: Arc<StaffView>, around: &Around) -> Moved {
    let span = Span {
        period: Period::Day,
        day: Day::in_vietnam(around.now),
    };
    look(behind, who, view, span)
}

fn look(behind: Step, who: StaffName, view: Arc<StaffView>, span: Span) -> Moved {
    let desk = Desk::Office {
        who,
        view,
        span,
        office: None,
    };
    stay(behind, desk, vec![Effect::OfficeLook(span)])
}

pub(super) fn on(
    behind: Step,
    who: StaffName,
    view: Arc<StaffView>,
    (span, mut office): (Span, Option<Arc<OfficeView>>),
    news: News,
) -> Moved {
    let mut effects = vec![];
    match news {
        News::Touch(Touch::Staff(StaffTouch::Period(period))) => {
            return look(behind, who, view, Span { period, ..span });
        }
        News::Touch(Touch::Turn(by)) => {
            let day = span.period.turned(span.day, by);
            return look(behind, who, view, Span { day, ..span });
        }
        News::Touch(Touch::Staff(StaffTouch::Print(wanted))) => {
            let paper = match wanted {
                Wanted::Figures => OfficePaper::Figures(span),
                Wanted::Proofs => OfficePaper::Proofs(span),
                Wanted::Proof(number) => OfficePaper::Proof(number),
            };
            effects.push(Effect::Staff(StaffAct::Print(paper)));
        }
        News::Code(CodeNews::Code(code)) => {
            if let Ok(SlipCode::HandIn { slip_number, .. }) = code.0.parse() {
                effects.push(Effect::Staff(StaffAct::Print(OfficePaper::ProofOf(slip_number))));
            }
        }
        // One that was asked for before another span was chosen is of no use any more.
        News::Staff(StaffNews::Office(new)) if new.span == span => office = Some(new),
        News::Touch(Touch::Staff(StaffTouch::Done)) => return leave(behind),
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
    let desk = Desk::Office {
        who,
        view,
        span,
        office,
    };
    stay(behind, desk, effects)
}
