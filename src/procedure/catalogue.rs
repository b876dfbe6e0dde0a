//! All that the province offers, and what of it holds on a day.

use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::finding::{Entry, Finder};
use super::{EventCode, LifeEvent, Procedure, ProcedureCode, ProcedureFault, Purposes};
use crate::aside::ProvinceCode;
use crate::calendar::Calendar;

/// The national list holds about 6,000 procedures; a province uses about 2,000.
pub const PROCEDURES_MAX: usize = 8_000;
/// Life events: four leaves of six.
pub const EVENTS_MAX: usize = 24;
/// Procedures that are found for what is typed.
pub const FOUND_MAX: usize = 5;

/// What the province offers at this kiosk, in the province's order. A procedure may stand there in several versions, no
/// two of which hold on one day.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Catalogue {
    procedures: Vec<Arc<Procedure>>,
    events: Vec<LifeEvent>,
    calendar: Calendar,
    /// What consent is asked for when a dossier is handed in.
    purposes: Purposes,
    province: Option<ProvinceCode>,
    /// Made when somebody first looks for something.
    finder: OnceLock<Arc<Finder>>,
}

/// Two catalogues are alike when they say the same.
impl PartialEq for Catalogue {
    fn eq(&self, other: &Self) -> bool {
        self.procedures == other.procedures
            && self.events == other.events
            && self.calendar == other.calendar
            && self.purposes == other.purposes
            && self.province == other.province
    }
}

impl Eq for Catalogue {}

/// Why a list of procedures is not a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueFault {
    #[error("More than {PROCEDURES_MAX} procedures or {EVENTS_MAX} life events")]
    TooMany,
    #[error("Procedure {0} stands there twice for one day")]
    Twice(ProcedureCode),
    #[error("Life event {0} stands there twice")]
    EventTwice(EventCode),
    #[error("Procedure {0} cannot be offered")]
    Procedure(ProcedureCode, #[source] ProcedureFault),
}

impl Catalogue {
    /// # Errors
    /// If a procedure stands there twice for one day, or cannot be walked to its end.
    pub fn new(procedures: Vec<Procedure>, events: Vec<LifeEvent>) -> Result<Self, CatalogueFault> {
        if procedures.len() > PROCEDURES_MAX || events.len() > EVENTS_MAX {
            return Err(CatalogueFault::TooMany);
        }
        let mut versions: std::collections::HashMap<&ProcedureCode, Vec<&Procedure>> = std::collections::HashMap::new();
        for procedure in &procedures {
            procedure
                .check()
                .map_err(|fault| CatalogueFault::Procedure(procedure.code.clone(), fault))?;
            let others = versions.entry(&procedure.code).or_default();
            if others.iter().any(|other| other.valid.meets(procedure.valid)) {
                return Err(CatalogueFault::Twice(procedure.code.clone()));
            }
            others.push(procedure);
        }
        if let Some(twin) =
            (1..events.len()).find(|at| events[..*at].iter().any(|event| event.code == events[*at].code))
        {
            return Err(CatalogueFault::EventTwice(events[twin].code.clone()));
        }

        Ok(Self {
            procedures: procedures.into_iter().map(Arc::new).collect(),
            events,
            calendar: Calendar::default(),
            purposes: Purposes::default(),
            province: None,
            finder: OnceLock::new(),
        })
    }

    /// With the working days of its offices.
    pub fn with_calendar(self, calendar: Calendar) -> Self {
        Self { calendar, ..self }
    }

    /// Of the province with this code.
    pub fn of_province(self, province: Option<ProvinceCode>) -> Self {
        Self { province, ..self }
    }

    /// Mã tỉnh, where the province has said it.
    pub fn province(&self) -> Option<ProvinceCode> {
        self.province
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// What holds on a day: what is offered then. The rest is kept for its own day.
    pub fn on(&self, day: Date) -> Self {
        let holds = |procedure: &&Arc<Procedure>| procedure.valid.holds_on(day);
        let procedures: Vec<_> = self.procedures.iter().filter(holds).cloned().collect();
        let asked = |event: &&LifeEvent| {
            procedures
                .iter()
                .any(|procedure| procedure.events.contains(&event.code))
        };
        let mut events: Vec<_> = self.events.iter().filter(asked).cloned().collect();
        let known = |of: &EventCode| events.iter().any(|event| event.code == *of);
        let without = procedures.iter().any(|procedure| !procedure.events.iter().any(known));
        if without && !events.is_empty() && !events.iter().any(|event| event.code.as_str() == LifeEvent::OTHER) {
            events.extend(LifeEvent::other());
        }
        Self {
            events,
            procedures,
            calendar: self.calendar.clone(),
            purposes: self.purposes.clone(),
            province: self.province,
            finder: OnceLock::new(),
        }
    }

    /// The same, with the province's purposes instead of the kiosk's own.
    #[must_use]
    pub fn asking_for(self, purposes: Purposes) -> Self {
        Self { purposes, ..self }
    }

    pub fn purposes(&self) -> &Purposes {
        &self.purposes
    }

    pub fn procedures(&self) -> &[Arc<Procedure>] {
        &self.procedures
    }

    /// The life events; of a catalogue [of a day](Self::on), those that have procedures then.
    pub fn events(&self) -> &[LifeEvent] {
        &self.events
    }

    pub fn procedure(&self, code: &ProcedureCode) -> Option<&Arc<Procedure>> {
        self.procedures.iter().find(|procedure| procedure.code == *code)
    }

    /// The procedures of a life event: first those that belong to it before all others, in each part those that are
    /// asked for most first. Under [`LifeEvent::OTHER`] stand those that
    /// belong to none.
    pub fn of_event(&self, event: &EventCode) -> Vec<&Arc<Procedure>> {
        let known = |of: &EventCode| self.events.iter().any(|event| event.code == *of);
        let other = event.as_str() == LifeEvent::OTHER;
        let belongs = |procedure: &&Arc<Procedure>| {
            procedure.events.contains(event) || (other && !procedure.events.iter().any(known))
        };
        let mut found: Vec<_> = self.procedures.iter().filter(belongs).collect();
        found.sort_by_key(|procedure| {
            let elsewhere = procedure.events.first().is_some_and(|first| first != event);
            (elsewhere, std::cmp::Reverse(procedure.asked))
        });
        found
    }

    /// The procedures that are asked for most, at most so many.
    pub fn most_asked(&self, most: usize) -> Vec<&Arc<Procedure>> {
        let mut procedures: Vec<_> = self.procedures.iter().collect();
        procedures.sort_by_key(|procedure| std::cmp::Reverse(procedure.asked));
        procedures.truncate(most);
        procedures
    }

    /// The procedures for what somebody typed, the likeliest first, at most [`FOUND_MAX`].
    pub fn find(&self, query: &str) -> Vec<&Arc<Procedure>> {
        let finder = self.finder.get_or_init(|| {
            Arc::new(Finder::new(self.procedures.iter().map(|procedure| Entry {
                code: procedure.code.as_str(),
                name: &procedure.name.vi,
                official_name: procedure.official(),
                field: &procedure.field.name.vi,
                keywords: &procedure.keywords,
            })))
        });
        let found = finder.find(query, FOUND_MAX);
        found.into_iter().filter_map(|at| self.procedures.get(at)).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.procedures.is_empty()
    }
}

/// As it is kept for the days without a network.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Now {
        procedures: Vec<Procedure>,
        events: Vec<LifeEvent>,
        #[serde(default)]
        calendar: Calendar,
        #[serde(default)]
        purposes: Purposes,
        #[serde(default)]
        province: Option<ProvinceCode>,
    },
    /// Before there were life events.
    Before(Vec<Procedure>),
}

impl TryFrom<Written> for Catalogue {
    type Error = CatalogueFault;

    fn try_from(written: Written) -> Result<Self, CatalogueFault> {
        match written {
            Written::Now {
                procedures,
                events,
                calendar,
                purposes,
                province,
            } => Ok(Self::new(procedures, events)?
                .with_calendar(calendar)
                .asking_for(purposes)
                .of_province(province)),
            Written::Before(procedures) => Self::new(procedures, vec![]),
        }
    }
}

impl From<Catalogue> for Written {
    fn from(catalogue: Catalogue) -> Self {
        Self::Now {
            procedures: catalogue.procedures.into_iter().map(Arc::unwrap_or_clone).collect(),
            events: catalogue.events,
            calendar: catalogue.calendar,
            purposes: catalogue.purposes,
            province: catalogue.province,
        }
    }
}
