//! Programs that read a page for us, as child processes behind everything else: one thread, scheduled only
//! when the processor and the disk are idle, the first to go when memory is short, ended with all they started when they are
//! cancelled, take too long, or when the thread that waits for them ends. The page goes in through a pipe and the
//! answer comes out through one: nothing touches a disk.

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

mod child;

pub(super) use self::child::{Ended, Limits};

/// Puts a process behind all others and becomes the program: idle class of scheduling (5 in sched(7)) and of
/// I/O, the least share where these do not hold, the first to go when memory is short, at most 1 GiB of it. Where
/// the system forbids one of these to us, the program still runs.
const BEHIND_ALL: &str = "{ renice -n 19 -p $$; chrt --idle -p 0 $$; ionice -c 3 -p $$; choom -n 1000 -p $$; \
    prlimit --as=1073741824 --pid $$; } >&2; exec \"$0\" \"$@\"";
/// What a shell ends with when the program is not there.
const NOT_FOUND: i32 = 127;

/// Stops a reading from another thread. Clones stop the same reading; one that is stopped stays so.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The program, which the kernel ends with the thread that started it, and which runs only when nothing
/// else wants to.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--", "/bin/sh", "-c", BEHIND_ALL])
        .arg(program)
        // One page is read in one thread; more would only wait for each other.
        .env("OMP_THREAD_LIMIT", "1")
        .env("LC_ALL", "C");
    command
}

/// Runs what [`command`] made on `input`.
pub(super) fn run(command: Command, input: &[u8], limits: &Limits, cancel: &Cancel) -> io::Result<Ended> {
    let ended = child::run(command, input, limits, &|| cancel.is_cancelled())?;
    Ok(match ended {
        Ended::Failed(status) if status.code() == Some(NOT_FOUND) => Ended::Missing,
        other @ (Ended::Answer(_)
        | Ended::Missing
        | Ended::Failed(_)
        | Ended::Late
        | Ended::Unwanted
        | Ended::TooLong) => other,
    })
}
