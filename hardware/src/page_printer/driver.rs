//! A page printer behind a print service.
//!
//! ```text
//! look ─ fault ─▶ untouched
//!   └ Print-Job ─┬ answered ────────────────▶ followed ─┬ completed ─▶ out
//!                ├ refused ──▶ untouched          ▲      ├ cancelled or given up there ─▶ untouched, torn
//!                └ no answer: looked for by name ─┘      ├ a fault that lasts, too long ─▶ taken back ─▶ as above
//!                             └ not there ▶ untouched    └ service lost ─▶ unknown
//! ```

use std::thread::sleep;
use std::time::{Duration, Instant};

use ipp::model::{JobState, StatusCode};
use tracing::{info, warn};

use super::service::{NoAnswer, Service, ServiceJob};
use super::state::{JobStands, PrinterStands};
use super::{Document, NotPrinted, PagePrinter, PagePrinterFault, PrinterUrl, a4};
use crate::printer::Paper;

/// All of [`PagePrinter::print`], with the answers that are waited for.
pub const PAGE_SECS_MAX: u64 = 180;

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A job is followed. A laser printer that slept warms up for half a minute.
    pub job: Duration,
    /// A fault may last within a job before it is taken back: a service says "connecting" at the start of each.
    pub fault: Duration,
    /// A job that was taken back may take to end.
    pub cancel: Duration,
    /// CUPS learns how its printer is by printing alone, so a fault that ended a job is believed so long and then tried.
    pub believed: Duration,
}

impl Patience {
    pub const USUAL: Self = Self {
        job: Duration::from_secs(120),
        fault: Duration::from_secs(10),
        cancel: Duration::from_secs(10),
        believed: Duration::from_secs(60),
    };
}

/// How often a job is asked about.
const ASK_EVERY: Duration = Duration::from_millis(400);
/// What names of our jobs begin with.
const OURS: &str = "mck-";

/// A page printer behind a print service. Nothing happens before its first use.
pub fn open(url: PrinterUrl) -> Box<dyn PagePrinter> {
    open_with(url, Patience::USUAL)
}

/// As [`open`], with another patience.
pub fn open_with(url: PrinterUrl, patience: Patience) -> Box<dyn PagePrinter> {
    Box::new(IppPrinter {
        service: Service::new(url),
        patience,
        failed_at: None,
        swept: false,
        told: None,
    })
}

struct IppPrinter {
    service: Service,
    patience: Patience,
    /// When a fault last ended a job.
    failed_at: Option<Instant>,
    /// Whether jobs that an earlier run left behind are taken back, since the service was last away.
    swept: bool,
    /// What was last said in the log, so that it is said once.
    told: Option<String>,
}

impl PagePrinter for IppPrinter {
    fn check(&mut self) -> Result<(), PagePrinterFault> {
        let told = self.service.printer();
        let answers = told.is_ok();
        let stands = match told {
            Ok(stands) if stands.tells_of_before() && !self.has_just_failed() => Ok(()),
            told => self.judge(told, false),
        };
        // Who does not answer is not asked for its jobs, too: each question waits for seconds.
        if answers && !self.swept {
            self.sweep();
        }
        stands
    }

    fn print(&mut self, document: &Document, beat: &mut dyn FnMut()) -> Result<(), NotPrinted> {
        let until = Instant::now() + self.patience.job;
        let pdf = a4::pdf(&document.title, &document.slip, document.made_at_unix).map_err(|error| {
            warn!(%error, "Pages cannot be drawn");
            NotPrinted::untouched(PagePrinterFault::Broken)
        })?;
        beat();
        self.check().map_err(NotPrinted::untouched)?;
        let job = self.send(&pdf)?;
        let ended = self.follow(job, until, beat);
        self.failed_at = ended.is_err().then(Instant::now);
        info!(result = ?ended, "Pages ended");
        ended
    }
}

impl IppPrinter {
    fn has_just_failed(&self) -> bool {
        self.failed_at.is_some_and(|at| at.elapsed() < self.patience.believed)
    }

    fn judge(&mut self, told: Result<PrinterStands, NoAnswer>, job_stopped: bool) -> Result<(), PagePrinterFault> {
        match told {
            Ok(stands) => {
                self.told = None;
                stands.fault(job_stopped).map_or(Ok(()), Err)
            }
            Err(error) => Err(self.fault_of(error)),
        }
    }

    fn fault_of(&mut self, error: NoAnswer) -> PagePrinterFault {
        let said = error.to_string();
        if self.told.as_ref() != Some(&said) {
            warn!(error = %said, "Print service");
            self.told = Some(said);
        }
        self.swept = false;
        match error {
            NoAnswer::NotThere | NoAnswer::Lost(_) => PagePrinterFault::Unreachable,
            NoAnswer::Garbled(_) => PagePrinterFault::Garbled,
            NoAnswer::Http(401 | 403 | 426) => PagePrinterFault::Unsuited,
            NoAnswer::Http(_) => PagePrinterFault::Garbled,
            NoAnswer::Status(status) => fault_of_status(status),
        }
    }

    /// Nothing of an earlier visit may come out when the printer is mended.
    fn sweep(&mut self) {
        let jobs = match self.service.jobs(false) {
            Ok(jobs) => jobs,
            Err(error) => return warn!(%error, "Jobs left behind cannot be looked for"),
        };
        self.swept = true;
        for (job, _) in jobs.iter().filter(|(_, name)| name.starts_with(OURS)) {
            match self.service.cancel(*job) {
                Ok(()) => info!("A job left behind is taken back"),
                Err(error) => {
                    warn!(%error, "A job left behind cannot be taken back");
                    self.swept = false;
                }
            }
        }
    }

    fn send(&mut self, pdf: &[u8]) -> Result<ServiceJob, NotPrinted> {
        let name = fresh_name();
        let error = match self.service.print(&name, pdf) {
            Ok(job) => return Ok(job),
            Err(error) => error,
        };
        let may_be_there = match &error {
            NoAnswer::NotThere | NoAnswer::Http(_) | NoAnswer::Status(_) => false,
            NoAnswer::Lost(_) | NoAnswer::Garbled(_) => true,
        };
        let fault = self.fault_of(error);
        if !may_be_there {
            return Err(NotPrinted::untouched(fault));
        }
        // It may have been taken, and only the answer was lost.
        match self.find(&name) {
            Ok(Some(job)) => Ok(job),
            Ok(None) => Err(NotPrinted::untouched(fault)),
            Err(_) => Err(NotPrinted {
                fault,
                paper: Paper::Unknown,
            }),
        }
    }

    fn find(&self, name: &str) -> Result<Option<ServiceJob>, NoAnswer> {
        for ended in [false, true] {
            let jobs = self.service.jobs(ended)?;
            if let Some((job, _)) = jobs.into_iter().find(|(_, of)| of == name) {
                return Ok(Some(job));
            }
        }
        Ok(None)
    }

    fn follow(&mut self, job: ServiceJob, until: Instant, beat: &mut dyn FnMut()) -> Result<(), NotPrinted> {
        let mut fault_since: Option<Instant> = None;
        let mut fault = PagePrinterFault::Broken;
        loop {
            beat();
            let now = match self.service.job(job) {
                Ok(stands) => match ended(stands, fault) {
                    Some(ended) => return ended,
                    None => {
                        let told = self.service.printer();
                        self.judge(told, stands.state == JobState::ProcessingStopped)
                    }
                },
                Err(error) => Err(self.fault_of(error)),
            };
            match now {
                Ok(()) => fault_since = None,
                Err(now) => {
                    fault = now;
                    fault_since.get_or_insert_with(Instant::now);
                }
            }
            let lasts = fault_since.is_some_and(|since| since.elapsed() >= self.patience.fault);
            if lasts || Instant::now() >= until {
                return self.take_back(job, fault, beat);
            }
            sleep(ASK_EVERY);
        }
    }

    /// It may come out meanwhile: only its end counts.
    fn take_back(
        &mut self,
        job: ServiceJob,
        fault: PagePrinterFault,
        beat: &mut dyn FnMut(),
    ) -> Result<(), NotPrinted> {
        let until = Instant::now() + self.patience.cancel;
        // Whatever does not go now goes when the service is there again.
        self.swept = false;
        if let Err(error) = self.service.cancel(job) {
            warn!(%error, "A job cannot be taken back");
        }
        while Instant::now() < until {
            beat();
            if let Some(ended) = self.service.job(job).ok().and_then(|stands| ended(stands, fault)) {
                return ended;
            }
            sleep(ASK_EVERY);
        }
        let paper = Paper::Unknown;
        Err(NotPrinted { fault, paper })
    }
}

/// `None`: it goes on.
fn ended(stands: JobStands, fault: PagePrinterFault) -> Option<Result<(), NotPrinted>> {
    match stands.state {
        JobState::Completed => Some(Ok(())),
        JobState::Canceled | JobState::Aborted => {
            let paper = if stands.impressions > 0 {
                Paper::Torn
            } else {
                Paper::Untouched
            };
            Some(Err(NotPrinted { fault, paper }))
        }
        JobState::Pending | JobState::PendingHeld | JobState::Processing | JobState::ProcessingStopped => None,
    }
}

fn fault_of_status(status: StatusCode) -> PagePrinterFault {
    let one_of = |those: &[StatusCode]| those.contains(&status);
    if one_of(&[StatusCode::ServerErrorNotAcceptingJobs]) {
        PagePrinterFault::Stopped
    } else if one_of(&[
        StatusCode::ServerErrorBusy,
        StatusCode::ServerErrorServiceUnavailable,
        StatusCode::ServerErrorTemporaryError,
        StatusCode::ClientErrorNotFound,
        StatusCode::ClientErrorGone,
    ]) {
        PagePrinterFault::Unreachable
    } else if one_of(&[
        StatusCode::ClientErrorForbidden,
        StatusCode::ClientErrorNotAuthenticated,
        StatusCode::ClientErrorNotAuthorized,
        StatusCode::ClientErrorDocumentFormatNotSupported,
    ]) {
        PagePrinterFault::Unsuited
    } else if one_of(&[StatusCode::UnknownStatusCode]) {
        PagePrinterFault::Garbled
    } else {
        PagePrinterFault::Broken
    }
}

/// Found again by it if the answer is lost; says nothing of whose it is.
fn fresh_name() -> String {
    let mut number = [0; 8];
    // Without chance it is the time: two jobs are never begun at once.
    if getrandom::fill(&mut number).is_err() {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        number = u64::try_from(now.unwrap_or_default().as_nanos())
            .unwrap_or_default()
            .to_be_bytes();
    }
    format!("{OURS}{:016x}", u64::from_be_bytes(number))
}
