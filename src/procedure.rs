//! Procedures (thủ tục hành chính): what a citizen can ask the province for.
//!
//! A [`Catalogue`] is what the province publishes, as plain values: names, papers, questions, fee,
//! days. It is data with a date, never a constant of the program. Nothing here knows how the
//! province writes it down (`province/wire.rs` does), draws it, or reads a clock.
//!
//! Invariant: a [`Procedure`] in a [`Catalogue`] can be walked to its end. Its codes are unique, each
//! choice question fits on one page, and no question has limits that no answer can meet.

pub mod finding;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::form::{Question, QuestionKind};

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

const CODE_CHARS_MAX: usize = 64;

/// Text that is not a code: empty, longer than 64 characters, or with anything but ASCII letters,
/// digits, `.`, `-` and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Not a code of the province")]
pub struct NotACode;

fn code(text: &str) -> Result<String, NotACode> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');

    if text.is_empty() || text.len() > CODE_CHARS_MAX || !text.chars().all(plain) {
        return Err(NotACode);
    }
    Ok(text.to_owned())
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotACode;

            fn from_str(text: &str) -> Result<Self, NotACode> {
                code(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotACode;

            fn try_from(text: String) -> Result<Self, NotACode> {
                code(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// The code of a procedure (mã TTHC), such as `1.001193` or `3.000181.000.00.00.H22`.
    ProcedureCode
}

code! {
    /// The code of a part of a dossier (mã thành phần hồ sơ): which paper a file stands for.
    PartCode
}

code! {
    /// The code of a field (mã lĩnh vực), which groups procedures and series of tickets.
    FieldCode
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
}

impl Paper {
    /// Whether this paper goes through the scanner at all.
    pub fn is_scanned(&self) -> bool {
        self.form != PaperForm::Shown
    }
}

/// What a citizen asks for (thủ tục).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    pub code: ProcedureCode,
    pub name: Words,
    pub field: Field,
    /// What one gets in the end (kết quả).
    pub result: Words,
    pub papers: Vec<Paper>,
    pub questions: Vec<Question>,
    /// In đồng; 0 is free of charge.
    pub fee_dong: u64,
    pub working_days: u16,
    /// The days promised to those who hand in electronically, where that is fewer.
    pub working_days_online: Option<u16>,
    pub level: ServiceLevel,
    pub receiving_agency: Words,
    pub deciding_agency: Words,
}

impl Procedure {
    pub fn paper(&self, code: &PartCode) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.code == *code)
    }

    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// Whether a visit can be walked to its end with this procedure.
    ///
    /// # Errors
    /// What the province must mend in its catalogue, for the log and for staff.
    pub fn check(&self) -> Result<(), ProcedureFault> {
        if self.papers.len() > PAPERS_MAX || self.questions.len() > QUESTIONS_MAX {
            return Err(ProcedureFault::TooMuch);
        }
        if has_twin(self.papers.iter().map(|paper| paper.code.as_str())) {
            return Err(ProcedureFault::SamePaperTwice);
        }
        if self
            .papers
            .iter()
            .any(|paper| matches!(paper.pages, PageCount::Exactly(n) if n == 0 || n > PAGES_MAX))
        {
            return Err(ProcedureFault::ImpossiblePages);
        }
        if has_twin(self.questions.iter().map(|question| question.id.as_str())) {
            return Err(ProcedureFault::SameQuestionTwice);
        }
        if self.questions.iter().any(|question| !can_be_answered(&question.kind)) {
            return Err(ProcedureFault::ImpossibleQuestion);
        }
        Ok(())
    }
}

const PAPERS_MAX: usize = 30;
const QUESTIONS_MAX: usize = 40;
/// Six choices are what fits on a page with targets of 20 mm.
const CHOICES_MAX: usize = 6;
const DIGITS_MAX: u8 = 20;
/// The most pages one paper may ask for.
pub const PAGES_MAX: u16 = 200;
/// The national list holds about 6,000 procedures; a province uses about 2,000.
pub const PROCEDURES_MAX: usize = 8_000;

/// Why a procedure of the province's catalogue cannot be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcedureFault {
    #[error("More than {PAPERS_MAX} papers or {QUESTIONS_MAX} questions")]
    TooMuch,
    #[error("Two papers have one code")]
    SamePaperTwice,
    #[error("A paper wants no page, or more than {PAGES_MAX}")]
    ImpossiblePages,
    #[error("Two questions have one id")]
    SameQuestionTwice,
    #[error("A question has no possible answer, or more than {CHOICES_MAX} choices")]
    ImpossibleQuestion,
}

fn can_be_answered(kind: &QuestionKind) -> bool {
    match kind {
        QuestionKind::Choice { choices } => {
            (1..=CHOICES_MAX).contains(&choices.len()) && !has_twin(choices.iter().map(|choice| choice.id.as_str()))
        }
        QuestionKind::Number { digits_min, digits_max } => {
            1 <= *digits_min && digits_min <= digits_max && *digits_max <= DIGITS_MAX
        }
        QuestionKind::Date { earliest, latest, .. } => match (earliest, latest) {
            (Some(earliest), Some(latest)) => earliest.may_precede(*latest),
            (None, _) | (_, None) => true,
        },
    }
}

fn has_twin<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// All that the province offers at this kiosk, in the province's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Procedure>", into = "Vec<Procedure>")]
pub struct Catalogue {
    procedures: Vec<Procedure>,
}

/// Why a list of procedures is not a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueFault {
    #[error("More than {PROCEDURES_MAX} procedures")]
    TooMany,
    #[error("Procedure {0} stands there twice")]
    Twice(ProcedureCode),
    #[error("Procedure {0} cannot be offered")]
    Procedure(ProcedureCode, #[source] ProcedureFault),
}

impl Catalogue {
    /// # Errors
    /// If a procedure stands there twice or cannot be walked to its end.
    pub fn new(procedures: Vec<Procedure>) -> Result<Self, CatalogueFault> {
        if procedures.len() > PROCEDURES_MAX {
            return Err(CatalogueFault::TooMany);
        }

        let mut codes = std::collections::HashSet::new();
        for procedure in &procedures {
            procedure
                .check()
                .map_err(|fault| CatalogueFault::Procedure(procedure.code.clone(), fault))?;
            if !codes.insert(&procedure.code) {
                return Err(CatalogueFault::Twice(procedure.code.clone()));
            }
        }

        Ok(Self { procedures })
    }

    pub fn procedures(&self) -> &[Procedure] {
        &self.procedures
    }

    pub fn procedure(&self, code: &ProcedureCode) -> Option<&Procedure> {
        self.procedures.iter().find(|procedure| procedure.code == *code)
    }

    pub fn is_empty(&self) -> bool {
        self.procedures.is_empty()
    }
}

impl TryFrom<Vec<Procedure>> for Catalogue {
    type Error = CatalogueFault;

    fn try_from(procedures: Vec<Procedure>) -> Result<Self, CatalogueFault> {
        Self::new(procedures)
    }
}

impl From<Catalogue> for Vec<Procedure> {
    fn from(catalogue: Catalogue) -> Self {
        catalogue.procedures
    }
}

#[cfg(test)]
mod tests;
