//! The province's JSON, in the field names of the national exchange. No other file knows it.
//!
//! What is read is read with care: numbers may come as text, times may be garbled, lists may hold
//! things we cannot use. What proves something (the code of a dossier) must be right; what only
//! informs may be missing.

mod answer;
pub(super) mod appointment;
pub(super) mod asides;
mod catalogue;
mod filing;
pub(super) mod following;
pub(super) mod national;
mod paper;
mod payment;
mod satisfaction;
pub(super) mod signing;

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use serde_json::{Map, Value, json};

pub(super) use self::{
    catalogue::{NoCatalogue, catalogue},
    payment::{payment, payment_there},
    satisfaction::{is_taken, satisfaction},
};
use super::{Act, ApplicantKind, Channel, DossierState, DossierStatus, FileToSend, Package, Receipt, Step};
use crate::form::{PartialDate, RESERVED, delivery};
use crate::payment::FeeStands;

/// Vietnam is UTC+7 without summer time.
const VIETNAM: Offset = Offset::constant(7);
const WORDS_CHARS_MAX: usize = 500;
const STEPS_MAX: usize = 200;
const CODE_CHARS_MAX: usize = 64;

/// The body of `POST /v1/dossiers`.
pub(super) fn dossier(package: &Package) -> Value {
    let applicant = &package.applicant;
    let order = delivery::post_order(&package.answers);
    let mut body = json!({
        "SoPhieuGui": package.slip,
        "MaTTHC": package.procedure.as_str(),
        "TenTTHC": package.procedure_name,
        "MaLinhVuc": package.field.code.as_str(),
        "TenLinhVuc": package.field.name.vi,
        "KenhThucHien": match package.channel {
            Channel::InPerson => "1",
            Channel::Online => "2",
            Channel::Post => "3",
        },
        "ChuHoSo": applicant.name,
        "LoaiDoiTuong": match applicant.kind {
            ApplicantKind::Citizen => "1",
            ApplicantKind::Business => "2",
            ApplicantKind::Agency => "3",
        },
        "SoGiayToChuHoSo": applicant.id_number,
        "DinhDanhCHS": std::iter::once(&applicant.id_number)
            .chain(&applicant.old_id_number)
            .map(|number| json!({ "LoaiDinhDanh": identity_kind(number), "SoDinhDanh": number }))
            .collect::<Vec<_>>(),
        "NgayNopHoSo": stamp(package.sealed_at),
        "HinhThuc": if order.is_some() { "1" } else { "0" },
        "NoiNopHoSo": package.site,
        "HoSoCoThanhPhanSoHoa": if package.files.is_empty() { "0" } else { "1" },
        "DuLieuBieuMau": package.answers.iter().filter(|(id, _)| !id.starts_with(RESERVED)).map(|(id, answer)| (id.clone(), answer::answer(answer))).collect::<Map<_, _>>(),
        "DongY": filing::consent(&package.consent),
        "TaiLieuNop": package.files.iter().map(file).collect::<Vec<_>>(),
    });

    if let Act::Revision { number, replaces, .. } = &package.act {
        body["PhienBanHoSo"] = (*number).into();
        body["ThayChoKhoa"] = replaces.to_string().into();
    }
    // Left out where it is not so: what was sealed before there were figures is sent as it was.
    if package.assisted {
        body["CoCanBoHoTro"] = "1".into();
    }
    if let Some(order) = order {
        body["BuuChinh"] = answer::post_order(&order, &package.site);
    }
    if package.procedure_version > 0 {
        body["PhienBanTTHC"] = package.procedure_version.into();
    }
    if let Some(submitter) = &package.submitter {
        body["NguoiNop"] = filing::submitter(submitter);
    }
    if let Some(signature) = &package.signature {
        body["ChuKy"] = filing::signature(signature);
    }
    let optional = [
        ("NgaySinh", applicant.born.map(date_text)),
        ("GioiTinh", applicant.sex.clone()),
        ("DiaChi", applicant.address.clone()),
        ("SoDienThoai", applicant.phone.clone()),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            body[name] = value.into();
        }
    }
    body
}

fn file(file: &FileToSend) -> Value {
    let mut body = json!({
        "TenTepDinhKem": file.name,
        "MaThanhPhanHoSo": file.part.as_str(),
        "KichThuoc": file.size_bytes,
        "Sha256": hex(&file.sha256),
        "DuocSoHoa": "1",
    });
    if let Some(digitised) = &file.digitised {
        body["GiayToSoHoa"] = paper::digitised(digitised);
    }
    body
}

/// The body of the hand-over: every file with its hash.
pub(super) fn hand_over(package: &Package) -> Value {
    let files = package
        .files
        .iter()
        .map(|file| json!({ "TenTepDinhKem": file.name, "Sha256": hex(&file.sha256) }));
    json!({ "TaiLieuNop": files.collect::<Vec<_>>() })
}

/// Whether this answers the creation of our dossier, and not somebody else's or nobody's.
pub(super) fn is_created(answer: &Value, package: &Package) -> bool {
    text(answer, "KhoaHoSo").is_some_and(|key| key.eq_ignore_ascii_case(&package.key.to_string()))
        && text(answer, "SoPhieuGui").is_none_or(|slip| slip == package.slip)
}

/// The receipt of our dossier, or `None` if this is not one.
pub(super) fn receipt(answer: &Value, package: &Package) -> Option<Receipt> {
    if text(answer, "SoPhieuGui").is_some_and(|slip| slip != package.slip) {
        return None;
    }
    Some(Receipt {
        code: dossier_code(answer)?,
        received_at: time(answer, "NgayTiepNhan"),
        status: status(answer).unwrap_or(DossierStatus::New),
        due_at: time(answer, "NgayHenTra"),
    })
}

/// How a dossier stands, or `None` if this does not tell it.
pub(super) fn dossier_state(answer: &Value) -> Option<DossierState> {
    let steps = answer["TienDo"].as_array().map_or(&[][..], Vec::as_slice);
    Some(DossierState {
        code: dossier_code(answer),
        procedure_name: plain(text(answer, "TenTTHC").unwrap_or_default(), WORDS_CHARS_MAX),
        procedure_code: text(answer, "MaTTHC").and_then(|code| code.parse().ok()),
        status: status(answer)?,
        handed_in_at: time(answer, "NgayNopHoSo"),
        received_at: time(answer, "NgayTiepNhan"),
        due_at: time(answer, "NgayHenTra"),
        agency: plain(text(answer, "CoQuanQuyetDinh").unwrap_or_default(), WORDS_CHARS_MAX),
        wanted: following::wanted(answer),
        wanted_until: time(answer, "HanBoSung"),
        fee: fee_stands(answer),
        steps: steps.iter().filter_map(step).take(STEPS_MAX).collect(),
    })
}

fn fee_stands(answer: &Value) -> FeeStands {
    if text(&answer["ThanhToan"], "TrangThai") == Some("thanh-cong") {
        FeeStands::Paid
    } else if text(answer, "DuocThanhToanTrucTuyen") == Some("1") {
        FeeStands::ByPhone
    } else {
        FeeStands::Elsewhere
    }
}

fn step(value: &Value) -> Option<Step> {
    Some(Step {
        status: status(value)?,
        at: time(value, "ThoiDiemXuLy")?,
        note: plain(text(value, "NoiDungXuLy").unwrap_or_default(), WORDS_CHARS_MAX),
        office: plain(text(value, "PhongBanXuLy").unwrap_or_default(), WORDS_CHARS_MAX),
    })
}

/// The names of the files that the province still wants, from its problem.
pub(super) fn missing_files(problem: &Value) -> Vec<&str> {
    problem["ThieuTep"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// What a problem, or the `{error_code, message}` of a national peer, says to people.
pub(super) fn words(problem: &Value) -> String {
    let parts = ["title", "detail", "message"].map(|name| text(problem, name).unwrap_or_default().trim());
    let mut said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.dedup();
    plain(&said.join(": "), WORDS_CHARS_MAX)
}

/// Whether the words say that what we sent is there already. Peers say so in words only.
pub(super) fn says_already_there(problem: &Value) -> bool {
    let words = words(problem).to_lowercase();
    // "Đã tồn tại" composed, decomposed (as macOS and some databases write it), and without marks.
    let said = [
        "đã tồn tại",
        "đa\u{303} to\u{302}\u{300}n ta\u{323}i",
        "da ton tai",
        "already exist",
    ];
    // "A key exists already for another content" is a refusal.
    let other = ["khác", "kha\u{301}c", "different", "another"];
    said.iter().any(|words_said| words.contains(words_said)) && !other.iter().any(|not| words.contains(not))
}

/// Plain text for a screen: no control or direction characters, one line, at most `chars_max`.
pub(super) fn plain(text: &str, chars_max: usize) -> String {
    let hidden = |c: &char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let spaced = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
    let clean: String = text
        .chars()
        .filter(|c| !hidden(c))
        .map(spaced)
        .take(4 * chars_max)
        .collect();
    let clean = clean
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");

    match clean.char_indices().nth(chars_max) {
        Some((at, _)) => format!("{}…", clean[..at].trim_end()),
        None => clean,
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `yyyyMMddHHmmss` in Vietnam.
fn stamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::fixed(VIETNAM))
        .strftime("%Y%m%d%H%M%S")
        .to_string()
}

fn time(value: &Value, name: &str) -> Option<Timestamp> {
    let text = text(value, name)?;
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    VIETNAM
        .to_timestamp(DateTime::strptime("%Y%m%d%H%M%S", text).ok()?)
        .ok()
}

/// `yyyyMMdd`, `yyyyMM` or `yyyy`, as precise as it is known.
fn date_text(date: PartialDate) -> String {
    match date {
        PartialDate::Year { year } => format!("{year:04}"),
        PartialDate::Month { year, month } => format!("{year:04}{month:02}"),
        PartialDate::Day { year, month, day } => format!("{year:04}{month:02}{day:02}"),
    }
}

/// Loại định danh: 1 has twelve digits, 2 nine.
fn identity_kind(number: &str) -> &'static str {
    if number.len() == 9 { "2" } else { "1" }
}

fn dossier_code(value: &Value) -> Option<String> {
    let code = text(value, "MaHoSo")?;
    let fits = (1..=CODE_CHARS_MAX).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| code.to_owned())
}

fn status(value: &Value) -> Option<DossierStatus> {
    let number = match &value["TrangThaiHoSo"] {
        Value::String(text) => text.parse().ok()?,
        Value::Number(number) => number.as_u64()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(match number {
        1 => DossierStatus::New,
        2 => DossierStatus::Accepted,
        3 => DossierStatus::NotAccepted,
        4 => DossierStatus::InWork,
        5 => DossierStatus::MoreWanted,
        6 => DossierStatus::PaymentWanted,
        7 => DossierStatus::Withdrawn,
        8 => DossierStatus::Stopped,
        9 => DossierStatus::Done,
        10 => DossierStatus::Returned,
        _ => return None,
    })
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}
