//! Dossiers: created once per key, handed over when their files are there, followed by code.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Shared, clock, files, following, intake::Intake, payments, problem::Problem, revision, signings, store::DossierRow,
};

const BODY_BYTES_MAX: usize = 1 << 20;
/// The unit that gives out codes here: an invented one of Phú Thọ.
pub(crate) const UNIT: &str = "000.00.99.H44";

/// Keys whose request is being worked on; a second one meanwhile is told to come later.
#[derive(Clone, Default)]
pub(crate) struct InProgress(Arc<Mutex<HashSet<String>>>);

pub(crate) struct Working {
    all: InProgress,
    name: String,
}

impl InProgress {
    /// `None` if somebody works on it already.
    pub fn start(&self, name: &str) -> Option<Working> {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_owned()).then(|| Working {
            all: self.clone(),
            name: name.to_owned(),
        })
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.all
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.name);
    }
}

/// The `Idempotency-Key`, and that nobody else works under it meanwhile.
pub(crate) fn key_of(shared: &Shared, headers: &HeaderMap) -> Result<(String, Working), Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|key| Uuid::parse_str(key.to_str().ok()?.trim_matches('"')).ok())
        .ok_or_else(|| Problem::bad_request("Idempotency-Key phải là một UUID"))?
        .to_string();
    let working = shared.in_progress.start(&key).ok_or_else(|| {
        let title = "Hồ sơ đang được xử lý";
        Problem::new(
            StatusCode::CONFLICT,
            "in-progress",
            title,
            "Một yêu cầu cùng khóa đang được xử lý.",
        )
    })?;
    Ok((key, working))
}

pub(crate) async fn json_of(body: Body) -> Result<Value, Problem> {
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| Problem::bad_request("Không đọc được nội dung yêu cầu"))?;
    serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Không phải JSON: {error}")))
}

/// What was sent under this key before, if it was the same.
pub(crate) fn sent_before(shared: &Shared, key: &str, canonical: &str) -> Result<Option<DossierRow>, Problem> {
    match shared.store.dossier(key)? {
        Some(row) if row.body == canonical => Ok(Some(row)),
        Some(_) => {
            let title = "Khóa đã dùng cho nội dung khác";
            let detail = "Idempotency-Key này đã được dùng với một nội dung khác.";
            Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                title,
                detail,
            ))
        }
        None => Ok(None),
    }
}

pub(crate) async fn create(State(shared): State<Shared>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let (key, _working) = key_of(&shared, &headers)?;
    let body = json_of(body).await?;
    // `Value` keeps its names sorted, so this is the same text however it was laid out.
    let canonical = body.to_string();
    revision::check_key(&shared, &key)?;

    let row = match sent_before(&shared, &key, &canonical)? {
        Some(row) => row,
        None => {
            let intake = Intake::read(&body, &shared.catalogue)?;
            signings::check(&shared, &body)?;
            revision::replace(&shared, &key, &intake)?;
            shared.store.add_dossier(&key, &intake.SoPhieuGui, &canonical)?
        }
    };

    Ok(created(&row))
}

/// It is there and open.
pub(crate) fn created(row: &DossierRow) -> Response {
    let answer = json!({
        "KhoaHoSo": row.key,
        "SoPhieuGui": row.slip,
        "TrangThai": "open",
        "ThoiDiemTao": stamp(row.created_at),
    });
    let location = [(header::LOCATION, format!("/v1/dossiers/{}", row.key))];
    (StatusCode::CREATED, location, Json(answer)).into_response()
}

pub(crate) async fn hand_over(
    State(shared): State<Shared>,
    Path(key): Path<String>,
    body: Body,
) -> Result<Response, Problem> {
    let row = shared
        .store
        .dossier(&key)?
        .ok_or_else(|| Problem::not_found("Không có hồ sơ với khóa này."))?;
    revision::check_key(&shared, &key)?;
    let body = json_of(body).await?;
    let named: HashSet<(String, String)> = body["TaiLieuNop"]
        .as_array()
        .ok_or_else(|| Problem::bad_request("Thiếu TaiLieuNop"))?
        .iter()
        .map(|file| {
            let text = |name: &str| file[name].as_str().unwrap_or_default().to_owned();
            (text("TenTepDinhKem"), text("Sha256"))
        })
        .collect();

    let stored: Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
    let owed: Vec<(String, String)> = owed(&stored);
    if named != owed.iter().cloned().collect() {
        let title = "Danh sách tệp không khớp";
        let detail = "Tên hoặc mã băm của tệp khác với hồ sơ đã gửi.";
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "other-files",
            title,
            detail,
        ));
    }

    if row.answer.is_none() {
        let have = files::complete_files(&shared, &row.key)?;
        let missing: Vec<_> = owed
            .into_iter()
            .map(|(name, _)| name)
            .filter(|name| !have.contains(name))
            .collect();
        if !missing.is_empty() {
            return Err(Problem::missing_files(missing));
        }
    }

    if row.parent.is_some() {
        return following::supplement_is_whole(&shared, &row);
    }
    let now = clock::now();
    let before_number = format!("{UNIT}-{}-", clock::local(now).strftime("%y%m%d"));
    let answer = shared.store.hand_over(&row.key, &before_number, |code| {
        json!({
            "MaHoSo": code,
            "SoPhieuGui": row.slip,
            "NgayTiepNhan": clock::stamp(now),
            "TrangThaiHoSo": "1",
            "NgayHenTra": null,
            "DonViXuLy": UNIT,
        })
        .to_string()
    })?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

/// `TraCuuHoSo`: no name and no number of a person, for whoever holds the code.
pub(crate) async fn state(
    State(shared): State<Shared>,
    Path(code_or_slip): Path<String>,
) -> Result<Json<Value>, Problem> {
    let row = shared
        .store
        .handed_over(&code_or_slip)?
        .ok_or_else(|| Problem::not_found("Chưa có hồ sơ nào với mã hoặc số phiếu này."))?;
    let steps = shared.store.steps(&row.key)?;
    let (payable, payment) = payments::of_dossier(&shared, &row)?;
    let body: Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
    let answer: Value = row
        .answer
        .as_deref()
        .map(serde_json::from_str::<Value>)
        .transpose()
        .map_err(anyhow::Error::from)?
        .into();
    let last = steps.last().map_or(1, |step| step.state);
    let due = following::latest(&steps, "NgayHenTra");
    let returned = steps.iter().find(|step| step.state == 10).map(|step| stamp(step.at));

    let progress: Vec<_> = steps
        .iter()
        .map(|step| {
            json!({
                "TrangThaiHoSo": step.state.to_string(),
                "TenTrangThai": state_words(step.state),
                "ThoiDiemXuLy": stamp(step.at),
                "NoiDungXuLy": step.note,
                "PhongBanXuLy": step.more["PhongBanXuLy"],
            })
        })
        .collect();
    let procedure = shared.catalogue.procedure(
        body["MaTTHC"].as_str().unwrap_or_default(),
        body["PhienBanTTHC"].as_u64(),
    );
    let mut answer = json!({
        "MaHoSo": row.code,
        "SoPhieuGui": row.slip,
        "MaTTHC": body["MaTTHC"],
        "TenTTHC": body["TenTTHC"],
        "TrangThaiHoSo": last.to_string(),
        "TenTrangThai": state_words(last),
        "NgayNopHoSo": body["NgayNopHoSo"],
        "NgayTiepNhan": answer["NgayTiepNhan"],
        "NgayHenTra": due.unwrap_or(&answer["NgayHenTra"]),
        "NgayTra": returned,
        "DonViXuLy": UNIT,
        "CoQuanQuyetDinh": procedure.map_or(&Value::Null, |procedure| &procedure["CoQuanQuyetDinh"]),
        "DuocThanhToanTrucTuyen": if payable { "1" } else { "0" },
        "ThanhToan": payment,
        "TienDo": progress,
    });
    following::tell_wanted(&mut answer, &steps);
    Ok(Json(answer))
}

/// `open` while files are owed, then the number of its state.
pub(crate) fn state_of(shared: &Shared, row: &DossierRow) -> Result<String, Problem> {
    if row.code.is_none() {
        return Ok("open".to_owned());
    }
    let steps = shared.store.steps(&row.key)?;
    Ok(steps.last().map_or(1, |step| step.state).to_string())
}

/// Name and hash of each file that the dossier said it would have.
pub(crate) fn owed(body: &Value) -> Vec<(String, String)> {
    let text = |file: &Value, name: &str| file[name].as_str().unwrap_or_default().to_owned();
    let files = body["TaiLieuNop"].as_array().map_or(&[][..], Vec::as_slice);
    files
        .iter()
        .map(|file| (text(file, "TenTepDinhKem"), text(file, "Sha256")))
        .collect()
}

pub(crate) fn stamp(unix_secs: i64) -> String {
    clock::stamp(Timestamp::from_second(unix_secs).unwrap_or_default())
}

pub(crate) fn state_words(state: i64) -> &'static str {
    match state {
        1 => "Mới đăng ký",
        2 => "Được tiếp nhận",
        3 => "Không được tiếp nhận",
        4 => "Đang xử lý",
        5 => "Yêu cầu bổ sung giấy tờ",
        6 => "Yêu cầu thực hiện nghĩa vụ tài chính",
        7 => "Công dân yêu cầu rút hồ sơ",
        8 => "Dừng xử lý",
        9 => "Đã xử lý xong",
        10 => "Đã trả kết quả",
        _ => "Không rõ",
    }
}
