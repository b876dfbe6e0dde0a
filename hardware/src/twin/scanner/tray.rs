//! The tray of the virtual feeder: a folder whose files are its sheets of paper.
//!
//! It stays when the kiosk dies, as paper does. Both the kiosk, which loads it, and the virtual
//! `scanimage`, which feeds from it, work on the files alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use image::RgbImage;
use image::imageops::FilterType;
use serde::{Deserialize, Serialize};

use super::samples;

/// A feeder takes a stack of a hundred; the rest is refused.
pub const SHEETS_MAX: usize = 100;
/// The resolution that image files are taken to have.
const FILE_DPI: u32 = 300;
/// An image file may take this much when unpacked.
const UNPACKED_BYTES_MAX: u64 = 256 << 20;
/// A sheet that is drawn when it is fed has a file with this ending and nothing in it.
const DRAWN: &str = "sample";

/// What may be wrong with the feeder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeederFault {
    /// A sheet is stuck; it stays in the tray.
    Jam,
    CoverOpen,
    /// Reports an empty tray though there is paper.
    Empty,
    /// Says nothing any more.
    Hang,
    /// The backend dies by a signal.
    Crash,
    /// A sheet goes through and half of it arrives.
    TornPage,
    /// A sheet goes through and only a header arrives, with exit code 0.
    HeaderOnly,
    Busy,
    /// The cable breaks while a sheet is read; the device can still be opened.
    IoError,
    /// The device cannot be opened.
    Unplugged,
}

/// A fault, and how many sheets are fed before it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    pub fault: FeederFault,
    pub after_sheets: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Tray(PathBuf);

impl Tray {
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    pub fn create(&self) -> io::Result<()> {
        fs::create_dir_all(self.sheets_folder())
    }

    pub fn exists(&self) -> bool {
        self.sheets_folder().is_dir()
    }

    /// The sheets, the next one first.
    pub fn sheets(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.sheets_folder())?.take(SHEETS_MAX * 2) {
            names.extend(
                entry?
                    .file_name()
                    .into_string()
                    .ok()
                    .filter(|name| !name.starts_with('.')),
            );
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Puts sheets under the stack: names of samples, or image files.
    pub fn load(&self, sheets: &[Sheet<'_>]) -> io::Result<()> {
        let have = self.sheets()?;
        if have.len() + sheets.len() > SHEETS_MAX {
            return Err(io::Error::new(
                io::ErrorKind::StorageFull,
                "The tray holds no more paper",
            ));
        }

        let last: u64 = have
            .last()
            .and_then(|name| name.split('-').next()?.parse().ok())
            .unwrap_or(0);
        for (sheet, number) in sheets.iter().zip(last + 1..) {
            match sheet {
                Sheet::Sample(name) => self.put(&format!("{number:06}-{name}.{DRAWN}"), &[])?,
                Sheet::File(path) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    self.put(&format!("{number:06}-{name}"), &fs::read(path)?)?;
                }
            }
        }
        Ok(())
    }

    pub fn clear(&self) -> io::Result<()> {
        self.sheets()?.iter().try_for_each(|sheet| self.remove(sheet))
    }

    pub fn remove(&self, sheet: &str) -> io::Result<()> {
        fs::remove_file(self.sheets_folder().join(sheet))
    }

    /// What is on a sheet, as a scanner at `dpi` sees it.
    pub fn look_at(&self, sheet: &str, dpi: u32) -> io::Result<RgbImage> {
        if let Some(name) = sheet.strip_suffix(".sample") {
            let name = name.split_once('-').map_or(name, |(_, name)| name);
            return samples::draw(name, dpi)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "No such sample"));
        }

        let mut limits = image::Limits::default();
        limits.max_alloc = Some(UNPACKED_BYTES_MAX);
        let mut reader = image::ImageReader::open(self.sheets_folder().join(sheet))?.with_guessed_format()?;
        reader.limits(limits);
        let image = reader.decode().map_err(io::Error::other)?.into_rgb8();

        let scale = |px: u32| (u64::from(px) * u64::from(dpi) / u64::from(FILE_DPI)).clamp(1, 65_535);
        let [width, height] = [image.width(), image.height()].map(|px| u32::try_from(scale(px)).unwrap_or(u32::MAX));
        if (width, height) == (image.width(), image.height()) {
            return Ok(image);
        }
        Ok(image::imageops::resize(&image, width, height, FilterType::Triangle))
    }

    pub fn fault(&self) -> io::Result<Option<Planned>> {
        match fs::read(self.fault_file()) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn set_fault(&self, planned: Option<Planned>) -> io::Result<()> {
        let Some(planned) = planned else {
            return match fs::remove_file(self.fault_file()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                Ok(()) | Err(_) => Ok(()),
            };
        };
        let fresh = self.0.join("fault.json.new");
        fs::write(&fresh, serde_json::to_vec(&planned)?)?;
        fs::rename(fresh, self.fault_file())
    }

    /// A sheet went through: the planned fault is one sheet nearer.
    pub fn count_sheet(&self) -> io::Result<()> {
        match self.fault()? {
            Some(Planned { fault, after_sheets }) if after_sheets > 0 => self.set_fault(Some(Planned {
                fault,
                after_sheets: after_sheets - 1,
            })),
            Some(_) | None => Ok(()),
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let fresh = self.sheets_folder().join(".loading");
        fs::write(&fresh, bytes)?;
        fs::rename(fresh, self.sheets_folder().join(name))
    }

    fn sheets_folder(&self) -> PathBuf {
        self.0.join("sheets")
    }

    fn fault_file(&self) -> PathBuf {
        self.0.join("fault.json")
    }
}

/// Something to put into the tray.
pub(super) enum Sheet<'a> {
    Sample(&'a str),
    File(&'a Path),
}
