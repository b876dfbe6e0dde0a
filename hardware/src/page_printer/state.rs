//! What a print service says of its printer and of a job, and what it means.

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::JobState;
use ipp::prelude::*;
use ipp::value::IppValue;

use super::PagePrinterFault;

const PDF: &str = "application/pdf";
const IDLE: i32 = PrinterState::Idle as i32;
const STOPPED: i32 = PrinterState::Stopped as i32;

/// The printer behind a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrinterStands {
    stopped: bool,
    idle: bool,
    /// This is CUPS: it learns how its printer is while it prints, and remembers it until it prints again.
    remembers: bool,
    accepts: bool,
    takes_pdf: bool,
    reasons: Vec<String>,
}

impl PrinterStands {
    pub const ASKED: [&'static str; 5] = [
        "cups-version",
        "printer-state",
        "printer-state-reasons",
        "printer-is-accepting-jobs",
        "document-format-supported",
    ];

    /// `None`: this is not what a printer says.
    pub fn of(group: &IppAttributeGroup) -> Option<Self> {
        let state = integer(group, "printer-state")?;
        Some(Self {
            stopped: state == STOPPED,
            idle: state == IDLE,
            remembers: group.get("cups-version").is_some(),
            accepts: group
                .get("printer-is-accepting-jobs")
                .is_none_or(|told| told.value().as_boolean() != Some(&false)),
            takes_pdf: words(group, "document-format-supported")
                .iter()
                .any(|format| format == PDF),
            reasons: words(group, "printer-state-reasons"),
        })
    }

    /// Whether its faults are those of the last job, which may have been mended long ago.
    pub fn tells_of_before(&self) -> bool {
        self.remembers && self.idle && self.accepts && self.takes_pdf
    }

    /// Why a page would not come out. A job of ours that is held up makes warnings count, too.
    pub fn fault(&self, job_stopped: bool) -> Option<PagePrinterFault> {
        let held = self.stopped || job_stopped;
        let told = self
            .reasons
            .iter()
            .filter_map(|reason| fault_of(reason, held))
            .min_by_key(rank);
        match told {
            Some(fault) => Some(fault),
            None if !self.takes_pdf => Some(PagePrinterFault::Unsuited),
            None if self.stopped || !self.accepts => Some(PagePrinterFault::Stopped),
            None => None,
        }
    }
}

/// A keyword of `printer-state-reasons` (RFC 8011, 5.4.12): what it is about, and behind a dash how bad it is.
fn fault_of(reason: &str, held: bool) -> Option<PagePrinterFault> {
    let (about, error) = match reason.rsplit_once('-') {
        Some((about, "error")) => (about, Some(true)),
        Some((about, "warning" | "report")) => (about, Some(false)),
        Some(_) | None => (reason, None),
    };
    let fault = match about {
        // CUPS only reports it, and yet nothing comes out.
        "offline" | "connecting-to-device" | "timed-out" | "shutdown" => return Some(PagePrinterFault::Unreachable),
        "media-empty" | "media-needed" | "input-tray-missing" => PagePrinterFault::OutOfPaper,
        "media-jam" | "output-area-full" => PagePrinterFault::Jammed,
        "cover-open" | "door-open" | "interlock-open" => PagePrinterFault::CoverOpen,
        "toner-empty" | "marker-supply-empty" | "developer-empty" => PagePrinterFault::OutOfToner,
        "paused" | "moving-to-paused" | "stopping" => PagePrinterFault::Stopped,
        _ if error == Some(true) => PagePrinterFault::Broken,
        _ => return None,
    };
    (held || error != Some(false)).then_some(fault)
}

/// What a person can mend is said before what only a technician can, and a cause before its effect.
fn rank(fault: &PagePrinterFault) -> u8 {
    match fault {
        PagePrinterFault::CoverOpen => 0,
        PagePrinterFault::Jammed => 1,
        PagePrinterFault::OutOfPaper => 2,
        PagePrinterFault::OutOfToner => 3,
        PagePrinterFault::Unreachable => 4,
        PagePrinterFault::Broken => 5,
        PagePrinterFault::Stopped => 6,
        PagePrinterFault::Unsuited => 7,
        PagePrinterFault::Garbled => 8,
    }
}

/// A job of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobStands {
    pub state: JobState,
    /// Sides that are out, as far as the service knows.
    pub impressions: i32,
}

impl JobStands {
    pub const ASKED: [&'static str; 3] = ["job-state", "job-impressions-completed", "job-media-sheets-completed"];

    pub fn of(group: &IppAttributeGroup) -> Option<Self> {
        let state = JobState::from_i32(integer(group, "job-state")?)?;
        let out = Self::ASKED[1..].iter().filter_map(|name| integer(group, name)).max();
        Some(Self {
            state,
            impressions: out.unwrap_or(0),
        })
    }
}

pub fn integer(group: &IppAttributeGroup, name: &str) -> Option<i32> {
    let value = group.get(name)?.value();
    value.as_integer().or_else(|| value.as_enum()).copied()
}

/// One word or several.
pub fn words(group: &IppAttributeGroup, name: &str) -> Vec<String> {
    let Some(told) = group.get(name).map(IppAttribute::value) else {
        return vec![];
    };
    let values = told.as_array().map_or(std::slice::from_ref(told), Vec::as_slice);
    values
        .iter()
        .filter_map(|value| word(value).map(str::to_owned))
        .collect()
}

pub fn word(value: &IppValue) -> Option<&str> {
    let keyword = value.as_keyword().map(|word| word.as_str());
    let name = || value.as_name_without_language().map(|word| word.as_str());
    let in_a_language = || value.as_name_with_language().map(|(_, word)| word.as_str());
    let format = || value.as_mime_media_type().map(|word| word.as_str());
    keyword.or_else(name).or_else(in_a_language).or_else(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(stopped: bool, reasons: &[&str]) -> PrinterStands {
        PrinterStands {
            stopped,
            idle: !stopped,
            remembers: false,
            accepts: true,
            takes_pdf: true,
            reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        }
    }

    #[test]
    fn what_stops_a_page_is_told_from_what_is_only_reported() {
        let fault = |stopped, reasons: &[&str]| stands(stopped, reasons).fault(false);
        assert_eq!(fault(false, &["none"]), None);
        assert_eq!(fault(false, &["media-low-warning", "toner-low-report"]), None);
        assert_eq!(fault(false, &["media-empty-warning"]), None, "one tray of two");
        assert_eq!(fault(false, &["media-empty-error"]), Some(PagePrinterFault::OutOfPaper));
        assert_eq!(fault(false, &["media-empty"]), Some(PagePrinterFault::OutOfPaper));
        assert_eq!(
            fault(true, &["media-empty-warning"]),
            Some(PagePrinterFault::OutOfPaper)
        );
        assert_eq!(
            stands(false, &["media-empty-warning"]).fault(true),
            Some(PagePrinterFault::OutOfPaper)
        );
        assert_eq!(fault(false, &["offline-report"]), Some(PagePrinterFault::Unreachable));
        assert_eq!(
            fault(true, &["paused", "media-jam-error"]),
            Some(PagePrinterFault::Jammed)
        );
        assert_eq!(fault(true, &["paused"]), Some(PagePrinterFault::Stopped));
        assert_eq!(fault(true, &[]), Some(PagePrinterFault::Stopped));
        assert_eq!(fault(false, &["fuser-over-temp-error"]), Some(PagePrinterFault::Broken));
        assert_eq!(fault(false, &["cups-missing-filter-warning", "-", ""]), None);
    }

    #[test]
    fn what_cups_says_while_nothing_prints_is_what_it_heard_before() {
        let cups = |stopped| PrinterStands {
            remembers: true,
            ..stands(stopped, &["media-empty-error"])
        };
        assert!(cups(false).tells_of_before());
        assert!(!cups(true).tells_of_before(), "stopped, it will not try by itself");
        assert!(
            !stands(false, &["media-empty-error"]).tells_of_before(),
            "a printer speaks for itself"
        );
        assert!(
            !PrinterStands {
                idle: false,
                ..cups(false)
            }
            .tells_of_before(),
            "at a job"
        );
    }

    #[test]
    fn a_queue_that_takes_no_pdf_or_no_jobs_is_not_sent_any() {
        let no_pdf = PrinterStands {
            takes_pdf: false,
            ..stands(false, &["none"])
        };
        assert_eq!(no_pdf.fault(false), Some(PagePrinterFault::Unsuited));
        let closed = PrinterStands {
            accepts: false,
            ..stands(false, &[])
        };
        assert_eq!(closed.fault(false), Some(PagePrinterFault::Stopped));
    }
}
