//! Fifty pages of A4 in colour at 300 dpi through one visit: memory does not grow with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;

use crate::kiosk::Kiosk;
use crate::process;

const PAGES: usize = 50;
/// Different ones: a picture that comes twice stands in a file once.
const SHEETS: [&str; 12] = [
    "to-khai-1",
    "to-khai-2",
    "giay-chung-sinh-1",
    "giay-xac-nhan-cu-tru-1",
    "don-de-nghi-1",
    "cccd-photo",
    "to-khai-nguoc",
    "to-khai-nghieng",
    "to-khai-mo",
    "to-khai-toi",
    "to-khai-loa",
    "to-khai-ngon-tay",
];
/// The longest that feeding, and then reading and sending, may take.
const WAIT_MAX: Duration = Duration::from_secs(600);
const SAMPLE_EVERY: Duration = Duration::from_millis(50);

pub fn measure(province: &str) -> anyhow::Result<()> {
    let (kiosk, _) = Kiosk::start(None, province)?;
    let peak = Peak::watch(kiosk.pid());
    to_scan(&kiosk)?;

    let sheets: Vec<&str> = SHEETS.into_iter().cycle().take(PAGES).collect();
    kiosk.post("/dock/scanner", &json!({ "load": sheets }))?;
    let began = Instant::now();
    kiosk.touch("Quét")?;
    let all = format!("Đã quét {PAGES} trang");
    wait(&kiosk, began, |look| look.contains(&all) && look.contains("Tiếp tục"))?;
    let fed = (began.elapsed(), peak.take());

    kiosk.touch("Tiếp tục")?;
    kiosk.touch("Đúng rồi, tiếp tục")?;
    kiosk.touch("Tôi đồng ý gửi các thông tin này")?;
    let sent_at = Instant::now();
    kiosk.touch("Gửi hồ sơ")?;
    kiosk.until("the slip's number", |look| look["page"] == "sent")?;
    let kept = sent_at.elapsed();
    // The page goes away by itself; the dossier is owed until the province has it.
    wait_for_upload(province, sent_at)?;
    let sent = (sent_at.elapsed(), peak.take());

    let mib = |kib: u64| kib as f64 / 1024.0;
    println!("  {PAGES} pages of A4 in colour at 300 dpi (wanted: PSS of the whole kiosk at most 120 MiB)");
    println!(
        "    fed in {:.0} s, PSS at most {:.1} MiB",
        fed.0.as_secs_f64(),
        mib(fed.1)
    );
    println!(
        "    kept {:.2} s after \"send\"; read, bound and at the province after {:.0} s, PSS at most {:.1} MiB",
        kept.as_secs_f64(),
        sent.0.as_secs_f64(),
        mib(sent.1)
    );
    Ok(())
}

fn to_scan(kiosk: &Kiosk) -> anyhow::Result<()> {
    kiosk.wake()?;
    for label in [
        "Nộp hồ sơ",
        "Giấy tờ hộ tịch",
        "Cấp bản sao trích lục hộ tịch",
        "Có đủ, bắt đầu",
    ] {
        kiosk.touch(label)?;
    }
    kiosk.at("identify")?;
    kiosk.post("/dock/card", &json!({ "insert": "nguyen-van-am" }))?;
    kiosk.at("person")?;
    kiosk.post("/dock/card", &json!({ "remove": true }))?;
    for label in [
        "Đúng, là tôi",
        "Khai sinh",
        "Tiếp tục",
        "2",
        "1",
        "0",
        "7",
        "1",
        "9",
        "6",
        "3",
        "Tiếp tục",
    ] {
        kiosk.touch(label)?;
    }
    kiosk.at("scan")
}

fn wait(kiosk: &Kiosk, began: Instant, wanted: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    loop {
        let look = kiosk.look()?.to_string();
        if wanted(&look) {
            return Ok(());
        }
        ensure!(began.elapsed() < WAIT_MAX, "Waited for all pages: {look}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Until the province has a paper of so many pages.
fn wait_for_upload(province: &str, began: Instant) -> anyhow::Result<()> {
    let address = province
        .trim_start_matches("http://")
        .parse()
        .context("The province's address")?;
    loop {
        let dossiers = crate::http::get(address, "/admin/dossiers")?;
        let arrived = dossiers.as_array().is_some_and(|all| {
            all.iter().any(|dossier| {
                let pictures = &dossier["fields"]["TaiLieuNop"][0]["GiayToSoHoa"]["SoAnh"];
                dossier["code"].is_string() && pictures.as_u64() == Some(PAGES as u64)
            })
        });
        if arrived {
            return Ok(());
        }
        ensure!(began.elapsed() < WAIT_MAX, "The dossier does not arrive");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The largest PSS of a process since it was last asked.
struct Peak {
    kib: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Peak {
    fn watch(pid: u32) -> Self {
        let peak = Self {
            kib: Arc::default(),
            stop: Arc::default(),
        };
        let (kib, stop) = (Arc::clone(&peak.kib), Arc::clone(&peak.stop));
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                if let Ok(now) = process::pss_kib(pid) {
                    kib.fetch_max(now, Ordering::Relaxed);
                }
                std::thread::sleep(SAMPLE_EVERY);
            }
        });
        peak
    }

    fn take(&self) -> u64 {
        self.kib.swap(0, Ordering::Relaxed)
    }
}

impl Drop for Peak {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
