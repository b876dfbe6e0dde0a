//! The pages that ask for whom one files and what one agrees to. What is personal is taken off again.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::lists::Lists;
use super::{Shown, finding, questions};
use crate::dossier::Right;
use crate::form::AnswerFault;
use crate::procedure::{Language, Need, Others, Purpose};
use crate::session::handing::agreeing::Agreeing;
use crate::session::handing::for_whom::{Asked, At, ForWhom, NotThem};
use crate::session::handing::identifying::LastCode;

pub fn page(for_whom: &ForWhom) -> ui::PageName {
    match &for_whom.at {
        At::Choosing | At::Card { .. } => ui::PageName::ForWhom,
        At::Typing { typing, .. } => match typing.asked {
            Asked::Number { .. } | Asked::Birth { .. } => ui::PageName::Question,
            Asked::Name { .. } => ui::PageName::ForWhom,
        },
        At::Confirming { .. } => ui::PageName::Person,
    }
}

pub fn fill_for_whom(kiosk: &Kiosk, shown: &Shown, for_whom: Option<&ForWhom>) {
    let page = kiosk.global::<ui::ForWhomPage>();
    let Some(for_whom) = for_whom else {
        page.set_name(SharedString::new());
        return;
    };
    page.set_certified(for_whom.draft.procedure.filing.others == Others::Certified);
    page.set_code_scanner(shown.around.health.code_scanner.works());
    match &for_whom.at {
        At::Choosing => page.set_state(ui::WhomState::Choosing),
        At::Card { right, last, not_them } => {
            page.set_state(ui::WhomState::Card);
            page.set_child(*right == Right::Guardian);
            page.set_not_them(match (not_them, last) {
                (Some(NotThem::Oneself), _) => ui::NotThem::Oneself,
                (Some(NotThem::OfAge), _) => ui::NotThem::OfAge,
                (None, LastCode::Unreadable) => ui::NotThem::Unreadable,
                (None, LastCode::WrongKind) => ui::NotThem::WrongKind,
                (None, LastCode::None) => ui::NotThem::None,
            });
        }
        At::Typing { typing, .. } => match &typing.asked {
            Asked::Number { entry } => {
                questions::fill_other(kiosk, ui::CardField::OtherNumber, entry, typing.fault);
            }
            Asked::Birth { entry, .. } => {
                questions::fill_other(kiosk, ui::CardField::OtherBirth, entry, typing.fault);
            }
            Asked::Name { line, .. } => {
                page.set_state(ui::WhomState::Name);
                page.set_name(line.as_str().into());
                page.set_name_missing(typing.fault == Some(AnswerFault::Empty));
                page.set_way(finding::typing_way(line.way()));
                page.set_layer(finding::layer(line.layer()));
            }
        },
        At::Confirming { .. } => {}
    }
}

pub fn fill_agree(kiosk: &Kiosk, lists: &Lists, agreeing: Option<&Agreeing>, language: Language) {
    let Some(agreeing) = agreeing else {
        lists.purposes.set(vec![]);
        return;
    };
    let page = kiosk.global::<ui::AgreePage>();
    page.set_missing(agreeing.asked);
    page.set_signs(agreeing.draft.wants_signature());
    let row = |purpose: &Purpose| ui::PurposeView {
        id: purpose.id.as_str().into(),
        words: purpose.words.of(language).into(),
        necessary: purpose.need == Need::Necessary,
        agreed: agreeing.has(&purpose.id),
    };
    lists.purposes.set(agreeing.draft.purposes.iter().map(row).collect());
}
