//! Files by tus 1.0: creation, resuming, termination, expiration.
//!
//! An upload belongs to a file that its dossier has named: same name, part, size and hash. When its
//! last byte is there the hash of what is stored is compared; a wrong one drops the upload.

use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    Shared,
    catalogue::hex,
    clock,
    following::Supplement,
    intake::{Intake, OwedFile},
    problem::Problem,
    revision,
    store::UploadRow,
};

pub(crate) const FILE_BYTES_MAX: u64 = 100 << 20;
const UPLOAD_LIFE_SECS: i64 = 7 * 24 * 3600;
const VERSION: &str = "1.0.0";

pub(crate) fn tus(status: StatusCode) -> axum::http::response::Builder {
    Response::builder()
        .status(status)
        .header("Tus-Resumable", VERSION)
        .header(header::CACHE_CONTROL, "no-store")
}

pub(crate) fn built(answer: Result<Response, axum::http::Error>) -> Result<Response, Problem> {
    answer.map_err(|error| anyhow::Error::from(error).into())
}

pub(crate) async fn options() -> Result<Response, Problem> {
    let answer = tus(StatusCode::NO_CONTENT)
        .header("Tus-Version", VERSION)
        .header("Tus-Extension", "creation,termination,expiration")
        .header("Tus-Max-Size", FILE_BYTES_MAX);
    built(answer.body(Body::empty()))
}

/// Every request but OPTIONS says which tus it speaks.
pub(crate) fn check_version(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get("tus-resumable").is_some_and(|version| version == VERSION) {
        return Ok(());
    }
    let detail = "Tus-Resumable phải là 1.0.0";
    Err(Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "tus-version",
        "Sai phiên bản tus",
        detail,
    ))
}

pub(crate) fn number(headers: &HeaderMap, name: &str) -> Result<u64, Problem> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .ok_or_else(|| Problem::bad_request(format!("Thiếu {name}")))
}

pub(crate) async fn create(State(shared): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    check_version(&headers)?;
    shared.store.drop_expired(clock::now().as_second())?;

    let length = number(&headers, "upload-length")?;
    if length > FILE_BYTES_MAX {
        let detail = format!("Tệp lớn hơn {FILE_BYTES_MAX} byte.");
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "file-too-large",
            "Tệp quá lớn",
            detail,
        ));
    }
    let metadata = headers
        .get("upload-metadata")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let named = |name: &str| {
        metadata_value(metadata, name).ok_or_else(|| Problem::bad_request(format!("Upload-Metadata thiếu {name}")))
    };

    let dossier_key = named("dossier")?;
    let row = shared
        .store
        .dossier(&dossier_key)?
        .ok_or_else(|| Problem::not_found("Không có hồ sơ với khóa này."))?;
    revision::check_key(&shared, &dossier_key)?;
    if row.answer.is_some() {
        let detail = "Hồ sơ đã tồn tại và đã đủ tệp.";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "already-handed-over",
            "Tệp đã tồn tại",
            detail,
        ));
    }

    let (name, part, sha256) = (named("filename")?, named("part")?, named("sha256")?);
    let stored: serde_json::Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
    let promised = match &row.parent {
        None => Intake::read(&stored, &shared.catalogue)?.TaiLieuNop,
        Some(_) => Supplement::read(&stored, shared.catalogue.purposes())?.TaiLieuNop,
    };
    let fits = |file: &OwedFile| {
        file.TenTepDinhKem == name && file.MaThanhPhanHoSo == part && file.KichThuoc == length && file.Sha256 == sha256
    };
    if !promised.iter().any(fits) {
        return Err(Problem::invalid(format!(
            "Hồ sơ không khai tệp {name} với kích thước và mã băm này."
        )));
    }

    let upload = UploadRow {
        id: Uuid::now_v7().to_string(),
        dossier_key,
        name,
        length,
        sha256,
        metadata: metadata.to_owned(),
        expires_at: clock::now().as_second() + UPLOAD_LIFE_SECS,
        complete: false,
    };
    shared.store.add_upload(&upload)?;
    if length == 0 {
        finish(&shared, &upload)?;
    }

    let answer = tus(StatusCode::CREATED)
        .header(header::LOCATION, format!("/v1/files/{}", upload.id))
        .header("Upload-Expires", expires(&upload));
    built(answer.body(Body::empty()))
}

pub(crate) async fn head(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_version(&headers)?;
    let upload = find(&shared, &id)?;
    let offset = offset(&shared, &upload)?;
    // The server was killed between the last byte and the comparison.
    if offset == upload.length && !upload.complete {
        finish(&shared, &upload).map_err(|wrong| Problem {
            status: StatusCode::GONE,
            ..wrong
        })?;
    }

    let answer = tus(StatusCode::OK)
        .header("Upload-Offset", offset)
        .header("Upload-Length", upload.length)
        .header("Upload-Metadata", &upload.metadata)
        .header("Upload-Expires", expires(&upload));
    built(answer.body(Body::empty()))
}

pub(crate) async fn patch(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_version(&headers)?;
    let of_tus = HeaderValue::from_static("application/offset+octet-stream");
    if headers.get(header::CONTENT_TYPE) != Some(&of_tus) {
        let detail = "Content-Type phải là application/offset+octet-stream";
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media-type",
            "Sai loại nội dung",
            detail,
        ));
    }
    let _working = shared.in_progress.start(&format!("upload {id}")).ok_or_else(|| {
        Problem::new(
            StatusCode::LOCKED,
            "locked",
            "Tệp đang được ghi",
            "Một yêu cầu khác đang ghi tệp này.",
        )
    })?;

    let mut upload = find(&shared, &id)?;
    let wanted = number(&headers, "upload-offset")?;
    let mut offset = offset(&shared, &upload)?;
    if wanted != offset {
        let detail = format!("Tệp đang ở byte {offset}.");
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "other-offset",
            "Sai vị trí ghi",
            detail,
        ));
    }

    let mut file = std::fs::OpenOptions::new().write(true).open(shared.store.path(&id))?;
    file.seek(SeekFrom::Start(offset))?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        // What came before the line broke is in the file and stays.
        let piece = piece.map_err(|_| Problem::bad_request("Đường truyền bị ngắt"))?;
        let room = usize::try_from(upload.length - offset).unwrap_or(usize::MAX);
        if piece.len() > room {
            let detail = "Nhiều byte hơn Upload-Length.";
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-many-bytes",
                "Tệp quá dài",
                detail,
            ));
        }
        file.write_all(&piece)?;
        offset += piece.len() as u64;
    }
    file.sync_data()?;

    upload.expires_at = clock::now().as_second() + UPLOAD_LIFE_SECS;
    shared.store.prolong(&id, upload.expires_at)?;
    if offset == upload.length && !upload.complete {
        finish(&shared, &upload)?;
    }

    let answer = tus(StatusCode::NO_CONTENT)
        .header("Upload-Offset", offset)
        .header("Upload-Expires", expires(&upload));
    built(answer.body(Body::empty()))
}

pub(crate) async fn terminate(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_version(&headers)?;
    let upload = find(&shared, &id)?;
    if shared
        .store
        .dossier(&upload.dossier_key)?
        .is_some_and(|row| row.answer.is_some())
    {
        let detail = "Hồ sơ đã chuyển, tệp không xóa được nữa.";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "handed-over",
            "Không xóa được",
            detail,
        ));
    }
    shared.store.drop_upload(&id)?;
    built(tus(StatusCode::NO_CONTENT).body(Body::empty()))
}

fn find(shared: &Shared, id: &str) -> Result<UploadRow, Problem> {
    // Ids are UUIDs, so nothing else ever becomes a path.
    Uuid::parse_str(id).map_err(|_| gone())?;
    let upload = shared.store.upload(id)?.ok_or_else(gone)?;

    if !upload.complete && upload.expires_at <= clock::now().as_second() {
        shared.store.drop_upload(id)?;
        let detail = "Tệp đang tải đã quá hạn.";
        return Err(Problem::new(StatusCode::GONE, "expired", "Đã quá hạn", detail));
    }
    Ok(upload)
}

/// The length of the file is how far the upload has come.
fn offset(shared: &Shared, upload: &UploadRow) -> Result<u64, Problem> {
    match shared.store.path(&upload.id).metadata() {
        Ok(file) => Ok(file.len()),
        // Another upload of the same name was whole first.
        Err(error) if error.kind() == ErrorKind::NotFound => Err(gone()),
        Err(error) => Err(error.into()),
    }
}

fn gone() -> Problem {
    Problem::not_found("Không có tệp đang tải này.")
}

fn expires(upload: &UploadRow) -> String {
    clock::http_date(Timestamp::from_second(upload.expires_at).unwrap_or_default())
}

/// Compares the hash of what is stored; a wrong one drops the upload.
fn finish(shared: &Shared, upload: &UploadRow) -> Result<(), Problem> {
    let (_, sha256) = stored(&shared.store.path(&upload.id))?.ok_or_else(gone)?;
    if sha256 == upload.sha256 {
        shared.store.complete(upload)?;
        return Ok(());
    }

    shared.store.drop_upload(&upload.id)?;
    let detail = format!("Tệp {} nhận được không khớp mã băm, đã bỏ.", upload.name);
    Err(Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "hash-mismatch",
        "Tệp bị sai lệch",
        detail,
    ))
}

/// Size and hash of the bytes on the disk; `None` if another upload has just taken their place.
pub(crate) fn stored(path: &std::path::Path) -> std::io::Result<Option<(u64, String)>> {
    let mut file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(Some((size, hex(&hash.finalize()))));
        }
        size += read as u64;
        hash.update(&buffer[..read]);
    }
}

/// The names of the files that are whole, also those whose last byte came just before a kill.
pub(crate) fn complete_files(shared: &Shared, dossier_key: &str) -> Result<Vec<String>, Problem> {
    let mut names = Vec::new();
    for upload in shared.store.uploads(dossier_key)? {
        let whole = upload.complete
            || (offset(shared, &upload).is_ok_and(|offset| offset == upload.length) && finish(shared, &upload).is_ok());
        if whole {
            names.push(upload.name);
        }
    }
    Ok(names)
}

/// `name base64,name base64` as tus writes it.
fn metadata_value(metadata: &str, name: &str) -> Option<String> {
    let mut pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let (_, value) = pairs.find(|(found, _)| *found == name)?;
    String::from_utf8(BASE64.decode(value.trim()).ok()?).ok()
}
