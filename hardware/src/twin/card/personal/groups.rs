//! The data groups that say who somebody is: EF.COM, DG1, DG2, DG3 and DG13.

use super::super::people::{Face, OldNumberAt, Person};
use super::super::tlv;
use super::{face, mrz};

/// EF.COM (ICAO Doc 9303-10 clause 4.6.1): LDS 1.7, Unicode 4.0, and the groups of a citizen's card.
pub fn com() -> Vec<u8> {
    tlv::nested(
        0x60,
        &[
            tlv::object(0x5F01, b"0107"),
            tlv::object(0x5F36, b"040000"),
            tlv::object(0x5C, &[0x61, 0x75, 0x63, 0x6D, 0x6E, 0x6F]),
        ],
    )
}

/// DG1: the three lines of the MRZ.
pub fn dg1(person: &Person) -> Vec<u8> {
    let lines = mrz::lines(person).concat();
    tlv::nested(0x61, &[tlv::object(0x5F1F, lines.as_bytes())])
}

/// DG2: one face in ISO 19794-5:2005 form, in the templates of ICAO Doc 9303-10 clause 4.7.2.
pub fn dg2(kind: Face) -> Vec<u8> {
    let header = tlv::nested(
        0xA1,
        &[
            tlv::object(0x80, &[0x01, 0x01]),
            // Facial features.
            tlv::object(0x81, &[0x02]),
            tlv::object(0x82, &[0x00]),
            // ISO/IEC JTC 1/SC 37, and its number for facial images.
            tlv::object(0x87, &[0x01, 0x01]),
            tlv::object(0x88, &[0x00, 0x08]),
        ],
    );
    let template = tlv::nested(0x7F60, &[header, tlv::object(0x5F2E, &facial_record(kind))]);
    let group = tlv::nested(0x7F61, &[tlv::object(0x02, &[1]), template]);
    tlv::object(0x75, &group)
}

/// DG3: no fingers of anybody; it is only hashed, never read.
pub fn dg3() -> Vec<u8> {
    tlv::nested(0x63, &[tlv::nested(0x7F61, &[tlv::object(0x02, &[0])])])
}

/// DG13 of the Vietnamese card: a sequence for each field, with its number and its text.
pub fn dg13(person: &Person) -> Vec<u8> {
    let mut fields = vec![
        field(1, &[person.number]),
        field(2, &[person.name]),
        field(3, &[&person.birth.written()]),
        field(4, &[person.sex.word()]),
        field(5, &["Việt Nam"]),
        field(6, &[person.ethnicity]),
        field(7, &[person.religion]),
        field(8, &[person.home]),
        field(9, &[person.residence]),
        field(10, &[person.marks]),
        field(11, &[&person.issued.written()]),
        field(12, &[&person.expiry().written()]),
        field(13, &[person.father, person.mother]),
        field(14, &[person.spouse]),
    ];
    match person.old_number_at {
        OldNumberAt::Field15 => fields.extend([field(15, &[person.old_number]), field(16, &[""])]),
        OldNumberAt::Field16 => fields.extend([field(15, &[""]), field(16, &[person.old_number])]),
    }
    tlv::nested(0x6D, &fields)
}

/// `30 len 02 01 NN` and the texts: PrintableString where ASCII is enough, else UTF8String.
fn field(number: u8, texts: &[&str]) -> Vec<u8> {
    let mut parts = vec![tlv::object(0x02, &[number])];
    parts.extend(texts.iter().map(|text| {
        let tag = if text.is_ascii() { 0x13 } else { 0x0C };
        tlv::object(tag, text.as_bytes())
    }));
    tlv::nested(0x30, &parts)
}

/// ISO 19794-5:2005 clause 5: a header of 14 bytes, then face and image of 20 and 12 bytes, then the image.
fn facial_record(kind: Face) -> Vec<u8> {
    let (image_type, image) = match kind {
        Face::Jpeg => (0, face::jpeg()),
        Face::Jpeg2000 => (1, face::JPEG2000.to_vec()),
    };
    let block_bytes = 20 + 12 + image.len() as u32;
    let mut record = b"FAC\x00010\x00".to_vec();
    record.extend((14 + block_bytes).to_be_bytes());
    record.extend(1_u16.to_be_bytes());

    record.extend(block_bytes.to_be_bytes());
    // No feature points; sex, eyes, hair, features, expression and pose are not specified.
    record.extend([0; 16]);

    // A full frontal image, 24 bit RGB, its source not specified.
    record.extend([1, image_type]);
    record.extend((face::WIDTH as u16).to_be_bytes());
    record.extend((face::HEIGHT as u16).to_be_bytes());
    record.extend([1, 0, 0, 0, 0, 0]);
    record.extend(image);
    record
}
