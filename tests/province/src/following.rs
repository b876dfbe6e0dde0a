//! What comes after handing in: papers that were asked for, withdrawing, and whose dossiers these are.
//!
//! Whoever asks has shown a card to the kiosk. A list of all dossiers of a person is told only if the chip of the
//! card was read a moment ago; for one dossier whose code is known, the front of the card is enough.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Shared, clock,
    dossiers::{UNIT, created, json_of, key_of, sent_before, stamp, state_words},
    filing::Consent,
    intake::{self, OwedFile},
    problem::Problem,
    store::{DossierRow, Step},
};

/// How long ago the chip may have been read, in minutes.
const SHOWN_MINUTES_MAX: i64 = 10;
/// Dossiers of a person that are told at once, the youngest first.
const LISTED_MAX: usize = 50;
const REASONS: [&str; 5] = ["doi-y", "nop-nham", "thieu-giay-to", "lam-noi-khac", "khac"];

/// Who is at the kiosk.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct Person {
    HoTen: Option<String>,
    SoGiayTo: String,
    LoaiXacThuc: String,
    ThoiDiemXacThuc: String,
}

/// The body of `POST /v1/dossiers/{code}/supplements`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct Supplement {
    SoPhieuGui: String,
    MaHoSo: String,
    NgayNopHoSo: String,
    NguoiNop: Person,
    DongY: Consent,
    pub TaiLieuNop: Vec<OwedFile>,
}

/// The body of `POST /v1/dossiers/{code}/withdrawal`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct Withdrawal {
    SoPhieuGui: String,
    MaHoSo: String,
    NgayYeuCau: String,
    NguoiNop: Person,
    LyDo: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
pub(crate) struct Asking {
    NguoiHoi: Person,
    MaHoSo: Option<String>,
}

impl Asking {
    /// The dossier with this code, if whoever asks has shown a card of its person.
    pub fn of_dossier(&self, shared: &Shared, code: &str) -> Result<DossierRow, Problem> {
        self.NguoiHoi.check()?;
        theirs(shared, code, self.MaHoSo.as_deref().unwrap_or_default(), &self.NguoiHoi)
    }
}

impl Person {
    fn check(&self) -> Result<(), Problem> {
        let number = intake::is_digits(&self.SoGiayTo, 12, 12) || intake::is_digits(&self.SoGiayTo, 9, 9);
        if !number || self.HoTen.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Problem::invalid("Người nộp không đúng"));
        }
        if !matches!(self.LoaiXacThuc.as_str(), "chip" | "mat-truoc") {
            return Err(Problem::invalid("LoaiXacThuc không hợp lệ"));
        }
        if clock::parse_stamp(&self.ThoiDiemXacThuc).is_none() {
            return Err(Problem::invalid("ThoiDiemXacThuc không đúng yyyyMMddHHmmss"));
        }
        Ok(())
    }

    /// Whether the chip was read a moment ago.
    fn is_proved_now(&self) -> bool {
        let shown = clock::parse_stamp(&self.ThoiDiemXacThuc);
        let age = shown.map(|shown| clock::now().duration_since(shown).abs());
        self.LoaiXacThuc == "chip" && age.is_some_and(|age| age <= SignedDuration::from_mins(SHOWN_MINUTES_MAX))
    }

    /// Whose dossier it is to this person, if it is theirs at all.
    fn role(&self, dossier: &Value) -> Option<&'static str> {
        let is = |number: &Value| number.as_str() == Some(self.SoGiayTo.as_str());
        let numbers = dossier["DinhDanhCHS"].as_array().map_or(&[][..], Vec::as_slice);
        if numbers.iter().any(|number| is(&number["SoDinhDanh"])) {
            Some("chu-ho-so")
        } else if is(&dossier["NguoiNop"]["SoGiayTo"]) {
            Some("nguoi-nop")
        } else {
            None
        }
    }
}

impl Supplement {
    pub fn read(body: &Value, purposes: &[Value]) -> Result<Self, Problem> {
        let supplement: Self =
            serde_json::from_value(body.clone()).map_err(|error| Problem::invalid(format!("Sai cấu trúc: {error}")))?;
        supplement.NguoiNop.check()?;
        supplement.DongY.check(purposes).map_err(Problem::invalid)?;
        intake::check_files(&supplement.TaiLieuNop).map_err(Problem::invalid)?;
        if supplement.TaiLieuNop.is_empty() || supplement.SoPhieuGui.trim().is_empty() {
            return Err(Problem::invalid("Bổ sung phải có giấy tờ và số phiếu"));
        }
        if clock::parse_stamp(&supplement.NgayNopHoSo).is_none() {
            return Err(Problem::invalid("NgayNopHoSo không đúng yyyyMMddHHmmss"));
        }
        Ok(supplement)
    }
}

/// The dossier that a request is about, and that it is this person's.
fn theirs(shared: &Shared, code: &str, named: &str, person: &Person) -> Result<DossierRow, Problem> {
    let row = shared
        .store
        .handed_over(code)?
        .filter(|row| row.code.as_deref() == Some(code))
        .ok_or_else(|| Problem::not_found("Không có hồ sơ với mã này."))?;
    if named != code {
        return Err(Problem::invalid("MaHoSo khác với mã trên đường dẫn"));
    }
    let dossier: Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
    match person.role(&dossier) {
        Some(_) => Ok(row),
        None => {
            let detail = "Người yêu cầu không phải chủ hồ sơ và cũng không phải người đã nộp hồ sơ này.";
            Err(Problem::new(
                StatusCode::FORBIDDEN,
                "not-theirs",
                "Không đúng người",
                detail,
            ))
        }
    }
}

fn state_now(steps: &[Step]) -> i64 {
    steps.last().map_or(1, |step| step.state)
}

/// The last of what officials said by this name.
pub(crate) fn latest<'a>(steps: &'a [Step], name: &str) -> Option<&'a Value> {
    steps
        .iter()
        .rev()
        .map(|step| &step.more[name])
        .find(|said| !said.is_null())
}

/// What is wanted, while it is.
pub(crate) fn tell_wanted(answer: &mut Value, steps: &[Step]) {
    if let Some(asked) = steps.last().filter(|step| step.state == 5) {
        answer["DanhSachHoSoBoSung"] = asked.more["DanhSachHoSoBoSung"].clone();
        answer["HanBoSung"] = asked.more["HanBoSung"].clone();
    }
}

pub(crate) async fn supplement(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (key, _working) = key_of(&shared, &headers)?;
    let body = json_of(body).await?;
    let canonical = body.to_string();
    if let Some(row) = sent_before(&shared, &key, &canonical)? {
        return Ok(created(&row));
    }

    let supplement = Supplement::read(&body, shared.catalogue.purposes())?;
    let dossier = theirs(&shared, &code, &supplement.MaHoSo, &supplement.NguoiNop)?;
    let steps = shared.store.steps(&dossier.key)?;
    if state_now(&steps) != 5 {
        return Err(Problem::invalid("Hồ sơ không chờ bổ sung giấy tờ"));
    }
    let wanted = steps.last().map(|step| &step.more["DanhSachHoSoBoSung"]);
    let wanted = wanted.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_wanted = |file: &OwedFile| {
        wanted
            .iter()
            .any(|paper| paper["MaThanhPhanHoSo"] == file.MaThanhPhanHoSo.as_str())
    };
    if !supplement.TaiLieuNop.iter().all(is_wanted) {
        return Err(Problem::invalid("Có giấy tờ không được yêu cầu"));
    }

    let row = DossierRow {
        key,
        slip: supplement.SoPhieuGui,
        body: canonical,
        created_at: clock::now().as_second(),
        code: None,
        answer: None,
        parent: Some(dossier.key),
    };
    shared.store.add_request(&row, "supplement", None)?;
    Ok(created(&row))
}

/// All files of a supplement are there: the dossier goes on.
pub(crate) fn supplement_is_whole(shared: &Shared, row: &DossierRow) -> Result<Response, Problem> {
    let body: Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
    let answer = receipt(body["MaHoSo"].as_str().unwrap_or_default(), &row.slip, 4);
    let answer = shared
        .store
        .request_is_whole(row, &answer, 4, "Đã nhận giấy tờ bổ sung nộp tại kiosk")?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response())
}

pub(crate) async fn withdraw(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (key, _working) = key_of(&shared, &headers)?;
    let body = json_of(body).await?;
    let canonical = body.to_string();
    if let Some(answer) = sent_before(&shared, &key, &canonical)?.and_then(|row| row.answer) {
        return Ok(([(header::CONTENT_TYPE, "application/json")], answer).into_response());
    }

    let withdrawal: Withdrawal =
        serde_json::from_value(body).map_err(|error| Problem::invalid(format!("Sai cấu trúc: {error}")))?;
    withdrawal.NguoiNop.check()?;
    if withdrawal.NguoiNop.LoaiXacThuc != "chip" {
        return Err(Problem::invalid("Rút hồ sơ phải đọc chip của thẻ"));
    }
    if withdrawal
        .LyDo
        .as_ref()
        .is_some_and(|reason| !REASONS.contains(&reason.as_str()))
    {
        return Err(Problem::invalid("LyDo không hợp lệ"));
    }
    if clock::parse_stamp(&withdrawal.NgayYeuCau).is_none() || withdrawal.SoPhieuGui.trim().is_empty() {
        return Err(Problem::invalid("NgayYeuCau hoặc SoPhieuGui không đúng"));
    }
    let dossier = theirs(&shared, &code, &withdrawal.MaHoSo, &withdrawal.NguoiNop)?;
    match state_now(&shared.store.steps(&dossier.key)?) {
        7 => {
            let detail = "Yêu cầu rút hồ sơ này đã tồn tại.";
            let title = "Hồ sơ đã được rút";
            return Err(Problem::new(StatusCode::CONFLICT, "already-withdrawn", title, detail));
        }
        3 | 8..=10 => return Err(Problem::invalid("Hồ sơ đã giải quyết xong, không rút được nữa")),
        _ => {}
    }

    let answer = receipt(&code, &withdrawal.SoPhieuGui, 7);
    let row = DossierRow {
        key,
        slip: withdrawal.SoPhieuGui,
        body: canonical,
        created_at: clock::now().as_second(),
        code: None,
        answer: Some(answer.to_string()),
        parent: Some(dossier.key),
    };
    let note = "Công dân rút hồ sơ tại kiosk";
    shared.store.add_request(&row, "withdrawal", Some((7, note)))?;
    Ok(Json(answer).into_response())
}

fn receipt(code: &str, slip: &str, state: i64) -> Value {
    json!({
        "MaHoSo": code,
        "SoPhieuGui": slip,
        "NgayTiepNhan": clock::stamp(clock::now()),
        "TrangThaiHoSo": state.to_string(),
        "NgayHenTra": null,
        "DonViXuLy": UNIT,
    })
}

/// The dossiers of whoever shows a card. The number stands in the body, so that no log of addresses has it.
pub(crate) async fn of_person(State(shared): State<Shared>, body: Body) -> Result<Json<Value>, Problem> {
    let asking: Asking = serde_json::from_value(json_of(body).await?)
        .map_err(|error| Problem::invalid(format!("Sai cấu trúc: {error}")))?;
    let person = asking.NguoiHoi;
    person.check()?;
    if asking.MaHoSo.is_none() && !person.is_proved_now() {
        let detail = "Danh sách hồ sơ chỉ trả lời khi chip của thẻ vừa được đọc.";
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "not-proved",
            "Chưa đủ xác thực",
            detail,
        ));
    }

    let mut list = Vec::new();
    for row in shared.store.dossiers()?.into_iter().rev() {
        let asked_for = asking
            .MaHoSo
            .as_deref()
            .is_none_or(|code| row.code.as_deref() == Some(code));
        let body: Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
        let Some(role) = person.role(&body).filter(|_| row.code.is_some() && asked_for) else {
            continue;
        };
        let steps = shared.store.steps(&row.key)?;
        let state = state_now(&steps);
        list.push(json!({
            "MaHoSo": row.code,
            "SoPhieuGui": row.slip,
            "TenTTHC": body["TenTTHC"],
            "TrangThaiHoSo": state.to_string(),
            "TenTrangThai": state_words(state),
            "NgayNopHoSo": body["NgayNopHoSo"],
            "ThoiDiemXuLy": steps.last().map(|step| stamp(step.at)),
            "VaiTro": role,
        }));
        if list.len() == LISTED_MAX {
            break;
        }
    }
    Ok(Json(json!({ "DanhSachHoSo": list })))
}
