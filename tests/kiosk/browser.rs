//! Counters and boards as people have them: their pages in Chromium, beside a kiosk that draws.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::key::Key;
use jiff::Timestamp;
use kiosk::hall::log::Log as _;
use kiosk::hall::{Class, Event, Sequence};
use serde_json::{Value, json};

use crate::hall::{PIN, config};
use crate::harness::{Chromium, Kiosk, LOOK_EVERY, Page, drawn_before, open_store, set};

pub const OFFICE_PC: (u32, u32) = (1366, 768);
pub const TELEVISION: (u32, u32) = (1920, 1080);
pub const NOBODY: &str = "http://127.0.0.1:9";

/// Keeps, in the board's page, each call that is announced, in order, and whether two ever were at once. What is announced
/// twice running is one here.
const LISTEN: &str = "
    window.announced = []; window.two = false;
    const look = () => {
        const fresh = [...document.querySelectorAll('#calls .call.new')].map((one) => [...one.querySelectorAll('b')].map((b) => b.textContent).join(' > '));
        if (fresh.length > 1) window.two = true;
        if (fresh.length && window.announced.at(-1) !== fresh[0]) window.announced.push(fresh[0]);
    };
    new MutationObserver(look).observe(document.getElementById('calls'), { childList: true, subtree: true });
    look();";

/// A hall in which a number may be called again at once.
fn hall() -> (toml::Table, SocketAddr) {
    let (mut config, address) = config();
    let rules = "recall-secs-min = 1\nabsent-behind = 1".parse().unwrap();
    set(&mut config, "hall", "rules", toml::Value::Table(rules));
    (config, address)
}

impl Kiosk {
    pub async fn board(&self, chromium: &Chromium, address: SocketAddr, size: (u32, u32)) -> Page {
        let board = chromium.window(address, "/board", size).await;
        board.type_into("#pair-code", &self.pairing_code().await).await;
        board.click("#pair-form button").await;
        board.says("#clock", ":").await;
        board
    }

    pub async fn counter(&self, chromium: &Chromium, address: SocketAddr, name: &str) -> Page {
        let counter = chromium.window(address, "/counter", OFFICE_PC).await;
        counter.type_into("#pair-code", &self.pairing_code().await).await;
        counter.click("#pair-form button").await;
        counter.signs_in(name).await;
        counter
    }
}

impl Page {
    pub async fn signs_in(&self, counter: &str) {
        self.says("#sign-in h1", "Vào quầy").await;
        let chosen = format!("document.getElementById('counter').value = {counter:?}");
        self.eval(&chosen).await;
        self.type_into("#pin", PIN).await;
        self.keys(&[Key::Enter.into()]).await;
        self.says("#name", counter).await;
    }

    /// Presses a key as soon as the page would take it, and waits for what comes of it.
    pub async fn key(&self, key: char, css: &str, words: &str) {
        self.until("a page that is not busy", async || {
            self.eval("return lineHolds && !busy").await == json!(true)
        })
        .await;
        self.keys(&[key]).await;
        self.says(css, words).await;
    }
}

#[tokio::test]
async fn a_day_at_two_counters_and_a_board_by_keys_alone() {
    let (config, address) = hall();
    let mut kiosk = Kiosk::start_with(config, NOBODY).await;
    let chromium = Chromium::start();
    let enter = char::from(Key::Enter);

    // The door says what is wrong.
    let two = chromium.window(address, "/counter", OFFICE_PC).await;
    two.says("#pair h1", "Ghép máy này làm quầy").await;
    let code = kiosk.pairing_code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    two.type_into("#pair-code", &format!("{wrong}{enter}")).await;
    two.says("#pair-wrong", "Mã không đúng").await;
    two.type_into("#pair-code", &format!("{code}{enter}")).await;
    two.type_into("#pin", &format!("111111{enter}")).await;
    two.says("#sign-in-wrong", "Mã PIN không đúng").await;
    two.signs_in("2").await;
    two.says("#state", "đóng").await;
    two.key('m', "#state", "đang mở").await;
    two.key(enter, "#told", "Chưa có ai chờ").await;

    let board = kiosk.board(&chromium, address, TELEVISION).await;
    board.says("#calls", "Please take a number at the kiosk").await;
    board.eval(LISTEN).await;
    for _ in 0..3 {
        kiosk.draw_and_leave().await;
    }
    two.says("#queues", "3").await;
    two.says("#next-words", "A 001").await;
    two.key(enter, "#number", "A 001").await;
    board.says("#calls .new", "A 001").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    two.key('l', "#here-words", "Đã gọi 2 lần").await;

    // Sent on to another counter, which calls it before all others.
    let four = kiosk.counter(&chromium, address, "4").await;
    four.key('m', "#state", "đang mở").await;
    two.key('d', "#here-words", "Đang làm việc với").await;
    two.says("#to-counter", "quầy 4").await;
    two.keys(&['c', 'b', Key::Tab.into(), Key::Down.into(), Key::Tab.into(), enter])
        .await;
    two.says("#here-words", "Quầy đang trống").await;
    four.key(enter, "#number", "A 001").await;
    two.key(enter, "#number", "A 002").await;

    // Nobody came: behind the next one. Who fetches something is put aside, and comes back.
    two.key('v', "#here-words", "Quầy đang trống").await;
    two.key(enter, "#number", "A 003").await;
    two.key('b', "#aside", "A 003").await;
    two.says("#here-words", "Quầy đang trống").await;
    two.click("#aside button").await;
    two.says("#number", "A 003").await;
    two.key('x', "#here-words", "Quầy đang trống").await;
    two.keys(&['p']).await;
    two.says("#pausing", "Tạm dừng vì sao?").await;
    two.keys(&[enter]).await;
    two.says("#state", "tạm dừng: nghỉ giải lao").await;
    two.key('m', "#state", "đang mở").await;
    // Done with one and on to the next, by one key.
    four.key('d', "#here-words", "Đang làm việc với").await;
    four.key(enter, "#number", "A 002").await;

    // One call after the other on the board, however quickly they came.
    board
        .until("three calls announced", async || {
            board.eval("return window.announced.length >= 3").await == json!(true)
        })
        .await;
    let announced = board.eval("return window.announced").await;
    let calls: Vec<&str> = announced.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(calls[..3], ["A 001 > 2", "A 001 > 4", "A 002 > 2"], "{calls:?}");
    assert_eq!(board.eval("return window.two").await, json!(false));

    the_line_is_lost(&mut kiosk, &two, &four, &board).await;
}

/// It is said, nothing can be pressed meanwhile, and all is as it was when it holds again.
async fn the_line_is_lost(kiosk: &mut Kiosk, two: &Page, four: &Page, board: &Page) {
    kiosk.kill();
    for page in [two, four] {
        page.says("#line", "Mất kết nối với kiosk").await;
        assert_eq!(
            page.eval("return document.getElementById('next').disabled").await,
            json!(true)
        );
    }
    board.says("#queues", "Bảng đang nối lại").await;
    assert_ne!(board.text("#calls").await, "", "what was called stands still");
    kiosk.run().await;
    // Who was signed in is not any more; whom the counter had, it has.
    four.signs_in("4").await;
    four.says("#number", "A 002").await;
    assert_eq!(four.text("#line").await, "");
    board.says("#queues", "người chờ").await;
}

const RUSH: u32 = 500;
/// Much longer than it takes where two cores do nothing else.
const RUSH_MAX: Duration = Duration::from_secs(240);

/// Presses a key whenever the page has a button for it, and keeps whom the counter had.
const CLERK: &str = "
    window.had = new Set(); window.pressed = 0;
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const on = (id) => !document.getElementById(id).disabled;
    window.clerk = setInterval(() => {
        if (busy || !view) return;
        if (view.here) window.had.add(view.here.number);
        else if (view.queues.every((queue) => queue.waiting === 0)) return;
        if (on('done')) press('x');
        else if (on('next')) { window.pressed += 1; press('Enter'); }
    }, 1);";

#[tokio::test]
async fn two_counters_that_press_next_five_hundred_times_never_share_a_person() {
    let (config, address) = hall();
    let mut kiosk = Kiosk::prepare(config, NOBODY);
    drawn_before(&kiosk.data(), &[('A', RUSH, Class::Ordinary)]);
    kiosk.run().await;
    let chromium = Chromium::start();
    let two = kiosk.counter(&chromium, address, "2").await;
    let four = kiosk.counter(&chromium, address, "4").await;
    for page in [&two, &four] {
        page.key('m', "#state", "đang mở").await;
        page.says("#queues", &RUSH.to_string()).await;
    }
    let began = Instant::now();
    tokio::join!(two.eval(CLERK), four.eval(CLERK));
    let had = "return window.had.size";
    loop {
        let (one, other) = (two.eval(had).await, four.eval(had).await);
        if one.as_u64().unwrap() + other.as_u64().unwrap() >= u64::from(RUSH) {
            break;
        }
        assert!(began.elapsed() < RUSH_MAX, "{one} and {other} of {RUSH}");
        tokio::time::sleep(LOOK_EVERY * 4).await;
    }
    for page in [&two, &four] {
        page.says("#here-words", "Quầy đang trống").await;
    }
    let seen = "return [...window.had].sort()";
    let (of_two, of_four) = (two.eval(seen).await, four.eval(seen).await);
    let mut all: Vec<Value> = [of_two, of_four]
        .iter()
        .flat_map(|had| had.as_array().unwrap().clone())
        .collect();
    all.sort_by_key(Value::to_string);
    let wanted: Vec<Value> = (1..=RUSH).map(|number| json!(format!("A {number:03}"))).collect();
    assert_eq!(all, wanted, "each person at one counter");
    kiosk.kill();
    called_once(&kiosk.data());
}

/// What stands in the log, whatever the pages showed.
fn called_once(data: &Path) {
    let mut store = open_store(data);
    let day = store.day(Timestamp::now()).unwrap();
    let mut calls: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut done = 0;
    for logged in store.read(day, Sequence(0)).unwrap() {
        if let Event::Called { number, counter, .. } = &logged.event {
            calls.entry(*number).or_default().push(counter.to_string());
        }
        done += u32::from(matches!(logged.event, Event::Done { .. }));
    }
    let shared: Vec<_> = calls.iter().filter(|(_, counters)| counters.len() != 1).collect();
    assert!(shared.is_empty(), "{shared:?}");
    assert_eq!((calls.len(), done), (RUSH as usize, RUSH));
    for counter in ["2", "4"] {
        let of = calls.values().filter(|counters| counters[0] == counter).count();
        assert!(of > RUSH as usize / 10, "counter {counter} called {of}");
    }
}
