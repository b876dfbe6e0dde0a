//! A server of a hundred lines that keeps to the contract, unless a test bends one answer.

use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    net::TcpListener,
};

use super::*;

/// One request as it came.
pub(super) struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path.starts_with(path)
    }

    pub fn offset(&self) -> usize {
        self.headers["upload-offset"].parse().unwrap()
    }
}

/// What the server has, and what it was asked.
#[derive(Default)]
pub(super) struct Has {
    /// The bytes of each upload, and how many there will be; `None` when it is gone.
    pub uploads: Vec<Option<(Vec<u8>, usize)>>,
    /// `METHOD path` of each request.
    pub log: Vec<String>,
}

impl Has {
    pub fn count(&self, method: &str) -> usize {
        self.log.iter().filter(|line| line.starts_with(method)).count()
    }

    pub fn upload(&mut self, asked: &Asked) -> Option<&mut (Vec<u8>, usize)> {
        let n: usize = asked.path.strip_prefix("/u/")?.parse().ok()?;
        self.uploads.get_mut(n)?.as_mut()
    }
}

/// The answer of a test, or `None` for the usual one.
type Bend = dyn FnMut(&Asked, &mut Has) -> Option<String> + Send;

pub(super) struct Odd {
    pub base: String,
    pub has: Arc<Mutex<Has>>,
}

impl Odd {
    pub fn start(bend: impl FnMut(&Asked, &mut Has) -> Option<String> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let has = Arc::new(Mutex::new(Has::default()));
        let mut bend: Box<Bend> = Box::new(bend);

        let shared = Arc::clone(&has);
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let Some(asked) = read(&stream) else { continue };
                let mut has = shared.lock().unwrap();
                has.log.push(format!("{} {}", asked.method, asked.path));
                let said = bend(&asked, &mut has).unwrap_or_else(|| usual(&asked, &mut has));
                (&stream).write_all(said.as_bytes()).ok();
            }
        });
        Self { base, has }
    }

    pub fn whole(&self, n: usize) -> Vec<u8> {
        self.has.lock().unwrap().uploads[n].clone().unwrap().0
    }
}

/// An answer as it goes over the line; the connection closes after it.
pub(super) fn say(status: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = if status.starts_with("204") || status.starts_with("304") {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}{length}\r\n{body}")
}

pub(super) fn usual(asked: &Asked, has: &mut Has) -> String {
    match asked.method.as_str() {
        "POST" if asked.path == "/v1/dossiers" => {
            let key = asked.headers["idempotency-key"].clone();
            say("201 Created", &[], &json!({ "KhoaHoSo": key }).to_string())
        }
        "POST" if asked.path == "/v1/files" => {
            has.uploads
                .push(Some((Vec::new(), asked.headers["upload-length"].parse().unwrap())));
            let location = format!("/u/{}", has.uploads.len() - 1);
            say(
                "201 Created",
                &[("Location", &location), ("Tus-Resumable", "1.0.0")],
                "",
            )
        }
        "POST" => say("200 OK", &[], r#"{"MaHoSo":"X-1","TrangThaiHoSo":1}"#),
        "HEAD" => match has.upload(asked) {
            Some((bytes, length)) => say(
                "204 No Content",
                &[
                    ("Upload-Offset", &bytes.len().to_string()),
                    ("Upload-Length", &length.to_string()),
                ],
                "",
            ),
            None => say("404 Not Found", &[], ""),
        },
        "PATCH" => match has.upload(asked) {
            Some((bytes, _)) if bytes.len() == asked.offset() => {
                bytes.extend_from_slice(&asked.body);
                say("204 No Content", &[("Upload-Offset", &bytes.len().to_string())], "")
            }
            Some(_) => say("409 Conflict", &[], ""),
            None => say("404 Not Found", &[], ""),
        },
        _ => say("204 No Content", &[], ""),
    }
}

pub(super) fn read(stream: impl Read) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());

    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }

    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked {
        method,
        path,
        headers,
        body,
    })
}
