//! The requests of one upload: how far it is, and on from there.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use futures_util::stream;
use reqwest::{
    Body, Method, RequestBuilder, Url,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use tracing::debug;
use uuid::Uuid;

use crate::province::{
    FileSource, Later, No,
    exchange::{ANSWER_BYTES_MAX, Http, Reply, trouble},
};

const VERSION: &str = "1.0.0";
/// What is read and decrypted at a time.
const PIECE_BYTES: u64 = 64 << 10;
/// What must move within the patience for a stall: 16 KiB in 30 s is a very slow line.
const STEP_BYTES: usize = 16 << 10;
const REQUEST_BYTES_MAX: u64 = 8 << 20;
/// The first request of a life: a minute at 64 kbit/s. Whether the line bears more is seen from it.
const REQUEST_BYTES_FIRST: u64 = 512 << 10;
const REQUEST_BYTES_MIN: u64 = PIECE_BYTES;
/// A request that takes longer makes the next one shorter: between two of them others may go first.
const REQUEST_MAX: Duration = Duration::from_secs(20);
/// Answers in a row without a byte of progress.
const IDLE_ROUNDS_MAX: usize = 4;
/// Requests for one upload in one go; what has arrived stays for the next.
const REQUESTS_MAX: usize = 2_000;

/// How much goes into one request: what the line and the server have borne so far.
pub(in crate::province) struct Pace {
    bytes: AtomicU64,
    ceiling: AtomicU64,
    /// Nothing has broken or been slow yet.
    unhurt: AtomicBool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            bytes: AtomicU64::new(REQUEST_BYTES_FIRST),
            ceiling: AtomicU64::new(REQUEST_BYTES_MAX),
            unhurt: AtomicBool::new(true),
        }
    }
}

impl Pace {
    fn bytes(&self) -> u64 {
        self.bytes
            .load(Ordering::Relaxed)
            .min(self.ceiling.load(Ordering::Relaxed))
    }

    /// Twice as long as far as the line lets it. Once something broke only slowly: it will break again.
    fn went_well(&self, sent: u64, took: Duration) {
        if took > REQUEST_MAX {
            return self.broke(sent);
        }
        let bytes = self.bytes();
        let doubles = self.unhurt.load(Ordering::Relaxed) && took * 2 <= REQUEST_MAX;
        let next = if doubles { bytes * 2 } else { bytes + PIECE_BYTES };
        self.bytes.store(next.min(REQUEST_BYTES_MAX), Ordering::Relaxed);
    }

    /// It broke, or was too slow.
    fn broke(&self, sent: u64) {
        self.unhurt.store(false, Ordering::Relaxed);
        self.bytes.store((sent / 2).max(REQUEST_BYTES_MIN), Ordering::Relaxed);
    }

    /// The server never takes that many at once. `false` if there is nothing shorter to try.
    fn was_too_long(&self, sent: u64) -> bool {
        let shorter = (sent / 2).max(REQUEST_BYTES_MIN);
        self.ceiling.fetch_min(shorter, Ordering::Relaxed);
        shorter < sent
    }
}

/// One file, and the way it goes.
pub(in crate::province) struct Transfer<'a> {
    pub http: &'a Http,
    pub pace: &'a Pace,
    /// Whose it is, for the log: the key of a dossier or the number of a parcel.
    pub of: Uuid,
    pub size_bytes: u64,
    /// Its place among `files`.
    pub file: usize,
    pub files: &'a dyn FileSource,
}

pub(in crate::province) enum Place {
    At(u64),
    /// This upload is no more, or was never ours. With what to say if that does not end.
    Gone(No),
}

pub(in crate::province) enum Sent {
    Whole,
    Gone(No),
    WrongHash(No),
}

impl Transfer<'_> {
    pub fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        self.http
            .client
            .request(method, url.clone())
            .header("Tus-Resumable", VERSION)
    }

    /// Asks how far the upload has come.
    pub async fn head(&self, url: &Url) -> Result<Place, No> {
        let reply = self.http.ask(self.request(Method::HEAD, url), ANSWER_BYTES_MAX).await?;
        let size = self.size_bytes;

        match reply.status.as_u16() {
            200 | 204 => {
                let offset = reply.number("Upload-Offset").ok_or_else(|| reply.unclear())?;
                let length_fits = reply.number("Upload-Length").is_none_or(|length| length == size);
                if offset <= size && length_fits {
                    return Ok(Place::At(offset));
                }
                self.terminate(url).await;
                Ok(Place::Gone(reply.unclear()))
            }
            404 | 410 => Ok(Place::Gone(reply.unclear())),
            400 | 403 => Ok(Place::Gone(reply.no())),
            _ => Err(reply.no()),
        }
    }

    /// Tells the server that an upload is not wanted. If it does not hear, it expires one day.
    pub async fn terminate(&self, url: &Url) {
        let request = self.request(Method::DELETE, url);
        if self.http.ask(request, ANSWER_BYTES_MAX).await.is_err() {
            debug!(of = %self.of, file = self.file, "Unwanted upload was left to expire");
        }
    }

    /// Sends what is missing from `offset` on.
    pub async fn send(&self, url: &Url, mut offset: u64) -> Result<Sent, No> {
        let size = self.size_bytes;
        let mut idle_rounds = 0;

        for _ in 0..REQUESTS_MAX {
            if offset == size {
                return Ok(Sent::Whole);
            }
            if idle_rounds == IDLE_ROUNDS_MAX {
                return Err(Later::Stuck.into());
            }

            let length = self.pace.bytes().min(size - offset);
            let began = Instant::now();
            let reply = self
                .patch(url, offset, length)
                .await
                .inspect_err(|_| self.pace.broke(length))?;
            let before = offset;
            match reply.status.as_u16() {
                200 | 204 => match reply.number("Upload-Offset") {
                    Some(now) if now > offset && now <= offset + length => {
                        self.pace.went_well(length, began.elapsed());
                        offset = now;
                        idle_rounds = 0;
                        if offset < size && self.files.turn_is_over() {
                            return Err(Later::TurnOver.into());
                        }
                        continue;
                    }
                    // Missing, garbled, behind us or beyond what we sent: ask.
                    _ => {}
                },
                409 | 460 => {}
                413 if self.pace.was_too_long(length) => {}
                404 | 410 => return Ok(Sent::Gone(reply.unclear())),
                403 => return Ok(Sent::Gone(reply.no())),
                422 => return Ok(Sent::WrongHash(reply.no())),
                _ => return Err(reply.no()),
            }

            match self.head(url).await? {
                Place::At(now) => offset = now,
                Place::Gone(no) => return Ok(Sent::Gone(no)),
            }
            idle_rounds = if offset > before { 0 } else { idle_rounds + 1 };
        }
        Err(Later::Stuck.into())
    }

    /// One request with `length` bytes from `offset`.
    async fn patch(&self, url: &Url, offset: u64, length: u64) -> Result<Reply, No> {
        let request = self
            .request(Method::PATCH, url)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .header("Upload-Offset", offset);
        let piece = Piece {
            file: self.file,
            offset,
            length,
        };
        send_bytes(self.http, self.files, request, piece).await
    }
}

/// Some bytes of one file of a package.
#[derive(Clone, Copy)]
pub(in crate::province) struct Piece {
    pub file: usize,
    pub offset: u64,
    pub length: u64,
}

/// One request with these bytes as its body, given up only when nothing moves any more.
pub(in crate::province) async fn send_bytes(
    http: &Http,
    files: &dyn FileSource,
    request: RequestBuilder,
    what: Piece,
) -> Result<Reply, No> {
    let (pieces, source) = mpsc::channel::<io::Result<Vec<u8>>>(1);
    let body = stream::unfold(source, |mut source| async move { Some((source.recv().await?, source)) });
    let sending = request
        .header(CONTENT_LENGTH, what.length)
        .body(Body::wrap_stream(body))
        .send();
    let feeding = feed(http, files, pieces, what);
    tokio::pin!(sending, feeding);

    let mut fed = false;
    let mut answer_by = Instant::now() + http.patience.answer;
    let response = loop {
        tokio::select! {
            response = &mut sending => break response.map_err(|error| trouble(&error)),
            result = &mut feeding, if !fed => {
                result?;
                fed = true;
                answer_by = Instant::now() + http.patience.answer;
            }
            () = sleep_until(answer_by), if fed => return Err(Later::TooSlow.into()),
        }
    };
    http.read(response?, ANSWER_BYTES_MAX).await
}

/// Hands over piece by piece as the line takes them.
async fn feed(
    http: &Http,
    files: &dyn FileSource,
    pieces: mpsc::Sender<io::Result<Vec<u8>>>,
    what: Piece,
) -> Result<(), No> {
    let mut at = what.offset;
    let end = what.offset + what.length;
    while at < end {
        let wanted = usize::try_from(PIECE_BYTES.min(end - at)).map_err(|_| No::from(Later::PagesUnreadable))?;
        let piece = files.read(what.file, at, wanted);
        let piece = piece
            .ok()
            .filter(|piece| piece.len() == wanted)
            .ok_or(Later::PagesUnreadable)?;
        at += wanted as u64;

        for step in piece.chunks(STEP_BYTES) {
            match timeout(http.patience.stall, pieces.send(Ok(step.to_vec()))).await {
                Ok(Ok(())) => {}
                // The request is over before its body: its answer says why.
                Ok(Err(_)) => return Ok(()),
                Err(_) => return Err(Later::TooSlow.into()),
            }
        }
    }
    Ok(())
}
