//! Counters and boards: who is let in, and what a clerk and a board see of what happens.

use std::net::SocketAddr;
use std::time::Instant;

use reqwest::StatusCode;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use serde_json::{Value, json};

use crate::harness::{Kiosk, WAIT_MAX, free_address, set, test_config};

pub const PIN: &str = "240815";
pub const SERIES: &str = "Hộ tịch, tư pháp";

/// A kiosk with a hall, and where its browsers reach it.
async fn start() -> (Kiosk, SocketAddr) {
    let (config, address) = config();
    (Kiosk::start_with(config, "http://127.0.0.1:9").await, address)
}

pub fn config() -> (toml::Table, SocketAddr) {
    let address = free_address();
    let mut config = test_config();
    let hall = format!(
        "listen = \"{address}\"\ncounters = [{{ name = \"2\", serves = [\"A\"] }}, {{ name = \"4\", serves = [\"A\", \"B\"] }}]"
    );
    config.insert("hall".into(), toml::Value::Table(hall.parse().unwrap()));
    (config, address)
}

/// A browser: it keeps its cookies and looks on where it may.
pub struct Browser {
    pub http: reqwest::Client,
    base: String,
    cookies: Vec<(String, String)>,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: format!("http://{address}"),
            cookies: vec![],
        }
    }

    fn headers(&self) -> HeaderMap {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        HeaderMap::from_iter([(COOKIE, pairs.join("; ").parse().unwrap())])
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        let url = format!("{}{path}", self.base);
        self.http.get(url).headers(self.headers()).send().await.unwrap()
    }

    /// As our pages send it. What it was answered: its status and the word for why not.
    pub async fn send(&mut self, path: &str, body: Value) -> (StatusCode, String) {
        let url = format!("{}{path}", self.base);
        let call = self.http.post(url).headers(self.headers()).header("x-kiosk-page", "1");
        let answer = call.json(&body).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            assert!(text.contains("HttpOnly") && text.contains("SameSite=Strict"), "{text}");
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.into(), value.into()));
        }
        let status = answer.status();
        let told: Value = answer.json().await.unwrap_or_default();
        (status, told["error"].as_str().unwrap_or_default().into())
    }

    pub async fn act(&mut self, act: Value) -> String {
        let (status, error) = self.send("/api/act", act).await;
        assert_eq!(status == StatusCode::NO_CONTENT, error.is_empty(), "{status} {error}");
        error
    }

    /// The first view that is as wanted.
    pub async fn sees(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        let mut stream = self.get(path).await;
        assert_eq!(stream.status(), StatusCode::OK, "{path}");
        let mut heard = String::new();
        let mut last = Value::Null;
        loop {
            assert!(began.elapsed() < WAIT_MAX, "{last:#}");
            heard.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
            while let Some((event, rest)) = heard.split_once("\n\n") {
                if let Some(data) = event.strip_prefix("event: hall\ndata: ") {
                    last = serde_json::from_str(data).unwrap();
                }
                heard = rest.to_owned();
                if wanted(&last) {
                    return last;
                }
            }
        }
    }

    async fn here(&self) -> Option<String> {
        let view = self.sees("/api/counter", |view| !view.is_null()).await;
        view["here"]["number"].as_str().map(str::to_owned)
    }
}

impl Kiosk {
    pub async fn pairing_code(&self) -> String {
        let told = self.try_post("/hall/code", &json!({})).await.unwrap();
        told["code"].as_str().unwrap().to_owned()
    }

    pub async fn paired(&self, address: SocketAddr, kind: &str) -> Browser {
        let mut browser = Browser::new(address);
        let code = self.pairing_code().await;
        let (status, _) = browser.send("/api/pair", json!({ "code": code, "kind": kind })).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        browser
    }

    pub async fn clerk(&self, address: SocketAddr, counter: &str) -> Browser {
        let mut browser = self.paired(address, "counter").await;
        let (status, error) = browser
            .send("/api/sign-in", json!({ "pin": PIN, "counter": counter }))
            .await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{error}");
        browser
    }

    pub async fn draw_and_leave(&self) {
        self.take_number(SERIES).await;
        self.at("rest").await;
    }
}

#[tokio::test]
async fn a_stranger_in_the_network_sees_and_does_nothing() {
    let (kiosk, address) = start().await;
    let mut stranger = Browser::new(address);
    let page = stranger.get("/counter").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("frame-ancestors 'none'") && page.status() == StatusCode::OK,
        "{policy}"
    );
    for path in ["/api/counter", "/api/board"] {
        assert_eq!(stranger.get(path).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let who: Value = stranger.get("/api/who").await.json().await.unwrap();
    assert_eq!(
        who,
        json!({ "paired": null, "who": null, "counter": null, "counters": null })
    );
    for (path, body) in [
        ("/api/act", json!({ "act": "next" })),
        ("/api/sign-in", json!({ "pin": PIN, "counter": "2" })),
        ("/api/sign-out", json!({})),
    ] {
        assert_eq!(stranger.send(path, body).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    // Neither health nor the dock nor figures nor codes are here.
    for path in ["/health", "/dock", "/figures.json", "/hall/code"] {
        assert_eq!(stranger.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }

    // A code is tried five times at most, and used once.
    let code = kiosk.pairing_code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let pair = |code: &str| json!({ "code": code, "kind": "board" });
    for _ in 0..5 {
        assert_eq!(stranger.send("/api/pair", pair(wrong)).await.1, "wrong-code");
    }
    assert_eq!(
        stranger.send("/api/pair", pair(&code)).await.1,
        "wrong-code",
        "it is gone"
    );
    let code = kiosk.pairing_code().await;
    assert_eq!(stranger.send("/api/pair", pair(&code)).await.0, StatusCode::NO_CONTENT);
    let mut second = Browser::new(address);
    assert_eq!(
        second.send("/api/pair", pair(&code)).await.1,
        "wrong-code",
        "it was used"
    );

    // A board shows; it does not call.
    assert_eq!(
        stranger
            .send("/api/sign-in", json!({ "pin": PIN, "counter": "2" }))
            .await
            .1,
        "not-paired"
    );
    assert_eq!(
        stranger.send("/api/act", json!({ "act": "next" })).await.1,
        "not-signed-in"
    );
    // Another site's page has our cookies perhaps, and cannot say that it is ours.
    let clerk = kiosk.clerk(address, "2").await;
    let url = format!("http://{address}/api/act");
    let forged = clerk
        .http
        .post(url)
        .headers(clerk.headers())
        .json(&json!({ "act": "next" }));
    assert_eq!(forged.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_number_is_called_shown_on_the_board_and_served() {
    let (kiosk, address) = start().await;
    kiosk.draw_and_leave().await;
    kiosk.draw_and_leave().await;
    let board = kiosk.paired(address, "board").await;
    let mut clerk = kiosk.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "counter-not-open");
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    let view = clerk.sees("/api/counter", |view| view["state"]["is"] == "open").await;
    assert_eq!(
        (&view["queues"][0]["waiting"], &view["next"]["number"]),
        (&json!(2), &json!("A 001"))
    );
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    let view = board
        .sees("/api/board", |view| view["calls"][0]["number"] == "A 001")
        .await;
    assert_eq!(view["calls"][0]["counter"], "2");
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "counter-busy");
    assert_eq!(clerk.act(json!({ "act": "recall" })).await, "too-soon");
    assert_eq!(clerk.act(json!({ "act": "start" })).await, "");
    // Sent on to counter 4, which takes it before all others.
    let mut other = kiosk.clerk(address, "4").await;
    assert_eq!(other.act(json!({ "act": "open", "serves": ["A", "B"] })).await, "");
    assert_eq!(
        clerk
            .act(json!({ "act": "transfer", "to": "B", "to_counter": "4" }))
            .await,
        ""
    );
    assert_eq!(other.act(json!({ "act": "next" })).await, "");
    assert_eq!(other.here().await.as_deref(), Some("A 001"));
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    assert_eq!(clerk.here().await.as_deref(), Some("A 002"));
    assert_eq!(clerk.act(json!({ "act": "absent" })).await, "");
    assert_eq!(other.act(json!({ "act": "done" })).await, "");

    // Whoever signs in at a counter later has it; the one before is told when they next do something.
    let mut later = kiosk.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "not-signed-in");
    assert_eq!(later.act(json!({ "act": "next" })).await, "");
    assert_eq!(later.here().await.as_deref(), Some("A 002"));
}

#[tokio::test]
async fn after_a_power_cut_the_hall_is_as_it_was_and_clerks_sign_in_again() {
    let (mut kiosk, address) = start().await;
    kiosk.draw_and_leave().await;
    let mut clerk = kiosk.clerk(address, "2").await;
    clerk.act(json!({ "act": "open", "serves": ["A"] })).await;
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    let board = kiosk.paired(address, "board").await;
    kiosk.restart().await;
    let view = board.sees("/api/board", |view| !view.is_null()).await;
    assert_eq!(view["calls"][0]["number"], "A 001");
    assert_eq!(clerk.act(json!({ "act": "done" })).await, "not-signed-in");
    let (_, error) = clerk
        .send("/api/sign-in", json!({ "pin": "111111", "counter": "2" }))
        .await;
    assert_eq!(error, "wrong-pin");
    let (_, error) = clerk.send("/api/sign-in", json!({ "pin": PIN, "counter": "9" })).await;
    assert_eq!(error, "no-such-counter");
    let (status, _) = clerk.send("/api/sign-in", json!({ "pin": PIN, "counter": "2" })).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(clerk.here().await.as_deref(), Some("A 001"));
    assert_eq!(clerk.act(json!({ "act": "done" })).await, "");
    assert_eq!(clerk.here().await, None);
}

#[tokio::test]
async fn wrong_pins_lock_the_counters_for_a_while() {
    let (kiosk, address) = start().await;
    let mut browser = kiosk.paired(address, "counter").await;
    for _ in 0..5 {
        let (_, error) = browser
            .send("/api/sign-in", json!({ "pin": "111111", "counter": "2" }))
            .await;
        assert_eq!(error, "wrong-pin");
    }
    let (status, error) = browser
        .send("/api/sign-in", json!({ "pin": PIN, "counter": "2" }))
        .await;
    assert_eq!((status, &error[..]), (StatusCode::TOO_MANY_REQUESTS, "locked"));
}

#[tokio::test]
async fn of_many_pins_sent_at_once_five_are_tried() {
    const AT_ONCE: usize = 24;
    let (kiosk, address) = start().await;
    let browser = kiosk.paired(address, "counter").await;
    let mut all = tokio::task::JoinSet::new();
    for pin in 0..AT_ONCE {
        let mut one = Browser::new(address);
        one.cookies.clone_from(&browser.cookies);
        // The last one is right, and must not be found out either.
        let pin = if pin + 1 == AT_ONCE {
            PIN.to_owned()
        } else {
            format!("{pin:06}")
        };
        all.spawn(async move {
            // So that it comes last.
            if pin == PIN {
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            }
            one.send("/api/sign-in", json!({ "pin": pin, "counter": "2" })).await.1
        });
    }
    let answers = all.join_all().await;
    let told = |word: &str| answers.iter().filter(|answer| *answer == word).count();
    assert_eq!((told("wrong-pin"), told("locked")), (5, AT_ONCE - 5), "{answers:?}");
}

#[tokio::test]
async fn with_a_certificate_all_goes_over_tls_alone() {
    let (mut config, address) = config();
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    std::fs::write(&chain, issued.cert.pem()).unwrap();
    std::fs::write(&key, issued.signing_key.serialize_pem()).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let files = format!("from = \"file\"\nchain = {chain:?}\nkey = {key:?}");
    set(
        &mut config,
        "hall",
        "certificate",
        toml::Value::Table(files.parse().unwrap()),
    );
    let kiosk = Kiosk::start_with(config, "http://127.0.0.1:9").await;

    let authority = reqwest::Certificate::from_pem(issued.cert.pem().as_bytes()).unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([authority]);
    let mut browser = Browser::new(address);
    browser.http = http.build().unwrap();
    browser.base = format!("https://localhost:{}", address.port());
    let page = browser.get("/counter").await;
    assert_eq!(page.headers()["strict-transport-security"], "max-age=31536000");
    let url = format!("{}/api/pair", browser.base);
    let call = json!({ "code": kiosk.pairing_code().await, "kind": "counter" });
    let call = browser.http.post(url).header("x-kiosk-page", "1").json(&call);
    let answer = call.send().await.unwrap();
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("; Secure"), "{cookie}");

    let plain = Browser::new(address).http.get(format!("http://{address}/counter"));
    assert!(plain.send().await.is_err(), "nothing without TLS");
}

#[tokio::test]
async fn staff_read_a_code_on_the_kiosk_and_a_browser_is_paired_with_it() {
    let (kiosk, address) = start().await;
    kiosk.staff_in().await;
    kiosk.touch("Quầy").await;
    kiosk.touch("Lấy mã ghép").await;
    let look = kiosk.sees("Chỉ dùng một lần").await;
    let is_code = |text: &&String| text.len() == 7 && text.split(' ').all(|half| half.parse::<u32>().is_ok());
    let first = look.texts.iter().find(is_code).unwrap().clone();
    kiosk.touch("Lấy mã khác").await;
    let changed = kiosk.until("another code", |look| !look.texts.contains(&first)).await;
    let code = changed.texts.iter().find(is_code).unwrap().replace(' ', "");

    let mut browser = Browser::new(address);
    let pair = |code: String| json!({ "code": code, "kind": "board" });
    let (_, error) = browser.send("/api/pair", pair(first.replace(' ', ""))).await;
    assert_eq!(error, "wrong-code", "another took its place");
    let (status, _) = browser.send("/api/pair", pair(code.clone())).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    // What was used is not shown any more; it stands in no log.
    kiosk.touch("Thiết bị").await;
    kiosk.touch("Quầy").await;
    kiosk.sees("Lấy mã ghép").await;
    assert!(!kiosk.log_text().contains(&code));
}

#[tokio::test]
async fn a_kiosk_without_a_hall_offers_no_code() {
    let kiosk = Kiosk::start().await;
    kiosk.staff_in().await;
    kiosk.touch("Quầy").await;
    let look = kiosk.sees("Hộ tịch, tư pháp").await;
    assert!(!look.shows("Ghép máy quầy"), "{look:#?}");
}
