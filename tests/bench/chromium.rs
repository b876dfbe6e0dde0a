//! The same wall in a browser: a page with six buttons in headless Chromium.
//!
//! The page tells when it was first painted, changes its six buttons some times, and tells how long
//! each change took until the frame after it was handed on.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::process;
use crate::spread;

const START_WAIT: Duration = Duration::from_secs(60);
/// As a person finds it after looking a while.
const SETTLE: Duration = Duration::from_secs(3);
const PROGRAMS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

const PAGE: &str = r#"<!doctype html><html lang="vi"><meta charset="utf-8"><style>
body{margin:0;font:48px "Noto Sans",sans-serif;background:#fff;display:grid;grid-template:repeat(3,1fr)/1fr 1fr;height:100vh;gap:24px;padding:24px;box-sizing:border-box}
button{font:inherit;border:4px solid #0a4;border-radius:24px;background:#efe}</style><body><script>
const words=[["Lấy số","Nộp hồ sơ","Tra cứu hồ sơ","Đánh giá","Cỡ chữ, màu","Gọi cán bộ"],
["Hộ tịch, tư pháp","Đất đai, xây dựng","Bảo hiểm, trợ cấp","Kinh doanh","Nhận kết quả","Quay lại"]];
function show(set){document.body.replaceChildren(...set.map(w=>{const b=document.createElement("button");b.textContent=w;return b}))}
const frame=()=>new Promise(done=>requestAnimationFrame(()=>{const c=new MessageChannel();c.port1.onmessage=done;c.port2.postMessage(0)}));
(async()=>{show(words[0]);await frame();await fetch("/painted");
const took=[];for(let n=1;n<=40;n++){await frame();const began=performance.now();show(words[n%2]);document.body.offsetHeight;await frame();took.push(performance.now()-began)}
await fetch("/changed?"+took.map(ms=>ms.toFixed(2)).join(","))})()
</script>"#;

/// Ends the browser however the measuring ends.
struct Browser(Child);

impl Drop for Browser {
    fn drop(&mut self) {
        for pid in process::family(self.0.id()).into_iter().rev() {
            drop(
                Command::new("kill")
                    .args(["-9", &pid.to_string()])
                    .stderr(Stdio::null())
                    .status(),
            );
        }
        drop(self.0.wait());
    }
}

/// Prints what the browser costs; says so where there is none.
pub fn measure() -> anyhow::Result<()> {
    let Some(program) = PROGRAMS
        .iter()
        .find(|program| Command::new(program).arg("--version").output().is_ok())
    else {
        println!("  no Chromium here");
        return Ok(());
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let profile = tempfile::tempdir()?;
    let began = Instant::now();
    let child = Command::new(program)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--window-size=1080,1920", "--remote-debugging-port=0"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("http://{}/", listener.local_addr()?))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("Chromium does not start")?;
    let browser = Browser(child);

    until(&listener, "/painted")?;
    let wall = began.elapsed();
    let cpu = family_cpu(browser.0.id())?;
    println!("  first frame: {:.2} CPU-s, {} ms", cpu.as_secs_f64(), wall.as_millis());
    let changed = until(&listener, "/changed")?;
    let took = changed
        .split_once('?')
        .context("No times")?
        .1
        .split(',')
        .map(str::parse);
    let took: Vec<f64> = took.collect::<Result<_, _>>()?;
    println!("  page change to the frame after it, ms: {}", spread(&took));
    std::thread::sleep(SETTLE);
    let family = process::family(browser.0.id());
    let pss: u64 = family.iter().filter_map(|pid| process::pss_kib(*pid).ok()).sum();
    println!("  PSS: {:.1} MiB in {} processes", pss as f64 / 1024.0, family.len());
    Ok(())
}

fn family_cpu(root: u32) -> anyhow::Result<Duration> {
    process::family(root).into_iter().map(process::cpu).sum()
}

/// Serves the page until the browser asks for `wanted`; returns what it asked for.
fn until(listener: &TcpListener, wanted: &str) -> anyhow::Result<String> {
    listener.set_nonblocking(true)?;
    let began = Instant::now();
    loop {
        let mut stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                if began.elapsed() > START_WAIT {
                    bail!("Chromium did not ask for {wanted}");
                }
                std::thread::sleep(Duration::from_micros(200));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        let mut request = [0; 8192];
        // A connection opened in advance, with nothing to say.
        let Ok(count) = stream.read(&mut request) else { continue };
        let head = String::from_utf8_lossy(&request[..count]).into_owned();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, body) = match path.as_str() {
            "/" => ("200 OK", PAGE),
            path if path.starts_with(wanted) => ("204 No Content", ""),
            _ => ("404 Not Found", ""),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        drop(stream.write_all(answer.as_bytes()));
        if path.starts_with(wanted) {
            return Ok(path);
        }
    }
}
