//! What tests and builders may see and do. Never part of a real province.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Shared, clock, dossiers, files, problem::Problem, store::DossierRow};

/// All dossiers, also those that still owe files. The hashes are computed from the stored bytes.
pub(crate) async fn dossiers(State(shared): State<Shared>) -> Result<Json<Value>, Problem> {
    let mut list = Vec::new();
    for row in shared.store.dossiers()? {
        list.push(json!({
            "key": row.key,
            "code": row.code,
            "state": dossiers::state_of(&shared, &row)?,
            "fields": fields(&row)?,
            "files": whole_files(&shared, &row)?,
        }));
    }
    Ok(Json(Value::from(list)))
}

/// Supplements and withdrawals, also those that still owe files.
pub(crate) async fn requests(State(shared): State<Shared>) -> Result<Json<Value>, Problem> {
    let mut list = Vec::new();
    for (kind, row) in shared.store.requests()? {
        list.push(json!({
            "key": row.key,
            "kind": kind,
            "whole": row.answer.is_some(),
            "fields": fields(&row)?,
            "files": whole_files(&shared, &row)?,
        }));
    }
    Ok(Json(Value::from(list)))
}

fn fields(row: &DossierRow) -> Result<Value, Problem> {
    Ok(serde_json::from_str(&row.body).map_err(anyhow::Error::from)?)
}

fn whole_files(shared: &Shared, row: &DossierRow) -> Result<Vec<Value>, Problem> {
    let mut whole = Vec::new();
    for upload in shared.store.uploads(&row.key)? {
        if let Some((size, sha256)) = files::stored(&shared.store.path(&upload.id))?.filter(|_| upload.complete) {
            whole.push(json!({ "name": upload.name, "size": size, "sha256": sha256 }));
        }
    }
    Ok(whole)
}

/// How many there are, for those who ask often: nothing is hashed.
pub(crate) async fn count(State(shared): State<Shared>) -> Result<Json<Value>, Problem> {
    let (open, received) = shared.store.counts()?;
    Ok(Json(json!({ "open": open, "received": received })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewState {
    /// 1 to 10, as `TrangThaiHoSo`.
    state: i64,
    #[serde(default)]
    note: String,
    /// `PhongBanXuLy`.
    department: Option<String>,
    /// `NgayHenTra`.
    due: Option<String>,
    /// `DanhSachHoSoBoSung`, of state 5.
    #[serde(default)]
    wanted: Vec<WantedPaper>,
    /// `HanBoSung`.
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedPaper {
    part: String,
    title: String,
    #[serde(default)]
    why: String,
}

impl NewState {
    fn more(&self) -> Result<Value, Problem> {
        let times = [&self.due, &self.until];
        if times
            .into_iter()
            .flatten()
            .any(|time| clock::parse_stamp(time).is_none())
        {
            return Err(Problem::invalid("Thời điểm không đúng yyyyMMddHHmmss"));
        }
        if self.state != 5 && (self.until.is_some() || !self.wanted.is_empty()) {
            return Err(Problem::invalid("Chỉ yêu cầu bổ sung mới nói cần giấy gì"));
        }
        let wanted = self
            .wanted
            .iter()
            .map(|paper| json!({ "MaThanhPhanHoSo": paper.part, "TenThanhPhanHoSo": paper.title, "LyDo": paper.why }));
        Ok(json!({
            "PhongBanXuLy": self.department,
            "NgayHenTra": self.due,
            "HanBoSung": self.until,
            "DanhSachHoSoBoSung": wanted.collect::<Vec<_>>(),
        }))
    }
}

/// Moves a dossier on, as an official would.
pub(crate) async fn set_state(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let new: NewState =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Not a state: {error}")))?;
    if !(1..=10).contains(&new.state) {
        return Err(Problem::invalid("TrangThaiHoSo là một số từ 1 đến 10"));
    }
    let row = shared
        .store
        .handed_over(&code)?
        .ok_or_else(|| Problem::not_found("Không có hồ sơ này."))?;
    shared.store.add_step(&row.key, new.state, &new.note, &new.more()?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets all unfinished uploads of a dossier run out, as a week of silence would.
pub(crate) async fn expire(State(shared): State<Shared>, Path(key): Path<String>) -> Result<Json<Value>, Problem> {
    let open: Vec<_> = shared
        .store
        .uploads(&key)?
        .into_iter()
        .filter(|upload| !upload.complete)
        .collect();
    for upload in &open {
        shared.store.prolong(&upload.id, 0)?;
    }
    Ok(Json(json!({ "expired": open.len() })))
}
