use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hardware::printer::transport::{Connector, DeviceFile, Gone, ShortWrite, Tcp, Transport};
use hardware::printer::{JobId, Paper, Printer, PrinterFault, Proof};

use super::*;

const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A peer that treats every connection the same until the test ends.
fn peer(act: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind(HERE).unwrap();
    let address = listener.local_addr().unwrap();
    let act = Arc::new(act);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let act = Arc::clone(&act);
            thread::spawn(move || act(stream));
        }
    });
    address
}

fn driver_to(address: SocketAddr, patience: Patience) -> EscposPrinter {
    driver(Box::new(Tcp::new(address)), 384, patience)
}

/// A printer that answers status, with `answer` deciding how, and swallows all else.
fn status_printer(stream: TcpStream, answer: impl Fn(&mut TcpStream, u8)) {
    let (mut reading, mut writing) = (stream.try_clone().unwrap(), stream);
    let (mut last, mut byte) = ([0_u8; 2], [0_u8]);
    while reading.read(&mut byte).is_ok_and(|count| count > 0) {
        if last == [0x10, 0x04] {
            answer(&mut writing, byte[0]);
        }
        last = [last[1], byte[0]];
    }
}

fn say(stream: &mut TcpStream, bytes: &[u8]) {
    // The driver may have left; that is its right.
    let _left = stream.write_all(bytes);
}

#[test]
fn another_service_on_the_port_is_garbled_and_sees_nothing_of_the_slip() {
    let (told, heard) = std::sync::mpsc::channel::<Vec<u8>>();
    let told = std::sync::Mutex::new(told);
    let address = peer(move |mut stream| {
        let mut first = [0; 64];
        let count = stream.read(&mut first).unwrap_or(0);
        told.lock().unwrap().send(first[..count].to_vec()).unwrap();
        say(&mut stream, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        let _ended = stream.read(&mut first);
    });
    let mut driver = driver_to(address, PATIENCE);
    let not = driver.print(JobId(1), &slip("A001")).unwrap_err();
    assert_eq!(not.paper, Paper::Untouched);
    assert!(matches!(not.fault, PrinterFault::Garbled | PrinterFault::Unplugged));
    while let Ok(bytes) = heard.try_recv() {
        assert!(bytes.len() <= 12, "more than questions was sent");
    }
}

#[test]
fn an_echo_is_no_printer() {
    let address = peer(|mut stream| {
        let mut copy = stream.try_clone().unwrap();
        let _ended = std::io::copy(&mut copy, &mut stream);
    });
    assert_eq!(driver_to(address, PATIENCE).check(), Err(PrinterFault::Garbled));
}

#[test]
fn random_noise_is_no_printer() {
    let address = peer(|stream| {
        let mut state = 0x1234_5678_9ABC_DEF1_u64;
        let mut noisy = stream.try_clone().unwrap();
        thread::spawn(move || {
            loop {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                if noisy.write_all(&state.to_le_bytes()).is_err() {
                    return;
                }
                thread::sleep(Duration::from_millis(1));
            }
        });
        status_printer(stream, |_, _| {});
    });
    let started = Instant::now();
    assert_eq!(driver_to(address, PATIENCE).check(), Err(PrinterFault::Garbled));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn answers_that_come_late_are_never_taken_for_others() {
    // Paper is out, and only the fourth answer says so; each comes a little after the driver gave up on it.
    let address = peer(|stream| {
        status_printer(stream, |stream, question| {
            thread::sleep(Duration::from_millis(90));
            say(stream, &[if question == 4 { 0x7E } else { 0x12 }]);
        });
    });
    let outcome = driver_to(address, HASTE).check();
    assert!(
        matches!(outcome, Err(PrinterFault::OutOfPaper)) || outcome.is_ok_and(|ready| !ready.answers),
        "{outcome:?}"
    );
}

#[test]
fn a_printer_that_answers_only_status_is_believed_after_time() {
    let address = peer(|stream| status_printer(stream, |stream, _| say(stream, &[0x12])));
    let mut driver = driver_to(
        address,
        Patience {
            probe: Duration::from_millis(100),
            ..PATIENCE
        },
    );
    assert_eq!(driver.print(JobId(1), &slip("A001")), Ok(Proof::Assumed));
}

#[test]
fn a_printer_that_knows_only_the_first_question_is_still_used() {
    let address = peer(|stream| {
        status_printer(stream, |stream, question| {
            if question == 1 {
                say(stream, &[0x12]);
            }
        });
    });
    let mut driver = driver_to(address, HASTE);
    assert!(driver.check().unwrap().answers);
}

/// A printer whose answers are there before the write that asks for them returns.
struct Quick {
    answers: VecDeque<u8>,
    tail: Vec<u8>,
    waited: Arc<AtomicBool>,
    cut: bool,
}

impl Transport for Quick {
    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<(), ShortWrite> {
        for byte in bytes {
            self.tail.push(*byte);
            match self.tail.as_slice() {
                [.., 0x10, 0x04, 1..=4] => self.answers.push_back(0x12),
                [.., 0x1D, b'(', b'H', 6, 0, 0x30, 0x30, a, b, c, d] => {
                    self.answers.extend([0x37, 0x22, *a, *b, *c, *d, 0]);
                }
                [.., 0x1D, b'r', 1] => self.answers.push_back(0),
                _ => {}
            }
        }
        self.cut |= bytes.windows(2).any(|pair| pair == [0x1D, b'V']);
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, Gone> {
        let count = buffer.len().min(self.answers.len());
        for (place, byte) in buffer.iter_mut().zip(self.answers.drain(..count)) {
            *place = byte;
        }
        if count == 0 && self.cut && !timeout.is_zero() {
            self.waited.store(true, Ordering::Relaxed);
        }
        Ok(count)
    }
}

struct QuickPort(Arc<AtomicBool>);

impl Connector for QuickPort {
    fn connect(&mut self) -> std::io::Result<Box<dyn Transport>> {
        Ok(Box::new(Quick {
            answers: VecDeque::new(),
            tail: vec![],
            waited: Arc::clone(&self.0),
            cut: false,
        }))
    }
}

#[test]
fn a_proof_that_came_while_the_slip_was_sent_is_not_waited_for() {
    let waited = Arc::new(AtomicBool::new(false));
    let mut driver = driver(Box::new(QuickPort(Arc::clone(&waited))), 384, PATIENCE);

    assert_eq!(driver.print(JobId(1), &slip("A001")), Ok(Proof::Acknowledged));
    assert!(!waited.load(Ordering::Relaxed), "it waited for what it had");
}

#[test]
fn a_printer_that_only_fences_is_fenced() {
    let address = peer(|stream| {
        let (mut reading, mut writing) = (stream.try_clone().unwrap(), stream);
        let (mut last, mut byte) = ([0_u8; 2], [0_u8]);
        while reading.read(&mut byte).is_ok_and(|count| count > 0) {
            match (last, byte[0]) {
                ([0x10, 0x04], 1..=4) => say(&mut writing, &[0x12]),
                ([0x1D, b'r'], 1) => say(&mut writing, &[0x00]),
                _ => {}
            }
            last = [last[1], byte[0]];
        }
    });
    assert_eq!(
        driver_to(address, PATIENCE).print(JobId(1), &slip("A001")),
        Ok(Proof::Fenced)
    );
}

/// A terminal line nobody reads at the other end: it takes a few thousand bytes and then none.
#[test]
fn a_printer_that_takes_nothing_more_ends_in_time() {
    let pair = nix::pty::openpty(None, None).unwrap();
    let mut settings = nix::sys::termios::tcgetattr(&pair.slave).unwrap();
    nix::sys::termios::cfmakeraw(&mut settings);
    nix::sys::termios::tcsetattr(&pair.slave, nix::sys::termios::SetArg::TCSANOW, &settings).unwrap();
    let path = nix::unistd::ttyname(&pair.slave).unwrap();
    for answers in [Answers::Auto, Answers::None] {
        let connector = Box::new(DeviceFile::new(path.clone()));
        let mut driver = EscposPrinter::with(connector, PaperDots::Mm58, answers, HASTE, Pen::cold());
        let started = Instant::now();
        let long = Slip {
            lines: vec![Line::Gap { mm: 250 }],
        };
        let not = driver.print(JobId(1), &long).unwrap_err();
        assert_eq!(not.fault, PrinterFault::Silent);
        assert_eq!(
            not.paper,
            if answers == Answers::Auto {
                Paper::Torn
            } else {
                Paper::Untouched
            }
        );
        assert!(started.elapsed() < Duration::from_secs(20));
    }
    drop(pair);
}

#[test]
fn a_slow_printer_gets_every_byte_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let twin = VirtualPrinter::open_with_pace(folder.path(), 384, Pace::Instant).unwrap();
    let shared = Arc::new(std::sync::Mutex::new(twin.connector()));
    let address = peer(move |stream| {
        let mut device = shared.lock().unwrap().connect().unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        let (mut reading, mut writing) = (stream.try_clone().unwrap(), stream);
        let mut few = [0; 97];
        loop {
            match reading.read(&mut few) {
                Ok(0) => return,
                Ok(count) => device
                    .write(&few[..count], Instant::now() + Duration::from_secs(5))
                    .unwrap(),
                Err(_) => {}
            }
            let mut answer = [0; 1];
            match device.read(&mut answer, Duration::from_micros(200)) {
                Ok(0) => {}
                Ok(_) => say(&mut writing, &answer),
                Err(_) => return,
            }
        }
    });
    assert_eq!(
        driver_to(address, PATIENCE).print(JobId(1), &slip("A001")),
        Ok(Proof::Acknowledged)
    );
    assert_eq!(whole(&twin), ["MC:A001"]);
}

#[test]
fn a_printer_that_drips_ends_within_the_time_for_a_slip() {
    // One byte at a time, far too slow, but never stuck.
    let address = peer(|mut stream| {
        let mut byte = [0];
        while stream.read(&mut byte).is_ok_and(|count| count > 0) {
            thread::sleep(Duration::from_millis(5));
        }
    });
    let mut driver = driver_to(
        address,
        Patience {
            print: Duration::from_secs(3),
            ..HASTE
        },
    );
    let started = Instant::now();
    let long = Slip {
        lines: vec![Line::Gap { mm: 250 }; 5],
    };
    let not = driver.print(JobId(1), &long).unwrap_err();
    assert_ne!(not.paper, Paper::Untouched);
    assert!(started.elapsed() < Duration::from_secs(20));
}
