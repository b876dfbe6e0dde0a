//! The scanner behind the wire: its tray, its one job, and what it answers to each request.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage, imageops};
use jpeg_encoder::{ColorType, Encoder, PixelDensity, PixelDensityUnit};

use super::super::tray::{FeederFault, Planned, Tray};
use super::documents::{self, AdfState, JobInfo, JobState, ROOT, State};
use super::settings::{Colour, Refusal, ScanSettings, Source};
use crate::twin::http::server;
use crate::twin::http::{Answer, Request, Response, Status};

/// A job whose client stays away so long is given up; until then nobody else can scan.
const JOB_IDLE_MAX: Duration = Duration::from_secs(60);
/// A page takes so long at least: of one that comes faster than any real one `airscan` 0.99.27 may lose the whole job,
/// because it has ended before its client hears that it began.
const PAGE_TAKES: Duration = Duration::from_millis(400);
const JPEG_QUALITY: u8 = 95;
/// A JPEG of so many bytes has its tables and not a single row.
const JPEG_HEAD_BYTES: usize = 640;

pub(super) struct Device {
    tray: Tray,
    jobs: Mutex<Jobs>,
}

#[derive(Default)]
struct Jobs {
    made: u64,
    last: Option<Job>,
}

struct Job {
    uuid: String,
    settings: ScanSettings,
    pages: u32,
    state: JobState,
    touched: Instant,
}

/// A page, or what is answered in its place.
enum Page {
    Fed(Vec<u8>),
    Instead(Answer),
}

impl server::Device for Device {
    /// A `ScanSettings` has one to two kilobytes.
    const BODY_BYTES_MAX: usize = 64 << 10;

    fn answer(&self, request: &Request) -> io::Result<Answer> {
        match self.due()? {
            Some(FeederFault::Unplugged) => return Ok(Answer::Closed),
            Some(FeederFault::Crash) => return Ok(whole(Response::xml("<html><h1>500 <b>panic".to_owned()))),
            Some(_) | None => {}
        }

        let path: Vec<&str> = request.path.strip_prefix(ROOT).unwrap_or_default().split('/').collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["", "ScannerCapabilities"]) => Ok(whole(Response::xml(documents::capabilities()))),
            ("GET", ["", "ScannerStatus"]) => self.status(),
            ("POST", ["", "ScanJobs"]) => self.begin(request),
            ("GET", ["", "ScanJobs", uuid, "NextDocument"]) => self.next_document(uuid),
            ("DELETE", ["", "ScanJobs", uuid]) => Ok(self.cancel(uuid)),
            (_, ["", "ScannerCapabilities" | "ScannerStatus" | "ScanJobs"]) => Ok(empty(Status::MethodNotAllowed)),
            _ => Ok(empty(Status::NotFound)),
        }
    }

    /// The client left while it waited for a page: its job goes with it.
    fn left(&self) {
        if let Some(job) = &mut self.jobs().last {
            job.end(JobState::Canceled);
        }
    }
}

impl Device {
    pub fn new(tray: Tray) -> Self {
        Self {
            tray,
            jobs: Mutex::default(),
        }
    }

    /// The fault that strikes now.
    fn due(&self) -> io::Result<Option<FeederFault>> {
        let planned = self.tray.fault()?;
        Ok(planned
            .filter(|Planned { after_sheets, .. }| *after_sheets == 0)
            .map(|planned| planned.fault))
    }

    fn status(&self) -> io::Result<Answer> {
        let (due, empty) = (self.due()?, self.tray.sheets()?.is_empty());
        let mut jobs = self.jobs();
        let running = jobs.running().is_some();
        let info = jobs.last.as_ref().map(|job| JobInfo {
            uuid: job.uuid.clone(),
            pages: job.pages,
            state: job.state,
        });

        let feeder = match due {
            Some(FeederFault::Jam) => AdfState::Jam,
            Some(FeederFault::CoverOpen) => AdfState::DoorOpen,
            Some(FeederFault::Empty) => AdfState::Empty,
            Some(_) | None if empty => AdfState::Empty,
            Some(_) | None if running => AdfState::Processing,
            Some(_) | None => AdfState::Loaded,
        };
        let state = match (feeder, due) {
            (AdfState::Jam | AdfState::DoorOpen, _) => State::Stopped,
            (_, Some(FeederFault::Busy)) => State::Processing,
            (_, Some(_) | None) if running => State::Processing,
            (_, Some(_) | None) => State::Idle,
        };
        Ok(whole(Response::xml(documents::status(state, feeder, info.as_ref()))))
    }

    fn begin(&self, request: &Request) -> io::Result<Answer> {
        let settings = match ScanSettings::read(&request.body) {
            Ok(settings) => settings,
            Err(Refusal::Malformed) => return Ok(empty(Status::BadRequest)),
            Err(Refusal::Unsupported(element)) => {
                tracing::warn!(element, "Scan settings are not what the virtual scanner offers");
                return Ok(empty(Status::Conflict));
            }
        };
        match self.due()? {
            Some(FeederFault::Busy) => return Ok(empty(Status::ServiceUnavailable)),
            Some(FeederFault::CoverOpen | FeederFault::Jam | FeederFault::Empty)
                if settings.source == Source::Feeder =>
            {
                return Ok(empty(Status::Conflict));
            }
            Some(_) | None => {}
        }
        if settings.source == Source::Feeder && self.tray.sheets()?.is_empty() {
            return Ok(empty(Status::Conflict));
        }

        let mut jobs = self.jobs();
        if jobs.running().is_some() {
            return Ok(empty(Status::ServiceUnavailable));
        }
        jobs.made += 1;
        let uuid = format!("6d6f7463-7561-4b69-8f73-{:012x}", jobs.made);
        jobs.last = Some(Job {
            uuid: uuid.clone(),
            settings,
            pages: 0,
            state: JobState::Processing,
            touched: Instant::now(),
        });
        Ok(whole(Response {
            location: Some(format!("http://{}{ROOT}/ScanJobs/{uuid}", request.host)),
            ..Response::empty(Status::Created)
        }))
    }

    fn next_document(&self, uuid: &str) -> io::Result<Answer> {
        let mut jobs = self.jobs();
        let Some(job) = jobs.running().filter(|job| job.uuid == uuid) else {
            return Ok(empty(Status::NotFound));
        };
        let begun = Instant::now();
        job.touched = begun;

        let page = match job.settings.source {
            Source::Feeder => self.feed(job)?,
            Source::Platen => self.expose(job)?,
        };
        match page {
            Page::Fed(jpeg) => {
                job.pages += 1;
                std::thread::sleep(PAGE_TAKES.saturating_sub(begun.elapsed()));
                job.touched = Instant::now();
                Ok(whole(Response::jpeg(jpeg)))
            }
            Page::Instead(answer) => Ok(answer),
        }
    }

    fn feed(&self, job: &mut Job) -> io::Result<Page> {
        let fault = self.due()?;
        let instead = |job: &mut Job, state, answer| {
            job.end(state);
            Ok(Page::Instead(answer))
        };
        match fault {
            Some(FeederFault::Jam | FeederFault::CoverOpen) => {
                return instead(job, JobState::Aborted, empty(Status::Conflict));
            }
            Some(FeederFault::Busy) => return Ok(Page::Instead(empty(Status::ServiceUnavailable))),
            Some(FeederFault::Hang) => return Ok(Page::Instead(Answer::Silence)),
            Some(FeederFault::Empty) => return instead(job, JobState::Completed, empty(Status::NotFound)),
            Some(
                FeederFault::IoError
                | FeederFault::TornPage
                | FeederFault::HeaderOnly
                | FeederFault::Crash
                | FeederFault::Unplugged,
            )
            | None => {}
        }
        let Some(sheet) = self.tray.sheets()?.into_iter().next() else {
            return instead(job, JobState::Completed, empty(Status::NotFound));
        };

        let mut jpeg = expose(&self.tray.look_at(&sheet, job.settings.dpi)?, &job.settings)?;
        match fault {
            Some(FeederFault::IoError) => {
                return instead(job, JobState::Aborted, Answer::Cut(Response::jpeg(jpeg)));
            }
            Some(FeederFault::TornPage) => jpeg.truncate(jpeg.len() / 2),
            Some(FeederFault::HeaderOnly) => jpeg.truncate(JPEG_HEAD_BYTES),
            Some(_) | None => {}
        }
        self.tray.remove(&sheet)?;
        self.tray.count_sheet()?;
        Ok(Page::Fed(jpeg))
    }

    /// The glass: the first sheet lies on it and stays, and there is one page a job.
    fn expose(&self, job: &mut Job) -> io::Result<Page> {
        if job.pages > 0 {
            job.end(JobState::Completed);
            return Ok(Page::Instead(empty(Status::NotFound)));
        }
        let seen = match self.tray.sheets()?.first() {
            Some(sheet) => self.tray.look_at(sheet, job.settings.dpi)?,
            None => RgbImage::new(1, 1),
        };
        expose(&seen, &job.settings).map(Page::Fed)
    }

    fn cancel(&self, uuid: &str) -> Answer {
        match self.jobs().last.as_mut().filter(|job| job.uuid == uuid) {
            Some(job) => {
                job.end(JobState::Canceled);
                empty(Status::Ok)
            }
            None => empty(Status::NotFound),
        }
    }

    /// A request that panicked left nothing half done.
    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Jobs {
    fn running(&mut self) -> Option<&mut Job> {
        let job = self.last.as_mut()?;
        if job.touched.elapsed() > JOB_IDLE_MAX {
            job.end(JobState::Aborted);
        }
        (job.state == JobState::Processing).then_some(job)
    }
}

impl Job {
    /// What has ended stays ended as it did.
    fn end(&mut self, state: JobState) {
        if self.state == JobState::Processing {
            self.state = state;
        }
    }
}

/// The region asked for as a JPEG; where there is no paper, the lid is white.
fn expose(sheet: &RgbImage, settings: &ScanSettings) -> io::Result<Vec<u8>> {
    let px = |units: u32| (u64::from(units) * u64::from(settings.dpi)).div_ceil(300);
    let region = settings.region;
    let [width, height] = [region.width, region.height].map(px);
    let size = || io::Error::new(io::ErrorKind::InvalidData, "Region is too large for a JPEG");
    let (width, height) = (
        u16::try_from(width).map_err(|_| size())?,
        u16::try_from(height).map_err(|_| size())?,
    );

    let mut seen = RgbImage::from_pixel(width.into(), height.into(), Rgb([255; 3]));
    let [x, y] = [region.x, region.y].map(|offset| -i64::try_from(px(offset)).unwrap_or(i64::MAX));
    imageops::replace(&mut seen, sheet, x, y);

    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, JPEG_QUALITY);
    let dpi = u16::try_from(settings.dpi).map_err(|_| size())?;
    encoder.set_density(PixelDensity {
        density: (dpi, dpi),
        unit: PixelDensityUnit::Inches,
    });
    match settings.colour {
        Colour::Rgb24 => encoder.encode(seen.as_raw(), width, height, ColorType::Rgb),
        Colour::Grayscale8 => encoder.encode(imageops::grayscale(&seen).as_raw(), width, height, ColorType::Luma),
    }
    .map_err(io::Error::other)?;
    Ok(jpeg)
}

fn whole(response: Response) -> Answer {
    Answer::Whole(response)
}

fn empty(status: Status) -> Answer {
    Answer::Whole(Response::empty(status))
}
