//! Filing for another person, consent to each purpose, and the signature: what was done at the kiosk is what the province
//! has, and no more.

use serde_json::{Value, json};

use crate::harness::{Kiosk, Province, test_config};
use crate::visit::{CONSENT, NAME, SHEETS, slip_number};

const MARRIAGE: &str = "Cấp giấy xác nhận tình trạng hôn nhân";

/// What a finger writes: in pixels of the development panel, in the middle of the field.
fn scrawl() -> Value {
    let path: Vec<[f32; 2]> = (0..40_u16)
        .map(|n| {
            let at = f32::from(n);
            [250.0 + at * 14.0, 1_150.0 + (at * 0.7).sin() * 90.0]
        })
        .collect();
    json!({ "path": path })
}

impl Kiosk {
    /// From the person to the page that asks for whom.
    async fn to_for_whom(&self) {
        self.to_home().await;
        self.touch("Nộp hồ sơ").await;
        self.touch("Kết hôn").await;
        self.touch(MARRIAGE).await;
        self.touch("Có đủ, bắt đầu").await;
        self.at("identify").await;
        self.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
        self.touch("Đúng, là tôi").await;
        self.at("for-whom").await;
    }

    /// The three questions of the procedure and the kiosk's own, then so many papers of one sheet; another is not there.
    async fn to_agree(&self, papers: usize) {
        self.touch("Chưa kết hôn lần nào").await;
        self.touch("Tiếp tục").await;
        self.touch("Đăng ký kết hôn").await;
        self.touch("Tiếp tục").await;
        self.touch("Chỉ nhớ năm").await;
        for digit in ["1", "9", "9", "0"] {
            self.touch(digit).await;
        }
        self.touch("Tiếp tục").await;
        self.fetches_the_result().await;
        self.scan_one().await;
        self.touch("Bỏ qua").await;
        for _ in 1..papers {
            self.scan_one().await;
        }
        self.at("review").await;
        self.touch("Đúng rồi, tiếp tục").await;
        self.at("agree").await;
    }

    async fn scan_one(&self) {
        self.at("scan").await;
        self.load(&SHEETS[..1]).await;
        self.touch("Quét").await;
        self.has_pages(1).await;
        self.touch("Tiếp tục").await;
    }

    async fn draw(&self) {
        self.at("sign").await;
        self.post("/dock/touch", scrawl()).await;
    }

    async fn sent(&self) -> String {
        self.touch("Gửi hồ sơ").await;
        let look = self
            .until("the slip's number", |look| {
                look.page == "sent" && slip_number(look).is_some()
            })
            .await;
        slip_number(&look).unwrap()
    }
}

fn purposes(fields: &Value) -> Vec<(&str, &str)> {
    let each = fields["DongY"]["ChiTiet"].as_array().unwrap();
    each.iter()
        .map(|given| {
            (
                given["MaMucDich"].as_str().unwrap(),
                given["PhienBan"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn an_authorised_person_files_agrees_signs_and_the_province_has_both() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_for_whom().await;
    kiosk.touch("Cho người khác").await;
    kiosk.sees("Đưa thẻ căn cước của người đó").await;
    // Their own card is not the other's.
    kiosk.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
    kiosk.sees("Đây là thẻ của bạn").await;
    kiosk.post("/dock/card", json!({ "insert": "bui-thi-thuong" })).await;
    let look = kiosk.at("person").await;
    assert!(look.shows("Bùi T** T**") && !look.shows("Bùi Thị Thương"), "{look:#?}");
    kiosk.touch("Đúng người này").await;
    kiosk.to_agree(2).await;

    // Nothing is ticked; what is optional may stay so.
    kiosk.touch("Tiếp tục, ký tên").await;
    kiosk.sees("Bạn chạm vào ô “cần có” rồi mới gửi được.").await;
    kiosk.touch(CONSENT).await;
    kiosk.touch("Gọi hoặc nhắn tin cho tôi về hồ sơ này").await;
    kiosk.touch("Tiếp tục, ký tên").await;

    // A dot is no signature.
    kiosk.at("sign").await;
    kiosk.touch_at(540.0, 1_200.0).await;
    kiosk.touch("Xong").await;
    kiosk.sees("Nét ký ngắn quá").await;
    kiosk.touch("Ký lại").await;
    kiosk.draw().await;
    kiosk.touch("Xong").await;
    kiosk.sees("Chữ ký của bạn đây").await;
    kiosk.sent().await;

    let dossiers = province.received(1).await;
    let fields = &dossiers[0]["fields"];
    assert_eq!(fields["ChuHoSo"], json!("Bùi Thị Thương"));
    assert_eq!(
        fields["NguoiNop"],
        json!({ "HoTen": NAME, "SoGiayTo": "025048000191", "QuanHe": "uy-quyen", "MaThanhPhanHoSo": "GIAY-UY-QUYEN" })
    );
    assert_ne!(fields["SoGiayToChuHoSo"], fields["NguoiNop"]["SoGiayTo"]);
    let parts: Vec<_> = fields["TaiLieuNop"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["MaThanhPhanHoSo"])
        .collect();
    assert_eq!(parts, ["HN-TOKHAI", "GIAY-UY-QUYEN"]);

    let agreed = [
        ("giai-quyet-thu-tuc-hanh-chinh", "2026-11-2"),
        ("lien-he-ve-ho-so", "2026-11-1"),
    ];
    assert_eq!(purposes(fields), agreed);
    assert_eq!(fields["DongY"]["MucDich"], json!([agreed[0].0, agreed[1].0]));

    let strokes = fields["ChuKy"]["Net"].as_array().unwrap();
    assert_eq!(fields["ChuKy"]["Kieu"], json!("ve-tay"));
    assert_eq!(strokes.len(), 1, "the dot was wiped: {strokes:?}");
    let points: Vec<_> = strokes[0]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| {
            let part = |at: usize| point[at].as_u64().unwrap();
            (part(0), part(1), part(2))
        })
        .collect();
    assert!(points.len() > 30, "{}", points.len());
    assert_eq!(points[0].2, 0);
    assert!(points.windows(2).all(|pair| pair[0].2 <= pair[1].2) && points.last().unwrap().2 > 100);
    // 39 steps of 14 px on a panel of 1080 px and 268 mm.
    let width_mm100 = points.last().unwrap().0 - points[0].0;
    assert!((13_400..13_700).contains(&width_mm100), "{width_mm100}");
}

#[tokio::test]
async fn whoever_files_for_themselves_and_cannot_sign_is_vouched_for_by_staff() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_for_whom().await;
    kiosk.touch("Cho tôi").await;
    kiosk.to_agree(1).await;
    kiosk.touch(CONSENT).await;
    kiosk.touch("Tiếp tục, ký tên").await;
    kiosk.touch("Tôi không ký được").await;
    kiosk.touch("Cán bộ đã đến").await;
    kiosk.at("staff-pin").await;
    for digit in "240815".chars() {
        kiosk.touch(&digit.to_string()).await;
    }
    kiosk.touch("Tôi xác nhận").await;
    kiosk.sees("Cán bộ đã xác nhận cho bạn").await;
    kiosk.sent().await;

    let dossiers = province.received(1).await;
    let fields = &dossiers[0]["fields"];
    assert_eq!(fields["ChuHoSo"], json!(NAME));
    assert_eq!(fields["NguoiNop"], Value::Null);
    assert_eq!(fields["ChuKy"]["Kieu"], json!("xac-nhan"));
    assert!(!fields["ChuKy"]["NguoiXacNhan"].as_str().unwrap().is_empty());
    assert_eq!(purposes(fields), [("giai-quyet-thu-tuc-hanh-chinh", "2026-11-2")]);
}
