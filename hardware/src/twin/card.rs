//! The virtual ID card: a chip that refuses like a chip, held before a virtual reader.
//!
//! It stands at the wire. Commands (APDUs) come from the real driver through PC/SC and the virtual
//! reader `vpcd`; the chip answers them by ICAO Doc 9303 parts 10 to 12, with files signed by a
//! sample authority. People, numbers and papers are invented.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

mod apdu;
mod authority;
mod chip;
mod cipher;
mod curve;
mod link;
mod messaging;
mod other;
mod pcscd;
mod people;
mod personal;
mod tlv;
mod trouble;

pub use self::authority::Authority;
#[cfg(test)]
pub(crate) use self::chip::{Chip, Reaction};
use self::link::Slot;
pub use self::link::Traffic;
pub use self::other::{OtherProgram, Sharing};
pub use self::pcscd::{Pcscd, READERS_MAX};
pub use self::people::{Birth, Person, SignedBy, find};
#[cfg(test)]
pub(crate) use self::personal::Personal;
pub use self::trouble::CardTrouble;

/// A hand with sample cards, at one virtual reader. Clones are handles to the same reader; what lies
/// on it is taken away with the last one.
#[derive(Clone)]
pub struct VirtualCard {
    owner: Arc<Owner>,
}

struct Owner {
    slot: Arc<Slot>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.slot.stop();
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("The thread of the virtual card panicked");
        }
    }
}

impl VirtualCard {
    /// A reader's slot without a card. `vpcd` is where the virtual reader waits for its card; it may
    /// come later, and go and come again.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn open(vpcd: SocketAddr) -> io::Result<Self> {
        let (slot, thread) = Slot::open(vpcd)?;
        Ok(Self {
            owner: Arc::new(Owner {
                slot,
                thread: Mutex::new(Some(thread)),
            }),
        })
    }

    /// The people whose cards [`VirtualCard::insert`] takes, in the order of the dock.
    pub fn samples() -> &'static [Person] {
        people::PEOPLE
    }

    /// Lays a sample card on the reader, in the place of what lies there.
    ///
    /// # Errors
    /// `NotFound`: no sample has this name.
    pub fn insert(&self, sample: &str) -> io::Result<()> {
        self.owner.slot.insert(link::person(sample)?);
        Ok(())
    }

    /// Takes the card away, if there is one.
    pub fn remove(&self) {
        self.owner.slot.remove();
    }

    /// Breaks off what the reader says to the card, as when it loses its power. The card stays where it lies.
    pub fn cut(&self) {
        self.owner.slot.break_off();
    }

    /// The sample that lies on the reader.
    pub fn inserted(&self) -> Option<String> {
        self.owner.slot.inserted().map(|person| person.sample.to_owned())
    }

    /// Breaks the card on the reader and those that come, from the next command on; or mends them.
    pub fn set_fault(&self, fault: Option<CardTrouble>) {
        self.owner.slot.set_fault(fault.map(|fault| (fault, 0)));
    }

    /// Breaks it after so many more commands, counted anew for each card that is laid down.
    pub fn set_fault_after(&self, commands: u32, fault: CardTrouble) {
        self.owner.slot.set_fault(Some((fault, commands)));
    }

    /// What is broken now or will be.
    pub fn fault(&self) -> Option<CardTrouble> {
        self.owner.slot.fault()
    }

    /// What went over the wire since the reader was opened.
    pub fn traffic(&self) -> Traffic {
        self.owner.slot.traffic()
    }

    /// The certificate of the sample authority (PEM): what a kiosk's configuration names as anchor.
    pub fn anchor() -> String {
        Authority::sample().certificate_pem()
    }
}

/// Bytes from hexadecimal digits.
#[cfg(test)]
fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|digit| digit.to_digit(16).unwrap() as u8)
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
