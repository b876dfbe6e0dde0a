//! Against the stand-in, whole and broken on order.

use super::*;
use crate::{
    form::{DatePrecision, QuestionKind},
    procedure::PageCount,
};

#[tokio::test]
async fn the_catalogue_comes_once_and_then_only_when_it_has_changed() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());

    let Answer::Received(CatalogueNews::Fresh {
        etag: Some(etag),
        catalogue,
    }) = client.catalogue(None).await
    else {
        panic!("no catalogue");
    };
    // None of the samples is left out.
    let samples = ::province::sample_catalogue().unwrap();
    let count = |name: &str| samples[name].as_array().unwrap().len();
    assert_eq!(catalogue.procedures().len(), count("DanhSachTTHC"));
    assert_eq!(catalogue.events().len(), count("DanhSachSuKien"));
    let card = catalogue.procedure(&"2.001159".parse().unwrap()).unwrap();
    let elsewhere = card.elsewhere.as_ref().unwrap();
    assert_eq!(
        (elsewhere.counter.as_str(), elsewhere.series),
        ("3", Some('F'.try_into().unwrap()))
    );
    let copies = catalogue.procedure(&"2.000635".parse().unwrap()).unwrap();
    assert_eq!(copies.fee_dong(), 8_000);
    assert_eq!(copies.name.en.as_deref(), Some("Get a copy of a civil status record"));
    assert_eq!(copies.papers.len(), 1);
    assert_eq!(copies.papers[0].pages, PageCount::Any);
    let dated = QuestionKind::Date {
        earliest: Some(crate::form::DateBound::On("1900-01-01".parse().unwrap())),
        latest: Some(crate::form::DateBound::Today),
        precision: DatePrecision::Year,
    };
    assert_eq!(copies.question("NgayDangKy").unwrap().kind, dated);

    assert_eq!(
        client.catalogue(Some(&etag)).await,
        Answer::Received(CatalogueNews::NotModified)
    );
    assert!(matches!(
        client.catalogue(Some("\"another\"")).await,
        Answer::Received(CatalogueNews::Fresh { .. })
    ));
}

#[tokio::test]
async fn a_dossier_is_received_with_a_code_and_can_be_followed() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(300_000, 1), Vec::new(), bytes(70_001, 2)]);
    let package = package(&pages);

    assert_eq!(client.state(&package.slip).await, Answer::Received(None));
    let receipt = until_received(&client, &package, &pages, &mut Notes::default()).await;
    assert!(
        receipt.code.starts_with("000.00.99.H44-") && receipt.code.ends_with("-0001"),
        "{}",
        receipt.code
    );
    assert_eq!(receipt.status, DossierStatus::New);
    assert!(receipt.received_at.is_some());
    stand_in.has_exactly(&package, &receipt.code).await;

    let path = format!("dossiers/{}/state", receipt.code);
    stand_in
        .post(&path, json!({ "state": 5, "note": "Bổ sung chữ ký" }))
        .await;
    for name in [&receipt.code, &package.slip] {
        let Answer::Received(Some(state)) = client.state(name).await else {
            panic!("unknown")
        };
        assert_eq!(state.status, DossierStatus::MoreWanted);
        assert_eq!(state.code.as_ref(), Some(&receipt.code));
        assert_eq!(state.handed_in_at, Some(package.sealed_at));
        assert_eq!(state.steps.len(), 2);
        assert_eq!(state.steps[1].note, "Bổ sung chữ ký");
    }
}

#[tokio::test]
async fn handing_in_again_gives_the_same_receipt_and_no_second_dossier() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(10_000, 3)]);
    let package = package(&pages);

    let mut notes = Notes::default();
    let first = until_received(&client, &package, &pages, &mut notes).await;
    let again = until_received(&client, &package, &pages, &mut notes).await;
    let forgotten = until_received(&client, &package, &pages, &mut Notes::default()).await;
    assert_eq!(first, again);
    assert_eq!(first, forgotten);
    stand_in.has_exactly(&package, &first.code).await;
}

#[tokio::test]
async fn a_changed_dossier_under_a_used_key_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(1_000, 3)]);
    let mut package = package(&pages);
    until_received(&client, &package, &pages, &mut Notes::default()).await;

    package.applicant.phone = Some("0900000002".to_owned());
    let Answer::Refused { words } = client.hand_in(&package, &pages, &mut Notes::default()).await else {
        panic!("not refused");
    };
    assert!(words.contains("nội dung khác"), "{words}");
}

#[tokio::test]
async fn a_cut_at_any_byte_of_an_upload_loses_and_doubles_nothing() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let size: usize = 200_000;
    let pages = Pages(vec![bytes(size, 4)]);

    let mut offsets = vec![0, 1, 15, 16_383, 65_535, 65_536, 65_537, 131_072, size - 1, size];
    offsets.extend((1..20).map(|n| n * size / 20 + n));
    let mut before = 0;
    for offset in offsets {
        let package = package(&pages);
        // A client of its own each time: the pace it has learned must not help.
        let client = client(&stand_in.base());
        stand_in
            .fault(json!({ "mode": "drop-connection", "count": 3, "after_bytes": offset }))
            .await;
        let mut notes = Notes::default();
        let receipt = until_received(&client, &package, &pages, &mut notes).await;

        let hits = stand_in.admin("faults").await["hits"].as_u64().unwrap();
        assert!(hits >= 1, "cut at {offset} of {size} did not happen");
        let all = stand_in.admin("dossiers").await;
        let all = all.as_array().unwrap();
        let with_code: Vec<_> = all.iter().filter(|dossier| dossier["code"] == receipt.code).collect();
        before += 1;
        assert_eq!((all.len(), with_code.len()), (before, 1), "cut at {offset}");
        assert_eq!(
            with_code[0]["files"][0]["sha256"],
            wire::hex(&package.files[0].sha256),
            "cut at {offset}"
        );
        assert_eq!(with_code[0]["files"].as_array().unwrap().len(), 1, "cut at {offset}");
    }
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart_of_both_sides() {
    let data = tempfile::tempdir().unwrap();
    let mut stand_in = StandIn::start(data.path());
    let address = stand_in.address;
    let pages = Pages(vec![bytes(400_000, 5)]);
    let package = package(&pages);

    stand_in
        .fault(json!({ "mode": "drop-connection", "count": 1, "after_bytes": 300_000 }))
        .await;
    let mut notes = Notes::default();
    let cut = client(&stand_in.base()).hand_in(&package, &pages, &mut notes).await;
    assert!(matches!(cut, Answer::Later { .. }), "{cut:?}");
    let kept = notes.0[&0].clone();

    drop(stand_in);
    let off = client(&format!("http://{address}"))
        .hand_in(&package, &pages, &mut notes)
        .await;
    assert_eq!(
        off,
        Answer::Later {
            wait: None,
            why: Later::Unreachable
        }
    );

    stand_in = StandIn::start_at(data.path(), address);
    // The bytes before the cut are never read again.
    struct OnlyTheRest(Pages);
    impl FileSource for OnlyTheRest {
        fn read(&self, file: usize, offset: u64, length: usize) -> io::Result<Vec<u8>> {
            assert!(offset >= 300_000, "sent again from {offset}");
            self.0.read(file, offset, length)
        }
    }
    let rest = OnlyTheRest(Pages(pages.0.clone()));
    let received = client(&stand_in.base()).hand_in(&package, &rest, &mut notes).await;
    let Answer::Received(receipt) = received else {
        panic!("{received:?}")
    };
    assert_eq!(notes.0[&0], kept);
    stand_in.has_exactly(&package, &receipt.code).await;
}

#[tokio::test]
async fn an_upload_that_has_expired_begins_anew() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(400_000, 6)]);
    let package = package(&pages);

    stand_in
        .fault(json!({ "mode": "drop-connection", "count": 1, "after_bytes": 100_000 }))
        .await;
    let mut notes = Notes::default();
    assert!(matches!(
        client.hand_in(&package, &pages, &mut notes).await,
        Answer::Later { .. }
    ));
    let expired = stand_in
        .post(&format!("dossiers/{}/expire-uploads", package.key), json!({}))
        .await;
    assert_eq!(expired["expired"], 1);

    let receipt = until_received(&client, &package, &pages, &mut notes).await;
    stand_in.has_exactly(&package, &receipt.code).await;
}

#[tokio::test]
async fn a_lost_answer_at_any_step_ends_in_one_dossier() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(30_000, 7), bytes(40_000, 8)]);
    let package = package(&pages);

    stand_in.fault(json!({ "mode": "lose-answer", "count": 8 })).await;
    let mut notes = Notes::default();
    let receipt = until_received(&client, &package, &pages, &mut notes).await;
    assert_eq!(stand_in.admin("faults").await["hits"], 8);
    stand_in.has_exactly(&package, &receipt.code).await;
}

#[tokio::test]
async fn a_busy_province_says_when_to_come_back() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(300_000, 9)]);
    let package = package(&pages);

    stand_in.fault(json!({ "mode": "busy" })).await;
    let busy = client.hand_in(&package, &pages, &mut Notes::default()).await;
    assert_eq!(
        busy,
        Answer::Later {
            wait: Some(Duration::from_secs(1)),
            why: Later::Busy { status: 503 }
        }
    );
    stand_in.fault(json!({ "mode": null })).await;
    let receipt = until_received(&client, &package, &pages, &mut Notes::default()).await;
    stand_in.has_exactly(&package, &receipt.code).await;
}

#[tokio::test]
async fn a_refusal_brings_the_words_of_the_province() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(1_000, 9)]);

    stand_in.fault(json!({ "mode": "refuse", "count": 1 })).await;
    let package = package(&pages);
    let refused = client.hand_in(&package, &pages, &mut Notes::default()).await;
    let Answer::Refused { words } = refused else {
        panic!("{refused:?}")
    };
    assert!(
        words.starts_with("Hồ sơ bị từ chối: Thủ tục này tạm dừng tiếp nhận"),
        "{words}"
    );
}

#[tokio::test]
async fn a_slow_province_is_waited_for() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(300_000, 10)]);
    let package = package(&pages);

    stand_in.fault(json!({ "mode": "slow" })).await;
    let received = client.hand_in(&package, &pages, &mut Notes::default()).await;
    let Answer::Received(receipt) = received else {
        panic!("{received:?}")
    };
    stand_in.has_exactly(&package, &receipt.code).await;
}

#[tokio::test]
async fn a_file_that_is_not_what_was_sealed_is_refused_and_not_sent_for_ever() {
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let package = package(&Pages(vec![bytes(100_000, 11)]));

    let rotten = Pages(vec![bytes(100_000, 12)]);
    let mut notes = Notes::default();
    let refused = client.hand_in(&package, &rotten, &mut notes).await;
    let Answer::Refused { words } = refused else {
        panic!("{refused:?}")
    };
    assert!(words.contains("không khớp mã băm"), "{words}");
    assert!(notes.0.is_empty());
    assert_eq!(stand_in.admin("dossiers").await[0]["files"], json!([]));
}

#[tokio::test]
async fn pages_that_cannot_be_read_are_our_trouble_and_not_the_provinces() {
    struct Broken;
    impl FileSource for Broken {
        fn read(&self, _: usize, _: u64, _: usize) -> io::Result<Vec<u8>> {
            Err(io::ErrorKind::InvalidData.into())
        }
    }
    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let package = package(&Pages(vec![bytes(100_000, 11)]));
    let answer = client(&stand_in.base())
        .hand_in(&package, &Broken, &mut Notes::default())
        .await;
    assert_eq!(
        answer,
        Answer::Later {
            wait: None,
            why: Later::PagesUnreadable
        }
    );
}
