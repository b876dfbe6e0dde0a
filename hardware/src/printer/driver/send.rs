//! The bytes of a slip on their way, counted.

use std::time::{Duration, Instant};

use super::super::PrinterFault;
use super::super::escpos::Encoded;
use super::super::link::Link;
use super::super::transport::{Gone, ShortWrite, Stop};
use super::EscposPrinter;

/// A slip is sent in pieces of this size, between which the printer is listened to.
const PIECE_BYTES: usize = 4_096;
/// How often a write that makes no progress is looked at.
const STALL_LOOK: Duration = Duration::from_millis(250);

impl EscposPrinter {
    /// Sends the slip. What went wrong is said with how many bytes went out before.
    pub(super) fn send(&mut self, encoded: &Encoded, deadline: Instant) -> Result<(), (PrinterFault, usize)> {
        let bytes = &encoded.bytes;
        let mut sent = 0;
        let mut moved_at = Instant::now();
        while sent < bytes.len() {
            let Some(link) = self.link.as_mut() else {
                return Err((PrinterFault::Unplugged, sent));
            };
            let piece = &bytes[sent..bytes.len().min(sent + PIECE_BYTES)];
            match link.send(piece, deadline.min(Instant::now() + STALL_LOOK)) {
                Ok(()) => {
                    sent += piece.len();
                    moved_at = Instant::now();
                }
                Err(ShortWrite { count, cause }) => {
                    sent += count;
                    if count > 0 {
                        moved_at = Instant::now();
                    }
                    if cause == Stop::Gone {
                        self.link = None;
                        return Err((PrinterFault::Unplugged, sent));
                    }
                    self.stalled(moved_at, deadline).map_err(|fault| (fault, sent))?;
                }
            }
            if self.talk(Link::drain).is_err() && sent < bytes.len() {
                return Err((PrinterFault::Unplugged, sent));
            }
        }
        Ok(())
    }

    /// A printer that takes no byte cannot be asked either; only what it pushes tells why.
    pub(super) fn stalled(&mut self, moved_at: Instant, deadline: Instant) -> Result<(), PrinterFault> {
        self.talk(Link::drain).map_err(|Gone| PrinterFault::Unplugged)?;
        let pushed = self.link.as_ref().and_then(|link| link.heard.pushed);
        let fault = pushed.and_then(|status| status.fault());
        let over = moved_at.elapsed() > self.patience.stuck || Instant::now() >= deadline;
        match fault {
            Some(PrinterFault::TooHot) | None if !over => Ok(()),
            Some(fault) => {
                if let Some(status) = pushed {
                    self.judge(status);
                }
                Err(fault)
            }
            None => Err(PrinterFault::Silent),
        }
    }
}
