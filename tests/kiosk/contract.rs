//! The contract judged by programs of others: a mock made from `openapi.yaml` alone, which refuses what the file does
//! not allow, and the reference server of tus. `make contract` installs both and runs these tests; a run of all tests
//! leaves them out, for they need node and a registry of packages.

mod judges;
mod package;

use kiosk::dossier::{Act, ShownCard, ShownHow, WithdrawReason};
use kiosk::figures::Batch;
use kiosk::province::{Answer, Asker, CatalogueNews, DossierStatus, HttpProvince, Later, Province as _, Receipt};
use serde_json::json;

use self::judges::Judges;
use self::package::{CODE, Notes, Pages, SLIP, bytes, package};
use crate::line::Line;

/// The length of the contract's sample file, in bytes.
const SAMPLE_BYTES: usize = 300_000;
/// Where the contract's sample upload stands when it is asked about.
const SAMPLE_OFFSET: usize = 131_072;
/// Calls of a hand-in through a line that breaks.
const TRIES_MAX: usize = 60;

fn received(answer: Answer<Receipt>, judges: &Judges) -> Receipt {
    match answer {
        Answer::Received(receipt) => receipt,
        other @ (Answer::Later { .. } | Answer::Refused { .. }) => panic!("{other:?}\n{}", judges.log()),
    }
}

#[tokio::test]
#[ignore = "`make contract` runs it"]
async fn a_mock_made_from_the_contract_alone_answers_the_kiosk() {
    let judges = Judges::start().await;
    let client = judges::client(&judges.mock());

    let Answer::Received(CatalogueNews::Fresh { etag, catalogue }) = client.catalogue(None).await else {
        panic!("{}", judges.log());
    };
    assert!(etag.is_some());
    assert_eq!(catalogue.procedures()[0].code.as_str(), "1.001776");
    assert!(matches!(
        client.catalogue(etag.as_deref()).await,
        Answer::Received(CatalogueNews::Fresh { .. } | CatalogueNews::NotModified)
    ));

    let pages = Pages::new(vec![bytes(SAMPLE_BYTES)]);
    let mut notes = Notes::default();
    let receipt = received(client.hand_in(&package(&pages), &pages, &mut notes).await, &judges);
    assert_eq!((receipt.code.as_str(), receipt.status), (CODE, DossierStatus::New));
    assert!(receipt.received_at.is_some());

    // The next life of the kiosk knows the upload's address, and sends only what is missing.
    let pages = Pages::new(vec![bytes(SAMPLE_BYTES)]);
    received(client.hand_in(&package(&pages), &pages, &mut notes).await, &judges);
    assert_eq!(pages.read_bytes(), (SAMPLE_BYTES - SAMPLE_OFFSET) as u64);

    for asked in [CODE, SLIP] {
        let Answer::Received(Some(state)) = client.state(asked).await else {
            panic!("{}", judges.log());
        };
        assert_eq!(
            (state.code.as_deref(), state.status),
            (Some(CODE), DossierStatus::InWork)
        );
        assert_eq!(state.steps.len(), 3);
        assert!(state.due_at.is_some());
    }
}

#[tokio::test]
#[ignore = "`make contract` runs it"]
async fn the_mock_answers_what_comes_after_handing_in() {
    let judges = Judges::start().await;
    let client = judges::client(&judges.mock());
    let shown = ShownCard {
        how: ShownHow::Chip,
        at: "2026-11-23T02:00:00Z".parse().unwrap(),
    };
    let pages = Pages::new(vec![bytes(SAMPLE_BYTES)]);
    let mut supplement = package(&pages);
    supplement.act = Act::Supplement {
        code: CODE.to_owned(),
        shown,
    };
    let receipt = received(
        client.hand_in(&supplement, &pages, &mut Notes::default()).await,
        &judges,
    );
    assert_eq!(receipt.code, CODE);

    let none = Pages::new(vec![]);
    let mut withdrawal = package(&none);
    withdrawal.act = Act::Withdrawal {
        code: CODE.to_owned(),
        shown,
        reason: Some(WithdrawReason::ByMistake),
    };
    let receipt = received(client.hand_in(&withdrawal, &none, &mut Notes::default()).await, &judges);
    assert_eq!(receipt.status, DossierStatus::Withdrawn);

    let asker = Asker {
        id: "001046000001".parse().unwrap(),
        shown,
    };
    for code in [None, Some(CODE)] {
        let Answer::Received(theirs) = client.dossiers_of(&asker, code).await else {
            panic!("{}", judges.log());
        };
        assert_eq!((theirs.len(), theirs[0].status), (1, DossierStatus::InWork));
    }

    let batch: Batch = serde_json::from_value(json!({ "rows": [{
        "from": "2026-11-16", "until": "2026-11-20", "about": { "unit": "Xã Mẫu", "field": "G12-YT05" },
        "face": 5, "reason": null, "count": 7,
    }] }))
    .unwrap();
    let told = client.tell_satisfaction(package(&none).key, &batch).await;
    assert_eq!(told, Answer::Received(()), "{}", judges.log());
}

#[tokio::test]
#[ignore = "`make contract` runs it"]
async fn what_the_contract_says_of_trouble_is_understood() {
    let judges = Judges::start().await;
    let client = judges::client(&judges.front());
    let pages = Pages::new(vec![bytes(1_000)]);
    let package = package(&pages);

    for code in [400, 422] {
        judges.prefer(&format!("code={code}")).await;
        let Answer::Refused { words } = client.hand_in(&package, &pages, &mut Notes::default()).await else {
            panic!("{code}\n{}", judges.log());
        };
        assert!(words.contains("Tờ khai thiếu chữ ký"), "{words}");
    }
    for code in [409, 429, 503] {
        judges.prefer(&format!("code={code}")).await;
        let answer = client.hand_in(&package, &pages, &mut Notes::default()).await;
        let Answer::Later { wait, why } = answer else {
            panic!("{code}: {answer:?}\n{}", judges.log());
        };
        assert_eq!(
            (wait.map(|wait| wait.as_secs()), why),
            (Some(30), Later::Busy { status: code })
        );
    }
    judges.prefer("code=404").await;
    assert_eq!(client.state(CODE).await, Answer::Received(None));
}

/// Through a line that breaks, to a server that is killed: every byte arrives once and the hash is equal.
#[tokio::test]
#[ignore = "`make contract` runs it"]
async fn the_reference_server_of_tus_takes_the_files_whatever_breaks() {
    let mut judges = Judges::start().await;
    let line = Line::to(judges.front_address()).await;
    let client = judges::client(&line.url());
    let sizes = [3_000_000, 1, 70_001, 0];
    let pages = Pages::new(sizes.into_iter().map(bytes).collect());
    let package = package(&pages);
    let mut notes = Notes::default();

    let mut receipt = None;
    for turn in 0..TRIES_MAX {
        if turn < 12 {
            line.cut_request_after(40_000 + 53_000 * turn as u64);
        }
        if turn == 6 {
            judges.restart_front().await;
        }
        match client.hand_in(&package, &pages, &mut notes).await {
            Answer::Received(got) => {
                receipt = Some(got);
                break;
            }
            Answer::Later { .. } => {}
            Answer::Refused { words } => panic!("{words}\n{}", judges.log()),
        }
    }
    assert_eq!(receipt.unwrap().code, CODE);
    assert!(line.cuts() >= 5, "{}", line.cuts());

    let stored = judges.uploads();
    let mut lengths: Vec<usize> = stored.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [0, 1, 70_001, 3_000_000]);
    for file in stored {
        assert!(file == bytes(file.len()), "a file of {} bytes is another", file.len());
    }
    let sent = line.passed();
    println!("{sent} bytes were sent for files of {}", sizes.iter().sum::<usize>());
    // What stood in the line when it broke is sent again, no more.
    assert!(sent < 2 * sizes.iter().sum::<usize>() as u64, "{sent}");
}

/// The mock is no yes-man: what the contract does not allow is refused by it.
#[tokio::test]
#[ignore = "`make contract` runs it"]
async fn the_mock_refuses_what_the_contract_does_not_allow() {
    let judges = Judges::start().await;
    let client: HttpProvince = judges::client(&judges.mock());
    let pages = Pages::new(vec![bytes(SAMPLE_BYTES)]);
    let mut odd = package(&pages);
    odd.applicant.phone = Some("none".to_owned());
    let answer = client.hand_in(&odd, &pages, &mut Notes::default()).await;
    assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}\n{}", judges.log());
    assert!(judges.log().to_lowercase().contains("sodienthoai"), "{}", judges.log());
}
