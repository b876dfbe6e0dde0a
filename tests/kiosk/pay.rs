//! A fee from the QR code on the screen to the money in the province's table: once, whatever breaks meanwhile, and
//! a true word to the citizen at the end of each.

use std::time::Instant;

use rqrr::PreparedImage;
use serde_json::{Value, json};

use crate::visit::CONSENT;

use crate::harness::{Kiosk, LOOK_EVERY, Look, Province, WAIT_MAX, set, test_config};

const OCCASION: &str = "Xe cộ, bằng lái";
const PROCEDURE: &str = "Đổi giấy phép lái xe";

impl Province {
    async fn payments(&self) -> Vec<Value> {
        self.admin_get("/admin/payments").await.as_array().unwrap().clone()
    }

    /// The one payment there is, once it is there.
    async fn payment(&self) -> Value {
        let began = Instant::now();
        loop {
            let payments = self.payments().await;
            assert!(payments.len() <= 1, "{payments:#?}");
            if let Some(payment) = payments.into_iter().next() {
                return payment;
            }
            assert!(began.elapsed() < WAIT_MAX, "No payment");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub async fn settle(&self, payment: &Value, state: &str, taken: bool) {
        let reference = payment["MaThanhToan"].as_str().unwrap();
        let body = json!({ "state": state, "taken": taken });
        self.admin_post(&format!("/admin/payments/{reference}"), body).await;
    }

    /// How often money was taken, and for how many payments somebody has begun.
    pub async fn taken(&self) -> (i64, usize) {
        let payments = self.payments().await;
        let taken = payments.iter().map(|payment| payment["taken"].as_i64().unwrap());
        (taken.sum(), payments.len())
    }
}

impl Kiosk {
    /// A driving licence, with its fee and its photograph: from rest to the review.
    pub async fn licence_to_review(&self) {
        self.to_home().await;
        self.touch("Nộp hồ sơ").await;
        self.touch(OCCASION).await;
        self.touch(PROCEDURE).await;
        let look = self.at("procedure").await;
        assert!(look.shows("115.000 đồng") && look.shows("3 ngày làm việc"), "{look:#?}");
        self.touch("Có đủ, bắt đầu").await;
        self.at("identify").await;
        self.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
        self.at("person").await;
        self.touch("Đúng, là tôi").await;
        self.touch("A1, A: xe máy").await;
        self.touch("Tiếp tục").await;
        self.sees("Số trên giấy phép lái xe?").await;
        self.type_digits("250000000001").await;
        self.touch("Tiếp tục").await;
        self.sees("Giấy phép có giá trị đến ngày nào?").await;
        self.type_digits("01022027").await;
        self.touch("Tiếp tục").await;
        self.sees("Số điện thoại").await;
        self.type_digits("0900000001").await;
        self.touch("Tiếp tục").await;
        self.fetches_the_result().await;
        for (paper, sheets) in [
            ("Giấy khám sức khoẻ", &["to-khai-1"][..]),
            ("Giấy phép lái xe đang dùng", &["to-khai-2", "don-de-nghi-1"]),
            ("Ảnh chân dung", &["to-khai-1"]),
        ] {
            self.until(paper, |look| look.page == "scan" && look.shows(paper)).await;
            self.load(sheets).await;
            self.touch("Quét").await;
            // "1 trang" where any number will do, "2 trên 2 trang" where so many are wanted.
            let count = format!("Đã quét {} ", sheets.len());
            self.until(&count, |look| look.shows(&count) && look.shows("Tiếp tục"))
                .await;
            self.touch("Tiếp tục").await;
        }
        self.at("review").await;
    }

    /// Up to "how do you want to pay".
    async fn licence_to_fee(&self) -> Look {
        self.licence_to_review().await;
        self.touch("Đúng rồi, tiếp tục").await;
        self.at("agree").await;
        self.touch(CONSENT).await;
        self.touch("Gửi hồ sơ").await;
        self.at("fee").await
    }

    async fn to_code(&self) -> Look {
        self.licence_to_fee().await;
        self.touch("Trả bằng điện thoại").await;
        self.sees("Quét mã này bằng điện thoại").await
    }

    /// Nobody is at the screen, and the kiosk hears that it was paid.
    async fn has_paid(&self) {
        let began = Instant::now();
        while self.rows("payments WHERE state = 'paid'") == 0 {
            assert!(began.elapsed() < WAIT_MAX, "{}", self.log_text());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// What a phone reads off the screen.
    pub async fn code_on_screen(&self) -> String {
        let png = self.get("/dock/screen.png").await.unwrap();
        let picture = image::load_from_memory(&png).unwrap().into_luma8();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let mut prepared =
            PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.get_pixel(x as u32, y as u32).0[0]);
        let grids = prepared.detect_grids();
        assert_eq!(grids.len(), 1, "one code is on the screen");
        grids[0].decode().unwrap().1
    }
}

async fn start(province: &Province) -> Kiosk {
    let mut config = test_config();
    set(&mut config, "times", "code-wait-secs", 60);
    set(&mut config, "times", "sent-secs", 30);
    Kiosk::start_with(config, &province.url()).await
}

/// What the last slip's paper says cannot be read here; that one came out, with a code, can.
async fn slip_is_out(kiosk: &Kiosk) {
    let slips = kiosk.whole_slips(1).await;
    assert!(slips[0].codes[0].starts_with("MCK1;H;"), "{slips:#?}");
}

#[tokio::test]
async fn a_licence_with_its_photo_and_fee_is_handed_in_and_paid_by_the_code_on_the_screen() {
    let province = Province::start().await;
    let kiosk = start(&province).await;
    let look = kiosk.licence_to_fee().await;
    assert!(
        look.shows("115.000 đồng") && look.shows("một trăm mười lăm nghìn đồng"),
        "{look:#?}"
    );
    assert!(kiosk.slips().await.is_empty(), "the slip waits for the receipt");
    kiosk.touch("Trả bằng điện thoại").await;
    let look = kiosk.sees("Quét mã này bằng điện thoại").await;
    assert!(look.shows("để trả") && look.shows("115.000 đồng"), "{look:#?}");

    let payment = province.payment().await;
    let address = kiosk.code_on_screen().await;
    assert_eq!(json!(address), payment["DuongDanThanhToan"]);
    assert_eq!(payment["key"].as_str().unwrap().chars().nth(14), Some('7'), "a UUIDv7");
    // The phone opens what it read, and the bank takes the money.
    province.press_pay(&address).await;
    let look = kiosk.sees("Đã trả lệ phí").await;
    let transaction = province.payment().await["MaGiaoDich"].as_str().unwrap().to_owned();
    assert!(look.shows(&transaction), "{look:#?}");
    slip_is_out(&kiosk).await;
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Trung tâm đã nhận hồ sơ").await;
    kiosk.done().await;

    assert_eq!(province.taken().await, (1, 1));
    let dossiers = province.received(1).await;
    let told = dossiers[0]["fields"]["TaiLieuNop"].as_array().unwrap().clone();
    let parts: Vec<_> = told
        .iter()
        .map(|file| file["MaThanhPhanHoSo"].as_str().unwrap())
        .collect();
    assert_eq!(parts, ["LX-SUCKHOE", "LX-GPLX", "LX-ANH"]);
    assert_eq!(kiosk.slips().await.len(), 1);
}

#[tokio::test]
async fn after_a_failure_a_second_try_is_a_payment_of_its_own_and_the_money_is_taken_once() {
    let province = Province::start().await;
    let kiosk = start(&province).await;
    kiosk.to_code().await;
    let first = province.payment().await;
    province.settle(&first, "that-bai", false).await;
    kiosk.sees("Chưa trả được").await;
    kiosk.touch("Thử lại").await;
    kiosk.sees("Quét mã này bằng điện thoại").await;
    let payments = province.payments().await;
    assert_eq!(payments.len(), 2);
    assert_ne!(payments[0]["key"], payments[1]["key"]);
    province.settle(&payments[1], "thanh-cong", true).await;
    kiosk.sees("Đã trả lệ phí").await;
    assert_eq!(province.taken().await, (1, 2));
}

#[tokio::test]
async fn unclear_is_called_unclear_and_the_same_reference_goes_on_after_the_visit_and_a_power_cut() {
    let province = Province::start().await;
    let mut kiosk = start(&province).await;
    kiosk.to_code().await;
    let payment = province.payment().await;
    province.settle(&payment, "khong-ro", true).await;
    let look = kiosk.sees("Chưa rõ đã trả hay chưa").await;
    assert!(
        look.shows("Đừng trả lần nữa.") && look.shows(payment["MaThanhToan"].as_str().unwrap()),
        "{look:#?}"
    );
    assert!(!look.shows("Đã trả lệ phí") && !look.shows("Thử lại"), "{look:#?}");
    kiosk.touch("Tôi đã hiểu").await;
    slip_is_out(&kiosk).await;
    kiosk.done().await;
    assert_eq!(kiosk.rows("payments WHERE state = 'unclear'"), 1);

    // Staff see it, and that nobody knows.
    kiosk.staff_in().await;
    kiosk.touch("Hồ sơ").await;
    let look = kiosk.sees("Lệ phí: tỉnh chưa rõ tiền đã đến hay chưa").await;
    assert!(
        look.shows(payment["MaThanhToan"].as_str().unwrap()) && look.shows("115.000 đồng"),
        "{look:#?}"
    );
    kiosk.staff_out().await;

    kiosk.restart().await;
    province.settle(&payment, "thanh-cong", false).await;
    kiosk.has_paid().await;
    assert_eq!(province.taken().await, (1, 1));
}

#[tokio::test]
async fn two_touches_at_once_begin_one_payment() {
    let province = Province::start().await;
    let kiosk = start(&province).await;
    kiosk.licence_to_fee().await;
    let label = json!({ "label": "Trả bằng điện thoại" });
    // The second may find the page gone.
    let (first, _) = tokio::join!(
        kiosk.try_post("/dock/touch", &label),
        kiosk.try_post("/dock/touch", &label),
    );
    first.unwrap();
    kiosk.sees("Quét mã này bằng điện thoại").await;
    // Back, and once more: the same payment.
    kiosk.touch("Quay lại").await;
    kiosk.at("fee").await;
    kiosk.touch("Trả bằng điện thoại").await;
    kiosk.sees("Quét mã này bằng điện thoại").await;
    province.settle(&province.payment().await, "thanh-cong", true).await;
    kiosk.sees("Đã trả lệ phí").await;
    assert_eq!(province.taken().await, (1, 1));
}

#[tokio::test]
async fn an_answer_that_was_lost_on_the_way_begins_no_second_payment() {
    let province = Province::start().await;
    let kiosk = start(&province).await;
    kiosk.licence_to_fee().await;
    province.fault(json!({ "mode": "lose-answer", "count": 2 })).await;
    kiosk.touch("Trả bằng điện thoại").await;
    kiosk.sees("Quét mã này bằng điện thoại").await;
    let payment = province.payment().await;
    province.fault(json!({ "mode": "lose-answer", "count": 2 })).await;
    province.settle(&payment, "thanh-cong", true).await;
    kiosk.sees("Đã trả lệ phí").await;
    assert_eq!(province.taken().await, (1, 1));
}

#[tokio::test]
async fn money_taken_at_the_moment_of_the_power_cut_is_known_afterwards_and_taken_once() {
    let province = Province::start().await;
    let mut kiosk = start(&province).await;
    kiosk.to_code().await;
    let payment = province.payment().await;
    kiosk.kill();
    province.settle(&payment, "thanh-cong", true).await;
    assert_eq!(kiosk.rows("payments WHERE state = 'open'"), 1);
    kiosk.run().await;
    kiosk.has_paid().await;
    assert_eq!(province.taken().await, (1, 1));
}

#[tokio::test]
async fn a_power_cut_between_the_question_and_its_answer_begins_one_payment() {
    let province = Province::start().await;
    let mut kiosk = start(&province).await;
    kiosk.licence_to_fee().await;
    province.fault(json!({ "mode": "lose-answer" })).await;
    kiosk.touch("Trả bằng điện thoại").await;
    let payment = province.payment().await;
    kiosk.kill();
    province.fault(json!({ "mode": null })).await;
    province.settle(&payment, "thanh-cong", true).await;
    kiosk.run().await;
    kiosk.has_paid().await;
    assert_eq!(province.taken().await, (1, 1));
}

#[tokio::test]
async fn without_the_province_the_counter_takes_the_fee() {
    let mut province = Province::start().await;
    let kiosk = start(&province).await;
    kiosk.licence_to_fee().await;
    province.stop().await;
    kiosk.touch("Trả bằng điện thoại").await;
    let look = kiosk.sees("Bây giờ chưa trả bằng điện thoại được").await;
    assert!(look.shows("Bạn trả lệ phí tại quầy nhé."), "{look:#?}");
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Trung tâm đã nhận hồ sơ").await;
    slip_is_out(&kiosk).await;
    kiosk.done().await;
}

#[tokio::test]
async fn nobody_can_pay_after_the_end_and_the_code_goes_away() {
    let province = Province::start().await;
    let kiosk = start(&province).await;
    province
        .admin_post("/admin/payments", json!({ "expires_secs": 6, "amount": 120_000 }))
        .await;
    let look = kiosk.to_code().await;
    // The province's amount is the one to be paid, and is said to be another.
    assert!(
        look.shows("120.000 đồng") && look.shows("Khác bảng phí (115.000 đồng)."),
        "{look:#?}"
    );
    kiosk.code_on_screen().await;
    kiosk.sees("Chưa trả được").await;
    kiosk.touch("Trả tại quầy").await;
    slip_is_out(&kiosk).await;
    assert_eq!(province.taken().await, (0, 1));
}

#[tokio::test]
async fn an_address_that_is_none_is_not_shown_as_a_code() {
    let province = Province::start().await;
    let kiosk = start(&province).await;
    province
        .admin_post("/admin/payments", json!({ "url": "javascript:alert(1)" }))
        .await;
    kiosk.licence_to_fee().await;
    kiosk.touch("Trả bằng điện thoại").await;
    kiosk.sees("Bây giờ chưa trả bằng điện thoại được").await;
    assert!(kiosk.log_text().contains("The address of a payment is not shown"));
}

#[tokio::test]
async fn a_fee_that_is_waited_for_is_paid_later_from_where_the_dossier_stands() {
    let province = Province::start().await;
    let kiosk = start(&province).await;
    kiosk.licence_to_fee().await;
    kiosk.touch("Trả tại quầy").await;
    slip_is_out(&kiosk).await;
    kiosk.done().await;
    let dossiers = province.received(1).await;
    let code = dossiers[0]["code"].as_str().unwrap();
    province.move_on(code, json!({ "state": 6 })).await;

    let look = kiosk.follow_code(code).await;
    assert!(
        look.shows("Hồ sơ chờ nộp lệ phí") && look.shows("hoặc trả tại quầy"),
        "{look:#?}"
    );
    kiosk.touch("Trả bằng điện thoại").await;
    let look = kiosk.sees("Quét mã này bằng điện thoại").await;
    assert!(look.shows("115.000 đồng"), "{look:#?}");
    let address = kiosk.code_on_screen().await;
    // Gone back from and begun again, it is the same payment.
    kiosk.touch("Quay lại").await;
    kiosk.at("way").await;
    kiosk.touch("Trả bằng điện thoại").await;
    kiosk.sees("Quét mã này bằng điện thoại").await;
    assert_eq!(kiosk.code_on_screen().await, address);
    province.press_pay(&address).await;
    let look = kiosk.sees("Đã trả lệ phí").await;
    assert!(look.shows("Bạn chép hoặc chụp lại mã giao dịch này."), "{look:#?}");
    kiosk.touch("Tiếp tục").await;
    let look = kiosk.at("way").await;
    assert!(
        look.shows("Đã trả lệ phí") && !look.shows("Trả bằng điện thoại"),
        "{look:#?}"
    );
    assert_eq!(province.taken().await, (1, 1));
    assert_eq!(
        kiosk.rows("figures WHERE figure = 'online-payment' AND numerator = 1"),
        1
    );
}
