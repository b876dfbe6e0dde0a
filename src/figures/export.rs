//! Figures as files: CSV (RFC 4180) that a spreadsheet opens by a double click, and JSON.
//!
//! The CSV begins with a byte order mark, without which Excel reads Vietnamese letters wrongly, and ends its lines
//! with CR LF. A text that a spreadsheet would take for a formula begins with an apostrophe instead.

use serde::Serialize;

use super::{Cell, Figure, Ratio};
use crate::ticket::Day;

const BYTE_ORDER_MARK: char = '\u{feff}';
const HEAD: &str = "ngay,don_vi,linh_vuc,chi_so,tu_so,mau_so";

/// The cells as CSV. One that may not be told stands there without numbers.
pub fn csv(cells: &[Cell]) -> String {
    let mut text = format!("{BYTE_ORDER_MARK}{HEAD}\r\n");
    for cell in cells {
        let told = |count: u64| {
            if cell.may_be_told() {
                count.to_string()
            } else {
                String::new()
            }
        };
        text += &format!(
            "{},{},{},{},{},{}\r\n",
            cell.day,
            field(&cell.unit),
            field(&cell.field),
            cell.figure.word(),
            told(cell.ratio.numerator),
            told(cell.ratio.denominator),
        );
    }
    text
}

/// A text as one field: quoted where it must be, and never a formula (OWASP, CSV injection).
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', ';', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[derive(Serialize)]
struct Row<'a> {
    day: Day,
    unit: &'a str,
    field: &'a str,
    figure: Figure,
    /// Nothing where there are too few to be told.
    #[serde(flatten)]
    ratio: Option<Ratio>,
}

/// The cells as a JSON list. One that may not be told stands there without numbers.
///
/// # Errors
/// Nothing but a full memory makes it fail.
pub fn json(cells: &[Cell]) -> Result<String, serde_json::Error> {
    let rows: Vec<Row<'_>> = cells
        .iter()
        .map(|cell| Row {
            day: cell.day,
            unit: &cell.unit,
            field: &cell.field,
            figure: cell.figure,
            ratio: cell.may_be_told().then_some(cell.ratio),
        })
        .collect();
    serde_json::to_string_pretty(&rows)
}
