use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use hardware::printer::transport::{DeviceFile, Flow, SerialPort, Tcp, Transport};
use hardware::printer::{JobId, Paper, Printer, PrinterFault, Proof};
use hardware::twin::printer::VirtualFault;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::ttyname;

use super::*;

const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn tcp_rig(pace: Pace) -> (TempDir, VirtualPrinter, SocketAddr) {
    let folder = tempfile::tempdir().unwrap();
    let twin = VirtualPrinter::open_with_pace(folder.path(), 576, pace).unwrap();
    let address = twin.listen(HERE).unwrap();
    (folder, twin, address)
}

/// A device node with the virtual printer behind it, as long as it is not dropped.
struct Node {
    path: PathBuf,
    stop: Arc<AtomicBool>,
    pump: Option<thread::JoinHandle<()>>,
}

impl Node {
    fn new(mut printer: Box<dyn Transport>) -> Self {
        let pair = openpty(None, None).unwrap();
        let mut settings = tcgetattr(&pair.slave).unwrap();
        cfmakeraw(&mut settings);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &settings).unwrap();
        let path = ttyname(&pair.slave).unwrap();
        fcntl(&pair.master, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).unwrap();
        let mut master = File::from(pair.master);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let slave = pair.slave;
        let pump = thread::spawn(move || {
            let mut bytes = [0; 2_048];
            while !stopped.load(Ordering::SeqCst) {
                if let Ok(count) = master.read(&mut bytes) {
                    printer
                        .write(&bytes[..count], Instant::now() + Duration::from_secs(10))
                        .unwrap();
                }
                if let Ok(count) = printer.read(&mut bytes, Duration::from_millis(1)) {
                    master.write_all(&bytes[..count]).unwrap();
                }
            }
            drop((master, slave));
        });
        Self {
            path,
            stop,
            pump: Some(pump),
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(pump) = self.pump.take() {
            pump.join().unwrap();
        }
    }
}

#[test]
fn slips_come_out_over_tcp_one_after_the_other() {
    let (_folder, twin, address) = tcp_rig(Pace::Instant);
    let mut driver = driver(Box::new(Tcp::new(address)), 576, PATIENCE);
    for job in 1..=3 {
        assert_eq!(
            driver.print(JobId(job), &slip(&format!("B{job:03}"))),
            Ok(Proof::Acknowledged)
        );
    }
    assert_eq!(whole(&twin), ["MC:B001", "MC:B002", "MC:B003"]);
}

#[test]
fn a_second_connection_waits_for_its_turn() {
    let (_folder, twin, address) = tcp_rig(Pace::Instant);
    let mut first = driver(Box::new(Tcp::new(address)), 576, PATIENCE);
    assert_eq!(first.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));
    let waiting = thread::spawn(move || {
        let mut second = driver(
            Box::new(Tcp::new(address)),
            576,
            Patience {
                answer: Duration::from_secs(10),
                ..PATIENCE
            },
        );
        second.print(JobId(2), &slip("A002"))
    });
    thread::sleep(Duration::from_millis(100));
    drop(first);
    assert_eq!(waiting.join().unwrap(), Ok(Proof::Acknowledged));
    assert_eq!(whole(&twin), ["MC:A001", "MC:A002"]);
}

#[test]
fn faults_are_seen_over_tcp_too() {
    for (broken, named) in [
        (VirtualFault::OutOfPaper, PrinterFault::OutOfPaper),
        (VirtualFault::CoverOpen, PrinterFault::CoverOpen),
        (VirtualFault::CutterJam, PrinterFault::CutterJammed),
        (VirtualFault::Unplugged, PrinterFault::Unplugged),
    ] {
        for at in [40, 5_000, 14_000] {
            let (_folder, twin, address) = tcp_rig(Pace::Instant);
            let mut driver = driver(Box::new(Tcp::new(address)), 576, PATIENCE);
            driver.check().unwrap();
            twin.set_fault(Some(broken), Some(at));
            let not = driver.print(JobId(1), &slip("A001")).unwrap_err();
            assert_eq!(not.fault, named);
            assert_ne!(not.paper, Paper::Untouched);
            twin.set_fault(None, None);
            let until = Instant::now() + Duration::from_secs(10);
            while driver.check().is_err() && Instant::now() < until {
                thread::sleep(Duration::from_millis(10));
            }
            mend_and_judge(&mut driver, &twin, &format!("{broken:?} over TCP after {at} bytes"));
        }
    }
}

#[test]
fn nobody_listening_is_unplugged() {
    let listener = std::net::TcpListener::bind(HERE).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(
        driver(Box::new(Tcp::new(address)), 576, PATIENCE).check(),
        Err(PrinterFault::Unplugged)
    );
}

#[test]
fn a_missing_device_is_unplugged_and_used_once_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("kiosk-printer");
    let rig = Rig::new(384, PATIENCE);
    let mut driver = driver(Box::new(DeviceFile::new(link.clone())), 384, PATIENCE);
    assert_eq!(driver.check(), Err(PrinterFault::Unplugged));
    let node = Node::new(rig.twin.connector().connect().unwrap());
    symlink(&node.path, &link).unwrap();
    assert_eq!(driver.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));
}

#[test]
fn a_device_that_comes_back_under_another_node_is_followed_through_its_link() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("kiosk-printer");
    let rig = Rig::new(384, PATIENCE);
    let first = Node::new(rig.twin.connector().connect().unwrap());
    symlink(&first.path, &link).unwrap();
    let mut driver = driver(Box::new(DeviceFile::new(link.clone())), 384, PATIENCE);
    assert_eq!(driver.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));

    drop(first);
    std::fs::remove_file(&link).unwrap();
    assert_eq!(driver.check(), Err(PrinterFault::Unplugged));

    let second = Node::new(rig.twin.connector().connect().unwrap());
    symlink(&second.path, &link).unwrap();
    assert_eq!(driver.print(JobId(2), &slip("A002")), Ok(Proof::Acknowledged));
    assert_eq!(rig.whole(), ["MC:A001", "MC:A002"]);
}

#[test]
fn a_serial_line_carries_a_slip_with_each_flow_control() {
    for flow in [Flow::Hardware, Flow::None] {
        let rig = Rig::new(384, PATIENCE);
        let node = Node::new(rig.twin.connector().connect().unwrap());
        let mut driver = driver(
            Box::new(SerialPort::new(node.path.clone(), 115_200, flow)),
            384,
            PATIENCE,
        );
        assert_eq!(driver.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));
        assert_eq!(rig.whole(), ["MC:A001"]);
    }
}
