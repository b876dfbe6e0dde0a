//! The pages on which a procedure is looked for.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::Shown;
use super::dossier::{count, money};
use super::lists::Lists;
use crate::keyboard::{Layer, Way};
use crate::procedure::{EventPicture, Language, Procedure};
use crate::session::handing::ROWS_A_PAGE;
use crate::session::handing::finding::{EVENTS_A_LEAF, Finding};

/// Procedures beside the pictures of life events: as many as are found for what is typed.
const MOST_ASKED: usize = 5;

pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown, finding: Option<&Finding>) {
    let language = shown.session.settings.language;
    let catalogue = &shown.around.catalogue;
    let page = kiosk.global::<ui::FindPage>();
    if !matches!(finding, Some(Finding::Typing(_))) {
        page.set_text(SharedString::new());
    }
    let Some(finding) = finding else { return };
    match finding {
        Finding::Events { leaf } => {
            page.set_state(ui::FindState::Events);
            let events = catalogue.events();
            let leaf = &(*leaf).min(events.len().saturating_sub(1) / EVENTS_A_LEAF);
            let on_leaf = events.iter().skip(leaf * EVENTS_A_LEAF).take(EVENTS_A_LEAF);
            lists.events.set(
                on_leaf
                    .map(|event| ui::EventView {
                        code: event.code.as_str().into(),
                        name: event.name.of(language).into(),
                        picture: picture(event.picture),
                    })
                    .collect(),
            );
            let asked = catalogue.most_asked(MOST_ASKED);
            lists
                .found
                .set(asked.into_iter().map(|procedure| row(procedure, language)).collect());
            page.set_page(count(leaf + 1));
            page.set_pages(count(events.len().div_ceil(EVENTS_A_LEAF).max(1)));
        }
        Finding::Typing(typed) => {
            page.set_state(ui::FindState::Typing);
            page.set_text(typed.as_str().into());
            page.set_way(typing_way(typed.way()));
            page.set_layer(layer(typed.layer()));
            let found = if typed.is_empty() {
                catalogue.most_asked(MOST_ASKED)
            } else {
                catalogue.find(typed.as_str())
            };
            lists
                .found
                .set(found.into_iter().map(|procedure| row(procedure, language)).collect());
        }
        Finding::Listed { event, page } => {
            let listed: Vec<_> = match event {
                Some(event) => catalogue.of_event(event),
                None => catalogue.procedures().iter().collect(),
            };
            // The list may have become shorter since.
            let page = &(*page).min(listed.len().saturating_sub(1) / ROWS_A_PAGE);
            let on_page = listed.iter().skip(page * ROWS_A_PAGE).take(ROWS_A_PAGE);
            lists
                .procedures
                .set(on_page.map(|procedure| row(procedure, language)).collect());
            let list = kiosk.global::<ui::ProceduresPage>();
            list.set_page(count(page + 1));
            list.set_pages(count(listed.len().div_ceil(ROWS_A_PAGE).max(1)));
        }
    }
}

/// How marks are typed, for a keyboard on any page.
pub fn typing_way(way: Way) -> ui::TypingWay {
    match way {
        Way::Telex => ui::TypingWay::Telex,
        Way::Vni => ui::TypingWay::Vni,
        Way::Marks => ui::TypingWay::Marks,
    }
}

pub fn layer(layer: Layer) -> ui::KeyLayer {
    match layer {
        Layer::Letters => ui::KeyLayer::Letters,
        Layer::Figures => ui::KeyLayer::Figures,
    }
}

fn row(procedure: &Procedure, language: Language) -> ui::ProcedureRow {
    ui::ProcedureRow {
        code: procedure.code.as_str().into(),
        name: procedure.name.of(language).into(),
        field: procedure.field.name.of(language).into(),
        days: i32::from(procedure.working_days),
        fee_vnd: money(procedure.fee_dong()),
    }
}

fn picture(of: EventPicture) -> ui::EventPicture {
    match of {
        EventPicture::Baby => ui::EventPicture::Baby,
        EventPicture::Rings => ui::EventPicture::Rings,
        EventPicture::House => ui::EventPicture::Land,
        EventPicture::Shop => ui::EventPicture::Shop,
        EventPicture::Motorbike => ui::EventPicture::Motorbike,
        EventPicture::Elder => ui::EventPicture::Elder,
        EventPicture::School => ui::EventPicture::School,
        EventPicture::Work => ui::EventPicture::Work,
        EventPicture::Health => ui::EventPicture::Health,
        EventPicture::Candle => ui::EventPicture::Candle,
        EventPicture::Wall => ui::EventPicture::Wall,
        EventPicture::Papers => ui::EventPicture::Papers,
    }
}
