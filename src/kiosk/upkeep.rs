//! What the kiosk does every second by itself: it looks at its store, its voice and its lamps, and forgets what
//! its time has come for.

use hardware::panel::{Buzzer, Light};
use jiff::{Timestamp, ToSpan};

use super::{Kiosk, LoopError};
use crate::devices::panel::Lamps;
use crate::health::{Mute, Status, StoreHealth};
use crate::procedure::Language;
use crate::session::{Event, Step};
use crate::store::dossiers::Retention;
use crate::store::room::Room;
use crate::ticket::Day;

/// How often what its time has come for is forgotten, in ticks of a second.
const FORGET_EVERY_TICKS: u64 = 60;
/// Numbers and the hall's events are kept so long: a quarter, which managers look back on. Some 2 MB a busy day.
const NUMBERS_KEPT_DAYS: i64 = 92;
/// How often free space and the business day are looked at, in ticks of a second.
const LOOK_EVERY_TICKS: u64 = 5;

impl Kiosk {
    pub(super) async fn on_second(&mut self) -> Result<(), LoopError> {
        self.ticks += 1;
        self.health.voice = if self.voice.can_speak(Language::Vietnamese) {
            Status::Works
        } else {
            Status::Faulty(Mute::NoVoice)
        };
        self.health.hall = self.node.standing().into();
        if self.ticks.is_multiple_of(LOOK_EVERY_TICKS) {
            self.look_at_store().await?;
        }
        if self.ticks % FORGET_EVERY_TICKS == 1 {
            self.forget_due().await?;
        }
        self.happen(Event::Tick).await
    }

    /// Free space, notices for staff, and a business day that may have begun.
    pub(super) async fn look_at_store(&mut self) -> Result<(), LoopError> {
        self.offer.renew(Timestamp::now());
        let (room, notices) = self.store.call(|store| (store.room(), store.notices())).await?;
        if let Err(error) = self.node.refresh().await {
            tracing::warn!(error = format!("{error:#}"), "Hall could not be read");
        }
        let notice = match notices {
            Ok(notices) => notices.into_iter().next_back().map(|notice| notice.what),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "Notices could not be read");
                self.health.store.notice.take()
            }
        };
        let Room {
            free_bytes,
            enough_for_scan,
            enough_for_numbers,
        } = room;
        self.health.store = StoreHealth {
            free_bytes,
            room_for_numbers: enough_for_numbers,
            room_for_scans: enough_for_scan,
            notice,
        };
        Ok(())
    }

    /// Received dossiers lose their personal data after the configured hours.
    async fn forget_due(&self) -> Result<(), LoopError> {
        let retention = Retention {
            personal_hours: self.config.store.forget_after_hours,
            follow_days: self.config.store.follow_days,
        };
        let now = Timestamp::now();
        match self.store.call(move |store| store.forget_due(retention, now)).await? {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, "Received dossiers are forgotten"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "Dossiers could not be forgotten"),
        }
        let Ok(before) = Day::in_vietnam(now).date().checked_sub(NUMBERS_KEPT_DAYS.days()) else {
            return Ok(());
        };
        let forgotten = self
            .store
            .call(move |store| store.forget_numbers_before(Day::from(before)));
        match forgotten.await? {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(forgotten, %before, "Numbers of old days are forgotten"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "Old numbers could not be forgotten"),
        }
        Ok(())
    }

    pub(super) fn set_lamps(&mut self) {
        let trouble =
            matches!(self.health.printer, Status::Faulty(_)) || matches!(self.health.scanner, Status::Faulty(_));
        let light = match (self.session.staff_called, trouble) {
            (true, _) => Light::Calling,
            (false, true) => Light::Trouble,
            (false, false) => Light::Steady,
        };
        let lamps = Lamps {
            light,
            buzzer: if matches!(self.session.step, Step::CardLeft { .. }) {
                Buzzer::Sounding
            } else {
                Buzzer::Quiet
            },
        };
        if lamps != self.lamps && crate::devices::order(&self.orders.lamps, lamps).is_ok() {
            self.lamps = lamps;
        }
    }

    /// A line in the store of what staff or the machine did; never who a citizen is.
    pub(super) async fn audit(&self, what: String) -> Result<(), LoopError> {
        let now = Timestamp::now();
        let written = self.store.call(move |store| store.audit(now, &what)).await?;
        if let Err(error) = written {
            tracing::warn!(error = format!("{error:#}"), "Audit line could not be written");
        }
        Ok(())
    }
}
