//! The one loop: everything that happens comes in here, goes through the session, and what follows
//! is done here, in order. Nothing is handed to a device before it is committed.
//!
//! The loop owns the session, the printing desk and what is known of health. It waits for the store
//! (milliseconds) and for nothing else: what takes longer runs beside it and comes back as an input.

mod asides;
mod background;
mod done;
mod dossiers;
mod drawing;
mod following;
mod inputs;
mod offer;
mod office;
mod package;
mod paying;
mod perform;
mod printing;
mod receipts;
mod signing;
mod staff;
pub mod start;
mod transfers;
mod upkeep;
mod visit_slips;
mod waiting;

pub use self::done::Done;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use hardware::panel::{Buzzer, Light};
use hardware::printer::JobId;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::config::Config;
use crate::desk::Desk;
use crate::devices::DeviceNews;
use crate::devices::card::CardOrder;
use crate::devices::open;
use crate::devices::page_printer::PagesOrder;
use crate::devices::panel::Lamps;
use crate::devices::printer::PrinterOrder;
use crate::devices::scanner::ScanOrder;
use crate::health::{Health, Status};
use crate::node::Node;
use crate::procedure::{Catalogue, Language};
use crate::province::HttpProvince;
use crate::screen::{FromScreen, ScreenHandle, Shown, Speaking};
use crate::session::taking::DrawnTicket;
use crate::session::{Around, CardPlace, Event, News, SeriesAround, Session, Step};
use crate::slip::VisitSlip;
use crate::slip::link::Links;
use crate::store::prints::PrintJob;
use crate::store::thread::{StoreGone, StoreHandle};
use crate::tasks::Pulse;
use crate::ticket::Ticket;
use crate::voice::Voice;
use crate::web::hall::Pairing;
use offer::Offer;

/// Inputs of work done beside the loop that may wait.
const DONE_MAX: usize = 64;

/// Why the loop ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum LoopError {
    #[error("The store has ended")]
    Store(#[from] StoreGone),
    #[error("The screen has ended")]
    Screen(#[from] crate::screen::ScreenGone),
    #[error("A source of events has ended: {0}")]
    Source(&'static str),
}

/// The ways to the devices; a kiosk may lack any of them.
pub struct Orders {
    pub printer: Option<SyncSender<PrinterOrder>>,
    pub page_printer: Option<SyncSender<PagesOrder>>,
    pub card_reader: Option<SyncSender<CardOrder>>,
    pub scanner: Option<SyncSender<ScanOrder>>,
    pub lamps: SyncSender<Lamps>,
}

pub struct Kiosk {
    config: Arc<Config>,
    session: Session,
    desk: Desk,
    node: Node,
    /// Where the configuration lets browsers in.
    pairing: Option<Pairing>,
    store: StoreHandle,
    province: Arc<HttpProvince>,
    orders: Orders,
    voice: Voice,
    screen: ScreenHandle,
    offer: Offer,
    health: Health,
    /// For `/health`.
    health_out: watch::Sender<Health>,
    lamps: Lamps,
    /// The line of the open page.
    line: Option<(Language, String)>,
    /// The number that this visit drew, as its slip tells it.
    shown_ticket: Option<DrawnTicket>,
    /// The ticket just drawn and the print of it that its commit began, until the desk begins it.
    begun: Option<(Ticket, PrintJob)>,
    /// A card lies on the reader.
    card_place: CardPlace,
    /// The order whose card somebody waits for.
    card_under_way: Option<Uuid>,
    /// The order whose photograph staff wait for.
    face_under_way: Option<Uuid>,
    /// The order whose pages somebody waits for.
    scan_under_way: Option<Uuid>,
    /// The dossier that this visit handed in: its slip may still be wanted.
    sealed: Option<dossiers::Sealed>,
    asides: asides::Asides,
    /// Slips of this visit that nothing else is kept of, the latest last.
    visit_slips: VecDeque<(Uuid, VisitSlip)>,
    /// Form 01 at the page printer, for somebody at the screen.
    pages: Option<receipts::OnPages>,
    /// The payment that somebody at the screen waits for, for the cashier.
    watched_payment: watch::Sender<Option<Uuid>>,
    /// The signature that somebody at the screen waits for.
    signing: Option<signing::UnderWay>,
    /// Pages to be read while the visit goes on, if anything reads them.
    reading: Option<SyncSender<Uuid>>,
    /// Jobs that were at the printer when the last run ended: it is asked about them first.
    unsettled: Vec<JobId>,
    pins: staff::PinGuard,
    links: Option<Links>,
    done: mpsc::Sender<Done>,
    ticks: u64,
}

/// What a loop is put together from.
pub struct Limbs {
    pub config: Arc<Config>,
    pub node: Node,
    pub pairing: Option<Pairing>,
    pub store: StoreHandle,
    pub province: Arc<HttpProvince>,
    pub orders: Orders,
    pub voice: Voice,
    pub screen: ScreenHandle,
    pub catalogue: Arc<Catalogue>,
    pub health: Health,
    pub health_out: watch::Sender<Health>,
    pub reading: Option<SyncSender<Uuid>>,
    pub watched_payment: watch::Sender<Option<Uuid>>,
    /// Jobs that were at the printer when the last run ended.
    pub unsettled: Vec<JobId>,
    pub done: mpsc::Sender<Done>,
    /// For slips of numbers, where the centre has pages for phones.
    pub links: Option<Links>,
}

/// Where inputs come from.
pub struct Sources {
    pub screen: mpsc::Receiver<FromScreen>,
    pub devices: mpsc::Receiver<DeviceNews>,
    pub done: mpsc::Receiver<Done>,
    pub stop: watch::Receiver<bool>,
}

impl Sources {
    pub const fn of(
        screen: mpsc::Receiver<FromScreen>,
        devices: mpsc::Receiver<DeviceNews>,
        done: mpsc::Receiver<Done>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            screen,
            devices,
            done,
            stop,
        }
    }
}

impl Kiosk {
    /// A kiosk at rest.
    pub fn new(limbs: Limbs) -> Self {
        let Limbs {
            config,
            node,
            pairing,
            store,
            province,
            orders,
            voice,
            screen,
            catalogue,
            health,
            health_out,
            reading,
            watched_payment,
            unsettled,
            done,
            links,
        } = limbs;
        Self {
            config,
            session: Session::new(Timestamp::now()),
            desk: Desk::default(),
            node,
            pairing,
            store,
            province,
            orders,
            voice,
            screen,
            offer: Offer::of(catalogue, Timestamp::now()),
            health,
            health_out,
            lamps: Lamps {
                light: Light::Off,
                buzzer: Buzzer::Quiet,
            },
            line: None,
            shown_ticket: None,
            begun: None,
            card_place: CardPlace::Empty,
            card_under_way: None,
            face_under_way: None,
            scan_under_way: None,
            sealed: None,
            asides: asides::Asides::default(),
            visit_slips: VecDeque::new(),
            pages: None,
            watched_payment,
            signing: None,
            reading,
            unsettled,
            pins: staff::PinGuard::default(),
            done,
            links,
            ticks: 0,
        }
    }

    /// Runs until `stop`, or until something without which there is no kiosk has ended.
    ///
    /// # Errors
    /// The store, the screen or a source of events has ended: the process should end, too.
    pub async fn run(mut self, mut from: Sources, [pulse, screen_pulse]: [Pulse; 2]) -> Result<(), LoopError> {
        let mut second = tokio::time::interval(std::time::Duration::from_secs(1));
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        self.look_at_store().await?;
        self.show()?;

        loop {
            pulse.beat();
            tokio::select! {
                biased;
                _ = from.stop.changed() => return Ok(()),
                touch = from.screen.recv() => match touch {
                    Some(FromScreen::Event(event)) => self.happen(event).await?,
                    Some(FromScreen::Spoken { language, line }) => self.page_opened(language, line),
                    Some(FromScreen::Alive) => screen_pulse.beat(),
                    None => return Err(LoopError::Source("screen")),
                },
                news = from.devices.recv() => match news {
                    Some(news) => self.on_device(news).await?,
                    None => return Err(LoopError::Source("devices")),
                },
                done = from.done.recv() => match done {
                    Some(done) => self.on_done(done).await?,
                    None => return Err(LoopError::Source("work")),
                },
                _ = second.tick() => self.on_second().await?,
            }
        }
    }

    fn around(&self) -> Around {
        let series = self.config.series.iter().map(|series| {
            let waiting = u32::try_from(self.node.hall().waiting(series.letter)).unwrap_or(u32::MAX);
            SeriesAround {
                letter: series.letter,
                name: series.words(),
                counters: series.counters.clone(),
                waiting,
                minutes: self.minutes(series, waiting),
                open: self.node.hall().open_for(series.letter).is_ok(),
            }
        });
        Around {
            now: Timestamp::now(),
            fresh: Uuid::now_v7(),
            times: self.config.times,
            series: series.collect(),
            catalogue: Arc::clone(&self.offer.today),
            health: self.health.clone(),
            card: self.card_place,
            scanner_takes: open::taken(&self.config.scanner),
            own_province: self.config.kiosk.province.clone(),
        }
    }

    /// One event goes through the session, and everything that follows from it is done.
    async fn happen(&mut self, event: Event) -> Result<(), LoopError> {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let around = self.around();
            let session = std::mem::replace(&mut self.session, Session::new(around.now));
            let (session, effects) = session.on(event, &around);
            self.session = session;
            for effect in effects {
                self.perform(effect, &mut events).await?;
            }
        }
        self.show()
    }

    async fn news(&mut self, news: News) -> Result<(), LoopError> {
        self.happen(Event::News(news)).await
    }

    fn show(&mut self) -> Result<(), LoopError> {
        self.set_lamps();
        // Only `/health` listens, and it may not have asked yet.
        self.health_out.send_if_modified(|shown| {
            let changed = *shown != self.health;
            if changed {
                shown.clone_from(&self.health);
            }
            changed
        });
        let speaking = if self.health.voice.works() {
            Speaking::Can
        } else {
            Speaking::Cannot
        };
        self.screen.show(Shown {
            session: self.session.clone(),
            around: self.around(),
            voice: speaking,
        })?;
        Ok(())
    }

    /// The line is spoken when its page opens; at rest only to somebody who steps up.
    fn page_opened(&mut self, language: Language, line: String) {
        if !matches!(self.session.step, Step::Rest | Step::Staff(_)) {
            self.voice.say(language, &line);
        }
        self.line = Some((language, line));
    }

    fn say_again(&self) {
        if let Some((language, line)) = &self.line {
            self.voice.say(*language, line);
        }
    }
}

fn status<F>(state: Result<(), F>) -> Status<F> {
    match state {
        Ok(()) => Status::Works,
        Err(fault) => Status::Faulty(fault),
    }
}
