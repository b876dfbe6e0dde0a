//! What can be done to a dossier that was handed in, and by whom.

use hardware::card::Slot;

use super::*;
use crate::dossier::{Act, ActKind, ShownHow, Theirs, Wanted, WithdrawReason};
use crate::session::following::errand::{NotReopened, PersonNews};
use crate::session::following::way::Way;
use crate::session::following::withdrawing::WithdrawAt;
use crate::session::following::{Following, Keys, LookUp, NotPossible, Query};
use crate::session::handing::HandingIn;
use crate::session::handing::identifying::Identifying;

const CODE: &str = "000.00.99.H44-261122-0001";

pub(super) fn around_with_reader() -> Around {
    let mut around = around(start());
    around.health.card_reader = Status::Works;
    around.card = CardPlace::Lying;
    around
}

pub(super) fn at_province(state: WayState) -> KnownDossier {
    KnownDossier {
        code: Some(CODE.into()),
        procedure_code: Some("1.001193".parse().unwrap()),
        state,
        told: Told {
            wanted: vec![Wanted {
                part: "P1".parse().unwrap(),
                title: "Tờ khai".into(),
                why: "Thiếu chữ ký".into(),
            }],
            ..Told::default()
        },
        ..known()
    }
}

pub(super) fn at_way(known: KnownDossier) -> Session {
    let mut session = Session::new(start());
    session.step = Step::Following(Way::of(known).into());
    session
}

/// Shows the card, has its chip read, and says "that is me".
pub(super) fn show_card(session: Session, authenticity: Authenticity) -> (Session, Vec<Effect>) {
    let around = around_with_reader();
    let code = News::Code(CodeNews::Code(Secret(CARD.into())));
    let (session, _) = session.on(Event::News(code), &around);
    let (session, _) = session.on(Event::News(News::Card(CardNews::Place(Ok(Slot::Card)))), &around);
    let read = News::Card(CardNews::Read(Ok(Box::new(holder(authenticity)))));
    let (session, _) = session.on(Event::News(read), &around);
    touched(session, Touch::Yes, &around)
}

fn person(session: Session, news: PersonNews) -> (Session, Vec<Effect>) {
    let asked = Uuid::from_u128(7);
    let event = Event::News(News::Province(ProvinceNews::Person { asked, news }));
    session.on(event, &around_with_reader())
}

fn theirs() -> PersonNews {
    PersonNews::Theirs(vec![Theirs {
        code: CODE.into(),
        procedure: "Khai sinh".into(),
        state: WayState::InWork,
        at: Some(start()),
    }])
}

pub(super) fn not_possible(session: &Session) -> Option<NotPossible> {
    if let Step::Following(Following::NotPossible { why, .. }) = &session.step {
        Some(*why)
    } else {
        None
    }
}

#[test]
fn papers_that_are_wanted_are_scanned_and_nothing_else_is_asked() {
    let (session, _) = touched(
        at_way(at_province(WayState::Supplement)),
        Touch::Supplement,
        &around_with_reader(),
    );
    let (session, effects) = show_card(session, Authenticity::Genuine);
    assert!(
        matches!(&effects[..], [Effect::AskPerson { code: Some(code), shown, .. }] if code == CODE && shown.how == ShownHow::Chip),
        "{effects:?}"
    );
    let (mut session, _) = person(session, theirs());
    let Step::HandingIn(handing) = &session.step else {
        panic!("{:?}", session.step);
    };
    let HandingIn::Scanning(scanning) = &**handing else {
        panic!("{handing:?}");
    };
    assert_eq!(scanning.draft.papers().count(), 1);
    assert!(matches!(&scanning.draft.act, Act::Supplement { code, .. } if code == CODE));
    let mut kept = None;
    for _ in 0..24 {
        let event = happy(&session);
        let (next, effects) = session.on(event, &around(start()));
        session = next;
        kept = kept.or_else(|| {
            effects.into_iter().find_map(|effect| {
                if let Effect::Keep(dossier) = effect {
                    Some(dossier.act().kind())
                } else {
                    None
                }
            })
        });
    }
    assert_eq!(kept, Some(ActKind::Supplement));
}

#[test]
fn a_dossier_is_withdrawn_in_two_steps_by_its_own_chip_and_the_reason_is_free() {
    let around = around_with_reader();
    let (session, _) = touched(at_way(at_province(WayState::InWork)), Touch::Withdraw, &around);
    let (back, _) = touched(session.clone(), Touch::No, &around);
    assert!(matches!(&back.step, Step::Following(Following::Way(_))));
    let (session, _) = touched(session, Touch::Yes, &around);
    let (session, _) = show_card(session, Authenticity::Genuine);
    let (session, _) = person(session, theirs());
    let (session, _) = touched(session, Touch::Reason(WithdrawReason::ByMistake), &around);
    let (free, _) = touched(session.clone(), Touch::Reason(WithdrawReason::ByMistake), &around);
    let reason = |session: &Session| {
        let Step::Following(Following::Withdrawing(withdrawing)) = &session.step else {
            panic!("{:?}", session.step);
        };
        match &withdrawing.at {
            WithdrawAt::Known { reason, .. } => *reason,
            WithdrawAt::Asked => panic!("not known"),
        }
    };
    assert_eq!(
        (reason(&session), reason(&free)),
        (Some(WithdrawReason::ByMistake), None)
    );

    let (session, effects) = touched(session, Touch::Send, &around);
    let [Effect::KeepDraft(_), Effect::Keep(dossier)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(
        matches!(dossier.act(), Act::Withdrawal { code, reason: Some(WithdrawReason::ByMistake), .. } if code == CODE)
    );
    // Pressed twice, it is kept once.
    let (_, effects) = touched(session, Touch::Send, &around);
    assert!(effects.is_empty());
}

#[test]
fn a_chip_that_nobody_vouches_for_withdraws_nothing_and_lists_nothing() {
    let around = around_with_reader();
    let (session, _) = touched(at_way(at_province(WayState::InWork)), Touch::Withdraw, &around);
    let (session, _) = touched(session, Touch::Yes, &around);
    let (session, effects) = show_card(session, Authenticity::SignerUnknown);
    assert_eq!(not_possible(&session), Some(NotPossible::ChipNeeded));
    assert!(effects.is_empty());

    let mut session = Session::new(start());
    session.step = Step::Following(Following::start());
    let (session, _) = touched(session, Touch::Mine, &around);
    // Where no chip can be read any more, the front alone opens nothing either.
    let code = News::Code(CodeNews::Code(Secret(CARD.into())));
    let (session, _) = session.on(Event::News(code), &super::around(start()));
    let (session, effects) = touched(session, Touch::Yes, &super::around(start()));
    assert_eq!(not_possible(&session), Some(NotPossible::ChipNeeded));
    assert!(effects.is_empty());
}

#[test]
fn a_foreign_card_does_nothing_and_where_nobody_knows_the_province_decides() {
    let begun = || {
        let (session, _) = touched(
            at_way(at_province(WayState::Supplement)),
            Touch::Supplement,
            &around_with_reader(),
        );
        show_card(session, Authenticity::Genuine).0
    };
    assert_eq!(
        not_possible(&person(begun(), PersonNews::NotTheirs).0),
        Some(NotPossible::NotYours)
    );
    assert_eq!(
        not_possible(&person(begun(), PersonNews::Refused).0),
        Some(NotPossible::Refused)
    );
    let (session, _) = person(begun(), PersonNews::Unknown);
    assert!(matches!(session.step, Step::HandingIn(_)));
}

#[test]
fn the_list_of_a_person_leads_to_one_and_back_to_the_list() {
    let mut session = Session::new(start());
    session.step = Step::Following(Following::start());
    let around = around_with_reader();
    let (session, _) = touched(session, Touch::Mine, &around);
    let (session, effects) = show_card(session, Authenticity::Genuine);
    assert!(matches!(&effects[..], [Effect::AskPerson { code: None, .. }]));
    let (session, _) = person(session, theirs());
    let (unknown, effects) = touched(session.clone(), Touch::Choose("other".into()), &around);
    assert!(effects.is_empty() && matches!(unknown.step, Step::Following(Following::Mine(_))));
    let (session, effects) = touched(session, Touch::Choose(CODE.into()), &around);
    let [Effect::LookUp { asked, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    let news = LookUpNews::Found(Box::new(at_province(WayState::InWork)));
    let found = Event::News(News::Province(ProvinceNews::LookUp { asked: *asked, news }));
    let (session, _) = session.on(found, &around);
    assert!(matches!(&session.step, Step::Following(Following::Way(_))));
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert!(matches!(&session.step, Step::Following(Following::Mine(_))));
}

#[test]
fn what_is_over_or_on_its_way_offers_nothing() {
    let around = around_with_reader();
    for state in [
        WayState::Withdrawn,
        WayState::HandedOver,
        WayState::NotAccepted,
        WayState::Kept,
    ] {
        let session = at_way(at_province(state));
        for touch in [Touch::Withdraw, Touch::Supplement] {
            let (next, effects) = touched(session.clone(), touch, &around);
            assert!(effects.is_empty() && next.step == session.step, "{state:?}");
        }
    }
    let owed = KnownDossier {
        owed: Some(ActKind::Withdrawal),
        ..at_province(WayState::Supplement)
    };
    let session = at_way(owed);
    for touch in [Touch::Withdraw, Touch::Supplement] {
        let (next, _) = touched(session.clone(), touch, &around);
        assert_eq!(next.step, session.step);
    }
}

#[test]
fn staff_open_a_refused_dossier_with_its_person_and_a_stranger_opens_nothing() {
    let dossier = Uuid::from_u128(42);
    let mut session = Session::new(start());
    session.step = Step::Staff(Box::new(staff::Staff {
        behind: Step::Home,
        desk: staff::Desk::Open {
            who: "Cán bộ Mẫu".into(),
            tab: staff::Tab::Dossiers,
            view: Arc::default(),
        },
    }));
    let touch = Touch::Staff(StaffTouch::Act(StaffAct::Mend(dossier)));
    let (session, effects) = touched(session, touch, &around_with_reader());
    assert_eq!(effects, [Effect::Staff(StaffAct::Mend(dossier))]);
    let Step::HandingIn(handing) = &session.step else {
        panic!("{:?}", session.step);
    };
    assert!(matches!(
        &**handing,
        HandingIn::Identifying(Identifying::Waiting { .. })
    ));
    let (session, effects) = show_card(session, Authenticity::Genuine);
    let [Effect::Reopen { asked, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    let asked = *asked;
    let reopened = |session: Session, draft| {
        let event = Event::News(News::Keep(KeepNews::Reopened { asked, draft }));
        session.on(event, &around_with_reader()).0
    };
    let foreign = reopened(session.clone(), Err(NotReopened::NotTheirs));
    assert_eq!(not_possible(&foreign), Some(NotPossible::NotYours));
    let (ended, _) = touched(foreign, Touch::Acknowledge, &around(start()));
    assert_eq!(
        ended.step,
        Step::Rest,
        "staff began it, nobody has come to follow anything"
    );
    let citizen = crate::citizen::Citizen::from_card_code(CARD).unwrap();
    let draft = crate::dossier::Draft::new(DraftId(asked), start(), procedure(), citizen);
    let opened = reopened(session, Ok(Box::new(draft)));
    assert!(matches!(&opened.step, Step::HandingIn(handing) if matches!(**handing, HandingIn::Reviewing(_))));
}

#[test]
fn a_code_is_typed_with_letters_and_a_slip_number_with_digits() {
    let mut session = Session::new(start());
    session.step = Step::Following(Following::start());
    let around = around(start());
    let (session, _) = touched(session, Touch::Digit('H'), &around);
    let (session, _) = touched(session, Touch::NextWay, &around);
    let typed = "H44-261122.1".chars().fold(session, |session, letter| {
        touched(session, Touch::Digit(letter), &around).0
    });
    let Step::Following(Following::Asking { typed: text, keys, .. }) = &typed.step else {
        panic!("{:?}", typed.step);
    };
    assert_eq!((text.as_str(), *keys), ("H44-261122.1", Keys::All));
    let (_, effects) = touched(typed, Touch::Search, &around);
    assert!(matches!(&effects[..], [Effect::LookUp { query: Query::Code(code), .. }] if code.0 == "H44-261122.1"));
}

#[test]
fn an_identity_card_is_looked_up_nowhere_where_its_chip_cannot_be_read() {
    let mut session = Session::new(start());
    session.step = Step::Following(Following::start());
    let code = News::Code(CodeNews::Code(Secret(CARD.into())));
    let (session, effects) = session.on(Event::News(code), &around(start()));
    assert!(effects.is_empty());
    assert!(matches!(
        session.step,
        Step::Following(Following::Asking {
            state: LookUp::CardAlone,
            ..
        })
    ));
}
