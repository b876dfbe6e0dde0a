//! Numbers for the office: how many of how many, by unit, field and day (QĐ 766/QĐ-TTg of 2022, the set of figures by
//! which the serving of citizens and businesses is judged). Plain values.
//!
//! Each figure is a numerator over a denominator; shares are made of their sums, never of other shares. `unit` is the
//! deciding agency (cơ quan giải quyết), whose work the figures judge; `field` is MaLinhVuc; the day is Vietnam's.
//!
//! | figure | numerator | denominator | day | QĐ 766 |
//! |---|---|---|---|---|
//! | [`Figure::Online`] | dossiers by the online channel (KenhThucHien 2) | dossiers | handed in | group 3: dossiers online |
//! | [`Figure::Assisted`] | dossiers with which staff helped | dossiers | handed in | – (NĐ 118/2025: helping those who cannot) |
//! | [`Figure::Digitised`] | dossiers with scanned parts | dossiers | handed in | group 4: dossiers digitised |
//! | [`Figure::Pages`] | scanned pages | dossiers with scanned parts | handed in | group 4 |
//! | [`Figure::DataFields`] | answers sent as data | dossiers | handed in | group 4 |
//! | [`Figure::PapersAvoided`] | parts taken from data or only shown | parts that the procedure names | handed in | group 4: data used again |
//! | [`Figure::OnlinePayment`] | of them those paid online | dossiers with a fee | handed in | group 3: online payment |
//! | [`Figure::OnTime`] | results no later than their due time | results with a due time | result | group 2: on time |
//! | [`Figure::Satisfied`] | faces 4 and 5 | faces | given | group 5: satisfaction |
//!
//! A dossier counts once the province has it, under the day on which it was handed in: what is owed is nobody's figure
//! yet. So the office's table is the same as a count of the province's own dossiers.
//!
//! Nothing here is personal. A cell of satisfaction with fewer than [`FACES_TOLD_MIN`] faces is not told: whoever
//! stood beside the kiosk could know whose they are.

mod export;
mod opinion;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

pub use self::export::{csv, json};
pub use self::opinion::{About, Batch, BatchRow, FACES_TOLD_MIN, Face, Given, NoFace, Rated, Reason, batches};
use crate::form::RESERVED;
use crate::procedure::{PartCode, Procedure};
use crate::province::{Channel, Package};
use crate::ticket::Day;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    Online,
    Assisted,
    Digitised,
    Pages,
    DataFields,
    PapersAvoided,
    OnlinePayment,
    OnTime,
    Satisfied,
}

impl Figure {
    pub const ALL: [Self; 9] = [
        Self::Online,
        Self::Assisted,
        Self::Digitised,
        Self::Pages,
        Self::DataFields,
        Self::PapersAvoided,
        Self::OnlinePayment,
        Self::OnTime,
        Self::Satisfied,
    ];

    /// As it is kept and exported.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Assisted => "assisted",
            Self::Digitised => "digitised",
            Self::Pages => "pages",
            Self::DataFields => "data-fields",
            Self::PapersAvoided => "papers-avoided",
            Self::OnlinePayment => "online-payment",
            Self::OnTime => "on-time",
            Self::Satisfied => "satisfied",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.word() == word)
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    pub numerator: u64,
    pub denominator: u64,
}

impl Ratio {
    pub const fn new(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// One of one, or none of one.
    fn is(truth: bool) -> Self {
        Self::new(u64::from(truth), 1)
    }

    pub fn add(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
    }

    /// In whole percent, rounded half up; none of nothing.
    pub fn percent(self) -> Option<u64> {
        (self.denominator > 0).then(|| (self.numerator * 100 + self.denominator / 2) / self.denominator)
    }
}

/// One figure of one unit, field and day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub day: Day,
    pub unit: String,
    pub field: String,
    pub figure: Figure,
    #[serde(flatten)]
    pub ratio: Ratio,
}

impl Cell {
    /// Whether it may leave the kiosk: too few faces could be known by who stood there.
    pub const fn may_be_told(&self) -> bool {
        !matches!(self.figure, Figure::Satisfied) || self.ratio.denominator >= FACES_TOLD_MIN
    }
}

/// What of one dossier is counted once the province has it. Nothing personal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Facts {
    /// The deciding agency, in Vietnamese.
    pub unit: String,
    pub field: String,
    pub online: bool,
    pub assisted: bool,
    /// Scanned pages.
    pub pages: u32,
    pub data_fields: u32,
    /// Parts that the procedure names.
    pub papers: u32,
    /// Of them those taken from data or only shown.
    pub papers_avoided: u32,
    /// Its procedure costs something.
    #[serde(default)]
    pub fee: bool,
}

impl Facts {
    /// Of a dossier as it is sent, under the version it was begun under.
    pub fn of(package: &Package, procedure: &Procedure) -> Self {
        let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        // How the result comes back is no field of the form, and who is authorised brings no part of the procedure's own.
        let fields = package.answers.iter().filter(|(id, _)| !id.starts_with(RESERVED));
        let parts = || {
            procedure
                .papers
                .iter()
                .filter(|paper| paper.code != PartCode::authorisation())
        };
        Self {
            unit: procedure.deciding_agency.vi.clone(),
            field: procedure.field.code.to_string(),
            online: package.channel == Channel::Online,
            assisted: package.assisted,
            pages: package.papers.iter().map(|paper| paper.scans.pages()).sum(),
            data_fields: small(fields.count()),
            papers: small(parts().count()),
            papers_avoided: small(parts().filter(|paper| !paper.is_scanned()).count()),
            fee: procedure.fee_dong() > 0,
        }
    }

    /// What the hand-in adds, figure by figure. A denominator of nothing adds no row.
    pub fn counts(&self) -> impl Iterator<Item = (Figure, Ratio)> + use<> {
        let digitised = self.pages > 0;
        let counts = [
            (Figure::Online, Ratio::is(self.online)),
            (Figure::Assisted, Ratio::is(self.assisted)),
            (Figure::Digitised, Ratio::is(digitised)),
            (Figure::Pages, Ratio::new(u64::from(self.pages), u64::from(digitised))),
            (Figure::DataFields, Ratio::new(u64::from(self.data_fields), 1)),
            (
                Figure::PapersAvoided,
                Ratio::new(u64::from(self.papers_avoided), u64::from(self.papers)),
            ),
            // Paid online it may be later.
            (Figure::OnlinePayment, Ratio::new(0, u64::from(self.fee))),
        ];
        counts.into_iter().filter(|(_, ratio)| ratio.denominator > 0)
    }
}

/// When the result of a dossier was ready, and when it was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    pub at: Timestamp,
    pub due_at: Option<Timestamp>,
}

impl Finished {
    /// Nothing, if nothing was promised.
    pub fn on_time(&self) -> Option<Ratio> {
        Some(Ratio::new(u64::from(self.at <= self.due_at?), 1))
    }
}

/// The days that a page or an export covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    #[default]
    Day,
    /// From Monday.
    Week,
    Month,
}

impl Period {
    /// The first and last day of the period that holds `day`.
    pub fn around(self, day: Day) -> (Day, Day) {
        let date = day.date();
        let (first, last) = match self {
            Self::Day => (date, date),
            Self::Week => {
                let monday = date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days());
                (monday, monday.saturating_add(6.days()))
            }
            Self::Month => (date.first_of_month(), date.last_of_month()),
        };
        (first.into(), last.into())
    }

    /// A day of the period before or after.
    pub fn turned(self, day: Day, by: i32) -> Day {
        let date: Date = day.date();
        let by = i64::from(by.signum());
        let turned = match self {
            Self::Day => date.saturating_add(by.days()),
            Self::Week => date.saturating_add((7 * by).days()),
            Self::Month => date.first_of_month().saturating_add(by.months()),
        };
        turned.into()
    }
}

/// Sums by figure, in the order of [`Figure::ALL`]; one that nobody counted is nothing of nothing.
pub fn sums<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> [Ratio; Figure::ALL.len()] {
    let mut sums = [Ratio::default(); Figure::ALL.len()];
    for cell in cells {
        if let Some(sum) = sums.get_mut(cell.figure as usize) {
            sum.add(cell.ratio);
        }
    }
    sums
}

#[cfg(test)]
mod tests;
