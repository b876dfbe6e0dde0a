//! Strict about what comes after handing in, too.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::live::{Live, dossier, sha256};

const KEY: &str = "018f0000-0000-7000-8000-0000000000a1";
const OTHER: &str = "018f0000-0000-7000-8000-0000000000a2";

impl Live {
    /// A dossier that is handed over; its code.
    async fn handed_in(&self) -> String {
        self.create(KEY, &dossier(&[b"one"])).await;
        self.upload(KEY, "1.pdf", b"one").await;
        let receipt: Value = self.hand_over(KEY, &[b"one"]).await.json().await.unwrap();
        receipt["MaHoSo"].as_str().unwrap().to_owned()
    }

    async fn keyed(&self, path: &str, key: &str, body: &Value) -> reqwest::Response {
        let request = self.http.post(self.url(path)).header("idempotency-key", key);
        request.body(body.to_string()).send().await.unwrap()
    }
}

fn person() -> Value {
    json!({ "SoGiayTo": "001046000001", "LoaiXacThuc": "chip", "ThoiDiemXacThuc": "20261122090304" })
}

fn supplement(code: &str) -> Value {
    json!({
        "SoPhieuGui": "K01-261122-0002", "MaHoSo": code, "NgayNopHoSo": "20261122090304", "NguoiNop": person(),
        "DongY": { "PhienBan": "2026-01", "ThoiDiem": "20261122090304", "MucDich": ["nop-ho-so"] },
        "TaiLieuNop": [{
            "TenTepDinhKem": "1.pdf", "MaThanhPhanHoSo": "TC-TOKHAI", "KichThuoc": 3, "Sha256": sha256(b"two"), "DuocSoHoa": "1",
        }],
    })
}

#[tokio::test]
async fn only_what_is_wanted_is_taken_while_it_is_wanted() {
    let live = Live::start();
    let code = live.handed_in().await;
    let path = format!("/v1/dossiers/{code}/supplements");
    let moved = |body: Value| {
        let (live, path) = (live.clone(), format!("/admin/dossiers/{code}/state"));
        async move { live.post(&path, &body).await.status() }
    };
    let refused = live.keyed(&path, OTHER, &supplement(&code)).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let wanted = json!([{ "part": "TC-TOKHAI", "title": "Tờ khai" }]);
    let early = json!({ "state": 4, "wanted": wanted });
    assert_eq!(moved(early).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        moved(json!({ "state": 5, "wanted": wanted })).await,
        StatusCode::NO_CONTENT
    );

    let bends: [(&str, Value); 7] = [
        ("/MaHoSo", json!("X-1")),
        ("/NguoiNop/SoGiayTo", json!("12")),
        ("/NguoiNop/LoaiXacThuc", json!("loi-noi")),
        ("/DongY/MucDich", json!([])),
        ("/TaiLieuNop", json!([])),
        ("/TaiLieuNop/0/MaThanhPhanHoSo", json!("TC-KHAC")),
        ("/GhiThem", json!("not in the contract")),
    ];
    for (place, value) in bends {
        let mut body = supplement(&code);
        match body.pointer_mut(place) {
            Some(there) => *there = value,
            None => body["GhiThem"] = value,
        }
        let answer = live.keyed(&path, OTHER, &body).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{place}");
    }

    assert_eq!(
        live.keyed(&path, OTHER, &supplement(&code)).await.status(),
        StatusCode::CREATED
    );
    assert_eq!(
        live.keyed(&path, OTHER, &supplement(&code)).await.status(),
        StatusCode::CREATED
    );
    let mut other = supplement(&code);
    other["SoPhieuGui"] = json!("K01-261122-0003");
    assert_eq!(
        live.keyed(&path, OTHER, &other).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(live.hand_over(OTHER, &[b"two"]).await.status(), StatusCode::CONFLICT);
    live.upload(OTHER, "1.pdf", b"two").await;
    let receipt: Value = live.hand_over(OTHER, &[b"two"]).await.json().await.unwrap();
    assert_eq!(
        (&receipt["MaHoSo"], &receipt["TrangThaiHoSo"]),
        (&json!(code), &json!("4"))
    );
    assert_eq!(
        live.hand_over(OTHER, &[b"two"]).await.json::<Value>().await.unwrap(),
        receipt
    );
    assert_eq!(live.dossiers().await.len(), 1, "a supplement is no dossier");
}

#[tokio::test]
async fn what_is_done_is_not_withdrawn_and_only_a_chip_withdraws() {
    let live = Live::start();
    let code = live.handed_in().await;
    let path = format!("/v1/dossiers/{code}/withdrawal");
    let body = json!({
        "SoPhieuGui": "K01-261122-0002", "MaHoSo": code, "NgayYeuCau": "20261122090304", "NguoiNop": person(), "LyDo": "doi-y",
    });
    for (place, value) in [
        ("/LyDo", "vi-the"),
        ("/NguoiNop/LoaiXacThuc", "mat-truoc"),
        ("/NgayYeuCau", "now"),
    ] {
        let mut bent = body.clone();
        *bent.pointer_mut(place).unwrap() = json!(value);
        let answer = live.keyed(&path, OTHER, &bent).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{place}");
    }
    let mut stranger = body.clone();
    stranger["NguoiNop"]["SoGiayTo"] = json!("001046000002");
    assert_eq!(
        live.keyed(&path, OTHER, &stranger).await.status(),
        StatusCode::FORBIDDEN
    );

    live.post(&format!("/admin/dossiers/{code}/state"), &json!({ "state": 10 }))
        .await;
    assert_eq!(
        live.keyed(&path, OTHER, &body).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    live.post(&format!("/admin/dossiers/{code}/state"), &json!({ "state": 4 }))
        .await;
    let first: Value = live.keyed(&path, OTHER, &body).await.json().await.unwrap();
    let again: Value = live.keyed(&path, OTHER, &body).await.json().await.unwrap();
    assert_eq!((&first, &first["TrangThaiHoSo"]), (&again, &json!("7")));
}
