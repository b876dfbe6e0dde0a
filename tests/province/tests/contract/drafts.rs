//! Drafts put aside: one kiosk at a time, nothing but what was announced, and each end called by its name.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::live::{Live, sha256};

const ID: &str = "0f9a3c1e-5b7d-4e21-8c44-6a1d2b3c4d5e";
const BYTES: &[u8] = b"nothing that anybody here can read";

impl Live {
    fn draft(&self, more: &str) -> String {
        self.url(&format!("/v1/drafts/{ID}{more}"))
    }

    async fn announce(&self, id: &str, bytes: &[u8]) -> StatusCode {
        let body = json!({ "KichThuoc": bytes.len(), "Sha256": sha256(bytes) });
        let url = self.url(&format!("/v1/drafts/{id}"));
        self.http.put(url).body(body.to_string()).send().await.unwrap().status()
    }

    async fn bring(&self, bytes: &[u8]) -> StatusCode {
        let answer = self.try_patch(&format!("/v1/drafts/{ID}"), 0, bytes).await;
        answer.unwrap().status()
    }

    /// Opens or releases it: the status, and the last word of the problem's type.
    async fn opens(&self, method: Method, kiosk: &str) -> (StatusCode, String) {
        let request = self.http.request(method, self.draft("/open"));
        told(request.body(json!({ "MaMay": kiosk }).to_string())).await
    }

    async fn range(&self, range: &str) -> (StatusCode, Vec<u8>) {
        let answer = self
            .http
            .get(self.draft(""))
            .header("range", range)
            .send()
            .await
            .unwrap();
        (answer.status(), answer.bytes().await.unwrap().to_vec())
    }
}

async fn told(request: reqwest::RequestBuilder) -> (StatusCode, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let problem: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default();
    let kind = problem["type"].as_str().and_then(|kind| kind.rsplit(':').next());
    (status, kind.unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_draft_is_announced_brought_opened_by_one_and_handed_in() {
    let mut live = Live::start();
    assert_eq!(live.announce(ID, BYTES).await, StatusCode::CREATED);
    assert_eq!(live.announce(ID, BYTES).await, StatusCode::OK);
    assert_eq!(live.announce(ID, b"other").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(live.opens(Method::POST, "K01").await.0, StatusCode::NOT_FOUND);
    assert_eq!(live.bring(BYTES).await, StatusCode::NO_CONTENT);
    live.kill_and_start();

    assert_eq!(live.opens(Method::POST, "K01").await.0, StatusCode::OK);
    assert_eq!(live.opens(Method::POST, "K01").await.0, StatusCode::OK);
    let (status, kind) = live.opens(Method::POST, "K02").await;
    assert_eq!((status, kind.as_str()), (StatusCode::CONFLICT, "opened-elsewhere"));
    // Another kiosk cannot release what it has not opened.
    live.opens(Method::DELETE, "K02").await;
    assert_eq!(live.opens(Method::POST, "K02").await.0, StatusCode::CONFLICT);
    live.opens(Method::DELETE, "K01").await;
    assert_eq!(live.opens(Method::POST, "K02").await.0, StatusCode::OK);

    assert_eq!(
        live.range("bytes=0-6").await,
        (StatusCode::PARTIAL_CONTENT, BYTES[..7].to_vec())
    );
    for odd in ["bytes=0-", "bytes=7-3", "bytes=0-1000", "lines=0-1"] {
        assert_eq!(live.range(odd).await.0, StatusCode::RANGE_NOT_SATISFIABLE, "{odd}");
    }

    let (status, _) = told(live.http.delete(live.draft("?DaNop=1"))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, kind) = live.opens(Method::POST, "K01").await;
    assert_eq!((status, kind.as_str()), (StatusCode::GONE, "handed-in"));
    assert_eq!(live.announce(ID, BYTES).await, StatusCode::GONE);
}

#[tokio::test]
async fn what_arrives_otherwise_than_announced_is_dropped() {
    let live = Live::start();
    live.announce(ID, BYTES).await;
    let other: Vec<u8> = BYTES.iter().map(|byte| byte ^ 1).collect();
    assert_eq!(live.bring(&other).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(live.opens(Method::POST, "K01").await.0, StatusCode::NOT_FOUND);
    // Announced anew it is a new one.
    assert_eq!(live.announce(ID, BYTES).await, StatusCode::CREATED);
    let longer = [BYTES, b"!"].concat();
    assert_eq!(live.bring(&longer).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_number_that_is_not_all_chance_is_not_taken() {
    let live = Live::start();
    // Of version 7 one could read when somebody was at the kiosk.
    let made_of_time = "019aab00-0000-7000-8000-000000000001";
    assert_eq!(
        live.announce(made_of_time, BYTES).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(live.announce("..", BYTES).await, StatusCode::NOT_FOUND);
    let body = json!({ "KichThuoc": 3, "Sha256": sha256(b"abc"), "ChuHoSo": "A" });
    let answer = Client::put(&live.http, live.draft(""))
        .body(body.to_string())
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn when_its_time_is_over_that_is_said() {
    let live = Live::start();
    live.announce(ID, BYTES).await;
    live.bring(BYTES).await;
    let url = format!("/admin/drafts/{ID}/expire");
    assert_eq!(live.post(&url, &json!({})).await.status(), StatusCode::NO_CONTENT);
    let (status, kind) = live.opens(Method::POST, "K01").await;
    assert_eq!((status, kind.as_str()), (StatusCode::GONE, "expired"));
}
