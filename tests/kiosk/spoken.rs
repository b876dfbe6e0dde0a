//! Numbers that are called aloud: by the kiosk's own loudspeaker, heard behind real ALSA, and by a board in Chromium.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use kiosk::config::Config;
use kiosk::voice::{Clips, wav};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::browser::{NOBODY, TELEVISION};
use crate::hall::{Browser, config};
use crate::harness::{Chromium, Kiosk, LOOK_EVERY, WAIT_MAX, set};

/// A hall whose kiosk speaks to `device`.
fn speaking(device: &str, loudspeaker: bool) -> (toml::Table, SocketAddr) {
    let (mut config, address) = config();
    config.insert("voice".into(), toml::Value::Table(toml::Table::new()));
    set(&mut config, "voice", "driver", "espeak-ng");
    set(&mut config, "voice", "device", device);
    set(&mut config, "voice", "words-per-minute", 110);
    set(&mut config, "voice", "volume-percent", 100);
    let calls = format!("loudspeaker = {loudspeaker}\nenglish = false").parse().unwrap();
    set(&mut config, "hall", "calls", toml::Value::Table(calls));
    (config, address)
}

/// A call as it must sound.
fn sound(config: &toml::Table, number: &str, counter: &str) -> Vec<u8> {
    let config: Config = toml::from_str(&config.to_string()).unwrap();
    let clips = Clips::new(&config.voice).unwrap();
    let languages = config.hall.as_ref().unwrap().calls.languages();
    let sound = clips
        .call(languages, number.parse().unwrap(), &counter.parse().unwrap())
        .unwrap();
    sound.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

async fn works(kiosk: &Kiosk) {
    let began = Instant::now();
    while kiosk.get_json("/health").await.unwrap()["voice"]["state"] != "works" {
        assert!(began.elapsed() < WAIT_MAX, "no voice: {}", kiosk.log_text());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Each player begins the file anew.
fn played(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_default()
}

#[tokio::test]
async fn the_kiosks_own_loudspeaker_says_each_call_sample_by_sample() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    let (config, address) = speaking(&format!("file:'{}',raw", path.display()), true);
    let wanted = [sound(&config, "A 001", "2"), sound(&config, "A 002", "2")];
    let kiosk = Kiosk::start_with(config, NOBODY).await;
    works(&kiosk).await;
    for _ in 0..2 {
        kiosk.draw_and_leave().await;
    }
    let mut clerk = kiosk.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    for wanted in &wanted {
        assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
        let began = Instant::now();
        while !played(&path).starts_with(wanted) {
            assert!(
                began.elapsed() < WAIT_MAX,
                "{} of {} bytes",
                played(&path).len(),
                wanted.len()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
        assert!(
            played(&path)[wanted.len()..].iter().all(|byte| *byte == 0),
            "and nothing else"
        );
        assert_eq!(clerk.act(json!({ "act": "done" })).await, "");
    }
}

#[tokio::test]
async fn a_board_gets_the_sound_of_calls_that_stand_and_nobody_else_gets_any() {
    let (config, address) = speaking("null", false);
    let wanted = sound(&config, "A 001", "2");
    let kiosk = Kiosk::start_with(config, NOBODY).await;
    kiosk.draw_and_leave().await;
    let mut clerk = kiosk.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    let board = kiosk.paired(address, "board").await;
    let called = "/api/announcement?number=A%20001&counter=2";
    assert_eq!(
        board.get(called).await.status(),
        StatusCode::NOT_FOUND,
        "not called yet"
    );
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    let answer = board.get(called).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "audio/wav");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let samples: Vec<i16> = wanted
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| i16::from_le_bytes(*pair))
        .collect();
    assert!(answer.bytes().await.unwrap() == wav(&samples));
    for wrong in [
        "/api/announcement?number=A%20001&counter=4",
        "/api/announcement?number=A%20002&counter=2",
        "/api/announcement?number=nonsense&counter=2",
    ] {
        assert_eq!(board.get(wrong).await.status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    assert_eq!(
        Browser::new(address).get(called).await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(clerk.get(called).await.status(), StatusCode::UNAUTHORIZED, "no board");
}

#[tokio::test]
async fn a_board_speaks_one_call_after_the_other() {
    let (config, address) = speaking("null", false);
    let kiosk = Kiosk::start_with(config, NOBODY).await;
    let chromium = Chromium::start();
    let board = kiosk.board(&chromium, address, TELEVISION).await;
    for _ in 0..2 {
        kiosk.draw_and_leave().await;
    }
    let (mut two, mut four) = (kiosk.clerk(address, "2").await, kiosk.clerk(address, "4").await);
    for clerk in [&mut two, &mut four] {
        assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    }
    let (first, second) = tokio::join!(two.act(json!({ "act": "next" })), four.act(json!({ "act": "next" })));
    assert_eq!((first.as_str(), second.as_str()), ("", ""));
    board
        .until("both spoken", async || {
            let spoken = board.eval("return document.body.dataset.spoken || ''").await;
            let spoken = spoken.as_str().unwrap_or_default().to_owned();
            spoken == "A 001/2 A 002/4" || spoken == "A 001/4 A 002/2"
        })
        .await;
    assert_eq!(
        board.eval("return document.getElementById('touch').hidden").await,
        Value::Bool(true)
    );
}
