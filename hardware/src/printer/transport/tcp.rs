//! A printer in the network, usually on port 9100.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::descriptor::{Descriptor, Zero};
use super::{Connector, Transport};

/// A printer in the same building answers within this or is not there.
const CONNECT_WAIT: Duration = Duration::from_secs(1);
/// Printers reset connections that idle; after this a new one is made.
const IDLE_MAX: Duration = Duration::from_secs(5);

pub struct Tcp {
    address: SocketAddr,
}

impl Tcp {
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }
}

impl Connector for Tcp {
    fn connect(&mut self) -> io::Result<Box<dyn Transport>> {
        let stream = TcpStream::connect_timeout(&self.address, CONNECT_WAIT)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Box::new(Descriptor::new(stream, Zero::Closed)))
    }

    fn idle_max(&self) -> Option<Duration> {
        Some(IDLE_MAX)
    }
}
