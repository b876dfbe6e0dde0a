//! Explaining numbers after a loss: what the guard knows, and what is left of tickets and events, made to agree.
//!
//! Each number that may be out gets a ticket, so that the report explains it and no one gets it again, and an event,
//! so that the hall counts its holder as waiting. What only the guard knows is `unclear`: nobody can tell.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::hall::{Class, Event};
use crate::store::StoreError;
use crate::store::guard::{Block, Counted, Guard, NUMBERS_EARLY};
use crate::store::numbers::{add_event, add_ticket, last_day, moment, parsed, remember_day};
use crate::ticket::{Day, Label, SeriesLetter, TicketState};

/// What is left of one series of one day.
#[derive(Default)]
struct Left {
    /// Numbers with a ticket, and when they were drawn.
    tickets: BTreeMap<u32, Timestamp>,
    /// Numbers with an event.
    drawn: BTreeSet<u32>,
}

/// Makes tickets and events of the last business day agree with the guard. Returns how many numbers only the guard
/// knew. `lost`: rows were lost, or the database was made anew; otherwise only a gap that no sound disk leaves, as
/// after a card that said "written" and had not, is mended.
pub fn explain(db: &mut Connection, guard: &Guard, lost: bool) -> Result<u32, StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let last = last_day(&transaction)?;
    let day = match guard.day() {
        // A new database knows no day but the clock's, and the clock may be wrong.
        Some(day) if lost || day >= last => day,
        Some(_) | None => last,
    };
    let mut blocks: BTreeMap<Counted, Vec<Block>> = BTreeMap::new();
    for block in guard.blocks().iter().filter(|_| guard.day() == Some(day)) {
        blocks.entry(block.counted).or_default().push(*block);
    }
    let mut left = left_of(&transaction, day)?;
    for counted in blocks.keys() {
        if let Counted::Tickets(series) = counted {
            left.entry(*series).or_default();
        }
    }
    let mut made = 0;
    for (series, left) in left {
        let blocks = blocks.remove(&Counted::Tickets(series)).unwrap_or_default();
        if lost || has_gap(left.tickets.last_key_value().map(|(number, _)| *number), &blocks) {
            made += agree(&transaction, day, series, &left, &blocks)?;
        }
    }
    explain_slips(
        &transaction,
        day,
        &blocks.remove(&Counted::Slips).unwrap_or_default(),
        lost,
    )?;
    if lost {
        let at = guard
            .blocks()
            .iter()
            .map(|block| block.at)
            .max()
            .unwrap_or(Timestamp::UNIX_EPOCH);
        remember_day(&transaction, day, at)?;
    }
    transaction.commit()?;
    Ok(made)
}

/// Whether the last block was begun so far above the highest number that numbers between must have been lost.
fn has_gap(highest: Option<u32>, blocks: &[Block]) -> bool {
    let first = blocks.iter().map(|block| block.first).min().unwrap_or(0);
    let begun = blocks.iter().map(|block| block.first).max().unwrap_or(0);
    // A kiosk at rest begins the next block a little early.
    begun > first && highest.unwrap_or(0).saturating_add(NUMBERS_EARLY) < begun.saturating_sub(1)
}

fn agree(
    transaction: &Transaction<'_>,
    day: Day,
    series: SeriesLetter,
    left: &Left,
    blocks: &[Block],
) -> Result<u32, StoreError> {
    let mut numbers: BTreeMap<u32, Timestamp> = blocks
        .iter()
        .flat_map(|block| (block.first..=block.last).map(|number| (number, block.at)))
        .collect();
    let since = blocks.first().map_or(Timestamp::UNIX_EPOCH, |block| block.at);
    for number in &left.drawn {
        numbers.entry(*number).or_insert(since);
    }
    numbers.extend(&left.tickets);
    let mut made = 0;
    for (number, at) in numbers {
        if !left.drawn.contains(&number) {
            add_event(transaction, day, &drawn(series, number), at)?;
        }
        if !left.tickets.contains_key(&number) {
            add_ticket(transaction, day, Label { series, number }, TicketState::Unclear, at)?;
            // A slip of it may be out, so the next one is a copy.
            transaction.execute(
                "INSERT INTO print_jobs (ticket_id, copy, state, begun_at_ms) VALUES (?1, 0, 'unclear', ?2)",
                params![transaction.last_insert_rowid(), at.as_millisecond()],
            )?;
            made += 1;
        }
    }
    Ok(made)
}

/// The next slip number must be above every one that is or may be out.
fn explain_slips(transaction: &Transaction<'_>, day: Day, blocks: &[Block], lost: bool) -> Result<(), StoreError> {
    let known: Option<u32> = transaction.query_row(
        "SELECT max(last) FROM slip_numbers WHERE day = ?1",
        [day.to_string()],
        |row| row.get(0),
    )?;
    if !lost && !has_gap(known, blocks) {
        return Ok(());
    }
    let mut statement = transaction.prepare("SELECT slip_number FROM dossiers WHERE slip_number LIKE ?1")?;
    let slips = statement
        .query_map([format!("%-{}-%", day.compact())], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    let on_slips = slips.iter().filter_map(|slip| slip.rsplit('-').next()?.parse().ok());
    let last = blocks.iter().map(|block| block.last).chain(on_slips).max().unwrap_or(0);
    transaction.execute(
        "INSERT INTO slip_numbers (day, last) VALUES (?1, ?2)
         ON CONFLICT (day) DO UPDATE SET last = max(last, excluded.last)",
        params![day.to_string(), last],
    )?;
    Ok(())
}

fn left_of(db: &Connection, day: Day) -> Result<BTreeMap<SeriesLetter, Left>, StoreError> {
    let mut left: BTreeMap<SeriesLetter, Left> = BTreeMap::new();
    let mut statement = db.prepare("SELECT series, number, drawn_at_ms FROM tickets WHERE day = ?1")?;
    let mut rows = statement.query([day.to_string()])?;
    while let Some(row) = rows.next()? {
        left.entry(parsed(row, 0)?)
            .or_default()
            .tickets
            .insert(row.get(1)?, moment(row, 2)?);
    }
    let mut statement = db.prepare("SELECT body FROM hall_events WHERE day = ?1")?;
    let mut rows = statement.query([day.to_string()])?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        // An event of a newer program is no number.
        if let Ok(Event::Drawn { series, number, .. }) = serde_json::from_str(&body) {
            left.entry(series).or_default().drawn.insert(number);
        }
    }
    Ok(left)
}

/// Whether somebody might go first is lost with the rest.
fn drawn(series: SeriesLetter, number: u32) -> Event {
    let class = Class::Ordinary;
    Event::Drawn { series, number, class }
}
