//! Numbers with full durability: a kiosk's own log, the log that the kiosks of a centre share on one server and on three, and
//! beside them the common way, a server that gives the highest number of a table plus one. The same load for each, from the
//! same program: so many who draw at once, each the next when they have theirs.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::ensure;
use axum::extract::State;
use axum::routing::post;
use jiff::{SignedDuration, Timestamp};
use kiosk::hall::jetstream::{JetStream, Servers};
use kiosk::hall::local::LocalHall;
use kiosk::hall::{Event, Hall, Logged, Sequence, Series, Wish};
use kiosk::node::{Node, Standing};
use kiosk::store::room::Limits;
use kiosk::store::secrets::KioskKey;
use kiosk::store::{Settings, Store, thread};
use kiosk::ticket::{Day, Label, SeriesLetter};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::nats::Nats;
use crate::{millis, process, spread};

/// Who draw at once; of a shared log, each at a kiosk of their own.
const AT_ONCE: usize = 4;
const NUMBERS_EACH: usize = 150;
/// People of a day whose events are folded.
const TICKETS: u32 = 3_000;
const FOLDS: usize = 20;
const READY_MAX: Duration = Duration::from_secs(60);

pub fn measure() -> anyhow::Result<()> {
    println!("\nnumbers, {AT_ONCE} at once, {NUMBERS_EACH} each, on the disk before they are given");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        alone().await?;
        for servers in [1, 3] {
            together(servers).await?;
        }
        common().await
    })?;
    fold();
    Ok(())
}

fn letter() -> anyhow::Result<SeriesLetter> {
    Ok(SeriesLetter::try_from('A')?)
}

/// A store of its own, and the folder that goes with it.
fn stored(name: &str) -> anyhow::Result<(Store, Vec<Series>, TempDir)> {
    let folder = tempfile::tempdir()?;
    let settings = Settings {
        name: name.parse()?,
        limits: Limits::KIOSK,
    };
    let (store, _) = Store::open(folder.path(), KioskKey::from_bytes([7; 32]), settings, Timestamp::now())?;
    let series = Series {
        letter: letter()?,
        name: "Hộ tịch".into(),
        counters: "1".into(),
        first_number: 1,
        per_day_max: None,
    };
    Ok((store, vec![series], folder))
}

async fn alone() -> anyhow::Result<()> {
    let (mut store, series, _folder) = stored("K01")?;
    let hall = LocalHall::open(&mut store, series, Timestamp::now())?;
    let (store, _thread) = thread::spawn(store, Timestamp::now, |_| {})?;
    let node = Node::alone(hall, store);
    let drawn = draw_at(&[node.clone(), node.clone(), node.clone(), node]).await?;
    tell("one kiosk, its own log", &drawn);
    Ok(())
}

async fn together(servers: usize) -> anyhow::Result<()> {
    let nats = Nats::start(servers);
    let (mut nodes, mut folders) = (vec![], vec![]);
    for index in 0..AT_ONCE {
        let name = format!("K{:02}", index + 1);
        let (mut store, series, folder) = stored(&name)?;
        let hall = LocalHall::of(store.hall_now(Timestamp::now())?, series);
        let (store, _thread) = thread::spawn(store, Timestamp::now, |_| {})?;
        let servers = Servers {
            urls: nats.urls(),
            centre: "binh-minh".into(),
            replicas: nats.replicas(),
            credentials: None,
        };
        let log = JetStream::connect(&servers, &name).await?;
        let node = Node::together(hall, store, log, &name, 10);
        tokio::spawn(node.clone().run());
        nodes.push(node);
        folders.push(folder);
    }
    let began = Instant::now();
    while nodes.iter().any(|node| node.standing() != Standing::Together) {
        ensure!(began.elapsed() < READY_MAX, "the servers do not answer");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let drawn = draw_at(&nodes).await?;
    tell(&format!("{AT_ONCE} kiosks, one log on {servers} of NATS"), &drawn);
    // The servers are the only children of this process.
    let servers = process::family(std::process::id()).into_iter().skip(1);
    let memory: Result<Vec<u64>, _> = servers.map(process::pss_kib).collect();
    let memory: Vec<f64> = memory?.into_iter().map(|kib| kib as f64 / 1024.0).collect();
    println!("    PSS of a server, MiB: {}", spread(&memory));
    Ok(())
}

/// What came of a load.
struct Drawn {
    labels: Vec<Label>,
    times: Vec<f64>,
    took: Duration,
}

async fn draw_at(nodes: &[Node]) -> anyhow::Result<Drawn> {
    let began = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for node in nodes {
        let node = node.clone();
        all.spawn(async move {
            let mut drawn = vec![];
            for _ in 0..NUMBERS_EACH {
                let began = Instant::now();
                let given = node.draw(Wish::from(letter()?), false).await?;
                drawn.push((given.drawn.ticket.label(), millis(began.elapsed())));
            }
            anyhow::Ok(drawn)
        });
    }
    let drawn = all.join_all().await.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let (labels, times) = drawn.into_iter().flatten().unzip();
    Ok(Drawn {
        labels,
        times,
        took: began.elapsed(),
    })
}

fn tell(what: &str, drawn: &Drawn) {
    let once: BTreeSet<&Label> = drawn.labels.iter().collect();
    println!(
        "  {what}: {:.0} numbers/s; ms: {}; twice {}",
        drawn.labels.len() as f64 / drawn.took.as_secs_f64(),
        spread(&drawn.times),
        drawn.labels.len() - once.len()
    );
}

type Table = Arc<Mutex<Connection>>;

/// A web server and a table, as such programs are often written: it asks for the highest number, then it adds a row. It
/// commits as durably as the kiosk, and its threads share one connection.
async fn common() -> anyhow::Result<()> {
    // Plain HTTP on loopback, and yet reqwest wants to know.
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = tempfile::tempdir()?;
    let db = Connection::open(folder.path().join("queue.sqlite"))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE tickets (id INTEGER PRIMARY KEY, series TEXT NOT NULL, number INTEGER NOT NULL)",
    )?;
    let table: Table = Arc::new(Mutex::new(db));
    let app = axum::Router::new()
        .route("/draw", post(highest_plus_one))
        .with_state(table);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/draw", listener.local_addr()?);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let began = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (http, url) = (reqwest::Client::new(), url.clone());
        all.spawn(async move {
            let mut drawn = vec![];
            for _ in 0..NUMBERS_EACH {
                let began = Instant::now();
                let number: u32 = http.post(&url).send().await?.error_for_status()?.json().await?;
                let series = letter()?;
                drawn.push((Label { series, number }, millis(began.elapsed())));
            }
            anyhow::Ok(drawn)
        });
    }
    let drawn = all.join_all().await.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let (labels, times) = drawn.into_iter().flatten().unzip();
    let took = began.elapsed();
    tell(
        "the common way, highest number + 1 over HTTP",
        &Drawn { labels, times, took },
    );
    server.abort();
    Ok(())
}

async fn highest_plus_one(State(table): State<Table>) -> Result<axum::Json<u32>, String> {
    let drawn = tokio::task::spawn_blocking(move || {
        let lock = || table.lock().unwrap_or_else(PoisonError::into_inner);
        let highest = "SELECT coalesce(max(number), 0) + 1 FROM tickets WHERE series = 'A'";
        let number: u32 = lock().query_row(highest, [], |row| row.get(0))?;
        lock().execute("INSERT INTO tickets (series, number) VALUES ('A', ?1)", [number])?;
        Ok::<_, rusqlite::Error>(number)
    });
    let drawn = drawn.await.map_err(|error| error.to_string())?;
    drawn.map(axum::Json).map_err(|error| error.to_string())
}

/// A day of so many people, each called and served.
fn fold() {
    let day = busy_day();
    let Some(first) = day.first() else { return };
    let date = Day::in_vietnam(first.at);
    let times: Vec<f64> = (0..FOLDS)
        .map(|_| {
            let began = Instant::now();
            black_box(Hall::after(date, black_box(&day)));
            millis(began.elapsed())
        })
        .collect();
    println!(
        "  fold of a day of {TICKETS} tickets, {} events, ms: {}",
        day.len(),
        spread(&times)
    );
}

fn busy_day() -> Vec<Logged> {
    let (Ok(series), Ok(counter)) = (letter(), "1".parse::<kiosk::hall::Counter>()) else {
        return vec![];
    };
    let mut events = vec![Event::CounterOpened {
        counter: counter.clone(),
        serves: vec![series],
    }];
    let class = kiosk::hall::Class::Ordinary;
    // People come twice as fast as they are served: in the end half of them wait.
    for number in 1..=TICKETS {
        events.push(Event::Drawn { series, number, class });
        if number.is_multiple_of(2) {
            let number = number / 2;
            let counter = counter.clone();
            events.push(Event::Called {
                series,
                number,
                counter,
            });
            events.push(Event::Started { series, number });
            events.push(Event::Done { series, number });
        }
    }
    let begin = Timestamp::UNIX_EPOCH;
    let logged = events.into_iter().zip(1..).map(|(event, second)| Logged {
        sequence: Sequence(second),
        at: begin + SignedDuration::from_secs(i64::try_from(second).unwrap_or_default()),
        event,
    });
    logged.collect()
}
