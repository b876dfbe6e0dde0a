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
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::socket::{self, AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, sockopt};

use self::device::Device;
use self::documents::ROOT;
use self::http::{Answer, Request};
use super::VirtualFeeder;

mod device;
mod documents;
mod http;
mod settings;

/// More connections at a time are closed at once.
const CONNECTIONS_MAX: usize = 16;
/// How often a silent connection looks whether its client left.
const LOOK: Duration = Duration::from_millis(50);

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

struct Listening {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    address: SocketAddrV4,
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
            self.plug = Plug::In(Listening::begin(listener, self.address, Arc::clone(&self.device))?);
        }
        Ok(())
    }
}

/// A port that is ours and at which nobody listens.
fn reserve(address: SocketAddrV4) -> io::Result<OwnedFd> {
    let socket = socket::socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    socket::setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    socket::bind(socket.as_raw_fd(), &SockaddrIn::from(address))?;
    Ok(socket)
}

impl Listening {
    fn begin(listener: TcpListener, address: SocketAddrV4, device: Arc<Device>) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("virtual-escl".into())
            .spawn(move || accept(&listener, &device, &stopped))?;
        Ok(Self {
            stop,
            thread: Some(thread),
            address,
        })
    }

    fn end(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.stop.store(true, Ordering::SeqCst);
        // Whoever waits for a connection hears of it by one.
        if let Err(error) = TcpStream::connect(self.address) {
            tracing::error!(%error, "The virtual network scanner cannot be woken");
            return;
        }
        if thread.join().is_err() {
            tracing::error!("The virtual network scanner panicked");
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.end();
    }
}

fn accept(listener: &TcpListener, device: &Arc<Device>, stop: &Arc<AtomicBool>) {
    let open = Arc::new(AtomicUsize::new(0));

    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(%error, "A client of the virtual network scanner was lost");
                thread::sleep(LOOK);
                continue;
            }
        };
        if open.load(Ordering::SeqCst) >= CONNECTIONS_MAX {
            continue;
        }

        open.fetch_add(1, Ordering::SeqCst);
        let (device, stop, counter) = (Arc::clone(device), Arc::clone(stop), Arc::clone(&open));
        let connection = thread::Builder::new()
            .name("virtual-escl-client".into())
            .spawn(move || {
                if let Err(error) = serve(stream, &device, &stop) {
                    tracing::warn!(%error, "The virtual network scanner could not answer");
                }
                counter.fetch_sub(1, Ordering::SeqCst);
            });
        if let Err(error) = connection {
            tracing::error!(%error, "The virtual network scanner has no thread for a client");
            open.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn serve(mut stream: TcpStream, device: &Device, stop: &AtomicBool) -> io::Result<()> {
    let request = Request::read(&mut stream)?;

    match device.answer(&request)? {
        Answer::Whole(response) => response.send(&mut stream, response.body.len()),
        Answer::Cut(response) => response.send(&mut stream, response.body.len() / 2),
        Answer::Silence => {
            wait_until_left(&stream, stop)?;
            device.left();
            Ok(())
        }
        Answer::Closed => Ok(()),
    }
}

fn wait_until_left(stream: &TcpStream, stop: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(LOOK))?;
    while !stop.load(Ordering::SeqCst) {
        match stream.peek(&mut [0]) {
            Ok(0) => return Ok(()),
            // More of a request that nobody reads.
            Ok(_) => thread::sleep(LOOK),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}
