//! What staff look at: the day's numbers that need a hand, and how many were drawn.

use jiff::Timestamp;

use crate::store::numbers::{TICKETS, read_ticket};
use crate::store::{Store, StoreError};
use crate::ticket::{SeriesLetter, Ticket};

/// Numbers that staff are shown at most.
const TROUBLED_MAX: u32 = 100;

impl Store {
    /// Unclear and failed numbers of the business day, the latest first.
    pub fn troubled_tickets(&mut self, now: Timestamp) -> Result<Vec<Ticket>, StoreError> {
        let day = self.business_day(now)?;
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{TICKETS} WHERE day = ?1 AND state IN ('unclear', 'failed') ORDER BY id DESC LIMIT ?2"
            ))?;
            let rows = statement.query_map((day.to_string(), TROUBLED_MAX), read_ticket)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many numbers each series has given on the business day.
    pub fn drawn_today(&mut self, now: Timestamp) -> Result<Vec<(SeriesLetter, u32)>, StoreError> {
        let day = self.business_day(now)?;
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT series, count(*) FROM tickets WHERE day = ?1 GROUP BY series")?;
            let rows = statement.query_map([day.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
            let mut counts = vec![];
            for row in rows {
                let (letter, count) = row?;
                if let Ok(letter) = letter.parse() {
                    counts.push((letter, count));
                }
            }
            Ok(counts)
        })
    }
}
