//! The printer in trouble, before a slip and in the middle of one: the right page, the other doors
//! open, and after mending exactly one whole slip, or one that is marked as a copy.

use crate::harness::{Kiosk, Look, Province, ReportRow, test_config};

const SERIES: &str = "Hộ tịch, tư pháp";

/// A fault that stops the paper, what the screen calls it, and whether it is seen before a byte is sent.
struct Trouble {
    fault: &'static str,
    title: &'static str,
}

const OUT_OF_PAPER: Trouble = Trouble {
    fault: "out-of-paper",
    title: "Máy in hết giấy",
};
const COVER_OPEN: Trouble = Trouble {
    fault: "cover-open",
    title: "Nắp máy in đang mở",
};
const CUTTER_JAM: Trouble = Trouble {
    fault: "cutter-jam",
    title: "Máy in bị kẹt giấy",
};
const HOT: Trouble = Trouble {
    fault: "hot",
    title: "Máy in cần nghỉ cho nguội",
};
const UNPLUGGED: Trouble = Trouble {
    fault: "unplugged",
    title: "Máy in bị rút dây",
};
const GARBAGE: Trouble = Trouble {
    fault: "garbage",
    title: "Máy in chưa dùng được",
};

/// Draws and says the number and what the screen says once it is known what becomes of the paper.
async fn draw(kiosk: &Kiosk, number: u32) -> Look {
    kiosk.take_number(SERIES).await;
    let known =
        |look: &Look| look.page == "trouble" || look.shows("Mời bạn lấy phiếu") || look.shows("Có thể phiếu đã ra");
    let look = kiosk.until("what becomes of the paper", known).await;
    assert!(look.shows(&format!("A {number:03}")), "{number}: {look:#?}");
    look
}

/// Exactly one whole slip; one that is no first print is marked.
async fn judge(kiosk: &Kiosk, number: u32, row: &ReportRow, context: &str) {
    let slips = kiosk.slips_of(&format!("A{number:03}")).await;
    let whole: Vec<_> = slips.iter().filter(|slip| slip.whole).collect();
    assert_eq!(whole.len(), 1, "{context}: {slips:#?}\n{}", kiosk.log_text());
    let copies = u32::from(whole[0].copy);
    assert_eq!(row.copies, copies, "{context}: {row:?} {slips:#?}");
    let first_prints = slips.iter().filter(|slip| !slip.copy).count();
    assert!(first_prints <= 1, "{context}: {slips:#?}");
}

/// Before a slip: nothing is printed, the trouble is shown with the number, and the slip comes by
/// itself when it is mended.
async fn before_a_slip(trouble: &Trouble) {
    let kiosk = Kiosk::start().await;
    draw(&kiosk, 1).await;
    kiosk.leave().await;

    kiosk.break_printer(trouble.fault).await;
    let look = draw(&kiosk, 2).await;
    assert_eq!(look.page, "trouble", "{look:#?}");
    assert!(look.shows(trouble.title), "{look:#?}");
    assert!(look.shows("Phiếu sẽ tự in khi máy sửa xong."), "{look:#?}");
    assert!(look.shows("Bạn vẫn lấy số và nộp hồ sơ được."), "{look:#?}");

    kiosk.mend_printer().await;
    kiosk
        .until("the slip", |look| {
            look.page == "rest" || look.shows("Mời bạn lấy phiếu")
        })
        .await;
    let row = kiosk.reports("A", 2, &["printed"]).await;
    judge(&kiosk, 2, &row, trouble.fault).await;
    kiosk.leave().await;
    draw(&kiosk, 3).await;
    let row = kiosk.reports("A", 3, &["printed"]).await;
    judge(&kiosk, 3, &row, "after").await;
}

#[tokio::test]
async fn out_of_paper_before_a_slip_holds_it_until_a_roll_is_in() {
    before_a_slip(&OUT_OF_PAPER).await;
}

#[tokio::test]
async fn an_open_cover_before_a_slip_holds_it_until_it_is_closed() {
    before_a_slip(&COVER_OPEN).await;
}

#[tokio::test]
async fn a_jammed_cutter_before_a_slip_holds_it_until_it_is_freed() {
    before_a_slip(&CUTTER_JAM).await;
}

#[tokio::test]
async fn a_hot_head_before_a_slip_holds_it_until_it_is_cool() {
    before_a_slip(&HOT).await;
}

#[tokio::test]
async fn an_unplugged_printer_before_a_slip_holds_it_until_it_is_plugged_in() {
    before_a_slip(&UNPLUGGED).await;
}

#[tokio::test]
async fn something_else_at_the_cable_before_a_slip_holds_it_until_the_printer_is_back() {
    before_a_slip(&GARBAGE).await;
}

/// In the middle of a slip, at several bytes of it.
async fn within_a_slip(trouble: &Trouble) {
    let kiosk = Kiosk::start().await;
    draw(&kiosk, 1).await;
    kiosk.leave().await;
    let before = kiosk.get("/dock/printer/bytes").await.unwrap().len() as u64;
    draw(&kiosk, 2).await;
    let bytes = kiosk.get("/dock/printer/bytes").await.unwrap().len() as u64 - before;
    kiosk.leave().await;

    let seed: u64 = rand::random();
    for (round, share) in [3, 35, 60, 85, 97].into_iter().enumerate() {
        // Anywhere within its fifth.
        let at = bytes * share / 100 + (seed >> (round * 8)) % 97;
        let number = 3 + u32::try_from(round).unwrap();
        let context = format!("{} after {at} of {bytes} bytes (seed {seed})", trouble.fault);
        kiosk.break_printer_after(trouble.fault, at).await;
        let look = draw(&kiosk, number).await;
        if look.page == "trouble" {
            assert!(look.shows(trouble.title), "{context}: {look:#?}");
        }
        kiosk.mend_printer().await;
        let mut row = kiosk.reports("A", number, &["printed", "unclear"]).await;
        if row.state == "unclear" {
            row = ask_staff(&kiosk, number).await;
        }
        judge(&kiosk, number, &row, &context).await;
        kiosk.leave().await;
    }
}

/// Nobody can tell whether the slip came out: staff look at the paper, and print it again if they must.
async fn ask_staff(kiosk: &Kiosk, number: u32) -> ReportRow {
    kiosk.leave().await;
    let out = kiosk
        .slips_of(&format!("A{number:03}"))
        .await
        .iter()
        .any(|slip| slip.whole);
    kiosk.staff_in().await;
    if out {
        kiosk.touch(&format!("Đã ra: A {number:03}")).await;
    } else {
        kiosk.touch(&format!("Chưa ra: A {number:03}")).await;
        kiosk.reports("A", number, &["failed"]).await;
        kiosk.touch(&format!("In lại: A {number:03}")).await;
    }
    let row = kiosk.reports("A", number, &["printed"]).await;
    kiosk.staff_out().await;
    row
}

#[tokio::test]
async fn out_of_paper_within_a_slip_ends_in_one_whole_slip() {
    within_a_slip(&OUT_OF_PAPER).await;
}

#[tokio::test]
async fn a_cover_opened_within_a_slip_ends_in_one_whole_slip() {
    within_a_slip(&COVER_OPEN).await;
}

#[tokio::test]
async fn a_cutter_jammed_within_a_slip_ends_in_one_whole_slip() {
    within_a_slip(&CUTTER_JAM).await;
}

#[tokio::test]
async fn a_head_too_hot_within_a_slip_ends_in_one_whole_slip() {
    within_a_slip(&HOT).await;
}

#[tokio::test]
async fn a_plug_pulled_within_a_slip_ends_in_one_whole_slip() {
    within_a_slip(&UNPLUGGED).await;
}

#[tokio::test]
async fn a_printer_that_falls_silent_within_a_slip_ends_in_one_whole_slip() {
    let silent = Trouble {
        fault: "silent",
        title: "",
    };
    within_a_slip(&silent).await;
}

#[tokio::test]
async fn garbage_within_a_slip_ends_in_one_whole_slip() {
    within_a_slip(&GARBAGE).await;
}

#[tokio::test]
async fn a_roll_near_its_end_prints_on() {
    let kiosk = Kiosk::start().await;
    kiosk.break_printer("near-end").await;
    let look = draw(&kiosk, 1).await;
    assert_eq!(look.page, "number", "{look:#?}");
    let row = kiosk.reports("A", 1, &["printed"]).await;
    judge(&kiosk, 1, &row, "near-end").await;
}

/// Somebody who goes before it is mended leaves nothing in the printer: the next one gets one slip of
/// their own, and staff print the other when it is asked for.
async fn nobody_waits(trouble: &Trouble, after_bytes: Option<u64>) {
    let kiosk = Kiosk::start().await;
    draw(&kiosk, 1).await;
    kiosk.leave().await;
    match after_bytes {
        None => kiosk.break_printer(trouble.fault).await,
        Some(bytes) => kiosk.break_printer_after(trouble.fault, bytes).await,
    }
    draw(&kiosk, 2).await;
    let row = kiosk.reports("A", 2, &["failed", "unclear"]).await;
    kiosk.leave().await;

    kiosk.mend_printer().await;
    draw(&kiosk, 3).await;
    let third = kiosk.reports("A", 3, &["printed"]).await;
    judge(&kiosk, 3, &third, trouble.fault).await;
    assert_eq!(kiosk.slips_of("A003").await.len(), 1);
    // The printer works in order: what was going to come out by itself would be out now.
    let left = kiosk.slips_of("A002").await;
    assert!(left.iter().all(|slip| !slip.whole), "{}: {left:#?}", trouble.fault);
    kiosk.leave().await;

    kiosk.staff_in().await;
    if row.state == "unclear" {
        kiosk.touch("Chưa ra: A 002").await;
        kiosk.reports("A", 2, &["failed"]).await;
    }
    kiosk.touch("In lại: A 002").await;
    let row = kiosk.reports("A", 2, &["printed"]).await;
    judge(&kiosk, 2, &row, trouble.fault).await;
    assert_eq!(row.copies, u32::from(after_bytes.is_some()), "{row:?}");
}

#[tokio::test]
async fn a_slip_that_had_not_begun_does_not_come_after_its_visit() {
    nobody_waits(&OUT_OF_PAPER, None).await;
}

#[tokio::test]
async fn a_slip_torn_by_the_end_of_the_roll_does_not_come_after_its_visit() {
    nobody_waits(&OUT_OF_PAPER, Some(20_000)).await;
}

#[tokio::test]
async fn a_slip_within_which_the_plug_was_pulled_does_not_come_after_its_visit() {
    nobody_waits(&UNPLUGGED, Some(20_000)).await;
}

#[tokio::test]
async fn with_the_printer_broken_the_other_doors_stay_open() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.break_printer(OUT_OF_PAPER.fault).await;
    draw(&kiosk, 1).await;
    kiosk.leave().await;
    kiosk.to_home().await;
    let open = |look: &Look| {
        let doors = ["Lấy số", "Nộp hồ sơ", "Tra cứu hồ sơ", "Đánh giá"];
        doors.iter().all(|door| {
            look.buttons
                .iter()
                .any(|button| button.label == *door && button.enabled)
        })
    };
    kiosk.until("four open doors", open).await;
    kiosk.touch("Nộp hồ sơ").await;
    kiosk.at("find").await;
    kiosk.touch("Quay lại").await;
    kiosk.at("home").await;
    kiosk.touch("Tra cứu hồ sơ").await;
    kiosk.at("follow").await;
    kiosk.touch("Quay lại").await;
    kiosk.at("home").await;
    draw(&kiosk, 2).await;
    kiosk.mend_printer().await;
    kiosk.reports("A", 2, &["printed"]).await;
    // The first one is gone: only the slip of whoever stands there comes by itself.
    assert_eq!(kiosk.slips().await.len(), 1);
}

#[tokio::test]
async fn whoever_changes_the_roll_opens_the_cover_and_the_page_says_so() {
    let kiosk = Kiosk::start().await;
    kiosk.break_printer("out-of-paper").await;
    let look = draw(&kiosk, 1).await;
    assert!(look.shows(OUT_OF_PAPER.title), "{look:#?}");
    kiosk.break_printer("cover-open").await;
    kiosk.sees(COVER_OPEN.title).await;
    kiosk.mend_printer().await;
    let row = kiosk.reports("A", 1, &["printed"]).await;
    judge(&kiosk, 1, &row, "new roll").await;
}
