//! Payments: one that counts for a dossier, one key one payment, and the bank of the tests.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::live::{Live, sha256};

const KEYS: [&str; 3] = [
    "018f0000-0000-7000-8000-0000000000a1",
    "018f0000-0000-7000-8000-0000000000a2",
    "018f0000-0000-7000-8000-0000000000a3",
];

impl Live {
    async fn begin_payment(&self, code: &str, key: &str) -> Response {
        let request = self.http.post(self.url(&format!("/v1/dossiers/{code}/payments")));
        request.header("idempotency-key", key).send().await.unwrap()
    }
}

/// A licence to be exchanged, for an invented person.
fn licence(key: &str) -> Value {
    let mut body = super::dossier(&[b"one", b"two", b"three"]);
    body["SoPhieuGui"] = json!(format!("K01-261122-{}", &key[32..]));
    body["MaTTHC"] = json!("1.002809");
    body["TenTTHC"] = json!("Đổi giấy phép lái xe");
    body["DuLieuBieuMau"] = json!({
        "HangGPLX": "A1", "SoGPLX": "250000000001", "NgayHetHan": "20270101", "SoDienThoai": "0900000001",
    });
    for (n, part) in ["LX-SUCKHOE", "LX-GPLX", "LX-ANH"].into_iter().enumerate() {
        body["TaiLieuNop"][n]["MaThanhPhanHoSo"] = json!(part);
        body["TaiLieuNop"][n].as_object_mut().unwrap().remove("GiayToSoHoa");
    }
    body
}

async fn handed_over(live: &Live, key: &str, body: &Value, parts: &[(&str, &[u8])]) -> String {
    let created = live.create(key, body).await;
    assert_eq!(
        created.status(),
        StatusCode::CREATED,
        "{}",
        created.text().await.unwrap()
    );
    for (n, (part, bytes)) in parts.iter().enumerate() {
        let name = format!("{}.pdf", n + 1);
        let begun = live.begin_part(key, part, &name, bytes.len(), &sha256(bytes)).await;
        let location = begun.headers()["location"].to_str().unwrap().to_owned();
        live.patch(&location, 0, bytes).await;
    }
    let files: Vec<&[u8]> = parts.iter().map(|(_, bytes)| *bytes).collect();
    let receipt: Value = live.hand_over(key, &files).await.json().await.unwrap();
    receipt["MaHoSo"].as_str().unwrap().to_owned()
}

async fn licence_handed_over(live: &Live) -> String {
    let key = "018f0000-0000-7000-8000-000000000051";
    let parts: [(&str, &[u8]); 3] = [("LX-SUCKHOE", b"one"), ("LX-GPLX", b"two"), ("LX-ANH", b"three")];
    handed_over(live, key, &licence(key), &parts).await
}

#[tokio::test]
async fn one_key_is_one_payment_and_another_key_is_told_of_it() {
    let live = Live::start();
    let code = licence_handed_over(&live).await;
    let first = live.begin_payment(&code, KEYS[0]).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();
    assert_eq!(
        (&first["SoTien"], &first["TrangThai"]),
        (&json!(115_000), &json!("khoi-tao"))
    );

    let again = live.begin_payment(&code, KEYS[0]).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    let other = live.begin_payment(&code, KEYS[1]).await;
    assert_eq!(other.status(), StatusCode::CONFLICT);
    assert_eq!(
        other.json::<Value>().await.unwrap()["MaThanhToan"],
        first["MaThanhToan"]
    );

    let reference = first["MaThanhToan"].as_str().unwrap();
    let way = live.get(&format!("/v1/dossiers/{code}")).await;
    assert_eq!(
        (&way["DuocThanhToanTrucTuyen"], &way["ThanhToan"]),
        (&json!("1"), &first)
    );
    live.post(&format!("/admin/payments/{reference}"), &json!({ "state": "that-bai" }))
        .await;
    let second = live.begin_payment(&code, KEYS[1]).await;
    assert_eq!(second.status(), StatusCode::CREATED, "after a failure a new one begins");
    let second: Value = second.json().await.unwrap();
    let old = live.begin_payment(&code, KEYS[0]).await.json::<Value>().await.unwrap();
    assert_eq!(
        old["TrangThai"],
        json!("that-bai"),
        "the old key is the old payment for ever"
    );

    // Through the page that a phone opens.
    let url = second["DuongDanThanhToan"].as_str().unwrap();
    let page = live.http.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("115000 đồng"), "{page}");
    let paid = live.http.post(url).body("act=pay").send().await.unwrap();
    assert!(paid.status().is_success(), "{}", paid.status());
    let twice = live.http.post(url).body("act=pay").send().await.unwrap();
    assert_eq!(
        twice.status(),
        StatusCode::BAD_REQUEST,
        "the second press takes nothing"
    );
    let third = live.begin_payment(&code, KEYS[2]).await;
    assert_eq!(third.status(), StatusCode::CONFLICT, "what is paid is not paid again");

    let all = live.get("/admin/payments").await;
    let taken: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["taken"].as_i64().unwrap())
        .collect();
    assert_eq!(taken, [0, 1]);
    let told = live
        .get(&format!("/v1/payments/{}", second["MaThanhToan"].as_str().unwrap()))
        .await;
    assert!(told["MaGiaoDich"].is_string() && told["ThoiDiem"].is_string(), "{told}");
    assert_eq!(
        live.get(&format!("/v1/dossiers/{code}")).await["DuocThanhToanTrucTuyen"],
        json!("0")
    );
}

#[tokio::test]
async fn what_cannot_be_paid_by_phone_is_refused_with_words() {
    let live = Live::start();
    assert_eq!(
        live.begin_payment("000.00.99.H44-261122-9999", KEYS[0]).await.status(),
        StatusCode::NOT_FOUND
    );
    let key = "018f0000-0000-7000-8000-000000000052";
    let free = handed_over(&live, key, &super::dossier(&[b"one"]), &[("TC-TOKHAI", b"one")]).await;
    let refused = live.begin_payment(&free, KEYS[0]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().await.unwrap().contains("Xin hỏi tại quầy"));

    let code = licence_handed_over(&live).await;
    // Not a UUIDv7, which the kiosk makes and keeps before it asks.
    for key in ["", "7", "936da01f-9abd-4d9d-80c7-02af85c822a8"] {
        assert_eq!(
            live.begin_payment(&code, key).await.status(),
            StatusCode::BAD_REQUEST,
            "{key}"
        );
    }
    assert_eq!(live.get("/admin/payments").await, json!([]));
}

#[tokio::test]
async fn nobody_can_pay_after_the_time_is_over_and_unclear_stands_in_the_way() {
    let live = Live::start();
    let code = licence_handed_over(&live).await;
    live.post("/admin/payments", &json!({ "expires_secs": -1, "amount": 7 }))
        .await;
    let over: Value = live.begin_payment(&code, KEYS[0]).await.json().await.unwrap();
    let url = over["DuongDanThanhToan"].as_str().unwrap();
    let late = live.http.post(url).body("act=pay").send().await.unwrap();
    assert_eq!(late.status(), StatusCode::BAD_REQUEST);

    live.post("/admin/payments", &json!({})).await;
    let next: Value = live.begin_payment(&code, KEYS[1]).await.json().await.unwrap();
    let unclear = json!({ "state": "khong-ro", "taken": true });
    let path = format!("/admin/payments/{}", next["MaThanhToan"].as_str().unwrap());
    live.post(&path, &unclear).await;
    assert_eq!(live.begin_payment(&code, KEYS[2]).await.status(), StatusCode::CONFLICT);
    live.post(&path, &json!({ "state": "thanh-cong" })).await;
    let told = live
        .get(&format!("/v1/payments/{}", next["MaThanhToan"].as_str().unwrap()))
        .await;
    assert_eq!(told["TrangThai"], json!("thanh-cong"));
    let wrong = live.post(&path, &json!({ "state": "that-bai" })).await;
    assert_eq!(wrong.status(), StatusCode::NOT_FOUND, "what was paid stays paid");
}
