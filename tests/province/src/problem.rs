//! Errors as `application/problem+json` (RFC 9457), in words that an official can read out.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// An answer that says no, and why.
#[derive(Debug)]
pub(crate) struct Problem {
    pub status: StatusCode,
    pub kind: &'static str,
    pub title: &'static str,
    pub detail: String,
    /// The names of files that are still owed.
    pub missing: Vec<String>,
    /// The payment that stands in the way.
    pub payment: Option<String>,
    pub retry_after_secs: Option<u32>,
}

impl Problem {
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            title,
            detail: detail.into(),
            missing: Vec::new(),
            payment: None,
            retry_after_secs: None,
        }
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "Yêu cầu không đúng", detail)
    }

    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Hồ sơ chưa hợp lệ", detail)
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Không tìm thấy", detail)
    }

    pub fn missing_files(missing: Vec<String>) -> Self {
        let detail = format!("Còn thiếu tệp: {}", missing.join(", "));
        let title = "Hồ sơ chưa đủ tệp";
        Self {
            missing,
            ..Self::new(StatusCode::CONFLICT, "missing-files", title, detail)
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("tag:mot-cua.example,2026:{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if !self.missing.is_empty() {
            body["ThieuTep"] = Value::from(self.missing);
        }

        if let Some(payment) = self.payment {
            body["MaThanhToan"] = payment.into();
        }

        let mut answer = Response::builder()
            .status(self.status)
            .header(header::CONTENT_TYPE, "application/problem+json");
        if let Some(secs) = self.retry_after_secs {
            answer = answer.header(header::RETRY_AFTER, secs);
        }
        answer
            .body(Body::from(body.to_string()))
            .expect("all header values are plain text")
    }
}

/// What broke on our side. The reason goes to the log, not to the caller.
impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "Request failed");
        let detail = "Hệ thống gặp lỗi, xin gửi lại sau.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Lỗi hệ thống", detail)
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        anyhow::Error::from(error).into()
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        anyhow::Error::from(error).into()
    }
}
