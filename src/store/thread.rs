//! The store's own thread, and the handle by which the others reach it.
//!
//! The store blocks and has one writer, so it lives on one thread that takes closures in order. What a closure
//! returns is sent back when it is on the disk. The thread ends when the last handle is gone or a closure
//! panics; then every call answers [`StoreGone`] and the process should end too.

use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::store::{Opened, Store};

/// How many calls may wait. A full queue makes callers wait: at 10 ms a commit it is about half a second.
pub const WAITING_CALLS_MAX: usize = 64;

/// How long a blocking caller waits before it looks at a full queue again.
const FULL_QUEUE_PAUSE: Duration = Duration::from_millis(2);

type Call = Box<dyn FnOnce(&mut Store) + Send>;

/// Reaches the store from anywhere. Cheap to clone.
#[derive(Clone)]
pub struct StoreHandle {
    calls: mpsc::Sender<Call>,
}

/// The store's thread has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store has ended")]
pub struct StoreGone;

/// Starts the thread. `mended` hears of a database that had to be moved aside while the kiosk ran; `clock` is
/// asked only then.
///
/// # Errors
/// The system gives no thread.
pub fn spawn(
    store: Store,
    clock: impl Fn() -> Timestamp + Send + 'static,
    mended: impl Fn(Opened) + Send + 'static,
) -> std::io::Result<(StoreHandle, JoinHandle<()>)> {
    let (calls, waiting) = mpsc::channel(WAITING_CALLS_MAX);
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || serve(store, waiting, &clock, &mended))?;
    Ok((StoreHandle { calls }, thread))
}

fn serve(mut store: Store, mut waiting: mpsc::Receiver<Call>, clock: &dyn Fn() -> Timestamp, mended: &dyn Fn(Opened)) {
    while let Some(call) = waiting.blocking_recv() {
        call(&mut store);
        if store.is_damaged() {
            match store.mend(clock()) {
                Ok(opened) => mended(opened),
                Err(error) => tracing::error!(error = %error, "Damaged database could not be moved aside"),
            }
        }
        // Whatever can wait is done when nobody waits.
        if waiting.is_empty() {
            store.tidy();
        }
    }
}

impl StoreHandle {
    /// Runs `act` on the store's thread and waits for its answer.
    ///
    /// Once the call is queued it runs to its end, even if the returned future is dropped.
    pub async fn call<T, F>(&self, act: F) -> Result<T, StoreGone>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let call: Call = Box::new(move |store| drop(answer.send(act(store))));
        self.calls.send(call).await.map_err(|_| StoreGone)?;
        answered.await.map_err(|_| StoreGone)
    }

    /// The same for threads that may block: a device's, or one of [`tokio::task::spawn_blocking`]. On a worker of
    /// the runtime it would hold up the others.
    pub fn call_blocking<T, F>(&self, act: F) -> Result<T, StoreGone>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> T + Send + 'static,
    {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        let mut call: Call = Box::new(move |store| drop(answer.send(act(store))));
        // Tokio's own blocking send refuses threads that drive a future, as a sender of files does.
        loop {
            call = match self.calls.try_send(call) {
                Ok(()) => break,
                Err(TrySendError::Closed(_)) => return Err(StoreGone),
                Err(TrySendError::Full(call)) => call,
            };
            std::thread::sleep(FULL_QUEUE_PAUSE);
        }
        answered.recv().map_err(|_| StoreGone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{About, Rated};
    use crate::store::Settings;
    use crate::store::room::Limits;
    use crate::store::secrets::KioskKey;

    fn face(face: u8) -> Rated {
        Rated {
            face: face.try_into().unwrap(),
            reason: None,
            about: About::default(),
        }
    }

    fn started(folder: &std::path::Path) -> (StoreHandle, JoinHandle<()>) {
        let limits = Limits {
            scan_free_bytes_min: 0,
            numbers_free_bytes_min: 0,
            ballast_bytes: 0,
        };
        let settings = Settings {
            name: "K01".parse().unwrap(),
            limits,
        };
        let key = KioskKey::from_bytes([7; 32]);
        let (store, _) = Store::open(folder, key, settings, Timestamp::UNIX_EPOCH).unwrap();
        spawn(store, Timestamp::now, |_| {}).unwrap()
    }

    #[tokio::test]
    async fn calls_are_answered_in_order_and_the_thread_ends_with_its_last_handle() {
        let folder = tempfile::tempdir().unwrap();
        let (handle, thread) = started(folder.path());
        for score in 1..=5 {
            handle
                .call(move |store| store.rate(&face(score), Timestamp::UNIX_EPOCH))
                .await
                .unwrap()
                .unwrap();
        }
        let counts = handle
            .call(|store| store.ratings(Timestamp::UNIX_EPOCH))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(counts, [1; 5]);
        drop(handle);
        thread.join().unwrap();
    }

    #[tokio::test]
    async fn a_thread_that_drives_a_future_may_wait_for_the_store_even_with_a_full_queue() {
        let folder = tempfile::tempdir().unwrap();
        let (handle, _thread) = started(folder.path());
        let runtime = tokio::runtime::Handle::current();
        let callers: Vec<_> = (0..2 * WAITING_CALLS_MAX)
            .map(|_| {
                let (handle, runtime) = (handle.clone(), runtime.clone());
                let ask = move || handle.call_blocking(|store| store.rate(&face(3), Timestamp::UNIX_EPOCH));
                tokio::task::spawn_blocking(move || runtime.block_on(async { ask() }))
            })
            .collect();
        for caller in callers {
            caller.await.unwrap().unwrap().unwrap();
        }
        let counts = handle
            .call(|store| store.ratings(Timestamp::UNIX_EPOCH))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(counts[2] as usize, 2 * WAITING_CALLS_MAX);
    }

    #[tokio::test]
    async fn after_a_panic_every_call_says_that_the_store_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (handle, thread) = started(folder.path());
        assert_eq!(handle.call(|_| panic!("as a test")).await, Err::<(), _>(StoreGone));
        assert!(thread.join().is_err());
        assert_eq!(handle.call(|_| ()).await, Err(StoreGone));
        let blocking = tokio::task::spawn_blocking(move || handle.call_blocking(|_| ()));
        assert_eq!(blocking.await.unwrap(), Err(StoreGone));
    }
}
