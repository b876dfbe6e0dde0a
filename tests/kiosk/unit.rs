//! The systemd unit, before the judge that systemd itself brings.

use std::path::Path;
use std::process::Command;

fn unit_text() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/kiosk.service")).unwrap()
}

#[test]
fn systemd_has_nothing_to_say_of_the_unit() {
    // The program is not installed here: a copy names one that is there.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("kiosk.service");
    std::fs::write(&copy, unit_text().replace("/usr/local/bin/kiosk", "/bin/true")).unwrap();
    let output = Command::new("systemd-analyze").arg("verify").arg(&copy).output();
    let output = output.expect("systemd-analyze is here: `make test` installs systemd");
    // It exits well on unknown keys, too: only silence is good.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert!(output.status.success());
}

#[test]
fn the_unit_is_exposed_to_two_of_ten_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("kiosk.service");
    std::fs::write(&copy, unit_text()).unwrap();
    let output = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
        .arg(&copy)
        .output();
    let output = output.expect("systemd-analyze is here: `make test` installs systemd");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
