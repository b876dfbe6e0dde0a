//! One card, read from its reset to its end: the way in, the groups that are asked for, and what they are worth.

use std::collections::BTreeMap;

use super::chip::{Chip, ChipError, Line, LineFault};
use super::details::Details;
use super::face::{FACE_BYTES_MAX, Face};
use super::genuine::{self, Copy};
use super::group::Dice;
use super::mrz::Mrz;
use super::pace::Password;
use super::sod::{self, Altered, Authenticity, Doubt};
use super::{CardFault, Holder, Progress, Request, tlv};

/// Short identifiers of the files (ICAO Doc 9303-10 §3.11), which for data groups are their numbers.
const SOD: u8 = 0x1d;
const SOD_BYTES_MAX: usize = 64 << 10;
const GROUP_BYTES_MAX: usize = 16 << 10;
/// A photograph and its templates.
const FACE_GROUP_BYTES_MAX: usize = FACE_BYTES_MAX + 1024;
const DG1: u32 = 0x61;
const MRZ_OBJECT: u32 = 0x5f1f;
/// What a card gives in all, in bytes, as far as it is known before: only for who waits.
const USUAL_BYTES: usize = 3500;
const USUAL_FACE_BYTES: usize = 20_000;

/// A card is tried with so many keys while it lies there, whoever asks: a real one answers ever more slowly after that.
const TRIES_MAX: usize = 6;

/// What is remembered of a card while it lies on the reader.
#[derive(Default)]
pub(super) struct Memory {
    /// Keys it was tried with.
    pub tries: usize,
    /// It, or its reader, does not take long commands.
    pub short: bool,
}

pub(super) fn read(
    line: &mut dyn Line,
    request: &Request,
    memory: &mut Memory,
    dice: &mut Dice,
    progress: &mut dyn FnMut(Progress),
) -> Result<Holder, CardFault> {
    let usual_bytes = USUAL_BYTES + if request.face { USUAL_FACE_BYTES } else { 0 };
    let mut read_bytes = 0;
    let mut came = |bytes| {
        read_bytes += bytes;
        progress(Progress {
            read_bytes,
            expected_bytes: usual_bytes.max(read_bytes),
        });
    };
    let mut chip = Chip::new(line, !memory.short, &mut came);
    let error = match from_reset(&mut chip, request, memory, dice) {
        Err(error) if chip.is_extended() && may_be_length(&error) => error,
        result => return Ok(result?),
    };
    memory.short = true;
    chip.restart_short()?;
    // What was wrong first tells more than what is wrong with it now, unless the card is gone.
    let again = from_reset(&mut chip, request, memory, dice);
    Ok(again.map_err(|again| {
        if matches!(again, ChipError::Line(_)) {
            again
        } else {
            error
        }
    })?)
}

/// A card or a reader that does not take long commands says so in plain, which breaks the session, or not at all.
fn may_be_length(error: &ChipError) -> bool {
    match error {
        ChipError::Status(_) | ChipError::Session(_) | ChipError::Line(LineFault::NotCarried) => true,
        ChipError::Line(LineFault::Removed | LineFault::Silent | LineFault::Held | LineFault::ReaderGone)
        | ChipError::NoApplication
        | ChipError::WrongKey
        | ChipError::NoWayIn
        | ChipError::NoFile(_)
        | ChipError::Forbidden(_)
        | ChipError::TooLarge(_)
        | ChipError::Cut(_)
        | ChipError::Copied
        | ChipError::Broken => false,
    }
}

fn from_reset(
    chip: &mut Chip<'_>,
    request: &Request,
    memory: &mut Memory,
    dice: &mut Dice,
) -> Result<Holder, ChipError> {
    open(chip, request, memory, dice)?;
    // What opened it goes in first.
    memory.tries = 0;
    groups(chip, request, dice)
}

/// BAC first, as the CCCD does it; PACE where BAC is refused.
fn open(chip: &mut Chip<'_>, request: &Request, memory: &mut Memory, dice: &mut Dice) -> Result<(), ChipError> {
    let by_bac = chip
        .select()
        .and_then(|()| tried(&request.keys, memory, |key| chip.open_by_bac(key, dice)));
    match by_bac {
        Err(ChipError::NoWayIn) => {}
        opened => return opened,
    }
    let can = request.can.iter().map(Password::Can);
    let passwords: Vec<Password<'_>> = can.chain(request.keys.iter().map(Password::Mrz)).collect();
    tried(&passwords, memory, |password| {
        chip.reset()?;
        chip.open_by_pace(*password, dice)
    })
}

/// Each key once, as long as the card has patience.
fn tried<K>(
    keys: &[K],
    memory: &mut Memory,
    mut open: impl FnMut(&K) -> Result<(), ChipError>,
) -> Result<(), ChipError> {
    for key in keys.iter().take(super::candidates::TRIES_MAX) {
        if memory.tries >= TRIES_MAX {
            break;
        }
        memory.tries += 1;
        match open(key) {
            Err(ChipError::WrongKey) => {}
            Err(ChipError::NoWayIn) => {
                memory.tries -= 1;
                return Err(ChipError::NoWayIn);
            }
            opened => return opened,
        }
    }
    Err(ChipError::WrongKey)
}

fn groups(chip: &mut Chip<'_>, request: &Request, dice: &mut Dice) -> Result<Holder, ChipError> {
    let sod = match chip.read(SOD, SOD_BYTES_MAX) {
        Err(ChipError::NoFile(_) | ChipError::Forbidden(_)) => None,
        read => Some(read?),
    };
    let mut files: BTreeMap<u8, Vec<u8>> = BTreeMap::new();

    // First whether the chip is the right one: what comes after it comes under its own keys.
    let copy = if request.prove_chip {
        prove(chip, sod.as_deref().unwrap_or_default(), &mut files, dice)?
    } else {
        Copy::NotOffered
    };
    // Chip authentication is proved by the next answer only.
    let mut unproved = copy == Copy::Original && !files.contains_key(&15);
    let asked = [(1, true), (13, request.details), (2, request.face)];
    for (group, _) in asked.into_iter().filter(|(_, asked)| *asked) {
        let bytes_max = if group == 2 {
            FACE_GROUP_BYTES_MAX
        } else {
            GROUP_BYTES_MAX
        };
        match chip.read(group, bytes_max) {
            Err(ChipError::Session(_)) if unproved => return Err(ChipError::Copied),
            Err(ChipError::NoFile(_) | ChipError::Forbidden(_)) if group != 1 => {}
            Err(ChipError::TooLarge(2)) => {}
            read => drop(files.insert(group, read?)),
        }
        unproved = false;
    }
    holder(files, sod.as_deref(), copy, request)
}

fn prove(
    chip: &mut Chip<'_>,
    sod: &[u8],
    files: &mut BTreeMap<u8, Vec<u8>>,
    dice: &mut Dice,
) -> Result<Copy, ChipError> {
    let mut verdict = Copy::NotOffered;
    for group in [14, 15] {
        if !sod::names(sod, group) || matches!(verdict, Copy::Original | Copy::Copied) {
            continue;
        }
        let file = match chip.read(group, GROUP_BYTES_MAX) {
            Err(ChipError::NoFile(_) | ChipError::Forbidden(_)) => continue,
            read => read?,
        };
        // A key that nobody signed proves nothing; that it is another is told in the end.
        let proved = match group {
            _ if !sod::lists(sod, group, &file) => Copy::CannotTell,
            14 => genuine::chip(chip, &file, dice)?,
            _ => genuine::active(chip, &file, dice)?,
        };
        if proved != Copy::NotOffered {
            verdict = proved;
        }
        files.insert(group, file);
    }
    Ok(verdict)
}

fn holder(
    files: BTreeMap<u8, Vec<u8>>,
    sod: Option<&[u8]>,
    copy: Copy,
    request: &Request,
) -> Result<Holder, ChipError> {
    let mrz = files.get(&1).ok_or(ChipError::NoFile(1))?;
    let mrz = tlv::only(mrz, DG1).and_then(|dg1| tlv::only(dg1, MRZ_OBJECT));
    let mrz = mrz.ok().and_then(|mrz| std::str::from_utf8(mrz).ok());

    let groups: BTreeMap<u8, &[u8]> = files.iter().map(|(group, file)| (*group, file.as_slice())).collect();
    let mut authenticity = match sod {
        Some(sod) => sod::judge(sod, &groups, &request.anchors, request.now_unix),
        None => Authenticity::CannotTell(Doubt::NoSod),
    };
    let mrz = mrz.and_then(|mrz| Mrz::read(mrz).ok());
    let details = files.get(&13).and_then(|file| Details::read(file).ok());
    let face = files.get(&2).and_then(|file| Face::read(file).ok());
    // Altered data is told as such before it is told as unreadable.
    if !matches!(authenticity, Authenticity::Altered(_)) {
        if mrz.is_none() || (details.is_none() && files.contains_key(&13)) {
            return Err(ChipError::Broken);
        }
        let other = |(mrz, details): (&Mrz, &Details)| details.id().is_some_and(|id| !mrz.is_of(id));
        if mrz.as_ref().zip(details.as_ref()).is_some_and(other) {
            authenticity = Authenticity::Altered(Altered::Person);
        }
    }
    Ok(Holder {
        mrz,
        details,
        face,
        authenticity,
        copy,
    })
}
