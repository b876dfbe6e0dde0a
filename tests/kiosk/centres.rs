//! The province's page of its centres: the program behind real leaf nodes, and its page in Chromium.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use jiff::Timestamp;
use kiosk::hall::Sequence;
use kiosk::hall::jetstream::{JetStream, Servers};
use kiosk::hall::log::Message;
use kiosk::ticket::Day;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::browser::{NOBODY, OFFICE_PC};
use crate::hall::{Browser, config};
use crate::harness::leaves::{leaf, province};
use crate::harness::nats::Nats;
use crate::harness::{Chromium, Kiosk, LOOK_EVERY, WAIT_MAX, free_address, set};

/// The program at the province.
pub struct Province {
    child: Child,
    pub address: SocketAddr,
    _folder: tempfile::TempDir,
}

fn file(address: SocketAddr, nats: &Nats) -> String {
    let centre = |id: &str, name: &str| {
        format!("[[centre]]\nid = {id:?}\nname = {name:?}\nseries = [{{ letter = \"A\", name = \"Hộ tịch\" }}]\n")
    };
    format!(
        "listen = \"{address}\"\nservers = {:?}\n{}{}",
        nats.urls(),
        centre("binh-minh", "Trung tâm phường Bình Minh"),
        centre("hoa-son", "Trung tâm xã Hòa Sơn")
    )
}

fn centres(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosk"));
    command.arg("centres").arg("--config").arg(config).stdin(Stdio::null());
    command
}

impl Province {
    pub async fn start(nats: &Nats) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (path, address) = (folder.path().join("centres.toml"), free_address());
        std::fs::write(&path, file(address, nats)).unwrap();
        let province = Self {
            child: centres(&path).spawn().unwrap(),
            address,
            _folder: folder,
        };
        let began = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(began.elapsed() < WAIT_MAX);
            tokio::time::sleep(LOOK_EVERY).await;
        }
        province
    }

    /// What it answers, once it is as wanted.
    pub async fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let answer = Browser::new(self.address).get("/api/centres").await;
            if answer.status() == StatusCode::OK {
                let told: Value = answer.json().await.unwrap();
                if wanted(&told) {
                    return told;
                }
                assert!(began.elapsed() < WAIT_MAX, "not {what}: {told:#}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A kiosk of that centre, and where its counters are.
pub async fn kiosk(centre: &str, nats: &Nats) -> (Kiosk, SocketAddr) {
    let (mut config, address) = config();
    let log = format!("servers = {:?}\ncentre = {centre:?}", nats.urls());
    set(
        &mut config,
        "hall",
        "jetstream",
        toml::Value::Table(log.parse().unwrap()),
    );
    let kiosk = Kiosk::start_with(config, NOBODY).await;
    kiosk.is_together().await;
    (kiosk, address)
}

/// An invented day so far: these people came to series A and B in turn, at even distances since midnight, each was called at
/// counter 1 a while later, but for the last few.
pub async fn worked(centre: &str, nats: &Nats, people: u32, waiting: u32) {
    let servers = Servers {
        urls: nats.urls(),
        centre: centre.into(),
        replicas: 1,
        credentials: None,
    };
    let log = JetStream::connect(&servers, "K01").await.unwrap();
    log.begin().await.unwrap();
    let now = Timestamp::now();
    let day = Day::in_vietnam(now);
    let step = now.duration_since(day.begins()) / i32::try_from(people + 1).unwrap();
    let open = json!({ "event": "counter-opened", "counter": "1", "serves": ["A", "B"] });
    let mut events = vec![(day.begins(), open)];
    for person in 0..people {
        let (series, number) = (["A", "B"][person as usize % 2], person / 2 + 1);
        let came = day.begins() + step * i32::try_from(person).unwrap();
        let event = |name: &str| json!({ "event": name, "series": series, "number": number, "counter": "1" });
        events.push((came, event("drawn")));
        if person + waiting < people {
            let called = came + step * (1 + i32::try_from(person % 3).unwrap());
            events.push((called, event("called")));
            events.push((called + step / 5, event("started")));
            events.push((called + step / 2, event("done")));
        }
    }
    events.sort_by_key(|(at, _)| *at);
    let mut last = Sequence(0);
    for (index, (at, event)) in events.iter().enumerate() {
        let message = Message {
            sequence: Sequence(u64::try_from(index).unwrap() + 1),
            at: *at,
            id: String::new(),
            kiosk: "K01".into(),
            body: event.to_string(),
        };
        last = log.append_again(day, &message, last).await.unwrap();
    }
}

fn is_heard(told: &Value, centre: usize, drawn: u64) -> bool {
    let centre = &told["centres"][centre];
    centre["current"] == true && centre["view"]["total"]["drawn"] == drawn
}

#[tokio::test]
async fn the_province_sees_what_waits_where_and_which_centre_it_does_not_hear() {
    let (hub, leaves) = province();
    let (near, mut far) = (leaf("binh-minh", leaves), leaf("hoa-son", leaves));
    let province = Province::start(&hub).await;
    let ((one, address), (two, _)) = tokio::join!(kiosk("binh-minh", &near), kiosk("hoa-son", &far));
    for _ in 0..3 {
        one.draw_and_leave().await;
    }
    two.draw_and_leave().await;
    let mut clerk = one.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    let told = province
        .until("both heard", |told| {
            is_heard(told, 0, 3) && is_heard(told, 1, 1) && told["centres"][0]["view"]["total"]["calls"] == 1
        })
        .await;
    let queue = |centre: usize| &told["centres"][centre]["view"]["series"][0]["in-queue"];
    assert_eq!((queue(0), queue(1)), (&json!(2), &json!(1)));

    let chromium = Chromium::start();
    let page = chromium.window(province.address, "/", OFFICE_PC).await;
    page.says("#centres", "Trung tâm xã Hòa Sơn").await;
    page.says("#sums", "đều có kết nối").await;
    page.says("#queues", "A · Hộ tịch").await;
    page.says("#hours", "Cả ngày").await;

    // Its line is lost: what was known of it stands there, and since when nothing more is.
    far.kill(0);
    province
        .until("not heard", |told| told["centres"][1]["current"] == false)
        .await;
    page.says("#centres", "mất kết nối từ").await;
    page.says("#unheard", "vẫn phát số").await;

    let browser = Browser::new(province.address);
    let table = browser.get("/api/centres.csv").await;
    assert_eq!(table.headers()["x-content-type-options"], "nosniff");
    let table = table.text().await.unwrap();
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert_eq!(rows.len(), 2, "{table}");
    assert!(
        rows[0].starts_with("binh-minh,") && rows[0].contains(",A,3,1,1,"),
        "{table}"
    );
    assert!(
        rows[1].starts_with("hoa-son,") && rows[1].contains(",A,1,0,0,"),
        "{table}"
    );
    assert_eq!(
        browser.get("/api/centre?centre=nowhere").await.status(),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser.get("/api/centres?day=yesterday").await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[test]
fn a_file_that_would_show_the_page_to_strangers_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("centres.toml");
    let text =
        "listen = \"0.0.0.0:8090\"\nservers = [\"nats://127.0.0.1:4222\"]\n[[centre]]\nid = \"a\"\nname = \"A\"\n";
    std::fs::write(&path, text).unwrap();
    let Output { status, stderr, .. } = centres(&path).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(
        !status.success() && said.lines().count() == 1 && said.contains("listen: a loopback"),
        "{said}"
    );
}
