//! Putting a draft aside, and going on with it.

use jiff::SignedDuration;

use super::*;
use crate::aside::CannotGoOn;
use crate::session::handing::HandingIn;
use crate::session::handing::putting_aside::PuttingAside;
use crate::session::handing::resuming::{Resuming, Shown};

const CODE: &str = "MCK1:R:25:AEAAAA";
const OTHER_CARD: &str = "001099000123|131313139|Trần Văn Khác|07031999|Nam|Khu 4, Xã Mẫu, Tỉnh Phú Thọ|10052021";

fn handing(session: &Session) -> &HandingIn {
    let Step::HandingIn(handing) = &session.step else {
        panic!("{:?}", session.step)
    };
    handing
}

fn news(session: Session, news: News, around: &Around) -> (Session, Vec<Effect>) {
    session.on(Event::News(news), around)
}

fn code(text: &str) -> News {
    News::Code(CodeNews::Code(Secret(text.into())))
}

/// To the first paper, of which nothing is scanned yet.
fn at_scan(around: &Around) -> Session {
    let mut session = Session::new(start());
    for _ in 0..250 {
        if matches!(&session.step, Step::HandingIn(handing) if matches!(**handing, HandingIn::Scanning(_))) {
            return session;
        }
        let event = happy(&session);
        session = session.on(event, around).0;
    }
    panic!("No paper: {:?}", session.step);
}

fn keeping(around: &Around) -> (Session, DraftId) {
    let (session, _) = touched(at_scan(around), Touch::Lack, around);
    let (session, effects) = touched(session, Touch::PutAside, around);
    let [Effect::PutAside(draft)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    (session, draft.id)
}

fn kept(around: &Around) -> Session {
    let (session, draft) = keeping(around);
    news(session, News::Keep(KeepNews::PutAside { draft }), around).0
}

#[test]
fn what_is_put_aside_is_printed_with_its_day_and_the_visit_ends() {
    let around_now = around(start());
    let session = kept(&around_now);
    let brought = News::Keep(KeepNews::AsideBrought { until: start() });
    let (session, effects) = news(session, brought, &around_now);
    assert!(matches!(effects.as_slice(), [Effect::PrintAside(_)]), "{effects:?}");
    let out = News::Paper(PaperNews::Out { copy: Copy::First });
    let (session, _) = news(session, out, &around_now);
    let later = around(start() + SignedDuration::from_secs(i64::from(TIMES.sent_secs)));
    let (session, effects) = session.on(Event::Tick, &later);
    assert_eq!(session.step, Step::Rest);
    assert!(!effects.contains(&Effect::DropAside), "{effects:?}");
}

#[test]
fn without_the_province_the_slip_is_printed_after_a_moment() {
    let session = kept(&around(start()));
    let later = around(start() + SignedDuration::from_secs(i64::from(TIMES.code_wait_secs)));
    let (_, effects) = session.on(Event::Tick, &later);
    assert!(matches!(effects.as_slice(), [Effect::PrintAside(_)]), "{effects:?}");
}

#[test]
fn a_parcel_whose_slip_never_came_out_is_dropped() {
    let around = around(start());
    let (session, _) = touched(kept(&around), Touch::Done, &around);
    let held = News::Paper(PaperNews::Held(PrinterFault::OutOfPaper));
    let (session, _) = news(session, held, &around);
    let (left, effects) = session.clone().on(Event::Bar(Bar::Leave), &around);
    assert_eq!(left.step, Step::Rest);
    assert!(effects.contains(&Effect::DropAside), "{effects:?}");
    let (left, effects) = touched(session, Touch::Done, &around);
    assert_eq!(left.step, Step::Rest);
    assert!(effects.contains(&Effect::DropAside), "{effects:?}");
}

#[test]
fn without_a_printer_nothing_is_put_aside() {
    let mut around = around(start());
    around.health.printer = Status::Faulty(PrinterFault::OutOfPaper);
    let (session, _) = touched(at_scan(&around), Touch::Lack, &around);
    let (session, effects) = touched(session, Touch::PutAside, &around);
    assert_eq!(effects, []);
    assert!(matches!(
        handing(&session),
        HandingIn::PuttingAside(PuttingAside::Asking { .. })
    ));
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert!(matches!(handing(&session), HandingIn::Scanning(_)));
}

#[test]
fn what_could_not_be_put_aside_is_where_it_was() {
    let around = around(start());
    let (session, draft) = keeping(&around);
    let (session, effects) = news(session, News::Keep(KeepNews::NotPutAside { draft }), &around);
    assert_eq!(effects, [Effect::CallStaff]);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert!(matches!(handing(&session), HandingIn::Scanning(_)));
    assert!(handing(&session).draft().is_some());
}

/// The parcel is open, the card is asked for.
fn opened(around: &Around) -> Session {
    let (session, effects) = news(Session::new(start()), code(CODE), around);
    let [Effect::OpenAside { asked, .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let opened = ProvinceNews::Aside {
        asked: *asked,
        news: AsideNews::Opened(Box::new(kept_draft())),
    };
    news(session, News::Province(opened), around).0
}

/// With this card, said to be one's own.
fn with_card(session: Session, card: &str, around: &Around) -> (Session, Vec<Effect>) {
    let (session, _) = news(session, code(card), around);
    touched(session, Touch::Yes, around)
}

#[test]
fn the_card_of_the_same_person_goes_on_where_one_stopped() {
    let around = around(start());
    let (session, effects) = with_card(opened(&around), CARD, &around);
    let [Effect::RestoreAside(draft)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let id = draft.id;
    assert_eq!(id, DraftId(around.fresh));
    let (session, _) = news(session, News::Keep(KeepNews::Restored { draft: id }), &around);
    assert!(matches!(handing(&session), HandingIn::Asking(_)), "{session:?}");
    assert_eq!(handing(&session).draft().map(|draft| draft.id), Some(id));
}

#[test]
fn another_persons_card_opens_nothing_and_the_right_one_still_does() {
    let around = around(start());
    let (session, effects) = with_card(opened(&around), OTHER_CARD, &around);
    assert_eq!(effects, []);
    let HandingIn::Resuming(Resuming::Whose { last, .. }) = handing(&session) else {
        panic!("{session:?}")
    };
    assert_eq!(*last, Shown::Anothers);
    let (_, effects) = with_card(session, CARD, &around);
    assert!(matches!(effects.as_slice(), [Effect::RestoreAside(_)]), "{effects:?}");
}

#[test]
fn why_one_cannot_go_on_is_said_and_a_late_answer_belongs_to_nobody() {
    let around = around(start());
    let (session, _) = news(Session::new(start()), code(CODE), &around);
    let cannot = |asked| {
        News::Province(ProvinceNews::Aside {
            asked,
            news: AsideNews::Cannot(CannotGoOn::Expired),
        })
    };
    let (session, _) = news(session, cannot(Uuid::from_u128(1)), &around);
    assert!(matches!(
        handing(&session),
        HandingIn::Resuming(Resuming::Opening { .. })
    ));
    let (session, _) = news(session, cannot(around.fresh), &around);
    let HandingIn::Resuming(Resuming::Cannot { why }) = handing(&session) else {
        panic!("{session:?}")
    };
    assert_eq!(*why, CannotGoOn::Expired);
}

#[test]
fn a_code_in_the_middle_of_a_visit_changes_nothing() {
    let around = around(start());
    let session = at_scan(&around);
    let (after, effects) = news(session.clone(), code(CODE), &around);
    assert_eq!(after.step, session.step);
    assert_eq!(effects, []);
}
