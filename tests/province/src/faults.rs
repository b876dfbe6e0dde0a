//! Trouble on order: `POST /admin/faults` breaks the next requests to `/v1`.
//!
//! A fault is counted when it really hits. `drop-connection` with `after_bytes` hits only requests
//! whose body is at least that long; shorter ones pass. Faults live in memory: a restarted province
//! is a healthy one.

use std::{
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    body::{Body, Bytes, HttpBody as _},
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, StreamExt as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Shared, files::FILE_BYTES_MAX, line::Line, problem::Problem};

const RETRY_AFTER_SECS: u32 = 1;
const SLOW_BODY_PAUSE: Duration = Duration::from_millis(40);
const SLOW_ANSWER_PAUSE: Duration = Duration::from_millis(20);
const SLOW_ANSWER_BYTES: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    /// 422, in the province's words.
    Refuse,
    /// 503 with `Retry-After`.
    Busy,
    /// The line is cut while the request is read.
    DropConnection,
    /// The work is done, then the line is cut.
    LoseAnswer,
    /// Reads and answers in small pieces with pauses.
    Slow,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    mode: Option<Mode>,
    /// How many requests it hits; all if absent.
    count: Option<u64>,
    /// Of the request body, for `drop-connection`.
    after_bytes: Option<u64>,
}

#[derive(Default)]
pub(crate) struct Faults(Mutex<(Fault, u64)>);

impl Faults {
    /// The fault that is on, unless it has hit often enough.
    fn present(&self) -> Option<(Mode, u64)> {
        let (fault, hits) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mode = fault.mode.filter(|_| fault.count.is_none_or(|count| hits < count))?;
        Some((mode, fault.after_bytes.unwrap_or(0)))
    }

    /// Whether this request is one that is hit, of those who ask at the same time.
    fn hit(&self, mode: Mode) -> bool {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (fault, hits) = &mut *guard;
        let hit = fault.mode == Some(mode) && fault.count.is_none_or(|count| *hits < count);
        *hits += u64::from(hit);
        hit
    }
}

/// The body is read as JSON whatever its type says: it is typed by hand, too.
pub(crate) async fn set(State(shared): State<Shared>, body: Bytes) -> Result<Json<Value>, Problem> {
    let fault: Fault =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Not a fault: {error}")))?;
    *shared.faults.0.lock().unwrap_or_else(PoisonError::into_inner) = (fault, 0);
    Ok(shown(State(shared)).await)
}

/// The fault that is set, and how many requests it has hit.
pub(crate) async fn shown(State(shared): State<Shared>) -> Json<Value> {
    let (fault, hits) = *shared.faults.0.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({
        "mode": fault.mode, "count": fault.count, "after_bytes": fault.after_bytes, "hits": hits,
    }))
}

/// Stands before everything under `/v1`.
pub(crate) async fn apply(
    State(shared): State<Shared>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
    next: Next,
) -> Response {
    let Some((mode, after_bytes)) = shared.faults.present() else {
        return next.run(request).await;
    };

    match mode {
        Mode::Refuse => {
            let title = "Hồ sơ bị từ chối";
            let detail = "Thủ tục này tạm dừng tiếp nhận tại nơi nộp. Đề nghị liên hệ bộ phận Một cửa của tỉnh.";
            said_no(
                &shared,
                mode,
                request,
                next,
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", title, detail),
            )
            .await
        }
        Mode::Busy => {
            let detail = "Xin gửi lại sau ít phút.";
            let busy = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Hệ thống đang bận", detail);
            let busy = Problem {
                retry_after_secs: Some(RETRY_AFTER_SECS),
                ..busy
            };
            said_no(&shared, mode, request, next, busy).await
        }
        Mode::DropConnection if after_bytes == 0 => {
            if !shared.faults.hit(mode) {
                return next.run(request).await;
            }
            line.cut();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Mode::DropConnection => {
            let request = request.map(|body| Body::from_stream(cut_after(shared, line, body, after_bytes)));
            next.run(request).await
        }
        Mode::LoseAnswer => {
            let lost = shared.faults.hit(mode);
            let answer = next.run(request).await;
            if lost {
                line.cut();
            }
            answer
        }
        Mode::Slow if shared.faults.hit(mode) => {
            let slow_body = |body: Body| Body::from_stream(paused(body.into_data_stream(), SLOW_BODY_PAUSE));
            let answer = next.run(request.map(slow_body)).await;
            trickled(answer).await
        }
        Mode::Slow => next.run(request).await,
    }
}

/// Says no without doing the work, but reads the request to its end first, so that the caller is
/// still there to hear it.
async fn said_no(shared: &Shared, mode: Mode, request: Request, next: Next, no: Problem) -> Response {
    if !shared.faults.hit(mode) {
        return next.run(request).await;
    }

    let mut read: u64 = 0;
    let mut body = request.into_body().into_data_stream();
    while let Some(Ok(piece)) = body.next().await {
        read += piece.len() as u64;
        if read > FILE_BYTES_MAX {
            break;
        }
    }
    no.into_response()
}

/// Passes on the first `after_bytes`, then cuts the line.
fn cut_after(
    shared: Shared,
    line: Line,
    body: Body,
    after_bytes: u64,
) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static {
    struct Reading {
        body: axum::body::BodyDataStream,
        left: u64,
        cut: bool,
    }
    let start = Reading {
        body: body.into_data_stream(),
        left: after_bytes,
        cut: false,
    };

    futures_util::stream::unfold(start, move |mut reading| {
        let (shared, line) = (shared.clone(), line.clone());
        async move {
            if reading.cut {
                line.cut();
                let cut = axum::Error::new(io::Error::from(io::ErrorKind::ConnectionReset));
                return Some((Err(cut), reading));
            }
            let piece = match reading.body.next().await? {
                Ok(piece) => piece,
                Err(error) => return Some((Err(error), reading)),
            };
            let length = piece.len() as u64;
            if reading.left > length || reading.left == 0 {
                reading.left = reading.left.saturating_sub(length);
                return Some((Ok(piece), reading));
            }

            let before_cut = usize::try_from(reading.left).unwrap_or(usize::MAX).min(piece.len());
            reading.left = 0;
            reading.cut = shared.faults.hit(Mode::DropConnection);
            let passed = if reading.cut { piece.slice(..before_cut) } else { piece };
            Some((Ok(passed), reading))
        }
    })
}

fn paused<S>(stream: S, pause: Duration) -> impl Stream<Item = S::Item> + Send + 'static
where
    S: Stream<Item: Send> + Send + 'static,
{
    stream.then(move |item| async move {
        tokio::time::sleep(pause).await;
        item
    })
}

/// The same answer, a few bytes at a time.
async fn trickled(answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    // HEAD and 204 have nothing to trickle, and keep their headers as they are.
    if body.is_end_stream() {
        return Response::from_parts(parts, body);
    }
    let Ok(whole) = axum::body::to_bytes(body, 16 << 20).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };

    // A catalogue would take minutes: no answer is cut into more than 200 pieces.
    let piece_bytes = SLOW_ANSWER_BYTES.max(whole.len().div_ceil(200));
    let pieces: Vec<_> = (0..whole.len())
        .step_by(piece_bytes)
        .map(|at| whole.slice(at..(at + piece_bytes).min(whole.len())))
        .collect();
    let pieces = futures_util::stream::iter(pieces.into_iter().map(Ok::<_, io::Error>));
    Response::from_parts(parts, Body::from_stream(paused(pieces, SLOW_ANSWER_PAUSE)))
}
