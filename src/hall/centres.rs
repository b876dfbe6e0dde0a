//! The halls of all centres of a province: what waits where, how long, how well.
//!
//! The province's server keeps a mirror of each centre's log ([`JetStream::begin_mirror`]), so a day is the same fold here as
//! in its centre, and its figures are the centre's own. A centre whose line is cut is shown as it was, with since when it was
//! not heard: its queue of now is not known.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::hall::day::{DayBook, DayView};
use crate::hall::jetstream::{Away, JetStream, Mirrored};
use crate::hall::{Sequence, Series};
use crate::ticket::Day;

/// What a centre has written is here a moment later: looks, and the time between two.
const LOOKS_MAX: usize = 10;
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One centre, as the province knows it.
#[derive(Clone, Debug)]
pub struct Centre {
    /// As in its kiosks' `hall.jetstream.centre`.
    pub id: String,
    /// For people.
    pub name: String,
    /// The JetStream domain of its servers.
    pub domain: String,
    pub series: Vec<Series>,
}

/// A centre's day.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CentreDay {
    pub id: String,
    pub name: String,
    /// The line to it holds, and all that is in its log is here.
    pub current: bool,
    /// Since when it is not current, as far as is known, in milliseconds since 1970.
    pub silent_since: Option<i64>,
    pub view: DayView,
}

/// Reads all centres.
pub struct Centres {
    /// The province's server.
    log: JetStream,
    centres: Vec<Centre>,
    /// The last day of each that was asked for, as far as it was read, and of which log it is. Held while it is read on:
    /// nobody reads the same twice.
    books: Mutex<BTreeMap<String, (String, DayBook)>>,
}

impl Centres {
    /// `log`: on the province's server, of whatever centre.
    pub fn new(log: JetStream, centres: Vec<Centre>) -> Self {
        let books = Mutex::default();
        Self { log, centres, books }
    }

    /// Makes the mirrors that can be made and are not there yet.
    ///
    /// # Errors
    /// The province's server does not answer, or refuses.
    pub async fn begin(&self) -> Result<(), Away> {
        let begun = self
            .centres
            .iter()
            .map(async |centre| self.log.of(&centre.id).begin_mirror(&centre.domain).await);
        join_all(begun).await.into_iter().collect()
    }

    /// Each centre's `day`, in the order of the configuration.
    ///
    /// # Errors
    /// The province's server does not answer.
    pub async fn day(&self, day: Day, now: Timestamp) -> Result<Vec<CentreDay>, Away> {
        let mut books = self.books.lock().await;
        let read = self.centres.iter().map(|centre| {
            let known = books.remove(&centre.id).filter(|(_, book)| book.day() == day);
            self.centre_day(centre, known.unwrap_or_else(|| (String::new(), DayBook::new(day))), now)
        });
        let (days, read): (Vec<_>, Vec<_>) = try_join_all(read.collect::<Vec<_>>()).await?.into_iter().unzip();
        books.extend(self.centres.iter().map(|centre| centre.id.clone()).zip(read));
        Ok(days)
    }

    async fn centre_day(
        &self,
        centre: &Centre,
        (mut of, mut book): (String, DayBook),
        now: Timestamp,
    ) -> Result<(CentreDay, (String, DayBook)), Away> {
        let log = self.log.of(&centre.id);
        let (mirrored, current) = caught_up(&log, &centre.domain).await?;
        if let Some(mirrored) = &mirrored {
            if mirrored.log != of {
                book = DayBook::new(book.day());
                mirrored.log.clone_into(&mut of);
            }
            for message in log.since(book.day(), book.last()).await? {
                match message.logged() {
                    Some(logged) => book.apply(&logged),
                    None => book.skip(message.sequence),
                }
            }
        }
        let silent = mirrored.as_ref().and_then(|mirrored| mirrored.silent);
        // Of a centre that is not heard, the day is known up to its last event only.
        let of_now = current && book.day() == Day::in_vietnam(now);
        let view = book.view(&centre.series, if of_now { now } else { Timestamp::MIN });
        let silent_since = match silent {
            _ if current => None,
            Some(silent) => now.checked_sub(silent).ok().map(Timestamp::as_millisecond),
            // Not since the province's server started: since its last event, if it has told of any.
            None => (book.last() > Sequence(0)).then_some(view.until),
        };
        let day = CentreDay {
            id: centre.id.clone(),
            name: centre.name.clone(),
            current,
            silent_since,
            view,
        };
        Ok((day, (of, book)))
    }
}

/// The mirror, and whether all that is in the centre's log at this moment is in it.
async fn caught_up(log: &JetStream, domain: &str) -> Result<(Option<Mirrored>, bool), Away> {
    let centre = log.at_centre(domain).await;
    let mut mirrored = log.mirrored().await?;
    let Some((made, last)) = centre else {
        return Ok((mirrored, false));
    };
    let whole = |mirrored: &Mirrored| mirrored.log == made && mirrored.last >= last;
    for _ in 0..LOOKS_MAX {
        if mirrored.as_ref().is_none_or(whole) {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        mirrored = log.mirrored().await?;
    }
    let current = mirrored.as_ref().is_some_and(whole);
    Ok((mirrored, current))
}
