//! The virtual feeder: a tray on disk, and a `scanimage` that feeds from it.
//!
//! It stands at the wire: the real driver starts the virtual `scanimage` as a child process (the
//! same executable with a hidden command, see [`scanimage_main`]) and goes through every byte and
//! every wait that it would with a real one. Paper stays in the tray when the kiosk dies.

use std::io;
use std::path::{Path, PathBuf};

use crate::scanner::sane::{Feed, SaneConfig, Sides, Taken};

pub use self::escl::VirtualEscl;
pub use self::samples::draw as draw_sample;
pub use self::scene::{BackKind, BackScene, BackTruth, Place, back_set, card_back};
pub use self::scene::{Kind, Lid, Press, Print, Scene, Truth, set};
pub use self::tray::{FeederFault, SHEETS_MAX};
use self::tray::{Planned, Sheet, Tray};
pub use self::wire::scanimage_main;

mod dice;
mod escl;
mod paper;
mod samples;
mod scene;
mod tray;
mod wire;

/// How long the virtual scanner may take for a page: drawing one takes seconds in a debug build.
const PAGE_SECS_MAX: u32 = 30;

/// The tray, to be loaded and broken by hand. Clones are handles to the same tray.
#[derive(Clone, Debug)]
pub struct VirtualFeeder {
    folder: PathBuf,
    tray: Tray,
}

impl VirtualFeeder {
    /// Opens the tray in `folder`, with the paper that is still in it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let folder = std::path::absolute(folder)?;
        let tray = Tray::new(&folder);
        tray.create()?;
        Ok(Self { folder, tray })
    }

    /// The configuration with which the real driver feeds from this tray. `program` and
    /// `leading_arguments` are what runs [`scanimage_main`]: the kiosk itself and its hidden command.
    pub fn config(&self, program: PathBuf, leading_arguments: &[&str]) -> SaneConfig {
        let mut leading: Vec<_> = leading_arguments.iter().map(|&argument| argument.to_owned()).collect();
        leading.extend(["--tray".to_owned(), self.folder.display().to_string()]);

        SaneConfig {
            device: "virtual".to_owned(),
            feed: Feed::Feeder,
            sides: Sides::Front,
            takes: Taken::PaperAndCards,
            source: Some("Automatic Document Feeder".to_owned()),
            mode: Some("Color".to_owned()),
            options: vec![],
            sane_config_dir: None,
            program,
            leading_arguments: leading,
            page_secs_max: PAGE_SECS_MAX,
        }
    }

    /// The names that the dock offers; [`VirtualFeeder::load`] also takes the back of any other sample card.
    pub fn samples(&self) -> Vec<&'static str> {
        samples::names()
    }

    /// Puts samples under the stack, all or none.
    pub fn load(&self, names: &[&str]) -> io::Result<()> {
        if let Some(unknown) = names.iter().find(|name| !samples::is_known(name)) {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("No sample is called {unknown}"),
            ));
        }
        self.tray
            .load(&names.iter().map(|name| Sheet::Sample(name)).collect::<Vec<_>>())
    }

    /// Puts image files (PNG, JPEG, PNM; taken to have 300 dpi) under the stack.
    pub fn load_files(&self, files: &[PathBuf]) -> io::Result<()> {
        self.tray
            .load(&files.iter().map(|file| Sheet::File(file)).collect::<Vec<_>>())
    }

    /// Takes all paper out.
    pub fn clear(&self) -> io::Result<()> {
        self.tray.clear()
    }

    /// What lies in the tray, the next sheet first: the names it was loaded by.
    pub fn tray(&self) -> io::Result<Vec<String>> {
        let sheets = self.tray.sheets()?;
        Ok(sheets
            .iter()
            .map(|sheet| {
                let name = sheet.split_once('-').map_or(sheet.as_str(), |(_, name)| name);
                name.strip_suffix(".sample").unwrap_or(name).to_owned()
            })
            .collect())
    }

    /// Breaks the feeder at once, or mends it.
    pub fn set_fault(&self, fault: Option<FeederFault>) -> io::Result<()> {
        self.tray
            .set_fault(fault.map(|fault| Planned { fault, after_sheets: 0 }))
    }

    /// Lets the feeder break after so many more sheets; it stays broken until it is mended.
    pub fn set_fault_after(&self, sheets: u32, fault: FeederFault) -> io::Result<()> {
        self.tray.set_fault(Some(Planned {
            fault,
            after_sheets: sheets,
        }))
    }

    /// What is broken now or will be.
    pub fn fault(&self) -> io::Result<Option<FeederFault>> {
        Ok(self.tray.fault()?.map(|planned| planned.fault))
    }
}
