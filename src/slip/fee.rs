//! What a slip says of the fee: paid, with the bank's number; not known to be paid; or to be paid at the counter.

use hardware::printer::Line;
use jiff::Timestamp;

use super::{moment, note, pair};
use crate::procedure::Language;

/// The fee as it stood when the slip was printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeeLine {
    None,
    AtCounter {
        dong: u64,
    },
    Paid {
        dong: u64,
        transaction: Option<String>,
        at: Option<Timestamp>,
    },
    /// The code of a transfer was shown while the province could not be asked. Nobody here knows what became of it.
    TransferShown {
        dong: u64,
        note: String,
        at: Timestamp,
    },
    /// A code was shown, and the province has not said that it was paid.
    Unconfirmed {
        dong: u64,
        reference: String,
    },
}

impl FeeLine {
    pub fn lines(&self, language: Language) -> Vec<Line> {
        let english = |text: &str| (language == Language::English).then(|| note(text));
        match self {
            Self::None => vec![],
            Self::AtCounter { dong } => [
                Some(pair("Lệ phí", &money(*dong))),
                Some(note("Chưa trả. Mời bạn trả tại quầy.")),
                english("Not paid yet. Please pay at the counter."),
            ]
            .into_iter()
            .flatten()
            .collect(),
            Self::Paid { dong, transaction, at } => [
                Some(pair("Lệ phí đã trả", &money(*dong))),
                transaction.as_ref().map(|code| pair("Mã giao dịch", code)),
                at.map(|at| pair("Trả lúc", &moment(at))),
                english("The fee is paid."),
            ]
            .into_iter()
            .flatten()
            .collect(),
            Self::TransferShown { dong, note: with, at } => [
                Some(pair("Lệ phí", &money(*dong))),
                Some(pair("Đã hiện mã chuyển khoản lúc", &moment(*at))),
                Some(pair("Nội dung chuyển khoản", with)),
                Some(note(
                    "Máy chưa biết tiền đã tới chưa. Nếu bạn đã chuyển, đừng trả lần nữa: giữ biên nhận trong điện \
                     thoại, đưa cùng phiếu này cho cán bộ. Nếu chưa chuyển, mời bạn trả tại quầy.",
                )),
                english(
                    "A code for a bank transfer was shown. If you have transferred the fee, do not pay again: show the \
                     receipt in your phone and this slip at the counter. If not, please pay at the counter.",
                ),
            ]
            .into_iter()
            .flatten()
            .collect(),
            Self::Unconfirmed { dong, reference } => [
                Some(pair("Lệ phí", &money(*dong))),
                Some(pair("Mã thanh toán", reference)),
                Some(note(
                    "Lúc in phiếu này, trung tâm chưa báo nhận được tiền. Nếu bạn đã trả bằng điện thoại, \
                     đừng trả lần nữa: đưa phiếu này cho cán bộ.",
                )),
                english(
                    "When this was printed, the payment was not confirmed. If you have paid by phone, do not pay again: \
                     show this slip at the counter.",
                ),
            ]
            .into_iter()
            .flatten()
            .collect(),
        }
    }
}

/// "115.000 đồng".
fn money(dong: u64) -> String {
    let digits = dong.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{grouped} đồng")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &FeeLine) -> String {
        let lines = line.lines(Language::Vietnamese).into_iter().map(|line| match line {
            Line::Text { text, .. } => text,
            Line::Pair { label, value } => format!("{label}: {value}"),
            Line::Rule | Line::Gap { .. } | Line::Qr { .. } | Line::Barcode { .. } | Line::Drawn { .. } => {
                String::new()
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_slip_calls_paid_only_what_is_paid() {
        let at = Some("2026-11-22T02:41:07Z".parse().unwrap());
        let paid = words(&FeeLine::Paid {
            dong: 115_000,
            transaction: Some("GD01".into()),
            at,
        });
        assert_eq!(
            paid,
            "Lệ phí đã trả: 115.000 đồng\nMã giao dịch: GD01\nTrả lúc: 09:41 · 22/11/2026"
        );
        let unconfirmed = words(&FeeLine::Unconfirmed {
            dong: 1_115_000,
            reference: "TT01".into(),
        });
        assert!(
            unconfirmed.contains("1.115.000 đồng") && unconfirmed.contains("TT01"),
            "{unconfirmed}"
        );
        assert!(
            unconfirmed.contains("đừng trả lần nữa") && !unconfirmed.contains("đã trả:"),
            "{unconfirmed}"
        );
        let transfer = words(&FeeLine::TransferShown {
            dong: 115_000,
            note: "K01 261122 0007".into(),
            at: "2026-11-22T02:41:07Z".parse().unwrap(),
        });
        for said in [
            "115.000 đồng",
            "mã chuyển khoản lúc: 09:41 · 22/11/2026",
            "khoản: K01 261122 0007",
            "chưa biết tiền",
        ] {
            assert!(transfer.contains(said), "{transfer}");
        }
        assert!(!transfer.contains("đã trả"), "{transfer}");
        assert!(words(&FeeLine::AtCounter { dong: 8_000 }).contains("8.000 đồng\nChưa trả."));
        assert_eq!(words(&FeeLine::None), "");
    }
}
