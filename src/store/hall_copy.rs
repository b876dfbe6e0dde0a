//! A hall of several kiosks, as this one keeps it: a copy of the log that they share, the tickets drawn here, and what the
//! log has still to be told.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::hall::log::Message;
use crate::hall::{Class, Event, Hall, Sequence};
use crate::slip::SlipOf;
use crate::store::guard::Counted;
use crate::store::numbers::{add_ticket, moment, parsed, remember_day, ticket, unreadable};
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
    /// Keeps events as the shared log has them. `after`: up to where their reader knew the day's log. A copy is always
    /// the log's true beginning, for the hall is read from it at a start: where it lacks something before, nothing is kept.
    /// Returns whether it is whole up to the last of `messages`.
    ///
    /// # Errors
    /// The database fails.
    pub fn copy_hall(&mut self, day: Day, after: Sequence, messages: &[Message]) -> Result<bool, StoreError> {
        self.write(|transaction| {
            if copied_to(transaction, day)? < after {
                return Ok(false);
            }
            let mut insert = transaction.prepare_cached(
                "INSERT OR IGNORE INTO hall_copy (day, sequence, at_ms, kiosk, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for message in messages {
                let Message {
                    sequence,
                    at,
                    kiosk,
                    body,
                    ..
                } = message;
                let sequence = i64::try_from(sequence.0).unwrap_or(i64::MAX);
                insert.execute(params![day.to_string(), sequence, at.as_millisecond(), kiosk, body])?;
            }
            Ok(true)
        })
    }

    /// The hall of the business day at `now`, as far as the copy knows it.
    ///
    /// # Errors
    /// The database fails.
    pub fn hall_now(&mut self, now: Timestamp) -> Result<Hall, StoreError> {
        let day = self.business_day(now)?;
        self.copied_hall(day)
    }

    /// The hall of `day`, as far as the copy knows it.
    ///
    /// # Errors
    /// The database fails.
    pub fn copied_hall(&mut self, day: Day) -> Result<Hall, StoreError> {
        let mut hall = Hall::new(day);
        self.copied(day, Sequence(0))?
            .iter()
            .for_each(|message| hall.read(message));
        Ok(hall)
    }

    /// What is kept of `day` after `after`, in order. Ids are not kept.
    ///
    /// # Errors
    /// The database fails.
    pub fn copied(&mut self, day: Day, after: Sequence) -> Result<Vec<Message>, StoreError> {
        self.read(|db| copied_in(db, day, after))
    }

    /// Days from `day` on of which something is copied.
    ///
    /// # Errors
    /// The database fails.
    pub fn copied_days(&mut self, from: Day) -> Result<Vec<Day>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT DISTINCT day FROM hall_copy WHERE day >= ?1 ORDER BY day")?;
            let days = statement.query_map([from.to_string()], |row| parsed(row, 0))?;
            Ok(days.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets the copy from `day` on: it is of a log that is no more.
    ///
    /// # Errors
    /// The database fails.
    pub fn forget_copy(&mut self, from: Day) -> Result<(), StoreError> {
        self.write(|transaction| {
            for table in ["hall_copy", "hall_days"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE day >= ?1"), [from.to_string()])?;
            }
            Ok(())
        })
    }

    /// Of which log the copy is: when that was made, if one was ever read.
    ///
    /// # Errors
    /// The database fails.
    pub fn copied_log(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT made_ms FROM hall_log")?;
            Ok(statement.query_row([], |row| moment(row, 0)).optional()?)
        })
    }

    /// From now on the copy is of the log that was made then.
    ///
    /// # Errors
    /// The database fails.
    pub fn copies_log(&mut self, made: Timestamp) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO hall_log (one, made_ms) VALUES (1, ?1)")?
                .execute([made.as_millisecond()])?;
            Ok(())
        })
    }

    /// A kiosk that is alone again goes on where the shared day was: what is copied of today and later becomes its own.
    /// Returns how many events.
    ///
    /// # Errors
    /// The database fails.
    pub fn own_copy(&mut self, now: Timestamp) -> Result<u32, StoreError> {
        let today = self.business_day(now)?.to_string();
        self.write(|transaction| {
            let owned = transaction.execute(
                "INSERT INTO hall_events (day, at_ms, body)
                 SELECT day, at_ms, body FROM hall_copy WHERE day = ?1 ORDER BY sequence",
                [&today],
            )?;
            for table in ["hall_copy", "hall_days"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE day >= ?1"), [&today])?;
            }
            Ok(u32::try_from(owned).unwrap_or(u32::MAX))
        })
    }

    /// Whether today's numbers were given from this kiosk's own log.
    ///
    /// # Errors
    /// The database fails.
    pub fn has_own_numbers(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let today = self.business_day(now)?.to_string();
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM hall_events WHERE day = ?1)")?;
            Ok(statement.query_row([today], |row| row.get(0))?)
        })
    }

    /// From `since` on this database keeps the ticket of every number that the shared log gives here on `day`. Known once.
    ///
    /// # Errors
    /// The database fails.
    pub fn keeps_tickets(&mut self, day: Day, since: Sequence) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("INSERT OR IGNORE INTO hall_days (day, since) VALUES (?1, ?2)")?
                .execute(params![day.to_string(), i64::try_from(since.0).unwrap_or(i64::MAX)])?;
            Ok(())
        })
    }

    /// Numbers that the shared log gave to `kiosk`, this one, after `after`, and that have no ticket: nobody was told of
    /// them. And up to where the copy knows.
    ///
    /// # Errors
    /// The database fails.
    pub fn given_to_nobody(
        &mut self,
        day: Day,
        kiosk: &str,
        after: Sequence,
    ) -> Result<(Vec<Label>, Sequence), StoreError> {
        self.read(|db| {
            let since: Option<i64> = db
                .prepare_cached("SELECT since FROM hall_days WHERE day = ?1")?
                .query_row([day.to_string()], |row| row.get(0))
                .optional()?;
            let to = copied_to(db, day)?;
            let Some(since) = since else {
                return Ok((vec![], after));
            };
            let after = after.max(Sequence(since.unsigned_abs()));
            let mut ticket =
                db.prepare_cached("SELECT 1 FROM tickets WHERE day = ?1 AND series = ?2 AND number = ?3")?;
            let mut nobodys = vec![];
            for message in copied_in(db, day, after)? {
                let drawn = message.logged().filter(|_| message.kiosk == kiosk);
                if let Some(Event::Drawn { series, number, .. }) = drawn.map(|logged| logged.event)
                    && !ticket.exists(params![day.to_string(), series.to_string(), number])?
                {
                    nobodys.push(Label { series, number });
                }
            }
            Ok((nobodys, to))
        })
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

/// Up to where the copy of `day` is whole.
fn copied_to(db: &Connection, day: Day) -> Result<Sequence, StoreError> {
    let last: i64 = db
        .prepare_cached("SELECT coalesce(max(sequence), 0) FROM hall_copy WHERE day = ?1")?
        .query_row([day.to_string()], |row| row.get(0))?;
    Ok(Sequence(last.unsigned_abs()))
}

pub(super) fn copied_in(db: &Connection, day: Day, after: Sequence) -> Result<Vec<Message>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT sequence, at_ms, kiosk, body FROM hall_copy WHERE day = ?1 AND sequence > ?2 ORDER BY sequence",
    )?;
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![day.to_string(), after], |row| {
        Ok(Message {
            sequence: Sequence(row.get::<_, i64>(0)?.unsigned_abs()),
            at: moment(row, 1)?,
            id: String::new(),
            kiosk: row.get(2)?,
            body: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
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
