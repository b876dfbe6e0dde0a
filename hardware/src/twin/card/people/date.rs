//! Dates of a card, as they are written in its different places.

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

/// When somebody was born: a few old papers know only the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Birth {
    Day(Date),
    Year(u16),
}

/// When a card ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    Day(Date),
    Never,
}

/// The ages at which a new card is due.
const AGES: [u16; 3] = [25, 40, 60];
/// A card given so few years before such a birthday is good until the next one.
const EARLY_YEARS: u16 = 2;

impl Date {
    /// A day written as on the card, day first.
    pub const fn new(day: u8, month: u8, year: u16) -> Self {
        Self { year, month, day }
    }

    pub fn written(self) -> String {
        format!("{:02}/{:02}/{:04}", self.day, self.month, self.year)
    }

    pub fn in_qr(self) -> String {
        format!("{:02}{:02}{:04}", self.day, self.month, self.year)
    }

    fn in_mrz(self) -> String {
        format!("{:02}{:02}{:02}", self.year % 100, self.month, self.day)
    }

    /// The same day of another year; the day before the missing 29 February.
    fn in_year(self, year: u16) -> Self {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let day = if (self.month, self.day) == (2, 29) && !leap {
            28
        } else {
            self.day
        };
        Self { year, day, ..self }
    }
}

impl Birth {
    pub fn written(self) -> String {
        match self {
            Self::Day(date) => date.written(),
            Self::Year(year) => year.to_string(),
        }
    }

    pub fn in_qr(self) -> String {
        match self {
            Self::Day(date) => date.in_qr(),
            Self::Year(year) => year.to_string(),
        }
    }

    /// What is not known is filled (ICAO Doc 9303-3 clause 4.8).
    pub fn in_mrz(self) -> String {
        match self {
            Self::Day(date) => date.in_mrz(),
            Self::Year(year) => format!("{:02}<<<<", year % 100),
        }
    }
}

impl Expiry {
    pub fn of(birth: Birth, issued: Date) -> Self {
        let birth = match birth {
            Birth::Day(date) => date,
            // Without a day, the last one of the year.
            Birth::Year(year) => Date::new(31, 12, year),
        };
        AGES.into_iter()
            .map(|age| birth.in_year(birth.year + age))
            .find(|due| issued < due.in_year(due.year - EARLY_YEARS))
            .map_or(Self::Never, Self::Day)
    }

    pub fn written(self) -> String {
        match self {
            Self::Day(date) => date.written(),
            Self::Never => "Không thời hạn".to_owned(),
        }
    }

    /// A card without an end says the last day of 1999: no public paper tells what the real one says.
    pub fn in_mrz(self) -> String {
        match self {
            Self::Day(date) => date.in_mrz(),
            Self::Never => "991231".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(birth: Date, issued: Date) -> String {
        Expiry::of(Birth::Day(birth), issued).written()
    }

    #[test]
    fn a_card_ends_at_25_40_60_or_never() {
        let birth = Date::new(5, 6, 1990);
        assert_eq!(ends(birth, Date::new(1, 1, 2010)), "05/06/2015");
        assert_eq!(ends(birth, Date::new(1, 1, 2020)), "05/06/2030");
        assert_eq!(ends(birth, Date::new(1, 1, 2040)), "05/06/2050");
        assert_eq!(ends(birth, Date::new(1, 1, 2051)), "Không thời hạn");
    }

    #[test]
    fn a_card_given_within_two_years_of_a_birthday_is_good_until_the_next() {
        let birth = Date::new(5, 6, 1990);
        assert_eq!(ends(birth, Date::new(4, 6, 2028)), "05/06/2030");
        assert_eq!(ends(birth, Date::new(5, 6, 2028)), "05/06/2050");
        assert_eq!(ends(birth, Date::new(5, 6, 2048)), "Không thời hạn");
    }

    #[test]
    fn a_card_of_the_29th_of_february_ends_on_a_day_that_there_is() {
        assert_eq!(ends(Date::new(29, 2, 2004), Date::new(29, 2, 2024)), "28/02/2029");
    }
}
