//! Transferring a fee while the province does not answer.

use jiff::SignedDuration;

use super::*;
use crate::payment::ShownTransfer;
use crate::payment::vietqr::{Account, Note, Transfer};
use crate::session::handing::HandingIn;
use crate::session::handing::sent::transferring::{TransferNews, TransferStep, Transferring};
use crate::session::handing::sent::{HandInSlip, Kept, Said};

const CODE: &str = "000.00.06.H56-231027-0361";
const SLIP: &str = "K01-261122-0007";

fn account() -> Account {
    Account {
        bank: "999900".parse().unwrap(),
        number: "0011012345678".parse().unwrap(),
        name: "SO MAU".parse().unwrap(),
    }
}

/// The province is silent, and its data name this account.
fn at(secs: i64, transfer: Option<Account>, link: Link) -> Around {
    let mut around = around(start() + SignedDuration::from_secs(secs));
    let procedure = Procedure {
        transfer,
        ..procedure()
    };
    around.catalogue = Arc::new(Catalogue::new(vec![procedure], vec![event()]).unwrap());
    around.health.province = link;
    around
}

fn silent(secs: i64) -> Around {
    at(secs, Some(account()), Link::Down)
}

fn kept(around: &Around) -> Session {
    let mut session = Session::new(start());
    let is_kept = |session: &Session| matches!(&session.step, Step::HandingIn(handing) if matches!(**handing, HandingIn::Sent(Sent::Kept(_))));
    for _ in 0..250 {
        if is_kept(&session) {
            return session;
        }
        let event = happy(&session);
        session = session.on(event, around).0;
    }
    panic!("{session:?}");
}

fn go(session: Session, news: News, around: &Around) -> (Session, Vec<Effect>) {
    session.on(Event::News(news), around)
}

fn pay(touch: PayTouch) -> News {
    News::Touch(Touch::Pay(touch))
}

fn transferring(session: &Session) -> Option<&Transferring> {
    if let Step::HandingIn(handing) = &session.step
        && let HandingIn::Sent(Sent::Transferring { transferring, .. }) = &**handing
    {
        return Some(transferring);
    }
    None
}

fn kept_of(session: &Session) -> &Kept {
    let Step::HandingIn(handing) = &session.step else {
        panic!("{session:?}")
    };
    if let HandingIn::Sent(Sent::Kept(kept) | Sent::Paying { kept, .. } | Sent::Transferring { kept, .. }) = &**handing
    {
        kept
    } else {
        panic!("{session:?}")
    }
}

pub(super) fn shown_to(slip_number: String) -> News {
    News::Keep(KeepNews::Transfer {
        slip_number,
        news: shown(),
    })
}

fn answer(news: TransferNews) -> News {
    let slip_number = SLIP.into();
    News::Keep(KeepNews::Transfer { slip_number, news })
}

fn shown() -> TransferNews {
    let transfer = Transfer::new(account(), 8_000, Note::of_slip(SLIP).unwrap()).unwrap();
    TransferNews::Show(Box::new(ShownTransfer { transfer, at: start() }))
}

fn received() -> News {
    News::Keep(KeepNews::Received {
        slip_number: SLIP.into(),
        code: CODE.into(),
        due: None,
    })
}

fn prints(effects: &[Effect]) -> bool {
    effects.contains(&Effect::PrintHandIn {
        slip_number: SLIP.into(),
    })
}

/// The page that asks.
fn asked() -> Session {
    let (session, effects) = go(kept(&silent(0)), News::Tick, &silent(3));
    assert!(transferring(&session).is_none() && effects.is_empty());
    let (session, effects) = go(session, News::Tick, &silent(4));
    assert_eq!(transferring(&session).unwrap().step, TransferStep::Choosing);
    assert!(effects.is_empty(), "the slip waits: {effects:?}");
    session
}

fn keeping() -> Session {
    let (session, effects) = go(asked(), pay(PayTouch::ByPhone), &silent(5));
    let wanted = Effect::ShowTransfer {
        slip_number: SLIP.into(),
    };
    assert_eq!(effects, [wanted]);
    assert!(
        transferring(&session).unwrap().shown().is_none(),
        "not before it is committed"
    );
    session
}

#[test]
fn a_transfer_is_offered_only_where_the_data_name_an_account_and_nobody_answers() {
    for around in [at(4, None, Link::Down), at(4, Some(account()), Link::Up)] {
        let (session, effects) = go(kept(&around), News::Tick, &around);
        assert!(transferring(&session).is_none() && effects.is_empty(), "{session:?}");
        let later = Around {
            now: start() + SignedDuration::from_secs(8),
            ..around
        };
        let (session, effects) = go(session, News::Tick, &later);
        assert!(transferring(&session).is_none(), "{session:?}");
        assert!(prints(&effects));
    }
    asked();
}

#[test]
fn the_code_is_shown_once_committed_and_the_slip_comes_after_it() {
    let (session, effects) = go(keeping(), pay(PayTouch::ByPhone), &silent(6));
    assert!(effects.is_empty(), "pressed twice asks once");
    let (session, _) = go(session, answer(shown()), &silent(6));
    assert!(transferring(&session).unwrap().shown().is_some());
    // A phone is in the hand: no warning for long, and no other way of paying beside it.
    let (session, _) = session.on(Event::Tick, &silent(200));
    assert_eq!(session.overlay, Overlay::None);
    let (session, effects) = go(session, pay(PayTouch::AtCounter), &silent(200));
    assert!(transferring(&session).is_some() && effects.is_empty());
    let (session, effects) = go(session, pay(PayTouch::Onward), &silent(200));
    assert!(transferring(&session).is_none() && prints(&effects));
    // It is not offered again.
    let (session, effects) = go(session, News::Tick, &silent(220));
    assert!(transferring(&session).is_none() && effects.is_empty());
}

#[test]
fn once_its_code_may_be_seen_no_payment_of_the_dossier_begins() {
    let (shown, _) = go(keeping(), answer(shown()), &silent(6));
    let (before, _) = go(keeping(), answer(TransferNews::MayBePaid), &silent(6));
    for session in [keeping(), shown, before] {
        let (session, effects) = go(session, received(), &silent(7));
        assert!(transferring(&session).is_some() && effects.is_empty(), "{session:?}");
        assert_eq!(kept_of(&session).province, Said::Received { code: CODE.into() });
        let (session, _) = go(session, answer(self::shown()), &silent(7));
        let (session, effects) = go(session, pay(PayTouch::Onward), &silent(8));
        assert!(session.step.paying().is_none() && prints(&effects), "{session:?}");
    }
}

#[test]
fn while_nobody_has_seen_a_code_the_province_is_paid_as_ever() {
    let (not_now, _) = go(keeping(), answer(TransferNews::NotKept), &silent(6));
    assert_eq!(transferring(&not_now).unwrap().step, TransferStep::NotNow);
    for session in [asked(), not_now] {
        let (session, _) = go(session, received(), &silent(7));
        assert_eq!(session.step.paying().unwrap().dossier_code, CODE);
    }
}

#[test]
fn a_fee_of_what_is_refused_is_not_paid_and_staff_are_called() {
    let (session, _) = go(keeping(), answer(shown()), &silent(6));
    let refused = News::Keep(KeepNews::Refused {
        slip_number: SLIP.into(),
    });
    let (session, effects) = go(session, refused, &silent(7));
    assert!(transferring(&session).is_none());
    assert!(prints(&effects) && effects.contains(&Effect::CallStaff), "{effects:?}");
}

#[test]
fn who_pays_at_the_counter_or_walks_away_has_the_slip_printed() {
    let (session, effects) = go(asked(), pay(PayTouch::AtCounter), &silent(5));
    assert!(prints(&effects));
    assert!(matches!(kept_of(&session).slip, HandInSlip::Asked { .. }));
    for session in [asked(), keeping()] {
        let (session, effects) = session.on(Event::Bar(Bar::Leave), &silent(9));
        assert_eq!(session.step, Step::Rest);
        assert!(prints(&effects), "{effects:?}");
    }
}
