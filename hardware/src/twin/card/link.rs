//! The wire from the card to a virtual reader: TCP to `vpcd`, the driver of that reader in pcscd.
//!
//! Each message is a length (two bytes, big-endian) and so many bytes. One byte is a control: power
//! off, power on, reset, and the question for the ATR; more are a command. While a card is inserted
//! the card's side calls, and calls again when the reader was away.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::linux::net::TcpStreamExt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rand::Rng;

use super::chip::{Chip, Reaction};
use super::people::{self, Person};
use super::personal::Personal;
use super::trouble::CardTrouble;

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const ATR_WANTED: u8 = 4;

/// Between two calls to a reader that does not take them.
const CALL_AGAIN: Duration = Duration::from_millis(50);
/// How long a card that was taken away stays away: a reader looks for its card every 400 ms
/// (pcscd 1.9), and a swap that it does not see leaves it with a card that is not there.
const AWAY_MIN: Duration = Duration::from_millis(600);
/// How long one call may take.
const CALL_MAX: Duration = Duration::from_secs(2);
/// How long an answer may wait for a reader that does not take it.
const WRITE_MAX: Duration = Duration::from_secs(10);
/// How long a silent card says nothing before its field is taken as lost.
const SILENCE_MAX: Duration = Duration::from_secs(120);

/// What a reader makes of a contactless card of type B (PC/SC part 3 clause 3.1.3.2.3): protocols
/// T=0 and T=1 named, eight historical bytes from the ATQB, and their check byte.
pub const ATR: [u8; 13] = [
    0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x33, 0x81, 0x81, 0x00, 0x3A,
];

/// One reader's slot: what lies on it, and what is wrong with it.
pub struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    card: Option<Card>,
    fault: Option<(CardTrouble, u32)>,
    /// Counts every change that ends the link.
    generation: u64,
    /// The link, to be cut from outside.
    link: Option<TcpStream>,
    away_until: Option<Instant>,
    traffic: Traffic,
    stop: bool,
}

/// What went over the wire since the reader was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Commands that were answered.
    pub commands: u64,
    pub command_bytes: u64,
    pub answer_bytes: u64,
}

struct Card {
    person: &'static Person,
    chip: Chip,
}

/// Why the link is over.
enum End {
    /// The reader is gone, or the card is another one: call again if there is a card.
    Cut,
    Broken(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        let hung_up = matches!(
            error.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
        );
        if hung_up { Self::Cut } else { Self::Broken(error) }
    }
}

impl Slot {
    /// A slot without a card, and the thread that serves it.
    pub fn open(reader: SocketAddr) -> io::Result<(Arc<Self>, JoinHandle<()>)> {
        let slot = Arc::new(Self {
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let serving = Arc::clone(&slot);
        let thread = thread::Builder::new()
            .name("virtual-card".to_owned())
            .spawn(move || serving.run(reader))?;
        Ok((slot, thread))
    }

    /// Ends the thread.
    pub fn stop(&self) {
        let mut state = self.state();
        state.stop = true;
        self.cut(&mut state);
    }

    /// Lays a card down, in the place of another one.
    pub fn insert(&self, person: &'static Person) {
        let mut state = self.state();
        let random = Box::new(|bytes: &mut [u8]| rand::rng().fill_bytes(bytes));
        let personal = write(person, state.fault);
        let mut chip = Chip::new(Arc::clone(&personal), random);
        chip.set_fault(state.fault, personal);
        state.card = Some(Card { person, chip });
        self.cut(&mut state);
    }

    pub fn remove(&self) {
        let mut state = self.state();
        state.card = None;
        self.cut(&mut state);
    }

    /// Ends the link. A card that lies there calls again.
    pub fn break_off(&self) {
        let mut state = self.state();
        self.cut(&mut state);
    }

    pub fn inserted(&self) -> Option<&'static Person> {
        self.state().card.as_ref().map(|card| card.person)
    }

    pub fn set_fault(&self, fault: Option<(CardTrouble, u32)>) {
        let mut state = self.state();
        let was_silent = matches!(state.fault, Some((CardTrouble::Silent, _)));
        state.fault = fault;
        if let Some(card) = &mut state.card {
            card.chip.set_fault(fault, write(card.person, fault));
        }
        // A reader may be waiting for an answer that will not come.
        if was_silent {
            self.cut(&mut state);
        }
    }

    pub fn fault(&self) -> Option<CardTrouble> {
        self.state().fault.map(|(fault, _)| fault)
    }

    pub fn traffic(&self) -> Traffic {
        self.state().traffic
    }

    fn run(&self, reader: SocketAddr) {
        while let Some(generation) = self.wait_for_card() {
            let link = match TcpStream::connect_timeout(&reader, CALL_MAX) {
                Ok(link) => link,
                // No reader yet, or it has another card: one call after another, until there is none to make.
                Err(_) => {
                    self.pause(generation, CALL_AGAIN);
                    continue;
                }
            };
            match self.serve(link, generation) {
                End::Cut => {}
                End::Broken(error) => tracing::warn!(%error, "The wire of the virtual card broke"),
            }
            let mut state = self.state();
            state.link = None;
            state.away_until = Some(Instant::now() + AWAY_MIN);
        }
    }

    /// The generation of the card that lies there, as soon as one does; `None` when all is over.
    fn wait_for_card(&self) -> Option<u64> {
        let mut state = self.state();
        while !state.stop {
            let away = state
                .away_until
                .map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
            state = match &state.card {
                Some(_) if away.is_zero() => return Some(state.generation),
                Some(_) => {
                    let waited = self.changed.wait_timeout(state, away);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        None
    }

    fn serve(&self, mut link: TcpStream, generation: u64) -> End {
        match self.serve_all(&mut link, generation) {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    fn serve_all(&self, link: &mut TcpStream, generation: u64) -> Result<std::convert::Infallible, End> {
        link.set_nodelay(true)?;
        link.set_write_timeout(Some(WRITE_MAX))?;
        let outside = link.try_clone()?;
        {
            let mut state = self.state();
            if state.generation != generation {
                return Err(End::Cut);
            }
            state.link = Some(outside);
        }
        loop {
            // vpcd sends length and bytes apart, and the second waits for an acknowledgement of the
            // first: a command takes 50 ms without this wish and 0.1 ms with it (measured through pcscd
            // 1.9.9). The system forgets the wish after each read.
            link.set_quickack(true)?;
            let mut length = [0; 2];
            link.read_exact(&mut length)?;
            link.set_quickack(true)?;
            let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
            link.read_exact(&mut message)?;

            match *message.as_slice() {
                [] => {}
                [POWER_OFF | POWER_ON | RESET] => self.with_chip(generation, Chip::reset)?,
                [ATR_WANTED] => send(link, &ATR)?,
                [_] => tracing::warn!("A virtual reader sent an unknown control"),
                _ => self.command(link, generation, &message)?,
            }
        }
    }

    fn command(&self, link: &mut TcpStream, generation: u64, message: &[u8]) -> Result<(), End> {
        match self.with_chip(generation, |chip| chip.command(message))? {
            Reaction::Answer { bytes, delay } => {
                self.pause(generation, delay);
                send(link, &bytes)?;
                let traffic = &mut self.state().traffic;
                traffic.commands += 1;
                traffic.command_bytes += message.len() as u64;
                traffic.answer_bytes += bytes.len() as u64;
                Ok(())
            }
            Reaction::Silence => {
                self.pause(generation, SILENCE_MAX);
                Err(End::Cut)
            }
            Reaction::Gone => {
                self.remove();
                Err(End::Cut)
            }
        }
    }

    fn with_chip<T>(&self, generation: u64, act: impl FnOnce(&mut Chip) -> T) -> Result<T, End> {
        let mut state = self.state();
        match &mut *state {
            State {
                card: Some(card),
                generation: now,
                ..
            } if *now == generation => Ok(act(&mut card.chip)),
            State { .. } => Err(End::Cut),
        }
    }

    /// Waits so long, or until something has changed.
    fn pause(&self, generation: u64, most: Duration) {
        let until = Instant::now() + most;
        let mut state = self.state();
        while state.generation == generation && !state.stop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn cut(&self, state: &mut State) {
        state.generation += 1;
        if let Some(link) = state.link.take()
            && let Err(error) = link.shutdown(Shutdown::Both)
            && error.kind() != ErrorKind::NotConnected
        {
            tracing::warn!(%error, "The wire of the virtual card could not be cut");
        }
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(person: &Person, fault: Option<(CardTrouble, u32)>) -> Arc<Personal> {
    Arc::new(Personal::write(person, fault.map(|(trouble, _)| trouble)))
}

/// Length and bytes in one piece.
fn send(link: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    let length = u16::try_from(bytes.len()).map_err(|_| ErrorKind::InvalidData)?;
    link.write_all(&[&length.to_be_bytes(), bytes].concat())
}

/// The person of a sample, or the error that there is none.
pub fn person(sample: &str) -> io::Result<&'static Person> {
    people::find(sample)
        .ok_or_else(|| io::Error::new(ErrorKind::NotFound, format!("No sample card is called {sample}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_byte_of_the_atr_is_right() {
        assert_eq!(ATR[1..].iter().fold(0, |sum, byte| sum ^ byte), 0);
    }
}
