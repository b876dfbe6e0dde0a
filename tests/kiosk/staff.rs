//! Staff at the kiosk: the PIN, numbers whose paper is in doubt, copies, closed series.

use std::time::Instant;

use serde_json::json;

use crate::harness::{Kiosk, Look, Province, WAIT_MAX, test_config};

const SERIES: &str = "Hộ tịch, tư pháp";
const ALL: [(&str, &str); 6] = [
    ("A", "Hộ tịch, tư pháp"),
    ("B", "Đất đai, xây dựng"),
    ("C", "Bảo hiểm, trợ cấp"),
    ("D", "Kinh doanh"),
    ("E", "Nhận kết quả"),
    ("F", "Căn cước, cư trú"),
];

fn enabled(look: &Look, label: &str) -> Option<bool> {
    look.buttons
        .iter()
        .find(|button| button.label == label)
        .map(|button| button.enabled)
}

/// A number whose printer fell silent: its paper is in doubt.
async fn doubtful(kiosk: &Kiosk, number: u32) {
    kiosk.break_printer("silent").await;
    kiosk.take_number(SERIES).await;
    kiosk.sees("Có thể phiếu đã ra").await;
    kiosk.reports("A", number, &["unclear"]).await;
    kiosk.leave().await;
}

#[tokio::test]
async fn wrong_pins_lock_the_staff_door_for_a_while_and_the_right_one_opens_it_later() {
    let kiosk = Kiosk::start().await;
    let look = kiosk.staff_pin("111111").await;
    assert!(look.page == "staff-pin" && look.shows("Mã chưa đúng"), "{look:#?}");
    for pin in ["222222", "333333"] {
        kiosk.type_pin(pin).await;
    }
    kiosk.sees("Sai nhiều lần").await;

    // Another visit meets the same lock, also with the right PIN.
    kiosk.touch("Quay lại").await;
    let look = kiosk.staff_pin("240815").await;
    assert!(look.page == "staff-pin" && look.shows("Sai nhiều lần"), "{look:#?}");
    let began = Instant::now();
    kiosk
        .until("the end of the lock", |look| !look.shows("Sai nhiều lần"))
        .await;
    assert!(began.elapsed() < WAIT_MAX);
    kiosk.type_pin_quietly("240815").await;
    kiosk.at("staff").await;
    kiosk.staff_out().await;
}

#[tokio::test]
async fn a_slip_in_doubt_that_staff_saw_is_printed() {
    let kiosk = Kiosk::start().await;
    doubtful(&kiosk, 1).await;
    kiosk.mend_printer().await;
    kiosk.staff_in().await;
    kiosk.sees("Phiếu này đã ra chưa?").await;
    kiosk.touch("Đã ra: A 001").await;
    let row = kiosk.reports("A", 1, &["printed"]).await;
    assert_eq!(row.copies, 0);
    kiosk.sees("Không có phiếu nào cần xem.").await;
    assert_eq!(kiosk.slips_of("A001").await.len(), 1);
    kiosk.staff_out().await;
}

#[tokio::test]
async fn a_slip_in_doubt_that_staff_did_not_see_is_printed_again_as_a_copy_and_only_once() {
    let kiosk = Kiosk::start().await;
    doubtful(&kiosk, 1).await;
    kiosk.break_printer("out-of-paper").await;
    kiosk.staff_in().await;
    kiosk.touch("Chưa ra: A 001").await;
    kiosk.reports("A", 1, &["failed"]).await;
    kiosk.touch("In lại: A 001").await;
    // Nothing comes: whoever is impatient looks at another list, comes back, and touches again.
    for _ in 0..2 {
        kiosk.reports("A", 1, &["failed"]).await;
        kiosk.touch("Quầy").await;
        kiosk.touch("Phiếu số").await;
        kiosk.touch("In lại: A 001").await;
    }
    kiosk.staff_out().await;

    // Whoever comes now is told that there is no paper, though another slip waits before.
    let look = kiosk.take_number(SERIES).await;
    let look = if look.page == "trouble" {
        look
    } else {
        kiosk.at("trouble").await
    };
    assert!(look.shows("Máy in hết giấy") && look.shows("A 002"), "{look:#?}");
    kiosk.mend_printer().await;
    kiosk.sees("Mời bạn lấy phiếu").await;
    let row = kiosk.reports("A", 1, &["printed"]).await;
    assert_eq!(row.copies, 1);
    kiosk.reports("A", 2, &["printed"]).await;

    let copies: Vec<_> = kiosk
        .slips_of("A001")
        .await
        .into_iter()
        .filter(|slip| slip.copy)
        .collect();
    assert_eq!(copies.len(), 1, "{copies:#?}");
    assert!(copies[0].whole);
    let own = kiosk.slips_of("A002").await;
    assert!(own.len() == 1 && own[0].whole && !own[0].copy, "{own:#?}");
}

#[tokio::test]
async fn a_copy_asked_of_a_silent_printer_does_not_hold_up_those_who_come_after() {
    let kiosk = Kiosk::start().await;
    doubtful(&kiosk, 1).await;
    kiosk.staff_in().await;
    kiosk.touch("Chưa ra: A 001").await;
    kiosk.reports("A", 1, &["failed"]).await;
    kiosk.touch("In lại: A 001").await;
    kiosk.reports("A", 1, &["unclear"]).await;
    kiosk.staff_out().await;
    kiosk.take_number(SERIES).await;
    kiosk.sees("Có thể phiếu đã ra").await;
    kiosk.reports("A", 2, &["unclear"]).await;
    kiosk.leave().await;
    let slips = kiosk.slips_of("A002").await;
    assert!(slips.len() == 1 && slips[0].whole, "{slips:#?}");
}

#[tokio::test]
async fn a_number_left_behind_a_held_slip_is_found_by_staff_and_printed_as_a_first_slip() {
    let kiosk = Kiosk::start().await;
    kiosk.break_printer("cover-open").await;
    kiosk.take_number(SERIES).await;
    kiosk.at("trouble").await;
    kiosk.leave().await;
    kiosk.reports("A", 1, &["failed"]).await;
    kiosk.staff_in().await;
    kiosk.touch("In lại: A 001").await;
    kiosk.staff_out().await;
    kiosk.take_number(SERIES).await;
    kiosk.at("trouble").await;
    kiosk.leave().await;
    kiosk.reports("A", 2, &["failed"]).await;

    kiosk.mend_printer().await;
    let row = kiosk.reports("A", 1, &["printed"]).await;
    assert_eq!(row.copies, 0);
    kiosk.staff_in().await;
    kiosk.touch("In lại: A 002").await;
    let row = kiosk.reports("A", 2, &["printed"]).await;
    assert_eq!(row.copies, 0);
    let slips = kiosk.slips().await;
    assert_eq!(slips.len(), 2, "{slips:#?}");
    assert!(slips.iter().all(|slip| slip.whole && !slip.copy), "{slips:#?}");
}

#[tokio::test]
async fn a_closed_series_is_shown_as_closed_until_it_is_opened_also_after_a_restart() {
    let mut kiosk = Kiosk::start().await;
    kiosk.staff_in().await;
    kiosk.touch("Quầy").await;
    kiosk.touch("Đóng: A").await;
    kiosk
        .until("A closed", |look| enabled(look, "Mở: A") == Some(true))
        .await;
    kiosk.staff_out().await;
    kiosk.restart().await;

    kiosk.to_home().await;
    kiosk.touch("Lấy số").await;
    kiosk
        .until("A shut", |look| {
            look.page == "series" && enabled(look, SERIES) == Some(false)
        })
        .await;
    let look = kiosk.look().await;
    assert!(look.spoken.contains("A: Hộ tịch, tư pháp, Đã đóng."), "{look:#?}");
    kiosk.touch("Kinh doanh").await;
    kiosk.reports("D", 1, &["printed"]).await;
    kiosk.leave().await;

    kiosk.staff_in().await;
    kiosk.touch("Quầy").await;
    for (letter, _) in &ALL[1..] {
        kiosk.touch(&format!("Đóng: {letter}")).await;
        let opens = format!("Mở: {letter}");
        kiosk.until("closed", |look| enabled(look, &opens) == Some(true)).await;
    }
    kiosk.staff_out().await;
    kiosk.touch_at(540.0, 1000.0).await;
    kiosk
        .until("no numbers", |look| {
            look.page == "home" && enabled(look, "Lấy số") == Some(false)
        })
        .await;
    // Nobody waits for the next one: the home page has no way back but time.
    kiosk.restart().await;

    kiosk.staff_in().await;
    kiosk.touch("Quầy").await;
    kiosk.touch("Mở: A").await;
    kiosk
        .until("A open", |look| enabled(look, "Đóng: A") == Some(true))
        .await;
    kiosk.staff_out().await;
    let look = kiosk.take_number(SERIES).await;
    assert!(look.shows("A 001"), "{look:#?}");
    kiosk.reports("A", 1, &["printed"]).await;
}

/// A dossier whose slip went to a printer that fell silent; its visit is over.
async fn doubtful_hand_in(kiosk: &Kiosk) -> String {
    kiosk.break_printer("silent").await;
    let number = kiosk.hand_in().await;
    kiosk.sees("Nếu không thấy phiếu").await;
    kiosk.done().await;
    kiosk.mend_printer().await;
    number
}

#[tokio::test]
async fn the_slip_of_a_waiting_dossier_is_printed_again_by_staff_as_a_copy() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.knows_procedures().await;
    province.fault(json!({ "mode": "busy" })).await;
    let number = doubtful_hand_in(&kiosk).await;
    let before = kiosk.slips_of(&number).await.len();

    kiosk.staff_in().await;
    kiosk.touch("Hồ sơ").await;
    kiosk.sees("Đang chờ gửi").await;
    kiosk.touch(&format!("In lại: {number}")).await;
    let slips = kiosk.whole_slips(before + 1).await;
    let copy = slips.iter().find(|slip| slip.copy).expect("no copy came out");
    assert_eq!(copy.number(), Some(number.as_str()), "{copy:#?}");
    kiosk.staff_out().await;
}

#[tokio::test]
async fn staff_are_asked_for_the_slip_of_a_dossier_that_the_province_has() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    let number = doubtful_hand_in(&kiosk).await;
    province.received(1).await;

    kiosk.staff_in().await;
    kiosk.touch("Hồ sơ").await;
    kiosk.sees("Tỉnh đã nhận. Phiếu này đã ra chưa?").await;
    kiosk.touch(&format!("Đã ra: {number}")).await;
    kiosk.sees("Mọi hồ sơ đã gửi xong.").await;
    kiosk.staff_out().await;
}

#[tokio::test]
async fn staff_who_were_called_take_over_and_give_the_visit_back() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_scan().await;
    kiosk.touch("Gọi cán bộ").await;
    kiosk.touch("Tôi là cán bộ").await;
    kiosk.at("staff-pin").await;
    kiosk.type_pin_quietly("240815").await;
    kiosk.at("staff").await;
    kiosk.touch("Xong, đóng lại").await;
    kiosk.at("scan").await;
}
