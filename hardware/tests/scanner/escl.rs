//! The virtual network scanner behind the real `scanimage` and its backend `airscan` (Debian: packages sane-utils and
//! sane-airscan), behind the real driver. Nothing leaves loopback, and no avahi-daemon is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hardware::scanner::sane::{Feed, SaneConfig};
use hardware::scanner::{PageImage, ScannerFault, Treatment};
use hardware::twin::scanner::{FeederFault, VirtualEscl, VirtualFeeder, draw_sample};

use crate::harness::{Bench, config, decode};

const DPI: u32 = 75;
const A4: [&str; 4] = ["-x", "210", "-y", "297"];

struct Network {
    bench: Bench,
    feeder: VirtualFeeder,
    escl: VirtualEscl,
}

fn network() -> Network {
    network_with(|config| config)
}

fn network_with(change: impl FnOnce(SaneConfig) -> SaneConfig) -> Network {
    let folder = tempfile::tempdir().unwrap();
    let feeder = VirtualFeeder::open(&folder.path().join("tray")).unwrap();
    let escl = VirtualEscl::start(&feeder).unwrap();
    let mut bench = Bench::within(change(network_config(&escl)), folder);
    bench.treatment = Treatment::AsFed;
    Network { bench, feeder, escl }
}

fn network_config(escl: &VirtualEscl) -> SaneConfig {
    let scanimage = PathBuf::from("/usr/bin/scanimage");
    assert!(
        Path::exists(&scanimage) && Path::new("/etc/sane.d/airscan.conf").exists(),
        "This test needs the real scanimage and its backend: install the packages sane-utils and sane-airscan"
    );

    SaneConfig {
        source: Some("ADF".to_owned()),
        options: A4.map(str::to_owned).to_vec(),
        ..config(scanimage, &escl.device())
    }
}

/// The picture is that of the sample, but for what two JPEGs do to it.
fn assert_is_sample(page: &PageImage, name: &str) {
    let (seen, meant) = (decode(page), draw_sample(name, page.dpi).unwrap());
    assert!(
        seen.width().abs_diff(meant.width()) <= 1 && seen.height().abs_diff(meant.height()) <= 1,
        "{name}"
    );

    let (mut apart, mut pixels) = (0, 0);
    for (x, y, pixel) in seen
        .enumerate_pixels()
        .filter(|(x, y, _)| *x < meant.width() && *y < meant.height())
    {
        let levels = pixel.0.iter().zip(meant.get_pixel(x, y).0);
        apart += levels.map(|(a, b)| u64::from(a.abs_diff(b))).sum::<u64>();
        pixels += 1;
    }
    assert!(
        apart < 4 * 3 * pixels,
        "{name} looks different: {apart} levels in {pixels} pixels"
    );
}

#[test]
fn three_pages_come_in_order_and_in_the_size_of_the_paper_and_the_next_stack_too() {
    let Network {
        mut bench,
        feeder,
        escl: _escl,
    } = network();
    let stack = ["to-khai-1", "giay-chung-sinh-1", "to-khai-2"];

    for _ in 0..2 {
        feeder.load(&stack).unwrap();
        let (result, pages) = bench.scan(DPI, 20);
        assert_eq!((result, pages.len()), (Ok(3), 3));
        for (page, name) in pages.iter().zip(stack) {
            assert_eq!(page.dpi, DPI);
            let [width_mm, height_mm] = [page.width_px, page.height_px].map(|px| f64::from(px) * 25.4 / f64::from(DPI));
            assert!(
                (width_mm - 210.0).abs() < 0.3 && (height_mm - 297.0).abs() < 0.3,
                "{width_mm} × {height_mm}"
            );
            assert_is_sample(page, name);
        }
        assert!(feeder.tray().unwrap().is_empty());
    }
    assert_eq!(bench.scan(DPI, 20), (Err(ScannerFault::Empty), vec![]));
}

#[test]
fn a_paper_fed_upside_down_comes_out_upright() {
    let Network {
        mut bench,
        feeder,
        escl: _escl,
    } = network();
    bench.treatment = Treatment::Archive;
    feeder.load(&["to-khai-nguoc"]).unwrap();

    let (result, pages) = bench.scan(150, 9);
    assert_eq!(result, Ok(1));
    assert_is_sample(&pages[0], "to-khai-1");
}

#[test]
fn after_a_jam_at_the_second_page_one_is_good_and_the_scan_goes_on_from_there() {
    let Network {
        mut bench,
        feeder,
        escl: _escl,
    } = network();
    feeder.load(&["to-khai-1", "giay-chung-sinh-1", "to-khai-2"]).unwrap();
    feeder.set_fault_after(1, FeederFault::Jam).unwrap();

    let (result, first) = bench.scan(DPI, 9);
    assert_eq!((result, first.len()), (Err(ScannerFault::Jammed), 1));
    assert_is_sample(&first[0], "to-khai-1");
    assert_eq!(
        bench.scan(DPI, 9),
        (Err(ScannerFault::Jammed), vec![]),
        "it stays jammed until it is mended"
    );
    assert_eq!(feeder.tray().unwrap(), ["giay-chung-sinh-1", "to-khai-2"]);

    feeder.set_fault(None).unwrap();
    let (result, rest) = bench.scan(DPI, 9);
    assert_eq!(result, Ok(2));
    assert_is_sample(&rest[0], "giay-chung-sinh-1");
    assert_is_sample(&rest[1], "to-khai-2");
}

#[test]
fn each_fault_is_named_and_can_be_mended() {
    let Network {
        mut bench,
        feeder,
        escl: _escl,
    } = network();
    feeder.load(&["to-khai-1"]).unwrap();

    for (named, fault) in [
        (FeederFault::Jam, ScannerFault::Jammed),
        (FeederFault::CoverOpen, ScannerFault::CoverOpen),
        (FeederFault::Empty, ScannerFault::Empty),
        (FeederFault::IoError, ScannerFault::Broken),
        // A host that answers nonsense is no scanner, and one that does not answer is none either.
        (FeederFault::Crash, ScannerFault::Unplugged),
        (FeederFault::Unplugged, ScannerFault::Unplugged),
    ] {
        feeder.set_fault(Some(named)).unwrap();
        let begun = Instant::now();
        assert_eq!(bench.scan(DPI, 9), (Err(fault), vec![]), "{named:?}");
        assert!(
            begun.elapsed() < Duration::from_secs(8),
            "{named:?}: {:?}",
            begun.elapsed()
        );
        assert_eq!(
            feeder.tray().unwrap(),
            ["to-khai-1"],
            "the paper is still there after {named:?}"
        );
    }

    feeder.set_fault(None).unwrap();
    assert_eq!(bench.scan(DPI, 9).0, Ok(1));
}

#[test]
fn a_page_that_comes_in_part_is_torn_though_the_backend_calls_it_good() {
    for fault in [FeederFault::TornPage, FeederFault::HeaderOnly] {
        let Network {
            mut bench,
            feeder,
            escl: _escl,
        } = network();
        feeder.load(&["to-khai-1", "to-khai-2"]).unwrap();
        feeder.set_fault_after(1, fault).unwrap();

        let (result, pages) = bench.scan(DPI, 9);
        assert_eq!((result, pages.len()), (Err(ScannerFault::Torn), 1), "{fault:?}");
    }
}

#[test]
fn a_scanner_that_dies_within_a_stack_leaves_the_pages_before() {
    for (fault, found) in [
        (FeederFault::IoError, ScannerFault::Broken),
        (FeederFault::Unplugged, ScannerFault::Unplugged),
        (FeederFault::Crash, ScannerFault::Unplugged),
    ] {
        let Network {
            mut bench,
            feeder,
            escl: _escl,
        } = network();
        feeder.load(&["to-khai-1", "to-khai-2"]).unwrap();
        feeder.set_fault_after(1, fault).unwrap();

        let (result, pages) = bench.scan(DPI, 9);
        assert_eq!((result, pages.len()), (Err(found), 1), "{fault:?}");
        feeder.set_fault(None).unwrap();
        assert_eq!(feeder.tray().unwrap(), ["to-khai-2"]);
    }
}

#[test]
fn a_scanner_that_others_use_is_busy() {
    let Network {
        mut bench,
        feeder,
        escl: _escl,
    } = network();
    feeder.load(&["to-khai-1"]).unwrap();
    feeder.set_fault(Some(FeederFault::Busy)).unwrap();

    let begun = Instant::now();
    assert_eq!(bench.scan(DPI, 9), (Err(ScannerFault::Busy), vec![]));
    // The backend asks ten times, a second apart.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn a_scanner_that_hangs_is_let_go_and_scans_again_when_it_is_mended() {
    let Network {
        mut bench,
        feeder,
        escl,
    } = network_with(|config| SaneConfig {
        page_secs_max: 3,
        ..config
    });
    feeder.load(&["to-khai-1", "to-khai-2"]).unwrap();
    feeder.set_fault_after(1, FeederFault::Hang).unwrap();

    let (result, pages) = bench.scan(DPI, 9);
    assert_eq!((result, pages.len()), (Err(ScannerFault::Hung), 1));

    feeder.set_fault(None).unwrap();
    let mut patient = Bench::new(network_config(&escl));
    assert_eq!(patient.scan(DPI, 9).0, Ok(1));
}

#[test]
fn a_scanner_that_left_the_network_is_unplugged_until_it_is_back() {
    let Network {
        mut bench,
        feeder,
        mut escl,
    } = network();
    feeder.load(&["to-khai-1"]).unwrap();
    bench.scanner.check().unwrap();
    assert_eq!(feeder.tray().unwrap(), ["to-khai-1"], "a look moves no paper");

    escl.pull_plug().unwrap();
    assert_eq!(bench.scan(DPI, 9), (Err(ScannerFault::Unplugged), vec![]));
    assert_eq!(bench.scanner.check(), Err(ScannerFault::Unplugged));

    escl.plug_in().unwrap();
    bench.scanner.check().unwrap();
    assert_eq!(bench.scan(DPI, 9).0, Ok(1));
}

#[test]
fn the_glass_gives_one_page_in_grey_too() {
    let Network {
        mut bench,
        feeder,
        escl: _escl,
    } = network_with(|config| SaneConfig {
        feed: Feed::Flatbed,
        source: Some("Flatbed".to_owned()),
        mode: Some("Gray".to_owned()),
        ..config
    });
    feeder.load(&["to-khai-1"]).unwrap();

    let (result, pages) = bench.scan(DPI, 9);
    assert_eq!((result, pages.len()), (Ok(1), 1));
    let page = decode(&pages[0]);
    assert!(
        page.pixels()
            .all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2])
    );
    assert!(page.pixels().any(|pixel| pixel.0[0] < 60), "nothing is printed on it");
    assert_eq!(feeder.tray().unwrap(), ["to-khai-1"], "it stays on the glass");
}

#[test]
fn a_scanner_may_be_named_in_a_folder_of_ones_own() {
    let Network { bench, feeder, escl } = network();
    feeder.load(&["to-khai-1"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("dll.d")).unwrap();
    fs::write(folder.path().join("dll.conf"), "airscan\n").unwrap();
    let named = format!(
        "[devices]\n\"Quầy 1\" = {}, eSCL\n[options]\ndiscovery = disable\n",
        escl.url()
    );
    fs::write(folder.path().join("airscan.conf"), named).unwrap();

    let own = SaneConfig {
        device: "airscan:e0:Quầy 1".to_owned(),
        sane_config_dir: Some(folder.path().to_owned()),
        ..network_config(&escl)
    };
    let mut own = Bench::within(own, bench.folder);
    assert_eq!(own.scan(DPI, 9).0, Ok(1));
}
