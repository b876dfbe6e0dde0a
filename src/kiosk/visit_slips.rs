//! Slips that only their visit knows: what stands on them is kept until it ends, and printed as others are.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Kiosk, LoopError};
use crate::calendar::Due;
use crate::checklist::CheckList;
use crate::desk::For;
use crate::procedure::Procedure;
use crate::session::{Event, News, PaperNews};
use crate::slip::{Aside, CheckListSlip, SlipOf, VisitSlip};
use crate::ticket::Day;

/// Slips of one visit that can be printed again; an older one is forgotten.
const SLIPS_MAX: usize = 8;

impl Kiosk {
    pub(super) async fn print_check_list(
        &mut self,
        list: CheckList,
        aside: Option<Aside>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let now = Timestamp::now();
        let slip = CheckListSlip {
            center: self.config.kiosk.center.clone(),
            expected_on: self.expected_on(list.working_days, now),
            list,
            aside,
            made_at: now,
            copies: 0,
            language: self.session.settings.language,
        };
        self.print_for_visit(VisitSlip::CheckList(Box::new(slip)), events).await
    }

    pub(super) async fn print_for_visit(
        &mut self,
        slip: VisitSlip,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        self.print_visit_slip(slip, For::Visit, events).await
    }

    pub(super) async fn print_visit_slip(
        &mut self,
        slip: VisitSlip,
        whom: For,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let id = Uuid::now_v7();
        self.visit_slips.push_back((id, slip));
        if self.visit_slips.len() > SLIPS_MAX {
            self.visit_slips.pop_front();
        }
        match self.desk.print(SlipOf::Visit(id), whom) {
            Ok(acts) => self.act(acts, events).await,
            Err(error) => {
                tracing::warn!(%error, "Slip not printed");
                // Staff see that nothing comes; the visit behind them has nothing to do with it.
                if whom == For::Visit {
                    events.push_back(Event::News(News::Paper(PaperNews::Unsure)));
                }
                Ok(())
            }
        }
    }

    /// What a slip of the visit of now tells; `None` once the visit is over.
    pub(super) fn visit_slip(&self, id: Uuid) -> Option<VisitSlip> {
        let known = self.visit_slips.iter().find(|(known, _)| *known == id);
        known.map(|(_, slip)| slip.clone())
    }

    /// The day on which so many working days end that begin to count on the day of `at`.
    pub(super) fn expected_on(&self, working_days: u16, at: Timestamp) -> Option<Date> {
        let calendar = self.offer.today.calendar();
        calendar.due(Day::in_vietnam(at).date(), working_days)
    }

    /// When the result of a dossier handed in at `at` is to be had, before the province has said so.
    pub(super) fn expected(&self, procedure: &Procedure, at: Timestamp) -> Option<Due> {
        let expected = self.expected_on(procedure.days_promised(), at);
        expected.map(Due::Expected)
    }
}
