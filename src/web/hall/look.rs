//! The hall as it is now, and again whenever it changes: server-sent events, with a beat by which a page knows that the
//! line still holds.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::Stream;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{Centre, Refused};
use crate::hall::{Counter, Sequence};
use crate::node::Standing;
use crate::store::browsers::BrowserKind;

/// A page that hears nothing for three of these says that the line is cut.
const BEAT: Duration = Duration::from_secs(3);

/// A page that looks.
struct Looking {
    centre: Centre,
    headers: HeaderMap,
    whose: Whose,
    changes: watch::Receiver<Sequence>,
    /// Of a hall that several kiosks share.
    standings: Option<watch::Receiver<Standing>>,
    first: bool,
    _place: OwnedSemaphorePermit,
}

enum Whose {
    Counter(Counter),
    Board,
}

pub async fn counter(State(centre): State<Centre>, headers: HeaderMap) -> Result<impl IntoResponse, Refused> {
    let (_, counter) = centre.clerk(&headers).await?;
    stream(centre, headers, Whose::Counter(counter))
}

pub async fn board(State(centre): State<Centre>, headers: HeaderMap) -> Result<impl IntoResponse, Refused> {
    let browser = centre.browser(&headers).await?;
    if browser.kind != BrowserKind::Board {
        return Err(Refused::NotPaired);
    }
    stream(centre, headers, Whose::Board)
}

fn stream(
    centre: Centre,
    headers: HeaderMap,
    whose: Whose,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refused> {
    let lookers = std::sync::Arc::clone(&centre.0.lookers);
    let looking = Looking {
        changes: centre.0.node.hall().changes(),
        standings: centre.0.node.standings(),
        centre,
        headers,
        whose,
        first: true,
        _place: lookers.try_acquire_owned().map_err(|_| Refused::TooMany)?,
    };
    Ok(Sse::new(futures_util::stream::unfold(
        looking,
        |mut looking| async move {
            let event = looking.next().await?;
            Some((Ok(event), looking))
        },
    )))
}

impl Looking {
    /// The next view, or a beat. Nothing, once whoever looks may not any more: the page then asks why.
    async fn next(&mut self) -> Option<Event> {
        let first = std::mem::take(&mut self.first);
        let changed = if first {
            self.changes.mark_unchanged();
            true
        } else {
            // The kiosk ends where the senders are gone.
            let changed = async {
                match &mut self.standings {
                    Some(standings) => tokio::select! {
                        changed = self.changes.changed() => changed,
                        changed = standings.changed() => changed,
                    },
                    None => self.changes.changed().await,
                }
            };
            tokio::time::timeout(BEAT, changed)
                .await
                .is_ok_and(|changed| changed.is_ok())
        };
        if !self.may_look().await {
            return None;
        }
        if changed {
            Some(Event::default().event("hall").data(self.view().to_string()))
        } else {
            Some(
                Event::default()
                    .event("beat")
                    .data(Timestamp::now().as_millisecond().to_string()),
            )
        }
    }

    async fn may_look(&self) -> bool {
        match &self.whose {
            Whose::Board => self.centre.browser(&self.headers).await.is_ok(),
            Whose::Counter(counter) => {
                let session = self.centre.session_unseen(&self.headers).await;
                session.is_ok_and(|session| session.seat.counter() == Some(counter))
            }
        }
    }

    fn view(&self) -> Value {
        let inner = &self.centre.0;
        let (hall, now) = (inner.node.hall().now(), Timestamp::now());
        let apart = matches!(inner.node.standing(), Standing::Apart { .. });
        let mut view = match &self.whose {
            Whose::Counter(counter) => {
                let rules = &inner.hall_config.rules;
                serde_json::to_value(hall.counter_view(counter, inner.node.hall().series(), rules, now))
            }
            Whose::Board => serde_json::to_value(hall.board_view(inner.node.hall().series(), now)),
        };
        if let Ok(Value::Object(view)) = &mut view {
            view.insert("apart".into(), apart.into());
        }
        view.unwrap_or_default()
    }
}
