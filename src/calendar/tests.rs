use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// The sample days of the stand-in, and limits counted by another's program (PyPI `holidays`).
const SAMPLE: &str = include_str!("../../tests/province/src/catalogue/calendar.json");
const COUNTED: &str = include_str!("tests/counted.json");

fn day(text: &str) -> Date {
    Date::strptime("%Y%m%d", text).unwrap()
}

fn sample() -> Calendar {
    let sample: Value = serde_json::from_str(SAMPLE).unwrap();
    let days = |name: &str| {
        let listed = sample[name].as_array().unwrap();
        listed.iter().map(|text| day(text.as_str().unwrap())).collect()
    };
    let until = sample["LichDenNgay"].as_str().unwrap();
    Calendar::new(days("NgayNghi"), days("NgayLamBu"), day(until))
}

#[test]
fn limits_end_where_another_program_counts_them_to_end() {
    let calendar = sample();
    let cases: Vec<(String, u16, String)> = serde_json::from_str(COUNTED).unwrap();
    assert!(cases.len() > 150, "{}", cases.len());
    for (from, working_days, due) in cases {
        assert_eq!(
            calendar.due(day(&from), working_days),
            Some(day(&due)),
            "{working_days} working days after {from}"
        );
    }
}

#[test]
fn tet_the_kings_day_the_day_of_culture_and_swapped_days_are_known() {
    let calendar = sample();
    for off in [
        "20260217", "20260427", "20260831", "20261124", "20270206", "20261122", "20261121",
    ] {
        assert!(!calendar.is_working_day(day(off)), "{off}");
    }
    // A Saturday worked for the Monday before the national day.
    for worked in ["20260822", "20261123", "20261125"] {
        assert!(calendar.is_working_day(day(worked)), "{worked}");
    }
}

#[test]
fn the_day_of_receipt_is_not_counted_and_the_day_of_culture_is_no_working_day() {
    let calendar = sample();
    // A Monday; Tuesday is 24/11.
    assert_eq!(calendar.due(day("20261123"), 1), Some(day("20261125")));
    assert_eq!(calendar.due(day("20261123"), 0), Some(day("20261123")));
    // A Sunday.
    assert_eq!(calendar.due(day("20261122"), 0), Some(day("20261123")));
}

#[test]
fn beyond_what_the_province_has_said_no_day_is_promised() {
    assert_eq!(Calendar::default().due(day("20261123"), 3), None);
    let until = day("20261125");
    let calendar = Calendar::new(vec![day("20261124")], vec![], until);
    assert_eq!(calendar.due(day("20261123"), 1), Some(until));
    assert_eq!(calendar.due(day("20261123"), 2), None);
    assert_eq!(calendar.due(day("20261126"), 0), None);
}

#[test]
fn a_calendar_with_too_many_days_is_believed_only_as_far_as_it_was_taken() {
    let first = day("20260101");
    let days: Vec<Date> = (0..=DAYS_MAX as i64)
        .map(|days| first.checked_add(jiff::Span::new().days(days)).unwrap())
        .collect();
    let last = *days.last().unwrap();
    let calendar = Calendar::new(days, vec![], last);
    assert_eq!(calendar.known_until, Some(last.yesterday().unwrap()));
}

proptest! {
    #[test]
    fn a_limit_ends_on_a_working_day_and_a_longer_one_ends_later(
        offset in 0_i64..700, working_days in 0_u16..60,
    ) {
        let calendar = sample();
        let from = day("20260101").checked_add(jiff::Span::new().days(offset)).unwrap();
        let due = calendar.due(from, working_days).unwrap();
        prop_assert!(calendar.is_working_day(due) && due >= from);
        prop_assert!(working_days == 0 || due > from);
        let between = |to: Date| {
            let mut day = from;
            let mut count = 0;
            while day < to {
                day = day.tomorrow().unwrap();
                count += u16::from(calendar.is_working_day(day));
            }
            count
        };
        prop_assert_eq!(between(due), working_days.max(u16::from(due != from)));
        prop_assert!(calendar.due(from, working_days + 1).unwrap() > due || working_days == 0);
    }
}
