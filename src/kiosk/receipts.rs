//! Form 01 for whoever has shown the chip of their card: asked for beside the loop, and printed as a slip of the visit.
//!
//! What stands on it is personal, so it is in memory alone, and there no longer than the visit: the answer goes to the
//! session, from there to [`VisitSlip`], and is gone with both. The journal of prints has a job for it like for every
//! slip, with an id that is drawn for this one print and leads to nothing.
//!
//! After a power cut that job is unclear, as any other; the printer is told to throw away what it still holds of it.
//! Nothing is printed again by itself, because nothing is left to print it from: whoever still wants the paper shows
//! the card once more. Staff are not asked whether it came out, as nothing hangs on it.
//!
//! Where there is a page printer that works it comes on A4, and on the roll where that one then fails: it takes back
//! what it did not print before it says so. Who has left by then gets neither.

use std::collections::VecDeque;
use std::sync::Arc;

use hardware::page_printer::NotPrinted;
use hardware::printer::Paper;
use jiff::Timestamp;
use uuid::Uuid;

use super::following::ASK_MAX;
use super::{Done, Kiosk, LoopError};
use crate::appointment::Appointment;
use crate::citizen::CitizenId;
use crate::devices::page_printer::PagesOrder;
use crate::devices::{self, open};
use crate::dossier::ShownCard;
use crate::province::{Answer, Asker, Form01};
use crate::session::following::receipt::ReceiptNews;
use crate::session::{Copy, Event, News, PagePlace, PaperNews};
use crate::slip::{AppointmentSlip, VisitSlip};

impl Kiosk {
    /// The answer comes back as [`Done`].
    pub(super) fn ask_receipt(&self, asked: Uuid, id: CitizenId, shown: ShownCard, code: String) {
        let province = Arc::clone(&self.province);
        let done = self.done.clone();
        tokio::spawn(async move {
            let asker = Asker { id, shown };
            let answer = tokio::time::timeout(ASK_MAX, province.form_01(&asker, &code)).await;
            let news = match answer {
                Ok(Answer::Received(Form01::Given(told))) => ReceiptNews::Given(told),
                Ok(Answer::Received(Form01::NotYet)) => ReceiptNews::NotYet,
                Ok(Answer::Received(Form01::NotTheirs)) => ReceiptNews::NotTheirs,
                Ok(Answer::Refused { .. }) => ReceiptNews::Refused,
                Ok(Answer::Later { .. }) | Err(_) => ReceiptNews::Silent,
            };
            // The loop may be ending: then nobody waits for the answer.
            drop(done.send(Done::Receipt { asked, news }).await);
        });
    }

    pub(super) async fn print_receipt(
        &mut self,
        appointment: Appointment,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let slip = Box::new(AppointmentSlip {
            center: self.config.kiosk.center.clone(),
            appointment,
            printed_at: Timestamp::now(),
            copies: 0,
        });
        match self.order_pages(slip) {
            Ok(at) => {
                events.push_back(Event::News(News::Paper(PaperNews::Pages { at, out: false })));
                Ok(())
            }
            Err(slip) => self.print_for_visit(VisitSlip::Appointment(slip), events).await,
        }
    }

    /// Where the pages will lie, or the slip again if there is no page printer that would take them.
    fn order_pages(&mut self, slip: Box<AppointmentSlip>) -> Result<PagePlace, Box<AppointmentSlip>> {
        let place = open::page_place(&self.config.page_printer).filter(|_| self.health.page_printer.works());
        let (Some(place), Some(printer)) = (place, &self.orders.page_printer) else {
            return Err(slip);
        };
        let id = Uuid::now_v7();
        let document = slip.document();
        match devices::order(printer, PagesOrder { id, document }) {
            Ok(()) => {
                self.pages = Some(OnPages { id, place, slip });
                Ok(place)
            }
            Err(_) => Err(slip),
        }
    }

    pub(super) async fn on_pages(&mut self, id: Uuid, result: Result<(), NotPrinted>) -> Result<(), LoopError> {
        // Of a visit that is over nobody has to hear, and nothing is left to print it from.
        let Some(OnPages { place, slip, .. }) = self.pages.take_if(|pages| pages.id == id) else {
            return Ok(());
        };
        let paper = match result {
            Ok(()) => PaperNews::Pages { at: place, out: true },
            Err(NotPrinted {
                paper: Paper::Unknown, ..
            }) => PaperNews::Unsure,
            Err(NotPrinted {
                paper: Paper::Untouched | Paper::Torn,
                ..
            }) => {
                let coming = PaperNews::Coming { copy: Copy::First };
                self.news(News::Paper(coming)).await?;
                let mut events = VecDeque::new();
                self.print_for_visit(VisitSlip::Appointment(slip), &mut events).await?;
                for event in events {
                    self.happen(event).await?;
                }
                return Ok(());
            }
        };
        self.news(News::Paper(paper)).await
    }
}

/// Form 01 at the page printer. Personal.
pub(super) struct OnPages {
    id: Uuid,
    place: PagePlace,
    /// For the roll, if the page printer fails.
    slip: Box<AppointmentSlip>,
}
