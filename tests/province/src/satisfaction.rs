//! Satisfaction: counts of faces, taken once per batch. Strict: a group so small that it could be known by who stood
//! there is refused.

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Shared, clock, problem::Problem};

const ROWS_MAX: usize = 5_000;
/// Of one unit, field and span of days.
const GROUP_COUNT_MIN: u64 = 5;
const REASONS: [&str; 6] = ["thoi-gian", "de-hieu", "may", "can-bo", "di-lai", "khac"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "In the manner of the national exchange")]
struct Batch {
    DanhSach: Vec<Row>,
}

/// How often one face was given for one reason.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "In the manner of the national exchange")]
pub(crate) struct Row {
    pub TuNgay: String,
    pub DenNgay: String,
    pub DonVi: String,
    pub MaLinhVuc: String,
    pub MucDo: u8,
    pub LyDo: Option<String>,
    pub SoLuot: u64,
}

pub(crate) async fn take(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|key| Uuid::parse_str(key.to_str().ok()?.trim_matches('"')).ok())
        .ok_or_else(|| Problem::bad_request("Idempotency-Key phải là một UUID"))?
        .to_string();
    let value: Value =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Không phải JSON: {error}")))?;
    let batch: Batch =
        serde_json::from_value(value.clone()).map_err(|error| Problem::invalid(format!("Sai cấu trúc: {error}")))?;
    check(&batch.DanhSach).map_err(Problem::invalid)?;
    if !shared
        .store
        .take_satisfaction(&key, &value.to_string(), &batch.DanhSach)?
    {
        let title = "Khóa đã dùng cho nội dung khác";
        let detail = "Idempotency-Key này đã được dùng với một nội dung khác.";
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key-reused",
            title,
            detail,
        ));
    }
    let answer = json!({ "Khoa": key, "SoDong": batch.DanhSach.len() });
    Ok((StatusCode::CREATED, Json(answer)))
}

fn check(rows: &[Row]) -> Result<(), String> {
    if rows.is_empty() || rows.len() > ROWS_MAX {
        return Err(format!("DanhSach phải có từ 1 đến {ROWS_MAX} dòng"));
    }
    let mut groups: BTreeMap<(&str, &str, &str, &str), u64> = BTreeMap::new();
    for row in rows {
        let day = |text: &str| clock::parse_date(text).filter(|_| text.len() == 8).map(|(day, _)| day);
        let span = day(&row.TuNgay).zip(day(&row.DenNgay));
        let today = clock::local(clock::now()).date();
        if span.is_none_or(|(from, until)| from > until || until > today) {
            return Err("TuNgay, DenNgay không đúng".to_owned());
        }
        if !(1..=5).contains(&row.MucDo) || row.SoLuot == 0 {
            return Err("MucDo phải từ 1 đến 5, SoLuot phải lớn hơn 0".to_owned());
        }
        if row
            .LyDo
            .as_ref()
            .is_some_and(|reason| !REASONS.contains(&reason.as_str()))
        {
            return Err("LyDo không hợp lệ".to_owned());
        }
        let group = (
            row.DonVi.as_str(),
            row.MaLinhVuc.as_str(),
            row.TuNgay.as_str(),
            row.DenNgay.as_str(),
        );
        *groups.entry(group).or_default() += row.SoLuot;
    }
    match groups.values().find(|count| **count < GROUP_COUNT_MIN) {
        Some(_) => Err(format!("Một nhóm có dưới {GROUP_COUNT_MIN} lượt: có thể đoán ra người")),
        None => Ok(()),
    }
}

/// Everything taken so far, for tests.
pub(crate) async fn shown(State(shared): State<Shared>) -> Result<Json<Value>, Problem> {
    let rows = shared.store.satisfaction()?;
    Ok(Json(Value::from(rows)))
}
