//! A hall of several kiosks, as this one keeps it: a copy of the log that they share, the tickets drawn here, and what the
//! log has still to be told.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::hall::{Class, Event, Hall, Logged, Sequence};
use crate::slip::SlipOf;
use crate::store::guard::Counted;
use crate::store::numbers::{add_ticket, events_in, parsed, remember_day, ticket, unreadable};
use crate::store::prints::{PrintJob, begin_job};
use crate::store::{Store, StoreError};
use crate::ticket::{Day, Label, SeriesLetter, Ticket, TicketId, TicketState};

/// Numbers that the log is told of in one go.
const OWED_MAX: u32 = 64;

/// A draw without the log.
#[derive(Clone, Debug)]
pub struct Apart {
    pub day: Day,
    pub series: SeriesLetter,
    pub class: Class,
    /// Leased numbers that may be free, the first to be given first.
    pub numbers: Vec<u32>,
}

/// A ticket, and the print that its commit began, if one was wanted.
pub type TicketAndJob = (Ticket, Option<PrintJob>);

impl Store {
    /// Keeps events as the shared log has them. What is kept already stays.
    ///
    /// # Errors
    /// The database fails.
    pub fn copy_hall(&mut self, day: Day, events: &[Logged]) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT OR IGNORE INTO hall_copy (day, sequence, at_ms, body) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for Logged { sequence, at, event } in events {
                let sequence = i64::try_from(sequence.0).unwrap_or(i64::MAX);
                insert.execute(params![day.to_string(), sequence, at.as_millisecond(), body(event)?])?;
            }
            Ok(())
        })
    }

    /// The hall of the business day at `now`, as far as the copy knows it.
    ///
    /// # Errors
    /// The database fails.
    pub fn hall_now(&mut self, now: Timestamp) -> Result<Hall, StoreError> {
        let day = self.business_day(now)?;
        Ok(Hall::after(day, &self.copied_hall(day)?))
    }

    /// What is kept of `day`, in order.
    ///
    /// # Errors
    /// The database fails.
    pub fn copied_hall(&mut self, day: Day) -> Result<Vec<Logged>, StoreError> {
        self.read(|db| events_in(db, "hall_copy", day, Sequence(0)))
    }

    /// The ticket of a number that the shared log has given here. Nothing is printed before this returns.
    ///
    /// # Errors
    /// The database fails, or the number has a ticket.
    pub fn keep_drawn(
        &mut self,
        day: Day,
        label: Label,
        print: bool,
        now: Timestamp,
    ) -> Result<TicketAndJob, StoreError> {
        self.saw(now);
        self.write(|transaction| add(transaction, day, label, print, now))
    }

    /// Gives one of the leased numbers; nothing, if none of them is free. It is on the disk when this returns, with what
    /// the log is to be told.
    ///
    /// # Errors
    /// The database fails.
    pub fn draw_apart(
        &mut self,
        apart: &Apart,
        print: bool,
        now: Timestamp,
    ) -> Result<Option<TicketAndJob>, StoreError> {
        self.saw(now);
        let (day, series, class) = (apart.day, apart.series, apart.class);
        let given = self.read(|db| {
            let mut statement = db.prepare_cached("SELECT number FROM tickets WHERE day = ?1 AND series = ?2")?;
            let numbers = statement.query_map([day.to_string(), series.to_string()], |row| row.get(0))?;
            Ok(numbers.collect::<Result<std::collections::BTreeSet<u32>, _>>()?)
        })?;
        let Some(number) = apart.numbers.iter().copied().find(|number| !given.contains(number)) else {
            return Ok(None);
        };
        // If the database is lost, nobody gets the number again.
        self.cover(day, Counted::Tickets(series), number, now)?;
        let at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        let event = Event::DrawnApart {
            series,
            number,
            class,
            at,
        };
        self.write(|transaction| {
            owe(transaction, day, Label { series, number }, &event)?;
            add(transaction, day, Label { series, number }, print, now).map(Some)
        })
    }

    /// What the shared log has to be told, the oldest day first.
    ///
    /// # Errors
    /// The database fails.
    pub fn owed_draws(&mut self) -> Result<Vec<(Day, Event)>, StoreError> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT day, body FROM hall_owed ORDER BY day, series, number LIMIT ?1")?;
            let rows = statement.query_map([OWED_MAX], |row| {
                let body: String = row.get(1)?;
                let event = serde_json::from_str(&body).map_err(|error| unreadable(1, error))?;
                Ok((parsed(row, 0)?, event))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The shared log has it.
    ///
    /// # Errors
    /// The database fails.
    pub fn told_draw(&mut self, day: Day, label: Label) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("DELETE FROM hall_owed WHERE day = ?1 AND series = ?2 AND number = ?3")?
                .execute(params![day.to_string(), label.series.to_string(), label.number])?;
            Ok(())
        })
    }

    /// Tickets of `day` with numbers that are leased, of which the log is to be told and is not: the database was lost
    /// and only [`super::guard`] knew of them. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub fn owe_unknown(&mut self, day: Day, unknown: &[Label]) -> Result<u32, StoreError> {
        let tickets = self.report(Some(day))?;
        self.write(|transaction| {
            let mut owed = 0;
            for row in &tickets {
                let (series, number, at) = (row.series, row.number, row.drawn_at);
                let label = Label { series, number };
                if unknown.contains(&label) {
                    // Whether somebody might go first is lost with the rest.
                    let class = Class::Ordinary;
                    let event = Event::DrawnApart {
                        series,
                        number,
                        class,
                        at,
                    };
                    owed += owe(transaction, day, label, &event)?;
                }
            }
            Ok(owed)
        })
    }
}

fn owe(transaction: &Transaction<'_>, day: Day, label: Label, event: &Event) -> Result<u32, StoreError> {
    let added = transaction
        .prepare_cached("INSERT OR IGNORE INTO hall_owed (day, series, number, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            day.to_string(),
            label.series.to_string(),
            label.number,
            body(event)?
        ])?;
    Ok(u32::try_from(added).unwrap_or(u32::MAX))
}

fn add(
    transaction: &Transaction<'_>,
    day: Day,
    label: Label,
    print: bool,
    now: Timestamp,
) -> Result<TicketAndJob, StoreError> {
    add_ticket(transaction, day, label, TicketState::Reserved, now)?;
    let id = TicketId(transaction.last_insert_rowid());
    let job = print
        .then(|| begin_job(transaction, SlipOf::Ticket(id), now))
        .transpose()?;
    remember_day(transaction, day, now)?;
    Ok((ticket(transaction, id)?, job))
}

fn body(event: &Event) -> Result<String, StoreError> {
    serde_json::to_string(event)
        .map_err(|error| StoreError::Sql(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
}
