//! Objects are read for what they are and no further; what DG13 tells is bounded text, and reads the same written anew.

#![no_main]

use hardware::card::details::{Details, FIELDS_MAX, TEXTS_MAX};
use hardware::card::tlv::{self, CHILDREN_MAX};
use libfuzzer_sys::fuzz_target;

const DG13: u32 = 0x6d;

fuzz_target!(|bytes: &[u8]| {
    objects(bytes);
    details(bytes);
    details(&tlv::object(DG13, bytes));
});

fn objects(bytes: &[u8]) {
    if let Ok((object, rest)) = tlv::first(bytes) {
        let head = tlv::head(bytes).expect("an object has a head");
        assert_eq!([object.whole, rest].concat(), bytes);
        assert_eq!(head.head_bytes + head.value_bytes, object.whole.len());
        assert!(object.value == &object.whole[head.head_bytes..] && object.tag == head.tag);
    }
    let Ok(objects) = tlv::all(bytes) else { return };
    assert!(objects.len() <= CHILDREN_MAX);
    let wholes: Vec<&[u8]> = objects.iter().map(|object| object.whole).collect();
    assert_eq!(wholes.concat(), bytes);

    for object in objects {
        let written = tlv::object(object.tag, object.value);
        assert_eq!(tlv::only(&written, object.tag), Ok(object.value));
        // The shortest form is no longer than what came.
        assert!(written.len() <= object.whole.len());
    }
}

fn details(file: &[u8]) {
    let Ok(details) = Details::read(file) else { return };
    assert!(details.unknown.len() <= FIELDS_MAX && details.parents().len() <= TEXTS_MAX);
    let told = told(&details);
    let parents = details.parents().iter().map(String::as_str);
    for text in told.iter().flatten().copied().chain(parents) {
        assert!(text.trim() == text && !text.chars().any(char::is_control) && text.chars().count() <= file.len());
    }
    assert!(told.iter().flatten().all(|text| !text.is_empty()));

    let again = written(&told, details.parents());
    let again = Details::read(&again).expect("what was read can be written");
    assert!(self::told(&again) == told && again.parents() == details.parents() && again.unknown.is_empty());
}

/// Each field that has one text, by its number less one; the old CMND at 15.
fn told(details: &Details) -> [Option<&str>; 15] {
    [
        details.id(),
        details.name(),
        details.born(),
        details.sex(),
        details.nationality(),
        details.ethnicity(),
        details.religion(),
        details.home_town(),
        details.residence(),
        details.marks(),
        details.issued(),
        details.expires(),
        None,
        details.spouse(),
        details.old_id(),
    ]
}

fn written(told: &[Option<&str>], parents: &[String]) -> Vec<u8> {
    let utf8 = |text: &str| tlv::object(0x0c, text.as_bytes());
    let fields = told.iter().zip(1_u8..).flat_map(|(text, number)| {
        let texts: Vec<u8> = match number {
            13 => parents.iter().flat_map(|text| utf8(text)).collect(),
            _ => utf8(text.unwrap_or_default()),
        };
        tlv::object(0x30, &[tlv::object(0x02, &[number]), texts].concat())
    });
    tlv::object(DG13, &fields.collect::<Vec<_>>())
}
