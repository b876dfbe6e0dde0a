//! What `scanimage` says on standard error and by its exit code, and the fault it stands for.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Instant;

use tracing::warn;

use super::backend;
use crate::scanner::ScannerFault;

/// The few lines of standard error that mean something to us. They name the device, no person.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The fault for which the device could not be opened.
    pub open_failed: Option<ScannerFault>,
    /// The resolution the scanner took instead of the one asked for, in dots per inch.
    pub dpi: Option<u32>,
    /// The last complaint, for the log.
    pub complaint: Option<String>,
    /// The SANE status of the last page.
    status: Option<i32>,
    /// When it said that it takes no more pages. All that is left then is to let go of the device.
    pub over_at: Option<Instant>,
}

impl Said {
    pub fn hear(&mut self, line: &str) {
        if let Some((_, failed)) = line.split_once("open of device ") {
            self.open_failed = failed
                .rsplit_once(" failed: ")
                .map(|(device, reason)| could_not_open(device, reason.trim()));
        }
        if let Some((_, values)) = line.split_once("rounded value of resolution from ") {
            self.dpi = values.rsplit_once(" to ").and_then(|(_, value)| whole_number(value));
        }
        if line.starts_with("scanimage: ") {
            self.complaint = Some(line.to_owned());
        }
        if let Some((_, status)) = line.split_once("(scanner status = ") {
            self.status = status.strip_suffix(')').and_then(|status| status.parse().ok());
        }
        if line.starts_with("Batch terminated") {
            self.over_at = Some(Instant::now());
        }
    }

    /// How a scan ended whose program said so and then did not end.
    pub fn end(&self) -> Option<End> {
        self.over_at.and(self.status).map(|status| by_status(Some(status)))
    }
}

/// `scanimage` writes whole numbers, or fixed-point ones with a point.
fn whole_number(text: &str) -> Option<u32> {
    text.trim().split('.').next()?.parse().ok().filter(|value| *value > 0)
}

/// How a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The feeder is empty now; there may have been no page at all.
    Done,
    Fault(ScannerFault),
    /// Data could not be had from the device: it is broken, or was just unplugged.
    LostContact,
}

/// The exit code of `scanimage` is the last SANE status, but 1 when the device could not be opened.
pub(super) fn end(status: ExitStatus, said: &Said) -> End {
    if let Some(fault) = said.open_failed {
        return End::Fault(fault);
    }
    if status.signal().is_some() {
        return End::Fault(ScannerFault::Crashed);
    }

    by_status(status.code())
}

fn by_status(status: Option<i32>) -> End {
    match status {
        // Good; no documents.
        Some(0 | 7) => End::Done,
        // Cancelled, by the button on the scanner; end of file before a page was whole.
        Some(2 | 5) => End::Fault(ScannerFault::Torn),
        Some(3) => End::Fault(ScannerFault::Busy),
        Some(6) => End::Fault(ScannerFault::Jammed),
        Some(8) => End::Fault(ScannerFault::CoverOpen),
        Some(9) => End::LostContact,
        Some(10) => End::Fault(ScannerFault::NoRoom),
        // Unsupported or a wrong option; invalid argument; access denied.
        Some(1 | 4 | 11) => End::Fault(ScannerFault::Broken),
        Some(_) | None => End::Fault(ScannerFault::Crashed),
    }
}

/// Backends answer an absent device with many statuses: invalid argument for a stale USB address,
/// I/O error for a network scanner that does not answer or is none.
fn could_not_open(device: &str, reason: &str) -> ScannerFault {
    if backend::lacks_discovery(device, reason) {
        warn!(
            "No network scanner can be looked for: avahi-daemon does not run, and the scanner's address is not given"
        );
        return ScannerFault::Broken;
    }
    match reason {
        "Device busy" => ScannerFault::Busy,
        "Access to resource has been denied" => ScannerFault::Broken,
        _ => ScannerFault::Unplugged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(code: i32) -> ExitStatus {
        ExitStatus::from_raw(code << 8)
    }

    fn heard(line: &str) -> Said {
        let mut said = Said::default();
        said.hear(line);
        said
    }

    #[test]
    fn each_exit_code_is_its_fault() {
        let table = [
            (0, End::Done),
            (1, End::Fault(ScannerFault::Broken)),
            (2, End::Fault(ScannerFault::Torn)),
            (3, End::Fault(ScannerFault::Busy)),
            (4, End::Fault(ScannerFault::Broken)),
            (5, End::Fault(ScannerFault::Torn)),
            (6, End::Fault(ScannerFault::Jammed)),
            (7, End::Done),
            (8, End::Fault(ScannerFault::CoverOpen)),
            (9, End::LostContact),
            (10, End::Fault(ScannerFault::NoRoom)),
            (11, End::Fault(ScannerFault::Broken)),
            (134, End::Fault(ScannerFault::Crashed)),
        ];
        for (code, expected) in table {
            assert_eq!(end(exit(code), &Said::default()), expected, "exit code {code}");
        }
        assert_eq!(
            end(ExitStatus::from_raw(11), &Said::default()),
            End::Fault(ScannerFault::Crashed)
        );
    }

    #[test]
    fn a_device_that_cannot_be_opened_is_absent_unless_the_reason_is_another() {
        for (device, reason, fault) in [
            ("escl:http://192.0.2.1:80", "Out of memory", ScannerFault::Unplugged),
            (
                "airscan:escl:Q:http://192.0.2.1/eSCL",
                "Error during device I/O",
                ScannerFault::Unplugged,
            ),
            (
                "airscan:e0:open of device X failed: Y",
                "Invalid argument",
                ScannerFault::Unplugged,
            ),
            ("airscan:e0:Q", "Out of memory", ScannerFault::Broken),
            ("test:9", "Invalid argument", ScannerFault::Unplugged),
            ("epson2:libusb:001:004", "Device busy", ScannerFault::Busy),
            (
                "epson2:libusb:001:004",
                "Access to resource has been denied",
                ScannerFault::Broken,
            ),
        ] {
            let said = heard(&format!("scanimage: open of device {device} failed: {reason}"));
            assert_eq!(end(exit(1), &said), End::Fault(fault), "{device}: {reason}");
        }
    }

    #[test]
    fn the_last_status_counts_once_the_batch_is_over() {
        let mut said = heard("Scanned page 1. (scanner status = 5)");
        said.hear("Scanned page 2. (scanner status = 6)");
        assert_eq!(said.end(), None);
        said.hear("Batch terminated, 2 pages scanned");
        assert_eq!(said.end(), Some(End::Fault(ScannerFault::Jammed)));

        assert_eq!(heard("Batch terminated, 0 pages scanned").end(), None);
    }

    #[test]
    fn a_rounded_resolution_is_heard() {
        assert_eq!(
            heard("scanimage: rounded value of resolution from 300 to 299").dpi,
            Some(299)
        );
        assert_eq!(
            heard("scanimage: rounded value of resolution from 300.000 to 299.500").dpi,
            Some(299)
        );
        assert_eq!(heard("scanimage: rounded value of resolution from 300 to 0").dpi, None);
        assert_eq!(heard("scanimage: rounded value of br-x from 300 to 299").dpi, None);
    }
}
