//! `emrtd` reads our card: another program's BAC, secure messaging and file reading.

use emrtd::{EmrtdComms, other_mrz};
use hardware::twin::card::{CardTrouble, VirtualCard, find};

use crate::harness::{Desk, connect, context, word};

/// Not a test: reads a file of the sample that it is told of and says its bytes.
#[test]
#[ignore = "is run by its parent"]
fn child_that_reads_files() {
    let Some(word) = word() else { return };
    let (key, files) = word.split_once(' ').unwrap();
    let mut reader = EmrtdComms::new(connect(&context(), "00 00"));
    reader.select_emrtd_application().unwrap();
    if let Err(error) = reader.establish_bac_session_keys(key.as_bytes()) {
        println!("refused {error}");
        return;
    }
    for file in files.split_whitespace() {
        let id = u16::from_str_radix(file, 16).unwrap().to_be_bytes();
        reader.select_ef(&id, file, true).unwrap();
        match reader.read_data_from_ef(true) {
            Ok(bytes) => println!("read {file} {}", hex(&bytes)),
            Err(error) => println!("failed {file} {error}"),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn key(sample: &str) -> String {
    let person = find(sample).unwrap();
    // emrtd fills short numbers with spaces; ours always have nine digits.
    let information = person.mrz_information();
    let (number, birth, expiry) = (&information[..9], &information[10..16], &information[17..23]);
    let key = other_mrz(number, birth, expiry).unwrap();
    assert_eq!(key, information, "emrtd counts the check digits as we do");
    key
}

#[test]
fn an_independent_reader_gets_every_file_of_a_card_as_it_was_written() {
    let desk = Desk::with_readers(1);
    for sample in ["nguyen-van-am", "year-of-birth-only", "long-name"] {
        desk.cards[0].insert(sample).unwrap();
        let said = desk.client(
            "reading::child_that_reads_files",
            &format!("{} 011E 0101 010D 010E 010F 011D 0102", key(sample)),
        );
        for file in [0x011E, 0x0101, 0x010D, 0x010E, 0x010F, 0x011D, 0x0102] {
            let bytes = find(sample).unwrap().chip_file(file).unwrap();
            assert!(
                said.contains(&format!("read {file:04X} {}\n", hex(&bytes))),
                "{sample} {file:04X}"
            );
        }
        desk.cards[0].remove();
        desk.until("readers::child_that_lists_readers", |said| {
            said.contains("00 00: false")
        });
    }
    let traffic = desk.cards[0].traffic();
    assert!(traffic.commands > 100 && traffic.answer_bytes > 25_000, "{traffic:?}");
}

#[test]
fn an_independent_reader_with_a_wrong_key_is_refused() {
    let desk = Desk::with_readers(1);
    desk.cards[0].insert("nguyen-van-am").unwrap();
    let said = desk.client(
        "reading::child_that_reads_files",
        &format!("{} 0101", key("bui-thi-thuong")),
    );
    assert!(said.contains("refused"), "{said}");
}

#[test]
fn an_independent_reader_sees_a_wrong_mac_and_a_card_that_is_pulled() {
    for (trouble, seen) in [(CardTrouble::BadMac, "MAC"), (CardTrouble::Pulled, "PCSC")] {
        let desk = Desk::with_readers(1);
        let card: &VirtualCard = &desk.cards[0];
        card.insert("nguyen-van-am").unwrap();
        card.set_fault_after(6, trouble);
        let said = desk.client(
            "reading::child_that_reads_files",
            &format!("{} 010D", key("nguyen-van-am")),
        );
        assert!(said.contains("failed 010D"), "{trouble:?}: {said}");
        assert!(
            said.to_uppercase().contains(seen) || trouble == CardTrouble::Pulled,
            "{said}"
        );
        assert_eq!(card.inserted().is_none(), trouble == CardTrouble::Pulled);
    }
}
