//! `GET /figures.csv` and `GET /figures.json`: the office's figures, for whoever works on this machine or has a tunnel to
//! it. Counts only, and none of a group so small that it could be known by who stood there.

use axum::Router;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use serde::Deserialize;

use crate::figures::{Cell, Period, csv, json};
use crate::store::thread::StoreHandle;
use crate::ticket::Day;

/// `from` and `until`, as `2026-11-22`; without them the month of now.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Days {
    from: Option<String>,
    until: Option<String>,
}

/// Why there is no table.
enum NoTable {
    NoDay,
    Unreadable,
}

impl IntoResponse for NoTable {
    fn into_response(self) -> Response {
        match self {
            Self::NoDay => (StatusCode::BAD_REQUEST, "from and until are days as 2026-11-22\n"),
            Self::Unreadable => (StatusCode::INTERNAL_SERVER_ERROR, "figures cannot be read\n"),
        }
        .into_response()
    }
}

pub fn routes(store: StoreHandle) -> Router {
    let for_json = store.clone();
    Router::new()
        .route(
            "/figures.csv",
            get(|days: Query<Days>| async move {
                let table = csv(&cells(&store, days.0).await?);
                let about = [
                    (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
                    (header::CONTENT_DISPOSITION, "attachment; filename=\"so-lieu.csv\""),
                ];
                Ok::<_, NoTable>((about, table))
            }),
        )
        .route(
            "/figures.json",
            get(|days: Query<Days>| async move {
                let table = json(&cells(&for_json, days.0).await?).map_err(|_| NoTable::Unreadable)?;
                Ok::<_, NoTable>(([(header::CONTENT_TYPE, "application/json")], table))
            }),
        )
}

async fn cells(store: &StoreHandle, days: Days) -> Result<Vec<Cell>, NoTable> {
    let (first, last) = Period::Month.around(Day::in_vietnam(Timestamp::now()));
    let day = |text: Option<String>, or| match text {
        Some(text) => text.parse().map_err(|_| NoTable::NoDay),
        None => Ok(or),
    };
    let (from, until) = (day(days.from, first)?, day(days.until, last)?);
    match store.call(move |store| store.figures(from, until)).await {
        Ok(Ok(cells)) => Ok(cells),
        Ok(Err(error)) => {
            tracing::error!(error = format!("{error:#}"), "Figures cannot be read");
            Err(NoTable::Unreadable)
        }
        Err(_) => Err(NoTable::Unreadable),
    }
}
