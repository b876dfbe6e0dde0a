//! The keys that may open a card of which only the front was seen.
//!
//! The QR code tells number, birth and issue, not the expiry. A CCCD expires on the day its holder turns 25, 40 or 60, and
//! never after that; a card issued within two years before such a day runs to the next one (Law on Identification
//! 26/2023/QH15, Art. 21). What the MRZ has for "never" was not seen by us: 31 December 2099 and `<` are both tried.

use super::mrz::MrzKey;

/// No card is tried with more keys than these.
pub const TRIES_MAX: usize = 3;
const AGES: [u16; 3] = [25, 40, 60];
/// A card of the last years before a change runs to the next.
const LAST_YEARS: u16 = 2;
const NEVER: [&str; 2] = ["991231", "<<<<<<"];

/// A day of the calendar, or a year of which nothing more is known. Personal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Day {
    pub year: u16,
    pub month_and_day: Option<(u8, u8)>,
}

impl std::fmt::Debug for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Day(hidden)")
    }
}

impl Day {
    /// Nothing if the calendar has no such day, or its year is not of four digits.
    pub fn of_calendar(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_day = year <= 9999 && (1..=days_of(year, month)?).contains(&day);
        is_day.then_some(Self {
            year,
            month_and_day: Some((month, day)),
        })
    }

    /// As an MRZ has it: `<<` for what is not known (ICAO Doc 9303-3 §4.8).
    fn mrz(self) -> String {
        let year = self.year % 100;
        match self.month_and_day {
            Some((month, day)) => format!("{year:02}{month:02}{day:02}"),
            None => format!("{year:02}<<<<"),
        }
    }

    fn months(self) -> u32 {
        u32::from(self.year) * 12 + self.month_and_day.map_or(0, |(month, _)| u32::from(month))
    }
}

/// At most [`TRIES_MAX`] keys, the likeliest first. `id` is the twelve digits of the card; nothing comes for another.
pub fn candidates(id: &str, born: Day, issued: Option<Day>) -> Vec<MrzKey> {
    let Some(number) = id.get(3..).filter(|_| id.len() == 12) else {
        return Vec::new();
    };
    let mut expiries: Vec<String> = Vec::with_capacity(TRIES_MAX);
    let mut add = |expiry: String| {
        if expiries.len() < TRIES_MAX && !expiries.contains(&expiry) {
            expiries.push(expiry);
        }
    };

    let turns = |age: u16| birthday(born, born.year + age);
    let late =
        |age: u16| issued.is_some_and(|issued| issued.months() + u32::from(LAST_YEARS) * 12 >= turns(age).months());
    let past = |age: u16| issued.is_some_and(|issued| issued.months() > turns(age).months());
    // The rule, then what an older practice or a card on the edge of it would have.
    for age in AGES.into_iter().filter(|age| !late(*age)).take(1) {
        add(turns(age).mrz());
    }
    if AGES.into_iter().all(late) {
        NEVER.iter().for_each(|never| add((*never).to_owned()));
    }
    for age in AGES.into_iter().filter(|age| !past(*age)) {
        add(turns(age).mrz());
    }
    NEVER.iter().for_each(|never| add((*never).to_owned()));

    expiries
        .iter()
        .filter_map(|expiry| MrzKey::new(number, &born.mrz(), expiry))
        .collect()
}

/// The key as it is printed on the card. Nothing for a number that is none.
pub fn printed(id: &str, born: Day, expiry: Day) -> Option<MrzKey> {
    let number = id.get(3..).filter(|_| id.len() == 12)?;
    MrzKey::new(number, &born.mrz(), &expiry.mrz())
}

/// The same day of another year; 28 February where there is no 29th.
fn birthday(born: Day, year: u16) -> Day {
    let month_and_day = match born.month_and_day {
        Some((2, 29)) if !is_leap(year) => Some((2, 28)),
        other => other,
    };
    Day { year, month_and_day }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// Nothing if there is no such month.
fn days_of(year: u16, month: u8) -> Option<u8> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 if is_leap(year) => Some(29),
        2 => Some(28),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expiries(born: (u16, u8, u8), issued: (u16, u8, u8)) -> Vec<String> {
        let day = |(year, month, day)| Day {
            year,
            month_and_day: Some((month, day)),
        };
        candidates("001090012345", day(born), Some(day(issued)))
            .iter()
            .map(|key| String::from_utf8(key.information()[17..23].to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn only_days_of_the_calendar_are_days() {
        for (year, month, day) in [(2000, 2, 29), (2024, 2, 29), (1900, 2, 28), (0, 1, 1), (9999, 12, 31)] {
            let of = Day::of_calendar(year, month, day).unwrap();
            assert_eq!((of.year, of.month_and_day), (year, Some((month, day))));
        }
        for (year, month, day) in [
            (1900, 2, 29),
            (2023, 2, 29),
            (2024, 4, 31),
            (2024, 1, 0),
            (2024, 0, 1),
            (2024, 13, 1),
            (10_000, 1, 1),
        ] {
            assert_eq!(Day::of_calendar(year, month, day), None, "{day}/{month}/{year}");
        }
    }

    #[test]
    fn the_next_of_the_three_birthdays_comes_first() {
        assert_eq!(expiries((2003, 5, 17), (2021, 3, 1)), ["280517", "430517", "630517"]);
        assert_eq!(expiries((1990, 12, 31), (2021, 3, 1)), ["301231", "501231", "991231"]);
        assert_eq!(expiries((1970, 1, 2), (2021, 3, 1)), ["300102", "991231", "<<<<<<"]);
    }

    #[test]
    fn a_card_of_the_last_two_years_runs_to_the_next_birthday() {
        assert_eq!(expiries((1997, 5, 17), (2021, 3, 1)), ["370517", "220517", "570517"]);
        assert_eq!(expiries((1962, 5, 17), (2021, 3, 1)), ["991231", "<<<<<<", "220517"]);
    }

    #[test]
    fn a_printed_key_is_that_of_the_card() {
        let (born, expiry) = ((1990, 12, 31), (2030, 12, 31));
        let day = |(year, month, day)| Day {
            year,
            month_and_day: Some((month, day)),
        };
        let key = printed("001090012345", day(born), day(expiry)).unwrap();
        assert!(candidates("001090012345", day(born), Some(day((2021, 3, 1)))).contains(&key));
        assert_eq!(printed("1090012345", day(born), day(expiry)), None);
    }

    #[test]
    fn who_is_over_sixty_has_a_card_for_ever() {
        assert_eq!(expiries((1948, 3, 7), (2021, 5, 1)), ["991231", "<<<<<<"]);
    }

    #[test]
    fn a_year_alone_is_written_as_an_mrz_does() {
        let keys = candidates(
            "001090012345",
            Day {
                year: 1975,
                month_and_day: None,
            },
            None,
        );
        assert_eq!(keys.len(), TRIES_MAX);
        let first = keys[0].information();
        assert_eq!(&first[..9], b"090012345");
        assert_eq!(&first[10..16], b"75<<<<");
        assert!(
            candidates(
                "12345",
                Day {
                    year: 1975,
                    month_and_day: None
                },
                None
            )
            .is_empty()
        );
    }
}
