//! A log that its servers have lost: a disk was replaced, a backup played in. Every kiosk has a copy of the day, so the first
//! that notices writes it again, with the times that it had, before anybody draws from it.
//!
//! What only kiosks know that are off or cut off is not in it; the leased numbers that they gave are told as always.

use jiff::Timestamp;

use super::Shared;
use super::ahead::read_day;
use crate::hall::Sequence;
use crate::hall::jetstream::{Away, NotTaken};
use crate::node::{Node, Parted};
use crate::ticket::Day;

/// Sees to it that the log is the one that was read before, or has all that the copy has.
pub async fn same_log(node: &Node, shared: &Shared, made: Timestamp) -> Result<(), Away> {
    // As it is kept.
    let made = Timestamp::from_millisecond(made.as_millisecond()).map_err(Away::because)?;
    let known = node.store.call(|store| store.copied_log()).await;
    let known = known.map_err(Away::because)?.map_err(Away::because)?;
    let (today, last) = node.hall.place_in_log();
    match known {
        Some(known) if known == made => {
            let there = shared.log.last(today).await?;
            if there.map_or(Sequence(0), |(there, _)| there) >= last {
                return Ok(());
            }
            tracing::error!(?there, ?last, "The hall's log has less than it had");
        }
        Some(known) => tracing::error!(%known, %made, "The hall's log is another than it was"),
        None => {
            let kept = node.store.call(move |store| store.copies_log(made)).await;
            return kept.map_err(Away::because)?.map_err(Away::because);
        }
    }
    shared.parted(Parted::Lost, &Away::because("it has not all that was in it"));
    let same = known == Some(made);
    let days = node.store.call(move |store| store.copied_days(today)).await;
    for day in days.map_err(Away::because)?.map_err(Away::because)? {
        write_again(node, shared, day, same).await?;
    }
    let forgotten = node.store.call(move |store| {
        store.forget_copy(today)?;
        store.copies_log(made)
    });
    forgotten.await.map_err(Away::because)?.map_err(Away::because)?;
    node.hall.turn_to(read_day(node, shared, today).await?);
    Ok(())
}

/// Writes what the log lacks at its end. `same`: it has lost its end only, and sequences mean what they meant.
async fn write_again(node: &Node, shared: &Shared, day: Day, same: bool) -> Result<(), Away> {
    loop {
        let there = shared.log.last(day).await?;
        let (mut last, known) = match there {
            None => (Sequence(0), Sequence(0)),
            Some((last, Some(before))) => (last, before),
            Some((last, None)) if same => (last, last),
            // Somebody has gone on already.
            Some((_, None)) => return Ok(()),
        };
        let lost = node.store.call(move |store| store.copied(day, known)).await;
        let lost = lost.map_err(Away::because)?.map_err(Away::because)?;
        let mut written = 0_usize;
        let mut conflict = false;
        for message in &lost {
            match shared.log.append_again(day, message, last).await {
                Ok(sequence) => {
                    last = sequence;
                    written += 1;
                }
                // Another kiosk is writing it again, too.
                Err(NotTaken::Conflict) => {
                    conflict = true;
                    break;
                }
                Err(NotTaken::Unclear(away)) => return Err(away),
            }
        }
        if written > 0 {
            tracing::warn!(%day, written, "Events that the hall's log had lost are written again");
        }
        if !conflict {
            return Ok(());
        }
        tokio::time::sleep(super::LOOK_EVERY / 10).await;
    }
}
