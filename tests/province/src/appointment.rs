//! Form 01 (giấy tiếp nhận hồ sơ và hẹn trả kết quả) of a dossier that an official has accepted, for its person alone.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use crate::{
    Shared,
    dossiers::{json_of, stamp},
    following::{self, Asking},
    problem::Problem,
};

/// The state from which on there is such a form, and those in which there never was one.
const ACCEPTED: i64 = 2;
const NOT_ACCEPTED: i64 = 3;

pub(crate) async fn form_01(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let asking: Asking = serde_json::from_value(json_of(body).await?)
        .map_err(|error| Problem::invalid(format!("Sai cấu trúc: {error}")))?;
    let row = asking.of_dossier(&shared, &code)?;
    let steps = shared.store.steps(&row.key)?;
    let Some(accepted) = steps.iter().find(|step| step.state == ACCEPTED) else {
        let detail = "Hồ sơ chưa được cán bộ tiếp nhận.";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "not-accepted",
            "Chưa tiếp nhận",
            detail,
        ));
    };
    if steps.iter().any(|step| step.state == NOT_ACCEPTED) {
        let detail = "Hồ sơ không được tiếp nhận.";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "not-accepted",
            "Không tiếp nhận",
            detail,
        ));
    }

    let dossier: Value = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
    let procedure = dossier["MaTTHC"].as_str().unwrap_or_default();
    let procedure = shared.catalogue.procedure(procedure, dossier["PhienBanTTHC"].as_u64());
    let papers = procedure.map_or(&Value::Null, |procedure| &procedure["DanhSachThanhPhanHoSo"]);
    let paper = |code: &Value| {
        let papers = papers.as_array().map_or(&[][..], Vec::as_slice);
        papers.iter().find(|paper| paper["MaThanhPhanHoSo"] == *code)
    };
    let files = dossier["TaiLieuNop"].as_array().map_or(&[][..], Vec::as_slice);
    let parts: Vec<Value> = files
        .iter()
        .filter_map(|file| paper(&file["MaThanhPhanHoSo"]))
        .map(|paper| json!({ "TenThanhPhanHoSo": paper["TenThanhPhanHoSo"], "LoaiBan": paper["LoaiBan"], "SoBan": 1 }))
        .collect();
    Ok(Json(json!({
        "MaHoSo": row.code,
        "DonViTiepNhan": dossier["NoiNopHoSo"],
        "ChuHoSo": dossier["ChuHoSo"],
        "SoGiayToChuHoSo": dossier["SoGiayToChuHoSo"],
        "DiaChi": dossier["DiaChi"],
        "SoDienThoai": dossier["SoDienThoai"],
        "TenTTHC": dossier["TenTTHC"],
        "ThanhPhanHoSo": parts,
        "SoBo": 1,
        "SoNgayGiaiQuyet": procedure.map(|procedure| &procedure["SoNgayGiaiQuyet"]),
        "NgayTiepNhan": stamp(accepted.at),
        "NgayHenTra": following::latest(&steps, "NgayHenTra"),
        "NoiTraKetQua": dossier["NoiNopHoSo"],
        "NguoiTiepNhan": "Cán bộ Mẫu",
        "DuongDanTraCuu": row.code.as_ref().map(|code| format!("https://tra-cuu.tinh.example/{code}")),
    })))
}
