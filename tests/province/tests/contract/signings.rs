//! Signings: one key one signing, a telephone that the tests answer for, and what is taken back.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::live::{Live, sha256};

const KEYS: [&str; 3] = [
    "018f0000-0000-7000-8000-0000000000b1",
    "018f0000-0000-7000-8000-0000000000b2",
    "018f0000-0000-7000-8000-0000000000b3",
];
const SIGNER: &str = "001046000001";

impl Live {
    async fn ask_to_sign(&self, key: &str, body: &Value) -> Response {
        let request = self.http.post(self.url("/v1/signings"));
        let request = request.header("idempotency-key", key);
        request.body(body.to_string()).send().await.unwrap()
    }

    async fn take_back(&self, id: &str) -> StatusCode {
        let request = self.http.delete(self.url(&format!("/v1/signings/{id}")));
        request.send().await.unwrap().status()
    }

    async fn signing(&self, id: &str) -> Response {
        self.http
            .get(self.url(&format!("/v1/signings/{id}")))
            .send()
            .await
            .unwrap()
    }
}

fn asked() -> Value {
    json!({ "CachKy": "sim", "SoDinhDanh": SIGNER, "SoDienThoai": "0900000001", "NoiDungKy": "Nộp hồ sơ" })
}

async fn kind(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    let problem: Value = answer.json().await.unwrap();
    let kind = problem["type"].as_str().unwrap();
    (status, kind.rsplit_once(':').unwrap().1.to_owned())
}

#[tokio::test]
async fn one_key_is_one_signing_and_its_end_is_for_good() {
    let live = Live::start();
    let first = live.ask_to_sign(KEYS[0], &asked()).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();
    assert_eq!(first["TrangThai"], json!("cho-ky"));
    assert_eq!(first["NoiDungKySha256"], json!(sha256("Nộp hồ sơ".as_bytes())));
    assert!(first.get("NgayKy").is_none());
    let again = live.ask_to_sign(KEYS[0], &asked()).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    let mut other = asked();
    other["NoiDungKy"] = json!("Nộp hồ sơ khác");
    let reused = kind(live.ask_to_sign(KEYS[0], &other).await).await;
    assert_eq!(reused, (StatusCode::UNPROCESSABLE_ENTITY, "key-reused".to_owned()));

    let transaction = first["MaGiaoDichKy"].as_str().unwrap();
    let path = format!("/admin/signings/{transaction}");
    live.post(&path, &json!({ "state": "da-ky" })).await;
    let told: Value = live.signing(transaction).await.json().await.unwrap();
    assert_eq!(told["TrangThai"], json!("da-ky"));
    assert!(told["NgayKy"].is_string(), "{told}");
    let late = live.post(&path, &json!({ "state": "tu-choi" })).await;
    assert_eq!(late.status(), StatusCode::NOT_FOUND);
    assert_eq!(live.take_back(transaction).await, StatusCode::CONFLICT);
    // By its key it is not to be followed.
    assert_eq!(live.signing(KEYS[0]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_the_contract_does_not_allow_is_refused() {
    let live = Live::start();
    for (name, value) in [
        ("CachKy", json!("usb")),
        ("CachKy", json!("vneid")),
        ("SoDinhDanh", json!("123456789")),
        ("SoDienThoai", json!("+84900000001")),
        ("SoDienThoai", json!(null)),
        ("NoiDungKy", json!("")),
        ("NoiDungKy", json!("x".repeat(2_001))),
        ("GhiThem", json!("1")),
    ] {
        let mut body = asked();
        body[name] = value.clone();
        let answer = live.ask_to_sign(KEYS[0], &body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name} {value}");
    }
    assert_eq!(live.ask_to_sign("7", &asked()).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(live.get("/admin/signings").await, json!([]));
}

#[tokio::test]
async fn nobody_is_asked_where_it_is_closed_or_there_is_no_key_and_time_ends_it() {
    let live = Live::start();
    live.post("/admin/signings", &json!({ "closed": true })).await;
    let closed = kind(live.ask_to_sign(KEYS[0], &asked()).await).await;
    assert_eq!(closed, (StatusCode::FORBIDDEN, "signing-closed".to_owned()));
    live.post("/admin/signings", &json!({ "without_key": [SIGNER] })).await;
    let none = kind(live.ask_to_sign(KEYS[0], &asked()).await).await;
    assert_eq!(
        none,
        (StatusCode::UNPROCESSABLE_ENTITY, "signing-not-offered".to_owned())
    );
    live.post("/admin/signings", &json!({ "expires_secs": -1 })).await;
    let over: Value = live.ask_to_sign(KEYS[0], &asked()).await.json().await.unwrap();
    assert_eq!(over["TrangThai"], json!("het-han"));
    live.post("/admin/signings", &json!({ "sign_after_secs": 0 })).await;
    let by_itself: Value = live.ask_to_sign(KEYS[1], &asked()).await.json().await.unwrap();
    assert_eq!(by_itself["TrangThai"], json!("da-ky"));
}

#[tokio::test]
async fn what_is_taken_back_is_gone_also_before_it_came() {
    let live = Live::start();
    let told: Value = live.ask_to_sign(KEYS[0], &asked()).await.json().await.unwrap();
    let transaction = told["MaGiaoDichKy"].as_str().unwrap();
    assert_eq!(live.take_back(&KEYS[0].to_uppercase()).await, StatusCode::NO_CONTENT);
    assert_eq!(live.take_back(transaction).await, StatusCode::NO_CONTENT);
    let gone = (StatusCode::GONE, "signing-taken-back".to_owned());
    assert_eq!(kind(live.signing(transaction).await).await, gone);
    assert_eq!(kind(live.ask_to_sign(KEYS[0], &asked()).await).await, gone);
    let answer = live
        .post(&format!("/admin/signings/{transaction}"), &json!({ "state": "da-ky" }))
        .await;
    assert_eq!(
        answer.status(),
        StatusCode::NOT_FOUND,
        "the telephone does not ask any more"
    );

    assert_eq!(live.take_back(KEYS[1]).await, StatusCode::NO_CONTENT);
    assert_eq!(kind(live.ask_to_sign(KEYS[1], &asked()).await).await, gone);
    assert_eq!(live.take_back("KS-none").await, StatusCode::NOT_FOUND);
}
