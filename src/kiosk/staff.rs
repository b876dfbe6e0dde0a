//! Staff at the kiosk: the PIN, what they look at, what they do.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{Done, Kiosk, LoopError};
use crate::desk::For;
use crate::dossier::{ActKind, DraftId, Judged, Preview};
use crate::node::Standing;
use crate::procedure::PartCode;
use crate::reading;
use crate::session::staff::looking::PictureNews;
use crate::session::staff::pairing::PairingView;
use crate::session::staff::{Owed, StaffAct, StaffDossier, StaffName, StaffSeries, StaffTicket, StaffView};
use crate::session::{Event, News, Secret, StaffNews};
use crate::slip::SlipOf;
use crate::store::StoreError;
use crate::store::follow::Stage;
use crate::store::prints::Seen;
use crate::store::thread::StoreHandle;
use crate::ticket::Ticket;

/// Wrong PINs before the door is locked for a while.
const WRONG_MAX: u32 = 3;
/// The first lock; each further one is twice as long.
const LOCK_SECS: u32 = 30;
/// No lock is longer than this.
const LOCK_SECS_MAX: u32 = 1800;
/// Rows that a staff page shows at most: troubled numbers and owed dossiers, the oldest first.
const ROWS_MAX: usize = 100;
/// A page that staff look at is at most so wide and high: its print can be read on the largest panel.
const LOOK_PX_MAX: u32 = 1400;

/// Counts wrong PINs. It lives as long as the process, not as the visit.
#[derive(Debug, Default)]
pub struct PinGuard {
    wrong: u32,
    locked_until: Option<Instant>,
}

impl PinGuard {
    fn locked_secs(&self, now: Instant) -> u32 {
        let left = self
            .locked_until
            .map(|until| until.saturating_duration_since(now))
            .unwrap_or_default();
        u32::try_from(left.as_secs_f32().ceil() as u64).unwrap_or(u32::MAX)
    }

    fn checked(&mut self, right: bool, now: Instant) {
        if right {
            *self = Self::default();
            return;
        }
        self.wrong += 1;
        if self.wrong >= WRONG_MAX {
            let doublings = (self.wrong - WRONG_MAX).min(16);
            let secs = LOCK_SECS.saturating_mul(1 << doublings).min(LOCK_SECS_MAX);
            self.locked_until = Some(now + Duration::from_secs(u64::from(secs)));
        }
    }
}

impl Kiosk {
    pub(super) fn check_pin(&self, typed: Secret, events: &mut VecDeque<Event>) {
        let locked = self.pins.locked_secs(Instant::now());
        if locked > 0 {
            events.push_back(Event::News(pin_news(None, locked)));
            return;
        }
        let config = Arc::clone(&self.config);
        let done = self.done.clone();
        tokio::task::spawn_blocking(move || {
            let who = config.staff.who(&typed.0).map(StaffName::from);
            // The loop may be ending: then nobody is at the door.
            drop(done.blocking_send(Done::PinChecked { who }));
        });
    }

    pub(super) async fn on_pin(&mut self, who: Option<StaffName>) -> Result<(), LoopError> {
        let now = Instant::now();
        self.pins.checked(who.is_some(), now);
        self.audit(match &who {
            Some(who) => format!("staff came in: {who}"),
            None => "wrong PIN".into(),
        })
        .await?;
        self.news(pin_news(who, self.pins.locked_secs(now))).await
    }

    pub(super) async fn staff_look(&mut self, events: &mut VecDeque<Event>) -> Result<(), LoopError> {
        let now = Timestamp::now();
        let (tickets, owed, slipless, drawn) = self
            .store
            .call(move |store| {
                let slipless = store.received_without_slip(now);
                (
                    store.troubled_tickets(now),
                    store.owed(),
                    slipless,
                    store.drawn_today(now),
                )
            })
            .await?;
        let mut view = StaffView {
            notice: self.health.store.notice.clone().unwrap_or_default(),
            ..StaffView::default()
        };
        match tickets {
            Ok(tickets) => {
                view.tickets = tickets
                    .iter()
                    .take(ROWS_MAX)
                    .map(|ticket| self.staff_ticket(ticket))
                    .collect()
            }
            Err(error) => tracing::error!(error = format!("{error:#}"), "Tickets cannot be read"),
        }
        match owed {
            Ok(owed) => view.dossiers = owed.into_iter().take(ROWS_MAX).map(staff_dossier).collect(),
            Err(error) => tracing::error!(error = format!("{error:#}"), "Outbox cannot be read"),
        }
        match slipless {
            Ok(slipless) => view
                .dossiers
                .extend(slipless.into_iter().take(ROWS_MAX).map(staff_dossier)),
            Err(error) => tracing::error!(error = format!("{error:#}"), "Slips of dossiers cannot be read"),
        }
        view.fees = self.staff_fees(now).await?;
        let drawn = drawn.unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "Counts cannot be read");
            vec![]
        });
        view.series = self
            .config
            .series
            .iter()
            .map(|series| StaffSeries {
                letter: series.letter,
                name: series.name.clone(),
                drawn: drawn
                    .iter()
                    .find(|(letter, _)| *letter == series.letter)
                    .map_or(0, |(_, count)| *count),
                open: self.node.hall().open_for(series.letter).is_ok(),
            })
            .collect();
        view.pairing = self.pairing.as_ref().map_or(PairingView::Impossible, |pairing| {
            pairing_view(pairing.shown(Instant::now()), now)
        });
        events.push_back(Event::News(News::Staff(StaffNews::View(Arc::new(view)))));
        Ok(())
    }

    fn staff_ticket(&self, ticket: &Ticket) -> StaffTicket {
        let series = self.config.series.iter().find(|series| series.letter == ticket.series);
        StaffTicket {
            id: ticket.id,
            label: ticket.label().to_string(),
            series: series.map(|series| series.name.clone()).unwrap_or_default(),
            drawn_at: ticket.drawn_at,
            state: ticket.state,
            copies: ticket.copies,
        }
    }

    pub(super) async fn staff_acts(&mut self, act: StaffAct, events: &mut VecDeque<Event>) -> Result<(), LoopError> {
        self.audit(format!("staff: {act:?}")).await?;
        let now = Timestamp::now();
        match act {
            StaffAct::CameOut(slip) => self.settle(slip, Seen::CameOut).await,
            StaffAct::DidNotComeOut(slip) => self.settle(slip, Seen::DidNot).await,
            StaffAct::Reprint(slip) => match self.desk.print(slip, For::Staff) {
                Ok(acts) => self.act(acts, events).await,
                Err(error) => {
                    tracing::warn!(%error, "Reprint not taken");
                    Ok(())
                }
            },
            StaffAct::SendAgain(dossier) => {
                self.log_failure("Dossier could not be sent again", move |store| {
                    store.send_again(dossier, now)
                })
                .await
            }
            StaffAct::Close(dossier) => {
                self.log_failure("Dossier could not be closed", move |store| {
                    store.close_by_staff(dossier, now)
                })
                .await
            }
            StaffAct::CloseFee(key) => {
                // It is the key of the one or the dossier of the other; no two things here share an id.
                self.log_failure("Payment could not be closed", move |store| {
                    store.close_payment(key)?;
                    store.settle_transfer(key)
                })
                .await
            }
            StaffAct::OpenSeries(series) => self.log_event(crate::hall::Event::SeriesOpened { series }).await,
            StaffAct::CloseSeries(series) => self.log_event(crate::hall::Event::SeriesClosed { series }).await,
            // Whoever looks next sees it.
            StaffAct::Pair => {
                if let Some(pairing) = &self.pairing {
                    pairing.begin(Instant::now());
                }
                Ok(())
            }
            // The session knows; the lamp, and the draft, follow.
            StaffAct::AnswerCall | StaffAct::Compared(_) | StaffAct::Mend(_) => Ok(()),
            StaffAct::Print(paper) => self.print_office(paper, events).await,
        }
    }

    /// Opens a page that was scanned. Takes a moment: beside the loop. The answer comes back as [`Done`].
    pub(super) fn show_picture(&self, draft: DraftId, paper: PartCode, image: u32) {
        let store = self.store.clone();
        let done = self.done.clone();
        tokio::task::spawn_blocking(move || {
            let picture = picture(&store, draft, &paper, image);
            if let Err(error) = &picture {
                tracing::warn!(error = format!("{error:#}"), "A page cannot be shown to staff");
            }
            let news = PictureNews {
                paper,
                image,
                picture: picture.ok(),
            };
            // The loop may be ending: then nobody looks.
            drop(done.blocking_send(Done::Picture(news)));
        });
    }

    async fn settle(&self, slip: SlipOf, seen: Seen) -> Result<(), LoopError> {
        self.log_failure("Slip could not be settled", move |store| {
            store.settle_by_staff(slip, seen)
        })
        .await
    }

    /// Alone, it is done when this returns; a log that several share may take its time, beside the loop.
    async fn log_event(&mut self, event: crate::hall::Event) -> Result<(), LoopError> {
        let node = self.node.clone();
        let logged = async move {
            if let Err(error) = node.append(event).await {
                tracing::error!(error = format!("{error:#}"), "Event could not be logged");
            }
        };
        if self.node.standing() == Standing::Alone {
            logged.await;
        } else {
            tokio::spawn(logged);
        }
        Ok(())
    }
}

/// The PIN answer, as the session hears it.
fn pin_news(who: Option<StaffName>, locked_secs: u32) -> News {
    News::Staff(match who {
        Some(who) => StaffNews::PinRight { who },
        None => StaffNews::PinWrong { locked_secs },
    })
}

fn pairing_view(shown: Option<(String, Duration)>, now: Timestamp) -> PairingView {
    let until = |left: Duration| now.checked_add(left).unwrap_or(Timestamp::MAX);
    match shown {
        Some((digits, left)) => PairingView::Code {
            digits: Secret(digits),
            until: until(left),
        },
        None => PairingView::NoCode,
    }
}

fn picture(store: &StoreHandle, draft: DraftId, paper: &PartCode, image: u32) -> anyhow::Result<Preview> {
    let part = paper.to_string();
    let page = store.call_blocking(move |store| {
        let pages = store.pages(draft.0)?;
        let nth = (image as usize).saturating_sub(1);
        let page = pages.into_iter().filter(|page| page.part == part).nth(nth);
        reading::image(store, page.ok_or(StoreError::Unknown("page"))?.id)
    })??;
    let small = image::load_from_memory_with_format(&page.jpeg, image::ImageFormat::Jpeg)?
        .thumbnail(LOOK_PX_MAX, LOOK_PX_MAX)
        .into_rgb8();
    Ok(Preview {
        width_px: small.width(),
        height_px: small.height(),
        rgb: Arc::new(small.into_raw()),
        judged: Judged::Fine,
    })
}

fn staff_dossier(owed: crate::store::owed::Owed) -> StaffDossier {
    StaffDossier {
        key: owed.dossier,
        slip_number: owed.slip_number,
        state: match owed.stage {
            Stage::Waiting => Owed::Waiting,
            Stage::WithStaff => Owed::Refused,
            Stage::Received | Stage::Closed => Owed::Slip,
        },
        words: owed.words.unwrap_or_default(),
        attempts: owed.attempts,
        mendable: owed.mendable && owed.kind == ActKind::Dossier,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_pins_lock_the_door_for_longer_and_longer() {
        let now = Instant::now();
        let mut guard = PinGuard::default();
        guard.checked(false, now);
        guard.checked(false, now);
        assert_eq!(guard.locked_secs(now), 0);
        guard.checked(false, now);
        assert_eq!(guard.locked_secs(now), LOCK_SECS);
        guard.checked(false, now);
        assert_eq!(guard.locked_secs(now), 2 * LOCK_SECS);
        for _ in 0..40 {
            guard.checked(false, now);
        }
        assert_eq!(guard.locked_secs(now), LOCK_SECS_MAX);
        guard.checked(true, now);
        assert_eq!(guard.locked_secs(now), 0);
    }
}
