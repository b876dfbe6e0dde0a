//! The line to one card: a thread that speaks to it, and a deadline for each answer.

use std::ffi::{CStr, CString};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pcsc::{Card, Context, Disposition, Error, MAX_BUFFER_SIZE_EXTENDED, Protocols, Scope, ShareMode};

use crate::card::chip::{Line, LineFault};

/// A chip asks its reader for more time when it needs it; a whole photograph in one answer takes some seconds.
const ANSWER_SECS_MAX: u64 = 8;
/// Switching a card off takes a moment.
const CLOSE_SECS_MAX: u64 = 2;

enum Ask {
    Transmit(Vec<u8>),
    Reset,
}

type Told = Result<Vec<u8>, LineFault>;

pub(super) struct Wire {
    asks: Option<SyncSender<Ask>>,
    answers: Receiver<Told>,
    thread: JoinHandle<()>,
}

impl Wire {
    /// Takes the card for ourselves: nobody else may speak to it while it is open.
    pub fn connect(reader: &CStr) -> Result<Self, LineFault> {
        let (asks, asked) = sync_channel(1);
        let (tell, answers) = sync_channel(1);
        let reader = reader.to_owned();
        let thread = thread::Builder::new()
            .name("card-line".to_owned())
            .spawn(move || speak(&reader, &asked, &tell))
            .map_err(|_: io::Error| LineFault::ReaderGone)?;
        let wire = Self {
            asks: Some(asks),
            answers,
            thread,
        };
        wire.answer()?;
        Ok(wire)
    }

    /// Lets go of the card, so that the next one can have it. What comes back is a thread that the card still holds.
    pub fn close(mut self) -> Option<JoinHandle<()>> {
        self.asks = None;
        let patience = Duration::from_secs(CLOSE_SECS_MAX);
        while let Ok(_late) = self.answers.recv_timeout(patience) {}
        let gone = matches!(self.answers.try_recv(), Err(TryRecvError::Disconnected));
        if gone { None } else { Some(self.thread) }
    }

    fn ask(&self, ask: Ask) -> Told {
        let asks = self.asks.as_ref().ok_or(LineFault::Silent)?;
        asks.try_send(ask).map_err(|_| LineFault::Silent)?;
        self.answer()
    }

    fn answer(&self) -> Told {
        match self.answers.recv_timeout(Duration::from_secs(ANSWER_SECS_MAX)) {
            Ok(told) => told,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(LineFault::Silent),
        }
    }
}

impl Line for Wire {
    fn transmit(&mut self, command: &[u8]) -> Told {
        self.ask(Ask::Transmit(command.to_vec()))
    }

    fn reset(&mut self) -> Result<(), LineFault> {
        self.ask(Ask::Reset).map(drop)
    }
}

/// Connects, says so, and then answers until nobody asks any more.
fn speak(reader: &CString, asked: &Receiver<Ask>, tell: &SyncSender<Told>) {
    let connected = Context::establish(Scope::System)
        .and_then(|context| context.connect(reader, ShareMode::Exclusive, Protocols::ANY));
    let mut card = match connected {
        Ok(card) => card,
        Err(error) => {
            // Who asked has given up, or hears it.
            drop(tell.send(Err(fault(error))));
            return;
        }
    };
    let mut buffer = vec![0; MAX_BUFFER_SIZE_EXTENDED];
    let mut told = Ok(Vec::new());
    while tell.send(told).is_ok() {
        told = match asked.recv() {
            Ok(Ask::Transmit(command)) => card.transmit(&command, &mut buffer).map(<[u8]>::to_vec).map_err(fault),
            Ok(Ask::Reset) => reset(&mut card).map(|()| Vec::new()).map_err(fault),
            Err(_) => break,
        };
    }
    buffer.fill(0);
    // The session is gone for whoever comes next; a card that is gone cannot be reset.
    drop(card.disconnect(Disposition::UnpowerCard));
}

fn reset(card: &mut Card) -> Result<(), Error> {
    card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::UnpowerCard)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "PC/SC has some eighty errors")]
fn fault(error: Error) -> LineFault {
    match error {
        Error::RemovedCard | Error::NoSmartcard => LineFault::Removed,
        Error::SharingViolation => LineFault::Held,
        Error::UnresponsiveCard | Error::UnpoweredCard | Error::Timeout => LineFault::Silent,
        Error::NoService
        | Error::ServiceStopped
        | Error::NoReadersAvailable
        | Error::UnknownReader
        | Error::ReaderUnavailable
        | Error::InvalidHandle
        | Error::CommError
        | Error::Shutdown => LineFault::ReaderGone,
        _ => LineFault::NotCarried,
    }
}
