//! Who it is: the QR code on the front of the card, then the person says "that is me".

use std::sync::Arc;

use super::{HandingIn, begin, keep, stay};
use crate::citizen::{Citizen, NotACard};
use crate::dossier::{Draft, DraftId};
use crate::procedure::Procedure;
use crate::session::{Around, CodeNews, Held, Moved, News, Next, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub enum Identifying {
    Waiting {
        procedure: Arc<Procedure>,
        last: LastCode,
    },
    Confirming {
        procedure: Arc<Procedure>,
        citizen: Box<Citizen>,
        held: Held,
    },
}

/// What the code scanner read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastCode {
    None,
    Unreadable,
    WrongKind,
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
            Self::Waiting { procedure, last } => waiting(procedure, last, &news),
            Self::Confirming {
                procedure,
                citizen,
                held,
            } => confirming(procedure, citizen, held, news, around),
        }
    }

    pub fn back(self) -> Moved {
        match self {
            Self::Waiting { procedure, .. } => stay(HandingIn::Reading(procedure)),
            Self::Confirming { procedure, .. } => stay(HandingIn::Identifying(Self::waiting(procedure))),
        }
    }
}

fn waiting(procedure: Arc<Procedure>, last: LastCode, news: &News) -> Moved {
    let last = match news {
        News::Code(CodeNews::Code(code)) => match Citizen::from_card_code(&code.0) {
            Ok(citizen) => {
                return stay(HandingIn::Identifying(Identifying::Confirming {
                    procedure,
                    citizen: Box::new(citizen),
                    held: Held::Masked,
                }));
            }
            Err(NotACard::OtherCode) => LastCode::WrongKind,
            Err(NotACard::BrokenField) => LastCode::Unreadable,
        },
        News::Code(CodeNews::Noise) => LastCode::Unreadable,
        News::Tick
        | News::Touch(_)
        | News::Hall(_)
        | News::Paper(_)
        | News::Scan(_)
        | News::Keep(_)
        | News::LookUp { .. }
        | News::Staff(_) => last,
    };
    stay(HandingIn::Identifying(Identifying::Waiting { procedure, last }))
}

fn confirming(procedure: Arc<Procedure>, citizen: Box<Citizen>, held: Held, news: News, around: &Around) -> Moved {
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
        | News::Keep(_)
        | News::LookUp { .. }
        | News::Staff(_) => held,
    };
    stay(HandingIn::Identifying(Identifying::Confirming {
        procedure,
        citizen,
        held,
    }))
}
