//! The QR code on the front of a CCCD: `number|old CMND or empty|name|ddmmyyyy|sex|address|ddmmyyyy of issue`.
//!
//! No standard tells it; more fields were seen and are tolerated. Nothing in the code is signed: it says who somebody
//! claims to be, and what may open the chip. Personal: nothing here is printed or logged.

use std::fmt;

use super::candidates::Day;

/// A name or an address is at most this long; a longer one is no card's.
pub const FIELD_BYTES_MAX: usize = 512;
const ID_DIGITS: usize = 12;
const OLD_ID_DIGITS: usize = 9;
/// Nobody was born before it who knows only the year.
const YEAR_MIN: u16 = 1900;

/// Why a code is not the front of a CCCD. Never holds what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACard {
    #[error("not the QR code of a CCCD")]
    OtherCode,
    #[error("the QR code of a CCCD with a broken field")]
    BrokenField,
}

/// What the front of a card tells. Personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Front {
    /// Twelve digits.
    pub id: String,
    /// The nine digits of the old CMND, if the card names one.
    pub old_id: Option<String>,
    /// Not empty, like sex and address; without letters that control.
    pub name: String,
    /// Some know only their year.
    pub born: Day,
    /// As on the card: "Nam" or "Nữ".
    pub sex: String,
    pub address: String,
    /// Nothing where the card tells no day of the calendar.
    pub issued: Option<Day>,
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Front(hidden)")
    }
}

impl Front {
    /// Reads the text of the code.
    ///
    /// # Errors
    /// [`NotACard::OtherCode`] unless it has the fields of a card and begins with twelve digits.
    pub fn read(code: &str) -> Result<Self, NotACard> {
        let fields: Vec<&str> = code.trim().split('|').map(str::trim).take(7).collect();
        let [id, old_id, name, born, sex, address, issued] = fields[..] else {
            return Err(NotACard::OtherCode);
        };
        if !is_digits(id, ID_DIGITS) {
            return Err(NotACard::OtherCode);
        }
        if [name, sex, address].into_iter().any(is_broken) || !(old_id.is_empty() || is_digits(old_id, OLD_ID_DIGITS)) {
            return Err(NotACard::BrokenField);
        }

        Ok(Self {
            id: id.to_owned(),
            old_id: (!old_id.is_empty()).then(|| old_id.to_owned()),
            name: name.to_owned(),
            born: day_or_year(born).ok_or(NotACard::BrokenField)?,
            sex: sex.to_owned(),
            address: address.to_owned(),
            issued: day_month_year(issued),
        })
    }
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_broken(field: &str) -> bool {
    field.is_empty() || field.len() > FIELD_BYTES_MAX || field.chars().any(char::is_control)
}

fn day_or_year(text: &str) -> Option<Day> {
    if !is_digits(text, 4) {
        return day_month_year(text);
    }
    let year = text.parse().ok().filter(|year| *year >= YEAR_MIN)?;
    Some(Day {
        year,
        month_and_day: None,
    })
}

fn day_month_year(text: &str) -> Option<Day> {
    if !is_digits(text, 8) {
        return None;
    }
    Day::of_calendar(
        text[4..].parse().ok()?,
        text[2..4].parse().ok()?,
        text[..2].parse().ok()?,
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CARD: &str = "038048002028|171234567|Nguyễn Văn Ấm|07031948|Nam|Xóm Mẫu, Xã Thử, Phú Thọ|01052021";

    #[test]
    fn the_front_of_a_card_is_read() {
        let front = Front::read(CARD).unwrap();
        assert_eq!(
            (front.id.as_str(), front.old_id.as_deref()),
            ("038048002028", Some("171234567"))
        );
        assert_eq!((front.name.as_str(), front.sex.as_str()), ("Nguyễn Văn Ấm", "Nam"));
        assert!(front.born == Day::of_calendar(1948, 3, 7).unwrap());
        assert!(front.issued == Day::of_calendar(2021, 5, 1));
        assert_eq!(front.address, "Xóm Mẫu, Xã Thử, Phú Thọ");
        assert_eq!(format!("{front:?}"), "Front(hidden)");
    }

    #[test]
    fn more_fields_an_empty_old_number_and_a_year_alone_are_tolerated() {
        let front = Front::read("038048002028||Bông|1948|Nữ|Phú Thọ||x|y\r").unwrap();
        assert_eq!((front.old_id, front.born.year), (None, 1948));
        assert_eq!((front.born.month_and_day, front.issued), (None, None));
    }

    #[test]
    fn other_codes_and_broken_cards_are_told_apart() {
        let without_last = CARD.rsplit_once('|').unwrap().0;
        for other in ["https://example.invalid", "||||||", without_last, &CARD[1..]] {
            assert_eq!(Front::read(other), Err(NotACard::OtherCode), "{other}");
        }
        for (whole, broken) in [
            ("07031948", "31021948"),
            ("07031948", "1899"),
            ("Nguyễn Văn Ấm", ""),
            ("Nguyễn Văn Ấm", "Nguyễn\u{7}Ấm"),
            ("Nguyễn Văn Ấm", &"Ấ".repeat(FIELD_BYTES_MAX)),
            ("171234567", "17"),
        ] {
            assert_eq!(
                Front::read(&CARD.replace(whole, broken)),
                Err(NotACard::BrokenField),
                "{broken}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}", fields in proptest::collection::vec("\\PC{0,14}", 0..10)) {
            drop(Front::read(&text));
            drop(Front::read(&fields.join("|")));
        }
    }
}
