//! Working days (ngày làm việc): which days offices work, and on which day a time limit in working days ends.
//!
//! Holidays and the Saturdays worked instead (ngày làm bù) are data of the province, with the last day for which they
//! are known. A limit that ends later has no day yet: none is guessed. Pure: no clock, no I/O.
//!
//! The day of receipt is not counted (Bộ luật Dân sự 2015, Điều 147 khoản 2); Saturdays, Sundays and holidays are not
//! working days (Bộ luật Lao động 2019, Điều 111, 112).

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Holidays and days worked instead that a calendar holds: some twenty a year.
pub const DAYS_MAX: usize = 1_000;
/// Days that are looked at for one limit: no procedure takes four years.
const LOOKED_AT_DAYS_MAX: u32 = 1_500;

/// When a result is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Worked out here: if the dossier is accepted on the day it was handed in.
    Expected(Date),
    /// Ngày hẹn trả, as the province has said.
    Promised(Timestamp),
}

/// When offices work, as far as the province has said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Ngày nghỉ: holidays, and days off in exchange for another.
    holidays: BTreeSet<Date>,
    /// Ngày làm bù: days of a weekend that are worked.
    worked: BTreeSet<Date>,
    /// The last day for which both are known.
    known_until: Option<Date>,
}

impl Calendar {
    /// Days beyond [`DAYS_MAX`] are left out, and the calendar is not known beyond the last that was taken.
    pub fn new(holidays: Vec<Date>, worked: Vec<Date>, known_until: Date) -> Self {
        let take = |days: Vec<Date>| days.into_iter().collect::<BTreeSet<_>>();
        let (mut holidays, worked) = (take(holidays), take(worked));
        let mut known_until = known_until;
        while holidays.len() + worked.len() > DAYS_MAX {
            let Some(last) = holidays.pop_last() else { break };
            known_until = known_until.min(last.yesterday().unwrap_or(last));
        }
        Self {
            holidays,
            worked,
            known_until: Some(known_until),
        }
    }

    pub fn is_working_day(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.worked.contains(&day) || !(weekend || self.holidays.contains(&day))
    }

    /// The day on which a limit of so many working days ends. One of none ends on the day itself, or on the next
    /// working day. `None` if it ends beyond what the province has said.
    pub fn due(&self, received_on: Date, working_days: u16) -> Option<Date> {
        let known_until = self.known_until?;
        let mut day = received_on;
        let mut left = working_days;
        if left == 0 && self.is_working_day(day) {
            return (day <= known_until).then_some(day);
        }
        for _ in 0..LOOKED_AT_DAYS_MAX {
            day = day.tomorrow().ok()?;
            if day > known_until {
                return None;
            }
            if self.is_working_day(day) {
                left = left.saturating_sub(1);
                if left == 0 {
                    return Some(day);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
