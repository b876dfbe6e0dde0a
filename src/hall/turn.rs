//! Whose turn it is: fair to who came first, and to who cannot wait long.
//!
//! Who goes first ([`Class::goes_first`]) is called before those who came earlier, but between two of them so many
//! ordinary ones are called, and nobody who was overtaken once is overtaken for longer than the rules say. So however
//! many go first, nobody waits without end.

use jiff::Timestamp;

use crate::hall::{Counter, CounterState, Hall, Place, Rules, Turn};
use crate::ticket::{Label, SeriesLetter};

impl Hall {
    /// Whom `counter` calls next; nobody, if it is not open or nobody waits for it.
    pub fn next_for(&self, counter: &Counter, rules: &Rules, now: Timestamp) -> Option<Label> {
        let CounterState::Open { serves } = self.counter(counter) else {
            return None;
        };
        // Who is kept for this counter was at one already.
        let kept = self
            .waiting_places()
            .filter(|(_, place)| place.only.as_ref() == Some(counter));
        if let Some((label, _)) = kept.min_by_key(|(_, place)| place.turn) {
            return Some(label);
        }
        let mut heads = serves
            .iter()
            .filter_map(|series| self.head(*series, rules, now))
            .collect::<Vec<_>>();
        let preferred = *heads.first()?;
        heads.sort_by_key(|(_, turn)| *turn);
        let oldest = *heads.first()?;
        let longer = preferred.1.since.duration_since(oldest.1.since);
        let next = if longer > rules.preference_max() {
            oldest
        } else {
            preferred
        };
        Some(next.0)
    }

    /// The order in which those who wait in `series` would be called if nobody else came and time stood still.
    pub fn line(&self, series: SeriesLetter, rules: &Rules, now: Timestamp) -> Vec<Label> {
        let (mut first, mut ordinary) = self.two_lines(series, now);
        first.reverse();
        ordinary.reverse();
        let mut since_jump = self.ordinary_since_jump(series);
        let mut line = Vec::with_capacity(first.len() + ordinary.len());
        loop {
            let jumps = match (first.last(), ordinary.last()) {
                (None, None) => return line,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some((_, one)), Some((_, other))) => goes_before(one, other, since_jump, rules, now),
            };
            since_jump = if jumps { 0 } else { since_jump.saturating_add(1) };
            let next = if jumps { first.pop() } else { ordinary.pop() };
            line.extend(next.map(|(label, _)| label));
        }
    }

    fn head(&self, series: SeriesLetter, rules: &Rules, now: Timestamp) -> Option<(Label, Turn)> {
        let (first, ordinary) = self.two_lines(series, now);
        let next = match (first.first(), ordinary.first()) {
            (Some((one, place)), Some((_, other)))
                if goes_before(place, other, self.ordinary_since_jump(series), rules, now) =>
            {
                (*one, place.turn)
            }
            (_, Some((label, place))) | (Some((label, place)), None) => (*label, place.turn),
            (None, None) => return None,
        };
        Some(next)
    }

    /// Who goes first, and all others, each in their order; nobody who is kept for a counter that is open.
    fn two_lines(&self, series: SeriesLetter, now: Timestamp) -> (Line<'_>, Line<'_>) {
        let free = |place: &&Place| {
            let kept = place.only.as_ref().is_some_and(|only| self.counter(only).is_open());
            place.queue == series && !kept
        };
        let mut waiting: Line<'_> = self.waiting_places().filter(|(_, place)| free(place)).collect();
        waiting.sort_by_key(|(_, place)| place.turn);
        waiting.into_iter().partition(|(_, place)| place.class.goes_first(now))
    }
}

type Line<'a> = Vec<(Label, &'a Place)>;

fn goes_before(first: &Place, ordinary: &Place, since_jump: u32, rules: &Rules, now: Timestamp) -> bool {
    let enough = ordinary
        .overtaken_since
        .is_some_and(|since| now.duration_since(since) >= rules.overtaken_max());
    first.turn < ordinary.turn || (!enough && since_jump >= rules.ordinary_between)
}
