use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::store::StoreError;

/// How long a folder may still be held by a kiosk that has just died: a child that it was starting keeps what was
/// open until it runs its own program.
const PATIENCE: Duration = Duration::from_secs(1);
const BETWEEN: Duration = Duration::from_millis(10);

/// One kiosk a data folder. Let go of when it is dropped; the system does it when the process dies.
pub(super) struct Lock(File);

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join("lock"))
            .map_err(StoreError::file("Cannot open the lock of the data folder"))?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(BETWEEN),
                Err(TryLockError::WouldBlock) => return Err(StoreError::Locked),
                Err(TryLockError::Error(error)) => {
                    return Err(StoreError::file("Cannot lock the data folder")(error));
                }
            }
        }
    }
}

impl Drop for Lock {
    /// Closing would not do: the lock belongs to the open file (flock(2)), which a child that is just being started
    /// has inherited.
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "Cannot unlock the data folder");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_inherited_the_file_does_not_hold_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let inherited = lock.0.try_clone().unwrap();
        drop(lock);
        Lock::take(folder.path()).unwrap();
        drop(inherited);
    }

    #[test]
    fn a_folder_that_is_let_go_of_soon_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let dying = thread::spawn(move || {
            thread::sleep(PATIENCE / 5);
            drop(lock);
        });
        Lock::take(folder.path()).unwrap();
        dying.join().unwrap();
    }
}
