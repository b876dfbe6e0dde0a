//! The program itself, started on a free port with a folder of its own, and its calls.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const WAITS_MAX: usize = 500;
const WAIT: Duration = Duration::from_millis(10);

#[derive(Clone)]
pub struct Live {
    pub http: Client,
    base: String,
    data: Arc<TempDir>,
    process: Arc<Mutex<Process>>,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Live {
    pub fn start() -> Self {
        let data = Arc::new(tempfile::tempdir().unwrap());
        let (process, base) = start(data.path(), "127.0.0.1:0");
        // Whoever came first has installed the same one.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = Client::builder()
            .pool_max_idle_per_host(0)
            .tls_certs_only([])
            .no_proxy()
            .build()
            .unwrap();
        Self {
            http,
            base,
            data,
            process: Arc::new(Mutex::new(process)),
        }
    }

    /// SIGKILL, then the same program on the same folder and port.
    pub fn kill_and_start(&mut self) {
        let address = self.base.trim_start_matches("http://");
        let mut process = self.process.lock().unwrap();
        process.0.kill().unwrap();
        process.0.wait().unwrap();
        *process = start(self.data.path(), address).0;
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        let request = self
            .http
            .post(self.url(path))
            .header("content-type", "application/json");
        request.body(body.to_string()).send().await.unwrap()
    }

    pub async fn create(&self, key: &str, body: &Value) -> Response {
        self.create_text(key, body.to_string()).await
    }

    pub async fn create_text(&self, key: &str, body: String) -> Response {
        self.http
            .post(self.url("/v1/dossiers"))
            .header("idempotency-key", key)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    pub fn tus(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, self.url(path))
            .header("tus-resumable", "1.0.0")
    }

    pub async fn begin(&self, key: &str, name: &str, length: usize, sha256: &str) -> Response {
        self.begin_part(key, "TC-TOKHAI", name, length, sha256).await
    }

    pub async fn begin_part(&self, key: &str, part: &str, name: &str, length: usize, sha256: &str) -> Response {
        let metadata = [("dossier", key), ("part", part), ("filename", name), ("sha256", sha256)]
            .map(|(name, value)| format!("{name} {}", BASE64.encode(value)));
        let request = self.tus(Method::POST, "/v1/files").header("upload-length", length);
        request
            .header("upload-metadata", metadata.join(","))
            .send()
            .await
            .unwrap()
    }

    pub async fn try_patch(&self, path: &str, offset: usize, bytes: &[u8]) -> reqwest::Result<Response> {
        let request = self.tus(Method::PATCH, path).header("upload-offset", offset);
        request
            .header("content-type", "application/offset+octet-stream")
            .body(bytes.to_vec())
            .send()
            .await
    }

    pub async fn patch(&self, path: &str, offset: usize, bytes: &[u8]) -> Response {
        self.try_patch(path, offset, bytes).await.unwrap()
    }

    pub async fn offset(&self, path: &str) -> usize {
        let answer = self.tus(Method::HEAD, path).send().await.unwrap();
        answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
    }

    /// The offset once the broken request has let go of the upload: an empty PATCH goes through.
    pub async fn offset_when_free(&self, path: &str) -> usize {
        for _ in 0..WAITS_MAX {
            let offset = self.offset(path).await;
            if self
                .try_patch(path, offset, b"")
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return self.offset(path).await;
            }
            tokio::time::sleep(WAIT).await;
        }
        panic!("the upload stays locked");
    }

    /// The whole upload of one file; its address.
    pub async fn upload(&self, key: &str, name: &str, bytes: &[u8]) -> String {
        let begun = self.begin(key, name, bytes.len(), &sha256(bytes)).await;
        let Some(location) = begun.headers().get("location") else {
            assert_eq!(begun.status(), 409, "only a dossier that was handed over takes no file");
            return String::new();
        };
        let path = location.to_str().unwrap().to_owned();
        self.patch(&path, 0, bytes).await;
        path
    }

    pub async fn hand_over(&self, key: &str, files: &[&[u8]]) -> Response {
        let files = files
            .iter()
            .enumerate()
            .map(|(n, bytes)| json!({ "TenTepDinhKem": format!("{}.pdf", n + 1), "Sha256": sha256(bytes) }));
        let body = json!({ "TaiLieuNop": files.collect::<Vec<_>>() });
        self.post(&format!("/v1/dossiers/{key}/hand-over"), &body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(self.url(path)).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
        answer.json().await.unwrap()
    }

    /// Whether it is refused with a problem in words.
    pub async fn refuses(&self, path: &str) -> bool {
        let answer = self.http.get(self.url(path)).send().await.unwrap();
        let is_problem = answer.headers()["content-type"] == "application/problem+json";
        answer.status().is_client_error() && is_problem
    }

    pub async fn dossiers(&self) -> Vec<Value> {
        self.http
            .get(self.url("/admin/dossiers"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Until that many bytes of uploads lie on the disk.
    pub async fn wait_for_bytes(&self, bytes: u64) {
        for _ in 0..WAITS_MAX {
            let files = std::fs::read_dir(self.data.path().join("files")).unwrap();
            if files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>() >= bytes {
                return;
            }
            tokio::time::sleep(WAIT).await;
        }
        panic!("no bytes came");
    }
}

fn start(data: &Path, listen: &str) -> (Process, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_province"))
        .args(["--listen", listen, "--data"])
        .arg(data)
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (Process(child), line.trim().to_owned())
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An allowance for an invented person; the files are 1.pdf, 2.pdf…
pub fn dossier(files: &[&[u8]]) -> Value {
    let files = files.iter().enumerate().map(|(n, bytes)| {
        json!({
            "TenTepDinhKem": format!("{}.pdf", n + 1),
            "MaThanhPhanHoSo": "TC-TOKHAI",
            "KichThuoc": bytes.len(),
            "Sha256": sha256(bytes),
            "DuocSoHoa": "1",
            "GiayToSoHoa": {
                "SoTrang": 1,
                "SoAnh": 2,
                "SoKyHieu": { "GiaTri": "12/GCS", "DoTinCay": 71 },
                "NgayBanHanh": { "GiaTri": "20261105", "DoTinCay": 99 },
                "MaTrenGiay": [{ "Anh": 2, "Loai": "code-128", "NoiDung": "GCS-0012" }],
                "LuuY": [{ "Anh": 1, "Loi": "mo" }],
                "DoiChieu": { "NguoiDoiChieu": "Cán bộ Mẫu", "ThoiDiem": "20261122080000" },
            },
        })
    });
    json!({
        "SoPhieuGui": "K01-261122-0001",
        "MaTTHC": "1.001776",
        "TenTTHC": "Trợ cấp xã hội hằng tháng cho người cao tuổi",
        "KenhThucHien": "2",
        "ChuHoSo": "Nguyễn Thị Bịa",
        "LoaiDoiTuong": "1",
        "SoGiayToChuHoSo": "001046000001",
        "DinhDanhCHS": [{ "LoaiDinhDanh": "1", "SoDinhDanh": "001046000001" }],
        "NgaySinh": "1946",
        "SoDienThoai": "0900000001",
        "NgayNopHoSo": "20261122090304",
        "HinhThuc": "0",
        "NoiNopHoSo": "Trung tâm Phục vụ hành chính công xã Mẫu",
        "HoSoCoThanhPhanSoHoa": "1",
        "DuLieuBieuMau": { "NgaySinh": "1946", "NhanTien": "tai-nha" },
        "DongY": { "PhienBan": "2026-01", "ThoiDiem": "20261122090304", "MucDich": ["nop-ho-so"] },
        "TaiLieuNop": files.collect::<Vec<_>>(),
    })
}
