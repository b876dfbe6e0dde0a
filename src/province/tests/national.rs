//! The second tongue against a stand-in of its own, with its faults.

use zeroize::Zeroizing;

use super::*;

/// The stand-in of the national exchange, on a runtime of its own.
struct Exchange {
    address: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Exchange {
    fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            province::national::serve(listener).await.unwrap();
        });
        Self {
            address,
            runtime: Some(runtime),
        }
    }

    fn client(&self) -> HttpProvince {
        self.client_as(province::national::PASSWORD)
    }

    fn client_as(&self, password: &str) -> HttpProvince {
        HttpProvince::national(&self.connection(), self.peer(password)).unwrap()
    }

    fn connection(&self) -> Connection {
        Connection {
            base: format!("http://{}", self.address),
            identity: None,
            authorities: None,
            patience: PATIENCE,
        }
    }

    fn peer(&self, password: &str) -> NationalPeer {
        NationalPeer {
            login: "mapi/login".to_owned(),
            services: "mapi/g".to_owned(),
            files: format!("http://{}/files", self.address),
            unit: province::national::UNIT.to_owned(),
            user: province::national::USER.to_owned(),
            password: Zeroizing::new(password.to_owned()),
            procedures: vec![
                "1.001776".parse().unwrap(),
                "1.001193".parse().unwrap(),
                "9.999999".parse().unwrap(),
            ],
        }
    }

    async fn fault(&self, mode: &str, count: u32) {
        self.fault_after(0, mode, count).await;
    }

    async fn fault_after(&self, after: u32, mode: &str, count: u32) {
        let body = json!({ "mode": mode, "after": after, "count": count }).to_string();
        let request = StandIn::http().post(format!("http://{}/admin/faults", self.address));
        assert!(request.body(body).send().await.unwrap().status().is_success());
    }

    async fn state(&self) -> Value {
        let request = StandIn::http().get(format!("http://{}/admin/state", self.address));
        request.send().await.unwrap().json().await.unwrap()
    }

    /// One dossier, its first station, its files with these hashes.
    async fn has_exactly(&self, package: &Package) {
        let state = self.state().await;
        let dossiers = state["dossiers"].as_array().unwrap();
        assert_eq!(dossiers.len(), 1, "{state:#}");
        assert_eq!(dossiers[0]["steps"].as_array().unwrap().len(), 1, "{state:#}");
        let wanted: Vec<_> = package
            .files
            .iter()
            .map(|file| json!({ "name": file.name, "size": file.size_bytes, "sha256": wire::hex(&file.sha256) }))
            .collect();
        assert_eq!(dossiers[0]["files"], Value::from(wanted));
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[tokio::test]
async fn a_dossier_is_handed_in_and_looked_up_in_the_second_tongue() {
    let exchange = Exchange::start();
    let client = exchange.client();
    let pages = Pages(vec![bytes(300_000, 1), bytes(70_001, 2)]);
    let package = package(&pages);
    let Answer::Received(receipt) = client.hand_in(&package, &pages, &mut Notes::default()).await else {
        panic!();
    };
    exchange.has_exactly(&package).await;
    assert!(receipt.code.starts_with(province::national::UNIT), "{receipt:?}");
    assert_eq!(receipt.status, DossierStatus::New);
    assert!(receipt.received_at.is_some() && receipt.due_at.is_none());

    for asked in [receipt.code.as_str(), package.slip.as_str()] {
        let Answer::Received(Some(state)) = client.state(asked).await else {
            panic!()
        };
        assert_eq!(state.code.as_deref(), Some(receipt.code.as_str()));
        assert_eq!((state.status, state.steps.len()), (DossierStatus::New, 1));
    }
    assert_eq!(client.state("000.00.99.H44-991231-9999").await, Answer::Received(None));

    // What the exchange has no name for is not lost: answers, consent, hashes.
    let state = exchange.state().await;
    let other = state["dossiers"][0]["fields"]["ThongTinKhac"].as_str().unwrap();
    let other: Value = serde_json::from_str(other).unwrap();
    assert_eq!(other["DuLieuBieuMau"]["NhanTien"], "tai-nha");
    assert_eq!(other["DongY"]["PhienBan"], "2026-01");
    assert_eq!(other["TaiLieuNop"][0]["Sha256"], wire::hex(&package.files[0].sha256));
    assert_eq!(state["logins"], 1);
}

#[tokio::test]
async fn whatever_breaks_there_is_one_dossier_in_the_end() {
    for (fault, count) in [
        ("lose-answer", 1),
        ("lose-answer", 2),
        ("lose-answer", 4),
        ("drop-connection", 3),
        ("html", 2),
        ("busy", 2),
        ("session-expired", 1),
        ("slow", 3),
    ] {
        let exchange = Exchange::start();
        let client = exchange.client();
        let pages = Pages(vec![bytes(50_000, 3)]);
        let package = package(&pages);
        let mut notes = Notes::default();
        exchange.fault(fault, count).await;
        until_received(&client, &package, &pages, &mut notes).await;
        exchange.has_exactly(&package).await;
        // Said once more, as after a lost receipt: nothing new.
        until_received(&client, &package, &pages, &mut notes).await;
        exchange.has_exactly(&package).await;
    }
}

#[tokio::test]
async fn a_session_that_ran_out_is_had_again_once() {
    let exchange = Exchange::start();
    let client = exchange.client();
    assert_eq!(client.state("000.00.99.H44-991231-9999").await, Answer::Received(None));
    exchange.fault("session-expired", 1).await;
    assert_eq!(client.state("000.00.99.H44-991231-9999").await, Answer::Received(None));
    assert_eq!(exchange.state().await["logins"], 2);
    // Whoever never gets one that holds does not go on for ever.
    exchange.fault("session-expired", 100).await;
    let answer = client.state("000.00.99.H44-991231-9999").await;
    assert!(
        matches!(
            answer,
            Answer::Later {
                why: Later::Untrusted,
                ..
            }
        ),
        "{answer:?}"
    );
    assert_eq!(exchange.state().await["logins"], 3);
}

#[tokio::test]
async fn a_wrong_password_is_for_the_technician_and_refuses_no_dossier() {
    let exchange = Exchange::start();
    let client = exchange.client_as("another");
    let pages = Pages(vec![]);
    let answer = client.hand_in(&package(&pages), &pages, &mut Notes::default()).await;
    assert!(
        matches!(
            answer,
            Answer::Later {
                why: Later::Untrusted,
                ..
            }
        ),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_busy_answer_to_any_question_of_a_dossier_is_no_end() {
    for after in 0..4 {
        for mode in ["busy", "garbage", "not-found", "html"] {
            let exchange = Exchange::start();
            let client = exchange.client();
            let pages = Pages(vec![bytes(1_000, 3)]);
            let package = package(&pages);
            exchange.fault_after(after, mode, 1).await;
            until_received(&client, &package, &pages, &mut Notes::default()).await;
            exchange.has_exactly(&package).await;
        }
    }
}

#[tokio::test]
async fn an_odd_answer_to_a_look_up_is_unclear_and_not_a_panic() {
    let exchange = Exchange::start();
    let client = exchange.client();
    exchange.fault("garbage", 1).await;
    let answer = client.state("000.00.99.H44-991231-9999").await;
    assert!(matches!(answer, Answer::Later { .. }), "{answer:?}");
    let odd = json!({ "MaHoSo": "H1", "TrangThaiHoSo": "4", "QuaTrinhXuLy": ["x", 7, null] });
    assert_eq!(wire::national::state(&odd)["TienDo"], json!([]));
}

#[tokio::test]
async fn a_wrong_address_refuses_no_dossier() {
    let exchange = Exchange::start();
    let pages = Pages(vec![bytes(10, 1)]);
    for wrong in ["login", "services", "files"] {
        let mut peer = exchange.peer(province::national::PASSWORD);
        match wrong {
            "login" => peer.login = "mapi/nowhere".to_owned(),
            "services" => peer.services = "mapi/nowhere".to_owned(),
            _ => peer.files = format!("http://{}/nowhere", exchange.address),
        }
        let client = HttpProvince::national(&exchange.connection(), peer).unwrap();
        let answer = client.hand_in(&package(&pages), &pages, &mut Notes::default()).await;
        assert!(matches!(answer, Answer::Later { .. }), "{wrong}: {answer:?}");
    }
    let mut peer = exchange.peer(province::national::PASSWORD);
    peer.files = "https://kho.tinh.example/files".to_owned();
    assert!(HttpProvince::national(&exchange.connection(), peer).is_err());
}

#[tokio::test]
async fn another_dossier_under_our_number_is_not_taken_for_ours() {
    let exchange = Exchange::start();
    let client = exchange.client();
    let pages = Pages(vec![bytes(10, 1)]);
    let theirs = package(&pages);
    until_received(&client, &theirs, &pages, &mut Notes::default()).await;
    let mut ours = package(&pages);
    ours.key = Uuid::from_u128(77);
    ours.applicant.id_number = "001099000077".to_owned();
    let answer = client.hand_in(&ours, &pages, &mut Notes::default()).await;
    assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}");
    exchange.has_exactly(&theirs).await;
}

#[test]
fn what_the_exchange_says_in_words_is_told_apart() {
    use wire::national::Said;
    let said = |words: &str| wire::national::said(json!({ "error_code": "12", "message": words })).unwrap();
    assert_eq!(said("Session không hợp lệ hoặc đã hết hạn"), Said::SessionOver);
    assert_eq!(said("Bạn chưa đăng nhập"), Said::SessionOver);
    assert_eq!(said("Hệ thống đang bận"), Said::Busy);
    assert_eq!(said("Hồ sơ đã tồn tại"), Said::AlreadyThere);
    for refused in [
        "Số giấy tờ không hợp lệ, vui lòng kiểm tra và thử lại",
        "Đơn không thuộc phiên làm việc của đơn vị",
    ] {
        assert!(matches!(said(refused), Said::Refused { .. }), "{refused}");
    }
}

#[test]
fn a_fee_or_a_time_that_is_not_understood_is_not_told_as_none() {
    let procedure = |amount: Value, days: Value, unit: &str| {
        let time = json!([{ "THOIGIANGIAIQUYET": days, "DONVITINH": unit, "PHILEPHI": [{ "SOTIEN": amount }] }]);
        let told = wire::national::procedure(&json!({ "CACHTHUCTHUCHIEN": [{ "KENH": 2, "THOIGIAN": time }] }))?;
        let fee = told["DanhSachLePhi"][0]["Gia"].as_u64().unwrap_or(0);
        Some((fee, told["SoNgayGiaiQuyetTrucTuyen"].as_u64().unwrap()))
    };
    for amount in [
        json!(8000),
        json!(8000.0),
        json!("8.000"),
        json!("8,000"),
        json!("8000"),
        json!("8000.00"),
        json!("8.000,00"),
    ] {
        assert_eq!(
            procedure(amount.clone(), json!("12"), "Ngày làm việc"),
            Some((8_000, 12)),
            "{amount}"
        );
    }
    assert_eq!(procedure(json!(null), json!(4), "Giờ"), Some((0, 1)));
    for amount in [
        json!("theo quy định"),
        json!("8.00.000"),
        json!("8,5"),
        json!(true),
        json!(-1),
    ] {
        assert_eq!(procedure(amount.clone(), json!("12"), "Ngày"), None, "{amount}");
    }
    assert_eq!(procedure(json!(0), json!("15 ngày"), "Ngày"), None);
    assert_eq!(procedure(json!(0), json!(1), "Tháng"), None);
}

#[tokio::test]
async fn a_refusal_comes_in_its_own_words() {
    let exchange = Exchange::start();
    let client = exchange.client();
    let pages = Pages(vec![bytes(10, 1)]);
    exchange.fault("refuse", 1).await;
    let answer = client.hand_in(&package(&pages), &pages, &mut Notes::default()).await;
    let Answer::Refused { words } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(words, "Thủ tục này tạm dừng tiếp nhận tại đơn vị.");
}

#[tokio::test]
async fn the_catalogue_is_what_the_configuration_names_and_the_exchange_knows() {
    let exchange = Exchange::start();
    let client = exchange.client();
    let Answer::Received(CatalogueNews::Fresh { etag, catalogue }) = client.catalogue(None).await else {
        panic!()
    };
    let codes: Vec<_> = catalogue
        .procedures()
        .iter()
        .map(|one| one.code.as_str().to_owned())
        .collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    let one = |code: &str| {
        catalogue
            .procedures()
            .iter()
            .find(|one| one.code.as_str() == code)
            .unwrap()
    };
    let allowance = one("1.001776");
    assert_eq!((allowance.working_days, allowance.working_days_online), (15, Some(12)));
    let papers: Vec<_> = allowance
        .papers
        .iter()
        .map(|paper| (paper.code.as_str(), paper.required))
        .collect();
    assert_eq!(papers, [("TC-TOKHAI", true), ("TC-GXNKT", false)]);
    let birth = one("1.001193");
    assert_eq!((birth.working_days, birth.fee_dong()), (1, 8_000));
    assert_eq!(
        client.catalogue(etag.as_deref()).await,
        Answer::Received(CatalogueNews::NotModified)
    );
}

#[tokio::test]
async fn what_the_second_tongue_has_no_words_for_is_not_asked() {
    let exchange = Exchange::start();
    let client = exchange.client();
    assert!(
        [Ability::ResumedFiles, Ability::AfterHandingIn, Ability::OpenContract]
            .into_iter()
            .all(|what| !client.can(what))
    );
    let pages = Pages(vec![]);
    let mut withdrawal = package(&pages);
    withdrawal.act = Act::Withdrawal {
        code: "000.00.99.H44-261122-0001".to_owned(),
        shown: crate::dossier::ShownCard {
            how: crate::dossier::ShownHow::Chip,
            at: Timestamp::UNIX_EPOCH,
        },
        reason: None,
    };
    let answer = client.hand_in(&withdrawal, &pages, &mut Notes::default()).await;
    assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}");
    assert_eq!(exchange.state().await["logins"], 0, "nobody was asked");
}
