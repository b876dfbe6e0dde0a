//! Whose turn it is, of all who are owed. Pure: knows no store, and no clock but a turn's own.
//!
//! All stand in one line, first come first. A turn ends with the last byte, or once a dossier has had its share
//! ([`TURN_BYTES_MAX`], [`TURN_MAX`]) while others wait: then it goes behind them all, and on from where it was at its
//! next turn. So a dossier of 200 pages costs each who waits one turn, not all the time that it takes.
//!
//! There are two lanes, and at most one of them is for a big dossier: a small one is passed by nobody who came later,
//! and a big one only by small ones, while another big one is being sent.
//!
//! When nothing gets through for anybody, one alone goes and tries, each time another ([`Order::LeastTried`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::owed::SMALL_BYTES_MAX;

/// Attempts at a time.
pub const ATTEMPTS_AT_ONCE_MAX: usize = 2;
/// What a dossier sends before it goes behind those who wait, in bytes: a small one needs one turn.
pub const TURN_BYTES_MAX: u64 = SMALL_BYTES_MAX;
/// How long it sends before it goes behind those who wait: its share at 1 Mbit/s.
pub const TURN_MAX: Duration = Duration::from_secs(60);

/// One who stands in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub bytes: u64,
    /// Attempts that failed in a row.
    pub failures: u32,
}

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As they stand.
    Place,
    /// One alone, who was tried least: nothing gets through, and it may be the fault of those in front.
    LeastTried,
}

/// Which of the line goes now, if there is a lane for any; `sending` are the sizes of those under way, in bytes.
pub(super) fn next(line: &[Waiting], sending: &[u64], order: Order) -> Option<usize> {
    match order {
        Order::Place => line.iter().position(|one| has_lane(one.bytes, sending)),
        Order::LeastTried if sending.is_empty() => {
            let least = line.iter().enumerate().min_by_key(|(_, one)| one.failures);
            least.map(|(at, _)| at)
        }
        Order::LeastTried => None,
    }
}

fn has_lane(bytes: u64, sending: &[u64]) -> bool {
    let big_sending = sending.iter().any(|bytes| *bytes > SMALL_BYTES_MAX);
    sending.len() < ATTEMPTS_AT_ONCE_MAX && !(big_sending && bytes > SMALL_BYTES_MAX)
}

/// One turn of one dossier.
#[derive(Debug)]
pub(super) struct Turn {
    began: Instant,
    sent_bytes: AtomicU64,
    others_wait: Arc<AtomicBool>,
}

impl Turn {
    pub fn begin(others_wait: Arc<AtomicBool>) -> Self {
        Self {
            began: Instant::now(),
            sent_bytes: AtomicU64::new(0),
            others_wait,
        }
    }

    pub fn sent(&self, bytes: usize) {
        self.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Whether it should let others go. Never before it has sent anything: a turn gets on.
    pub fn is_over(&self) -> bool {
        let sent = self.sent_bytes.load(Ordering::Relaxed);
        let had_share = sent >= TURN_BYTES_MAX || (sent > 0 && self.began.elapsed() >= TURN_MAX);
        had_share && self.others_wait.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const TURN: u64 = TURN_BYTES_MAX;

    #[derive(Clone, Debug)]
    struct One {
        name: usize,
        left: u64,
        bytes: u64,
    }

    /// What happened: who began a turn and who was done, in order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Seen {
        Came(usize),
        Began(usize),
        /// Its turn is over, and it is not done.
        Back(usize),
        Done(usize),
    }

    /// Sends all who come, at a byte a moment and lane, as the outbox does with its store: whose share is over goes
    /// to the end of the line.
    fn send_all(mut coming: VecDeque<(u64, u64)>) -> Vec<Seen> {
        let (mut now, mut line, mut under_way, mut seen) = (0, Vec::<One>::new(), Vec::<(u64, One)>::new(), vec![]);
        let mut names = 0..;
        loop {
            while let Some((_, bytes)) = coming.pop_front_if(|(at, _)| *at <= now) {
                let name = names.next().unwrap();
                seen.push(Seen::Came(name));
                line.push(One {
                    name,
                    left: bytes,
                    bytes,
                });
            }
            loop {
                let waiting: Vec<_> = line
                    .iter()
                    .map(|one| Waiting {
                        bytes: one.bytes,
                        failures: 0,
                    })
                    .collect();
                let sending: Vec<_> = under_way.iter().map(|(_, one)| one.bytes).collect();
                let Some(at) = next(&waiting, &sending, Order::Place) else {
                    break;
                };
                let one = line.remove(at);
                seen.push(Seen::Began(one.name));
                under_way.push((now + one.left.min(TURN), one));
            }
            let big = under_way.iter().filter(|(_, one)| one.bytes > SMALL_BYTES_MAX);
            assert!(under_way.len() <= ATTEMPTS_AT_ONCE_MAX && big.count() <= 1);
            let next_end = under_way.iter().map(|(end, _)| *end).min();
            let next_come = coming.front().map(|(at, _)| *at);
            let Some(then) = next_end.into_iter().chain(next_come).min() else {
                return seen;
            };
            now = then;
            let (ended, going) = under_way.into_iter().partition(|(end, _)| *end <= now);
            under_way = going;
            let ended: Vec<(u64, One)> = ended;
            for (_, mut one) in ended {
                one.left = one.left.saturating_sub(TURN);
                if one.left == 0 {
                    seen.push(Seen::Done(one.name));
                } else {
                    seen.push(Seen::Back(one.name));
                    line.push(one);
                }
            }
        }
    }

    fn sizes() -> impl Strategy<Value = u64> {
        prop_oneof![4 => 1..=SMALL_BYTES_MAX, 1 => SMALL_BYTES_MAX..40 * TURN]
    }

    proptest! {
        #[test]
        fn all_are_sent_and_nobody_passes_a_small_one(
            coming in proptest::collection::vec((0..20 * TURN, sizes()), 1..60),
        ) {
            let mut coming = coming;
            coming.sort_unstable();
            let small: Vec<bool> = coming.iter().map(|(_, bytes)| *bytes <= SMALL_BYTES_MAX).collect();
            let turns: u64 = coming.iter().map(|(_, bytes)| bytes.div_ceil(TURN)).sum();
            let seen = send_all(coming.into_iter().collect());

            for (name, small) in small.iter().enumerate() {
                let at = |what| seen.iter().position(|seen| *seen == what);
                let (came, began) = (at(Seen::Came(name)).unwrap(), at(Seen::Began(name)).unwrap());
                prop_assert!(at(Seen::Done(name)).is_some());
                // Who came later and began before.
                let later = seen[came..began].iter().filter(|seen| matches!(seen, Seen::Began(other) if *other > name));
                if *small {
                    prop_assert_eq!(later.count(), 0);
                }
            }
            let begun = seen.iter().filter(|seen| matches!(seen, Seen::Began(_))).count();
            prop_assert_eq!(begun as u64, turns);
        }

        /// However many small ones keep coming, who comes after a big one went back does not go before its next turn.
        #[test]
        fn a_big_one_is_not_starved(bytes in 2 * TURN..30 * TURN, every in 1..=TURN, small in 1..=TURN) {
            let many = (0..400).map(|n| (n * every, small));
            let seen = send_all(std::iter::once((0, bytes)).chain(many).collect());
            let done = seen.iter().position(|seen| *seen == Seen::Done(0)).unwrap();
            prop_assert!(seen.contains(&Seen::Done(400)));
            let backs: Vec<_> = (0..done).filter(|at| seen[*at] == Seen::Back(0)).collect();
            prop_assert_eq!(backs.len() as u64 + 1, bytes.div_ceil(TURN));
            for back in backs {
                let goes_on = back + seen[back..].iter().position(|seen| *seen == Seen::Began(0)).unwrap();
                for one in &seen[back..goes_on] {
                    if let Seen::Began(name) = one {
                        prop_assert!(seen[..back].contains(&Seen::Came(*name)), "{} passed it", name);
                    }
                }
            }
        }
    }

    #[test]
    fn small_ones_end_before_the_many_turns_of_a_big_one_in_front_of_them() {
        let coming = std::iter::once((0, 25 * TURN)).chain((0..100).map(|_| (0, TURN / 10)));
        let seen = send_all(coming.collect());
        assert_eq!(seen.last(), Some(&Seen::Done(0)));
        let turns_before = |name| {
            let done = seen.iter().position(|seen| *seen == Seen::Done(name)).unwrap();
            seen[..done].iter().filter(|seen| **seen == Seen::Began(0)).count()
        };
        assert_eq!(turns_before(1), 1);
        assert!(turns_before(100) <= 10, "{}", turns_before(100));
    }

    #[test]
    fn when_nothing_gets_through_one_alone_tries_and_each_time_another() {
        let mut line = [3, 0, 1, 0].map(|failures| Waiting { bytes: 1, failures });
        assert_eq!(next(&line, &[1], Order::LeastTried), None);
        for wanted in [1, 3, 1, 2, 3] {
            let at = next(&line, &[], Order::LeastTried).unwrap();
            assert_eq!(at, wanted);
            line[at].failures += 1;
        }
    }

    #[test]
    fn a_turn_ends_when_others_wait_and_something_was_sent() {
        let others_wait = Arc::new(AtomicBool::new(true));
        let turn = Turn {
            began: Instant::now().checked_sub(TURN_MAX).unwrap(),
            ..Turn::begin(Arc::clone(&others_wait))
        };
        assert!(!turn.is_over(), "nothing was sent");
        turn.sent(1);
        assert!(turn.is_over());
        others_wait.store(false, Ordering::Relaxed);
        assert!(!turn.is_over(), "nobody waits");

        let turn = Turn::begin(Arc::new(AtomicBool::new(true)));
        turn.sent(TURN_BYTES_MAX as usize - 1);
        assert!(!turn.is_over());
        turn.sent(1);
        assert!(turn.is_over());
    }
}
