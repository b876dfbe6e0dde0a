//! Form 01 on paper, for the chip of the person whose dossier it is and for nobody else.

use std::time::Instant;

use serde_json::json;

use crate::card::with_card_reader;
use crate::harness::{Kiosk, LOOK_EVERY, Look, Province, WAIT_MAX};
use crate::reading::said;
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

/// A kiosk with a page printer, on the way page of a dossier that was accepted.
async fn with_page_printer() -> (Kiosk, Province, usize) {
    let mut config = with_card_reader();
    let printer = "driver = \"virtual\"\nplace = \"beside\"".parse().unwrap();
    config.insert("page-printer".into(), toml::Value::Table(printer));
    let (kiosk, province) = Kiosk::start_with_card_reader_and(config).await;
    let (slip, code) = kiosk.has_handed_in(&province).await;
    let slips = kiosk.whole_slips(1).await.len();
    province.move_on(&code, json!({ "state": 2 })).await;
    kiosk.until_page_printer_says("works", None).await;
    kiosk.follow_code(&format!("MCK1;H;{slip};0")).await;
    (kiosk, province, slips)
}

impl Kiosk {
    async fn pages(&self, waiting: u64, papers: usize) {
        let pages = self.get_json("/dock/page-printer").await.unwrap();
        let out = pages["papers"].as_array().unwrap().len();
        assert_eq!((pages["waiting"].as_u64(), out), (Some(waiting), papers), "{pages}");
    }

    async fn until_page_printer_says(&self, state: &str, fault: Option<&str>) {
        let began = Instant::now();
        loop {
            let health = self.get_json("/health").await.unwrap();
            let told = &health["page-printer"];
            if told["state"] == state && told["fault"].as_str() == fault {
                return;
            }
            assert!(began.elapsed() < WAIT_MAX, "{health}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn asks_for_receipt(&self) {
        self.scroll_and_touch(PRINT).await;
        self.shows_card("nguyen-van-am").await;
    }
}

#[tokio::test]
async fn form_01_comes_on_a4_where_there_is_a_page_printer() {
    let (kiosk, _province, slips) = with_page_printer().await;
    kiosk.asks_for_receipt().await;
    let look = kiosk.sees("Đã in giấy tiếp nhận").await;
    assert!(look.shows("Mời bạn lấy giấy A4 ở máy in bên cạnh."), "{look:#?}");
    kiosk.pages(0, 1).await;
    assert_eq!(kiosk.slips().await.len(), slips, "nothing on the roll");
    let file = kiosk.folder.path().join("form.pdf");
    let pdf = kiosk.get("/dock/page-printer/papers/1.pdf").await.unwrap();
    std::fs::write(&file, pdf).unwrap();
    let words = said("pdftotext", &["-layout", "-enc", "UTF-8"], &file);
    std::fs::remove_file(&file).unwrap();
    for wanted in [
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Nguyễn Văn Ẩm",
        "025048000191",
    ] {
        assert!(words.contains(wanted), "{wanted}: {words}");
    }
}

#[tokio::test]
async fn a_page_printer_that_fails_amid_a_page_gives_it_back_and_the_roll_prints_it() {
    let (kiosk, _province, slips) = with_page_printer().await;
    let fault = json!({ "fault": "out-of-paper", "at_next_job": true });
    kiosk.post("/dock/page-printer", fault).await;
    kiosk.asks_for_receipt().await;
    kiosk.sees("Giấy A4 đang ra ở máy in bên cạnh.").await;
    let look = kiosk.sees("Mời bạn lấy giấy khổ nhỏ ở khe phía dưới.").await;
    assert!(look.shows("Đã in giấy tiếp nhận"), "{look:#?}");
    assert_eq!(kiosk.whole_slips(slips + 1).await.len(), slips + 1);
    kiosk.pages(0, 0).await;

    // Whoever guides sees what is to be mended; once it is, the next one comes on A4 and nothing before it.
    kiosk.until_page_printer_says("faulty", Some("out-of-paper")).await;
    kiosk.post("/dock/page-printer", json!({ "fault": null })).await;
    kiosk.until_page_printer_says("works", None).await;
    kiosk.touch("Quay lại").await;
    kiosk.at("way").await;
    kiosk.asks_for_receipt().await;
    kiosk.sees("Mời bạn lấy giấy A4 ở máy in bên cạnh.").await;
    kiosk.pages(0, 1).await;
    assert_eq!(kiosk.slips().await.len(), slips + 1);
}

#[tokio::test]
async fn of_a_page_that_waited_when_the_plug_was_pulled_nothing_comes_out_later() {
    let (mut kiosk, _province, slips) = with_page_printer().await;
    let fault = json!({ "fault": "jam", "at_next_job": true });
    kiosk.post("/dock/page-printer", fault).await;
    kiosk.asks_for_receipt().await;
    kiosk.sees("Giấy A4 đang ra ở máy in bên cạnh.").await;
    kiosk.pages(1, 0).await;
    // The virtual printer has kept its queue and is whole again when the kiosk comes back.
    kiosk.restart().await;
    kiosk.at("rest").await;
    kiosk.until_page_printer_says("works", None).await;
    kiosk.pages(0, 0).await;
    assert_eq!(kiosk.slips().await.len(), slips);
}
