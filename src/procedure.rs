//! Procedures (thủ tục hành chính): what a citizen can ask the province for.
//!
//! A [`Catalogue`] is what the province publishes, as plain values: names, papers, questions, fee,
//! days. It is data with a date, never a constant of the program. Nothing here knows how the
//! province writes it down (`province/wire.rs` does), draws it, or reads a clock.
//!
//! Invariant: a [`Procedure`] in a [`Catalogue`] can be walked to its end. Its codes are unique, each
//! choice question fits on one page, and no question has limits that no answer can meet.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::form::Question;
use crate::payment::vietqr::Account;
use crate::ticket::SeriesLetter;

mod catalogue;
mod check;
mod code;
mod filing;
pub mod finding;
mod purposes;

pub use self::catalogue::{Catalogue, CatalogueFault, EVENTS_MAX, PROCEDURES_MAX};
pub use self::check::ProcedureFault;
pub use self::code::{EventCode, FieldCode, NotACode, PartCode, ProcedureCode};
pub use self::filing::{Filing, Others, SignatureWanted};
pub use self::purposes::{Need, PURPOSES_MAX, Purpose, Purposes, PurposesFault};

/// What is shown and spoken at a page. A language without its words falls back to Vietnamese.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    #[default]
    Vietnamese,
    English,
}

/// A name or sentence that the province gives, in Vietnamese and perhaps in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub vi: String,
    pub en: Option<String>,
}

impl Words {
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: Some(en.into()),
        }
    }

    pub fn vietnamese(vi: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: None,
        }
    }

    /// The words in `language`, or in Vietnamese where the province has not translated them.
    pub fn of(&self, language: Language) -> &str {
        match (language, &self.en) {
            (Language::English, Some(en)) => en,
            (Language::English, None) | (Language::Vietnamese, _) => &self.vi,
        }
    }
}

/// A field (lĩnh vực): civil status, transport, business…
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub code: FieldCode,
    pub name: Words,
}

/// How far a procedure can be done without the counter (NĐ 42/2022).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceLevel {
    /// Dịch vụ công trực tuyến toàn trình: nothing but the result needs a visit.
    Whole,
    /// Dịch vụ công trực tuyến một phần.
    Partial,
    /// Information only: it is handed in at a counter.
    CounterOnly,
}

/// In which form a paper is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperForm {
    /// Bản chính: the original is scanned here and handed in.
    Original,
    /// Bản sao có chứng thực.
    Certified,
    /// Bản sao: a plain copy is enough.
    Copy,
    /// Xuất trình: only shown at the counter, never scanned.
    Shown,
    /// Ảnh: a photograph of a person.
    Photo,
}

/// How many scanned pages make a paper whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageCount {
    /// One or more.
    Any,
    Exactly(u16),
}

/// A paper that a procedure asks for (thành phần hồ sơ).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    pub code: PartCode,
    pub name: Words,
    /// Where one gets it, or which side is up.
    pub hint: Option<Words>,
    pub form: PaperForm,
    pub pages: PageCount,
    /// A paper that only some people have is not required.
    pub required: bool,
    #[serde(default)]
    pub condition: Condition,
}

/// What decides whether a paper is wanted, beside [`Paper::required`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    #[default]
    None,
    /// One paper of this group is enough; the province has all of a group required, or none.
    OneOf(String),
    /// Of whom it is true; the person knows.
    If(Words),
    /// Not asked for any more: the province's data have it.
    InData,
}

impl Condition {
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::OneOf(group) => Some(group),
            Self::None | Self::If(_) | Self::InData => None,
        }
    }
}

impl Paper {
    /// Whether this paper goes through the scanner at all.
    pub fn is_scanned(&self) -> bool {
        self.form != PaperForm::Shown && self.condition != Condition::InData
    }
}

/// An occasion in life (sự kiện) that brings people here: a birth, a house, a motorbike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeEvent {
    pub code: EventCode,
    pub name: Words,
    pub picture: EventPicture,
}

impl LifeEvent {
    /// The code of what belongs to no event.
    pub const OTHER: &str = "viec-khac";

    /// Under which stand the procedures that belong to no event: who cannot type finds them, too.
    pub fn other() -> Option<Self> {
        Some(Self {
            code: Self::OTHER.parse().ok()?,
            name: Words::new("Việc khác", "Something else"),
            picture: EventPicture::Papers,
        })
    }
}

/// The pictures that there are for life events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventPicture {
    Baby,
    Rings,
    House,
    Shop,
    Motorbike,
    Elder,
    School,
    Work,
    Health,
    Candle,
    Wall,
    Papers,
}

/// From when to when a version of a procedure holds; both days belong to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl Validity {
    pub fn holds_on(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether both hold on some day.
    pub fn meets(self, other: Self) -> bool {
        let before = |a: Self, b: Self| a.until.zip(b.from).is_some_and(|(until, from)| until < from);
        !before(self, other) && !before(other, self)
    }
}

/// A procedure that lives in another system: the kiosk gives a number instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub series: Option<SeriesLetter>,
    /// As it is written above it: "6".
    pub counter: String,
    /// Whose system it is.
    pub note: Words,
}

/// A line of what a procedure costs (phí, lệ phí).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    pub name: Words,
    /// In đồng.
    pub dong: u64,
}

/// What a citizen asks for (thủ tục).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    pub code: ProcedureCode,
    /// As people call it.
    pub name: Words,
    /// As the law calls it; the province hears this one.
    #[serde(default)]
    pub official_name: String,
    pub field: Field,
    /// What one gets in the end (kết quả).
    pub result: Words,
    pub papers: Vec<Paper>,
    pub questions: Vec<Question>,
    /// What it costs, line by line; empty is free of charge.
    #[serde(default)]
    pub fees: Vec<Fee>,
    /// The fee may be paid by phone, before anybody has looked at the dossier.
    #[serde(default)]
    pub pays_online: bool,
    /// Where its fee may be transferred while the province cannot be asked; most name none.
    #[serde(default)]
    pub transfer: Option<Account>,
    pub working_days: u16,
    /// The days promised to those who hand in electronically, where that is fewer.
    pub working_days_online: Option<u16>,
    pub level: ServiceLevel,
    pub receiving_agency: Words,
    pub deciding_agency: Words,
    #[serde(default)]
    pub filing: Filing,
    /// A dossier keeps the version that it was begun under.
    #[serde(default)]
    pub version: u32,
    #[serde(default)]
    pub valid: Validity,
    /// Words under which people look for it.
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub events: Vec<EventCode>,
    /// How often a month it is asked for.
    #[serde(default)]
    pub asked: u32,
    #[serde(default)]
    pub elsewhere: Option<Elsewhere>,
    /// Whether the result can be posted.
    #[serde(default)]
    pub by_post: bool,
}

impl Procedure {
    pub fn paper(&self, code: &PartCode) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.code == *code)
    }

    /// The working days that are promised to somebody who hands in here: electronically.
    pub fn days_promised(&self) -> u16 {
        self.working_days_online.unwrap_or(self.working_days)
    }

    /// All its fees together, in đồng; 0 is free of charge.
    pub fn fee_dong(&self) -> u64 {
        self.fees.iter().fold(0, |sum, fee| sum.saturating_add(fee.dong))
    }

    /// Its name in law.
    pub fn official(&self) -> &str {
        // Kept before there were two names.
        if self.official_name.is_empty() {
            &self.name.vi
        } else {
            &self.official_name
        }
    }

    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }
}

/// The most pages one paper may ask for.
pub const PAGES_MAX: u16 = 200;

#[cfg(test)]
mod tests;
