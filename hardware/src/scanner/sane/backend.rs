//! The configuration of SANE that is written for the one device in use.

use std::fs;
use std::io;
use std::path::Path;

/// The backend of network scanners (eSCL, WSD; Debian: package sane-airscan).
const AIRSCAN: &str = "airscan";
/// SANE's own backend for eSCL.
const ESCL: &str = "escl";

/// Looking for scanners needs the service avahi-daemon. Where it does not run, `airscan` opens no device at all, also
/// none whose address it was given, and calls that "Out of memory".
const NO_DISCOVERY: &str = "[options]\ndiscovery = disable\n";

/// Fills `folder` with what opens `device`. The machine's files are read besides: a line there that says otherwise
/// counts.
pub(super) fn write(folder: &Path, device: &str) -> io::Result<()> {
    // An empty folder of this name hides the machine's, which would load more backends.
    fs::create_dir_all(folder.join("dll.d"))?;
    fs::write(folder.join("dll.conf"), format!("{}\n", backend(device)))?;

    if backend(device) == AIRSCAN {
        let options = if names_its_address(device) { NO_DISCOVERY } else { "" };
        fs::write(folder.join("airscan.conf"), options)?;
    }
    Ok(())
}

/// Whether the pages of `device` come as JPEG from the network and are unpacked by a backend that does not mind when one
/// ends early.
pub(super) fn unpacks_jpeg(device: &str) -> bool {
    [AIRSCAN, ESCL].contains(&backend(device))
}

/// Whether `device` cannot be opened because nobody can look for it.
pub(super) fn lacks_discovery(device: &str, reason: &str) -> bool {
    backend(device) == AIRSCAN && reason == "Out of memory"
}

fn backend(device: &str) -> &str {
    device.split(':').next().unwrap_or_default()
}

/// `airscan:escl:NAME:http://HOST/eSCL`, as against `airscan:e0:NAME`, which has to be found.
fn names_its_address(device: &str) -> bool {
    let mut parts = device.splitn(4, ':').skip(1);
    matches!(parts.next(), Some("escl" | "wsd")) && parts.nth(1).is_some_and(|url| url.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(device: &str) -> (String, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), device).unwrap();
        assert!(folder.path().join("dll.d").is_dir());
        let read = |name| fs::read_to_string(folder.path().join(name)).ok();
        (read("dll.conf").unwrap(), read("airscan.conf"))
    }

    #[test]
    fn one_backend_is_loaded_and_a_scanner_with_an_address_is_not_looked_for() {
        for (device, backend, airscan) in [
            ("test", "test\n", None),
            ("fujitsu:fi-7030:53095", "fujitsu\n", None),
            (
                "airscan:escl:Máy quét:http://192.0.2.7/eSCL",
                "airscan\n",
                Some(NO_DISCOVERY),
            ),
            (
                "airscan:escl:Q:http://[2001:db8::7]:8080/eSCL/",
                "airscan\n",
                Some(NO_DISCOVERY),
            ),
            (
                "airscan:wsd:Q:https://192.0.2.7:5358/WSDScanner",
                "airscan\n",
                Some(NO_DISCOVERY),
            ),
            ("airscan:e0:Kyocera eSCL", "airscan\n", Some("")),
            ("airscan:escl:half", "airscan\n", Some("")),
        ] {
            assert_eq!(
                written(device),
                (backend.to_owned(), airscan.map(str::to_owned)),
                "{device}"
            );
        }
    }

    #[test]
    fn what_was_written_for_another_device_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "airscan:escl:Q:http://192.0.2.7/eSCL").unwrap();
        write(folder.path(), "airscan:e0:Q").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("airscan.conf")).unwrap(), "");
    }
}
