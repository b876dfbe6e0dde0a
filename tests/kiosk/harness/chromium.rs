//! Pages in a real browser: Chromium, through its own driver. Each window is a browser of its own, with its own cookies.
//!
//! Whatever a driver has started ends with it, also where a test panics: its whole process group, and whoever left the
//! group, known by the folder of this test in their command line.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{LOOK_EVERY, WAIT_MAX};

/// How long what was killed may take to be gone.
const GONE_MAX: Duration = Duration::from_secs(5);

/// The port that chromedriver chooses by itself may be taken for the other kind of address.
const STARTS_MAX: usize = 3;

/// A driver, and all browsers that it starts.
pub struct Chromium {
    driver: Child,
    port: u16,
    folder: TempDir,
}

impl Chromium {
    pub fn start() -> Self {
        let mut tries = std::iter::repeat_with(Self::try_start).take(STARTS_MAX);
        let started = tries.find(|chromium| chromium.port != 0);
        started.expect("chromedriver says its port")
    }

    /// Port 0, if the one that it chose is taken for the other kind of address: then it ends.
    fn try_start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("chromedriver");
        command
            .args(["--port=0", "--log-level=SEVERE"])
            .env("TMPDIR", folder.path())
            .env("HOME", folder.path())
            .env("TZ", "Asia/Ho_Chi_Minh")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0);
        let mut driver = command
            .spawn()
            .expect("chromedriver, of Debian's package chromium-driver");
        let mut said = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = said.find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // The rest of what it says is nobody's, and must not fill the pipe.
        std::thread::spawn(move || said.for_each(drop));
        Self {
            driver,
            port: port.unwrap_or_default(),
            folder,
        }
    }

    /// A browser of this size, on the page at `path`.
    pub async fn window(&self, address: SocketAddr, path: &str, (width, height): (u32, u32)) -> Page {
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-first-run".into(),
            "--no-proxy-server".into(),
            "--disable-gpu".into(),
            "--disable-dev-shm-usage".into(),
            "--disable-extensions".into(),
            "--disable-sync".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            // Nothing is heard in a test; a page may sound without having been touched, as boards are set up.
            "--mute-audio".into(),
            "--autoplay-policy=no-user-gesture-required".into(),
            "--hide-scrollbars".into(),
        ];
        if nix::unistd::geteuid().is_root() {
            arguments.push("--no-sandbox".into());
        }
        let capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let client = builder
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .unwrap();
        let page = Page {
            client,
            base: format!("http://{address}"),
        };
        page.size(width, height).await;
        page.open(path).await;
        page
    }

    /// What this driver has started and is still there, whichever group it is in.
    fn left(&self) -> Vec<Pid> {
        let ours = self.folder.path().as_os_str().as_encoded_bytes();
        let Ok(all) = std::fs::read_dir("/proc") else {
            return vec![];
        };
        let numbered = all
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let told = |pid: &i32, what: &str| std::fs::read(format!("/proc/{pid}/{what}")).unwrap_or_default();
        numbered
            .filter(|pid| {
                let line = told(pid, "cmdline");
                line.windows(ours.len()).any(|part| part == ours)
            })
            .map(Pid::from_raw)
            .collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.driver.id()).unwrap_or_default());
        let _ = killpg(group, Signal::SIGKILL);
        drop(self.driver.wait());
        let began = Instant::now();
        loop {
            let left = self.left();
            if left.is_empty() || began.elapsed() > GONE_MAX {
                return;
            }
            for pid in left {
                let _ = kill(pid, Signal::SIGKILL);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// What Chromium's own tools can be asked for, and WebDriver cannot.
#[derive(Debug)]
struct Tool {
    name: &'static str,
    with: Value,
}

impl WebDriverCompatibleCommand for Tool {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.name, "params": self.with });
        (Method::POST, Some(body.to_string()))
    }
}

/// A page in a window of its own.
pub struct Page {
    client: Client,
    base: String,
}

impl Page {
    /// Exactly so many pixels for the page itself.
    pub async fn size(&self, width: u32, height: u32) {
        let with = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        let name = "Emulation.setDeviceMetricsOverride";
        self.client.issue_cmd(Tool { name, with }).await.unwrap();
    }

    pub async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// What a script of the page's own would see.
    pub async fn eval(&self, script: &str) -> Value {
        self.try_eval(script)
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    async fn try_eval(&self, script: &str) -> Result<Value, CmdError> {
        self.client.execute(script, vec![]).await
    }

    /// The words that can be seen of it; what is hidden has none.
    pub async fn text(&self, css: &str) -> String {
        let script = format!(
            "const one = document.querySelector({css:?}); return one && one.checkVisibility() ? one.innerText : ''"
        );
        let text = self.eval(&script).await;
        let words: Vec<&str> = text.as_str().unwrap_or_default().split_whitespace().collect();
        words.join(" ")
    }

    /// Waits until what can be seen of it has these words.
    pub async fn says(&self, css: &str, words: &str) {
        self.until(&format!("{words:?} in {css}"), async || {
            self.text(css).await.contains(words)
        })
        .await;
    }

    pub async fn until(&self, what: &str, wanted: impl AsyncFn() -> bool) {
        let began = Instant::now();
        while !wanted().await {
            if began.elapsed() > WAIT_MAX {
                panic!("Waited for {what}; the page says {}", self.text("body").await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(WAIT_MAX);
        wait.for_element(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Into a field that can be typed into, as fingers do.
    pub async fn type_into(&self, css: &str, text: &str) {
        self.until(css, async || self.find(css).await.is_displayed().await.unwrap_or(false))
            .await;
        self.find(css).await.send_keys(text).await.unwrap();
    }

    /// Keys to whatever has them now, one after the other: no mouse.
    pub async fn keys(&self, keys: &[char]) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.iter().copied() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Waits until the button can be pressed, and presses it.
    pub async fn click(&self, css: &str) {
        let began = Instant::now();
        loop {
            let button = self.find(css).await;
            let ready = button.is_displayed().await.unwrap_or(false) && button.is_enabled().await.unwrap_or(false);
            if ready && button.click().await.is_ok() {
                return;
            }
            assert!(
                began.elapsed() < WAIT_MAX,
                "{css} cannot be pressed: {}",
                self.text("body").await
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }
}
