//! The pages of browsers as pictures, at the sizes that centres have: for people to look at (`make screens`). Whom they
//! show was invented.
//!
//! A page that is new stands here as one line: `shots.take(&page, "its-name", &[sizes]).await`.

use std::path::PathBuf;

use fantoccini::key::Key;
use kiosk::hall::Class;
use serde_json::json;

use crate::browser::{NOBODY, OFFICE_PC, TELEVISION};
use crate::centres::{Province, worked};
use crate::hall::PIN;
use crate::harness::leaves::{leaf, province};
use crate::harness::{Chromium, Kiosk, Page, drawn_before, free_address, set, test_config};
use crate::number::read_codes;

/// An old screen, and the smallest that a counter has.
const OLD_PC: (u32, u32) = (1024, 768);
const SMALL_TELEVISION: (u32, u32) = (1280, 720);
/// All of a long page.
const SCROLLED: (u32, u32) = (1366, 2200);
const PC: [(u32, u32); 2] = [OFFICE_PC, OLD_PC];
const WALL: [(u32, u32); 2] = [TELEVISION, SMALL_TELEVISION];

const PHONES: [(u32, u32); 3] = [(360, 740), (320, 568), (412, 915)];
/// Written on slips.
const PHONE_URL: &str = "https://so.example.vn";

/// Where pictures go: the folder in `SCREENS`.
struct Shots(PathBuf);

impl Shots {
    fn new() -> Self {
        let folder = PathBuf::from(std::env::var_os("SCREENS").expect("SCREENS names the folder for them"));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// As it is now, once at each size; nothing of it may be wider than the screen.
    async fn take(&self, page: &Page, name: &str, sizes: &[(u32, u32)]) {
        for (width, height) in sizes.iter().copied() {
            page.size(width, height).await;
            let script = "return document.documentElement.scrollWidth <= innerWidth";
            assert_eq!(page.eval(script).await, json!(true), "{name} is wider than {width}");
            let file = self.0.join(format!("{name}-{width}x{height}.png"));
            std::fs::write(file, page.picture().await).unwrap();
        }
    }
}

#[tokio::test]
#[ignore = "draws pictures for people: make screens"]
async fn every_page_of_browsers_is_drawn() {
    let shots = Shots::new();
    let address = free_address();
    // With the counters of development.
    let text = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/dev.toml")).unwrap();
    let hall = text.parse::<toml::Table>().unwrap().remove("hall").unwrap();
    let mut config = test_config();
    config.insert("hall".into(), hall);
    set(&mut config, "hall", "listen", address.to_string());
    set(&mut config, "hall", "phone-url", PHONE_URL);
    let mut kiosk = Kiosk::prepare(config, NOBODY);
    kiosk.run().await;
    let chromium = Chromium::start();
    let board = chromium.window(address, "/board", TELEVISION).await;
    board.says("#pair h1", "bảng gọi số").await;
    shots.take(&board, "board-pair", &WALL).await;
    let board = kiosk.board(&chromium, address, TELEVISION).await;
    board.says("#calls", "Xin mời").await;
    shots.take(&board, "board-empty", &WALL).await;
    kiosk.kill();
    let morning = [('A', 17), ('B', 9), ('C', 4), ('D', 2), ('E', 12), ('F', 4)];
    let mut numbers = morning.map(|(letter, count)| (letter, count, Class::Ordinary)).to_vec();
    numbers.push(('F', 1, Class::Priority));
    drawn_before(&kiosk.data(), &numbers);
    kiosk.run().await;

    let one = chromium.window(address, "/counter", OFFICE_PC).await;
    one.says("#pair h1", "làm quầy").await;
    one.type_into("#pair-code", "0").await;
    one.keys(&[Key::Enter.into()]).await;
    one.says("#pair-wrong", "Mã").await;
    shots.take(&one, "counter-pair", &PC).await;
    drop(one);
    let three = chromium.window(address, "/counter", OFFICE_PC).await;
    three.type_into("#pair-code", &kiosk.pairing_code().await).await;
    three.keys(&[Key::Enter.into()]).await;
    three.says("#sign-in h1", "Vào quầy").await;
    shots.take(&three, "counter-sign-in", &PC).await;
    three.signs_in("3").await;
    three.says("#state", "đóng").await;
    shots.take(&three, "counter-closed", &PC).await;
    three.key('m', "#state", "đang mở").await;
    shots.take(&three, "counter-open", &PC).await;
    at_work(&shots, &chromium, &kiosk, &three, &board, address).await;
    looked_back(&shots, &chromium, &kiosk, address).await;
    kiosk.kill();
    three.says("#line", "Mất kết nối").await;
    shots.take(&three, "counter-line-lost", &PC).await;
    board.says("#queues", "nối lại").await;
    shots.take(&board, "board-line-lost", &WALL).await;
}

async fn at_work(
    shots: &Shots,
    chromium: &Chromium,
    kiosk: &Kiosk,
    three: &Page,
    board: &Page,
    address: std::net::SocketAddr,
) {
    let enter = char::from(Key::Enter);
    for _ in 0..2 {
        three.key(enter, "#number", "F 0").await;
        three.key('b', "#here-words", "Quầy đang trống").await;
    }
    three.key(enter, "#number", "F 0").await;
    board.says("#calls .new", "F 0").await;
    shots.take(three, "counter-called", &PC).await;
    three.key('d', "#here-words", "Đang làm việc với").await;
    shots.take(three, "counter-serving", &PC).await;
    three.key('x', "#here-words", "Quầy đang trống").await;
    three.keys(&['p']).await;
    three.says("#pausing", "Tạm dừng vì sao?").await;
    shots.take(three, "counter-pausing", &PC).await;
    three.keys(&[enter]).await;
    three.says("#state", "tạm dừng").await;
    shots.take(three, "counter-paused", &PC).await;
    let other = kiosk.counter(chromium, address, "2").await;
    other.key('m', "#state", "đang mở").await;
    other.key(enter, "#number", "A 0").await;
    board.says("#calls .new", "A 0").await;
    shots.take(board, "board-calls", &WALL).await;
}

/// The day as a manager sees it, and a number on its holder's phone.
async fn looked_back(shots: &Shots, chromium: &Chromium, kiosk: &Kiosk, address: std::net::SocketAddr) {
    let manager = chromium.window(address, "/manager", OFFICE_PC).await;
    manager.says("#pair h1", "quản lý").await;
    shots.take(&manager, "manager-pair", &PC).await;
    manager.type_into("#pair-code", &kiosk.pairing_code().await).await;
    manager.keys(&[Key::Enter.into()]).await;
    manager.says("#sign-in h1", "").await;
    shots.take(&manager, "manager-sign-in", &PC).await;
    manager.type_into("#pin", PIN).await;
    manager.keys(&[Key::Enter.into()]).await;
    manager.says("#sums", "49").await;
    shots
        .take(&manager, "manager-day", &[OFFICE_PC, OLD_PC, TELEVISION, SCROLLED])
        .await;

    kiosk.draw_and_leave().await;
    let slip = kiosk.whole_slips(1).await.remove(0);
    let png = kiosk.get(&slip.png).await.unwrap();
    let code = read_codes(&image::load_from_memory(&png).unwrap().to_luma8()).remove(0);
    let path = code
        .strip_prefix(PHONE_URL)
        .unwrap()
        .split_once('#')
        .unwrap()
        .0
        .to_owned();
    let phone = chromium.window(address, &path, PHONES[0]).await;
    phone.says("#number", "A 018").await;
    shots.take(&phone, "phone-waiting", &PHONES).await;
    let two = kiosk.counter(chromium, address, "1").await;
    two.key('m', "#state", "đang mở").await;
    two.type_into("#call-number", "A 018").await;
    two.keys(&[Key::Enter.into()]).await;
    two.says("#number", "A 018").await;
    phone.says("#vi", "quầy 1").await;
    shots.take(&phone, "phone-called", &PHONES).await;
    two.key('x', "#here-words", "Quầy đang trống").await;
    phone.says("#vi", "Bạn đã xong").await;
    shots.take(&phone, "phone-done", &PHONES).await;
    let wrong = chromium.window(address, "/p/A018-wrong", PHONES[0]).await;
    wrong.says("#vi", "").await;
    shots.take(&wrong, "phone-wrong", &PHONES).await;
}

#[tokio::test]
#[ignore = "draws pictures for people: make screens"]
async fn the_provinces_page_is_drawn() {
    let shots = Shots::new();
    let (hub, leaves) = province();
    let (near, mut far) = (leaf("binh-minh", leaves), leaf("hoa-son", leaves));
    worked("binh-minh", &near, 120, 9).await;
    worked("hoa-son", &far, 45, 3).await;
    let province = Province::start(&hub).await;
    let heard = |told: &serde_json::Value, centre: usize| told["centres"][centre]["current"] == true;
    province
        .until("both heard", |told| heard(told, 0) && heard(told, 1))
        .await;
    let chromium = Chromium::start();
    let page = chromium.window(province.address, "/", OFFICE_PC).await;
    page.says("#sums", "165").await;
    let sizes = [OFFICE_PC, OLD_PC, TELEVISION, SCROLLED];
    shots.take(&page, "centres", &sizes).await;
    far.kill(0);
    page.says("#centres", "mất kết nối từ").await;
    shots.take(&page, "centres-one-lost", &sizes).await;
    drop(hub);
    page.says("#line", "Mất kết nối").await;
    shots.take(&page, "centres-line-lost", &[OFFICE_PC]).await;
}
