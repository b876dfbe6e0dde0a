//! A centre of several kiosks on one log: a rush at kiosks and counters, servers that die, a line that is cut. Each number is
//! one person's, and in the end all kiosks tell the same day.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kiosk::hall::log::Log;
use kiosk::hall::{Event, Hall, Logged, Sequence, Stage};
use kiosk::store::room::Limits;
use kiosk::store::secrets::{KeySource, KioskKey};
use kiosk::store::{Settings, Store};
use kiosk::ticket::{Day, Label};
use reqwest::StatusCode;
use serde_json::json;

use crate::browser::NOBODY;
use crate::hall::{Browser, SERIES};
use crate::harness::authority::Authority;
use crate::harness::nats::Nats;
use crate::harness::network::{self, Network};
use crate::harness::proxy::{Line, Proxy};
use crate::harness::{Kiosk, LOOK_EVERY, WAIT_MAX, free_address, set, test_config};
use crate::number::read_codes;

const KIOSKS: usize = 4;
const COUNTERS: usize = 10;
/// How long people come; `RUSH_SECS` says otherwise.
const RUSH_SECS: u64 = 48;
/// A touch to the number, on a machine that runs all of the centre at once.
const WAITED_MAX: Duration = Duration::from_secs(10);

struct Centre {
    nats: Nats,
    kiosks: Vec<(Kiosk, SocketAddr)>,
    /// Of the last kiosk.
    line: Cable,
    authority: Option<Authority>,
}

/// What the last kiosk hangs on.
enum Cable {
    Proxy(Proxy),
    Network(Network),
}

impl Kiosk {
    /// It has reached the log: a new one has no number of its own before.
    pub async fn is_together(&self) {
        let began = Instant::now();
        while self.get_json("/health").await.unwrap()["hall"]["state"] != "together" {
            assert!(began.elapsed() < WAIT_MAX, "alone: {}", self.log_text());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Cable {
    fn set(&self, line: Line) {
        match self {
            Self::Proxy(proxy) => proxy.set(line),
            Self::Network(network) => network.set(line),
        }
    }
}

impl Centre {
    async fn start() -> Self {
        let nats = Nats::start(3);
        let line = Proxy::to(&nats.urls()[0]).await;
        let mut kiosks = vec![];
        for index in 0..KIOSKS {
            let urls = if index + 1 == KIOSKS {
                vec![line.url()]
            } else {
                nats.urls()
            };
            let (config, address) = config(index, &urls, nats.replicas());
            let kiosk = Kiosk::start_with(config, NOBODY).await;
            kiosk.is_together().await;
            kiosks.push((kiosk, address));
        }
        Self {
            nats,
            kiosks,
            line: Cable::Proxy(line),
            authority: None,
        }
    }

    /// The last kiosk in a network of its own, everything over TLS.
    async fn start_in_networks() -> Self {
        let here = IpAddr::from(network::HERE);
        let authority = Authority::new(&["127.0.0.1", &here.to_string()]);
        let file = |name: &str| authority.file(name).display().to_string();
        let more = [
            ("HALL_CERTIFICATE", "server.pem"),
            ("HALL_KEY", "server.key"),
            ("HALL_AUTHORITY", "authority.pem"),
        ];
        let more = more.map(|(name, of)| (name, file(of))).to_vec();
        let nats = Nats::start_as("three-tls.conf", "box", KIOSKS - 1, more);
        let network = Network::new();
        let mut kiosks = vec![];
        for index in 0..KIOSKS {
            let last = index + 1 == KIOSKS;
            let host = if last { here } else { Ipv4Addr::LOCALHOST.into() };
            let url = |client: &SocketAddr| format!("tls://{host}:{}", client.port());
            let urls: Vec<String> = nats.clients().iter().map(url).collect();
            let (mut config, mut address) = config(index, &urls, nats.replicas());
            let tls = format!(
                "root-certificates = {:?}\ncertificate = {:?}\nkey = {:?}",
                file("authority.pem"),
                file("kiosk.pem"),
                file("kiosk.key")
            );
            let hall = config["hall"].as_table_mut().unwrap();
            let log = hall["jetstream"].as_table_mut().unwrap();
            log.insert("tls".into(), toml::Value::Table(tls.parse().unwrap()));
            let mut kiosk = Kiosk::prepare(config, NOBODY);
            if last {
                kiosk.plug_into(&network);
                address = network.door(address);
            }
            kiosk.run().await;
            kiosk.is_together().await;
            kiosks.push((kiosk, address));
        }
        Self {
            nats,
            kiosks,
            line: Cable::Network(network),
            authority: Some(authority),
        }
    }
}

fn name(index: usize) -> String {
    format!("K{:02}", index + 1)
}

fn config(index: usize, urls: &[String], replicas: usize) -> (toml::Table, SocketAddr) {
    let address = free_address();
    let mut config = test_config();
    set(&mut config, "kiosk", "name", name(index));
    set(&mut config, "times", "number-secs", 1);
    let counters: Vec<String> = (1..=COUNTERS)
        .map(|counter| format!("{{ name = \"{counter}\", serves = [\"A\"] }}"))
        .collect();
    let hall = format!(
        "listen = \"{address}\"\ncounters = [{}]\n[jetstream]\nservers = {urls:?}\ncentre = \"binh-minh\"\nreplicas = {replicas}\nlease-numbers = 60",
        counters.join(", ")
    );
    config.insert("hall".into(), toml::Value::Table(hall.parse().unwrap()));
    (config, address)
}

/// Takes a number like anybody; how long it took from the touch.
async fn takes_a_number(kiosk: &Kiosk) -> Duration {
    kiosk.to_home().await;
    kiosk.touch("Lấy số").await;
    kiosk.touch(SERIES).await;
    let began = Instant::now();
    let look = kiosk
        .until("a number or trouble", |look| {
            look.page == "number" || look.page == "trouble"
        })
        .await;
    let waited = began.elapsed();
    assert_eq!(look.page, "number", "{look:#?}\n{}", kiosk.log_text());
    kiosk.touch("Xong").await;
    waited
}

async fn works(clerk: &mut Browser, over: &AtomicBool) -> usize {
    let mut served = 0;
    while !over.load(Ordering::Relaxed) {
        let pause = match clerk.act(json!({ "act": "next" })).await.as_str() {
            "" => {
                tokio::time::sleep(Duration::from_millis(150)).await;
                served += usize::from(clerk.act(json!({ "act": "done" })).await.is_empty());
                0
            }
            "counter-not-open" => {
                clerk.act(json!({ "act": "open", "serves": ["A"] })).await;
                50
            }
            // What got no answer was done after all.
            "counter-busy" => {
                served += usize::from(clerk.act(json!({ "act": "done" })).await.is_empty());
                50
            }
            "nobody-waits" | "apart" | "crowded" | "elsewhere" => 300,
            other => panic!("{other}"),
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    served
}

/// What goes wrong meanwhile.
async fn trouble(nats: &mut Nats, line: &Cable, part: Duration) {
    tokio::time::sleep(part).await;
    nats.kill(1);
    tokio::time::sleep(part).await;
    nats.restart(1);
    line.set(Line::Silent);
    tokio::time::sleep(part).await;
    line.set(Line::LosesAnswers);
    tokio::time::sleep(part).await;
    line.set(Line::Holds);
    tokio::time::sleep(part).await;
    (0..3).for_each(|server| nats.kill(server));
    tokio::time::sleep(part / 2).await;
    nats.restart_all();
    tokio::time::sleep(part / 2).await;
}

/// The day as a kiosk that has ended keeps it, and whether it owes the log anything.
fn kept(kiosk: &Kiosk, index: usize) -> (Vec<Logged>, usize) {
    let settings = Settings {
        name: name(index).parse().unwrap(),
        limits: Limits::KIOSK,
    };
    let key = KioskKey::load(&KeySource::File(kiosk.data().join("kiosk.key"))).unwrap();
    let now = Timestamp::now();
    let (mut store, _) = Store::open(&kiosk.data(), key, settings, now).unwrap();
    let day = store.business_day(now).unwrap();
    let events = Log::read(&mut store, day, Sequence(0)).unwrap();
    (events, store.owed_draws().unwrap().len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_rush_with_everything_failing_nobody_shares_a_number_and_nobody_is_lost() {
    rush(Centre::start().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs root for a network of its own, and minutes: make rush"]
async fn in_a_rush_with_a_pulled_cable_nobody_shares_a_number_and_nobody_is_lost() {
    let centre = Centre::start_in_networks().await;
    assert!(centre.authority.is_some());
    rush(centre).await;
}

#[tokio::test]
async fn a_new_kiosk_that_cannot_reach_the_log_sends_people_to_the_next_one() {
    let (config, _) = config(0, &[format!("nats://{}", free_address())], 1);
    let kiosk = Kiosk::start_with(config, NOBODY).await;
    kiosk.to_home().await;
    kiosk.touch("Lấy số").await;
    kiosk.touch(SERIES).await;
    let look = kiosk.at("trouble").await;
    assert!(
        look.shows("Máy này chưa lấy được số") && look.shows("lấy số ở máy bên cạnh"),
        "{look:#?}"
    );
    assert_eq!(kiosk.get_json("/health").await.unwrap()["hall"]["state"], "apart");
}

#[tokio::test]
async fn with_a_key_for_all_a_slips_link_opens_at_every_kiosk_of_the_centre() {
    let nats = Nats::start(1);
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("phone.key");
    std::fs::write(&key, [7; 32]).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut kiosks = vec![];
    for index in 0..2 {
        let (mut config, address) = config(index, &nats.urls(), 1);
        set(&mut config, "hall", "phone-url", "https://so.example.vn");
        let from = format!("from = \"file\"\npath = {key:?}").parse().unwrap();
        set(&mut config, "hall", "phone-key", toml::Value::Table(from));
        let kiosk = Kiosk::start_with(config, NOBODY).await;
        kiosk.is_together().await;
        kiosks.push((kiosk, address));
    }
    kiosks[0].0.draw_and_leave().await;
    let slip = kiosks[0].0.whole_slips(1).await.remove(0);
    let png = kiosks[0].0.get(&slip.png).await.unwrap();
    let code = read_codes(&image::load_from_memory(&png).unwrap().to_luma8()).remove(0);
    let (link, _) = code.split_once('#').unwrap();
    let link = link.strip_prefix("https://so.example.vn/p/").unwrap();
    let began = Instant::now();
    for (_, address) in &kiosks {
        while Browser::new(*address).get(&format!("/api/p/{link}")).await.status() != StatusCode::OK {
            assert!(began.elapsed() < WAIT_MAX, "{link} opens nothing at {address}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

async fn rush(mut centre: Centre) {
    let secs = std::env::var("RUSH_SECS").map_or(RUSH_SECS, |secs| secs.parse().unwrap());
    // At 20 simulated minutes: the next person after ten seconds of them.
    let next = Duration::from_secs(secs) / 120;
    let over = AtomicBool::new(false);
    let (kiosks, nats, line) = (&centre.kiosks, &mut centre.nats, &centre.line);
    let people = futures_util::future::join_all(kiosks.iter().map(async |(kiosk, _)| {
        let mut waits = vec![];
        while !over.load(Ordering::Relaxed) {
            waits.push(takes_a_number(kiosk).await);
            tokio::time::sleep(next).await;
        }
        waits
    }));
    let mut browsers = vec![];
    for counter in 1..=COUNTERS {
        let (kiosk, address) = &kiosks[counter % KIOSKS];
        browsers.push(kiosk.clerk(*address, &counter.to_string()).await);
    }
    let clerks = futures_util::future::join_all(browsers.iter_mut().map(|clerk| works(clerk, &over)));
    let script = async {
        trouble(nats, line, Duration::from_secs(secs) / 6).await;
        over.store(true, Ordering::Relaxed);
    };
    let (waits, served, ()) = tokio::join!(people, clerks, script);

    let mut waits: Vec<Duration> = waits.into_iter().flatten().collect();
    let drawn: BTreeSet<Label> = kiosks.iter().flat_map(|(kiosk, _)| labels(kiosk)).collect();
    assert_eq!(drawn.len(), waits.len(), "a number each, and none twice");
    agree(&mut centre, &drawn).await;

    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100];
    println!(
        "{} numbers at {KIOSKS} kiosks, {} served at {COUNTERS} counters; touch to number p50 {:?}, p99 {:?}, longest {:?}",
        waits.len(),
        served.iter().sum::<usize>(),
        at(50),
        at(99),
        at(100)
    );
    assert!(at(100) < WAITED_MAX);
}

fn labels(kiosk: &Kiosk) -> Vec<Label> {
    let rows = kiosk.report();
    let label = |series: &str, number| Label {
        series: series.parse().unwrap(),
        number,
    };
    rows.iter().map(|row| label(&row.series, row.number)).collect()
}

/// All kiosks come to tell the same day, in which exactly these numbers were given.
async fn agree(centre: &mut Centre, drawn: &BTreeSet<Label>) {
    let began = Instant::now();
    loop {
        // Two looks of each kiosk at the log, and what it had to tell.
        tokio::time::sleep(Duration::from_secs(4)).await;
        for (kiosk, _) in &mut centre.kiosks {
            kiosk.terminate().await;
        }
        let days: Vec<_> = centre
            .kiosks
            .iter()
            .enumerate()
            .map(|(index, (kiosk, _))| kept(kiosk, index))
            .collect();
        let told = days.iter().all(|(_, owed)| *owed == 0);
        let same = days.windows(2).all(|two| two[0].0 == two[1].0);
        let day = Hall::after(Day::in_vietnam(Timestamp::now()), &days[0].0);
        let given = given(&day, &days[0].0);
        if told && same && given == *drawn {
            return;
        }
        let lengths: Vec<usize> = days.iter().map(|(events, _)| events.len()).collect();
        let wrong: Vec<_> = given.symmetric_difference(drawn).collect();
        assert!(
            began.elapsed() < WAIT_MAX,
            "told {told}, same {same}, {lengths:?}, {wrong:?}"
        );
        for (kiosk, _) in &mut centre.kiosks {
            kiosk.run().await;
        }
    }
}

/// Numbers that somebody has.
fn given(day: &Hall, events: &[Logged]) -> BTreeSet<Label> {
    let drawn = events
        .iter()
        .filter(|logged| matches!(logged.event, Event::Drawn { .. } | Event::DrawnApart { .. }));
    let labels = drawn.filter_map(|logged| logged.event.label());
    labels
        .filter(|label| day.place(*label).is_some_and(|place| place.stage != Stage::Void))
        .collect()
}
