//! The plug pulled at random moments while numbers are drawn: none twice, each explained, and the
//! kiosk is there again at the first touch.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::harness::{Kiosk, ReportRow, Slip, WAIT_MAX, set, test_config};

const SERIES: [(&str, &str); 6] = [
    ("A", "Hộ tịch, tư pháp"),
    ("B", "Đất đai, xây dựng"),
    ("C", "Bảo hiểm, trợ cấp"),
    ("D", "Kinh doanh"),
    ("E", "Nhận kết quả"),
    ("F", "Căn cước, cư trú"),
];
/// With `KIOSK_NUMBERS=300` in the environment it takes a good quarter of an hour on a busy machine.
const NUMBERS: usize = 100;
/// The process lives at most so long.
const LIFE_MS_MAX: u64 = 12_000;

/// What people saw on the screen: series and number.
type Seen = BTreeSet<(String, u32)>;

/// Draws numbers one after the other, now and then leaving before the paper is out.
async fn draw_on(kiosk: &Kiosk, random: &mut StdRng, seen: &mut Seen) {
    loop {
        let (letter, name) = SERIES[random.random_range(0..SERIES.len())];
        let look = kiosk.take_number(name).await;
        let label = |text: &String| {
            let (first, digits) = text.split_once(' ')?;
            (first == letter && digits.len() == 3).then(|| digits.parse::<u32>().ok())?
        };
        let number = look.texts.iter().find_map(label);
        let number = number.unwrap_or_else(|| panic!("No number: {look:#?}"));
        assert!(seen.insert((letter.to_owned(), number)), "{letter}{number} shown twice");
        if random.random_range(0..2) > 0 {
            let out = |look: &crate::harness::Look| look.page != "number" || look.shows("Mời bạn lấy phiếu");
            kiosk.until("the paper", out).await;
        }
        kiosk.leave().await;
    }
}

/// The report, the paper and what people saw agree.
fn agree(report: &[ReportRow], slips: &[Slip], seen: &Seen, context: &str) {
    let mut numbers: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for row in report {
        let new = numbers.entry(&row.series).or_default().insert(row.number);
        assert!(new, "{context}: {row:?} twice in the report");
    }
    for (series, numbers) in &numbers {
        let (first, last) = (numbers.first(), numbers.last());
        let count = u32::try_from(numbers.len()).unwrap();
        assert_eq!((first, last), (Some(&1), Some(&count)), "{context}: a gap in {series}");
    }
    for (series, number) in seen {
        let there = numbers
            .get(series.as_str())
            .is_some_and(|numbers| numbers.contains(number));
        assert!(there, "{context}: {series}{number} was shown and is not in the report");
    }

    let mut first_prints = BTreeSet::new();
    let mut whole: BTreeMap<&str, u32> = BTreeMap::new();
    for slip in slips {
        let Some(name) = slip.number() else { continue };
        if !slip.copy {
            assert!(
                first_prints.insert(name),
                "{context}: two first slips of {name}: {slips:#?}"
            );
        }
        *whole.entry(name).or_default() += u32::from(slip.whole);
    }
    for name in whole.keys() {
        let number: u32 = name[1..].parse().unwrap();
        let there = numbers.get(&name[..1]).is_some_and(|numbers| numbers.contains(&number));
        assert!(there, "{context}: {name} is on paper and not in the report");
    }
    for row in report {
        let name = format!("{}{:03}", row.series, row.number);
        let whole = whole.get(name.as_str()).copied().unwrap_or(0);
        match row.state.as_str() {
            "printed" => assert_eq!(whole, 1 + row.copies, "{context}: {row:?}"),
            "failed" => assert_eq!(whole, 0, "{context}: {row:?}"),
            "unclear" => assert!(whole <= 1, "{context}: {row:?}"),
            "reserved" | "printing" => {}
            other => panic!("{context}: {other}"),
        }
    }
}

/// Paper that was under way when the process died is out once the printer has nothing left to do.
async fn quiet_slips(kiosk: &Kiosk) -> Vec<Slip> {
    let began = Instant::now();
    let mut before = kiosk.slips().await;
    let mut same = 0;
    while same < 4 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let now = kiosk.slips().await;
        same = if now.len() == before.len() { same + 1 } else { 0 };
        before = now;
        assert!(began.elapsed() < WAIT_MAX, "Paper without end");
    }
    before
}

#[tokio::test]
async fn numbers_drawn_while_the_plug_is_pulled_at_random_are_each_explained_and_none_is_given_twice() {
    let set_by_hand = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = set_by_hand("KIOSK_SEED").unwrap_or_else(rand::random);
    let wanted = set_by_hand("KIOSK_NUMBERS").map_or(NUMBERS, |count| usize::try_from(count).unwrap());
    let mut random = StdRng::seed_from_u64(seed);
    let mut config = test_config();
    set(&mut config, "times", "number-secs", 1);
    let mut kiosk = Kiosk::prepare(config, "http://127.0.0.1:9");
    let mut seen = Seen::new();
    let mut deaths = 0;
    let began = Instant::now();
    while kiosk.report_if_any().len() < wanted {
        kiosk.run().await;
        let context = format!("seed {seed}, life {deaths}");
        let states = kiosk.report();
        let open = |row: &&ReportRow| row.state == "reserved" || row.state == "printing";
        assert_eq!(states.iter().find(open), None, "{context}: nobody prints after a start");

        let life = Duration::from_millis(random.random_range(0..LIFE_MS_MAX));
        let mut drawing = StdRng::seed_from_u64(random.random());
        // The first touch after the start is among what is waited for here.
        tokio::select! {
            () = draw_on(&kiosk, &mut drawing, &mut seen) => {}
            () = tokio::time::sleep(life) => {}
        }
        kiosk.kill();
        deaths += 1;
        if deaths % 5 == 0 {
            kiosk.run().await;
            kiosk.to_home().await;
            let slips = quiet_slips(&kiosk).await;
            agree(&kiosk.report(), &slips, &seen, &context);
            kiosk.kill();
        }
    }
    kiosk.run().await;
    let slips = quiet_slips(&kiosk).await;
    let report = kiosk.report();
    agree(&report, &slips, &seen, &format!("seed {seed}, at the end"));
    settle_all(&kiosk, &slips).await;
    let report = kiosk.report();
    agree(&report, &slips, &seen, &format!("seed {seed}, settled"));
    assert!(
        report.iter().all(|row| row.state == "printed" || row.state == "failed"),
        "seed {seed}"
    );
    let failed = report.iter().filter(|row| row.state == "failed").count();
    println!(
        "{} numbers, {deaths} deaths, {} shown, {} slips, {failed} without paper, {:?}",
        report.len(),
        seen.len(),
        slips.len(),
        began.elapsed()
    );
}

/// Staff look at the paper and say of each unclear number whether it came out.
async fn settle_all(kiosk: &Kiosk, slips: &[Slip]) {
    kiosk.staff_in().await;
    for row in kiosk.report() {
        if row.state != "unclear" {
            continue;
        }
        let (series, number) = (&row.series, row.number);
        let name = format!("{series}{number:03}");
        let out = slips.iter().any(|slip| slip.whole && slip.number() == Some(&name));
        let word = if out { "Đã ra" } else { "Chưa ra" };
        kiosk.scroll_and_touch(&format!("{word}: {series} {number:03}")).await;
        kiosk
            .reports(series, number, if out { &["printed"] } else { &["failed"] })
            .await;
    }
    kiosk.staff_out().await;
}
