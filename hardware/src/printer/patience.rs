//! How long the driver waits for what.

use std::time::Duration;

/// A call to `print` ends within this, whatever the printer does, plus the few seconds of a check that was under way.
pub const PRINT_SECS_MAX: u64 = 60;

/// Waiting times of the driver. [`Patience::USUAL`] suits real printers; tests that play dead ones use less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one answer to `DLE EOT`. Real ones take 1–20 ms, over slow serial lines 100.
    pub answer: Duration,
    /// For the first answers to `GS ( H` and `GS r`: a slip from before may still be printing.
    pub probe: Duration,
    /// Without a single byte taken, before a write is given up.
    pub stuck: Duration,
    /// Between two looks at the status while the proof is awaited.
    pub look: Duration,
    /// For the proof, beyond the time that the paper takes.
    pub proof: Duration,
    /// For a hot head to cool. Printers rest for seconds and go on by themselves.
    pub hot: Duration,
    /// For an old slip to come out of the printer's buffer once its fault is mended.
    pub settle: Duration,
    /// For a printer that is offline and does not say why: someone may hold its feed button.
    pub offline: Duration,
    /// For a whole call of `print`.
    pub print: Duration,
}

impl Patience {
    pub const USUAL: Self = Self {
        answer: Duration::from_millis(400),
        probe: Duration::from_millis(2_500),
        stuck: Duration::from_secs(8),
        look: Duration::from_millis(400),
        proof: Duration::from_secs(4),
        hot: Duration::from_secs(8),
        settle: Duration::from_secs(5),
        offline: Duration::from_millis(1_500),
        print: Duration::from_secs(PRINT_SECS_MAX),
    };
}

/// How long paper of this length may take: 40 mm/s is what slow printers reach on black.
pub fn paper_time(mm: u32) -> Duration {
    Duration::from_millis(500 + u64::from(mm) * 25)
}
