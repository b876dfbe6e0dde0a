//! A dossier signed on the person's own telephone: by SIM and by VNeID, refused, too late, and with everything that
//! breaks in between. Nothing is ever called signed that the province did not call so.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Kiosk, LOOK_EVERY, Look, Province, WAIT_MAX, test_config};
use crate::visit::{CONSENT, SHEETS, slip_number};

const LIVESTOCK: &str = "Kê khai chăn nuôi";
const ID: &str = "025048000191";
/// Stands nowhere else, and answers no question.
const SIM: &str = "0987123987";
/// Given with the answers.
const PHONE: &str = "0900000001";

impl Province {
    async fn signings(&self) -> Vec<Value> {
        self.admin_get("/admin/signings").await.as_array().unwrap().clone()
    }

    /// The signing that waits, once there are so many.
    async fn waiting(&self, count: usize) -> Value {
        let began = Instant::now();
        loop {
            let signings = self.signings().await;
            if signings.len() == count
                && let Some(last) = signings.last().filter(|last| last["TrangThai"] == "cho-ky")
            {
                return last.clone();
            }
            assert!(began.elapsed() < WAIT_MAX, "{signings:#?}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What the telephone answers.
    async fn answers(&self, signing: &Value, state: &str) {
        let transaction = signing["MaGiaoDichKy"].as_str().unwrap();
        self.admin_post(&format!("/admin/signings/{transaction}"), json!({ "state": state }))
            .await;
    }

    async fn until_state(&self, at: usize, state: &str) {
        let began = Instant::now();
        while self.signings().await[at]["TrangThai"] != state {
            assert!(began.elapsed() < WAIT_MAX, "{:#?}", self.signings().await);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Kiosk {
    async fn livestock_to_agree(&self) {
        self.to_home().await;
        self.touch("Nộp hồ sơ").await;
        self.touch("Gõ tên việc cần làm").await;
        self.press_keys("c h a n").await;
        self.touch("Dấu cách").await;
        self.press_keys("n u o i").await;
        self.touch(LIVESTOCK).await;
        self.touch("Có đủ, bắt đầu").await;
        self.at("identify").await;
        self.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
        self.at("person").await;
        self.touch("Đúng, là tôi").await;
        self.touch("Ong").await;
        self.touch("Tiếp tục").await;
        self.sees("Nuôi bao nhiêu con?").await;
        self.type_digits("20").await;
        self.touch("Tiếp tục").await;
        self.sees("Số điện thoại").await;
        self.type_digits(PHONE).await;
        self.touch("Tiếp tục").await;
        self.fetches_the_result().await;
        self.at("scan").await;
        self.load(&SHEETS[..1]).await;
        self.touch("Quét").await;
        self.until("the page", |look| look.shows("Đã quét 1 ") && look.shows("Tiếp tục"))
            .await;
        self.touch("Tiếp tục").await;
        self.at("review").await;
        self.touch("Đúng rồi, tiếp tục").await;
        self.at("agree").await;
        self.touch(CONSENT).await;
    }

    /// To the two doors of signing.
    async fn livestock_to_sign(&self) -> Look {
        self.livestock_to_agree().await;
        self.touch("Tiếp tục, ký tên").await;
        self.sees("Bạn muốn ký bằng cách nào?").await
    }

    async fn by_vneid(&self) -> Look {
        self.touch("Ký bằng điện thoại").await;
        self.touch("Trong VNeID").await;
        self.sees("Bạn ký trên điện thoại của bạn").await
    }

    async fn draws(&self) {
        self.at("sign").await;
        let path: Vec<[f32; 2]> = (0..40_u16)
            .map(|n| [250.0 + f32::from(n) * 14.0, 1_150.0 + (f32::from(n) * 0.7).sin() * 90.0])
            .collect();
        self.post("/dock/touch", json!({ "path": path })).await;
        self.touch("Xong").await;
        self.sees("Chữ ký của bạn đây").await;
    }

    async fn sends(&self) {
        self.touch("Gửi hồ sơ").await;
        self.until("the slip's number", |look| {
            look.page == "sent" && slip_number(look).is_some()
        })
        .await;
    }
}

/// Whether a text stands in clear in a file below.
fn found_below(folder: &Path, text: &str) -> Option<String> {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if let Some(place) = found_below(&path, text) {
                return Some(place);
            }
        } else if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            if bytes.windows(text.len()).any(|part| part == text.as_bytes()) {
                return Some(path.display().to_string());
            }
        }
    }
    None
}

#[tokio::test]
async fn a_dossier_is_signed_with_a_sim_and_its_number_stays_nowhere() {
    let province = Province::start().await;
    let mut kiosk = Kiosk::prepare(test_config(), &province.url());
    kiosk.environment("RUST_LOG", "trace");
    kiosk.run().await;
    kiosk.livestock_to_sign().await;
    kiosk.touch("Ký bằng điện thoại").await;
    kiosk.touch("Trong SIM điện thoại").await;
    // What was given with the answers stands there; but the key is on another SIM.
    kiosk.at("question").await;
    kiosk.touch("Tiếp tục").await;
    let first = province.waiting(1).await;
    assert_eq!(first["asked"]["SoDienThoai"], json!(PHONE));
    kiosk.touch("Dừng lại").await;
    kiosk.touch("Ký bằng điện thoại").await;
    kiosk.touch("Trong SIM điện thoại").await;
    kiosk.at("question").await;
    for _ in 0..10 {
        kiosk.touch("Xóa").await;
    }
    kiosk.type_digits(SIM).await;
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Bạn ký trên điện thoại của bạn").await;
    let signing = province.waiting(2).await;
    let compare = signing["MaDoiChieu"].as_str().unwrap();
    let look = kiosk.sees(compare).await;
    assert!(look.shows("để ký") && look.spoken.contains(compare), "{look:#?}");
    assert_eq!(
        (&signing["asked"]["CachKy"], &signing["asked"]["SoDienThoai"]),
        (&json!("sim"), &json!(SIM))
    );
    assert_eq!(signing["asked"]["SoDinhDanh"], json!(ID));
    province.answers(&signing, "da-ky").await;
    kiosk.sees("Bạn đã ký trên điện thoại").await;
    kiosk.sends().await;

    let dossiers = province.received(1).await;
    let signature = &dossiers[0]["fields"]["ChuKy"];
    assert_eq!(signature["Kieu"], json!("tu-xa"));
    assert_eq!(signature["MaGiaoDichKy"], signing["MaGiaoDichKy"]);
    assert_eq!(signature["NoiDungKy"], signing["asked"]["NoiDungKy"]);
    let hashes = &dossiers[0]["fields"]["TaiLieuNop"][0]["GiayToSoHoa"]["AnhSha256"];
    assert_eq!(hashes.as_array().map(Vec::len), Some(1));
    kiosk.done().await;
    kiosk.kill();
    assert!(
        kiosk.log_text().contains("Signing has ended"),
        "the search sees the log"
    );
    for secret in [SIM, "0987 123 987"] {
        assert_eq!(found_below(&kiosk.data(), secret), None);
        assert!(!kiosk.log_text().contains(secret), "{secret} in the log");
    }
}

#[tokio::test]
async fn vneid_asks_for_no_number_and_a_lost_answer_asks_no_second_time() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.livestock_to_sign().await;
    province.fault(json!({ "mode": "lose-answer", "count": 2 })).await;
    kiosk.by_vneid().await;
    let signing = province.waiting(1).await;
    assert_eq!(signing["asked"].get("SoDienThoai"), None);
    kiosk.sees(signing["MaDoiChieu"].as_str().unwrap()).await;
    province.fault(json!({ "mode": "busy", "count": 1 })).await;
    province.answers(&signing, "da-ky").await;
    kiosk.sees("Bạn đã ký trên điện thoại").await;
    kiosk.sends().await;
    province.received(1).await;
    assert_eq!(province.signings().await.len(), 1);
}

#[tokio::test]
async fn after_a_refusal_another_try_signs_and_the_first_is_not_asked_again() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.livestock_to_sign().await;
    kiosk.by_vneid().await;
    let first = province.waiting(1).await;
    province.answers(&first, "tu-choi").await;
    let look = kiosk.sees("Bạn đã từ chối trên điện thoại").await;
    assert!(
        look.shows("Hồ sơ chưa được ký.") && !look.shows("Gửi hồ sơ"),
        "{look:#?}"
    );
    kiosk.touch("Ký lại").await;
    let second = province.waiting(2).await;
    assert_ne!(first["key"], second["key"]);
    kiosk.sees(second["MaDoiChieu"].as_str().unwrap()).await;
    province.answers(&second, "da-ky").await;
    kiosk.sees("Bạn đã ký trên điện thoại").await;
    kiosk.sends().await;
    let dossiers = province.received(1).await;
    assert_eq!(dossiers[0]["fields"]["ChuKy"]["MaGiaoDichKy"], second["MaGiaoDichKy"]);
}

#[tokio::test]
async fn too_late_on_the_telephone_it_is_signed_by_hand() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.livestock_to_sign().await;
    province
        .admin_post("/admin/signings", json!({ "expires_secs": 5 }))
        .await;
    kiosk.by_vneid().await;
    let look = kiosk.sees("Đã quá giờ ký trên điện thoại").await;
    assert!(!look.shows("Gửi hồ sơ"), "{look:#?}");
    kiosk.touch("Ký bằng tay").await;
    kiosk.draws().await;
    kiosk.sends().await;
    let dossiers = province.received(1).await;
    assert_eq!(dossiers[0]["fields"]["ChuKy"]["Kieu"], json!("ve-tay"));
}

#[tokio::test]
async fn who_has_no_key_signs_by_hand_and_hears_why() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.livestock_to_sign().await;
    province
        .admin_post("/admin/signings", json!({ "without_key": [ID] }))
        .await;
    kiosk.touch("Ký bằng điện thoại").await;
    kiosk.touch("Trong VNeID").await;
    let look = kiosk.at("sign").await;
    assert!(look.spoken.contains("Máy chưa thấy chữ ký số của bạn."), "{look:#?}");
    kiosk.draws().await;
    kiosk.sends().await;
    province.received(1).await;
    assert_eq!(province.signings().await.len(), 0);
}

#[tokio::test]
async fn a_network_that_goes_and_comes_signs_nothing_and_loses_nothing() {
    let mut province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.livestock_to_sign().await;
    kiosk.by_vneid().await;
    let signing = province.waiting(1).await;
    province.stop().await;
    let look = kiosk.sees("Máy tạm chưa nghe được tin.").await;
    assert!(!look.shows("Bạn đã ký"), "{look:#?}");
    province.on().await;
    province.answers(&signing, "da-ky").await;
    kiosk.sees("Bạn đã ký trên điện thoại").await;
    kiosk.sends().await;
    province.received(1).await;
}

#[tokio::test]
async fn whoever_goes_back_or_leaves_has_no_telephone_asking_for_it() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.livestock_to_sign().await;
    kiosk.by_vneid().await;
    province.waiting(1).await;
    kiosk.touch("Dừng lại").await;
    kiosk.sees("Bạn muốn ký bằng cách nào?").await;
    province.until_state(0, "da-huy").await;
    kiosk.by_vneid().await;
    province.waiting(2).await;
    kiosk.touch("Quay lại").await;
    kiosk.sees("Bạn muốn ký bằng cách nào?").await;
    province.until_state(1, "da-huy").await;
}

#[tokio::test]
async fn a_kiosk_killed_while_the_telephone_asks_has_signed_nothing() {
    let province = Province::start().await;
    let mut kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.livestock_to_sign().await;
    kiosk.by_vneid().await;
    let signing = province.waiting(1).await;
    kiosk.kill();
    province.answers(&signing, "da-ky").await;
    kiosk.run().await;
    // Some time in which it could be wrong.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(province.dossiers().await.is_empty());
    assert_eq!(kiosk.rows("dossiers"), 0);
    // The next visit asks anew, under another key.
    kiosk.livestock_to_sign().await;
    kiosk.by_vneid().await;
    let second = province.waiting(2).await;
    assert_ne!(second["key"], signing["key"]);
    province.answers(&second, "da-ky").await;
    kiosk.sees("Bạn đã ký trên điện thoại").await;
    kiosk.sends().await;
    province.received(1).await;
}
