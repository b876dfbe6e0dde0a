//! `make bench`: what the kiosk costs on this machine, beside a browser that shows six buttons.
//!
//! Everything is measured from outside on the release program with its virtual devices and the dock, on
//! an empty data folder. Nothing is subtracted. The machine's load stands beside the figures: other work
//! makes them worse, never better, so the least value says most of the program and the median of the day.

mod chromium;
mod finding;
mod hall;
mod http;
mod kiosk;
#[path = "../kiosk/harness/nats.rs"]
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "of the tests: what cannot start stops them; nothing is killed here"
)]
mod nats;
mod owed;
mod pages;
mod printer;
mod process;

use std::io::Write;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kiosk::Kiosk;
use serde_json::json;

/// Starts of a fresh kiosk.
const STARTS: usize = 7;
/// Numbers taken for the times from touch to paper.
const NUMBERS: usize = 300;
/// Numbers before that count, so that caches are as on any day.
const WARM_UP: usize = 5;
const FSYNCS: usize = 200;
const PRINT_WAIT: Duration = Duration::from_secs(30);

fn main() -> anyhow::Result<()> {
    // `cargo bench` says --bench; `cargo test --benches` does not, and wants nothing measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    if let Ok(count) = std::env::var("OWED") {
        return owed::measure(count.parse().context("OWED is a number of dossiers")?);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let province = format!("http://{}", listener.local_addr()?);
    let data = folder.path().to_owned();
    runtime.spawn(async move { province::serve(listener, &data).await });

    println!(
        "load {} at the start, {} CPUs",
        process::load(),
        std::thread::available_parallelism()?
    );
    println!("disk: one fsync after 4 KiB, ms: {}", spread(&fsyncs()?));
    println!("\nkiosk");
    starts(&province)?;
    visit(&province)?;
    touches(&province)?;
    pages::measure(&province)?;
    finding::measure()?;
    hall::measure()?;
    println!("\nChromium, one page with six buttons");
    chromium::measure()?;
    println!("\nload {} at the end", process::load());
    Ok(())
}

/// "min, median, p99, max" of some times.
pub fn spread(times: &[f64]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted.get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1)));
    let [least, half, most, last] = [0.0, 0.5, 0.99, 1.0].map(|share| at(share).copied().unwrap_or(f64::NAN));
    format!(
        "min {least:.2}, p50 {half:.2}, p99 {most:.2}, max {last:.2} (n = {})",
        sorted.len()
    )
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What a commit cannot be quicker than.
fn fsyncs() -> anyhow::Result<Vec<f64>> {
    let folder = tempfile::tempdir()?;
    let mut file = std::fs::File::create(folder.path().join("fsync"))?;
    let mut times = vec![];
    for _ in 0..FSYNCS {
        file.write_all(&[7; 4096])?;
        let began = Instant::now();
        file.sync_data()?;
        times.push(millis(began.elapsed()));
    }
    Ok(times)
}

fn starts(province: &str) -> anyhow::Result<()> {
    let (mut cpu, mut wall) = (vec![], vec![]);
    for _ in 0..STARTS {
        let (_kiosk, first) = Kiosk::start(None, province)?;
        cpu.push(millis(first.cpu));
        wall.push(millis(first.wall));
    }
    println!("  to the first frame, CPU-ms: {} (wanted: 150)", spread(&cpu));
    println!("  to the first frame, wall ms: {}", spread(&wall));
    Ok(())
}

/// The front of the sample card `nguyen-van-am`.
const FRONT: &str = "025048000191|131313131|Nguyễn Văn Ẩm|07031948|Nam|Khu 4, Xã Mẫu Sơn, Tỉnh Phú Thọ|10052021";

/// A number and a dossier, as one person after another does it; memory after, frames on the way.
fn visit(province: &str) -> anyhow::Result<()> {
    let (kiosk, _) = Kiosk::start(None, province)?;
    kiosk.at("rest")?;
    std::thread::sleep(Duration::from_secs(2));
    println!("  PSS at rest before any visit: {}", memory(&kiosk)?);

    let mut frames = vec![
        kiosk.frame_of("home", |kiosk| kiosk.wake())?,
        kiosk.frame_of("series", |kiosk| kiosk.touch("Lấy số").map(drop))?,
        kiosk.frame_of("number", |kiosk| kiosk.touch("Kinh doanh").map(drop))?,
        kiosk.frame_of("rest", |kiosk| kiosk.touch("Xong").map(drop))?,
    ];
    frames.extend(dossier(&kiosk)?);
    println!(
        "  PSS after a number and a dossier: {} (wanted: 38 MiB)",
        memory(&kiosk)?
    );
    println!("  frame of each page change, ms:");
    for (page, took) in &frames {
        println!("    {page:<12}{took:>8.2}");
    }
    println!(
        "    all: {}",
        spread(&frames.iter().map(|(_, took)| *took).collect::<Vec<_>>())
    );
    Ok(())
}

fn dossier(kiosk: &Kiosk) -> anyhow::Result<Vec<(String, f64)>> {
    let mut frames = vec![];
    kiosk.wake()?;
    for (page, label) in [
        ("find", "Nộp hồ sơ"),
        ("procedures", "Giấy tờ hộ tịch"),
        ("procedure", "Cấp bản sao trích lục hộ tịch"),
        ("identify", "Có đủ, bắt đầu"),
    ] {
        frames.push(kiosk.frame_of(page, |kiosk| kiosk.touch(label).map(drop))?);
    }
    let front = json!({ "text": FRONT });
    frames.push(kiosk.frame_of("card", |kiosk| kiosk.post("/dock/code", &front).map(drop))?);
    let laid_at = Instant::now();
    kiosk.post("/dock/card", &json!({ "lay": "nguyen-van-am" }))?;
    kiosk.at("person")?;
    println!(
        "  card laid down to the name on the screen: {:.0} ms",
        millis(laid_at.elapsed())
    );
    kiosk.post("/dock/card", &json!({ "remove": true }))?;
    frames.push(kiosk.frame_of("question", |kiosk| kiosk.touch("Đúng, là tôi").map(drop))?);
    for label in ["Khai sinh", "Tiếp tục", "2", "1", "0", "7", "1", "9", "6", "3"] {
        kiosk.touch(label)?;
    }
    frames.push(kiosk.frame_of("scan", |kiosk| kiosk.touch("Tiếp tục").map(drop))?);
    kiosk.post(
        "/dock/scanner",
        &json!({ "load": ["to-khai-1", "to-khai-2", "giay-chung-sinh-1"] }),
    )?;
    kiosk.touch("Quét")?;
    frames.push(kiosk.frame_of("review", |kiosk| kiosk.touch("Tiếp tục").map(drop))?);
    frames.push(kiosk.frame_of("agree", |kiosk| kiosk.touch("Đúng rồi, tiếp tục").map(drop))?);
    kiosk.touch("Tôi đồng ý gửi các thông tin này")?;
    frames.push(kiosk.frame_of("sent", |kiosk| kiosk.touch("Gửi hồ sơ").map(drop))?);
    kiosk.until("the province's code", |look| {
        look.to_string().contains("Trung tâm đã nhận hồ sơ")
    })?;
    frames.push(kiosk.frame_of("rest", |kiosk| kiosk.touch("Xong").map(drop))?);
    // What the visit's end gives back is given back.
    std::thread::sleep(Duration::from_secs(3));
    Ok(frames)
}

fn memory(kiosk: &Kiosk) -> anyhow::Result<String> {
    let mib = |kib: u64| kib as f64 / 1024.0;
    let (pss, anon) = (process::pss_kib(kiosk.pid())?, process::pss_anon_kib(kiosk.pid())?);
    Ok(format!("{:.1} MiB, of it {:.1} anonymous", mib(pss), mib(anon)))
}

/// From the touch that chooses the series to the first byte of the slip, with the commit between.
fn touches(province: &str) -> anyhow::Result<()> {
    let (printer, slips) = printer::start()?;
    let (kiosk, _) = Kiosk::start(Some(printer), province)?;
    let mut times = vec![];
    for n in 0..WARM_UP + NUMBERS {
        let took = one_number(&kiosk, &slips).with_context(|| format!("Number {n}"))?;
        if n >= WARM_UP {
            times.push(millis(took));
        }
    }
    println!(
        "  touch to the first byte at the printer, with the commit, ms: {} (wanted: p99 15)",
        spread(&times)
    );
    Ok(())
}

fn one_number(kiosk: &Kiosk, slips: &Receiver<Instant>) -> anyhow::Result<Duration> {
    kiosk.wake()?;
    kiosk.touch("Lấy số")?;
    kiosk.at("series")?;
    let touched_at = kiosk.touch("Kinh doanh")?;
    let began = slips.recv_timeout(PRINT_WAIT).context("No slip came")?;
    ensure!(began > touched_at, "A slip before its touch");
    kiosk.at("number")?;
    kiosk.touch("Xong")?;
    Ok(began - touched_at)
}
