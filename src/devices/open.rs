//! From the configuration to drivers. Here alone it is decided whether a device is real or virtual;
//! everything above is the same.

#[cfg(feature = "virtual")]
mod twins;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use hardware::card::pcsc::PcscConfig;
use hardware::card::sod::Anchors;
use hardware::code::CodeReader;
use hardware::code::serial::SerialConfig;
use hardware::page_printer::{PagePrinter, PrinterUrl};
use hardware::panel::{NoPanel, Panel};
use hardware::printer::{PaperDots, Printer};
use hardware::scanner::sane::SaneConfig;
use hardware::scanner::{Scanner, Scratch, Taken};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::config::driver::{Driver, NoKeys};
use crate::devices::card::CardDesk;
use crate::session::PagePlace;

#[cfg(feature = "virtual")]
pub use self::twins::{CARD_SERVICE, Twins, VirtualCardReader, virtual_card_socket};

pub type PrinterConfig = Driver<hardware::printer::PrinterConfig, VirtualPrinterConfig>;
pub type PagePrinterConfig = Driver<RealPagePrinter, VirtualPagePrinterConfig>;
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
pub enum RealPagePrinter {
    Ipp(IppQueue),
}

/// A queue of the print service of this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IppQueue {
    pub url: PrinterUrl,
    pub place: PagePlace,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct VirtualPagePrinterConfig {
    pub place: PagePlace,
}

/// Where whoever prints finds their pages.
pub fn page_place(config: &PagePrinterConfig) -> Option<PagePlace> {
    match config {
        Driver::None => None,
        Driver::Virtual(keys) => Some(keys.place),
        Driver::Real(RealPagePrinter::Ipp(queue)) => Some(queue.place),
    }
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
    pub page_printer: Option<Box<dyn PagePrinter>>,
    pub card_reader: Option<CardDesk>,
    pub code_reader: Option<Box<dyn CodeReader>>,
    pub scanner: Option<Box<dyn Scanner>>,
    pub panel: Box<dyn Panel>,
    #[cfg(feature = "virtual")]
    pub twins: Twins,
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
    let mut twins = twins::twins(config, data)?;
    #[cfg(not(feature = "virtual"))]
    let _ = data;

    #[cfg(feature = "virtual")]
    let page_printer = page_printer_url(config, &twins);
    #[cfg(not(feature = "virtual"))]
    let page_printer = page_printer_url(config);
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
        page_printer: page_printer.map(hardware::page_printer::open),
        card_reader: match &config.card_reader {
            Driver::None => None,
            Driver::Real(RealCardReader::Pcsc(pcsc)) => Some(real_card_reader(pcsc)?),
            #[cfg(feature = "virtual")]
            Driver::Virtual(_) => twins::virtual_card_reader(&twins)?,
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
            Driver::Virtual(_) => twins::virtual_scanner(&twins, scratch)?,
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
            Driver::Virtual(_) => twins::panel(&mut twins),
            #[cfg(not(feature = "virtual"))]
            Driver::Virtual(_) => Box::new(NoPanel),
        },
        #[cfg(feature = "virtual")]
        twins,
    })
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

/// Whoever prints on pages does not know whether the printer is real.
fn page_printer_url(config: &Config, #[cfg(feature = "virtual")] twins: &Twins) -> Option<PrinterUrl> {
    match &config.page_printer {
        Driver::None => None,
        Driver::Real(RealPagePrinter::Ipp(queue)) => Some(queue.url.clone()),
        #[cfg(feature = "virtual")]
        Driver::Virtual(_) => twins.page_printer.as_ref().map(|twin| twin.url()),
        #[cfg(not(feature = "virtual"))]
        Driver::Virtual(_) => None,
    }
}
