//! What befalls the virtual reader itself: its cable, and another program that takes the cards.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use hardware::twin::card::{OtherProgram, Sharing};
use pcsc::{ReaderState, State};

use crate::harness::{Desk, client_command, context, word};

/// Not a test: says how each reader is.
#[test]
#[ignore = "is run by its parent"]
fn child_that_tells_states() {
    if word().is_none() {
        return;
    }
    let context = context();
    let names = match context.list_readers_owned() {
        Err(pcsc::Error::NoReadersAvailable) => vec![],
        names => names.unwrap(),
    };
    if names.is_empty() {
        return println!("no reader");
    }
    let states = names.into_iter().map(|name| ReaderState::new(name, State::UNAWARE));
    let mut states: Vec<_> = states.collect();
    context.get_status_change(Duration::ZERO, &mut states).unwrap();
    for state in states {
        println!("{}: {:?}", state.name().to_str().unwrap(), state.event_state());
    }
}

/// Not a test: takes each card for itself, or shares it, until its input ends.
#[test]
#[ignore = "is run and ended by its parent"]
fn child_that_takes_cards() {
    let Some(word) = word() else { return };
    let sharing = if word == "shared" {
        Sharing::Shared
    } else {
        Sharing::Exclusive
    };
    let program = OtherProgram::start(sharing).unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    drop(program);
}

fn first_says(said: &str, state: &str) -> bool {
    said.lines()
        .any(|line| line.contains("00 00: ") && line.contains(state))
}

const STATES: &str = "plug::child_that_tells_states";

#[test]
fn a_reader_whose_cable_is_pulled_is_lost_and_found_with_the_card_that_lies_there() {
    let desk = Desk::with_readers(1);
    desk.cards[0].insert("nguyen-van-am").unwrap();
    for _ in 0..2 {
        desk.until(STATES, |said| first_says(said, "PRESENT"));
        desk.pcscd.unplug().unwrap();
        let said = desk.until(STATES, |said| first_says(said, "UNAVAILABLE"));
        assert!(!first_says(&said, "PRESENT"), "{said}");
        desk.pcscd.plug().unwrap();
    }
    desk.until(STATES, |said| first_says(said, "PRESENT"));
    assert!(desk.client("readers::child_that_measures", "1").contains("micros"));
}

#[test]
fn a_service_that_starts_without_its_reader_has_none_until_it_starts_with_it() {
    let mut desk = Desk::with_readers(1);
    desk.pcscd.unplug().unwrap();
    desk.pcscd.restart().unwrap();
    desk.until(STATES, |said| said.contains("no reader"));
    desk.pcscd.plug().unwrap();
    desk.pcscd.restart().unwrap();
    desk.until(STATES, |said| first_says(said, "EMPTY"));
}

#[test]
fn another_program_takes_a_card_and_lets_go_of_it() {
    let desk = Desk::with_readers(1);
    desk.cards[0].insert("nguyen-van-am").unwrap();
    for (sharing, state) in [("exclusive", "EXCLUSIVE"), ("shared", "INUSE")] {
        desk.until(STATES, |said| first_says(said, "PRESENT") && !first_says(said, state));
        let mut child = client_command(desk.pcscd.socket(), "plug::child_that_takes_cards", sharing)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        desk.until(STATES, |said| first_says(said, state));
        // The next card too.
        desk.cards[0].remove();
        desk.until(STATES, |said| first_says(said, "EMPTY"));
        desk.cards[0].insert("long-name").unwrap();
        desk.until(STATES, |said| first_says(said, state));
        drop(child.stdin.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}
