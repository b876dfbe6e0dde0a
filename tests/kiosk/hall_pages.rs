//! The manager's page and the page of a number on a phone: who sees what, and how often strangers may ask.

use std::net::SocketAddr;

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::hall::{Browser, PIN, config};
use crate::harness::{Kiosk, set};
use crate::number::read_codes;

const URL: &str = "https://so.example.vn";
const GUIDE: &str = "111111";
const CLERK: &str = "222222";
const MANAGER: &str = "333333";

/// Made in a moment: what a hash costs says itself.
fn hash(pin: &str) -> String {
    let cheap = Params::new(Params::MIN_M_COST, 1, 1, None).unwrap();
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
    let salt = SaltString::encode_b64(&[7; 16]).unwrap();
    argon.hash_password(pin.as_bytes(), &salt).unwrap().to_string()
}

/// A guide, a clerk and a manager have PINs of their own.
async fn start_with_members() -> (Kiosk, SocketAddr) {
    let (mut config, address) = config();
    let member = |(name, pin): (&str, &str)| {
        let hash = hash(pin);
        let text = format!("name = \"{name}\"\npin-hash = \"{hash}\"\nroles = [\"{name}\"]");
        toml::Value::Table(text.parse().unwrap())
    };
    let members = [("guide", GUIDE), ("clerk", CLERK), ("manager", MANAGER)].map(member);
    set(&mut config, "staff", "members", members.to_vec());
    (Kiosk::start_with(config, "http://127.0.0.1:9").await, address)
}

async fn start_with_phones() -> (Kiosk, SocketAddr) {
    let (mut config, address) = config();
    set(&mut config, "hall", "phone-url", URL);
    (Kiosk::start_with(config, "http://127.0.0.1:9").await, address)
}

fn audit(kiosk: &Kiosk) -> Vec<String> {
    let db = rusqlite::Connection::open(kiosk.data().join("kiosk.db")).unwrap();
    let mut lines = db.prepare("SELECT what FROM audit ORDER BY id").unwrap();
    let lines = lines.query_map([], |row| row.get(0)).unwrap();
    lines.map(Result::unwrap).collect()
}

impl Browser {
    async fn sign_in(&mut self, pin: &str, counter: Option<&str>) -> String {
        let call = json!({ "pin": pin, "counter": counter });
        self.send("/api/sign-in", call).await.1
    }

    async fn json(&self, path: &str) -> (StatusCode, Value) {
        let answer = self.get(path).await;
        (answer.status(), answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn each_pin_opens_what_is_its_owners_and_the_audit_says_who_tried() {
    let (kiosk, address) = start_with_members().await;
    let mut counter = kiosk.paired(address, "counter").await;
    assert_eq!(counter.sign_in(GUIDE, Some("2")).await, "not-a-clerk");
    assert_eq!(counter.sign_in(CLERK, None).await, "no-such-counter");
    assert_eq!(counter.sign_in(CLERK, Some("2")).await, "");
    let mut manager = kiosk.paired(address, "manager").await;
    assert_eq!(manager.sign_in(CLERK, None).await, "not-a-manager");
    assert_eq!(
        manager.sign_in(PIN, None).await,
        "not-a-manager",
        "a manager has a PIN of their own"
    );
    assert_eq!(manager.json("/api/manager").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(manager.sign_in(MANAGER, None).await, "");
    assert_eq!(manager.json("/api/manager").await.0, StatusCode::OK);
    assert_eq!(
        manager.send("/api/act", json!({ "act": "next" })).await.1,
        "not-signed-in"
    );
    assert_eq!(
        counter.json("/api/manager").await.0,
        StatusCode::UNAUTHORIZED,
        "a clerk's browser"
    );
    let board = kiosk.paired(address, "board").await;
    for path in ["/api/manager", "/api/manager.csv?day=2026-11-23&table=hours"] {
        for other in [&board, &Browser::new(address)] {
            assert_eq!(other.get(path).await.status(), StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    let audit = audit(&kiosk);
    for line in [
        "guide may not sign in at counter 2",
        "clerk signed in at counter 2",
        "clerk may not sign in at the day of the hall",
        "manager signed in at the day of the hall",
        "paired a manager",
    ] {
        assert!(audit.iter().any(|said| said == line), "{line}: {audit:#?}");
    }
}

#[tokio::test]
async fn with_one_pin_for_all_a_manager_sees_the_day_and_takes_it_as_a_file() {
    let (config, address) = config();
    let kiosk = Kiosk::start_with(config, "http://127.0.0.1:9").await;
    kiosk.draw_and_leave().await;
    kiosk.draw_and_leave().await;
    let mut clerk = kiosk.clerk(address, "2").await;
    for act in [
        json!({ "act": "open", "serves": ["A"] }),
        json!({ "act": "next" }),
        json!({ "act": "start" }),
        json!({ "act": "done" }),
    ] {
        assert_eq!(clerk.act(act).await, "");
    }
    let mut manager = kiosk.paired(address, "manager").await;
    assert_eq!(manager.sign_in(PIN, None).await, "");
    let (_, told) = manager.json("/api/manager").await;
    let (view, today) = (&told["view"], told["today"].as_str().unwrap());
    assert_eq!(
        (&told["days"], &told["open"]),
        (&json!([today]), &json!(["2"])),
        "{told:#}"
    );
    assert_eq!(
        (&view["total"]["drawn"], &view["total"]["done"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        view["standing"],
        json!({ "waiting": 1, "here": 0, "parked": 0, "gone": 0, "done": 1 })
    );
    assert_eq!(
        (&view["series"][0]["in-queue"], &view["counters"][0]["is"]),
        (&json!(1), &json!("open"))
    );
    // What happens next is counted on, not anew.
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    let (_, told) = manager.json(&format!("/api/manager?day={today}")).await;
    assert_eq!(
        (&told["view"]["total"]["calls"], &told["view"]["total"]["drawn"]),
        (&json!(2), &json!(2))
    );

    let answer = manager.get(&format!("/api/manager.csv?day={today}&table=hours")).await;
    let name = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(name, format!("attachment; filename=\"sanh-{today}-theo-gio.csv\""));
    let text = answer.text().await.unwrap();
    let rows: Vec<Vec<&str>> = text
        .trim_end()
        .split("\r\n")
        .map(|row| row.split(',').collect())
        .collect();
    let drawn: u32 = rows[1..].iter().map(|row| row[3].parse::<u32>().unwrap()).sum();
    assert_eq!((rows[0][3], drawn), ("phat_so", 2), "{text}");
    let counters = manager
        .get(&format!("/api/manager.csv?day={today}&table=counters"))
        .await;
    assert_eq!(counters.text().await.unwrap().lines().count(), 2);
    let took = format!("took the figures of {today} (theo-gio)");
    assert!(audit(&kiosk).iter().any(|line| line.ends_with(&took)));

    let (status, refused) = manager.json("/api/manager?day=2020-01-01").await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::NOT_FOUND, &json!("no-such-day"))
    );
    assert_eq!(
        manager.get("/api/manager?day=yesterday").await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn the_code_on_the_slip_opens_the_number_on_a_phone_until_it_is_done() {
    let (kiosk, address) = start_with_phones().await;
    kiosk.draw_and_leave().await;
    let slip = kiosk.whole_slips(1).await.remove(0);
    let png = kiosk.get(&slip.png).await.unwrap();
    let picture = image::load_from_memory(&png).unwrap().to_luma8();
    let code = read_codes(&picture).remove(0);
    assert_eq!(slip.number(), Some("A001"), "the kiosk reads it as before: {code}");
    let path = code.strip_prefix(URL).unwrap().split_once('#').unwrap().0.to_owned();

    let phone = Browser::new(address);
    let page = phone.get(&path).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(page.headers()["x-robots-tag"], "noindex, nofollow");
    assert!(!page.headers().contains_key("set-cookie"));
    let number = format!("/api{path}");
    let place = async || phone.json(&number).await.1["place"].clone();
    let (_, told) = phone.json(&number).await;
    assert_eq!(
        (&told["name"], &told["name-en"]),
        (&json!("Hộ tịch, tư pháp"), &json!("Civil status, justice"))
    );
    let waits = place().await;
    assert_eq!(
        (&waits["number"], &waits["is"], &waits["ahead"]),
        (&json!("A 001"), &json!("waiting"), &json!(0))
    );
    assert_eq!(waits["to-minutes"], Value::Null, "nobody calls yet");

    let mut clerk = kiosk.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    assert_eq!(place().await["to-minutes"], json!(5));
    for (act, is) in [
        (json!({ "act": "next" }), "called"),
        (json!({ "act": "start" }), "serving"),
        (json!({ "act": "park" }), "parked"),
    ] {
        assert_eq!(clerk.act(act).await, "");
        let place = place().await;
        assert_eq!((&place["is"], &place["counter"]), (&json!(is), &json!("2")));
    }
    assert_eq!(clerk.act(json!({ "act": "call", "number": "A 001" })).await, "");
    assert_eq!(clerk.act(json!({ "act": "absent" })).await, "");
    let missed = place().await;
    assert_eq!((&missed["is"], &missed["absent"]), (&json!("waiting"), &json!(1)));
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    assert_eq!(clerk.act(json!({ "act": "done" })).await, "");
    assert_eq!(place().await["is"], "done");
}

#[tokio::test]
async fn no_wrong_link_tells_more_than_another_and_who_asks_too_often_waits() {
    let (kiosk, address) = start_with_phones().await;
    kiosk.draw_and_leave().await;
    let slip = kiosk.whole_slips(1).await.remove(0);
    let right = slip.codes[0].split(['/', '#']).nth(4).unwrap().to_owned();
    let (_, token) = right.split_once('-').unwrap();
    let phone = Browser::new(address);
    let first = phone.get("/api/p/A001").await.text().await.unwrap();
    let other = token.replace(&token[..1], if token.starts_with('A') { "B" } else { "A" });
    for wrong in [
        format!("A002-{token}"),
        format!("A001-{other}"),
        "A001-".into(),
        "Z999-AAAAAAAAAAAAAAAAAAAAAA".into(),
        "%F0%9F%98%80".into(),
    ] {
        let answer = phone.get(&format!("/api/p/{wrong}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(answer.text().await.unwrap(), first, "{wrong}");
        assert_eq!(
            phone.get(&format!("/p/{wrong}")).await.status(),
            StatusCode::OK,
            "the same page"
        );
    }
    assert_eq!(phone.get(&format!("/api/p/{right}")).await.status(), StatusCode::OK);

    let mut refused = None;
    for _ in 0..200 {
        let answer = phone.get("/api/p/A001-AAAAAAAAAAAAAAAAAAAAAA").await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer.headers()["retry-after"].to_str().unwrap().to_owned());
            break;
        }
    }
    assert_eq!(refused.as_deref(), Some("1"));
    // Counters are not of the same measure.
    let mut clerk = kiosk.clerk(address, "2").await;
    assert_eq!(clerk.act(json!({ "act": "open", "serves": ["A"] })).await, "");
    assert_eq!(clerk.act(json!({ "act": "next" })).await, "");
    // Nor is somebody else whom the proxy names.
    let url = format!("http://{address}/api/p/{right}");
    let other = phone
        .http
        .get(url)
        .header("x-forwarded-for", "192.0.2.7")
        .send()
        .await
        .unwrap();
    let told: Value = other.json().await.unwrap();
    assert_eq!(told["place"]["is"], "called");
}

#[tokio::test]
async fn without_an_address_for_phones_there_is_no_page_and_no_link() {
    let (config, address) = config();
    let kiosk = Kiosk::start_with(config, "http://127.0.0.1:9").await;
    kiosk.draw_and_leave().await;
    let slip = kiosk.whole_slips(1).await.remove(0);
    assert!(slip.codes[0].starts_with("MCK1;T;K01;"), "{:?}", slip.codes);
    let phone = Browser::new(address);
    for path in ["/p/A001-AAAAAAAAAAAAAAAAAAAAAA", "/api/p/A001-AAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(phone.get(path).await.status(), StatusCode::NOT_FOUND);
    }
}
