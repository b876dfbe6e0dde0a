//! Form 01 (giấy tiếp nhận hồ sơ và hẹn trả kết quả) on paper, for the person whose dossier it is.
//!
//! ```text
//!   Way ── print ─┬─ came by "my dossiers" ───────────▶ Asking ─┬▶ Printing ▶ Way, or rest
//!                 └─ else: card (chip) ── "that is me" ─▶  ▲     ├▶ NotYet   ▶ Way
//!                                                                └▶ Offline  ▶ Way
//! ```
//! The province says whose it is and whether an official has accepted it; this kiosk knows neither for certain and
//! keeps nothing of the answer but until the visit ends. Of a foreign card nothing but that is said.

use jiff::Timestamp;
use uuid::Uuid;

use super::errand::{self, Errand};
use super::way::{Way, Where};
use super::{Begun, Following, NotPossible, stay};
use crate::appointment::Appointment;
use crate::citizen::CitizenId;
use crate::dossier::{ShownCard, WayState};
use crate::session::{Around, Copy, Effect, Moved, News, Next, PaperNews, ProvinceNews, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    pub way: Way,
    pub at: ReceiptAt,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ReceiptAt {
    Asking {
        asked: Uuid,
    },
    /// With the printer. Nothing of what stands on it is here.
    Printing {
        paper: PaperNews,
        since: Timestamp,
        /// It comes on the roll because the page printer could not.
        instead: bool,
    },
    /// No official has accepted the dossier.
    NotYet,
    Offline,
}

/// Who has shown the chip of their card in this visit. Personal.
#[derive(Clone, Debug, PartialEq)]
pub struct Shower {
    pub id: CitizenId,
    pub shown: ShownCard,
}

/// What the province says to whoever asks for form 01.
#[derive(Clone, Debug, PartialEq)]
pub enum ReceiptNews {
    /// Personal.
    Given(Box<Appointment>),
    NotYet,
    NotTheirs,
    /// The province says no in its own words.
    Refused,
    /// It cannot be asked.
    Silent,
}

impl From<Receipt> for Following {
    fn from(receipt: Receipt) -> Self {
        Self::Receipt(Box::new(receipt))
    }
}

impl Way {
    /// Where form 01 is to be had, once an official may have accepted the dossier.
    pub fn receipt(&self, around: &Around) -> Where {
        let known = &self.known;
        let accepted = match known.state {
            WayState::Accepted | WayState::InWork | WayState::Supplement | WayState::Payment | WayState::Done => true,
            WayState::Kept
            | WayState::WithStaff
            | WayState::Closed
            | WayState::New
            | WayState::NotAccepted
            | WayState::Withdrawn
            | WayState::Stopped
            | WayState::HandedOver => false,
        };
        let proved = self.from.is_some() || around.health.card_reader.works();
        let prints = around.health.printer.works() || around.health.page_printer.works();
        match (accepted && known.code.is_some(), proved && prints) {
            (false, _) => Where::Nowhere,
            (true, true) => Where::Here,
            (true, false) => Where::Counter,
        }
    }

    /// Asks at once where the card was shown for "my dossiers"; else for the card.
    pub(super) fn print_receipt(self, around: &Around) -> Moved {
        match self.from.as_ref().map(|mine| mine.by.clone()) {
            Some(by) => Receipt::ask(self, by, around),
            None => Errand::Receipt(self.known).begin(),
        }
    }
}

impl Receipt {
    /// Whoever asks has proved who they are.
    pub fn ask(way: Way, by: Shower, around: &Around) -> Moved {
        let Some(code) = way.known.code.clone() else {
            return errand::ends(NotPossible::Gone, Begun::ByPerson);
        };
        let asked = around.fresh;
        let at = ReceiptAt::Asking { asked };
        let (next, _) = stay(Self { way, at }.into());
        let Shower { id, shown } = by;
        (next, vec![Effect::AskReceipt { asked, id, shown, code }])
    }

    pub fn on(self, news: News, around: &Around) -> Moved {
        match (&self.at, news) {
            (ReceiptAt::Asking { asked }, News::Province(ProvinceNews::Receipt { asked: of, news }))
                if *asked == of =>
            {
                self.answered(news, around)
            }
            (ReceiptAt::Printing { .. }, News::Paper(paper)) => self.printing(paper, around),
            (ReceiptAt::Printing { .. }, News::Touch(Touch::Done)) => (Next::Rest, vec![]),
            (ReceiptAt::NotYet | ReceiptAt::Offline, News::Touch(Touch::Acknowledge)) => self.back(),
            (
                ReceiptAt::Asking { .. } | ReceiptAt::Printing { .. } | ReceiptAt::NotYet | ReceiptAt::Offline,
                News::Tick
                | News::Touch(_)
                | News::Hall(_)
                | News::Paper(_)
                | News::Code(_)
                | News::Scan(_)
                | News::Card(_)
                | News::Keep(_)
                | News::Province(_)
                | News::Staff(_),
            ) => stay(self.into()),
        }
    }

    /// To where the dossier stands. What is at the printer comes out all the same.
    pub fn back(self) -> Moved {
        stay(self.way.into())
    }

    fn answered(self, news: ReceiptNews, around: &Around) -> Moved {
        match news {
            ReceiptNews::Given(told) => {
                let coming = PaperNews::Coming { copy: Copy::First };
                let (next, _) = self.printing(coming, around);
                (next, vec![Effect::PrintReceipt(told)])
            }
            ReceiptNews::NotYet => stay(
                Self {
                    at: ReceiptAt::NotYet,
                    ..self
                }
                .into(),
            ),
            ReceiptNews::Silent => stay(
                Self {
                    at: ReceiptAt::Offline,
                    ..self
                }
                .into(),
            ),
            ReceiptNews::NotTheirs => errand::ends(NotPossible::NotYours, Begun::ByPerson),
            ReceiptNews::Refused => errand::ends(NotPossible::Refused, Begun::ByPerson),
        }
    }

    fn printing(self, paper: PaperNews, around: &Around) -> Moved {
        let instead = match (&self.at, paper) {
            (_, PaperNews::Pages { .. }) => false,
            (
                ReceiptAt::Printing {
                    paper: PaperNews::Pages { .. },
                    ..
                },
                _,
            ) => true,
            (ReceiptAt::Printing { instead, .. }, _) => *instead,
            (ReceiptAt::Asking { .. } | ReceiptAt::NotYet | ReceiptAt::Offline, _) => false,
        };
        let at = ReceiptAt::Printing {
            paper,
            since: around.now,
            instead,
        };
        stay(Self { at, ..self }.into())
    }
}
