//! One harness through which every test speaks: a kiosk that can be started, touched, killed and
//! started again on the same data; and a province that can be broken.

pub mod authority;
mod chromium;
mod drawn;
pub mod leaves;
pub mod nats;
pub mod network;
mod paper;
mod province;
pub mod proxy;
mod staff;
mod typing;

pub use self::chromium::{Chromium, Page};
pub use self::drawn::{drawn_before, open_store};
use self::network::Network;
pub use self::province::Province;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take before a test gives up: generous, since nothing is measured here.
pub const WAIT_MAX: Duration = Duration::from_secs(60);
pub const LOOK_EVERY: Duration = Duration::from_millis(30);

/// What is on the screen.
#[derive(Clone, Debug, Deserialize)]
pub struct Look {
    pub page: String,
    pub spoken: String,
    pub texts: Vec<String>,
    pub buttons: Vec<Button>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Button {
    pub label: String,
    pub enabled: bool,
}

impl Look {
    pub fn shows(&self, text: &str) -> bool {
        let wanted = |line: &String| line.contains(text);
        self.texts.iter().any(wanted) || self.buttons.iter().any(|button| button.label.contains(text))
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Slip {
    pub whole: bool,
    pub copy: bool,
    pub codes: Vec<String>,
    pub png: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct ReportRow {
    pub series: String,
    pub number: u32,
    pub state: String,
    pub drawn_at: String,
    pub copies: u32,
}

/// A kiosk and its data folder. Dropping it kills the process.
pub struct Kiosk {
    pub folder: TempDir,
    config: PathBuf,
    address: SocketAddr,
    /// The network that it is in, if not this one, and where it is reached from here.
    network: Option<(String, SocketAddr)>,
    province: String,
    environment: Vec<(String, String)>,
    child: Option<Child>,
    http: reqwest::Client,
}

/// Without idle connections: a killed kiosk must not be spoken to through an old one.
fn http() -> reqwest::Client {
    // The kiosk's own provider; a second install in another test of this process is refused, rightly.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .timeout(WAIT_MAX)
        .build()
        .unwrap()
}

/// A port that was free a moment ago.
pub fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// The development configuration, quiet and quick: what a test does not set stays as people run it.
pub fn test_config() -> toml::Table {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dev.toml")).unwrap();
    let mut config: toml::Table = text.parse().unwrap();
    config.insert("voice".into(), toml::Value::Table("driver = \"none\"".parse().unwrap()));
    // The front of the card is enough; the chip has a file of its own.
    config.insert(
        "card-reader".into(),
        toml::Value::Table("driver = \"none\"".parse().unwrap()),
    );
    // Counters have a test of their own, at addresses of their own.
    config.remove("hall");
    // The roll is enough; the page printer has a test of its own.
    config.remove("page-printer");
    // So is the picture of a paper; what is read on it, too.
    config.remove("reading");
    set(&mut config, "times", "number-secs", 2);
    set(&mut config, "times", "code-wait-secs", 2);
    set(&mut config, "times", "sent-secs", 3);
    config
}

pub fn set(config: &mut toml::Table, section: &str, key: &str, value: impl Into<toml::Value>) {
    let section = config.get_mut(section).and_then(toml::Value::as_table_mut).unwrap();
    section.insert(key.into(), value.into());
}

impl Kiosk {
    /// A kiosk without a province: nothing answers there.
    pub async fn start() -> Self {
        Self::start_with(test_config(), "http://127.0.0.1:9").await
    }

    pub async fn start_with(config: toml::Table, province: &str) -> Self {
        let mut kiosk = Self::prepare(config, province);
        kiosk.run().await;
        kiosk
    }

    /// Everything is there but the process.
    pub fn prepare(config: toml::Table, province: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.toml");
        std::fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
        Self {
            config: path,
            address: free_address(),
            network: None,
            province: province.to_owned(),
            environment: vec![],
            child: None,
            http: http(),
            folder,
        }
    }

    /// From its next start on it has a network of its own.
    pub fn plug_into(&mut self, network: &Network) {
        self.network = Some((network.name.clone(), network.door(self.address)));
    }

    pub fn environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.into(), value.into()));
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("kiosk.log")
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("The kiosk runs").id()
    }

    /// Starts the process and waits until its dock answers.
    pub async fn run(&mut self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let program = env!("CARGO_BIN_EXE_kiosk");
        let mut command = match &self.network {
            Some((name, _)) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", name, program]);
                command
            }
            None => Command::new(program),
        };
        command
            .args(["run", "--config"])
            .arg(&self.config)
            .arg("--data")
            .arg(self.data())
            .args(["--listen", &self.address.to_string(), "--province", &self.province])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        self.child = Some(command.spawn().unwrap());
        let began = Instant::now();
        while self.get("/health").await.is_err() {
            if let Some(status) = self.child.as_mut().unwrap().try_wait().unwrap() {
                panic!("The kiosk ended with {status}:\n{}", self.log_text());
            }
            assert!(
                began.elapsed() < WAIT_MAX,
                "The dock does not answer:\n{}",
                self.log_text()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub fn log_text(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// The plug is pulled.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// SIGTERM, as systemd sends it; waits for the end.
    pub async fn terminate(&mut self) -> std::process::ExitStatus {
        let mut child = self.child.take().expect("The kiosk runs");
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            if began.elapsed() > WAIT_MAX {
                child.kill().unwrap();
                panic!("The kiosk does not end:\n{}", self.log_text());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub async fn restart(&mut self) {
        self.kill();
        self.run().await;
    }

    fn url(&self, path: &str) -> String {
        let address = self.network.as_ref().map_or(self.address, |(_, door)| *door);
        format!("http://{address}{path}")
    }

    pub async fn get(&self, path: &str) -> Result<Vec<u8>, reqwest::Error> {
        let answer = self.http.get(self.url(path)).send().await?.error_for_status()?;
        Ok(answer.bytes().await?.to_vec())
    }

    pub async fn get_json(&self, path: &str) -> Result<Value, reqwest::Error> {
        self.http
            .get(self.url(path))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }

    pub async fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let answer = self.http.post(self.url(path)).json(body).send().await;
        let answer = answer.map_err(|error| error.to_string())?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| error.to_string())?;
        if status.is_success() {
            serde_json::from_str(&text).map_err(|error| error.to_string())
        } else {
            Err(format!("{status}: {text}"))
        }
    }

    pub async fn post(&self, path: &str, body: Value) {
        if let Err(error) = self.try_post(path, &body).await {
            panic!("POST {path} {body}: {error}\n{}", self.log_text());
        }
    }

    pub async fn look(&self) -> Look {
        let look = self.get_json("/dock/screen").await.unwrap();
        serde_json::from_value(look).unwrap()
    }

    /// Waits until the screen is as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&Look) -> bool) -> Look {
        let began = Instant::now();
        loop {
            let look = self.look().await;
            if wanted(&look) {
                return look;
            }
            if began.elapsed() > WAIT_MAX {
                panic!("Waited for {what}; the screen is {look:#?}\n{}", self.log_text());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub async fn at(&self, page: &str) -> Look {
        self.until(page, |look| look.page == page).await
    }

    pub async fn sees(&self, text: &str) -> Look {
        self.until(text, |look| look.shows(text)).await
    }

    /// Waits for an enabled button with this label and touches it.
    pub async fn touch(&self, label: &str) {
        let began = Instant::now();
        loop {
            match self.try_post("/dock/touch", &json!({ "label": label })).await {
                Ok(_) => return,
                Err(error) if began.elapsed() > WAIT_MAX => {
                    let look = self.look().await;
                    panic!("Touch {label:?}: {error}; the screen is {look:#?}\n{}", self.log_text());
                }
                Err(_) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    pub async fn touch_at(&self, x: f32, y: f32) {
        self.post("/dock/touch", json!({ "x": x, "y": y })).await;
    }

    /// From rest to the four doors; a visit that is just ending goes to rest first.
    pub async fn to_home(&self) {
        let look = self
            .until("rest or home", |look| look.page == "rest" || look.page == "home")
            .await;
        if look.page == "rest" {
            self.touch_at(540.0, 1000.0).await;
        }
        self.at("home").await;
    }

    /// Two touches from the four doors; returns what the screen says.
    pub async fn take_number(&self, series: &str) -> Look {
        self.to_home().await;
        self.touch("Lấy số").await;
        self.touch(series).await;
        self.until("a number or trouble", |look| {
            look.page == "number" || look.page == "trouble"
        })
        .await
    }

    pub async fn slips(&self) -> Vec<Slip> {
        let slips = self.get_json("/dock/printer/slips").await.unwrap();
        serde_json::from_value(slips).unwrap()
    }

    /// Waits until so many slips are whole.
    pub async fn whole_slips(&self, count: usize) -> Vec<Slip> {
        let began = Instant::now();
        loop {
            let slips = self.slips().await;
            if slips.iter().filter(|slip| slip.whole).count() >= count {
                return slips;
            }
            assert!(
                began.elapsed() < WAIT_MAX,
                "Waited for {count} whole slips, there are {slips:#?}\n{}",
                self.log_text()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub async fn break_printer(&self, fault: &str) {
        self.post("/dock/printer", json!({ "fault": fault })).await;
    }

    pub async fn mend_printer(&self) {
        self.post("/dock/printer", json!({ "fault": null })).await;
    }

    /// `kiosk report`, as staff run it.
    pub fn report(&self) -> Vec<ReportRow> {
        let output = Command::new(env!("CARGO_BIN_EXE_kiosk"))
            .args(["report", "--data"])
            .arg(self.data())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        self.kill();
    }
}
