//! The program as a technician meets it: its commands, and what it says of a bad configuration.

use std::path::Path;
use std::process::{Command, Output};

use crate::harness::{Kiosk, test_config};

fn kiosk(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kiosk"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn one_line_of_complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success(), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    text
}

#[test]
fn a_bad_configuration_ends_with_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.toml");
    let file = path.to_str().unwrap();

    let missing = kiosk(&["run", "--config", file]);
    assert!(one_line_of_complaint(&missing).contains("Cannot read"));

    let text = std::fs::read_to_string("tests/dev.toml").unwrap();
    std::fs::write(&path, text.replace("center =", "centre =")).unwrap();
    let unknown = kiosk(&["run", "--config", file]);
    assert!(one_line_of_complaint(&unknown).contains("centre"));

    std::fs::write(&path, "not toml at all").unwrap();
    one_line_of_complaint(&kiosk(&["config", "--config", file]));
}

#[test]
fn the_configuration_in_force_is_printed_and_can_be_read_again() {
    let printed = kiosk(&[
        "config",
        "--config",
        "tests/dev.toml",
        "--province",
        "https://province.invalid",
    ]);
    assert!(printed.status.success());
    let text = String::from_utf8(printed.stdout).unwrap();
    assert!(text.contains("https://province.invalid"), "{text}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("again.toml");
    std::fs::write(&path, &text).unwrap();
    let again = kiosk(&["config", "--config", path.to_str().unwrap()]);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), text);
}

#[test]
fn a_report_of_no_kiosk_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let report = kiosk(&["report", "--data", folder.path().to_str().unwrap()]);
    one_line_of_complaint(&report);
}

#[tokio::test]
async fn two_kiosks_never_share_a_data_folder() {
    let first = Kiosk::start_with(test_config(), "http://127.0.0.1:9").await;
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dev.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_kiosk"))
        .args(["run", "--config"])
        .arg(config)
        .arg("--data")
        .arg(first.data())
        .args(["--listen", "127.0.0.1:0"])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("another kiosk is running"), "{said}");
}

#[tokio::test]
async fn a_kiosk_that_is_told_to_end_ends_well() {
    let mut kiosk = Kiosk::start().await;
    kiosk.take_number("Kinh doanh").await;
    let status = kiosk.terminate().await;
    assert!(status.success(), "{status}: {}", kiosk.log_text());
    assert_eq!(kiosk.report().len(), 1);
}
