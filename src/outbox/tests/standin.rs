//! The whole way to the stand-in: store, outbox, client, HTTP.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::*;
use crate::province::{Connection, HttpProvince, Patience};

const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(2),
    stall: Duration::from_secs(5),
    answer: Duration::from_secs(5),
    whole_answer: Duration::from_secs(10),
};

/// The stand-in on a runtime of its own, so that dropping it breaks its lines as a power cut would.
struct StandIn {
    address: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

impl StandIn {
    fn start(data: &Path, address: SocketAddr) -> Self {
        // These tests speak HTTP themselves, perhaps before the client does. A second install is refused, rightly.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let data = data.to_owned();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            ::province::serve(listener, &data).await.unwrap();
        });
        Self {
            address,
            runtime: Some(runtime),
        }
    }

    fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn fault(&self, fault: Value) {
        let request = reqwest::Client::new()
            .post(format!("{}/admin/faults", self.base()))
            .json(&fault);
        assert!(request.send().await.unwrap().status().is_success());
    }

    async fn dossiers(&self) -> Vec<Value> {
        let answer = reqwest::get(format!("{}/admin/dossiers", self.base())).await.unwrap();
        answer.json().await.unwrap()
    }

    /// Exactly one dossier, with this code and these files, each once and whole.
    async fn has_exactly(&self, code: &str, files: &[Vec<u8>]) {
        let all = self.dossiers().await;
        assert_eq!(all.len(), 1, "one dossier");
        assert_eq!(all[0]["code"], code);
        let there = all[0]["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["sha256"].clone());
        let hex =
            |bytes: &Vec<u8>| -> String { Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect() };
        let sorted = |sums: &mut dyn Iterator<Item = Value>| {
            let mut sums: Vec<String> = sums.map(|sum| sum.to_string()).collect();
            sums.sort();
            sums
        };
        assert_eq!(
            sorted(&mut { there }),
            sorted(&mut files.iter().map(|bytes| hex(bytes).into()))
        );
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn run(store: &StoreHandle, base: &str) -> Running {
    let connection = Connection {
        base: base.to_owned(),
        identity: None,
        authorities: None,
        patience: PATIENCE,
    };
    let client = Arc::new(HttpProvince::new(&connection).unwrap());
    start(store, &client, TcpProbe::of(base).unwrap(), QUICK)
}

fn file_bytes(index: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + index) as u8).collect()
}

async fn code(running: &mut Running) -> String {
    match running.next_answer().await {
        News::Received { code, .. } => code,
        other @ (News::Refused { .. } | News::Link(_)) => panic!("{other:?}"),
    }
}

/// The last handle ends the store's thread, which lets go of the folder a moment later.
async fn reopened(folder: &Path) -> StoreHandle {
    for _ in 0..200 {
        let lock = std::fs::File::open(folder.join("lock")).unwrap();
        if lock.try_lock().is_ok() {
            drop(lock);
            return open_store(folder);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the store's thread did not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn through_every_fault_the_province_gets_the_dossier_once_and_whole() {
    for fault in [
        json!({"mode": null}),
        json!({"mode": "lose-answer", "count": 4}),
        json!({"mode": "drop-connection", "count": 3, "after_bytes": 70_000}),
        json!({"mode": "drop-connection", "count": 2, "after_bytes": 0}),
        json!({"mode": "busy", "count": 1}),
    ] {
        let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let stand_in = StandIn::start(data.path(), anywhere());
        stand_in.fault(fault.clone()).await;
        let store = open_store(folder.path());
        let mut running = run(&store, &stand_in.base());
        store
            .call(|store| keep(store, "1.001776", &[300_000, 70_001]))
            .await
            .unwrap();
        let code = code(&mut running).await;
        stand_in.fault(json!({"mode": null})).await;
        stand_in
            .has_exactly(&code, &[file_bytes(0, 300_000), file_bytes(1, 70_001)])
            .await;
        running.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_kept_while_the_province_is_off_is_there_once_it_is_on_without_a_touch() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stand_in = StandIn::start(data.path(), anywhere());
    let (address, base) = (stand_in.address, stand_in.base());
    drop(stand_in);
    let store = open_store(folder.path());
    let mut running = run(&store, &base);
    store.call(|store| keep(store, "1.001776", &[50_000])).await.unwrap();
    assert_eq!(running.next().await, News::Link(Link::Down));
    running.end().await;
    drop(store);
    // The kiosk starts again, and then the province.
    let store = reopened(folder.path()).await;
    let mut running = run(&store, &base);
    assert_eq!(running.next().await, News::Link(Link::Down));
    let stand_in = StandIn::start(data.path(), address);
    let code = code(&mut running).await;
    stand_in.has_exactly(&code, &[file_bytes(0, 50_000)]).await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_broken_off_twenty_times_goes_on_where_it_was() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stand_in = StandIn::start(data.path(), anywhere());
    stand_in.fault(json!({"mode": "slow"})).await;
    let mut store = open_store(folder.path());
    store.call(|store| keep(store, "1.001776", &[3_000_000])).await.unwrap();
    for turn in 0..20 {
        let running = run(&store, &stand_in.base());
        tokio::time::sleep(Duration::from_millis(60 + 13 * turn)).await;
        running.end().await;
        drop(store);
        store = reopened(folder.path()).await;
    }
    stand_in.fault(json!({"mode": null})).await;
    let mut running = run(&store, &stand_in.base());
    let code = code(&mut running).await;
    stand_in.has_exactly(&code, &[file_bytes(0, 3_000_000)]).await;
    running.end().await;
}

/// With pauses that grow from break to break this would take more than a minute.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_again_and_again_is_not_punished_while_the_upload_gets_on() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stand_in = StandIn::start(data.path(), anywhere());
    stand_in
        .fault(json!({"mode": "drop-connection", "count": 12, "after_bytes": 30_000}))
        .await;
    let store = open_store(folder.path());
    let connection = Connection {
        base: stand_in.base(),
        identity: None,
        authorities: None,
        patience: PATIENCE,
    };
    let client = Arc::new(HttpProvince::new(&connection).unwrap());
    let pace = Pace {
        pause_max: Duration::from_secs(60),
        ..QUICK
    };
    let mut running = start(&store, &client, up(), pace);
    store.call(|store| keep(store, "1.001776", &[900_000])).await.unwrap();
    let code = code(&mut running).await;
    stand_in.has_exactly(&code, &[file_bytes(0, 900_000)]).await;
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provinces_refusal_reaches_staff_in_its_own_words() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let stand_in = StandIn::start(data.path(), anywhere());
    stand_in.fault(json!({"mode": "refuse"})).await;
    let store = open_store(folder.path());
    let mut running = run(&store, &stand_in.base());
    let id = store.call(|store| keep(store, "1.001776", &[10])).await.unwrap();
    assert!(matches!(running.next_answer().await, News::Refused { dossier, .. } if dossier == id));
    let owed = store.call(Store::owed).await.unwrap().unwrap();
    assert!(
        owed[0].words.as_ref().is_some_and(|words| words.len() > 5),
        "{:?}",
        owed[0].words
    );
    stand_in.fault(json!({"mode": null})).await;
    store
        .call(move |store| store.send_again(id, Timestamp::now()))
        .await
        .unwrap()
        .unwrap();
    let code = code(&mut running).await;
    stand_in.has_exactly(&code, &[file_bytes(0, 10)]).await;
    running.end().await;
}
