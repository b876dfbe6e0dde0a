//! The day of the hall, for managers: in figures, as it goes and as it went, and as a file. Counts and times only.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::door::Seat;
use super::{Centre, Refused};
use crate::hall::day::{DayBook, DayView, export};
use crate::hall::log::{Log, LogError};
use crate::hall::{CounterState, Logged, Sequence};
use crate::store::Store;
use crate::ticket::Day;

/// Days that can be chosen, the latest first.
const DAYS_MAX: u32 = 400;

/// Without a day, today as it goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    day: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    day: Day,
    table: Table,
}

/// What a file has a row for.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Table {
    Hours,
    Counters,
}

/// What the log has beyond what is known.
struct Read {
    today: Day,
    days: Vec<Day>,
    day: Day,
    /// From the beginning, where the log has less than what was known of it.
    anew: bool,
    events: Vec<Logged>,
}

/// `{"today","days":[…],"view":{…},"open":[…]}`.
pub async fn day(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refused> {
    // Whoever chooses a day is there; a page that stays open is not somebody.
    centre.manager(&headers, asked.day.is_some()).await?;
    let (today, days, view) = centre.figures(asked.day).await?;
    let open = centre.0.node.hall().look(|hall| {
        let open = hall
            .counters()
            .filter(|(_, state)| matches!(state, CounterState::Open { .. }));
        open.map(|(counter, _)| counter.clone()).collect::<Vec<_>>()
    });
    Ok(Json(
        json!({ "today": today, "days": days, "view": view, "open": open }),
    ))
}

/// One of the tables as a file; who took it stands in the audit.
pub async fn csv(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<impl IntoResponse, Refused> {
    let who = centre.manager(&headers, true).await?;
    let (_, _, view) = centre.figures(Some(wanted.day)).await?;
    let (name, text) = match wanted.table {
        Table::Hours => ("theo-gio", export::hours(&view)),
        Table::Counters => ("theo-quay", export::counters(&view)),
    };
    centre
        .audit(format!("{who} took the figures of {} ({name})", view.day))
        .await;
    let file = format!("attachment; filename=\"sanh-{}-{name}.csv\"", view.day);
    Ok((
        [
            (
                header::CONTENT_TYPE,
                "text/csv; charset=utf-8; header=present".to_owned(),
            ),
            (header::CONTENT_DISPOSITION, file),
        ],
        text,
    ))
}

impl Centre {
    /// Who looks, if they are a manager.
    async fn manager(&self, headers: &HeaderMap, acts: bool) -> Result<std::sync::Arc<str>, Refused> {
        let session = if acts {
            self.session(headers).await?
        } else {
            self.session_unseen(headers).await?
        };
        match session.seat {
            Seat::Manager => Ok(session.who),
            Seat::Counter(_) => Err(Refused::NotPaired),
        }
    }

    /// Today, the days that are kept, and the figures of one of them.
    async fn figures(&self, wanted: Option<Day>) -> Result<(Day, Vec<Day>, DayView), Refused> {
        let now = Timestamp::now();
        // Of today only what is new is read; one at a time, so that nobody counts the same twice.
        let mut known = self.0.day_book.lock().await;
        let book = known.take();
        let of_book = book.as_ref().map(|book| (book.day(), book.last()));
        let read = self.0.store.call(move |store| read(store, wanted, of_book, now)).await;
        let read = read.map_err(|_| Refused::Failed)?.map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "Day of the hall cannot be read");
            Refused::Failed
        })?;
        let Read {
            today,
            days,
            day,
            anew,
            events,
        } = read.ok_or(Refused::NoSuchDay)?;
        let of_today = day == today;
        let (mut counted, kept) = match book {
            Some(book) if of_today && !anew => (book, None),
            other => (DayBook::new(day), other),
        };
        let hall = self.0.node.hall().clone();
        let counting = tokio::task::spawn_blocking(move || {
            events.iter().for_each(|logged| counted.apply(logged));
            // A day that is over ends with its last event.
            let until = if of_today { now } else { Timestamp::MIN };
            let view = counted.view(hall.series(), until);
            (counted, view)
        });
        let (counted, view) = counting.await.map_err(|_| Refused::Failed)?;
        *known = if of_today { Some(counted) } else { kept };
        Ok((today, days, view))
    }
}

/// Nothing, if that day is not kept.
fn read(
    store: &mut Store,
    wanted: Option<Day>,
    known: Option<(Day, Sequence)>,
    now: Timestamp,
) -> Result<Option<Read>, LogError> {
    let today = store.day(now)?;
    let days = store.hall_days(DAYS_MAX)?;
    let day = wanted.unwrap_or(today);
    if day != today && !days.contains(&day) {
        return Ok(None);
    }
    let last = store.last(day)?;
    let after = known.filter(|(of, seen)| *of == day && day == today && *seen <= last);
    let (anew, after) = (after.is_none(), after.map_or(Sequence(0), |(_, seen)| seen));
    let events = Log::read(store, day, after)?;
    Ok(Some(Read {
        today,
        days,
        day,
        anew,
        events,
    }))
}
