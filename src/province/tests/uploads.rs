//! Servers that keep to tus 1.0 in ways of their own, and some that do not.

use super::{
    odd::{Odd, say, usual},
    *,
};

const SIZE: usize = 150_000;

async fn hand_in(odd: &Odd, notes: &mut Notes) -> Answer<String> {
    let pages = Pages(vec![bytes(SIZE, 20)]);
    let answer = client(&odd.base).hand_in(&package(&pages), &pages, notes).await;
    match answer {
        Answer::Received(receipt) => Answer::Received(receipt.code),
        Answer::Later { wait, why } => Answer::Later { wait, why },
        Answer::Refused { words } => Answer::Refused { words },
    }
}

fn received() -> Answer<String> {
    Answer::Received("X-1".to_owned())
}

fn later(why: Later) -> Answer<String> {
    Answer::Later { wait: None, why }
}

#[tokio::test]
async fn a_server_may_take_fewer_bytes_than_were_sent() {
    let odd = Odd::start(|asked, has| {
        let (bytes, _) = has.upload(asked).filter(|_| asked.method == "PATCH")?;
        let taken = asked.body.len().min(40_000);
        bytes.extend_from_slice(&asked.body[..taken]);
        Some(say(
            "204 No Content",
            &[("Upload-Offset", &bytes.len().to_string())],
            "",
        ))
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, received());
    assert_eq!(odd.whole(0), bytes(SIZE, 20));
}

#[tokio::test]
async fn an_absolute_upload_address_on_the_same_origin_is_used_and_kept() {
    let odd = Odd::start(|asked, has| {
        if !asked.is("POST", "/v1/files") {
            return None;
        }
        usual(asked, has);
        let location = format!("http://{}/u/0", asked.headers["host"]);
        Some(say("201 Created", &[("Location", &location)], ""))
    });
    let mut notes = Notes::default();
    assert_eq!(hand_in(&odd, &mut notes).await, received());
    assert_eq!(notes.0[&0], format!("{}/u/0", odd.base));
    assert_eq!(odd.whole(0), bytes(SIZE, 20));
}

#[tokio::test]
async fn a_relative_upload_address_is_taken_from_where_it_was_given() {
    let odd = Odd::start(|asked, has| {
        if asked.is("POST", "/v1/files") {
            usual(asked, has);
            return Some(say("201 Created", &[("Location", "files/../../u/0")], ""));
        }
        None
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, received());
    assert_eq!(odd.whole(0), bytes(SIZE, 20));
}

#[tokio::test]
async fn papers_are_never_sent_to_another_place() {
    let elsewhere = Odd::start(|_, _| None);
    let port = elsewhere.base.rsplit(':').next().unwrap().to_owned();
    let places = [
        elsewhere.base.clone(),
        format!("http://localhost:{port}"),
        format!("//127.0.0.1:{port}"),
        "https://127.0.0.1".to_owned(),
        "http://user:password@127.0.0.1".to_owned(),
        "file:///etc".to_owned(),
    ];
    for place in places {
        let location = format!("{place}/u/0");
        let odd = Odd::start(move |asked, has| {
            has.uploads.push(Some((Vec::new(), SIZE)));
            asked
                .is("POST", "/v1/files")
                .then(|| say("201 Created", &[("Location", &location)], ""))
        });
        let mut notes = Notes::default();
        assert_eq!(hand_in(&odd, &mut notes).await, later(Later::Elsewhere), "{place}");
        assert!(notes.0.is_empty());
    }

    // A redirect of the bytes themselves is not followed either.
    let location = format!("{}/u/0", elsewhere.base);
    let odd = Odd::start(move |asked, _| {
        (asked.method == "PATCH").then(|| say("307 Temporary Redirect", &[("Location", &location)], ""))
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, later(Later::Elsewhere));
    assert!(elsewhere.has.lock().unwrap().log.is_empty());
}

#[tokio::test]
async fn a_creation_without_a_usable_address_is_unclear() {
    for headers in [vec![], vec![("Location", "")], vec![("Location", "http://[")]] {
        let odd = Odd::start(move |asked, _| asked.is("POST", "/v1/files").then(|| say("201 Created", &headers, "")));
        assert_eq!(
            hand_in(&odd, &mut Notes::default()).await,
            later(Later::Unclear { status: 201 })
        );
    }
}

#[tokio::test]
async fn an_upload_goes_on_where_the_server_says_behind_or_ahead() {
    for there in [0, 1, 64_000, SIZE - 1, SIZE] {
        let odd = Odd::start(|_, _| None);
        odd.has
            .lock()
            .unwrap()
            .uploads
            .push(Some((bytes(SIZE, 20)[..there].to_vec(), SIZE)));
        let mut notes = Notes(HashMap::from([(0, format!("{}/u/0", odd.base))]));
        assert_eq!(hand_in(&odd, &mut notes).await, received(), "{there} bytes there");
        assert_eq!(odd.whole(0), bytes(SIZE, 20));
        assert_eq!(odd.has.lock().unwrap().count("POST /v1/files"), 0);
    }
}

#[tokio::test]
async fn an_offset_conflict_is_settled_by_asking() {
    let mut conflicts = 0;
    let odd = Odd::start(move |asked, has| {
        let (bytes, _) = has.upload(asked).filter(|_| asked.method == "PATCH" && conflicts < 2)?;
        conflicts += 1;
        // It has taken some of it all the same.
        bytes.extend_from_slice(&asked.body[..10_000]);
        Some(say("409 Conflict", &[], ""))
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, received());
    assert_eq!(odd.whole(0), bytes(SIZE, 20));
}

#[tokio::test]
async fn missing_garbled_or_impossible_offsets_are_settled_by_asking() {
    for said in [
        None,
        Some("many"),
        Some("-1"),
        Some("+7"),
        Some("0"),
        Some("99999999"),
        Some("18446744073709551616"),
    ] {
        let mut odd_ones = 0;
        let odd = Odd::start(move |asked, has| {
            if asked.method != "PATCH" || odd_ones == 3 {
                return None;
            }
            odd_ones += 1;
            usual(asked, has);
            let headers: Vec<_> = said.iter().map(|said| ("Upload-Offset", *said)).collect();
            Some(say("204 No Content", &headers, ""))
        });
        assert_eq!(hand_in(&odd, &mut Notes::default()).await, received(), "{said:?}");
        assert_eq!(odd.whole(0), bytes(SIZE, 20));
    }
}

#[tokio::test]
async fn an_upload_that_is_gone_begins_anew() {
    for gone in ["403 Forbidden", "404 Not Found", "410 Gone"] {
        // Gone when asked for after a restart.
        let odd = Odd::start(move |asked, _| asked.is("HEAD", "/u/9").then(|| say(gone, &[], "")));
        let mut notes = Notes(HashMap::from([(0, format!("{}/u/9", odd.base))]));
        assert_eq!(hand_in(&odd, &mut notes).await, received(), "{gone}");
        assert_eq!(odd.whole(0), bytes(SIZE, 20));
        assert_eq!(notes.0[&0], format!("{}/u/0", odd.base));

        // Gone in the middle.
        let odd = Odd::start(move |asked, _| asked.is("PATCH", "/u/0").then(|| say(gone, &[], "")));
        assert_eq!(hand_in(&odd, &mut Notes::default()).await, received(), "{gone}");
        assert_eq!(odd.whole(1), bytes(SIZE, 20));
    }
}

#[tokio::test]
async fn an_upload_that_is_always_gone_is_given_a_rest() {
    let odd = Odd::start(|asked, _| (asked.method == "PATCH").then(|| say("404 Not Found", &[], "")));
    assert_eq!(
        hand_in(&odd, &mut Notes::default()).await,
        later(Later::Unclear { status: 404 })
    );
    assert!(odd.has.lock().unwrap().count("PATCH") <= 4);
}

#[tokio::test]
async fn an_upload_longer_than_our_file_is_not_ours() {
    for (bytes_there, length) in [(SIZE + 1, SIZE + 1), (10, SIZE + 5)] {
        let odd = Odd::start(|_, _| None);
        odd.has
            .lock()
            .unwrap()
            .uploads
            .push(Some((bytes(bytes_there, 1), length)));
        let mut notes = Notes(HashMap::from([(0, format!("{}/u/0", odd.base))]));
        assert_eq!(hand_in(&odd, &mut notes).await, received());
        assert_eq!(odd.whole(1), bytes(SIZE, 20));
        assert_eq!(odd.has.lock().unwrap().count("DELETE /u/0"), 1);
    }
}

#[tokio::test]
async fn a_kept_address_of_another_province_is_not_asked() {
    let old = Odd::start(|_, _| None);
    let odd = Odd::start(|_, _| None);
    let mut notes = Notes(HashMap::from([(0, format!("{}/u/0", old.base))]));
    assert_eq!(hand_in(&odd, &mut notes).await, received());
    assert!(old.has.lock().unwrap().log.is_empty());
}

#[tokio::test]
async fn a_locked_upload_waits() {
    let odd = Odd::start(|asked, _| (asked.method == "HEAD").then(|| say("423 Locked", &[("Retry-After", "7")], "")));
    let mut notes = Notes(HashMap::from([(0, format!("{}/u/0", odd.base))]));
    let wait = Some(Duration::from_secs(7));
    assert_eq!(
        hand_in(&odd, &mut notes).await,
        Answer::Later {
            wait,
            why: Later::Busy { status: 423 }
        }
    );
    assert_eq!(notes.0.len(), 1, "the address is kept");
}

#[tokio::test]
async fn a_request_that_is_too_long_is_followed_by_shorter_ones() {
    let odd = Odd::start(|asked, _| {
        (asked.method == "PATCH" && asked.body.len() > 70_000).then(|| say("413 Content Too Large", &[], "<html>"))
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, received());
    assert_eq!(odd.whole(0), bytes(SIZE, 20));
}

#[tokio::test]
async fn a_file_that_is_too_long_is_refused_in_the_provinces_words() {
    let odd = Odd::start(|asked, _| {
        let problem = r#"{"title":"Tệp quá lớn","detail":"Tối đa 100 kB"}"#;
        asked
            .is("POST", "/v1/files")
            .then(|| say("413 Content Too Large", &[("Tus-Max-Size", "100000")], problem))
    });
    let words = "Tệp quá lớn: Tối đa 100 kB".to_owned();
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, Answer::Refused { words });
}

#[tokio::test]
async fn a_piece_with_a_wrong_checksum_is_sent_again() {
    let mut broken = 0;
    let odd = Odd::start(move |asked, _| {
        broken += usize::from(asked.method == "PATCH");
        (asked.method == "PATCH" && broken < 3).then(|| say("460 Checksum Mismatch", &[], ""))
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, received());
    assert_eq!(odd.whole(0), bytes(SIZE, 20));
}

#[tokio::test]
async fn a_server_that_takes_nothing_is_left_alone_for_a_while() {
    let odd =
        Odd::start(|asked, _| (asked.method == "PATCH").then(|| say("204 No Content", &[("Upload-Offset", "0")], "")));
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, later(Later::Stuck));
    assert!(odd.has.lock().unwrap().count("PATCH") <= 4);
}

#[tokio::test]
async fn a_file_that_is_there_already_is_not_sent_again() {
    let odd = Odd::start(|asked, _| {
        asked
            .is("POST", "/v1/files")
            .then(|| say("409 Conflict", &[], r#"{"title":"Tệp Đã Tồn Tại"}"#))
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, received());
    assert_eq!(odd.has.lock().unwrap().count("PATCH"), 0);
}

#[tokio::test]
async fn files_that_the_hand_over_misses_are_sent_again() {
    let mut asked_for = 0;
    let odd = Odd::start(move |asked, _| {
        asked_for += usize::from(asked.path.ends_with("/hand-over"));
        let problem = r#"{"title":"Thiếu tệp","ThieuTep":["to-khai-1.pdf"]}"#;
        (asked.path.ends_with("/hand-over") && asked_for < 2).then(|| say("409 Conflict", &[], problem))
    });
    assert_eq!(hand_in(&odd, &mut Notes::default()).await, received());
    assert_eq!(odd.whole(1), bytes(SIZE, 20));

    let odd = Odd::start(|asked, _| {
        let problem = r#"{"title":"Thiếu tệp","ThieuTep":["to-khai-1.pdf"]}"#;
        asked
            .path
            .ends_with("/hand-over")
            .then(|| say("409 Conflict", &[], problem))
    });
    assert_eq!(
        hand_in(&odd, &mut Notes::default()).await,
        later(Later::Busy { status: 409 })
    );
    assert_eq!(odd.has.lock().unwrap().count("POST /v1/files"), 3);
}

#[tokio::test]
async fn a_store_that_cannot_keep_the_address_gets_no_byte_sent() {
    struct Full;
    impl Ledger for Full {
        fn upload_url(&mut self, _: usize) -> io::Result<Option<String>> {
            Ok(None)
        }
        fn keep_upload_url(&mut self, _: usize, _: &str) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn forget_upload_url(&mut self, _: usize) -> io::Result<()> {
            Ok(())
        }
    }
    let odd = Odd::start(|_, _| None);
    let pages = Pages(vec![bytes(SIZE, 20)]);
    let answer = client(&odd.base).hand_in(&package(&pages), &pages, &mut Full).await;
    assert_eq!(
        answer,
        Answer::Later {
            wait: None,
            why: Later::LedgerBroken
        }
    );
    let has = odd.has.lock().unwrap();
    assert_eq!((has.count("PATCH"), has.count("DELETE")), (0, 1));
}

#[tokio::test]
async fn a_proxy_that_keeps_nothing_of_a_long_request_cannot_hold_a_file_up_for_ever() {
    let odd = Odd::start(|asked, _| (asked.method == "PATCH" && asked.body.len() > 70_000).then(String::new));
    let pages = Pages(vec![bytes(1_000_000, 20)]);
    let client = client(&odd.base);
    let receipt = until_received(&client, &package(&pages), &pages, &mut Notes::default()).await;
    assert_eq!(receipt.code, "X-1");
    assert_eq!(odd.whole(0), bytes(1_000_000, 20));
    assert!(odd.has.lock().unwrap().count("PATCH") < 40);
}
