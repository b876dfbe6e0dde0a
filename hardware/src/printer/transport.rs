//! The wire to a printer: bytes out, counted, and bytes in. Knows nothing of what they mean.

mod descriptor;
mod file;
mod serial;
mod tcp;

use std::io;
use std::time::{Duration, Instant};

pub use file::DeviceFile;
pub use serial::{Flow, SerialPort};
pub use tcp::Tcp;

/// A write that ended before its last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause} after {count} bytes")]
pub struct ShortWrite {
    /// Bytes that the device took before.
    pub count: usize,
    pub cause: Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error("device is gone")]
    Gone,
    #[error("device takes no more bytes")]
    Stuck,
}

/// The other end has gone; only a new connection helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("device is gone")]
pub struct Gone;

/// An open connection to a printer.
pub trait Transport: Send {
    /// Writes all bytes, or as many as the device takes before `deadline`, and says how many those were.
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ShortWrite>;

    /// Waits at most `timeout` for bytes; 0 means that none came.
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Gone>;
}

/// Where a printer is, and how to reach it again when it had gone.
pub trait Connector: Send {
    /// # Errors
    /// Whatever the operating system says; for a caller all of them mean "unplugged".
    fn connect(&mut self) -> io::Result<Box<dyn Transport>>;

    /// How long an idle connection may be used again; `None` if idling does it no harm.
    fn idle_max(&self) -> Option<Duration> {
        None
    }
}
