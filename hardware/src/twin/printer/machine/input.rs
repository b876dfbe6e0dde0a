//! Bytes coming in: room, record, and the commands that are done at once, past the buffer.

use super::super::VirtualFault;
use super::super::command::real_time_length;
use super::{Absent, BUFFER_BYTES, Machine, Port};

const CLEAR: [u8; 10] = [0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8];

impl Machine {
    /// Bytes that can come in now; none when the buffer is full.
    pub fn room(&self) -> usize {
        BUFFER_BYTES.saturating_sub(self.buffer.len().saturating_sub(self.done_bytes))
    }

    /// Takes bytes in and returns how many; fewer than given if the plug is pulled within them.
    pub fn receive(&mut self, port: Port, bytes: &[u8]) -> usize {
        let mut taken = 0;
        while taken < bytes.len() && self.kept.fault != Some(VirtualFault::Unplugged) {
            let piece = &bytes[taken..];
            // Faults of the wire strike between two bytes that come in, those of paper between two that are printed.
            let until_strike = self.wire_strike().map_or(piece.len(), |left| piece.len().min(left));
            let piece = &piece[..until_strike];
            if let Err(error) = self.record(piece) {
                tracing::error!(%error, "Virtual printer cannot record what it gets");
            }
            self.take_in(port, piece);
            taken += piece.len();
            if let (Some(0), Some(strike)) = (self.wire_strike(), self.kept.strike) {
                self.strike(strike.fault);
            }
        }
        taken
    }

    fn record(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.disk.append(bytes)
    }

    /// Bytes until a fault of the wire strikes.
    fn wire_strike(&self) -> Option<usize> {
        let strike = self.kept.strike?;
        let wire = matches!(
            strike.fault,
            VirtualFault::Unplugged | VirtualFault::Silent | VirtualFault::Garbage | VirtualFault::NearEnd
        );
        wire.then(|| usize::try_from(strike.at.saturating_sub(self.received())).unwrap_or(usize::MAX))
    }

    /// Bytes that are recorded already.
    pub(super) fn take_in(&mut self, port: Port, bytes: &[u8]) {
        if self.kept.fault == Some(VirtualFault::Garbage) {
            self.kept.consumed = self.received() + bytes.len() as u64;
            self.buffer.clear();
            self.done_bytes = 0;
            self.chatter(port);
            return;
        }
        self.kept.answer_to = port;
        for byte in bytes {
            self.buffer.push_back(*byte);
            self.scan(port, *byte);
        }
    }

    /// Something else answers, with anything but sense.
    fn chatter(&mut self, port: Port) {
        let mut noise = Vec::new();
        for _ in 0..3 + self.noise % 6 {
            self.noise ^= self.noise << 13;
            self.noise ^= self.noise >> 7;
            self.noise ^= self.noise << 17;
            noise.push((self.noise >> 32) as u8);
        }
        self.utter(port, &noise, Absent::Lost);
    }

    /// Looks for real-time commands, also within images, as real printers do.
    fn scan(&mut self, port: Port, byte: u8) {
        if self.real_time.is_empty() {
            if byte == 0x10 {
                self.real_time.push(byte);
            }
            return;
        }
        self.real_time.push(byte);
        match real_time_length(&self.real_time) {
            Some(1) => {
                self.real_time.clear();
                if byte == 0x10 {
                    self.real_time.push(byte);
                }
            }
            Some(_) => {
                let command = std::mem::take(&mut self.real_time);
                self.done_bytes += command.len();
                self.real_time_command(port, &command);
                if self.buffer.len() == command.len() && self.kept.raster.is_none() {
                    // Nothing else waits: the command needs no place in the buffer.
                    self.kept.consumed += command.len() as u64;
                    self.buffer.clear();
                    self.done_bytes = 0;
                }
            }
            None => {}
        }
    }

    fn real_time_command(&mut self, port: Port, command: &[u8]) {
        match command {
            [0x10, 0x04, question] => {
                if let Some(answer) = self.status_answer(*question) {
                    self.say(port, &[answer], Absent::Lost);
                }
            }
            // Recovering works once the cause is gone; then nothing is left to recover from, but the
            // buffer is to be forgotten while the error stands.
            [0x10, 0x05, 2] if self.kept.fault == Some(VirtualFault::CutterJam) => {
                self.forget();
                self.save();
            }
            _ if command == CLEAR => {
                self.forget();
                self.say(port, &[0x37, 0x25, 0x00], Absent::Kept);
                self.save();
            }
            _ => {}
        }
    }

    fn status_answer(&self, question: u8) -> Option<u8> {
        let fault = self.kept.fault;
        let when = |wanted, bits| if fault == Some(wanted) { bits } else { 0 };
        let bits = match question {
            1 => u8::from(self.offline()) * 0x08,
            2 => {
                when(VirtualFault::CoverOpen, 0x04)
                    | when(VirtualFault::OutOfPaper, 0x20)
                    | when(VirtualFault::CutterJam, 0x40)
                    | when(VirtualFault::Hot, 0x40)
            }
            3 => when(VirtualFault::CutterJam, 0x08) | when(VirtualFault::Hot, 0x40),
            4 => when(VirtualFault::NearEnd, 0x0C) | when(VirtualFault::OutOfPaper, 0x6C),
            _ => return None,
        };
        Some(0x12 | bits)
    }
}
