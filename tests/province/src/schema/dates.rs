//! Dates as digits, `yyyyMMdd`, `yyyyMM` or `yyyy`: JSON Schema compares no texts, so limits become patterns.

use serde_json::{Value, json};

/// Days that the calendar has, in years of four digits.
const DAY: &str = "^([1-9][0-9]{3}((0[13578]|1[02])(0[1-9]|[12][0-9]|3[01])|(0[469]|11)(0[1-9]|[12][0-9]|30)\
    |02(0[1-9]|1[0-9]|2[0-8]))|([1-9][0-9](0[48]|[2468][048]|[13579][26])|([2468][048]|[13579][26])00)0229)$";
const MONTH: &str = "^[1-9][0-9]{3}(0[1-9]|1[0-2])$";
const YEAR: &str = "^[1-9][0-9]{3}$";

/// A date between two days (`yyyyMMdd`), both included. What is known to the month or year may be outside in part.
pub(super) fn between(earliest: Option<&str>, latest: Option<&str>, precision: &str) -> Value {
    let of_length = |digits: usize, calendar: &str| {
        let mut patterns = vec![json!({ "pattern": calendar })];
        let bounds = [
            earliest.map(|day| (day, at_least as Bound)),
            latest.map(|day| (day, at_most as Bound)),
        ];
        for (day, bound) in bounds.into_iter().flatten() {
            patterns.push(json!({ "pattern": bound(&day[..digits]) }));
        }
        json!({ "allOf": patterns })
    };
    let mut lengths = vec![of_length(8, DAY)];
    if precision == "thang" || precision == "nam" {
        lengths.push(of_length(6, MONTH));
    }
    if precision == "nam" {
        lengths.push(of_length(4, YEAR));
    }
    json!({ "type": "string", "anyOf": lengths })
}

type Bound = fn(&str) -> String;

/// As many digits, and not less.
fn at_least(digits: &str) -> String {
    pattern(digits, |digit| {
        (digit < b'9').then(|| format!("[{}-9]", char::from(digit + 1)))
    })
}

/// As many digits, and not more.
fn at_most(digits: &str) -> String {
    pattern(digits, |digit| {
        (digit > b'0').then(|| format!("[0-{}]", char::from(digit - 1)))
    })
}

/// The number itself, or one that leaves it at some digit in the direction of `beyond`.
fn pattern(digits: &str, beyond: impl Fn(u8) -> Option<String>) -> String {
    let leaving = digits.bytes().enumerate().filter_map(|(at, digit)| {
        let rest = digits.len() - at - 1;
        beyond(digit).map(|beyond| format!("{}{beyond}[0-9]{{{rest}}}", &digits[..at]))
    });
    let ways: Vec<String> = leaving.chain([digits.to_owned()]).collect();
    format!("^({})$", ways.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(schema: &Value, date: &str) -> bool {
        jsonschema::draft202012::is_valid(schema, &json!(date))
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        let schema = between(None, None, "ngay");
        for good in ["20240229", "20000229", "16000229", "19991231", "20260430"] {
            assert!(fits(&schema, good), "{good}");
        }
        for bad in [
            "20230229", "19000229", "20260431", "20261301", "20260100", "2026", "202611", "09990101", "2026112a",
        ] {
            assert!(!fits(&schema, bad), "{bad}");
        }
    }

    #[test]
    fn limits_hold_at_every_digit_and_for_months_and_years() {
        let schema = between(Some("19090909"), Some("20261122"), "nam");
        for inside in [
            "19090909", "19091001", "20000101", "20261122", "190909", "202611", "1909", "2026",
        ] {
            assert!(fits(&schema, inside), "{inside}");
        }
        for outside in [
            "19090908", "18991231", "20261123", "20270101", "190908", "202612", "1908", "2027",
        ] {
            assert!(!fits(&schema, outside), "{outside}");
        }
        assert!(!fits(&between(None, None, "thang"), "2026"));
        assert!(fits(&between(None, None, "thang"), "202602"));
    }
}
