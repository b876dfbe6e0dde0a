//! Errands to what was handed in before: who it is comes first, then whether it is theirs.
//!
//! ```text
//!   Way ── papers ──────────────▶ card ─▶ Checking ─┬▶ scan… ▶ review ▶ sent
//!    │                                      ▲       ├▶ reason ▶ sent
//!    └── withdraw? ─ yes ──▶ card (chip) ───┘       ├▶ list of theirs
//!   "my dossiers" ─────────▶ card (chip) ───────────┤
//!   form 01 ───────────────▶ card (chip) ─▶ Receipt
//!   staff: mend ───────────▶ card ──────────────────┴▶ review
//! ```
//! The province says whose a dossier is. Where it cannot be asked, what this kiosk has of it says so; where nobody
//! knows, the errand goes on, and the province decides when it comes there.

use std::fmt;
use std::sync::Arc;

use hardware::card::sod::Authenticity;
use uuid::Uuid;

use super::mine::Mine;
use super::receipt::{Receipt, Shower};
use super::way::{self, Way};
use super::withdrawing::Withdrawing;
use super::{Begun, Following, NotPossible, stay};
use crate::citizen::Citizen;
use crate::dossier::{Act, Draft, DraftId, KnownDossier, ShownCard, ShownHow, Theirs};
use crate::session::handing::identifying::{Identifying, Proof};
use crate::session::handing::purpose::Purpose;
use crate::session::handing::reviewing::Reviewing;
use crate::session::handing::{self, HandingIn};
use crate::session::{Around, Effect, KeepNews, Moved, News, Next, ProvinceNews, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub enum Errand {
    /// All dossiers of whoever shows their card.
    Mine,
    /// Papers that are wanted.
    Supplement(KnownDossier),
    Withdraw(KnownDossier),
    /// Form 01 on paper.
    Receipt(KnownDossier),
    /// A refused dossier that staff open with the person.
    Mend {
        dossier: Uuid,
    },
}

/// Whether a person may do an errand, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub enum PersonNews {
    /// These are theirs; for one dossier, that one.
    Theirs(Vec<Theirs>),
    NotTheirs,
    /// The province cannot be asked, and this kiosk does not know.
    Unknown,
    /// The province says no in its own words.
    Refused,
}

/// Why a refused dossier is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReopened {
    NotTheirs,
    /// It was sent again or settled meanwhile, or cannot be read.
    Gone,
}

/// Somebody is known; whether it is theirs is being asked. Personal.
#[derive(Clone, PartialEq)]
pub struct Checking {
    pub asked: Uuid,
    pub errand: Arc<Errand>,
    pub citizen: Box<Citizen>,
    pub shown: ShownCard,
}

impl fmt::Debug for Checking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checking({}, {:?}, hidden)", self.asked, self.errand)
    }
}

impl Errand {
    /// What cannot be undone, and what tells a whole life, is not for whoever holds a photograph of a card.
    pub fn needs_chip(&self) -> bool {
        match self {
            Self::Mine | Self::Withdraw(_) | Self::Receipt(_) => true,
            Self::Supplement(_) | Self::Mend { .. } => false,
        }
    }

    /// Asks for the card.
    pub fn begin(self) -> Moved {
        let purpose = Purpose::Errand(Arc::new(self));
        let handing = HandingIn::Identifying(Identifying::waiting(purpose));
        (Next::Stay(Step::HandingIn(Box::new(handing))), vec![])
    }

    pub fn back(&self) -> Moved {
        match self {
            Self::Mine => stay(Following::start()),
            Self::Supplement(known) | Self::Withdraw(known) | Self::Receipt(known) => {
                stay(Way::of(known.clone()).into())
            }
            Self::Mend { .. } => (Next::Rest, vec![]),
        }
    }

    /// The person has said "that is me".
    pub fn known(self: Arc<Self>, citizen: Box<Citizen>, proof: Proof, around: &Around) -> Moved {
        let how = match proof {
            Proof::Chip(Authenticity::Genuine) => ShownHow::Chip,
            Proof::Chip(_) | Proof::Front => ShownHow::Front,
        };
        if self.needs_chip() && how != ShownHow::Chip {
            return ends(NotPossible::ChipNeeded, Begun::ByPerson);
        }
        let shown = ShownCard { how, at: around.now };
        let asked = around.fresh;
        let id = citizen.id.clone();
        // The province says with the form itself whose it is.
        if let Self::Receipt(known) = &*self {
            return Receipt::ask(Way::of(known.clone()), Shower { id, shown }, around);
        }
        let effect = match &*self {
            Self::Mine => Effect::AskPerson {
                asked,
                id,
                shown,
                code: None,
            },
            Self::Supplement(known) | Self::Withdraw(known) | Self::Receipt(known) => Effect::AskPerson {
                asked,
                id,
                shown,
                code: known.code.clone(),
            },
            Self::Mend { dossier } => Effect::Reopen {
                asked,
                dossier: *dossier,
                id,
                draft: DraftId(asked),
            },
        };
        let checking = Checking {
            asked,
            errand: self,
            citizen,
            shown,
        };
        let (next, _) = stay(Following::Checking(checking));
        (next, vec![effect])
    }
}

impl Checking {
    pub fn on(self, news: News, around: &Around) -> Moved {
        match news {
            News::Province(ProvinceNews::Person { asked, news }) if asked == self.asked => self.answered(news, around),
            News::Keep(KeepNews::Reopened { asked, draft }) if asked == self.asked => match draft {
                Ok(draft) => {
                    let handing = HandingIn::Reviewing(Reviewing::of(*draft));
                    (Next::Stay(Step::HandingIn(Box::new(handing))), vec![])
                }
                Err(NotReopened::NotTheirs) => ends(NotPossible::NotYours, Begun::ByStaff),
                Err(NotReopened::Gone) => ends(NotPossible::Gone, Begun::ByStaff),
            },
            News::Province(_)
            | News::Keep(_)
            | News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Staff(_) => stay(Following::Checking(self)),
        }
    }

    fn answered(self, news: PersonNews, around: &Around) -> Moved {
        let may = match &news {
            PersonNews::Theirs(rows) => !rows.is_empty() || *self.errand == Errand::Mine,
            PersonNews::Unknown => *self.errand != Errand::Mine,
            PersonNews::NotTheirs | PersonNews::Refused => false,
        };
        if !may {
            let why = match news {
                PersonNews::Theirs(_) | PersonNews::NotTheirs => NotPossible::NotYours,
                PersonNews::Unknown => NotPossible::Offline,
                PersonNews::Refused => NotPossible::Refused,
            };
            return ends(why, Begun::ByPerson);
        }
        match &*self.errand {
            Errand::Mine => {
                let rows = match news {
                    PersonNews::Theirs(rows) => rows,
                    PersonNews::NotTheirs | PersonNews::Unknown | PersonNews::Refused => vec![],
                };
                let by = Shower {
                    id: self.citizen.id.clone(),
                    shown: self.shown,
                };
                stay(Following::Mine(Mine::of(by, rows)))
            }
            Errand::Supplement(known) => supplement(known, *self.citizen, self.shown, around),
            Errand::Withdraw(known) => stay(Withdrawing::known(known.clone(), self.citizen.clone(), self.shown).into()),
            // Their answers come from elsewhere.
            Errand::Receipt(_) | Errand::Mend { .. } => stay(Following::Checking(self)),
        }
    }
}

fn supplement(known: &KnownDossier, citizen: Citizen, shown: ShownCard, around: &Around) -> Moved {
    let (Some(procedure), Some(code)) = (way::procedure_of(known, &around.catalogue), known.code.clone()) else {
        return ends(NotPossible::Gone, Begun::ByPerson);
    };
    let id = DraftId(around.fresh);
    let mut draft = Draft::new(id, around.now, procedure, citizen);
    draft.act = Act::Supplement { code, shown };
    draft.purposes = around.catalogue.purposes().clone();
    let effects = vec![Effect::KeepDraft(Box::new(draft.clone()))];
    (Next::Stay(Step::HandingIn(Box::new(handing::begin(draft)))), effects)
}

pub(super) fn ends(why: NotPossible, begun: Begun) -> Moved {
    stay(Following::NotPossible { why, begun })
}

pub(super) fn given_up(begun: Begun) -> Moved {
    match begun {
        Begun::ByPerson => stay(Following::start()),
        Begun::ByStaff => (Next::Rest, vec![]),
    }
}

/// Where an errand ends without being done: one touch leads on.
pub(super) fn not_possible(why: NotPossible, begun: Begun, news: &News) -> Moved {
    match news {
        News::Touch(Touch::Acknowledge) => given_up(begun),
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => ends(why, begun),
    }
}
