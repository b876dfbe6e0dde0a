//! One question to the print service, and its answer: IPP in HTTP, with limits.

use std::io::Cursor;
use std::time::Duration;

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::{IppParseError, IppParser};
use ipp::prelude::*;
use ipp::reader::IppReader;
use ipp::value::IppValue;
use ureq::Agent;

use super::state::{JobStands, PrinterStands, integer, words};
use super::url::PrinterUrl;

/// A print service on this machine answers at once, or it is stuck.
const ANSWER_SECS_MAX: u64 = 8;
/// CUPS says all that it knows of a queue in 60 KiB; we ask for less.
const ANSWER_BYTES_MAX: u64 = 256 << 10;
/// Jobs that are looked through for ours.
const JOBS_MAX: i32 = 200;
/// Whom our jobs belong to, for the service.
const USER: &str = "mot-cua-kiosk";

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// Nothing of the question went out.
    #[error("no print service answers")]
    NotThere,
    /// It may have been heard.
    #[error("the print service was lost: {0}")]
    Lost(String),
    #[error("HTTP status {0}")]
    Http(u16),
    #[error("not IPP: {0}")]
    Garbled(String),
    #[error("{0}")]
    Status(StatusCode),
}

impl From<IppParseError> for NoAnswer {
    fn from(error: IppParseError) -> Self {
        Self::Garbled(error.to_string())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceJob(i32);

pub struct Service {
    url: PrinterUrl,
    agent: Agent,
}

impl Service {
    pub fn new(url: PrinterUrl) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(ANSWER_SECS_MAX)))
            // What the environment says of proxies is not for personal papers.
            .proxy(None)
            .max_redirects(0)
            .build();
        Self {
            url,
            agent: config.into(),
        }
    }

    pub fn printer(&self) -> Result<PrinterStands, NoAnswer> {
        let mut request = self.request(Operation::GetPrinterAttributes)?;
        ask_for(&mut request, &PrinterStands::ASKED)?;
        let answer = self.ask(&request, &[])?;
        group(&answer, DelimiterTag::PrinterAttributes)
            .and_then(PrinterStands::of)
            .ok_or_else(|| NoAnswer::Garbled("no state of a printer".into()))
    }

    /// One-sided, once, on A4.
    pub fn print(&self, name: &str, pdf: &[u8]) -> Result<ServiceJob, NoAnswer> {
        let mut request = self.request(Operation::PrintJob)?;
        say(&mut request, "job-name", IppValue::new_name_without_language(name)?)?;
        say(
            &mut request,
            "document-format",
            IppValue::new_mime_media_type("application/pdf")?,
        )?;
        for (key, value) in [
            ("copies", IppValue::new_integer(1)),
            ("media", IppValue::new_keyword("iso_a4_210x297mm")?),
            ("sides", IppValue::new_keyword("one-sided")?),
            // No sheet before it with a name of the service's choosing.
            ("job-sheets", IppValue::new_keyword("none")?),
        ] {
            let attributes = request.attributes_mut();
            attributes.add(DelimiterTag::JobAttributes, IppAttribute::with_name(key, value)?);
        }
        let answer = self.ask(&request, pdf)?;
        group(&answer, DelimiterTag::JobAttributes)
            .and_then(|job| integer(job, "job-id"))
            .map(ServiceJob)
            .ok_or_else(|| NoAnswer::Garbled("no id of a job".into()))
    }

    pub fn job(&self, job: ServiceJob) -> Result<JobStands, NoAnswer> {
        let mut request = self.request(Operation::GetJobAttributes)?;
        say(&mut request, "job-id", IppValue::new_integer(job.0))?;
        ask_for(&mut request, &JobStands::ASKED)?;
        let answer = self.ask(&request, &[])?;
        group(&answer, DelimiterTag::JobAttributes)
            .and_then(JobStands::of)
            .ok_or_else(|| NoAnswer::Garbled("no state of a job".into()))
    }

    pub fn cancel(&self, job: ServiceJob) -> Result<(), NoAnswer> {
        let mut request = self.request(Operation::CancelJob)?;
        say(&mut request, "job-id", IppValue::new_integer(job.0))?;
        self.ask(&request, &[]).map(drop)
    }

    /// Jobs of ours with their names; those that have ended, or the others.
    pub fn jobs(&self, ended: bool) -> Result<Vec<(ServiceJob, String)>, NoAnswer> {
        let mut request = self.request(Operation::GetJobs)?;
        let which = if ended { "completed" } else { "not-completed" };
        say(&mut request, "limit", IppValue::new_integer(JOBS_MAX))?;
        ask_for(&mut request, &["job-id", "job-name"])?;
        say(&mut request, "which-jobs", IppValue::new_keyword(which)?)?;
        say(&mut request, "my-jobs", IppValue::new_boolean(true))?;
        let answer = self.ask(&request, &[])?;
        let jobs = answer.attributes().groups_of(DelimiterTag::JobAttributes);
        Ok(jobs
            .filter_map(|job| Some((ServiceJob(integer(job, "job-id")?), words(job, "job-name").pop()?)))
            .collect())
    }

    fn request(&self, operation: Operation) -> Result<IppRequestResponse, IppParseError> {
        let mut request = IppRequestResponse::new(IppVersion::v2_0(), operation, Some(self.url.uri()))?;
        let user = IppValue::new_name_without_language(USER)?;
        say(&mut request, "requesting-user-name", user)?;
        Ok(request)
    }

    fn ask(&self, request: &IppRequestResponse, document: &[u8]) -> Result<IppRequestResponse, NoAnswer> {
        let body = [request.to_bytes().as_ref(), document].concat();
        let sent = self
            .agent
            .post(self.url.http())
            .content_type("application/ipp")
            .send(&body[..]);
        let mut answer = sent.map_err(no_answer)?;
        let bytes = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let bytes = bytes.map_err(|error| NoAnswer::Lost(error.to_string()))?;
        let parsed = IppParser::new(IppReader::new(Cursor::new(bytes))).parse()?;
        let status = parsed.header().status_code();
        if status.is_success() {
            Ok(parsed)
        } else {
            Err(NoAnswer::Status(status))
        }
    }
}

fn no_answer(error: ureq::Error) -> NoAnswer {
    use ureq::Error::{ConnectionFailed, HostNotFound, Io, Protocol, StatusCode};
    if let StatusCode(status) = error {
        return NoAnswer::Http(status);
    }
    let refused = matches!(&error, Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused);
    if refused || matches!(error, ConnectionFailed | HostNotFound) {
        NoAnswer::NotThere
    } else if matches!(error, Protocol(_)) {
        NoAnswer::Garbled(error.to_string())
    } else {
        NoAnswer::Lost(error.to_string())
    }
}

fn say(request: &mut IppRequestResponse, name: &str, value: IppValue) -> Result<(), IppParseError> {
    let attribute = IppAttribute::with_name(name, value)?;
    request
        .attributes_mut()
        .add(DelimiterTag::OperationAttributes, attribute);
    Ok(())
}

fn ask_for(request: &mut IppRequestResponse, names: &[&str]) -> Result<(), IppParseError> {
    let names: Result<Vec<_>, _> = names.iter().map(|name| IppValue::new_keyword(*name)).collect();
    say(request, "requested-attributes", IppValue::Array(names?))
}

fn group(answer: &IppRequestResponse, tag: DelimiterTag) -> Option<&IppAttributeGroup> {
    answer.attributes().first_of(tag)
}
