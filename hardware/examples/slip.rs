//! Prints a sample ticket slip and a hand-in slip at both paper widths through the real driver and the
//! virtual printer, writes the pictures, and says how long drawing takes once the pen is warm.
//!
//! `cargo run -p hardware --features virtual --example slip -- FOLDER`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hardware::printer::dots::Pen;
use hardware::printer::escpos::{Ending, encode};
use hardware::printer::{Align, JobId, Line, Printer, Slip, TextSize, Weight};
use hardware::twin::printer::VirtualPrinter;

const ROUNDS: u32 = 200;

fn text(text: &str, size: TextSize, weight: Weight, align: Align) -> Line {
    Line::Text {
        text: text.to_owned(),
        size,
        weight,
        align,
    }
}

fn pair(label: &str, value: &str) -> Line {
    Line::Pair {
        label: label.to_owned(),
        value: value.to_owned(),
    }
}

fn ticket() -> Slip {
    let lines = vec![
        text(
            "TRUNG TÂM PHỤC VỤ\nHÀNH CHÍNH CÔNG",
            TextSize::Normal,
            Weight::Bold,
            Align::Center,
        ),
        text(
            "Phường Đống Đa, thành phố Hà Nội",
            TextSize::Small,
            Weight::Regular,
            Align::Center,
        ),
        Line::Rule,
        text("SỐ THỨ TỰ CỦA BẠN", TextSize::Normal, Weight::Regular, Align::Center),
        Line::Gap { mm: 2 },
        text("A027", TextSize::Huge, Weight::Bold, Align::Center),
        Line::Gap { mm: 1 },
        text("Chứng thực – Hộ tịch", TextSize::Large, Weight::Bold, Align::Center),
        Line::Rule,
        pair("Người đang chờ", "5"),
        pair("Quầy", "3, 4"),
        pair("Lấy số lúc", "08:15, 22/11/2026"),
        Line::Gap { mm: 1 },
        Line::Qr {
            data: "https://mc.example.vn/t/HN01-20261122-A027".to_owned(),
        },
        text(
            "Quét mã để theo dõi lượt gọi",
            TextSize::Small,
            Weight::Regular,
            Align::Center,
        ),
        Line::Rule,
        text(
            "Vui lòng giữ phiếu này và chờ gọi số trên bảng.",
            TextSize::Small,
            Weight::Regular,
            Align::Center,
        ),
    ];
    Slip { lines }
}

fn hand_in() -> Slip {
    let lines = vec![
        text("PHIẾU GỬI HỒ SƠ", TextSize::Large, Weight::Bold, Align::Center),
        Line::Rule,
        pair("Thủ tục", "Đăng ký khai sinh có yếu tố nước ngoài"),
        pair("Người nộp", "Nguyễn Thị Mẫu Ẩn"),
        pair("Thành phần", "3 giấy tờ, 7 trang"),
        Line::Rule,
        text(
            "Ẵ Ặ Ậ Ữ Ợ Ỹ Ắ Ấ Ế Ố ẵặậữợỹắấếố",
            TextSize::Normal,
            Weight::Regular,
            Align::Left,
        ),
        text(
            "Ẵ Ặ Ậ Ữ Ợ Ỹ Ắ Ấ Ế Ố ẵặậữợỹắấếố",
            TextSize::Small,
            Weight::Bold,
            Align::Left,
        ),
        Line::Barcode {
            data: "HN01-00042".to_owned(),
        },
    ];
    Slip { lines }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("a folder is needed")?);
    for dots in [576, 384] {
        let scratch = tempfile::tempdir()?;
        let printer = VirtualPrinter::open(scratch.path(), dots)?;
        let mut driver = printer.driver();
        for (job, slip) in (1..).map(JobId).zip([ticket(), hand_in()]) {
            println!("{dots} dots, job {}: {:?}", job.0, driver.print(job, &slip)?);
        }
        for slip in printer.slips() {
            let png = printer.slip_png(slip.n).ok_or("a slip has no picture")?;
            std::fs::write(folder.join(format!("slip-{dots}-{}.png", slip.n)), png)?;
            println!("  slip {}: whole {}, codes {:?}", slip.n, slip.whole, slip.codes);
        }
    }
    measure()
}

fn measure() -> Result<(), Box<dyn std::error::Error>> {
    let opened = Instant::now();
    let mut pen = Pen::new();
    println!("pen ready after {:?}", opened.elapsed());
    for dots in [576, 384] {
        let mut times = Vec::new();
        let mut bytes = 0;
        for job in 0..ROUNDS {
            let started = Instant::now();
            bytes = encode(&mut pen, &ticket(), dots, Ending::WithProof(JobId(job)))?
                .bytes
                .len();
            times.push(started.elapsed());
        }
        let first = times.first().copied().unwrap_or(Duration::ZERO);
        times.sort_unstable();
        let [half, most] = [times.len() / 2, times.len() * 99 / 100].map(|at| times[at]);
        println!("{dots} dots, {bytes} bytes: first {first:?}, p50 {half:?}, p99 {most:?}");
    }
    Ok(())
}
