//! EF.DG13 of the CCCD: who the person is, field by field.
//!
//! No standard tells its inside. Seen was: tag 6D, then objects `30 len 02 01 NN <value>`, NN the number of the field.
//! So fields are found by their numbers wherever they stand, and one whose number is not known is kept apart.

use std::collections::BTreeMap;
use std::fmt;

use super::tlv::{self, Tlv};

const DG13: u32 = 0x6d;
const SEQUENCE: u32 = 0x30;
const INTEGER: u32 = 0x02;
/// Objects in objects in objects: deeper than any card.
const DEPTH_MAX: usize = 8;
/// More fields are no card's.
pub const FIELDS_MAX: usize = 64;
/// A field of a card has a name or two.
pub const TEXTS_MAX: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the personal data of a CCCD")]
pub struct NotDetails;

/// The fields of a card, as texts. Personal.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Details {
    fields: BTreeMap<u8, Vec<String>>,
    /// Fields whose numbers no source names, as they came.
    pub unknown: BTreeMap<u8, Vec<u8>>,
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Details(hidden)")
    }
}

/// The last number that sources name: 15 or 16 is the old CMND.
const NUMBER_MAX: u8 = 16;

impl Details {
    pub fn read(file: &[u8]) -> Result<Self, NotDetails> {
        let inside = tlv::only(file, DG13).map_err(|_| NotDetails)?;
        let mut details = Self::default();
        details.gather(inside, 0)?;
        if details.fields.is_empty() {
            return Err(NotDetails);
        }
        Ok(details)
    }

    fn gather(&mut self, bytes: &[u8], depth: usize) -> Result<(), NotDetails> {
        if depth > DEPTH_MAX {
            return Err(NotDetails);
        }
        for object in tlv::all(bytes).map_err(|_| NotDetails)? {
            if !is_constructed(&object) {
                continue;
            }
            match field(&object) {
                Some((number, value)) => self.keep(number, value)?,
                None => self.gather(object.value, depth + 1)?,
            }
        }
        Ok(())
    }

    fn keep(&mut self, number: u8, value: &[u8]) -> Result<(), NotDetails> {
        if self.fields.len() + self.unknown.len() >= FIELDS_MAX {
            return Err(NotDetails);
        }
        let mut texts = Vec::new();
        let readable = gather_texts(value, 0, &mut texts).is_some();
        if (1..=NUMBER_MAX).contains(&number) && readable {
            // A field may come in parts, not without end.
            let known = self.fields.entry(number).or_default();
            if known.len() + texts.len() > TEXTS_MAX {
                return Err(NotDetails);
            }
            known.append(&mut texts);
        } else {
            self.unknown.insert(number, value.to_vec());
        }
        Ok(())
    }

    fn first(&self, number: u8) -> Option<&str> {
        self.fields
            .get(&number)?
            .iter()
            .map(String::as_str)
            .find(|text| !text.is_empty())
    }

    /// Twelve digits.
    pub fn id(&self) -> Option<&str> {
        self.first(1)
    }

    pub fn name(&self) -> Option<&str> {
        self.first(2)
    }

    /// As the card writes it, dd/mm/yyyy or a year.
    pub fn born(&self) -> Option<&str> {
        self.first(3)
    }

    pub fn sex(&self) -> Option<&str> {
        self.first(4)
    }

    pub fn nationality(&self) -> Option<&str> {
        self.first(5)
    }

    pub fn ethnicity(&self) -> Option<&str> {
        self.first(6)
    }

    pub fn religion(&self) -> Option<&str> {
        self.first(7)
    }

    pub fn home_town(&self) -> Option<&str> {
        self.first(8)
    }

    pub fn residence(&self) -> Option<&str> {
        self.first(9)
    }

    pub fn marks(&self) -> Option<&str> {
        self.first(10)
    }

    pub fn issued(&self) -> Option<&str> {
        self.first(11)
    }

    /// As the card writes it: a date, or that there is none.
    pub fn expires(&self) -> Option<&str> {
        self.first(12)
    }

    /// Father and mother, in this order, as far as the card names them.
    pub fn parents(&self) -> &[String] {
        self.fields.get(&13).map_or(&[], Vec::as_slice)
    }

    pub fn spouse(&self) -> Option<&str> {
        self.first(14)
    }

    /// The nine digits of the old CMND. Sources differ about the number of its field.
    pub fn old_id(&self) -> Option<&str> {
        [15, 16]
            .into_iter()
            .filter_map(|number| self.first(number))
            .find(|text| text.len() == 9 && text.bytes().all(|digit| digit.is_ascii_digit()))
    }
}

fn is_constructed(object: &Tlv<'_>) -> bool {
    let first = object.whole.first().copied().unwrap_or_default();
    first & 0x20 != 0
}

/// The number and the value, if the object is a field.
fn field<'a>(object: &Tlv<'a>) -> Option<(u8, &'a [u8])> {
    if object.tag != SEQUENCE {
        return None;
    }
    let (number, value) = tlv::first(object.value).ok()?;
    match number.value {
        [one] if number.tag == INTEGER => Some((*one, value)),
        [..] => None,
    }
}

/// The texts in `bytes`, in order; nothing if something in it is no text.
fn gather_texts(bytes: &[u8], depth: usize, texts: &mut Vec<String>) -> Option<()> {
    if depth > DEPTH_MAX {
        return None;
    }
    for object in tlv::all(bytes).ok()? {
        if is_constructed(&object) {
            gather_texts(object.value, depth + 1, texts)?;
        } else {
            if texts.len() == TEXTS_MAX {
                return None;
            }
            texts.push(text(&object)?);
        }
    }
    Some(())
}

fn text(object: &Tlv<'_>) -> Option<String> {
    let text = match object.tag {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString.
        0x0c | 0x12 | 0x13 | 0x16 | 0x1a => std::str::from_utf8(object.value).ok()?.to_owned(),
        // BMPString.
        0x1e => {
            let (units, []) = object.value.as_chunks::<2>() else {
                return None;
            };
            String::from_utf16(&units.iter().map(|unit| u16::from_be_bytes(*unit)).collect::<Vec<_>>()).ok()?
        }
        _ => return None,
    };
    let clean = !text.chars().any(char::is_control);
    clean.then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(number: u8, value: &[u8]) -> Vec<u8> {
        tlv::object(SEQUENCE, &[&tlv::object(INTEGER, &[number]), value].concat())
    }

    fn utf8(text: &str) -> Vec<u8> {
        tlv::object(0x0c, text.as_bytes())
    }

    fn sample() -> Vec<u8> {
        [
            one(1, &tlv::object(0x13, b"001090012345")),
            one(2, &utf8("Nguyễn Thị Mẫu")),
            one(3, &tlv::object(0x13, b"31/12/1990")),
            one(
                13,
                &tlv::object(SEQUENCE, &[utf8("Nguyễn Văn Mẫu"), utf8("Trần Thị Mẫu")].concat()),
            ),
            one(16, &tlv::object(0x13, b"123456789")),
            one(15, &utf8("không có")),
            one(40, &[5, 0]),
            one(9, &[4, 1, 0xff]),
        ]
        .concat()
    }

    #[test]
    fn fields_are_found_by_number_and_unknown_ones_kept_apart() {
        for file in [
            tlv::object(DG13, &sample()),
            tlv::object(DG13, &tlv::object(0x31, &tlv::object(0xa0, &sample()))),
        ] {
            let details = Details::read(&file).unwrap();
            assert_eq!(details.id(), Some("001090012345"));
            assert_eq!(details.name(), Some("Nguyễn Thị Mẫu"));
            assert_eq!(details.parents(), ["Nguyễn Văn Mẫu", "Trần Thị Mẫu"]);
            assert_eq!(details.old_id(), Some("123456789"));
            assert_eq!(details.spouse(), None);
            assert_eq!(details.unknown.keys().copied().collect::<Vec<_>>(), [9, 40]);
        }
    }

    #[test]
    fn what_is_cut_empty_or_too_deep_is_refused() {
        let file = tlv::object(DG13, &sample());
        assert!(Details::read(&file[..file.len() - 1]).is_err());
        assert!(Details::read(&[0x6d, 0]).is_err());
        let deep = (0..100).fold(vec![5, 0], |inside, _| tlv::object(SEQUENCE, &inside));
        assert!(Details::read(&tlv::object(DG13, &deep)).is_err());
        assert_eq!(format!("{:?}", Details::read(&file).unwrap()), "Details(hidden)");
    }

    #[test]
    fn a_field_that_comes_again_and_again_is_refused() {
        let parts = |count| tlv::object(DG13, &one(13, &utf8("Mẫu")).repeat(count));
        assert_eq!(Details::read(&parts(TEXTS_MAX)).unwrap().parents().len(), TEXTS_MAX);
        assert!(Details::read(&parts(TEXTS_MAX + 1)).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            drop(Details::read(&tlv::object(DG13, &bytes)));
        }
    }
}
