//! Filing for another person (nộp thay): whose dossier it is, and by what right somebody else hands it in.
//!
//! NĐ 118/2025/NĐ-CP lets an authorised person file. Parents and guardians speak for children under eighteen by law
//! (Bộ luật Dân sự 2015, Art. 21, 136): they bring no authorisation.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::citizen::{Citizen, CitizenId};
use crate::form::PartialDate;

/// At this age one is of full age, in years (Bộ luật Dân sự 2015, Art. 20).
const FULL_AGE_YEARS: i16 = 18;

/// For whom a dossier is handed in, if not for oneself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnBehalf {
    pub of: Other,
    pub right: Right,
}

/// By what right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// A parent or guardian, for a child under eighteen.
    Guardian,
    /// Somebody whom the other has authorised in writing.
    Authorised,
}

/// The person whose dossier it is. Personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    pub id: CitizenId,
    pub old_id: Option<String>,
    pub name: String,
    pub born: PartialDate,
    /// As on the card; unknown where only number, name and birth were typed.
    pub sex: Option<String>,
    pub address: Option<String>,
}

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Other(hidden)")
    }
}

impl fmt::Debug for OnBehalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OnBehalf({:?}, hidden)", self.right)
    }
}

impl Other {
    /// As their card tells.
    pub fn of_card(card: Citizen) -> Self {
        Self {
            id: card.id,
            old_id: card.old_id,
            name: card.name,
            born: card.born,
            sex: Some(card.sex),
            address: Some(card.address),
        }
    }

    /// As a card, for whatever shows or masks one.
    pub fn as_citizen(&self) -> Citizen {
        Citizen {
            id: self.id.clone(),
            old_id: self.old_id.clone(),
            name: self.name.clone(),
            born: self.born,
            sex: self.sex.clone().unwrap_or_default(),
            address: self.address.clone().unwrap_or_default(),
            issued: None,
        }
    }

    /// Whether they are under eighteen on `today`. Of whom only a year is known, it may be true.
    pub fn is_a_child(&self, today: Date) -> bool {
        let Some((_, latest)) = self.born.span() else {
            return false;
        };
        // A birth of the 29th of February is of age on the 28th: a day too early harms nobody.
        let of_age = Date::new(
            latest.year().saturating_add(FULL_AGE_YEARS),
            latest.month(),
            latest.day().min(28),
        );
        of_age.is_ok_and(|of_age| today < of_age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn born(born: PartialDate) -> Other {
        Other {
            id: "025048000191".parse().unwrap(),
            old_id: None,
            name: "Nguyễn Thị Thử".into(),
            born,
            sex: None,
            address: None,
        }
    }

    #[test]
    fn a_child_is_one_until_the_day_it_is_eighteen() {
        let child = |text: &str, today: &str| {
            let date: Date = text.parse().unwrap();
            born(PartialDate::from(date)).is_a_child(today.parse().unwrap())
        };
        assert!(child("2008-11-23", "2026-11-22"));
        assert!(!child("2008-11-22", "2026-11-22"));
        assert!(child("2008-02-29", "2026-02-27"));
        assert!(!child("1948-03-07", "2026-11-22"));
        let year = |year| born(PartialDate::Year { year }).is_a_child("2026-11-22".parse().unwrap());
        assert_eq!((year(2007), year(2008)), (false, true));
    }
}
