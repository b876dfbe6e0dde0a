//! Paying the fee of a dossier that was just received.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::payment::address::{Pages, PayAddress};
use crate::payment::{Bill, Payment, Proof, Told, Word};
use crate::session::following::Query;
use crate::session::following::way::Way;
use crate::session::handing::sent::HandInSlip;
use crate::session::paying::{Face, Paying};

const CODE: &str = "000.00.06.H56-231027-0361";
const SLIP: &str = "K01-261122-0007";

pub(super) fn news(news: PaymentNews) -> News {
    News::Province(ProvinceNews::Payment {
        dossier_code: CODE.into(),
        news,
    })
}

pub(super) fn touches() -> impl Strategy<Value = Touch> {
    let all = [
        PayTouch::ByPhone,
        PayTouch::AtCounter,
        PayTouch::Again,
        PayTouch::Onward,
    ];
    prop::sample::select(all.map(Touch::Pay).to_vec())
}

fn payment(word: Word) -> Payment {
    let told = Told {
        bill: Bill {
            reference: "TT01".into(),
            amount_dong: 8_000,
            address: PayAddress::check("https://tra.tinh.example/TT01", Pages::Secure).ok(),
            expires_at: Some(start() + SignedDuration::from_mins(15)),
        },
        word,
        proof: Proof::default(),
    };
    Payment::asked(Uuid::from_u128(9), CODE.into(), start())
        .heard(told)
        .unwrap()
}

pub(super) fn told(word: Word) -> News {
    news(PaymentNews::Stands(Box::new(payment(word))))
}

fn at(secs: i64) -> Around {
    around(start() + SignedDuration::from_secs(secs))
}

/// A dossier with a fee is received.
fn received() -> (Session, Vec<Effect>) {
    let mut session = Session::new(start());
    let is_kept = |session: &Session| matches!(&session.step, Step::HandingIn(handing) if matches!(**handing, HandingIn::Sent(Sent::Kept(_))));
    for _ in 0..250 {
        if is_kept(&session) {
            let received = KeepNews::Received {
                slip_number: SLIP.into(),
                code: CODE.into(),
                due: None,
            };
            return session.on(Event::News(News::Keep(received)), &at(0));
        }
        let event = happy(&session);
        session = session.on(event, &at(0)).0;
    }
    panic!("{session:?}");
}

fn paying(session: &Session) -> &Paying {
    let Step::HandingIn(handing) = &session.step else {
        panic!("{session:?}")
    };
    handing.paying().unwrap_or_else(|| panic!("{session:?}"))
}

fn go(session: Session, news: News, secs: i64) -> (Session, Vec<Effect>) {
    session.on(Event::News(news), &at(secs))
}

fn pay(touch: PayTouch) -> News {
    News::Touch(Touch::Pay(touch))
}

fn prints(effects: &[Effect]) -> bool {
    effects.contains(&Effect::PrintHandIn {
        slip_number: SLIP.into(),
    })
}

fn started() -> Session {
    go(received().0, pay(PayTouch::ByPhone), 0).0
}

#[test]
fn pressed_twice_asks_once() {
    let (session, effects) = received();
    assert!(effects.is_empty(), "the slip waits for the receipt: {effects:?}");
    assert_eq!(paying(&session).face(start()), Face::Choosing);
    let (session, effects) = go(session, pay(PayTouch::ByPhone), 0);
    let start = Effect::StartPayment {
        dossier_code: CODE.into(),
    };
    assert_eq!(effects, [start]);
    let (_, effects) = go(session, pay(PayTouch::ByPhone), 0);
    assert!(effects.is_empty());
}

#[test]
fn paid_prints_the_slip_once_and_is_read_before_the_visit_goes_on() {
    let (session, _) = go(started(), told(Word::Open), 1);
    assert_eq!(paying(&session).face(start()), Face::Code { silent: false });
    let (session, effects) = go(session, told(Word::Paid), 9);
    assert!(prints(&effects));
    let (session, effects) = go(session, told(Word::Paid), 10);
    assert!(effects.is_empty());
    assert_eq!(paying(&session).face(start()), Face::Paid);
    let (session, effects) = go(session, pay(PayTouch::AtCounter), 11);
    assert!(
        effects.is_empty() && paying(&session).is_paid(),
        "what is paid is not paid at the counter as well"
    );
    let (session, effects) = go(session, pay(PayTouch::Onward), 12);
    assert!(effects.is_empty());
    let Step::HandingIn(handing) = &session.step else {
        panic!()
    };
    let HandingIn::Sent(Sent::Kept(kept)) = &**handing else {
        panic!()
    };
    assert!(matches!(kept.slip, HandInSlip::Asked { .. }));
}

#[test]
fn after_a_failure_a_new_payment_begins_or_the_counter_takes_it() {
    let (failed, _) = go(started(), told(Word::Failed), 3);
    assert_eq!(paying(&failed).face(start()), Face::Failed);
    let (_, effects) = go(failed.clone(), pay(PayTouch::Again), 4);
    assert!(matches!(&effects[..], [Effect::StartPayment { .. }]));
    let (_, effects) = go(failed, pay(PayTouch::AtCounter), 4);
    assert!(prints(&effects));
}

#[test]
fn unclear_is_said_and_no_second_payment_is_offered() {
    let (session, _) = go(started(), told(Word::Unclear), 3);
    assert_eq!(paying(&session).face(start()), Face::Unclear);
    for touch in [PayTouch::ByPhone, PayTouch::Again, PayTouch::AtCounter] {
        let (session, effects) = go(session.clone(), pay(touch), 4);
        assert!(effects.is_empty());
        assert_eq!(paying(&session).face(start()), Face::Unclear);
    }
    let (_, effects) = go(session.clone(), pay(PayTouch::Onward), 5);
    assert!(prints(&effects));
    // The province knows after all, while the person still reads.
    let (session, effects) = go(session, told(Word::Paid), 6);
    assert!(prints(&effects) && paying(&session).is_paid());
}

#[test]
fn when_nobody_answers_nothing_is_called_failed() {
    let (session, _) = session_tick(started(), 11);
    assert_eq!(paying(&session).face(at(11).now), Face::Starting);
    let (session, _) = session_tick(session, 12);
    assert_eq!(paying(&session).face(at(12).now), Face::NotNow);

    let (open, _) = go(started(), told(Word::Open), 1);
    let open = go(open, news(PaymentNews::Silent), 5).0;
    assert_eq!(paying(&open).face(at(8).now), Face::Code { silent: false });
    assert_eq!(paying(&open).face(at(20).now), Face::Code { silent: true });
    // Nobody can pay any more, and nobody has said what became of it.
    assert_eq!(paying(&open).face(at(900).now), Face::Unclear);
    let heard = go(open, told(Word::Open), 899).0;
    assert_eq!(paying(&heard).face(at(901).now), Face::Ending);
}

fn session_tick(session: Session, secs: i64) -> (Session, Vec<Effect>) {
    session.on(Event::Tick, &at(secs))
}

#[test]
fn a_code_that_must_not_be_shown_leads_to_the_counter() {
    let mut odd = payment(Word::Open);
    if let crate::payment::State::Open(bill) = &mut odd.state {
        bill.address = None;
    }
    let (session, _) = go(started(), news(PaymentNews::Stands(Box::new(odd))), 1);
    assert_eq!(paying(&session).face(start()), Face::NotNow);
    let (_, effects) = go(session, pay(PayTouch::Onward), 2);
    assert!(prints(&effects));
}

#[test]
fn whoever_goes_away_while_paying_still_gets_the_slip() {
    let (open, _) = go(started(), told(Word::Open), 1);
    for session in [received().0, open] {
        let (session, effects) = session.on(Event::Bar(Bar::Leave), &at(3));
        assert!(prints(&effects), "{effects:?}");
        assert_eq!(effects.last(), Some(&Effect::Forget));
        assert_eq!(session.step, Step::Rest);
    }
}

#[test]
fn a_person_with_a_phone_in_the_hand_is_not_warned_at_once() {
    let (open, _) = go(started(), told(Word::Open), 1);
    let (session, _) = session_tick(open, 200);
    assert_eq!(session.overlay, Overlay::None);
    let (session, _) = session_tick(session, 302);
    assert!(matches!(session.overlay, Overlay::Idle { .. }));
}

/// A dossier that was handed in before, and that waits for its fee.
pub(super) fn owing() -> KnownDossier {
    KnownDossier {
        code: Some(CODE.into()),
        procedure_code: Some("1.001193".parse().unwrap()),
        state: WayState::Payment,
        fee: FeeStands::ByPhone,
        ..known()
    }
}

fn at_way(known: KnownDossier) -> Session {
    let mut session = Session::new(start());
    session.step = Step::Following(Way::of(known).into());
    session
}

#[test]
fn a_fee_is_paid_from_where_the_dossier_stands_and_then_the_province_is_asked_anew() {
    let (session, effects) = go(at_way(owing()), pay(PayTouch::ByPhone), 0);
    let start = Effect::StartPayment {
        dossier_code: CODE.into(),
    };
    assert_eq!(effects, [start]);
    let (open, _) = go(session, told(Word::Open), 1);
    assert_eq!(
        open.step.paying().unwrap().face(at(1).now),
        Face::Code { silent: false }
    );
    let (waiting, _) = session_tick(open.clone(), 200);
    assert_eq!(waiting.overlay, Overlay::None, "a phone is in the hand");
    let (back, effects) = open.clone().on(Event::Bar(Bar::Back), &at(2));
    assert!(effects.is_empty() && back.step == at_way(owing()).step, "{back:?}");

    let (paid, effects) = go(open, told(Word::Paid), 9);
    assert!(effects.is_empty(), "there is no slip to print: {effects:?}");
    let (session, effects) = go(paid, pay(PayTouch::Onward), 12);
    let [
        Effect::LookUp {
            asked,
            query: Query::Code(code),
        },
    ] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    assert_eq!(code.0, CODE);
    let known = KnownDossier {
        fee: FeeStands::Paid,
        ..owing()
    };
    let answer = LookUpNews::Found(Box::new(known.clone()));
    let answer = News::Province(ProvinceNews::LookUp {
        asked: *asked,
        news: answer,
    });
    let (session, _) = go(session, answer, 13);
    assert_eq!(session.step, at_way(known).step);
}

#[test]
fn what_is_paid_or_cannot_be_paid_by_phone_begins_no_payment() {
    for fee in [FeeStands::Paid, FeeStands::Elsewhere] {
        let session = at_way(KnownDossier { fee, ..owing() });
        let (next, effects) = go(session.clone(), pay(PayTouch::ByPhone), 0);
        assert!(effects.is_empty() && next.step == session.step, "{fee:?}");
    }
}
