//! What an address on a card may mean: "Khu 4, Thạch Kiệt, Tân Sơn, Phú Thọ" is in a commune of today.
//!
//! Cards of before July 2025 tell hamlet, commune, district and province; later ones leave the district out. Ranks
//! (xã, huyện…) are mostly left out, so one text may mean several communes: all of them are told.

use super::{Commune, Former, NAME_WORDS_MAX, Province, provinces, short};
use crate::form::{Address, tidy};
use crate::procedure::finding::{Word, folded};

/// Longer ones are no addresses.
const PARTS_MAX: usize = 12;

/// A commune that an address may lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub commune: Commune,
    /// What stands before it: house, street, hamlet.
    pub detail: String,
}

impl Candidate {
    /// As an answer; nothing if the dictionary is broken.
    pub fn address(&self) -> Option<Address> {
        let (code, name) = self.commune.province;
        Some(Address {
            province: super::unit(code, name)?,
            commune: self.commune.unit()?,
            detail: self.detail.clone(),
        })
    }
}

/// The address, if it can mean only one.
pub fn only_candidate(text: &str) -> Option<Address> {
    match &candidates(text)[..] {
        [only] => only.address(),
        _ => None,
    }
}

/// All communes that the text may mean, in the order of their codes; none if it says no place that is known.
///
/// Without a province all of them are gone through: some milliseconds on a small machine.
pub fn candidates(text: &str) -> Vec<Candidate> {
    let parts: Vec<Part> = text
        .split(',')
        .map(Part::new)
        .filter(|part| !part.words.is_empty())
        .collect();
    if parts.len() > PARTS_MAX {
        return Vec::new();
    }
    let exact = of_parts(&parts, Marks::Told);
    if exact.is_empty() {
        // As chips without marks have it.
        of_parts(&parts, Marks::LeftOut)
    } else {
        exact
    }
}

/// What stands between two commas.
struct Part {
    text: String,
    /// Without rank.
    words: Vec<Word>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Marks {
    Told,
    LeftOut,
}

impl Part {
    fn new(text: &str) -> Self {
        let text = tidy(text);
        Self {
            words: folded(short(&text), NAME_WORDS_MAX),
            text,
        }
    }

    fn is(&self, words: &[Word], marks: Marks) -> bool {
        self.words.len() == words.len()
            && self.words.iter().zip(words).all(|(own, word)| match marks {
                Marks::Told => own == word,
                Marks::LeftOut => own.plain == word.plain,
            })
    }

    fn names(&self, name: &str, marks: Marks) -> bool {
        self.is(&folded(short(name), NAME_WORDS_MAX), marks)
    }
}

fn of_parts(parts: &[Part], marks: Marks) -> Vec<Candidate> {
    let Some((last, before)) = parts.split_last() else {
        return Vec::new();
    };
    let is_told = |province: &&Province| {
        last.names(province.name, marks) || province.formerly.iter().any(|former| last.names(former, marks))
    };
    let told: Vec<&Province> = provinces().iter().filter(is_told).collect();
    if told.is_empty() {
        // It was left out: the last part may be a commune or a district of any.
        let all = provinces().iter();
        all.flat_map(|province| in_province(province, None, parts, marks))
            .collect()
    } else {
        let told = told.into_iter();
        told.flat_map(|province| in_province(province, Some(last), before, marks))
            .collect()
    }
}

/// How sure it is that a commune is meant; the first is the surest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    DistrictAndName,
    NameOfToday,
    NameOfBefore,
}

/// `told` is the province as it stands in the text, of today or of before.
fn in_province(province: &Province, told: Option<&Part>, parts: &[Part], marks: Marks) -> Vec<Candidate> {
    let Some((last, details)) = parts.split_last() else {
        return Vec::new();
    };
    let in_that_province = |former: &Former| {
        told.is_none_or(|told| told.names(former.province, marks) || told.names(province.name, marks))
    };

    let mut found: Vec<(By, Candidate)> = Vec::new();
    for commune in province.communes() {
        let mut by = last.names(commune.name, marks).then_some(By::NameOfToday);
        for former in commune.formers() {
            let name = folded(short(former.name), NAME_WORDS_MAX);
            let both = details.last().is_some_and(|ward| ward.is(&name, marks)) && last.names(former.district, marks);
            if both && in_that_province(&former) {
                by = Some(By::DistrictAndName);
            } else if by.is_none() && told.is_some() && last.is(&name, marks) && in_that_province(&former) {
                by = Some(By::NameOfBefore);
            }
        }
        let Some(by) = by else { continue };
        let before = match by {
            By::DistrictAndName => &details[..details.len().saturating_sub(1)],
            By::NameOfToday | By::NameOfBefore => details,
        };
        let detail: Vec<&str> = before.iter().map(|part| part.text.as_str()).collect();
        let detail = detail.join(", ");
        found.push((by, Candidate { commune, detail }));
    }
    // Where district and commune both stand there, the district is not a commune's name.
    let surest = found.iter().map(|(by, _)| *by).min();
    found.retain(|(by, _)| Some(*by) == surest);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}
