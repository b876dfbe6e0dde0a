//! A dossier from the card to the province: what was shown, what arrived, what is left behind.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Kiosk, LOOK_EVERY, Province, set, test_config};
use crate::visit::{MASKED, NAME, SHEETS};

/// SANE's own test device, through the real `scanimage`; it feeds three sheets.
fn with_sane(config: &mut toml::Table) {
    let scanner = r#"
        driver = "sane"
        device = "test"
        feed = "feeder"
        source = "Automatic Document Feeder"
        mode = "Color"
        options = ["-x", "210", "-y", "297", "--test-picture=Color pattern", "--batch-count=3"]
        page-secs-max = 60
    "#;
    config.insert("scanner".into(), toml::Value::Table(scanner.parse().unwrap()));
}

fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn qpdf(file: &Path, argument: &str) -> String {
    let output = Command::new("qpdf")
        .arg(argument)
        .arg(file)
        .output()
        .expect("Debian: package qpdf");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// The files as they lie at the province, against what the kiosk said of them and what the province says.
fn check_files(province: &Province, dossier: &Value, pages: &str) {
    let stored: Vec<_> = std::fs::read_dir(province.data().join("files"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let told = dossier["fields"]["TaiLieuNop"].as_array().unwrap();
    let have = dossier["files"].as_array().unwrap();
    assert_eq!((stored.len(), told.len(), have.len()), (1, 1, 1), "{dossier:#}");

    let bytes = std::fs::read(&stored[0]).unwrap();
    let hash = hex_sha256(&bytes);
    assert_eq!(told[0]["Sha256"], json!(hash));
    assert_eq!(told[0]["KichThuoc"], json!(bytes.len()));
    assert_eq!(told[0]["MaThanhPhanHoSo"], json!("TL-TOKHAI"));
    // As the samples have it of this procedure.
    assert_eq!(dossier["fields"]["PhienBanTTHC"], json!(2));
    assert_eq!(have[0]["sha256"], json!(hash));
    assert_eq!(have[0]["size"], json!(bytes.len()));
    assert_eq!(have[0]["name"], told[0]["TenTepDinhKem"]);
    qpdf(&stored[0], "--check");
    assert_eq!(qpdf(&stored[0], "--show-npages").trim(), pages);
}

#[tokio::test]
async fn a_dossier_scanned_by_sane_is_at_the_province_once_with_equal_hashes() {
    let province = Province::start().await;
    let mut config = test_config();
    with_sane(&mut config);
    set(&mut config, "times", "code-wait-secs", 30);
    let kiosk = Kiosk::start_with(config, &province.url()).await;

    kiosk.to_scan().await;
    kiosk.touch("Quét").await;
    kiosk.has_pages(3).await;
    kiosk.touch("Tiếp tục").await;
    kiosk.at("review").await;
    let slip = kiosk.send().await;

    let dossiers = province.received(1).await;
    assert_eq!(dossiers.len(), 1);
    check_files(&province, &dossiers[0], "3");
    let code = dossiers[0]["code"].as_str().unwrap();
    // The province answers while the page is open: the page and the slip tell its code.
    let look = kiosk
        .until("the code", |look| look.page == "sent" && look.shows(code))
        .await;
    assert!(look.shows("Trung tâm đã nhận hồ sơ"), "{look:#?}");
    let slips = kiosk.whole_slips(1).await;
    assert_eq!(slips.len(), 1);
    assert_eq!(slips[0].codes, [format!("MCK1;H;{slip};0")]);
    kiosk.at("rest").await;
    assert_eq!((kiosk.rows("drafts"), kiosk.rows("dossiers")), (0, 1));
}

#[tokio::test]
async fn what_the_province_has_is_what_was_shown_and_entered() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_review_with(&SHEETS).await;
    let slip = kiosk.send().await;

    let dossiers = province.received(1).await;
    check_files(&province, &dossiers[0], &SHEETS.len().to_string());
    let fields = &dossiers[0]["fields"];
    for (name, value) in [
        ("SoPhieuGui", json!(slip)),
        ("MaTTHC", json!("2.000635")),
        ("TenTTHC", json!("Cấp bản sao trích lục hộ tịch")),
        ("KenhThucHien", json!("1")),
        ("ChuHoSo", json!(NAME)),
        ("LoaiDoiTuong", json!("1")),
        ("SoGiayToChuHoSo", json!("025048000191")),
        (
            "DinhDanhCHS",
            json!([
                { "LoaiDinhDanh": "1", "SoDinhDanh": "025048000191" },
                { "LoaiDinhDanh": "2", "SoDinhDanh": "131313131" }
            ]),
        ),
        ("NgaySinh", json!("19480307")),
        ("GioiTinh", json!("Nam")),
        ("DiaChi", json!("Khu 4, Xã Mẫu Sơn, Tỉnh Phú Thọ")),
        ("NoiNopHoSo", json!("Trung tâm Phục vụ hành chính công")),
        ("HoSoCoThanhPhanSoHoa", json!("1")),
        (
            "DuLieuBieuMau",
            json!({ "LoaiTrichLuc": "khai-sinh", "NgayDangKy": "19900307" }),
        ),
    ] {
        assert_eq!(fields[name], value, "{name}");
    }
    assert_eq!(fields["DongY"]["MucDich"], json!(["giai-quyet-thu-tuc-hanh-chinh"]));
    assert_eq!(dossiers[0]["state"], json!("1"));
}

#[tokio::test]
async fn an_answer_that_was_changed_in_the_review_is_the_one_that_is_sent() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_review().await;
    kiosk.touch("Sửa: Bạn cần bản sao giấy nào?").await;
    kiosk.touch("Khai tử").await;
    kiosk.touch("Tiếp tục").await;
    kiosk.at("review").await;
    // Without consent nothing is sent.
    kiosk.touch("Đúng rồi, tiếp tục").await;
    kiosk.touch("Gửi hồ sơ").await;
    kiosk.sees("Bạn chạm vào ô “cần có” rồi mới gửi được.").await;
    assert_eq!(kiosk.rows("dossiers"), 0);
    kiosk.touch("Quay lại").await;
    kiosk.at("review").await;
    kiosk.send().await;

    let dossiers = province.received(1).await;
    let answers = json!({ "LoaiTrichLuc": "khai-tu", "NgayDangKy": "19900307" });
    assert_eq!(dossiers[0]["fields"]["DuLieuBieuMau"], answers);
}

#[tokio::test]
async fn a_name_is_whole_only_while_a_finger_holds_it() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_person().await;
    let personal = [NAME, "025048000191", "07/03/1948", "Mẫu Sơn"];
    let shown = |look: &crate::harness::Look| personal.map(|text| look.shows(text) || look.spoken.contains(text));

    let look = kiosk.sees(MASKED).await;
    assert_eq!(shown(&look), [false; 4], "{look:#?}");
    let hold = json!({ "label": "Giữ để xem", "hold_ms": 2_500 });
    let (_, held) = tokio::join!(
        kiosk.post("/dock/touch", hold),
        kiosk.until("the whole name", |look| look.shows(NAME)),
    );
    assert!(
        !held.spoken.contains(NAME),
        "A whole name is never said: {}",
        held.spoken
    );
    let look = kiosk
        .until("the name masked again", |look| look.shows(MASKED) && !look.shows(NAME))
        .await;
    assert_eq!(shown(&look), [false; 4], "{look:#?}");
}

#[tokio::test]
async fn a_visit_that_is_left_in_the_middle_leaves_nothing_anywhere() {
    let province = Province::start().await;
    let mut config = test_config();
    set(&mut config, "times", "idle-entry-secs", 20);
    set(&mut config, "times", "warning-secs", 30);
    let kiosk = Kiosk::start_with(config, &province.url()).await;
    kiosk.to_review().await;
    assert_eq!(kiosk.rows("drafts"), 1);
    kiosk.at("review+idle").await;
    kiosk.touch("Kết thúc").await;
    let look = kiosk.at("rest").await;
    assert!(!look.shows(MASKED) && !look.shows(NAME), "{look:#?}");
    kiosk.holds_no_draft().await;
    assert!(province.dossiers().await.is_empty());
    assert!(kiosk.slips().await.is_empty());
}

#[tokio::test]
async fn a_visit_that_is_forgotten_by_its_person_is_wiped_by_time_alone() {
    let province = Province::start().await;
    let mut config = test_config();
    set(&mut config, "times", "idle-entry-secs", 2);
    set(&mut config, "times", "warning-secs", 1);
    let kiosk = Kiosk::start_with(config, &province.url()).await;
    kiosk.to_scan().await;
    kiosk.at("rest").await;
    kiosk.holds_no_draft().await;
    assert!(province.dossiers().await.is_empty());
}

/// The person whose visit a power cut ended has gone: the next one must not find it, nor the disk keep it.
#[tokio::test]
async fn a_visit_that_a_power_cut_ended_is_not_kept_on_the_disk() {
    let province = Province::start().await;
    let mut kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_review().await;
    kiosk.restart().await;
    kiosk.at("rest").await;
    kiosk.holds_no_draft().await;
    assert!(province.dossiers().await.is_empty());
}

#[tokio::test]
async fn whoever_sends_and_goes_away_at_once_has_sent() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.hand_in().await;
    // "Xong" may come before the slip was begun: it is printed all the same.
    kiosk.done().await;
    assert_eq!(province.received(1).await.len(), 1);
    kiosk.whole_slips(1).await;
    tokio::time::sleep(LOOK_EVERY).await;
    assert_eq!(kiosk.slips().await.len(), 1);
}
