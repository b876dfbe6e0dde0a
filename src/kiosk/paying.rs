//! Fees: a payment is committed before the cashier asks the province, and told to the visit that waits for it.

use std::collections::VecDeque;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Kiosk, LoopError, transfers};
use crate::cashier;
use crate::payment::{FeeDue, Payment, State};
use crate::session::staff::{FeeTrouble, StaffFee};
use crate::session::{Event, News, PaymentNews, ProvinceNews};
use crate::slip::fee::FeeLine;
use crate::store::payments::StaffPayment;
use crate::store::{Store, StoreError};

impl Kiosk {
    pub(super) async fn start_payment(
        &mut self,
        dossier_code: String,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let new = Payment::asked(Uuid::now_v7(), dossier_code.clone(), Timestamp::now());
        let begun = self.store.call(move |store| store.begin_payment(&new)).await?;
        let news = match begun {
            Ok(payment) => {
                tracing::info!(payment = %payment.key, state = payment.state.word(), "Payment wanted");
                self.watched_payment.send_replace(Some(payment.key));
                PaymentNews::Stands(Box::new(payment))
            }
            Err(StoreError::TransferShown) => {
                tracing::info!("No payment begins where the code of a transfer was shown");
                PaymentNews::TransferShown
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Payment could not be begun");
                PaymentNews::NotKept
            }
        };
        events.push_back(payment_event(dossier_code, news));
        Ok(())
    }

    /// The visit hears only of the dossier whose fee it is paying.
    pub(super) async fn on_payment(&mut self, news: cashier::News) -> Result<(), LoopError> {
        let (dossier_code, news) = match news {
            cashier::News::Stands(payment) => (payment.dossier_code.clone(), PaymentNews::Stands(payment)),
            cashier::News::Silent { dossier_code } => (dossier_code, PaymentNews::Silent),
        };
        self.happen(payment_event(dossier_code, news)).await
    }

    /// Payments that staff must know of.
    pub(super) async fn staff_fees(&self, now: Timestamp) -> Result<Vec<StaffFee>, LoopError> {
        let read = move |store: &mut Store| -> Result<_, StoreError> {
            Ok((store.payments_for_staff(now)?, store.transfers_for_staff()?))
        };
        match self.store.call(read).await? {
            Ok((payments, transfers)) => {
                let payments = payments.into_iter().map(staff_fee);
                Ok(payments
                    .chain(transfers.into_iter().map(transfers::staff_fee))
                    .collect())
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Payments cannot be read");
                Ok(vec![])
            }
        }
    }

    /// What a slip printed now says of the fee.
    pub(super) async fn fee_line(
        &self,
        dossier: Uuid,
        dossier_code: Option<&str>,
        due: &FeeDue,
    ) -> Result<FeeLine, LoopError> {
        let not_paid = match self.store.call(move |store| store.transfer_of(dossier)).await? {
            Ok(shown) => shown.map(transfers::fee_line),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Transfer cannot be read");
                None
            }
        };
        let at_counter = not_paid.unwrap_or(match due.dong() {
            0 => FeeLine::None,
            dong => FeeLine::AtCounter { dong },
        });
        let Some(code) = dossier_code.map(str::to_owned) else {
            return Ok(at_counter);
        };
        let payment = match self.store.call(move |store| store.payment_of(&code)).await? {
            Ok(payment) => payment,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "Payment cannot be read");
                None
            }
        };
        Ok(match payment.map(|payment| payment.state) {
            Some(State::Paid(bill, proof)) => FeeLine::Paid {
                dong: bill.amount_dong,
                transaction: proof.transaction,
                at: proof.at,
            },
            // Its code was shown: it may have been paid since.
            Some(State::Open(bill) | State::Unclear(bill)) => FeeLine::Unconfirmed {
                dong: bill.amount_dong,
                reference: bill.reference,
            },
            Some(State::Asked | State::Failed(_) | State::Refused { .. }) | None => at_counter,
        })
    }
}

fn staff_fee(told: StaffPayment) -> StaffFee {
    let StaffPayment { payment, slip_number } = told;
    let bill = payment.bill();
    let (trouble, words) = match &payment.state {
        State::Unclear(_) => (FeeTrouble::Unclear, String::new()),
        State::Refused { words } => (FeeTrouble::Refused, words.clone()),
        State::Asked | State::Open(_) | State::Paid(..) | State::Failed(_) => (FeeTrouble::NoAnswer, String::new()),
    };
    StaffFee {
        key: payment.key,
        dong: bill.map_or(0, |bill| bill.amount_dong),
        reference: bill.map(|bill| bill.reference.clone()).unwrap_or_default(),
        number: slip_number.unwrap_or_else(|| payment.dossier_code.clone()),
        trouble,
        words,
    }
}

fn payment_event(dossier_code: String, news: PaymentNews) -> Event {
    Event::News(News::Province(ProvinceNews::Payment { dossier_code, news }))
}
