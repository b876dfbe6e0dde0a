//! A code scanner on a serial port: USB in CDC-ACM mode, or RS-232.
//!
//! Not keyboard mode, which mangles Vietnamese. Modem lines are neither set nor asked for: a CDC
//! device may lack them and a pty does. The port is opened when it is first read, and again, less and
//! less often, when it has gone; it is named by a link of udev that stays the same.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serialport::{SerialPort, TTYPort};
use tracing::{debug, info, warn};

use super::framing::Framer;
use super::{CodeFault, CodeReader, Reading};

/// A code without a line end is over when nothing came for this long. At 9600 baud a byte takes
/// 1 ms; a USB hub under load may hold a packet back for tens of them.
const PAUSE: Duration = Duration::from_millis(150);
/// Noise is told at most this often, so that a flood of it does not flood the screen.
const NOISE_EVERY: Duration = Duration::from_secs(2);
/// First and longest time between two attempts to open the port.
const REOPEN_AFTER: Duration = Duration::from_millis(250);
const REOPEN_AFTER_MAX: Duration = Duration::from_secs(2);
/// What is read from the port at once.
const CHUNK_BYTES: usize = 1024;

/// A code scanner in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SerialConfig {
    /// The port, e.g. `/dev/kiosk-code`.
    pub port: PathBuf,
    /// Bits per second, always 8N1. CDC-ACM ignores it.
    pub baud: u32,
}

/// A code scanner. The port is opened by the first read.
pub fn open(config: SerialConfig) -> Box<dyn CodeReader> {
    Box::new(SerialReader {
        config,
        port: None,
        reopen_after: REOPEN_AFTER,
        reopen_at: Instant::now(),
        framer: Framer::default(),
        chunk: [0; CHUNK_BYTES],
        unread: 0..0,
        byte_at: Instant::now(),
        noise_told_at: None,
    })
}

struct SerialReader {
    config: SerialConfig,
    port: Option<TTYPort>,
    reopen_after: Duration,
    reopen_at: Instant,
    framer: Framer,
    chunk: [u8; CHUNK_BYTES],
    /// The part of `chunk` that was not framed yet.
    unread: std::ops::Range<usize>,
    /// When the last byte came.
    byte_at: Instant,
    noise_told_at: Option<Instant>,
}

impl CodeReader for SerialReader {
    fn read(&mut self, wait: Duration) -> Result<Option<Reading>, CodeFault> {
        let deadline = Instant::now() + wait;
        self.reopen(deadline)?;

        // What is there is taken at least once, also when `wait` is nothing; a flood ends at the deadline.
        loop {
            if let Some(reading) = self.next_reading() {
                return Ok(Some(reading));
            }
            let came = self.receive(deadline)?;
            if let Some(reading) = self.next_reading() {
                return Ok(Some(reading));
            }
            if !came && self.pause_is_over() {
                let ended = self.framer.end();
                if let Some(reading) = ended.and_then(|reading| self.let_through(reading)) {
                    return Ok(Some(reading));
                }
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }
}

impl SerialReader {
    /// Makes sure that the port is open, or waits until it may be tried again.
    fn reopen(&mut self, deadline: Instant) -> Result<(), CodeFault> {
        if self.port.is_some() {
            return Ok(());
        }

        std::thread::sleep(self.reopen_at.min(deadline).saturating_duration_since(Instant::now()));
        if Instant::now() < self.reopen_at {
            return Err(CodeFault::Unplugged);
        }

        match serialport::new(self.config.port.to_string_lossy(), self.config.baud).open_native() {
            Ok(port) => {
                info!(port = %self.config.port.display(), "Code scanner opened");
                self.port = Some(port);
                self.reopen_after = REOPEN_AFTER;
                Ok(())
            }
            Err(error) => {
                debug!(%error, port = %self.config.port.display(), "Code scanner cannot be opened");
                self.reopen_at = Instant::now() + self.reopen_after;
                self.reopen_after = (self.reopen_after * 2).min(REOPEN_AFTER_MAX);
                Err(CodeFault::Unplugged)
            }
        }
    }

    /// Waits for bytes until `deadline`, or until the pause that ends a code.
    fn receive(&mut self, deadline: Instant) -> Result<bool, CodeFault> {
        let until = if self.framer.has_begun() {
            deadline.min(self.byte_at + PAUSE)
        } else {
            deadline
        };
        let wait = until.saturating_duration_since(Instant::now());
        let Some(port) = &mut self.port else {
            return Err(CodeFault::Unplugged);
        };

        let received = match port.set_timeout(wait) {
            Ok(()) => port.read(&mut self.chunk),
            Err(error) => Err(error.into()),
        };
        match received {
            Ok(count) if count > 0 => {
                self.unread = 0..count;
                self.byte_at = Instant::now();
                Ok(true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Ok(false),
            // A port that is gone reads as empty, or as an error of many kinds.
            Ok(_) | Err(_) => Err(self.lose()),
        }
    }

    fn lose(&mut self) -> CodeFault {
        warn!(port = %self.config.port.display(), "Code scanner is gone");
        self.port = None;
        self.reopen_at = Instant::now() + self.reopen_after;
        // Half a code from before is not the beginning of one from after.
        self.framer.clear();
        self.unread = 0..0;
        CodeFault::Unplugged
    }

    fn pause_is_over(&self) -> bool {
        self.framer.has_begun() && self.byte_at.elapsed() >= PAUSE
    }

    /// The next reading among the bytes that came. What was framed is wiped.
    fn next_reading(&mut self) -> Option<Reading> {
        while !self.unread.is_empty() {
            let (taken, reading) = self.framer.take(&self.chunk[self.unread.clone()]);
            self.chunk[self.unread.start..self.unread.start + taken].fill(0);
            self.unread.start += taken;

            if let Some(reading) = reading.and_then(|reading| self.let_through(reading)) {
                return Some(reading);
            }
        }
        None
    }

    /// Lets every code pass, and noise not too often.
    fn let_through(&mut self, reading: Reading) -> Option<Reading> {
        if reading == Reading::Noise {
            if self.noise_told_at.is_some_and(|told| told.elapsed() < NOISE_EVERY) {
                return None;
            }
            self.noise_told_at = Some(Instant::now());
        }
        Some(reading)
    }
}
