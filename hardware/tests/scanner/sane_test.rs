//! The real `scanimage` with the device `test` of SANE (Debian: package sane-utils).

use std::path::{Path, PathBuf};

use hardware::scanner::sane::{Feed, SaneConfig};
use hardware::scanner::{ScannerFault, Treatment, pdf};

use crate::harness::{Bench, config, decode};

const A4: [&str; 4] = ["-x", "210", "-y", "297"];

fn test_device(options: &[&str]) -> SaneConfig {
    let scanimage = PathBuf::from("/usr/bin/scanimage");
    assert!(
        Path::exists(&scanimage),
        "This test needs the real scanimage: install the package sane-utils"
    );

    SaneConfig {
        source: Some("Automatic Document Feeder".to_owned()),
        options: options.iter().map(|&option| option.to_owned()).collect(),
        ..config(scanimage, "test")
    }
}

#[test]
fn ten_colour_pages_come_from_the_feeder_and_then_it_is_empty() {
    let mut bench = Bench::new(test_device(&[&A4[..], &["--test-picture=Color pattern"]].concat()));
    // A pattern is no paper: its bars would be taken for a lid.
    bench.treatment = Treatment::AsFed;
    let (result, pages) = bench.scan(150, 100);

    assert_eq!(result, Ok(10));
    assert_eq!(pages.len(), 10);
    for page in &pages {
        assert_eq!(page.dpi, 150);
        // SANE's device is 200 mm wide at most, and 200 mm high.
        assert_eq!((page.width_px, page.height_px), (1181, 1181));
    }
    let image = decode(&pages[0]);
    assert!(
        image.pixels().any(|pixel| pixel.0[0] > 200 && pixel.0[1] < 60),
        "no red in the colour pattern"
    );
    assert!(
        image.pixels().any(|pixel| pixel.0[2] > 200 && pixel.0[0] < 60),
        "no blue in the colour pattern"
    );
}

#[test]
fn no_more_pages_are_taken_than_ordered() {
    let mut bench = Bench::new(test_device(&[]));
    let (result, pages) = bench.scan(50, 3);

    assert_eq!(result, Ok(3));
    assert_eq!(pages.len(), 3);
    assert_eq!(bench.scan(50, 0), (Ok(0), vec![]));
}

#[test]
fn a_flatbed_gives_one_page_and_not_the_same_for_ever() {
    let flatbed = SaneConfig {
        feed: Feed::Flatbed,
        source: Some("Flatbed".to_owned()),
        ..test_device(&[])
    };
    let (result, pages) = Bench::new(flatbed).scan(50, 100);

    assert_eq!((result, pages.len()), (Ok(1), 1));
}

#[test]
fn each_status_of_sane_is_its_fault() {
    let table = [
        ("UNSUPPORTED", ScannerFault::Broken),
        ("CANCELLED", ScannerFault::Torn),
        ("DEVICE_BUSY", ScannerFault::Busy),
        ("INVAL", ScannerFault::Broken),
        ("JAMMED", ScannerFault::Jammed),
        ("NO_DOCS", ScannerFault::Empty),
        ("COVER_OPEN", ScannerFault::CoverOpen),
        // The device can still be opened, so it is there and broken.
        ("IO_ERROR", ScannerFault::Broken),
        ("NO_MEM", ScannerFault::NoRoom),
        ("ACCESS_DENIED", ScannerFault::Broken),
    ];
    for (status, fault) in table {
        let mut bench = Bench::new(test_device(&[&format!("--read-return-value=SANE_STATUS_{status}")]));
        assert_eq!(bench.scan(50, 10), (Err(fault), vec![]), "{status}");
    }
}

#[test]
fn a_page_of_a_header_only_with_a_good_exit_code_is_torn() {
    let mut bench = Bench::new(test_device(&["--read-return-value=SANE_STATUS_EOF"]));
    assert_eq!(bench.scan(50, 10), (Err(ScannerFault::Torn), vec![]));
}

#[test]
fn a_page_whose_height_is_unknown_at_first_is_whole() {
    let hand = SaneConfig {
        source: None,
        ..test_device(&["--hand-scanner=yes"])
    };
    let (result, pages) = Bench::new(hand).scan(50, 1);

    assert_eq!(result, Ok(1));
    assert!(pages[0].height_px > pages[0].width_px);
}

#[test]
fn a_scanner_that_stays_silent_within_a_page_is_hung_and_let_go() {
    // At 200 dpi the device takes seconds for a page, 0.2 s for each piece of it.
    let slow = test_device(&["--read-delay=yes", "--read-delay-duration=200000"]);
    let mut bench = Bench::new(SaneConfig {
        page_secs_max: 1,
        ..slow
    });

    assert_eq!(bench.scan(200, 10), (Err(ScannerFault::Hung), vec![]));
    bench.scanner.check().unwrap();
}

#[test]
fn a_check_finds_the_device_and_misses_an_absent_one() {
    Bench::new(test_device(&[])).scanner.check().unwrap();

    let absent = SaneConfig {
        device: "test:9".to_owned(),
        ..test_device(&[])
    };
    assert_eq!(Bench::new(absent.clone()).scanner.check(), Err(ScannerFault::Unplugged));
    assert_eq!(Bench::new(absent).scan(50, 10), (Err(ScannerFault::Unplugged), vec![]));
}

#[test]
fn an_unreachable_network_scanner_is_unplugged() {
    // Port 9 of loopback: nobody listens there.
    let escl = SaneConfig {
        device: "escl:http://127.0.0.1:9".to_owned(),
        ..test_device(&[])
    };
    assert_eq!(Bench::new(escl).scanner.check(), Err(ScannerFault::Unplugged));
}

#[test]
fn a_folder_of_ones_own_may_take_the_place_of_the_one_that_is_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("dll.conf"), "test\n").unwrap();
    std::fs::write(folder.path().join("test.conf"), "number_of_devices 3\n").unwrap();

    // The machine's own configuration has two: test:0 and test:1.
    let third = SaneConfig {
        device: "test:2".to_owned(),
        ..test_device(&[])
    };
    assert_eq!(Bench::new(third.clone()).scanner.check(), Err(ScannerFault::Unplugged));
    let own = SaneConfig {
        sane_config_dir: Some(folder.path().to_owned()),
        ..third
    };
    Bench::new(own).scanner.check().unwrap();
}

#[test]
fn three_pages_become_a_pdf_that_qpdf_accepts() {
    let (result, pages) = Bench::new(test_device(&["--test-picture=Color pattern"])).scan(75, 3);
    assert_eq!(result, Ok(3));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.pdf");
    std::fs::write(&path, pdf::part("Thành phần 1", &pages, 1_795_305_600).unwrap()).unwrap();
    let checked = std::process::Command::new("qpdf")
        .arg("--check")
        .arg(&path)
        .output()
        .expect("qpdf is needed by this test: install the package qpdf");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
