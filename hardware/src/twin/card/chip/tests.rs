//! The chip at its wire: bytes in, bytes out.

use std::sync::Arc;

use super::super::CardTrouble;
use super::super::hex;
use super::super::people::{PEOPLE, find};
use super::super::personal::Personal;
use super::*;

mod access;
mod examples;
mod files;
mod noise;
mod terminal;
mod troubles;

/// A chip whose random bytes are these, one after another, and then made up.
fn chip_with(personal: Personal, random: &str) -> Chip {
    let mut bytes = hex(random).into_iter();
    let mut made_up = 1_u8;
    let random = move |wanted: &mut [u8]| {
        for byte in wanted {
            made_up = made_up.wrapping_mul(29).wrapping_add(17);
            *byte = bytes.next().unwrap_or(made_up);
        }
    };
    Chip::new(Arc::new(personal), Box::new(random))
}

fn chip(sample: &str) -> Chip {
    chip_with(Personal::write(find(sample).unwrap(), None), "")
}

/// A chip that is broken from a command on.
fn broken(sample: &str, trouble: CardTrouble, after_commands: u32) -> Chip {
    let person = find(sample).unwrap();
    let mut chip = chip(sample);
    chip.set_fault(
        Some((trouble, after_commands)),
        Arc::new(Personal::write(person, Some(trouble))),
    );
    chip
}

/// The bytes of an answer.
fn tell(chip: &mut Chip, command: &[u8]) -> Vec<u8> {
    match chip.command(command) {
        Reaction::Answer { bytes, .. } => bytes,
        other @ (Reaction::Silence | Reaction::Gone) => panic!("no answer: {other:?}"),
    }
}

fn exchange(chip: &mut Chip, command: &str) -> String {
    let answer = tell(chip, &hex(command));
    answer.iter().map(|byte| format!("{byte:02X}")).collect()
}

const SELECT_APPLICATION: &str = "00A4040C07A0000002471001";
