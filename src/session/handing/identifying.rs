//! Who it is: the QR code on the front of the card, its chip where there is a reader, then the person says "that is me".
//!
//! ```text
//!   Typing: number, birth, expiry ────┐  the code cannot be read, or tells too little
//!   CardBack: scanned ────────────────┤
//!      ▲                              ▼
//!      │      code              card laid down            read
//!   Waiting ───────▶ Chip::Lay ───────────────▶ Reading ───────▶ Confirming ── yes ──▶ ForWhom…
//!      │                  ▲  fault, other person │   │                ▲
//!      │ no reader        └──────────────────────┘   │ altered, copy  │ without the chip
//!      └─────────────────────────────────────────────┼────────────────┘
//!                                                     ▼
//!                                                  Stopped: staff
//! ```

use hardware::card::mrz::MrzKey;
use hardware::card::sod::Authenticity;
use hardware::card::{CardFault, Copy, Holder, Slot};

use super::card_back::CardBack;
use super::purpose::Purpose;
use super::typing::Typing;
use super::{HandingIn, stay};
use crate::citizen::{Citizen, CitizenId, NotACard};
use crate::form::PartialDate;
use crate::health::Status;
use crate::session::{Around, CardNews, CardPlace, CodeNews, Effect, Held, Moved, News, Next, Touch};

#[derive(Clone, Debug, PartialEq)]
pub enum Identifying {
    Waiting {
        purpose: Purpose,
        last: LastCode,
    },
    /// The front is known; the chip is to be read.
    Chip {
        purpose: Purpose,
        front: Front,
        /// That may open the chip.
        keys: Vec<MrzKey>,
        at: ChipAt,
    },
    Typing(Typing),
    CardBack(CardBack),
    Confirming {
        purpose: Purpose,
        citizen: Box<Citizen>,
        held: Held,
        proof: Proof,
    },
    /// The card is not what was issued. Staff are called; nothing of it is kept.
    Stopped {
        purpose: Purpose,
    },
}

/// What is known of the card beside its chip. Personal.
#[derive(Clone, Debug, PartialEq)]
pub enum Front {
    /// By its code.
    Code(Box<Citizen>),
    /// As somebody typed it, or the back tells it; the chip proves it.
    Unproved { id: CitizenId, born: PartialDate },
}

impl Front {
    pub fn id_and_birth(&self) -> (&CitizenId, PartialDate) {
        match self {
            Self::Code(citizen) => (&citizen.id, citizen.born),
            Self::Unproved { id, born } => (id, *born),
        }
    }
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
    pub fn waiting(purpose: Purpose) -> Self {
        Self::Waiting {
            purpose,
            last: LastCode::None,
        }
    }

    /// Reads the card that lies there, or asks for it.
    pub(super) fn read_with(purpose: Purpose, front: Front, keys: Vec<MrzKey>, around: &Around) -> Moved {
        let chip = Chip { purpose, front, keys };
        if around.card == CardPlace::Lying {
            chip.read()
        } else {
            chip.at(ChipAt::Lay)
        }
    }

    /// Back to the card, with the keys that its code tells.
    pub(super) fn lay(purpose: Purpose, citizen: Box<Citizen>) -> Moved {
        let keys = citizen.chip_keys();
        let front = Front::Code(citizen);
        Chip { purpose, front, keys }.at(ChipAt::Lay)
    }

    /// The front is known: on to the chip, if there is a reader that works.
    pub fn known(purpose: Purpose, citizen: Box<Citizen>, around: &Around) -> Moved {
        let chip = |citizen: Box<Citizen>| Chip {
            purpose: purpose.clone(),
            keys: citizen.chip_keys(),
            front: Front::Code(citizen),
        };
        match around.health.card_reader {
            Status::Works if around.card == CardPlace::Lying => chip(citizen).read(),
            Status::Works => chip(citizen).at(ChipAt::Lay),
            Status::Faulty(fault @ (CardFault::TwoCards | CardFault::Held)) => chip(citizen).at(ChipAt::Failed(fault)),
            Status::Absent | Status::Starting | Status::Faulty(_) => confirm(purpose, citizen, Proof::Front),
        }
    }

    /// What the card is asked for.
    pub fn purpose(&self) -> &Purpose {
        match self {
            Self::Waiting { purpose, .. }
            | Self::Chip { purpose, .. }
            | Self::Confirming { purpose, .. }
            | Self::Stopped { purpose } => purpose,
            Self::Typing(typing) => &typing.purpose,
            Self::CardBack(back) => &back.purpose,
        }
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match self {
            Self::Waiting { purpose, last } => waiting(purpose, last, &news, around),
            Self::Chip {
                purpose,
                front,
                keys,
                at,
            } => Chip { purpose, front, keys }.on(at, news, around),
            Self::Typing(typing) => typing.on(news, around),
            Self::CardBack(back) => back.on(news, around),
            Self::Confirming {
                purpose,
                citizen,
                held,
                proof,
            } => confirming(purpose, citizen, (held, proof), news, around),
            Self::Stopped { purpose } => match news {
                News::Touch(Touch::Acknowledge) => (Next::Rest, vec![]),
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_) => stay(HandingIn::Identifying(Self::Stopped { purpose })),
            },
        }
    }

    pub fn back(self) -> Moved {
        match self {
            Self::Waiting { purpose, .. } => purpose.back(),
            Self::Chip { purpose, .. } | Self::Confirming { purpose, .. } => {
                stay(HandingIn::Identifying(Self::waiting(purpose)))
            }
            Self::Typing(typing) => typing.back(),
            Self::CardBack(back) => back.back(),
            stopped @ Self::Stopped { .. } => stay(HandingIn::Identifying(stopped)),
        }
    }
}

fn waiting(purpose: Purpose, last: LastCode, news: &News, around: &Around) -> Moved {
    let last = match news {
        News::Code(CodeNews::Code(code)) => match Citizen::from_card_code(&code.0) {
            Ok(citizen) => return Identifying::known(purpose, Box::new(citizen), around),
            Err(NotACard::OtherCode) => LastCode::WrongKind,
            Err(NotACard::BrokenField) => LastCode::Unreadable,
        },
        News::Code(CodeNews::Noise) => LastCode::Unreadable,
        News::Touch(Touch::TypeIn) if around.health.card_reader.works() => {
            let typing = Typing::all(purpose);
            return stay(HandingIn::Identifying(Identifying::Typing(typing)));
        }
        News::Touch(Touch::Scan) if around.scans_backs() => return CardBack::lay(purpose),
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => last,
    };
    stay(HandingIn::Identifying(Identifying::Waiting { purpose, last }))
}

fn confirm(purpose: Purpose, citizen: Box<Citizen>, proof: Proof) -> Moved {
    stay(HandingIn::Identifying(Identifying::Confirming {
        purpose,
        citizen,
        held: Held::Masked,
        proof,
    }))
}

/// A chip that is to be read.
struct Chip {
    purpose: Purpose,
    front: Front,
    keys: Vec<MrzKey>,
}

impl Chip {
    fn at(self, at: ChipAt) -> Moved {
        let Self { purpose, front, keys } = self;
        stay(HandingIn::Identifying(Identifying::Chip {
            purpose,
            front,
            keys,
            at,
        }))
    }

    fn read(self) -> Moved {
        let keys = self.keys.clone();
        let (next, _) = self.at(ChipAt::Reading { percent: 0 });
        (next, vec![Effect::ReadCard { keys }])
    }

    fn on(self, now: ChipAt, news: News, around: &Around) -> Moved {
        let reading = matches!(now, ChipAt::Reading { .. });
        let next = match news {
            News::Card(CardNews::Place(Ok(Slot::Card))) if !reading => return self.read(),
            // What a pulled card means for the reading comes with its result.
            News::Card(CardNews::Place(_)) if reading => now,
            // What the page says of a card that was lifted too early is still to be read.
            News::Card(CardNews::Place(Ok(Slot::Empty))) if now == ChipAt::Failed(CardFault::Removed) => now,
            News::Card(CardNews::Place(Ok(Slot::Empty | Slot::Card))) => ChipAt::Lay,
            News::Card(CardNews::Place(Err(fault))) => ChipAt::Failed(fault),
            News::Card(CardNews::Progress { percent }) if reading => ChipAt::Reading { percent },
            // It was gone before anything came of it: the reader had not noticed yet.
            News::Card(CardNews::Read(Err(CardFault::Removed))) if now == (ChipAt::Reading { percent: 0 }) => {
                ChipAt::Lay
            }
            News::Card(CardNews::Read(result)) if reading => return self.done(result),
            News::Touch(Touch::Again) if !reading && around.card == CardPlace::Lying => return self.read(),
            News::Touch(Touch::Skip) if !reading && !self.purpose.needs_chip() => return self.skip(),
            News::Touch(Touch::TypeIn) if now == ChipAt::Failed(CardFault::WrongKey) => {
                let typing = Typing::expiry(self.purpose, self.front);
                return stay(HandingIn::Identifying(Identifying::Typing(typing)));
            }
            // Another card is shown: it is that one's turn.
            News::Code(CodeNews::Code(code)) if !reading => match Citizen::from_card_code(&code.0) {
                Ok(citizen) => return Identifying::known(self.purpose, Box::new(citizen), around),
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
            | News::Province(_)
            | News::Staff(_) => now,
        };
        self.at(next)
    }

    /// Without the chip: what was typed alone speaks for nobody.
    fn skip(self) -> Moved {
        match self.front {
            Front::Code(citizen) => confirm(self.purpose, citizen, Proof::Front),
            Front::Unproved { .. } => stay(HandingIn::Identifying(Identifying::waiting(self.purpose))),
        }
    }

    fn done(self, result: Result<Box<Holder>, CardFault>) -> Moved {
        let holder = match result {
            Ok(holder) => holder,
            Err(CardFault::Copied) => return stopped(self.purpose),
            Err(fault) => return self.at(ChipAt::Failed(fault)),
        };
        if matches!(holder.authenticity, Authenticity::Altered(_)) || holder.copy == Copy::Copied {
            return stopped(self.purpose);
        }
        let (id, _) = self.front.id_and_birth();
        let Some(mrz) = holder.mrz.as_ref().filter(|mrz| mrz.is_of(id.as_str())) else {
            return self.at(ChipAt::OtherPerson);
        };
        let details = holder.details.as_ref();
        let citizen = match (&self.front, details) {
            (Front::Code(citizen), Some(details)) => Some((**citizen).clone().with_chip(details)),
            (Front::Code(citizen), None) => Some((**citizen).clone()),
            (Front::Unproved { id, born }, _) => Citizen::of_chip(id.clone(), *born, mrz, details),
        };
        match citizen {
            Some(citizen) => confirm(self.purpose, Box::new(citizen), Proof::Chip(holder.authenticity)),
            None => self.at(ChipAt::Failed(CardFault::Broken)),
        }
    }
}

fn stopped(purpose: Purpose) -> Moved {
    let (next, _) = stay(HandingIn::Identifying(Identifying::Stopped { purpose }));
    (next, vec![Effect::CallStaff])
}

fn confirming(
    purpose: Purpose,
    citizen: Box<Citizen>,
    (held, proof): (Held, Proof),
    news: News,
    around: &Around,
) -> Moved {
    let held = match news {
        News::Touch(Touch::Yes) => {
            return purpose.known(citizen, proof, around);
        }
        News::Touch(Touch::No) => return stay(HandingIn::Identifying(Identifying::waiting(purpose))),
        News::Touch(Touch::Hold(held)) => held,
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Code(_)
        | News::Scan(_)
        | News::Card(_)
        | News::Keep(_)
        | News::Province(_)
        | News::Staff(_) => held,
    };
    stay(HandingIn::Identifying(Identifying::Confirming {
        purpose,
        citizen,
        held,
        proof,
    }))
}
