//! Paying the fee of a dossier by phone, from the page that says that it waits for one.
//!
//! Whoever holds the slip may pay: a fee tells nothing of whose it is. Paying at the counter stays possible.

use super::way::{Way, Where};
use super::{Asking, Following, Keys, Query, stay};
use crate::dossier::WayState;
use crate::payment::{FeeDue, FeeStands};
use crate::session::paying::{PayMoved, PayTouch, Paying};
use crate::session::{Around, Effect, Moved, News, Secret, Touch};

/// A fee that is being paid, and where it was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Fee {
    pub way: Way,
    pub paying: Paying,
}

impl Way {
    /// Where the fee that is waited for can be paid.
    pub fn payment(&self) -> Where {
        let known = &self.known;
        if known.state != WayState::Payment || known.owed.is_some() {
            return Where::Nowhere;
        }
        match known.fee {
            // It may be paid already: staff are asked, and it is said.
            _ if known.transfer_shown.is_some() => Where::Nowhere,
            FeeStands::Paid => Where::Nowhere,
            FeeStands::ByPhone if known.code.is_some() => Where::Here,
            FeeStands::ByPhone | FeeStands::Elsewhere => Where::Counter,
        }
    }

    /// Asks for the code at once: what it costs stands beside it.
    pub(super) fn pay(self, around: &Around) -> Moved {
        let Some(code) = self.known.code.clone() else {
            return stay(self.into());
        };
        let procedure = self.known.procedure_code.as_ref();
        let procedure = procedure.and_then(|code| around.catalogue.procedure(code));
        let due = FeeDue {
            lines: procedure.map(|procedure| procedure.fees.clone()).unwrap_or_default(),
            by_phone: true,
            transfer: None,
        };
        let fee = Fee {
            way: self,
            paying: Paying::choosing(code, due),
        };
        fee.on(&News::Touch(Touch::Pay(PayTouch::ByPhone)), around)
    }
}

impl Fee {
    pub fn on(self, news: &News, around: &Around) -> Moved {
        let was = self.paying.clone();
        match self.paying.on(news, around) {
            PayMoved::On(paying, effects) => Self { paying, ..self }.go_on(effects),
            PayMoved::Over => leave(self.way, &was, around),
        }
    }

    /// To where the dossier stands. A payment that goes on is found again from there.
    pub fn back(self, around: &Around) -> Moved {
        leave(self.way, &self.paying, around)
    }

    fn go_on(self, effects: Vec<Effect>) -> Moved {
        let (next, _) = stay(Following::Fee(Box::new(self)));
        (next, effects)
    }
}

/// Once it is paid the province is asked anew where the dossier stands.
fn leave(way: Way, paying: &Paying, around: &Around) -> Moved {
    if !paying.is_paid() {
        return stay(way.into());
    }
    let code = paying.dossier_code.clone();
    match way.from {
        Some(mine) => mine.on(News::Touch(Touch::Choose(code)), around),
        None => Asking {
            typed: String::new(),
            keys: Keys::Digits,
        }
        .search(Query::Code(Secret(code)), around),
    }
}
