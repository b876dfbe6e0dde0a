//! The virtual devices, made from the configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use hardware::card::pcsc::PcscConfig;
use hardware::card::sod::Anchors;
use hardware::panel::Panel;
use hardware::scanner::{Scanner, Scratch};

use super::VIRTUAL_SCANIMAGE;
use crate::config::Config;
use crate::config::driver::Driver;
use crate::devices::card::CardDesk;

/// The virtual devices, for the dock.
#[derive(Clone, Default)]
pub struct Twins {
    pub printer: Option<hardware::twin::printer::VirtualPrinter>,
    pub page_printer: Option<hardware::twin::page_printer::VirtualPagePrinter>,
    pub card: Option<VirtualCardReader>,
    pub code: Option<hardware::twin::code::VirtualCode>,
    pub feeder: Option<hardware::twin::scanner::VirtualFeeder>,
    pub panel: Option<hardware::twin::panel::VirtualPanel>,
}

/// A hand with sample cards, the service of the readers they are laid on, and who else is at them.
#[derive(Clone)]
pub struct VirtualCardReader {
    pub card: hardware::twin::card::VirtualCard,
    /// On a second reader beside it.
    pub second: hardware::twin::card::VirtualCard,
    pub service: Arc<std::sync::Mutex<hardware::twin::card::Pcscd>>,
    pub other: Arc<std::sync::Mutex<Option<hardware::twin::card::OtherProgram>>>,
}

/// What a virtual device would keep when the kiosk dies is kept in the data folder.
pub(super) fn twins(config: &Config, data: &Path) -> anyhow::Result<Twins> {
    use hardware::twin;

    let folder = data.join("virtual");
    let mut twins = Twins::default();
    if let Driver::Virtual(keys) = &config.printer {
        let printer = twin::printer::VirtualPrinter::open(&folder.join("printer"), keys.dots.into())
            .context("Cannot make the virtual printer")?;
        if let Some(address) = keys.listen {
            let address = printer.listen(address).context("Virtual printer cannot listen")?;
            tracing::info!(%address, "Virtual printer listens");
        }
        twins.printer = Some(printer);
    }
    if let Driver::Virtual(_) = config.page_printer {
        let printer = twin::page_printer::VirtualPagePrinter::open(&folder.join("page-printer"));
        twins.page_printer = Some(printer.context("Cannot make the virtual page printer")?);
    }
    if let Driver::Virtual(_) = config.card_reader {
        twins.card = virtual_card(&folder);
    }
    if let Driver::Virtual(_) = config.code_scanner {
        let folder = folder.join("code");
        std::fs::create_dir_all(&folder).context("Cannot make the virtual code scanner")?;
        let (code, _port) = twin::code::VirtualCode::open(&folder).context("Cannot make the virtual code scanner")?;
        twins.code = Some(code);
    }
    if let Driver::Virtual(_) = config.scanner {
        let feeder = twin::scanner::VirtualFeeder::open(&folder.join("feeder"));
        twins.feeder = Some(feeder.context("Cannot make the virtual feeder")?);
    }
    Ok(twins)
}

/// Where the virtual card reader's service answers, in a data folder. PC/SC takes it from [`CARD_SERVICE`].
pub fn virtual_card_socket(data: &Path) -> std::io::Result<PathBuf> {
    Ok(virtual_card_folder(&std::path::absolute(data)?.join("virtual")).join("pcscd.comm"))
}

/// The variable by which PC/SC finds its service. It must be set before a process starts.
pub const CARD_SERVICE: &str = "PCSCLITE_CSOCK_NAME";

fn virtual_card_folder(folder: &Path) -> PathBuf {
    folder.join("card")
}

/// Without the service there is no card reader, as on a kiosk that has none.
fn virtual_card(folder: &Path) -> Option<VirtualCardReader> {
    use hardware::twin::card::{Pcscd, VirtualCard};

    let folder = virtual_card_folder(folder);
    let made = std::fs::create_dir_all(&folder)
        .and_then(|()| Pcscd::start(&folder, 2))
        .and_then(|service| {
            let mut addresses = service.addresses().into_iter();
            let mut next = || VirtualCard::open(addresses.next().ok_or(std::io::ErrorKind::NotFound)?);
            Ok(VirtualCardReader {
                card: next()?,
                second: next()?,
                service: Arc::new(std::sync::Mutex::new(service)),
                other: Arc::default(),
            })
        });
    made.inspect_err(|error| tracing::warn!(%error, "No virtual card reader"))
        .ok()
}

pub(super) fn virtual_card_reader(twins: &Twins) -> anyhow::Result<Option<CardDesk>> {
    if twins.card.is_none() {
        return Ok(None);
    }
    let anchors = Anchors::read(hardware::twin::card::VirtualCard::anchor().as_bytes());
    Ok(Some(CardDesk {
        reader: hardware::card::pcsc::open(PcscConfig::default()),
        anchors: Arc::new(anchors.context("The sample authority's certificate")?),
    }))
}

pub(super) fn virtual_scanner(twins: &Twins, scratch: &Scratch) -> anyhow::Result<Option<Box<dyn Scanner>>> {
    let Some(feeder) = &twins.feeder else {
        return Ok(None);
    };
    let program = std::env::current_exe().context("Cannot find this program's own file")?;
    let sane = feeder.config(program, &[VIRTUAL_SCANIMAGE]);
    Ok(Some(hardware::scanner::sane::open(sane, scratch.clone())))
}

pub(super) fn panel(twins: &mut Twins) -> Box<dyn Panel> {
    let (twin, driver) = hardware::twin::panel::VirtualPanel::open();
    twins.panel = Some(twin);
    driver
}
