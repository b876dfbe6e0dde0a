use super::*;

fn slip() -> Slip {
    let text = |text: &str, size, align| Line::Text {
        text: text.into(),
        size,
        weight: Weight::Bold,
        align,
    };
    Slip {
        lines: vec![
            text("GIẤY TIẾP NHẬN HỒ SƠ", TextSize::Large, Align::Center),
            Line::Barcode {
                data: "000.00.99.H44-261122-0001".into(),
            },
            Line::Pair {
                label: "Người nộp".into(),
                value: "Nguyễn Văn Ẩm".into(),
            },
            Line::Rule,
            Line::Drawn {
                drawing: Drawing(&[&[(0, 0), (24, 24)], &[(12, 12)]]),
                title: "Giấy khai sinh".into(),
                note: "bản chính".into(),
            },
            Line::Gap { mm: 4 },
            Line::Qr { data: "MCK1".into() },
        ],
    }
}

#[test]
fn the_same_slip_gives_the_same_bytes_and_a_long_one_more_pages() {
    let once = pdf("Giấy hẹn", &slip(), 1_795_305_600).unwrap();
    assert!(once.starts_with(b"%PDF-1."));
    assert_eq!(once, pdf("Giấy hẹn", &slip(), 1_795_305_600).unwrap());
    let mut pen = Pen::new().unwrap();
    for _ in 0..4 {
        slip().lines.iter().for_each(|line| pen.line(line).unwrap());
    }
    assert!(pen.pages.len() > 1 && pen.pages.iter().all(|page| !page.is_empty()));
}

#[test]
fn a_slip_without_end_is_refused() {
    let lines = vec![Line::Rule; 10_000];
    let answer = pdf("Giấy hẹn", &Slip { lines }, 0);
    assert!(matches!(answer, Err(PdfError::Pages { .. })));
}

#[test]
fn words_stay_between_the_margins() {
    let mut pen = Pen::new().unwrap();
    let long = "Giấy chứng nhận quyền sử dụng đất ".repeat(30);
    pen.text(&long, 13.0, Weight::Regular, Align::Left, LEFT).unwrap();
    let pages = std::mem::take(&mut pen.pages);
    let marks = pages.iter().flatten();
    for mark in marks {
        let Mark::Words { text, points, left, .. } = mark else {
            continue;
        };
        assert!(
            left + pen.width(text, *points, Weight::Regular) <= RIGHT + 0.1,
            "{text}"
        );
    }
}
