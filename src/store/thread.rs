//! The store's own thread, and the handle by which the others reach it.
//!
//! The store blocks and has one writer, so it lives on one thread that takes closures in order. What a closure
//! returns is sent back when it is on the disk. The thread ends when the last handle is gone or a closure
//! panics; then every call answers [`StoreGone`] and the process should end too.

use std::thread::JoinHandle;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::store::{Opened, Store};

/// How many calls may wait. A full queue makes callers wait: at 10 ms a commit it is about half a second.
pub const WAITING_CALLS_MAX: usize = 64;

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

    /// The same for threads outside the runtime. Panics within one, as Tokio does.
    pub fn call_blocking<T, F>(&self, act: F) -> Result<T, StoreGone>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let call: Call = Box::new(move |store| drop(answer.send(act(store))));
        self.calls.blocking_send(call).map_err(|_| StoreGone)?;
        answered.blocking_recv().map_err(|_| StoreGone)
    }
}
