use hardware::printer::{JobId, Paper, Printer, PrinterFault, Proof, Ready};
use hardware::twin::printer::VirtualFault;

use super::*;

const STOPPING: [(VirtualFault, PrinterFault); 6] = [
    (VirtualFault::OutOfPaper, PrinterFault::OutOfPaper),
    (VirtualFault::CoverOpen, PrinterFault::CoverOpen),
    (VirtualFault::CutterJam, PrinterFault::CutterJammed),
    (VirtualFault::Hot, PrinterFault::TooHot),
    (VirtualFault::Unplugged, PrinterFault::Unplugged),
    (VirtualFault::Garbage, PrinterFault::Garbled),
];

fn has_image(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|window| window == b"\x1dv0")
}

#[test]
fn a_slip_comes_out_whole_and_proved_on_both_papers() {
    for dots in [576, 384] {
        let mut rig = Rig::new(dots, PATIENCE);
        assert_eq!(
            rig.driver.check(),
            Ok(Ready {
                near_end: false,
                answers: true
            })
        );
        assert_eq!(rig.driver.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));
        assert_eq!(rig.whole(), ["MC:A001"]);
        assert_eq!(rig.twin.slips().len(), 1);
        assert!(rig.driver.late_proofs().is_empty());
    }
}

#[test]
fn a_fault_before_the_slip_is_named_and_no_byte_of_the_slip_is_sent() {
    for (broken, named) in STOPPING {
        let mut rig = Rig::new(576, PATIENCE);
        rig.twin.set_fault(Some(broken), None);
        assert_eq!(rig.driver.check(), Err(named));
        let not = rig.driver.print(JobId(1), &slip("A001")).unwrap_err();
        assert_eq!((not.fault, not.paper), (named, Paper::Untouched));
        assert!(!has_image(&rig.twin.bytes()), "{broken:?}");

        rig.twin.set_fault(None, None);
        assert_eq!(
            rig.driver.print(JobId(1), &slip("A001")),
            Ok(Proof::Acknowledged),
            "{broken:?}"
        );
        assert_eq!(rig.whole(), ["MC:A001"]);
        assert_eq!(rig.twin.slips().len(), 1, "{broken:?}");
    }
}

#[test]
fn a_roll_near_its_end_is_told_and_prints() {
    let mut rig = Rig::new(576, PATIENCE);
    rig.twin.set_fault(Some(VirtualFault::NearEnd), None);
    assert_eq!(
        rig.driver.check(),
        Ok(Ready {
            near_end: true,
            answers: true
        })
    );
    assert_eq!(rig.driver.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));
}

#[test]
fn a_silent_printer_is_tried_and_nothing_is_claimed() {
    let mut rig = Rig::new(384, HASTE);
    rig.twin.set_fault(Some(VirtualFault::Silent), None);
    assert_eq!(
        rig.driver.check(),
        Ok(Ready {
            near_end: false,
            answers: false
        })
    );
    let not = rig.driver.print(JobId(1), &slip("A001")).unwrap_err();
    assert_eq!((not.fault, not.paper), (PrinterFault::Silent, Paper::Unknown));
    assert_eq!(rig.whole(), ["MC:A001"]);
}

#[test]
fn a_configuration_without_status_asks_nothing_and_assumes() {
    let rig = Rig::new(384, PATIENCE);
    let mut driver = EscposPrinter::with(
        rig.twin.connector(),
        PaperDots::Mm58,
        Answers::None,
        PATIENCE,
        Pen::cold(),
    );
    assert_eq!(driver.print(JobId(1), &slip("A001")), Ok(Proof::Assumed));
    assert_eq!(rig.whole(), ["MC:A001"]);
    assert!(!rig.twin.bytes().windows(2).any(|window| window == [0x10, 0x04]));
    assert_eq!(driver.settle(JobId(1)), None);
}

/// Breaks the printer at many bytes of a slip; after mending there is one whole slip or a copy.
fn strike_everywhere(dots: u32, broken: VirtualFault, named: PrinterFault) {
    for at in offsets(slip_bytes(dots), 9) {
        let context = format!("{broken:?} after {at} bytes");
        let mut rig = Rig::warm(dots, PATIENCE);
        rig.twin.set_fault(Some(broken), Some(at));
        match rig.driver.print(JobId(1), &slip("A001")) {
            Ok(_) => assert_eq!(rig.whole(), ["MC:A001"], "{context}"),
            Err(not) => {
                assert_eq!(fault_of(not), named, "{context}");
                if not.paper == Paper::Untouched {
                    assert!(rig.twin.slips().is_empty(), "{context}");
                }
                rig.twin.set_fault(None, None);
                mend_and_judge(&mut rig.driver, &rig.twin, &context);
            }
        }
    }
}

#[test]
fn paper_running_out_anywhere_leaves_one_whole_slip_or_a_copy() {
    strike_everywhere(576, VirtualFault::OutOfPaper, PrinterFault::OutOfPaper);
    strike_everywhere(384, VirtualFault::OutOfPaper, PrinterFault::OutOfPaper);
}

#[test]
fn a_cover_opened_anywhere_leaves_one_whole_slip_or_a_copy() {
    strike_everywhere(384, VirtualFault::CoverOpen, PrinterFault::CoverOpen);
}

#[test]
fn a_jammed_cutter_leaves_one_whole_slip_or_a_copy() {
    strike_everywhere(384, VirtualFault::CutterJam, PrinterFault::CutterJammed);
}

#[test]
fn a_head_that_stays_hot_leaves_one_whole_slip_or_a_copy() {
    strike_everywhere(384, VirtualFault::Hot, PrinterFault::TooHot);
}

#[test]
fn a_plug_pulled_anywhere_leaves_one_whole_slip_or_a_copy() {
    strike_everywhere(384, VirtualFault::Unplugged, PrinterFault::Unplugged);
}

#[test]
fn garbage_within_a_slip_never_counts_as_paper() {
    for at in [14, 200].into_iter().chain(offsets(slip_bytes(384), 9)) {
        let context = format!("garbage after {at} bytes");
        let mut rig = Rig::warm(384, HASTE);
        rig.twin.set_fault(Some(VirtualFault::Garbage), Some(at));
        match rig.driver.print(JobId(1), &slip("A001")) {
            Ok(_) => assert_eq!(rig.whole(), ["MC:A001"], "{context}"),
            Err(not) => {
                if not.paper == Paper::Untouched {
                    assert!(!has_image(&rig.twin.bytes()), "{context}");
                }
                assert_eq!(rig.driver.check(), Err(PrinterFault::Garbled), "{context}");
                rig.twin.set_fault(None, None);
                mend_and_judge(&mut rig.driver, &rig.twin, &context);
            }
        }
    }
}

#[test]
fn a_head_that_cools_in_time_prints_on_and_proves_it() {
    let mut rig = Rig::warm(
        576,
        Patience {
            hot: Duration::from_secs(20),
            ..PATIENCE
        },
    );
    rig.twin.set_fault(Some(VirtualFault::Hot), Some(3_000));
    let twin = rig.twin.clone();
    let cooling = std::thread::spawn(move || {
        while twin.fault().is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(400));
        twin.set_fault(None, None);
    });
    assert_eq!(rig.driver.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));
    cooling.join().unwrap();
    assert_eq!(rig.whole(), ["MC:A001"]);
}

#[test]
fn a_jammed_cutter_that_is_freed_finishes_the_slip_and_settle_proves_it() {
    let mut rig = Rig::warm(576, PATIENCE);
    rig.twin.set_fault(Some(VirtualFault::CutterJam), Some(3_000));
    let not = rig.driver.print(JobId(1), &slip("A001")).unwrap_err();
    assert_eq!((not.fault, not.paper), (PrinterFault::CutterJammed, Paper::Torn));
    assert!(rig.twin.slips().is_empty());
    rig.twin.set_fault(None, None);
    rig.driver.check().unwrap();
    assert_eq!(rig.driver.settle(JobId(1)), Some(Proof::Acknowledged));
    assert_eq!(rig.whole(), ["MC:A001"]);
    assert!(rig.driver.late_proofs().is_empty());
}

#[test]
fn a_slip_in_two_pieces_is_never_proved_by_settle_nor_by_a_late_proof() {
    let mut rig = Rig::warm(576, PATIENCE);
    rig.twin.set_fault(Some(VirtualFault::OutOfPaper), Some(9_000));
    let not = rig.driver.print(JobId(1), &slip("A001")).unwrap_err();
    assert_eq!((not.fault, not.paper), (PrinterFault::OutOfPaper, Paper::Torn));
    // The new roll lets the printer go on from its buffer, up to the cut and the proof.
    rig.twin.set_fault(None, None);
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while rig.twin.slips().len() < 2 && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(rig.twin.slips().iter().filter(|slip| slip.whole).count(), 0);
    rig.driver.check().unwrap();
    assert!(rig.driver.late_proofs().is_empty());
    assert_eq!(rig.driver.settle(JobId(1)), None);
}

#[test]
fn a_barcode_is_on_the_paper_and_read_from_it() {
    let mut rig = Rig::new(576, PATIENCE);
    let lines = vec![Line::Barcode {
        data: "HN01-{42}".to_owned(),
    }];
    rig.driver.print(JobId(5), &hardware::printer::Slip { lines }).unwrap();
    assert_eq!(rig.whole(), ["HN01-{42}"]);
    let png = rig.twin.slip_png(1).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    assert!(rig.twin.slip_png(2).is_none());
}
