//! The kiosk's limbs at the start: one thread a device, the reader of pages, and what is known of them before they speak.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::config::Config;
use crate::devices::open::Devices;
use crate::devices::{self, Teller};
use crate::hall::jetstream::JetStream;
use crate::hall::local::LocalHall;
use crate::health::{Health, Link, Roll, Status, StoreHealth};
use crate::kiosk::{Done, Orders};
use crate::node::Node;
use crate::reading::{self, PageReader, ReadingConfig};
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

/// This kiosk in its hall: alone, or one of several.
pub(super) async fn node(config: &Config, hall: LocalHall, store: &StoreHandle) -> anyhow::Result<Node> {
    let Some(shared) = config.hall.as_ref().and_then(|hall| hall.jetstream.as_ref()) else {
        return Ok(Node::alone(hall, store.clone()));
    };
    let name = &config.kiosk.name;
    let log = JetStream::connect(&shared.servers(), name)
        .await
        .context("hall.jetstream")?;
    Ok(Node::together(hall, store.clone(), log, name, shared.lease_numbers))
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
