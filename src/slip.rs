//! Slips (phiếu): what stands on the paper that a citizen takes away, and in its QR code.
//!
//! Words are Vietnamese, with English beneath where the visit was in English. Nothing personal
//! stands on a ticket slip; a hand-in slip carries the procedure and numbers, no name.

use std::fmt;
use std::str::FromStr;

use hardware::printer::{Align, Line, Slip, TextSize, Weight};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::session::Copy;
use crate::ticket::{TicketId, VIETNAM};

mod appointment;
mod check_list;
mod drawings;
pub mod fee;
mod hand_in;
pub mod link;
mod office;
#[cfg(test)]
mod tests;
mod ticket;
mod words;

pub use self::appointment::AppointmentSlip;
pub use self::check_list::{Aside, AsideAt, CheckListSlip};
pub use self::hand_in::HandInSlip;
pub use self::office::{OfficeSlip, OfficeWords};
pub use self::ticket::TicketSlip;

/// What the QR code of a slip says: `MCK1;T;K01;2026-11-22;A012;0` or `MCK1;H;K01-261122-0007;0`; the first also behind
/// the `#` of a link ([`link::Links`]). The last field counts reprints, so that a copy is told from the first print by its code, too.
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
    /// A slip that only the visit of now knows.
    Visit(Uuid),
}

/// What the slips of a visit tell that nothing else is kept of. Gone with the visit.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitSlip {
    CheckList(Box<CheckListSlip>),
    /// For staff.
    Office(Box<OfficeSlip>),
    Appointment(Box<AppointmentSlip>),
}

impl VisitSlip {
    pub fn layout(self, copies: u32) -> Slip {
        match self {
            Self::CheckList(slip) => CheckListSlip { copies, ..*slip }.layout(),
            Self::Office(slip) => slip.layout(copies),
            Self::Appointment(slip) => AppointmentSlip { copies, ..*slip }.layout(),
        }
    }
}

impl fmt::Display for SlipOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket(id) => write!(f, "T{}", id.0),
            Self::HandIn(dossier) => write!(f, "H{dossier}"),
            Self::Visit(slip) => write!(f, "V{slip}"),
        }
    }
}

impl FromStr for SlipOf {
    type Err = NotASlip;

    fn from_str(text: &str) -> Result<Self, NotASlip> {
        let ticket = text.strip_prefix('T').and_then(|id| id.parse().ok());
        let dossier = text.strip_prefix('H').and_then(|id| id.parse().ok());
        let visit = text.strip_prefix('V').and_then(|id| id.parse().ok());
        ticket
            .map(|id| Self::Ticket(TicketId(id)))
            .or(dossier.map(Self::HandIn))
            .or(visit.map(Self::Visit))
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
        let text = text.trim();
        let link = text.strip_prefix("https://").or(text.strip_prefix("http://"));
        let behind = link.and_then(|link| link.split_once('#'));
        let fields: Vec<&str> = behind.map_or(text, |(_, code)| code).split(';').collect();
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

/// "22/11/2026".
fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
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
mod code_tests {
    use super::*;

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
