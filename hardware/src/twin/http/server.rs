//! A port of loopback at which a virtual device answers, each connection in a thread of its own.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::socket::{self, AddressFamily, SockFlag, SockType, SockaddrIn, sockopt};

use super::{Answer, Request};

/// More connections at a time are closed at once.
pub const CONNECTIONS_MAX: usize = 16;
/// How often a silent connection looks whether its client left.
const LOOK: Duration = Duration::from_millis(50);

/// What answers.
pub trait Device: Send + Sync + 'static {
    /// Requests with longer bodies are refused.
    const BODY_BYTES_MAX: usize;

    /// # Errors
    /// What the device keeps on disk cannot be used.
    fn answer(&self, request: &Request) -> io::Result<Answer>;

    /// A client that got nothing has gone.
    fn left(&self) {}
}

/// Answers until it is dropped.
pub struct Listening {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    address: SocketAddr,
}

/// A port that is ours and at which nobody listens.
pub fn reserve(address: SocketAddrV4) -> io::Result<OwnedFd> {
    let socket = socket::socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    socket::setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    socket::bind(socket.as_raw_fd(), &SockaddrIn::from(address))?;
    Ok(socket)
}

impl Listening {
    pub fn begin(listener: TcpListener, device: Arc<impl Device>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new()
            .name("virtual-http".into())
            .spawn(move || accept(&listener, &device, &stopped))?;
        Ok(Self {
            stop,
            thread: Some(thread),
            address,
        })
    }

    pub fn end(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.stop.store(true, Ordering::SeqCst);
        // Whoever waits for a connection hears of it by one.
        if let Err(error) = TcpStream::connect(self.address) {
            tracing::error!(%error, "The virtual device cannot be woken");
            return;
        }
        if thread.join().is_err() {
            tracing::error!("The virtual device panicked");
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.end();
    }
}

fn accept<D: Device>(listener: &TcpListener, device: &Arc<D>, stop: &Arc<AtomicBool>) {
    let open = Arc::new(AtomicUsize::new(0));

    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                tracing::warn!(%error, "A client of the virtual device was lost");
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
            .name("virtual-http-client".into())
            .spawn(move || {
                if let Err(error) = serve(stream, device.as_ref(), &stop) {
                    tracing::warn!(%error, "The virtual device could not answer");
                }
                counter.fetch_sub(1, Ordering::SeqCst);
            });
        if let Err(error) = connection {
            tracing::error!(%error, "The virtual device has no thread for a client");
            open.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn serve<D: Device>(mut stream: TcpStream, device: &D, stop: &AtomicBool) -> io::Result<()> {
    let request = Request::read(&mut stream, D::BODY_BYTES_MAX)?;

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
