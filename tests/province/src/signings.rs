//! Signing from afar: a telephone is asked once per `Idempotency-Key`, and a dossier that comes with such a signature is
//! held against what was signed, to the last picture.
//!
//! There is no telephone. Under `/admin/signings` a test answers as one would, and `--sign-after` lets each answer by
//! itself.

use std::sync::{Mutex, PoisonError};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;
use rand::RngExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    Province, Shared,
    catalogue::hex,
    clock, dossiers,
    intake::is_digits,
    problem::Problem,
    store::signings::{SigningRow, Times},
};

/// How long a telephone asks.
const EXPIRES_SECS: i64 = 300;
const STATEMENT_CHARS_MAX: usize = 2_000;

/// What the next signings are like, where a test wants them otherwise. Lives in memory.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oddity {
    expires_secs: Option<i64>,
    /// These people have no key: their numbers.
    #[serde(default)]
    without_key: Vec<String>,
    /// None is taken just now.
    #[serde(default)]
    closed: bool,
    sign_after_secs: Option<i64>,
}

#[derive(Default)]
pub(crate) struct Phones(Mutex<Oddity>);

impl Phones {
    pub fn answering_after(sign_after_secs: Option<i64>) -> Self {
        Self(Mutex::new(Oddity {
            sign_after_secs,
            ..Oddity::default()
        }))
    }

    fn now(&self) -> Oddity {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Asked {
    CachKy: String,
    SoDinhDanh: String,
    SoDienThoai: Option<String>,
    NoiDungKy: String,
}

impl Asked {
    fn check(&self) -> Result<(), String> {
        if !is_digits(&self.SoDinhDanh, 12, 12) {
            return Err("SoDinhDanh phải có 12 chữ số".to_owned());
        }
        let chars = self.NoiDungKy.chars().count();
        if !(1..=STATEMENT_CHARS_MAX).contains(&chars) {
            return Err("NoiDungKy trống hoặc quá dài".to_owned());
        }
        match (self.CachKy.as_str(), &self.SoDienThoai) {
            ("sim", Some(phone)) if is_digits(phone, 10, 10) && phone.starts_with('0') => Ok(()),
            ("vneid", None) => Ok(()),
            _ => Err("CachKy và SoDienThoai không khớp".to_owned()),
        }
    }
}

fn times(shared: &Province) -> Times {
    Times {
        now: clock::now().as_second(),
        sign_after_secs: shared.phones.now().sign_after_secs,
    }
}

/// `POST /v1/signings`
pub(crate) async fn begin(State(shared): State<Shared>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let (key, _working) = dossiers::key_of(&shared, &headers)?;
    let body = dossiers::json_of(body).await?;
    let asked: Asked =
        serde_json::from_value(body.clone()).map_err(|error| Problem::invalid(format!("Sai cấu trúc: {error}")))?;
    asked.check().map_err(Problem::invalid)?;
    let canonical = body.to_string();
    let times = times(&shared);
    if let Some(row) = shared.store.signing(&key, &times)? {
        return again(&row, &canonical);
    }
    let oddity = shared.phones.now();
    if oddity.closed {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "signing-closed",
            "Chưa nhận ký từ xa",
            "Hệ thống ký từ xa đang nghỉ.",
        ));
    }
    if oddity.without_key.contains(&asked.SoDinhDanh) {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "signing-not-offered",
            "Không có chữ ký số",
            "Người này chưa đăng ký chữ ký số theo cách này.",
        ));
    }
    let mut random = rand::rng();
    let new = SigningRow {
        key,
        body: canonical.clone(),
        transaction: Some(format!("KS{:012}", random.random_range(0..1_000_000_000_000_u64))),
        signer: asked.SoDinhDanh,
        statement: asked.NoiDungKy,
        compare: format!("{:04}", random.random_range(0..10_000_u16)),
        state: "cho-ky".to_owned(),
        begun_at: times.now,
        expires_at: times.now + oddity.expires_secs.unwrap_or(EXPIRES_SECS),
        settled_at: None,
    };
    let row = shared.store.begin_signing(&new, &times)?;
    Ok((StatusCode::CREATED, Json(told(&row))).into_response())
}

fn again(row: &SigningRow, canonical: &str) -> Result<Response, Problem> {
    if row.state == "da-huy" {
        return Err(gone());
    }
    if row.body != canonical {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key-reused",
            "Khóa đã dùng cho nội dung khác",
            "Idempotency-Key này đã được dùng với một nội dung khác.",
        ));
    }
    Ok(Json(told(row)).into_response())
}

fn gone() -> Problem {
    Problem::new(
        StatusCode::GONE,
        "signing-taken-back",
        "Đã thu lại",
        "Lần ký này đã được thu lại.",
    )
}

/// `GET /v1/signings/{MaGiaoDichKy}`
pub(crate) async fn state(
    State(shared): State<Shared>,
    Path(transaction): Path<String>,
) -> Result<Json<Value>, Problem> {
    let row = shared
        .store
        .signing(&transaction, &times(&shared))?
        .filter(|row| row.transaction.as_deref() == Some(transaction.as_str()))
        .ok_or_else(|| Problem::not_found("Không có lần ký này."))?;
    if row.state == "da-huy" {
        return Err(gone());
    }
    Ok(Json(told(&row)))
}

/// `DELETE /v1/signings/{id}`: its transaction, or the key under which it was or will be asked.
pub(crate) async fn take_back(State(shared): State<Shared>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let times = times(&shared);
    let id = Uuid::parse_str(&id).map_or(id, |key| key.to_string());
    match shared.store.signing(&id, &times)? {
        Some(row) if row.state == "cho-ky" => {
            shared.store.settle_signing(&id, "da-huy", times.now)?;
        }
        Some(row) if row.state == "da-huy" => {}
        Some(_) => {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "signing-ended",
                "Đã kết thúc",
                "Lần ký này đã kết thúc.",
            ));
        }
        None if Uuid::parse_str(&id).is_ok() => shared.store.close_signing_key(&id, times.now)?,
        None => return Err(Problem::not_found("Không có lần ký này.")),
    }
    Ok(StatusCode::NO_CONTENT)
}

fn told(row: &SigningRow) -> Value {
    let stamp = |unix_secs| clock::stamp(Timestamp::from_second(unix_secs).unwrap_or_default());
    let mut told = json!({
        "MaGiaoDichKy": row.transaction,
        "TrangThai": row.state,
        "MaDoiChieu": row.compare,
        "HetHan": stamp(row.expires_at),
        "NoiDungKySha256": sha256(&row.statement),
    });
    if let Some(at) = row.settled_at.filter(|_| row.state == "da-ky") {
        told["NgayKy"] = stamp(at).into();
    }
    told
}

/// Holds a dossier that is signed from afar against what was signed.
pub(crate) fn check(shared: &Province, body: &Value) -> Result<(), Problem> {
    let signature = &body["ChuKy"];
    if signature["Kieu"] != "tu-xa" {
        return Ok(());
    }
    let refused = |why: &str| Err(Problem::invalid(why));
    let transaction = signature["MaGiaoDichKy"].as_str().unwrap_or_default();
    let signing = shared.store.signing(transaction, &times(shared))?;
    let Some(signing) = signing.filter(|row| row.transaction.as_deref() == Some(transaction) && row.state == "da-ky")
    else {
        return refused("Không có chữ ký từ xa nào như vậy");
    };
    let submitter = body["NguoiNop"]["SoGiayTo"].as_str();
    let signer = submitter.or(body["SoGiayToChuHoSo"].as_str()).unwrap_or_default();
    if signing.signer != signer {
        return refused("Chữ ký từ xa là của người khác");
    }
    if signature["NoiDungKy"] != signing.statement.as_str() {
        return refused("Nội dung đã ký không phải như vậy");
    }
    if statement(body, signer) != signing.statement {
        return refused("Hồ sơ này không phải hồ sơ đã ký");
    }
    Ok(())
}

/// What is signed of a dossier, made anew from what was handed in.
fn statement(body: &Value, signer: &str) -> String {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    format!(
        "Nộp hồ sơ: {} ({}).\nNgười ký: {signer}.\nNội dung hồ sơ, SHA-256: {}.",
        text("TenTTHC"),
        text("MaTTHC"),
        sha256(&content(body).to_string())
    )
}

/// Names are sorted and nothing stands between them: RFC 8785.
fn content(body: &Value) -> Value {
    let list = |tree: &Value| tree.as_array().cloned().unwrap_or_default();
    let given = list(&body["DongY"]["ChiTiet"]);
    let given = given
        .iter()
        .map(|given| json!({ "MaMucDich": given["MaMucDich"], "PhienBan": given["PhienBan"] }));
    let mut papers: Vec<Value> = list(&body["TaiLieuNop"])
        .iter()
        .map(
            |file| json!({ "MaThanhPhanHoSo": file["MaThanhPhanHoSo"], "AnhSha256": file["GiayToSoHoa"]["AnhSha256"] }),
        )
        .collect();
    papers.sort_by(|a, b| a["MaThanhPhanHoSo"].as_str().cmp(&b["MaThanhPhanHoSo"].as_str()));
    let mut content = json!({
        "MaTTHC": body["MaTTHC"],
        "SoGiayToChuHoSo": body["SoGiayToChuHoSo"],
        "DuLieuBieuMau": body["DuLieuBieuMau"],
        "DongY": given.collect::<Vec<_>>(),
        "TaiLieuNop": papers,
    });
    for optional in ["PhienBanTTHC", "BuuChinh"] {
        if !body[optional].is_null() {
            content[optional] = body[optional].clone();
        }
    }
    content
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// `GET /admin/signings`
pub(crate) async fn all(State(shared): State<Shared>) -> Result<Json<Value>, Problem> {
    let rows = shared.store.signings(&times(&shared))?;
    let list = rows.iter().map(|row| {
        let mut tree = told(row);
        let asked: Value = serde_json::from_str(&row.body).unwrap_or_default();
        tree["key"] = row.key.as_str().into();
        tree["asked"] = asked;
        tree
    });
    Ok(Json(list.collect()))
}

/// `POST /admin/signings`: what the next ones are like.
pub(crate) async fn be_odd(State(shared): State<Shared>, body: Bytes) -> Result<StatusCode, Problem> {
    let oddity: Oddity =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Not an oddity: {error}")))?;
    *shared.phones.0.lock().unwrap_or_else(PoisonError::into_inner) = oddity;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    state: String,
}

/// `POST /admin/signings/{MaGiaoDichKy}`: answers as the telephone would.
pub(crate) async fn answer(
    State(shared): State<Shared>,
    Path(transaction): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let answered: Answered =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Not a state: {error}")))?;
    if !["da-ky", "tu-choi", "het-han"].contains(&answered.state.as_str()) {
        return Err(Problem::invalid("TrangThai không đúng"));
    }
    let now = clock::now().as_second();
    if shared.store.settle_signing(&transaction, &answered.state, now)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("Không có lần ký nào như vậy đang chờ."))
    }
}
