//! The release kiosk, headless, driven through its dock.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{http, process};

const WAIT_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

pub struct Kiosk {
    pub address: SocketAddr,
    child: Child,
    /// Where it is the kiosk's own.
    _folder: Option<Folder>,
}

/// What a kiosk keeps, and what another one finds after it.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    pub fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }
}

/// What it took to be there.
pub struct First {
    pub cpu: Duration,
    pub wall: Duration,
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The development configuration without a voice.
pub fn config(printer: Option<SocketAddr>) -> anyhow::Result<toml::Table> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dev.toml"))?;
    let mut config: toml::Table = text.parse()?;
    config.insert("voice".into(), toml::Value::Table("driver = \"none\"".parse()?));
    if let Some(address) = printer {
        let table = format!("driver = \"tcp\"\naddress = \"{address}\"\ndots = 576\nstatus = \"auto\"");
        config.insert("printer".into(), toml::Value::Table(table.parse()?));
    }
    let times = config
        .get_mut("times")
        .and_then(toml::Value::as_table_mut)
        .context("No times")?;
    times.insert("sent-secs".into(), 5.into());
    Ok(config)
}

impl Kiosk {
    /// Starts on a fresh folder and waits for the first frame.
    pub fn start(printer: Option<SocketAddr>, province: &str) -> anyhow::Result<(Self, First)> {
        let folder = Folder::new()?;
        let (mut kiosk, first) = Self::start_in(&folder, &config(printer)?, province)?;
        kiosk._folder = Some(folder);
        Ok((kiosk, first))
    }

    /// As [`Self::start`], on a folder that outlives it.
    pub fn start_in(folder: &Folder, config: &toml::Table, province: &str) -> anyhow::Result<(Self, First)> {
        let file = folder.0.path().join("kiosk.toml");
        std::fs::write(&file, toml::to_string(config)?)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(folder.0.path().join("log"))?;
        let began_unix = unix_micros()?;
        let child = Command::new(env!("CARGO_BIN_EXE_kiosk"))
            .arg("run")
            .arg("--config")
            .arg(&file)
            .arg("--data")
            .arg(folder.data())
            .args(["--listen", &address.to_string(), "--province", province])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env("RUNTIME_DIRECTORY", folder.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("The kiosk does not start")?;
        let kiosk = Self {
            address,
            child,
            _folder: None,
        };
        let began = Instant::now();
        loop {
            // The CPU time is read before the question, so that answering it is not counted.
            let cpu = process::cpu(kiosk.pid()).unwrap_or_default();
            if let Ok(frames) = http::get(address, "/dock/frames")
                && let Some(at) = frames[0]["at_unix_micros"].as_u64()
            {
                let wall = Duration::from_micros(at.saturating_sub(began_unix));
                return Ok((kiosk, First { cpu, wall }));
            }
            if began.elapsed() > WAIT_MAX {
                bail!("No first frame");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn look(&self) -> anyhow::Result<Value> {
        http::get(self.address, "/dock/screen")
    }

    pub fn post(&self, path: &str, body: &Value) -> anyhow::Result<Instant> {
        http::post(self.address, path, body)
    }

    pub fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let began = Instant::now();
        loop {
            let look = self.look()?;
            if wanted(&look) {
                return Ok(look);
            }
            if began.elapsed() > WAIT_MAX {
                bail!("Waited for {what}: {look:#}");
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    pub fn at(&self, page: &str) -> anyhow::Result<()> {
        self.until(page, |look| look["page"] == page).map(drop)
    }

    /// Waits for an enabled button with this label and touches it; when the touch was sent.
    pub fn touch(&self, label: &str) -> anyhow::Result<Instant> {
        let began = Instant::now();
        loop {
            match self.post("/dock/touch", &json!({ "label": label })) {
                Ok(at) => return Ok(at),
                Err(error) if began.elapsed() > WAIT_MAX => return Err(error).context(format!("Touch {label:?}")),
                Err(_) => std::thread::sleep(LOOK_EVERY),
            }
        }
    }

    pub fn wake(&self) -> anyhow::Result<()> {
        self.at("rest")?;
        self.post("/dock/touch", &json!({ "x": 540.0, "y": 1000.0 }))?;
        self.at("home")
    }

    /// The frames drawn since the last call, in milliseconds.
    pub fn frames(&self) -> anyhow::Result<Vec<f64>> {
        let frames = http::get(self.address, "/dock/frames")?;
        let frames = frames.as_array().context("No frames")?;
        Ok(frames
            .iter()
            .filter_map(|frame| frame["micros"].as_f64())
            .map(|micros| micros / 1000.0)
            .collect())
    }

    /// Runs `act`, waits for `page`, and returns its longest frame: the one that brought the page.
    pub fn frame_of(&self, page: &str, act: impl FnOnce(&Self) -> anyhow::Result<()>) -> anyhow::Result<(String, f64)> {
        self.frames()?;
        act(self)?;
        self.at(page)?;
        let longest = self.frames()?.into_iter().fold(0.0, f64::max);
        Ok((page.to_owned(), longest))
    }
}

fn unix_micros() -> anyhow::Result<u64> {
    Ok(u64::try_from(
        SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros(),
    )?)
}
