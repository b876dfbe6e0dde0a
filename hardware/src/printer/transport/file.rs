//! A printer behind a device file: `/dev/usb/lp0`, better a link to it made by udev.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use nix::fcntl::OFlag;

use super::descriptor::{Descriptor, Zero};
use super::{Connector, Transport};

/// Opened by its path each time, so that a link that points to another node after a re-plug is followed.
pub struct DeviceFile {
    path: PathBuf,
}

impl DeviceFile {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

/// Opens a device for both directions without waiting and without becoming its terminal.
pub(super) fn open_device(path: &std::path::Path) -> io::Result<File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.bits())
        .open(path)
}

impl Connector for DeviceFile {
    fn connect(&mut self) -> io::Result<Box<dyn Transport>> {
        Ok(Box::new(Descriptor::new(open_device(&self.path)?, Zero::Nothing)))
    }
}
