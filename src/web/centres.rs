//! The province's page of its centres' halls. Counts and times only; who may see them is asked by the gateway in front of it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::config::centres::CentresConfig;
use crate::hall::centres::{CentreDay, Centres};
use crate::hall::day::export;
use crate::hall::jetstream::{Away, JetStream};
use crate::ticket::Day;
use crate::web;
use crate::web::pages::{HTML, SCRIPT, closed, common, page};

/// A centre that was not there is looked for again.
const BEGIN_EVERY: Duration = Duration::from_secs(10);

const PAGE: &str = include_str!("../../ui/web/centres/index.html");
const PAGE_SCRIPT: &str = include_str!("../../ui/web/centres/centres.js");

/// Without a day, today as it goes; without a centre, the sums of all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    day: Option<Day>,
    centre: Option<String>,
}

/// Why there are no figures.
enum NoFigures {
    /// The province's server does not answer.
    Away,
    NoSuchCentre,
}

impl IntoResponse for NoFigures {
    fn into_response(self) -> Response {
        let (status, word) = match self {
            Self::Away => (StatusCode::BAD_GATEWAY, "away"),
            Self::NoSuchCentre => (StatusCode::NOT_FOUND, "no-such-centre"),
        };
        (status, Json(json!({ "error": word }))).into_response()
    }
}

impl From<Away> for NoFigures {
    fn from(why: Away) -> Self {
        tracing::error!(error = format!("{why:#}"), "Centres cannot be read");
        Self::Away
    }
}

/// Answers until it is ended.
///
/// # Errors
/// The certificates cannot be read, or the address cannot be had.
pub async fn serve(config: CentresConfig) -> anyhow::Result<()> {
    // Whoever was first has chosen the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let log = JetStream::connect(&config.servers(), "centres").await?;
    let centres = Arc::new(Centres::new(log, config.centres()));
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("Cannot answer on {}", config.listen))?;
    tracing::info!(address = %config.listen, "The page of the centres answers");
    let begins = begin(Arc::clone(&centres));
    let serves = web::serve(listener, routes(centres));
    tokio::select! {
        served = serves => Ok(served?),
        never = begins => match never {},
    }
}

async fn begin(centres: Arc<Centres>) -> std::convert::Infallible {
    let mut told = false;
    loop {
        match centres.begin().await {
            Ok(()) => told = false,
            Err(error) if !told => {
                tracing::error!(error = format!("{error:#}"), "Centres cannot be mirrored");
                told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(BEGIN_EVERY).await;
    }
}

fn routes(centres: Arc<Centres>) -> Router {
    Router::new()
        .route("/", get(|| page(HTML, PAGE)))
        .route("/centres.js", get(|| page(SCRIPT, PAGE_SCRIPT)))
        .merge(common())
        .route("/api/centres", get(all))
        .route("/api/centre", get(one))
        .route("/api/centres.csv", get(csv))
        .layer(middleware::map_response(async |response: Response| closed(response)))
        .with_state(centres)
}

/// The days, today first in `today`.
async fn days(centres: &Centres, asked: Option<Day>) -> Result<(Day, Day, Vec<CentreDay>), Away> {
    let now = Timestamp::now();
    let today = Day::in_vietnam(now);
    let day = asked.unwrap_or(today);
    Ok((today, day, centres.day(day, now).await?))
}

/// `{"today","day","centres":[{…,"view":{…}}]}`, without hours and counters.
async fn all(State(centres): State<Arc<Centres>>, Query(asked): Query<Asked>) -> Result<Json<Value>, NoFigures> {
    let (today, day, mut centres) = days(&centres, asked.day).await?;
    for centre in &mut centres {
        centre.view.hours.clear();
        centre.view.counters.clear();
    }
    Ok(Json(json!({ "today": today, "day": day, "centres": centres })))
}

/// `{"today","day","centre":{…,"view":{…}}}`.
async fn one(State(centres): State<Arc<Centres>>, Query(asked): Query<Asked>) -> Result<Json<Value>, NoFigures> {
    let (today, day, centres) = days(&centres, asked.day).await?;
    let centre = centres
        .into_iter()
        .find(|centre| Some(&centre.id) == asked.centre.as_ref());
    let centre = centre.ok_or(NoFigures::NoSuchCentre)?;
    Ok(Json(json!({ "today": today, "day": day, "centre": centre })))
}

/// By centre, hour and series, as a file.
async fn csv(State(centres): State<Arc<Centres>>, Query(asked): Query<Asked>) -> Result<impl IntoResponse, NoFigures> {
    let (_, day, centres) = days(&centres, asked.day).await?;
    let text = export::hours_of_centres(centres.iter().map(|centre| (&*centre.id, &centre.view)));
    let kind = "text/csv; charset=utf-8; header=present".to_owned();
    let file = format!("attachment; filename=\"trung-tam-{day}.csv\"");
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, file)],
        text,
    ))
}
