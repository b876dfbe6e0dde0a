//! After handing in, against the stand-in: supplements, withdrawals, revisions, and whose dossiers these are.

use super::*;
use crate::dossier::{ShownCard, ShownHow, WithdrawReason};

const APPLICANT: &str = "001046000001";

fn shown(how: ShownHow) -> ShownCard {
    ShownCard {
        how,
        at: Timestamp::now(),
    }
}

/// A stand-in that has one dossier, and its code.
async fn with_dossier(data: &Path) -> (StandIn, HttpProvince, String) {
    let stand_in = StandIn::start(data);
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(40_000, 1)]);
    let receipt = until_received(&client, &package(&pages), &pages, &mut Notes::default()).await;
    (stand_in, client, receipt.code)
}

fn supplement(pages: &Pages, code: &str) -> Package {
    Package {
        slip: "K01-261122-0008".to_owned(),
        act: Act::Supplement {
            code: code.to_owned(),
            shown: shown(ShownHow::Front),
        },
        ..package(pages)
    }
}

fn withdrawal(code: &str, slip: &str) -> Package {
    Package {
        slip: slip.to_owned(),
        act: Act::Withdrawal {
            code: code.to_owned(),
            shown: shown(ShownHow::Chip),
            reason: Some(WithdrawReason::ByMistake),
        },
        ..package(&Pages(vec![]))
    }
}

async fn state(client: &HttpProvince, code: &str) -> DossierState {
    match client.state(code).await {
        Answer::Received(Some(state)) => state,
        other @ (Answer::Received(None) | Answer::Later { .. } | Answer::Refused { .. }) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn papers_that_are_wanted_are_brought_once_and_the_dossier_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let (stand_in, client, code) = with_dossier(data.path()).await;
    let pages = Pages(vec![bytes(90_000, 2)]);
    let package = supplement(&pages, &code);
    let refused = client.hand_in(&package, &pages, &mut Notes::default()).await;
    assert!(
        matches!(refused, Answer::Refused { .. }),
        "nothing is wanted yet: {refused:?}"
    );

    let wanted = json!({
        "state": 5, "note": "Ảnh mờ, xin nộp lại", "department": "Bộ phận Một cửa xã Mẫu",
        "wanted": [{ "part": "TC-TOKHAI", "title": "Tờ khai", "why": "Thiếu\nchữ ký" }], "until": "20261201170000",
    });
    stand_in.post(&format!("dossiers/{code}/state"), wanted).await;
    let asked = state(&client, &code).await;
    assert_eq!(
        (asked.status, asked.fee),
        (DossierStatus::MoreWanted, FeeStands::Elsewhere)
    );
    assert_eq!(asked.wanted_until, Some("2026-12-01T10:00:00Z".parse().unwrap()));
    assert_eq!(asked.wanted[0].title, "Tờ khai");
    assert_eq!(asked.wanted[0].why, "Thiếu chữ ký");
    assert_eq!(asked.steps[1].office, "Bộ phận Một cửa xã Mẫu");
    assert!(!asked.agency.is_empty());

    // The answer is lost, the line is cut in the middle: one supplement, whole.
    stand_in.fault(json!({ "mode": "lose-answer", "count": 2 })).await;
    let mut notes = Notes::default();
    let receipt = until_received(&client, &package, &pages, &mut notes).await;
    assert_eq!(
        (receipt.code.as_str(), receipt.status),
        (code.as_str(), DossierStatus::InWork)
    );
    let again = until_received(&client, &package, &pages, &mut notes).await;
    assert_eq!(again, receipt);
    let requests = stand_in.admin("requests").await;
    assert_eq!(requests.as_array().unwrap().len(), 1);
    assert_eq!(
        (&requests[0]["kind"], &requests[0]["whole"]),
        (&json!("supplement"), &json!(true))
    );
    assert_eq!(requests[0]["files"][0]["sha256"], wire::hex(&package.files[0].sha256));
    let after = state(&client, &code).await;
    assert_eq!((after.status, after.wanted.len()), (DossierStatus::InWork, 0));
    // Its slip leads to the dossier.
    assert_eq!(state(&client, "K01-261122-0008").await.code, Some(code));
}

#[tokio::test]
async fn a_withdrawal_is_one_however_often_it_is_said() {
    let data = tempfile::tempdir().unwrap();
    let (stand_in, client, code) = with_dossier(data.path()).await;
    let none = Pages(vec![]);
    let package = withdrawal(&code, "K01-261122-0009");
    stand_in.fault(json!({ "mode": "lose-answer", "count": 1 })).await;
    let receipt = until_received(&client, &package, &none, &mut Notes::default()).await;
    assert_eq!(
        (receipt.code.as_str(), receipt.status),
        (code.as_str(), DossierStatus::Withdrawn)
    );
    assert_eq!(
        until_received(&client, &package, &none, &mut Notes::default()).await,
        receipt
    );

    // From another kiosk, under another key: it is withdrawn already.
    let other = withdrawal(&code, "K02-261122-0001");
    let receipt = until_received(&client, &other, &none, &mut Notes::default()).await;
    assert_eq!(receipt.status, DossierStatus::Withdrawn);
    let requests = stand_in.admin("requests").await;
    assert_eq!(requests.as_array().unwrap().len(), 1);
    assert_eq!(requests[0]["fields"]["LyDo"], "nop-nham");
    assert_eq!(state(&client, &code).await.steps.len(), 2);
}

#[tokio::test]
async fn a_stranger_may_neither_supplement_nor_withdraw_nor_see() {
    let data = tempfile::tempdir().unwrap();
    let (stand_in, client, code) = with_dossier(data.path()).await;
    let wanted = json!({ "state": 5, "wanted": [{ "part": "TC-TOKHAI", "title": "Tờ khai" }] });
    stand_in.post(&format!("dossiers/{code}/state"), wanted).await;
    let pages = Pages(vec![bytes(10, 3)]);
    let mut packages = [supplement(&pages, &code), withdrawal(&code, "K01-261122-0009")];
    for package in &mut packages {
        package.applicant.id_number = "001046000002".to_owned();
        let answer = client.hand_in(package, &pages, &mut Notes::default()).await;
        assert!(
            matches!(&answer, Answer::Refused { words } if words.contains("Không đúng người")),
            "{answer:?}"
        );
    }
    assert!(stand_in.admin("requests").await.as_array().unwrap().is_empty());

    let ask = |id: &str, how| Asker {
        id: id.parse().unwrap(),
        shown: shown(how),
    };
    let theirs = |answer: Answer<Vec<TheirDossier>>| match answer {
        Answer::Received(list) => list.into_iter().map(|row| row.code).collect::<Vec<_>>(),
        other @ (Answer::Later { .. } | Answer::Refused { .. }) => panic!("{other:?}"),
    };
    let chip = ask(APPLICANT, ShownHow::Chip);
    assert_eq!(
        theirs(client.dossiers_of(&chip, None).await),
        std::slice::from_ref(&code)
    );
    let stranger = ask("001046000002", ShownHow::Chip);
    assert!(theirs(client.dossiers_of(&stranger, None).await).is_empty());
    assert!(theirs(client.dossiers_of(&stranger, Some(&code)).await).is_empty());
    // The front of the card is enough for one whose code is known, not for the list.
    let front = ask(APPLICANT, ShownHow::Front);
    assert_eq!(theirs(client.dossiers_of(&front, Some(&code)).await), [code]);
    assert!(matches!(client.dossiers_of(&front, None).await, Answer::Refused { .. }));
    let mut long_ago = chip;
    long_ago.shown.at -= jiff::SignedDuration::from_hours(1);
    assert!(matches!(
        client.dossiers_of(&long_ago, None).await,
        Answer::Refused { .. }
    ));
}

#[tokio::test]
async fn a_mended_revision_is_taken_and_the_refused_key_is_closed() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(1000, 1)]);
    let first = package(&pages);
    stand_in.fault(json!({ "mode": "refuse", "count": 1 })).await;
    assert!(matches!(
        client.hand_in(&first, &pages, &mut Notes::default()).await,
        Answer::Refused { .. }
    ));

    let revision = |number, replaces| Package {
        slip: "K01-261122-0010".to_owned(),
        act: Act::Revision {
            number,
            dossier: Uuid::nil(),
            replaces,
        },
        ..package(&pages)
    };
    let lone = client
        .hand_in(&revision(1, first.key), &pages, &mut Notes::default())
        .await;
    assert!(
        matches!(lone, Answer::Refused { .. }),
        "a first revision replaces none: {lone:?}"
    );
    let second = revision(2, first.key);
    let receipt = until_received(&client, &second, &pages, &mut Notes::default()).await;
    let closed = client.hand_in(&first, &pages, &mut Notes::default()).await;
    assert!(matches!(closed, Answer::Refused { .. }), "{closed:?}");
    let rival = client
        .hand_in(&revision(2, first.key), &pages, &mut Notes::default())
        .await;
    assert!(
        matches!(rival, Answer::Refused { .. }),
        "one takes its place, not two: {rival:?}"
    );
    let late = client
        .hand_in(&revision(3, second.key), &pages, &mut Notes::default())
        .await;
    assert!(
        matches!(late, Answer::Refused { .. }),
        "what was received is not replaced: {late:?}"
    );

    let all = stand_in.admin("dossiers").await;
    let with_code: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["code"].is_string())
        .collect();
    assert_eq!(with_code.len(), 1);
    assert_eq!(with_code[0]["code"], json!(receipt.code));
    assert_eq!(with_code[0]["fields"]["PhienBanHoSo"], 2);
    assert_eq!(with_code[0]["fields"]["ThayChoKhoa"], first.key.to_string());
}
