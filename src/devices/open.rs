//! From the configuration to drivers. Here alone it is decided whether a device is real or virtual;
//! everything above is the same.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use hardware::card::pcsc::PcscConfig;
use hardware::card::sod::Anchors;
use hardware::code::CodeReader;
use hardware::code::serial::SerialConfig;
use hardware::panel::{NoPanel, Panel};
use hardware::printer::{PaperDots, Printer};
use hardware::scanner::sane::SaneConfig;
use hardware::scanner::{Scanner, Scratch, Taken};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::config::driver::{Driver, NoKeys};
use crate::devices::card::CardDesk;

pub type PrinterConfig = Driver<hardware::printer::PrinterConfig, VirtualPrinterConfig>;
pub type CardReaderConfig = Driver<RealCardReader, NoKeys>;
pub type CodeReaderConfig = Driver<RealCodeReader, NoKeys>;
pub type ScannerConfig = Driver<RealScanner, NoKeys>;
pub type PanelConfig = Driver<RealPanel, NoKeys>;

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct VirtualPrinterConfig {
    /// 576 (80 mm) or 384 (58 mm).
    pub dots: PaperDots,
    /// Where the virtual printer also listens, as a printer on port 9100 does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "driver", rename_all = "kebab-case")]
pub enum RealCodeReader {
    Serial(SerialConfig),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "driver", rename_all = "kebab-case")]
pub enum RealCardReader {
    Pcsc(PcscReader),
}

/// A reader behind PC/SC, and whose signatures on cards count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PcscReader {
    /// A part of the reader's name, as `pcsc_scan` tells it; any reader if it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// Certificates of the authorities (CSCA), PEM or DER. Without them every signer is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchors: Option<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "driver", rename_all = "kebab-case")]
pub enum RealScanner {
    Sane(SaneConfig),
}

/// What may go into the scanner that is configured.
pub fn taken(config: &ScannerConfig) -> Taken {
    match config {
        Driver::None => Taken::Paper,
        Driver::Virtual(NoKeys {}) => Taken::PaperAndCards,
        Driver::Real(RealScanner::Sane(sane)) => sane.takes,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "driver", rename_all = "kebab-case")]
pub enum RealPanel {
    /// Needs a build with the feature `gpio`.
    Gpio(hardware::panel::gpio::GpioConfig),
}

/// The devices of this kiosk; one that it does not have is not there.
pub struct Devices {
    pub printer: Option<Box<dyn Printer>>,
    pub card_reader: Option<CardDesk>,
    pub code_reader: Option<Box<dyn CodeReader>>,
    pub scanner: Option<Box<dyn Scanner>>,
    pub panel: Box<dyn Panel>,
    #[cfg(feature = "virtual")]
    pub twins: Twins,
}

/// The virtual devices, for the dock.
#[cfg(feature = "virtual")]
#[derive(Clone, Default)]
pub struct Twins {
    pub printer: Option<hardware::twin::printer::VirtualPrinter>,
    pub card: Option<VirtualCardReader>,
    pub code: Option<hardware::twin::code::VirtualCode>,
    pub feeder: Option<hardware::twin::scanner::VirtualFeeder>,
    pub panel: Option<hardware::twin::panel::VirtualPanel>,
}

/// A hand with sample cards, the service of the readers they are laid on, and who else is at them.
#[cfg(feature = "virtual")]
#[derive(Clone)]
pub struct VirtualCardReader {
    pub card: hardware::twin::card::VirtualCard,
    /// On a second reader beside it.
    pub second: hardware::twin::card::VirtualCard,
    pub service: Arc<std::sync::Mutex<hardware::twin::card::Pcscd>>,
    pub other: Arc<std::sync::Mutex<Option<hardware::twin::card::OtherProgram>>>,
}

/// The hidden command by which the kiosk's own program plays `scanimage`.
pub const VIRTUAL_SCANIMAGE: &str = "virtual-scanimage";

/// Opens every device of the configuration. A real device that is not there yet is no error: its
/// driver looks for it.
///
/// # Errors
/// A virtual device cannot be made, or the front panel's lines cannot be had.
pub fn open(config: &Config, data: &Path, scratch: &Scratch) -> anyhow::Result<Devices> {
    #[cfg(feature = "virtual")]
    let mut twins = twins(config, data)?;
    #[cfg(not(feature = "virtual"))]
    let _ = data;

    Ok(Devices {
        printer: match &config.printer {
            Driver::None => None,
            Driver::Real(real) => Some(hardware::printer::open(real)),
            #[cfg(feature = "virtual")]
            Driver::Virtual(_) => twins
                .printer
                .as_ref()
                .map(|twin| Box::new(twin.driver()) as Box<dyn Printer>),
            #[cfg(not(feature = "virtual"))]
            Driver::Virtual(_) => None,
        },
        card_reader: match &config.card_reader {
            Driver::None => None,
            Driver::Real(RealCardReader::Pcsc(pcsc)) => Some(real_card_reader(pcsc)?),
            #[cfg(feature = "virtual")]
            Driver::Virtual(_) => virtual_card_reader(&twins)?,
            #[cfg(not(feature = "virtual"))]
            Driver::Virtual(_) => None,
        },
        code_reader: match &config.code_scanner {
            Driver::None => None,
            Driver::Real(RealCodeReader::Serial(serial)) => Some(hardware::code::serial::open(serial.clone())),
            #[cfg(feature = "virtual")]
            Driver::Virtual(_) => twins
                .code
                .as_ref()
                .map(|twin| hardware::code::serial::open(twin.config())),
            #[cfg(not(feature = "virtual"))]
            Driver::Virtual(_) => None,
        },
        scanner: match &config.scanner {
            Driver::None => None,
            Driver::Real(RealScanner::Sane(sane)) => Some(hardware::scanner::sane::open(sane.clone(), scratch.clone())),
            #[cfg(feature = "virtual")]
            Driver::Virtual(_) => virtual_scanner(&twins, scratch)?,
            #[cfg(not(feature = "virtual"))]
            Driver::Virtual(_) => None,
        },
        panel: match &config.front_panel {
            Driver::None => Box::new(NoPanel),
            #[cfg(feature = "gpio")]
            Driver::Real(RealPanel::Gpio(gpio)) => {
                hardware::panel::gpio::open(gpio).context("Cannot have the lines of the front panel")?
            }
            #[cfg(not(feature = "gpio"))]
            Driver::Real(RealPanel::Gpio(_)) => {
                anyhow::bail!("front-panel: driver \"gpio\" is not built in (feature gpio)")
            }
            #[cfg(feature = "virtual")]
            Driver::Virtual(_) => {
                let (twin, driver) = hardware::twin::panel::VirtualPanel::open();
                twins.panel = Some(twin);
                driver
            }
            #[cfg(not(feature = "virtual"))]
            Driver::Virtual(_) => Box::new(NoPanel),
        },
        #[cfg(feature = "virtual")]
        twins,
    })
}

/// What a virtual device would keep when the kiosk dies is kept in the data folder.
#[cfg(feature = "virtual")]
fn twins(config: &Config, data: &Path) -> anyhow::Result<Twins> {
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

fn real_card_reader(config: &PcscReader) -> anyhow::Result<CardDesk> {
    let anchors = match &config.anchors {
        Some(file) => {
            Anchors::from_file(file).with_context(|| format!("card-reader: anchors in {}", file.display()))?
        }
        None => Anchors::default(),
    };
    tracing::info!(anchors = anchors.len(), "Card reader behind PC/SC");
    Ok(CardDesk {
        reader: hardware::card::pcsc::open(PcscConfig {
            reader: config.reader.clone(),
        }),
        anchors: Arc::new(anchors),
    })
}

/// Where the virtual card reader's service answers, in a data folder. PC/SC takes it from [`CARD_SERVICE`].
#[cfg(feature = "virtual")]
pub fn virtual_card_socket(data: &Path) -> std::io::Result<PathBuf> {
    Ok(virtual_card_folder(&std::path::absolute(data)?.join("virtual")).join("pcscd.comm"))
}

/// The variable by which PC/SC finds its service. It must be set before a process starts.
#[cfg(feature = "virtual")]
pub const CARD_SERVICE: &str = "PCSCLITE_CSOCK_NAME";

#[cfg(feature = "virtual")]
fn virtual_card_folder(folder: &Path) -> PathBuf {
    folder.join("card")
}

/// Without the service there is no card reader, as on a kiosk that has none.
#[cfg(feature = "virtual")]
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

#[cfg(feature = "virtual")]
fn virtual_card_reader(twins: &Twins) -> anyhow::Result<Option<CardDesk>> {
    if twins.card.is_none() {
        return Ok(None);
    }
    let anchors = Anchors::read(hardware::twin::card::VirtualCard::anchor().as_bytes());
    Ok(Some(CardDesk {
        reader: hardware::card::pcsc::open(PcscConfig::default()),
        anchors: Arc::new(anchors.context("The sample authority's certificate")?),
    }))
}

#[cfg(feature = "virtual")]
fn virtual_scanner(twins: &Twins, scratch: &Scratch) -> anyhow::Result<Option<Box<dyn Scanner>>> {
    let Some(feeder) = &twins.feeder else {
        return Ok(None);
    };
    let program = std::env::current_exe().context("Cannot find this program's own file")?;
    let sane = feeder.config(program, &[VIRTUAL_SCANIMAGE]);
    Ok(Some(hardware::scanner::sane::open(sane, scratch.clone())))
}
