//! Revisions: what was refused comes again mended, under a key of its own. The old key is never taken in any more.

use axum::http::StatusCode;
use uuid::Uuid;

use crate::{Shared, intake::Intake, problem::Problem};

/// No dossier has been mended more often than that.
const REVISIONS_MAX: u32 = 99;

/// A key that was replaced is closed.
pub(crate) fn check_key(shared: &Shared, key: &str) -> Result<(), Problem> {
    match shared.store.replaced_by(key)? {
        None => Ok(()),
        Some(_) => {
            let detail = "Hồ sơ này đã được thay bằng bản sửa mới.";
            Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "replaced",
                "Bản cũ đã đóng",
                detail,
            ))
        }
    }
}

/// Closes the revision that this one takes the place of.
pub(crate) fn replace(shared: &Shared, key: &str, intake: &Intake) -> Result<(), Problem> {
    let (number, old) = match (intake.PhienBanHoSo, &intake.ThayChoKhoa) {
        (None | Some(1), None) => return Ok(()),
        (Some(number), Some(old)) if (2..=REVISIONS_MAX).contains(&number) => (number, old),
        _ => {
            return Err(Problem::invalid(
                "PhienBanHoSo từ 2 trở lên phải đi cùng ThayChoKhoa, và ngược lại",
            ));
        }
    };
    let old = Uuid::parse_str(old)
        .map_err(|_| Problem::invalid("ThayChoKhoa phải là một UUID"))?
        .to_string();
    if old == key {
        return Err(Problem::invalid("Bản sửa phải có khóa riêng"));
    }
    if let Some(row) = shared.store.dossier(&old)? {
        let before: Intake = serde_json::from_str(&row.body).map_err(anyhow::Error::from)?;
        if row.answer.is_some() {
            return Err(Problem::invalid("Bản trước đã được nhận, không thay được nữa"));
        }
        if before.MaTTHC != intake.MaTTHC || before.PhienBanHoSo.unwrap_or(1) >= number {
            return Err(Problem::invalid("Bản sửa không nối tiếp bản trước"));
        }
    }
    match shared.store.replaced_by(&old)? {
        Some(by) if by != key => Err(Problem::invalid("Bản trước đã được thay bằng bản khác")),
        Some(_) | None => Ok(shared.store.replace(&old, key)?),
    }
}
