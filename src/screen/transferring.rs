//! The pages of a bank transfer. Its code is on them only once it is committed that it was shown.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::dossier::money;
use super::lists::Lists;
use super::paying::{aloud, fee_rows, show_code};
use crate::procedure::Language;
use crate::session::handing::sent::transferring::{TransferStep, Transferring};

pub fn page(transferring: &Transferring) -> ui::PageName {
    match transferring.step {
        TransferStep::Choosing => ui::PageName::Fee,
        TransferStep::Keeping | TransferStep::Shown(_) | TransferStep::NotNow | TransferStep::Before => {
            ui::PageName::Pay
        }
    }
}

pub fn fill(kiosk: &Kiosk, lists: &Lists, transferring: &Transferring, language: Language) {
    let page = kiosk.global::<ui::PayPage>();
    let due = &transferring.due;
    page.set_state(match transferring.step {
        TransferStep::Choosing => ui::PayState::TransferChoosing,
        TransferStep::Keeping => ui::PayState::TransferKeeping,
        TransferStep::Shown(_) => ui::PayState::Transfer,
        TransferStep::NotNow => ui::PayState::TransferNotNow,
        TransferStep::Before => ui::PayState::TransferBefore,
    });
    lists.fees.set(fee_rows(due, language));
    let transfer = transferring.shown().map(|shown| &shown.transfer);
    // What the code says, where one is shown: an earlier one may have named another amount.
    let dong = transfer.map_or(due.dong(), |transfer| transfer.dong());
    page.set_dong(money(dong));
    page.set_dong_words(aloud(dong, language).into());
    page.set_listed_dong(if dong == due.dong() { 0 } else { money(due.dong()) });
    show_code(&page, transfer.map(ToString::to_string).as_deref());
    page.set_account(text(transfer.map(|transfer| transfer.account().number.as_str())));
    page.set_account_name(text(transfer.map(|transfer| transfer.account().name.as_str())));
    page.set_transfer_note(text(transfer.map(|transfer| transfer.note().as_str())));
    page.set_seconds_left(0);
    page.set_silent(false);
}

fn text(text: Option<&str>) -> SharedString {
    text.unwrap_or_default().into()
}
