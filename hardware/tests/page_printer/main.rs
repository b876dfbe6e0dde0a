//! The real driver against the virtual page printer, against CUPS, and against what is neither.
#![cfg(feature = "virtual")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cups;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use hardware::page_printer::{
    Document, NotPrinted, PagePrinter, PagePrinterFault, Patience, PrinterUrl, a4, open_with,
};
use hardware::printer::{Align, Line, Paper, Slip, TextSize, Weight};
use hardware::twin::page_printer::{PageFault, VirtualPagePrinter};
use tempfile::TempDir;

/// Long enough for a busy machine, short where a fault is waited for.
const PATIENCE: Patience = Patience {
    job: Duration::from_secs(60),
    fault: Duration::from_secs(3),
    cancel: Duration::from_secs(5),
    believed: Duration::from_secs(2),
};

fn open(url: PrinterUrl) -> Box<dyn PagePrinter> {
    open_with(url, PATIENCE)
}

fn document() -> Document {
    Document {
        title: "Giấy tiếp nhận hồ sơ".into(),
        slip: Slip {
            lines: vec![Line::Text {
                text: "GIẤY TIẾP NHẬN HỒ SƠ".into(),
                size: TextSize::Large,
                weight: Weight::Bold,
                align: Align::Center,
            }],
        },
        made_at_unix: 1_795_305_600,
    }
}

fn pdf() -> Vec<u8> {
    let Document {
        title,
        slip,
        made_at_unix,
    } = document();
    a4::pdf(&title, &slip, made_at_unix).unwrap()
}

fn print(driver: &mut dyn PagePrinter) -> Result<(), NotPrinted> {
    driver.print(&document(), &mut || ())
}

fn not(fault: PagePrinterFault, paper: Paper) -> Result<(), NotPrinted> {
    Err(NotPrinted { fault, paper })
}

struct Rig {
    folder: TempDir,
    twin: VirtualPagePrinter,
    driver: Box<dyn PagePrinter>,
}

fn rig() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let twin = VirtualPagePrinter::open(folder.path()).unwrap();
    let driver = open(twin.url());
    Rig { folder, twin, driver }
}

#[test]
fn a_page_comes_out_as_it_was_sent() {
    let mut rig = rig();
    assert_eq!(rig.driver.check(), Ok(()));
    let mut beats = 0;
    assert_eq!(rig.driver.print(&document(), &mut || beats += 1), Ok(()));
    assert!(beats > 2, "{beats}");
    assert_eq!(rig.twin.papers().unwrap(), 1);
    assert_eq!(rig.twin.paper(1).unwrap(), pdf());
}

#[test]
fn each_fault_is_told_before_anything_is_sent_and_mended_it_prints() {
    let mut rig = rig();
    for (fault, told) in [
        (PageFault::OutOfPaper, PagePrinterFault::OutOfPaper),
        (PageFault::Jam, PagePrinterFault::Jammed),
        (PageFault::CoverOpen, PagePrinterFault::CoverOpen),
        (PageFault::NoToner, PagePrinterFault::OutOfToner),
        (PageFault::Paused, PagePrinterFault::Stopped),
        (PageFault::Unplugged, PagePrinterFault::Unreachable),
        (PageFault::Garbage, PagePrinterFault::Garbled),
    ] {
        rig.twin.set_fault(Some(fault), false);
        assert_eq!(rig.driver.check(), Err(told));
        assert_eq!(print(rig.driver.as_mut()), not(told, Paper::Untouched));
        rig.twin.set_fault(None, false);
        assert_eq!(rig.driver.check(), Ok(()), "{fault:?} mended");
    }
    assert_eq!((rig.twin.waiting(), rig.twin.papers().unwrap()), (0, 0));
}

#[test]
fn what_is_stuck_is_taken_back_and_does_not_come_out_for_the_next_one() {
    for (fault, told, paper) in [
        (PageFault::OutOfPaper, PagePrinterFault::OutOfPaper, Paper::Untouched),
        (PageFault::Jam, PagePrinterFault::Jammed, Paper::Torn),
    ] {
        let mut rig = rig();
        rig.twin.set_fault(Some(fault), true);
        assert_eq!(print(rig.driver.as_mut()), not(told, paper));
        rig.twin.set_fault(None, false);
        assert_eq!((rig.twin.waiting(), rig.twin.papers().unwrap()), (0, 0), "{fault:?}");
        assert_eq!(print(rig.driver.as_mut()), Ok(()));
        assert_eq!(rig.twin.papers().unwrap(), 1, "{fault:?}");
    }
}

#[test]
fn a_job_whose_answer_is_lost_is_found_again_and_printed_once() {
    let mut rig = rig();
    rig.twin.set_fault(Some(PageFault::LoseAnswer), false);
    assert_eq!(print(rig.driver.as_mut()), Ok(()));
    assert_eq!(rig.twin.papers().unwrap(), 1);
}

#[test]
fn who_loses_the_printer_amid_a_page_knows_nothing_and_takes_it_back_when_it_is_there_again() {
    let mut rig = rig();
    rig.twin.set_fault(Some(PageFault::Unplugged), true);
    assert_eq!(
        print(rig.driver.as_mut()),
        not(PagePrinterFault::Unreachable, Paper::Unknown)
    );
    rig.twin.set_fault(Some(PageFault::Paused), false);
    assert_eq!(rig.driver.check(), Err(PagePrinterFault::Stopped));
    assert_eq!(rig.twin.waiting(), 0, "a stopped printer is swept as well");
}

#[test]
fn what_a_kiosk_that_died_has_left_in_the_queue_never_comes_out() {
    let Rig {
        folder,
        twin,
        mut driver,
    } = rig();
    twin.set_fault(Some(PageFault::OutOfPaper), true);
    let dies = thread::spawn(move || print(driver.as_mut()));
    while twin.waiting() == 0 {
        thread::sleep(Duration::from_millis(20));
    }
    // The printer keeps its queue in the folder; the one that died never gets to take its job back.
    let copied = tempfile::tempdir().unwrap();
    for room in ["queue", "papers"] {
        std::fs::create_dir(copied.path().join(room)).unwrap();
    }
    for file in std::fs::read_dir(folder.path().join("queue")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copied.path().join("queue").join(file.file_name())).unwrap();
    }
    let twin = VirtualPagePrinter::open(copied.path()).unwrap();
    assert_eq!(twin.waiting(), 1);
    let mut driver = open(twin.url());
    assert_eq!(driver.check(), Ok(()));
    assert_eq!((twin.waiting(), twin.papers().unwrap()), (0, 0));
    drop(dies);
}

fn queue_at(port: u16) -> PrinterUrl {
    PrinterUrl::try_from(format!("ipp://127.0.0.1:{port}/ipp/print")).unwrap()
}

/// Answers every connection with these bytes.
fn peer(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut heard = [0; 4096];
            let _gone = stream.read(&mut heard);
            let _gone = stream.write_all(answer);
        }
    });
    port
}

#[test]
fn whatever_else_answers_is_a_fault_and_no_more() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(open(queue_at(nobody)).check(), Err(PagePrinterFault::Unreachable));
    for (answer, fault) in [
        (&b"\x10\x04garbage"[..], PagePrinterFault::Garbled),
        (
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            PagePrinterFault::Unsuited,
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
            PagePrinterFault::Garbled,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x02\x00\x00\x00",
            PagePrinterFault::Garbled,
        ),
        // A group of jobs where a printer should be, and attributes that never end.
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x02\x00\x00\x00\x00\x00\x00\x01\x03",
            PagePrinterFault::Garbled,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n\x02\x00\x00\x00\x00\x00\x00\x01\x04\x23\xff\xff\x00\x00",
            PagePrinterFault::Garbled,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n\x02\x00",
            PagePrinterFault::Unreachable,
        ),
    ] {
        assert_eq!(
            open(queue_at(peer(answer))).check(),
            Err(fault),
            "{}",
            String::from_utf8_lossy(answer)
        );
    }
}
