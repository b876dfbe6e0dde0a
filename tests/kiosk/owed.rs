//! Many dossiers owed, and a province that comes back badly while the plug is pulled again and again. The large one is
//! `make soak`.

pub mod seed;

use std::time::{Duration, Instant};

use rand::RngExt as _;
use serde_json::json;

use crate::harness::{Kiosk, Province, test_config};
use crate::province::random;

const DOSSIERS: usize = 30;
/// In front of all, and big: more than two turns.
const BIG_PAGES: usize = 180;
const PAGE_BYTES: usize = 100_000;
const WAIT_MAX: Duration = Duration::from_secs(300);

#[tokio::test]
async fn thirty_owed_dossiers_arrive_once_and_in_order_through_faults_and_kills() {
    let mut random = random("owed");
    let mut province = Province::off();
    let mut kiosk = Kiosk::prepare(test_config(), &province.url());
    let mut pages = vec![3; DOSSIERS];
    pages[0] = BIG_PAGES;
    let seeded = seed::seed(&kiosk.data(), &pages, PAGE_BYTES).unwrap();
    kiosk.run().await;
    province.on().await;

    let began = Instant::now();
    let faults = [
        json!({ "mode": "busy", "count": 4 }),
        json!({ "mode": "drop-connection", "count": 4, "after_bytes": 70_000 }),
        json!({ "mode": "lose-answer", "count": 6 }),
        json!({ "mode": null }),
    ];
    for (turn, fault) in faults.iter().cycle().take(8).enumerate() {
        province.fault(fault.clone()).await;
        tokio::time::sleep(Duration::from_millis(random.random_range(300..1_500))).await;
        kiosk.kill();
        if turn == 5 {
            province.stop().await;
            province.on().await;
        }
        kiosk.run().await;
    }
    province.fault(json!({ "mode": null })).await;
    let dossiers = loop {
        let dossiers = province.dossiers().await;
        if dossiers.iter().filter(|dossier| dossier["code"].is_string()).count() >= DOSSIERS {
            break dossiers;
        }
        assert!(began.elapsed() < WAIT_MAX, "{}", kiosk.log_text());
        tokio::time::sleep(Duration::from_millis(300)).await;
    };

    let arrived = seed::judge(&seeded, &dossiers, |at| at > 0);
    println!("{} bytes in {:?}: {arrived:?}", seeded.bytes, began.elapsed());
    assert_eq!((arrived.odd, arrived.missing, arrived.hurt), (0, 0, 0), "{arrived:?}");
    // The big one in front holds nobody up; a fault may put a small one behind some of those after it.
    assert!(arrived.late_places_max <= 10, "{arrived:?}");
    assert_eq!(kiosk.rows("files WHERE kind = 'page'"), 0);
}
