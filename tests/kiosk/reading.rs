//! What is done to a scanned paper before it is sent: read, bound as an archive wants it, compared by staff.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Kiosk, Province, set, test_config};

/// How long two pages may take on a machine that is busy with other tests.
const READ_MAX: Duration = Duration::from_secs(420);

fn with_reading(words: &str) -> toml::Table {
    let mut config = test_config();
    let reading = format!("words = \"{words}\"\ncodes = \"page-codes\"");
    config.insert("reading".into(), toml::Value::Table(reading.parse().unwrap()));
    set(&mut config, "times", "sent-secs", 60);
    config
}

fn stored(province: &Province) -> Vec<PathBuf> {
    let files = std::fs::read_dir(province.data().join("files")).unwrap();
    files.map(|entry| entry.unwrap().path()).collect()
}

pub fn said(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .args((program == "pdftotext").then_some("-"))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; Debian: qpdf, poppler-utils, python3-pikepdf"));
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// An A4 part with these pages, as independent judges see it.
fn is_fit_for_an_archive(file: &Path, pages: usize) {
    said("qpdf", &["--check"], file);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kiosk/pdfa.py");
    let judged: Value = serde_json::from_str(&said("/usr/bin/python3", &[script], file)).unwrap();
    assert_eq!(judged["standard"], "2B", "{judged:#}");
    assert_eq!(judged["profiles"], json!(["/GTS_PDFA1"]), "{judged:#}");
    assert!(
        judged["fonts"].as_u64() > Some(0) && judged["fonts"] == judged["embedded"],
        "{judged:#}"
    );
    assert_eq!((&judged["visible"], &judged["encrypted"]), (&json!(0), &json!(false)));
    let texts = judged["texts"].as_array().unwrap();
    assert_eq!(texts.len(), pages);
    assert!(texts.iter().all(|count| count.as_u64() > Some(5)), "{judged:#}");
    for size in judged["millimetres"].as_array().unwrap() {
        let millimetres = [&size[0], &size[1]].map(|side| side.as_f64().unwrap());
        assert!(
            (millimetres[0] - 210.0).abs() < 1.0 && (millimetres[1] - 297.0).abs() < 1.0,
            "{judged:#}"
        );
    }
}

#[tokio::test]
async fn a_scanned_paper_arrives_searchable_with_what_it_says_of_itself() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(with_reading("tesseract"), &province.url()).await;
    let health = kiosk.get_json("/health").await.unwrap();
    assert_ne!(health["page-reading"]["state"], "absent", "{health:#}");
    kiosk.to_review_with(&["giay-chung-sinh-1", "to-khai-2"]).await;
    kiosk.send().await;

    let dossiers = province.received_within(1, READ_MAX).await;
    let files = stored(&province);
    assert_eq!(files.len(), 1);
    is_fit_for_an_archive(&files[0], 2);
    let words = said("pdftotext", &["-enc", "UTF-8"], &files[0]);
    assert!(
        words.contains("GIẤY CHỨNG SINH") && words.contains("Không Có Thật"),
        "{words}"
    );

    let paper = &dossiers[0]["fields"]["TaiLieuNop"][0]["GiayToSoHoa"];
    assert_eq!(
        (&paper["SoTrang"], &paper["SoAnh"]),
        (&json!(2), &json!(2)),
        "{paper:#}"
    );
    for (name, value) in [
        ("SoKyHieu", "00/2026"),
        ("NgayBanHanh", "20261120"),
        ("CoQuanBanHanh", "Bệnh viện Mẫu"),
    ] {
        assert_eq!(paper[name]["GiaTri"], value, "{paper:#}");
        let certainty = paper[name]["DoTinCay"].as_u64().unwrap();
        assert!((25..=99).contains(&certainty), "{paper:#}");
    }
    assert!(!kiosk.log_text().contains("Không Có Thật"));
}

#[tokio::test]
async fn without_the_programs_papers_arrive_as_pictures_and_staff_hear_of_it() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(with_reading("/nonexistent/tesseract"), &province.url()).await;
    kiosk.hand_in().await;

    let dossiers = province.received(1).await;
    let mut paper = dossiers[0]["fields"]["TaiLieuNop"][0]["GiayToSoHoa"].clone();
    // Of what was scanned, not of what was read.
    let hashes = paper.as_object_mut().unwrap().remove("AnhSha256");
    assert_eq!(hashes.unwrap().as_array().map(Vec::len), Some(1));
    assert_eq!(paper, json!({ "SoTrang": 1, "SoAnh": 1 }));
    said("qpdf", &["--check"], &stored(&province)[0]);
    let health = kiosk.get_json("/health").await.unwrap();
    assert_eq!(health["page-reading"], json!({ "state": "faulty", "fault": "words" }));

    kiosk.leave().await;
    kiosk.staff_pin("240815").await;
    kiosk.touch("Thiết bị").await;
    kiosk.sees("Thiếu chương trình đọc; hồ sơ vẫn gửi").await;
}

#[tokio::test]
async fn staff_compare_a_paper_with_its_original_by_one_touch() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_review_with(&["to-khai-1", "to-khai-2"]).await;
    kiosk.touch("Gọi cán bộ").await;
    kiosk.touch("Tôi là cán bộ").await;
    kiosk.at("staff-pin").await;
    let look = kiosk.type_pin("240815").await;
    assert!(look.shows("2 trang") && look.shows("Đối chiếu: "), "{look:#?}");

    let compare = look
        .buttons
        .iter()
        .find(|button| button.label.starts_with("Đối chiếu: "));
    let compare = compare.unwrap().label.clone();
    kiosk.touch(&compare).await;
    kiosk
        .until("the first picture", |look| look.shows("Ảnh 1 trên 2"))
        .await;
    kiosk.touch("Ảnh sau").await;
    let second = |look: &crate::harness::Look| look.shows("Ảnh 2 trên 2") && !look.shows("Đang mở ảnh");
    let look = kiosk.until("the second picture", second).await;
    assert!(!look.shows("Không mở được"), "{look:#?}");
    kiosk.touch("Đúng với bản chính").await;
    kiosk.sees("Đã đối chiếu").await;
    kiosk.touch("Xong, đóng lại").await;
    kiosk.at("review").await;
    kiosk.send().await;

    let dossiers = province.received(1).await;
    let compared = &dossiers[0]["fields"]["TaiLieuNop"][0]["GiayToSoHoa"]["DoiChieu"];
    assert_eq!(compared["NguoiDoiChieu"], "Cán bộ trực");
    assert_eq!(compared["ThoiDiem"].as_str().unwrap().len(), 14);
}

#[tokio::test]
async fn a_page_with_a_note_stuck_on_gives_two_pictures_and_counts_once() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    // A birth paper of one page.
    kiosk.to_paper_of_one_page().await;
    kiosk.load(&["giay-chung-sinh-1"]).await;
    kiosk.touch("Quét").await;
    kiosk
        .until("the page", |look| look.shows("Đã quét 1 trên 1 trang"))
        .await;
    kiosk.load(&["giay-chung-sinh-1"]).await;
    kiosk.touch("Có giấy dán").await;
    kiosk
        .until("both pictures", |look| look.page == "scan" && look.shows("Tiếp tục"))
        .await;
    let look = kiosk.sees("Đã quét 1 trên 1 trang").await;
    assert!(!look.shows("Có giấy dán"), "each page once: {look:#?}");
    assert_eq!(kiosk.rows("files WHERE kind = 'page'"), 2);
}

impl Kiosk {
    /// To the first paper of a death: one page, no more.
    async fn to_paper_of_one_page(&self) {
        self.to_find().await;
        self.touch("Gõ tên việc cần làm").await;
        self.press_keys("k h a i").await;
        self.touch("Dấu cách").await;
        self.press_keys("t ư").await;
        self.touch("dấu hỏi").await;
        self.touch("Đăng ký khai tử").await;
        self.touch("Có đủ, bắt đầu").await;
        self.at("identify").await;
        self.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
        self.at("person").await;
        self.touch("Đúng, là tôi").await;
        self.type_answer("01112026").await;
        for answer in ["Con hoặc cháu", "Ở nhà"] {
            self.touch(answer).await;
            self.touch("Tiếp tục").await;
        }
        self.type_answer("0900000001").await;
        self.fetches_the_result().await;
        self.at("scan").await;
    }

    async fn type_answer(&self, digits: &str) {
        self.until("the keys", |look| look.buttons.iter().any(|button| button.label == "7"))
            .await;
        for digit in digits.chars() {
            self.touch(&digit.to_string()).await;
        }
        self.touch("Tiếp tục").await;
    }
}
