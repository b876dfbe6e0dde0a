//! Putting a kiosk together from its configuration, and taking it down again.

mod announcing;
mod limbs;
mod serving;

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use hardware::printer::JobId;
use hardware::scanner::Scratch;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use super::background::Background;
use super::{DONE_MAX, Kiosk, Limbs, Sources};
use crate::config::{Config, KeyConfig};
use crate::devices::open::Devices;
use crate::devices::{self, Teller};
use crate::hall::local::LocalHall;
use crate::outbox::{self, TcpProbe};
use crate::procedure::Catalogue;
use crate::province::HttpProvince;
use crate::reading::StopsReading;
use crate::screen::{FromScreen, Screen, ScreenHandle, TOUCHES_MAX};
use crate::slip::SlipOf;
use crate::slip::link::Links;
use crate::store::room::Limits;
use crate::store::secrets::{KeySource, KioskKey};
use crate::store::thread::{self, StoreHandle};
use crate::store::{self, Store, StoreError};
use crate::tasks::{self, Pulse, Tasks};
use crate::web;

/// News of devices that may wait for the loop.
const NEWS_MAX: usize = 64;
/// Slips that the printer is asked about after a restart: one can have been at it, few more can wait.
const UNSETTLED_MAX: u32 = 4;
/// The longest single turn of each task; longer is stuck.
const LOOP_QUIET_MAX: Duration = Duration::from_secs(20);
const SCREEN_QUIET_MAX: Duration = Duration::from_secs(30);

/// Where the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// A window, or the panel itself.
    Window,
    /// In memory: the dock is the screen.
    #[cfg(feature = "virtual")]
    Headless,
}

/// What the environment said; read in `main`.
pub struct Environment {
    pub display: Display,
    /// `CREDENTIALS_DIRECTORY` of systemd.
    pub credentials: Option<PathBuf>,
    /// Where scans may write before they are whole: `RUNTIME_DIRECTORY` or memory.
    pub scratch: PathBuf,
    /// systemd's watchdog limit, if it watches.
    pub watchdog: Option<Duration>,
}

/// Runs until SIGTERM, SIGINT, or a failure. Blocks the calling thread, which becomes the screen's.
///
/// # Errors
/// Something without which there is no kiosk could not be had, or ended.
pub fn run(config: Config, environment: &Environment) -> anyhow::Result<()> {
    let config = Arc::new(config);
    let tasks = Tasks::default();
    let Kept {
        store,
        hall,
        identity,
        catalogue,
        unsettled,
        links,
    } = open_store(&config, environment)?;
    let province = Arc::new(config.province.client(environment.credentials.as_deref())?);
    let scratch = Scratch(environment.scratch.clone());
    let devices = devices::open::open(&config, &config.store.folder, &scratch)?;

    #[cfg(feature = "virtual")]
    if environment.display == Display::Headless {
        ui::headless::install(config.panel_size.width_px, config.panel_size.height_px)
            .context("Cannot make the screen in memory")?;
    }
    let (touches, from_screen) = mpsc::channel(TOUCHES_MAX);
    let screen = Screen::open(&config.panel_size, &config.kiosk.center, &touches).context("Cannot open the screen")?;
    let parts = Parts {
        config,
        tasks,
        store,
        hall,
        identity,
        catalogue,
        unsettled,
        links,
        devices,
        province,
        screen: screen.handle(),
        from_screen,
        credentials: environment.credentials.clone(),
        watchdog: environment.watchdog,
    };

    let handle = screen.handle();
    let kiosk = std::thread::Builder::new()
        .name("kiosk".into())
        .spawn(move || {
            // However the loop ends, also by a panic, the screen ends with it.
            let _closing = CloseScreen(handle);
            serve(parts)
        })
        .context("Cannot start the loop")?;
    screen.run().context("The screen failed")?;
    match kiosk.join() {
        Ok(result) => result,
        Err(_) => anyhow::bail!("The loop panicked"),
    }
}

struct CloseScreen(ScreenHandle);

impl Drop for CloseScreen {
    fn drop(&mut self) {
        self.0.close();
    }
}

struct Parts {
    config: Arc<Config>,
    tasks: Tasks,
    store: StoreHandle,
    hall: LocalHall,
    /// Of one of several in its hall.
    identity: Option<String>,
    catalogue: Arc<Catalogue>,
    unsettled: Vec<JobId>,
    links: Option<Links>,
    devices: Devices,
    province: Arc<HttpProvince>,
    screen: ScreenHandle,
    from_screen: mpsc::Receiver<FromScreen>,
    credentials: Option<PathBuf>,
    watchdog: Option<Duration>,
}

/// What outlived the last run.
struct Kept {
    store: StoreHandle,
    hall: LocalHall,
    /// Of one of several in its hall.
    identity: Option<String>,
    catalogue: Arc<Catalogue>,
    unsettled: Vec<JobId>,
    links: Option<Links>,
}

fn key(key: &KeyConfig, config: &Config, environment: &Environment) -> anyhow::Result<KioskKey> {
    let source = match key {
        KeyConfig::Credential { name } => {
            let credentials = environment.credentials.as_ref();
            let credentials = credentials.context("The key is a systemd credential, and systemd gave none")?;
            KeySource::Credential(credentials.join(name))
        }
        KeyConfig::File { path } => KeySource::File(path.clone()),
        KeyConfig::DataFolder {} => KeySource::FileOrCreate(config.store.folder.join("kiosk.key")),
    };
    Ok(KioskKey::load(&source)?)
}

/// The links on slips, where phones have a page: with the centre's key, or this kiosk's own.
fn links(config: &Config, environment: &Environment, store: &Store) -> anyhow::Result<Option<Links>> {
    let Some((hall, url)) = config
        .hall
        .as_ref()
        .and_then(|hall| Some((hall, hall.phone_url.as_deref()?)))
    else {
        return Ok(None);
    };
    let key = match &hall.phone_key {
        Some(shared) => key(shared, config, environment)
            .context("No key for the links on slips")?
            .of_links(),
        None => store.key_of_links(),
    };
    Ok(Some(Links::new(url, key)))
}

fn open_store(config: &Config, environment: &Environment) -> anyhow::Result<Kept> {
    let folder = &config.store.folder;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("Cannot make the data folder {}", folder.display()))?;
    let key = key(&config.store.key, config, environment).context("No kiosk key")?;
    let settings = store::Settings {
        name: config.kiosk.name.parse().context("kiosk.name")?,
        limits: Limits::KIOSK,
    };
    let now = Timestamp::now();
    let (mut store, opened) = Store::open(folder, key, settings, now)
        .with_context(|| format!("Cannot open the data folder {}", folder.display()))?;
    tracing::info!(?opened, "Store opened");

    let forgotten = store.forget_drafts().context("Cannot forget old drafts")?;
    if forgotten > 0 {
        tracing::info!(forgotten, "Drafts of visits that broke off are forgotten");
    }
    let (hall, identity) = limbs::hall(config, &mut store, now)?;
    let catalogue = outbox::catalogue::remembered(&mut store);
    let unsettled = unsettled(&mut store).context("Cannot read the print jobs")?;
    let links = links(config, environment, &store)?;
    let (store, _thread) = thread::spawn(store, Timestamp::now, |opened| {
        tracing::error!(?opened, "Damaged database was moved aside");
    })
    .context("Cannot start the store")?;
    Ok(Kept {
        store,
        hall,
        identity,
        catalogue,
        unsettled,
        links,
    })
}

/// The latest jobs of which nobody knows whether their slip came out.
fn unsettled(store: &mut Store) -> Result<Vec<JobId>, StoreError> {
    let mut jobs = vec![];
    for ticket in store.unclear_tickets(UNSETTLED_MAX)? {
        jobs.extend(store.unclear_job(SlipOf::Ticket(ticket.id))?.map(JobId));
    }
    Ok(jobs)
}

#[tokio::main(flavor = "current_thread")]
async fn serve(parts: Parts) -> anyhow::Result<()> {
    let Parts {
        config,
        tasks,
        store,
        hall,
        identity,
        catalogue,
        unsettled,
        links,
        devices,
        province,
        screen,
        from_screen,
        credentials,
        watchdog,
    } = parts;
    let (listener, address) = serving::listen(config.kiosk.listen).await?;
    let node = limbs::node(&config, hall, &store, identity.as_deref()).await?;
    let health = limbs::starting(&devices, &config.reading);
    let (health_out, health_seen) = watch::channel(health.clone());
    let app = serving::health_and_dock(health_seen, &screen, &devices);
    let (app, centre, pairing) = serving::whole(app, &config, &node, &store, links.clone());

    let (teller, from_devices) = mpsc::channel(NEWS_MAX);
    let orders = limbs::start_devices(devices, &Teller(teller), &tasks)?;
    let (done, from_done) = mpsc::channel(DONE_MAX);
    let (stop_out, stop) = watch::channel(false);
    let (reader, reading) = limbs::start_reading(&config.reading, &store, &done)?;
    let _stops = StopsReading(Arc::clone(&reader));
    let (watched_payment, watched) = watch::channel(None);
    let background = Background {
        node: node.clone(),
        store: store.clone(),
        province: Arc::clone(&province),
        reader,
        done: done.clone(),
        stop: stop.clone(),
        probe: TcpProbe::of(&config.province.url).context("province.url names no host")?,
        watched_payment: watched,
    };
    let (voice, calls) = announcing::voice(&config, node.hall())?;
    let kiosk = Kiosk::new(Limbs {
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
        config,
    });
    let sources = Sources::of(from_screen, from_devices, from_done, stop);
    tracing::info!(%address, "Kiosk serves");
    tasks::ready();

    // Whichever ends first ends the process: a kiosk with a dead limb is restarted, not shown as alive.
    tokio::select! {
        result = kiosk.run(sources, pulses(&tasks)) => result.context("The loop ended"),
        result = web::serve(listener, app) => result.context("The web ended"),
        result = serving::hall(centre, credentials.as_deref()) => result.context("The hall's web ended"),
        result = background.run() => result,
        () = calls => anyhow::bail!("The calls ended"),
        () = watch_over(tasks, watchdog) => anyhow::bail!("The watchdog ended"),
        result = stopped(stop_out) => result,
    }
}

/// When the kiosk is told to end. The loop is dropped with everything committed; nobody has to be told.
async fn stopped(stop: watch::Sender<bool>) -> anyhow::Result<()> {
    stop_signal().await.context("No signals")?;
    tracing::info!("Kiosk stops");
    drop(stop);
    Ok(())
}

/// Of the loop and of the screen that it shows.
fn pulses(tasks: &Tasks) -> [Pulse; 2] {
    [("loop", LOOP_QUIET_MAX), ("screen", SCREEN_QUIET_MAX)].map(|(name, quiet_max)| tasks.pulse(name, quiet_max))
}

async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn watch_over(tasks: Tasks, watchdog: Option<Duration>) {
    match watchdog {
        Some(limit) => tasks::feed_watchdog(tasks, limit).await,
        None => std::future::pending().await,
    }
}
