//! A virtual network scanner: eSCL ("AirScan", "AirPrint scan") on loopback, fed from the tray of a virtual feeder.
//!
//! It stands at the wire, beside the virtual `scanimage` and not behind it: the real driver starts the real
//! `scanimage`, whose backend `airscan` (Debian: package sane-airscan) speaks HTTP with it.
//!
//! ```text
//! GET    /eSCL/ScannerCapabilities        what it can
//! GET    /eSCL/ScannerStatus              idle, working, or waiting for a person; how its feeder is; its last job
//! POST   /eSCL/ScanJobs                   201 and where · 400 · 409 cannot be, or no paper · 503 busy
//! GET    /eSCL/ScanJobs/{job}/NextDocument  200 a JPEG · 404 no more, or no such job · 409 stuck · 503 busy
//! DELETE /eSCL/ScanJobs/{job}             forgets it
//! ```
//!
//! The feeder's faults, as they look here:
//!
//! | [`FeederFault`](super::FeederFault) | on the wire |
//! |---|---|
//! | `Jam`, `CoverOpen`, `Empty` | 409 (`Empty` in a job: 404), and the status names it |
//! | `Busy` | 503 |
//! | `Hang` | the request for a page is never answered |
//! | `IoError` | the connection ends within a page |
//! | `TornPage`, `HeaderOnly` | a JPEG that ends early, in an answer that is whole |
//! | `Crash` | every answer is a broken piece of HTML |
//! | `Unplugged` | connections are closed without an answer; see also [`VirtualEscl::pull_plug`] |
//!
//! It announces itself to nobody: whoever wants it has to be given its address.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use nix::sys::socket::{self, Backlog};

use self::device::Device;
use self::documents::ROOT;
use super::VirtualFeeder;
use crate::twin::http::server::{CONNECTIONS_MAX, Listening, reserve};

mod device;
mod documents;
mod settings;

/// A scanner in the network. It is gone when this is dropped.
pub struct VirtualEscl {
    address: SocketAddrV4,
    device: Arc<Device>,
    plug: Plug,
}

enum Plug {
    In(Listening),
    /// The port stays ours, and who calls is refused.
    Out(OwnedFd),
}

impl VirtualEscl {
    /// Puts the tray of `feeder` into the network, on a free port of loopback.
    ///
    /// # Errors
    /// No port or no thread can be had.
    pub fn start(feeder: &VirtualFeeder) -> io::Result<Self> {
        let socket = reserve(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
        let SocketAddr::V4(address) = TcpListener::from(socket.try_clone()?).local_addr()? else {
            return Err(ErrorKind::AddrNotAvailable.into());
        };
        let mut escl = Self {
            address,
            device: Arc::new(Device::new(feeder.tray.clone())),
            plug: Plug::Out(socket),
        };
        escl.plug_in()?;
        Ok(escl)
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}{ROOT}", self.address)
    }

    /// Its name for SANE, with its address in it: what a technician writes into the configuration.
    pub fn device(&self) -> String {
        format!("airscan:escl:Máy quét ảo:{}", self.url())
    }

    /// From now on connections are refused, as by a host that is there and no longer scans.
    ///
    /// # Errors
    /// Somebody took the port meanwhile.
    pub fn pull_plug(&mut self) -> io::Result<()> {
        if let Plug::In(listening) = &mut self.plug {
            listening.end();
            self.plug = Plug::Out(reserve(self.address)?);
        }
        Ok(())
    }

    /// # Errors
    /// No thread can be had.
    pub fn plug_in(&mut self) -> io::Result<()> {
        if let Plug::Out(socket) = &self.plug {
            socket::listen(socket, Backlog::new(CONNECTIONS_MAX as i32)?)?;
            let listener = TcpListener::from(socket.try_clone()?);
            self.plug = Plug::In(Listening::begin(listener, Arc::clone(&self.device))?);
        }
        Ok(())
    }
}
