//! Writes what the fuzz targets begin with, in a folder for each. All of it is invented: files and codes of the virtual
//! cards, examples of the standard, and words as devices say them.
//!
//! `cargo run -p hardware --features virtual --example seeds -- fuzz/seeds`

use std::io;
use std::path::PathBuf;

use hardware::twin::card::{VirtualCard, find};

const SOD: u16 = 0x011d;
const DG13: u16 = 0x010d;
/// One with each kind of field that DG13 may have, and of numbers, births and names that the front may have.
const PEOPLE: [&str; 4] = ["nguyen-van-am", "long-name", "year-of-birth-only", "one-word-name"];
/// ICAO Doc 9303-5 appendix B, and Doc 9303-11 appendix D.2 with a number that goes on.
const MRZ: [(&str, &str); 2] = [
    (
        "standard",
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ),
    (
        "standard-long-number",
        "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<",
    ),
];
const PNM: [(&str, &[u8]); 4] = [
    ("scanimage-colour", b"P6\n# SANE data follows\n2480 3508\n255\n"),
    ("scanimage-grey", b"P5\n# SANE data follows\n98 157\n255\n"),
    ("one-line", b"P5 2 2 255\n1234"),
    ("line-art", b"P4\n# SANE data follows\n8 8\n"),
];
const STATUS: [(&str, &[u8]); 4] = [
    ("answers", &[0x12, 0x12, 0x12, 0x12, 0x16, 0x32, 0x1a, 0x72]),
    ("answer-in-pushed", &[0x38, 0x00, 0x12, 0x0c, 0x00, 0x11, 0x13]),
    ("proof-and-cleared", b"\x00\x37\x22mark\x00\x37\x25\x00"),
    ("other-service", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
];

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("Usage: seeds FOLDER"));
    };
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = folder.join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)
    };

    for person in PEOPLE.into_iter().filter_map(find) {
        write("dg13", person.sample, &person.chip_file(DG13).unwrap_or_default())?;
        write("mrz", person.sample, person.mrz().join("\n").as_bytes())?;
        write("qr", person.sample, person.qr().as_bytes())?;
    }
    // One of each algorithm, and of each signer.
    let signed = |sample: &str| sample.contains("sign") || sample == PEOPLE[0];
    for person in VirtualCard::samples().iter().filter(|person| signed(person.sample)) {
        write("sod", person.sample, &person.chip_file(SOD).unwrap_or_default())?;
    }
    for (name, text) in MRZ {
        write("mrz", name, text.as_bytes())?;
    }
    for (name, bytes) in PNM {
        write("pnm", name, bytes)?;
    }
    for (name, bytes) in STATUS {
        write("status", name, bytes)?;
    }
    Ok(())
}
