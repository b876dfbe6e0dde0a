//! The sample procedures of the development province, and `GET /v1/catalogue`.
//!
//! One file a field stands in `catalogue/`; they are joined once, when the service starts. Names, papers,
//! days and fees are true to life but nobody's law: codes have the form of the national list.

use anyhow::Context as _;
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Shared, many::many, schema::Schemas};

/// When the samples were last changed, `yyyyMMddHHmmss` in Vietnam.
const ISSUED: &str = "20261122000000";

const PURPOSES: &str = include_str!("catalogue/purposes.json");
const EVENTS: &str = include_str!("catalogue/events.json");
/// Made by `working_days.py` beside this crate, from PyPI `holidays` 0.109.
const CALENDAR: &str = include_str!("catalogue/calendar.json");
/// Mã tỉnh of the invented province.
pub(crate) const PROVINCE_CODE: &str = "25";

/// Fields in the order in which the province lists them.
const FIELDS: [(&str, &str); 10] = [
    ("civil", include_str!("catalogue/civil.json")),
    ("residence", include_str!("catalogue/residence.json")),
    ("land", include_str!("catalogue/land.json")),
    ("construction", include_str!("catalogue/construction.json")),
    ("transport", include_str!("catalogue/transport.json")),
    ("insurance", include_str!("catalogue/insurance.json")),
    ("labour", include_str!("catalogue/labour.json")),
    ("business", include_str!("catalogue/business.json")),
    ("education", include_str!("catalogue/education.json")),
    ("agriculture", include_str!("catalogue/agriculture.json")),
];

/// What stands at the head of the list, whatever its field.
const FIRST: [&str; 6] = ["1.001193", "2.000635", "1.004873", "1.002809", "1.001776", "1.001612"];

/// What is made besides the samples is the same at every start, so that drafts and dossiers keep their procedure.
const MADE_SEED: u64 = 4;

pub(crate) struct Catalogue {
    text: Bytes,
    etag: String,
    procedures: Vec<Value>,
    purposes: Vec<Value>,
    pub schemas: Schemas,
}

impl Catalogue {
    pub fn sample() -> anyhow::Result<Self> {
        Self::of(sample_catalogue()?)
    }

    /// So many procedures: the samples first, then others made from them.
    pub fn of_many(count: usize) -> anyhow::Result<Self> {
        let mut tree = sample_catalogue()?;
        let samples = tree["DanhSachTTHC"].as_array().context("The samples are no list")?;
        tree["DanhSachTTHC"] = many(samples, count, MADE_SEED)?.into();
        Self::of(tree)
    }

    fn of(tree: Value) -> anyhow::Result<Self> {
        let text = serde_json::to_vec(&tree).context("Cannot write the sample catalogue")?;
        let etag = format!("\"{}\"", &hex(&Sha256::digest(&text))[..16]);
        let Value::Array(procedures) = tree["DanhSachTTHC"].clone() else {
            anyhow::bail!("The sample catalogue has no list of procedures");
        };
        let Value::Array(purposes) = tree["MucDichXuLy"].clone() else {
            anyhow::bail!("The sample catalogue has no purposes");
        };
        Ok(Self {
            text: text.into(),
            etag,
            procedures,
            purposes,
            schemas: Schemas::default(),
        })
    }

    /// What consent is asked for.
    pub fn purposes(&self) -> &[Value] {
        &self.purposes
    }

    /// The version under which a dossier was begun, whatever holds today; the first where none is told.
    pub fn procedure(&self, code: &str, version: Option<u64>) -> Option<&Value> {
        let wanted = |procedure: &&Value| {
            let own = procedure["PhienBan"].as_u64().unwrap_or(1);
            procedure["MaTTHC"] == code && version.is_none_or(|version| version == own)
        };
        self.procedures.iter().find(wanted)
    }
}

/// The whole catalogue, as `GET /v1/catalogue` answers it.
///
/// # Errors
/// If a file of the samples is no list in JSON.
pub fn sample_catalogue() -> anyhow::Result<Value> {
    let mut procedures: Vec<Value> = Vec::new();
    for (field, text) in FIELDS {
        let listed: Vec<Value> =
            serde_json::from_str(text).with_context(|| format!("The sample procedures of {field} are no list"))?;
        procedures.extend(listed);
    }
    // Stable: after the first ones each field stays as it is written.
    procedures.sort_by_key(|procedure| {
        let place = FIRST.iter().position(|code| procedure["MaTTHC"] == *code);
        place.unwrap_or(FIRST.len())
    });

    let events: Value = serde_json::from_str(EVENTS).context("The events of life are no JSON")?;
    let calendar: Value = serde_json::from_str(CALENDAR).context("The calendar is no JSON")?;
    let purposes: Value = serde_json::from_str(PURPOSES).context("The purposes are no JSON")?;
    let mut tree = json!({
        "MaTinh": PROVINCE_CODE,
        "NgayBanHanh": ISSUED,
        "MucDichXuLy": purposes,
        "DanhSachSuKien": events,
        "DanhSachTTHC": procedures,
    });
    for name in ["LichDenNgay", "NgayNghi", "NgayLamBu"] {
        tree[name] = calendar[name].clone();
    }
    Ok(tree)
}

pub(crate) async fn catalogue(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let catalogue = &shared.catalogue;
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut known = known
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"));

    let answer = Response::builder()
        .header(header::ETAG, &catalogue.etag)
        .header(header::CACHE_CONTROL, "no-cache");
    let answer = if known.any(|tag| tag == catalogue.etag || tag == "*") {
        answer.status(StatusCode::NOT_MODIFIED).body(Body::empty())
    } else {
        answer
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(catalogue.text.clone()))
    };
    answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
