//! A thousand dossiers of five pages owed, and a province that comes back busy, cuts the line, loses answers and starts
//! again, while the kiosk is killed every few seconds. What must hold: all there once, with equal hashes. Order and
//! memory are printed. Then half as many without trouble, and the same bytes as plain uploads (HTTP PUT) to a server that
//! writes them to the same disk: the two rates stand side by side.
//!
//! `make soak` runs it, with `OWED` dossiers. Pages are real sealed pages of 150 kB; no words are read on them, for
//! tesseract would take hours and is measured elsewhere.

#[path = "../kiosk/owed/seed.rs"]
mod seed;

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::body::Body;
use axum::extract::Path as UrlPath;
use futures_util::StreamExt as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::runtime::Runtime;

use crate::kiosk::{Folder, Kiosk, config};
use crate::{http, process};

const PAGES: usize = 5;
const PAGE_BYTES: usize = 150_000;
/// The one in front of all the others.
const BIG_PAGES: usize = 200;
const SEED: u64 = 1;
const WAIT_MAX: Duration = Duration::from_secs(1_200);
/// Requests that a fault hits.
const FAULTY_REQUESTS: u64 = 20;
/// From one fault to the next, and how long the kiosk lives between two kills once it draws, in milliseconds.
const FAULT_MS: std::ops::Range<u64> = 1_000..4_000;
const LIFE_MS: std::ops::Range<u64> = 3_000..8_000;
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub fn measure(count: usize) -> anyhow::Result<()> {
    println!("{count} dossiers of {PAGES} pages owed, and one of {BIG_PAGES} in front of them");
    troubled(count)?;
    quiet(count / 2)
}

/// The stand-in on an address that stays, which can be taken away.
struct Province {
    address: SocketAddr,
    folder: tempfile::TempDir,
    running: Option<Runtime>,
}

impl Province {
    fn start() -> anyhow::Result<Self> {
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut province = Self {
            address,
            folder: tempfile::tempdir()?,
            running: None,
        };
        province.restart()?;
        Ok(province)
    }

    fn restart(&mut self) -> anyhow::Result<()> {
        if let Some(running) = self.running.take() {
            running.shutdown_timeout(Duration::from_secs(5));
        }
        let runtime = runtime()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind(self.address))?;
        let data = self.folder.path().to_owned();
        runtime.spawn(async move { province::serve(listener, &data).await });
        self.running = Some(runtime);
        Ok(())
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// It hashes every file again.
    fn dossiers(&self) -> anyhow::Result<Vec<Value>> {
        Ok(serde_json::from_value(http::get(self.address, "/admin/dossiers")?)?)
    }

    fn received(&self) -> anyhow::Result<usize> {
        let count = http::get(self.address, "/admin/dossiers/count")?;
        Ok(usize::try_from(count["received"].as_u64().context("No count")?)?)
    }
}

fn runtime() -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?)
}

/// Without anything that reads words on pages.
fn start(folder: &Folder, province: &Province) -> anyhow::Result<Kiosk> {
    let mut config = config(None)?;
    config.remove("reading");
    Ok(Kiosk::start_in(folder, &config, &province.url())?.0)
}

/// Faults, restarts and kills until everything is there.
fn troubled(count: usize) -> anyhow::Result<()> {
    let mut province = Province::start()?;
    let folder = Folder::new()?;
    let mut pages = vec![PAGES; count];
    pages.insert(0, BIG_PAGES);
    let seeded_at = Instant::now();
    let seeded = seed::seed(&folder.data(), &pages, PAGE_BYTES)?;
    println!(
        "  {} MB sealed in {:.0} s",
        seeded.bytes / 1_000_000,
        seeded_at.elapsed().as_secs_f64()
    );

    let mut random = StdRng::seed_from_u64(SEED);
    let faults = [
        json!({ "mode": "busy", "count": FAULTY_REQUESTS }),
        json!({ "mode": "drop-connection", "count": FAULTY_REQUESTS, "after_bytes": 70_000 }),
        json!({ "mode": "lose-answer", "count": FAULTY_REQUESTS }),
        json!({ "mode": null }),
    ];
    let (mut kills, mut restarts, mut fault) = (0, 0, 0);
    let mut memory = vec![];
    let began = Instant::now();
    while province.received()? < pages.len() {
        ensure!(began.elapsed() < WAIT_MAX, "Only {} have arrived", province.received()?);
        let kiosk = start(&folder, &province)?;
        let dies_at = Instant::now() + Duration::from_millis(random.random_range(LIFE_MS));
        let mut next_fault = Instant::now();
        while Instant::now() < dies_at {
            if Instant::now() >= next_fault {
                next_fault += Duration::from_millis(random.random_range(FAULT_MS));
                if random.random_bool(0.1) {
                    province.restart()?;
                    restarts += 1;
                }
                http::post(province.address, "/admin/faults", &faults[fault % faults.len()])?;
                fault += 1;
            }
            memory.push(process::pss_kib(kiosk.pid())? as f64 / 1024.0);
            std::thread::sleep(LOOK_EVERY);
        }
        // SIGKILL, as a pulled plug.
        drop(kiosk);
        kills += 1;
    }
    let took = began.elapsed().as_secs_f64();
    let arrived = seed::judge(&seeded, &province.dossiers()?, |at| at > 0);
    println!(
        "  all received in {took:.0} s through {kills} kills, {fault} faults and {restarts} restarts of the province: \
         {:.1} dossiers/s, {:.1} MB/s",
        pages.len() as f64 / took,
        seeded.bytes as f64 / took / 1e6,
    );
    println!(
        "  twice or foreign {}, missing {}, hurt {} (wanted: 0)",
        arrived.odd, arrived.missing, arrived.hurt
    );
    println!(
        "  order: rank correlation {:.4}; a small one came at most {} places late behind the big one and the faults",
        arrived.rank_correlation, arrived.late_places_max,
    );
    println!("  PSS, MiB: {}", crate::spread(&memory));
    ensure!((arrived.odd, arrived.missing, arrived.hurt) == (0, 0, 0), "{arrived:?}");
    Ok(())
}

/// Without trouble, beside plain uploads of the same bytes.
fn quiet(count: usize) -> anyhow::Result<()> {
    let province = Province::start()?;
    let folder = Folder::new()?;
    let seeded = seed::seed(&folder.data(), &vec![PAGES; count], PAGE_BYTES)?;
    let kiosk = start(&folder, &province)?;
    let began = Instant::now();
    let (mut memory, mut received) = (vec![], 0);
    while received < count {
        ensure!(began.elapsed() < WAIT_MAX, "Only {received} have arrived");
        received = province.received()?;
        memory.push((received, process::pss_kib(kiosk.pid())? as f64 / 1024.0));
        std::thread::sleep(LOOK_EVERY);
    }
    let took = began.elapsed().as_secs_f64();
    let arrived = seed::judge(&seeded, &province.dossiers()?, |_| true);
    ensure!((arrived.odd, arrived.missing, arrived.hurt) == (0, 0, 0), "{arrived:?}");
    let sizes: Vec<u64> = province
        .dossiers()?
        .iter()
        .filter_map(|dossier| dossier["files"][0]["size"].as_u64())
        .collect();
    let mb = sizes.iter().sum::<u64>() as f64 / 1e6;
    println!(
        "  without trouble: {count} in {took:.0} s, {:.1} dossiers/s, {:.1} MB/s",
        count as f64 / took,
        mb / took
    );
    println!("    order: rank correlation {:.4}", arrived.rank_correlation);
    let quarter = |from: usize| -> Vec<f64> {
        let within = |(received, _): &&(usize, f64)| (from..from + count.div_ceil(4)).contains(received);
        memory.iter().filter(within).map(|(_, mib)| *mib).collect()
    };
    println!("    PSS in the first quarter, MiB: {}", crate::spread(&quarter(0)));
    println!(
        "    PSS in the last quarter, MiB:  {}",
        crate::spread(&quarter(count - count / 4))
    );
    drop(kiosk);
    let plain = plain_uploads(&sizes)?;
    println!(
        "  the same bytes by plain PUT, one after the other, synced: {plain:.1} s, {:.1} MB/s",
        mb / plain
    );
    Ok(())
}

/// So many seconds for files of these sizes, each written and synced by a server before it answers.
fn plain_uploads(sizes: &[u64]) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let runtime = runtime()?;
    let into = folder.path().to_owned();
    let address = runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let put = move |UrlPath(name): UrlPath<String>, body: Body| keep(into.join(name), body);
        let app = axum::Router::new()
            .route("/{name}", axum::routing::put(put))
            .layer(axum::extract::DefaultBodyLimit::disable());
        tokio::spawn(async move { axum::serve(listener, app).await });
        anyhow::Ok(address)
    })?;
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = reqwest::Client::new();
    let began = Instant::now();
    runtime.block_on(async {
        for (size, name) in sizes.iter().zip(0..) {
            let body = vec![name as u8; usize::try_from(*size)?];
            let answer = client.put(format!("http://{address}/{name}")).body(body).send().await?;
            ensure!(answer.status().is_success(), "{}", answer.status());
        }
        Ok(())
    })?;
    Ok(began.elapsed().as_secs_f64())
}

async fn keep(path: impl AsRef<Path>, body: Body) -> Result<(), axum::http::StatusCode> {
    let failed = |_| axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| axum::http::StatusCode::BAD_REQUEST)?;
        file.write_all(&piece).await.map_err(failed)?;
    }
    file.sync_all().await.map_err(failed)
}
