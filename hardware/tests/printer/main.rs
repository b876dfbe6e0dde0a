//! The real driver against the virtual printer and against peers that behave badly. A file per kind of trouble.
#![cfg(feature = "virtual")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod faults;
mod kills;
mod peers;
mod wires;

use std::time::Duration;

use hardware::printer::dots::Pen;
use hardware::printer::transport::Connector;
use hardware::printer::{
    Align, Answers, EscposPrinter, JobId, Line, NotPrinted, PaperDots, Patience, Printer, PrinterFault, Slip, TextSize,
    Weight,
};
use hardware::twin::printer::{Pace, VirtualPrinter};
use tempfile::TempDir;

/// Long where an answer is expected, short where none comes.
const PATIENCE: Patience = Patience {
    answer: Duration::from_secs(2),
    probe: Duration::from_secs(3),
    stuck: Duration::from_millis(600),
    look: Duration::from_millis(30),
    proof: Duration::from_secs(5),
    hot: Duration::from_millis(300),
    settle: Duration::from_secs(4),
    offline: Duration::from_millis(400),
    print: Duration::from_secs(30),
};

/// For peers that answer nothing.
const HASTE: Patience = Patience {
    answer: Duration::from_millis(60),
    probe: Duration::from_millis(200),
    proof: Duration::from_millis(300),
    settle: Duration::from_millis(300),
    ..PATIENCE
};

fn slip(code: &str) -> Slip {
    let text = |text: &str, size, align| Line::Text {
        text: text.to_owned(),
        size,
        weight: Weight::Bold,
        align,
    };
    Slip {
        lines: vec![
            text("SỐ THỨ TỰ", TextSize::Normal, Align::Center),
            text(code, TextSize::Large, Align::Center),
            Line::Qr {
                data: format!("MC:{code}"),
            },
            Line::Pair {
                label: "Quầy".to_owned(),
                value: "3".to_owned(),
            },
        ],
    }
}

fn driver(connector: Box<dyn Connector>, dots: u32, patience: Patience) -> EscposPrinter {
    EscposPrinter::with(
        connector,
        PaperDots::try_from(dots).unwrap(),
        Answers::Auto,
        patience,
        Pen::cold(),
    )
}

struct Rig {
    folder: TempDir,
    twin: VirtualPrinter,
    driver: EscposPrinter,
}

impl Rig {
    fn new(dots: u32, patience: Patience) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let twin = VirtualPrinter::open_with_pace(folder.path(), dots, Pace::Instant).unwrap();
        let driver = driver(twin.connector(), dots, patience);
        Self { folder, twin, driver }
    }

    /// A rig whose driver has found out what the printer can do.
    fn warm(dots: u32, patience: Patience) -> Self {
        let mut rig = Self::new(dots, patience);
        rig.driver.check().unwrap();
        rig
    }

    /// Codes on the slips that are whole, oldest first.
    fn whole(&self) -> Vec<String> {
        whole(&self.twin)
    }
}

fn whole(twin: &VirtualPrinter) -> Vec<String> {
    twin.slips()
        .into_iter()
        .filter(|slip| slip.whole)
        .flat_map(|slip| slip.codes)
        .collect()
}

fn fault_of(not: NotPrinted) -> PrinterFault {
    not.fault
}

/// Bytes of a slip as the printer gets them, with the questions before.
fn slip_bytes(dots: u32) -> u64 {
    let mut rig = Rig::warm(dots, PATIENCE);
    let before = rig.twin.bytes().len();
    rig.driver.print(JobId(1), &slip("A001")).unwrap();
    (rig.twin.bytes().len() - before) as u64
}

/// Offsets at the beginning, the end, and spread between.
fn offsets(total: u64, between: u64) -> Vec<u64> {
    let mut offsets: Vec<u64> = vec![0, 1, 2, 11, 12, 13, 15, 20, 30];
    offsets.extend((1..between).map(|step| total * step / between));
    offsets.extend((0..24).map(|back| total - back));
    offsets
}

/// What a kiosk does once a fault is mended: settle the slip, print a copy if it did not come out.
/// Then: one whole slip, or a whole copy, and nothing old comes out with the next one.
fn mend_and_judge(rig_driver: &mut EscposPrinter, twin: &VirtualPrinter, context: &str) {
    rig_driver
        .check()
        .unwrap_or_else(|fault| panic!("{context}: {fault} after mending"));
    if rig_driver.settle(JobId(1)).is_some() {
        assert_eq!(whole(twin), ["MC:A001"], "{context}: settled");
    } else {
        let before = whole(twin).len();
        assert!(before <= 1, "{context}: {before} whole slips before the copy");
        rig_driver
            .print(JobId(2), &slip("A001-COPY"))
            .unwrap_or_else(|not| panic!("{context}: copy {not}"));
        assert_eq!(
            whole(twin).last().map(String::as_str),
            Some("MC:A001-COPY"),
            "{context}: copy"
        );
        assert_eq!(whole(twin).len(), before + 1, "{context}: copy");
    }
    let before = twin.slips().len();
    rig_driver
        .print(JobId(3), &slip("A002"))
        .unwrap_or_else(|not| panic!("{context}: next {not}"));
    let after = twin.slips();
    assert_eq!(after.len(), before + 1, "{context}: old paper came out");
    let last = after.last().unwrap();
    assert!(last.whole && last.codes == ["MC:A002"], "{context}: next slip {last:?}");
}
