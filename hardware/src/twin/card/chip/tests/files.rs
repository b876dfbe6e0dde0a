//! Selecting and reading: what is there, where it ends, and how much comes at once.

use super::super::super::personal::files::DG2;
use super::super::super::tlv;
use super::terminal::Terminal;
use super::*;

fn file(sample: &str, id: u16) -> Vec<u8> {
    find(sample).unwrap().chip_file(id).unwrap()
}

#[test]
fn every_file_of_every_sample_is_whole_and_read_as_it_was_written() {
    for person in PEOPLE.iter().filter(|person| person.settings.bac == Offer::Open) {
        let mut terminal = Terminal::opened(person.sample);
        for (id, tag) in [
            (0x011E, 0x60),
            (0x0101, 0x61),
            (0x0102, 0x75),
            (0x010D, 0x6D),
            (0x010E, 0x6E),
            (0x010F, 0x6F),
            (0x011D, 0x77),
        ] {
            let bytes = terminal.read(id);
            assert_eq!(bytes, person.chip_file(id).unwrap(), "{} {id:04X}", person.sample);
            let object = tlv::first(&bytes).unwrap();
            assert_eq!((object.tag, object.whole.len()), (tag, bytes.len()));
        }
    }
}

#[test]
fn fingers_are_refused_and_what_is_not_there_is_not_found() {
    let mut terminal = Terminal::opened("nguyen-van-am");
    for (id, status) in [
        (0x0103, 0x6982),
        (0x0104, 0x6982),
        (0x010B, 0x6A82),
        (0x010C, 0x6A82),
        (0x011C, 0x6A82),
        (0x0199, 0x6A82),
        (0x0101, 0x9000),
    ] {
        assert_eq!(terminal.select(id), Ok(status), "{id:04X}");
    }
    for (p1, status) in [(0x83, 0x6982), (0x8B, 0x6A82), (0xA1, 0x6A86), (0x81, 0x9000)] {
        let (_, got) = terminal.send(&[0x0C, 0xB0, p1, 0], &[], Some(&[4])).unwrap();
        assert_eq!(got, status, "{p1:02X}");
    }
}

#[test]
fn nothing_is_read_before_a_file_is_chosen_or_without_a_length() {
    let mut terminal = Terminal::opened("nguyen-van-am");
    let read = |terminal: &mut Terminal, le| terminal.send(&hex("0CB00000"), &[], le).unwrap().1;
    assert_eq!(read(&mut terminal, Some(&[4])), 0x6986);
    assert_eq!(terminal.select(0x0101), Ok(0x9000));
    assert_eq!(read(&mut terminal, Some(&[4])), 0x9000);
    assert_eq!(read(&mut terminal, None), 0x6700);
}

#[test]
fn the_end_of_a_file_is_told_as_the_standard_has_it() {
    let whole = file("nguyen-van-am", 0x0101);
    assert_eq!(whole.len(), 95);
    let mut terminal = Terminal::opened("nguyen-van-am");
    assert_eq!(terminal.select(0x0101), Ok(0x9000));
    let mut read = |offset: u8, le: &[u8]| terminal.send(&[0x0C, 0xB0, 0, offset], &[], Some(le)).unwrap();
    assert_eq!(read(90, &[5]), (whole[90..].to_vec(), 0x9000));
    assert_eq!(read(90, &[6]), (whole[90..].to_vec(), 0x6282));
    assert_eq!(read(90, &[0]), (whole[90..].to_vec(), 0x9000));
    assert_eq!(read(95, &[1]), (vec![], 0x6B00));
    assert_eq!(read(200, &[0]), (vec![], 0x6B00));
}

#[test]
fn an_answer_is_never_longer_than_the_chip_and_the_length_of_the_answer_allow() {
    for (sample, le, bytes) in [
        ("nguyen-van-am", &[0][..], 0xDF),
        ("nguyen-van-am", &[0, 0], 0xDF),
        ("long-name", &[0], 0xE7),
        ("long-name", &[0, 0], 0x7FFF),
        ("long-name", &[0x10, 0x00], 0x1000),
    ] {
        let whole = file(sample, DG2);
        let mut terminal = Terminal::opened(sample);
        assert_eq!(terminal.select(DG2), Ok(0x9000));
        let (read, status) = terminal.send(&hex("0CB00000"), &[], Some(le)).unwrap();
        assert_eq!(
            (read.len(), status),
            (bytes.min(whole.len()), 0x9000),
            "{sample} {le:?}"
        );
        assert_eq!(read, whole[..read.len()]);
    }
}

#[test]
fn odd_instructions_read_with_an_offset_in_an_object_also_by_file_and_short_identifier() {
    let whole = file("long-name", DG2);
    let mut terminal = Terminal::opened("long-name");
    for (p1, p2) in [(0x01, 0x02), (0x00, 0x02), (0x00, 0x00)] {
        let (answer, status) = terminal
            .send(&[0x0C, 0xB1, p1, p2], &hex("54020100"), Some(&[0x40]))
            .unwrap();
        let object = tlv::first(&answer).unwrap();
        assert_eq!((object.tag, status, answer.len()), (0x53, 0x9000, 0x40));
        assert_eq!(object.value, &whole[0x100..0x100 + 0x3E]);
    }
    let past = tlv::object(0x54, &(whole.len() as u32).to_be_bytes());
    assert_eq!(terminal.send(&hex("0CB10000"), &past, Some(&[0])).unwrap().1, 0x6B00);
    assert_eq!(
        terminal.send(&hex("0CB10000"), &hex("5500"), Some(&[0])).unwrap().1,
        0x6A80
    );
}

#[test]
fn dg13_has_a_numbered_field_for_each_thing_and_the_old_number_in_one_of_two() {
    for (sample, old_number_in) in [("nguyen-van-am", 15), ("long-name", 16)] {
        let person = find(sample).unwrap();
        let bytes = file(sample, 0x010D);
        let fields = tlv::all(tlv::first(&bytes).unwrap().value).unwrap();
        assert_eq!(fields.len(), 16);
        for (field, number) in fields.iter().zip(1_u8..) {
            assert!(field.tag == 0x30 && field.value.starts_with(&[0x02, 0x01, number]));
            let texts = tlv::all(&field.value[3..]).unwrap();
            assert_eq!(texts.len(), if number == 13 { 2 } else { 1 });
            let text = str::from_utf8(texts[0].value).unwrap();
            match number {
                1 => assert_eq!((text, texts[0].tag), (person.number, 0x13)),
                2 => assert_eq!((text, texts[0].tag), (person.name, 0x0C)),
                9 => assert_eq!(text, person.residence),
                15 | 16 => assert_eq!(text == person.old_number, number == old_number_in),
                _ => {}
            }
        }
    }
}
