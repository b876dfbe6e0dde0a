//! One question to the province and its answer, with limits on everything the other side decides:
//! how long it may take, how much it may say, where it may send us.

use std::{
    error::Error,
    io,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use serde_json::Value;
use tokio::time::timeout;
use tracing::debug;

use super::{Later, No, Patience, wire};

/// Of an answer about one dossier. A real one has less than 10 KiB.
pub(super) const ANSWER_BYTES_MAX: usize = 256 << 10;
/// No "come back later" keeps the kiosk away for longer.
const RETRY_AFTER_SECS_MAX: u64 = 3600;
const LOCATION_CHARS_MAX: usize = 2048;
const PLAIN_WORDS_CHARS_MAX: usize = 500;
/// To staff, where somebody asks what the national exchange has no words for.
pub(super) const NOT_SPOKEN: &str = "Hệ thống của tỉnh không nhận việc này từ kiosk. Hãy làm tại quầy.";

/// The way to the province.
pub(super) struct Http {
    pub client: Client,
    pub base: Url,
    pub patience: Patience,
    /// What the open contract has is not asked: the province speaks another tongue.
    pub only_national: bool,
}

impl Http {
    /// An address under the province's own. Each segment is escaped as needed.
    pub fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// An address that the province gave us, if it is on the province's own origin.
    pub fn own_url(&self, seen_from: &Url, text: &str) -> Result<Url, No> {
        let unclear = No::from(Later::Unclear {
            status: StatusCode::CREATED.as_u16(),
        });
        if text.is_empty() || text.len() > LOCATION_CHARS_MAX {
            return Err(unclear);
        }
        let mut url = seen_from.join(text).map_err(|_| unclear)?;
        url.set_fragment(None);

        let plain = url.username().is_empty() && url.password().is_none();
        if plain && url.origin() == self.base.origin() {
            Ok(url)
        } else {
            Err(Later::Elsewhere.into())
        }
    }

    /// Asks as the open contract says, and reads the answer up to `bytes_max`.
    pub async fn ask(&self, request: RequestBuilder, bytes_max: usize) -> Result<Reply, No> {
        if self.only_national {
            return Err(No::Refused {
                words: NOT_SPOKEN.to_owned(),
            });
        }
        self.ask_any(request, bytes_max).await
    }

    /// Asks in whatever tongue.
    pub async fn ask_any(&self, request: RequestBuilder, bytes_max: usize) -> Result<Reply, No> {
        let response = timeout(self.patience.answer, request.send())
            .await
            .map_err(|_| No::from(Later::TooSlow))?
            .map_err(|error| trouble(&error))?;
        self.read(response, bytes_max).await
    }

    /// Reads an answer that has begun.
    pub async fn read(&self, mut response: Response, bytes_max: usize) -> Result<Reply, No> {
        let (status, headers) = (response.status(), response.headers().clone());
        let too_long = No::from(Later::Unclear {
            status: status.as_u16(),
        });
        if response
            .content_length()
            .is_some_and(|length| length > bytes_max as u64)
        {
            return Err(too_long);
        }

        let mut body = Vec::new();
        let reading = async {
            loop {
                let piece = timeout(self.patience.stall, response.chunk()).await;
                let piece = piece
                    .map_err(|_| No::from(Later::TooSlow))?
                    .map_err(|error| trouble(&error))?;
                match piece {
                    Some(piece) if body.len() + piece.len() > bytes_max => return Err(too_long),
                    Some(piece) => body.extend_from_slice(&piece),
                    None => return Ok(()),
                }
            }
        };
        // A byte now and then is no stall, but it is no answer either.
        timeout(self.patience.whole_answer, reading)
            .await
            .map_err(|_| No::from(Later::TooSlow))??;

        debug!(status = status.as_u16(), bytes = body.len(), "Province answered");
        Ok(Reply { status, headers, body })
    }
}

/// An answer, read whole.
pub(super) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// The JSON object it holds, whatever its type says: some servers send all as text.
    pub fn json(&self) -> Option<Value> {
        if self.is_html() {
            return None;
        }
        serde_json::from_slice(&self.body).ok().filter(Value::is_object)
    }

    /// What it holds, where it is no JSON.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// A number in a header, such as `Upload-Offset`; `None` if it is missing or garbled.
    pub fn number(&self, header: &str) -> Option<u64> {
        let text = self.headers.get(header)?.to_str().ok()?.trim();
        // `parse` alone would take "+5".
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse().ok()
        } else {
            None
        }
    }

    pub fn text(&self, header: &str) -> Option<&str> {
        self.headers.get(header)?.to_str().ok()
    }

    /// Whether a page for people came, as captive portals and proxies send it. The province sends none.
    fn is_html(&self) -> bool {
        let typed = self.headers.get(CONTENT_TYPE).is_some_and(|value| {
            let value = value.as_bytes().to_ascii_lowercase();
            value.starts_with(b"text/html") || value.starts_with(b"application/xhtml")
        });
        typed || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// Not what the contract says for this question.
    pub fn unclear(&self) -> No {
        No::Later {
            wait: self.retry_after(),
            why: Later::Unclear {
                status: self.status.as_u16(),
            },
        }
    }

    /// What a status other than the expected one means.
    pub fn no(&self) -> No {
        let status = self.status.as_u16();
        match status {
            300..=399 => Later::Elsewhere.into(),
            408 | 409 | 423 | 425 | 429 | 500..=510 | 512..=599 => No::Later {
                wait: self.retry_after(),
                why: Later::Busy { status },
            },
            // 407 and 511 are said by networks, 421 by a front that has no such host.
            407 | 421 | 511 => self.unclear(),
            400..=499 if !self.is_html() => No::Refused { words: self.words() },
            _ => self.unclear(),
        }
    }

    /// The province's words, or what we say where it has none.
    pub fn words(&self) -> String {
        let said = match self.json() {
            Some(problem) => wire::words(&problem),
            None if self.is_html() => String::new(),
            None => wire::plain(&String::from_utf8_lossy(&self.body), PLAIN_WORDS_CHARS_MAX),
        };
        if said.is_empty() {
            return format!("Hệ thống của tỉnh không nhận (mã {}).", self.status.as_u16());
        }
        said
    }

    /// `Retry-After`, in seconds or as a date.
    fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let secs = match text.parse::<u64>() {
            Ok(secs) => secs,
            Err(_) => {
                let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
                let now = Timestamp::try_from(SystemTime::now()).ok()?;
                u64::try_from(at.as_second() - now.as_second()).unwrap_or(0)
            }
        };
        Some(Duration::from_secs(secs.min(RETRY_AFTER_SECS_MAX)))
    }
}

/// What a request without an answer means. Its address is not logged: it may hold a code.
pub(super) fn trouble(error: &reqwest::Error) -> No {
    if comes_from_tls(error) {
        Later::Untrusted.into()
    } else if error.is_timeout() {
        Later::TooSlow.into()
    } else if error.is_connect() {
        Later::Unreachable.into()
    } else {
        Later::Broken.into()
    }
}

fn comes_from_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    // Five wrappings are what reqwest, hyper and io make of it.
    for _ in 0..10 {
        let Some(error) = cause else { return false };
        let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if error.is::<rustls::Error>() || within.is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>) {
            return true;
        }
        cause = within
            .map(|within| within as &(dyn Error + 'static))
            .or_else(|| error.source());
    }
    false
}
