//! The printer at the end of a network cable: a real one, nobody, and things that are no printer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hardware::twin::printer::VirtualPrinter;

use crate::harness::{Kiosk, Look, WAIT_MAX, free_address, test_config};

const SERIES: &str = "Hộ tịch, tư pháp";

fn config(printer: SocketAddr) -> toml::Table {
    let mut config = test_config();
    let text = format!("driver = \"tcp\"\naddress = \"{printer}\"\ndots = 576\nstatus = \"auto\"");
    config.insert("printer".into(), toml::Value::Table(text.parse().unwrap()));
    config
}

/// A printer of its own, which lives and is switched off apart from the kiosk.
fn printer_at(folder: &Path, address: SocketAddr) -> VirtualPrinter {
    let printer = VirtualPrinter::open(folder, 576).unwrap();
    let began = Instant::now();
    // Whoever had the address before may still be letting go of it.
    while let Err(error) = printer.listen(address) {
        assert!(began.elapsed() < WAIT_MAX, "{error}");
        std::thread::sleep(Duration::from_millis(50));
    }
    printer
}

/// Codes of the whole slips that came out.
fn whole(printer: &VirtualPrinter) -> Vec<String> {
    let slips = printer.slips().into_iter().filter(|slip| slip.whole);
    slips.flat_map(|slip| slip.codes).collect()
}

/// What is no printer does with each connection.
#[derive(Clone, Copy)]
enum Manner {
    /// Takes all and says nothing.
    Mute,
    /// Answers every read with something else.
    Babble,
    /// Hangs up at once.
    HangUp,
}

struct Peer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Peer {
    fn at(address: SocketAddr, manner: Manner) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut open: Vec<TcpStream> = vec![];
            while !stopped.load(Ordering::SeqCst) {
                if let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true).unwrap();
                    match manner {
                        Manner::HangUp => drop(stream),
                        Manner::Mute | Manner::Babble => open.push(stream),
                    }
                }
                open.retain_mut(|stream| serve(stream, manner));
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

/// Takes what there is; whether the connection is still there.
fn serve(stream: &mut TcpStream, manner: Manner) -> bool {
    let mut bytes = [0; 4_096];
    match stream.read(&mut bytes) {
        Ok(0) => false,
        Ok(_) if matches!(manner, Manner::Babble) => stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").is_ok(),
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn code(kiosk: &Kiosk, number: u32, copies: u32) -> String {
    let day = kiosk.report()[0].drawn_at[..10].to_owned();
    format!("MCK1;T;K01;{day};A{number:03};{copies}")
}

#[tokio::test]
async fn a_printer_on_the_network_prints_is_switched_off_and_prints_again() {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let printer = printer_at(folder.path(), address);
    let kiosk = Kiosk::start_with(config(address), "http://127.0.0.1:9").await;
    kiosk.take_number(SERIES).await;
    kiosk.reports("A", 1, &["printed"]).await;
    assert_eq!(whole(&printer), [code(&kiosk, 1, 0)]);
    kiosk.leave().await;

    drop(printer);
    kiosk.take_number(SERIES).await;
    let look = kiosk.at("trouble").await;
    assert!(look.shows("Máy in bị rút dây") && look.shows("A 002"), "{look:#?}");
    let printer = printer_at(folder.path(), address);
    kiosk.sees("Mời bạn lấy phiếu").await;
    kiosk.reports("A", 2, &["printed"]).await;
    assert_eq!(whole(&printer), [code(&kiosk, 1, 0), code(&kiosk, 2, 0)]);
}

/// Somebody else answers, then the printer is back: nothing that was not on paper is called printed,
/// and the number that was in doubt comes out once, when staff ask for it.
async fn instead_of_a_printer(manner: Manner, shown: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let peer = Peer::at(address, manner);
    let kiosk = Kiosk::start_with(config(address), "http://127.0.0.1:9").await;
    kiosk.take_number(SERIES).await;
    let look = kiosk
        .until("trouble", |look: &Look| shown.iter().any(|words| look.shows(words)))
        .await;
    assert!(look.shows("A 001"), "{look:#?}");
    let row = kiosk.reports("A", 1, &["failed", "unclear"]).await;
    kiosk.leave().await;

    drop(peer);
    let printer = printer_at(folder.path(), address);
    // The next one gets paper, and nothing of the one before comes with it.
    kiosk.take_number(SERIES).await;
    kiosk.reports("A", 2, &["printed"]).await;
    assert_eq!(whole(&printer), [code(&kiosk, 2, 0)]);
    kiosk.leave().await;

    kiosk.staff_in().await;
    if row.state == "unclear" {
        kiosk.touch("Chưa ra: A 001").await;
        kiosk.reports("A", 1, &["failed"]).await;
    }
    kiosk.touch("In lại: A 001").await;
    let row = kiosk.reports("A", 1, &["printed"]).await;
    assert_eq!(whole(&printer), [code(&kiosk, 2, 0), code(&kiosk, 1, row.copies)]);
    assert_eq!(printer.slips().len(), 2);
}

#[tokio::test]
async fn somebody_who_takes_all_bytes_and_says_nothing_is_believed_nothing() {
    instead_of_a_printer(Manner::Mute, &["Có thể phiếu đã ra"]).await;
}

#[tokio::test]
async fn another_service_on_the_printers_port_is_no_printer() {
    instead_of_a_printer(Manner::Babble, &["Máy in chưa dùng được"]).await;
}

#[tokio::test]
async fn somebody_who_hangs_up_is_an_unplugged_printer() {
    instead_of_a_printer(Manner::HangUp, &["Máy in bị rút dây"]).await;
}
