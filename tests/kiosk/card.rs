//! The chip of the card through the whole kiosk, behind a real pcscd.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Kiosk, LOOK_EVERY, Look, Province, WAIT_MAX, set, test_config};
use crate::visit::MASKED;

pub fn with_card_reader() -> toml::Table {
    let mut config = test_config();
    let reader = toml::Table::from_iter([("driver".to_owned(), "virtual".into())]);
    config.insert("card-reader".into(), toml::Value::Table(reader));
    config
}

impl Kiosk {
    /// With a province: nothing is handed in without its procedures.
    pub async fn start_with_card_reader() -> (Self, Province) {
        Self::start_with_card_reader_and(with_card_reader()).await
    }

    pub async fn start_with_card_reader_and(config: toml::Table) -> (Self, Province) {
        let province = Province::start().await;
        let kiosk = Self::start_with(config, &province.url()).await;
        kiosk.until_reader_works().await;
        (kiosk, province)
    }

    pub async fn card(&self, act: Value) {
        self.post("/dock/card", act).await;
    }

    /// Waits until a lamp or the buzzer is as wanted: the front panel has a thread of its own.
    async fn until_lamp(&self, lamp: &str, wanted: &str) {
        let began = Instant::now();
        loop {
            let panel = self.get_json("/dock/panel").await.unwrap();
            if panel[lamp] == wanted {
                return;
            }
            assert!(
                began.elapsed() < WAIT_MAX,
                "{lamp} {wanted}: {panel}\n{}",
                self.log_text()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

pub fn is_person(look: &Look) -> bool {
    look.page == "person"
}

#[tokio::test]
async fn the_chip_confirms_who_it_is_and_the_card_goes_back_to_its_holder() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
    let look = kiosk.at("person").await;
    assert!(look.shows("Chip đã xác nhận. Bạn lấy thẻ lại."), "{look:#?}");
    assert!(look.shows(MASKED), "{look:#?}");
    kiosk.card(json!({ "remove": true })).await;
    kiosk.touch("Đúng, là tôi").await;
    kiosk.until("the first question", |look| look.page != "person").await;
}

/// Of the sample `nguyen-van-am`: its front and its chip, and what the chip alone tells.
const SECRETS: [&str; 6] = [
    "Nguyễn Văn Ẩm",
    "NGUYEN<<VAN<AM",
    "025048000191",
    "048000191",
    "Xã Mẫu Sơn",
    "Trần Thị Ví Dụ",
];

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let paths = entries.filter(|entry| !entry.file_type().unwrap().is_symlink());
    paths
        .flat_map(|entry| {
            if entry.path().is_dir() {
                files(&entry.path())
            } else {
                vec![entry.path()]
            }
        })
        .collect()
}

#[tokio::test]
async fn a_card_that_was_read_leaves_nothing_in_the_log_or_the_data_folder() {
    let province = Province::start().await;
    let mut kiosk = Kiosk::prepare(with_card_reader(), &province.url());
    kiosk.environment("KIOSK_LOG", "trace");
    kiosk.run().await;
    kiosk.until_reader_works().await;
    kiosk.to_identify().await;
    kiosk.touch("Mã mờ? Quét mặt sau thẻ").await;
    kiosk.load(&["mat-sau-the-nguyen-van-am"]).await;
    kiosk.touch("Quét mặt sau").await;
    kiosk.sees("Đặt thẻ lên ô đọc thẻ").await;
    kiosk.card(json!({ "lay": "nguyen-van-am" })).await;
    kiosk.sees(CONFIRMED).await;
    kiosk.card(json!({ "remove": true })).await;
    kiosk.touch("Không phải").await;
    kiosk.at("identify").await;
    assert!(kiosk.log_text().contains("Card read"), "{}", kiosk.log_text());
    kiosk.terminate().await;

    let mut looked_at = 0;
    for file in files(&kiosk.data()).into_iter().chain([kiosk.log()]) {
        // The socket of the reader's service is no file with words.
        let Ok(bytes) = std::fs::read(&file) else { continue };
        looked_at += 1;
        for secret in SECRETS {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }
    assert!(looked_at > 3, "{looked_at} files");
}

#[tokio::test]
async fn the_card_may_be_laid_down_after_its_front_was_shown_or_not_at_all() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    let cards = kiosk.get_json("/dock/card").await.unwrap();
    let card = |name: &str| {
        cards
            .as_array()
            .unwrap()
            .iter()
            .find(|card| card["name"] == name)
            .unwrap()
            .clone()
    };
    kiosk.to_identify().await;
    kiosk
        .post("/dock/code", json!({ "text": card("long-name")["qr"] }))
        .await;
    kiosk.sees("Đặt thẻ lên ô đọc thẻ").await;
    // Somebody else's card.
    kiosk.card(json!({ "lay": "one-word-name" })).await;
    kiosk.sees(WRONG_KEY).await;
    kiosk.card(json!({ "remove": true })).await;
    kiosk.sees("Đặt thẻ lên ô đọc thẻ").await;
    kiosk.card(json!({ "lay": "long-name" })).await;
    kiosk.sees("Chip đã xác nhận. Bạn lấy thẻ lại.").await;
    kiosk.card(json!({ "remove": true })).await;
    // Once more, without the chip.
    kiosk.touch("Quay lại").await;
    kiosk.at("identify").await;
    kiosk
        .post("/dock/code", json!({ "text": card("year-of-birth-only")["qr"] }))
        .await;
    kiosk.sees("Đặt thẻ lên ô đọc thẻ").await;
    kiosk.touch("Tiếp tục, không đọc chip").await;
    let look = kiosk.at("person").await;
    assert!(look.shows("1950") && !look.shows("Chip đã xác nhận"), "{look:#?}");
}

/// Each fault of a card by its name, and what the citizen sees.
const FAULTS: [(&str, u32, &str); 23] = [
    ("pulled", 5, "Thẻ rời máy sớm quá. Bạn đặt lại và để yên."),
    ("silent", 5, "Chip chưa trả lời. Bạn nhấc thẻ ra rồi đặt lại."),
    ("garbage", 5, "Chip chưa trả lời. Bạn nhấc thẻ ra rồi đặt lại."),
    ("cut-answer", 5, "Chip chưa trả lời. Bạn nhấc thẻ ra rồi đặt lại."),
    ("wrong-key6300", 0, WRONG_KEY),
    ("wrong-key6988", 0, WRONG_KEY),
    ("bad-mac", 5, "Chip chưa trả lời. Bạn nhấc thẻ ra rồi đặt lại."),
    ("missing-status", 5, "Chip chưa trả lời. Bạn nhấc thẻ ra rồi đặt lại."),
    ("session-lost", 5, "Chip chưa trả lời. Bạn nhấc thẻ ra rồi đặt lại."),
    ("more-to-fetch", 0, CONFIRMED),
    ("exact-length", 0, CONFIRMED),
    ("cut-files", 0, "Chip chưa trả lời. Bạn nhấc thẻ ra rồi đặt lại."),
    ("endless-face", 0, CONFIRMED),
    ("jpeg2000-face", 0, CONFIRMED),
    ("altered-dg1", 0, STOPPED),
    // The photograph is not read for a dossier: what is not read is not judged.
    ("altered-dg2", 0, CONFIRMED),
    ("altered-dg13", 0, STOPPED),
    ("altered-dg14", 0, STOPPED),
    ("altered-dg15", 0, CONFIRMED),
    ("altered-sod-content", 0, STOPPED),
    ("altered-sod-signature", 0, STOPPED),
    ("unknown-signer", 0, UNVOUCHED),
    ("expired-signer", 0, UNVOUCHED),
];

pub const WRONG_KEY: &str = "Chip không khớp với mã vuông. Bạn đặt đúng thẻ, hoặc nhập ngày hết hạn.";
pub const CONFIRMED: &str = "Chip đã xác nhận. Bạn lấy thẻ lại.";
const UNVOUCHED: &str = "Đã đọc chip. Bạn lấy thẻ lại.";
const STOPPED: &str = "Đã gọi cán bộ. Máy chưa gửi và không giữ gì của bạn.";

#[tokio::test]
async fn every_fault_of_a_card_has_its_page_and_the_next_card_reads() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    for (fault, after, page) in FAULTS {
        kiosk.to_identify().await;
        kiosk.card(json!({ "fault": fault, "after_commands": after })).await;
        kiosk.card(json!({ "insert": "bui-thi-thuong" })).await;
        let look = kiosk.until(fault, |look| look.shows(page)).await;
        if page == STOPPED {
            assert_eq!(look.page, "card");
            kiosk.until_lamp("light", "calling").await;
        }
        kiosk.card(json!({ "fault": null, "remove": true })).await;
        kiosk.next_card_reads(&look).await;
    }
}

impl Kiosk {
    /// From wherever the fault has led to: a good card is read, and the visit ends.
    pub async fn next_card_reads(&self, look: &Look) {
        if look.page == "card" && look.shows(STOPPED) {
            self.touch("Tôi hiểu rồi").await;
            self.at("rest").await;
            self.to_identify().await;
        } else if look.page == "person" {
            self.touch("Không phải").await;
            self.at("identify").await;
        }
        self.card(json!({ "insert": "nguyen-van-am" })).await;
        self.sees(CONFIRMED).await;
        self.card(json!({ "remove": true })).await;
        self.touch("Không phải").await;
        for page in ["identify", "procedure", "procedures", "find", "home"] {
            self.at(page).await;
            if page != "home" {
                self.touch("Quay lại").await;
            }
        }
    }
}

#[tokio::test]
async fn twenty_pulls_at_random_moments_always_lead_back_to_a_calm_page() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    for pull in 0..20_u64 {
        kiosk.card(json!({ "insert": "long-name" })).await;
        let moment = Duration::from_millis(rand::random_range(0..700));
        tokio::time::sleep(moment).await;
        kiosk.card(json!({ "remove": true })).await;
        let calm = |look: &Look| {
            is_person(look)
                || look.shows("Thẻ rời máy sớm quá. Bạn đặt lại và để yên.")
                || look.shows("Đặt thẻ lên ô đọc thẻ")
        };
        let look = kiosk
            .until(&format!("a calm page after pull {pull} at {moment:?}"), calm)
            .await;
        if is_person(&look) {
            kiosk.touch("Không phải").await;
            kiosk.at("identify").await;
        }
    }
    kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
    let look = kiosk.sees(CONFIRMED).await;
    assert!(look.shows(MASKED), "the next card, and not one before it: {look:#?}");
}

#[tokio::test]
async fn a_card_left_behind_is_called_after_until_it_is_taken() {
    let mut config = with_card_reader();
    // Long enough for every step before it on a machine that does other things too.
    set(&mut config, "times", "idle-entry-secs", 15);
    let (kiosk, _province) = Kiosk::start_with_card_reader_and(config).await;
    kiosk.to_identify().await;
    kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
    kiosk.at("person").await;
    kiosk.touch("Kết thúc").await;
    let look = kiosk.sees("Bạn quên thẻ trên máy").await;
    assert!(!look.shows(MASKED) && look.page == "card", "{look:#?}");
    kiosk.until_lamp("buzzer", "sounding").await;
    kiosk.until_lamp("light", "calling").await;
    kiosk.card(json!({ "remove": true })).await;
    kiosk.at("rest").await;
    kiosk.until_lamp("buzzer", "quiet").await;
}

#[tokio::test]
async fn the_service_of_the_reader_may_go_and_come_back() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.card(json!({ "service": "gone" })).await;
    kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
    // The front is enough to go on with.
    let look = kiosk
        .until("who it is, or that the reader rests", |look| {
            is_person(look) || look.shows("Ô đọc thẻ đang nghỉ. Bạn vẫn tiếp tục được.")
        })
        .await;
    if is_person(&look) {
        assert!(!look.shows(CONFIRMED), "{look:#?}");
        kiosk.touch("Không phải").await;
    }
    kiosk.card(json!({ "remove": true, "service": null })).await;
    kiosk.until_reader_works().await;
    if kiosk.look().await.page == "card" {
        kiosk.touch("Quay lại").await;
    }
    kiosk.at("identify").await;
    kiosk.card(json!({ "insert": "nguyen-van-am" })).await;
    kiosk.sees(CONFIRMED).await;
}

impl Kiosk {
    pub async fn until_reader_works(&self) {
        self.until_reader_is(&json!({ "state": "works" })).await;
    }

    pub async fn until_reader_is(&self, wanted: &Value) {
        let began = Instant::now();
        loop {
            let health = self.get_json("/health").await.unwrap();
            if &health["card-reader"] == wanted {
                return;
            }
            assert!(began.elapsed() < WAIT_MAX, "{health:#}\n{}", self.log_text());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
