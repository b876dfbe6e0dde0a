//! The two sockets of the printer: a cable to the driver in this program, and TCP for anyone.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::machine::Port;
use super::{Shared, VirtualFault};
use crate::printer::transport::{Connector, Gone, ShortWrite, Stop, Transport};

/// How often a thread that waits for the network looks whether it should end.
const TICK: Duration = Duration::from_millis(20);
/// Connections that wait for the one being served; more are closed.
const WAITING_MAX: usize = 8;
/// A peer that says nothing for so long loses its turn.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// Plugs the driver of this program in.
pub struct Cable {
    pub(super) shared: Arc<Shared>,
}

struct Plugged {
    shared: Arc<Shared>,
    generation: u64,
}

impl Connector for Cable {
    fn connect(&mut self) -> io::Result<Box<dyn Transport>> {
        let machine = self.shared.machine();
        if machine.stop || machine.fault() == Some(VirtualFault::Unplugged) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Box::new(Plugged {
            shared: Arc::clone(&self.shared),
            generation: machine.generation,
        }))
    }
}

impl Transport for Plugged {
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ShortWrite> {
        let mut count = 0;
        let mut machine = self.shared.machine();
        loop {
            if machine.stop || machine.generation != self.generation {
                return Err(ShortWrite {
                    count,
                    cause: Stop::Gone,
                });
            }
            let most = machine.room().min(bytes.len() - count);
            count += machine.receive(Port::Usb, &bytes[count..count + most]);
            self.shared.changed.notify_all();
            if count == bytes.len() {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ShortWrite {
                    count,
                    cause: Stop::Stuck,
                });
            }
            if machine.generation == self.generation && machine.room() == 0 {
                machine = self.shared.wait(machine, left);
            }
        }
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Gone> {
        let until = Instant::now() + timeout;
        let mut machine = self.shared.machine();
        loop {
            if machine.stop || machine.generation != self.generation {
                return Err(Gone);
            }
            let answer = machine.take_unread_usb(buffer.len());
            if !answer.is_empty() {
                buffer[..answer.len()].copy_from_slice(&answer);
                return Ok(answer.len());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(0);
            }
            machine = self.shared.wait(machine, left);
        }
    }
}

/// Listens until the printer ends; closed while the plug is pulled.
pub fn listen(shared: &Arc<Shared>, address: SocketAddr) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let shared = Arc::clone(shared);
    let accepting = thread::Builder::new()
        .name("virtual-printer-tcp".to_owned())
        .spawn(move || {
            let served = Arc::new(AtomicUsize::new(0));
            let mut listener = Some(listener);
            loop {
                let (stop, fault) = {
                    let machine = shared.machine();
                    (machine.stop, machine.fault())
                };
                if stop {
                    return;
                }
                if fault == Some(VirtualFault::Unplugged) {
                    listener = None;
                    thread::sleep(TICK);
                    continue;
                }
                if listener.is_none() {
                    listener = TcpListener::bind(address)
                        .inspect_err(|error| tracing::warn!(%error, "Virtual printer cannot listen again"))
                        .ok();
                }
                match &listener {
                    Some(open) if readable(open, TICK) => accept(open, &shared, &served),
                    Some(_) => {}
                    None => thread::sleep(TICK),
                }
            }
        })?;
    Ok((address, accepting))
}

fn readable(what: &impl AsFd, wait: Duration) -> bool {
    let mut fds = [PollFd::new(what.as_fd(), PollFlags::POLLIN)];
    poll(&mut fds, PollTimeout::try_from(wait).unwrap_or(PollTimeout::ZERO)).is_ok_and(|ready| ready > 0)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, served: &Arc<AtomicUsize>) {
    let Ok((stream, _)) = listener.accept() else { return };
    if served.load(Ordering::SeqCst) >= WAITING_MAX {
        return;
    }
    served.fetch_add(1, Ordering::SeqCst);
    let (shared, counter) = (Arc::clone(shared), Arc::clone(served));
    let serving = thread::Builder::new()
        .name("virtual-printer-peer".to_owned())
        .spawn(move || {
            if let Err(error) = serve(&shared, stream) {
                tracing::debug!(%error, "Peer of the virtual printer left");
            }
            counter.fetch_sub(1, Ordering::SeqCst);
        });
    if let Err(error) = serving {
        served.fetch_sub(1, Ordering::SeqCst);
        tracing::warn!(%error, "Virtual printer cannot serve a peer");
    }
}

/// Waits for its turn, then takes bytes in as fast as there is room.
fn serve(shared: &Arc<Shared>, mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(Duration::from_millis(200)))?;
    let generation = {
        let mut machine = shared.machine();
        while machine.tcp_busy && !machine.stop {
            machine = shared.wait(machine, TICK);
        }
        if machine.stop || machine.fault() == Some(VirtualFault::Unplugged) {
            return Ok(());
        }
        machine.tcp_busy = true;
        machine.tcp = Some(stream.try_clone()?);
        let unread = machine.take_unread_tcp();
        stream.write_all(&unread)?;
        machine.generation
    };
    let outcome = take_turn(shared, &mut stream, generation);
    let mut machine = shared.machine();
    machine.tcp_busy = false;
    machine.tcp = None;
    drop(machine);
    shared.changed.notify_all();
    outcome
}

fn take_turn(shared: &Arc<Shared>, stream: &mut TcpStream, generation: u64) -> io::Result<()> {
    let mut piece = [0; 4_096];
    let mut heard_at = Instant::now();
    while heard_at.elapsed() < IDLE_MAX {
        let room = {
            let machine = shared.machine();
            if machine.stop || machine.generation != generation {
                return Ok(());
            }
            if machine.room() == 0 {
                shared.wait(machine, TICK).room()
            } else {
                machine.room()
            }
        };
        if room == 0 || !readable(stream, TICK) {
            continue;
        }
        let most = room.min(piece.len());
        let count = stream.read(&mut piece[..most])?;
        if count == 0 {
            return Ok(());
        }
        heard_at = Instant::now();
        let mut machine = shared.machine();
        if machine.generation != generation {
            return Ok(());
        }
        machine.receive(Port::Tcp, &piece[..count]);
        drop(machine);
        shared.changed.notify_all();
    }
    Ok(())
}
