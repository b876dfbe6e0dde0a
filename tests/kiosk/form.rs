//! A whole form at the screen, with every kind of question: the province has what was typed, picked and confirmed, in
//! its own words.

use serde_json::json;

use crate::harness::{Kiosk, Province, test_config};
use crate::visit::{CONSENT, MASKED, NAME, slip_number};

impl Kiosk {
    async fn to_birth(&self) {
        self.to_home().await;
        self.touch("Nộp hồ sơ").await;
        self.touch("Sinh con").await;
        self.touch("Đăng ký khai sinh").await;
        self.touch("Có đủ, bắt đầu").await;
        self.at("identify").await;
        self.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
        self.at("person").await;
        self.touch("Đúng, là tôi").await;
    }

    /// Touches an answer of the question, and goes on.
    async fn choose(&self, question: &str, answer: &str) {
        self.sees(question).await;
        self.touch(answer).await;
        self.touch("Tiếp tục").await;
    }

    async fn answer_words(&self, question: &str, name: &str) {
        self.sees(question).await;
        self.type_words(name).await;
        self.touch("Tiếp tục").await;
    }

    async fn answer_digits(&self, question: &str, digits: &str) {
        self.sees(question).await;
        self.type_digits(digits).await;
        self.touch("Tiếp tục").await;
    }

    /// What is known already, hidden as far as it names a person: right.
    async fn confirms(&self, question: &str, known: &str) {
        let look = self.sees(question).await;
        assert!(look.shows(known), "{known}: {look:#?}");
        self.touch("Đúng").await;
    }

    /// The father registers; the child was born in a hospital, the certificate comes by post.
    async fn answer_of_a_father(&self) {
        self.choose("Bạn là gì của bé?", "Cha").await;
        self.answer_words("Bé tên là gì?", "nguyễn thị mơ").await;
        self.answer_digits("Bé sinh ngày nào?", "01112026").await;
        self.choose("Bé là trai hay gái?", "Bé gái").await;
        self.choose("Bé sinh ở đâu?", "Bệnh viện, trạm y tế").await;
        self.answer_words("Tên bệnh viện hoặc trạm y tế?", "trạm y tế mẫu")
            .await;
        self.pick_address("Tỉnh Tuyên Quang", "Xã Hồ Thầu", "thôn mẫu").await;
        self.answer_words("Họ và tên?", "trần thị mẫu").await;
        self.sees("Số căn cước, 12 chữ số?").await;
        self.touch("Không có").await;
        self.answer_digits("Ngày sinh?", "02031999").await;
        self.confirms("Cha của bé là ai?", MASKED).await;
        // The commune on the card is none of today's.
        self.sees("Bé sẽ sống ở đâu?").await;
        self.pick_address("Tỉnh Phú Thọ", "Xã Thu Cúc", "khu mẫu").await;
        self.confirms("Bạn cần mấy bản sao?", "1").await;
        self.answer_digits("Số điện thoại để báo tin cho bạn?", "0900000001")
            .await;
        self.choose("Bạn muốn nhận kết quả thế nào?", "Bưu điện gửi về nhà")
            .await;
        self.confirms("Ai nhận thư?", MASKED).await;
        self.confirms("Số điện thoại để bưu tá gọi?", "••").await;
        self.confirms("Gửi về đâu?", "Tỉnh Phú Thọ").await;
        self.answer_words("Nhắn gì cho bưu tá?", "gọi trước khi đến").await;
    }
}

#[tokio::test]
async fn a_birth_is_registered_from_the_card_and_the_certificate_comes_by_post() {
    let province = Province::start().await;
    let kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.to_birth().await;
    kiosk.answer_of_a_father().await;

    kiosk.sees("Giấy chứng sinh").await;
    kiosk.load(&["to-khai-1"]).await;
    kiosk.touch("Quét").await;
    kiosk.sees("Đã quét").await;
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Giấy chứng nhận kết hôn của cha mẹ").await;
    kiosk.touch("Bỏ qua").await;

    let look = kiosk.at("review").await;
    assert!(
        !look.shows("Nguyễn Thị Mơ"),
        "names are hidden until a finger holds: {look:#?}"
    );
    kiosk.touch("Đúng rồi, tiếp tục").await;
    kiosk.at("agree").await;
    kiosk.touch(CONSENT).await;
    kiosk.touch("Gửi hồ sơ").await;
    kiosk
        .until("the slip's number", |look| slip_number(look).is_some())
        .await;

    let dossiers = province.received(1).await;
    let fields = &dossiers[0]["fields"];
    let form = &fields["DuLieuBieuMau"];
    assert_eq!(form["QuanHe"], json!("cha"));
    assert_eq!(form["HoTenTre"], json!({ "HoTen": "Nguyễn Thị Mơ" }));
    assert_eq!(form["NgaySinhTre"], json!("20261101"));
    assert_eq!(form["GioiTinhTre"], json!("nu"));
    assert_eq!(form["Me"]["HoTen"], json!("Trần Thị Mẫu"));
    assert_eq!(form["Cha"]["HoTen"], json!(NAME));
    assert_eq!(form["SoDienThoai"], json!("0900000001"));
    assert!(form.get("GhiTenCha").is_none(), "not asked of a father");
    assert_eq!(fields["HinhThuc"], json!("1"));
    assert_eq!(fields["BuuChinh"]["TenNguoiNhan"], json!(NAME));
}
