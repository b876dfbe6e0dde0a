//! The virtual code scanner: one end of a pty; the real driver reads the other.
//!
//! The port is a link in the data folder, as udev makes one for a real scanner. Pulling the plug takes the
//! link away and hangs the line up.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, poll};
use nix::pty::openpty;
use nix::unistd::ttyname;

use crate::code::serial::SerialConfig;

/// How long the line may be full because nobody reads it, in milliseconds.
const FULL_MS_MAX: u16 = 2000;

/// The scanner's side of the line. Clones are handles to the same scanner.
#[derive(Clone)]
pub struct VirtualCode(Arc<Mutex<Wire>>);

struct Wire {
    link: PathBuf,
    /// Our end, while plugged in.
    end: Option<File>,
}

impl VirtualCode {
    /// Plugs a scanner in and returns it with its port, a link in `folder`, which must exist.
    pub fn open(folder: &Path) -> io::Result<(Self, PathBuf)> {
        let link = std::path::absolute(folder)?.join("code-port");
        let end = plug_in(&link)?;
        Ok((
            Self(Arc::new(Mutex::new(Wire {
                link: link.clone(),
                end: Some(end),
            }))),
            link,
        ))
    }

    /// The configuration with which the real driver reads this scanner.
    pub fn config(&self) -> SerialConfig {
        SerialConfig {
            port: self.wire().link.clone(),
            baud: 115_200,
        }
    }

    /// Reads a code out as a scanner does: the text and CR.
    pub fn show(&self, text: &str) -> io::Result<()> {
        self.send_raw(&[text.as_bytes(), b"\r"].concat())
    }

    /// Sends bytes as they are: noise, half a line, several codes. What nobody reads for two
    /// seconds is an error, once the line is full.
    pub fn send_raw(&self, mut bytes: &[u8]) -> io::Result<()> {
        let mut wire = self.wire();
        let end = wire.end.as_mut().ok_or(ErrorKind::NotConnected)?;

        while !bytes.is_empty() {
            match end.write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let mut line = [PollFd::new(end.as_fd(), PollFlags::POLLOUT)];
                    if poll(&mut line, FULL_MS_MAX)? == 0 {
                        return Err(ErrorKind::TimedOut.into());
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Pulls the plug.
    pub fn unplug(&self) -> io::Result<()> {
        let mut wire = self.wire();
        wire.end = None;
        match fs::remove_file(&wire.link) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Plugs it in again; the port behind the link is a new one.
    pub fn replug(&self) -> io::Result<()> {
        let mut wire = self.wire();
        wire.end = Some(plug_in(&wire.link)?);
        Ok(())
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a pty and lets `link` point at its port. The port is closed here: the driver opens it as
/// the only one, as it would a real one.
fn plug_in(link: &Path) -> io::Result<File> {
    let pty = openpty(None, None)?;
    fcntl(&pty.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;

    let fresh = link.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    symlink(ttyname(&pty.slave)?, &fresh)?;
    fs::rename(fresh, link)?;
    Ok(File::from(pty.master))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::code::{Code, CodeFault, CodeReader, Reading, serial};

    const AMPLE: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(300);

    struct Desk {
        code: VirtualCode,
        reader: Box<dyn CodeReader>,
        _folder: tempfile::TempDir,
    }

    /// A scanner that is plugged in, and a driver that has its port open.
    fn desk() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let (code, port) = VirtualCode::open(folder.path()).unwrap();
        assert_eq!(code.config().port, port);
        let mut reader = serial::open(code.config());
        assert_eq!(reader.read(Duration::ZERO), Ok(None));
        Desk {
            code,
            reader,
            _folder: folder,
        }
    }

    fn code(text: &str) -> Result<Option<Reading>, CodeFault> {
        Ok(Some(Reading::Code(Code(text.to_owned()))))
    }

    #[test]
    fn a_code_arrives_with_every_vietnamese_letter() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();
        let text = "000000000001||Nguyễn Thị Ví Dụ|01021990|Nữ|Số 0, phố Không Có Thật, Phường Mẫu|20112026";

        scanner.show(text).unwrap();
        assert_eq!(reader.read(AMPLE), code(text));
        assert_eq!(reader.read(SHORT), Ok(None));
    }

    #[test]
    fn a_code_shown_before_the_port_is_open_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (scanner, _) = VirtualCode::open(folder.path()).unwrap();
        scanner.show("A001").unwrap();
        assert_eq!(serial::open(scanner.config()).read(AMPLE), code("A001"));
    }

    #[test]
    fn two_codes_in_one_burst_are_two_readings_in_order() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();
        scanner.send_raw(b"first\r\nsecond\rthi").unwrap();
        scanner.send_raw(b"rd\n").unwrap();

        for text in ["first", "second", "third"] {
            assert_eq!(reader.read(AMPLE), code(text));
        }
    }

    #[test]
    fn a_code_without_an_end_is_over_after_a_pause() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();
        scanner.send_raw(b"no end").unwrap();
        assert_eq!(reader.read(AMPLE), code("no end"));
    }

    #[test]
    fn a_code_in_pieces_over_several_reads_is_one() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();
        scanner.send_raw(b"half and ").unwrap();
        // No wait at all: the pause cannot be over.
        let first = reader.read(Duration::ZERO);
        scanner.send_raw(b"half\r").unwrap();

        assert_eq!(first, Ok(None));
        assert_eq!(reader.read(AMPLE), code("half and half"));
    }

    #[test]
    fn a_flood_of_noise_is_told_now_and_then_and_does_not_bury_the_next_code() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();
        let flood = scanner.clone();
        let sender = std::thread::spawn(move || {
            let noise: Vec<u8> = (0..200_000_u32)
                .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect();
            flood.send_raw(&noise).unwrap();
            flood.send_raw(b"\rA001\r").unwrap();
        });

        let (begun, mut noises) = (Instant::now(), 0);
        let found = loop {
            match reader.read(Duration::from_millis(50)).unwrap() {
                Some(Reading::Noise) => noises += 1,
                Some(Reading::Code(code)) if code.0 == "A001" => break true,
                // Chance may write a short code.
                Some(Reading::Code(_)) | None => {}
            }
            if begun.elapsed() > AMPLE {
                break false;
            }
        };
        sender.join().unwrap();

        assert!(found, "the code after the noise was lost");
        assert!(noises >= 1, "nobody was told of the noise");
        assert!(
            noises <= 1 + begun.elapsed().as_secs() / 2,
            "told {noises} times in {:?}",
            begun.elapsed()
        );
    }

    #[test]
    fn a_line_that_never_ends_is_noise_and_the_next_one_is_read() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();
        let flood = scanner.clone();
        let sender = std::thread::spawn(move || flood.send_raw(&b"x".repeat(20_000)).unwrap());
        assert_eq!(reader.read(AMPLE), Ok(Some(Reading::Noise)));
        let begun = Instant::now();
        while !sender.is_finished() {
            assert_eq!(reader.read(Duration::from_millis(20)), Ok(None));
            assert!(begun.elapsed() < AMPLE);
        }
        sender.join().unwrap();

        scanner.send_raw(b"\r").unwrap();
        scanner.show("A002").unwrap();
        assert_eq!(reader.read(AMPLE), code("A002"));
    }

    #[test]
    fn after_the_plug_was_pulled_and_put_back_codes_come_again_without_the_half_before() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();

        for round in 0..3 {
            scanner.send_raw(b"half a li").unwrap();
            assert_eq!(reader.read(Duration::ZERO), Ok(None));
            scanner.unplug().unwrap();
            assert_eq!(reader.read(AMPLE), Err(CodeFault::Unplugged), "round {round}");
            assert_eq!(reader.read(SHORT), Err(CodeFault::Unplugged));
            assert!(scanner.show("nobody hears").is_err());

            scanner.replug().unwrap();
            let begun = Instant::now();
            while reader.read(SHORT) == Err(CodeFault::Unplugged) {
                assert!(begun.elapsed() < AMPLE, "the port was not opened again");
            }
            scanner.show("A003").unwrap();
            assert_eq!(reader.read(AMPLE), code("A003"));
        }
    }

    #[test]
    fn a_scanner_that_is_not_there_at_the_start_is_waited_for_without_haste() {
        let folder = tempfile::tempdir().unwrap();
        let config = SerialConfig {
            port: folder.path().join("code-port"),
            baud: 9600,
        };
        let mut reader = serial::open(config);
        let begun = Instant::now();
        for _ in 0..3 {
            assert_eq!(reader.read(SHORT), Err(CodeFault::Unplugged));
        }
        assert!(begun.elapsed() >= Duration::from_millis(400), "it spins");

        let (scanner, _) = VirtualCode::open(folder.path()).unwrap();
        scanner.show("A004").unwrap();
        while begun.elapsed() < AMPLE {
            if let Ok(Some(reading)) = reader.read(SHORT) {
                assert_eq!(reading, Reading::Code(Code("A004".to_owned())));
                return;
            }
        }
        panic!("the scanner was never found");
    }

    #[test]
    fn what_a_code_says_is_not_printed_by_accident() {
        let Desk {
            code: scanner,
            mut reader,
            _folder,
        } = desk();
        scanner.show("Nguyễn Thị Ví Dụ").unwrap();
        assert_eq!(format!("{:?}", reader.read(AMPLE)), "Ok(Some(Code(Code(hidden))))");
    }
}
