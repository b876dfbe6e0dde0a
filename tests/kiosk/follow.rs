//! Following a dossier by the slip's code and by typed digits, with the province there and away.

use serde_json::json;

use crate::harness::{Kiosk, Look, Province, set, test_config};

impl Kiosk {
    pub async fn to_follow(&self) {
        self.to_home().await;
        self.touch("Tra cứu hồ sơ").await;
        self.at("follow").await;
    }

    pub async fn follow_code(&self, code: &str) -> Look {
        self.to_follow().await;
        self.post("/dock/code", json!({ "text": code })).await;
        self.at("way").await
    }

    async fn type_number(&self, slip: &str) {
        // "K01-261122-0007": what a person types are the digits after the kiosk's name.
        for digit in slip.chars().skip("K01-".len()).filter(char::is_ascii_digit) {
            self.touch(&digit.to_string()).await;
        }
        self.touch("Tìm").await;
    }

    pub async fn follow_number(&self, slip: &str) -> Look {
        self.to_follow().await;
        self.type_number(slip).await;
        self.at("way").await
    }
}

#[tokio::test]
async fn a_dossier_is_followed_by_its_slip_and_its_number_with_the_province_there_and_away() {
    let mut province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    let slip = kiosk.hand_in().await;
    let dossiers = province.received(1).await;
    let code = dossiers[0]["code"].as_str().unwrap();
    let slips = kiosk.whole_slips(1).await;
    let on_paper = slips[0].codes[0].clone();
    kiosk.done().await;

    for look in [kiosk.follow_code(&on_paper).await, {
        kiosk.done().await;
        kiosk.follow_number(&slip).await
    }] {
        assert!(look.shows("Trung tâm đã nhận hồ sơ") && look.shows(code), "{look:#?}");
        assert!(look.shows("Cấp bản sao trích lục hộ tịch"), "{look:#?}");
        assert!(!look.shows("Nguyễn") && !look.shows("025048000191"), "{look:#?}");
    }
    kiosk.done().await;

    // An official goes on with it: the next look tells.
    province.set_state(code, 4).await;
    let look = kiosk.follow_code(&on_paper).await;
    assert!(look.shows("Hồ sơ đang được giải quyết"), "{look:#?}");
    kiosk.done().await;

    // Another kiosk of the province knows nothing of it, and asks.
    let mut config = test_config();
    set(&mut config, "kiosk", "name", "K02");
    let other = Kiosk::start_with(config, &province.url()).await;
    for asked in [on_paper.as_str(), code] {
        let look = other.follow_code(asked).await;
        assert!(
            look.shows("Hồ sơ đang được giải quyết") && look.shows(code),
            "{asked}: {look:#?}"
        );
        other.done().await;
    }

    province.stop().await;
    for look in [kiosk.follow_code(&on_paper).await, {
        kiosk.done().await;
        kiosk.follow_number(&slip).await
    }] {
        assert!(look.shows("Đang mất mạng. Đây là tin cuối cùng máy có."), "{look:#?}");
        assert!(look.shows(code), "{look:#?}");
    }
}

/// The ten states of the national exchange, as a person reads them.
const STATES: [(u32, &str); 10] = [
    (1, "Trung tâm đã nhận hồ sơ"),
    (2, "Hồ sơ đã được tiếp nhận"),
    (3, "Hồ sơ chưa được tiếp nhận"),
    (4, "Hồ sơ đang được giải quyết"),
    (5, "Hồ sơ cần thêm giấy tờ"),
    (6, "Hồ sơ chờ nộp lệ phí"),
    (7, "Hồ sơ đã được rút"),
    (8, "Hồ sơ đã dừng giải quyết"),
    (9, "Đã có kết quả"),
    (10, "Đã trả kết quả"),
];

#[tokio::test]
async fn each_of_the_ten_states_is_told_and_the_last_one_still_when_the_line_is_down() {
    let mut province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    let slip = kiosk.hand_in().await;
    let dossiers = province.received(1).await;
    let code = dossiers[0]["code"].as_str().unwrap();
    kiosk.done().await;
    for (state, title) in STATES {
        province
            .move_on(
                code,
                json!({ "state": state, "note": "Ông Bịa đã đến", "department": "Một cửa xã Mẫu", "due": "20261201170000" }),
            )
            .await;
        let look = kiosk.follow_code(&format!("MCK1;H;{slip};0")).await;
        assert!(look.shows(title), "{state}: {look:#?}");
        assert!(look.shows("Một cửa xã Mẫu ghi: “Ông Bịa đã đến”"), "{state}: {look:#?}");
        kiosk.done().await;
    }
    // The result was ready before it was promised, and the office counts it once.
    assert_eq!(
        kiosk.rows("figures WHERE figure = 'on-time' AND numerator = 1 AND denominator = 1"),
        1
    );

    province
        .move_on(code, json!({ "state": 4, "due": "20261201170000" }))
        .await;
    kiosk.follow_code(code).await;
    kiosk.done().await;
    province.stop().await;
    let look = kiosk.follow_number(&slip).await;
    assert!(
        look.shows("Hồ sơ đang được giải quyết") && look.shows("Cập nhật lúc"),
        "{look:#?}"
    );
    assert!(look.shows("Hẹn trả kết quả: 1 tháng 12, 2026"), "{look:#?}");
    assert!(look.shows("Đang mất mạng. Đây là tin cuối cùng máy có."), "{look:#?}");
    // What officials wrote freely is not kept.
    assert!(!look.shows("Bịa"), "{look:#?}");
}

#[tokio::test]
async fn a_code_is_typed_with_its_letters() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.hand_in().await;
    let dossiers = province.received(1).await;
    let code = dossiers[0]["code"].as_str().unwrap();
    kiosk.done().await;
    kiosk.to_follow().await;
    kiosk.touch("Có chữ").await;
    for letter in code.chars() {
        let key = match letter {
            '.' => "Dấu chấm".to_owned(),
            '-' => "Gạch nối".to_owned(),
            letter => letter.to_string(),
        };
        kiosk.touch(&key).await;
    }
    kiosk.touch("Tìm").await;
    let look = kiosk.at("way").await;
    assert!(look.shows(code), "{look:#?}");
}

#[tokio::test]
async fn what_is_still_kept_here_is_found_and_called_kept() {
    let mut province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_review().await;
    province.stop().await;
    let slip = kiosk.send().await;
    kiosk.done().await;
    let look = kiosk.follow_number(&slip).await;
    assert!(
        look.shows("Hồ sơ đang giữ ở máy này") && look.shows("Máy sẽ gửi khi có mạng"),
        "{look:#?}"
    );
    assert!(!look.shows("Trung tâm đã nhận hồ sơ"), "{look:#?}");
}

#[tokio::test]
async fn what_nobody_knows_is_not_found_and_without_the_province_that_is_said_otherwise() {
    let mut province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_follow().await;
    kiosk.type_number("K01-200101-0001").await;
    kiosk.sees("Không có phiếu nào mang số này.").await;
    // The code of an identity card is no slip, and is not looked up anywhere.
    kiosk.touch("Xóa").await;
    kiosk.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
    kiosk.sees("Đây là thẻ căn cước.").await;
    kiosk.post("/dock/code", json!({ "noise": true })).await;
    kiosk.sees("Máy chưa đọc được mã.").await;

    province.stop().await;
    kiosk
        .post("/dock/code", json!({ "text": "MCK1;H;K09-200101-0001;0" }))
        .await;
    kiosk.sees("Đang mất mạng. Máy chỉ tìm được hồ sơ nộp tại đây.").await;
}

/// The province takes seconds to answer; meanwhile the first person has gone, and the next looks something up.
#[tokio::test]
async fn a_late_answer_is_not_shown_to_the_next_person() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    let slip = kiosk.hand_in().await;
    province.received(1).await;
    kiosk.whole_slips(1).await;
    kiosk.done().await;

    province.fault(json!({ "mode": "slow" })).await;
    kiosk.to_follow().await;
    kiosk.type_number(&slip).await;
    kiosk.touch("Quay lại").await;
    kiosk.at("home").await;
    kiosk.touch("Tra cứu hồ sơ").await;
    kiosk.at("follow").await;
    // The answer is trickled within two seconds, and is given up after six.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(7);
    while std::time::Instant::now() < until {
        let look = kiosk.look().await;
        assert_eq!(look.page, "follow", "{look:#?}");
        tokio::time::sleep(crate::harness::LOOK_EVERY).await;
    }
}
