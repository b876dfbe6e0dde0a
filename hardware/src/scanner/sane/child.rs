//! A child process in a group of its own, whose lines are read under a deadline.
//!
//! A backend of SANE may hang, crash, talk without end or leave helpers behind. Nothing here blocks
//! longer than it is told to, keeps more than a line of what is said, or leaves the group alive.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use tracing::{error, warn};

use super::said::Said;

/// How long a backend may take to stop the motor and let go of the device when asked.
const TERM_WAIT: Duration = Duration::from_secs(3);
/// How long the kernel may take to end a process that was killed.
const KILL_WAIT: Duration = Duration::from_secs(2);
/// How long a child that said it takes no more pages may take to let go of the device. SANE's `test`
/// backend hangs there about once in a thousand scans: its reader misses the signal to stop.
const LET_GO_WAIT: Duration = Duration::from_secs(3);
/// An ended child is noticed at the latest after this time.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Longer lines are cut.
const LINE_BYTES_MAX: usize = 512;
/// With so many lines unheard no more are read; a child that says more has to wait.
const LINES_MAX: usize = 64;
/// Reads between two looks at the clock.
const READS_MAX: usize = 64;

/// What happened next.
#[derive(Debug)]
pub(super) enum Step {
    /// A line on standard output.
    Line(String),
    Ended(ExitStatus),
    Late,
}

/// Whether a stopped child is gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    Gone,
    /// It hangs in the kernel and cannot be ended now.
    Lingering,
}

pub(super) struct Child {
    process: std::process::Child,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    lines: Lines,
    complaints: Lines,
    pub said: Said,
    ended: Option<ExitStatus>,
}

impl Child {
    pub fn start(mut command: Command) -> io::Result<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let (stdin, stdout, stderr) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let child = Self {
            process,
            stdin,
            stdout,
            stderr,
            lines: Lines::default(),
            complaints: Lines::default(),
            said: Said::default(),
            ended: None,
        };

        for pipe in [
            child.stdout.as_ref().map(AsFd::as_fd),
            child.stderr.as_ref().map(AsFd::as_fd),
        ] {
            fcntl(pipe.ok_or(ErrorKind::BrokenPipe)?, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }

        Ok(child)
    }

    /// Presses RETURN. That the child is gone shows in the next step.
    pub fn press_return(&mut self) {
        if let Some(stdin) = &mut self.stdin
            && stdin.write_all(b"\n").is_err()
        {
            self.stdin = None;
        }
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits for the next line or the end, at most `wait`, and less when only the end can come. What is there already is taken even
    /// when `wait` is over, so that time we spent elsewhere is not counted against the child.
    pub fn step(&mut self, wait: Duration) -> io::Result<Step> {
        let deadline = Instant::now() + wait;

        loop {
            let ended = self.has_ended()?;
            self.drain();

            if let Some(line) = self.lines.whole.pop_front() {
                return Ok(Step::Line(line));
            }
            if ended {
                return self.reap().map(Step::Ended);
            }

            let let_go = self.said.over_at.map(|over| over + LET_GO_WAIT);
            let deadline = let_go.map_or(deadline, |let_go| deadline.min(let_go));
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Step::Late);
            }
            self.sleep(left.min(LOOK_EVERY))?;
        }
    }

    /// Ends the whole group: asks first, then kills.
    pub fn stop(&mut self) -> Stopped {
        self.close_stdin();

        for (signal, wait) in [(Signal::SIGTERM, TERM_WAIT), (Signal::SIGKILL, KILL_WAIT)] {
            if self.ended.is_some() {
                return Stopped::Gone;
            }

            self.signal(signal);
            match self.wait_for_end(wait) {
                Ok(Stopped::Gone) => return Stopped::Gone,
                Ok(Stopped::Lingering) => warn!(%signal, "Scan program did not end"),
                Err(error) => error!(%error, "Scan program cannot be waited for"),
            }
        }

        Stopped::Lingering
    }

    /// Whether a child that lingered has gone by now.
    pub fn gone(&mut self) -> bool {
        self.ended.is_some() || (self.has_ended().unwrap_or(false) && self.reap().is_ok())
    }

    fn wait_for_end(&mut self, wait: Duration) -> io::Result<Stopped> {
        let deadline = Instant::now() + wait;

        while !self.has_ended()? {
            if Instant::now() >= deadline {
                return Ok(Stopped::Lingering);
            }
            self.drain();
            self.sleep(LOOK_EVERY)?;
        }

        self.reap().map(|_| Stopped::Gone)
    }

    /// Whether the child has ended. It stays a zombie, so its group's number stays ours.
    fn has_ended(&self) -> io::Result<bool> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;

        match waitid(Id::Pid(self.pid()), flags) {
            Ok(WaitStatus::StillAlive) | Err(Errno::EINTR) => Ok(false),
            Ok(_) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Kills what the child left behind in its group, then lets the child go.
    fn reap(&mut self) -> io::Result<ExitStatus> {
        self.signal(Signal::SIGKILL);
        let status = self.process.wait()?;
        self.ended = Some(status);
        Ok(status)
    }

    fn signal(&self, signal: Signal) {
        // The group is gone when all in it have ended; then there is nobody to tell.
        if let Err(error) = killpg(self.pid(), signal)
            && error != Errno::ESRCH
        {
            error!(%error, %signal, "Scan program cannot be signalled");
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.process.id().cast_signed())
    }

    fn drain(&mut self) {
        self.lines.take_from(&mut self.stdout);
        self.complaints.take_from(&mut self.stderr);

        for line in self.complaints.whole.drain(..) {
            self.said.hear(&line);
        }
    }

    fn sleep(&self, wait: Duration) -> io::Result<()> {
        let pipes = [
            self.stdout.as_ref().map(AsFd::as_fd),
            self.stderr.as_ref().map(AsFd::as_fd),
        ];
        let mut open: Vec<_> = pipes
            .into_iter()
            .flatten()
            .map(|pipe| PollFd::new(pipe, PollFlags::POLLIN))
            .collect();
        let wait = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);

        match poll(&mut open, wait) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.ended.is_none() && self.stop() == Stopped::Lingering {
            error!(pid = self.process.id(), "Scan program was left behind");
        }
    }
}

/// Cuts a stream into lines.
#[derive(Default)]
struct Lines {
    begun: Vec<u8>,
    whole: VecDeque<String>,
}

impl Lines {
    /// Takes what is there without waiting; a pipe at its end becomes `None`.
    fn take_from<R: Read>(&mut self, pipe: &mut Option<R>) {
        let mut chunk = [0; 4096];

        for _ in 0..READS_MAX {
            if self.whole.len() >= LINES_MAX {
                return;
            }
            match pipe.as_mut().map(|pipe| pipe.read(&mut chunk)) {
                Some(Ok(count)) if count > 0 => self.push(&chunk[..count]),
                Some(Err(error)) if error.kind() == ErrorKind::WouldBlock => return,
                Some(Err(error)) if error.kind() == ErrorKind::Interrupted => {}
                Some(Ok(_) | Err(_)) => *pipe = None,
                None => return,
            }
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\n' {
                self.whole.push_back(String::from_utf8_lossy(&self.begun).into_owned());
                self.begun.clear();
            } else if self.begun.len() < LINE_BYTES_MAX {
                self.begun.push(*byte);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMPLE: Duration = Duration::from_secs(60);

    fn shell(script: &str) -> Child {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        Child::start(command).unwrap()
    }

    #[test]
    fn lines_come_in_order_and_then_the_end() {
        let mut child = shell("echo one; echo two >&2; read key; echo three; exit 6");

        assert!(matches!(child.step(AMPLE).unwrap(), Step::Line(line) if line == "one"));
        child.press_return();
        assert!(matches!(child.step(AMPLE).unwrap(), Step::Line(line) if line == "three"));
        assert!(matches!(child.step(AMPLE).unwrap(), Step::Ended(status) if status.code() == Some(6)));
    }

    #[test]
    fn a_silent_child_is_late_and_a_deaf_one_is_killed_with_all_it_started() {
        let mut child = shell("trap '' TERM; sleep 1000 & echo $!; sleep 1000");
        let Step::Line(helper) = child.step(AMPLE).unwrap() else {
            panic!("no line")
        };

        assert!(matches!(child.step(Duration::from_millis(50)).unwrap(), Step::Late));
        assert_eq!(child.stop(), Stopped::Gone);
        let helper = Pid::from_raw(helper.parse().unwrap());
        assert!(ends(helper), "the helper {helper} lives");
    }

    #[test]
    fn a_helper_that_holds_the_pipes_open_does_not_hide_the_end() {
        let mut child = shell("sleep 1000 & echo $!");
        let Step::Line(helper) = child.step(AMPLE).unwrap() else {
            panic!("no line")
        };

        assert!(matches!(child.step(AMPLE).unwrap(), Step::Ended(status) if status.success()));
        assert!(ends(Pid::from_raw(helper.parse().unwrap())));
    }

    #[test]
    fn a_child_that_talks_without_end_is_still_late() {
        let mut child = shell("while :; do echo never ends; done >&2");
        assert!(matches!(child.step(Duration::from_millis(100)).unwrap(), Step::Late));
    }

    #[test]
    fn long_lines_are_cut_and_a_talker_has_to_wait() {
        let (mut lines, talk) = (Lines::default(), [vec![b'x'; 5000], b"\ny".repeat(100_000)].concat());
        let mut pipe = Some(talk.as_slice());

        lines.take_from(&mut pipe);
        assert_eq!(lines.whole[0].len(), LINE_BYTES_MAX);
        assert!(
            lines.whole.len() < LINES_MAX + 4096,
            "{} lines are kept",
            lines.whole.len()
        );

        let mut heard = 0;
        while pipe.is_some() || !lines.whole.is_empty() {
            heard += lines.whole.drain(..).count();
            lines.take_from(&mut pipe);
        }
        assert_eq!(heard, 100_000, "lines were lost");
    }

    /// An orphan is reaped by another; as a zombie it has ended too.
    fn ends(pid: Pid) -> bool {
        let stat = format!("/proc/{pid}/stat");
        (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z"))
        })
    }
}
