//! Paying a fee: by phone or at the counter, the QR code, and what the province says of the money.
//!
//! ```text
//!            by phone            begun             thành công
//!  Choosing ──────────▶ Starting ──────▶ Followed ───────────▶ paid
//!     ▲                    │               │ │ thất bại ──────▶ failed ── again ─▶ Starting
//!     │ back               │ silence,      │ └ không rõ, or nobody answers after the end ─▶ unclear
//!     └────────────────────┤ refused       │
//!                          ▼               ▼
//!                       NotNow ───────▶ over: at the counter, which is always possible
//!  Where the code of a transfer was shown before, Starting leads to Transferred: staff can see, nothing begins.
//! ```
//!
//! It lives within handing in and within following; both give it their news and go on where it ends. It says only
//! what the province said: the clock hides a code that nobody can pay any more, and decides nothing else.

use jiff::Timestamp;

use super::{Around, Effect, News, PaymentNews, ProvinceNews, Touch, seconds_between, seconds_until};
use crate::payment::{FeeDue, Payment, State};

/// How long the province may take to begin a payment. Nobody has been shown anything to pay by then.
const START_SECS_MAX: i64 = 12;
/// After so long without an answer the page says that it hears nothing.
const SILENT_SECS: i64 = 12;
/// Between the last moment for paying and the province's word of it, before it is called unclear.
const OVER_SECS: i64 = 30;
/// A person with a phone in the hand does not touch the screen: the idle warning waits so long.
pub const PHONE_IDLE_SECS: u32 = 300;

#[derive(Clone, Debug, PartialEq)]
pub struct Paying {
    pub dossier_code: String,
    pub due: FeeDue,
    pub step: PayStep,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PayStep {
    Choosing,
    Starting {
        since: Timestamp,
    },
    Followed {
        payment: Box<Payment>,
        /// When the province last answered.
        heard_at: Timestamp,
    },
    /// Not by phone, not now. Nobody has been shown anything to pay.
    NotNow,
    /// The code of a transfer was shown before.
    Transferred,
}

/// What a person sees of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Choosing,
    Starting,
    /// The code can be paid. Silent: the province cannot be heard just now.
    Code {
        silent: bool,
    },
    /// Nobody can pay it any more, and the province has not said what became of it.
    Ending,
    Paid,
    Failed,
    /// "Chưa rõ đã trả hay chưa. Đừng trả lần nữa."
    Unclear,
    NotNow,
    /// It may have been transferred: staff can see.
    Transferred,
}

/// What a finger does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayTouch {
    ByPhone,
    AtCounter,
    /// After a failure: a new payment.
    Again,
    /// It has been read.
    Onward,
}

/// Where paying goes on.
pub enum PayMoved {
    On(Paying, Vec<Effect>),
    Over,
}

impl Paying {
    pub fn choosing(dossier_code: String, due: FeeDue) -> Self {
        Self {
            dossier_code,
            due,
            step: PayStep::Choosing,
        }
    }

    pub fn on(mut self, news: &News, around: &Around) -> PayMoved {
        let effects = match news {
            News::Touch(Touch::Pay(touch)) => return self.touched(*touch, around),
            News::Province(ProvinceNews::Payment { dossier_code, news }) if *dossier_code == self.dossier_code => {
                self.heard(news, around);
                vec![]
            }
            News::Tick => {
                self.tick(around);
                vec![]
            }
            News::Touch(_)
            | News::Hall(_)
            | News::Paper(_)
            | News::Code(_)
            | News::Scan(_)
            | News::Card(_)
            | News::Keep(_)
            | News::Province(_)
            | News::Staff(_) => vec![],
        };
        PayMoved::On(self, effects)
    }

    fn touched(mut self, touch: PayTouch, around: &Around) -> PayMoved {
        match (touch, self.face(around.now)) {
            (PayTouch::ByPhone, Face::Choosing) | (PayTouch::Again, Face::Failed) => {
                self.step = PayStep::Starting { since: around.now };
                let start = Effect::StartPayment {
                    dossier_code: self.dossier_code.clone(),
                };
                PayMoved::On(self, vec![start])
            }
            // What was paid or may have been is not paid at the counter as well.
            (PayTouch::AtCounter, Face::Paid | Face::Unclear | Face::Ending | Face::Transferred) => {
                PayMoved::On(self, vec![])
            }
            (
                PayTouch::AtCounter,
                Face::Choosing | Face::Starting | Face::Code { .. } | Face::Failed | Face::NotNow,
            )
            | (PayTouch::Onward, Face::Paid | Face::Unclear | Face::Ending | Face::NotNow | Face::Transferred) => {
                PayMoved::Over
            }
            (
                PayTouch::ByPhone,
                Face::Starting
                | Face::Code { .. }
                | Face::Ending
                | Face::Paid
                | Face::Failed
                | Face::Unclear
                | Face::NotNow
                | Face::Transferred,
            )
            | (
                PayTouch::Again,
                Face::Choosing
                | Face::Starting
                | Face::Code { .. }
                | Face::Ending
                | Face::Paid
                | Face::Unclear
                | Face::NotNow
                | Face::Transferred,
            )
            | (PayTouch::Onward, Face::Choosing | Face::Starting | Face::Code { .. } | Face::Failed) => {
                PayMoved::On(self, vec![])
            }
        }
    }

    /// One page back; from what has been decided, onward.
    pub fn back(self, around: &Around) -> PayMoved {
        match self.face(around.now) {
            Face::Starting | Face::Code { .. } => PayMoved::On(
                Self {
                    step: PayStep::Choosing,
                    ..self
                },
                vec![],
            ),
            Face::Choosing
            | Face::Ending
            | Face::Paid
            | Face::Failed
            | Face::Unclear
            | Face::NotNow
            | Face::Transferred => PayMoved::Over,
        }
    }

    fn heard(&mut self, news: &PaymentNews, around: &Around) {
        match (news, &self.step) {
            (PaymentNews::Stands(payment), PayStep::Starting { .. } | PayStep::Followed { .. }) => {
                self.stands(payment, around);
            }
            // One that the person went back from, and paid all the same.
            (PaymentNews::Stands(payment), PayStep::Choosing | PayStep::NotNow | PayStep::Transferred) => {
                if matches!(payment.state, State::Paid(..) | State::Unclear(_)) {
                    self.stands(payment, around);
                }
            }
            (PaymentNews::NotKept, PayStep::Starting { .. }) => self.step = PayStep::NotNow,
            (PaymentNews::TransferShown, PayStep::Starting { .. }) => self.step = PayStep::Transferred,
            (PaymentNews::Silent | PaymentNews::NotKept | PaymentNews::TransferShown, _) => {}
        }
    }

    fn stands(&mut self, payment: &Payment, around: &Around) {
        let odd = matches!(&payment.state, State::Open(bill) if bill.address.is_none());
        self.step = match payment.state {
            State::Asked => return,
            State::Refused { .. } => PayStep::NotNow,
            State::Open(_) if odd => PayStep::NotNow,
            State::Open(_) | State::Unclear(_) | State::Paid(..) | State::Failed(_) => PayStep::Followed {
                payment: Box::new(payment.clone()),
                heard_at: around.now,
            },
        };
    }

    fn tick(&mut self, around: &Around) {
        if let PayStep::Starting { since } = self.step
            && seconds_between(since, around.now) >= START_SECS_MAX
        {
            self.step = PayStep::NotNow;
        }
    }

    pub fn face(&self, now: Timestamp) -> Face {
        match &self.step {
            PayStep::Choosing => Face::Choosing,
            PayStep::Starting { .. } => Face::Starting,
            PayStep::NotNow => Face::NotNow,
            PayStep::Transferred => Face::Transferred,
            PayStep::Followed { payment, heard_at } => {
                let silent = seconds_between(*heard_at, now) >= SILENT_SECS;
                match &payment.state {
                    State::Paid(..) => Face::Paid,
                    State::Failed(_) => Face::Failed,
                    State::Unclear(_) => Face::Unclear,
                    State::Open(_) if payment.is_payable_at(now) => Face::Code { silent },
                    State::Open(bill) => {
                        let over = bill.expires_at.map_or(0, |until| seconds_between(until, now));
                        if silent || over >= OVER_SECS {
                            Face::Unclear
                        } else {
                            Face::Ending
                        }
                    }
                    State::Asked | State::Refused { .. } => Face::NotNow,
                }
            }
        }
    }

    pub fn payment(&self) -> Option<&Payment> {
        match &self.step {
            PayStep::Followed { payment, .. } => Some(payment),
            PayStep::Choosing | PayStep::Starting { .. } | PayStep::NotNow | PayStep::Transferred => None,
        }
    }

    pub fn is_paid(&self) -> bool {
        self.payment()
            .is_some_and(|payment| matches!(payment.state, State::Paid(..)))
    }

    /// Seconds in which the code can be paid; 0: no end is known, or it is over.
    pub fn seconds_left(&self, now: Timestamp) -> u32 {
        let until = self.payment().and_then(|payment| payment.bill()?.expires_at);
        until.map_or(0, |until| seconds_until(until, now))
    }

    /// Quiet seconds before the idle warning, where the page has its own.
    pub fn idle_secs(&self, now: Timestamp) -> Option<u32> {
        matches!(self.face(now), Face::Code { .. } | Face::Ending).then_some(PHONE_IDLE_SECS)
    }
}
