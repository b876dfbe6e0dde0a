//! The day's report: every number given, and what became of it.
//!
//! Reads only, and from outside: a kiosk may be running on the same folder, or may just have been killed.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use serde::{Serialize, Serializer};

use crate::store::numbers::{TICKETS, last_day, read_ticket};
use crate::store::{BUSY_TIMEOUT, DATABASE, Store, StoreError};
use crate::ticket::{Day, SeriesLetter, Ticket, TicketState, vietnam_time};

/// One number of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    pub series: SeriesLetter,
    pub number: u32,
    pub state: TicketState,
    /// With Vietnam's offset, to the second.
    #[serde(serialize_with = "in_vietnam")]
    pub drawn_at: Timestamp,
    pub copies: u32,
}

fn in_vietnam<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&vietnam_time(*at))
}

impl From<Ticket> for ReportRow {
    fn from(ticket: Ticket) -> Self {
        let Ticket {
            series,
            number,
            state,
            drawn_at,
            copies,
            ..
        } = ticket;
        Self {
            series,
            number,
            state,
            drawn_at,
            copies,
        }
    }
}

/// The report of `day`, or of the last business day, by series and number.
///
/// # Errors
/// There is no database in `folder`, it cannot be read, or it is damaged.
pub fn from_folder(folder: &Path, day: Option<Day>) -> Result<Vec<ReportRow>, StoreError> {
    let db = Connection::open_with_flags(
        folder.join(DATABASE),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    report(&db, day)
}

impl Store {
    /// The report of `day`, or of the last business day.
    pub fn report(&mut self, day: Option<Day>) -> Result<Vec<ReportRow>, StoreError> {
        self.read(|db| report(db, day))
    }
}

fn report(db: &Connection, day: Option<Day>) -> Result<Vec<ReportRow>, StoreError> {
    let day = day.map_or_else(|| last_day(db), Ok)?;
    let mut statement = db.prepare(&format!("{TICKETS} WHERE day = ?1 ORDER BY series, number"))?;
    let rows = statement.query_map([day.to_string()], |row| read_ticket(row).map(ReportRow::from))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
