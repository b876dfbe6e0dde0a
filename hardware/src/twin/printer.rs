//! The virtual printer: understands ESC/POS, draws its paper, and can be broken by hand.
//!
//! It stands at the wire: bytes come in by a cable from the driver in this program and by TCP, go
//! through a receive buffer as large as a real one's, and become rows of dots at a real pace. What a
//! printer that stays powered would keep while the kiosk's program dies is kept in a folder.

mod command;
mod disk;
mod machine;
mod paper;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::printer::dots::DOTS_PER_MM;
use crate::printer::transport::Connector;
use crate::printer::{Answers, EscposPrinter, PaperDots};
use machine::{Machine, Step};

/// Rows printed between two pauses: 2 mm.
const STRIDE_ROWS: u32 = 2 * DOTS_PER_MM;

/// What can be wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VirtualFault {
    /// The roll has ended: printing stops, the buffer is kept, and goes on when a new roll is in.
    OutOfPaper,
    /// Only told; printing goes on.
    NearEnd,
    /// Printing stops until it is closed.
    CoverOpen,
    /// Prints and cannot cut.
    CutterJam,
    /// Pauses until mended.
    Hot,
    /// Prints and answers nothing.
    Silent,
    /// Cable and power are out: connections break, what was in the buffer is lost.
    Unplugged,
    /// Something else answers in its place, and prints nothing.
    Garbage,
}

/// A piece of paper that came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSlip {
    /// Counted from 1.
    pub n: u32,
    /// Printed without a break from its first row to the cut.
    pub whole: bool,
    /// QR codes as a camera reads them from the paper, then barcodes.
    pub codes: Vec<String>,
    pub started_unix_ms: u64,
    pub ended_unix_ms: u64,
}

/// How fast paper moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    MmPerSecond(u32),
    Instant,
}

impl Pace {
    /// A common printer.
    pub const USUAL: Self = Self::MmPerSecond(250);
}

/// A handle to the printer; it ends with the last one.
#[derive(Clone)]
pub struct VirtualPrinter {
    owner: Arc<Owner>,
}

pub(crate) struct Shared {
    machine: Mutex<Machine>,
    changed: Condvar,
}

impl Shared {
    /// A panic while the lock was held leaves a machine that is still worth asking.
    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, machine: MutexGuard<'a, Machine>, most: Duration) -> MutexGuard<'a, Machine> {
        self.changed
            .wait_timeout(machine, most)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

struct Owner {
    shared: Arc<Shared>,
    paper: PaperDots,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.machine().stop = true;
        self.shared.changed.notify_all();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("A thread of the virtual printer panicked");
            }
        }
    }
}

impl VirtualPrinter {
    /// The printer whose things are kept in `folder`, with paper of 576 or 384 dots.
    ///
    /// # Errors
    /// The folder cannot be used, or there is no such paper.
    pub fn open(folder: &Path, dots: u32) -> io::Result<Self> {
        Self::open_with_pace(folder, dots, Pace::USUAL)
    }

    /// As [`VirtualPrinter::open`], at another pace.
    ///
    /// # Errors
    /// As [`VirtualPrinter::open`].
    pub fn open_with_pace(folder: &Path, dots: u32, pace: Pace) -> io::Result<Self> {
        let paper = PaperDots::try_from(dots).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let machine = Machine::open(folder, dots)?;
        let shared = Arc::new(Shared {
            machine: Mutex::new(machine),
            changed: Condvar::new(),
        });
        let engine = Arc::clone(&shared);
        let engine = thread::Builder::new()
            .name("virtual-printer".to_owned())
            .spawn(move || run(&engine, pace))?;
        Ok(Self {
            owner: Arc::new(Owner {
                shared,
                paper,
                threads: Mutex::new(vec![engine]),
            }),
        })
    }

    /// The cable for a driver in this program.
    pub fn connector(&self) -> Box<dyn Connector> {
        Box::new(wire::Cable {
            shared: Arc::clone(&self.owner.shared),
        })
    }

    /// The real driver at the end of that cable.
    pub fn driver(&self) -> EscposPrinter {
        EscposPrinter::over(self.connector(), self.owner.paper, Answers::Auto)
    }

    /// Listens as printers do on port 9100. One connection is served at a time, others wait.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub fn listen(&self, address: SocketAddr) -> io::Result<SocketAddr> {
        let (address, thread) = wire::listen(&self.owner.shared, address)?;
        self.owner
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(thread);
        Ok(address)
    }

    /// Breaks it, or mends it with `None`; with `after_bytes` the fault strikes when so many more bytes have come in.
    pub fn set_fault(&self, fault: Option<VirtualFault>, after_bytes: Option<u64>) {
        self.owner.shared.machine().set_fault(fault, after_bytes);
        self.owner.shared.changed.notify_all();
    }

    pub fn fault(&self) -> Option<VirtualFault> {
        self.owner.shared.machine().fault()
    }

    /// The paper that came out, oldest first.
    pub fn slips(&self) -> Vec<PaperSlip> {
        self.owner.shared.machine().slips().to_vec()
    }

    /// The picture of slip `n`, one pixel a dot.
    pub fn slip_png(&self, n: u32) -> Option<Vec<u8>> {
        self.owner.shared.machine().disk().png(n)
    }

    /// All bytes it ever got, up to 64 MiB.
    pub fn bytes(&self) -> Vec<u8> {
        self.owner.shared.machine().disk().bytes().unwrap_or_else(|error| {
            tracing::error!(%error, "Virtual printer cannot read its record");
            Vec::new()
        })
    }
}

/// The print head: works as long as there is something to do, at its pace.
fn run(shared: &Shared, pace: Pace) {
    let mut machine = shared.machine();
    let mut moved_rows = 0;
    while !machine.stop {
        match machine.step() {
            Step::Idle => machine = shared.wait(machine, Duration::from_secs(1)),
            Step::Moved { rows } => {
                moved_rows += rows;
                shared.changed.notify_all();
            }
        }
        if let (true, Pace::MmPerSecond(speed)) = (moved_rows >= STRIDE_ROWS, pace) {
            drop(machine);
            let micros = u64::from(moved_rows) * 1_000_000 / u64::from(DOTS_PER_MM * speed.max(1));
            moved_rows = 0;
            thread::sleep(Duration::from_micros(micros));
            machine = shared.machine();
        }
    }
}
