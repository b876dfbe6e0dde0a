//! Form 01 on paper.

use super::following::{around_with_reader, at_province, at_way, not_possible, show_card};
use super::*;
use crate::appointment::Appointment;
use crate::dossier::Theirs;
use crate::session::following::errand::PersonNews;
use crate::session::following::receipt::{ReceiptAt, ReceiptNews};
use crate::session::following::way::{Way, Where};
use crate::session::following::{Following, NotPossible};
use hardware::card::sod::Authenticity;
use hardware::printer::PrinterFault;

fn told() -> Box<Appointment> {
    Box::new(Appointment {
        code: "000.00.99.H44-261122-0001".into(),
        office: "Trung tâm".into(),
        person: "Nguyễn Văn Ẩm".into(),
        id_number: "025048000191".into(),
        address: None,
        phone: None,
        procedure: "Khai sinh".into(),
        parts: vec![],
        sets: 1,
        working_days: None,
        received_at: start(),
        due_at: None,
        result_at: None,
        official: None,
        look_up: None,
    })
}

pub(super) fn given() -> News {
    news(ReceiptNews::Given(told()))
}

fn news(news: ReceiptNews) -> News {
    let asked = Uuid::from_u128(7);
    News::Province(ProvinceNews::Receipt { asked, news })
}

fn answer(told: ReceiptNews) -> Event {
    Event::News(news(told))
}

fn receipt_at(session: &Session) -> Option<&ReceiptAt> {
    if let Step::Following(Following::Receipt(receipt)) = &session.step {
        Some(&receipt.at)
    } else {
        None
    }
}

fn asks(effects: &[Effect]) -> bool {
    matches!(effects, [Effect::AskReceipt { shown, .. }] if shown.how == crate::dossier::ShownHow::Chip)
}

/// By the card, up to the question.
fn asked() -> Session {
    let around = around_with_reader();
    let (session, effects) = touched(at_way(at_province(WayState::InWork)), Touch::PrintReceipt, &around);
    assert!(effects.is_empty() && receipt_at(&session).is_none(), "the card first");
    let (session, effects) = show_card(session, Authenticity::Genuine);
    assert!(asks(&effects), "{effects:?}");
    session
}

#[test]
fn it_is_offered_once_an_official_may_have_accepted_and_there_is_a_way_to_print_it() {
    let around = around_with_reader();
    let offered = |state, around: &Around| Way::of(at_province(state)).receipt(around);
    for state in [
        WayState::Accepted,
        WayState::InWork,
        WayState::Supplement,
        WayState::Payment,
        WayState::Done,
    ] {
        assert_eq!(offered(state, &around), Where::Here, "{state:?}");
    }
    for state in [
        WayState::Kept,
        WayState::New,
        WayState::NotAccepted,
        WayState::Withdrawn,
    ] {
        assert_eq!(offered(state, &around), Where::Nowhere, "{state:?}");
    }
    let mut lacking = around_with_reader();
    lacking.health.card_reader = Status::Absent;
    assert_eq!(offered(WayState::InWork, &lacking), Where::Counter);
    let mut broken = around_with_reader();
    broken.health.printer = Status::Faulty(PrinterFault::OutOfPaper);
    assert_eq!(offered(WayState::InWork, &broken), Where::Counter);
    let (session, effects) = touched(at_way(at_province(WayState::InWork)), Touch::PrintReceipt, &broken);
    assert!(matches!(session.step, Step::Following(Following::Way(_))) && effects.is_empty());
    broken.health.page_printer = Status::Works;
    assert_eq!(offered(WayState::InWork, &broken), Where::Here, "on A4");
}

#[test]
fn it_comes_on_pages_and_on_the_roll_instead_if_they_fail() {
    let around = around_with_reader();
    let paper = |session: Session, news| session.on(Event::News(News::Paper(news)), &around).0;
    let printing = |session: &Session| match receipt_at(session) {
        Some(ReceiptAt::Printing { paper, instead, .. }) => Some((*paper, *instead)),
        Some(ReceiptAt::Asking { .. } | ReceiptAt::NotYet | ReceiptAt::Offline) | None => None,
    };
    let pages = |out| PaperNews::Pages {
        at: PagePlace::Desk,
        out,
    };
    let (session, _) = asked().on(answer(ReceiptNews::Given(told())), &around);
    let coming = paper(session, pages(false));
    assert_eq!(printing(&coming), Some((pages(false), false)));
    assert_eq!(
        printing(&paper(coming.clone(), pages(true))),
        Some((pages(true), false))
    );
    let mut session = coming;
    for news in [
        PaperNews::Coming { copy: Copy::First },
        PaperNews::Held(PrinterFault::OutOfPaper),
        PaperNews::Out { copy: Copy::First },
    ] {
        session = paper(session, news);
        assert_eq!(printing(&session), Some((news, true)));
    }
}

#[test]
fn it_is_printed_for_the_chip_and_a_late_answer_prints_nothing() {
    let around = around_with_reader();
    let (session, effects) = asked().on(answer(ReceiptNews::Given(told())), &around);
    assert_eq!(effects, [Effect::PrintReceipt(told())]);
    assert!(matches!(receipt_at(&session), Some(ReceiptAt::Printing { .. })));
    // The same answer once more.
    let (session, effects) = session.on(answer(ReceiptNews::Given(told())), &around);
    assert!(effects.is_empty(), "{effects:?}");
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert!(matches!(session.step, Step::Following(Following::Way(_))));

    let (gone, _) = asked().on(Event::Bar(Bar::Leave), &around);
    let (_, effects) = gone.on(answer(ReceiptNews::Given(told())), &around);
    assert!(effects.is_empty(), "{effects:?}");
}

#[test]
fn without_a_genuine_chip_nothing_is_asked() {
    let around = around_with_reader();
    let (session, _) = touched(at_way(at_province(WayState::InWork)), Touch::PrintReceipt, &around);
    let (session, effects) = show_card(session, Authenticity::SignerUnknown);
    assert_eq!(not_possible(&session), Some(NotPossible::ChipNeeded));
    assert!(effects.is_empty(), "{effects:?}");
}

#[test]
fn what_the_province_says_instead_is_said() {
    let around = around_with_reader();
    for (news, at) in [
        (ReceiptNews::NotYet, ReceiptAt::NotYet),
        (ReceiptNews::Silent, ReceiptAt::Offline),
    ] {
        let (session, effects) = asked().on(answer(news), &around);
        assert_eq!((receipt_at(&session), effects.len()), (Some(&at), 0));
        let (session, _) = touched(session, Touch::Acknowledge, &around);
        assert!(matches!(session.step, Step::Following(Following::Way(_))));
    }
    for (news, why) in [
        (ReceiptNews::NotTheirs, NotPossible::NotYours),
        (ReceiptNews::Refused, NotPossible::Refused),
    ] {
        let (session, effects) = asked().on(answer(news), &around);
        assert_eq!((not_possible(&session), effects.len()), (Some(why), 0));
    }
}

#[test]
fn who_came_by_the_list_of_theirs_need_not_lay_the_card_down_again() {
    let around = around_with_reader();
    let mut session = Session::new(start());
    session.step = Step::Following(Following::start());
    let (session, _) = touched(session, Touch::Mine, &around);
    let (session, _) = show_card(session, Authenticity::Genuine);
    let rows = vec![Theirs {
        code: "000.00.99.H44-261122-0001".into(),
        procedure: "Khai sinh".into(),
        state: WayState::InWork,
        at: None,
    }];
    let asked = Uuid::from_u128(7);
    let person = ProvinceNews::Person {
        asked,
        news: PersonNews::Theirs(rows),
    };
    let (session, _) = session.on(Event::News(News::Province(person)), &around);
    let (session, _) = touched(session, Touch::Choose("000.00.99.H44-261122-0001".into()), &around);
    let found = ProvinceNews::LookUp {
        asked,
        news: LookUpNews::Found(Box::new(at_province(WayState::InWork))),
    };
    let (session, _) = session.on(Event::News(News::Province(found)), &around);
    let (session, effects) = touched(session, Touch::PrintReceipt, &around);
    assert!(asks(&effects), "{effects:?}");
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert!(matches!(session.step, Step::Following(Following::Mine(_))));
}
