//! Times as the contract writes them: `yyyyMMddHHmmss` in Vietnam, and HTTP dates.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};

/// Vietnam is UTC+7 without summer time.
const VIETNAM: Offset = Offset::constant(7);

pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

pub(crate) fn local(at: Timestamp) -> DateTime {
    VIETNAM.to_datetime(at)
}

/// `yyyyMMddHHmmss`
pub(crate) fn stamp(at: Timestamp) -> String {
    local(at).strftime("%Y%m%d%H%M%S").to_string()
}

pub(crate) fn parse_stamp(text: &str) -> Option<Timestamp> {
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let local = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    VIETNAM.to_timestamp(local).ok()
}

/// `yyyyMMdd`, `yyyyMM` or `yyyy`: the first and the last day it may mean.
pub(crate) fn parse_date(text: &str) -> Option<(Date, Date)> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = text.get(..4)?.parse().ok()?;
    match text.len() {
        4 => Date::new(year, 1, 1).ok().map(|first| (first, first.last_of_year())),
        6 => Date::new(year, text[4..].parse().ok()?, 1)
            .ok()
            .map(|first| (first, first.last_of_month())),
        8 => Date::new(year, text[4..6].parse().ok()?, text[6..].parse().ok()?)
            .ok()
            .map(|day| (day, day)),
        _ => None,
    }
}

/// As in `Sun, 22 Nov 2026 00:00:00 GMT`
pub(crate) fn http_date(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_vietnam_reads_its_clock() {
        let at: Timestamp = "2026-11-21T18:30:05Z".parse().unwrap();
        assert_eq!(stamp(at), "20261122013005");
        assert_eq!(parse_stamp("20261122013005"), Some(at));
        assert_eq!(parse_stamp("20261322013005"), None);
        assert_eq!(parse_stamp("+0261122013005"), None);
        assert_eq!(http_date(at), "Sat, 21 Nov 2026 18:30:05 GMT");
    }

    #[test]
    fn a_date_may_be_known_to_the_year_only() {
        let span = |first: &str, last: &str| Some((first.parse().unwrap(), last.parse().unwrap()));
        assert_eq!(parse_date("1950"), span("1950-01-01", "1950-12-31"));
        assert_eq!(parse_date("195006"), span("1950-06-01", "1950-06-30"));
        assert_eq!(parse_date("20240229"), span("2024-02-29", "2024-02-29"));
        assert_eq!(parse_date("19500631"), None);
        assert_eq!(parse_date("195"), None);
        assert_eq!(parse_date("năm1"), None);
    }
}
