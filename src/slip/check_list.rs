//! The check-list slip (giấy tờ còn thiếu): what to bring, in drawings and words, and where a draft was put aside,
//! the code with which any kiosk of the province goes on with it.

use hardware::printer::{Line, Slip, TextSize, Weight};
use jiff::Timestamp;
use jiff::civil::Date;
use zeroize::Zeroizing;

use super::{centered, copy_of, day, drawings, head, moment, note, pair};
use crate::checklist::{CheckList, Wanted, Whom};
use crate::procedure::{Language, PageCount, PaperForm};

/// What a check-list slip tells.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckListSlip {
    pub center: String,
    pub list: CheckList,
    /// For somebody who hands in today, as far as the working days are known.
    pub expected_on: Option<Date>,
    /// The draft that was put aside, if there is one.
    pub aside: Option<Aside>,
    pub made_at: Timestamp,
    pub copies: u32,
    pub language: Language,
}

/// A draft that was put aside.
#[derive(Clone, PartialEq, Eq)]
pub struct Aside {
    /// What the code says. Whoever has it, and the card of the same person, can go on.
    pub code: Zeroizing<String>,
    pub at: AsideAt,
}

impl std::fmt::Debug for Aside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Aside({:?}, code hidden)", self.at)
    }
}

/// Where a draft that was put aside is by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsideAt {
    /// In this kiosk, until there is a network.
    Kiosk,
    /// At the province, which keeps it until the end of this day.
    Province { until: Date },
}

impl CheckListSlip {
    pub fn layout(&self) -> Slip {
        let mut lines = head(&self.center, copy_of(self.copies));
        lines.push(Line::Gap { mm: 2 });
        let title = match (&self.aside, self.list.is_done()) {
            (None, _) => "GIẤY TỜ CẦN MANG THEO",
            (Some(_), false) => "GIẤY TỜ CÒN THIẾU",
            (Some(_), true) => "HỒ SƠ ĐỂ DÀNH",
        };
        lines.push(centered(title, TextSize::Large, Weight::Bold));
        lines.push(centered(
            self.list.procedure.of(self.language),
            TextSize::Normal,
            Weight::Regular,
        ));
        lines.push(Line::Rule);
        self.papers(&mut lines);
        lines.push(Line::Rule);
        if self.list.fee_dong > 0 {
            lines.push(pair("Lệ phí", &dong(self.list.fee_dong)));
        }
        if let Some(expected) = self.expected_on {
            lines.push(pair("Nộp hôm nay, dự kiến có kết quả", &day(expected)));
        }
        lines.push(pair("In lúc", &moment(self.made_at)));
        if let Some(aside) = &self.aside {
            self.go_on(aside, &mut lines);
        }
        Slip { lines }
    }

    fn papers(&self, lines: &mut Vec<Line>) {
        let mut group: Option<&str> = None;
        for wanted in &self.list.wanted {
            let own = match &wanted.whom {
                Whom::OneOf(group) => Some(group.as_str()),
                Whom::Everybody | Whom::Optional | Whom::If(_) => None,
            };
            if own.is_some() && own != group {
                lines.push(note("Một trong các giấy sau là đủ:"));
                lines.push(Line::Gap { mm: 1 });
            } else if own.is_none() && group.is_some() {
                lines.push(Line::Rule);
            }
            group = own;
            lines.push(Line::Drawn {
                drawing: drawings::of(wanted.form),
                title: wanted.name.of(self.language).to_owned(),
                note: self.about(wanted),
            });
        }
        if self.list.wanted.is_empty() {
            lines.push(note("Đã đủ giấy tờ."));
        }
        if self.list.questions_open {
            lines.push(note("Còn câu hỏi cần trả lời tại máy."));
        }
    }

    /// In which form, how many pages, for whom, and where to get it.
    fn about(&self, wanted: &Wanted) -> String {
        let form = match wanted.form {
            PaperForm::Original => "Bản chính",
            PaperForm::Certified => "Bản sao có chứng thực",
            PaperForm::Copy => "Bản sao",
            PaperForm::Shown => "Mang theo để cán bộ xem",
            PaperForm::Photo => "Ảnh",
        };
        let mut about = form.to_owned();
        match (wanted.pages, wanted.have) {
            (PageCount::Any, _) => {}
            (PageCount::Exactly(pages), 0) => about += &format!(", {pages} trang"),
            (PageCount::Exactly(pages), have) => about += &format!(", {pages} trang (đã có {have})"),
        }
        match &wanted.whom {
            Whom::Everybody | Whom::OneOf(_) => {}
            Whom::Optional => about += ", nếu có",
            Whom::If(words) => about += &format!("\nChỉ khi: {}", words.of(self.language)),
        }
        if let Some(hint) = &wanted.hint {
            about += &format!("\n{}", hint.of(self.language));
        }
        about
    }

    fn go_on(&self, aside: &Aside, lines: &mut Vec<Line>) {
        lines.push(Line::Rule);
        lines.push(centered("LẦN SAU LÀM TIẾP", TextSize::Normal, Weight::Bold));
        lines.push(Line::Gap { mm: 1 });
        lines.push(note("1. Đưa mã này vào máy, ở bất kỳ trung tâm nào của tỉnh."));
        lines.push(note("2. Đưa căn cước của chính bạn."));
        lines.push(Line::Qr {
            data: aside.code.to_string(),
        });
        // Honest: what has not left this kiosk yet cannot be opened at another.
        let (vietnamese, english) = match aside.at {
            AsideAt::Province { until } => (
                format!("Giữ được đến hết ngày {}.", day(until)),
                format!("Kept until the end of {}.", day(until)),
            ),
            AsideAt::Kiosk => (
                "Máy đang mất mạng. Mã dùng được sau khi máy có mạng và đã gửi hồ sơ đi.".to_owned(),
                "No network now: the code works once this kiosk has sent your papers.".to_owned(),
            ),
        };
        lines.push(note(&vietnamese));
        if self.language == Language::English {
            lines.push(note(&english));
        }
        lines.push(note("Giữ phiếu như giữ chìa khóa: mất phiếu thì phải làm lại từ đầu."));
        if self.language == Language::English {
            lines.push(note(
                "Next time: show this code, then your own ID card. Keep this slip: it is the only key.",
            ));
        }
    }
}

/// "8.000 đồng".
fn dong(amount: u64) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{grouped} đồng")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::tests::procedure;

    fn words(aside: Option<Aside>) -> String {
        let slip = CheckListSlip {
            center: "Trung tâm Mẫu".into(),
            list: CheckList::of(&procedure()),
            expected_on: Some(jiff::civil::date(2026, 12, 4)),
            aside,
            made_at: Timestamp::UNIX_EPOCH,
            copies: 0,
            language: Language::Vietnamese,
        };
        let mut words = String::new();
        for line in slip.layout().lines {
            if let Line::Text { text, .. } | Line::Pair { value: text, .. } | Line::Qr { data: text } = line {
                words += &text;
                words.push('\n');
            }
        }
        words
    }

    #[test]
    fn only_what_was_put_aside_has_a_code_and_says_where_it_is() {
        let plain = words(None);
        assert!(
            plain.contains("GIẤY TỜ CẦN MANG THEO") && !plain.contains("LẦN SAU"),
            "{plain}"
        );
        assert!(plain.contains("04/12/2026"), "{plain}");

        let aside = |at| {
            let code = "MCK1:R:25:ABC".to_owned().into();
            words(Some(Aside { code, at }))
        };
        let until = jiff::civil::date(2026, 12, 22);
        let (there, here) = (aside(AsideAt::Province { until }), aside(AsideAt::Kiosk));
        assert!(
            there.contains("MCK1:R:25:ABC") && there.contains("đến hết ngày 22/12/2026"),
            "{there}"
        );
        assert!(here.contains("mất mạng") && !here.contains("đến hết ngày"), "{here}");
    }

    #[test]
    fn money_is_written_in_groups() {
        assert_eq!(
            ["0", "999", "8000", "1234567"].map(|n| dong(n.parse().unwrap())),
            ["0 đồng", "999 đồng", "8.000 đồng", "1.234.567 đồng"]
        );
    }
}
