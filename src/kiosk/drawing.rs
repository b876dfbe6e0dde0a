//! A number for somebody at the screen. Alone, the kiosk's store gives it while the loop waits; a log that several share may
//! take its time, so it is asked beside the loop.

use std::collections::VecDeque;

use super::{Done, Kiosk, LoopError};
use crate::desk::For;
use crate::hall::log::DrawError;
use crate::hall::{self, Class, Errand, Wish};
use crate::node::{Given, Standing};
use crate::procedure::Words;
use crate::session::taking::{DrawnTicket, NotDrawn};
use crate::session::{Event, HallNews, News, PaperNews, Priority};
use crate::slip::SlipOf;
use crate::ticket::{Label, SeriesLetter};

impl Kiosk {
    pub(super) async fn draw(
        &mut self,
        series: SeriesLetter,
        priority: Priority,
        errand: Option<Errand>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let class = match priority {
            Priority::Ordinary => Class::Ordinary,
            Priority::Priority => Class::Priority,
        };
        let wish = Wish { series, class };
        let print = self.desk.is_free() && self.orders.printer.is_some();
        if self.node.standing() == Standing::Alone {
            let given = self.node.draw(wish, print).await;
            return self.drawn(series, errand, given, events).await;
        }
        let (node, done) = (self.node.clone(), self.done.clone());
        tokio::spawn(async move {
            let given = Box::new(node.draw(wish, print).await);
            // The loop may be ending: the number is in the store, and its slip unclear, as after a power cut.
            drop(done.send(Done::Given { series, errand, given }).await);
        });
        Ok(())
    }

    pub(super) async fn on_given(
        &mut self,
        series: SeriesLetter,
        errand: Option<Errand>,
        given: Result<Given, DrawError>,
    ) -> Result<(), LoopError> {
        let mut events = VecDeque::new();
        self.drawn(series, errand, given, &mut events).await?;
        for event in events {
            self.happen(event).await?;
        }
        Ok(())
    }

    async fn drawn(
        &mut self,
        series: SeriesLetter,
        errand: Option<Errand>,
        given: Result<Given, DrawError>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let Given { drawn, job, apart } = match given {
            Ok(given) => given,
            Err(error) => {
                let why = told_not_drawn(series, &error);
                events.push_back(Event::News(News::Hall(HallNews::NotDrawn(why))));
                return Ok(());
            }
        };
        if let Some(errand) = errand {
            self.tell_errand(drawn.ticket.label(), errand);
        }
        self.begun = job.map(|job| (drawn.ticket.clone(), job));
        // Without the log nobody knows who waits.
        let ahead = (!apart).then(|| u32::try_from(drawn.ahead).unwrap_or(u32::MAX));
        let shown = self.config.series.iter().find(|configured| configured.letter == series);
        let ticket = DrawnTicket {
            id: drawn.ticket.id,
            series,
            number: drawn.ticket.number,
            series_name: shown.map_or_else(|| Words::vietnamese(series.to_string()), |shown| shown.words()),
            counters: shown.map(|shown| shown.counters.clone()).unwrap_or_default(),
            ahead,
            minutes: shown.zip(ahead).and_then(|(shown, ahead)| self.minutes(shown, ahead)),
        };
        self.shown_ticket = Some(ticket.clone());
        events.push_back(Event::News(News::Hall(HallNews::Drawn(ticket))));
        match self.desk.print(SlipOf::Ticket(drawn.ticket.id), For::Visit) {
            Ok(acts) => self.act(acts, events).await?,
            Err(error) => {
                tracing::warn!(%error, "Slip not printed");
                self.give_up(drawn.ticket.id).await?;
                events.push_back(Event::News(News::Paper(PaperNews::Unsure)));
            }
        }
        self.leave_untouched().await
    }
}

impl Kiosk {
    /// The number is given: what it is for helps its counter, and nobody waits for it.
    fn tell_errand(&self, label: Label, errand: Errand) {
        let Label { series, number } = label;
        let event = hall::Event::CameFor { series, number, errand };
        let node = self.node.clone();
        tokio::spawn(async move {
            if let Err(error) = node.append(event).await {
                tracing::warn!(%label, error = format!("{error:#}"), "Counters do not learn what a number is for");
            }
        });
    }
}

/// For the log, and what of it is for the citizen.
fn told_not_drawn(series: SeriesLetter, error: &DrawError) -> NotDrawn {
    match error {
        DrawError::NoNumber(why) => tracing::info!(%series, %why, "No number given"),
        DrawError::Illegal(_) | DrawError::Crowded | DrawError::NothingLeased | DrawError::Log(_) => {
            tracing::error!(%series, error = format!("{error:#}"), "No number given");
        }
    }
    match error {
        DrawError::NoNumber(_) => NotDrawn::SoldOut,
        DrawError::Illegal(_) | DrawError::Crowded | DrawError::NothingLeased => NotDrawn::Away,
        DrawError::Log(_) => NotDrawn::NoRoom,
    }
}
