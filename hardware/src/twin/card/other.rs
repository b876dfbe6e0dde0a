//! Another program that uses the reader: a browser's plugin, a signing tool, whatever takes each card that it sees.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pcsc::{Card, Context, Disposition, Error, Protocols, Scope, ShareMode};

/// Between two tries to have a card, and between two looks whether it is still there.
const TRY_AGAIN: Duration = Duration::from_millis(20);

/// How the other program takes a card. Either way nobody else has it for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    Exclusive,
    Shared,
}

/// A client of the PC/SC service of this process's environment, which takes the first card that it can have and keeps it
/// until the card goes, and then the next. It lets go when this is dropped.
pub struct OtherProgram {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl OtherProgram {
    /// # Errors
    /// No thread can be had.
    pub fn start(sharing: Sharing) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let mode = match sharing {
            Sharing::Exclusive => ShareMode::Exclusive,
            Sharing::Shared => ShareMode::Shared,
        };
        let thread = thread::Builder::new()
            .name("other-program".to_owned())
            .spawn(move || run(mode, &stopped))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for OtherProgram {
    fn drop(&mut self) {
        self.stop = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("The other program at the reader panicked");
        }
    }
}

fn run(mode: ShareMode, stopped: &Receiver<()>) {
    let mut context = None;
    while is_wanted(stopped) {
        match take(&mut context, mode) {
            Ok(Some(card)) => keep(card, stopped),
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%error, "The other program has no reader");
                context = None;
            }
        }
    }
}

/// Waits a moment; false at the end.
fn is_wanted(stopped: &Receiver<()>) -> bool {
    stopped.recv_timeout(TRY_AGAIN) == Err(RecvTimeoutError::Timeout)
}

/// A card that nobody else has, if there is one.
fn take(context: &mut Option<Context>, mode: ShareMode) -> Result<Option<Card>, Error> {
    let context = match context {
        Some(context) => context,
        None => context.insert(Context::establish(Scope::System)?),
    };
    for reader in context.list_readers_owned()? {
        match context.connect(&reader, mode, Protocols::ANY) {
            Ok(card) => return Ok(Some(card)),
            Err(error @ (Error::NoService | Error::ServiceStopped | Error::InvalidHandle)) => return Err(error),
            Err(error) => tracing::trace!(%error, "The other program cannot have a card"),
        }
    }
    Ok(None)
}

/// Until the card goes, or the reader, or the service, or the program ends.
fn keep(card: Card, stopped: &Receiver<()>) {
    while is_wanted(stopped) && card.status2_owned().is_ok() {}
    if let Err((_, error)) = card.disconnect(Disposition::LeaveCard) {
        tracing::debug!(%error, "The other program's card is gone");
    }
}
