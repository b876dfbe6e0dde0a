//! The folder a scan writes to: in memory, ours alone, empty between scans.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::sys::statfs::{TMPFS_MAGIC, statfs};
use nix::sys::statvfs::statvfs;
use nix::unistd::geteuid;
use tracing::warn;

use crate::scanner::{ScannerFault, Scratch};

/// Room must be there for the page that is read and the one that is fed meanwhile.
const PAGES_AT_ONCE: u64 = 2;
/// The largest paper that is reckoned with: 8.5 × 14 inches.
const PAPER_SQUARE_INCHES_MAX: u64 = 119;
/// More leftovers than this are not ours.
const LEFTOVERS_MAX: usize = 1000;

pub(super) struct Room {
    /// Pages being scanned; the child's working directory.
    pub pages: PathBuf,
    /// The configuration of SANE that is written here.
    pub sane: PathBuf,
}

impl Room {
    /// Makes the folders where they are missing and removes what a scan before us left behind.
    pub fn prepare(scratch: &Scratch) -> io::Result<Self> {
        let folder = std::path::absolute(&scratch.0)?;
        let room = Self {
            pages: folder.join("pages"),
            sane: folder.join("sane.d"),
        };

        own(&folder)?;
        own(&room.pages)?;
        room.clear()?;
        Ok(room)
    }

    /// Whether the pages would be written to a disk, where they could be found later.
    pub fn is_on_disk(&self) -> bool {
        statfs(&self.pages).is_ok_and(|kind| kind.filesystem_type() != TMPFS_MAGIC)
    }

    /// Refuses when two pages at `dpi` may not fit.
    pub fn fits(&self, dpi: u32) -> Result<(), ScannerFault> {
        let free = statvfs(&self.pages).map_err(|error| {
            warn!(%error, "Scratch folder cannot be measured");
            ScannerFault::NoRoom
        })?;
        let free_bytes = free.blocks_available() * free.fragment_size();

        if free_bytes < bytes_needed(dpi) {
            Err(ScannerFault::NoRoom)
        } else {
            Ok(())
        }
    }

    /// Takes page `n` out of the folder: from here on it has no name and goes when it is read.
    pub fn take(&self, n: u32) -> io::Result<File> {
        let path = self.pages.join(page_name(n));
        let file = File::open(&path)?;
        fs::remove_file(path)?;
        Ok(file)
    }

    pub fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.pages)?.take(LEFTOVERS_MAX) {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

pub(super) fn page_name(n: u32) -> String {
    format!("p{n}.pnm")
}

fn bytes_needed(dpi: u32) -> u64 {
    let page = u64::from(dpi)
        .saturating_mul(u64::from(dpi))
        .saturating_mul(PAPER_SQUARE_INCHES_MAX * 3);
    page.saturating_mul(PAGES_AT_ONCE)
}

/// Makes `folder` for us alone; one that another has prepared for us is refused.
fn own(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }

    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.uid() != geteuid().as_raw() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "Scratch folder is not ours",
        ));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_ours_alone_and_leftovers_are_gone() {
        let base = tempfile::tempdir().unwrap();
        let scratch = Scratch(base.path().join("scan"));
        fs::create_dir_all(scratch.0.join("pages")).unwrap();
        fs::write(scratch.0.join("pages/p3.pnm.part"), "half a citizen's page").unwrap();

        let room = Room::prepare(&scratch).unwrap();
        assert_eq!(fs::read_dir(&room.pages).unwrap().count(), 0);
        for folder in [&scratch.0, &room.pages] {
            assert_eq!(
                fs::metadata(folder).unwrap().mode() & 0o777,
                0o700,
                "{}",
                folder.display()
            );
        }
    }

    #[test]
    fn a_link_in_place_of_the_folder_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let elsewhere = base.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, base.path().join("scan")).unwrap();

        assert!(Room::prepare(&Scratch(base.path().join("scan"))).is_err());
    }

    #[test]
    fn a_page_has_no_name_once_it_is_taken() {
        let base = tempfile::tempdir().unwrap();
        let room = Room::prepare(&Scratch(base.path().join("scan"))).unwrap();
        fs::write(room.pages.join("p1.pnm"), "page").unwrap();

        assert_eq!(room.take(1).unwrap().metadata().unwrap().len(), 4);
        assert_eq!(fs::read_dir(&room.pages).unwrap().count(), 0);
    }

    #[test]
    fn two_legal_pages_at_300_dpi_need_64_megabytes() {
        assert_eq!(bytes_needed(300), 64_260_000);
        assert_eq!(bytes_needed(u32::MAX), u64::MAX);
    }
}
