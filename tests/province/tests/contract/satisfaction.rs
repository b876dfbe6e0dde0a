//! Satisfaction is taken once, and never of a group that is too small.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::live::Live;

const KEY: &str = "018f0000-0000-7000-8000-000000000021";

fn batch(count: u64) -> Value {
    json!({ "DanhSach": [
        { "TuNgay": "20261101", "DenNgay": "20261107", "DonVi": "UBND xã Mẫu", "MaLinhVuc": "HT", "MucDo": 5, "LyDo": "may", "SoLuot": count },
        { "TuNgay": "20261101", "DenNgay": "20261107", "DonVi": "UBND xã Mẫu", "MaLinhVuc": "HT", "MucDo": 2, "SoLuot": 1 },
    ] })
}

async fn tell(live: &Live, key: &str, body: &Value) -> Response {
    let client = reqwest::Client::new().post(live.url("/v1/satisfaction"));
    let request = client
        .header("idempotency-key", key)
        .header("content-type", "application/json");
    request.body(body.to_string()).send().await.unwrap()
}

async fn told(live: &Live) -> Vec<Value> {
    let answer = reqwest::get(live.url("/admin/satisfaction")).await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_batch_is_counted_once_however_often_it_is_told() {
    let mut live = Live::start();
    for _ in 0..2 {
        let answer = tell(&live, KEY, &batch(4)).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        assert_eq!(
            answer.json::<Value>().await.unwrap(),
            json!({ "Khoa": KEY, "SoDong": 2 })
        );
        live.kill_and_start();
    }
    assert_eq!(
        tell(&live, KEY, &batch(9)).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(told(&live).await, *batch(4)["DanhSach"].as_array().unwrap());
}

#[tokio::test]
async fn what_could_be_known_by_who_stood_there_is_refused_as_is_what_the_contract_does_not_know() {
    let live = Live::start();
    assert_eq!(
        tell(&live, KEY, &batch(3)).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for (place, value) in [
        ("/DanhSach/0/MucDo", json!(6)),
        ("/DanhSach/0/SoLuot", json!(0)),
        ("/DanhSach/0/LyDo", json!("dep")),
        ("/DanhSach/0/DenNgay", json!("20261031")),
        ("/DanhSach/0/TuNgay", json!("202611")),
        ("/DanhSach/0/DenNgay", json!("20991231")),
        ("/DanhSach", json!([])),
    ] {
        let mut body = batch(9);
        *body.pointer_mut(place).unwrap() = value;
        assert_eq!(
            tell(&live, KEY, &body).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{place}"
        );
    }
    let mut named = batch(9);
    named["DanhSach"][0]["MaHoSo"] = json!("000.00.99.H44-261122-0001");
    assert_eq!(
        tell(&live, KEY, &named).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        tell(&live, "no-uuid", &batch(9)).await.status(),
        StatusCode::BAD_REQUEST
    );
    assert!(told(&live).await.is_empty());
}
