//! Our reading of the virtual chip, command by command, without a reader between them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::collections::BTreeMap;
use std::sync::Arc;

use super::candidates::{Day, candidates};
use super::chip::{Line, LineFault};
use super::mrz::{Mrz, MrzKey};
use super::reading::{Memory, read};
use super::sod::{Altered, Anchors, Authenticity, Doubt};
use super::{Can, CardFault, Copy, Holder, Request};
use crate::twin::card::{Birth, CardTrouble, Chip, Person, Personal, Reaction, VirtualCard, find};

/// 22 November 2026.
const NOW_UNIX: i64 = 1_795_305_600;

/// A chip in our hand.
struct Hand {
    chip: Chip,
    commands: usize,
    /// Longer commands are not carried.
    command_bytes_max: usize,
}

impl Hand {
    fn with(person: &Person) -> Self {
        Self::broken(person, None, 0)
    }

    fn broken(person: &Person, trouble: Option<CardTrouble>, after: u32) -> Self {
        let mut seed = 7_u32;
        let random = Box::new(move |bytes: &mut [u8]| {
            for byte in bytes {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (seed >> 24) as u8;
            }
        });
        let mut chip = Chip::new(Arc::new(Personal::write(person, None)), random);
        if let Some(trouble) = trouble {
            chip.set_fault(Some((trouble, after)), Arc::new(Personal::write(person, Some(trouble))));
        }
        Self {
            chip,
            commands: 0,
            command_bytes_max: usize::MAX,
        }
    }
}

impl Line for Hand {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LineFault> {
        self.commands += 1;
        if command.len() > self.command_bytes_max {
            return Err(LineFault::NotCarried);
        }
        match self.chip.command(command) {
            Reaction::Answer { bytes, .. } => Ok(bytes),
            Reaction::Silence => Err(LineFault::Silent),
            Reaction::Gone => Err(LineFault::Removed),
        }
    }

    fn reset(&mut self) -> Result<(), LineFault> {
        self.chip.reset();
        Ok(())
    }
}

fn person(sample: &str) -> &'static Person {
    find(sample).unwrap()
}

fn key(person: &Person) -> MrzKey {
    Mrz::read(&person.mrz().concat()).unwrap().key()
}

fn everything(person: &Person) -> Request {
    Request {
        keys: vec![key(person)],
        can: Can::new(person.can()),
        details: true,
        face: true,
        prove_chip: true,
        anchors: Arc::new(Anchors::read(VirtualCard::anchor().as_bytes()).unwrap()),
        now_unix: NOW_UNIX,
    }
}

fn dice(seed: u8) -> impl FnMut(&mut [u8]) {
    let mut state = u32::from(seed) + 1;
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_mul(22_695_477).wrapping_add(1);
            *byte = (state >> 24) as u8;
        }
    }
}

fn read_with(hand: &mut Hand, request: &Request) -> Result<Holder, CardFault> {
    read(hand, request, &mut Memory::default(), &mut dice(1), &mut |_| {})
}

#[test]
fn every_sample_is_read_as_it_was_written() {
    for sample in VirtualCard::samples() {
        let holder = read_with(&mut Hand::with(sample), &everything(sample)).unwrap();
        let name = sample.sample;
        assert_eq!(holder.mrz, Mrz::read(&sample.mrz().concat()).ok(), "{name}");
        let details = holder.details.unwrap();
        // A name with a flipped bit is another name.
        if name != "altered-dg13" {
            assert_eq!(details.name(), Some(sample.name), "{name}");
            assert_eq!(details.residence(), Some(sample.residence), "{name}");
            assert_eq!(details.old_id().unwrap_or_default(), sample.old_number, "{name}");
        }
        assert!(holder.face.unwrap().decode().unwrap().width() > 40, "{name}");
        assert_eq!(holder.copy, Copy::Original, "{name}");
        let wanted = match name {
            "unknown-signer" => Authenticity::SignerUnknown,
            "expired-signer" => Authenticity::SignerExpired,
            "altered-dg13" => Authenticity::Altered(Altered::Group(13)),
            _ => Authenticity::Genuine,
        };
        assert_eq!(holder.authenticity, wanted, "{name}");
    }
}

#[test]
fn the_front_of_every_sample_leads_to_a_key_that_opens_it() {
    for sample in VirtualCard::samples() {
        let born = match sample.birth {
            Birth::Day(date) => Day {
                year: date.year,
                month_and_day: Some((date.month, date.day)),
            },
            Birth::Year(year) => Day {
                year,
                month_and_day: None,
            },
        };
        let issued = Day {
            year: sample.issued.year,
            month_and_day: Some((sample.issued.month, sample.issued.day)),
        };
        let keys = candidates(sample.number, born, Some(issued));
        assert!(keys.contains(&key(sample)), "{}", sample.sample);
    }
}

/// What each fault ends in, and what is right in spite of it.
fn outcome(trouble: CardTrouble) -> Result<Authenticity, CardFault> {
    match trouble {
        CardTrouble::Pulled => Err(CardFault::Removed),
        CardTrouble::Silent => Err(CardFault::Silent),
        CardTrouble::WrongKey6300 | CardTrouble::WrongKey6988 => Err(CardFault::WrongKey),
        CardTrouble::Garbage
        | CardTrouble::CutAnswer
        | CardTrouble::BadMac
        | CardTrouble::MissingStatus
        | CardTrouble::SessionLost
        | CardTrouble::CutFiles => Err(CardFault::Broken),
        CardTrouble::MoreToFetch | CardTrouble::ExactLength | CardTrouble::EndlessFace | CardTrouble::Jpeg2000Face => {
            Ok(Authenticity::Genuine)
        }
        CardTrouble::AlteredDg1 => Ok(Authenticity::Altered(Altered::Group(1))),
        CardTrouble::AlteredDg2 => Ok(Authenticity::Altered(Altered::Group(2))),
        CardTrouble::AlteredDg13 => Ok(Authenticity::Altered(Altered::Group(13))),
        CardTrouble::AlteredDg14 => Ok(Authenticity::Altered(Altered::Group(14))),
        CardTrouble::AlteredDg15 => Ok(Authenticity::Altered(Altered::Group(15))),
        CardTrouble::AlteredSodContent => Ok(Authenticity::Altered(Altered::Hashes)),
        CardTrouble::AlteredSodSignature => Ok(Authenticity::Altered(Altered::Signature)),
        CardTrouble::UnknownSigner => Ok(Authenticity::SignerUnknown),
        CardTrouble::ExpiredSigner => Ok(Authenticity::SignerExpired),
    }
}

#[test]
fn every_fault_ends_in_its_own_state() {
    let sample = person("bui-thi-thuong");
    for trouble in CardTrouble::ALL {
        // Those that strike a session strike when it stands; those of the key from the start.
        let of_the_key = [CardTrouble::WrongKey6300, CardTrouble::WrongKey6988].contains(&trouble);
        let after = if of_the_key { 0 } else { 5 };
        // Both proofs: with chip authentication DG15 is not read.
        let mut request = everything(sample);
        request.prove_chip = !matches!(trouble, CardTrouble::AlteredDg15);
        let mut hand = Hand::broken(sample, Some(trouble), after);
        if trouble == CardTrouble::AlteredDg15 {
            // A card without chip authentication would read it; here its hash is judged by itself.
            assert_eq!(judged_alone(sample, trouble, 15), outcome(trouble).unwrap());
            continue;
        }
        let result = read_with(&mut hand, &request);
        assert_eq!(
            result
                .as_ref()
                .map(|holder| holder.authenticity)
                .map_err(|fault| *fault),
            outcome(trouble),
            "{trouble:?}"
        );
        if trouble == CardTrouble::EndlessFace {
            assert!(result.unwrap().face.is_none());
        }
    }
}

fn judged_alone(sample: &Person, trouble: CardTrouble, group: u8) -> Authenticity {
    let personal = Personal::write(sample, Some(trouble));
    let file = |id: u16| {
        let file = personal.files.get(id).unwrap();
        file.read(0, file.len())
    };
    let (sod, group_file) = (file(0x011d), file(0x0100 | u16::from(group)));
    let anchors = Anchors::read(VirtualCard::anchor().as_bytes()).unwrap();
    super::sod::judge(
        &sod,
        &BTreeMap::from([(group, group_file.as_slice())]),
        &anchors,
        NOW_UNIX,
    )
}

#[test]
fn every_bit_of_the_sod_that_flips_is_noticed() {
    let sample = person("bui-thi-thuong");
    let (sod, dg1) = (sample.chip_file(0x011d).unwrap(), sample.chip_file(0x0101).unwrap());
    let groups = BTreeMap::from([(1, dg1.as_slice())]);
    let anchors = Anchors::read(VirtualCard::anchor().as_bytes()).unwrap();
    let judge = |sod: &[u8]| super::sod::judge(sod, &groups, &anchors, NOW_UNIX);
    assert_eq!(judge(&sod), Authenticity::Genuine);
    let mut states = BTreeMap::<String, usize>::new();
    for at in 0..sod.len() {
        let mut bent = sod.clone();
        bent[at] ^= 1 << (at % 8);
        *states.entry(format!("{:?}", judge(&bent))).or_default() += 1;
    }
    // A bit that nothing depends on (a version, a list of algorithms) may flip unseen; there are few of them.
    let unseen = states.get("Genuine").copied().unwrap_or_default();
    assert!(unseen * 20 < sod.len(), "{states:?}");
    for seen in [
        "Altered(Hashes)",
        "Altered(Signature)",
        "CannotTell(Unreadable)",
        "Altered(Chain)",
    ] {
        assert!(states.contains_key(seen), "{states:?}");
    }
    assert_eq!(
        super::sod::judge(&sod, &groups, &Anchors::default(), NOW_UNIX),
        Authenticity::SignerUnknown
    );
    assert_eq!(
        super::sod::judge(&sod, &groups, &anchors, 0),
        Authenticity::SignerExpired
    );
    assert_eq!(
        super::sod::judge(&[], &groups, &anchors, 0),
        Authenticity::CannotTell(Doubt::Unreadable)
    );
}

#[test]
fn a_thousand_sessions_in_a_row_go_without_an_error() {
    let samples = ["nguyen-van-am", "pace-only", "bac-and-pace", "long-name"].map(person);
    for round in 0..1000_usize {
        let sample = samples[round % samples.len()];
        let request = Request {
            face: false,
            prove_chip: round % 16 == 0,
            ..everything(sample)
        };
        let mut hand = Hand::with(sample);
        let seed = (round % 251) as u8;
        let holder = read(
            &mut hand,
            &request,
            &mut Memory::default(),
            &mut dice(seed),
            &mut |_| {},
        );
        assert_eq!(holder.unwrap().authenticity, Authenticity::Genuine, "round {round}");
    }
}

#[test]
fn a_card_that_takes_only_short_commands_is_read_with_them() {
    let sample = person("jpeg2000-face");
    let mut hand = Hand::with(sample);
    hand.command_bytes_max = 261;
    // The form of a long command is refused by the reader, not its length.
    struct Short<'a>(&'a mut Hand);
    impl Line for Short<'_> {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LineFault> {
            if command.len() > 5 && command[4] == 0 {
                return Err(LineFault::NotCarried);
            }
            self.0.transmit(command)
        }

        fn reset(&mut self) -> Result<(), LineFault> {
            self.0.reset()
        }
    }
    let mut memory = Memory::default();
    let holder = read(
        &mut Short(&mut hand),
        &everything(sample),
        &mut memory,
        &mut dice(1),
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(holder.authenticity, Authenticity::Genuine);
    assert!(memory.short, "so is the next reading of this card");
}

#[test]
fn a_card_is_not_tried_with_more_keys_than_it_forgives() {
    let sample = person("nguyen-van-am");
    let wrong = |number: u32| MrzKey::new(&format!("{number:09}"), "480307", "991231").unwrap();
    let request = Request {
        keys: (0..5).map(wrong).collect(),
        ..everything(sample)
    };
    let (mut hand, mut memory) = (Hand::with(sample), Memory::default());
    let mut tries = |hand: &mut Hand, request: &Request| {
        let before = hand.commands;
        let result = read(hand, request, &mut memory, &mut dice(1), &mut |_| {});
        assert_eq!(result, Err(CardFault::WrongKey));
        hand.commands - before
    };
    assert_eq!(tries(&mut hand, &request), 1 + 3 * 2, "three keys at a time");
    assert_eq!(tries(&mut hand, &request), 1 + 3 * 2);
    assert_eq!(tries(&mut hand, &request), 1, "and no more while it lies there");
}

#[test]
fn who_and_where_take_the_fewest_commands() {
    let sample = person("nguyen-van-am");
    let request = Request {
        face: false,
        prove_chip: false,
        can: None,
        ..everything(sample)
    };
    let mut hand = Hand::with(sample);
    read_with(&mut hand, &request).unwrap();
    let pieces = |id: u16| {
        let bytes = sample.chip_file(id).unwrap().len();
        bytes.div_ceil(sample.settings.answer_bytes_max)
    };
    // SELECT, GET CHALLENGE, EXTERNAL AUTHENTICATE, then each file in as many answers as it needs.
    assert_eq!(hand.commands, 3 + pieces(0x011d) + pieces(0x0101) + pieces(0x010d));
}
