//! The key of the chip from the back of the card, where the code on its front cannot be read: scanned instead of typed.
//!
//! The scan is looked at once and kept nowhere. What it tells speaks for nobody: the chip proves it.

use hardware::card::mrz::Mrz;
use hardware::scanner::ScannerFault;

use super::identifying::{Front, Identifying};
use super::purpose::Purpose;
use super::scanning::needs_staff;
use super::typing::Typing;
use super::{HandingIn, stay};
use crate::citizen::{self, Citizen};
use crate::session::{Around, CodeNews, Effect, Moved, News, ScanNews, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct CardBack {
    pub purpose: Purpose,
    pub at: BackAt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackAt {
    /// The card is to be laid into the scanner.
    Lay,
    Scanning,
    Failed(BackFault),
}

/// Why the back was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackFault {
    /// What was scanned is not three lines of which each letter is certain.
    Unread,
    Scanner(ScannerFault),
}

impl CardBack {
    pub fn lay(purpose: Purpose) -> Moved {
        Self {
            purpose,
            at: BackAt::Lay,
        }
        .stay()
    }

    pub fn on(mut self, news: News, around: &Around) -> Moved {
        let scanning = self.at == BackAt::Scanning;
        match news {
            News::Touch(Touch::Scan) if !scanning && around.scans_backs() => {
                self.at = BackAt::Scanning;
                let (next, _) = self.stay();
                return (next, vec![Effect::ScanBack]);
            }
            News::Touch(Touch::TypeIn) if !scanning => {
                return stay(HandingIn::Identifying(Identifying::Typing(Typing::all(self.purpose))));
            }
            News::Scan(ScanNews::Back(Ok(mrz))) if scanning => return self.read(&mrz, around),
            News::Scan(ScanNews::Back(Err(fault))) if scanning => {
                self.at = BackAt::Failed(fault);
                let (next, _) = self.stay();
                let call = matches!(fault, BackFault::Scanner(fault) if needs_staff(fault));
                return (next, if call { vec![Effect::CallStaff] } else { vec![] });
            }
            // Its code is read after all.
            News::Code(CodeNews::Code(code)) if !scanning => {
                if let Ok(citizen) = Citizen::from_card_code(&code.0) {
                    return Identifying::known(self.purpose, Box::new(citizen), around);
                }
            }
            News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => {}
        }
        self.stay()
    }

    fn read(mut self, mrz: &Mrz, around: &Around) -> Moved {
        let Some((id, born)) = citizen::of_mrz(mrz) else {
            self.at = BackAt::Failed(BackFault::Unread);
            return self.stay();
        };
        Identifying::read_with(self.purpose, Front::Unproved { id, born }, vec![mrz.key()], around)
    }

    pub fn back(self) -> Moved {
        if self.at == BackAt::Scanning {
            return self.stay();
        }
        stay(HandingIn::Identifying(Identifying::waiting(self.purpose)))
    }

    fn stay(self) -> Moved {
        stay(HandingIn::Identifying(Identifying::CardBack(self)))
    }
}
