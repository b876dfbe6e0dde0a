//! Slips (phiếu): what stands on the paper that a citizen takes away, and in its QR code.
//!
//! Words are Vietnamese, with English beneath where the visit was in English. Nothing personal
//! stands on a ticket slip; a hand-in slip carries the procedure and numbers, no name.

use std::fmt;
use std::str::FromStr;

use hardware::printer::{Align, Line, Slip, TextSize, Weight};
use jiff::Timestamp;
use uuid::Uuid;

use crate::procedure::{Language, Words};
use crate::session::Copy;
use crate::session::handing::sent::Said;
use crate::ticket::{Day, Label, TicketId, VIETNAM};

/// What the QR code of a slip says: `MCK1;T;K01;2026-11-22;A012;0` or `MCK1;H;K01-261122-0007;0`.
/// The last field counts reprints, so that a copy is told from the first print by its code, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlipCode {
    Ticket {
        kiosk: String,
        day: String,
        number: String,
        copies: u32,
    },
    HandIn {
        slip_number: String,
        copies: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a slip of ours")]
pub struct NotASlip;

/// What a slip is of, in this kiosk's own store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipOf {
    Ticket(TicketId),
    /// The dossier with this id.
    HandIn(Uuid),
}

impl fmt::Display for SlipOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket(id) => write!(f, "T{}", id.0),
            Self::HandIn(dossier) => write!(f, "H{dossier}"),
        }
    }
}

impl FromStr for SlipOf {
    type Err = NotASlip;

    fn from_str(text: &str) -> Result<Self, NotASlip> {
        let ticket = text.strip_prefix('T').and_then(|id| id.parse().ok());
        let dossier = text.strip_prefix('H').and_then(|id| id.parse().ok());
        ticket
            .map(|id| Self::Ticket(TicketId(id)))
            .or(dossier.map(Self::HandIn))
            .ok_or(NotASlip)
    }
}

const MARK: &str = "MCK1";

impl SlipCode {
    pub fn copies(&self) -> u32 {
        match self {
            Self::Ticket { copies, .. } | Self::HandIn { copies, .. } => *copies,
        }
    }
}

impl fmt::Display for SlipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket {
                kiosk,
                day,
                number,
                copies,
            } => write!(f, "{MARK};T;{kiosk};{day};{number};{copies}"),
            Self::HandIn { slip_number, copies } => write!(f, "{MARK};H;{slip_number};{copies}"),
        }
    }
}

impl FromStr for SlipCode {
    type Err = NotASlip;

    fn from_str(text: &str) -> Result<Self, NotASlip> {
        let fields: Vec<&str> = text.trim().split(';').collect();
        let copies = |field: &str| field.parse().map_err(|_| NotASlip);

        match fields.as_slice() {
            [MARK, "T", kiosk, day, number, count] => Ok(Self::Ticket {
                kiosk: (*kiosk).to_owned(),
                day: (*day).to_owned(),
                number: (*number).to_owned(),
                copies: copies(count)?,
            }),
            [MARK, "H", slip_number, count] => Ok(Self::HandIn {
                slip_number: (*slip_number).to_owned(),
                copies: copies(count)?,
            }),
            _ => Err(NotASlip),
        }
    }
}

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
    pub minutes: Option<(u32, u32)>,
    pub drawn_at: Timestamp,
    pub copies: u32,
    pub language: Language,
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
        lines.push(Line::Qr { data: code.to_string() });
        lines.push(Line::Gap { mm: 2 });
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
}

/// What a hand-in slip (phiếu gửi) tells. It is no receipt: form 01 comes from an official.
#[derive(Clone, Debug, PartialEq)]
pub struct HandInSlip {
    pub center: String,
    pub slip_number: String,
    pub procedure: Words,
    pub parts: Vec<(String, u32)>,
    pub sealed_at: Timestamp,
    /// What the province has said by now.
    pub province: Said,
    pub copies: u32,
    pub language: Language,
}

impl HandInSlip {
    pub fn layout(&self) -> Slip {
        let mut lines = head(&self.center, copy_of(self.copies));
        lines.push(Line::Gap { mm: 2 });
        lines.push(centered("PHIẾU GỬI HỒ SƠ", TextSize::Large, Weight::Bold));
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
        lines.push(Line::Rule);
        lines.push(Line::Gap { mm: 1 });

        // Honest: what is kept is called kept, what is received is called received.
        let (vietnamese, english) = match self.province {
            Said::Received { .. } => (
                "Cơ quan đã nhận được hồ sơ. Giấy hẹn sẽ có khi cán bộ tiếp nhận.",
                "The office has received your dossier. An official will confirm it.",
            ),
            Said::Nothing => (
                "Hồ sơ đã được giữ an toàn trong máy này và sẽ gửi khi có mạng.",
                "Your dossier is safe in this kiosk and will be sent when the network is back.",
            ),
            Said::Refused => (
                "Hồ sơ đã được giữ an toàn trong máy này. Cán bộ cần xem lại cùng bạn trước khi gửi lại.",
                "Your dossier is safe in this kiosk. Staff need to look at it with you before it is sent again.",
            ),
        };
        lines.push(note(vietnamese));
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

fn copy_of(copies: u32) -> Copy {
    if copies == 0 { Copy::First } else { Copy::Copy }
}

fn head(center: &str, copy: Copy) -> Vec<Line> {
    let mut lines = vec![centered(center, TextSize::Normal, Weight::Bold)];
    if copy == Copy::Copy {
        lines.push(centered("BẢN IN LẠI", TextSize::Normal, Weight::Bold));
    }
    lines
}

fn centered(text: &str, size: TextSize, weight: Weight) -> Line {
    Line::Text {
        text: text.to_owned(),
        size,
        weight,
        align: Align::Center,
    }
}

fn note(text: &str) -> Line {
    Line::Text {
        text: text.to_owned(),
        size: TextSize::Normal,
        weight: Weight::Regular,
        align: Align::Left,
    }
}

fn pair(label: &str, value: &str) -> Line {
    Line::Pair {
        label: label.to_owned(),
        value: value.to_owned(),
    }
}

fn minutes(from: u32, to: u32) -> String {
    if from == to {
        format!("{from} phút")
    } else {
        format!("{from}–{to} phút")
    }
}

/// "09:41 · 22/11/2026".
fn moment(at: Timestamp) -> String {
    let local = VIETNAM.to_datetime(at);
    format!(
        "{:02}:{:02} · {:02}/{:02}/{:04}",
        local.hour(),
        local.minute(),
        local.day(),
        local.month(),
        local.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_in_slip_says_what_is_true_and_no_more() {
        let words = |province: Said| {
            let slip = HandInSlip {
                center: "Trung tâm Mẫu".into(),
                slip_number: "K01-261122-0007".into(),
                procedure: Words::vietnamese("Đăng ký khai sinh"),
                parts: vec![("Giấy chứng sinh".into(), 2)],
                sealed_at: Timestamp::UNIX_EPOCH,
                province,
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
        let (kept, taken, asked) = ("sẽ gửi khi có mạng", "đã nhận được", "Cán bộ cần xem lại");
        let told = |text: &str| [kept, taken, asked].map(|words| text.contains(words));
        let code = "000.00.99.H44-261122-0001".to_owned();
        let received = words(Said::Received { code: code.clone() });
        assert_eq!(told(&received), [false, true, false]);
        assert!(received.contains(&code));
        assert_eq!(told(&words(Said::Nothing)), [true, false, false]);
        assert_eq!(told(&words(Said::Refused)), [false, false, true]);
    }

    #[test]
    fn the_code_of_a_slip_is_read_back() {
        for code in [
            SlipCode::Ticket {
                kiosk: "K01".into(),
                day: "2026-11-22".into(),
                number: "A012".into(),
                copies: 0,
            },
            SlipCode::HandIn {
                slip_number: "K01-261122-0007".into(),
                copies: 2,
            },
        ] {
            assert_eq!(code.to_string().parse(), Ok(code));
        }
        for other in [
            "",
            "MCK1",
            "MCK1;T",
            "MCK1;H;x;y",
            "MCK2;H;x;0",
            "038048002028||A|B|C|D|E",
        ] {
            assert_eq!(other.parse::<SlipCode>(), Err(NotASlip), "{other}");
        }
    }
}
