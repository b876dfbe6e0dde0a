//! JSON of the national exchange. What it has names for stands under them; everything else that we know of a dossier
//! goes along as text in ThongTinKhac, so that nothing which somebody answered is lost on the way.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{says_already_there, stamp, text, words};
use crate::procedure::ProcedureCode;
use crate::province::Package;

const SESSION_CHARS_MAX: usize = 512;
/// Names of a dossier in the exchange that we have something for.
const NAMES: [&str; 14] = [
    "MaTTHC",
    "TenTTHC",
    "MaLinhVuc",
    "TenLinhVuc",
    "KenhThucHien",
    "ChuHoSo",
    "LoaiDoiTuong",
    "SoGiayToChuHoSo",
    "DinhDanhCHS",
    "SoDienThoai",
    "NgayNopHoSo",
    "HinhThuc",
    "NoiNopHoSo",
    "HoSoCoThanhPhanSoHoa",
];

/// What the other side said.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::province) enum Said {
    Done(Vec<Value>),
    AlreadyThere,
    SessionOver,
    Busy,
    Refused { words: String },
}

pub(in crate::province) fn login(user: &str, password: &str) -> Value {
    json!({ "username": user, "password": password })
}

/// The session that was given, if one was.
pub(in crate::province) fn session(answer: &Value) -> Option<Zeroizing<String>> {
    let session = text(answer, "session").filter(|_| is_fine(answer).unwrap_or(true))?;
    let fits = (1..=SESSION_CHARS_MAX).contains(&session.len()) && session.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| Zeroizing::new(session.to_owned()))
}

pub(in crate::province) fn question(session: &str, unit: &str, service: &str, more: &[(&str, Value)]) -> Value {
    let mut body = json!({ "session": session, "madonvi": unit, "service": service });
    for (name, value) in more {
        body[*name] = value.clone();
    }
    body
}

/// `None` if this is no answer of the exchange.
pub(in crate::province) fn said(mut answer: Value) -> Option<Said> {
    let fine = is_fine(&answer);
    let list = ["result", "data"].iter().find_map(|name| match answer[*name].take() {
        Value::Array(list) => Some(list),
        object @ Value::Object(_) => Some(vec![object]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    });
    match (fine, list) {
        (Some(true), list) => Some(Said::Done(list.unwrap_or_default())),
        (None, Some(list)) => Some(Said::Done(list)),
        (None, None) => None,
        (Some(false), _) => Some(trouble(&answer)),
    }
}

/// "00" and 0 are fine. Nothing if there is no code.
fn is_fine(answer: &Value) -> Option<bool> {
    match &answer["error_code"] {
        Value::String(code) => Some(!code.is_empty() && code.bytes().all(|digit| digit == b'0')),
        Value::Number(code) => Some(code.as_i64() == Some(0)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The codes differ from system to system; the words are what they have in common.
fn trouble(answer: &Value) -> Said {
    let said = words(answer);
    let lower = said.to_lowercase();
    let tells = |some: &[&str]| some.iter().any(|word| lower.contains(word));
    if says_already_there(answer) {
        Said::AlreadyThere
    } else if tells(&["session", "phiên đăng nhập", "phiên làm việc", "chưa đăng nhập"]) {
        Said::SessionOver
    } else if tells(&[
        "đang bận",
        "quá tải",
        "thử lại",
        "gửi lại sau",
        "lỗi hệ thống",
        "timeout",
        "bảo trì",
    ]) {
        Said::Busy
    } else if said.is_empty() {
        let code = answer["error_code"].to_string();
        Said::Refused {
            words: format!("Hệ thống của tỉnh không nhận (mã {}).", code.trim_matches('"')),
        }
    } else {
        Said::Refused { words: said }
    }
}

/// One of `data` of DongBoHoSoMC. `addresses` are those of the package's files, in order.
pub(in crate::province) fn dossier(package: &Package, unit: &str, addresses: &[reqwest::Url]) -> Value {
    let mut open = match super::dossier(package) {
        Value::Object(open) => open,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    let mut body: Map<String, Value> = NAMES
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), open.remove(*name)?)))
        .collect();
    let files = package
        .files
        .iter()
        .zip(addresses)
        .zip(1..)
        .map(|((file, address), number)| {
            json!({
                "TepDinhKemId": number.to_string(),
                "TenTepDinhKem": file.name,
                "IsDeleted": "False",
                "MaThanhPhanHoSo": file.part.as_str(),
                "DuongDanTaiTepTin": address.as_str(),
                "DuocSoHoa": "1",
                "DuocTaiSuDung": "0",
                "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": "",
            })
        });
    let files: Vec<Value> = files.collect();
    for (name, value) in [
        ("MaHoSo", json!(package.slip)),
        ("TrangThaiHoSo", json!("1")),
        ("DonViXuLy", json!(unit)),
        ("TaiLieuNop", files.into()),
        // Sizes, hashes and what was read of each file stay here, beside answers and consent.
        ("ThongTinKhac", Value::Object(open).to_string().into()),
    ] {
        body.insert(name.to_owned(), value);
    }
    Value::Object(body)
}

/// One of `data` of CapNhatTienDoHoSoMC: it was handed in.
pub(in crate::province) fn first_step(package: &Package) -> Value {
    json!({
        "MaHoSo": package.slip,
        "NguoiXuLy": package.site,
        "ChucDanh": "",
        "ThoiDiemXuLy": stamp(package.sealed_at),
        "PhongBanXuLy": "",
        "NoiDungXuLy": "Nộp tại kiosk",
        "TrangThai": "1",
    })
}

/// A dossier that TraCuuHoSo found, in the words of the open contract.
pub(in crate::province) fn state(found: &Value) -> Value {
    let mut open = found.clone();
    let steps = ["QuaTrinhXuLy", "TienDo"]
        .iter()
        .find_map(|name| found[*name].as_array());
    let steps = steps.into_iter().flatten().map(|step| {
        let mut step = step.clone();
        if step["TrangThaiHoSo"].is_null() {
            step["TrangThaiHoSo"] = step["TrangThai"].take();
        }
        step
    });
    open["TienDo"] = steps.collect();
    open
}

/// Whether LayDanhSachTTHC names a procedure.
pub(in crate::province) fn lists(listed: &[Value], code: &ProcedureCode) -> bool {
    listed.iter().any(|one| one["MATTHC"].as_str() == Some(code.as_str()))
}

/// What LayThuTuc told of each, as the open contract tells of procedures.
pub(in crate::province) fn catalogue(found: &[Value]) -> Value {
    json!({ "DanhSachTTHC": found.iter().map(procedure).collect::<Vec<_>>() })
}

fn procedure(found: &Value) -> Value {
    let first = |list: &str| found[list].get(0).unwrap_or(&Value::Null);
    let field = first("LINHVUCTHUCHIEN");
    let agency = &first("COQUANTHUCHIEN")["TENDONVI"];
    let papers = found["THANHPHANHOSO"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|case| {
            let giay_to = case["GIAYTO"].as_array().into_iter().flatten();
            giay_to.map(|one| paper(case, one))
        });
    let online = way(found, "2");
    let counter = way(found, "1");
    json!({
        "MaTTHC": found["MATTHC"],
        "TenTTHC": found["TENTTHC"],
        "MaLinhVuc": field["MALINHVUC"],
        "TenLinhVuc": field["TENLINHVUC"],
        "KetQua": first("KETQUATHUCHIEN")["TENKETQUA"],
        // The exchange does not tell the level: what can be done online in part at least can be handed in here.
        "MucDo": if online.is_some() { "mot-phan" } else { "tai-quay" },
        "SoNgayGiaiQuyet": counter.or(online).map_or(0, days),
        "SoNgayGiaiQuyetTrucTuyen": online.map(days),
        "CoQuanTiepNhan": agency,
        "CoQuanQuyetDinh": agency,
        "DanhSachLePhi": fees(online.or(counter)),
        "DanhSachThanhPhanHoSo": papers.collect::<Vec<_>>(),
        "DanhSachCauHoi": [],
    })
}

/// How long and for how much by one way (KENH: 1 in person, 2 online, 3 by post); the first of several.
fn way<'a>(found: &'a Value, channel: &str) -> Option<&'a Value> {
    let ways = found["CACHTHUCTHUCHIEN"].as_array()?;
    let way = ways.iter().find(|way| way["KENH"].as_str() == Some(channel))?;
    way["THOIGIAN"].get(0)
}

/// Working days; hours of one day are one.
fn days(time: &Value) -> u64 {
    let count = match &time["THOIGIANGIAIQUYET"] {
        Value::String(text) => text.trim().parse::<f64>().unwrap_or(0.0),
        Value::Number(count) => count.as_f64().unwrap_or(0.0),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => 0.0,
    };
    let in_hours = time["DONVITINH"]
        .as_str()
        .is_some_and(|unit| unit.to_lowercase().contains("giờ"));
    let days = if in_hours { count / 8.0 } else { count };
    days.ceil().clamp(0.0, 999.0) as u64
}

fn fees(time: Option<&Value>) -> Vec<Value> {
    let listed = time.and_then(|time| time["PHILEPHI"].as_array()).into_iter().flatten();
    let amount = |fee: &Value| match &fee["SOTIEN"] {
        Value::Number(amount) => amount.as_u64(),
        Value::String(text) => text.replace(['.', ','], "").trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let fee = |fee: &Value| {
        let amount = amount(fee).filter(|amount| *amount > 0)?;
        Some(json!({ "TenPhiLePhi": fee["MOTA"].as_str().unwrap_or("Phí, lệ phí"), "Gia": amount }))
    };
    listed.filter_map(fee).collect()
}

fn paper(case: &Value, paper: &Value) -> Value {
    let originals = match &paper["SOBANCHINH"] {
        Value::String(text) => text.trim().parse().unwrap_or(0),
        Value::Number(count) => count.as_u64().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => 0,
    };
    let only_if = case["TRUONGHOP"]
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    json!({
        "MaThanhPhanHoSo": paper["MAGIAYTO"],
        "TenThanhPhanHoSo": paper["TENGIAYTO"],
        "LoaiBan": if originals > 0 { "ban-chinh" } else { "ban-sao" },
        "SoTrang": "any",
        "BatBuoc": only_if.is_none(),
        "Neu": only_if,
    })
}
