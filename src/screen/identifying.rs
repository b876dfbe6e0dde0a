//! The pages that ask who it is. What is personal is masked unless held, and taken off again.

use hardware::card::CardFault;
use hardware::card::sod::Authenticity;
use hardware::scanner::ScannerFault;
use ui::Kiosk;
use ui::slint::ComponentHandle;

use super::Shown;
use super::frame::shared;
use crate::citizen::Citizen;
use crate::health::Status;
use crate::session::handing::card_back::{BackAt, BackFault};
use crate::session::handing::for_whom::{self, ForWhom};
use crate::session::handing::identifying::{ChipAt, Front, Identifying, LastCode, Proof};
use crate::session::{CardPlace, Held, Step};

pub fn fill(kiosk: &Kiosk, shown: &Shown, identifying: Option<&Identifying>, for_whom: Option<&ForWhom>) {
    match identifying {
        Some(Identifying::Waiting { last, .. }) => fill_waiting(kiosk, shown, *last),
        Some(Identifying::CardBack(back)) => {
            let state = match back.at {
                BackAt::Lay | BackAt::Failed(_) if !shown.around.scans_backs() => ui::BackState::Gone,
                at @ (BackAt::Lay | BackAt::Scanning | BackAt::Failed(_)) => back_state(at),
            };
            kiosk.global::<ui::CardBackPage>().set_state(state);
        }
        Some(Identifying::Confirming { proof, .. }) => kiosk.global::<ui::PersonPage>().set_proof(match proof {
            Proof::Front => ui::Proof::Front,
            Proof::Chip(Authenticity::Genuine) => ui::Proof::Chip,
            Proof::Chip(_) => ui::Proof::ChipUnvouched,
        }),
        Some(Identifying::Chip { .. } | Identifying::Typing(_) | Identifying::Stopped { .. }) | None => {}
    }
    fill_card(kiosk, shown, identifying);
    let page = kiosk.global::<ui::PersonPage>();
    match (identifying, for_whom) {
        (Some(Identifying::Confirming { citizen, held, .. }), _) => {
            page.set_other(false);
            fill_person(kiosk, Some((citizen, *held)));
        }
        (
            _,
            Some(ForWhom {
                at: for_whom::At::Confirming { on_behalf, held },
                ..
            }),
        ) => {
            page.set_other(true);
            fill_person(kiosk, Some((&on_behalf.of.as_citizen(), *held)));
        }
        (_, _) => fill_person(kiosk, None),
    }
}

fn fill_waiting(kiosk: &Kiosk, shown: &Shown, last: LastCode) {
    let page = kiosk.global::<ui::IdentifyPage>();
    page.set_state(match (shown.around.health.code_scanner, last) {
        (Status::Faulty(_) | Status::Absent, _) => ui::CodeState::Gone,
        (_, LastCode::None) => ui::CodeState::Waiting,
        (_, LastCode::Unreadable) => ui::CodeState::Unreadable,
        (_, LastCode::WrongKind) => ui::CodeState::WrongKind,
    });
    page.set_can_type(shown.around.health.card_reader.works());
    page.set_can_scan(shown.around.scans_backs());
}

fn back_state(at: BackAt) -> ui::BackState {
    match at {
        BackAt::Lay => ui::BackState::Lay,
        BackAt::Scanning => ui::BackState::Scanning,
        BackAt::Failed(BackFault::Unread | BackFault::Scanner(ScannerFault::Torn)) => ui::BackState::Unread,
        BackAt::Failed(BackFault::Scanner(ScannerFault::Empty | ScannerFault::Busy)) => ui::BackState::Empty,
        BackAt::Failed(BackFault::Scanner(_)) => ui::BackState::Gone,
    }
}

fn fill_card(kiosk: &Kiosk, shown: &Shown, identifying: Option<&Identifying>) {
    let page = kiosk.global::<ui::CardPage>();
    let state = if let Some(identifying) = identifying {
        match identifying {
            Identifying::Chip { at, front, .. } => {
                page.set_can_skip(matches!(front, Front::Code(_)) && !identifying.purpose().needs_chip());
                if let ChipAt::Reading { percent } = at {
                    page.set_percent(i32::from(*percent));
                }
                card_state(*at)
            }
            Identifying::Stopped { .. } => ui::CardState::Stopped,
            Identifying::Waiting { .. }
            | Identifying::Confirming { .. }
            | Identifying::Typing(_)
            | Identifying::CardBack(_) => return,
        }
    } else if let Step::CardLeft { .. } = &shown.session.step {
        ui::CardState::Left
    } else {
        return;
    };
    page.set_state(state);
    page.set_can_again(shown.around.card == CardPlace::Lying && state != ui::CardState::Reading);
}

fn card_state(at: ChipAt) -> ui::CardState {
    match at {
        ChipAt::Lay => ui::CardState::Lay,
        ChipAt::Reading { .. } => ui::CardState::Reading,
        ChipAt::OtherPerson => ui::CardState::OtherPerson,
        ChipAt::Failed(fault) => match fault {
            CardFault::ReaderGone => ui::CardState::Gone,
            CardFault::Held => ui::CardState::Held,
            CardFault::TwoCards => ui::CardState::TwoCards,
            CardFault::Removed => ui::CardState::Removed,
            CardFault::OtherCard => ui::CardState::OtherCard,
            CardFault::WrongKey => ui::CardState::WrongKey,
            CardFault::Silent | CardFault::NoWayIn | CardFault::Broken => ui::CardState::Silent,
            CardFault::Copied => ui::CardState::Stopped,
        },
    }
}

fn fill_person(kiosk: &Kiosk, person: Option<(&Citizen, Held)>) {
    let page = kiosk.global::<ui::PersonPage>();
    let texts = person
        .map(|(citizen, held)| personal(citizen, held))
        .unwrap_or_default();
    page.set_held(matches!(person, Some((_, Held::Whole))));
    page.set_name(shared(texts.name));
    page.set_number(shared(texts.number));
    page.set_birth(shared(texts.birth));
    page.set_address(shared(texts.address));
}

/// What a card tells, as it may stand on a page.
#[derive(Default)]
pub struct Personal {
    pub name: String,
    pub number: String,
    pub birth: String,
    pub address: String,
}

pub fn personal(citizen: &Citizen, held: Held) -> Personal {
    match held {
        Held::Masked => Personal {
            name: citizen.masked_name(),
            number: citizen.id.masked(),
            birth: citizen.masked_birth(),
            address: citizen.masked_address(),
        },
        Held::Whole => Personal {
            name: citizen.name.clone(),
            number: citizen.id.as_str().to_owned(),
            birth: citizen.birth(),
            address: citizen.address.clone(),
        },
    }
}
