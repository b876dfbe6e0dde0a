//! A number on its holder's phone: a page for all, without pairing, session or cookie, that a link on the slip opens.
//!
//! The page asks every ten seconds and holds no line: a phone sleeps and wakes, a line would be cut each time, and
//! hundreds of open ones would cost what counters need. Every wrong link gets the same answer, in the same time.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::{Json, http::header};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Instant;

use super::rate::Asker;
use super::{Centre, HTML, Refused};
use crate::procedure::Words;
use crate::ticket::SeriesLetter;

/// Phones that are answered at the same moment.
pub const PHONES_AT_ONCE_MAX: usize = 8;

const PAGE: &str = include_str!("../../../ui/web/phone/index.html");

/// The same page for right and wrong links: its script asks which it is. No search engine keeps it.
pub async fn page(State(centre): State<Centre>, asker: Asker) -> Result<impl IntoResponse, Refused> {
    if centre.0.links.is_none() {
        return Err(Refused::NoSuchNumber);
    }
    centre.0.phone_rate.ask(asker.0, Instant::now())?;
    let robots = header::HeaderName::from_static("x-robots-tag");
    Ok(([(header::CONTENT_TYPE, HTML), (robots, "noindex, nofollow")], PAGE))
}

/// How the number of this link stands now.
pub async fn number(
    State(centre): State<Centre>,
    asker: Asker,
    Path(slip): Path<String>,
) -> Result<Json<Value>, Refused> {
    let links = centre.0.links.as_ref().ok_or(Refused::NoSuchNumber)?;
    centre.0.phone_rate.ask(asker.0, Instant::now())?;
    let _place = centre
        .0
        .phones
        .try_acquire()
        .map_err(|_| Refused::TooOften { secs: 1 })?;
    let now = Timestamp::now();
    let minutes = |letter: SeriesLetter| centre.series(letter).and_then(|series| series.minutes_each);
    let rules = &centre.0.hall_config.rules;
    let view = centre.0.node.hall().look(|hall| {
        let label = links.open(hall.day(), &slip)?;
        hall.phone_view(label, minutes, rules, now)
    });
    let view = view.ok_or(Refused::NoSuchNumber)?;
    let words = centre.series(view.queue).map(|series| series.words());
    let Words { vi, en } = words.unwrap_or_else(|| Words {
        vi: view.queue.to_string(),
        en: None,
    });
    Ok(Json(json!({
        "place": view,
        "name": vi,
        "name-en": en,
        "center": centre.0.config.kiosk.center,
    })))
}
