//! Form 01 on paper, for the chip of the person whose dossier it is and for nobody else.

use serde_json::json;

use crate::harness::{Kiosk, Look};
use crate::secrecy;

const PRINT: &str = "In giấy tiếp nhận";

fn offers(look: &Look) -> bool {
    look.buttons.iter().any(|button| button.label == PRINT)
}

#[tokio::test]
async fn form_01_comes_out_for_the_chip_of_its_person_alone_once_it_was_accepted() {
    let (kiosk, mut province) = Kiosk::start_with_card_reader().await;
    let (slip, code) = kiosk.has_handed_in(&province).await;
    let before = kiosk.whole_slips(1).await.len();
    let to_way = format!("MCK1;H;{slip};0");
    let look = kiosk.follow_code(&to_way).await;
    assert!(!offers(&look), "{look:#?}");
    kiosk.done().await;

    // Papers are wanted before anybody has accepted it: there is no such form yet.
    province.move_on(&code, json!({ "state": 5 })).await;
    kiosk.follow_code(&to_way).await;
    kiosk.scroll_and_touch(PRINT).await;
    kiosk.shows_card("nguyen-van-am").await;
    let look = kiosk.sees("Hồ sơ chưa có giấy tiếp nhận").await;
    assert!(look.shows("Cán bộ chưa tiếp nhận hồ sơ này."), "{look:#?}");
    kiosk.touch("Tôi hiểu").await;
    kiosk.at("way").await;
    kiosk.done().await;

    province.move_on(&code, json!({ "state": 2 })).await;
    kiosk.follow_code(&to_way).await;
    kiosk.scroll_and_touch(PRINT).await;
    kiosk.shows_card("bui-thi-thuong").await;
    kiosk.sees("Thẻ này không phải của người nộp").await;
    kiosk.touch("Tôi hiểu").await;
    kiosk.at("follow").await;
    assert_eq!(kiosk.slips().await.len(), before, "nothing for a foreign card");

    kiosk.post("/dock/code", json!({ "text": code })).await;
    kiosk.at("way").await;
    kiosk.scroll_and_touch(PRINT).await;
    kiosk.shows_card("nguyen-van-am").await;
    let look = kiosk.sees("Đã in giấy tiếp nhận").await;
    assert!(look.shows("Bạn nhớ mang giấy về."), "{look:#?}");
    assert!(!look.shows("Nguyễn") && !look.shows("025048000191"), "{look:#?}");
    let slips = kiosk.whole_slips(before + 1).await;
    let form = slips.last().unwrap();
    assert!(!form.copy, "{form:?}");
    // Bars of so long a code fit on no roll.
    assert_eq!(form.codes, [format!("https://tra-cuu.tinh.example/{code}")]);
    kiosk.touch("Quay lại").await;

    // The province is away: it is said, and nothing is printed.
    kiosk.at("way").await;
    province.stop().await;
    kiosk.scroll_and_touch(PRINT).await;
    kiosk.shows_card("nguyen-van-am").await;
    kiosk.sees("Bây giờ chưa lấy được giấy tiếp nhận").await;
    kiosk.touch("Tôi hiểu").await;
    kiosk.done().await;
    assert_eq!(kiosk.slips().await.len(), before + 1);
}

#[tokio::test]
async fn who_came_by_the_list_of_theirs_prints_it_without_the_card_and_a_power_cut_prints_nothing_by_itself() {
    let (mut kiosk, province) = Kiosk::start_with_card_reader().await;
    let (_, code) = kiosk.has_handed_in(&province).await;
    let before = kiosk.whole_slips(1).await.len();
    province.move_on(&code, json!({ "state": 2 })).await;
    kiosk.to_follow().await;
    kiosk.touch("Tìm bằng thẻ").await;
    kiosk.shows_card("nguyen-van-am").await;
    kiosk.at("mine").await;
    kiosk.touch(crate::visit::PROCEDURE).await;
    kiosk.at("way").await;
    // The plug is pulled with the paper half out.
    kiosk.break_printer_after("out-of-paper", 2_000).await;
    kiosk.scroll_and_touch(PRINT).await;
    kiosk.sees("Chưa in được giấy tiếp nhận").await;
    kiosk.restart().await;
    kiosk.mend_printer().await;
    kiosk.at("rest").await;
    // What the printer is asked next comes out, and nothing before it.
    kiosk.take_number("Hộ tịch, tư pháp").await;
    let slips = kiosk.whole_slips(before + 1).await;
    let whole: Vec<_> = slips.iter().filter(|slip| slip.whole).collect();
    assert_eq!(whole.len(), before + 1, "{slips:#?}");
    assert!(whole.last().unwrap().codes[0].starts_with("MCK1;T;"), "{slips:#?}");
    // In no file of the kiosk stands whose form it was.
    secrecy::names_nobody(&kiosk, &["Nguyễn Văn Ẩm", "NGUYỄN VĂN ẨM", "025048000191"]);
}
