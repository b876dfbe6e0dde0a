//! Holidays and days worked instead, as the province writes them beside its procedures.

use jiff::civil::Date;
use serde_json::Value;
use tracing::warn;

use crate::calendar::{Calendar, DAYS_MAX};

/// The calendar, or one of which nothing is known: a day that cannot be read might be the one that counts.
pub(super) fn calendar(answer: &Value) -> Calendar {
    let Some(until) = answer.get("LichDenNgay") else {
        return Calendar::default();
    };
    let [off, worked] = ["NgayNghi", "NgayLamBu"].map(|name| days(&answer[name]));
    match (off, worked, day(until)) {
        (Some(off), Some(worked), Some(until)) => Calendar::new(off, worked, until),
        (None, _, _) | (_, None, _) | (_, _, None) => {
            warn!("The calendar of working days cannot be understood; no day is promised");
            Calendar::default()
        }
    }
}

fn days(listed: &Value) -> Option<Vec<Date>> {
    match listed {
        Value::Null => Some(vec![]),
        Value::Array(listed) => listed.iter().take(DAYS_MAX + 1).map(day).collect(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}

/// `yyyyMMdd`.
fn day(value: &Value) -> Option<Date> {
    let text = value.as_str()?;
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Date::strptime("%Y%m%d", text).ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_calendar_is_believed_whole_or_not_at_all() {
        let known =
            calendar(&json!({ "LichDenNgay": "20261231", "NgayNghi": ["20261124"], "NgayLamBu": ["20261128"] }));
        let day = |text: &str| day(&json!(text)).unwrap();
        assert_eq!(known.due(day("20261123"), 4), Some(day("20261128")));

        for odd in [
            json!({ "NgayNghi": ["20261124"] }),
            json!({ "LichDenNgay": "2026", "NgayNghi": [] }),
            json!({ "LichDenNgay": "20261231", "NgayNghi": ["20261324"] }),
            json!({ "LichDenNgay": "20261231", "NgayNghi": "20261124" }),
            json!({ "LichDenNgay": "20261231", "NgayLamBu": [7] }),
        ] {
            assert_eq!(calendar(&odd), Calendar::default(), "{odd}");
        }
    }
}
