//! The ways of a dossier visit that several tests go, and what the kiosk's store holds of one.

use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use crate::harness::{Kiosk, LOOK_EVERY, Look, WAIT_MAX};

/// What the sample card `nguyen-van-am` says.
pub const NAME: &str = "Nguyễn Văn Ẩm";
pub const MASKED: &str = "Nguyễn V** Ẩ*";
/// The life event that [`PROCEDURE`] is found under.
const OCCASION: &str = "Giấy tờ hộ tịch";
/// Two questions, one paper of any number of pages.
pub const PROCEDURE: &str = "Cấp bản sao trích lục hộ tịch";
/// What is necessary, in the words of the province.
pub const CONSENT: &str = "Tôi đồng ý gửi các thông tin này";
/// Three different pages; [`Kiosk::hand_in`] scans the first alone.
pub const SHEETS: [&str; 3] = ["to-khai-1", "to-khai-2", "don-de-nghi-1"];

impl Kiosk {
    pub async fn to_identify(&self) {
        self.to_home().await;
        self.touch("Nộp hồ sơ").await;
        self.touch(OCCASION).await;
        self.touch(PROCEDURE).await;
        self.touch("Có đủ, bắt đầu").await;
        self.at("identify").await;
    }

    pub async fn to_person(&self) {
        self.to_identify().await;
        self.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
        self.at("person").await;
    }

    /// The kiosk's own question, where the result could be posted: not by post.
    pub async fn fetches_the_result(&self) {
        self.sees("Bạn muốn nhận kết quả thế nào?").await;
        self.touch("Tôi đến lấy tại quầy").await;
        self.touch("Tiếp tục").await;
    }

    /// Birth, registered on 7 March 1990.
    pub async fn to_scan(&self) {
        self.to_person().await;
        self.touch("Đúng, là tôi").await;
        self.touch("Khai sinh").await;
        self.touch("Tiếp tục").await;
        self.until("the date's page", |look| look.shows("Chỉ nhớ năm")).await;
        for digit in ["0", "7", "0", "3", "1", "9", "9", "0"] {
            self.touch(digit).await;
        }
        self.touch("Tiếp tục").await;
        self.at("scan").await;
    }

    /// Waits for the province's procedures: from then on it may fail.
    pub async fn knows_procedures(&self) {
        let began = Instant::now();
        while self.rows("catalogue") == 0 {
            assert!(began.elapsed() < WAIT_MAX, "No catalogue:\n{}", self.log_text());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub async fn load(&self, sheets: &[&str]) {
        self.post("/dock/scanner", json!({ "load": sheets })).await;
    }

    pub async fn has_pages(&self, pages: usize) -> Look {
        let count = format!("Đã quét {pages} trang");
        self.until(&count, |look| {
            look.page == "scan" && look.shows(&count) && look.shows("Tiếp tục")
        })
        .await
    }

    pub async fn to_review(&self) {
        self.to_review_with(&SHEETS[..1]).await;
    }

    pub async fn to_review_with(&self, sheets: &[&str]) {
        self.to_scan().await;
        self.load(sheets).await;
        self.touch("Quét").await;
        self.has_pages(sheets.len()).await;
        self.touch("Tiếp tục").await;
        self.at("review").await;
    }

    /// Consents to what is necessary and sends; returns the slip's number once the dossier is kept.
    pub async fn send(&self) -> String {
        self.touch("Đúng rồi, tiếp tục").await;
        self.at("agree").await;
        self.touch(CONSENT).await;
        self.touch("Gửi hồ sơ").await;
        let look = self
            .until("the slip's number", |look| {
                look.page == "sent" && slip_number(look).is_some()
            })
            .await;
        slip_number(&look).unwrap()
    }

    /// A whole visit up to "sent". The visit is still open.
    pub async fn hand_in(&self) -> String {
        self.to_review().await;
        self.send().await
    }

    /// "Xong", or the page goes away by itself.
    pub async fn done(&self) {
        let began = Instant::now();
        while self.look().await.page != "rest" {
            assert!(
                began.elapsed() < WAIT_MAX,
                "{:#?}\n{}",
                self.look().await,
                self.log_text()
            );
            // It may go away just now: the next look tells.
            drop(self.try_post("/dock/touch", &json!({ "label": "Xong" })).await);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Rows of a table of the kiosk's database, as another program reads them.
    pub fn rows(&self, table: &str) -> u32 {
        let path = self.data().join("kiosk.db");
        assert!(path.exists(), "{}", path.display());
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .unwrap()
    }

    /// Waits until the store holds nothing of a visit that came to no end.
    pub async fn holds_no_draft(&self) {
        let began = Instant::now();
        loop {
            let held = [
                self.rows("drafts"),
                self.rows("keys"),
                self.rows("files"),
                files_below(&self.data().join("pages")),
            ];
            if held == [0; 4] {
                return;
            }
            assert!(
                began.elapsed() < WAIT_MAX,
                "drafts, keys, files, files on disk: {held:?}\n{}",
                self.log_text()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// The number on the sent page: the kiosk's own.
pub fn slip_number(look: &Look) -> Option<String> {
    let texts = look.texts.iter().flat_map(|text| text.split_whitespace());
    let mut numbers = texts.filter(|word| word.starts_with("K01-"));
    numbers.next().map(str::to_owned)
}

fn files_below(folder: &Path) -> u32 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files_below(&path) } else { 1 }
        })
        .sum()
}
