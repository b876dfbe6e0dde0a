//! A call as sound, for boards: only of calls that stand in the hall now.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde::Deserialize;

use super::{Centre, Refused};
use crate::hall::Counter;
use crate::store::browsers::BrowserKind;
use crate::ticket::Label;
use crate::voice;

#[derive(Debug, Deserialize)]
pub struct Wanted {
    number: String,
    counter: String,
}

/// `GET /api/announcement?number=A%20012&counter=3`: chime and words, as a WAV file.
pub async fn announcement(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<impl IntoResponse, Refused> {
    let browser = centre.browser(&headers).await?;
    if browser.kind != BrowserKind::Board {
        return Err(Refused::NotPaired);
    }
    let label: Label = wanted.number.parse().map_err(|_| Refused::NoSuchNumber)?;
    let counter: Counter = wanted.counter.parse().map_err(|_| Refused::NoSuchCounter)?;
    let inner = &centre.0;
    let is_called = |hall: &crate::hall::Hall| hall.calls().any(|call| call.label == label && call.counter == counter);
    if !inner.node.hall().look(is_called) {
        return Err(Refused::NoSuchNumber);
    }
    let clips = inner.clips.clone().ok_or(Refused::NoVoice)?;
    let languages = inner.hall_config.calls.languages();
    let made = tokio::task::spawn_blocking(move || clips.call(languages, label, &counter));
    match made.await {
        Ok(Ok(sound)) => Ok(([(header::CONTENT_TYPE, "audio/wav")], voice::wav(&sound))),
        Ok(Err(error)) => {
            tracing::warn!(%error, "A call could not be made into sound");
            Err(Refused::NoVoice)
        }
        Err(_) => Err(Refused::Failed),
    }
}
