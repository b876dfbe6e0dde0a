//! The province is away, forgets, cuts the line, has no time or says no; and the kiosk dies meanwhile.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::harness::{Kiosk, LOOK_EVERY, Province, WAIT_MAX, test_config};
use crate::line::Line;
use crate::visit::{CONSENT, SHEETS};

/// A new one at every run, printed by a failing test.
pub fn random(what: &str) -> StdRng {
    let seed: u64 = rand::random();
    println!("{what}: seed {seed}");
    StdRng::seed_from_u64(seed)
}

/// Waits until the kiosk has the procedures, so that the province may go away.
async fn with_catalogue(province: &str) -> Kiosk {
    let kiosk = Kiosk::start_with(test_config(), province).await;
    kiosk.to_home().await;
    kiosk.touch("Nộp hồ sơ").await;
    kiosk.touch("Quay lại").await;
    kiosk.at("home").await;
    kiosk
}

/// Exactly one, whole, of this slip, and it stays at one.
async fn arrived_once(province: &Province, slip: &str) {
    let dossiers = province.received(1).await;
    assert_eq!(dossiers.len(), 1, "{dossiers:#?}");
    let dossier = &dossiers[0];
    assert_eq!(dossier["fields"]["SoPhieuGui"], json!(slip));
    let told = dossier["fields"]["TaiLieuNop"].as_array().unwrap();
    let have = dossier["files"].as_array().unwrap();
    assert_eq!((told.len(), have.len()), (1, 1), "{dossier:#}");
    assert_eq!(told[0]["Sha256"], have[0]["sha256"]);
    assert_eq!(told[0]["KichThuoc"], have[0]["size"]);
}

async fn outbox_is_empty(kiosk: &Kiosk) {
    let began = std::time::Instant::now();
    while kiosk.rows("outbox WHERE state <> 'received'") > 0 {
        assert!(began.elapsed() < WAIT_MAX, "{}", kiosk.log_text());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[tokio::test]
async fn without_the_province_a_dossier_is_kept_and_arrives_by_itself_after_a_power_cut() {
    let mut province = Province::start().await;
    let mut kiosk = with_catalogue(&province.url()).await;
    province.stop().await;

    let slip = kiosk.hand_in().await;
    // Not before the network was tried: until then it is on its way.
    let look = kiosk.sees("Máy sẽ gửi khi có mạng").await;
    assert!(look.shows("Đã giữ an toàn"), "{look:#?}");
    assert!(!look.shows("Trung tâm đã nhận hồ sơ"), "{look:#?}");
    let slips = kiosk.whole_slips(1).await;
    assert_eq!(slips.len(), 1);
    assert_eq!(slips[0].codes, [format!("MCK1;H;{slip};0")]);
    kiosk.at("rest").await;

    kiosk.restart().await;
    assert_eq!(kiosk.rows("outbox WHERE state = 'waiting'"), 1);
    province.on().await;
    arrived_once(&province, &slip).await;
    outbox_is_empty(&kiosk).await;
    let look = kiosk.look().await;
    assert_eq!(look.page, "rest");
    assert_eq!(kiosk.slips().await.len(), 1);

    // Once more from the start: nothing is owed, nothing is sent.
    kiosk.restart().await;
    kiosk.at("rest").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(province.dossiers().await.len(), 1);
}

#[tokio::test]
async fn lost_answers_and_a_busy_province_make_no_second_dossier() {
    let mut random = random("lost answers");
    let province = Province::start().await;
    let mut kiosk = with_catalogue(&province.url()).await;
    for round in 0..3 {
        // Each count hits another step of handing in: creation, upload, the hand-over.
        let mode = if round == 1 { "busy" } else { "lose-answer" };
        let count = random.random_range(1..=5);
        println!("{mode} {count}");
        province.fault(json!({ "mode": mode, "count": count })).await;
        let slip = kiosk.hand_in().await;
        if round == 2 {
            kiosk.restart().await;
        } else {
            kiosk.done().await;
        }
        let dossiers = province.received(round + 1).await;
        assert_eq!(dossiers.len(), round + 1);
        assert_eq!(dossiers[round]["fields"]["SoPhieuGui"], json!(slip));
        kiosk.at("rest").await;
        outbox_is_empty(&kiosk).await;
    }
}

#[tokio::test]
async fn a_line_that_breaks_at_any_byte_of_an_upload_breaks_no_dossier() {
    let mut random = random("cuts");
    let province = Province::start().await;
    let line = Line::to(province.address).await;
    let mut kiosk = with_catalogue(&line.url()).await;

    line.cut_request_after(random.random_range(1..3_000));
    let slip = kiosk.hand_in().await;
    for cut in 1..=12_u64 {
        line.until("the cut", |line| line.cuts() >= cut).await;
        match cut % 3 {
            0 => line.cut_answer_after(random.random_range(1..600)),
            _ => line.cut_request_after(random.random_range(1..90_000)),
        }
        // Pauses grow from cut to cut; a kiosk that starts again tries at once.
        kiosk.restart().await;
    }
    kiosk.restart().await;
    arrived_once(&province, &slip).await;
    outbox_is_empty(&kiosk).await;
}

#[tokio::test]
async fn twenty_kills_during_one_upload_lose_nothing_and_send_nothing_twice() {
    const KILLS: u32 = 20;
    let mut random = random("kills");
    let province = Province::start().await;
    let line = Line::to(province.address).await;
    let mut kiosk = with_catalogue(&line.url()).await;

    kiosk.to_review_with(&SHEETS).await;
    line.slow_down_to(30_000);
    let slip = kiosk.send().await;
    let mut within = 0;
    for _ in 0..KILLS {
        let far = line.passed() + random.random_range(500..16_000);
        line.until("more of the upload", |line| line.passed() >= far).await;
        kiosk.kill();
        line.lose_what_is_under_way();
        let dossiers = province.dossiers().await;
        within += u32::from(dossiers.iter().all(|dossier| dossier["code"].is_null()));
        kiosk.run().await;
    }
    // The line was slow enough: every kill came before the end.
    assert_eq!(within, KILLS);
    line.full_speed();
    arrived_once(&province, &slip).await;
    outbox_is_empty(&kiosk).await;

    // What had arrived before a kill was not sent again: at most a piece for each life.
    let size = province.dossiers().await[0]["files"][0]["size"].as_u64().unwrap();
    let sent = line.passed();
    println!("{sent} bytes were sent for a file of {size}");
    assert!(
        sent < size + u64::from(KILLS) * 100_000,
        "{sent} bytes for a file of {size}"
    );
}

/// From the touch on "Gửi hồ sơ" on: what was promised is there, and nothing is there twice.
#[tokio::test]
async fn a_kill_while_a_dossier_is_being_sealed_keeps_it_whole_or_promises_nothing() {
    let mut random = random("sealing");
    let mut province = Province::start().await;
    let mut kiosk = with_catalogue(&province.url()).await;
    province.stop().await;
    let mut promised = vec![];
    for _ in 0..4 {
        kiosk.to_review().await;
        kiosk.touch("Đúng rồi, tiếp tục").await;
        kiosk.touch(CONSENT).await;
        kiosk.touch("Gửi hồ sơ").await;
        tokio::time::sleep(std::time::Duration::from_millis(random.random_range(0..600))).await;
        promised.extend(crate::visit::slip_number(&kiosk.look().await));
        kiosk.restart().await;
        kiosk.at("rest").await;
        assert_eq!(kiosk.rows("drafts"), 0);
    }
    let kept = kiosk.rows("dossiers") as usize;
    println!("{} promised, {kept} kept", promised.len());
    assert!(kept >= promised.len(), "{promised:?}");
    // What was sealed in the last life is bound in this one, behind everything else.
    let began = std::time::Instant::now();
    while kiosk.rows("files WHERE kind = 'page'") > 0 {
        assert!(began.elapsed() < WAIT_MAX, "pages are not bound\n{}", kiosk.log_text());
        tokio::time::sleep(LOOK_EVERY).await;
    }

    province.on().await;
    let dossiers = province.received(kept).await;
    assert_eq!(dossiers.len(), kept);
    for slip in promised {
        let of_it = dossiers
            .iter()
            .filter(|dossier| dossier["fields"]["SoPhieuGui"] == json!(slip));
        assert_eq!(of_it.count(), 1, "{slip}");
    }
}

#[tokio::test]
async fn a_refusal_reaches_staff_in_the_provinces_words_and_is_sent_again_by_them() {
    let province = Province::start().await;
    let kiosk = with_catalogue(&province.url()).await;
    kiosk.to_review().await;
    province.fault(json!({ "mode": "refuse" })).await;
    let slip = kiosk.send().await;
    let look = kiosk.sees("Hồ sơ cần cán bộ xem lại").await;
    assert!(look.shows("Hồ sơ vẫn ở đây, không mất."), "{look:#?}");
    assert_eq!(kiosk.whole_slips(1).await[0].codes, [format!("MCK1;H;{slip};0")]);
    kiosk.done().await;

    kiosk.staff_in().await;
    kiosk.touch("Hồ sơ").await;
    let look = kiosk.sees("Thủ tục này tạm dừng tiếp nhận tại nơi nộp.").await;
    assert!(look.shows(&slip) && look.shows("Bị trả lại"), "{look:#?}");
    assert!(!look.shows("Nguyễn"), "{look:#?}");
    assert!(province.dossiers().await.is_empty());

    province.fault(json!({ "mode": null })).await;
    kiosk.touch(&format!("Gửi lại: {slip}")).await;
    arrived_once(&province, &slip).await;
    kiosk.touch("Quầy").await;
    kiosk.touch("Hồ sơ").await;
    kiosk.sees("Mọi hồ sơ đã gửi xong.").await;
    kiosk.touch("Xong, đóng lại").await;
    kiosk.at("rest").await;
}

#[tokio::test]
async fn a_refused_dossier_that_staff_settled_is_closed_at_the_second_touch_only() {
    let province = Province::start().await;
    let kiosk = with_catalogue(&province.url()).await;
    kiosk.to_review().await;
    province.fault(json!({ "mode": "refuse" })).await;
    let slip = kiosk.send().await;
    kiosk.sees("Hồ sơ cần cán bộ xem lại").await;
    kiosk.done().await;

    kiosk.staff_in().await;
    kiosk.touch("Hồ sơ").await;
    kiosk.touch(&format!("Đã xử lý: {slip}")).await;
    kiosk.touch(&format!("Chắc chắn: Đã xử lý: {slip}")).await;
    kiosk.sees("Mọi hồ sơ đã gửi xong.").await;
    kiosk.staff_out().await;
    assert!(province.dossiers().await.is_empty());
}
