//! What a person does to a dossier that was handed in: papers that are wanted, withdrawing, mending what was refused,
//! and the list of all that is theirs.

use serde_json::json;

use crate::harness::{Kiosk, Look, Province, test_config};
use crate::visit::{PROCEDURE, slip_number};

const WANTED: &str = "Tờ khai có chữ ký";

impl Kiosk {
    /// On the page that asks for a card: shows this one, and says "that is me".
    pub async fn shows_card(&self, sample: &str) {
        self.at("identify").await;
        self.post("/dock/card", json!({ "insert": sample })).await;
        self.at("person").await;
        self.post("/dock/card", json!({ "remove": true })).await;
        self.touch("Đúng, là tôi").await;
    }

    /// A dossier that the province has: its slip and its code.
    pub async fn has_handed_in(&self, province: &Province) -> (String, String) {
        self.to_review().await;
        // Where there is a reader, it lies there still.
        self.post("/dock/card", json!({ "remove": true })).await;
        let slip = self.send().await;
        let dossiers = province.received(1).await;
        let code = dossiers[0]["code"].as_str().unwrap().to_owned();
        self.done().await;
        (slip, code)
    }

    /// As staff, from rest: opens a refused dossier with its person.
    async fn to_mend(&self, slip: &str) {
        self.staff_in().await;
        self.touch("Hồ sơ").await;
        self.touch(&format!("Sửa cùng người dân: {slip}")).await;
    }

    async fn sent_slip(&self) -> String {
        let sent = |look: &Look| look.page == "sent" && slip_number(look).is_some();
        slip_number(&self.until("the slip's number", sent).await).unwrap()
    }
}

async fn wants_papers(province: &Province, code: &str) {
    let wanted = json!([{ "part": "TL-TOKHAI", "title": WANTED, "why": "Bản trước mờ" }]);
    let how = json!({ "state": 5, "wanted": wanted, "until": "20261210170000", "note": "Xin nộp lại" });
    province.move_on(code, how).await;
}

#[tokio::test]
async fn papers_that_are_wanted_arrive_once_though_the_plug_is_pulled_while_they_are_sent() {
    let province = Province::start().await;
    let mut kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    let (slip, code) = kiosk.has_handed_in(&province).await;
    wants_papers(&province, &code).await;

    let look = kiosk.follow_code(&format!("MCK1;H;{slip};0")).await;
    assert!(
        look.shows("Hồ sơ cần thêm giấy tờ") && look.shows("Hạn: 10 tháng 12, 2026."),
        "{look:#?}"
    );
    assert!(look.shows(&format!("{WANTED}: Bản trước mờ")), "{look:#?}");
    assert!(!look.shows("Nguyễn"), "{look:#?}");
    kiosk.touch("Nộp thêm giấy tờ").await;
    kiosk.shows_card("bui-thi-thuong").await;
    kiosk.sees("Thẻ này không phải của người nộp").await;
    kiosk.touch("Tôi hiểu").await;
    assert!(province.requests().await.is_empty());

    kiosk.at("follow").await;
    kiosk.post("/dock/code", json!({ "text": code })).await;
    kiosk.touch("Nộp thêm giấy tờ").await;
    kiosk.shows_card("nguyen-van-am").await;
    let look = kiosk.at("scan").await;
    assert!(look.shows(WANTED), "{look:#?}");
    kiosk.load(&["to-khai-2"]).await;
    kiosk.touch("Quét").await;
    kiosk.has_pages(1).await;
    kiosk.touch("Tiếp tục").await;
    kiosk.at("review").await;

    // The line breaks in the middle of the file, again and again; then the plug is pulled.
    province
        .fault(json!({ "mode": "drop-connection", "after_bytes": 5_000 }))
        .await;
    let added = kiosk.send().await;
    assert_ne!(added, slip);
    kiosk.whole_slips(2).await;
    kiosk.kill();
    province.fault(json!({ "mode": null })).await;
    kiosk.run().await;
    let requests = province.whole_requests(1).await;
    assert_eq!(requests.len(), 1, "{requests:#?}");
    let fields = &requests[0]["fields"];
    assert_eq!(
        (&fields["SoPhieuGui"], &fields["MaHoSo"]),
        (&json!(added), &json!(code))
    );
    assert_eq!(fields["NguoiNop"]["SoGiayTo"], "025048000191");
    assert_eq!(requests[0]["files"][0]["sha256"], fields["TaiLieuNop"][0]["Sha256"]);
    assert_eq!(province.dossiers().await.len(), 1);

    // Both slips lead to the dossier, which goes on.
    for slip in [&slip, &added] {
        let look = kiosk.follow_code(&format!("MCK1;H;{slip};0")).await;
        assert!(
            look.shows("Hồ sơ đang được giải quyết") && look.shows(&code),
            "{look:#?}"
        );
        kiosk.done().await;
    }
}

#[tokio::test]
async fn a_withdrawal_is_kept_without_a_network_and_is_one_however_often_it_is_asked_for() {
    let (kiosk, mut province) = Kiosk::start_with_card_reader().await;
    let (slip, code) = kiosk.has_handed_in(&province).await;
    let to_way = format!("MCK1;H;{slip};0");
    kiosk.follow_code(&to_way).await;
    kiosk.scroll_and_touch("Rút hồ sơ").await;
    let look = kiosk.sees("Rút hồ sơ này?").await;
    assert!(look.shows("bạn phải nộp từ đầu"), "{look:#?}");
    kiosk.touch("Không rút").await;
    kiosk.at("way").await;

    // A foreign card, with the province there and away.
    for away in [false, true] {
        if away {
            province.stop().await;
        }
        kiosk.scroll_and_touch("Rút hồ sơ").await;
        kiosk.touch("Có, tôi muốn rút").await;
        kiosk.shows_card("bui-thi-thuong").await;
        kiosk.sees("Thẻ này không phải của người nộp").await;
        kiosk.touch("Tôi hiểu").await;
        kiosk.at("follow").await;
        kiosk.post("/dock/code", json!({ "text": code })).await;
        kiosk.at("way").await;
    }

    kiosk.scroll_and_touch("Rút hồ sơ").await;
    kiosk.touch("Có, tôi muốn rút").await;
    kiosk.shows_card("nguyen-van-am").await;
    kiosk.sees("Vì sao bạn rút hồ sơ?").await;
    kiosk.touch("Tôi nộp nhầm").await;
    kiosk.touch("Rút hồ sơ").await;
    let first = kiosk.sent_slip().await;
    kiosk.sees("Hồ sơ chưa được rút cho tới lúc đó.").await;
    kiosk.done().await;
    let look = kiosk.follow_code(&to_way).await;
    assert!(look.shows("Máy đang giữ yêu cầu rút của bạn"), "{look:#?}");
    assert!(!look.shows("Hồ sơ đã được rút"), "{look:#?}");
    kiosk.done().await;

    province.on().await;
    let requests = province.whole_requests(1).await;
    assert_eq!(requests.len(), 1, "{requests:#?}");
    assert_eq!(requests[0]["fields"]["SoPhieuGui"], json!(first));
    assert_eq!(requests[0]["fields"]["LyDo"], "nop-nham");
    assert_eq!(requests[0]["fields"]["NguoiNop"]["LoaiXacThuc"], "chip");
    let look = kiosk.follow_code(&to_way).await;
    assert!(
        look.shows("Hồ sơ đã được rút") && !look.shows("Máy đang giữ"),
        "{look:#?}"
    );
    assert!(
        !look.buttons.iter().any(|button| button.label == "Rút hồ sơ"),
        "{look:#?}"
    );
}

#[tokio::test]
async fn all_that_is_theirs_is_told_to_who_shows_the_chip_and_to_nobody_else() {
    let (kiosk, province) = Kiosk::start_with_card_reader().await;
    let (_, code) = kiosk.has_handed_in(&province).await;
    kiosk.to_follow().await;
    kiosk.touch("Tìm bằng thẻ").await;
    kiosk.shows_card("bui-thi-thuong").await;
    kiosk.sees("Chưa có hồ sơ nào của bạn").await;
    kiosk.touch("Quay lại").await;
    kiosk.at("follow").await;
    // The card shown at once is as good as the button.
    kiosk.post("/dock/card", json!({ "insert": "nguyen-van-am" })).await;
    kiosk.at("person").await;
    kiosk.post("/dock/card", json!({ "remove": true })).await;
    kiosk.touch("Đúng, là tôi").await;
    let look = kiosk.at("mine").await;
    assert!(!look.shows("Nguyễn") && !look.shows("025048000191"), "{look:#?}");
    kiosk.touch(PROCEDURE).await;
    let look = kiosk.at("way").await;
    assert!(look.shows(&code), "{look:#?}");
    kiosk.touch("Quay lại").await;
    kiosk.at("mine").await;
    kiosk.done().await;
}

#[tokio::test]
async fn a_refused_dossier_is_mended_with_its_person_and_goes_as_one_new_revision() {
    let province = Province::start().await;
    let mut kiosk = Kiosk::start_with(test_config(), &province.url()).await;
    kiosk.knows_procedures().await;
    kiosk.to_review().await;
    province.fault(json!({ "mode": "refuse" })).await;
    let old = kiosk.send().await;
    kiosk.sees("Hồ sơ cần cán bộ xem lại").await;
    kiosk.done().await;
    province.fault(json!({ "mode": null })).await;

    kiosk.to_mend(&old).await;
    kiosk.shows_card("bui-thi-thuong").await;
    kiosk.sees("Thẻ này không phải của người nộp").await;
    kiosk.touch("Tôi hiểu").await;
    kiosk.at("rest").await;

    // Opened, and the plug is pulled: nothing is lost and nothing goes.
    kiosk.to_mend(&old).await;
    kiosk.shows_card("nguyen-van-am").await;
    kiosk.at("review").await;
    assert_eq!(kiosk.rows("drafts"), 1);
    kiosk.restart().await;
    assert_eq!((kiosk.rows("drafts"), kiosk.rows("dossiers")), (0, 1));

    kiosk.to_mend(&old).await;
    kiosk.shows_card("nguyen-van-am").await;
    kiosk.at("review").await;
    kiosk.scroll_and_touch("Sửa: Tờ khai cấp bản sao trích lục").await;
    kiosk.at("scan").await;
    kiosk.touch("Quét lại").await;
    kiosk.load(&["to-khai-2"]).await;
    kiosk.touch("Quét").await;
    kiosk.has_pages(1).await;
    kiosk.touch("Tiếp tục").await;
    kiosk.at("review").await;
    let new = kiosk.send().await;
    assert_ne!(new, old);
    let dossiers = province.received(1).await;
    assert_eq!(dossiers.len(), 1, "{dossiers:#?}");
    let (fields, code) = (&dossiers[0]["fields"], dossiers[0]["code"].as_str().unwrap());
    assert_eq!(
        (&fields["SoPhieuGui"], &fields["PhienBanHoSo"]),
        (&json!(new), &json!(2))
    );
    assert_ne!(fields["ThayChoKhoa"], dossiers[0]["key"]);
    assert_eq!(dossiers[0]["files"].as_array().unwrap().len(), 1);
    kiosk.done().await;

    // The old slip leads to what took its place, and staff have nothing left to send.
    let look = kiosk.follow_code(&format!("MCK1;H;{old};0")).await;
    assert!(look.shows("Trung tâm đã nhận hồ sơ") && look.shows(code), "{look:#?}");
    kiosk.done().await;
    kiosk.staff_in().await;
    kiosk.touch("Hồ sơ").await;
    kiosk.sees("Mọi hồ sơ đã gửi xong.").await;
}
