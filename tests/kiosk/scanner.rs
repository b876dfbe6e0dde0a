//! Faults of the document scanner and of the code scanner, while a person stands before them.

use serde_json::json;

use crate::harness::{Kiosk, Province, WAIT_MAX, test_config};
use crate::visit::{MASKED, SHEETS};

impl Kiosk {
    /// The feeder breaks after so many more sheets.
    async fn break_feeder(&self, fault: &str, after_sheets: u32) {
        self.post("/dock/scanner", json!({ "fault": fault, "after_sheets": after_sheets }))
            .await;
    }

    async fn mend_feeder(&self) {
        self.post("/dock/scanner", json!({ "fault": null })).await;
    }

    /// Noise is told once in a while only, lest a flood of it floods the screen.
    async fn reads_noise(&self) {
        let began = std::time::Instant::now();
        while !self.look().await.shows("Máy chưa đọc được.") {
            assert!(began.elapsed() < WAIT_MAX, "{}", self.log_text());
            self.post("/dock/code", json!({ "noise": true })).await;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    }

    async fn pages_left(&self) -> usize {
        self.get_json("/dock/scanner").await.unwrap()["tray"]
            .as_array()
            .unwrap()
            .len()
    }

    /// From the scan page with its pages to a dossier at the province.
    async fn finish(&self, province: &Province, pages: usize) {
        self.has_pages(pages).await;
        self.touch("Tiếp tục").await;
        let look = self.at("review").await;
        assert!(look.shows(&format!("{pages} trang")), "{look:#?}");
        self.send().await;
        let dossiers = province.received(1).await;
        assert_eq!(dossiers.len(), 1);
        let files = std::fs::read_dir(province.data().join("files")).unwrap();
        for file in files {
            let said = std::process::Command::new("qpdf")
                .arg("--show-npages")
                .arg(file.unwrap().path())
                .output();
            assert_eq!(String::from_utf8_lossy(&said.unwrap().stdout).trim(), pages.to_string());
        }
    }
}

/// A fault after two of three sheets: the two are kept, and the rest is scanned once it is mended.
async fn two_pages_then(fault: &str, page: &str, says: &str) {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_scan().await;
    kiosk.load(&SHEETS).await;
    kiosk.break_feeder(fault, 2).await;
    kiosk.touch("Quét").await;
    let look = kiosk.until(says, |look| look.shows(says)).await;
    assert_eq!(look.page, page, "{look:#?}");
    assert_eq!(kiosk.rows("files WHERE kind = 'page'"), 2);

    kiosk.mend_feeder().await;
    if page == "trouble" {
        kiosk.touch("Tôi hiểu rồi").await;
    }
    kiosk.has_pages(2).await;
    assert_eq!(kiosk.pages_left().await, 1);
    kiosk.touch("Thêm trang").await;
    kiosk.finish(&province, 3).await;
}

#[tokio::test]
async fn a_jam_keeps_the_pages_before_it_and_goes_on_after_it() {
    two_pages_then("jam", "trouble", "Máy quét bị kẹt giấy").await;
}

#[tokio::test]
async fn an_open_cover_keeps_the_pages_before_it_and_goes_on_after_it() {
    two_pages_then("cover-open", "trouble", "Nắp máy quét đang mở").await;
}

#[tokio::test]
async fn a_crash_of_the_driver_keeps_the_pages_before_it_and_goes_on_after_it() {
    two_pages_then("crash", "trouble", "Máy quét chưa dùng được").await;
}

/// The driver's deadline ends it, half a minute.
#[tokio::test]
async fn a_scanner_that_hangs_is_given_up_and_goes_on_after_it_is_mended() {
    two_pages_then("hang", "trouble", "Máy quét chưa dùng được").await;
}

#[tokio::test]
async fn an_empty_feeder_is_for_the_person_to_fill() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_scan().await;
    kiosk.touch("Quét").await;
    let look = kiosk.sees("Máy chưa thấy giấy.").await;
    assert_eq!(look.page, "scan", "Nobody has to be called: {look:#?}");
    kiosk.load(&SHEETS[..1]).await;
    kiosk.touch("Quét").await;
    kiosk.has_pages(1).await;

    // A page that nobody likes is scanned again.
    kiosk.touch("Quét lại").await;
    kiosk.sees("Đặt giấy vào khay").await;
    assert_eq!(kiosk.rows("files WHERE kind = 'page'"), 0);
    kiosk.load(&SHEETS).await;
    kiosk.touch("Quét").await;
    kiosk.finish(&province, 3).await;
}

#[tokio::test]
async fn pages_of_a_person_who_has_gone_are_not_kept_nor_given_to_the_next() {
    let province = Province::start().await;
    let mut config = test_config();
    crate::harness::set(&mut config, "times", "idle-entry-secs", 2);
    crate::harness::set(&mut config, "times", "warning-secs", 30);
    let kiosk = Kiosk::start_with(config, &province.url()).await;
    kiosk.to_scan().await;
    kiosk.load(&SHEETS[..1]).await;
    // The scan says nothing for half a minute; the person does not wait.
    kiosk.break_feeder("hang", 1).await;
    kiosk.touch("Quét").await;
    kiosk.at("scan+idle").await;
    kiosk.touch("Kết thúc").await;
    kiosk.at("rest").await;
    kiosk.mend_feeder().await;
    kiosk.holds_no_draft().await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    kiosk.holds_no_draft().await;
    assert!(province.dossiers().await.is_empty());
}

#[tokio::test]
async fn noise_a_wrong_code_and_a_pulled_cable_do_not_end_the_identify_page() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_identify().await;
    kiosk.sees("Máy đang chờ thẻ của bạn.").await;
    kiosk.reads_noise().await;
    for wrong in [
        "MCK1;H;K01-261122-0001;0",
        "https://example.invalid/",
        "025048000191",
        "a|b",
    ] {
        kiosk.reads_noise().await;
        kiosk.post("/dock/code", json!({ "text": wrong })).await;
        let look = kiosk.sees("Đây không phải mã trên thẻ căn cước.").await;
        assert_eq!(look.page, "identify", "{wrong}: {look:#?}");
    }

    kiosk.post("/dock/code", json!({ "fault": "unplugged" })).await;
    kiosk.sees("Đầu đọc thẻ đang nghỉ.").await;
    kiosk.post("/dock/code", json!({ "fault": null })).await;
    kiosk
        .until("the reader back", |look| {
            look.page == "identify" && !look.shows("Đầu đọc thẻ đang nghỉ.")
        })
        .await;
    kiosk.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
    kiosk.at("person").await;
    kiosk.sees(MASKED).await;
    // Another card while this one is being looked at changes nothing.
    kiosk.post("/dock/card", json!({ "insert": "bui-thi-thuong" })).await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    kiosk.sees(MASKED).await;
    kiosk.touch("Không phải").await;
    kiosk.at("identify").await;
}
