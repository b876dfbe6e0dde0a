//! The person at the kiosk, as the national identity card (CCCD) tells.
//!
//! Everything here is personal: it can be masked, compared and sealed, never logged.

use std::fmt;
use std::str::FromStr;

use hardware::card::candidates::{Day, candidates};
use hardware::card::details::Details;
use hardware::card::mrz::{Mrz, MrzKey};
pub use hardware::card::qr::NotACard;
use hardware::card::qr::{FIELD_BYTES_MAX, Front};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::form::PartialDate;

/// A citizen identity number (số CCCD): twelve digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CitizenId(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not twelve digits")]
pub struct NotACitizenId;

impl CitizenId {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first four and the last four digits: "0380••••2028".
    pub fn masked(&self) -> String {
        format!("{}••••{}", &self.0[..4], &self.0[8..])
    }
}

impl FromStr for CitizenId {
    type Err = NotACitizenId;

    fn from_str(text: &str) -> Result<Self, NotACitizenId> {
        (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Self(text.to_owned()))
            .ok_or(NotACitizenId)
    }
}

impl TryFrom<String> for CitizenId {
    type Error = NotACitizenId;

    fn try_from(text: String) -> Result<Self, NotACitizenId> {
        text.parse()
    }
}

impl From<CitizenId> for String {
    fn from(id: CitizenId) -> String {
        id.0
    }
}

/// Logs may hold this type; they never hold the number.
impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenId(hidden)")
    }
}

/// What the front of the card tells.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citizen {
    pub id: CitizenId,
    /// The nine digits of the old CMND, if the card names one.
    pub old_id: Option<String>,
    pub name: String,
    /// Some know only their year.
    pub born: PartialDate,
    /// As on the card: "Nam" or "Nữ".
    pub sex: String,
    pub address: String,
    pub issued: Option<Date>,
}

impl fmt::Debug for Citizen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Citizen(hidden)")
    }
}

impl Citizen {
    /// Reads the QR code on the front of a CCCD (see [`Front`]).
    pub fn from_card_code(code: &str) -> Result<Self, NotACard> {
        let front = Front::read(code)?;
        Ok(Self {
            id: front.id.parse().map_err(|NotACitizenId| NotACard::OtherCode)?,
            old_id: front.old_id,
            name: front.name,
            born: partial(front.born).ok_or(NotACard::BrokenField)?,
            sex: front.sex,
            address: front.address,
            issued: front.issued.and_then(date),
        })
    }

    /// The family name and the first letters: "Nguyễn V** A**".
    pub fn masked_name(&self) -> String {
        mask_name(&self.name)
    }

    /// Only the year is shown: "••/••/1948".
    pub fn masked_birth(&self) -> String {
        mask_date(self.born)
    }

    pub fn birth(&self) -> String {
        date_text(self.born)
    }

    /// The keys that may open the chip of this card (see [`candidates`]).
    pub fn chip_keys(&self) -> Vec<MrzKey> {
        let issued = self.issued.map(|issued| day_of(PartialDate::from(issued)));
        candidates(self.id.as_str(), day_of(self.born), issued)
    }

    /// The holder of a chip that was opened with this number and birth. Nothing if it names nobody.
    pub fn of_chip(id: CitizenId, born: PartialDate, mrz: &Mrz, details: Option<&Details>) -> Option<Self> {
        let sex = match mrz.sex {
            'M' => "Nam",
            'F' => "Nữ",
            _ => "",
        };
        let bare = Self {
            id,
            old_id: details
                .and_then(Details::old_id)
                .filter(|old| old.len() == 9 && old.bytes().all(|byte| byte.is_ascii_digit()))
                .map(str::to_owned),
            name: format!("{} {}", mrz.surname, mrz.given_names).trim().to_owned(),
            born,
            sex: sex.to_owned(),
            address: String::new(),
            issued: None,
        };
        let citizen = match details {
            Some(details) => bare.with_chip(details),
            None => bare,
        };
        (!citizen.name.is_empty()).then_some(citizen)
    }

    /// What the chip knows better than the front: the name with all its marks, and where the person lives now.
    pub fn with_chip(mut self, details: &Details) -> Self {
        let text = |text: Option<&str>| text.filter(|text| text.len() <= FIELD_BYTES_MAX).map(str::to_owned);
        if let Some(name) = text(details.name()) {
            self.name = name;
        }
        if let Some(residence) = text(details.residence()) {
            self.address = residence;
        }
        self
    }

    /// Only the last part, the province, is shown: "•••, Phú Thọ".
    pub fn masked_address(&self) -> String {
        match self.address.rsplit_once(',') {
            Some((_, province)) => format!("•••, {}", province.trim()),
            None => "•••".to_owned(),
        }
    }
}

/// As the card's parts speak of a day.
pub fn day_of(date: PartialDate) -> Day {
    let small = |part: i8| u8::try_from(part).unwrap_or_default();
    let of_year = |year: i16| u16::try_from(year).unwrap_or_default();
    match date {
        PartialDate::Year { year } | PartialDate::Month { year, .. } => Day {
            year: of_year(year),
            month_and_day: None,
        },
        PartialDate::Day { year, month, day } => Day {
            year: of_year(year),
            month_and_day: Some((small(month), small(day))),
        },
    }
}

/// The first word and the first letters of the others: "Nguyễn V** A**".
pub fn mask_name(name: &str) -> String {
    let mut words = name.split_whitespace();
    let family = words.next().unwrap_or_default().to_owned();
    let alone = name.split_whitespace().count() == 1;

    if alone {
        return initial(&family);
    }

    words.fold(family, |masked, word| format!("{masked} {}", initial(word)))
}

/// Only the year is shown: "••/••/1948".
pub fn mask_date(date: PartialDate) -> String {
    match date {
        PartialDate::Year { year } => format!("{year:04}"),
        PartialDate::Month { year, .. } => format!("••/{year:04}"),
        PartialDate::Day { year, .. } => format!("••/••/{year:04}"),
    }
}

/// "07/03/1948", as far as it is known.
pub fn date_text(date: PartialDate) -> String {
    match date {
        PartialDate::Year { year } => format!("{year:04}"),
        PartialDate::Month { year, month } => format!("{month:02}/{year:04}"),
        PartialDate::Day { year, month, day } => format!("{day:02}/{month:02}/{year:04}"),
    }
}

fn initial(word: &str) -> String {
    word.chars()
        .next()
        .map(|letter| format!("{letter}**"))
        .unwrap_or_default()
}

fn partial(day: Day) -> Option<PartialDate> {
    match day.month_and_day {
        Some(_) => date(day).map(PartialDate::from),
        None => i16::try_from(day.year).ok().map(|year| PartialDate::Year { year }),
    }
}

fn date(day: Day) -> Option<Date> {
    let (month, number) = day.month_and_day?;
    Date::new(
        day.year.try_into().ok()?,
        month.try_into().ok()?,
        number.try_into().ok()?,
    )
    .ok()
}

/// Whose card it is, by the lines on its back. Nothing if it is no CCCD, or its birth is no date.
///
/// The century of the birth stands in the number: its fourth digit is 0 or 1 for the 1900s, 2 or 3 for the 2000s, and so
/// on (NĐ 137/2015/NĐ-CP Art. 13, TT 59/2021/TT-BCA Art. 4).
pub fn of_mrz(mrz: &Mrz) -> Option<(CitizenId, PartialDate)> {
    let id: CitizenId = mrz.citizen_id()?.parse().ok()?;
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i16>().ok());
    let century = number(id.as_str().get(3..4))? / 2 * 100 + 1900;
    let year = century + number(mrz.birth.get(..2))?;
    let born = match (mrz.birth.get(2..4)?, mrz.birth.get(4..6)?) {
        ("<<", _) => PartialDate::Year { year },
        (month, "<<") => PartialDate::Month {
            year,
            month: month.parse().ok()?,
        },
        (month, day) => PartialDate::Day {
            year,
            month: month.parse().ok()?,
            day: day.parse().ok()?,
        },
    };
    born.span().is_some().then_some((id, born))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "038048002028|171234567|Nguyễn Văn Ấm|07031948|Nam|Xóm Mẫu, Xã Thử, Phú Thọ|01052021";

    #[test]
    fn the_front_of_a_card_is_read() {
        let citizen = Citizen::from_card_code(CARD).unwrap();
        assert_eq!(citizen.name, "Nguyễn Văn Ấm");
        assert_eq!(citizen.birth(), "07/03/1948");
        assert_eq!(citizen.masked_name(), "Nguyễn V** Ấ**");
        assert_eq!(citizen.id.masked(), "0380••••2028");
        assert_eq!(citizen.masked_address(), "•••, Phú Thọ");
        assert_eq!(citizen.masked_birth(), "••/••/1948");
    }

    #[test]
    fn more_fields_and_an_empty_old_number_are_tolerated() {
        let citizen = Citizen::from_card_code("038048002028||Bông|07031948|Nữ|Phú Thọ|01052021|x|y\r").unwrap();
        assert_eq!(citizen.old_id, None);
        assert_eq!(citizen.masked_name(), "B**");
        assert_eq!(citizen.masked_address(), "•••");
    }

    #[test]
    fn other_codes_and_broken_cards_are_told_apart() {
        assert_eq!(
            Citizen::from_card_code("https://example.invalid"),
            Err(NotACard::OtherCode)
        );
        assert_eq!(
            Citizen::from_card_code(&CARD.replace("07031948", "31021948")),
            Err(NotACard::BrokenField)
        );
    }

    #[test]
    fn a_year_alone_is_a_birth() {
        let citizen = Citizen::from_card_code(&CARD.replace("07031948", "1948")).unwrap();
        assert_eq!(
            (citizen.birth(), citizen.masked_birth()),
            ("1948".into(), "1948".into())
        );
    }

    #[test]
    fn the_back_tells_whose_card_it_is_and_in_which_century_they_were_born() {
        let back = |number: &str, birth: &str| {
            // The example of ICAO Doc 9303-5, with what matters here put into it.
            let lines = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
            let mut mrz = Mrz::read(lines).unwrap();
            (mrz.document_number, mrz.optional) = (number[3..].into(), number.into());
            mrz.birth = birth.into();
            of_mrz(&mrz).map(|(id, born)| (id.0, born))
        };
        let day = |year, month, day| PartialDate::Day { year, month, day };
        for (number, birth, born) in [
            ("001090012345", "901231", day(1990, 12, 31)),
            ("001190012345", "900101", day(1990, 1, 1)),
            ("001204012345", "040229", day(2004, 2, 29)),
            ("001050012345", "50<<<<", PartialDate::Year { year: 1950 }),
            ("001050012345", "5004<<", PartialDate::Month { year: 1950, month: 4 }),
        ] {
            assert_eq!(back(number, birth), Some((number.to_owned(), born)), "{number} {birth}");
        }
        for birth in ["901331", "900230", "9<0101", "<<<<<<"] {
            assert_eq!(back("001090012345", birth), None, "{birth}");
        }
    }

    #[test]
    fn nothing_personal_is_in_its_debug() {
        let citizen = Citizen::from_card_code(CARD).unwrap();
        assert_eq!(
            format!("{citizen:?} {:?}", citizen.id),
            "Citizen(hidden) CitizenId(hidden)"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_card_panics_when_it_is_masked(name in "[^\\pC|]{0,20}", address in "[^\\pC|]{0,20}", day in 0_u32..40) {
            let code = format!("038048002028||{name}|{day:02}021948|Nam|{address}|01052021");
            if let Ok(citizen) = Citizen::from_card_code(&code) {
                drop((citizen.masked_name(), citizen.masked_address(), citizen.masked_birth(), citizen.chip_keys()));
            }
        }
    }
}
