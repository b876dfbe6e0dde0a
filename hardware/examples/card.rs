//! What reading a card costs: commands and bytes, counted at the virtual card and not by who reads, and the time, for our
//! reader and for `emrtd`, on the same cards, through the same pcscd. Both open the card by BAC.
//!
//! `cargo run --release -p hardware --features virtual --example card`
//!
//! It fails when our reader takes more commands than the card's sizes allow: one to choose the application, two to open it,
//! and for each file as many as its bytes need in answers of the size that the card gives.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emrtd::{EmrtdComms, other_mrz};
use hardware::card::mrz::Mrz;
use hardware::card::pcsc::{self, PcscConfig};
use hardware::card::sod::Anchors;
use hardware::card::{Request, Slot};
use hardware::twin::card::{Pcscd, Person, Traffic, VirtualCard, find};

/// One whose answers are short, and one that gives each file at once; and the end of the name of the reader that each lies on.
const SAMPLES: [(&str, &str); 2] = [("nguyen-van-am", "00 00"), ("long-name", "00 01")];
/// Choosing the application, its challenge, and the proof that the key is known.
const OPENING_COMMANDS: u64 = 3;
const ROUNDS: usize = 9;
/// How long a card that was laid down may take until it is seen.
const SEEN_SECS_MAX: u64 = 20;
/// The first argument of the process that reads: where PC/SC is, is told to a process before it starts.
const READ: &str = "--read";
const NOW_UNIX: i64 = 1_795_305_600;

/// Which of the two reads, and what.
struct Row {
    reader: &'static str,
    /// Identifiers of the files; our reader always reads EF.SOD, without which nothing that it says is vouched for.
    files: &'static [u16],
    what: &'static str,
}

const SOD: u16 = 0x011D;
const DG1: u16 = 0x0101;
const DG13: u16 = 0x010D;

const ROWS: [Row; 4] = [
    Row {
        reader: "ours",
        files: &[SOD, DG1, DG13],
        what: "EF.SOD + DG1 + DG13",
    },
    Row {
        reader: "emrtd",
        files: &[SOD, DG1, DG13],
        what: "EF.SOD + DG1 + DG13",
    },
    Row {
        reader: "ours",
        files: &[SOD, DG1],
        what: "EF.SOD + DG1",
    },
    Row {
        reader: "emrtd",
        files: &[DG1, DG13],
        what: "DG1 + DG13, nothing vouched for",
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, reader, sample, slot, files @ ..] = arguments.as_slice()
        && first == READ
    {
        let person = find(sample).ok_or("no such sample")?;
        let took = if reader == "ours" {
            read_ours(slot, person, files)?
        } else {
            read_by_emrtd(slot, person, files)?
        };
        println!("{}", took.as_micros());
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let service = Pcscd::start(folder.path(), u8::try_from(SAMPLES.len())?)?;
    for ((sample, slot), address) in SAMPLES.into_iter().zip(service.addresses()) {
        let place = Place {
            socket: service.socket(),
            slot,
            card: VirtualCard::open(address)?,
            person: find(sample).ok_or("no such sample")?,
        };
        place.card.insert(sample)?;
        measure_card(&place)?;
    }
    Ok(())
}

/// A card, and the reader that it lies on.
struct Place {
    /// Of the service.
    socket: PathBuf,
    /// The end of the reader's name.
    slot: &'static str,
    card: VirtualCard,
    person: &'static Person,
}

fn measure_card(place: &Place) -> Result<(), Box<dyn Error>> {
    let person = place.person;
    let bytes = |file: u16| person.chip_file(file).map_or(0, |file| file.len());
    let answer_bytes_max = person.settings.answer_bytes_max;
    let fewest = |files: &[u16]| {
        let chunks = files.iter().map(|file| bytes(*file).div_ceil(answer_bytes_max) as u64);
        OPENING_COMMANDS + chunks.sum::<u64>()
    };
    println!(
        "Card {}: answers of at most {answer_bytes_max} bytes; EF.SOD {}, DG1 {}, DG13 {} bytes; at the least {} commands for \
         DG1 + DG13, {} with EF.SOD",
        person.sample,
        bytes(SOD),
        bytes(DG1),
        bytes(DG13),
        fewest(&[DG1, DG13]),
        fewest(&[SOD, DG1, DG13])
    );
    for row in &ROWS {
        let (traffic, took) = measure(place, row)?;
        println!(
            "  {:5} {:32} {:3} commands {:6} bytes to the card {:6} bytes back {:7.1} ms",
            row.reader,
            row.what,
            traffic.commands,
            traffic.command_bytes,
            traffic.answer_bytes,
            took.as_secs_f64() * 1e3
        );
        let fewest = fewest(row.files);
        if row.reader == "ours" && traffic.commands != fewest {
            return Err(format!("{fewest} commands would do").into());
        }
    }
    Ok(())
}

/// The traffic of one reading, which must be the same each time, and the median of the times.
fn measure(place: &Place, row: &Row) -> Result<(Traffic, Duration), Box<dyn Error>> {
    let mut traffic = None;
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let before = place.card.traffic();
        let child = Command::new(std::env::current_exe()?)
            .args([READ, row.reader, place.person.sample, place.slot])
            .args(row.files.iter().map(u16::to_string))
            .env("PCSCLITE_CSOCK_NAME", &place.socket)
            .output()?;
        if !child.status.success() {
            return Err(String::from_utf8_lossy(&child.stderr).into());
        }
        times.push(Duration::from_micros(String::from_utf8(child.stdout)?.trim().parse()?));
        let after = place.card.traffic();
        let this = Traffic {
            commands: after.commands - before.commands,
            command_bytes: after.command_bytes - before.command_bytes,
            answer_bytes: after.answer_bytes - before.answer_bytes,
        };
        if traffic.is_some_and(|traffic| traffic != this) {
            return Err(format!("Not the same each time: {traffic:?}, then {this:?}").into());
        }
        traffic = Some(this);
    }
    times.sort();
    Ok((traffic.ok_or("no rounds")?, times[ROUNDS / 2]))
}

fn read_ours(slot: &str, person: &Person, files: &[String]) -> Result<Duration, Box<dyn Error>> {
    let mut reader = pcsc::open(PcscConfig {
        reader: Some(slot.to_owned()),
    });
    let begun = Instant::now();
    while reader.watch(Duration::from_millis(50)) != Ok(Slot::Card) {
        if begun.elapsed() > Duration::from_secs(SEEN_SECS_MAX) {
            return Err("The card is not seen".into());
        }
    }
    let request = Request {
        keys: vec![Mrz::read(&person.mrz().concat())?.key()],
        details: files.contains(&DG13.to_string()),
        anchors: Arc::new(Anchors::read(VirtualCard::anchor().as_bytes())?),
        now_unix: NOW_UNIX,
        ..Request::default()
    };
    let begun = Instant::now();
    let holder = reader.read(&request, &mut |_| {})?;
    let took = begun.elapsed();
    let whole = holder.mrz.is_some() && holder.details.is_some() == request.details;
    if whole {
        Ok(took)
    } else {
        Err(format!("{holder:?} is not whole").into())
    }
}

fn read_by_emrtd(slot: &str, person: &Person, files: &[String]) -> Result<Duration, Box<dyn Error>> {
    let information = person.mrz_information();
    let key = other_mrz(&information[..9], &information[10..16], &information[17..23])?;
    let context = ::pcsc::Context::establish(::pcsc::Scope::User)?;
    let waited = Instant::now();
    let (card, begun) = loop {
        let names = context.list_readers_owned()?;
        let begun = Instant::now();
        let connect = |name| context.connect(name, ::pcsc::ShareMode::Exclusive, ::pcsc::Protocols::ANY);
        let ours = names.iter().find(|name| name.to_bytes().ends_with(slot.as_bytes()));
        match ours.map(|name| connect(name)) {
            Some(Ok(card)) => break (card, begun),
            _ if waited.elapsed() < Duration::from_secs(SEEN_SECS_MAX) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Some(Err(error)) => return Err(error.into()),
            None => return Err("no reader".into()),
        }
    };
    let mut reader = EmrtdComms::new(card);
    reader.select_emrtd_application()?;
    reader.establish_bac_session_keys(key.as_bytes())?;
    for file in files {
        let file: u16 = file.parse()?;
        reader.select_ef(&file.to_be_bytes(), "", true)?;
        let bytes = reader.read_data_from_ef(true)?;
        if Some(&bytes) != person.chip_file(file).as_ref() {
            return Err(format!("{file:04X} is not what is on the card").into());
        }
    }
    drop(reader);
    Ok(begun.elapsed())
}
