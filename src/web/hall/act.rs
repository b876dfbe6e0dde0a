//! What a clerk does, into the hall's log.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::{Centre, Refused};
use crate::hall::local::ActError;
use crate::hall::{Act, Illegal, NotDone};

/// Whoever is signed in acts at their own counter and at no other.
pub async fn act(
    State(centre): State<Centre>,
    headers: HeaderMap,
    Json(act): Json<Act>,
) -> Result<StatusCode, Refused> {
    let (session, counter) = centre.clerk(&headers).await?;
    if let Act::Open { serves } = &act {
        let known = |letter| {
            centre
                .0
                .node
                .hall()
                .series()
                .iter()
                .any(|series| series.letter == letter)
        };
        if !serves.iter().all(|letter| known(*letter)) {
            return Err(Refused::NoSuchCounter);
        }
    }
    let who = session.who;
    let done = centre
        .0
        .node
        .act(counter.clone(), act.clone(), centre.0.hall_config.rules)
        .await;
    match done {
        Ok(event) => {
            centre
                .audit(format!("{who} at counter {counter}: {}", act.word(&event)))
                .await;
            Ok(StatusCode::NO_CONTENT)
        }
        Err(ActError::NotDone(why)) => Err(Refused::NotNow(word(&why))),
        Err(ActError::Crowded) => Err(Refused::NotNow("crowded")),
        Err(ActError::Apart) => Err(Refused::NotNow("apart")),
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
            Illegal::DayClosed
            | Illegal::SeriesClosed
            | Illegal::DrawnBefore(_)
            | Illegal::LeasedBefore(_)
            | Illegal::NotLeased(_) => "elsewhere",
        },
    }
}
