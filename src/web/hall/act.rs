//! What a clerk does, into the hall's log.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use super::{Centre, Refused};
use crate::hall::local::ActError;
use crate::hall::{Act, Illegal, NotDone};

/// Whoever is signed in acts at their own counter and at no other.
pub async fn act(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Json(act): Json<Act>,
) -> Result<StatusCode, Refused> {
    let session = centre.session(&headers).await?;
    if let Act::Open { serves } = &act {
        let known = |letter| centre.0.hall.series().iter().any(|series| series.letter == letter);
        if !serves.iter().all(|letter| known(*letter)) {
            return Err(Refused::NoSuchCounter);
        }
    }
    let (hall, rules) = (centre.0.hall.clone(), centre.0.hall_config.rules);
    let (counter, who) = (session.counter.clone(), session.who.clone());
    let done = centre.0.store.call(move |store| {
        let now = Timestamp::now();
        let logged = hall.act(store, &counter, &act, &rules, now)?;
        let line = format!("{who} at counter {counter}: {}", act.word(&logged.event));
        if let Err(error) = store.audit(now, &line) {
            tracing::warn!(error = format!("{error:#}"), "Audit line could not be written");
        }
        Ok(())
    });
    match done.await.map_err(|_| Refused::Failed)? {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ActError::NotDone(why)) => Err(Refused::NotNow(word(&why))),
        Err(ActError::Crowded) => Err(Refused::NotNow("crowded")),
        Err(ActError::Log(error)) => {
            tracing::error!(error = format!("{error:#}"), "Hall's log could not be written");
            Err(Refused::Failed)
        }
    }
}

fn word(why: &NotDone) -> &'static str {
    match why {
        NotDone::NobodyWaits => "nobody-waits",
        NotDone::NobodyThere => "nobody-there",
        NotDone::Illegal(why) => match why {
            Illegal::CounterNotOpen(_) => "counter-not-open",
            Illegal::CounterOpen(_) => "counter-open",
            Illegal::CounterBusy(_) => "counter-busy",
            Illegal::TooSoon(_) => "too-soon",
            Illegal::ForAnother(_) => "for-another",
            Illegal::FirstAlready(_) => "first-already",
            Illegal::NotDrawn(_) | Illegal::NoSuchNumber => "not-drawn",
            Illegal::Elsewhere(_) => "elsewhere",
            Illegal::ServesNothing => "serves-nothing",
            Illegal::DayClosed | Illegal::SeriesClosed | Illegal::DrawnBefore(_) => "elsewhere",
        },
    }
}
