//! Satisfaction in the words of the contract: counts of faces, of no one.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::figures::{Batch, BatchRow, Reason};
use crate::ticket::Day;

/// The body of `POST /v1/satisfaction`.
pub(in crate::province) fn satisfaction(batch: &Batch) -> Value {
    json!({ "DanhSach": batch.rows.iter().map(row).collect::<Vec<_>>() })
}

/// Whether this says that the province has our batch.
pub(in crate::province) fn is_taken(answer: &Value, key: Uuid) -> bool {
    super::text(answer, "Khoa").is_some_and(|told| told.eq_ignore_ascii_case(&key.to_string()))
}

fn row(row: &BatchRow) -> Value {
    let mut body = json!({
        "TuNgay": date(row.from),
        "DenNgay": date(row.until),
        "DonVi": row.about.unit,
        "MaLinhVuc": row.about.field,
        "MucDo": u8::from(row.face),
        "SoLuot": row.count,
    });
    if let Some(reason) = row.reason {
        body["LyDo"] = match reason {
            Reason::Time => "thoi-gian",
            Reason::Ease => "de-hieu",
            Reason::Machine => "may",
            Reason::Staff => "can-bo",
            Reason::Trips => "di-lai",
            Reason::Other => "khac",
        }
        .into();
    }
    body
}

/// `yyyyMMdd`.
fn date(day: Day) -> String {
    day.date().strftime("%Y%m%d").to_string()
}
