//! A code is the front of a card only with bounded fields that read the same written anew, can be masked, and name keys.

#![no_main]

use hardware::card::candidates::{Day, TRIES_MAX, candidates};
use hardware::card::qr::{FIELD_BYTES_MAX, Front};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|code: &str| {
    let Ok(front) = Front::read(code) else { return };

    // Where a mask cuts, a digit ends.
    assert!(front.id.len() == 12 && front.id.bytes().all(|digit| digit.is_ascii_digit()));
    for field in [&front.name, &front.sex, &front.address] {
        assert!((1..=FIELD_BYTES_MAX).contains(&field.len()) && field.trim() == field);
        assert!(!field.chars().any(|letter| letter.is_control() || letter == '|'));
    }
    for day in [Some(front.born), front.issued].into_iter().flatten() {
        let Some((month, number)) = day.month_and_day else {
            continue;
        };
        assert!(Day::of_calendar(day.year, month, number) == Some(day));
    }
    assert!(front.issued.is_none_or(|day| day.month_and_day.is_some()));

    assert!(Front::read(&written(&front)).as_ref() == Ok(&front));

    let keys = candidates(&front.id, front.born, front.issued);
    assert!((1..=TRIES_MAX).contains(&keys.len()));
    assert!(
        keys.iter().enumerate().all(|(at, key)| !keys[..at].contains(key)),
        "no key is tried twice"
    );
});

fn written(front: &Front) -> String {
    let day = |day: Day| match day.month_and_day {
        Some((month, number)) => format!("{number:02}{month:02}{:04}", day.year),
        None => format!("{:04}", day.year),
    };
    let fields: [&str; 7] = [
        &front.id,
        front.old_id.as_deref().unwrap_or_default(),
        &front.name,
        &day(front.born),
        &front.sex,
        &front.address,
        &front.issued.map(day).unwrap_or_default(),
    ];
    fields.join("|")
}
