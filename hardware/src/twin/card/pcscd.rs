//! A pcscd of our own, with virtual readers only, that never meets the machine's.
//!
//! It runs in a mount namespace of its own (and a user namespace when we are not root) in which its
//! folder lies over `/run/pcscd` and the drivers of real readers are out of sight. Its socket is
//! `pcscd.comm` in that folder: a client finds it with the environment variable
//! `PCSCLITE_CSOCK_NAME`, which has to be set before the client's process starts.
//!
//! The Debian packages `pcscd` and `vsmartcard-vpcd` are needed. What they allow, as found out:
//! - The driver keeps its state by slot and not by reader, so each pair of readers has its own copy
//!   of it; a copy serves two readers, on two ports one after the other.
//! - It waits for its card on all interfaces, and nothing can confine it to loopback: told to call the card
//!   instead (a device name other than `/dev/null`), version 3.3 ends pcscd as soon as the card leaves.
//!   So this is for development and tests only; what a stranger could do there is to lay down a card.
//! - pcscd 1.9.9 carries 16 readers; a command takes 0.1 ms through it, a real reader's takes ten and more.
//! - It looks for cards every 400 ms.
//! - A reader whose driver says that its device is gone stays in the list, in the state "unknown": `SIGUSR1` does nothing
//!   in a build with libudev, and only a USB reader's name leaves the list as well, when the kernel tells of it. Back again
//!   it is known by the next look. One that is not there when pcscd starts is never found.
//! - Root needs `CAP_SYS_ADMIN` for the namespace; others need a system that lets them have user namespaces.

use std::fs;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use self::ports::{free_ports, listening_ports};

mod ports;

/// Readers that one pcscd carries: its `PCSCLITE_MAX_READERS_CONTEXTS`.
pub const READERS_MAX: u8 = 16;

const DAEMON: &str = "/usr/sbin/pcscd";
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
/// The driver that stands before it, for the cable (`driver/plug.rs`). It finds the one behind by its own name with `.vpcd`.
const PLUG: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/plug.so"));
/// Stands in the folder while the cable is out.
const UNPLUGGED: &str = "unplugged";
const MISSING: &str = "The virtual card reader needs the Debian packages pcscd and vsmartcard-vpcd";

/// The longest name of a Unix socket (`sun_path` without its end).
const SOCKET_BYTES_MAX: usize = 107;

/// How long pcscd may take until it listens.
const START_MAX: Duration = Duration::from_secs(10);
/// Between two looks at a pcscd that starts.
const LOOK: Duration = Duration::from_millis(10);
/// How often other ports are tried when somebody took those that were free.
const TRIES_MAX: u32 = 5;

/// What runs in the namespace. `$1` is the folder; it may itself lie below `/run`, so it is entered first.
const SCRIPT: &str = "set -e
cd \"$1\"
mount -t tmpfs none /usr/lib/pcsc/drivers
mount -t tmpfs none /run
mkdir /run/pcscd
mount --bind . /run/pcscd
exec setpriv --pdeathsig KILL \"$2\" --foreground --error --config /run/pcscd/reader.conf";

/// The daemon and its readers. It ends when this is dropped, and when our process dies.
pub struct Pcscd {
    folder: PathBuf,
    readers: u8,
    ports: Vec<u16>,
    running: Option<Running>,
}

/// The thread that started the daemon: the system ends the daemon with it.
struct Running {
    stop: mpsc::Sender<()>,
    keeper: JoinHandle<()>,
}

impl Pcscd {
    /// Starts a pcscd with so many virtual readers (1 to [`READERS_MAX`]) in `folder`, which must
    /// exist, and returns when it can be used.
    ///
    /// # Errors
    /// A package is not installed (`NotFound`, with their names), the folder's name is too long for a
    /// socket, the namespace cannot be made, or pcscd does not start in ten seconds.
    pub fn start(folder: &Path, readers: u8) -> io::Result<Self> {
        if !(1..=READERS_MAX).contains(&readers) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "1 to 16 readers"));
        }
        if !Path::new(DAEMON).exists() || !Path::new(DRIVER).exists() {
            return Err(io::Error::new(ErrorKind::NotFound, MISSING));
        }
        let mut pcscd = Self {
            folder: std::path::absolute(folder)?,
            readers,
            ports: vec![],
            running: None,
        };
        if pcscd.socket().as_os_str().len() > SOCKET_BYTES_MAX {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "The folder of pcscd has too long a name",
            ));
        }
        pcscd.plug()?;
        for _ in 0..TRIES_MAX {
            pcscd.ports = free_ports(readers)?;
            match pcscd.restart() {
                Err(error) if error.kind() == ErrorKind::AddrInUse => pcscd.kill(),
                Err(error) => return Err(error),
                Ok(()) => return Ok(pcscd),
            }
        }
        Err(ErrorKind::AddrInUse.into())
    }

    /// What `PCSCLITE_CSOCK_NAME` has to say to a client.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("pcscd.comm")
    }

    /// Where each reader waits for its card, in the order of the readers.
    pub fn ports(&self) -> &[u16] {
        &self.ports[..usize::from(self.readers)]
    }

    /// As [`Pcscd::ports`], as addresses for [`VirtualCard::open`](super::VirtualCard::open).
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.ports()
            .iter()
            .map(|port| (Ipv4Addr::LOCALHOST, *port).into())
            .collect()
    }

    /// Ends it at once, as a crash would. Clients and cards find nobody until [`Pcscd::restart`].
    pub fn kill(&mut self) {
        let Some(Running { stop, keeper }) = self.running.take() else {
            return;
        };
        drop(stop);
        if keeper.join().is_err() {
            tracing::error!("The keeper of pcscd panicked");
        }
    }

    /// Starts it again, with the same readers on the same ports.
    ///
    /// # Errors
    /// As [`Pcscd::start`]; `AddrInUse` when somebody else has taken a port.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill();
        self.write_configuration()?;
        for left in ["pcscd.comm", "pcscd.pid"] {
            remove(&self.folder.join(left))?;
        }
        self.running = Some(run(self.command()?)?);
        self.wait_until_usable()
    }

    /// Pulls the cable of the readers, also in the middle of a command: the service stays, and has no reader.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn unplug(&self) -> io::Result<()> {
        fs::write(self.folder.join(UNPLUGGED), "")
    }

    /// Puts it in again. A service that was started without its readers finds them at its next start.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn plug(&self) -> io::Result<()> {
        remove(&self.folder.join(UNPLUGGED))
    }

    fn write_configuration(&self) -> io::Result<()> {
        let mut configuration = String::new();
        for (pair, ports) in self.ports.chunks(2).enumerate() {
            let driver = format!("reader-{pair}.so");
            fs::write(self.folder.join(&driver), PLUG)?;
            fs::copy(DRIVER, self.folder.join(format!("{driver}.vpcd")))?;
            let port = ports[0];
            // As the daemon sees its folder: without the blanks that a home may have.
            configuration.push_str(&format!(
                "FRIENDLYNAME \"Virtual PCD {pair}\"\nDEVICENAME /dev/null:{port}\nLIBPATH /run/pcscd/{driver}\n\
                 CHANNELID {port}\n\n"
            ));
        }
        fs::write(self.folder.join("reader.conf"), configuration)
    }

    fn command(&self) -> io::Result<Command> {
        let log = fs::File::create(self.folder.join("pcscd.log"))?;
        let mut command = Command::new("unshare");
        if !nix::unistd::geteuid().is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        command
            .args(["--mount", "--", "sh", "-c", SCRIPT, "sh"])
            .arg(&self.folder)
            .arg(DAEMON)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        Ok(command)
    }

    fn wait_until_usable(&self) -> io::Result<()> {
        let begun = Instant::now();
        let ports: &[u16] = if self.folder.join(UNPLUGGED).exists() {
            &[]
        } else {
            &self.ports
        };
        loop {
            let listening = listening_ports()?;
            if self.socket().exists() && ports.iter().all(|port| listening.contains(port)) {
                return Ok(());
            }
            let ended = self.running.as_ref().is_none_or(|running| running.keeper.is_finished());
            if ended || begun.elapsed() > START_MAX {
                let log = fs::read_to_string(self.folder.join("pcscd.log"))?;
                let kind = if log.contains("Address already in use") {
                    ErrorKind::AddrInUse
                } else {
                    ErrorKind::Other
                };
                return Err(io::Error::new(kind, format!("pcscd did not start: {}", log.trim())));
            }
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What is not there is removed already.
fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The system tells the daemon of the death of the thread that started it, so one thread starts it
/// and stays until it is to end.
fn run(mut command: Command) -> io::Result<Running> {
    let (stop, stopped) = mpsc::channel();
    let (started, start) = mpsc::channel();
    let keeper = thread::Builder::new().name("virtual-pcscd".to_owned()).spawn(move || {
        let (child, outcome) = match command.spawn() {
            Ok(child) => (Some(child), Ok(())),
            Err(error) => (None, Err(error)),
        };
        if started.send(outcome).is_err() {
            tracing::error!("Whoever started pcscd is gone");
        }
        if let Some(mut child) = child {
            keep(&mut child, &stopped);
        }
    })?;
    start.recv().map_err(|_| ErrorKind::BrokenPipe)??;
    Ok(Running { stop, keeper })
}

/// Waits for the end of the daemon, or for the wish to end it.
fn keep(child: &mut Child, stopped: &mpsc::Receiver<()>) {
    const LOOK_AFTER: Duration = Duration::from_millis(100);
    loop {
        let wish = stopped.recv_timeout(LOOK_AFTER);
        match child.try_wait() {
            Ok(Some(_)) => return,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "pcscd cannot be watched"),
        }
        if wish != Err(mpsc::RecvTimeoutError::Timeout) {
            if let Err(error) = child.kill().and_then(|()| child.wait()) {
                tracing::error!(%error, "pcscd cannot be ended");
            }
            return;
        }
    }
}
