//! Numbers: the hall's log in SQLite, the tickets drawn from it, and the business day.
//!
//! A number is an event in the log, a ticket's row and a line in the guard; the row and the event are one
//! transaction, the guard's line is on the disk before it.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, params};

use crate::hall::local::LocalHall;
use crate::hall::log::{AppendError, DrawError, Log, LogError, Message};
use crate::hall::{Event, Logged, Sequence, Wish};
use crate::slip::SlipOf;
use crate::store::guard::Counted;
use crate::store::hall_copy::copied_in;
use crate::store::prints::{PrintJob, begin_job};
use crate::store::{Store, StoreError};
use crate::ticket::{Day, Label, Settled, Ticket, TicketId, TicketState};

/// A ticket and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub ticket: Ticket,
    /// How many people of its series are called before it.
    pub ahead: usize,
}

/// Whether a draw begins its ticket's print, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum WithPrint {
    #[default]
    No,
    Wanted,
    Begun(PrintJob),
}

impl From<StoreError> for LogError {
    fn from(error: StoreError) -> Self {
        Self(Box::new(error))
    }
}

impl Store {
    /// Draws the next number of a series. The ticket is on the disk when this returns, and nothing is printed yet.
    pub fn draw(&mut self, hall: &LocalHall, wish: impl Into<Wish>, now: Timestamp) -> Result<Drawn, DrawError> {
        let given = hall.draw(self, wish.into(), now)?;
        let ticket = self.ticket_of(given.day, given.label).map_err(LogError::from)?;
        Ok(Drawn {
            ticket,
            ahead: given.ahead,
        })
    }

    /// [`Store::draw`] and [`Store::begin_print`] in one commit, for a printer that is free: somebody waits for
    /// the disk once instead of twice.
    pub fn draw_and_begin_print(
        &mut self,
        hall: &LocalHall,
        wish: impl Into<Wish>,
        now: Timestamp,
    ) -> Result<(Drawn, PrintJob), DrawError> {
        self.print_with_draw = WithPrint::Wanted;
        let drawn = self.draw(hall, wish, now);
        match (std::mem::take(&mut self.print_with_draw), drawn?) {
            (WithPrint::Begun(job), drawn) => Ok((drawn, job)),
            // Only a log that is not this store's draws without beginning the print.
            (WithPrint::No | WithPrint::Wanted, drawn) => {
                let job = self
                    .begin_print(SlipOf::Ticket(drawn.ticket.id), now)
                    .map_err(LogError::from)?;
                Ok((drawn, job))
            }
        }
    }

    /// The business day at `now`: Vietnam's, but never before the last one worked.
    ///
    /// A clock that wakes in the past goes on with the last day.
    pub fn business_day(&mut self, now: Timestamp) -> Result<Day, StoreError> {
        self.saw(now);
        let last = self.read(last_day)?;
        Ok(Day::in_vietnam(now).max(last).max(self.guard.day().unwrap_or(last)))
    }

    /// The ticket of this kiosk with this id.
    pub fn ticket(&mut self, id: TicketId) -> Result<Ticket, StoreError> {
        self.read(|db| ticket(db, id))
    }

    /// The ticket with this label on this day, as a slip's code names it.
    pub fn ticket_of(&mut self, day: Day, label: Label) -> Result<Ticket, StoreError> {
        self.read(|db| {
            db.prepare_cached(&format!("{TICKETS} WHERE day = ?1 AND series = ?2 AND number = ?3"))?
                .query_row(
                    params![day.to_string(), label.series.to_string(), label.number],
                    read_ticket,
                )
                .optional()?
                .ok_or(StoreError::Unknown("ticket"))
        })
    }

    /// The days of which the hall's events are kept, the latest first, at most `count_max`.
    pub fn hall_days(&mut self, count_max: u32) -> Result<Vec<Day>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT day FROM hall_events UNION SELECT day FROM hall_copy ORDER BY day DESC LIMIT ?1",
            )?;
            let days = statement.query_map([count_max], |row| parsed(row, 0))?;
            Ok(days.collect::<Result<_, _>>()?)
        })
    }

    /// Tickets of which nobody knows whether their slip came out, oldest first, at most `count_max`.
    pub fn unclear_tickets(&mut self, count_max: u32) -> Result<Vec<Ticket>, StoreError> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached(&format!("{TICKETS} WHERE state = 'unclear' ORDER BY id LIMIT ?1"))?;
            let tickets = statement
                .query_map([count_max], read_ticket)?
                .collect::<Result<_, _>>()?;
            Ok(tickets)
        })
    }
}

impl Store {
    /// Forgets the numbers of the days before `day`. Returns how many numbers.
    pub fn forget_numbers_before(&mut self, day: Day) -> Result<u32, StoreError> {
        let old = self.read(|db| {
            let mut oldest = db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM tickets WHERE day < ?1) OR EXISTS (SELECT 1 FROM hall_events WHERE day < ?1)
                 OR EXISTS (SELECT 1 FROM hall_copy WHERE day < ?1)",
            )?;
            Ok(oldest.query_row([day.to_string()], |row| row.get::<_, bool>(0))?)
        })?;
        if !old {
            return Ok(0);
        }
        self.write(|transaction| {
            let day = day.to_string();
            transaction.execute(
                "DELETE FROM print_jobs WHERE ticket_id IN (SELECT id FROM tickets WHERE day < ?1)",
                [&day],
            )?;
            let forgotten = transaction.execute("DELETE FROM tickets WHERE day < ?1", [&day])?;
            for table in ["hall_events", "hall_copy", "hall_days", "slip_numbers"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE day < ?1"), [&day])?;
            }
            Ok(u32::try_from(forgotten).unwrap_or(u32::MAX))
        })
    }
}

impl Log for Store {
    fn day(&mut self, now: Timestamp) -> Result<Day, LogError> {
        Ok(self.business_day(now)?)
    }

    fn append(&mut self, day: Day, event: &Event, expected: Sequence, now: Timestamp) -> Result<Logged, AppendError> {
        self.saw(now);
        let at = self.moment_of(day, now);
        // As it will be read again.
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        let label = event.label().filter(|_| matches!(event, Event::Drawn { .. }));
        let drawn = label.map(|Label { series, number }| (series, number));
        if let Some((series, number)) = drawn {
            self.cover(day, Counted::Tickets(series), number, at)
                .map_err(LogError::from)?;
        }
        let with_print = self.print_with_draw != WithPrint::No;
        let result = self.write(|transaction| {
            let last = last_sequence(transaction, day)?;
            if last != expected {
                return Ok(Err(last));
            }
            let sequence = add_event(transaction, day, event, at)?;
            let mut job = None;
            if let Some((series, number)) = drawn {
                add_ticket(transaction, day, Label { series, number }, TicketState::Reserved, at)?;
                let ticket = TicketId(transaction.last_insert_rowid());
                job = with_print
                    .then(|| begin_job(transaction, SlipOf::Ticket(ticket), now))
                    .transpose()?;
            }
            remember_day(transaction, day, at)?;
            let logged = Logged {
                sequence,
                at,
                event: event.clone(),
            };
            Ok(Ok((logged, job)))
        });
        match result {
            Ok(Ok((logged, job))) => {
                if let Some(job) = job {
                    self.print_with_draw = WithPrint::Begun(job);
                }
                Ok(logged)
            }
            Ok(Err(last)) => Err(AppendError::Conflict { last }),
            // The number is out already: whoever asked for it does not know the log as it is.
            Err(StoreError::Sql(error)) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Err(AppendError::Conflict { last: expected })
            }
            Err(error) => Err(LogError::from(error).into()),
        }
    }

    fn last(&mut self, day: Day) -> Result<Sequence, LogError> {
        Ok(Self::read(self, |db| last_sequence(db, day))?)
    }

    fn read(&mut self, day: Day, after: Sequence) -> Result<Vec<Logged>, LogError> {
        Ok(Self::read(self, |db| {
            if is_shared(db, day)? {
                let messages = copied_in(db, day, after)?;
                return Ok(messages.iter().filter_map(Message::logged).collect());
            }
            events_in(db, day, after)
        })?)
    }
}

impl Store {
    /// What is written as the time of something on `day`: the clock's, unless the clock is not on that day.
    fn moment_of(&self, day: Day, now: Timestamp) -> Timestamp {
        if Day::in_vietnam(now) == day {
            now
        } else {
            now.max(self.seen)
        }
    }

    pub(super) fn cover(&mut self, day: Day, counted: Counted, number: u32, at: Timestamp) -> Result<(), StoreError> {
        match self.guard.cover(day, counted, number, at) {
            Err(StoreError::Full) if self.ballast.release() => self.guard.cover(day, counted, number, at),
            result => result,
        }
    }
}

pub(super) const TICKETS: &str = "SELECT id, series, number, day, drawn_at_ms, state, settled, copies FROM tickets";

pub(super) fn ticket(db: &Connection, id: TicketId) -> Result<Ticket, StoreError> {
    db.prepare_cached(&format!("{TICKETS} WHERE id = ?1"))?
        .query_row([id.0], read_ticket)
        .optional()?
        .ok_or(StoreError::Unknown("ticket"))
}

pub(super) fn read_ticket(row: &Row<'_>) -> rusqlite::Result<Ticket> {
    Ok(Ticket {
        id: TicketId(row.get(0)?),
        series: parsed(row, 1)?,
        number: row.get(2)?,
        day: parsed(row, 3)?,
        drawn_at: moment(row, 4)?,
        state: match row.get_ref(5)?.as_str()? {
            "printing" => TicketState::Printing,
            "printed" => TicketState::Printed,
            "failed" => TicketState::Failed,
            "unclear" => TicketState::Unclear,
            // The table's CHECK leaves only 'reserved'.
            _ => TicketState::Reserved,
        },
        settled: row.get_ref(6)?.as_str_or_null()?.map(|settled| match settled {
            "staff" => Settled::ByStaff,
            _ => Settled::ByProof,
        }),
        copies: row.get(7)?,
    })
}

pub(super) fn add_event(
    transaction: &Transaction<'_>,
    day: Day,
    event: &Event,
    at: Timestamp,
) -> Result<Sequence, StoreError> {
    let body = serde_json::to_string(event)
        .map_err(|error| StoreError::Sql(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))?;
    transaction
        .prepare_cached("INSERT INTO hall_events (day, at_ms, body) VALUES (?1, ?2, ?3)")?
        .execute(params![day.to_string(), at.as_millisecond(), body])?;
    Ok(Sequence(transaction.last_insert_rowid().unsigned_abs()))
}

pub(super) fn add_ticket(
    transaction: &Transaction<'_>,
    day: Day,
    label: Label,
    state: TicketState,
    at: Timestamp,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT INTO tickets (day, series, number, drawn_at_ms, state) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            day.to_string(),
            label.series.to_string(),
            label.number,
            at.as_millisecond(),
            state_word(state)
        ])?;
    Ok(())
}

pub(super) const fn state_word(state: TicketState) -> &'static str {
    match state {
        TicketState::Reserved => "reserved",
        TicketState::Printing => "printing",
        TicketState::Printed => "printed",
        TicketState::Failed => "failed",
        TicketState::Unclear => "unclear",
    }
}

fn last_sequence(db: &Connection, day: Day) -> Result<Sequence, StoreError> {
    let table = if is_shared(db, day)? {
        "hall_copy"
    } else {
        "hall_events"
    };
    let last: i64 = db
        .prepare_cached(&format!(
            "SELECT coalesce(max(sequence), 0) FROM {table} WHERE day = ?1"
        ))?
        .query_row([day.to_string()], |row| row.get(0))?;
    Ok(Sequence(last.unsigned_abs()))
}

fn events_in(db: &Connection, day: Day, after: Sequence) -> Result<Vec<Logged>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT sequence, at_ms, body FROM hall_events WHERE day = ?1 AND sequence > ?2 ORDER BY sequence",
    )?;
    let rows = statement.query_map(params![day.to_string(), signed(after.0)], |row| {
        let body: String = row.get(2)?;
        let event = serde_json::from_str(&body).map_err(|error| unreadable(2, error))?;
        Ok(Logged {
            sequence: Sequence(row.get::<_, i64>(0)?.unsigned_abs()),
            at: moment(row, 1)?,
            event,
        })
    })?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?)
}

/// Whether several kiosks shared the log of a day: then its events are in the copy.
fn is_shared(db: &Connection, day: Day) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM hall_copy WHERE day = ?1)")?
        .query_row([day.to_string()], |row| row.get(0))?)
}

pub(super) fn last_day(db: &Connection) -> Result<Day, StoreError> {
    Ok(db
        .prepare_cached("SELECT business_day FROM kiosk")?
        .query_row([], |row| parsed(row, 0))?)
}

pub(super) fn last_seen(db: &Connection) -> Result<Timestamp, StoreError> {
    Ok(db.query_row("SELECT seen_at_ms FROM kiosk", [], |row| moment(row, 0))?)
}

pub(super) fn remember_day(transaction: &Transaction<'_>, day: Day, at: Timestamp) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE kiosk SET business_day = max(business_day, ?1), seen_at_ms = max(seen_at_ms, ?2)")?
        .execute(params![day.to_string(), at.as_millisecond()])?;
    Ok(())
}

/// A moment kept as milliseconds.
pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|error| unreadable(column, error))
}

pub(super) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.get_ref(column)?
        .as_str()?
        .parse()
        .map_err(|error: T::Err| unreadable(column, error))
}

pub(super) fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// SQLite counts in 63 bits; a sequence past that cannot be reached.
fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
