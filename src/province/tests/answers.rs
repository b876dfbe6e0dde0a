//! Answers that are not what the contract says, and lines that are not lines.

use std::io::{Read as _, Write as _};

use super::{
    odd::{Odd, say},
    *,
};

/// What handing in comes to when every request gets `said`.
async fn all_said(said: String) -> Answer<Receipt> {
    let odd = Odd::start(move |_, _| Some(said.clone()));
    let pages = Pages(vec![bytes(1_000, 30)]);
    client(&odd.base)
        .hand_in(&package(&pages), &pages, &mut Notes::default())
        .await
}

/// What handing in comes to when only the hand-over gets `said`.
async fn at_the_end_said(said: String) -> Answer<Receipt> {
    let odd = Odd::start(move |asked, _| asked.path.ends_with("/hand-over").then(|| said.clone()));
    let pages = Pages(vec![bytes(1_000, 30)]);
    client(&odd.base)
        .hand_in(&package(&pages), &pages, &mut Notes::default())
        .await
}

fn unclear<T>(status: u16) -> Answer<T> {
    Answer::Later {
        wait: None,
        why: Later::Unclear { status },
    }
}

#[tokio::test]
async fn the_page_of_a_captive_portal_is_never_an_answer() {
    let html = "<!DOCTYPE html><html><body>Đăng nhập Wi-Fi</body></html>";
    for (status, code) in [
        ("200 OK", 200),
        ("201 Created", 201),
        ("404 Not Found", 404),
        ("403 Forbidden", 403),
    ] {
        let portal = say(status, &[("Content-Type", "text/html; charset=utf-8")], html);
        assert_eq!(all_said(portal.clone()).await, unclear(code));
        assert_eq!(at_the_end_said(portal.clone()).await, unclear(code));

        let odd = Odd::start(move |_, _| Some(portal.clone()));
        assert_eq!(client(&odd.base).catalogue(None).await, unclear(code));
        assert_eq!(client(&odd.base).state("X-1").await, unclear(code));
    }
    let redirect = say("302 Found", &[("Location", "http://portal.example/")], "");
    assert_eq!(
        all_said(redirect).await,
        Answer::Later {
            wait: None,
            why: Later::Elsewhere
        }
    );
    assert_eq!(
        all_said(say("511 Network Authentication Required", &[], "")).await,
        unclear(511)
    );
}

#[tokio::test]
async fn a_good_status_without_the_right_words_is_no_receipt() {
    let odd_ones = [
        "",
        "{",
        "[]",
        "null",
        "\"MaHoSo\"",
        "{}",
        r#"{"MaHoSo":null}"#,
        r#"{"MaHoSo":""}"#,
        r#"{"MaHoSo":"có dấu"}"#,
        r#"{"MaHoSo":["X-1"]}"#,
        r#"{"error_code":"-1","message":"Lỗi hệ thống"}"#,
        // Somebody else's receipt, from a cache in between.
        r#"{"MaHoSo":"X-1","SoPhieuGui":"K99-000000-0001"}"#,
    ];
    for body in odd_ones {
        assert_eq!(at_the_end_said(say("200 OK", &[], body)).await, unclear(200), "{body}");
        assert_eq!(all_said(say("201 Created", &[], body)).await, unclear(201), "{body}");
    }
}

#[tokio::test]
async fn a_receipt_counts_by_its_code_even_if_the_rest_is_garbled() {
    let said = r#"{"MaHoSo":"000.00.06.H56-231027-0361","NgayTiepNhan":"gestern","TrangThaiHoSo":"99","NgayHenTra":7}"#;
    let code = "000.00.06.H56-231027-0361".to_owned();
    assert_eq!(
        at_the_end_said(say("200 OK", &[], said)).await,
        Answer::Received(Receipt {
            code,
            received_at: None,
            status: DossierStatus::New,
            due_at: None
        })
    );
}

#[tokio::test]
async fn clear_refusals_go_to_staff_and_passing_troubles_do_not() {
    let problem = r#"{"title":"Sai","detail":"Vì\u0007 sai\nrồi \u202eabc"}"#;
    for status in [
        "400 X", "401 X", "403 X", "404 X", "405 X", "410 X", "412 X", "415 X", "422 X",
    ] {
        let words = "Sai: Vì sai rồi abc".to_owned();
        assert_eq!(
            all_said(say(status, &[], problem)).await,
            Answer::Refused { words: words.clone() },
            "{status}"
        );
        assert_eq!(
            at_the_end_said(say(status, &[], problem)).await,
            Answer::Refused { words },
            "{status}"
        );
    }
    for code in [408, 409, 423, 425, 429, 500, 501, 502, 503, 504, 507] {
        let busy = Answer::Later {
            wait: None,
            why: Later::Busy { status: code },
        };
        assert_eq!(all_said(say(&format!("{code} X"), &[], problem)).await, busy, "{code}");
        assert_eq!(
            at_the_end_said(say(&format!("{code} X"), &[], problem)).await,
            busy,
            "{code}"
        );
    }
}

#[tokio::test]
async fn the_words_of_a_refusal_are_short_and_never_empty() {
    let long = json!({ "title": "Đ".repeat(3_000) }).to_string();
    let Answer::Refused { words } = all_said(say("400 X", &[], &long)).await else {
        panic!("not refused")
    };
    assert_eq!(words.chars().count(), 501);
    assert!(words.ends_with('…'));

    let bare = Answer::Refused {
        words: "Hệ thống của tỉnh không nhận (mã 403).".to_owned(),
    };
    assert_eq!(all_said(say("403 Forbidden", &[], "")).await, bare);
    let plain = Answer::Refused {
        words: "Bad key".to_owned(),
    };
    assert_eq!(
        all_said(say("400 X", &[("Content-Type", "text/plain")], "Bad key\n")).await,
        plain
    );
}

#[tokio::test]
async fn what_is_there_already_is_received() {
    for (status, body) in [
        ("409 Conflict", r#"{"title":"Hồ sơ đã tồn tại"}"#),
        (
            "400 Bad Request",
            r#"{"error_code":"1","message":"Hồ sơ ĐÃ TỒN TẠI trên hệ thống"}"#,
        ),
        ("200 OK", r#"{"error_code":"-1","message":"ho so da ton tai"}"#),
        (
            "409 Conflict",
            "{\"detail\":\"\u{111}a\u{303} to\u{302}\u{300}n ta\u{323}i\"}",
        ),
    ] {
        let odd = Odd::start(move |asked, _| (asked.path == "/v1/dossiers").then(|| say(status, &[], body)));
        let pages = Pages(vec![bytes(1_000, 30)]);
        let answer = client(&odd.base)
            .hand_in(&package(&pages), &pages, &mut Notes::default())
            .await;
        assert!(
            matches!(&answer, Answer::Received(receipt) if receipt.code == "X-1"),
            "{body}: {answer:?}"
        );
    }

    let other = r#"{"title":"Khóa đã tồn tại với nội dung khác"}"#;
    assert!(matches!(
        all_said(say("422 X", &[], other)).await,
        Answer::Refused { .. }
    ));
}

#[tokio::test]
async fn retry_after_is_read_as_seconds_or_as_a_date_and_has_an_end() {
    let wait_of = async |value: &str| {
        let answer = all_said(say("503 Service Unavailable", &[("Retry-After", value)], "")).await;
        let Answer::Later { wait, why } = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(why, Later::Busy { status: 503 });
        wait
    };
    assert_eq!(wait_of("17").await, Some(Duration::from_secs(17)));
    assert_eq!(wait_of("99999999999").await, Some(Duration::from_secs(3600)));
    assert_eq!(wait_of("Sun, 06 Nov 1994 08:49:37 GMT").await, Some(Duration::ZERO));
    assert_eq!(
        wait_of("Fri, 31 Dec 2100 23:59:59 GMT").await,
        Some(Duration::from_secs(3600))
    );
    assert_eq!(wait_of("soon").await, None);
    assert_eq!(wait_of("-5").await, None);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_it() {
    // As told beforehand, and as it comes.
    let told = "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{".to_owned();
    assert_eq!(all_said(told).await, unclear(200));
    let endless = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
        "{\"a\":".repeat(200_000)
    );
    assert_eq!(all_said(endless).await, unclear(200));
}

#[tokio::test]
async fn an_answer_cut_in_the_middle_is_no_answer() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"MaHoSo\":\"X-1\"".to_owned();
    assert_eq!(
        at_the_end_said(cut).await,
        Answer::Later {
            wait: None,
            why: Later::Broken
        }
    );
    let broken = Answer::Later {
        wait: None,
        why: Later::Broken,
    };
    assert_eq!(all_said("SSH-2.0-OpenSSH_9.9\r\n".to_owned()).await, broken);
    assert_eq!(all_said(String::new()).await, broken);
}

#[tokio::test]
async fn a_server_that_says_nothing_or_drips_is_left_in_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            // Every second one drips for ever, the others are silent.
            std::thread::spawn(move || {
                stream.read_exact(&mut [0; 16]).ok();
                if n % 2 == 1 {
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
                        .ok();
                    while stream.write_all(b"{").is_ok() {
                        std::thread::sleep(Duration::from_millis(20));
                    }
                }
                std::thread::park();
            });
        }
    });

    let quick = Duration::from_millis(400);
    let patience = Patience {
        connect: quick,
        stall: quick,
        answer: quick,
        whole_answer: quick,
    };
    let client = client_with(&base, patience);
    for _ in 0..2 {
        let start = std::time::Instant::now();
        assert_eq!(
            client.catalogue(None).await,
            Answer::Later {
                wait: None,
                why: Later::TooSlow
            }
        );
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a_catalogue_with_some_odd_procedures_still_offers_the_others() {
    let mut bent = ::province::sample_catalogue().unwrap();
    bent["DanhSachTTHC"].as_array_mut().unwrap().truncate(6);
    bent["DanhSachTTHC"][0]["MaTTHC"] = json!("../etc");
    bent["DanhSachTTHC"][1]["DanhSachThanhPhanHoSo"][0]["LoaiBan"] = json!("ban-khac");
    bent["DanhSachTTHC"][2]["MucDo"] = json!("muc-7");
    bent["DanhSachTTHC"][3] = json!(7);
    bent["DanhSachTTHC"][4]["MoiTruong"] = json!("a field of tomorrow");
    let text = bent.to_string();
    let odd = Odd::start(move |_, _| Some(say("200 OK", &[], &text)));
    let Answer::Received(CatalogueNews::Fresh { etag: None, catalogue }) = client(&odd.base).catalogue(None).await
    else {
        panic!("no catalogue");
    };
    let codes: Vec<_> = catalogue
        .procedures()
        .iter()
        .map(|procedure| procedure.code.as_str())
        .collect();
    assert_eq!(codes, ["1.001776", "1.001612"]);

    let odd = Odd::start(|_, _| Some(say("200 OK", &[], r#"{"DanhSachTTHC":[1,2]}"#)));
    assert_eq!(client(&odd.base).catalogue(None).await, unclear(200));
    let odd = Odd::start(|_, _| Some(say("304 Not Modified", &[], "")));
    assert_eq!(client(&odd.base).catalogue(None).await, unclear(304));
}

#[tokio::test]
async fn a_catalogue_with_a_form_that_does_not_hold_is_refused_whole_and_the_place_is_named() {
    let question =
        |tree: &mut Value, name: &str, value: Value| tree["DanhSachTTHC"][1]["DanhSachCauHoi"][0][name] = value;
    for (name, value) in [("Kieu", json!("ve-tranh")), ("LuaChon", json!([]))] {
        let mut bent = ::province::sample_catalogue().unwrap();
        let id = bent["DanhSachTTHC"][1]["DanhSachCauHoi"][0]["MaCauHoi"]
            .as_str()
            .unwrap()
            .to_owned();
        question(&mut bent, name, value);
        let text = bent.to_string();
        let odd = Odd::start(move |_, _| Some(say("200 OK", &[], &text)));
        let Answer::Received(CatalogueNews::Faulty { place }) = client(&odd.base).catalogue(None).await else {
            panic!("taken");
        };
        assert!(place.contains("2.000635") && place.contains(&id), "{place}");
    }
}

#[tokio::test]
async fn who_is_asked_for_by_code_is_asked_for_by_all_of_it() {
    let odd = Odd::start(|_, _| Some(say("404 Not Found", &[], r#"{"title":"Không tìm thấy"}"#)));
    assert_eq!(
        client(&odd.base).state("../admin/dossiers?x#y").await,
        Answer::Received(None)
    );
    assert_eq!(
        odd.has.lock().unwrap().log,
        ["GET /v1/dossiers/..%2Fadmin%2Fdossiers%3Fx%23y"]
    );
}

#[tokio::test]
async fn nobody_there_and_no_tls_are_told_apart() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = listener.local_addr().unwrap();
    drop(listener);
    let nobody = client(&format!("http://{free}")).catalogue(None).await;
    assert_eq!(
        nobody,
        Answer::Later {
            wait: None,
            why: Later::Unreachable
        }
    );

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let plain = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
        }
    });
    let connection = Connection {
        base: format!("https://{plain}"),
        identity: None,
        authorities: None,
        patience: PATIENCE,
    };
    let no_tls = HttpProvince::new(&connection).unwrap().catalogue(None).await;
    assert_eq!(
        no_tls,
        Answer::Later {
            wait: None,
            why: Later::Untrusted
        }
    );
}

#[test]
fn an_address_that_is_no_province_is_a_mistake_of_the_configuration() {
    for base in [
        "",
        "tinh.example",
        "ftp://tinh.example",
        "https://a:b@tinh.example",
        "https://tinh.example/?a=b",
    ] {
        let connection = Connection {
            base: base.to_owned(),
            identity: None,
            authorities: None,
            patience: Patience::FIELD,
        };
        assert!(
            matches!(HttpProvince::new(&connection), Err(ConnectionError::Address(_))),
            "{base}"
        );
    }
}
