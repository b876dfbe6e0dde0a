//! A chip and who holds its card: opened by what is printed on it, and its photograph beside the person.

use serde_json::json;

use crate::card::{CONFIRMED, is_person};
use crate::harness::{Kiosk, Look};

#[tokio::test]
async fn a_card_whose_code_is_worn_is_opened_by_what_is_printed_on_it() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.touch("Mã mờ? Quét mặt sau thẻ").await;
    kiosk.touch("Nhập số trên thẻ").await;
    kiosk.sees("Số trên thẻ căn cước của bạn?").await;
    kiosk.type_digits("02519400027").await;
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Còn thiếu chữ số").await;
    kiosk.type_digits("2").await;
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Ngày sinh ghi trên thẻ?").await;
    kiosk.type_digits("21111994").await;
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Thẻ có giá trị đến ngày nào?").await;
    kiosk.type_digits("21112035").await;
    kiosk.touch("Tiếp tục").await;
    kiosk.sees("Đặt thẻ lên ô đọc thẻ").await;
    kiosk.card(json!({ "lay": "bui-thi-thuong" })).await;
    // A year too many: the chip says no, and nobody goes on without it.
    let look = kiosk.sees("Chip không khớp với những số vừa nhập").await;
    assert!(!look.shows("Tiếp tục, không đọc chip"), "{look:#?}");

    kiosk.touch("Nhập ngày hết hạn").await;
    kiosk.sees("Thẻ có giá trị đến ngày nào?").await;
    kiosk.type_digits("21112034").await;
    kiosk.touch("Tiếp tục").await;
    let look = kiosk.until("the person", is_person).await;
    assert!(look.shows("Bùi T** T**") && look.shows("0251••••0272"), "{look:#?}");
    assert!(look.shows(CONFIRMED), "{look:#?}");
}

#[tokio::test]
async fn a_card_whose_code_is_worn_is_opened_by_its_back_in_the_scanner() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.touch("Mã mờ? Quét mặt sau thẻ").await;
    kiosk.sees("Đặt mặt sau thẻ vào máy quét").await;
    kiosk.touch("Quét mặt sau").await;
    kiosk.sees("Máy quét chưa thấy thẻ").await;
    kiosk.load(&["to-khai-1"]).await;
    kiosk.touch("Quét mặt sau").await;
    kiosk.sees("Chưa đọc được mặt sau thẻ").await;

    kiosk.load(&["mat-sau-the-bui-thi-thuong"]).await;
    kiosk.touch("Quét mặt sau").await;
    let look = kiosk.sees("Đặt thẻ lên ô đọc thẻ").await;
    // The back alone speaks for nobody.
    assert!(!look.shows("Tiếp tục, không đọc chip"), "{look:#?}");
    kiosk.card(json!({ "lay": "bui-thi-thuong" })).await;
    let look = kiosk.until("the person", is_person).await;
    assert!(look.shows("Bùi T** T**") && look.shows("0251••••0272"), "{look:#?}");
    assert!(look.shows(CONFIRMED), "{look:#?}");
}

#[tokio::test]
async fn staff_see_the_photograph_of_the_chip_beside_the_person() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk.card(json!({ "insert": "bui-thi-thuong" })).await;
    kiosk.until("the person", is_person).await;
    kiosk.touch("Đúng, là tôi").await;
    kiosk.to_face().await;
    let shown = |look: &Look| look.page == "staff-look" && !look.shows("Đang mở ảnh");
    let look = kiosk.until("the photograph", shown).await;
    assert!(
        !look.shows("Chưa đọc được") && !look.shows("Đúng với bản chính"),
        "{look:#?}"
    );
    kiosk.touch("Quay lại").await;

    kiosk.card(json!({ "remove": true })).await;
    kiosk.touch("Xem ảnh").await;
    kiosk.sees("Chưa đọc được").await;
    kiosk.card(json!({ "lay": "bui-thi-thuong" })).await;
    let again = |look: &Look| shown(look) && !look.shows("Chưa đọc được");
    kiosk.until("the photograph again", again).await;
}

#[tokio::test]
async fn staff_hear_that_a_photograph_is_not_the_one_that_was_issued() {
    let (kiosk, _province) = Kiosk::start_with_card_reader().await;
    kiosk.to_identify().await;
    kiosk
        .card(json!({ "fault": "altered-dg2", "insert": "bui-thi-thuong" }))
        .await;
    kiosk.until("the person", is_person).await;
    kiosk.touch("Đúng, là tôi").await;
    kiosk.to_face().await;
    let look = kiosk.sees("Ảnh trong chip không đúng như khi cấp").await;
    assert!(!look.shows("Đọc lại"), "{look:#?}");
}

impl Kiosk {
    /// From a question of the visit to the photograph, as staff.
    async fn to_face(&self) {
        self.touch("Gọi cán bộ").await;
        self.touch("Tôi là cán bộ").await;
        self.at("staff-pin").await;
        self.type_pin("240815").await;
        self.touch("Giấy tờ").await;
        self.touch("Xem ảnh").await;
    }
}
