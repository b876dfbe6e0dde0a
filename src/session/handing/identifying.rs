//! Who it is: the QR code on the front of the card, its chip where there is a reader, then the person says "that is me".
//!
//! ```text
//!             code              card laid down            read
//!   Waiting ───────▶ Chip::Lay ───────────────▶ Reading ───────▶ Confirming ── yes ──▶ Asking…
//!      │                  ▲  fault, other person │   │                ▲
//!      │ no reader        └──────────────────────┘   │ altered, copy  │ without the chip
//!      └─────────────────────────────────────────────┼────────────────┘
//!                                                     ▼
//!                                                  Stopped: staff
//! ```

use std::sync::Arc;

use hardware::card::sod::Authenticity;
use hardware::card::{CardFault, Copy, Holder, Slot};

use super::{HandingIn, begin, keep, stay};
use crate::citizen::{Citizen, NotACard};
use crate::dossier::{Draft, DraftId};
use crate::health::Status;
use crate::procedure::Procedure;
use crate::session::{Around, CardNews, CardPlace, CodeNews, Effect, Held, Moved, News, Next, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub enum Identifying {
    Waiting {
        procedure: Arc<Procedure>,
        last: LastCode,
    },
    /// The front is known; the chip is to be read.
    Chip {
        procedure: Arc<Procedure>,
        citizen: Box<Citizen>,
        at: ChipAt,
    },
    Confirming {
        procedure: Arc<Procedure>,
        citizen: Box<Citizen>,
        held: Held,
        proof: Proof,
    },
    /// The card is not what was issued. Staff are called; nothing of it is kept.
    Stopped {
        procedure: Arc<Procedure>,
    },
}

/// What the code scanner read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastCode {
    None,
    Unreadable,
    WrongKind,
}

/// Where the reading of the chip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipAt {
    Lay,
    Reading {
        percent: u8,
    },
    Failed(CardFault),
    /// The chip is of another card than the code.
    OtherPerson,
}

/// What speaks for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The front of the card alone.
    Front,
    Chip(Authenticity),
}

impl Identifying {
    pub fn waiting(procedure: Arc<Procedure>) -> Self {
        Self::Waiting {
            procedure,
            last: LastCode::None,
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Waiting { procedure, last } => waiting(procedure, last, &news, around),
            Self::Chip { procedure, citizen, at } => chip(procedure, citizen, at, news, around),
            Self::Confirming {
                procedure,
                citizen,
                held,
                proof,
            } => confirming(procedure, citizen, (held, proof), news, around),
            Self::Stopped { procedure } => match news {
                News::Touch(Touch::Acknowledge) => (Next::Rest, vec![]),
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::LookUp { .. }
                | News::Staff(_) => stay(HandingIn::Identifying(Self::Stopped { procedure })),
            },
        }
    }

    pub fn back(self) -> Moved {
        match self {
            Self::Waiting { procedure, .. } => stay(HandingIn::Reading(procedure)),
            Self::Chip { procedure, .. } | Self::Confirming { procedure, .. } => {
                stay(HandingIn::Identifying(Self::waiting(procedure)))
            }
            stopped @ Self::Stopped { .. } => stay(HandingIn::Identifying(stopped)),
        }
    }
}

fn waiting(procedure: Arc<Procedure>, last: LastCode, news: &News, around: &Around) -> Moved {
    let last = match news {
        News::Code(CodeNews::Code(code)) => match Citizen::from_card_code(&code.0) {
            Ok(citizen) => return known(procedure, Box::new(citizen), around),
            Err(NotACard::OtherCode) => LastCode::WrongKind,
            Err(NotACard::BrokenField) => LastCode::Unreadable,
        },
        News::Code(CodeNews::Noise) => LastCode::Unreadable,
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::LookUp { .. }
        | News::Staff(_) => last,
    };
    stay(HandingIn::Identifying(Identifying::Waiting { procedure, last }))
}

/// The front is known: on to the chip, if there is a reader that works.
fn known(procedure: Arc<Procedure>, citizen: Box<Citizen>, around: &Around) -> Moved {
    match around.health.card_reader {
        Status::Works if around.card == CardPlace::Lying => read(procedure, citizen),
        Status::Works => at(procedure, citizen, ChipAt::Lay),
        Status::Faulty(fault @ (CardFault::TwoCards | CardFault::Held)) => {
            at(procedure, citizen, ChipAt::Failed(fault))
        }
        Status::Absent | Status::Starting | Status::Faulty(_) => confirm(procedure, citizen, Proof::Front),
    }
}

fn at(procedure: Arc<Procedure>, citizen: Box<Citizen>, at: ChipAt) -> Moved {
    stay(HandingIn::Identifying(Identifying::Chip { procedure, citizen, at }))
}

fn read(procedure: Arc<Procedure>, citizen: Box<Citizen>) -> Moved {
    let keys = citizen.chip_keys();
    let (next, _) = at(procedure, citizen, ChipAt::Reading { percent: 0 });
    (next, vec![Effect::ReadCard { keys }])
}

fn confirm(procedure: Arc<Procedure>, citizen: Box<Citizen>, proof: Proof) -> Moved {
    stay(HandingIn::Identifying(Identifying::Confirming {
        procedure,
        citizen,
        held: Held::Masked,
        proof,
    }))
}

fn chip(procedure: Arc<Procedure>, citizen: Box<Citizen>, now: ChipAt, news: News, around: &Around) -> Moved {
    let reading = matches!(now, ChipAt::Reading { .. });
    let next = match news {
        News::Card(CardNews::Place(Ok(Slot::Card))) if !reading => return read(procedure, citizen),
        // What a pulled card means for the reading comes with its result.
        News::Card(CardNews::Place(_)) if reading => now,
        // What the page says of a card that was lifted too early is still to be read.
        News::Card(CardNews::Place(Ok(Slot::Empty))) if now == ChipAt::Failed(CardFault::Removed) => now,
        News::Card(CardNews::Place(Ok(Slot::Empty | Slot::Card))) => ChipAt::Lay,
        News::Card(CardNews::Place(Err(fault))) => ChipAt::Failed(fault),
        News::Card(CardNews::Progress { percent }) if reading => ChipAt::Reading { percent },
        // It was gone before anything came of it: the reader had not noticed yet.
        News::Card(CardNews::Read(Err(CardFault::Removed))) if now == (ChipAt::Reading { percent: 0 }) => ChipAt::Lay,
        News::Card(CardNews::Read(result)) if reading => return done(procedure, citizen, result),
        News::Touch(Touch::Again) if !reading && around.card == CardPlace::Lying => return read(procedure, citizen),
        News::Touch(Touch::Skip) if !reading => return confirm(procedure, citizen, Proof::Front),
        // Another card is shown: it is that one's turn.
        News::Code(CodeNews::Code(code)) if !reading => match Citizen::from_card_code(&code.0) {
            Ok(citizen) => return known(procedure, Box::new(citizen), around),
            Err(NotACard::OtherCode | NotACard::BrokenField) => now,
        },
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::LookUp { .. }
        | News::Staff(_) => now,
    };
    at(procedure, citizen, next)
}

fn done(procedure: Arc<Procedure>, citizen: Box<Citizen>, result: Result<Box<Holder>, CardFault>) -> Moved {
    let holder = match result {
        Ok(holder) => holder,
        Err(CardFault::Copied) => return stopped(procedure),
        Err(fault) => return at(procedure, citizen, ChipAt::Failed(fault)),
    };
    if matches!(holder.authenticity, Authenticity::Altered(_)) || holder.copy == Copy::Copied {
        return stopped(procedure);
    }
    if !holder.mrz.as_ref().is_some_and(|mrz| mrz.is_of(citizen.id.as_str())) {
        return at(procedure, citizen, ChipAt::OtherPerson);
    }
    let citizen = match &holder.details {
        Some(details) => Box::new(citizen.with_chip(details)),
        None => citizen,
    };
    confirm(procedure, citizen, Proof::Chip(holder.authenticity))
}

fn stopped(procedure: Arc<Procedure>) -> Moved {
    let (next, _) = stay(HandingIn::Identifying(Identifying::Stopped { procedure }));
    (next, vec![Effect::CallStaff])
}

fn confirming(
    procedure: Arc<Procedure>,
    citizen: Box<Citizen>,
    (held, proof): (Held, Proof),
    news: News,
    around: &Around,
) -> Moved {
    let held = match news {
        News::Touch(Touch::Yes) => {
            let id = DraftId(around.fresh);
            let draft = Draft::new(id, around.now, (*procedure).clone(), *citizen);
            let effects = vec![keep(&draft)];
            return (Next::Stay(Step::HandingIn(Box::new(begin(draft)))), effects);
        }
        News::Touch(Touch::No) => return stay(HandingIn::Identifying(Identifying::waiting(procedure))),
        News::Touch(Touch::Hold(held)) => held,
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::LookUp { .. }
        | News::Staff(_) => held,
    };
    stay(HandingIn::Identifying(Identifying::Confirming {
        procedure,
        citizen,
        held,
        proof,
    }))
}
