//! Ports for the virtual readers.

use std::fs;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};

/// How often two neighbouring free ports are looked for.
const PORT_TRIES_MAX: u32 = 200;

/// Free ports, in pairs of neighbours: one port for each reader, and one over if their number is odd.
pub fn free_ports(readers: u8) -> io::Result<Vec<u16>> {
    let mut held = vec![];
    let mut ports = vec![];
    for _ in 0..PORT_TRIES_MAX {
        if ports.len() >= usize::from(readers) {
            return Ok(ports);
        }
        let first = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let port = first.local_addr()?.port();
        if let Some(next) = port.checked_add(1)
            && let Ok(second) = TcpListener::bind((Ipv4Addr::UNSPECIFIED, next))
        {
            ports.extend([port, next]);
            held.push(second);
        }
        held.push(first);
    }
    Err(ErrorKind::AddrInUse.into())
}

/// The ports of this machine on which somebody listens. A look, and not a call: the driver would take a caller for a card.
pub fn listening_ports() -> io::Result<Vec<u16>> {
    const LISTENING: &str = "0A";
    let table = fs::read_to_string("/proc/net/tcp")?;
    Ok(table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            let (local, _, state) = (words.next()?, words.next()?, words.next()?);
            let port = u16::from_str_radix(local.split_once(':')?.1, 16).ok()?;
            (state == LISTENING).then_some(port)
        })
        .collect())
}
