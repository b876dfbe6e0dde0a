use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use hardware::printer::transport::{Gone, ShortWrite, Stop, Transport};
use hardware::printer::{JobId, Printer, Proof};
use hardware::twin::printer::VirtualFault;

use super::*;

/// A cable that breaks off for good after so many bytes, as when the kiosk's program is killed.
struct Dying {
    inner: Box<dyn Connector>,
    left: Arc<AtomicUsize>,
}

struct DyingLink {
    inner: Box<dyn Transport>,
    left: Arc<AtomicUsize>,
}

impl Connector for Dying {
    fn connect(&mut self) -> io::Result<Box<dyn Transport>> {
        if self.left.load(Ordering::SeqCst) == 0 {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Box::new(DyingLink {
            inner: self.inner.connect()?,
            left: Arc::clone(&self.left),
        }))
    }
}

impl Transport for DyingLink {
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), ShortWrite> {
        let left = self.left.load(Ordering::SeqCst);
        let most = bytes.len().min(left);
        self.inner.write(&bytes[..most], deadline)?;
        self.left.store(left - most, Ordering::SeqCst);
        if most < bytes.len() {
            Err(ShortWrite {
                count: most,
                cause: Stop::Gone,
            })
        } else {
            Ok(())
        }
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Gone> {
        if self.left.load(Ordering::SeqCst) == 0 {
            return Err(Gone);
        }
        self.inner.read(buffer, timeout)
    }
}

#[test]
fn a_kiosk_killed_at_any_byte_of_a_slip_finds_one_whole_slip_or_prints_a_copy() {
    for (round, at) in offsets(slip_bytes(384), 9).into_iter().enumerate() {
        let context = format!("killed after {at} bytes");
        let mut rig = Rig::warm(384, PATIENCE);
        let connector = Dying {
            inner: rig.twin.connector(),
            left: Arc::new(AtomicUsize::new(at as usize + 27)),
        };
        let mut dying = driver(Box::new(connector), 384, PATIENCE);
        // The outcome dies with the program.
        let _lost = dying.print(JobId(1), &slip("A001"));
        drop(dying);
        let Rig { folder, twin, .. } = rig;
        drop(twin);

        // Every other time something is wrong with the paper when it comes back.
        let twin = VirtualPrinter::open_with_pace(folder.path(), 384, Pace::Instant).unwrap();
        // Too little patience would only mean one copy more.
        let patience = Patience {
            probe: Duration::from_millis(400),
            ..PATIENCE
        };
        let mut driver = driver(twin.connector(), 384, patience);
        if round % 2 == 1 {
            twin.set_fault(Some(VirtualFault::CoverOpen), None);
            assert!(driver.check().is_err());
            twin.set_fault(None, None);
        }
        mend_and_judge(&mut driver, &twin, &context);
        rig = Rig { folder, twin, driver };
        drop(rig);
    }
}

#[test]
fn a_printer_goes_on_from_its_buffer_when_the_program_dies_and_keeps_the_proof() {
    let folder = tempfile::tempdir().unwrap();
    // So slow that the program is dead long before the paper is out.
    let slow = VirtualPrinter::open_with_pace(folder.path(), 576, Pace::MmPerSecond(20)).unwrap();
    let mut driver_one = driver(slow.connector(), 576, PATIENCE);
    driver_one.check().unwrap();
    let printing = std::thread::spawn(move || {
        let outcome = driver_one.print(JobId(77), &slip("A001"));
        assert!(outcome.is_err());
    });
    let until = Instant::now() + Duration::from_secs(20);
    while !slow.bytes().windows(4).any(|window| window == b"\x1dVA\x01") && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(slow);
    printing.join().unwrap();

    let twin = VirtualPrinter::open_with_pace(folder.path(), 576, Pace::MmPerSecond(2_000)).unwrap();
    let mut driver_two = driver(twin.connector(), 576, PATIENCE);
    driver_two.check().unwrap();
    let mut late = Vec::new();
    let until = Instant::now() + Duration::from_secs(20);
    while late.is_empty() && Instant::now() < until {
        late = driver_two.late_proofs();
    }
    assert_eq!(late, [JobId(77)]);
    assert_eq!(whole(&twin), ["MC:A001"]);
}

#[test]
fn slips_bytes_and_faults_survive_the_program() {
    let mut rig = Rig::new(384, PATIENCE);
    for job in 1..=3 {
        assert_eq!(
            rig.driver.print(JobId(job), &slip(&format!("A{job:03}"))),
            Ok(Proof::Acknowledged)
        );
    }
    rig.twin.set_fault(Some(VirtualFault::OutOfPaper), None);
    let (slips, bytes, png) = (rig.twin.slips(), rig.twin.bytes(), rig.twin.slip_png(2));
    let Rig { folder, twin, driver } = rig;
    drop((twin, driver));

    let again = VirtualPrinter::open_with_pace(folder.path(), 384, Pace::Instant).unwrap();
    assert_eq!(again.slips(), slips);
    assert_eq!(again.bytes(), bytes);
    assert_eq!(again.slip_png(2), png);
    assert_eq!(again.fault(), Some(VirtualFault::OutOfPaper));
}

#[test]
fn a_settle_before_anything_else_after_a_restart_finds_the_kept_proof() {
    let rig = Rig::new(384, PATIENCE);
    let mut link = rig.twin.connector().connect().unwrap();
    let bytes = hardware::printer::escpos::encode(
        &mut Pen::cold(),
        &slip("A001"),
        384,
        hardware::printer::escpos::Ending::WithProof(JobId(1)),
    );
    link.write(&bytes.unwrap().bytes, Instant::now() + Duration::from_secs(5))
        .unwrap();
    drop(link);
    let Rig { folder, twin, .. } = rig;
    drop(twin);
    let twin = VirtualPrinter::open_with_pace(folder.path(), 384, Pace::Instant).unwrap();
    let mut driver = driver(twin.connector(), 384, PATIENCE);
    assert_eq!(driver.settle(JobId(1)), Some(Proof::Acknowledged));
    assert_eq!(whole(&twin), ["MC:A001"]);
}
