//! From the buffer onto the paper, one command or one row of dots at a time.

use super::super::VirtualFault;
use super::super::command::{Command, parse};
use super::super::paper::{ROWS_MAX, Style};
use super::{Absent, Machine, Raster, now_unix_ms};

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing can be done until bytes come or a fault is mended.
    Idle,
    /// The paper moved by so many rows.
    Moved { rows: u32 },
}

impl Machine {
    /// Does the next thing.
    pub fn step(&mut self) -> Step {
        if matches!(
            self.kept.fault,
            Some(VirtualFault::OutOfPaper | VirtualFault::CoverOpen | VirtualFault::Hot | VirtualFault::Unplugged)
        ) {
            return Step::Idle;
        }
        if self.kept.strike.is_some_and(|strike| self.kept.consumed >= strike.at) {
            return self.strike_now();
        }
        match self.kept.raster {
            Some(raster) => self.raster_row(raster),
            None => self.command(),
        }
    }

    fn strike_now(&mut self) -> Step {
        if let Some(strike) = self.kept.strike {
            self.strike(strike.fault);
        }
        Step::Moved { rows: 0 }
    }

    /// Whether a fault strikes before the next `length` bytes are done.
    fn strikes_within(&self, length: usize) -> bool {
        self.kept
            .strike
            .is_some_and(|strike| self.kept.consumed + length as u64 > strike.at)
    }

    /// The end of the next thing has not come in, and perhaps never will.
    fn starved(&mut self) -> Step {
        if self.kept.strike.is_some_and(|strike| self.received() >= strike.at) {
            return self.strike_now();
        }
        Step::Idle
    }

    fn eat(&mut self, length: usize) -> Vec<u8> {
        let eaten: Vec<u8> = self.buffer.drain(..length).collect();
        self.kept.consumed += length as u64;
        self.done_bytes = self.done_bytes.min(self.buffer.len());
        eaten
    }

    fn raster_row(&mut self, raster: Raster) -> Step {
        if self.buffer.len() < raster.row_bytes {
            return self.starved();
        }
        if self.strikes_within(raster.row_bytes) {
            return self.strike_now();
        }
        let row = self.eat(raster.row_bytes);
        self.begin();
        let rows = self.kept.style.raster_row(&mut self.rows, &row, &raster);
        let rows_left = raster.rows_left - 1;
        self.kept.raster = (rows_left > 0).then_some(Raster { rows_left, ..raster });
        if rows_left == 0 {
            self.after();
        }
        Step::Moved { rows }
    }

    fn command(&mut self) -> Step {
        let Some((command, length)) = parse(self.buffer.make_contiguous()) else {
            return self.starved();
        };
        if self.strikes_within(length) {
            return self.strike_now();
        }
        if matches!(command, Command::Cut { .. }) && self.kept.fault == Some(VirtualFault::CutterJam) {
            return Step::Idle;
        }
        self.eat(length);
        let lasting = !matches!(command, Command::Text(_) | Command::Ignored | Command::RealTime);
        let rows = self.run(command);
        if lasting {
            self.after();
        }
        Step::Moved { rows }
    }

    fn after(&mut self) {
        if self.rows.rows() > ROWS_MAX {
            self.kept.torn = true;
            self.end_slip();
        }
        self.save();
    }

    /// The first dots of a slip.
    fn begin(&mut self) {
        if !self.hangs() {
            self.kept.started_unix_ms = now_unix_ms();
        }
    }

    fn run(&mut self, command: Command) -> u32 {
        self.begin();
        let before = self.rows.rows();
        match command {
            Command::Init => {
                // Two slips on one piece of paper are none.
                self.kept.torn |= self.hangs();
                self.kept.style = Style::default();
            }
            Command::Raster {
                wide,
                high,
                row_bytes,
                rows,
            } => {
                let raster = Raster {
                    wide,
                    high,
                    row_bytes,
                    rows_left: rows,
                };
                self.kept.raster = (rows > 0 && row_bytes > 0).then_some(raster);
            }
            Command::Cut { feed } => return self.cut(feed),
            Command::Mark(mark) => {
                let [a, b, c, d] = mark;
                self.say(self.kept.answer_to, &[0x37, 0x22, a, b, c, d, 0], Absent::Kept);
            }
            Command::Fence => {
                let paper = if self.kept.fault == Some(VirtualFault::NearEnd) {
                    0x03
                } else {
                    0
                };
                self.say(self.kept.answer_to, &[paper], Absent::Kept);
            }
            Command::Push(what) => {
                self.kept.push = what != 0;
                if self.kept.push {
                    let packet = self.push_packet();
                    self.say(self.kept.answer_to, &packet, Absent::Lost);
                }
            }
            Command::Unknown => tracing::warn!(
                at = self.kept.consumed,
                "Virtual printer skips a command it does not know"
            ),
            Command::RealTime | Command::Ignored => {}
            drawn @ (Command::Text(_)
            | Command::LineFeed
            | Command::FeedLines(_)
            | Command::FeedDots(_)
            | Command::Columns { .. }
            | Command::Justify(_)
            | Command::CharacterSize(_)
            | Command::QrModule(_)
            | Command::QrLevel(_)
            | Command::QrStore(_)
            | Command::QrPrint
            | Command::BarcodeHigh(_)
            | Command::BarcodeModule(_)
            | Command::Barcode { .. }) => self.draw(drawn),
        }
        self.rows.rows() - before
    }

    fn draw(&mut self, command: Command) {
        let (style, paper) = (&mut self.kept.style, &mut self.rows);
        match command {
            Command::Text(letter) => {
                style.line.push(letter);
                if style.line.len() > 200 {
                    style.line_feed(paper, &mut self.pen);
                }
            }
            Command::LineFeed => {
                style.line_feed(paper, &mut self.pen);
            }
            Command::FeedLines(lines) => {
                for _ in 0..lines {
                    style.line_feed(paper, &mut self.pen);
                }
            }
            Command::FeedDots(dots) => paper.feed(u32::from(dots)),
            Command::Columns { deep, data } => {
                style.columns(paper, &data, deep);
            }
            Command::Justify(side) => style.justify = side,
            Command::CharacterSize(size) => style.size = size,
            Command::QrModule(module) => style.qr_module = module,
            Command::QrLevel(level) => style.qr_level = level,
            Command::QrStore(data) => style.qr_data = data,
            Command::QrPrint => {
                style.qr(paper);
            }
            Command::BarcodeHigh(high) => style.barcode_high = high,
            Command::BarcodeModule(module) => style.barcode_module = module,
            Command::Barcode { system, data } => {
                let (_, text) = style.barcode(paper, system, &data);
                self.kept.barcodes.extend(text);
            }
            Command::Init
            | Command::Raster { .. }
            | Command::Cut { .. }
            | Command::Push(_)
            | Command::Fence
            | Command::Mark(_)
            | Command::RealTime
            | Command::Ignored
            | Command::Unknown => {}
        }
    }

    fn cut(&mut self, feed: u8) -> u32 {
        if !self.kept.style.line.is_empty() {
            self.kept.style.line_feed(&mut self.rows, &mut self.pen);
        }
        let hung = self.hangs();
        if hung {
            let fed = super::super::paper::CUTTER_DOTS + u32::from(feed);
            self.rows.feed(fed);
            self.end_slip();
            return fed;
        }
        self.kept.torn = false;
        0
    }
}
