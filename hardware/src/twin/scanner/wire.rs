//! The virtual `scanimage`: the same arguments, prompts, files and exit codes as the real one's, as far as
//! our driver uses them. It runs as a process of its own, as the real one does.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use image::RgbImage;
use nix::sys::signal::{Signal, raise};
use nix::unistd::getppid;

use super::tray::{FeederFault, Planned, Tray};

/// A hanging scanner gives up at last, so that a forgotten one does not stay for ever.
const HANG_SECS_MAX: u64 = 3600;

/// Exit codes, which are the SANE status.
const GOOD: u8 = 0;
const USAGE: u8 = 1;
const BUSY: u8 = 3;
const JAMMED: u8 = 6;
const NO_DOCS: u8 = 7;
const COVER_OPEN: u8 = 8;
const IO_ERROR: u8 = 9;

/// What `main` of the program calls for its hidden command: `--tray FOLDER` and then the arguments
/// of `scanimage`. Returns the exit code.
pub fn scanimage_main<I: IntoIterator<Item = String>>(arguments: I) -> u8 {
    let asked = match Asked::parse(arguments.into_iter()) {
        Ok(asked) => asked,
        Err(reason) => return complain(&reason, USAGE),
    };
    let tray = Tray::new(&asked.tray);

    scan(&tray, &asked).unwrap_or_else(|error| complain(&format!("virtual feeder: {error}"), IO_ERROR))
}

/// The part of `scanimage`'s command line that is understood; all else is refused as there.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    tray: PathBuf,
    device: String,
    dpi: u32,
    batch: Option<String>,
    prompt: bool,
    print: bool,
    dont_scan: bool,
}

impl Asked {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Self {
            dpi: 75,
            ..Self::default()
        };

        while let Some(argument) = arguments.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let mut value = || {
                value
                    .clone()
                    .or_else(|| arguments.next())
                    .ok_or(format!("{name} needs a value"))
            };

            match name {
                "--tray" => asked.tray = value()?.into(),
                "-d" | "--device-name" => asked.device = value()?,
                "--resolution" => asked.dpi = value()?.parse().map_err(|_| "resolution is no number")?,
                "--batch" => asked.batch = Some(value()?),
                "--batch-prompt" => asked.prompt = true,
                "--batch-print" => asked.print = true,
                "-n" | "--dont-scan" => asked.dont_scan = true,
                "--source" | "--mode" | "-x" | "-y" => drop(value()?),
                "--format" if value()? == "pnm" => {}
                _ => return Err(format!("unrecognized option '{argument}'")),
            }
        }

        Ok(asked)
    }
}

fn scan(tray: &Tray, asked: &Asked) -> io::Result<u8> {
    let unplugged = tray
        .fault()?
        .is_some_and(|planned| planned.fault == FeederFault::Unplugged);
    if unplugged || !tray.exists() {
        return Ok(complain(
            &format!("open of device {} failed: Invalid argument", asked.device),
            USAGE,
        ));
    }
    if asked.dont_scan {
        return Ok(GOOD);
    }
    let Some(pattern) = &asked.batch else {
        return Ok(complain("only --batch is played", USAGE));
    };

    // The tray empties in the end: each turn either takes a sheet or returns.
    for n in 1_u32.. {
        if asked.prompt && !pressed_return(n)? {
            break;
        }

        let name = pattern.replace("%d", &n.to_string());
        match feed(tray, asked.dpi, Path::new(&name))? {
            Fed::Page if asked.print => {
                let mut out = io::stdout().lock();
                writeln!(out, "{name}")?;
                out.flush()?;
            }
            Fed::Page => {}
            Fed::Ended(NO_DOCS) if n > 1 => return Ok(GOOD),
            Fed::Ended(code) => return Ok(code),
        }
    }
    Ok(GOOD)
}

/// Says nothing, as long as the program that started it lives: where no service manager ends a killed kiosk's
/// children, as in a test, nothing is left behind.
fn hang() {
    let starter = getppid();
    for _ in 0..HANG_SECS_MAX {
        if getppid() != starter {
            return;
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn pressed_return(n: u32) -> io::Result<bool> {
    say(&format!("Place document no. {n} on the scanner."));
    say("Press <RETURN> to continue.");
    say("Press Ctrl + D to terminate.");
    Ok(io::stdin().lock().read(&mut [0])? == 1)
}

enum Fed {
    Page,
    Ended(u8),
}

fn feed(tray: &Tray, dpi: u32, file: &Path) -> io::Result<Fed> {
    let sheets = tray.sheets()?;
    let due = tray.fault()?.filter(|Planned { after_sheets, .. }| *after_sheets == 0);
    let fault = due.map(|planned| planned.fault);

    match fault {
        Some(FeederFault::Jam) => return Ok(Fed::Ended(complain("sane_read: Document feeder jammed", JAMMED))),
        Some(FeederFault::CoverOpen) => {
            return Ok(Fed::Ended(complain("sane_start: Scanner cover is open", COVER_OPEN)));
        }
        Some(FeederFault::Busy) => return Ok(Fed::Ended(complain("sane_start: Device busy", BUSY))),
        Some(FeederFault::IoError | FeederFault::Unplugged) => {
            return Ok(Fed::Ended(complain("sane_read: Error during device I/O", IO_ERROR)));
        }
        Some(FeederFault::Hang) => {
            hang();
            return Ok(Fed::Ended(IO_ERROR));
        }
        Some(FeederFault::Crash) => {
            raise(Signal::SIGKILL)?;
        }
        Some(FeederFault::Empty | FeederFault::TornPage | FeederFault::HeaderOnly) | None => {}
    }

    let (Some(sheet), false) = (sheets.first(), fault == Some(FeederFault::Empty)) else {
        return Ok(Fed::Ended(complain(
            "sane_start: Document feeder out of documents",
            NO_DOCS,
        )));
    };
    let image = tray.look_at(sheet, dpi)?;
    let rows = match fault {
        Some(FeederFault::HeaderOnly) => 0,
        Some(FeederFault::TornPage) => image.height() / 2,
        Some(_) | None => image.height(),
    };

    let part = file.with_extension("pnm.part");
    write(&image, rows, &part)?;
    std::fs::rename(part, file)?;
    tray.remove(sheet)?;
    tray.count_sheet()?;
    Ok(Fed::Page)
}

/// Writes a page with the noise of a sensor, three levels at most and the same for the same page: without
/// it a page would be packed far smaller than any real one.
fn write(image: &RgbImage, rows: u32, file: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    write!(
        out,
        "P6\n# SANE data follows\n{} {}\n255\n",
        image.width(),
        image.height()
    )?;

    let bytes = &image.as_raw()[..image.width() as usize * 3 * rows as usize];
    let (words, rest) = bytes.as_chunks::<8>();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for word in words {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let noisy = u64::from_le_bytes(*word) ^ (state & 0x0303_0303_0303_0303);
        out.write_all(&noisy.to_le_bytes())?;
    }
    out.write_all(rest)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn complain(reason: &str, code: u8) -> u8 {
    say(&format!("scanimage: {reason}"));
    code
}

/// Standard error may be closed when the kiosk has died; there is nobody else to tell.
fn say(line: &str) {
    drop(writeln!(io::stderr(), "{line}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Asked, String> {
        Asked::parse(line.split(' ').map(str::to_owned))
    }

    #[test]
    fn arguments_are_read_in_both_forms() {
        let asked =
            parse("--tray /t -d virtual --resolution=300 --batch=p%d.pnm --batch-prompt --mode Color -x 210").unwrap();
        assert_eq!((asked.dpi, asked.prompt, asked.print), (300, true, false));
        assert_eq!((asked.tray.to_str(), asked.device.as_str()), (Some("/t"), "virtual"));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in ["--colour", "--format=tiff", "--resolution=fine", "--tray"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
