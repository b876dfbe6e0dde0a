//! The virtual readers: how many, how fast, and what happens when pcscd or the card goes.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hardware::twin::card::{CardTrouble, Pcscd, READERS_MAX, VirtualCard};
use pcsc::MAX_BUFFER_SIZE_EXTENDED;

use crate::harness::{AMPLE, Desk, client_command, connect, context, is_present, word};

const SELECT_APPLICATION: &[u8] = b"\x00\xA4\x04\x0C\x07\xA0\x00\x00\x02\x47\x10\x01";

/// Not a test: says the readers, and on which a card lies.
#[test]
#[ignore = "is run by its parent"]
fn child_that_lists_readers() {
    if word().is_none() {
        return;
    }
    let context = context();
    for name in context.list_readers_owned().unwrap() {
        let name = name.to_str().unwrap();
        println!("reader {name}: {}", is_present(&context, name));
    }
}

/// Not a test: sends a command many times and says how long one took, in microseconds.
#[test]
#[ignore = "is run by its parent"]
fn child_that_measures() {
    let Some(word) = word() else { return };
    let count: u32 = word.parse().unwrap();
    let context = context();
    let card = connect(&context, "00 00");
    let mut buffer = vec![0; MAX_BUFFER_SIZE_EXTENDED];
    let begun = Instant::now();
    for _ in 0..count {
        assert_eq!(card.transmit(SELECT_APPLICATION, &mut buffer).unwrap(), b"\x90\x00");
    }
    println!("micros {}", begun.elapsed().as_micros() / u128::from(count));
}

/// Not a test: asks the chip on each reader, in turn, and says what each answered.
#[test]
#[ignore = "is run by its parent"]
fn child_that_asks_all() {
    if word().is_none() {
        return;
    }
    let context = context();
    let mut buffer = vec![0; MAX_BUFFER_SIZE_EXTENDED];
    for name in context.list_readers_owned().unwrap() {
        let name = name.to_str().unwrap().to_owned();
        if !is_present(&context, &name) {
            continue;
        }
        let card = connect(&context, &name);
        println!(
            "{name}: {:02X?}",
            card.transmit(SELECT_APPLICATION, &mut buffer).unwrap()
        );
    }
}

#[test]
fn sixteen_readers_are_the_most_and_each_has_a_card_of_its_own() {
    let desk = Desk::with_readers(16);
    for card in &desk.cards {
        card.insert("nguyen-van-am").unwrap();
    }
    desk.until("readers::child_that_lists_readers", |said| {
        said.matches(": true").count() == 16
    });
    let said = desk.client("readers::child_that_asks_all", "");
    assert_eq!(said.matches("[90, 00]").count(), 16, "{said}");
    for (at, card) in desk.cards.iter().enumerate() {
        assert_eq!(card.traffic().commands, 1, "reader {at}");
    }
}

#[test]
fn a_reader_sees_cards_come_and_go_and_so_does_no_other() {
    let desk = Desk::with_readers(2);
    let states = |said: &str| said.matches(": true").count();
    desk.until("readers::child_that_lists_readers", |said| {
        said.matches("reader ").count() == 2 && states(said) == 0
    });
    for _ in 0..2 {
        desk.cards[1].insert("every-mark").unwrap();
        let said = desk.until("readers::child_that_lists_readers", |said| states(said) == 1);
        assert!(said.contains("00 01: true"), "{said}");
        desk.cards[1].remove();
        desk.until("readers::child_that_lists_readers", |said| states(said) == 0);
    }
}

#[test]
fn a_pcscd_that_was_killed_and_comes_back_finds_the_card_that_still_lies_there() {
    let mut desk = Desk::with_readers(1);
    desk.cards[0].insert("bui-thi-thuong").unwrap();
    let present = |said: &str| said.contains("00 00: true");
    desk.until("readers::child_that_lists_readers", present);

    desk.pcscd.kill();
    let gone = desk.client_output("readers::child_that_lists_readers", "");
    assert!(!gone.status.success(), "a client found a pcscd that is dead");

    desk.pcscd.restart().unwrap();
    desk.until("readers::child_that_lists_readers", present);
    assert_eq!(desk.cards[0].inserted().as_deref(), Some("bui-thi-thuong"));
}

#[test]
fn a_command_goes_through_pcscd_in_less_than_twenty_milliseconds() {
    let desk = Desk::with_readers(1);
    desk.cards[0].insert("nguyen-van-am").unwrap();
    let said = desk.client("readers::child_that_measures", "200");
    let micros = said
        .split("micros ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    let micros: u32 = micros.unwrap().parse().unwrap();
    println!("{micros} microseconds a command");
    assert!(micros < 20_000, "{micros} microseconds");
}

#[test]
fn a_card_that_was_there_before_its_reader_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut pcscd = Pcscd::start(folder.path(), 1).unwrap();
    pcscd.kill();
    let card = VirtualCard::open(pcscd.addresses()[0]).unwrap();
    card.insert("long-name").unwrap();
    pcscd.restart().unwrap();
    let desk = Desk::new(pcscd, vec![card], folder);
    desk.until("readers::child_that_lists_readers", |said| said.contains("00 00: true"));
}

#[test]
fn a_silent_card_is_waited_for_until_it_is_mended_and_is_then_taken_as_gone() {
    let desk = Desk::with_readers(1);
    desk.cards[0].insert("nguyen-van-am").unwrap();
    desk.until("readers::child_that_lists_readers", |said| said.contains("00 00: true"));
    desk.cards[0].set_fault(Some(CardTrouble::Silent));

    let card = desk.cards[0].clone();
    let mender = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(700));
        card.set_fault(None);
    });
    let begun = Instant::now();
    let output = desk.client_output("readers::child_that_measures", "1");
    assert!(begun.elapsed() > Duration::from_millis(700) && !output.status.success());
    mender.join().unwrap();
    desk.until("readers::child_that_lists_readers", |said| said.contains("00 00: true"));
    assert!(desk.client("readers::child_that_measures", "1").contains("micros"));
}

/// Not a test: holds a pcscd in a folder until it is killed.
#[test]
#[ignore = "is run and killed by its parent"]
fn child_that_holds_a_pcscd() {
    let Some(folder) = word() else { return };
    let pcscd = Pcscd::start(Path::new(&folder), 1).unwrap();
    println!("port {}", pcscd.ports()[0]);
    loop {
        std::thread::park();
    }
}

#[test]
fn pcscd_does_not_outlive_the_process_that_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = client_command(
        folder.path().join("pcscd.comm"),
        "readers::child_that_holds_a_pcscd",
        folder.path().to_str().unwrap(),
    )
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    // The pipe stays open: a child that cannot write ends by itself.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines
        .by_ref()
        .map(Result::unwrap)
        .find_map(|line| line.split("port ").nth(1).map(str::to_owned))
        .unwrap();
    let address = format!("127.0.0.1:{}", port.trim());
    assert!(TcpStream::connect(&address).is_ok(), "pcscd does not run");

    child.kill().unwrap();
    child.wait().unwrap();
    let begun = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(begun.elapsed() < AMPLE, "pcscd still runs");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_folder_may_have_blanks_in_its_name_and_must_not_be_too_long_for_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let blanks = folder.path().join("thư mục có dấu cách");
    std::fs::create_dir(&blanks).unwrap();
    let pcscd = Pcscd::start(&blanks, 1).unwrap();
    let card = VirtualCard::open(pcscd.addresses()[0]).unwrap();
    card.insert("nguyen-van-am").unwrap();
    let desk = Desk::new(pcscd, vec![card], folder);
    desk.until("readers::child_that_lists_readers", |said| said.contains("00 00: true"));

    let refused = Pcscd::start(&blanks.join("x".repeat(100)), 1).err().unwrap();
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn no_reader_and_more_readers_than_pcscd_carries_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for readers in [0, READERS_MAX + 1] {
        let refused = Pcscd::start(folder.path(), readers).err().unwrap();
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    }
}
