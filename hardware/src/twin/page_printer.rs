//! The virtual page printer: an IPP printer on loopback that keeps its queue and its paper in a folder, and can be broken
//! by hand.
//!
//! It stands at the wire: the real driver speaks HTTP and IPP to it. A printer that stays powered while the kiosk's program
//! dies goes on with its queue; so does this one, once the program is there again.

mod queue;

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::{IppParseError, IppParser};
use ipp::prelude::*;
use ipp::reader::IppReader;
use ipp::value::IppValue;
use serde::{Deserialize, Serialize};

use self::queue::{Job, Queue};
use super::http::server::{self, Listening};
use super::http::{Answer, Request, Response};
use crate::page_printer::PrinterUrl;
use crate::page_printer::state::word;

/// Longer documents are refused, in bytes: a form of some pages has 100 KB.
const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// What can be wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageFault {
    OutOfPaper,
    /// The sheet in it is half out.
    Jam,
    CoverOpen,
    NoToner,
    /// Somebody pressed its pause button.
    Paused,
    /// Connections are closed without a word.
    Unplugged,
    /// It hears and never answers.
    Silent,
    /// Something else answers in its place.
    Garbage,
    /// It takes a job and its answer is lost.
    LoseAnswer,
}

/// A handle to the printer; it ends with the last one.
#[derive(Clone)]
pub struct VirtualPagePrinter {
    url: PrinterUrl,
    device: Arc<Device>,
    _listening: Arc<Listening>,
}

struct Device(Mutex<Queue>);

impl VirtualPagePrinter {
    /// The printer whose things are kept in `folder`, on a free port of loopback.
    ///
    /// # Errors
    /// The folder cannot be used, or no port or thread can be had.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let device = Arc::new(Device(Mutex::new(Queue::open(folder)?)));
        let listener = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("ipp://{}/ipp/print", listener.local_addr()?);
        Ok(Self {
            url: PrinterUrl::try_from(url).map_err(io::Error::other)?,
            _listening: Arc::new(Listening::begin(listener, Arc::clone(&device))?),
            device,
        })
    }

    /// Where the real driver finds it.
    pub fn url(&self) -> PrinterUrl {
        self.url.clone()
    }

    /// `at_next_job`: it strikes when the next job has begun.
    pub fn set_fault(&self, fault: Option<PageFault>, at_next_job: bool) {
        self.device.queue().set_fault(fault, at_next_job, Instant::now());
    }

    pub fn fault(&self) -> Option<PageFault> {
        self.device.queue().fault()
    }

    /// Papers that came out, counted from 1: each is a PDF.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn papers(&self) -> io::Result<u32> {
        let mut queue = self.device.queue();
        queue.advance(Instant::now())?;
        Ok(queue.out())
    }

    /// # Errors
    /// There is no such paper, or it cannot be read.
    pub fn paper(&self, n: u32) -> io::Result<Vec<u8>> {
        self.device.queue().paper(n)
    }

    /// Jobs that are not out and not given up.
    pub fn waiting(&self) -> usize {
        self.device.queue().jobs().filter(|job| !job.has_ended()).count()
    }
}

impl server::Device for Device {
    const BODY_BYTES_MAX: usize = DOCUMENT_BYTES_MAX;

    fn answer(&self, request: &Request) -> io::Result<Answer> {
        let fault = self.queue().fault();
        match fault {
            Some(PageFault::Unplugged) => return Ok(Answer::Closed),
            Some(PageFault::Silent) => return Ok(Answer::Silence),
            Some(PageFault::Garbage) => return Ok(whole(b"<html><h1>It works!</h1>".to_vec())),
            Some(_) | None => {}
        }
        let parsed = IppParser::new(IppReader::new(io::Cursor::new(request.body.clone()))).parse();
        let Ok(mut asked) = parsed else {
            return Ok(whole(b"".to_vec()));
        };
        let mut document = vec![];
        io::Read::read_to_end(asked.payload_mut(), &mut document)?;
        let answer = self.act(&asked, &document)?.map_err(io::Error::other)?;
        let taken = i32::from(asked.header().operation_or_status) == Operation::PrintJob as i32;
        if taken && fault == Some(PageFault::LoseAnswer) {
            return Ok(Answer::Closed);
        }
        Ok(whole(answer.to_bytes().to_vec()))
    }
}

fn whole(body: Vec<u8>) -> Answer {
    Answer::Whole(Response::ipp(body))
}

impl Device {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act(
        &self,
        asked: &IppRequestResponse,
        document: &[u8],
    ) -> io::Result<Result<IppRequestResponse, IppParseError>> {
        let mut queue = self.queue();
        queue.advance(Instant::now())?;
        let operation = Operation::from_i32(i32::from(asked.header().operation_or_status));
        let about = asked.attributes().first_of(DelimiterTag::OperationAttributes);
        let id = about.and_then(|group| Some(*group.get("job-id")?.value().as_integer()?));
        Ok(match operation {
            Some(Operation::GetPrinterAttributes) => printer(asked, &queue),
            Some(Operation::PrintJob) => {
                let name = about.and_then(|group| text(group, "job-name")).unwrap_or_default();
                let id = queue.take(&name, document, Instant::now())?;
                jobs(asked, queue.jobs().filter(|job| job.id == id))
            }
            Some(Operation::GetJobAttributes) => match id.and_then(|id| queue.jobs().find(|job| job.id == id)) {
                Some(job) => jobs(asked, std::iter::once(job)),
                None => status(asked, StatusCode::ClientErrorNotFound),
            },
            Some(Operation::CancelJob) => match id {
                Some(id) if queue.cancel(id)? => status(asked, StatusCode::SuccessfulOk),
                Some(_) | None => status(asked, StatusCode::ClientErrorNotPossible),
            },
            Some(Operation::GetJobs) => {
                let ended = about.and_then(|group| text(group, "which-jobs")).as_deref() == Some("completed");
                jobs(asked, queue.jobs().filter(|job| job.has_ended() == ended))
            }
            Some(_) | None => status(asked, StatusCode::ServerErrorOperationNotSupported),
        })
    }
}

fn text(group: &IppAttributeGroup, name: &str) -> Option<String> {
    word(group.get(name)?.value()).map(str::to_owned)
}

fn status(asked: &IppRequestResponse, status: StatusCode) -> Result<IppRequestResponse, IppParseError> {
    IppRequestResponse::new_response(IppVersion::v2_0(), status, asked.header().request_id)
}

fn printer(asked: &IppRequestResponse, queue: &Queue) -> Result<IppRequestResponse, IppParseError> {
    let mut answer = status(asked, StatusCode::SuccessfulOk)?;
    let state = match (queue.stopped(), queue.jobs().any(|job| !job.has_ended())) {
        (true, _) => PrinterState::Stopped,
        (false, true) => PrinterState::Processing,
        (false, false) => PrinterState::Idle,
    };
    let reason = match queue.fault() {
        Some(PageFault::OutOfPaper) => "media-empty-error",
        Some(PageFault::Jam) => "media-jam-error",
        Some(PageFault::CoverOpen) => "cover-open-error",
        Some(PageFault::NoToner) => "toner-empty-error",
        Some(PageFault::Paused) => "paused",
        Some(PageFault::Unplugged | PageFault::Silent | PageFault::Garbage | PageFault::LoseAnswer) | None => "none",
    };
    let formats = ["application/pdf", "application/octet-stream"].map(IppValue::new_mime_media_type);
    let formats: Result<Vec<_>, _> = formats.into_iter().collect();
    for (name, value) in [
        ("printer-state", IppValue::new_enum(state as i32)?),
        ("printer-state-reasons", IppValue::new_keyword(reason)?),
        ("printer-is-accepting-jobs", IppValue::new_boolean(true)),
        ("document-format-supported", IppValue::Array(formats?)),
    ] {
        let attribute = IppAttribute::with_name(name, value)?;
        answer.attributes_mut().add(DelimiterTag::PrinterAttributes, attribute);
    }
    Ok(answer)
}

fn jobs<'a>(
    asked: &IppRequestResponse,
    told: impl Iterator<Item = &'a Job>,
) -> Result<IppRequestResponse, IppParseError> {
    let mut answer = status(asked, StatusCode::SuccessfulOk)?;
    for job in told {
        let mut group = IppAttributeGroup::new(DelimiterTag::JobAttributes);
        for (name, value) in [
            ("job-id", IppValue::new_integer(job.id)),
            ("job-name", IppValue::new_name_without_language(job.name.clone())?),
            ("job-state", IppValue::new_enum(job.state as i32)?),
            ("job-impressions-completed", IppValue::new_integer(job.impressions)),
        ] {
            group.attributes_mut().push(IppAttribute::with_name(name, value)?);
        }
        answer.attributes_mut().groups_mut().push(group);
    }
    Ok(answer)
}
