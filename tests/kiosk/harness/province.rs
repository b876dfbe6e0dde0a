//! The provincial service of the tests, which can be broken.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{LOOK_EVERY, WAIT_MAX, free_address, http};

/// The provincial service of these tests, in this process, on an address that stays the same.
pub struct Province {
    pub address: SocketAddr,
    folder: TempDir,
    running: Option<tokio::runtime::Runtime>,
    http: reqwest::Client,
}

impl Province {
    /// Not yet running.
    pub fn off() -> Self {
        Self {
            address: free_address(),
            folder: tempfile::tempdir().unwrap(),
            running: None,
            http: http(),
        }
    }

    pub async fn start() -> Self {
        let mut province = Self::off();
        province.on().await;
        province
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// On a runtime of its own: when that ends, its connections end with it, like a server's.
    pub async fn on(&mut self) {
        let listener = std::net::TcpListener::bind(self.address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let folder = self.folder.path().to_owned();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            province::serve(listener, &folder).await.unwrap();
        });
        self.running = Some(runtime);
    }

    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            let ended = tokio::task::spawn_blocking(move || running.shutdown_timeout(WAIT_MAX));
            ended.await.unwrap();
        }
    }

    /// Where it keeps what it was sent.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// `POST /admin/faults`.
    pub async fn fault(&self, body: Value) {
        let answer = self
            .http
            .post(format!("{}/admin/faults", self.url()))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// `GET /admin/dossiers`.
    pub async fn dossiers(&self) -> Vec<Value> {
        let answer = self
            .http
            .get(format!("{}/admin/dossiers", self.url()))
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    }

    /// `GET` of something under `/admin`.
    pub async fn admin_get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.url())).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// `POST` to something under `/admin`.
    pub async fn admin_post(&self, path: &str, body: Value) {
        let answer = self
            .http
            .post(format!("{}{path}", self.url()))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{path} {body}: {}", answer.status());
    }

    /// The button of the page behind a payment's QR code.
    pub async fn press_pay(&self, address: &str) {
        let answer = self.http.post(address).body("act=pay").send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// A payment that is begun elsewhere, at a counter.
    pub async fn begins_payment(&self, code: &str, key: uuid::Uuid) -> Value {
        let url = format!("{}/v1/dossiers/{code}/payments", self.url());
        let request = self.http.post(url).header("Idempotency-Key", key.to_string());
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.json().await.unwrap()
    }

    /// An official moves a dossier on.
    pub async fn set_state(&self, code: &str, state: u32) {
        let url = format!("{}/admin/dossiers/{code}/state", self.url());
        let answer = self
            .http
            .post(url)
            .json(&json!({ "state": state }))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// An official moves a dossier on, and says more of it.
    pub async fn move_on(&self, code: &str, how: Value) {
        let url = format!("{}/admin/dossiers/{code}/state", self.url());
        let answer = self.http.post(url).json(&how).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// `GET /admin/requests`: supplements and withdrawals.
    pub async fn requests(&self) -> Vec<Value> {
        let url = format!("{}/admin/requests", self.url());
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Waits until so many supplements and withdrawals are whole.
    pub async fn whole_requests(&self, count: usize) -> Vec<Value> {
        let began = Instant::now();
        loop {
            let requests = self.requests().await;
            if requests.iter().filter(|request| request["whole"] == true).count() >= count {
                return requests;
            }
            assert!(
                began.elapsed() < WAIT_MAX * 3,
                "Waited for {count} requests: {requests:#?}"
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until so many dossiers have their code.
    pub async fn received(&self, count: usize) -> Vec<Value> {
        self.received_within(count, WAIT_MAX * 3).await
    }

    /// As [`Self::received`], for what is read before: that waits for an idle processor.
    pub async fn received_within(&self, count: usize, wait_max: Duration) -> Vec<Value> {
        let began = Instant::now();
        loop {
            let dossiers = self.dossiers().await;
            if dossiers.iter().filter(|dossier| dossier["code"].is_string()).count() >= count {
                return dossiers;
            }
            assert!(began.elapsed() < wait_max, "Waited for {count} dossiers: {dossiers:#?}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown_background();
        }
    }
}
