//! An address: a province and a commune, each picked by its name, then what stands before them.
//!
//! Old names lead to the units of today. What is alike is shown together and never chosen by itself.

use super::Went;
use super::field::Field;
use crate::form::{Address, AnswerFault, DETAIL_LETTERS_MAX, Unit, UnitCode, tidy};
use crate::keyboard::{Line, Typed};
use crate::session::Touch;
use crate::units;

/// As many as a page shows at most.
pub const PLACES_MAX: usize = 4;

/// What stands before the commune in an address, as people write it. Data for the keyboard, not words of a page.
const USUAL_WORDS: [&str; 16] = [
    "Thôn",
    "Xóm",
    "Tổ dân phố",
    "Khu phố",
    "Số nhà",
    "Đường",
    "Khu",
    "Tổ",
    "Bản",
    "Ấp",
    "Buôn",
    "Làng",
    "Ngõ",
    "Ngách",
    "Hẻm",
    "Đội",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressPart {
    Province,
    Commune,
    Detail,
}

/// A province or a commune that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub unit: Unit,
    /// The old name by which it was found.
    pub formerly: Option<String>,
}

/// Personal: what it holds hides itself.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressEntry {
    pub part: AddressPart,
    province: Option<Unit>,
    commune: Option<Unit>,
    place: Field,
    detail: Field,
}

impl AddressEntry {
    /// An address to be picked, or picked before.
    pub fn of(address: Option<&Address>) -> Self {
        let detail = Typed::name().with_room(DETAIL_LETTERS_MAX);
        Self {
            part: AddressPart::Province,
            province: address.map(|address| address.province.clone()),
            commune: address.map(|address| address.commune.clone()),
            place: Field::Place(Line::default()),
            detail: Field::Line(Line::new(match address {
                Some(address) => detail.with_text(&address.detail),
                None => detail,
            })),
        }
    }

    pub fn field(&self) -> &Field {
        match self.part {
            AddressPart::Province | AddressPart::Commune => &self.place,
            AddressPart::Detail => &self.detail,
        }
    }

    pub fn field_mut(&mut self) -> &mut Field {
        match self.part {
            AddressPart::Province | AddressPart::Commune => &mut self.place,
            AddressPart::Detail => &mut self.detail,
        }
    }

    /// The province in which a commune is looked for.
    pub fn within(&self) -> Option<&str> {
        self.province.as_ref().map(|province| province.name.as_str())
    }

    pub fn touch(&mut self, touch: &Touch) -> bool {
        if let Touch::Place(code) = touch {
            self.pick(code)
        } else {
            self.field_mut().touch(touch)
        }
    }

    /// A place that is not in the dictionary changes nothing.
    fn pick(&mut self, code: &str) -> bool {
        let Ok(code) = code.parse::<UnitCode>() else {
            return false;
        };
        match self.part {
            AddressPart::Province => {
                let Some(unit) = units::province(&code).and_then(units::Province::unit) else {
                    return false;
                };
                if self.province.as_ref() != Some(&unit) {
                    self.commune = None;
                }
                self.province = Some(unit);
                self.go_to(AddressPart::Commune);
            }
            AddressPart::Commune => {
                let province = self.province.as_ref().map(|province| &province.code);
                let commune = province.and_then(|province| units::commune(province, &code));
                let Some(unit) = commune.and_then(|commune| commune.unit()) else {
                    return false;
                };
                self.commune = Some(unit);
                self.go_to(AddressPart::Detail);
            }
            AddressPart::Detail => return false,
        }
        true
    }

    fn go_to(&mut self, part: AddressPart) {
        self.part = part;
        self.place = Field::Place(Line::default());
    }

    /// Only the detail is typed to its end: the others are picked.
    pub fn next(&self) -> Went<Address> {
        match (self.part, &self.province, &self.commune) {
            (AddressPart::Detail, Some(province), Some(commune)) => Went::Done(Address {
                province: province.clone(),
                commune: commune.clone(),
                detail: tidy(self.detail.line().map(Line::as_str).unwrap_or_default()),
            }),
            (AddressPart::Province | AddressPart::Commune | AddressPart::Detail, _, _) => {
                Went::Fault(AnswerFault::Empty)
            }
        }
    }

    /// Whether there was a part before this one.
    pub fn back(&mut self) -> bool {
        match self.part {
            AddressPart::Province => return false,
            AddressPart::Commune => self.go_to(AddressPart::Province),
            AddressPart::Detail => self.go_to(AddressPart::Commune),
        }
        true
    }

    /// What may be meant by what is typed; before that, what was picked before, then the provinces that are likely.
    pub fn places(&self, likely: &[UnitCode]) -> Vec<Place> {
        let typed = self.place.line().map(Line::as_str).unwrap_or_default();
        match (self.part, &self.province) {
            (AddressPart::Detail, _) | (AddressPart::Commune, None) => vec![],
            (AddressPart::Province, _) if self.place.is_empty() => self.likely_provinces(likely),
            (AddressPart::Province, _) => units::find_province(typed, PLACES_MAX)
                .into_iter()
                .filter_map(|(province, formerly)| {
                    Some(Place {
                        unit: province.unit()?,
                        formerly: formerly.map(str::to_owned),
                    })
                })
                .collect(),
            (AddressPart::Commune, Some(_)) if self.place.is_empty() => {
                let picked = self.commune.iter().cloned();
                picked.map(|unit| Place { unit, formerly: None }).collect()
            }
            (AddressPart::Commune, Some(province)) => units::find(&province.code, typed, PLACES_MAX)
                .into_iter()
                .filter_map(|found| {
                    Some(Place {
                        unit: found.commune.unit()?,
                        formerly: found.formerly.map(|former| former.name.to_owned()),
                    })
                })
                .collect(),
        }
    }

    fn likely_provinces(&self, likely: &[UnitCode]) -> Vec<Place> {
        let picked = self.province.as_ref().map(|province| &province.code);
        let mut codes: Vec<&UnitCode> = vec![];
        for code in picked.into_iter().chain(likely) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
            .into_iter()
            .filter_map(|code| units::province(code)?.unit())
            .map(|unit| Place { unit, formerly: None })
            .take(PLACES_MAX)
            .collect()
    }

    /// What a detail is made of: the usual words, and the old names that people still write before the new ones.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let province = self.province.as_ref().map(|province| &province.code);
        let commune = province
            .zip(self.commune.as_ref())
            .and_then(|(province, commune)| units::commune(province, &commune.code));
        let formers = commune.into_iter().flat_map(|commune| commune.formers());
        let formers = formers.map(|former| units::short(former.name));
        USUAL_WORDS.into_iter().chain(formers)
    }
}
