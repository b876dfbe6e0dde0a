//! A land paper begun at one kiosk and handed in at another, by the code of the slip alone: what of it can be read
//! meanwhile, and by whom; and what is said when the code leads nowhere.

use std::path::Path;
use std::time::Instant;

use aho_corasick::AhoCorasick;
use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER, HEXUPPER};
use serde_json::{Value, json};

use crate::harness::{Kiosk, LOOK_EVERY, Province, Slip, WAIT_MAX, set, test_config};
use crate::visit::CONSENT;

/// An answer and a number of the person, which stand nowhere else.
const PHONE: &str = "0987612345";
const PERSON: &str = "025048000191";
const PROCEDURE: &str = "Đổi sổ đỏ cũ, rách";
/// What every picture of the scanner begins with.
const PICTURE: &[u8] = b"JFIF\0";

impl Kiosk {
    /// To the second paper of the procedure; the first is scanned.
    async fn to_second_paper(&self) {
        self.to_home().await;
        self.touch("Nộp hồ sơ").await;
        self.touch("Nhà đất").await;
        self.touch("Trang sau").await;
        self.touch(PROCEDURE).await;
        self.touch("Có đủ, bắt đầu").await;
        self.at("identify").await;
        self.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
        self.touch("Đúng, là tôi").await;
        self.touch("Rách, ố, mờ").await;
        self.touch("Tiếp tục").await;
        for (ask, digits) in [("Thửa đất số mấy?", "40817"), ("Số điện thoại để báo tin", PHONE)] {
            self.sees(ask).await;
            self.type_digits(digits).await;
            self.touch("Tiếp tục").await;
        }
        self.fetches_the_result().await;
        self.at("scan").await;
        self.load(&["don-de-nghi-1"]).await;
        self.touch("Quét").await;
        self.has_pages(1).await;
        self.touch("Tiếp tục").await;
        self.sees("Giấy chứng nhận quyền sử dụng đất").await;
    }

    /// The slip is out, the visit is over; returns what its code says.
    async fn put_aside(&self) -> String {
        self.to_second_paper().await;
        self.touch("Tôi thiếu giấy này").await;
        let look = self.at("aside").await;
        assert!(look.shows("Giấy chứng nhận quyền sử dụng đất"), "{look:#?}");
        assert!(!look.shows("Đơn đề nghị"), "What was scanned is not missing: {look:#?}");
        self.touch("In phiếu và để dành").await;
        self.sees("Đã để dành hồ sơ").await;
        self.whole_slips(1).await;
        self.done().await;
        let slips = self.slips().await;
        aside_code(&slips)
    }

    async fn show_code(&self, code: &str) {
        self.post("/dock/code", json!({ "text": code })).await;
    }

    async fn show_card(&self, card: &str) {
        // There may be none.
        drop(self.try_post("/dock/card", &json!({ "remove": true })).await);
        self.post("/dock/card", json!({ "insert": card })).await;
    }

    /// From the code to where one stopped.
    async fn go_on(&self, code: &str) {
        self.to_home().await;
        self.show_code(code).await;
        let look = self.at("identify").await;
        assert!(!look.shows(PROCEDURE) && !look.shows("Nguyễn"), "{look:#?}");
        self.show_card("nguyen-van-am").await;
        self.touch("Đúng, là tôi").await;
        self.at("scan").await;
        self.sees("Giấy chứng nhận quyền sử dụng đất").await;
    }

    async fn cannot(&self, code: &str, why: &str) {
        self.to_home().await;
        self.show_code(code).await;
        self.until(why, |look| look.page == "resume" && look.shows(why)).await;
        self.touch("Xong").await;
        self.at("home").await;
    }
}

fn aside_code(slips: &[Slip]) -> String {
    let codes: Vec<_> = slips.iter().flat_map(|slip| &slip.codes).collect();
    let mut own = codes.iter().filter(|code| code.starts_with("MCK1:R:"));
    (*own.next().unwrap_or_else(|| panic!("No code on the slip: {codes:?}"))).clone()
}

fn payload(code: &str) -> Vec<u8> {
    let text = code.rsplit(':').next().unwrap();
    BASE32_NOPAD.decode(text.as_bytes()).unwrap()
}

/// The number under which the province has it.
fn parcel(code: &str) -> String {
    uuid::Uuid::from_slice(&payload(code)[1..17]).unwrap().to_string()
}

/// The key in every form in which somebody might have written it down.
fn keys(code: &str) -> Vec<Vec<u8>> {
    let key = payload(code)[17..].to_vec();
    let forms = [
        BASE64.encode(&key),
        BASE32_NOPAD.encode(&key),
        HEXLOWER.encode(&key),
        HEXUPPER.encode(&key),
    ];
    let decimal = format!("{},{},{},{}", key[0], key[1], key[2], key[3]);
    let mut forms: Vec<Vec<u8>> = forms.into_iter().chain([decimal]).map(String::into_bytes).collect();
    forms.push(code.rsplit(':').next().unwrap().as_bytes().to_vec());
    forms.push(key);
    forms
}

/// Files under a folder that hold one of these; the paper of the virtual printer is the citizen's, not the kiosk's.
fn found(folder: &Path, wanted: &[Vec<u8>], hits: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let twins = path.file_name().is_some_and(|name| name == "virtual");
        if path.is_dir() && !twins {
            found(&path, wanted, hits);
        } else if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for hit in AhoCorasick::new(wanted).unwrap().find_overlapping_iter(&bytes) {
                let what = String::from_utf8_lossy(&wanted[hit.pattern().as_usize()]);
                hits.push(format!("{what} in {} at {:#x}", path.display(), hit.start()));
            }
        }
    }
}

fn nowhere(folders: &[&Path], wanted: &[Vec<u8>]) {
    let mut hits = vec![];
    for folder in folders {
        found(folder, wanted, &mut hits);
    }
    assert!(hits.is_empty(), "{hits:#?}");
}

impl Province {
    async fn drafts(&self) -> Vec<Value> {
        let answer = reqwest::get(format!("{}/admin/drafts", self.url())).await.unwrap();
        answer.json().await.unwrap()
    }

    /// Waits until a draft is there, or has become so.
    async fn draft(&self, code: &str, what: &str, wanted: impl Fn(Option<&Value>) -> bool) {
        let (began, id) = (Instant::now(), parcel(code));
        loop {
            let drafts = self.drafts().await;
            if wanted(drafts.iter().find(|draft| draft["id"] == id.as_str())) {
                return;
            }
            assert!(began.elapsed() < WAIT_MAX, "Waited for {what}: {drafts:#?}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn has_draft(&self, code: &str) {
        self.draft(code, "the draft", |draft| {
            draft.is_some_and(|draft| draft["complete"] == true)
        })
        .await;
    }
}

/// A kiosk that does not wait long for somebody who has gone.
fn impatient(name: &str) -> toml::Table {
    let mut config = test_config();
    set(&mut config, "kiosk", "name", name);
    set(&mut config, "times", "idle-entry-secs", 20);
    set(&mut config, "times", "warning-secs", 60);
    config
}

async fn second_kiosk(province: &Province) -> Kiosk {
    let mut config = test_config();
    set(&mut config, "kiosk", "name", "K02");
    Kiosk::start_with(config, &province.url()).await
}

#[tokio::test]
async fn a_land_paper_put_aside_at_one_kiosk_is_handed_in_at_another_and_is_secret_meanwhile() {
    let province = Province::start().await;
    let first = Kiosk::start_with(test_config(), &province.url()).await;
    let code = first.put_aside().await;
    province.has_draft(&code).await;

    // Neither the province nor the kiosk can read it.
    assert_eq!(first.rows("drafts"), 0);
    let mut secrets: Vec<Vec<u8>> = [PHONE, PERSON, "Nguyễn Văn", "40817", "1.012790"]
        .map(|secret| secret.as_bytes().to_vec())
        .to_vec();
    secrets.extend(keys(&code));
    secrets.push(PICTURE.to_vec());
    // The catalogue names the procedure to everybody.
    let at_kiosk: Vec<_> = secrets
        .iter()
        .filter(|secret| *secret != b"1.012790")
        .cloned()
        .collect();
    nowhere(&[province.data()], &secrets);
    nowhere(&[first.folder.path()], &at_kiosk);

    // At another kiosk: nothing before the card, nothing for another's card.
    let second = second_kiosk(&province).await;
    second.knows_procedures().await;
    second.to_home().await;
    second.show_code(&code).await;
    second.at("identify").await;
    second.show_card("one-word-name").await;
    second.touch("Đúng, là tôi").await;
    let look = second.sees("Căn cước này là của người khác").await;
    assert!(!look.shows(PROCEDURE) && !look.shows("Nguyễn"), "{look:#?}");
    second.show_card("nguyen-van-am").await;
    second.touch("Đúng, là tôi").await;
    second.at("scan").await;

    // Meanwhile it is nobody else's.
    first.cannot(&code, "đang được mở ở một máy khác").await;

    second.load(&["don-de-nghi-1"]).await;
    second.touch("Quét").await;
    second.has_pages(1).await;
    second.touch("Tiếp tục").await;
    second.touch("Bỏ qua").await;
    second.at("review").await;
    second.touch("Đúng rồi, tiếp tục").await;
    second.touch(CONSENT).await;
    second.touch("Gửi hồ sơ").await;
    second.at("sent").await;
    let dossiers = province.received(1).await;
    assert_eq!(dossiers[0]["fields"]["DuLieuBieuMau"]["SoDienThoai"], json!(PHONE));
    assert_eq!(dossiers[0]["files"].as_array().unwrap().len(), 2, "{:#}", dossiers[0]);
    second.done().await;

    // Handed in is handed in, at any kiosk, and its bytes are gone.
    province
        .draft(&code, "the end of the draft", |draft| {
            draft.is_some_and(|draft| draft["handed_in"] == true)
        })
        .await;
    assert!(!province.data().join("drafts").join(parcel(&code)).exists());
    first.cannot(&code, "Hồ sơ này đã nộp rồi").await;
    let keys = keys(&code);
    nowhere(&[first.folder.path(), second.folder.path(), province.data()], &keys);
}

#[tokio::test]
async fn what_is_put_aside_without_a_network_is_sent_later_and_opens_here_meanwhile() {
    let mut province = Province::start().await;
    let kiosk = Kiosk::start_with(impatient("K01"), &province.url()).await;
    kiosk.knows_procedures().await;
    province.stop().await;
    kiosk.to_second_paper().await;
    kiosk.touch("Tôi thiếu giấy này").await;
    kiosk.touch("In phiếu và để dành").await;
    let look = kiosk.sees("Máy đang mất mạng. Mã dùng được sau khi").await;
    assert!(!look.shows("được giữ đến hết ngày"), "{look:#?}");
    kiosk.whole_slips(1).await;
    kiosk.done().await;
    let code = aside_code(&kiosk.slips().await);
    nowhere(&[kiosk.folder.path()], &keys(&code));

    kiosk.go_on(&code).await;
    // Whoever goes without handing in finds it again.
    kiosk.leave_now().await;
    province.on().await;
    province.has_draft(&code).await;
    let second = Kiosk::start_with(impatient("K02"), &province.url()).await;
    second.knows_procedures().await;
    second.go_on(&code).await;
    second.leave_now().await;
    province
        .draft(&code, "its release", |draft| {
            draft.is_some_and(|draft| draft["opened_by"].is_null())
        })
        .await;
    kiosk.go_on(&code).await;
}

impl Kiosk {
    /// Nobody touches anything, and the warning is answered.
    async fn leave_now(&self) {
        self.until("the warning", |look| look.page.ends_with("+idle")).await;
        self.touch("Kết thúc").await;
        self.at("rest").await;
    }
}

#[tokio::test]
async fn a_code_that_leads_nowhere_says_why() {
    let province = Province::start().await;
    let mut config = test_config();
    // Nobody waits for minutes here.
    set(&mut config, "times", "idle-entry-secs", 600);
    let kiosk = Kiosk::start_with(config, &province.url()).await;
    let code = kiosk.put_aside().await;
    province.has_draft(&code).await;

    kiosk.cannot(&code[..60], "không đọc hết mã").await;
    kiosk.cannot(&code.replacen(":25:", ":01:", 1), "của tỉnh khác").await;
    // Another number, with the right key.
    let mut other = payload(&code);
    other[5] ^= 1;
    let other = format!("MCK1:R:25:{}", BASE32_NOPAD.encode(&other));
    kiosk.cannot(&other, "có thể chưa gửi được").await;
    // The right number, with another key.
    let mut other = payload(&code);
    other[40] ^= 1;
    let other = format!("MCK1:R:25:{}", BASE32_NOPAD.encode(&other));
    kiosk.cannot(&other, "đã bị hỏng").await;
    // Somebody at the province changes a byte.
    let stored = province.data().join("drafts").join(parcel(&code));
    let mut bytes = std::fs::read(&stored).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&stored, bytes).unwrap();
    kiosk.to_home().await;
    kiosk.show_code(&code).await;
    // What is changed in a page shows when that page is taken out.
    let look = kiosk
        .until("the card, or damage", |look| {
            look.page == "identify" || look.shows("đã bị hỏng")
        })
        .await;
    if look.page == "identify" {
        kiosk.show_card("nguyen-van-am").await;
        kiosk.touch("Đúng, là tôi").await;
        kiosk.sees("đã bị hỏng").await;
    }
    kiosk.touch("Xong").await;

    let url = format!("{}/admin/drafts/{}/expire", province.url(), parcel(&code));
    let expired = reqwest::Client::new().post(url).send().await.unwrap();
    assert!(expired.status().is_success());
    kiosk.cannot(&code, "đã quá hạn").await;
}
