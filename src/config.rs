//! The configuration: one TOML file that says everything, read once, in `main`.
//!
//! Unknown keys, impossible sizes and two series with one letter are refused at start, in one
//! line. There are no defaults for a site's own facts; only waits have usual values.

pub mod centres;
pub mod driver;
pub mod hall;
pub mod pin;
pub mod province;
pub mod staff;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::hall::HallConfig;
use self::province::ProvinceConfig;
use self::staff::StaffConfig;
use crate::devices::open::{
    CardReaderConfig, CodeReaderConfig, PagePrinterConfig, PanelConfig, PrinterConfig, ScannerConfig,
};
use crate::form::UnitCode;
use crate::hall::{NUMBER_MAX, Series};
use crate::procedure::Words;
use crate::reading::ReadingConfig;
use crate::session::Times;
use crate::store::name::KioskName;
use crate::ticket::SeriesLetter;
use crate::voice::VoiceConfig;

/// At most six choices stand on a page.
const SERIES_MAX: usize = 6;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub kiosk: Identity,
    pub panel_size: PanelSize,
    pub store: StoreConfig,
    pub printer: PrinterConfig,
    /// A4, beside the roll. A kiosk may do without: then everything comes on the roll.
    #[serde(default)]
    pub page_printer: PagePrinterConfig,
    pub code_scanner: CodeReaderConfig,
    /// A kiosk may do without: then the front of the card is all it sees.
    #[serde(default)]
    pub card_reader: CardReaderConfig,
    pub scanner: ScannerConfig,
    /// A kiosk may do without: then its files are pictures only.
    #[serde(default)]
    pub reading: ReadingConfig,
    pub front_panel: PanelConfig,
    pub voice: VoiceConfig,
    pub province: ProvinceConfig,
    pub staff: StaffConfig,
    pub times: Times,
    /// Counters and boards in browsers. A kiosk may do without: then it gives out numbers, and people call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hall: Option<HallConfig>,
    pub series: Vec<SeriesConfig>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Identity {
    /// Stands in slip numbers: 1 to 8 of A–Z and 0–9.
    pub name: String,
    /// The centre's name, as citizens read it.
    pub center: String,
    /// The two digits of the province in which the kiosk stands: it is offered first where an address is picked.
    #[serde(default)]
    pub province: Option<UnitCode>,
    /// Where health and, with virtual devices, the dock answer. Loopback only in production.
    pub listen: SocketAddr,
}

/// The panel's pixels and its real size: everything on it is measured in millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PanelSize {
    pub width_px: u32,
    pub height_px: u32,
    pub width_mm: f32,
    pub height_mm: f32,
}

impl PanelSize {
    pub fn px_per_mm(&self) -> f32 {
        self.width_px as f32 / self.width_mm
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StoreConfig {
    /// The data folder. `--data` goes before it.
    pub folder: PathBuf,
    pub key: KeyConfig,
    /// Hours after which a received dossier's personal data are forgotten.
    pub forget_after_hours: u32,
    /// Days for which slip numbers can be followed.
    pub follow_days: u32,
}

/// Where the kiosk's key comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case", deny_unknown_fields)]
pub enum KeyConfig {
    /// A systemd credential of this name (`LoadCredentialEncrypted=`).
    Credential { name: String },
    /// A file of 32 bytes that only its owner may read.
    File { path: PathBuf },
    /// `kiosk.key` in the data folder, made at the first start: for development only.
    DataFolder {},
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SeriesConfig {
    pub letter: SeriesLetter,
    pub name: String,
    pub name_en: Option<String>,
    /// The counters that call it, as printed: "2 và 3".
    pub counters: String,
    /// The first number of a day.
    pub first_number: u32,
    /// No more than these a day.
    pub per_day_max: Option<u32>,
    /// Minutes that one person takes, for "khoảng 10–15 phút"; without it no wait is promised.
    pub minutes_each: Option<u32>,
}

impl SeriesConfig {
    pub fn words(&self) -> Words {
        Words {
            vi: self.name.clone(),
            en: self.name_en.clone(),
        }
    }

    pub fn rules(&self) -> Series {
        Series {
            letter: self.letter,
            name: self.name.clone(),
            counters: self.counters.clone(),
            first_number: self.first_number,
            per_day_max: self.per_day_max,
        }
    }
}

/// What is given on the command line goes before the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub data: Option<PathBuf>,
    pub listen: Option<SocketAddr>,
    pub province: Option<String>,
}

/// Why the kiosk does not start with this configuration. One line, for a technician.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("Cannot read {path}: {error}")]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{path}{place}: {what}")]
    Broken { path: PathBuf, place: String, what: String },
    #[error("{path}: {what}")]
    Impossible { path: PathBuf, what: String },
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
        path: path.to_owned(),
        error,
    })
}

fn parsed<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError::Broken {
        path: path.to_owned(),
        place: error.span().map(|span| place(text, span.start)).unwrap_or_default(),
        what: error.message().replace('\n', " "),
    })
}

impl Config {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// It cannot be read, has unknown or missing keys, or says what cannot be.
    pub fn read(path: &Path, overrides: Overrides) -> Result<Self, ConfigError> {
        Self::parse(&read(path)?, path, overrides)
    }

    fn parse(text: &str, path: &Path, overrides: Overrides) -> Result<Self, ConfigError> {
        let mut config: Self = parsed(text, path)?;
        if let Some(folder) = overrides.data {
            config.store.folder = folder;
        }
        if let Some(listen) = overrides.listen {
            config.kiosk.listen = listen;
        }
        if let Some(url) = overrides.province {
            config.province.url = url;
        }
        config.check().map_err(|what| ConfigError::Impossible {
            path: path.to_owned(),
            what,
        })?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        self.kiosk
            .name
            .parse::<KioskName>()
            .map_err(|error| format!("kiosk.name: {error}"))?;
        let panel = &self.panel_size;
        if !(320..=7680).contains(&panel.width_px) || !(320..=7680).contains(&panel.height_px) {
            return Err("panel-size: pixels must be from 320 to 7680".into());
        }
        if !(50.0..=3000.0).contains(&panel.width_mm) || !(50.0..=3000.0).contains(&panel.height_mm) {
            return Err("panel-size: millimetres must be from 50 to 3000".into());
        }
        let (across, down) = (panel.px_per_mm(), panel.height_px as f32 / panel.height_mm);
        if (across / down - 1.0).abs() > 0.1 {
            return Err("panel-size: millimetres and pixels have different shapes".into());
        }
        if self.series.len() > SERIES_MAX {
            return Err(format!("series: at most {SERIES_MAX}"));
        }
        for (index, series) in self.series.iter().enumerate() {
            if self.series[..index].iter().any(|other| other.letter == series.letter) {
                return Err(format!("series: {} stands there twice", series.letter));
            }
            if series.first_number == 0 || series.first_number > NUMBER_MAX {
                return Err(format!(
                    "series {}: first-number must be from 1 to {}",
                    series.letter, NUMBER_MAX
                ));
            }
        }
        let times = &self.times;
        for (name, secs) in [
            ("idle-secs", times.idle_secs),
            ("idle-entry-secs", times.idle_entry_secs),
            ("warning-secs", times.warning_secs),
            ("number-secs", times.number_secs),
            ("sent-secs", times.sent_secs),
            ("code-wait-secs", times.code_wait_secs),
        ] {
            if !(1..=3600).contains(&secs) {
                return Err(format!("times.{name}: must be from 1 to 3600"));
            }
        }
        self.staff.check()?;
        self.province.check()?;
        if let Some(hall) = &self.hall {
            hall.check(&self.series)?;
        }
        #[cfg(not(feature = "virtual"))]
        if !self.kiosk.listen.ip().is_loopback() {
            return Err("kiosk.listen: only a loopback address in production".into());
        }
        Ok(())
    }
}

/// ":3" of the line at which a byte of the text stands.
fn place(text: &str, byte: usize) -> String {
    let line = text.as_bytes().iter().take(byte).filter(|byte| **byte == b'\n').count() + 1;
    format!(":{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVELOPMENT: &str = include_str!("../tests/dev.toml");
    const PRODUCTION: &str = include_str!("../systemd/kiosk.toml");

    fn read(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("kiosk.toml"), Overrides::default())
    }

    #[test]
    fn both_files_that_we_ship_are_read_and_printed_back_the_same() {
        for text in [DEVELOPMENT, PRODUCTION] {
            let printed = toml::to_string_pretty(&read(text).unwrap()).unwrap();
            let again = toml::to_string_pretty(&read(&printed).unwrap()).unwrap();
            assert_eq!(printed, again);
        }
    }

    #[test]
    fn the_hall_is_reached_from_elsewhere_with_a_certificate() {
        let file = "certificate = { from = \"file\", chain = \"/etc/kiosk/chain.pem\", key = \"/etc/kiosk/key.pem\" }";
        let open = format!("listen = \"0.0.0.0:8090\"\n{file}");
        let text = DEVELOPMENT.replacen("listen = \"127.0.0.1:8090\"", &open, 1);
        let printed = toml::to_string_pretty(&read(&text).unwrap()).unwrap();
        let hall = read(&printed).unwrap().hall.unwrap();
        let (chain, key) = hall.certificate.unwrap().files(None).unwrap();
        assert_eq!(chain, Path::new("/etc/kiosk/chain.pem"));
        assert_eq!(key, Path::new("/etc/kiosk/key.pem"));

        let credential = text.replacen(
            file,
            "certificate = { from = \"credential\", chain = \"c\", key = \"k\" }",
            1,
        );
        let certificate = read(&credential).unwrap().hall.unwrap().certificate.unwrap();
        assert_eq!(certificate.files(None), Err(hall::NoCredentials));
        let files = certificate.files(Some(Path::new("/run/credentials")));
        assert_eq!(files.unwrap().1, Path::new("/run/credentials/k"));
    }

    #[test]
    fn what_cannot_be_is_refused_in_one_line() {
        let broken = |from: &str, to: &str| {
            assert!(DEVELOPMENT.contains(from), "{from}");
            let error = read(&DEVELOPMENT.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(!error.contains('\n'), "{error}");
            error
        };
        assert!(broken("name = \"K01\"", "name = \"k 1\"").contains("kiosk.name"));
        assert!(broken("width-mm = 268", "width-mm = 100").contains("panel-size"));
        assert!(broken("letter = \"B\"", "letter = \"A\"").contains("A stands there twice"));
        assert!(broken("idle-secs = 60", "idle-secs = 0").contains("idle-secs"));
        assert!(broken("dots = 576", "dots = 500").contains("500"));
        assert!(broken("dots = 576", "dots = 576\nbaud = 1").contains("baud"));
        assert!(broken("driver = \"virtual\"", "driver = \"magic\"").contains("magic"));
        assert!(broken("[kiosk]", "[kiosk]\nnight-light = true").contains("night-light"));
        assert!(broken("[kiosk]", "[kiosk").contains(':'));
        assert!(broken("listen = \"127.0.0.1:8090\"", "listen = \"0.0.0.0:8090\"").contains("hall.certificate"));
        assert!(broken("$argon2id$", "$none$").contains("pin-hash"));
        assert!(broken("[province]", "[province]\nkind = \"national\"").contains("province.national"));
        assert!(broken("[province]", "[province]\nkind = \"loud\"").contains("loud"));
    }
}
