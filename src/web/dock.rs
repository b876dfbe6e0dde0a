//! The dock: the kiosk as its builders see it. Live screen, paper strip, card slot, feeder tray,
//! lamps, a switch for every fault. Its interface is what tests and people drive the kiosk by.
//!
//! Absent from a production build.

mod devices;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::oneshot;

use crate::devices::open::Twins;
use crate::screen::ScreenHandle;
use crate::screen::mirror::{self, Finger, NoTouch};

/// What the dock drives.
#[derive(Clone)]
pub struct Dock {
    pub screen: ScreenHandle,
    pub twins: Twins,
}

/// A finger that holds a button stays no longer.
const HOLD_MAX: Duration = Duration::from_secs(10);
/// Places of one path, and the time between two: a touch panel tells about a hundred a second.
const PATH_PLACES_MAX: usize = 2_000;
const PATH_STEP: Duration = Duration::from_millis(8);

/// Why the dock could not do what was asked: a status and one line.
pub struct Wrong(StatusCode, String);

impl Wrong {
    fn no_such_device() -> Self {
        Self(StatusCode::NOT_FOUND, "this device is not virtual here".into())
    }

    fn unprocessable(why: &str) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, why.into())
    }

    fn failed(error: impl std::fmt::Display) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

pub type Reply<T = Response> = Result<T, Wrong>;

/// All routes under `/dock`.
pub fn routes(dock: Dock) -> Router {
    Router::new()
        .route("/dock", get(|| page("text/html; charset=utf-8", PAGE)))
        .route("/dock/", get(|| page("text/html; charset=utf-8", PAGE)))
        .route("/dock/dock.css", get(|| page("text/css; charset=utf-8", STYLE)))
        .route("/dock/dock.js", get(|| page("text/javascript; charset=utf-8", SCRIPT)))
        .route("/dock/screen.png", get(picture))
        .route("/dock/screen", get(look))
        .route("/dock/frames", get(frames))
        .route("/dock/touch", post(touch))
        .route("/dock/type", post(type_text))
        .merge(devices::routes())
        .with_state(dock)
}

const PAGE: &str = include_str!("../../ui/web/dock/index.html");
const STYLE: &str = include_str!("../../ui/web/dock/dock.css");
const SCRIPT: &str = include_str!("../../ui/web/dock/dock.js");

async fn page(kind: &'static str, text: &'static str) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")],
        text,
    )
}

/// Runs `act` on the screen's thread and waits for its answer.
async fn on_screen<T: Send + 'static>(
    dock: &Dock,
    act: impl FnOnce(&ui::Kiosk) -> T + Send + 'static,
) -> Result<T, Wrong> {
    let (answer, answered) = oneshot::channel();
    dock.screen
        .with(move |kiosk| {
            // Whoever asked may have hung up.
            drop(answer.send(act(kiosk)));
        })
        .map_err(Wrong::failed)?;
    answered.await.map_err(Wrong::failed)
}

async fn picture(State(dock): State<Dock>) -> Reply {
    let bytes = on_screen(&dock, mirror::png).await?.map_err(Wrong::failed)?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, bytes).into_response())
}

async fn look(State(dock): State<Dock>) -> Reply<Json<mirror::Look>> {
    on_screen(&dock, mirror::look).await.map(Json)
}

/// The frames drawn since the last question: `[{"micros","at_unix_micros"}]`. None where a window is the screen.
async fn frames(State(dock): State<Dock>) -> Reply<Json<serde_json::Value>> {
    let frames = on_screen(&dock, |_| ui::headless::take_frames()).await?;
    let at_unix = |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let frames: Vec<serde_json::Value> = frames
        .iter()
        .map(|frame| json!({ "micros": frame.took.as_micros(), "at_unix_micros": at_unix(frame.drawn_at) }))
        .collect();
    Ok(Json(frames.into()))
}

/// A touch by a button's label, by a place in pixels, or along a path of places.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TouchCall {
    label: Option<String>,
    x: Option<f32>,
    y: Option<f32>,
    /// Where the finger goes, from its touch to its leaving.
    path: Option<Vec<[f32; 2]>>,
    /// The finger stays this long.
    hold_ms: Option<u64>,
}

async fn touch(State(dock): State<Dock>, Json(call): Json<TouchCall>) -> Reply<Json<serde_json::Value>> {
    if let Some(path) = &call.path {
        if call.label.is_some() || call.x.is_some() || call.y.is_some() || call.hold_ms.is_some() {
            return Err(Wrong::unprocessable("a path goes alone"));
        }
        draw(&dock, path).await?;
        return Ok(Json(json!({ "touched": true })));
    }
    match call.hold_ms {
        None => one_touch(&dock, &call, Finger::Tap).await?,
        Some(ms) => {
            one_touch(&dock, &call, Finger::Down).await?;
            tokio::time::sleep(Duration::from_millis(ms).min(HOLD_MAX)).await;
            one_touch(&dock, &call, Finger::Up).await?;
        }
    }
    Ok(Json(json!({ "touched": true })))
}

/// A finger that draws: a place after the other, as fast as a panel tells them.
async fn draw(dock: &Dock, path: &[[f32; 2]]) -> Result<(), Wrong> {
    let (Some(first), Some(last)) = (path.first(), path.last()) else {
        return Err(Wrong::unprocessable("a path has a place"));
    };
    if path.len() > PATH_PLACES_MAX {
        return Err(Wrong::unprocessable("a path has 2,000 places at most"));
    }
    one_place(dock, *first, Finger::Down).await?;
    for place in &path[1..] {
        tokio::time::sleep(PATH_STEP).await;
        one_place(dock, *place, Finger::Move).await?;
    }
    one_place(dock, *last, Finger::Up).await
}

async fn one_place(dock: &Dock, [x, y]: [f32; 2], finger: Finger) -> Result<(), Wrong> {
    let touched = on_screen(dock, move |kiosk| mirror::touch_place(kiosk, x, y, finger)).await?;
    touched.map_err(no_touch)
}

async fn one_touch(dock: &Dock, call: &TouchCall, finger: Finger) -> Result<(), Wrong> {
    let touched = match (&call.label, call.x, call.y) {
        (Some(label), None, None) => {
            let label = label.clone();
            on_screen(dock, move |kiosk| mirror::touch_label(kiosk, &label, finger)).await?
        }
        (None, Some(x), Some(y)) => on_screen(dock, move |kiosk| mirror::touch_place(kiosk, x, y, finger)).await?,
        _ => return Err(Wrong::unprocessable("either label, or x and y, or path")),
    };
    touched.map_err(no_touch)
}

fn no_touch(error: NoTouch) -> Wrong {
    let status = match error {
        NoTouch::NoButton(_) => StatusCode::NOT_FOUND,
        NoTouch::Disabled(_) | NoTouch::OutOfSight(_) => StatusCode::CONFLICT,
        NoTouch::Window => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Wrong(status, error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeCall {
    text: String,
}

async fn type_text(State(dock): State<Dock>, Json(call): Json<TypeCall>) -> Reply<Json<serde_json::Value>> {
    let typed = on_screen(&dock, move |kiosk| mirror::type_text(kiosk, &call.text)).await?;
    typed.map_err(Wrong::failed)?;
    Ok(Json(json!({ "typed": true })))
}
