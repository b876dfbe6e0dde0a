//! The catalogue of procedures: asked for now and then, kept for the days without a network.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::health::Link;
use crate::kiosk::Done;
use crate::procedure::Catalogue;
use crate::province::{Answer, CatalogueNews, HttpProvince, Province};
use crate::store::Store;
use crate::store::thread::StoreHandle;

/// How often it is asked for.
const EVERY: Duration = Duration::from_secs(600);
/// How this version writes the catalogue down. What another version kept is asked for anew, for it may have read less.
const FORM: &str = "4 ";
/// How soon again after no answer.
const AGAIN: Duration = Duration::from_secs(10);

/// The catalogue of the last good day; empty on a new kiosk.
pub fn remembered(store: &mut Store) -> Arc<Catalogue> {
    match store.catalogue() {
        Ok(Some(kept)) => match serde_json::from_slice(&kept.body) {
            Ok(catalogue) => Arc::new(catalogue),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "Kept catalogue cannot be read");
                Arc::default()
            }
        },
        Ok(None) => Arc::default(),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "Kept catalogue cannot be read");
            Arc::default()
        }
    }
}

/// Asks for the catalogue for ever; keeps what is new and hands it to the loop.
pub async fn keep_fresh(store: StoreHandle, province: Arc<HttpProvince>, done: mpsc::Sender<Done>) {
    let mut etag = match store.call(Store::catalogue).await {
        Ok(Ok(Some(kept))) => known(&kept.etag, &kept.body),
        Ok(Ok(None) | Err(_)) => None,
        // The store has ended: so does the process.
        Err(_) => return,
    };
    loop {
        let (link, wait) = match province.catalogue(etag.as_deref()).await {
            Answer::Received(CatalogueNews::NotModified) => (Link::Up, EVERY),
            Answer::Received(CatalogueNews::Fresh { etag: fresh, catalogue }) => {
                keep(&store, fresh.as_deref(), &catalogue).await;
                etag = fresh;
                if done.send(Done::Catalogue(Arc::new(catalogue))).await.is_err() {
                    return;
                }
                (Link::Up, EVERY)
            }
            Answer::Received(CatalogueNews::Faulty { place }) => {
                tracing::error!(
                    place,
                    "Catalogue has a form that cannot be walked to its end, the one before stays in use"
                );
                (Link::Up, EVERY)
            }
            Answer::Later { wait, why } => {
                tracing::info!(%why, "No catalogue");
                (Link::Down, wait.unwrap_or(AGAIN))
            }
            Answer::Refused { words } => {
                tracing::error!(words, "The province refuses its catalogue");
                (Link::Up, EVERY)
            }
        };
        if done.send(Done::Link(link)).await.is_err() {
            return;
        }
        tokio::time::sleep(wait).await;
    }
}

/// The province's mark of what was kept, if it was kept by this version and can be read.
fn known(etag: &str, body: &[u8]) -> Option<String> {
    let etag = etag.strip_prefix(FORM)?;
    serde_json::from_slice::<Catalogue>(body)
        .is_ok()
        .then(|| etag.to_owned())
}

async fn keep(store: &StoreHandle, etag: Option<&str>, catalogue: &Catalogue) {
    let body = match serde_json::to_vec(catalogue) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "Catalogue cannot be written down");
            return;
        }
    };
    // Without an ETag it is asked for whole the next time.
    let etag = etag.map(|etag| format!("{FORM}{etag}")).unwrap_or_default();
    let kept = store
        .call(move |store| store.keep_catalogue(&etag, &body, Timestamp::now()))
        .await;
    if let Ok(Err(error)) = kept {
        tracing::error!(error = format!("{error:#}"), "Catalogue could not be kept");
    }
}
