//! A network of its own for one kiosk, with one cable to this machine: it can be pulled. Needs root and `ip`.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::Command;

use nix::sched::{CloneFlags, setns};

use super::proxy::Line;

/// Where the kiosk reaches this machine.
pub const HERE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
const THERE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);

pub struct Network {
    pub name: String,
    cable: String,
}

fn ip(words: &str) {
    let status = Command::new("ip").args(words.split(' ')).status().expect("ip");
    assert!(status.success(), "ip {words}");
}

impl Network {
    pub fn new() -> Self {
        let id = std::process::id() % 10_000;
        let (name, cable, far) = (format!("kiosk{id}"), format!("kh{id}"), format!("kk{id}"));
        ip(&format!("netns add {name}"));
        let network = Self { name, cable };
        let (name, cable) = (&network.name, &network.cable);
        ip(&format!("link add {cable} type veth peer name {far} netns {name}"));
        ip(&format!("addr add {HERE}/24 dev {cable}"));
        ip(&format!("link set {cable} up"));
        ip(&format!("-n {name} addr add {THERE}/24 dev {far}"));
        ip(&format!("-n {name} link set {far} up"));
        ip(&format!("-n {name} link set lo up"));
        network
    }

    /// A pulled cable loses questions and answers alike.
    pub fn set(&self, line: Line) {
        let state = match line {
            Line::Holds => "up",
            Line::Silent | Line::LosesAnswers => "down",
        };
        ip(&format!("link set {} {state}", self.cable));
    }

    /// An address here that leads to `to` in there, whatever the cable does: how the test touches the screen.
    pub fn door(&self, to: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let there = std::fs::File::open(format!("/run/netns/{}", self.name)).unwrap();
        std::thread::spawn(move || {
            // The listener stays what it is; what this thread opens from here on is in there.
            setns(there, CloneFlags::CLONE_NEWNET).unwrap();
            for here in listener.incoming().map_while(Result::ok) {
                if let Ok(there) = TcpStream::connect(to) {
                    join(&here, &there).unwrap();
                }
            }
        });
        address
    }
}

fn join(one: &TcpStream, other: &TcpStream) -> io::Result<()> {
    for (mut from, mut to) in [
        (one.try_clone()?, other.try_clone()?),
        (other.try_clone()?, one.try_clone()?),
    ] {
        std::thread::spawn(move || {
            let copied = io::copy(&mut from, &mut to);
            // Either end may be gone: then both are.
            drop((copied, to.shutdown(Shutdown::Write), from.shutdown(Shutdown::Read)));
        });
    }
    Ok(())
}

impl Drop for Network {
    fn drop(&mut self) {
        drop(Command::new("ip").args(["netns", "del", &self.name]).status());
    }
}
