//! Readers that PC/SC knows, through the service `pcscd`.
//!
//! Reader, card and service come and go at any time, also in the middle of a command. A command to a card that says
//! nothing does not end by itself: each card is spoken to on a thread of its own, which is left behind when its deadline
//! is over and ends when the card or the reader goes.

use std::ffi::CString;
use std::thread;
use std::time::{Duration, Instant};

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};
use tracing::{debug, info};

use self::line::Wire;
use super::chip::ChipError;
use super::reading::{self, Memory};
use super::{CardFault, CardReader, Holder, Progress, Request, Slot};

mod line;

/// How long is waited before a service that is not there is asked for again.
const SERVICE_PAUSE: Duration = Duration::from_millis(500);
/// What the state of a card that somebody is connected to says, by how they share it.
const TAKEN: State = State::EXCLUSIVE.union(State::INUSE);
/// What the state of a reader says that is not there: its name is not known, or its driver has lost it.
const LOST: State = State::UNKNOWN.union(State::UNAVAILABLE);
/// A kiosk has one reader; a machine with more of them than this is something else.
const READERS_MAX: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PcscConfig {
    /// A part of the reader's name, as `pcsc_scan` tells it; any reader if it is not given.
    pub reader: Option<String>,
}

/// A reader behind PC/SC. Nothing happens before its first use; one that is not there shows in [`CardReader::watch`].
pub fn open(config: PcscConfig) -> Box<dyn CardReader> {
    Box::new(Pcsc {
        config,
        context: None,
        told: None,
        told_of: None,
        lying: None,
        memory: Memory::default(),
        left_behind: None,
    })
}

struct Pcsc {
    config: PcscConfig,
    context: Option<Context>,
    /// What [`CardReader::watch`] told last.
    told: Option<Result<Slot, CardFault>>,
    /// The card that lay there then.
    told_of: Option<Lying>,
    lying: Option<Lying>,
    /// Of the card that lies there.
    memory: Memory,
    /// The thread whose card does not answer. It ends when the card goes; until then nothing else is asked.
    left_behind: Option<thread::JoinHandle<()>>,
}

/// The card that lies there.
#[derive(Clone, PartialEq, Eq)]
struct Lying {
    reader: CString,
    /// Cards that came and went on this reader: another number is another card.
    events: u32,
}

impl CardReader for Pcsc {
    fn watch(&mut self, patience: Duration) -> Result<Slot, CardFault> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let now = match self.look(left) {
                // Another card lies there than the one that was told: between them there was none.
                Ok(Slot::Card) if self.told == Some(Ok(Slot::Card)) && self.told_of != self.lying => Ok(Slot::Empty),
                now => now,
            };
            let news = self.told != Some(now);
            if news || left.is_zero() {
                if news {
                    debug!(slot = ?now, "Card reader changed");
                }
                self.told = Some(now);
                self.told_of = self.lying.clone();
                return now;
            }
        }
    }

    fn read(&mut self, request: &Request, progress: &mut dyn FnMut(Progress)) -> Result<Holder, CardFault> {
        if self.look(Duration::ZERO)? == Slot::Empty {
            return Err(CardFault::Removed);
        }
        let lying = self.lying.clone().ok_or(CardFault::Removed)?;
        if self.left_behind.is_some() {
            return Err(CardFault::Silent);
        }

        let result = Wire::connect(&lying.reader).map_err(|fault| CardFault::from(ChipError::from(fault)));
        let result = result.and_then(|mut wire| {
            let mut luck = Ok(());
            let mut dice = |bytes: &mut [u8]| luck = std::mem::replace(&mut luck, Ok(())).and(getrandom::fill(bytes));
            let result = reading::read(&mut wire, request, &mut self.memory, &mut dice, progress);
            self.left_behind = wire.close();
            // Without random numbers a session is no secret.
            luck.map_err(|_| CardFault::Broken)?;
            result
        });
        let result = match result {
            // A reader tells a pulled card, or its own end, in many ways.
            Err(fault @ (CardFault::Broken | CardFault::Silent | CardFault::Removed)) => {
                Err(match self.look(Duration::ZERO) {
                    Ok(Slot::Empty) => CardFault::Removed,
                    Err(CardFault::ReaderGone) => CardFault::ReaderGone,
                    Ok(Slot::Card) | Err(_) => fault,
                })
            }
            result => result,
        };
        match &result {
            Ok(holder) => info!(authenticity = ?holder.authenticity, copy = ?holder.copy, "Card read"),
            Err(fault) => info!(%fault, "Card not read"),
        }
        result
    }
}

impl Pcsc {
    /// How the reader is, after at most `patience` of waiting for it to become otherwise than was told last.
    fn look(&mut self, patience: Duration) -> Result<Slot, CardFault> {
        if self.left_behind.as_ref().is_some_and(thread::JoinHandle::is_finished) {
            self.left_behind = None;
        }
        let looked = self.try_look(patience);
        if let Err(error) = looked {
            // The service is gone, and its handles with it.
            self.context = None;
            self.lying = None;
            debug!(%error, "Card service does not answer");
            thread::sleep(patience.min(SERVICE_PAUSE));
        }
        looked.unwrap_or(Err(CardFault::ReaderGone))
    }

    fn try_look(&mut self, patience: Duration) -> Result<Result<Slot, CardFault>, Error> {
        let context = match &self.context {
            Some(context) => context.clone(),
            None => self.context.insert(Context::establish(Scope::System)?).clone(),
        };
        let mut states = self.states(&context)?;
        wait(&context, Duration::ZERO, &mut states)?;
        if self.told == Some(self.judge(&states)) {
            states.iter_mut().for_each(ReaderState::sync_current_state);
            wait(&context, patience, &mut states)?;
            if states.iter().any(|state| state.event_state().intersects(LOST)) {
                states = self.states(&context)?;
                wait(&context, Duration::ZERO, &mut states)?;
            }
        }
        let judged = self.judge(&states);
        self.remember(&states);
        Ok(judged)
    }

    /// One state for each of our readers, and one for readers that come.
    fn states(&self, context: &Context) -> Result<Vec<ReaderState>, Error> {
        let names = match context.list_readers_owned() {
            Err(Error::NoReadersAvailable) => Vec::new(),
            names => names?,
        };
        let part = self.config.reader.as_deref().unwrap_or_default();
        let ours = names.into_iter().filter(|name| name.to_string_lossy().contains(part));
        let news = std::iter::once(PNP_NOTIFICATION().to_owned());
        Ok(ours
            .take(READERS_MAX)
            .chain(news)
            .map(|name| ReaderState::new(name, State::UNAWARE))
            .collect())
    }

    fn judge(&self, states: &[ReaderState]) -> Result<Slot, CardFault> {
        let readers = || states.iter().filter(|state| is_reader(state));
        let present = || readers().filter(|state| state.event_state().contains(State::PRESENT));
        match (readers().count(), present().count()) {
            (0, _) => Err(CardFault::ReaderGone),
            (_, 0) => Ok(Slot::Empty),
            // Taken by another program, not by our own thread that waits for the card's answer. One that would share it
            // keeps us out as well: our session is for nobody else.
            (_, 1) if self.left_behind.is_none() && present().any(|state| state.event_state().intersects(TAKEN)) => {
                Err(CardFault::Held)
            }
            (_, 1) => Ok(Slot::Card),
            (_, _) => Err(CardFault::TwoCards),
        }
    }

    /// Another card has not been tried yet.
    fn remember(&mut self, states: &[ReaderState]) {
        let mut present = states
            .iter()
            .filter(|state| is_reader(state) && state.event_state().contains(State::PRESENT));
        let lying = present.next().map(|state| Lying {
            reader: state.name().to_owned(),
            events: state.event_count(),
        });
        if lying != self.lying {
            self.memory = Memory::default();
            self.lying = lying;
        }
    }
}

fn is_reader(state: &ReaderState) -> bool {
    state.name() != PNP_NOTIFICATION() && !state.event_state().intersects(LOST | State::IGNORE)
}

/// Waits for a change; none within the time is none.
fn wait(context: &Context, patience: Duration, states: &mut [ReaderState]) -> Result<(), Error> {
    match context.get_status_change(patience, states) {
        Ok(()) | Err(Error::Timeout | Error::UnknownReader | Error::ReaderUnavailable) => Ok(()),
        Err(error) => Err(error),
    }
}
