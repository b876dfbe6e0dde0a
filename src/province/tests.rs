//! The client against the stand-in with its faults, and against a server of odd but legal habits.

mod answers;
mod faults;
mod following;
mod national;
mod odd;
mod payments;
mod secrecy;
mod signings;
mod uploads;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::*;
use crate::{
    form::{Answer as FormAnswer, PartialDate},
    procedure::{Field, Words},
};

/// Short enough for a test, long enough for a busy machine.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(5),
    stall: Duration::from_secs(5),
    answer: Duration::from_secs(5),
    whole_answer: Duration::from_secs(10),
};

fn client(base: &str) -> HttpProvince {
    client_with(base, PATIENCE)
}

fn client_with(base: &str, patience: Patience) -> HttpProvince {
    let connection = Connection {
        base: base.to_owned(),
        identity: None,
        authorities: None,
        patience,
    };
    HttpProvince::new(&connection).unwrap()
}

/// The pages of a package, in the clear.
struct Pages(Vec<Vec<u8>>);

impl FileSource for Pages {
    fn read(&self, file: usize, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        self.0[file]
            .get(start..start + length)
            .map(<[u8]>::to_vec)
            .ok_or(io::ErrorKind::UnexpectedEof.into())
    }
}

/// What the store would keep. A clone is what is found after a restart.
#[derive(Clone, Default)]
struct Notes(HashMap<usize, String>);

impl Ledger for Notes {
    fn upload_url(&mut self, file: usize) -> io::Result<Option<String>> {
        Ok(self.0.get(&file).cloned())
    }

    fn keep_upload_url(&mut self, file: usize, url: &str) -> io::Result<()> {
        self.0.insert(file, url.to_owned());
        Ok(())
    }

    fn forget_upload_url(&mut self, file: usize) -> io::Result<()> {
        self.0.remove(&file);
        Ok(())
    }
}

/// Bytes that differ at every place, so that a slip of one is seen.
fn bytes(length: usize, seed: u8) -> Vec<u8> {
    let mut state = u32::from(seed) + 1;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(length)
    .collect()
}

/// An allowance for an invented person, with these files as its one paper.
fn package(pages: &Pages) -> Package {
    let at: Timestamp = "2026-11-22T02:03:04Z".parse().unwrap();
    let file = |(n, bytes): (usize, &Vec<u8>)| FileToSend {
        part: "TC-TOKHAI".parse().unwrap(),
        name: format!("to-khai-{}.pdf", n + 1),
        size_bytes: bytes.len() as u64,
        sha256: Sha256::digest(bytes).into(),
        digitised: None,
    };
    Package {
        key: Uuid::now_v7(),
        slip: "K01-261122-0007".to_owned(),
        procedure: "1.001776".parse().unwrap(),
        procedure_version: 3,
        procedure_name: "Trợ cấp xã hội hằng tháng cho người cao tuổi".to_owned(),
        field: Field {
            code: "G12-YT05".parse().unwrap(),
            name: Words::vietnamese("Bảo trợ xã hội"),
        },
        channel: Channel::Online,
        assisted: false,
        site: "Trung tâm Phục vụ hành chính công xã Mẫu".to_owned(),
        applicant: Applicant {
            kind: ApplicantKind::Citizen,
            name: "Nguyễn Thị Bịa".to_owned(),
            id_number: "001046000001".to_owned(),
            old_id_number: Some("123456789".to_owned()),
            born: Some(PartialDate::Year { year: 1946 }),
            sex: Some("Nữ".to_owned()),
            address: Some("Thôn Không Có, xã Mẫu".to_owned()),
            phone: Some("0900000001".to_owned()),
        },
        answers: vec![
            (
                "NgaySinh".to_owned(),
                FormAnswer::Date(PartialDate::Year { year: 1946 }),
            ),
            ("NhanTien".to_owned(), FormAnswer::Choice("tai-nha".to_owned())),
        ],
        consent: Consent {
            version: "2026-01".to_owned(),
            given_at: at,
            purposes: vec!["nop-ho-so".to_owned()],
            each: vec![],
        },
        submitter: None,
        signature: None,
        papers: vec![],
        act: Act::HandIn,
        files: pages.0.iter().enumerate().map(file).collect(),
        sealed_at: at,
    }
}

/// The stand-in, in a runtime of its own so that stopping it cuts every connection.
struct StandIn {
    address: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

impl StandIn {
    fn start(data: &Path) -> Self {
        Self::start_at(data, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn start_at(data: &Path, address: SocketAddr) -> Self {
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();

        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let data = data.to_owned();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            province::serve(listener, &data).await.unwrap();
        });
        Self {
            address,
            runtime: Some(runtime),
        }
    }

    fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    fn http() -> reqwest::Client {
        // Whoever came first has installed the same one.
        rustls::crypto::ring::default_provider().install_default().ok();
        reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .build()
            .unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = Self::http()
            .post(format!("{}/admin/{path}", self.base()))
            .header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert!(answer.status().is_success());
        answer.json().await.unwrap_or_default()
    }

    async fn fault(&self, fault: Value) {
        self.post("faults", fault).await;
    }

    async fn admin(&self, path: &str) -> Value {
        Self::http()
            .get(format!("{}/admin/{path}", self.base()))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// There is exactly one dossier, it has a code, and each file is there once with its hash.
    async fn has_exactly(&self, package: &Package, code: &str) {
        let all = self.admin("dossiers").await;
        let all = all.as_array().unwrap();
        assert_eq!(all.len(), 1, "one dossier");
        assert_eq!(all[0]["key"], package.key.to_string());
        assert_eq!(all[0]["code"], code);
        assert_eq!(all[0]["state"], "1");

        let mut found: Vec<_> = all[0]["files"].as_array().unwrap().clone();
        found.sort_by_key(|file| file["name"].to_string());
        let wanted = package
            .files
            .iter()
            .map(|file| json!({ "name": file.name, "size": file.size_bytes, "sha256": wire::hex(&file.sha256) }));
        assert_eq!(found, wanted.collect::<Vec<_>>());
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A runtime may not be waited for within another one.
            let stopping = std::thread::spawn(move || runtime.shutdown_timeout(Duration::from_secs(5)));
            stopping.join().unwrap();
        }
    }
}

/// Hands in until it is received, as an outbox without patience would.
async fn until_received(client: &HttpProvince, package: &Package, pages: &Pages, notes: &mut Notes) -> Receipt {
    for _ in 0..50 {
        match client.hand_in(package, pages, notes).await {
            Answer::Received(receipt) => return receipt,
            // The stand-in notices a cut line a moment after we do.
            Answer::Later { .. } => tokio::time::sleep(Duration::from_millis(5)).await,
            Answer::Refused { words } => panic!("refused: {words}"),
        }
    }
    panic!("never received");
}
