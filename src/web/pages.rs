//! Pages of browsers: what they have in common, and with which headers they are given.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub const HTML: &str = "text/html; charset=utf-8";
pub const SCRIPT: &str = "text/javascript; charset=utf-8";
pub const CSS: &str = "text/css; charset=utf-8";

const STYLE: &str = include_str!("../../ui/web/hall.css");
const COMMON: &str = include_str!("../../ui/web/hall.js");
const FIGURES_SCRIPT: &str = include_str!("../../ui/web/figures/figures.js");
const FIGURES_STYLE: &str = include_str!("../../ui/web/figures/figures.css");
const CHARTS: &str = include_str!("../../ui/web/figures/charts.js");

/// What several pages load.
pub fn common<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/hall.css", get(|| page(CSS, STYLE)))
        .route("/hall.js", get(|| page(SCRIPT, COMMON)))
        .route("/figures.css", get(|| page(CSS, FIGURES_STYLE)))
        .route("/figures.js", get(|| page(SCRIPT, FIGURES_SCRIPT)))
        .route("/charts.js", get(|| page(SCRIPT, CHARTS)))
}

pub async fn page(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}

/// Nothing of it is kept by a browser, framed by another page, or mixed with what comes from elsewhere.
pub fn closed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
