//! The stand-in keeps to its own contract: strict about what comes in, sure about what it has.

#[cfg(test)]
mod drafts;
#[cfg(test)]
mod following;
#[cfg(test)]
mod live;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod satisfaction;
#[cfg(test)]
mod signings;

use live::{Live, dossier, sha256};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_never_takes_another_body() {
    let live = Live::start();
    let body = dossier(&[b"one"]);
    let first = live.create("018f0000-0000-7000-8000-000000000001", &body).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();

    // Members in another order are the same body.
    let members = body.as_object().unwrap().iter().rev();
    let turned: Vec<_> = members
        .map(|(name, value)| format!("{}: {value}", json!(name)))
        .collect();
    let turned = format!("{{ {} }}", turned.join(" ,\n"));
    let again = live.create_text("018F0000-0000-7000-8000-000000000001", turned).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(again.json::<Value>().await.unwrap(), first);

    let mut other = body.clone();
    other["SoDienThoai"] = json!("0900000009");
    let refused = live.create("018f0000-0000-7000-8000-000000000001", &other).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(live.dossiers().await.len(), 1);

    assert_eq!(live.create("no-uuid", &body).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_the_contract_does_not_allow_is_refused_with_words() {
    let live = Live::start();
    let bends: [(&str, Value); 31] = [
        ("/MaTTHC", json!("9.999999")),
        ("/ChuHoSo", json!(" ")),
        ("/KenhThucHien", json!("4")),
        ("/CoCanBoHoTro", json!("co")),
        ("/LoaiDoiTuong", json!(1)),
        ("/SoGiayToChuHoSo", json!("000000000000")),
        ("/DinhDanhCHS/0/SoDinhDanh", json!("12345")),
        ("/DinhDanhCHS/0/LoaiDinhDanh", json!("2")),
        ("/NgayNopHoSo", json!("2026-11-22")),
        ("/NgaySinh", json!("19460231")),
        ("/SoDienThoai", json!("+84900000001")),
        ("/DongY/MucDich", json!([])),
        ("/DongY/ThoiDiem", json!("")),
        ("/DuLieuBieuMau", json!({})),
        ("/DuLieuBieuMau/NhanTien", json!("vang")),
        ("/DuLieuBieuMau/NgaySinh", json!("1990")),
        ("/DuLieuBieuMau/Them", json!("1")),
        ("/TaiLieuNop", json!([])),
        ("/TaiLieuNop/0/TenTepDinhKem", json!("../a.pdf")),
        ("/TaiLieuNop/0/MaThanhPhanHoSo", json!("KS-CCCD")),
        ("/TaiLieuNop/0/Sha256", json!("ABC")),
        ("/TaiLieuNop/0/GiayToSoHoa", json!({ "SoTrang": 3, "SoAnh": 2 })),
        (
            "/TaiLieuNop/0/GiayToSoHoa",
            json!({ "SoTrang": 1, "SoAnh": 1, "SoKyHieu": { "GiaTri": "1/A", "DoTinCay": 100 } }),
        ),
        (
            "/TaiLieuNop/0/GiayToSoHoa",
            json!({ "SoTrang": 1, "SoAnh": 1, "NgayBanHanh": { "GiaTri": "20260231", "DoTinCay": 50 } }),
        ),
        (
            "/TaiLieuNop/0/GiayToSoHoa",
            json!({ "SoTrang": 1, "SoAnh": 1, "LuuY": [{ "Anh": 2, "Loi": "mo" }] }),
        ),
        (
            "/TaiLieuNop/0/GiayToSoHoa",
            json!({ "SoTrang": 1, "SoAnh": 1, "DoiChieu": { "NguoiDoiChieu": "", "ThoiDiem": "20261122080000" } }),
        ),
        ("/HinhThuc", json!("1")),
        ("/BuuChinh", post_order()),
        ("/DuLieuBieuMau/NgaySinh", json!(1946)),
        ("/DuLieuBieuMau/NgaySinh", json!("19460230")),
        ("/GhiThem", json!("not in the contract")),
    ];
    for (place, value) in bends {
        let mut body = dossier(&[b"one"]);
        let (parent, name) = place.rsplit_once('/').unwrap();
        let tree = body.pointer_mut(parent).unwrap();
        match name.parse::<usize>() {
            Ok(at) => tree[at] = value,
            Err(_) => tree[name] = value,
        }
        let answer = live.create("018f0000-0000-7000-8000-000000000002", &body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{place}");
        let problem: Value = answer.json().await.unwrap();
        assert!(!problem["detail"].as_str().unwrap().is_empty(), "{place}");
    }
    assert!(live.dossiers().await.is_empty());
}

fn post_order() -> Value {
    json!({
        "TenNguoiGui": "Trung tâm Phục vụ hành chính công", "TenNguoiNhan": "Nguyễn Thị Bịa",
        "SoDienThoaiNguoiNhan": "0900000001", "MaTinhNguoiNhan": "25", "TenTinhNguoiNhan": "Tỉnh Phú Thọ",
        "MaXaNguoiNhan": "08566", "TenXaNguoiNhan": "Xã Tân Sơn", "DiaChiNguoiNhan": "Khu 4", "SoTienThuHo": 0,
    })
}

#[tokio::test]
async fn a_result_is_posted_to_a_place_that_there_is() {
    let live = Live::start();
    let mut body = dossier(&[b"one"]);
    body["HinhThuc"] = json!("1");
    let bends = [
        ("MaXaNguoiNhan", json!("00004")),
        ("MaTinhNguoiNhan", json!("01")),
        ("TenNguoiNhan", json!(" ")),
        ("SoDienThoaiNguoiNhan", json!("84900000001")),
        ("SoTienThuHo", json!(8_000)),
        ("GhiChu", json!("x".repeat(201))),
        ("MaHuyenNguoiNhan", json!("238")),
    ];
    for (n, (name, value)) in bends.into_iter().enumerate() {
        body["BuuChinh"] = post_order();
        body["BuuChinh"][name] = value;
        let key = format!("018f0000-0000-7000-8000-0000000001{n:02}");
        assert_eq!(
            live.create(&key, &body).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name}"
        );
    }
    body["BuuChinh"] = post_order();
    let key = "018f0000-0000-7000-8000-000000000120";
    assert_eq!(live.create(key, &body).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn the_schema_of_a_form_is_published_by_version_and_day() {
    let live = Live::start();
    let schema: Value = live
        .get("/v1/procedures/1.001776/form-schema?version=3&day=20261122")
        .await;
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], json!(["NgaySinh", "NhanTien"]));
    let fits = |answers: Value| jsonschema::draft202012::is_valid(&schema, &answers);
    assert!(fits(json!({ "NgaySinh": "1946", "NhanTien": "tai-nha" })));
    assert!(!fits(json!({ "NgaySinh": "2027", "NhanTien": "tai-nha" })));
    assert!(!fits(json!({ "NhanTien": "tai-nha" })));
    for wrong in [
        "9.999999/form-schema",
        "1.001776/form-schema?version=99",
        "1.001776/form-schema?day=20260231",
    ] {
        assert!(live.refuses(&format!("/v1/procedures/{wrong}")).await, "{wrong}");
    }
}

#[tokio::test]
async fn one_of_the_papers_that_stand_for_one_another_is_enough() {
    let live = Live::start();
    let key = "018f0000-0000-7000-8000-000000000008";
    let mut body = dossier(&[b"one", b"two"]);
    body["MaTTHC"] = json!("1.000656");
    body["DuLieuBieuMau"] = json!({
        "NgayMat": "20261120", "QuanHe": "con", "NoiMat": "nha", "SoDienThoai": "0900000001",
    });
    body["TaiLieuNop"][0]["MaThanhPhanHoSo"] = json!("KT-TOKHAI");

    // A paper that only some need does not stand for the proof of the death.
    body["TaiLieuNop"][1]["MaThanhPhanHoSo"] = json!("KT-UYQUYEN");
    assert_eq!(live.create(key, &body).await.status(), StatusCode::UNPROCESSABLE_ENTITY);

    body["TaiLieuNop"][1]["MaThanhPhanHoSo"] = json!("KT-LAMCHUNG");
    assert_eq!(live.create(key, &body).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn an_upload_is_strict_about_version_type_offset_and_hash() {
    let live = Live::start();
    let key = "018f0000-0000-7000-8000-000000000003";
    live.create(key, &dossier(&[b"hello"])).await;

    // Another length, another hash, another name than the dossier said.
    for (name, length, hash) in [
        ("1.pdf", 4, sha256(b"hello")),
        ("1.pdf", 5, sha256(b"other")),
        ("2.pdf", 5, sha256(b"hello")),
    ] {
        let answer = live.begin(key, name, length, &hash).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    let begun = live.begin(key, "1.pdf", 5, &sha256(b"hello")).await;
    assert_eq!(begun.status(), StatusCode::CREATED);
    assert!(begun.headers().contains_key("upload-expires"));
    let upload = begun.headers()["location"].to_str().unwrap().to_owned();

    let bare = live.http.head(live.url(&upload)).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::PRECONDITION_FAILED);
    let untyped = live
        .tus(Method::PATCH, &upload)
        .header("upload-offset", 0)
        .body("hel")
        .send()
        .await
        .unwrap();
    assert_eq!(untyped.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(live.patch(&upload, 1, b"ello").await.status(), StatusCode::CONFLICT);
    assert_eq!(live.patch(&upload, 0, b"hel").await.headers()["upload-offset"], "3");
    assert_eq!(
        live.patch(&upload, 3, b"lo and more").await.status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(live.offset(&upload).await, 3);

    // A wrong last byte drops the upload.
    assert_eq!(
        live.patch(&upload, 3, b"l0").await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        live.tus(Method::HEAD, &upload).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );

    let upload = live.upload(key, "1.pdf", b"hello").await;
    assert_eq!(live.hand_over(key, &[b"hello"]).await.status(), StatusCode::OK);
    let drop_it = live.tus(Method::DELETE, &upload).send().await.unwrap();
    assert_eq!(
        drop_it.status(),
        StatusCode::FORBIDDEN,
        "a file of a dossier that was handed over stays"
    );
    let again = live.begin(key, "1.pdf", 5, &sha256(b"hello")).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert!(again.text().await.unwrap().contains("đã tồn tại"));
}

#[tokio::test]
async fn an_upload_can_be_dropped_and_expires() {
    let live = Live::start();
    let key = "018f0000-0000-7000-8000-000000000004";
    live.create(key, &dossier(&[b"hello"])).await;
    let first = live.begin(key, "1.pdf", 5, &sha256(b"hello")).await.headers()["location"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        live.tus(Method::DELETE, &first).send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        live.tus(Method::HEAD, &first).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );

    let second = live.begin(key, "1.pdf", 5, &sha256(b"hello")).await.headers()["location"]
        .to_str()
        .unwrap()
        .to_owned();
    live.post(&format!("/admin/dossiers/{key}/expire-uploads"), &json!({}))
        .await;
    assert_eq!(
        live.tus(Method::HEAD, &second).send().await.unwrap().status(),
        StatusCode::GONE
    );
}

#[tokio::test]
async fn a_hand_over_names_what_is_missing_and_answers_the_same_twice() {
    let live = Live::start();
    let key = "018f0000-0000-7000-8000-000000000005";
    live.create(key, &dossier(&[b"one", b"two"])).await;
    live.upload(key, "1.pdf", b"one").await;

    let short = live.hand_over(key, &[b"one", b"two"]).await;
    assert_eq!(short.status(), StatusCode::CONFLICT);
    assert_eq!(short.json::<Value>().await.unwrap()["ThieuTep"], json!(["2.pdf"]));
    assert_eq!(
        live.hand_over(key, &[b"one"]).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(live.dossiers().await[0]["state"], "open");

    live.upload(key, "2.pdf", b"two").await;
    let turned = live.hand_over(key, &[b"two", b"one"]).await;
    assert_eq!(
        turned.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "hashes under the wrong names"
    );
    let first: Value = live.hand_over(key, &[b"one", b"two"]).await.json().await.unwrap();
    let again: Value = live.hand_over(key, &[b"one", b"two"]).await.json().await.unwrap();
    assert_eq!(first, again);
    assert_eq!(live.dossiers().await[0]["code"], first["MaHoSo"]);
}

#[tokio::test]
async fn codes_are_given_once_however_many_ask_at_the_same_time() {
    let live = Live::start();
    let keys: Vec<_> = (10..30)
        .map(|n| format!("018f0000-0000-7000-8000-0000000000{n}"))
        .collect();
    let mut asking = tokio::task::JoinSet::new();
    for key in keys.iter().chain(&keys) {
        let (live, key) = (live.clone(), key.clone());
        asking.spawn(async move {
            // The second of two at a time may be told to come later.
            while live.create(&key, &dossier(&[b"one"])).await.status() == StatusCode::CONFLICT {}
            live.upload(&key, "1.pdf", b"one").await;
            let answer: Value = live.hand_over(&key, &[b"one"]).await.json().await.unwrap();
            (key, answer)
        });
    }

    let mut answers = asking.join_all().await;
    answers.sort_by_key(|(key, _)| key.clone());
    assert!(answers.chunks(2).all(|pair| pair[0] == pair[1]), "one key, one answer");
    let mut numbers: Vec<_> = answers
        .iter()
        .map(|(_, answer)| answer["MaHoSo"].as_str().unwrap().rsplit('-').next().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, (1..=20).map(|n| format!("{n:04}")).collect::<Vec<_>>());
    assert_eq!(live.dossiers().await.len(), 20);
}

#[tokio::test]
async fn a_cut_keeps_exactly_the_bytes_before_it() {
    let live = Live::start();
    let key = "018f0000-0000-7000-8000-000000000006";
    let bytes = vec![7; 100_000];
    live.create(key, &dossier(&[&bytes])).await;
    let upload = live.begin(key, "1.pdf", bytes.len(), &sha256(&bytes)).await.headers()["location"]
        .to_str()
        .unwrap()
        .to_owned();

    let mut there = 0;
    for after_bytes in [0, 1, 9_999, 40_000] {
        let fault = json!({ "mode": "drop-connection", "count": 1, "after_bytes": after_bytes });
        live.post("/admin/faults", &fault).await;
        assert!(live.try_patch(&upload, there, &bytes[there..]).await.is_err());
        there += after_bytes;
        assert_eq!(live.offset_when_free(&upload).await, there);
    }

    // A shorter body than that passes and is not counted.
    live.post(
        "/admin/faults",
        &json!({ "mode": "drop-connection", "count": 1, "after_bytes": 60_000 }),
    )
    .await;
    assert_eq!(
        live.patch(&upload, there, &bytes[there..]).await.status(),
        StatusCode::NO_CONTENT
    );
    let faults: Value = live
        .http
        .get(live.url("/admin/faults"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(faults["hits"], 0);
    assert_eq!(live.hand_over(key, &[&bytes]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_fault_is_not_taken_for_health() {
    let live = Live::start();
    let wrong = live.post("/admin/faults", &json!({ "mode": "drop" })).await;
    assert!(wrong.status().is_client_error());
    let wrong = live.post("/admin/faults", &json!({ "mode": "busy", "times": 3 })).await;
    assert!(wrong.status().is_client_error());
}

#[tokio::test]
async fn killed_in_the_middle_of_an_upload_it_goes_on_where_it_was() {
    let mut live = Live::start();
    let key = "018f0000-0000-7000-8000-000000000007";
    let bytes: Vec<u8> = (0..600_000_u32).map(|n| (n % 251) as u8).collect();
    live.create(key, &dossier(&[&bytes])).await;
    let upload = live.begin(key, "1.pdf", bytes.len(), &sha256(&bytes)).await.headers()["location"]
        .to_str()
        .unwrap()
        .to_owned();

    // Half of it at a crawl, so that the kill comes in the middle.
    live.post("/admin/faults", &json!({ "mode": "slow" })).await;
    let (sending, sent) = (live.clone(), bytes.clone());
    let path = upload.clone();
    let sending = tokio::spawn(async move { sending.try_patch(&path, 0, &sent).await });
    live.wait_for_bytes(1).await;
    live.kill_and_start();
    assert!(sending.await.unwrap().is_err());

    let offset = live.offset(&upload).await;
    assert!(offset > 0 && offset < bytes.len(), "killed at {offset}");
    assert_eq!(
        live.patch(&upload, offset, &bytes[offset..]).await.status(),
        StatusCode::NO_CONTENT
    );
    let receipt: Value = live.hand_over(key, &[&bytes]).await.json().await.unwrap();

    live.kill_and_start();
    let again: Value = live.hand_over(key, &[&bytes]).await.json().await.unwrap();
    assert_eq!(again, receipt);
    let all = live.dossiers().await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["files"][0]["sha256"], sha256(&bytes));
}
