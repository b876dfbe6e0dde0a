//! Satisfaction on its way to the province: counts of past days, in groups that are large enough to be of no one.
//!
//! A batch is committed with its key before it is sent, and gone when the province has it. Nothing hangs on it, so it
//! is told at leisure.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::province::{Ability, Answer, HttpProvince};
use crate::store::thread::{StoreGone, StoreHandle};

/// How often it is looked at, in seconds.
const EVERY_SECS: u64 = 3600;
/// What staff read when the province will not have a batch. Its counts stay in the office's figures.
const NOT_TAKEN: &str = "Tỉnh không nhận số liệu hài lòng. Hãy báo kỹ thuật viên. Số liệu vẫn còn trong máy này.";

/// Tells what may be told, for ever.
///
/// # Errors
/// The store has ended.
pub async fn tell_for_ever(store: StoreHandle, province: Arc<HttpProvince>) -> Result<(), StoreGone> {
    loop {
        // Not in the first minute of a kiosk, when all else begins.
        tokio::time::sleep(Duration::from_secs(60)).await;
        tell(&store, &province, Timestamp::now()).await?;
        tokio::time::sleep(Duration::from_secs(EVERY_SECS)).await;
    }
}

/// Gathers what may be told by `now` and tells all that waits, until the province has no time.
///
/// # Errors
/// The store has ended.
pub async fn tell(store: &StoreHandle, province: &HttpProvince, now: Timestamp) -> Result<(), StoreGone> {
    // Where nobody asks for it, it stays in the office's own figures.
    if !province.can(Ability::OpenContract) {
        return Ok(());
    }
    let fresh = Uuid::now_v7();
    let waiting = match store.call(move |store| store.opinions(fresh, now)).await? {
        Ok(waiting) => waiting,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "Satisfaction cannot be gathered");
            return Ok(());
        }
    };
    for (key, batch) in waiting {
        let told = match province.tell_satisfaction(key, &batch).await {
            Answer::Received(()) => store.call(move |store| store.opinions_told(key)).await?,
            Answer::Later { why, .. } => {
                tracing::info!(%key, %why, "Satisfaction is told later");
                return Ok(());
            }
            Answer::Refused { .. } => {
                tracing::error!(%key, "Province refuses satisfaction");
                let refused = store.call(move |store| {
                    store.notice(now, NOT_TAKEN)?;
                    store.opinions_told(key)
                });
                refused.await?
            }
        };
        match told {
            Ok(()) => tracing::info!(%key, "Satisfaction is settled"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "Satisfaction stays owed"),
        }
    }
    Ok(())
}
