//! The hand-in slip (phiếu gửi): what was handed in here, and what the province has said of it by now.

use hardware::printer::{Line, Slip, TextSize, Weight};
use jiff::Timestamp;

use super::{SlipCode, centered, copy_of, day, head, moment, note, pair, words};
use crate::calendar::Due;
use crate::dossier::ActKind;
use crate::procedure::{Language, Words};
use crate::session::handing::sent::Said;
use crate::slip::fee::FeeLine;

/// What a hand-in slip (phiếu gửi) tells. It is no receipt: form 01 comes from an official.
#[derive(Clone, Debug, PartialEq)]
pub struct HandInSlip {
    pub center: String,
    pub slip_number: String,
    pub act: ActKind,
    pub procedure: Words,
    pub parts: Vec<(String, u32)>,
    pub sealed_at: Timestamp,
    /// What the province has said by now.
    pub province: Said,
    /// When the result is to be had, as far as that can be told.
    pub due: Option<Due>,
    pub fee: FeeLine,
    pub copies: u32,
    pub language: Language,
}

impl HandInSlip {
    pub fn layout(&self) -> Slip {
        let mut lines = head(&self.center, copy_of(self.copies));
        lines.push(Line::Gap { mm: 2 });
        lines.push(centered(words::title(self.act), TextSize::Large, Weight::Bold));
        lines.push(centered(&self.slip_number, TextSize::Large, Weight::Bold));
        lines.push(Line::Gap { mm: 1 });
        lines.push(centered(&self.procedure.vi, TextSize::Normal, Weight::Regular));
        lines.push(Line::Rule);
        for (paper, pages) in &self.parts {
            lines.push(pair(paper, &format!("{pages} trang")));
        }
        lines.push(pair("Gửi lúc", &moment(self.sealed_at)));
        if let Said::Received { code } = &self.province {
            lines.push(pair("Mã hồ sơ", code));
        }
        match self.due {
            Some(Due::Promised(at)) => lines.push(pair("Hẹn trả kết quả", &moment(at))),
            Some(Due::Expected(on)) => lines.push(pair("Dự kiến có kết quả", &day(on))),
            None => {}
        }
        lines.push(Line::Rule);
        if self.fee != FeeLine::None {
            lines.extend(self.fee.lines(self.language));
            lines.push(Line::Rule);
        }
        lines.push(Line::Gap { mm: 1 });

        let (vietnamese, english) = words::of(self.act, &self.province);
        lines.push(note(vietnamese));
        if matches!(self.due, Some(Due::Expected(_))) {
            lines.push(note(
                "Ngày dự kiến tính từ hôm gửi; ngày hẹn chính thức do cơ quan tiếp nhận ghi trên giấy hẹn.",
            ));
        }
        if self.language == Language::English {
            lines.push(note(english));
        }
        lines.push(Line::Gap { mm: 2 });
        let code = SlipCode::HandIn {
            slip_number: self.slip_number.clone(),
            copies: self.copies,
        };
        lines.push(Line::Qr { data: code.to_string() });
        lines.push(Line::Gap { mm: 2 });
        lines.push(centered(
            "Đưa mã này vào máy để tra cứu.",
            TextSize::Small,
            Weight::Regular,
        ));
        Slip { lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_in_slip_says_what_is_true_and_no_more() {
        let words_due = |province: Said, due: Option<Due>| {
            let slip = HandInSlip {
                center: "Trung tâm Mẫu".into(),
                slip_number: "K01-261122-0007".into(),
                act: ActKind::Dossier,
                procedure: Words::vietnamese("Đăng ký khai sinh"),
                parts: vec![("Giấy chứng sinh".into(), 2)],
                sealed_at: Timestamp::UNIX_EPOCH,
                province,
                due,
                fee: FeeLine::None,
                copies: 0,
                language: Language::Vietnamese,
            };
            let mut words = String::new();
            for line in slip.layout().lines {
                if let Line::Text { text, .. } | Line::Pair { value: text, .. } = line {
                    words += &text;
                    words.push('\n');
                }
            }
            words
        };
        let words = |province: Said| words_due(province, None);
        let (kept, taken, asked) = ("gửi khi có mạng lại", "đã nhận được", "Cán bộ cần xem lại");
        let told = |text: &str| [kept, taken, asked].map(|words| text.contains(words));
        let code = "000.00.99.H44-261122-0001".to_owned();
        let received = words(Said::Received { code: code.clone() });
        assert_eq!(told(&received), [false, true, false]);
        assert!(received.contains(&code));
        assert_eq!(told(&words(Said::Nothing)), [true, false, false]);
        assert_eq!(told(&words(Said::Refused)), [false, false, true]);

        let expected = words_due(Said::Nothing, Some(Due::Expected(jiff::civil::date(2026, 12, 4))));
        assert!(
            expected.contains("04/12/2026") && expected.contains("Ngày dự kiến"),
            "{expected}"
        );
        let promised = "2026-12-04T10:00:00Z".parse().unwrap();
        let promised = words_due(Said::Nothing, Some(Due::Promised(promised)));
        assert!(
            promised.contains("17:00 · 04/12/2026") && !promised.contains("Ngày dự kiến"),
            "{promised}"
        );
    }
}
