//! A fee paid by bank transfer while the province cannot be reached: shown only where its data name an account, known
//! after a power cut, and never asked for a second time.

use serde_json::json;
use uuid::Uuid;

use crate::harness::{Kiosk, Look, Province, set, test_config};
use crate::visit::{CONSENT, slip_number};

/// As the province's sample data name it for the driving licence.
const ACCOUNT: &str = "0011012345678";
const ACCOUNT_NAME: &str = "SO XAY DUNG TINH THU NGHIEM";
const SHOWN_BEFORE: &str = "Máy đã hiện mã chuyển khoản lúc";

impl Kiosk {
    /// Handed in while nothing answers: up to "how do you want to pay".
    async fn licence_without_province(&self) -> Look {
        self.touch("Đúng rồi, tiếp tục").await;
        self.at("agree").await;
        self.touch(CONSENT).await;
        self.touch("Gửi hồ sơ").await;
        self.sees("Chuyển khoản ngay").await
    }

    /// Asks for the code of the transfer; returns what it says.
    async fn shows_transfer(&self) -> String {
        self.touch("Chuyển khoản ngay").await;
        let look = self.sees("Quét mã để chuyển khoản").await;
        for said in [
            "115.000 đồng",
            ACCOUNT,
            ACCOUNT_NAME,
            "Máy này chưa biết tiền đã tới chưa. Giữ lại biên nhận trong điện thoại.",
        ] {
            assert!(look.shows(said), "{said}: {look:#?}");
        }
        assert!(!look.shows("Đã trả") && !look.shows("Trả tại quầy"), "{look:#?}");
        assert_eq!(self.rows("transfers"), 1, "on the disk before it is on the screen");
        self.code_on_screen().await
    }
}

async fn start(province: &Province) -> Kiosk {
    let mut config = test_config();
    set(&mut config, "times", "sent-secs", 30);
    let kiosk = Kiosk::start_with(config, &province.url()).await;
    kiosk.knows_procedures().await;
    kiosk
}

/// What a bank's app must read, but for the sum at the end.
fn code_before_sum(slip: &str) -> String {
    let note = slip.replace('-', " ");
    [
        "000201",
        "010212",
        "3857",
        "0010A000000727",
        "0127",
        "0006999900",
        &format!("0113{ACCOUNT}"),
        "0208QRIBFTTA",
        "5303704",
        "5406115000",
        "5802VN",
        &format!("62{:02}08{:02}{note}", note.len() + 4, note.len()),
        "6304",
    ]
    .concat()
}

/// CRC-16/CCITT-FALSE, bit by bit: another way than the kiosk's.
fn sum(text: &str) -> String {
    let sum = text.bytes().fold(0xFFFF_u16, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(byte) << 8), |sum, _| {
            if sum & 0x8000 == 0 {
                sum << 1
            } else {
                (sum << 1) ^ 0x1021
            }
        })
    });
    format!("{sum:04X}")
}

#[tokio::test]
async fn a_code_shown_without_the_province_is_the_data_s_account_and_no_payment_begins_after_it() {
    let mut province = Province::start().await;
    let mut kiosk = start(&province).await;
    kiosk.licence_to_review().await;
    province.stop().await;
    let look = kiosk.licence_without_province().await;
    assert!(
        look.shows("115.000 đồng") && look.shows("Trả sau tại quầy") && !look.shows(ACCOUNT),
        "{look:#?}"
    );
    assert_eq!(kiosk.rows("transfers"), 0, "nothing is shown yet");
    let code = kiosk.shows_transfer().await;
    kiosk.touch("Tiếp tục").await;
    let look = kiosk
        .until("the slip's number", |look| {
            look.page == "sent" && slip_number(look).is_some()
        })
        .await;
    let slip = slip_number(&look).unwrap();
    let wanted = code_before_sum(&slip);
    assert_eq!(code, format!("{wanted}{}", sum(&wanted)));
    let slips = kiosk.whole_slips(1).await;
    assert!(
        slips
            .iter()
            .all(|slip| slip.codes.iter().all(|code| code.starts_with("MCK1;H;"))),
        "{slips:#?}"
    );

    // The plug is pulled; the province comes back and waits for the fee.
    kiosk.restart().await;
    let look = kiosk.follow_code(&format!("MCK1;H;{slip};0")).await;
    assert!(
        look.shows("Hồ sơ đang giữ ở máy này") && look.shows(SHOWN_BEFORE),
        "{look:#?}"
    );
    kiosk.done().await;
    kiosk.staff_in().await;
    kiosk.touch("Hồ sơ").await;
    kiosk
        .sees("Lệ phí: đã hiện mã chuyển khoản, chưa biết tiền đã đến hay chưa")
        .await;
    kiosk.staff_out().await;
    province.on().await;
    let dossiers = province.received(1).await;
    assert_eq!(dossiers[0]["fields"]["SoPhieuGui"], json!(slip));
    let dossier = dossiers[0]["code"].as_str().unwrap();
    province.move_on(dossier, json!({ "state": 6 })).await;
    let look = kiosk.follow_code(dossier).await;
    assert!(
        look.shows(SHOWN_BEFORE) && look.shows("Bạn hỏi cán bộ xem tiền đã tới chưa. Đừng chuyển lần nữa."),
        "{look:#?}"
    );
    assert!(
        !look.buttons.iter().any(|button| button.label == "Trả bằng điện thoại"),
        "{look:#?}"
    );
    kiosk.done().await;
    assert_eq!((province.taken().await, kiosk.rows("payments")), ((0, 0), 0));

    // At the counter the money is found: the province says paid, and the kiosk says nothing else any more.
    let paid = province.begins_payment(dossier, Uuid::now_v7()).await;
    province.settle(&paid, "thanh-cong", true).await;
    let look = kiosk.follow_code(dossier).await;
    assert!(look.shows("Đã trả lệ phí") && !look.shows(SHOWN_BEFORE), "{look:#?}");
    assert_eq!(province.taken().await, (1, 1));
    assert_eq!(kiosk.rows("transfers WHERE settled = 1"), 1);
}

#[tokio::test]
async fn where_the_data_name_no_account_nothing_is_offered_without_the_province() {
    let mut province = Province::start().await;
    let kiosk = start(&province).await;
    kiosk.to_review().await;
    province.stop().await;
    let slip = kiosk.send().await;
    let slips = kiosk.whole_slips(1).await;
    assert_eq!(slips[0].number(), Some(slip.as_str()));
    let look = kiosk.look().await;
    assert!(look.page == "sent" && !look.shows("Chuyển khoản"), "{look:#?}");
    assert_eq!(kiosk.rows("transfers"), 0);
}
