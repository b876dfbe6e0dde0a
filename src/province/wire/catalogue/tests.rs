//! Catalogues of a province that is not ours.

use serde_json::json;

mod faults;
mod random;

use super::*;

fn procedure(version: u32, from: Option<&str>, until: Option<&str>) -> Value {
    json!({
        "MaTTHC": "1.001193", "TenTTHC": "Đăng ký khai sinh", "MaLinhVuc": "HT", "TenLinhVuc": "Hộ tịch",
        "KetQua": "Giấy khai sinh", "MucDo": "toan-trinh", "SoNgayGiaiQuyet": 1, "SoNgayGiaiQuyetTrucTuyen": null,
        "CoQuanTiepNhan": "Trung tâm", "CoQuanQuyetDinh": "Xã",
        "PhienBan": version, "HieuLucTu": from, "HieuLucDen": until,
    })
}

fn paper(code: &str, group: Option<&str>, in_data: bool) -> Value {
    json!({
        "MaThanhPhanHoSo": code, "TenThanhPhanHoSo": "Giấy", "LoaiBan": "ban-chinh", "SoTrang": 1, "BatBuoc": !in_data,
        "ThayChoNhau": group, "KhongCanNop": in_data,
    })
}

fn read(procedures: Value) -> Catalogue {
    catalogue(&json!({ "DanhSachTTHC": procedures })).unwrap()
}

/// The version that holds on each of these days.
fn versions(catalogue: &Catalogue, days: &[&str]) -> Vec<Option<u32>> {
    let on = |day: &&str| {
        let offered = catalogue.on(day.parse().unwrap());
        offered.procedures().first().map(|procedure| procedure.version)
    };
    days.iter().map(on).collect()
}

#[test]
fn a_new_version_follows_an_old_one_that_ends_at_midnight_or_has_no_end() {
    for until in [Some("20261201000000"), Some("20261130235959"), None] {
        let catalogue = read(json!([
            procedure(1, Some("20250101000000"), until),
            procedure(2, Some("20261201000000"), None),
        ]));
        let held = versions(&catalogue, &["2026-11-30", "2026-12-01", "2027-06-01"]);
        assert_eq!(held, [Some(1), Some(2), Some(2)], "{until:?}");
    }
}

#[test]
fn of_two_that_cannot_be_told_apart_the_first_is_offered() {
    let catalogue = read(json!([procedure(1, None, None), procedure(1, None, None)]));
    assert_eq!(catalogue.procedures().len(), 1);
}

#[test]
fn of_a_group_of_which_the_data_have_one_no_other_is_asked_for() {
    let mut with_papers = procedure(1, None, None);
    with_papers["DanhSachThanhPhanHoSo"] = json!([paper("A", Some("cu-tru"), false), paper("B", Some("cu-tru"), true)]);
    let catalogue = read(json!([with_papers]));
    let papers = &catalogue.procedures()[0].papers;
    assert!(
        papers
            .iter()
            .all(|paper| paper.condition == Condition::InData && !paper.required)
    );
}

#[test]
fn an_event_with_a_picture_of_later_days_is_offered_with_another() {
    let events = json!([{ "MaSuKien": "bay", "TenSuKien": "Đi máy bay", "Hinh": "aeroplane" }]);
    let catalogue =
        catalogue(&json!({ "DanhSachTTHC": [procedure(1, None, None)], "DanhSachSuKien": events })).unwrap();
    assert_eq!(catalogue.events()[0].picture, EventPicture::Papers);
}

#[test]
fn levels_of_before_are_read_and_others_refused() {
    for (level, wanted) in [
        (1, ServiceLevel::CounterOnly),
        (3, ServiceLevel::Partial),
        (4, ServiceLevel::Whole),
    ] {
        let mut before = procedure(1, None, None);
        before["MucDo"] = json!(level);
        assert_eq!(read(json!([before])).procedures()[0].level, wanted, "{level}");
    }
    let mut odd = procedure(1, None, None);
    odd["MucDo"] = json!(5);
    assert!(matches!(
        catalogue(&json!({ "DanhSachTTHC": [odd] })),
        Err(NoCatalogue::Unreadable)
    ));
}

#[test]
fn an_account_is_read_whole_and_one_that_cannot_be_one_is_none() {
    let read_one = |account: Value| {
        let mut paid = procedure(1, None, None);
        paid["ChuyenKhoan"] = account;
        read(json!([paid])).procedures()[0].transfer.clone()
    };
    let account = json!({ "MaNganHang": "970400", "SoTaiKhoan": "0011012345678", "TenTaiKhoan": "SO MAU" });
    let read = read_one(account.clone()).unwrap();
    assert_eq!(
        [read.bank.as_str(), read.number.as_str(), read.name.as_str()],
        ["970400", "0011012345678", "SO MAU"]
    );
    assert_eq!(read_one(Value::Null), None);
    for (name, wrong) in [
        ("MaNganHang", json!("9704")),
        ("SoTaiKhoan", json!("0011 0123")),
        ("SoTaiKhoan", json!(110_123)),
        ("TenTaiKhoan", json!("")),
    ] {
        let mut faulty = account.clone();
        faulty[name] = wrong;
        assert_eq!(read_one(faulty.clone()), None, "{faulty}");
    }
}
