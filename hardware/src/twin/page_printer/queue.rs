//! Jobs and paper of the virtual page printer, in files: a job is `queue/ID-NAME.pdf` until it is `papers/N.pdf`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ipp::model::JobState;

use super::PageFault;

/// How long a sheet takes; a real one takes longer.
const SHEET_TAKES: Duration = Duration::from_millis(1_200);
/// Jobs that have ended are remembered so far.
const ENDED_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub id: i32,
    pub name: String,
    pub state: JobState,
    pub impressions: i32,
    /// When it began, or went on.
    since: Option<Instant>,
}

impl Job {
    pub fn has_ended(&self) -> bool {
        match self.state {
            JobState::Completed | JobState::Canceled | JobState::Aborted => true,
            JobState::Pending | JobState::PendingHeld | JobState::Processing | JobState::ProcessingStopped => false,
        }
    }

    fn file(&self) -> String {
        format!("{}-{}.pdf", self.id, self.name)
    }
}

pub(super) struct Queue {
    folder: PathBuf,
    jobs: Vec<Job>,
    fault: Option<PageFault>,
    /// Strikes when the next job has begun.
    lies_in_wait: Option<PageFault>,
    out: u32,
}

impl Queue {
    pub fn open(folder: &Path) -> io::Result<Self> {
        let mut queue = Self {
            folder: folder.to_owned(),
            jobs: vec![],
            fault: None,
            lies_in_wait: None,
            out: 0,
        };
        for room in ["queue", "papers"] {
            fs::create_dir_all(folder.join(room))?;
        }
        queue.out = u32::try_from(fs::read_dir(folder.join("papers"))?.count()).unwrap_or(u32::MAX);
        for file in fs::read_dir(folder.join("queue"))? {
            let name = file?.file_name().to_string_lossy().into_owned();
            let job = name.strip_suffix(".pdf").and_then(|name| name.split_once('-'));
            if let Some((id, name)) = job.and_then(|(id, name)| Some((id.parse().ok()?, name.to_owned()))) {
                queue.jobs.push(waiting(id, name));
            }
        }
        queue.jobs.sort_by_key(|job| job.id);
        Ok(queue)
    }

    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    pub fn fault(&self) -> Option<PageFault> {
        self.fault
    }

    pub fn out(&self) -> u32 {
        self.out
    }

    pub fn paper(&self, n: u32) -> io::Result<Vec<u8>> {
        fs::read(self.folder.join("papers").join(format!("{n}.pdf")))
    }

    pub fn set_fault(&mut self, fault: Option<PageFault>, at_next_job: bool, now: Instant) {
        (self.fault, self.lies_in_wait) = if at_next_job { (None, fault) } else { (fault, None) };
        for job in &mut self.jobs {
            job.since = job.since.map(|_| now);
        }
    }

    /// Whether nothing moves.
    pub fn stopped(&self) -> bool {
        match self.fault {
            Some(
                PageFault::OutOfPaper | PageFault::Jam | PageFault::CoverOpen | PageFault::NoToner | PageFault::Paused,
            ) => true,
            Some(PageFault::Unplugged | PageFault::Silent | PageFault::Garbage | PageFault::LoseAnswer) | None => false,
        }
    }

    pub fn take(&mut self, name: &str, document: &[u8], now: Instant) -> io::Result<i32> {
        let id = self.jobs.last().map_or(1, |job| job.id + 1);
        let name: String = name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(60)
            .collect();
        let job = waiting(id, name);
        fs::write(self.folder.join("queue").join(job.file()), document)?;
        self.jobs.push(job);
        let ended = self.jobs.iter().filter(|job| job.has_ended()).count();
        if ended > ENDED_MAX && self.jobs[0].has_ended() {
            self.jobs.remove(0);
        }
        self.advance(now)?;
        Ok(id)
    }

    pub fn cancel(&mut self, id: i32) -> io::Result<bool> {
        let Some(job) = self.jobs.iter_mut().find(|job| job.id == id && !job.has_ended()) else {
            return Ok(false);
        };
        job.state = JobState::Canceled;
        fs::remove_file(self.folder.join("queue").join(job.file()))?;
        Ok(true)
    }

    /// Prints what was due by `now`.
    pub fn advance(&mut self, now: Instant) -> io::Result<()> {
        let stopped = self.stopped();
        let Some(job) = self.jobs.iter_mut().find(|job| !job.has_ended()) else {
            return Ok(());
        };
        if stopped {
            if job.state == JobState::Processing {
                job.state = JobState::ProcessingStopped;
                job.impressions = i32::from(self.fault == Some(PageFault::Jam));
            }
            return Ok(());
        }
        let since = *job.since.get_or_insert(now);
        job.state = JobState::Processing;
        if let Some(fault) = self.lies_in_wait.take() {
            self.fault = Some(fault);
            return self.advance(now);
        }
        if now.duration_since(since) >= SHEET_TAKES {
            let paper = self.folder.join("papers").join(format!("{}.pdf", self.out + 1));
            fs::rename(self.folder.join("queue").join(job.file()), paper)?;
            job.state = JobState::Completed;
            job.impressions = 1;
            self.out += 1;
            return self.advance(now);
        }
        Ok(())
    }
}

fn waiting(id: i32, name: String) -> Job {
    Job {
        id,
        name,
        state: JobState::Pending,
        impressions: 0,
        since: None,
    }
}
