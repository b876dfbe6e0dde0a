//! A program that is given bytes, answers with bytes and ends: in a group of its own, under a
//! deadline, ended early when its answer is not wanted any more.
//!
//! Nothing here blocks longer than a look takes, keeps more than it was told, or leaves the group
//! alive. What the program says on standard error is not read: it may repeat what stands on a page.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use tracing::error;

/// That the answer is unwanted or the program has ended is noticed at the latest after this time.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long the kernel may take to end what was killed.
const KILL_WAIT: Duration = Duration::from_secs(2);
const KILL_LOOK_EVERY: Duration = Duration::from_millis(5);
/// Reads between two looks at the clock.
const READS_MAX: usize = 64;
const CHUNK_BYTES: usize = 16 << 10;

pub(in crate::scanner) struct Limits {
    pub wait: Duration,
    pub answer_bytes_max: usize,
}

/// How it ended. In each case nothing of it is left.
#[derive(Debug)]
pub(in crate::scanner) enum Ended {
    Answer(Vec<u8>),
    /// The program is not there.
    Missing,
    Failed(ExitStatus),
    Late,
    Unwanted,
    TooLong,
}

/// Runs the program on `input` until it ends, is late, answers too long or is `unwanted`.
pub(super) fn run(
    mut command: Command,
    input: &[u8],
    limits: &Limits,
    unwanted: &dyn Fn() -> bool,
) -> io::Result<Ended> {
    if unwanted() {
        return Ok(Ended::Unwanted);
    }

    let deadline = Instant::now() + limits.wait;
    let mut child = Child::start(&mut command)?;
    let mut left = input;
    let mut answer = Vec::new();

    loop {
        let ended = child.has_ended()?;
        left = child.give(left);
        child.take(&mut answer, limits.answer_bytes_max)?;

        if answer.len() > limits.answer_bytes_max {
            return Ok(Ended::TooLong);
        }
        if ended {
            let status = child.reap()?;
            return Ok(if status.success() {
                Ended::Answer(answer)
            } else {
                Ended::Failed(status)
            });
        }
        if unwanted() {
            return Ok(Ended::Unwanted);
        }
        let wait = deadline.saturating_duration_since(Instant::now());
        if wait.is_zero() {
            return Ok(Ended::Late);
        }
        child.sleep(wait.min(LOOK_EVERY))?;
    }
}

/// Dropping it kills the group.
struct Child {
    process: std::process::Child,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    reaped: bool,
}

impl Child {
    fn start(command: &mut Command) -> io::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let (stdin, stdout) = (process.stdin.take(), process.stdout.take());
        let child = Self {
            process,
            stdin,
            stdout,
            reaped: false,
        };

        let ends: [Option<BorrowedFd>; 2] = [
            child.stdin.as_ref().map(AsFd::as_fd),
            child.stdout.as_ref().map(AsFd::as_fd),
        ];
        for end in ends {
            fcntl(end.ok_or(ErrorKind::BrokenPipe)?, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        Ok(child)
    }

    /// Writes what the pipe takes without waiting and returns the rest; closes the pipe behind the last byte.
    fn give<'a>(&mut self, mut left: &'a [u8]) -> &'a [u8] {
        while let Some(stdin) = self.stdin.as_mut().filter(|_| !left.is_empty()) {
            match stdin.write(left) {
                Ok(count) if count > 0 => left = &left[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => return left,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // It wants no more; how it ends tells whether that was right.
                Ok(_) | Err(_) => left = &[],
            }
        }
        self.stdin = None;
        left
    }

    /// Takes what is there without waiting, at most a chunk more than `most`.
    fn take(&mut self, answer: &mut Vec<u8>, most: usize) -> io::Result<()> {
        let mut chunk = [0; CHUNK_BYTES];

        for _ in 0..READS_MAX {
            let Some(stdout) = self.stdout.as_mut().filter(|_| answer.len() <= most) else {
                return Ok(());
            };
            match stdout.read(&mut chunk) {
                Ok(0) => self.stdout = None,
                Ok(count) => answer.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether the program has ended. It stays a zombie, so its group's number stays ours.
    fn has_ended(&self) -> io::Result<bool> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;

        match waitid(Id::Pid(self.pid()), flags) {
            Ok(WaitStatus::StillAlive) | Err(Errno::EINTR) => Ok(false),
            Ok(_) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Kills what the program left behind in its group, then lets it go.
    fn reap(&mut self) -> io::Result<ExitStatus> {
        self.kill();
        self.reaped = true;
        self.process.wait()
    }

    fn kill(&self) {
        // The group is gone when all in it have ended; then there is nobody to tell.
        if let Err(error) = killpg(self.pid(), Signal::SIGKILL)
            && error != Errno::ESRCH
        {
            error!(%error, "Reading program cannot be killed");
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.process.id().cast_signed())
    }

    fn sleep(&self, wait: Duration) -> io::Result<()> {
        let stdin = self
            .stdin
            .as_ref()
            .map(|end| PollFd::new(end.as_fd(), PollFlags::POLLOUT));
        let stdout = self
            .stdout
            .as_ref()
            .map(|end| PollFd::new(end.as_fd(), PollFlags::POLLIN));
        let mut open: Vec<_> = [stdin, stdout].into_iter().flatten().collect();
        let wait = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);

        match poll(&mut open, wait) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.reaped {
            return;
        }

        self.kill();
        let deadline = Instant::now() + KILL_WAIT;
        while Instant::now() < deadline {
            match self.process.try_wait() {
                Ok(None) => std::thread::sleep(KILL_LOOK_EVERY),
                Ok(Some(_)) => return,
                Err(error) => {
                    error!(%error, "Reading program cannot be waited for");
                    return;
                }
            }
        }
        error!(pid = self.process.id(), "Reading program was left behind");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    const AMPLE: Limits = Limits {
        wait: Duration::from_secs(60),
        answer_bytes_max: 1 << 20,
    };

    fn shell(script: &str, input: &[u8], limits: &Limits, unwanted: &dyn Fn() -> bool) -> Ended {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        run(command, input, limits, unwanted).unwrap()
    }

    fn wanted() -> bool {
        false
    }

    #[test]
    fn a_program_gets_all_its_input_and_gives_all_its_answer() {
        let input: Vec<u8> = (0..700_000_u32).map(|at| (at % 251) as u8).collect();
        let Ended::Answer(answer) = shell("cat", &input, &AMPLE, &wanted) else {
            panic!("no answer")
        };
        assert!(answer == input, "{} of {} bytes", answer.len(), input.len());
    }

    #[test]
    fn a_program_that_does_not_read_its_input_may_still_answer() {
        let input = vec![7; 900_000];
        assert!(matches!(shell("echo well", &input, &AMPLE, &wanted), Ended::Answer(answer) if answer == b"well\n"));
    }

    #[test]
    fn how_it_fails_is_told() {
        assert!(matches!(shell("exit 3", b"", &AMPLE, &wanted), Ended::Failed(status) if status.code() == Some(3)));
        let killed = shell("kill -SEGV $$", b"", &AMPLE, &wanted);
        assert!(matches!(killed, Ended::Failed(status) if status.signal() == Some(11)));
    }

    #[test]
    fn a_program_that_talks_without_end_is_cut_off() {
        let limits = Limits {
            answer_bytes_max: 100_000,
            ..AMPLE
        };
        assert!(matches!(shell("yes", b"", &limits, &wanted), Ended::TooLong));
    }

    #[test]
    fn a_late_program_is_killed_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("helper");
        let script = format!("trap '' TERM; sleep 1000 & echo $! > {}; sleep 1000", note.display());
        let limits = Limits {
            wait: Duration::from_millis(700),
            ..AMPLE
        };

        assert!(matches!(shell(&script, b"", &limits, &wanted), Ended::Late));
        let helper = std::fs::read_to_string(note).unwrap();
        assert!(ends(helper.trim()), "the helper {helper} lives");
    }

    #[test]
    fn a_helper_that_holds_the_pipe_open_does_not_hide_the_end() {
        let began = Instant::now();
        let Ended::Answer(helper) = shell("sleep 1000 & echo $!", b"", &AMPLE, &wanted) else {
            panic!("no answer")
        };
        assert!(began.elapsed() < Duration::from_secs(30));
        let helper = String::from_utf8(helper).unwrap();
        assert!(ends(helper.trim()), "the helper {helper} lives");
    }

    #[test]
    fn an_unwanted_answer_is_not_waited_for() {
        let began = Instant::now();
        let unwanted = || began.elapsed() > Duration::from_millis(200);
        assert!(matches!(shell("sleep 1000", b"", &AMPLE, &unwanted), Ended::Unwanted));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert!(matches!(shell("echo unwanted", b"", &AMPLE, &|| true), Ended::Unwanted));
    }

    /// An orphan is reaped by another; as a zombie it has ended too.
    fn ends(pid: &str) -> bool {
        let stat = format!("/proc/{pid}/stat");
        (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z"))
        })
    }
}
