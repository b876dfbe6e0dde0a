//! JSON of the national exchange. What it has names for stands under them; everything else that we know of a dossier
//! goes along as text in ThongTinKhac, so that nothing which somebody answered is lost on the way.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{says_already_there, stamp, text, words};
use crate::procedure::ProcedureCode;
use crate::province::Package;

const SESSION_CHARS_MAX: usize = 512;
/// More is no time that a procedure takes.
const DAYS_MAX: f64 = 999.0;
/// More is no fee.
const FEE_DONG_MAX: f64 = 1e12;
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

/// `None` if this is no answer of the exchange: what it lists are always objects.
pub(in crate::province) fn said(mut answer: Value) -> Option<Said> {
    let fine = is_fine(&answer);
    let list = ["result", "data"]
        .iter()
        .find_map(|name| match answer.get_mut(name)?.take() {
            Value::Array(list) => Some(list),
            object @ Value::Object(_) => Some(vec![object]),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        });
    if list.iter().flatten().any(|one| !one.is_object()) {
        return None;
    }
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
    } else if tells(&["chưa đăng nhập"])
        || tells(&["session", "phiên đăng nhập", "phiên làm việc"])
            && tells(&["hết hạn", "không hợp lệ", "không tồn tại", "expired", "invalid"])
    {
        Said::SessionOver
    } else if tells(&[
        // Not "thử lại": whoever must mend something is told to try again, too.
        "đang bận",
        "quá tải",
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
    let steps = steps.into_iter().flatten().filter(|step| step.is_object()).map(|step| {
        let mut step = step.clone();
        if step["TrangThaiHoSo"].is_null() {
            step["TrangThaiHoSo"] = step["TrangThai"].take();
        }
        step
    });
    open["TienDo"] = steps.collect();
    open
}

/// Whether what was found under our number is this dossier, as far as it tells: the exchange knows no key of ours, and
/// another kiosk may have been given our name.
pub(in crate::province) fn is_ours(found: &Value, package: &Package) -> bool {
    let is =
        |name: &str, ours: &str| text(found, name).is_none_or(|told| told.trim().is_empty() || told.trim() == ours);
    // Some show a person's number only in part.
    let number = text(found, "SoGiayToChuHoSo").filter(|number| number.bytes().all(|digit| digit.is_ascii_digit()));
    is("MaTTHC", package.procedure.as_str())
        && number.is_none_or(|number| number.is_empty() || number == package.applicant.id_number)
}

/// Whether LayDanhSachTTHC names a procedure.
pub(in crate::province) fn lists(listed: &[Value], code: &ProcedureCode) -> bool {
    listed.iter().any(|one| one["MATTHC"].as_str() == Some(code.as_str()))
}

/// What LayThuTuc told of some, each made by [`procedure`].
pub(in crate::province) fn catalogue(procedures: Vec<Value>) -> Value {
    json!({ "DanhSachTTHC": procedures })
}

/// As the open contract tells of it. Nothing if it tells of a fee or a time that is not understood: nobody is told a
/// wrong one.
pub(in crate::province) fn procedure(found: &Value) -> Option<Value> {
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
    let (online, counter) = (way(found, "2"), way(found, "1"));
    let time = |way: Option<&'_ Value>| way.and_then(|way| way["THOIGIAN"].get(0)).cloned();
    let (online_time, counter_time) = (time(online), time(counter));
    let at_counter = counter_time.as_ref().or(online_time.as_ref());
    let fees = fees(online_time.as_ref().or(counter_time.as_ref()))?;
    Some(json!({
        "MaTTHC": found["MATTHC"],
        "TenTTHC": found["TENTTHC"],
        "MaLinhVuc": field["MALINHVUC"],
        "TenLinhVuc": field["TENLINHVUC"],
        "KetQua": first("KETQUATHUCHIEN")["TENKETQUA"],
        // The exchange does not tell the level: what can be done online in part at least can be handed in here.
        "MucDo": if online.is_some() { "mot-phan" } else { "tai-quay" },
        "SoNgayGiaiQuyet": at_counter.map_or(Some(0), days)?,
        "SoNgayGiaiQuyetTrucTuyen": match &online_time {
            Some(time) => Some(days(time)?),
            None => None,
        },
        "CoQuanTiepNhan": agency,
        "CoQuanQuyetDinh": agency,
        "DanhSachLePhi": fees,
        "DanhSachThanhPhanHoSo": papers.collect::<Vec<_>>(),
        "DanhSachCauHoi": [],
    }))
}

/// One way of handing in (KENH, a text or a number: 1 in person, 2 online, 3 by post).
fn way<'a>(found: &'a Value, channel: &str) -> Option<&'a Value> {
    let ways = found["CACHTHUCTHUCHIEN"].as_array()?;
    ways.iter().find(|way| match &way["KENH"] {
        Value::String(told) => told.trim() == channel,
        Value::Number(told) => told.to_string() == channel,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    })
}

/// Working days; hours of one day are one. Nothing if it is told in words, or in months: those are no working days.
fn days(time: &Value) -> Option<u64> {
    let count = match &time["THOIGIANGIAIQUYET"] {
        Value::Null => 0.0,
        Value::String(text) if text.trim().is_empty() => 0.0,
        Value::String(text) => text.trim().parse::<f64>().ok()?,
        Value::Number(count) => count.as_f64()?,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let unit = time["DONVITINH"].as_str().unwrap_or_default().to_lowercase();
    let days = if unit.contains("giờ") {
        count / 8.0
    } else if unit.is_empty() || unit.contains("ngày") {
        count
    } else {
        return None;
    };
    (0.0..=DAYS_MAX).contains(&days).then(|| days.ceil() as u64)
}

fn fees(time: Option<&Value>) -> Option<Vec<Value>> {
    let mut fees = vec![];
    for fee in time.and_then(|time| time["PHILEPHI"].as_array()).into_iter().flatten() {
        let amount = match &fee["SOTIEN"] {
            Value::Null => 0,
            Value::Number(amount) => whole_dong(amount.as_f64()?)?,
            Value::String(text) if text.trim().is_empty() => 0,
            Value::String(text) => dong(text.trim())?,
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        if amount > 0 {
            fees.push(json!({ "TenPhiLePhi": fee["MOTA"].as_str().unwrap_or("Phí, lệ phí"), "Gia": amount }));
        }
    }
    Some(fees)
}

/// "8000", "8.000", "8,000" and "8000.00" are the same. Nothing if it could be read in two ways.
fn dong(text: &str) -> Option<u64> {
    let mut groups = text.split(['.', ',']);
    let first = groups.next()?;
    let groups: Vec<&str> = groups.collect();
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(first) || !groups.iter().all(|group| digits(group)) {
        return None;
    }
    let (cents, thousands) = match groups.split_last() {
        Some((last, before)) if last.len() < 3 => (*last, before),
        _ => ("", &groups[..]),
    };
    let fits = thousands.iter().all(|group| group.len() == 3) && (thousands.is_empty() || first.len() <= 3);
    let whole = format!("{first}{}", thousands.concat());
    (fits && cents.bytes().all(|digit| digit == b'0')).then(|| whole.parse().ok())?
}

/// An amount that JSON has as a number.
fn whole_dong(amount: f64) -> Option<u64> {
    (amount.fract() == 0.0 && (0.0..=FEE_DONG_MAX).contains(&amount)).then_some(amount as u64)
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
