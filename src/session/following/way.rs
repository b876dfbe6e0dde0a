//! Where one dossier stands, and what can be done to it here.

use super::errand::Errand;
use super::mine::Mine;
use super::withdrawing::Withdrawing;
use super::{Following, stay};
use crate::dossier::{KnownDossier, WayState};
use crate::procedure::{
    Catalogue, Condition, Field, Filing, PageCount, Paper, PaperForm, Procedure, ServiceLevel, Validity, Words,
};
use crate::session::paying::PayTouch;
use crate::session::{Around, Moved, News, Next, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    pub known: KnownDossier,
    /// The list it was chosen from.
    pub from: Option<Box<Mine>>,
}

impl From<Way> for Following {
    fn from(way: Way) -> Self {
        Self::Way(Box::new(way))
    }
}

/// Whether something can be done to a dossier, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// Not to this one, not now.
    Nowhere,
    Here,
    /// This kiosk lacks what it takes.
    Counter,
}

impl Way {
    pub fn of(known: KnownDossier) -> Self {
        Self { known, from: None }
    }

    /// Where the papers that are wanted can be brought.
    pub fn supplement(&self, around: &Around) -> Where {
        let known = &self.known;
        if known.state != WayState::Supplement || known.owed.is_some() {
            return Where::Nowhere;
        }
        let possible = known.code.is_some() && !known.told.wanted.is_empty();
        let procedure = procedure_of(known, &around.catalogue);
        if possible && procedure.is_some_and(|procedure| around.health.can_begin(&procedure)) {
            Where::Here
        } else {
            Where::Counter
        }
    }

    pub fn withdrawal(&self, around: &Around) -> Where {
        let known = &self.known;
        if !known.state.can_be_withdrawn() || known.owed.is_some() {
            Where::Nowhere
        } else if known.code.is_some() && known.procedure_code.is_some() && around.health.card_reader.works() {
            Where::Here
        } else {
            Where::Counter
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match news {
            News::Touch(Touch::Done) => (Next::Rest, vec![]),
            News::Touch(Touch::Supplement) if self.supplement(around) == Where::Here => {
                Errand::Supplement(self.known).begin()
            }
            News::Touch(Touch::Withdraw) if self.withdrawal(around) == Where::Here => {
                stay(Withdrawing::asked(self.known).into())
            }
            News::Touch(Touch::PrintReceipt) if self.receipt(around) == Where::Here => self.print_receipt(around),
            News::Touch(Touch::Pay(PayTouch::ByPhone)) if self.payment() == Where::Here => self.pay(around),
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => stay(self.into()),
        }
    }

    pub fn back(self) -> Moved {
        match self.from {
            Some(mine) => stay(Following::Mine(*mine)),
            None => stay(Following::start()),
        }
    }
}

/// What a request to this dossier is made under: its procedure, with the wanted papers in the place of all others and
/// without questions. Nothing if the procedure is not told.
pub fn procedure_of(known: &KnownDossier, catalogue: &Catalogue) -> Option<Procedure> {
    let code = known.procedure_code.clone()?;
    let mut procedure = match catalogue.procedure(&code) {
        Some(procedure) => (**procedure).clone(),
        None => Procedure {
            name: Words::vietnamese(&known.procedure),
            official_name: known.procedure.clone(),
            field: Field {
                code: FIELD_UNKNOWN.parse().ok()?,
                name: Words::vietnamese(""),
            },
            result: Words::vietnamese(""),
            papers: vec![],
            questions: vec![],
            fees: vec![],
            pays_online: false,
            transfer: None,
            by_post: false,
            working_days: 0,
            working_days_online: None,
            level: ServiceLevel::Whole,
            receiving_agency: Words::vietnamese(&known.told.agency),
            deciding_agency: Words::vietnamese(&known.told.agency),
            version: 0,
            valid: Validity::default(),
            keywords: vec![],
            events: vec![],
            asked: 0,
            elsewhere: None,
            filing: Filing::default(),
            code,
        },
    };
    let papers = known.told.wanted.iter().map(|wanted| {
        let before = procedure.papers.iter().find(|paper| paper.code == wanted.part);
        Paper {
            code: wanted.part.clone(),
            name: Words::vietnamese(&wanted.title),
            hint: None,
            // What the province asks for again is brought as it is.
            form: before.map_or(PaperForm::Copy, |paper| match paper.form {
                PaperForm::Shown => PaperForm::Original,
                form @ (PaperForm::Original | PaperForm::Certified | PaperForm::Copy | PaperForm::Photo) => form,
            }),
            pages: before.map_or(PageCount::Any, |paper| paper.pages),
            required: true,
            condition: Condition::None,
        }
    });
    procedure.papers = papers.collect();
    // Whatever is asked and paid for was when it was handed in.
    procedure.questions = vec![];
    procedure.fees = vec![];
    procedure.pays_online = false;
    procedure.by_post = false;
    procedure.level = ServiceLevel::Whole;
    procedure.elsewhere = None;
    Some(procedure)
}

/// Of a procedure that the catalogue does not have any more.
const FIELD_UNKNOWN: &str = "KHAC";
