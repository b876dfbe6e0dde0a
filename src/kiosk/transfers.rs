//! Codes of bank transfers: that one is shown is committed before it is.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::dossiers::Sealed;
use super::{Kiosk, LoopError};
use crate::payment::ShownTransfer;
use crate::payment::vietqr::{NotATransfer, Note, Transfer};
use crate::session::handing::sent::transferring::TransferNews;
use crate::session::staff::{FeeTrouble, StaffFee};
use crate::session::{Event, KeepNews, News};
use crate::slip::fee::FeeLine;
use crate::store::transfers::{MayShow, StaffTransfer};

impl Kiosk {
    /// Of the dossier that this visit has handed in.
    pub(super) async fn show_transfer(
        &mut self,
        slip_number: String,
        events: &mut VecDeque<Event>,
    ) -> Result<(), LoopError> {
        let sealed = self.sealed.as_ref().filter(|sealed| sealed.slip_number == slip_number);
        let news = match sealed.map(|sealed| (sealed.id, transfer_of(sealed))) {
            Some((dossier, Ok(Some(transfer)))) => {
                let now = Timestamp::now();
                match self
                    .store
                    .call(move |store| store.show_transfer(dossier, &transfer, now))
                    .await?
                {
                    Ok(MayShow::Show(shown)) => {
                        tracing::info!(%dossier, "Code of a transfer is shown");
                        TransferNews::Show(Box::new(shown))
                    }
                    Ok(MayShow::MayBePaid) => TransferNews::MayBePaid,
                    Err(error) => {
                        tracing::error!(error = format!("{error:#}"), "Transfer could not be written down");
                        TransferNews::NotKept
                    }
                }
            }
            Some((dossier, Err(error))) => {
                tracing::error!(%dossier, %error, "No code can be made of this transfer");
                TransferNews::NotKept
            }
            // The visit is over, or the data name no account.
            Some((_, Ok(None))) | None => TransferNews::NotKept,
        };
        let news = KeepNews::Transfer { slip_number, news };
        events.push_back(Event::News(News::Keep(news)));
        Ok(())
    }
}

fn transfer_of(sealed: &Sealed) -> Result<Option<Transfer>, NotATransfer> {
    let Some(account) = sealed.fees.transfer.clone().filter(|_| sealed.fees.offers_transfer()) else {
        return Ok(None);
    };
    let note = Note::of_slip(&sealed.slip_number)?;
    Transfer::new(account, sealed.fees.dong(), note).map(Some)
}

pub(super) fn fee_line(shown: ShownTransfer) -> FeeLine {
    FeeLine::TransferShown {
        dong: shown.transfer.dong(),
        note: shown.transfer.note().as_str().to_owned(),
        at: shown.at,
    }
}

pub(super) fn staff_fee(told: StaffTransfer) -> StaffFee {
    StaffFee {
        key: told.dossier,
        number: told.slip_number,
        dong: told.shown.transfer.dong(),
        reference: told.shown.transfer.note().as_str().to_owned(),
        trouble: FeeTrouble::Transfer,
        words: String::new(),
    }
}
