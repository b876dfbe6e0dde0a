//! Fees paid by phone: begun once per `Idempotency-Key`, one that counts per dossier, followed by reference.
//!
//! `/pay/{reference}` is the page behind the QR code, a bank in two buttons, for whoever builds a kiosk. Under
//! `/admin/payments` a test is the bank: it pays, fails, leaves it unclear, and counts the money that moved.

use std::sync::{Mutex, PoisonError};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;
use rand::RngExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Province, Shared, clock,
    problem::Problem,
    store::{
        DossierRow,
        payments::{Begun, PaymentRow},
    },
};

/// How long the money is waited for.
const EXPIRES_SECS: i64 = 900;

/// What the next payments are like, where a test wants them otherwise. Lives in memory.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oddity {
    expires_secs: Option<i64>,
    amount: Option<i64>,
    url: Option<String>,
}

#[derive(Default)]
pub(crate) struct Oddities(Mutex<Oddity>);

impl Oddities {
    fn now(&self) -> Oddity {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// `POST /v1/dossiers/{MaHoSo}/payments`
pub(crate) async fn begin(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|key| Uuid::parse_str(key.to_str().ok()?.trim_matches('"')).ok())
        .filter(|key| key.get_version_num() == 7)
        .ok_or_else(|| Problem::bad_request("Idempotency-Key phải là một UUID phiên bản 7"))?;
    if !body.is_empty() {
        return Err(Problem::bad_request("Yêu cầu này không có nội dung"));
    }
    let row = shared
        .store
        .handed_over(&code)?
        .filter(|row| row.code.as_deref() == Some(code.as_str()))
        .ok_or_else(|| Problem::not_found("Không có hồ sơ với mã này."))?;
    let oddity = shared.oddities.now();
    let amount = oddity.amount.or(fee(&shared, &row)?).ok_or_else(|| {
        let detail = "Hồ sơ này không có lệ phí trả trực tuyến. Xin hỏi tại quầy.";
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "no-online-fee",
            "Không trả trực tuyến được",
            detail,
        )
    })?;

    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let reference = format!("TT{:012}", rand::rng().random_range(0..1_000_000_000_000_u64));
    let url = oddity
        .url
        .unwrap_or_else(|| format!("http://{}/pay/{reference}", host.unwrap_or_default()));
    let now = clock::now().as_second();
    let new = PaymentRow {
        reference,
        key: key.to_string(),
        dossier_key: row.key,
        amount,
        url,
        state: "khoi-tao".to_owned(),
        expires_at: now + oddity.expires_secs.unwrap_or(EXPIRES_SECS),
        transaction_code: None,
        settled_at: None,
        taken: 0,
    };
    match shared.store.begin_payment(&new, now)? {
        Begun::New(row) => Ok((StatusCode::CREATED, Json(told(&row))).into_response()),
        Begun::Again(row) => Ok(Json(told(&row)).into_response()),
        Begun::KeyReused => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "key-reused",
            "Khóa đã dùng cho hồ sơ khác",
            "Idempotency-Key này đã được dùng cho một hồ sơ khác.",
        )),
        Begun::There(row) => Err(Problem {
            payment: Some(row.reference),
            ..Problem::new(
                StatusCode::CONFLICT,
                "payment-exists",
                "Lệ phí này đang được trả",
                "Hồ sơ đã có một lần trả đang chờ, chưa rõ hoặc đã xong.",
            )
        }),
    }
}

/// `GET /v1/payments/{MaThanhToan}`
pub(crate) async fn state(State(shared): State<Shared>, Path(reference): Path<String>) -> Result<Json<Value>, Problem> {
    let row = shared.store.payment(&reference, clock::now().as_second())?;
    let row = row.ok_or_else(|| Problem::not_found("Không có lần thanh toán này."))?;
    Ok(Json(told(&row)))
}

/// What is to be paid online for a dossier, in đồng.
fn fee(shared: &Province, row: &DossierRow) -> Result<Option<i64>, Problem> {
    let body: Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
    let code = body["MaTTHC"].as_str().unwrap_or_default();
    let procedure = shared.catalogue.procedure(code, body["PhienBanTTHC"].as_u64());
    let fee = procedure
        .filter(|procedure| procedure["DuocThanhToanTrucTuyen"] == true)
        .and_then(|procedure| procedure["DanhSachLePhi"].as_array())
        .map(|fees| fees.iter().filter_map(|fee| fee["Gia"].as_i64()).sum::<i64>())
        .filter(|sum| *sum > 0);
    Ok(fee)
}

/// What `TraCuuHoSo` says of the fee: whether it may be paid by phone now, and the payment there is.
pub(crate) fn of_dossier(shared: &Province, row: &DossierRow) -> Result<(bool, Option<Value>), Problem> {
    let payment = shared.store.payment_of(&row.key, clock::now().as_second())?;
    let paid = payment.as_ref().is_some_and(|payment| payment.state == "thanh-cong");
    let payable = !paid && fee(shared, row)?.is_some();
    Ok((payable, payment.as_ref().map(told)))
}

fn told(row: &PaymentRow) -> Value {
    let mut told = json!({
        "MaThanhToan": row.reference,
        "SoTien": row.amount,
        "DuongDanThanhToan": row.url,
        "TrangThai": row.state,
        "HetHan": stamp(row.expires_at),
    });
    if let Some(code) = &row.transaction_code {
        told["MaGiaoDich"] = code.as_str().into();
    }
    if let Some(at) = row.settled_at {
        told["ThoiDiem"] = stamp(at).into();
    }
    told
}

fn stamp(unix_secs: i64) -> String {
    clock::stamp(Timestamp::from_second(unix_secs).unwrap_or_default())
}

/// `GET /pay/{reference}`: what a phone opens.
pub(crate) async fn page(State(shared): State<Shared>, Path(reference): Path<String>) -> Result<Response, Problem> {
    let row = shared.store.payment(&reference, clock::now().as_second())?;
    let row = row.ok_or_else(|| Problem::not_found("Không có lần thanh toán này."))?;
    let buttons = if row.state == "khoi-tao" {
        "<form method=post><button name=act value=pay>Trả tiền</button> <button name=act value=fail>Không trả được</button></form>"
    } else {
        ""
    };
    let (reference, amount, state) = (&row.reference, row.amount, &row.state);
    Ok(Html(format!(
        "<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>Thanh toán thử</title><body style='font:20px sans-serif;margin:2em'><h1>Thanh toán thử</h1>\
         <p>{reference}: {amount} đồng, {state}</p>{buttons}</body></html>"
    ))
    .into_response())
}

/// `POST /pay/{reference}`: one of the two buttons.
pub(crate) async fn press(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let now = clock::now().as_second();
    let open = shared
        .store
        .payment(&reference, now)?
        .is_some_and(|row| row.state == "khoi-tao");
    match (&body[..], open) {
        (b"act=pay", true) => shared.store.settle_payment(&reference, "thanh-cong", true, now)?,
        (b"act=fail", true) => shared.store.settle_payment(&reference, "that-bai", false, now)?,
        (_, _) => return Err(Problem::bad_request("Lần thanh toán này không còn chờ.")),
    };
    Ok(Redirect::to(&format!("/pay/{reference}")).into_response())
}

/// `GET /admin/payments`
pub(crate) async fn all(State(shared): State<Shared>) -> Result<Json<Value>, Problem> {
    let rows = shared.store.payments(clock::now().as_second())?;
    let list = rows.iter().map(|row| {
        let mut tree = told(row);
        tree["key"] = row.key.as_str().into();
        tree["dossier"] = row.dossier_key.as_str().into();
        tree["taken"] = row.taken.into();
        tree
    });
    Ok(Json(list.collect()))
}

/// `POST /admin/payments`: what the next ones are like.
pub(crate) async fn be_odd(State(shared): State<Shared>, body: Bytes) -> Result<StatusCode, Problem> {
    let oddity: Oddity =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Not an oddity: {error}")))?;
    *shared.oddities.0.lock().unwrap_or_else(PoisonError::into_inner) = oddity;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settled {
    state: String,
    /// The bank takes the money with it.
    #[serde(default)]
    taken: bool,
}

/// `POST /admin/payments/{reference}`: what becomes of one.
pub(crate) async fn settle(
    State(shared): State<Shared>,
    Path(reference): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let settled: Settled =
        serde_json::from_slice(&body).map_err(|error| Problem::bad_request(format!("Not a state: {error}")))?;
    if !["thanh-cong", "that-bai", "khong-ro"].contains(&settled.state.as_str()) {
        return Err(Problem::invalid("TrangThai không đúng"));
    }
    let now = clock::now().as_second();
    if shared
        .store
        .settle_payment(&reference, &settled.state, settled.taken, now)?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("Không có lần thanh toán nào như vậy đang chờ."))
    }
}
