//! A stand-in of the national exchange: one address for every question, a session, and a store of files from which it
//! fetches what a dossier names. Written from what public systems send each other; strict where they are strict.
//!
//! Under `/admin` it can be told to fail and asked what it has. It keeps all in memory: a test is its whole life.

mod dossier;
mod procedures;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{ConnectInfo, DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

use self::dossier::Dossier;
use crate::{files::FILE_BYTES_MAX, line::Line, line::Lines};

/// Who may log in, and for which unit.
pub const USER: &str = "kiosk-k01";
pub const PASSWORD: &str = "mat-khau-mau";
pub const UNIT: &str = "000.00.99.H44";

const SLOW_PAUSE: Duration = Duration::from_millis(400);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    /// The session of the question is not known any more.
    SessionExpired,
    /// An error code, in words.
    Refuse,
    /// An error code that says to come again.
    Busy,
    /// A page for people, as portals send it.
    Html,
    Slow,
    /// The work is done, then the line is cut.
    LoseAnswer,
    /// The line is cut before the question is read.
    DropConnection,
    /// Fine, with a list of what is no object.
    Garbage,
    /// A status that says no, as of a wrong address.
    NotFound,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    mode: Option<Mode>,
    /// How many questions pass before it hits one.
    #[serde(default)]
    after: u32,
    /// How many questions it hits.
    #[serde(default)]
    count: u32,
}

#[derive(Default)]
struct Kept {
    sessions: Vec<String>,
    logins: u32,
    fault: Fault,
    /// By MaHoSo.
    dossiers: BTreeMap<String, Dossier>,
    /// By path.
    files: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Default)]
struct Peer(Arc<Mutex<Kept>>);

impl Peer {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault that hits this question, if one does.
    fn hit(&self) -> Option<Mode> {
        let mut kept = self.kept();
        let mode = kept.fault.mode.filter(|_| kept.fault.count > 0)?;
        if kept.fault.after > 0 {
            kept.fault.after -= 1;
            return None;
        }
        kept.fault.count -= 1;
        Some(mode)
    }
}

/// Serves until the task is dropped or the listener breaks.
///
/// # Errors
/// If the listener breaks.
pub async fn serve(listener: TcpListener) -> anyhow::Result<()> {
    let router = Router::new()
        .route("/mapi/login", post(login))
        .route("/mapi/g", post(ask))
        .route("/files/{key}/{name}", get(fetch).put(put))
        .layer(DefaultBodyLimit::max(usize::try_from(FILE_BYTES_MAX)?))
        .route("/admin/faults", post(set_fault))
        .route("/admin/state", get(shown))
        .with_state(Peer::default());
    let service = router.into_make_service_with_connect_info::<Line>();
    axum::serve(Lines(listener), service)
        .await
        .context("Cannot go on listening")
}

fn no(code: &str, words: &str) -> Response {
    Json(json!({ "error_code": code, "message": words })).into_response()
}

fn fine(result: Value) -> Response {
    Json(json!({ "error_code": "00", "message": "Thành công", "result": result })).into_response()
}

async fn login(State(peer): State<Peer>, Json(body): Json<Value>) -> Response {
    if body != json!({ "username": USER, "password": PASSWORD }) {
        return no("01", "Sai tên đăng nhập hoặc mật khẩu");
    }
    let mut kept = peer.kept();
    kept.logins += 1;
    let session = format!("phien-{}-{}", kept.logins, rand::random::<u64>());
    kept.sessions = vec![session.clone()];
    // A number here and a text in every other answer, as it is.
    Json(json!({ "error_code": 0, "session": session })).into_response()
}

async fn ask(State(peer): State<Peer>, ConnectInfo(line): ConnectInfo<Line>, Json(body): Json<Value>) -> Response {
    let hit = peer.hit();
    match hit {
        Some(Mode::SessionExpired) => peer.kept().sessions.clear(),
        Some(Mode::Refuse) => return no("12", "Thủ tục này tạm dừng tiếp nhận tại đơn vị."),
        Some(Mode::Busy) => return no("99", "Hệ thống đang bận, vui lòng gửi lại sau."),
        Some(Mode::Html) => return Html("<html><body>Đăng nhập mạng</body></html>").into_response(),
        Some(Mode::Slow) => tokio::time::sleep(SLOW_PAUSE).await,
        Some(Mode::DropConnection) => {
            line.cut();
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Some(Mode::Garbage) => return fine(json!(["x", 7])),
        Some(Mode::NotFound) => {
            return (StatusCode::NOT_FOUND, Json(json!({ "message": "Không có trang này" }))).into_response();
        }
        Some(Mode::LoseAnswer) | None => {}
    }
    let answer = answer(&mut peer.kept(), &body);
    if hit == Some(Mode::LoseAnswer) {
        line.cut();
    }
    answer
}

fn answer(kept: &mut Kept, body: &Value) -> Response {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    if !kept.sessions.iter().any(|session| session == text("session")) {
        return no("-1", "Session không hợp lệ hoặc đã hết hạn");
    }
    if text("madonvi") != UNIT {
        return no("05", "Mã đơn vị không đúng");
    }
    let data = || {
        body["data"]
            .as_array()
            .and_then(|data| data.first())
            .unwrap_or(&Value::Null)
    };
    match text("service") {
        "LayDanhSachTTHC" => fine(procedures::list()),
        "LayThuTuc" => fine(procedures::of(text("maTTHC"))),
        "DongBoHoSoMC" => sync(kept, text("isUpdating"), data()),
        "CapNhatTienDoHoSoMC" => match data()["MaHoSo"].as_str().and_then(|code| kept.dossiers.get_mut(code)) {
            Some(dossier) => match dossier.add_step(data()) {
                Ok(()) => fine(json!([])),
                Err(words) => no("07", &words),
            },
            None => no("06", "Không tìm thấy hồ sơ"),
        },
        "TraCuuHoSo" => {
            let asked = text("mahoso");
            let found = kept.dossiers.values().find(|dossier| dossier.is(asked));
            fine(found.map(Dossier::told).into_iter().collect())
        }
        _ => no("04", "Service không đúng"),
    }
}

fn sync(kept: &mut Kept, is_updating: &str, data: &Value) -> Response {
    if is_updating != "False" {
        return no("08", "isUpdating không đúng");
    }
    let number = kept.dossiers.len() + 1;
    let dossier = match Dossier::read(data, number, |path| kept.files.get(path).cloned()) {
        Ok(dossier) => dossier,
        Err(words) => return no("03", &words),
    };
    let code = dossier.sent_as().to_owned();
    if kept.dossiers.contains_key(&code) {
        return no("02", &format!("Hồ sơ {code} đã tồn tại trên hệ thống"));
    }
    kept.dossiers.insert(code, dossier);
    fine(json!([]))
}

/// A file comes whole or not at all, and with the hash that was told.
async fn put(
    State(peer): State<Peer>,
    Path((key, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
    let wanted = format!("sha-256=:{}:", BASE64.encode(Sha256::digest(&body)));
    if headers.get("repr-digest").and_then(|told| told.to_str().ok()) != Some(wanted.as_str()) {
        return StatusCode::BAD_REQUEST;
    }
    peer.kept().files.insert(format!("/files/{key}/{name}"), body.to_vec());
    StatusCode::CREATED
}

async fn fetch(State(peer): State<Peer>, Path((key, name)): Path<(String, String)>) -> Response {
    match peer.kept().files.get(&format!("/files/{key}/{name}")) {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/pdf")], bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn set_fault(State(peer): State<Peer>, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(fault) => {
            peer.kept().fault = fault;
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// What it has: `{"logins", "dossiers": [{"fields", "steps", "files": {path: sha256}}]}`.
async fn shown(State(peer): State<Peer>) -> Json<Value> {
    let kept = peer.kept();
    let dossiers: Vec<Value> = kept.dossiers.values().map(Dossier::shown).collect();
    Json(json!({ "logins": kept.logins, "files": kept.files.len(), "dossiers": dossiers }))
}
