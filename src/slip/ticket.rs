//! The ticket slip: the number, large, and what its holder waits for.

use hardware::printer::{Line, Slip, TextSize, Weight};
use jiff::Timestamp;

use super::link::Links;
use super::{SlipCode, centered, copy_of, head, moment, pair};
use crate::procedure::{Language, Words};
use crate::ticket::{Day, Label};

/// What a ticket slip tells.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketSlip {
    pub center: String,
    pub kiosk: String,
    pub day: Day,
    pub number: Label,
    pub series: Option<Words>,
    pub counters: String,
    /// Unknown on a reprint: it would no longer be true.
    pub ahead: Option<u32>,
    /// Drawn while the kiosk was cut off from the others: counters learn of it later.
    pub apart: bool,
    pub minutes: Option<(u32, u32)>,
    pub drawn_at: Timestamp,
    pub copies: u32,
    pub language: Language,
    /// Where its holder's phone follows it, if the centre has such pages.
    pub links: Option<Links>,
}

impl TicketSlip {
    pub fn layout(&self) -> Slip {
        let mut lines = head(&self.center, copy_of(self.copies));
        lines.push(Line::Gap { mm: 2 });
        lines.push(centered("SỐ THỨ TỰ", TextSize::Normal, Weight::Bold));
        lines.push(Line::Gap { mm: 3 });
        lines.push(centered(&self.number.to_string(), TextSize::Huge, Weight::Bold));
        lines.push(Line::Gap { mm: 2 });
        if let Some(series) = &self.series {
            lines.push(centered(&series.vi, TextSize::Large, Weight::Bold));
            if let (Language::English, Some(english)) = (self.language, &series.en) {
                lines.push(centered(english, TextSize::Normal, Weight::Regular));
            }
        }
        lines.push(Line::Gap { mm: 2 });
        lines.push(Line::Rule);
        if !self.counters.is_empty() {
            lines.push(pair("Quầy", &self.counters));
        }
        if let Some(ahead) = self.ahead {
            let ahead = if ahead == 0 {
                "không có ai".to_owned()
            } else {
                format!("{ahead} người")
            };
            lines.push(pair("Trước bạn", &ahead));
        }
        if let Some((from, to)) = self.minutes {
            lines.push(pair("Chờ khoảng", &minutes(from, to)));
        }
        lines.push(pair("Lấy lúc", &moment(self.drawn_at)));
        lines.push(Line::Rule);
        lines.push(Line::Gap { mm: 2 });
        let code = SlipCode::Ticket {
            kiosk: self.kiosk.clone(),
            day: self.day.to_string(),
            number: self.number.compact(),
            copies: self.copies,
        };
        let data = match &self.links {
            Some(links) => links.code(self.day, self.number, &code),
            None => code.to_string(),
        };
        lines.push(Line::Qr { data });
        lines.push(Line::Gap { mm: 2 });
        lines.extend(self.notes());
        lines.push(centered(
            "Xin giữ phiếu và nghe gọi số.",
            TextSize::Small,
            Weight::Regular,
        ));
        if self.language == Language::English {
            let note = "Keep this slip and listen for your number.";
            lines.push(centered(note, TextSize::Small, Weight::Regular));
        }
        Slip { lines }
    }

    /// What its holder can do, or has to know.
    fn notes(&self) -> Vec<Line> {
        let mut lines = vec![];
        if self.apart {
            for line in [
                "Máy đang mất liên lạc với quầy.",
                "Nếu chờ lâu, bạn đưa phiếu này",
                "cho cán bộ ở quầy.",
            ] {
                lines.push(centered(line, TextSize::Normal, Weight::Bold));
            }
            if self.language == Language::English {
                let note = "This kiosk is cut off: if you wait long, show this slip at a counter.";
                lines.push(centered(note, TextSize::Small, Weight::Regular));
            }
            lines.push(Line::Gap { mm: 2 });
        }
        if self.links.is_some() {
            let note = "Quét mã bằng điện thoại để xem lượt của bạn.";
            lines.push(centered(note, TextSize::Small, Weight::Regular));
            if self.language == Language::English {
                let note = "Scan with your phone to follow your turn.";
                lines.push(centered(note, TextSize::Small, Weight::Regular));
            }
        }
        lines
    }
}

fn minutes(from: u32, to: u32) -> String {
    if from == to {
        format!("{from} phút")
    } else {
        format!("{from}–{to} phút")
    }
}
