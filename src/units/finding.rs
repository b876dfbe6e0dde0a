//! Finding a commune while somebody types its name of today or of before.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Commune, Former, Province, plain, province, provinces, short};
use crate::form::UnitCode;
use crate::procedure::finding::{Entry, Finder};

/// A commune that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub commune: Commune,
    /// What was typed is a name of before: to be shown beside.
    pub formerly: Option<Former>,
    /// Another of those found has the same letters, or was part of the same old unit.
    pub has_look_alike: bool,
}

/// The communes of a province for what was typed, the likeliest first, about `most` of them: look-alikes are never
/// parted. Nothing for blanks; nothing is ever chosen.
pub fn find(province_code: &UnitCode, typed: &str, most: usize) -> Vec<Found> {
    let Some(province) = province(province_code) else {
        return Vec::new();
    };
    let communes = Searchable::of(province);
    let mut found: Vec<Found> = Vec::new();
    for at in communes.finder.find(typed, most.saturating_mul(HITS_A_RESULT)) {
        let Some(name) = communes.names.get(at) else { continue };
        if found.len() >= most || found.iter().any(|other| other.commune == name.commune) {
            continue;
        }
        let twins = communes.names.iter().filter(|other| name.looks_like(other));
        let mut group: Vec<Found> = Vec::new();
        for name in std::iter::once(name).chain(twins) {
            let known = |other: &Found| other.commune == name.commune;
            if !found.iter().any(known) && !group.iter().any(known) {
                group.push(Found {
                    commune: name.commune,
                    formerly: name.former,
                    has_look_alike: false,
                });
            }
        }
        let alike = group.len() > 1;
        found.extend(group.into_iter().map(|one| Found {
            has_look_alike: alike,
            ..one
        }));
    }
    found
}

/// A commune has its own name and about three of before.
const HITS_A_RESULT: usize = 6;

/// The provinces for what was typed, by their names of today or of before; beside each the old name, if it is that.
pub fn find_province(typed: &str, most: usize) -> Vec<(&'static Province, Option<&'static str>)> {
    let typed = plain(typed).concat();
    if typed.is_empty() {
        return Vec::new();
    }
    let begins = |name: &&'static str| plain(name).concat().starts_with(&typed);
    let found = provinces().iter().filter_map(|province| {
        if begins(&province.name) {
            return Some((province, None));
        }
        let former = province.formerly.iter().find(|name| begins(name))?;
        Some((province, Some(*former)))
    });
    found.take(most).collect()
}

/// A name of today or of before, and the commune that it leads to.
struct Name {
    commune: Commune,
    former: Option<Former>,
    plain: Vec<String>,
}

impl Name {
    /// Two communes of today with the same letters, or parts of one unit of before.
    fn looks_like(&self, other: &Self) -> bool {
        let alike = match (self.former, other.former) {
            (None, None) => self.plain == other.plain,
            (Some(former), Some(theirs)) => former == theirs,
            (None, Some(_)) | (Some(_), None) => false,
        };
        alike && self.commune != other.commune
    }
}

/// All names of one province.
struct Searchable {
    province: &'static str,
    names: Vec<Name>,
    finder: Finder,
}

impl Searchable {
    /// The one of the last search is kept: somebody types one letter after the other.
    fn of(province: &'static Province) -> Arc<Self> {
        static LAST: Mutex<Option<Arc<Searchable>>> = Mutex::new(None);
        // Whoever panicked with it had not changed it.
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_ref().filter(|last| last.province == province.code) {
            Some(last) => Arc::clone(last),
            None => Arc::clone(last.insert(Arc::new(Self::read(province)))),
        }
    }

    fn read(province: &'static Province) -> Self {
        let own = province.communes().map(|commune| Name {
            commune,
            former: None,
            plain: plain(commune.name),
        });
        let formers = province.communes().flat_map(|commune| {
            commune.formers().map(move |former| Name {
                commune,
                former: Some(former),
                plain: Vec::new(),
            })
        });
        // Names of today first: of equals the earlier is shown first.
        let names: Vec<Name> = own.chain(formers).collect();
        let finder = Finder::new(names.iter().map(|name| {
            let text = name.former.map_or(name.commune.name, |former| former.name);
            Entry {
                code: "",
                name: text,
                official_name: short(text),
                field: name.former.map_or("", |former| former.district),
                keywords: &[],
            }
        }));
        Self {
            province: province.code,
            names,
            finder,
        }
    }
}
