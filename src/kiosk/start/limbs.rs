//! The kiosk's limbs at the start: one thread a device, the reader of pages, and what is known of them before they speak.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::config::Config;
use crate::devices::open::Devices;
use crate::devices::{self, Teller};
use crate::hall::jetstream::JetStream;
use crate::hall::local::LocalHall;
use crate::health::{HallLink, Health, Link, Roll, Status, StoreHealth};
use crate::kiosk::{Done, Orders};
use crate::node::Node;
use crate::reading::{self, PageReader, ReadingConfig};
use crate::store::Store;
use crate::store::thread::StoreHandle;
use crate::tasks::{Pulse, Tasks};

/// Dots per inch of every scan: archives ask for 300 (TT 01/2023/TT-VPCP).
const SCAN_DPI: u32 = 300;
const PRINTER_QUIET_MAX: Duration = Duration::from_secs(180);
/// More than the driver waits for any answer.
const PAGE_PRINTER_QUIET_MAX: Duration = Duration::from_secs(60);
const SCANNER_QUIET_MAX: Duration = Duration::from_secs(300);
/// A card may keep its reader waiting for some seconds at each of its commands.
const CARD_QUIET_MAX: Duration = Duration::from_secs(120);
const SMALL_QUIET_MAX: Duration = Duration::from_secs(60);

/// This kiosk in its hall: alone, or one of several by its `identity`.
pub(super) async fn node(
    config: &Config,
    hall: LocalHall,
    store: &StoreHandle,
    identity: Option<&str>,
) -> anyhow::Result<Node> {
    let shared = config.hall.as_ref().and_then(|hall| hall.jetstream.as_ref());
    let Some((shared, identity)) = shared.zip(identity) else {
        return Ok(Node::alone(hall, store.clone()));
    };
    let log = JetStream::connect(&shared.servers(), identity)
        .await
        .context("hall.jetstream")?;
    Ok(Node::together(hall, store.clone(), log, identity, shared.lease_numbers))
}

/// The hall as the store knows it, and by what identity this kiosk shares it with others, if it does today.
pub(super) fn hall(config: &Config, store: &mut Store, now: Timestamp) -> anyhow::Result<(LocalHall, Option<String>)> {
    let series = config.series.iter().map(|series| series.rules()).collect();
    let mut shared = config.hall.as_ref().is_some_and(|hall| hall.jetstream.is_some());
    if shared && store.has_own_numbers(now).context("Cannot read the hall's log")? {
        // Two rows that both began at 1 cannot become one.
        tracing::error!(
            "Numbers of today were given by this kiosk alone: it shares the hall from its next start on another day"
        );
        shared = false;
    }
    if shared {
        let hall = store.hall_now(now).context("Cannot read the copy of the hall's log")?;
        return Ok((LocalHall::of(hall, series), Some(store.identity())));
    }
    let owned = store
        .own_copy(now)
        .context("Cannot take over the copy of the hall's log")?;
    if owned > 0 {
        tracing::warn!(
            owned,
            "This kiosk is alone now: the shared log of today goes on as its own"
        );
    }
    let hall = LocalHall::open(store, series, now).context("Cannot read the hall's log")?;
    Ok((hall, None))
}

pub(super) fn starting(devices: &Devices, reading: &ReadingConfig) -> Health {
    Health {
        printer: there(devices.printer.as_ref()),
        roll: Roll::Enough,
        page_printer: there(devices.page_printer.as_ref()),
        code_scanner: there(devices.code_reader.as_ref()),
        card_reader: there(devices.card_reader.as_ref()),
        scanner: there(devices.scanner.as_ref()),
        panel: Status::Starting,
        voice: Status::Starting,
        page_reading: if *reading == ReadingConfig::default() {
            Status::Absent
        } else {
            Status::Starting
        },
        store: StoreHealth {
            free_bytes: 0,
            room_for_numbers: true,
            room_for_scans: true,
            notice: None,
        },
        province: Link::Unknown,
        hall: HallLink::Alone,
    }
}

fn there<T, F>(device: Option<&T>) -> Status<F> {
    if device.is_some() {
        Status::Starting
    } else {
        Status::Absent
    }
}

pub(super) fn start_devices(devices: Devices, teller: &Teller, tasks: &Tasks) -> anyhow::Result<Orders> {
    let pulse = |name, quiet_max| -> Pulse { tasks.pulse(name, quiet_max) };
    let printer = devices
        .printer
        .map(|printer| devices::printer::start(printer, teller.clone(), pulse("printer", PRINTER_QUIET_MAX)))
        .transpose()
        .context("Cannot start the printer's thread")?;
    let page_printer = devices.page_printer.map(|printer| {
        let pulse = pulse("page-printer", PAGE_PRINTER_QUIET_MAX);
        devices::page_printer::start(printer, teller.clone(), pulse)
    });
    let page_printer = page_printer
        .transpose()
        .context("Cannot start the page printer's thread")?;
    if let Some(reader) = devices.code_reader {
        devices::code::start(reader, teller.clone(), pulse("code", SMALL_QUIET_MAX))
            .context("Cannot start the code scanner's thread")?;
    }
    let card_reader = devices
        .card_reader
        .map(|desk| devices::card::start(desk, teller.clone(), pulse("card", CARD_QUIET_MAX)))
        .transpose()
        .context("Cannot start the card reader's thread")?;
    let scanner = devices
        .scanner
        .map(|scanner| devices::scanner::start(scanner, SCAN_DPI, teller.clone(), pulse("scanner", SCANNER_QUIET_MAX)))
        .transpose()
        .context("Cannot start the scanner's thread")?;
    let lamps = devices::panel::start(devices.panel, teller.clone(), pulse("panel", SMALL_QUIET_MAX))
        .context("Cannot start the front panel's thread")?;
    Ok(Orders {
        printer,
        page_printer,
        card_reader,
        scanner,
        lamps,
    })
}

/// The thread that reads pages, if anything can read them.
pub(super) fn start_reading(
    config: &ReadingConfig,
    store: &StoreHandle,
    done: &mpsc::Sender<Done>,
) -> anyhow::Result<(Arc<PageReader>, Option<SyncSender<Uuid>>)> {
    let program = std::env::current_exe().ok();
    let reader = Arc::new(PageReader::new(config, program.as_deref().and_then(Path::parent)));
    if !reader.is_wanted() {
        return Ok((reader, None));
    }
    let done = done.clone();
    // The loop may be ending: then nobody reads.
    let say = move |state| drop(done.blocking_send(Done::PageReading(state)));
    let reading =
        reading::start(Arc::clone(&reader), store.clone(), say).context("Cannot start the reader of pages")?;
    Ok((reader, Some(reading)))
}
