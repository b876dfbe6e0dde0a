//! Drafts put aside: brought to the province, or dropped there, when there is a network.
//!
//! They go one after the other, oldest first, beside the dossiers. A parcel is on the disk until the province has all
//! of it; nobody here can open one.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::Pace;
use crate::province::{Answer, FileSource, HttpProvince};
use crate::store::asides::{Owed, OwedAside};
use crate::store::thread::{StoreGone, StoreHandle};

/// How soon it is tried again after no answer, and at the latest.
const AGAIN: Duration = Duration::from_secs(5);
const AGAIN_MAX: Duration = Duration::from_secs(300);

/// The province keeps a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    pub parcel: Uuid,
    pub until: Timestamp,
}

/// Brings parcels until `stop` turns true or its sender is gone.
///
/// # Errors
/// The store has ended.
pub async fn bring(
    store: StoreHandle,
    province: Arc<HttpProvince>,
    tell: impl Fn(Brought),
    mut stop: watch::Receiver<bool>,
) -> Result<(), StoreGone> {
    let wake = Arc::new(Notify::new());
    let on_aside = Arc::clone(&wake);
    store
        .call(move |store| store.on_aside(Box::new(move || on_aside.notify_one())))
        .await?;
    let mut pause = AGAIN;
    loop {
        let wait = match round(&store, &province, &tell).await? {
            Round::AllHeard => {
                pause = AGAIN;
                Pace::KIOSK.look_again_max
            }
            Round::Later => {
                let wait = pause;
                pause = (pause * 2).min(AGAIN_MAX);
                wait
            }
        };
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

enum Round {
    AllHeard,
    Later,
}

async fn round(store: &StoreHandle, province: &Arc<HttpProvince>, tell: &impl Fn(Brought)) -> Result<Round, StoreGone> {
    let owed = match store.call(|store| store.owed_asides(Timestamp::now())).await? {
        Ok(owed) => owed,
        Err(error) => {
            tracing::error!(%error, "Drafts put aside cannot be read");
            return Ok(Round::Later);
        }
    };
    for one in owed {
        let OwedAside { parcel, sealed, owed } = one;
        let heard = match owed {
            Owed::Keep => match kept(store, province, one).await? {
                Some(Answer::Received(until)) => {
                    tracing::info!(bytes = sealed.bytes, "Province keeps a draft put aside");
                    settle(store, parcel, owed).await?;
                    tell(Brought { parcel, until });
                    continue;
                }
                Some(Answer::Later { why, .. }) => {
                    tracing::info!(%why, "A draft put aside waits");
                    return Ok(Round::Later);
                }
                Some(Answer::Refused { .. }) => Err("Province refuses a draft put aside"),
                None => Err("A draft put aside cannot be read"),
            },
            Owed::Drop(why) => match province.drop_aside(parcel, why).await {
                Answer::Received(()) => Ok(()),
                Answer::Later { why, .. } => {
                    tracing::info!(%why, "A draft put aside is dropped later");
                    return Ok(Round::Later);
                }
                Answer::Refused { .. } => Err("Province refuses to drop a draft put aside"),
            },
        };
        if let Err(what) = heard {
            // Time mends neither; its holder is told by whichever kiosk reads the code.
            tracing::error!(what);
        }
        settle(store, parcel, owed).await?;
    }
    Ok(Round::AllHeard)
}

async fn settle(store: &StoreHandle, parcel: Uuid, heard: Owed) -> Result<(), StoreGone> {
    let settled = store.call(move |store| store.aside_is_settled(parcel, heard)).await?;
    if let Err(error) = settled {
        tracing::error!(%error, "A draft put aside cannot be settled");
    }
    Ok(())
}

/// Reading a parcel blocks, so it has a thread of its own while it lasts. `None`: its file cannot be read.
async fn kept(
    store: &StoreHandle,
    province: &Arc<HttpProvince>,
    one: OwedAside,
) -> Result<Option<Answer<Timestamp>>, StoreGone> {
    let path = match store.call(move |store| store.aside_path(one.parcel)).await? {
        Ok(path) => path,
        Err(_) => return Ok(None),
    };
    let Ok(file) = File::open(path) else { return Ok(None) };
    let province = Arc::clone(province);
    let runtime = Handle::current();
    let sending = tokio::task::spawn_blocking(move || {
        runtime.block_on(province.keep_aside(one.parcel, &one.sealed, &Whole(file)))
    });
    Ok(sending.await.ok())
}

struct Whole(File);

impl FileSource for Whole {
    fn read(&self, _file: usize, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.0.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }
}
