//! Which printer there is, as the configuration file says it.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::transport::{Connector, DeviceFile, Flow, SerialPort, Tcp};

/// A printer and the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "driver", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PrinterConfig {
    /// A device file: `/dev/usb/lp0` or a link to it.
    Usb {
        device: PathBuf,
        dots: PaperDots,
        status: Answers,
    },
    /// An address with its port, as `"192.168.1.50:9100"`. No names: looking one up can take longer than a citizen waits.
    Tcp {
        address: SocketAddr,
        dots: PaperDots,
        status: Answers,
    },
    /// A serial line of `baud` bits a second.
    Serial {
        port: PathBuf,
        baud: u32,
        flow: Flow,
        dots: PaperDots,
        status: Answers,
    },
}

/// The printable width at 203 dpi: 576 dots on 80 mm paper, 384 on 58 mm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum PaperDots {
    Mm80,
    Mm58,
}

/// Whether the printer answers questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    /// It is asked, and what it cannot answer is found out.
    Auto,
    /// It never answers and is never asked: what went out counts as printed.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("paper is 576 dots wide (80 mm) or 384 (58 mm), not {0}")]
pub struct NoSuchPaper(u32);

impl TryFrom<u32> for PaperDots {
    type Error = NoSuchPaper;

    fn try_from(dots: u32) -> Result<Self, NoSuchPaper> {
        match dots {
            576 => Ok(Self::Mm80),
            384 => Ok(Self::Mm58),
            other => Err(NoSuchPaper(other)),
        }
    }
}

impl From<PaperDots> for u32 {
    fn from(paper: PaperDots) -> Self {
        match paper {
            PaperDots::Mm80 => 576,
            PaperDots::Mm58 => 384,
        }
    }
}

impl PrinterConfig {
    pub fn dots(&self) -> PaperDots {
        match self {
            Self::Usb { dots, .. } | Self::Tcp { dots, .. } | Self::Serial { dots, .. } => *dots,
        }
    }

    pub fn status(&self) -> Answers {
        match self {
            Self::Usb { status, .. } | Self::Tcp { status, .. } | Self::Serial { status, .. } => *status,
        }
    }

    pub(super) fn connector(&self) -> Box<dyn Connector> {
        match self {
            Self::Usb { device, .. } => Box::new(DeviceFile::new(device.clone())),
            Self::Tcp { address, .. } => Box::new(Tcp::new(*address)),
            Self::Serial { port, baud, flow, .. } => Box::new(SerialPort::new(port.clone(), *baud, *flow)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PrinterConfig, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn each_driver_is_read_with_all_it_needs_and_nothing_else() {
        let usb = read(r#"{"driver":"usb","device":"/dev/kiosk-printer","dots":576,"status":"auto"}"#).unwrap();
        assert_eq!((u32::from(usb.dots()), usb.status()), (576, Answers::Auto));
        assert!(read(r#"{"driver":"tcp","address":"127.0.0.1:9100","dots":384,"status":"none"}"#).is_ok());
        let serial =
            r#"{"driver":"serial","port":"/dev/ttyS0","baud":115200,"flow":"hardware","dots":384,"status":"auto"}"#;
        assert!(read(serial).is_ok());

        assert!(read(r#"{"driver":"usb","device":"/dev/x","dots":500,"status":"auto"}"#).is_err());
        assert!(read(r#"{"driver":"usb","device":"/dev/x","dots":576}"#).is_err());
        assert!(read(r#"{"driver":"usb","device":"/dev/x","dots":576,"status":"auto","baud":1}"#).is_err());
        assert!(read(r#"{"driver":"tcp","address":"printer.lan:9100","dots":576,"status":"auto"}"#).is_err());
    }
}
