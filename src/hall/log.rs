//! What keeps the hall's events, and how a number is drawn from it.
//!
//! A log takes an event only from someone who has seen everything before it: two kiosks that read the same last
//! number cannot both give the next one. Whoever gets [`AppendError::Conflict`] reads on and asks again.

use jiff::Timestamp;

use crate::hall::{Class, Event, Hall, Illegal, Logged, NoNumber, Sequence, Series};
use crate::ticket::Day;

/// How often a draw reads on and tries again before it gives up: more than a hall has kiosks.
pub const DRAW_TRIES_MAX: u32 = 16;

/// Keeps the events of the hall in their one order.
pub trait Log {
    /// The business day at `now`. Never goes backwards, whatever `now` says.
    fn day(&mut self, now: Timestamp) -> Result<Day, LogError>;

    /// Adds `event` to `day` if `expected` is still the day's last sequence. On return it is on the disk.
    fn append(&mut self, day: Day, event: &Event, expected: Sequence, now: Timestamp) -> Result<Logged, AppendError>;

    /// The last sequence of `day`; 0 if it has none.
    fn last(&mut self, day: Day) -> Result<Sequence, LogError>;

    /// The events of `day` after `after`, in order.
    fn read(&mut self, day: Day, after: Sequence) -> Result<Vec<Logged>, LogError>;
}

/// An event as a log that several kiosks share has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub sequence: Sequence,
    pub at: Timestamp,
    /// By which its writer knows it again.
    pub id: String,
    /// The kiosk that wrote it.
    pub kiosk: String,
    /// As it was written.
    pub body: String,
}

impl Message {
    /// What happened; nothing, if a newer program wrote it.
    pub fn logged(&self) -> Option<Logged> {
        let event = serde_json::from_str(&self.body).ok()?;
        let (sequence, at) = (self.sequence, self.at);
        Some(Logged { sequence, at, event })
    }
}

impl Hall {
    /// Takes one event of a shared log, or that there is one which this program does not know.
    pub fn read(&mut self, message: &Message) {
        match message.logged() {
            Some(logged) => self.apply(&logged),
            None => self.skip(message.sequence),
        }
    }
}

/// Why an event was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Someone else was first: read after what you know and decide again.
    #[error("the log has gone on to {last:?}")]
    Conflict { last: Sequence },
    #[error(transparent)]
    Illegal(#[from] Illegal),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// The log itself fails. The local log says what with `StoreError` inside.
#[derive(Debug, thiserror::Error)]
#[error("Hall's log failed")]
pub struct LogError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Why no number was drawn.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    #[error(transparent)]
    NoNumber(#[from] NoNumber),
    #[error(transparent)]
    Illegal(#[from] Illegal),
    #[error("others drew first {DRAW_TRIES_MAX} times")]
    Crowded,
    /// The log that several kiosks share cannot be reached, and no leased number is left.
    #[error("the hall's log cannot be reached, and no leased number is left")]
    NothingLeased,
    #[error(transparent)]
    Log(#[from] LogError),
}

/// The hall as the log has it now, read from the beginning of the day.
pub fn fold(log: &mut impl Log, now: Timestamp) -> Result<Hall, LogError> {
    let day = log.day(now)?;
    Ok(Hall::after(day, &log.read(day, Sequence(0))?))
}

/// Draws the next number of `series`: it is in the log before it is returned.
pub fn draw(
    log: &mut impl Log,
    hall: &mut Hall,
    series: &Series,
    class: Class,
    now: Timestamp,
) -> Result<(u32, Logged), DrawError> {
    for _ in 0..DRAW_TRIES_MAX {
        let day = log.day(now)?;
        if hall.day() != day {
            *hall = fold(log, now)?;
        }
        let number = hall.next_number(series)?;
        let event = Event::Drawn {
            series: series.letter,
            number,
            class,
        };
        match log.append(day, &event, hall.last(), now) {
            Ok(logged) => {
                hall.apply(&logged);
                return Ok((number, logged));
            }
            // From the beginning: a log that was mended may have less than it had, in other places.
            Err(AppendError::Conflict { .. }) => *hall = fold(log, now)?,
            Err(AppendError::Illegal(why)) => return Err(why.into()),
            Err(AppendError::Log(error)) => return Err(error.into()),
        }
    }
    Err(DrawError::Crowded)
}
