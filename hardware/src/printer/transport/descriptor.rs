//! Any file descriptor that can be polled and does not block.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::{Gone, ShortWrite, Stop, Transport};

/// One write call takes at most this much, so that a count is known even when a driver dies within a call.
const WRITE_BYTES_MAX: usize = 4_096;
/// A pause after a read of nothing, which some USB printers give instead of saying that there is nothing.
const NOTHING_PAUSE: Duration = Duration::from_millis(5);

/// What a read of zero bytes means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// The other end has closed.
    Closed,
    /// There was nothing.
    Nothing,
}

pub struct Descriptor<T> {
    inner: T,
    zero: Zero,
}

enum Readiness {
    Ready,
    TimedOut,
    Gone,
}

impl<T: AsFd> Descriptor<T> {
    /// `inner` must be in non-blocking mode.
    pub fn new(inner: T, zero: Zero) -> Self {
        Self { inner, zero }
    }

    fn wait(&self, what: PollFlags, until: Instant) -> Readiness {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            let mut fds = [PollFd::new(self.inner.as_fd(), what)];
            match poll(&mut fds, timeout) {
                // Poll counts whole milliseconds downwards.
                Ok(0) if left > Duration::from_millis(1) => {}
                Ok(0) => return Readiness::TimedOut,
                Ok(_) => {
                    let got = fds[0].revents().unwrap_or(PollFlags::empty());
                    return if got.intersects(what) {
                        Readiness::Ready
                    } else {
                        Readiness::Gone
                    };
                }
                Err(Errno::EINTR) => {}
                Err(_) => return Readiness::Gone,
            }
        }
    }
}

fn is_patient(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::Interrupted | ErrorKind::TimedOut
    )
}

impl<T: AsFd + Read + Write + Send> Transport for Descriptor<T> {
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ShortWrite> {
        let mut count = 0;
        while count < bytes.len() {
            match self.wait(PollFlags::POLLOUT, deadline) {
                Readiness::Ready => {}
                Readiness::TimedOut => {
                    return Err(ShortWrite {
                        count,
                        cause: Stop::Stuck,
                    });
                }
                Readiness::Gone => {
                    return Err(ShortWrite {
                        count,
                        cause: Stop::Gone,
                    });
                }
            }
            let end = bytes.len().min(count + WRITE_BYTES_MAX);
            match self.inner.write(&bytes[count..end]) {
                Ok(taken) => count += taken,
                Err(error) if is_patient(&error) => {}
                Err(_) => {
                    return Err(ShortWrite {
                        count,
                        cause: Stop::Gone,
                    });
                }
            }
            if count < bytes.len() && Instant::now() >= deadline {
                return Err(ShortWrite {
                    count,
                    cause: Stop::Stuck,
                });
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Gone> {
        let until = Instant::now() + timeout;
        loop {
            match self.wait(PollFlags::POLLIN, until) {
                Readiness::Ready => {}
                Readiness::TimedOut => return Ok(0),
                Readiness::Gone => return Err(Gone),
            }
            match self.inner.read(buffer) {
                Ok(0) if self.zero == Zero::Closed => return Err(Gone),
                Ok(0) => std::thread::sleep(NOTHING_PAUSE),
                Ok(count) => return Ok(count),
                Err(error) if is_patient(&error) => {}
                Err(_) => return Err(Gone),
            }
            if Instant::now() >= until {
                return Ok(0);
            }
        }
    }
}
