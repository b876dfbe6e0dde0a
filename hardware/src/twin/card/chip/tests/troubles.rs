//! Faults: each is played, and only from the command on that it was set for.

use super::super::super::personal::files::{DG2, DG13, SOD};
use super::super::super::tlv;
use super::terminal::{Distrust, Terminal, status};
use super::*;

/// SELECT, GET CHALLENGE and EXTERNAL AUTHENTICATE.
const OPENING_COMMANDS: u32 = 3;

/// A chip that was opened, and breaks at the next command.
fn opened(trouble: CardTrouble) -> Terminal {
    let mut terminal = Terminal::new(broken("nguyen-van-am", trouble, OPENING_COMMANDS));
    terminal.select_application();
    assert_eq!(terminal.bac(&find("nguyen-van-am").unwrap().mrz_information()), 0x9000);
    terminal
}

#[test]
fn a_card_is_pulled_or_falls_silent_after_so_many_commands() {
    for (trouble, reaction) in [
        (CardTrouble::Pulled, Reaction::Gone),
        (CardTrouble::Silent, Reaction::Silence),
    ] {
        let mut terminal = opened(trouble);
        let command = terminal.seal(&hex("0CA4020C"), &hex("0101"), None);
        assert_eq!(terminal.chip.command(&command), reaction);
    }
}

#[test]
fn a_right_key_is_refused_when_that_is_the_fault() {
    for (trouble, refused) in [(CardTrouble::WrongKey6300, 0x6300), (CardTrouble::WrongKey6988, 0x6988)] {
        let person = find("nguyen-van-am").unwrap();
        let mut terminal = Terminal::new(broken(person.sample, trouble, 0));
        terminal.select_application();
        assert_eq!(terminal.bac(&person.mrz_information()), refused);
    }
}

#[test]
fn answers_are_spoiled_as_the_fault_says() {
    for (trouble, distrust) in [
        (CardTrouble::BadMac, Distrust::WrongMac),
        (CardTrouble::MissingStatus, Distrust::NoStatus),
        (CardTrouble::SessionLost, Distrust::Plain(0x6988)),
    ] {
        assert_eq!(opened(trouble).select(0x0101), Err(distrust), "{trouble:?}");
    }
}

#[test]
fn garbage_is_no_object_and_a_cut_answer_has_no_end() {
    let mut sound = Terminal::opened("nguyen-van-am");
    let command = sound.seal(&hex("0CA4020C"), &hex("0101"), None);
    let whole = tell(&mut sound.chip, &command);
    let mut terminal = opened(CardTrouble::CutAnswer);
    let command = terminal.seal(&hex("0CA4020C"), &hex("0101"), None);
    assert_eq!(tell(&mut terminal.chip, &command).len(), whole.len() / 2);

    let mut terminal = opened(CardTrouble::Garbage);
    let command = terminal.seal(&hex("0CA4020C"), &hex("0101"), None);
    let answer = tell(&mut terminal.chip, &command);
    assert!(answer.len() % 2 == 1 && status(&answer) != 0x9000);
}

#[test]
fn an_answer_can_be_fetched_in_pieces() {
    let mut terminal = opened(CardTrouble::MoreToFetch);
    let command = terminal.seal(&hex("0CB08100"), &[], Some(&[0x20]));
    let first = tell(&mut terminal.chip, &command);
    assert_eq!((first.len(), first[0]), (2, 0x61));
    let mut answer = vec![];
    let mut more = first[1];
    while more != 0 {
        let piece = tell(&mut terminal.chip, &[0x00, 0xC0, 0x00, 0x00, more.min(10)]);
        let (data, end) = piece.split_at(piece.len() - 2);
        answer.extend_from_slice(data);
        more = if end[0] == 0x61 { end[1] } else { 0 };
        if more == 0 {
            answer.extend_from_slice(end);
        }
    }
    let (data, status) = terminal.open(&answer).unwrap();
    assert_eq!((data.len(), status), (0x20, 0x9000));
}

#[test]
fn the_exact_length_is_told_and_then_the_same_command_is_answered() {
    let mut terminal = opened(CardTrouble::ExactLength);
    let mut command = terminal.seal(&hex("0CB08100"), &[], Some(&[0x20]));
    let hint = tell(&mut terminal.chip, &command);
    assert_eq!((hint.len(), hint[0]), (2, 0x6C));
    *command.last_mut().unwrap() = hint[1];
    let answer = tell(&mut terminal.chip, &command);
    assert_eq!(answer.len(), usize::from(hint[1]) + 2);
    assert_eq!(terminal.open(&answer).unwrap().0.len(), 0x20);
}

#[test]
fn a_cut_file_ends_before_the_length_that_it_says() {
    let mut terminal = opened(CardTrouble::CutFiles);
    for id in [DG2, DG13] {
        let bytes = terminal.read(id);
        assert!(tlv::first(&bytes).is_none() && bytes.len() > 100, "{id:04X}");
    }
}

#[test]
fn an_endless_face_says_fifty_megabytes_and_gives_them() {
    let mut terminal = opened(CardTrouble::EndlessFace);
    assert_eq!(terminal.select(DG2), Ok(0x9000));
    let (head, _) = terminal.send(&hex("0CB00000"), &[], Some(&[6])).unwrap();
    assert_eq!(head[..5], hex("758402FAF0")[..]);
    let far = hex("540402000000");
    let (piece, status) = terminal.send(&hex("0CB10000"), &far, Some(&[0])).unwrap();
    assert!(piece.len() > 200 && status == 0x9000);
}

#[test]
fn an_altered_file_differs_in_one_bit_and_no_other_file_does() {
    for (trouble, altered) in [
        (CardTrouble::AlteredDg1, 0x0101),
        (CardTrouble::AlteredDg2, DG2),
        (CardTrouble::AlteredDg13, DG13),
        (CardTrouble::AlteredDg14, 0x010E),
        (CardTrouble::AlteredDg15, 0x010F),
        (CardTrouble::AlteredSodContent, SOD),
        (CardTrouble::AlteredSodSignature, SOD),
    ] {
        let person = find("nguyen-van-am").unwrap();
        let personal = Personal::write(person, Some(trouble));
        for id in [0x0101, DG2, DG13, 0x010E, 0x010F, SOD, 0x011E] {
            let file = personal.files.get(id).unwrap();
            let (read, sound) = (file.read(0, file.len()), person.chip_file(id).unwrap());
            assert_eq!(read.len(), sound.len());
            let bits: u32 = read.iter().zip(&sound).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert_eq!(bits, u32::from(id == altered), "{trouble:?} {id:04X}");
        }
    }
}

#[test]
fn another_signer_and_another_face_change_what_is_signed() {
    let person = find("nguyen-van-am").unwrap();
    for trouble in [
        CardTrouble::UnknownSigner,
        CardTrouble::ExpiredSigner,
        CardTrouble::Jpeg2000Face,
    ] {
        let personal = Personal::write(person, Some(trouble));
        let read = |id| personal.files.get(id).map(|file| file.read(0, file.len()));
        assert_ne!(read(SOD), person.chip_file(SOD), "{trouble:?}");
        let new_face = read(DG2) != person.chip_file(DG2);
        assert_eq!(new_face, trouble == CardTrouble::Jpeg2000Face);
    }
}

#[test]
fn a_fault_can_be_mended_and_its_name_is_that_of_the_dock() {
    let mut terminal = opened(CardTrouble::BadMac);
    assert_eq!(terminal.select(0x0101), Err(Distrust::WrongMac));
    let person = find("nguyen-van-am").unwrap();
    terminal.chip.set_fault(None, Arc::new(Personal::write(person, None)));
    assert_eq!(terminal.select(0x0101), Ok(0x9000));

    for trouble in CardTrouble::ALL {
        let name = serde_json::to_string(&trouble).unwrap();
        assert_eq!(serde_json::from_str::<CardTrouble>(&name).unwrap(), trouble);
    }
    assert_eq!(
        serde_json::to_string(&CardTrouble::AlteredDg13).unwrap(),
        "\"altered-dg13\""
    );
}
