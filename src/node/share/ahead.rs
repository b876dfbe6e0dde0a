//! What a kiosk does while the log answers, for the time when it does not: numbers are leased for today and the days to
//! come, what was given without the log is told, and numbers that nobody has are voided.

use std::sync::atomic::Ordering;

use jiff::ToSpan;
use tokio::time::Instant;

use super::{ACT_MAX, NotWritten, Shared};
use crate::hall::jetstream::{Away, NotTaken};
use crate::hall::{Event, Hall, Illegal, Sequence};
use crate::node::Node;
use crate::ticket::{Day, Label, SeriesLetter};

/// Days for which numbers are leased beside today: over a long weekend without a network.
const DAYS_AHEAD: i64 = 4;
/// The days to come are looked at so often, in looks of [`super::LOOK_EVERY`].
const LOOK_AHEAD_EVERY: u32 = 600;

/// What is known of it from look to look.
#[derive(Default)]
pub struct Ahead {
    looks: u32,
    /// The day whose tickets were compared with the log since it was joined, and up to where it was seen that each number
    /// of this kiosk has its ticket.
    compared: Option<(Day, Sequence)>,
}

impl Ahead {
    /// The log was away: nothing is known any more.
    pub const fn parted(&mut self) {
        self.compared = None;
    }

    /// `joined`: how far the log was read when nothing was drawn from it yet.
    pub async fn prepare(&mut self, node: &Node, shared: &Shared, joined: (Day, Sequence)) -> Result<(), Away> {
        if shared.gap.swap(false, Ordering::Relaxed) {
            let read = read_day(node, shared, node.hall.place_in_log().0).await;
            read.inspect_err(|_| shared.gap.store(true, Ordering::Relaxed))?;
        }
        let (day, last) = node.hall.place_in_log();
        let seen = match self.compared {
            Some((compared, seen)) if compared == day => seen,
            Some(_) | None => {
                compare(node, shared, &node.hall.now()).await?;
                let (day, last) = joined;
                let kept = node.store.call(move |store| store.keeps_tickets(day, last)).await;
                kept.map_err(Away::because)?.map_err(Away::because)?;
                Sequence(0)
            }
        };
        self.compared = Some((day, seen));
        tell_owed(node, shared).await?;
        if seen < last {
            self.compared = Some((day, void_nobodys(node, shared, day, seen).await?));
        }
        for series in letters(node) {
            if few(&node.hall.now(), shared, series) {
                lease(node, shared, series).await?;
            }
        }
        if self.looks.is_multiple_of(LOOK_AHEAD_EVERY) {
            for days in 1..=DAYS_AHEAD {
                lease_later(node, shared, days).await?;
            }
        }
        self.looks = self.looks.wrapping_add(1);
        Ok(())
    }
}

fn letters(node: &Node) -> Vec<SeriesLetter> {
    node.hall.series().iter().map(|series| series.letter).collect()
}

fn few(hall: &Hall, shared: &Shared, series: SeriesLetter) -> bool {
    let left = hall.unused(&shared.kiosk, series).count();
    left <= shared.lease_numbers as usize / 2
}

/// Tickets of leased numbers that the log does not know, where the store has lost that it owes them.
async fn compare(node: &Node, shared: &Shared, hall: &Hall) -> Result<(), Away> {
    let numbers = |series| {
        let unused = hall.unused(&shared.kiosk, series);
        unused.map(move |number| Label { series, number })
    };
    let unknown: Vec<Label> = letters(node).into_iter().flat_map(numbers).collect();
    let day = hall.day();
    let owed = node.store.call(move |store| store.owe_unknown(day, &unknown)).await;
    match owed.map_err(Away::because)? {
        Ok(0) => {}
        Ok(owed) => tracing::warn!(owed, "Numbers were given of which the log was not to be told any more"),
        Err(error) => tracing::warn!(
            error = format!("{error:#}"),
            "Tickets could not be compared with the log"
        ),
    }
    Ok(())
}

async fn tell_owed(node: &Node, shared: &Shared) -> Result<(), Away> {
    let owed = node
        .store
        .call(|store| store.owed_draws())
        .await
        .map_err(Away::because)?;
    let owed = owed.map_err(Away::because)?;
    if owed.is_empty() {
        return Ok(());
    }
    for (day, event) in owed {
        let Some(label) = event.label() else { continue };
        let id = format!("{}-{day}-{}", shared.kiosk, label.compact());
        if !tell(node, shared, day, &event, &id).await? {
            return Ok(());
        }
        let told = node.store.call(move |store| store.told_draw(day, label)).await;
        told.map_err(Away::because)?.map_err(Away::because)?;
    }
    Ok(())
}

/// Whether the log knows it now. As everything it follows only what this kiosk has read: a log that was lost and made anew
/// is not begun with it.
async fn tell(node: &Node, shared: &Shared, day: Day, event: &Event, id: &str) -> Result<bool, Away> {
    if day == node.hall.place_in_log().0 {
        let written = shared.write(node, id, Instant::now() + ACT_MAX, |hall| {
            hall.check(event).map(|()| event.clone())
        });
        return match written.await {
            Ok(_) | Err(NotWritten::Refused(Illegal::DrawnBefore(_))) => Ok(true),
            Err(NotWritten::Refused(why)) => {
                tracing::error!(?event, %why, "The hall's log does not take a number that was given");
                Ok(true)
            }
            Err(NotWritten::Crowded) => Ok(false),
            Err(NotWritten::Away(away)) => Err(away),
        };
    }
    let hall = read_day(node, shared, day).await?;
    match shared.log.append(day, event, hall.last(), id).await {
        Ok(_) => Ok(true),
        Err(NotTaken::Conflict) => Ok(false),
        Err(NotTaken::Unclear(away)) => Err(away),
    }
}

/// Voids the numbers that the log gave here after `seen` and of which nobody was told. Returns up to where there are none.
async fn void_nobodys(node: &Node, shared: &Shared, day: Day, seen: Sequence) -> Result<Sequence, Away> {
    // While a number is drawn, it has no ticket yet.
    let Ok(none_drawing) = shared.drawing.try_write() else {
        return Ok(seen);
    };
    let kiosk = shared.kiosk.clone();
    let found = node
        .store
        .call(move |store| store.given_to_nobody(day, &kiosk, seen))
        .await;
    let (nobodys, to) = found.map_err(Away::because)?.map_err(Away::because)?;
    drop(none_drawing);
    for label in nobodys {
        let Label { series, number } = label;
        let event = Event::Voided { series, number };
        let id = format!("void-{}-{day}-{}", shared.kiosk, label.compact());
        let written = shared.write(node, &id, Instant::now() + ACT_MAX, |hall| {
            if hall.day() != day {
                return Err(Illegal::NotDrawn(label));
            }
            hall.check(&event).map(|()| event.clone())
        });
        match written.await {
            Ok(_) => tracing::info!(%label, "A number that nobody has is voided"),
            // It was called, and nobody came.
            Err(NotWritten::Refused(why)) => tracing::info!(%label, %why, "A number that nobody has stays"),
            Err(NotWritten::Crowded) => return Ok(seen),
            Err(NotWritten::Away(away)) => return Err(away),
        }
    }
    Ok(to)
}

async fn lease(node: &Node, shared: &Shared, series: SeriesLetter) -> Result<(), Away> {
    let id = uuid::Uuid::now_v7().to_string();
    let written = shared.write(node, &id, Instant::now() + ACT_MAX, |hall| {
        let next = hall.next_lease(&shared.kiosk, series, shared.lease_numbers);
        next.ok_or(Illegal::NoSuchNumber)
    });
    match written.await {
        // Where it is refused no number is left, or the day is closed.
        Ok(_) | Err(NotWritten::Crowded | NotWritten::Refused(_)) => Ok(()),
        Err(NotWritten::Away(away)) => Err(away),
    }
}

/// For a day that has not begun: its log is read as far as others have leased.
async fn lease_later(node: &Node, shared: &Shared, days: i64) -> Result<(), Away> {
    let (today, _) = node.hall.place_in_log();
    let Ok(date) = today.date().checked_add(days.days()) else {
        return Ok(());
    };
    let day = Day::from(date);
    let mut hall = read_day(node, shared, day).await?;
    for series in letters(node) {
        while hall.unused(&shared.kiosk, series).next().is_none() {
            let Some(event) = hall.next_lease(&shared.kiosk, series, shared.lease_numbers) else {
                break;
            };
            let id = uuid::Uuid::now_v7().to_string();
            match shared.log.append(day, &event, hall.last(), &id).await {
                Ok(_) | Err(NotTaken::Conflict) => hall = read_day(node, shared, day).await?,
                Err(NotTaken::Unclear(away)) => return Err(away),
            }
        }
    }
    Ok(())
}

pub(super) async fn read_day(node: &Node, shared: &Shared, day: Day) -> Result<Hall, Away> {
    let copied = node.store.call(move |store| store.copied_hall(day)).await;
    let mut hall = copied.map_err(Away::because)?.map_err(Away::because)?;
    while let Some(message) = shared.log.next(day, hall.last()).await? {
        let after = hall.last();
        hall.read(&message);
        let kept = node
            .store
            .call(move |store| store.copy_hall(day, after, &[message]))
            .await;
        kept.map_err(Away::because)?.map_err(Away::because)?;
    }
    Ok(hall)
}
