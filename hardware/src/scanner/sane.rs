//! Any scanner that SANE knows, through `scanimage` as a child process.
//!
//! ```text
//! us                          scanimage --batch --batch-prompt --batch-print
//! RETURN ───────────────────→ feeds a sheet, writes p1.pnm.part, renames it to p1.pnm
//! "p1.pnm" ←───────────────── prints its name, asks for RETURN
//! every byte there? RETURN ─→ feeds the next sheet …
//! straightened, judged, to JPEG, handed over, gone
//! ```
//!
//! So at most two raw pages (26 MB each in A4 at 300 dpi) exist at any time, in memory only, and a
//! kiosk that dies closes the pipe, at which `scanimage` stops feeding. A backend that crashes or
//! hangs does so outside our process; what hangs is ended with all it started.
//!
//! The backend of network scanners (`airscan`) does not wait for RETURN: once begun it draws in the whole stack and keeps
//! the pages, and those that are not asked for any more are lost with it.
//!
//! What the exit code does not tell is not believed: `scanimage` calls a page good that consists of
//! a header only or came in half from the network, and calls a network that cannot be searched "Out of memory".
//! The machine's SANE configuration is never edited: a folder of ours names the one backend in use.

use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use tracing::{debug, info, warn};

use self::child::{Child, Step, Stopped};
use self::room::{Room, page_name};
use self::said::{End, end};
use super::pnm::{PnmError, RawPage};
use super::{Order, Scanned, Scanner, ScannerFault, Scratch, page};

pub use self::config::{Feed, SaneConfig, Sides, Taken};

mod backend;
mod child;
mod config;
mod room;
mod said;

/// How long opening the device may take when we only look whether it is there.
const LOOK_SECS_MAX: u64 = 8;
/// A good look is believed for this long. A failed one is not kept.
const LOOK_KEPT: Duration = Duration::from_secs(20);
/// How long the program may take to end after the last page.
const END_SECS_MAX: u64 = 10;
/// Lines on standard output before a page that are not its name.
const STRAY_LINES_MAX: usize = 200;
/// More pages are not taken in one go, whatever is ordered.
const PAGES_MAX: u32 = 500;

/// A scanner behind SANE. Nothing happens before its first use: a scanner that is not there, or a
/// scratch folder that cannot be made, shows in [`Scanner::check`].
pub fn open(config: SaneConfig, scratch: Scratch) -> Box<dyn Scanner> {
    Box::new(Sane {
        config,
        scratch,
        seen_at: None,
        lingering: None,
        disk_told: false,
    })
}

struct Sane {
    config: SaneConfig,
    scratch: Scratch,
    /// When the device was last known to be there.
    seen_at: Option<Instant>,
    /// A child that could not be ended; while it lives it holds the device.
    lingering: Option<Child>,
    /// Whether it was said in the log that the scratch folder lies on a disk.
    disk_told: bool,
}

impl Scanner for Sane {
    /// Opens the device without scanning, which moves no paper and takes what the backend takes: 10 ms for
    /// USB, seconds for the network, never above 15 s. An empty feeder, a jam and an open cover
    /// are not seen here; no option common to all backends tells them.
    fn check(&mut self) -> Result<(), ScannerFault> {
        if self.seen_at.is_some_and(|seen| seen.elapsed() < LOOK_KEPT) {
            return Ok(());
        }

        let room = self.room()?;
        self.look(&room)
    }

    fn scan(&mut self, order: &Order, page: &mut dyn FnMut(Scanned)) -> Result<u32, ScannerFault> {
        let pages_max = match self.config.feed {
            Feed::Feeder => order.pages_max.min(PAGES_MAX),
            Feed::Flatbed => order.pages_max.min(1),
        };
        if pages_max == 0 {
            return Ok(0);
        }

        let room = self.room()?;
        room.fits(order.dpi)?;
        let mut child = self.start(&room, &self.batch_arguments(order))?;
        let mut batch = Batch {
            child: &mut child,
            may_be_filled_up: backend::unpacks_jpeg(&self.config.device),
            room: &room,
            order,
            pages_max,
            sides: self.config.sides,
            came: 0,
            wait: self.page_wait(),
        };
        let ended = batch.run(page);
        let came = batch.came;

        self.close(child);
        if let Err(error) = room.clear() {
            warn!(%error, "Scratch folder cannot be cleared");
        }
        let result = self.judge(ended, came, &room);
        info!(pages = came, result = ?result, "Scan ended");
        result
    }
}

impl Sane {
    fn room(&mut self) -> Result<Room, ScannerFault> {
        if let Some(child) = &mut self.lingering {
            if !child.gone() {
                return Err(ScannerFault::Hung);
            }
            self.lingering = None;
        }

        let room = Room::prepare(&self.scratch).map_err(|error| {
            warn!(%error, "Scratch folder cannot be used");
            ScannerFault::Broken
        })?;
        if room.is_on_disk() && !self.disk_told {
            warn!("Scratch folder is not in memory: scanned pages touch a disk");
            self.disk_told = true;
        }
        Ok(room)
    }

    fn look(&mut self, room: &Room) -> Result<(), ScannerFault> {
        let mut child = self.start(room, &["--format=pnm".to_owned(), "--dont-scan".to_owned()])?;
        child.close_stdin();
        let deadline = Instant::now() + Duration::from_secs(LOOK_SECS_MAX);

        let ended = loop {
            match child.step(deadline.saturating_duration_since(Instant::now())) {
                Ok(Step::Line(_)) if Instant::now() < deadline => {}
                Ok(Step::Ended(status)) => break end(status, &child.said),
                Ok(Step::Line(_) | Step::Late) => break End::Fault(ScannerFault::Hung),
                Err(error) => break lost_child(&error),
            }
        };
        self.close(child);

        match ended {
            End::Done => {
                self.seen_at = Some(Instant::now());
                Ok(())
            }
            End::Fault(fault) => Err(fault),
            End::LostContact => Err(ScannerFault::Unplugged),
        }
    }

    fn judge(&mut self, ended: End, came: u32, room: &Room) -> Result<u32, ScannerFault> {
        self.seen_at = None;

        match ended {
            End::Done if came == 0 => Err(ScannerFault::Empty),
            End::Done => {
                self.seen_at = Some(Instant::now());
                Ok(came)
            }
            End::Fault(fault) => Err(fault),
            // Pulling the cable and a broken sensor both are an I/O error; opening tells them apart.
            End::LostContact => Err(self.look(room).err().unwrap_or(ScannerFault::Broken)),
        }
    }

    fn start(&self, room: &Room, arguments: &[String]) -> Result<Child, ScannerFault> {
        let config_dirs = self.config_dirs(room).map_err(|error| {
            warn!(%error, "Configuration of SANE cannot be written");
            ScannerFault::NoRoom
        })?;
        let mut command = Command::new(&self.config.program);
        command
            .args(&self.config.leading_arguments)
            .arg(format!("--device-name={}", self.config.device))
            .args(arguments)
            .current_dir(&room.pages)
            .env("SANE_CONFIG_DIR", config_dirs)
            .env("LC_ALL", "C");

        Child::start(command).map_err(|error| {
            warn!(%error, program = %self.config.program.display(), "Scan program cannot be started");
            ScannerFault::Broken
        })
    }

    /// Where SANE looks for its files. The colon at the end adds the machine's folders behind ours.
    fn config_dirs(&self, room: &Room) -> io::Result<String> {
        if let Some(folder) = &self.config.sane_config_dir {
            return Ok(std::path::absolute(folder)?.display().to_string());
        }

        backend::write(&room.sane, &self.config.device)?;
        Ok(format!("{}:", room.sane.display()))
    }

    fn batch_arguments(&self, order: &Order) -> Vec<String> {
        let mut arguments = vec![
            "--format=pnm".to_owned(),
            format!("--batch={}", page_name_pattern()),
            "--batch-prompt".to_owned(),
            "--batch-print".to_owned(),
        ];
        // The source comes first: with many backends the other options depend on it.
        arguments.extend(self.config.source.iter().map(|source| format!("--source={source}")));
        arguments.extend(self.config.mode.iter().map(|mode| format!("--mode={mode}")));
        arguments.push(format!("--resolution={}", order.dpi));
        arguments.extend(self.config.options.iter().cloned());
        arguments
    }

    fn page_wait(&self) -> Duration {
        Duration::from_secs(self.config.page_secs_max.into())
    }

    fn close(&mut self, mut child: Child) {
        if child.stop() == Stopped::Lingering {
            self.lingering = Some(child);
        }
    }
}

fn page_name_pattern() -> &'static str {
    "p%d.pnm"
}

/// One run of `scanimage` over a stack of paper.
struct Batch<'a> {
    child: &'a mut Child,
    /// Whether a page that came in part may look whole.
    may_be_filled_up: bool,
    room: &'a Room,
    order: &'a Order,
    /// That are handed over.
    pages_max: u32,
    sides: Sides,
    /// That were handed over.
    came: u32,
    wait: Duration,
}

/// Whether pages are still to come.
enum Wanted {
    More,
    NoMore,
}

enum Next {
    Page,
    End(End),
}

impl Batch<'_> {
    fn run(&mut self, page: &mut dyn FnMut(Scanned)) -> End {
        self.child.press_return();

        for n in 1..=self.pictures_max() {
            let raw = match self.next_page(&page_name(n)) {
                Next::Page => self.whole(n),
                Next::End(end) => return end,
            };

            match raw.and_then(|raw| self.hand_over(n, &raw, page)) {
                Ok(Wanted::More) => {}
                Ok(Wanted::NoMore) => break,
                Err(fault) => return End::Fault(fault),
            }
        }

        // The last page ordered is there; the pipe is closed, at which the program ends by itself.
        if !matches!(self.child.step(Duration::from_secs(END_SECS_MAX)), Ok(Step::Ended(_))) {
            warn!("Scan program did not end after the last page");
        }
        End::Done
    }

    /// Pictures that may come: each page can have a back that is left out.
    fn pictures_max(&self) -> u32 {
        match self.sides {
            Sides::Front => self.pages_max,
            Sides::Both => self.pages_max.saturating_mul(2),
        }
    }

    /// Waits until the page of this name is announced. Backends of some makers write to standard
    /// output what they think; that is passed over, within the same time and up to a limit.
    fn next_page(&mut self, name: &str) -> Next {
        let deadline = Instant::now() + self.wait;

        for _ in 0..STRAY_LINES_MAX {
            match self.child.step(deadline.saturating_duration_since(Instant::now())) {
                Ok(Step::Line(line)) if line == name => return Next::Page,
                Ok(Step::Line(_)) => {}
                Ok(Step::Ended(status)) => {
                    debug!(%status, complaint = self.child.said.complaint, "Scan program ended");
                    return Next::End(end(status, &self.child.said));
                }
                Ok(Step::Late) => return Next::End(self.child.said.end().unwrap_or(End::Fault(ScannerFault::Hung))),
                Err(error) => return Next::End(lost_child(&error)),
            }
        }
        warn!("Scan program talks and does not scan");
        Next::End(End::Fault(ScannerFault::Crashed))
    }

    /// Takes page `n` if every byte of it is there.
    fn whole(&self, n: u32) -> Result<RawPage, ScannerFault> {
        let file = self.room.take(n).map_err(|error| {
            warn!(%error, page = n, "Scanned page cannot be opened");
            ScannerFault::Torn
        })?;

        let raw = RawPage::new(file).map_err(|error| {
            warn!(%error, page = n, "Scanned page is not whole");
            match error {
                PnmError::Kind => ScannerFault::Broken,
                // The usual reason for a short file where there is no more room.
                _ if self.room.fits(self.order.dpi).is_err() => ScannerFault::NoRoom,
                PnmError::Header | PnmError::Size { .. } | PnmError::Bytes { .. } | PnmError::Read(_) => {
                    ScannerFault::Torn
                }
            }
        })?;

        let in_part = self.may_be_filled_up
            && raw.ends_in_nothing().map_err(|error| {
                warn!(%error, page = n, "Scanned page cannot be read");
                ScannerFault::Torn
            })?;
        if in_part {
            warn!(page = n, "Scanned page was sent in part only");
            return Err(ScannerFault::Torn);
        }
        Ok(raw)
    }

    /// The next sheet is fed while this page is worked on and kept, unless this may be the last.
    fn hand_over(&mut self, n: u32, raw: &RawPage, hand_over: &mut dyn FnMut(Scanned)) -> Result<Wanted, ScannerFault> {
        let may_be_last = self.came + 1 >= self.pages_max;
        let is_back = self.sides == Sides::Both && n.is_multiple_of(2);
        let next = if may_be_last { Ok(()) } else { self.feed_next() };
        if may_be_last && !is_back {
            self.child.close_stdin();
        }

        let dpi = self.child.said.dpi.unwrap_or(self.order.dpi);
        let scanned = page::finish(raw, dpi, self.order).map_err(|error| {
            warn!(%error, page = n, "Scanned page cannot be worked on");
            ScannerFault::Torn
        })?;
        if is_back && scanned.judgement.as_ref().is_some_and(|judgement| judgement.blank) {
            debug!(page = n, "Back left out: nothing stands on it");
            return if may_be_last { self.feed_next() } else { next }.map(|()| Wanted::More);
        }
        hand_over(scanned);
        self.came += 1;
        if may_be_last && is_back {
            self.child.close_stdin();
        }
        next.map(|()| if may_be_last { Wanted::NoMore } else { Wanted::More })
    }

    /// Lets the next picture come, if there is room for it.
    fn feed_next(&mut self) -> Result<(), ScannerFault> {
        let room = self.room.fits(self.order.dpi);
        if room.is_ok() {
            self.child.press_return();
        } else {
            self.child.close_stdin();
        }
        room
    }
}

fn lost_child(error: &io::Error) -> End {
    warn!(%error, "Scan program cannot be followed");
    End::Fault(ScannerFault::Crashed)
}
