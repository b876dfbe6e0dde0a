//! A fee paid by bank transfer while the province cannot be asked: whether, and the code on the screen.
//!
//! ```text
//!             by phone            committed                      read
//!  Choosing ──────────▶ Keeping ─────────────▶ Shown ──────────────────▶ over: the slip says so
//!     │ at counter         │ not committed ─▶ NotNow ── read ─▶ over
//!     ▼                    └ may be paid ───▶ Before ── read ─▶ over
//!    over
//! ```
//! Nobody tells this kiosk of the money, so the page never says "paid", and nothing begins a payment of this dossier
//! any more once its code may have been seen: from `Keeping` on the province's code for it only goes on the slip.

use super::{HandInSlip, Kept, Said, Sent};
use crate::health::Link;
use crate::payment::{FeeDue, ShownTransfer};
use crate::session::handing::HandingIn;
use crate::session::paying::{PHONE_IDLE_SECS, PayTouch, Paying};
use crate::session::{Around, Effect, KeepNews, Moved, News, Next, Step, Touch};

#[derive(Clone, Debug, PartialEq)]
pub struct Transferring {
    pub due: FeeDue,
    pub step: TransferStep,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TransferStep {
    Choosing,
    /// That the code is shown is being committed.
    Keeping,
    Shown(Box<ShownTransfer>),
    /// It could not be committed: nobody has been shown anything.
    NotNow,
    /// It may be paid already.
    Before,
}

/// The answer to [`Effect::ShowTransfer`].
#[derive(Clone, Debug, PartialEq)]
pub enum TransferNews {
    /// Committed.
    Show(Box<ShownTransfer>),
    MayBePaid,
    NotKept,
}

impl Transferring {
    pub fn choosing(due: FeeDue) -> Self {
        Self {
            due,
            step: TransferStep::Choosing,
        }
    }

    pub fn shown(&self) -> Option<&ShownTransfer> {
        match &self.step {
            TransferStep::Shown(shown) => Some(shown),
            TransferStep::Choosing | TransferStep::Keeping | TransferStep::NotNow | TransferStep::Before => None,
        }
    }

    /// Quiet seconds before the idle warning, where the page has its own: a phone is in the hand.
    pub fn idle_secs(&self) -> Option<u32> {
        self.shown().map(|_| PHONE_IDLE_SECS)
    }

    /// Whether nobody can have been shown anything to pay.
    fn is_unseen(&self) -> bool {
        match self.step {
            TransferStep::Choosing | TransferStep::NotNow => true,
            TransferStep::Keeping | TransferStep::Shown(_) | TransferStep::Before => false,
        }
    }
}

impl Kept {
    /// The fee as it can be transferred, once the province has been silent for long enough; asked once.
    pub(super) fn transfer_due(&mut self, around: &Around) -> Option<Transferring> {
        let silent = self.province == Said::Nothing && self.silence_told(around);
        (silent && self.fees.offers_transfer()).then(|| Transferring::choosing(std::mem::take(&mut self.fees)))
    }

    pub(super) fn on_transferring(mut self, transferring: Transferring, news: News, around: &Around) -> Moved {
        match news {
            News::Keep(KeepNews::Received { slip_number, code, due }) if slip_number == self.slip_number => {
                self.province = Said::Received { code: code.clone() };
                self.due = due;
                if transferring.is_unseen() {
                    return self.go_on_paying(Paying::choosing(code, transferring.due), vec![]);
                }
                self.go_on_transferring(transferring, vec![])
            }
            // A fee of what is not taken is not paid here.
            News::Keep(KeepNews::Refused { slip_number }) if slip_number == self.slip_number => {
                self.province = Said::Refused;
                let (next, mut effects) = self.print_with(&transferring, around);
                effects.push(Effect::CallStaff);
                (next, effects)
            }
            News::Keep(KeepNews::Transfer { slip_number, news }) if slip_number == self.slip_number => {
                self.transfer_answered(transferring, news)
            }
            News::Paper(paper) => {
                self.slip = HandInSlip::Asked {
                    paper,
                    since: around.now,
                };
                self.go_on_transferring(transferring, vec![])
            }
            News::Touch(Touch::Pay(touch)) => self.transfer_touched(transferring, touch, around),
            News::Keep(_)
            | News::Tick
            | News::Touch(_)
            | News::Hall(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Province(_)
            | News::Staff(_) => self.go_on_transferring(transferring, vec![]),
        }
    }

    fn transfer_answered(self, transferring: Transferring, news: TransferNews) -> Moved {
        // An answer to a wish that nobody waits for any more changes nothing: what was committed stays so.
        let step = match (transferring.step, news) {
            (TransferStep::Keeping, TransferNews::Show(shown)) => TransferStep::Shown(shown),
            (TransferStep::Keeping, TransferNews::MayBePaid) => TransferStep::Before,
            (TransferStep::Keeping, TransferNews::NotKept) => TransferStep::NotNow,
            (
                step @ (TransferStep::Choosing | TransferStep::Shown(_) | TransferStep::NotNow | TransferStep::Before),
                _,
            ) => step,
        };
        self.go_on_transferring(Transferring { step, ..transferring }, vec![])
    }

    fn transfer_touched(self, transferring: Transferring, touch: PayTouch, around: &Around) -> Moved {
        match (touch, &transferring.step) {
            (PayTouch::ByPhone, TransferStep::Choosing) => {
                let show = Effect::ShowTransfer {
                    slip_number: self.slip_number.clone(),
                };
                let step = TransferStep::Keeping;
                self.go_on_transferring(Transferring { step, ..transferring }, vec![show])
            }
            (PayTouch::AtCounter, TransferStep::Choosing)
            | (PayTouch::Onward, TransferStep::Shown(_) | TransferStep::NotNow | TransferStep::Before) => {
                self.print_with(&transferring, around)
            }
            (
                PayTouch::ByPhone | PayTouch::AtCounter,
                TransferStep::Keeping | TransferStep::Shown(_) | TransferStep::NotNow | TransferStep::Before,
            )
            | (PayTouch::Onward, TransferStep::Choosing | TransferStep::Keeping)
            | (PayTouch::Again, _) => self.go_on_transferring(transferring, vec![]),
        }
    }

    /// Onward: what was decided stays so. While it is being committed there is nothing to go back to.
    pub(super) fn back_from_transfer(self, transferring: Transferring, around: &Around) -> Moved {
        match transferring.step {
            TransferStep::Keeping => self.go_on_transferring(transferring, vec![]),
            TransferStep::Choosing | TransferStep::Shown(_) | TransferStep::NotNow | TransferStep::Before => {
                self.print_with(&transferring, around)
            }
        }
    }

    /// To the page of what is kept. A slip that is out already comes once more, with the transfer on it.
    fn print_with(mut self, transferring: &Transferring, around: &Around) -> Moved {
        self.since = around.now;
        if transferring.shown().is_some() {
            let print = self.print(around);
            return (Next::Stay(self.into_step()), vec![print]);
        }
        self.print_once(around)
    }

    pub(super) fn go_on_transferring(self, transferring: Transferring, effects: Vec<Effect>) -> Moved {
        let sent = Sent::Transferring {
            kept: self,
            transferring,
        };
        (Next::Stay(Step::HandingIn(Box::new(HandingIn::Sent(sent)))), effects)
    }

    /// Nothing was heard for as long as a slip waits, and not because the province is slow.
    fn silence_told(&self, around: &Around) -> bool {
        self.waited_long(around) && around.health.province != Link::Up
    }
}
