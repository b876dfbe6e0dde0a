//! The procedures the province offers, and `GET /v1/catalogue`.

use anyhow::Context as _;
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::Shared;

pub(crate) struct Catalogue {
    text: &'static str,
    etag: String,
    procedures: Vec<Value>,
}

impl Catalogue {
    pub fn sample() -> anyhow::Result<Self> {
        let text = include_str!("catalogue.json");
        let mut tree: Value = serde_json::from_str(text).context("The sample catalogue is no JSON")?;
        let Value::Array(procedures) = tree["DanhSachTTHC"].take() else {
            anyhow::bail!("The sample catalogue has no list of procedures");
        };
        let etag = format!("\"{}\"", &hex(&Sha256::digest(text))[..16]);
        Ok(Self { text, etag, procedures })
    }

    pub fn procedure(&self, code: &str) -> Option<&Value> {
        self.procedures.iter().find(|procedure| procedure["MaTTHC"] == code)
    }
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
            .body(Body::from(catalogue.text))
    };
    answer.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
