//! How long somebody waits, as this kiosk tells it.

use super::Kiosk;
use crate::config::SeriesConfig;

/// What is told ends at whole multiples of it, in minutes: no false precision.
const STEP_MINUTES: u32 = 5;

impl Kiosk {
    /// Minutes from and to, for somebody of `series` who has so many before them. Where counters call through the hall, from the
    /// day's own pace, and none while no counter calls them; where people are called otherwise, from what the configuration
    /// expects of each.
    pub(super) fn minutes(&self, series: &SeriesConfig, ahead: u32) -> Option<(u32, u32)> {
        let each = series.minutes_each;
        if self.config.hall.is_none() {
            return each.map(|each| roughly(ahead, each));
        }
        let before = usize::try_from(ahead).unwrap_or(usize::MAX);
        let wait = self
            .node
            .hall()
            .look(|hall| hall.wait_behind(series.letter, before, each))?;
        Some((wait.from_minutes, wait.to_minutes))
    }
}

fn roughly(ahead: u32, minutes_each: u32) -> (u32, u32) {
    let minutes = ahead.saturating_mul(minutes_each);
    let from = minutes / STEP_MINUTES * STEP_MINUTES;
    (
        from,
        from.saturating_add(if minutes < 30 { STEP_MINUTES } else { 2 * STEP_MINUTES }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rough_wait_is_a_range_that_grows_with_those_before() {
        assert_eq!(roughly(0, 6), (0, 5));
        assert_eq!(roughly(4, 6), (20, 25));
        assert_eq!(roughly(10, 6), (60, 70));
        assert_eq!(roughly(u32::MAX, 6).1, u32::MAX);
    }
}
