//! Taking a number: two touches, a whole slip, a report that agrees with the paper.

use serde_json::json;

use crate::browser::NOBODY;
use crate::hall::SERIES;
use crate::harness::{Kiosk, Look, set, test_config};

#[tokio::test]
async fn two_touches_give_a_number_and_its_slip() {
    let kiosk = Kiosk::start().await;
    let look = kiosk.take_number("Hộ tịch, tư pháp").await;
    assert_eq!(look.page, "number");
    assert!(look.shows("001"), "{look:#?}");

    let slips = kiosk.whole_slips(1).await;
    assert_eq!(slips.len(), 1);
    assert!(slips[0].whole && !slips[0].copy);
    let report = kiosk.report();
    let day = &report[0].drawn_at[..10];
    assert_eq!(slips[0].codes, [format!("MCK1;T;K01;{day};A001;0")]);

    kiosk.at("rest").await;
    let report = kiosk.report();
    assert_eq!(report.len(), 1);
    assert_eq!((report[0].series.as_str(), report[0].number), ("A", 1));
    assert_eq!((report[0].state.as_str(), report[0].copies), ("printed", 0));
}

#[tokio::test]
async fn each_series_counts_by_itself_and_people_ahead_are_told() {
    let kiosk = Kiosk::start().await;
    for (series, number) in [
        ("Hộ tịch, tư pháp", "001"),
        ("Kinh doanh", "001"),
        ("Hộ tịch, tư pháp", "002"),
    ] {
        let look = kiosk.take_number(series).await;
        assert!(look.shows(number), "{series} {number}: {look:#?}");
        kiosk.at("rest").await;
    }
    assert_eq!(kiosk.report().len(), 3);
}

/// What a camera reads from the picture of a slip, without the kiosk's own decoder of codes.
pub fn read_codes(picture: &image::GrayImage) -> Vec<String> {
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(picture.width() as usize, picture.height() as usize, |x, y| {
            picture.get_pixel(x as u32, y as u32).0[0]
        });
    let grids = prepared.detect_grids();
    grids.iter().map(|grid| grid.decode().unwrap().1).collect()
}

/// The columns that hold ink, from and to.
fn inked(picture: &image::GrayImage) -> (u32, u32) {
    let black = picture
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0[0] < 128)
        .map(|(x, _, _)| x);
    black.fold((u32::MAX, 0), |(from, to), x| (from.min(x), to.max(x)))
}

async fn prints_on_paper_of(dots: u32) {
    let mut config = test_config();
    set(&mut config, "printer", "dots", i64::from(dots));
    set(&mut config, "times", "number-secs", 20);
    let kiosk = Kiosk::start_with(config, "http://127.0.0.1:9").await;
    // The longest words of the five series, with every kind of mark.
    for (letter, series) in [("B", "Đất đai, xây dựng"), ("C", "Bảo hiểm, trợ cấp")] {
        kiosk.take_number(series).await;
        kiosk.reports(letter, 1, &["printed"]).await;
        kiosk.leave().await;
    }
    let slips = kiosk.whole_slips(2).await;
    let report = kiosk.report();
    assert_eq!((slips.len(), report.len()), (2, 2));
    for (slip, row) in slips.iter().zip(&report) {
        let png = kiosk.get(&slip.png).await.unwrap();
        let picture = image::load_from_memory(&png).unwrap().to_luma8();
        assert_eq!(picture.width(), dots);
        // 8 dots a millimetre: a slip is as long as a hand, not as an arm.
        assert!((480..1_600).contains(&picture.height()), "{} rows", picture.height());
        let code = format!("MCK1;T;K01;{};{}{:03};0", &row.drawn_at[..10], row.series, row.number);
        assert_eq!(read_codes(&picture), [code.as_str()]);
        assert_eq!(slip.codes, [code]);
        let (from, to) = inked(&picture);
        assert!(
            from < dots / 8 && to > dots * 7 / 8 && to < dots,
            "ink from {from} to {to} of {dots}"
        );
    }
}

#[tokio::test]
async fn a_slip_on_paper_of_80_millimetres_is_whole_and_its_code_is_read() {
    prints_on_paper_of(576).await;
}

#[tokio::test]
async fn a_slip_on_paper_of_58_millimetres_is_whole_and_its_code_is_read() {
    prints_on_paper_of(384).await;
}

#[tokio::test]
async fn the_wait_is_told_from_the_counters_that_are_open() {
    let (config, address) = crate::hall::config();
    let kiosk = Kiosk::start_with(config, NOBODY).await;
    let told = |look: &Look| look.texts.iter().any(|text| text.contains("phút"));
    for _ in 0..3 {
        let look = kiosk.take_number(SERIES).await;
        assert!(!told(&look), "nobody calls yet: {look:#?}");
        kiosk.at("rest").await;
    }
    let mut clerk = kiosk.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    let look = kiosk.take_number(SERIES).await;
    assert!(told(&look), "{look:#?}");
}
