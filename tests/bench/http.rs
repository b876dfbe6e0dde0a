//! Just enough HTTP to drive the dock from a thread: one connection a request, opened before the clock starts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

/// No answer takes longer, also not of a busy machine.
const ANSWER_WAIT: Duration = Duration::from_secs(60);

/// The answer's body, and when the request was written.
pub fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> anyhow::Result<(Vec<u8>, Instant)> {
    let mut stream = TcpStream::connect(address).context("Nobody listens")?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_WAIT))?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let asked_at = Instant::now();
    stream.write_all(request.as_bytes())?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer)?;
    let head = answer
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .context("No HTTP")?;
    let body = answer.split_off(head + 4);
    if !answer.starts_with(b"HTTP/1.1 2") {
        bail!("{method} {path}: {}", String::from_utf8_lossy(&body));
    }
    Ok((body, asked_at))
}

pub fn get(address: SocketAddr, path: &str) -> anyhow::Result<Value> {
    Ok(serde_json::from_slice(&ask(address, "GET", path, "")?.0)?)
}

pub fn post(address: SocketAddr, path: &str, body: &Value) -> anyhow::Result<Instant> {
    Ok(ask(address, "POST", path, &body.to_string())?.1)
}
