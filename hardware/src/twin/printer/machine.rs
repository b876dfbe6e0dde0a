//! The machine itself: receive buffer, real-time commands, paper, faults, answers.

mod input;
mod print;

pub use print::Step;

use std::collections::VecDeque;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::paper::{CUTTER_DOTS, Style, picture, png, qr_codes};
use super::{PaperSlip, VirtualFault};
use crate::printer::dots::{Dots, Pen};

/// The receive buffer of a common printer.
pub const BUFFER_BYTES: usize = 64 * 1_024;
/// Answers that nobody reads; more are lost.
const UNREAD_BYTES_MAX: usize = 4_096;

/// The interface that a byte came in by, and its answer goes out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Port {
    Usb,
    Tcp,
}

/// What becomes of an answer when nobody is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absent {
    /// It waits for the next one, as in-order answers of real printers do.
    Kept,
    Lost,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Strike {
    pub fault: VirtualFault,
    /// Position in the stream of bytes.
    pub at: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Raster {
    pub wide: bool,
    pub high: bool,
    pub row_bytes: usize,
    pub rows_left: usize,
}

/// What outlives the program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub width: u32,
    /// Bytes acted upon, since the printer was bought.
    pub consumed: u64,
    /// Bytes looked through for real-time commands.
    pub scanned: u64,
    pub fault: Option<VirtualFault>,
    pub strike: Option<Strike>,
    pub push: bool,
    pub answer_to: Port,
    pub unread_usb: Vec<u8>,
    pub unread_tcp: Vec<u8>,
    pub raster: Option<Raster>,
    pub style: Style,
    /// Something went wrong on the paper that hangs out.
    pub torn: bool,
    pub barcodes: Vec<String>,
    pub started_unix_ms: u64,
    pub slips: u32,
}

pub struct Machine {
    disk: Disk,
    base: u64,
    kept: Kept,
    rows: Dots,
    buffer: VecDeque<u8>,
    /// Bytes in `buffer` that were done when they came: they take no room.
    done_bytes: usize,
    /// A real-time command that has begun.
    real_time: Vec<u8>,
    slips: Vec<PaperSlip>,
    pen: Option<Pen>,
    noise: u64,
    pushed: [u8; 4],
    /// Grows when the plug is pulled: older connections are dead.
    pub generation: u64,
    pub tcp: Option<TcpStream>,
    /// A peer has its turn.
    pub tcp_busy: bool,
    pub stop: bool,
}

fn now_unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl Machine {
    pub fn open(folder: &Path, width: u32) -> std::io::Result<Self> {
        let (disk, found) = Disk::open(folder)?;
        let mut machine = Self {
            disk,
            base: 0,
            kept: Kept {
                width,
                consumed: 0,
                scanned: 0,
                fault: None,
                strike: None,
                push: false,
                answer_to: Port::Usb,
                unread_usb: Vec::new(),
                unread_tcp: Vec::new(),
                raster: None,
                style: Style::default(),
                torn: false,
                barcodes: Vec::new(),
                started_unix_ms: now_unix_ms(),
                slips: 0,
            },
            rows: Dots::new(width),
            buffer: VecDeque::new(),
            done_bytes: 0,
            real_time: Vec::new(),
            slips: Vec::new(),
            pen: None,
            noise: 0x9E37_79B9_7F4A_7C15,
            pushed: [0; 4],
            generation: 0,
            tcp: None,
            tcp_busy: false,
            stop: false,
        };
        machine.rows.feed(CUTTER_DOTS);
        if let Some(found) = found {
            machine.go_on(found, width);
        }
        machine.pushed = machine.push_packet();
        machine.save();
        Ok(machine)
    }

    fn go_on(&mut self, found: super::disk::Found, width: u32) {
        self.base = found.base;
        self.slips = found.slips;
        let same_paper = found.kept.width == width;
        self.kept = Kept { width, ..found.kept };
        if same_paper {
            self.rows = Dots::from_bytes(width, found.rows);
        } else {
            self.kept.torn = false;
        }
        // What came in before the end but was not looked at yet is looked at now.
        let looked = usize::try_from(self.kept.scanned.saturating_sub(self.kept.consumed)).unwrap_or(0);
        let looked = looked.min(found.rest.len());
        self.buffer.extend(&found.rest[..looked]);
        let port = self.kept.answer_to;
        self.take_in(port, &found.rest[looked..]);
    }

    pub fn received(&self) -> u64 {
        self.kept.consumed + self.buffer.len() as u64
    }

    pub fn fault(&self) -> Option<VirtualFault> {
        self.kept.fault
    }

    pub fn slips(&self) -> &[PaperSlip] {
        &self.slips
    }

    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    pub fn save(&mut self) {
        self.kept.scanned = self.received() - self.real_time.len().min(self.buffer.len()) as u64;
        if self.buffer.is_empty() {
            match self.disk.trim() {
                Ok(true) => self.base = self.kept.consumed,
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "Virtual printer cannot shorten its record"),
            }
        }
        if let Err(error) = self.disk.save(self.base, &self.kept, self.rows.bytes()) {
            tracing::error!(%error, "Virtual printer cannot keep its state");
        }
    }

    /// Breaks or mends the printer, at once or when `after_bytes` more bytes have come in.
    pub fn set_fault(&mut self, fault: Option<VirtualFault>, after_bytes: Option<u64>) {
        self.kept.strike = None;
        match (fault, after_bytes) {
            (Some(fault), Some(bytes)) => {
                self.kept.strike = Some(Strike {
                    fault,
                    at: self.received() + bytes,
                })
            }
            (Some(fault), None) => self.strike(fault),
            (None, _) => {
                self.kept.fault = None;
                self.push_changes();
            }
        }
        self.save();
    }

    /// The fault happens now.
    fn strike(&mut self, fault: VirtualFault) {
        self.kept.strike = None;
        self.kept.fault = Some(fault);
        let hangs = self.hangs();
        match fault {
            VirtualFault::OutOfPaper => {
                // The end of the roll falls out; what is still to come of this slip will be another piece.
                if hangs {
                    self.kept.torn = true;
                    self.end_slip();
                    self.kept.torn = true;
                }
            }
            VirtualFault::CoverOpen => self.kept.torn |= hangs,
            VirtualFault::Unplugged => {
                self.forget();
                self.kept.push = false;
                self.kept.unread_usb.clear();
                self.kept.unread_tcp.clear();
                self.tcp = None;
                self.generation += 1;
            }
            VirtualFault::NearEnd
            | VirtualFault::CutterJam
            | VirtualFault::Hot
            | VirtualFault::Silent
            | VirtualFault::Garbage => {}
        }
        self.push_changes();
        self.save();
    }

    /// Whether printed paper hangs out of the cutter.
    fn hangs(&self) -> bool {
        self.rows.rows() > CUTTER_DOTS
    }

    /// Forgets all that was received and is not on paper.
    fn forget(&mut self) {
        self.kept.consumed = self.received();
        self.buffer.clear();
        self.done_bytes = 0;
        self.real_time.clear();
        self.kept.torn |= self.hangs();
        self.kept.raster = None;
        self.kept.style = Style::default();
    }

    /// The paper in progress becomes a slip that someone can take.
    fn end_slip(&mut self) {
        let paper = std::mem::replace(&mut self.rows, Dots::new(self.kept.width));
        self.rows.feed(CUTTER_DOTS);
        let picture = picture(&paper);
        let mut codes = qr_codes(&picture);
        codes.append(&mut self.kept.barcodes);
        self.kept.slips += 1;
        let slip = PaperSlip {
            n: self.kept.slips,
            whole: !self.kept.torn,
            codes,
            started_unix_ms: self.kept.started_unix_ms,
            ended_unix_ms: now_unix_ms(),
        };
        let added = png(&picture).and_then(|png| self.disk.add_slip(&mut self.slips, slip, &png));
        if let Err(error) = added {
            tracing::error!(%error, "Virtual printer cannot keep a slip");
        }
        self.kept.torn = false;
    }

    /// Sends an answer out by the port that asked.
    fn say(&mut self, port: Port, bytes: &[u8], absent: Absent) {
        if matches!(
            self.kept.fault,
            Some(VirtualFault::Silent | VirtualFault::Unplugged | VirtualFault::Garbage)
        ) {
            return;
        }
        self.utter(port, bytes, absent);
    }

    fn utter(&mut self, port: Port, bytes: &[u8], absent: Absent) {
        let unread = match port {
            Port::Usb => &mut self.kept.unread_usb,
            Port::Tcp => {
                let sent = self.tcp.as_mut().is_some_and(|stream| stream.write_all(bytes).is_ok());
                if sent {
                    return;
                }
                self.tcp = None;
                if absent == Absent::Lost {
                    return;
                }
                &mut self.kept.unread_tcp
            }
        };
        if unread.len() + bytes.len() <= UNREAD_BYTES_MAX {
            unread.extend(bytes);
        }
    }

    pub fn take_unread_usb(&mut self, most: usize) -> Vec<u8> {
        let most = most.min(self.kept.unread_usb.len());
        let answer: Vec<u8> = self.kept.unread_usb.drain(..most).collect();
        if answer.contains(&0x37) {
            // A proof that was read is not kept for the next reader.
            self.save();
        }
        answer
    }

    pub fn take_unread_tcp(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.kept.unread_tcp)
    }

    fn push_packet(&self) -> [u8; 4] {
        let fault = self.kept.fault;
        let is = |wanted| fault == Some(wanted);
        let end = is(VirtualFault::OutOfPaper);
        [
            0x10 | if self.offline() { 0x08 } else { 0 } | if is(VirtualFault::CoverOpen) { 0x20 } else { 0 },
            if is(VirtualFault::CutterJam) { 0x08 } else { 0 } | if is(VirtualFault::Hot) { 0x40 } else { 0 },
            if end { 0x0C } else { 0 } | if end || is(VirtualFault::NearEnd) { 0x03 } else { 0 },
            0,
        ]
    }

    fn offline(&self) -> bool {
        matches!(
            self.kept.fault,
            Some(VirtualFault::OutOfPaper | VirtualFault::CoverOpen | VirtualFault::CutterJam | VirtualFault::Hot)
        )
    }

    fn push_changes(&mut self) {
        let packet = self.push_packet();
        if packet != self.pushed {
            self.pushed = packet;
            if self.kept.push {
                self.say(self.kept.answer_to, &packet, Absent::Lost);
            }
        }
    }
}
