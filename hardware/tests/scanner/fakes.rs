//! Programs that misbehave as a vendor's backend may.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use hardware::scanner::ScannerFault;
use hardware::scanner::sane::SaneConfig;

use crate::harness::{Bench, config, script};

/// Writes a page of 4 × 2 pixels once RETURN was pressed.
const PAGE: &str =
    r#"page() { read key || exit 0; printf 'P6 4 2 255\n123412341234123412341234' > p$1.pnm; echo p$1.pnm; }"#;

fn fake(lines: &str) -> Bench {
    fake_with(lines, |config| config)
}

fn fake_with(lines: &str, change: impl FnOnce(SaneConfig) -> SaneConfig) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let config = script(folder.path(), &format!("{PAGE}\n{lines}"));
    Bench::within(change(config), folder)
}

#[test]
fn a_backend_that_crashes_before_the_first_page_gives_none() {
    assert_eq!(fake("kill -SEGV $$").scan(100, 5), (Err(ScannerFault::Crashed), vec![]));
}

#[test]
fn a_backend_that_crashes_after_two_pages_leaves_two_good_ones() {
    let (result, pages) = fake("page 1; page 2; kill -SEGV $$").scan(100, 5);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Crashed), 2));
}

#[test]
fn a_backend_that_hangs_before_the_first_page_or_between_pages_is_ended() {
    let impatient = |config| SaneConfig {
        page_secs_max: 4,
        ..config
    };

    let (result, pages) = fake_with("sleep 1000", impatient).scan(100, 5);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Hung), 0));
    let (result, pages) = fake_with("trap '' TERM; page 1; sleep 1000", impatient).scan(100, 5);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Hung), 1));
}

#[test]
fn a_backend_that_hangs_after_it_told_its_fault_is_believed() {
    let told = |status| {
        format!(
            "page 1; read key; echo 'Scanned page 2. (scanner status = {status})' >&2;
            echo 'Batch terminated, 2 pages scanned' >&2; sleep 1000"
        )
    };
    for (status, result) in [
        (6, Err(ScannerFault::Jammed)),
        (7, Ok(1)),
        (9, Err(ScannerFault::Unplugged)),
    ] {
        let absent = r#"case "$*" in *--dont-scan*) echo 'scanimage: open of device fake:0 failed: Invalid argument' >&2; exit 1;; esac"#;
        let (found, pages) = fake(&format!("{absent}\n{}", told(status))).scan(100, 5);
        assert_eq!((found, pages.len()), (result, 1), "{status}");
    }
}

#[test]
fn a_partial_page_is_torn_and_the_ones_before_it_are_good() {
    let (result, pages) =
        fake(r"page 1; read key; printf 'P6 4 2 255\n1234' > p2.pnm; echo p2.pnm; read key").scan(100, 5);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Torn), 1));
}

#[test]
fn a_page_that_is_announced_and_not_there_is_torn() {
    let (result, pages) = fake("read key; echo p1.pnm; read key").scan(100, 5);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Torn), 0));
}

#[test]
fn a_half_written_page_under_its_temporary_name_is_removed() {
    let (result, pages) = fake("page 1; read key; echo half > p2.pnm.part; exit 9").scan(100, 5);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Broken), 1));
}

#[test]
fn line_art_is_a_wrong_setting_and_not_the_citizens_fault() {
    let (result, _) = fake(r"read key; printf 'P4 8 1\n1' > p1.pnm; echo p1.pnm; read key").scan(100, 5);
    assert_eq!(result, Err(ScannerFault::Broken));
}

#[test]
fn what_a_backend_says_between_pages_is_passed_over_and_endless_talk_is_not() {
    let (result, pages) = fake("echo maker debug; page 1; echo ../../etc/passwd; page 2").scan(100, 2);
    assert_eq!((result, pages.len()), (Ok(2), 2));
    let (result, pages) = fake("page 1; while :; do echo debug; done").scan(100, 5);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Crashed), 1));
}

#[test]
fn no_sheet_is_fed_before_the_one_before_is_read() {
    // The fake notes how many pages lie in the folder whenever RETURN was pressed.
    let look =
        "noted() { read key || exit 0; ls | wc -l >> ../../seen; printf 'P5 1 1 255\\nx' > p$1.pnm; echo p$1.pnm; }";
    let mut bench = fake(&format!("{look}\nnoted 1; noted 2; noted 3; noted 4"));
    let (result, pages) = bench.scan(100, 4);

    assert_eq!((result, pages.len()), (Ok(4), 4));
    let seen = fs::read_to_string(bench.folder.path().join("seen")).unwrap();
    assert_eq!(seen.split_whitespace().collect::<Vec<_>>(), ["0", "0", "0", "0"]);
}

#[test]
fn a_page_keeps_the_resolution_that_the_scanner_really_took() {
    let (_, pages) = fake("echo 'scanimage: rounded value of resolution from 300 to 299' >&2; page 1").scan(300, 1);
    assert_eq!(pages[0].dpi, 299);
}

#[test]
fn a_pulled_cable_is_told_from_a_broken_scanner() {
    let pulled = r#"case "$*" in *--dont-scan*) echo 'scanimage: open of device fake:0 failed: Invalid argument' >&2; exit 1;; esac
        page 1; exit 9"#;
    assert_eq!(fake(pulled).scan(100, 5).0, Err(ScannerFault::Unplugged));
    let broken = r#"case "$*" in *--dont-scan*) exit 0;; esac; page 1; exit 9"#;
    assert_eq!(fake(broken).scan(100, 5).0, Err(ScannerFault::Broken));
}

#[test]
fn a_missing_program_needs_a_technician() {
    let mut bench = Bench::new(config("/nowhere/scanimage".into(), "fake:0"));
    assert_eq!(bench.scanner.check(), Err(ScannerFault::Broken));
    assert_eq!(bench.scan(100, 5).0, Err(ScannerFault::Broken));
}

#[test]
fn pages_that_could_not_fit_are_not_begun() {
    // At 60,000 dpi a page has 1.3 terabytes; no test machine has so much memory.
    let mut bench = fake("touch ../../began; page 1");
    assert_eq!(bench.scan(60_000, 5).0, Err(ScannerFault::NoRoom));
    assert!(!bench.folder.path().join("began").exists());
}

#[test]
fn the_program_sees_a_private_folder_and_one_backend_only() {
    let lines = r#"stat -c %a . > ../../mode; cat ../sane.d/dll.conf > ../../conf; echo "$SANE_CONFIG_DIR" > ../../dirs; page 1"#;
    let mut bench = fake(lines);
    bench.scan(100, 1).0.unwrap();

    let read = |name: &str| fs::read_to_string(bench.folder.path().join(name)).unwrap();
    assert_eq!((read("mode").trim(), read("conf").trim()), ("700", "fake"));
    assert!(read("dirs").trim().ends_with("scratch/sane.d:"), "{}", read("dirs"));
    let mode = fs::metadata(bench.folder.path().join("scratch"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn what_a_killed_kiosk_left_behind_is_gone_before_the_next_scan() {
    let mut bench = fake("ls > ../../found; page 1");
    fs::create_dir_all(bench.folder.path().join("scratch/pages")).unwrap();
    fs::write(bench.folder.path().join("scratch/pages/p7.pnm"), "a citizen's page").unwrap();

    bench.scan(100, 1).0.unwrap();
    assert_eq!(fs::read_to_string(bench.folder.path().join("found")).unwrap(), "");
}
