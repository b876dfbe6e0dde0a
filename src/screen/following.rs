//! The pages of following a dossier, and of what can be done to it.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::Shown;
use super::dossier::count;
use super::frame::{moment, paper, shared};
use super::lists::Lists;
use super::paying;
use crate::dossier::{ActKind, Freshness, WayState, WithdrawReason};
use crate::payment::FeeStands;
use crate::session::following::mine::Mine;
use crate::session::following::receipt::{Receipt, ReceiptAt};
use crate::session::following::way::{Way, Where};
use crate::session::following::withdrawing::{WithdrawAt, Withdrawing};
use crate::session::following::{Following, Keys, LookUp, NotPossible};
use crate::session::{Around, PagePlace, PaperNews, Step};

/// Of a slip number: year, month and day come first, two digits each.
const DAY_DIGITS: usize = 6;

pub fn page(following: &Following, shown: &Shown) -> ui::PageName {
    match following {
        Following::Asking { .. } => ui::PageName::Follow,
        Following::Way(_) => ui::PageName::Way,
        Following::Fee(fee) => paying::page(&fee.paying, shown),
        Following::Mine(_) => ui::PageName::Mine,
        Following::Receipt(_) => ui::PageName::Receipt,
        Following::Withdrawing(_) | Following::Checking(_) | Following::NotPossible { .. } => ui::PageName::Errand,
    }
}

pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown) {
    let following = match &shown.session.step {
        Step::Following(following) => Some(following),
        Step::Rest
        | Step::Home
        | Step::Taking(_)
        | Step::HandingIn(_)
        | Step::Rating(_)
        | Step::Staff(_)
        | Step::CardLeft { .. } => None,
    };
    if !matches!(following, Some(Following::Mine(_))) {
        lists.mine.set(vec![]);
    }
    match following {
        None => kiosk.global::<ui::FollowPage>().set_digits(SharedString::new()),
        Some(Following::Asking { typed, keys, state }) => fill_asking(kiosk, shown, typed, *keys, *state),
        Some(Following::Way(way)) => fill_way(kiosk, lists, way, &shown.around),
        // The fee's pages are filled for every flow at once.
        Some(Following::Fee(_)) => {}
        Some(Following::Mine(mine)) => fill_mine(kiosk, lists, mine),
        Some(Following::Withdrawing(withdrawing)) => fill_withdrawing(kiosk, withdrawing),
        Some(Following::Receipt(receipt)) => fill_receipt(kiosk, receipt),
        Some(Following::Checking(_)) => kiosk.global::<ui::ErrandPage>().set_state(ui::ErrandState::Checking),
        Some(Following::NotPossible { why, .. }) => kiosk.global::<ui::ErrandPage>().set_state(match why {
            NotPossible::NotYours => ui::ErrandState::NotYours,
            NotPossible::ChipNeeded => ui::ErrandState::ChipNeeded,
            NotPossible::Offline => ui::ErrandState::Offline,
            NotPossible::Refused => ui::ErrandState::Refused,
            NotPossible::Gone => ui::ErrandState::Gone,
        }),
    }
}

fn fill_asking(kiosk: &Kiosk, shown: &Shown, typed: &str, keys: Keys, state: LookUp) {
    let page = kiosk.global::<ui::FollowPage>();
    page.set_digits(grouped(typed));
    page.set_letters(keys == Keys::All);
    page.set_code_scanner(shown.around.health.code_scanner.works());
    page.set_can_card(shown.around.health.card_reader.works());
    page.set_state(look_up(state));
}

fn look_up(state: LookUp) -> ui::FollowState {
    match state {
        LookUp::Waiting => ui::FollowState::Waiting,
        LookUp::Searching { .. } => ui::FollowState::Searching,
        LookUp::NotFound => ui::FollowState::NotFound,
        LookUp::Unreadable => ui::FollowState::Unreadable,
        LookUp::Offline => ui::FollowState::Offline,
        LookUp::CardAlone => ui::FollowState::CardAlone,
    }
}

fn fill_way(kiosk: &Kiosk, lists: &Lists, way: &Way, around: &Around) {
    let page = kiosk.global::<ui::WayPage>();
    let known = &way.known;
    page.set_slip_number(known.slip_number.as_str().into());
    page.set_code(known.code.as_deref().unwrap_or_default().into());
    page.set_procedure(known.procedure.as_str().into());
    page.set_as_of(moment(known.as_of));
    page.set_offline(known.news == Freshness::Last);
    page.set_due(known.due.map(moment).unwrap_or_default());
    page.set_state(way_state(known.state));

    let told = &known.told;
    page.set_agency(told.agency.as_str().into());
    page.set_wanted_until(told.wanted_until.map(moment).unwrap_or_default());
    let note = told.last_note();
    page.set_note(note.map(|station| station.note.as_str()).unwrap_or_default().into());
    page.set_note_by(note.map(|station| station.office.as_str()).unwrap_or_default().into());
    lists.wanted.set(
        told.wanted
            .iter()
            .map(|wanted| ui::WantedView {
                title: wanted.title.as_str().into(),
                why: wanted.why.as_str().into(),
            })
            .collect(),
    );
    lists.stations.set(
        told.stations
            .iter()
            .map(|station| ui::StationView {
                state: way_state(station.state),
                at: moment(station.at),
                office: station.office.as_str().into(),
            })
            .collect(),
    );
    page.set_supplement(possible(way.supplement(around)));
    page.set_withdrawal(possible(way.withdrawal(around)));
    page.set_payment(possible(way.payment()));
    page.set_transfer_at(known.transfer_shown.map(moment).unwrap_or_default());
    page.set_receipt(possible(way.receipt(around)));
    page.set_fee_paid(known.state == WayState::Payment && known.fee == FeeStands::Paid);
    page.set_owed(match known.owed {
        None | Some(ActKind::Dossier) => ui::SentAct::Dossier,
        Some(ActKind::Supplement) => ui::SentAct::Supplement,
        Some(ActKind::Withdrawal) => ui::SentAct::Withdrawal,
    });
}

fn possible(place: Where) -> ui::Possible {
    match place {
        Where::Nowhere => ui::Possible::Nowhere,
        Where::Here => ui::Possible::Here,
        Where::Counter => ui::Possible::Counter,
    }
}

fn way_state(state: WayState) -> ui::WayState {
    match state {
        WayState::Kept => ui::WayState::Kept,
        WayState::WithStaff => ui::WayState::WithStaff,
        WayState::Closed => ui::WayState::Closed,
        WayState::New => ui::WayState::New,
        WayState::Accepted => ui::WayState::Accepted,
        WayState::NotAccepted => ui::WayState::NotAccepted,
        WayState::InWork => ui::WayState::InWork,
        WayState::Supplement => ui::WayState::Supplement,
        WayState::Payment => ui::WayState::Payment,
        WayState::Withdrawn => ui::WayState::Withdrawn,
        WayState::Stopped => ui::WayState::Stopped,
        WayState::Done => ui::WayState::Done,
        WayState::HandedOver => ui::WayState::HandedOver,
    }
}

fn fill_mine(kiosk: &Kiosk, lists: &Lists, mine: &Mine) {
    let page = kiosk.global::<ui::MinePage>();
    page.set_page(count(mine.page + 1));
    page.set_pages(count(mine.pages()));
    page.set_state(look_up(mine.state));
    lists.mine.set(
        mine.shown()
            .map(|row| ui::MineRow {
                code: row.code.as_str().into(),
                procedure: row.procedure.as_str().into(),
                state: way_state(row.state),
                at: row.at.map(moment).unwrap_or_default(),
            })
            .collect(),
    );
}

fn fill_receipt(kiosk: &Kiosk, receipt: &Receipt) {
    let page = kiosk.global::<ui::ReceiptPage>();
    let known = &receipt.way.known;
    page.set_procedure(known.procedure.as_str().into());
    page.set_code(known.code.as_deref().unwrap_or_default().into());
    let (state, news, instead) = match receipt.at {
        ReceiptAt::Asking { .. } => (ui::ReceiptState::Asking, None, false),
        ReceiptAt::Printing { paper, instead, .. } => (ui::ReceiptState::Printing, Some(paper), instead),
        ReceiptAt::NotYet => (ui::ReceiptState::NotYet, None, false),
        ReceiptAt::Offline => (ui::ReceiptState::Offline, None, false),
    };
    page.set_paper(news.map_or(ui::PaperState::Coming, paper));
    page.set_at(match news {
        Some(PaperNews::Pages { at, .. }) => match at {
            PagePlace::Inside => ui::PaperAt::InKiosk,
            PagePlace::Beside => ui::PaperAt::Beside,
            PagePlace::Desk => ui::PaperAt::Desk,
        },
        Some(PaperNews::Coming { .. } | PaperNews::Out { .. } | PaperNews::Held(_) | PaperNews::Unsure) | None => {
            ui::PaperAt::Slot
        }
    });
    page.set_instead(instead);
    page.set_state(state);
}

fn fill_withdrawing(kiosk: &Kiosk, withdrawing: &Withdrawing) {
    let page = kiosk.global::<ui::ErrandPage>();
    page.set_procedure(withdrawing.known.procedure.as_str().into());
    page.set_code(shared(withdrawing.known.code.clone().unwrap_or_default()));
    match &withdrawing.at {
        WithdrawAt::Asked => page.set_state(ui::ErrandState::Withdraw),
        WithdrawAt::Known { reason, .. } => {
            page.set_state(ui::ErrandState::Reason);
            page.set_reason(match reason {
                None => ui::WithdrawReason::None,
                Some(WithdrawReason::ChangedMind) => ui::WithdrawReason::ChangedMind,
                Some(WithdrawReason::ByMistake) => ui::WithdrawReason::ByMistake,
                Some(WithdrawReason::PapersLacking) => ui::WithdrawReason::PapersLacking,
                Some(WithdrawReason::DoneElsewhere) => ui::WithdrawReason::DoneElsewhere,
                Some(WithdrawReason::Other) => ui::WithdrawReason::Other,
            });
        }
    }
}

/// As the digits stand on a slip, behind the kiosk's name: the day, a dash, the number. A code stays as it is typed.
fn grouped(typed: &str) -> SharedString {
    if !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return typed.into();
    }
    match typed.split_at_checked(DAY_DIGITS) {
        Some((day, number)) if !number.is_empty() => format!("{day}-{number}").into(),
        Some(_) | None => typed.into(),
    }
}
