//! Drafts put aside: sealed parcels under random numbers, of which the province learns length, hash and how long it
//! keeps them. Created by `PUT`, brought by tus at the same address, opened by one kiosk at a time, fetched, dropped.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

mod table;

pub(crate) use self::table::SCHEMA;
use self::table::{Ended, Row};
use crate::{Shared, clock, files, problem::Problem};

/// The longest parcel, in bytes.
const BYTES_MAX: u64 = 96 << 20;
/// How long one is kept.
const LIFE_DAYS: i64 = 30;
/// How long a kiosk has one to itself.
const OPEN_SECS: i64 = 30 * 60;
/// Bytes of one answer.
const PIECE_BYTES_MAX: u64 = 4 << 20;
const BODY_BYTES_MAX: usize = 4096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Parcel {
    KichThuoc: u64,
    Sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Opens {
    MaMay: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct Drops {
    #[serde(default)]
    DaNop: Option<String>,
}

pub(crate) async fn put(State(shared): State<Shared>, Path(id): Path<String>, body: Body) -> Result<Response, Problem> {
    let id = number(&id)?;
    let parcel: Parcel = read(body).await?;
    if parcel.KichThuoc == 0 || parcel.KichThuoc > BYTES_MAX {
        let (title, detail) = ("Hồ sơ quá lớn", format!("Nhiều nhất {BYTES_MAX} byte."));
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title, detail));
    }
    let hash_like = parcel.Sha256.len() == 64 && parcel.Sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hash_like || parcel.Sha256.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Problem::invalid("Sha256 là 64 chữ số thập lục phân thường"));
    }
    let now = clock::now().as_second();
    let (row, status) = match shared.store.draft(&id)? {
        Some(row) if row.ended.is_some() => return Err(gone(&row)),
        Some(row) if row.length == parcel.KichThuoc && row.sha256 == parcel.Sha256 => (row, StatusCode::OK),
        Some(_) => {
            let detail = "Số này đã dùng cho một hồ sơ khác.";
            let title = "Số đã dùng";
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "number-reused",
                title,
                detail,
            ));
        }
        None => {
            let until = now + LIFE_DAYS * 24 * 3600;
            let row = shared.store.add_draft(&id, parcel.KichThuoc, &parcel.Sha256, until)?;
            (row, StatusCode::CREATED)
        }
    };
    let answer = json!({ "ThoiHan": stamp(row.expires_at) });
    Ok((status, Json(answer)).into_response())
}

pub(crate) async fn head(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    files::check_version(&headers)?;
    let row = find(&shared, &id)?;
    let answer = files::tus(StatusCode::OK)
        .header("Upload-Offset", offset(&shared, &row)?)
        .header("Upload-Length", row.length);
    files::built(answer.body(Body::empty()))
}

pub(crate) async fn patch(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    files::check_version(&headers)?;
    let of_tus = HeaderValue::from_static("application/offset+octet-stream");
    if headers.get(header::CONTENT_TYPE) != Some(&of_tus) {
        let detail = "Content-Type phải là application/offset+octet-stream";
        let (status, title) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Sai loại nội dung");
        return Err(Problem::new(status, "media-type", title, detail));
    }
    let _working = shared.in_progress.start(&format!("draft {id}")).ok_or_else(|| {
        let detail = "Một yêu cầu khác đang ghi hồ sơ này.";
        Problem::new(StatusCode::LOCKED, "locked", "Đang được ghi", detail)
    })?;
    let row = find(&shared, &id)?;
    let mut at = offset(&shared, &row)?;
    if files::number(&headers, "upload-offset")? != at {
        let detail = format!("Hồ sơ đang ở byte {at}.");
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "other-offset",
            "Sai vị trí ghi",
            detail,
        ));
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(shared.store.draft_path(&row.id))?;
    file.seek(SeekFrom::Start(at))?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Problem::bad_request("Đường truyền bị ngắt"))?;
        if at + piece.len() as u64 > row.length {
            let (status, title) = (StatusCode::PAYLOAD_TOO_LARGE, "Quá dài");
            return Err(Problem::new(
                status,
                "too-many-bytes",
                title,
                "Nhiều byte hơn KichThuoc.",
            ));
        }
        file.write_all(&piece)?;
        at += piece.len() as u64;
    }
    file.sync_data()?;
    if at == row.length && !row.complete {
        finish(&shared, &row)?;
    }
    files::built(
        files::tus(StatusCode::NO_CONTENT)
            .header("Upload-Offset", at)
            .body(Body::empty()),
    )
}

/// One kiosk has it for half an hour; the same one may ask again.
pub(crate) async fn open(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Response, Problem> {
    let opens: Opens = read(body).await?;
    if opens.MaMay.is_empty() || opens.MaMay.len() > 32 {
        return Err(Problem::invalid("MaMay là tên của máy"));
    }
    let row = find(&shared, &id)?;
    if !row.complete {
        return Err(Problem::not_found("Hồ sơ chưa được gửi đủ."));
    }
    let now = clock::now().as_second();
    if !shared.store.open_draft(&row.id, &opens.MaMay, now, now + OPEN_SECS)? {
        let detail = "Hồ sơ đang được mở ở một máy khác.";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "opened-elsewhere",
            "Đang mở ở máy khác",
            detail,
        ));
    }
    let answer = json!({
        "KichThuoc": row.length,
        "Sha256": row.sha256,
        "ThoiHan": stamp(row.expires_at),
        "MoDen": stamp(now + OPEN_SECS),
    });
    Ok(Json(answer).into_response())
}

pub(crate) async fn release(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, Problem> {
    let opens: Opens = read(body).await?;
    let row = find(&shared, &id)?;
    shared.store.release_draft(&row.id, &opens.MaMay)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bytes `from-to` of it; a range is asked for always.
pub(crate) async fn fetch(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = find(&shared, &id)?;
    if !row.complete {
        return Err(Problem::not_found("Hồ sơ chưa được gửi đủ."));
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let range = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let (first, last) = range
        .and_then(|(first, last)| Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?)))
        .filter(|(first, last)| first <= last && *last < row.length && last - first < PIECE_BYTES_MAX)
        .ok_or_else(|| {
            let detail = format!("Range là bytes=a-b, nhiều nhất {PIECE_BYTES_MAX} byte.");
            Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range", "Sai khoảng", detail)
        })?;
    let mut file = std::fs::File::open(shared.store.draft_path(&row.id))?;
    file.seek(SeekFrom::Start(first))?;
    let mut bytes = Vec::new();
    file.take(last - first + 1).read_to_end(&mut bytes)?;
    let answer = Response::builder()
        .status(StatusCode::PARTIAL_CONTENT)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", row.length));
    files::built(answer.body(Body::from(bytes)))
}

pub(crate) async fn drop_it(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    Query(drops): Query<Drops>,
) -> Result<StatusCode, Problem> {
    let row = find(&shared, &id)?;
    let ended = match drops.DaNop.as_deref() {
        Some("1") => Some(Ended::HandedIn),
        None => None,
        Some(_) => return Err(Problem::bad_request("DaNop là 1, hoặc không có")),
    };
    shared.store.end_draft(&row.id, ended)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Of all that is there: number, length, what became of it. For tests.
pub(crate) async fn listed(State(shared): State<Shared>) -> Result<Response, Problem> {
    let rows = shared.store.drafts()?;
    let list: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "length": row.length,
                "complete": row.complete,
                "handed_in": row.ended.is_some(),
                "opened_by": row.opened_by,
            })
        })
        .collect();
    Ok(Json(list).into_response())
}

/// Lets its time run out. For tests.
pub(crate) async fn expire(State(shared): State<Shared>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let row = find(&shared, &id)?;
    shared.store.expire_draft(&row.id)?;
    Ok(StatusCode::NO_CONTENT)
}

fn finish(shared: &Shared, row: &Row) -> Result<(), Problem> {
    let stored = files::stored(&shared.store.draft_path(&row.id))?;
    if stored.is_some_and(|(size, sha256)| size == row.length && sha256 == row.sha256) {
        shared.store.complete_draft(&row.id)?;
        return Ok(());
    }
    shared.store.end_draft(&row.id, None)?;
    let detail = "Hồ sơ nhận được không khớp mã băm, đã bỏ.";
    let (status, title) = (StatusCode::UNPROCESSABLE_ENTITY, "Hồ sơ bị sai lệch");
    Err(Problem::new(status, "hash-mismatch", title, detail))
}

/// Random numbers only: what was made from a time or a name is not taken.
fn number(id: &str) -> Result<String, Problem> {
    let id = Uuid::parse_str(id).map_err(|_| unknown())?;
    if id.get_version_num() == 4 {
        Ok(id.to_string())
    } else {
        Err(Problem::invalid(
            "Số của hồ sơ để dành là một UUID ngẫu nhiên (phiên bản 4)",
        ))
    }
}

fn find(shared: &Shared, id: &str) -> Result<Row, Problem> {
    let id = Uuid::parse_str(id).map_err(|_| unknown())?;
    let row = shared.store.draft(&id.to_string())?.ok_or_else(unknown)?;
    if row.ended.is_some() {
        return Err(gone(&row));
    }
    if row.expires_at <= clock::now().as_second() {
        let _removed = std::fs::remove_file(shared.store.draft_path(&row.id));
        return Err(gone(&row));
    }
    Ok(row)
}

fn unknown() -> Problem {
    Problem::not_found("Không có hồ sơ để dành với số này.")
}

fn gone(row: &Row) -> Problem {
    match row.ended {
        Some(Ended::HandedIn) => {
            let detail = "Hồ sơ để dành này đã được nộp.";
            Problem::new(StatusCode::GONE, "handed-in", "Đã nộp", detail)
        }
        None => {
            let detail = "Hồ sơ để dành này đã quá hạn.";
            Problem::new(StatusCode::GONE, "expired", "Đã quá hạn", detail)
        }
    }
}

fn offset(shared: &Shared, row: &Row) -> Result<u64, Problem> {
    Ok(std::fs::metadata(shared.store.draft_path(&row.id))?.len())
}

async fn read<T: for<'de> Deserialize<'de>>(body: Body) -> Result<T, Problem> {
    let body: Bytes = axum::body::to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| Problem::bad_request("Không đọc được nội dung yêu cầu"))?;
    serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Không phải JSON: {error}")))
}

fn stamp(unix_secs: i64) -> String {
    clock::stamp(Timestamp::from_second(unix_secs).unwrap_or_default())
}
