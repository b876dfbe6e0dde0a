//! Form 01 for whoever has shown the chip of their card: asked for beside the loop, and printed as a slip of the visit.
//!
//! What stands on it is personal, so it is in memory alone, and there no longer than the visit: the answer goes to the
//! session, from there to [`VisitSlip`], and is gone with both. The journal of prints has a job for it like for every
//! slip, with an id that is drawn for this one print and leads to nothing.
//!
//! After a power cut that job is unclear, as any other; the printer is told to throw away what it still holds of it.
//! Nothing is printed again by itself, because nothing is left to print it from: whoever still wants the paper shows
//! the card once more. Staff are not asked whether it came out, as nothing hangs on it.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::following::ASK_MAX;
use super::{Done, Kiosk, LoopError};
use crate::appointment::Appointment;
use crate::citizen::CitizenId;
use crate::dossier::ShownCard;
use crate::province::{Answer, Asker, Form01};
use crate::session::Event;
use crate::session::following::receipt::ReceiptNews;
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
        let slip = AppointmentSlip {
            center: self.config.kiosk.center.clone(),
            appointment,
            printed_at: Timestamp::now(),
            copies: 0,
        };
        self.print_for_visit(VisitSlip::Appointment(Box::new(slip)), events)
            .await
    }
}
