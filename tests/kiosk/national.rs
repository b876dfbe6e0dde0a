//! A kiosk whose province speaks the national exchange.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Kiosk, LOOK_EVERY, WAIT_MAX, free_address, set, test_config};
use crate::owed::seed;

/// The configuration of such a kiosk, with its password in a file.
fn config(folder: &std::path::Path, base: &str) -> toml::Table {
    let password = folder.join("password");
    std::fs::write(&password, province::national::PASSWORD).unwrap();
    let national = format!(
        "login-path = \"mapi/login\"\nservices-path = \"mapi/g\"\nfiles-url = \"{base}/files\"\nunit = \"{}\"\n\
         user = \"{}\"\npassword = {{ from = \"file\", path = \"{}\" }}\nprocedures = [\"1.001776\"]",
        province::national::UNIT,
        province::national::USER,
        password.display(),
    );
    let mut config = test_config();
    set(&mut config, "province", "kind", "national");
    set(
        &mut config,
        "province",
        "national",
        national.parse::<toml::Table>().unwrap(),
    );
    config
}

async fn ask(base: &str) -> Value {
    let answer = reqwest::get(format!("{base}/admin/state")).await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn what_a_kiosk_owes_arrives_once_in_the_second_tongue_and_its_procedures_are_offered() {
    let address = free_address();
    let base = format!("http://{address}");
    let folder = tempfile::tempdir().unwrap();
    let mut kiosk = Kiosk::prepare(config(folder.path(), &base), &base);
    let seeded = seed::seed(&kiosk.data(), &[2, 3, 1], 60_000).unwrap();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let exchange = tokio::spawn(province::national::serve(listener));
    let fault = json!({ "mode": "lose-answer", "count": 3 }).to_string();
    let asked = reqwest::Client::new().post(format!("{base}/admin/faults")).body(fault);
    assert!(asked.send().await.unwrap().status().is_success());

    kiosk.run().await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    kiosk.restart().await;
    let began = Instant::now();
    while kiosk.rows("outbox WHERE state <> 'received'") > 0 {
        assert!(began.elapsed() < WAIT_MAX, "{}", kiosk.log_text());
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let state = ask(&base).await;
    let sent_as: Vec<&str> = state["dossiers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dossier| dossier["fields"]["MaHoSo"].as_str().unwrap())
        .collect();
    assert_eq!(sent_as, seeded.slips);
    // What the exchange calls them is what their slips lead to.
    assert_eq!(kiosk.rows("dossiers WHERE code LIKE '000.00.99.H44-%'"), 3);
    assert!(!kiosk.log_text().contains(province::national::PASSWORD));

    kiosk.to_home().await;
    kiosk.touch("Nộp hồ sơ").await;
    kiosk.sees("Thực hiện trợ cấp xã hội hàng tháng").await;
    exchange.abort();
}
