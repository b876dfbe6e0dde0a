//! A printer on a serial line. `serialport` sets the line; bytes go through a descriptor of ours that never blocks.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serialport::{FlowControl, TTYPort};

use super::descriptor::{Descriptor, Zero};
use super::file::open_device;
use super::{Connector, Gone, ShortWrite, Transport};

/// How the printer tells that its buffer is full. Without one of them bytes are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// RTS/CTS.
    Hardware,
    /// XON/XOFF.
    Software,
    None,
}

pub struct SerialPort {
    port: PathBuf,
    baud: u32,
    flow: Flow,
}

impl SerialPort {
    pub fn new(port: PathBuf, baud: u32, flow: Flow) -> Self {
        Self { port, baud, flow }
    }
}

/// The line's settings hold as long as `_settings` keeps it open.
struct Line {
    bytes: Descriptor<File>,
    _settings: TTYPort,
}

impl Connector for SerialPort {
    fn connect(&mut self) -> io::Result<Box<dyn Transport>> {
        let flow = match self.flow {
            Flow::Hardware => FlowControl::Hardware,
            Flow::Software => FlowControl::Software,
            Flow::None => FlowControl::None,
        };
        let mut settings = serialport::new(self.port.to_string_lossy(), self.baud)
            .flow_control(flow)
            .open_native()?;
        // A second descriptor is only given out while the first does not claim the line for itself.
        settings.set_exclusive(false)?;
        let file = open_device(&self.port)?;
        Ok(Box::new(Line {
            bytes: Descriptor::new(file, Zero::Nothing),
            _settings: settings,
        }))
    }
}

impl Transport for Line {
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ShortWrite> {
        self.bytes.write(bytes, deadline)
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Gone> {
        self.bytes.read(buffer, timeout)
    }
}
