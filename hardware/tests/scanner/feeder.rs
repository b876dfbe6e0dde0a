//! The virtual feeder behind the real driver.

use std::path::PathBuf;

use hardware::scanner::sane::{SaneConfig, Sides};
use hardware::scanner::{Flaw, ScannerFault};
use hardware::twin::scanner::{FeederFault, SHEETS_MAX, VirtualFeeder, draw_sample};

use crate::harness::{Bench, decode};

const DPI: u32 = 75;

struct Feeder {
    bench: Bench,
    feeder: VirtualFeeder,
}

fn feeder() -> Feeder {
    feeder_with(|config| config)
}

fn feeder_with(change: impl FnOnce(SaneConfig) -> SaneConfig) -> Feeder {
    let folder = tempfile::tempdir().unwrap();
    let feeder = VirtualFeeder::open(&folder.path().join("tray")).unwrap();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_virtual-scanimage"));
    Feeder {
        bench: Bench::within(change(feeder.config(program, &[])), folder),
        feeder,
    }
}

#[test]
fn papers_come_in_the_order_they_were_laid_and_the_tray_is_empty_then() {
    let Feeder { mut bench, feeder } = feeder();
    feeder.load(&["to-khai-1", "to-khai-2"]).unwrap();
    feeder.load(&["giay-chung-sinh-1"]).unwrap();
    assert_eq!(feeder.tray().unwrap(), ["to-khai-1", "to-khai-2", "giay-chung-sinh-1"]);

    let (result, pages) = bench.scan(DPI, 20);
    assert_eq!(result, Ok(3));
    for (page, name) in pages.iter().zip(["to-khai-1", "to-khai-2", "giay-chung-sinh-1"]) {
        let (seen, meant) = (decode(page), draw_sample(name, DPI).unwrap());
        let apart: u64 = seen
            .as_raw()
            .iter()
            .zip(meant.as_raw())
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        assert!(apart / (seen.as_raw().len() as u64) < 6, "{name} looks different");
    }
    assert!(feeder.tray().unwrap().is_empty());
    assert_eq!(bench.scan(DPI, 20), (Err(ScannerFault::Empty), vec![]));
}

#[test]
fn a_paper_fed_upside_down_comes_out_upright_and_a_crooked_one_straight() {
    let Feeder { mut bench, feeder } = feeder();
    feeder.load(&["to-khai-nguoc", "to-khai-nghieng"]).unwrap();
    let (result, pages) = bench.scan(150, 9);
    assert_eq!(result, Ok(2));

    let apart = |seen: &image::RgbImage, meant: &image::RgbImage| {
        let levels = seen.iter().zip(meant.iter()).map(|(a, b)| u64::from(a.abs_diff(*b)));
        levels.sum::<u64>() / seen.as_raw().len() as u64
    };
    let meant = draw_sample("to-khai-1", 150).unwrap();
    let upright = decode(&pages[0]);
    assert!(apart(&upright, &meant) < 4, "it is not upright");
    assert!(apart(&upright, &draw_sample("to-khai-nguoc", 150).unwrap()) > 8);

    // A4 at 150 dpi has 1240 × 1754 pixels; a millimetre is 6.
    let (width, height) = (pages[1].width_px, pages[1].height_px);
    assert!(
        width.abs_diff(1240) <= 6 && height.abs_diff(1754) <= 6,
        "{width} × {height}"
    );
}

#[test]
fn each_sample_of_a_bad_day_is_judged_as_what_it_is() {
    let Feeder { mut bench, feeder } = feeder();
    for (name, flaws, blank) in [
        ("to-khai-1", vec![], false),
        ("to-khai-nghieng", vec![], false),
        ("to-khai-mo", vec![Flaw::Blurred], false),
        ("to-khai-toi", vec![Flaw::TooDark], false),
        ("to-khai-loa", vec![Flaw::Glare], false),
        ("to-khai-ngon-tay", vec![Flaw::Finger], false),
        ("to-khai-mat-mep", vec![Flaw::CutEdge], false),
        ("hai-to-mot-luc", vec![Flaw::Doubled], false),
        ("trang-trang", vec![], true),
        ("mat-sau-trang", vec![], true),
        ("mat-sau-co-dau", vec![], false),
    ] {
        feeder.load(&[name]).unwrap();
        let judgement = bench.judge(100);
        assert_eq!((judgement.flaws, judgement.blank), (flaws, blank), "{name}");
    }
}

#[test]
fn paper_that_was_not_ordered_stays_in_the_tray_also_when_the_kiosk_starts_again() {
    let Feeder { mut bench, feeder } = feeder();
    feeder.load(&["to-khai-1", "to-khai-2", "trang-trang"]).unwrap();
    assert_eq!(bench.scan(DPI, 1).0, Ok(1));

    let again = VirtualFeeder::open(&bench.folder.path().join("tray")).unwrap();
    assert_eq!(again.tray().unwrap(), ["to-khai-2", "trang-trang"]);
    assert_eq!(bench.scan(DPI, 9).0, Ok(2));
}

#[test]
fn each_fault_of_the_dock_is_a_fault_of_the_scanner_and_can_be_mended() {
    let Feeder { mut bench, feeder } = feeder();
    feeder.load(&["to-khai-1"]).unwrap();

    for (name, fault) in [
        ("jam", ScannerFault::Jammed),
        ("cover-open", ScannerFault::CoverOpen),
        ("empty", ScannerFault::Empty),
        ("crash", ScannerFault::Crashed),
        ("busy", ScannerFault::Busy),
        ("io-error", ScannerFault::Broken),
        ("unplugged", ScannerFault::Unplugged),
    ] {
        let named: FeederFault = serde_json::from_value(name.into()).unwrap();
        feeder.set_fault(Some(named)).unwrap();
        assert_eq!(feeder.fault().unwrap(), Some(named));
        assert_eq!(bench.scan(DPI, 9), (Err(fault), vec![]), "{name}");
        assert_eq!(
            feeder.tray().unwrap(),
            ["to-khai-1"],
            "the paper is still there after {name}"
        );
    }

    feeder.set_fault(None).unwrap();
    assert_eq!(bench.scan(DPI, 9).0, Ok(1));
}

#[test]
fn a_feeder_that_hangs_is_let_go_and_feeds_again_when_it_is_mended() {
    let Feeder { mut bench, feeder } = feeder_with(|config| SaneConfig {
        page_secs_max: 4,
        ..config
    });
    feeder.load(&["to-khai-1"]).unwrap();
    feeder
        .set_fault(Some(serde_json::from_value("hang".into()).unwrap()))
        .unwrap();
    assert_eq!(bench.scan(DPI, 9), (Err(ScannerFault::Hung), vec![]));

    feeder.set_fault(None).unwrap();
    let mut patient = Bench::new(feeder.config(PathBuf::from(env!("CARGO_BIN_EXE_virtual-scanimage")), &[]));
    assert_eq!(patient.scan(DPI, 9).0, Ok(1));
}

#[test]
fn after_a_jam_at_the_third_page_two_are_good_and_the_scan_goes_on_from_there() {
    let Feeder { mut bench, feeder } = feeder();
    feeder
        .load(&["to-khai-1", "to-khai-2", "giay-chung-sinh-1", "cccd-photo"])
        .unwrap();
    feeder.set_fault_after(2, FeederFault::Jam).unwrap();

    let (result, first) = bench.scan(DPI, 9);
    assert_eq!((result, first.len()), (Err(ScannerFault::Jammed), 2));
    assert_eq!(feeder.tray().unwrap(), ["giay-chung-sinh-1", "cccd-photo"]);
    assert_eq!(
        bench.scan(DPI, 9).0,
        Err(ScannerFault::Jammed),
        "it stays jammed until it is mended"
    );

    feeder.set_fault(None).unwrap();
    let (result, rest) = bench.scan(DPI, 9);
    assert_eq!((result, rest.len()), (Ok(2), 2));
    assert!(rest.iter().all(|page| !first.contains(page)));
}

#[test]
fn torn_and_empty_pages_are_not_handed_over() {
    for fault in [FeederFault::TornPage, FeederFault::HeaderOnly] {
        let Feeder { mut bench, feeder } = feeder();
        feeder.load(&["to-khai-1", "to-khai-2"]).unwrap();
        feeder.set_fault_after(1, fault).unwrap();

        let (result, pages) = bench.scan(DPI, 9);
        assert_eq!((result, pages.len()), (Err(ScannerFault::Torn), 1), "{fault:?}");
    }
}

#[test]
fn image_files_can_be_laid_into_the_tray() {
    let Feeder { mut bench, feeder } = feeder();
    let file = bench.folder.path().join("ảnh chụp.png");
    draw_sample("cccd-photo", 300).unwrap().save(&file).unwrap();
    feeder.load_files(&[file]).unwrap();
    assert_eq!(feeder.tray().unwrap(), ["ảnh chụp.png"]);

    let (result, pages) = bench.scan(150, 9);
    assert_eq!(result, Ok(1));
    assert_eq!(
        (pages[0].width_px, pages[0].height_px),
        (1240, 1754),
        "a file has 300 dpi, half of it was asked for"
    );
}

fn both_sides() -> Feeder {
    feeder_with(|config| SaneConfig {
        sides: Sides::Both,
        ..config
    })
}

/// A back with nothing but a stamp on it.
fn stamped_back(bench: &Bench) -> PathBuf {
    let mut sheet = draw_sample("trang-trang", 300).unwrap();
    for (x, y, pixel) in sheet.enumerate_pixels_mut() {
        let from_centre = f64::from(x.abs_diff(1700)).hypot(f64::from(y.abs_diff(2600)));
        if (190.0..206.0).contains(&from_centre) {
            pixel.0 = [196, 40, 52];
        }
    }
    let file = bench.folder.path().join("stamped.png");
    sheet.save(&file).unwrap();
    file
}

#[test]
fn of_both_sides_a_blank_back_is_left_out_and_a_stamped_one_is_not() {
    let Feeder { mut bench, feeder } = both_sides();
    feeder.load(&["to-khai-1", "trang-trang", "to-khai-2"]).unwrap();
    feeder.load_files(&[stamped_back(&bench)]).unwrap();
    // A blank front is somebody's to decide.
    feeder.load(&["trang-trang", "trang-trang"]).unwrap();

    let (result, pages) = bench.scan(DPI, 20);
    assert_eq!((result, pages.len()), (Ok(4), 4));
    assert!(feeder.tray().unwrap().is_empty());
}

#[test]
fn a_back_that_is_left_out_does_not_count_among_those_ordered() {
    let Feeder { mut bench, feeder } = both_sides();
    feeder
        .load(&["to-khai-1", "trang-trang", "to-khai-2", "trang-trang", "don-de-nghi-1"])
        .unwrap();
    let (result, pages) = bench.scan(DPI, 2);
    assert_eq!((result, pages.len()), (Ok(2), 2));
    assert_eq!(
        feeder.tray().unwrap(),
        ["trang-trang", "don-de-nghi-1"],
        "the back of the last page is not asked for"
    );

    let Feeder { mut bench, feeder } = both_sides();
    feeder
        .load(&["to-khai-1", "to-khai-2", "to-khai-1", "to-khai-2"])
        .unwrap();
    assert_eq!(bench.scan(DPI, 2).0, Ok(2), "front and back of one sheet");
    assert_eq!(feeder.tray().unwrap().len(), 2);
}

#[test]
fn unknown_samples_and_more_than_a_stack_are_refused() {
    let Feeder { bench: _bench, feeder } = feeder();
    assert!(feeder.load(&["to-khai-1", "giay-that"]).is_err());
    assert!(feeder.tray().unwrap().is_empty(), "all or none");

    feeder.load(&vec!["trang-trang"; SHEETS_MAX]).unwrap();
    assert!(feeder.load(&["trang-trang"]).is_err());
    feeder.clear().unwrap();
    assert!(feeder.tray().unwrap().is_empty());
}

#[test]
fn check_looks_without_moving_paper() {
    let Feeder { mut bench, feeder } = feeder();
    feeder.load(&["to-khai-1"]).unwrap();
    bench.scanner.check().unwrap();
    assert_eq!(feeder.tray().unwrap(), ["to-khai-1"]);

    feeder.set_fault(Some(FeederFault::Unplugged)).unwrap();
    assert_eq!(bench.scan(DPI, 9).0, Err(ScannerFault::Unplugged));
    assert_eq!(bench.scanner.check(), Err(ScannerFault::Unplugged));
}

#[test]
fn when_the_kiosk_dies_no_more_paper_is_fed() {
    let Feeder { bench, feeder } = feeder();
    feeder.load(&["to-khai-1", "to-khai-2"]).unwrap();

    // A dead kiosk presses no RETURN: the pipe is at its end.
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_virtual-scanimage"))
        .arg("--tray")
        .arg(bench.folder.path().join("tray"))
        .args(["--batch=p%d.pnm", "--batch-prompt", "--batch-print"])
        .current_dir(bench.folder.path())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();

    assert!(ended.status.success() && ended.stdout.is_empty());
    assert_eq!(feeder.tray().unwrap(), ["to-khai-1", "to-khai-2"]);
}
