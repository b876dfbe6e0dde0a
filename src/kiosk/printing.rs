//! The printing desk's acts: a job is committed, the slip is laid out as things stand now, and
//! handed to the printer.

use std::collections::VecDeque;

use hardware::printer::{JobId, Slip};
use jiff::Timestamp;
use uuid::Uuid;

use super::dossiers::Sealed;
use super::{Kiosk, LoopError};
use crate::calendar::Due;
use crate::desk::{Act, For};
use crate::devices;
use crate::devices::printer::PrinterOrder;
use crate::dossier::{ActKind, DraftId};
use crate::payment::FeeDue;
use crate::procedure::Words;
use crate::session::handing::sent::Said;
use crate::session::{Copy, Event, News, PaperNews};
use crate::slip::fee::FeeLine;
use crate::slip::{HandInSlip, SlipOf, TicketSlip};
use crate::store::follow::Stage;
use crate::store::prints::{PrintEnd, PrintJob};
use crate::ticket::{Ticket, TicketId};

impl Kiosk {
    pub(super) async fn do_acts(&mut self, acts: Vec<Act>) -> Result<(), LoopError> {
        let mut events = VecDeque::new();
        self.act(acts, &mut events).await?;
        for event in events {
            // Boxed: the session's effects lead back here, at most once round for each act.
            Box::pin(self.happen(event)).await?;
        }
        Ok(())
    }

    pub(super) async fn act(&mut self, acts: Vec<Act>, events: &mut VecDeque<Event>) -> Result<(), LoopError> {
        let mut acts = VecDeque::from(acts);
        while let Some(act) = acts.pop_front() {
            match act {
                Act::Begin(what) => acts.extend(self.begin(what).await?),
                Act::Settle(job) => {
                    if self.to_printer(PrinterOrder::Settle { job }).is_err() {
                        tracing::warn!("Printer takes no orders");
                    }
                }
                Act::GiveUp(SlipOf::Ticket(id)) => self.give_up(id).await?,
                // What is known of a dossier does not hang on its slip.
                Act::GiveUp(SlipOf::HandIn(_) | SlipOf::Visit(_)) => {}
                Act::Mark { job, end } => self.mark(job, end).await?,
                Act::Tell(news) => events.push_back(Event::News(News::Paper(news))),
            }
        }
        Ok(())
    }

    async fn begin(&mut self, what: SlipOf) -> Result<Vec<Act>, LoopError> {
        let drawn = self.begun.take_if(|(ticket, _)| what == SlipOf::Ticket(ticket.id));
        let begun = match drawn {
            Some((ticket, job)) => Some((job, Some(self.ticket_slip(&ticket, job).layout()))),
            None => self.begin_again(what).await?,
        };
        let Some((job, slip)) = begun else {
            return Ok(self.desk.not_begun());
        };
        let id = JobId(job.id);
        let Some(slip) = slip else {
            self.mark(id, PrintEnd::Untouched).await?;
            return Ok(self.desk.not_begun());
        };
        if self.to_printer(PrinterOrder::Print { job: id, slip }).is_err() {
            self.mark(id, PrintEnd::Untouched).await?;
            return Ok(self.desk.not_begun());
        }
        Ok(self.desk.begun(id, copy(job.copy)))
    }

    /// The print of a slip that was not begun when its number was drawn. `None`: it cannot be committed.
    async fn begin_again(&mut self, what: SlipOf) -> Result<Option<(PrintJob, Option<Slip>)>, LoopError> {
        let now = Timestamp::now();
        match self.store.call(move |store| store.begin_print(what, now)).await? {
            Ok(job) => Ok(Some((job, self.lay_out(what, job).await?))),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Print could not be begun");
                Ok(None)
            }
        }
    }

    /// A print begun with its number that the desk did not take up: nothing of it went out.
    pub(super) async fn leave_untouched(&mut self) -> Result<(), LoopError> {
        match self.begun.take() {
            Some((_, job)) => self.mark(JobId(job.id), PrintEnd::Untouched).await,
            None => Ok(()),
        }
    }

    /// After a restart: whatever the printer still holds of a slip is proved or thrown away before
    /// anything new is printed.
    pub(super) fn ask_about_unsettled(&mut self) {
        for job in std::mem::take(&mut self.unsettled) {
            if self.to_printer(PrinterOrder::Settle { job }).is_err() {
                tracing::warn!("Printer takes no orders");
            }
        }
    }

    fn to_printer(&self, order: PrinterOrder) -> Result<(), PrinterOrder> {
        match &self.orders.printer {
            Some(printer) => devices::order(printer, order),
            None => Err(order),
        }
    }

    async fn lay_out(&mut self, what: SlipOf, job: PrintJob) -> Result<Option<Slip>, LoopError> {
        match what {
            SlipOf::Ticket(id) => match self.store.call(move |store| store.ticket(id)).await? {
                Ok(ticket) => Ok(Some(self.ticket_slip(&ticket, job).layout())),
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "Ticket cannot be read");
                    Ok(None)
                }
            },
            SlipOf::HandIn(dossier) => {
                let sealed = self.sealed.clone().filter(|sealed| sealed.id == dossier);
                let sealed = match sealed {
                    Some(sealed) => Some(sealed),
                    None => self.sealed_before(dossier).await?,
                };
                let Some(sealed) = sealed else { return Ok(None) };
                let code = match &sealed.province {
                    Said::Received { code } => Some(code.as_str()),
                    Said::Nothing | Said::Refused => None,
                };
                let fee = self.fee_line(sealed.id, code, &sealed.fees).await?;
                Ok(Some(self.hand_in_slip(sealed, fee, job).layout()))
            }
            SlipOf::Visit(id) => Ok(self.visit_slip(id).map(|slip| slip.layout(job.copy))),
        }
    }

    fn ticket_slip(&self, ticket: &Ticket, job: PrintJob) -> TicketSlip {
        let series = self.config.series.iter().find(|series| series.letter == ticket.series);
        let shown = self.shown_ticket.as_ref().filter(|shown| shown.id == ticket.id);
        TicketSlip {
            center: self.config.kiosk.center.clone(),
            kiosk: self.config.kiosk.name.clone(),
            day: ticket.day,
            number: ticket.label(),
            series: series.map(|series| series.words()),
            counters: series.map(|series| series.counters.clone()).unwrap_or_default(),
            // What a reprint for staff cannot know any more is left out.
            ahead: shown.and_then(|shown| shown.ahead),
            apart: shown.is_some_and(|shown| shown.ahead.is_none()),
            minutes: shown.and_then(|shown| shown.minutes),
            drawn_at: ticket.drawn_at,
            copies: job.copy,
            language: self.session.settings.language,
            links: self.links.clone(),
        }
    }

    /// A dossier of an earlier visit, for a slip that staff print: what is known of it without opening it.
    async fn sealed_before(&self, dossier: Uuid) -> Result<Option<Sealed>, LoopError> {
        let known = match self.store.call(move |store| store.known(dossier)).await? {
            Ok(known) => known,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Dossier cannot be read");
                return Ok(None);
            }
        };
        let procedure = known.procedure.parse().ok();
        let procedure = procedure.and_then(|code| self.offer.procedure(&code));
        let promised = known
            .receipt
            .as_ref()
            .and_then(|receipt| receipt.due_on.as_deref()?.parse().ok());
        // Papers and a withdrawal have no day on which a result is to be had.
        let of_dossier = procedure.filter(|_| known.kind == ActKind::Dossier);
        let expected = || of_dossier.and_then(|procedure| self.expected(procedure, known.sealed_at));
        Ok(Some(Sealed {
            due: promised.map(Due::Promised).or_else(expected),
            id: known.id,
            draft: DraftId(known.id),
            procedure: procedure.map_or_else(|| Words::vietnamese(&known.procedure), |known| known.name.clone()),
            slip_number: known.slip_number,
            act: known.kind,
            parts: vec![],
            fees: procedure.map(|procedure| FeeDue::of(procedure)).unwrap_or_default(),
            sealed_at: known.sealed_at,
            province: match (known.stage, known.receipt) {
                (Stage::WithStaff, _) => Said::Refused,
                (Stage::Waiting | Stage::Received | Stage::Closed, Some(receipt)) => {
                    Said::Received { code: receipt.code }
                }
                (Stage::Waiting | Stage::Received | Stage::Closed, None) => Said::Nothing,
            },
        }))
    }

    fn hand_in_slip(&self, sealed: Sealed, fee: FeeLine, job: PrintJob) -> HandInSlip {
        let Sealed {
            id: _,
            draft: _,
            slip_number,
            act,
            procedure,
            parts,
            sealed_at,
            fees: _,
            province,
            due,
        } = sealed;
        HandInSlip {
            center: self.config.kiosk.center.clone(),
            slip_number,
            act,
            procedure,
            parts,
            sealed_at,
            province,
            due,
            fee,
            copies: job.copy,
            language: self.session.settings.language,
        }
    }

    pub(super) async fn print_hand_in(
        &mut self,
        slip_number: &str,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let Some(id) = self
            .sealed
            .as_ref()
            .filter(|sealed| sealed.slip_number == slip_number)
            .map(|sealed| sealed.id)
        else {
            return Ok(());
        };
        match self.desk.print(SlipOf::HandIn(id), For::Visit) {
            Ok(acts) => self.act(acts, events).await,
            Err(error) => {
                tracing::warn!(%error, "Slip not printed");
                events.push_back(Event::News(News::Paper(PaperNews::Unsure)));
                Ok(())
            }
        }
    }

    /// Staff find a number without paper among those that failed, not among those under way.
    pub(super) async fn give_up(&self, ticket: TicketId) -> Result<(), LoopError> {
        self.log_failure("Print could not be given up", move |store| store.give_up_print(ticket))
            .await
    }

    async fn mark(&self, job: JobId, end: PrintEnd) -> Result<(), LoopError> {
        // A late proof may name a job of a database that was lost: then there is nothing to mark.
        self.log_failure("Print could not be marked", move |store| store.end_print(job.0, end))
            .await
    }
}

fn copy(copies: u32) -> Copy {
    if copies == 0 { Copy::First } else { Copy::Copy }
}
