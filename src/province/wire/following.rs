//! Supplements, withdrawals and whose dossiers these are, in the names of the contract.

use serde_json::{Value, json};

use super::{WORDS_CHARS_MAX, dossier_code, file, filing, plain, stamp, status, text, time};
use crate::dossier::{ShownCard, ShownHow, WithdrawReason};
use crate::province::{Asker, Package, TheirDossier, WantedPaper};

/// Papers that are wanted at once.
const WANTED_MAX: usize = 30;
/// Dossiers of one person.
const THEIRS_MAX: usize = 50;

/// The body of `POST /v1/dossiers/{code}/supplements`.
pub(in crate::province) fn supplement(package: &Package, code: &str, shown: ShownCard) -> Value {
    json!({
        "SoPhieuGui": package.slip,
        "MaHoSo": code,
        "NgayNopHoSo": stamp(package.sealed_at),
        "NguoiNop": person(&package.applicant.name, &package.applicant.id_number, shown),
        "DongY": filing::consent(&package.consent),
        "TaiLieuNop": package.files.iter().map(file).collect::<Vec<_>>(),
    })
}

/// The body of `POST /v1/dossiers/{code}/withdrawal`.
pub(in crate::province) fn withdrawal(
    package: &Package,
    code: &str,
    shown: ShownCard,
    reason: Option<WithdrawReason>,
) -> Value {
    let mut body = json!({
        "SoPhieuGui": package.slip,
        "MaHoSo": code,
        "NgayYeuCau": stamp(package.sealed_at),
        "NguoiNop": person(&package.applicant.name, &package.applicant.id_number, shown),
    });
    if let Some(reason) = reason {
        body["LyDo"] = match reason {
            WithdrawReason::ChangedMind => "doi-y",
            WithdrawReason::ByMistake => "nop-nham",
            WithdrawReason::PapersLacking => "thieu-giay-to",
            WithdrawReason::DoneElsewhere => "lam-noi-khac",
            WithdrawReason::Other => "khac",
        }
        .into();
    }
    body
}

/// The body of `POST /v1/persons/dossiers`.
pub(in crate::province) fn asking(asker: &Asker, code: Option<&str>) -> Value {
    let mut body = json!({ "NguoiHoi": shown_by(asker.id.as_str(), asker.shown) });
    if let Some(code) = code {
        body["MaHoSo"] = code.into();
    }
    body
}

fn person(name: &str, number: &str, shown: ShownCard) -> Value {
    let mut body = shown_by(number, shown);
    body["HoTen"] = name.into();
    body
}

fn shown_by(number: &str, shown: ShownCard) -> Value {
    json!({
        "SoGiayTo": number,
        "LoaiXacThuc": match shown.how {
            ShownHow::Front => "mat-truoc",
            ShownHow::Chip => "chip",
        },
        "ThoiDiemXacThuc": stamp(shown.at),
    })
}

/// A list of dossiers, or `None` if this is none. What cannot be used of it is left out.
pub(in crate::province) fn their_dossiers(answer: &Value) -> Option<Vec<TheirDossier>> {
    let rows = answer["DanhSachHoSo"].as_array()?;
    let row = |row: &Value| {
        Some(TheirDossier {
            code: dossier_code(row)?,
            procedure_name: plain(text(row, "TenTTHC").unwrap_or_default(), WORDS_CHARS_MAX),
            status: status(row)?,
            at: time(row, "ThoiDiemXuLy"),
        })
    };
    Some(rows.iter().filter_map(row).take(THEIRS_MAX).collect())
}

/// The papers that are wanted. One whose part is no code cannot be brought here.
pub(super) fn wanted(state: &Value) -> Vec<WantedPaper> {
    let papers = state["DanhSachHoSoBoSung"].as_array().map_or(&[][..], Vec::as_slice);
    let paper = |paper: &Value| {
        let part = text(paper, "MaThanhPhanHoSo")?.parse().ok()?;
        let title = plain(text(paper, "TenThanhPhanHoSo").unwrap_or_default(), WORDS_CHARS_MAX);
        Some(WantedPaper {
            part,
            title,
            why: plain(text(paper, "LyDo").unwrap_or_default(), WORDS_CHARS_MAX),
        })
    };
    papers
        .iter()
        .filter_map(paper)
        .filter(|paper| !paper.title.is_empty())
        .take(WANTED_MAX)
        .collect()
}
