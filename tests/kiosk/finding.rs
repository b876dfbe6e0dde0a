//! Looking for a procedure: by an occasion, by what is typed, and those that live elsewhere.

use serde_json::json;

use crate::harness::{Kiosk, Province, test_config};

impl Kiosk {
    pub async fn to_find(&self) {
        self.to_home().await;
        self.touch("Nộp hồ sơ").await;
        self.at("find").await;
    }

    /// Each is a touch of a letter or a mark by its label.
    pub async fn press_keys(&self, keys: &str) {
        for key in keys.split_whitespace() {
            self.touch(key).await;
        }
    }
}

#[tokio::test]
async fn an_occasion_leads_to_its_procedures_and_back() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_find().await;
    kiosk.touch("Sinh con").await;
    let look = kiosk.at("procedures").await;
    assert!(look.shows("Đăng ký khai sinh"), "{look:#?}");
    kiosk.touch("Đăng ký khai sinh").await;
    kiosk.at("procedure").await;
    kiosk.touch("Quay lại").await;
    let look = kiosk.at("procedures").await;
    assert!(look.shows("Đăng ký khai sinh"), "{look:#?}");
    kiosk.touch("Quay lại").await;
    kiosk.at("find").await;
}

#[tokio::test]
async fn a_procedure_is_found_while_it_is_typed_with_a_mark_and_without() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_find().await;
    kiosk.touch("Gõ tên việc cần làm").await;
    kiosk.press_keys("k h a i").await;
    kiosk.sees("Đăng ký khai sinh").await;
    kiosk.touch("Dấu cách").await;
    kiosk.press_keys("t ư").await;
    kiosk.touch("dấu hỏi").await;
    let look = kiosk.sees("khai tử").await;
    assert!(look.shows("Đăng ký khai tử"), "{look:#?}");
    kiosk.touch("Đăng ký khai tử").await;
    kiosk.at("procedure").await;
    kiosk.touch("Quay lại").await;
    kiosk.sees("khai tử").await;

    // Whoever comes next finds an empty field.
    kiosk.touch("Quay lại").await;
    kiosk.touch("Gõ tên việc cần làm").await;
    let look = kiosk.at("find").await;
    assert!(!look.shows("khai tử"), "{look:#?}");
    kiosk.press_keys("q q q q q").await;
    kiosk.sees("Không tìm thấy").await;
}

#[tokio::test]
async fn what_lives_in_another_system_gives_the_number_of_its_counter() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_find().await;
    kiosk.touch("Làm thẻ căn cước").await;
    let look = kiosk.sees("Việc này làm ở quầy 3").await;
    assert!(!look.shows("Có đủ, bắt đầu"), "{look:#?}");
    kiosk.touch("Lấy số quầy 3").await;
    let look = kiosk.at("series").await;
    assert!(!look.shows("Đất đai, xây dựng"), "only its series: {look:#?}");
    kiosk.touch("Căn cước, cư trú").await;
    kiosk.at("number").await;
}

#[tokio::test]
async fn the_counter_learns_what_the_person_found_at_the_kiosk() {
    let province = Province::start().await;
    let (config, address) = crate::hall::config();
    let kiosk = Kiosk::start_with(config, &province.url()).await;
    kiosk.to_find().await;
    kiosk.touch("Làm thẻ căn cước").await;
    kiosk.touch("Lấy số quầy 3").await;
    kiosk.touch("Căn cước, cư trú").await;
    kiosk.at("number").await;
    let mut clerk = kiosk.clerk(address, "4").await;
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["F"] })).await, "");
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    let view = clerk
        .sees("/api/counter", |view| view["here"]["errand"].is_object())
        .await;
    assert_eq!(view["here"]["number"], "F 001");
    assert_eq!(view["here"]["errand"]["name"], "Làm thẻ căn cước");
    let code = view["here"]["errand"]["procedure"].as_str().unwrap();
    assert!(!code.is_empty(), "{view:#}");

    // Nobody else learns it.
    let board = kiosk.paired(address, "board").await;
    let shown = board
        .sees("/api/board", |view| view["calls"][0]["number"] == "F 001")
        .await;
    assert!(!shown.to_string().contains(code), "{shown:#}");
}
