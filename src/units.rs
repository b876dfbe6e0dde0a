//! Provinces (tỉnh) and communes (xã, phường, đặc khu): the two levels there are since 1 July 2025, and the names
//! that stood on papers before.
//!
//! The dictionary is a text in the program (`units/units.txt` says where it comes from and how it is written). It is
//! never read as a whole: a look at a province reads its lines. Nothing here chooses for a person: what is alike is
//! always shown together.

use std::sync::OnceLock;

use crate::form::{Unit, UnitCode};
use crate::procedure::finding::folded;

mod finding;
mod reading;

pub use self::finding::{Found, find, find_province};
pub use self::reading::{Candidate, candidates, only_candidate};

const TEXT: &str = include_str!("units/units.txt");

/// A province or a city of its rank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Province {
    /// Two digits.
    pub code: &'static str,
    /// "Tỉnh Phú Thọ".
    pub name: &'static str,
    /// Names of before that lead here: "Tỉnh Hòa Bình".
    pub formerly: Vec<&'static str>,
    /// The lines of its communes.
    lines: &'static str,
}

/// A commune, a ward or a special zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commune {
    /// Five digits.
    pub code: &'static str,
    /// "Xã Tân Sơn".
    pub name: &'static str,
    /// The code and name of its province.
    pub province: (&'static str, &'static str),
    made_of: &'static str,
}

/// A unit of before 1 July 2025 that went into a commune, whole or in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// "Xã Thạch Kiệt"; of an island without communes, its district.
    pub name: &'static str,
    /// "Huyện Tân Sơn".
    pub district: &'static str,
    /// "Tỉnh Phú Thọ".
    pub province: &'static str,
}

/// All 34, in the order of their codes.
pub fn provinces() -> &'static [Province] {
    static PROVINCES: OnceLock<Vec<Province>> = OnceLock::new();
    PROVINCES.get_or_init(|| read_provinces(TEXT))
}

pub fn province(code: &UnitCode) -> Option<&'static Province> {
    provinces().iter().find(|province| province.code == code.as_str())
}

/// The commune with this code in the province with that one.
pub fn commune(province_code: &UnitCode, code: &UnitCode) -> Option<Commune> {
    province(province_code)?
        .communes()
        .find(|commune| commune.code == code.as_str())
}

impl Province {
    /// In the order of their codes, which is not that of the alphabet.
    pub fn communes(&self) -> impl Iterator<Item = Commune> + use<> {
        let province = (self.code, self.name);
        self.lines.lines().filter_map(move |line| {
            let [code, name, made_of] = fields(line)?;
            Some(Commune {
                code,
                name,
                province,
                made_of,
            })
        })
    }

    /// As it stands in an answer. Nothing if the dictionary is broken.
    pub fn unit(&self) -> Option<Unit> {
        unit(self.code, self.name)
    }
}

impl Commune {
    /// What it was made of.
    pub fn formers(&self) -> impl Iterator<Item = Former> + use<> {
        let own_province = self.province.1;
        self.made_of.split("; ").flat_map(move |group| {
            let (place, names) = group.split_once(": ").unwrap_or_default();
            let (province, district) = place.split_once(" / ").unwrap_or((own_province, place));
            let names = names.split(", ").filter(|name| !name.is_empty());
            names.map(move |name| Former {
                name,
                district,
                province,
            })
        })
    }

    /// As it stands in an answer. Nothing if the dictionary is broken.
    pub fn unit(&self) -> Option<Unit> {
        unit(self.code, self.name)
    }
}

fn unit(code: &str, name: &str) -> Option<Unit> {
    Some(Unit {
        code: code.parse().ok()?,
        name: name.to_owned(),
    })
}

fn read_provinces(text: &'static str) -> Vec<Province> {
    let mut provinces: Vec<Province> = Vec::new();
    let mut begins = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some([code, name, formerly]) = fields(line.trim_end_matches(['\n', '\r']))
            && code.len() == 2
        {
            if let Some(last) = provinces.last_mut() {
                last.lines = &text[begins..at];
            }
            begins = at + line.len();
            provinces.push(Province {
                code,
                name,
                formerly: formerly.split("; ").filter(|name| !name.is_empty()).collect(),
                lines: "",
            });
        }
        at += line.len();
    }
    if let Some(last) = provinces.last_mut() {
        last.lines = &text[begins..];
    }
    provinces
}

fn fields(line: &'static str) -> Option<[&'static str; 3]> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = line.splitn(3, '\t');
    Some([fields.next()?, fields.next()?, fields.next()?])
}

/// What kind of unit a name says that it is, longest first. On cards they are mostly left out.
const RANKS: [&str; 13] = [
    "Thành phố",
    "Thị trấn",
    "Đặc khu",
    "Phường",
    "Thị xã",
    "Huyện",
    "Tỉnh",
    "Quận",
    "Xã",
    "TP.",
    "TP",
    "TT.",
    "TX.",
];

/// A name without its rank: "Tân Sơn". What is nothing but a number keeps it: "Phường 4".
pub fn short(name: &str) -> &str {
    let name = name.trim();
    let rest = RANKS.iter().find_map(|rank| {
        let begins = name.get(..rank.len())?;
        let rest = &name[rank.len()..];
        let is_word = rank.ends_with('.') || rest.starts_with(char::is_whitespace);
        (is_word && begins.to_lowercase() == rank.to_lowercase()).then(|| rest.trim_start())
    });
    rest.filter(|rest| rest.chars().any(char::is_alphabetic))
        .unwrap_or(name)
}

/// Words of a name that are looked at; the longest has nine.
const NAME_WORDS_MAX: usize = 16;

/// The letters of a name without rank and marks.
fn plain(name: &str) -> Vec<String> {
    folded(short(name), NAME_WORDS_MAX)
        .into_iter()
        .map(|word| word.plain)
        .collect()
}

#[cfg(test)]
mod tests;
