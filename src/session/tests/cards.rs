//! Cards that are shown: their front, back and chip.

use hardware::card::sod::Altered;
use hardware::card::{CardFault, Slot};

use super::*;
use crate::session::handing::card_back::BackFault;
use crate::session::handing::identifying::Identifying;

fn with_card_reader(card: CardPlace) -> Around {
    let mut around = around(start());
    around.health.card_reader = Status::Works;
    around.card = card;
    around
}

/// A visit whose card was shown, with a card reader that works.
fn at_the_chip(card: CardPlace) -> (Session, Vec<Effect>) {
    let session = at_the_front();
    let event = happy(&session);
    session.on(event, &with_card_reader(card))
}

fn card(news: CardNews) -> Event {
    Event::News(News::Card(news))
}

#[test]
fn a_card_that_lies_there_is_read_as_soon_as_its_front_is_known() {
    let (_, effects) = at_the_chip(CardPlace::Lying);
    assert!(matches!(&effects[..], [Effect::ReadCard { keys }] if !keys.is_empty()));

    let (session, effects) = at_the_chip(CardPlace::Empty);
    assert!(effects.is_empty());
    let (_, effects) = session.on(
        card(CardNews::Place(Ok(Slot::Card))),
        &with_card_reader(CardPlace::Lying),
    );
    assert!(matches!(&effects[..], [Effect::ReadCard { .. }]));
}

/// A visit that asks for a card, with all that reads one.
fn at_the_front() -> Session {
    let mut session = Session::new(start());
    for _ in 0..4 {
        let event = happy(&session);
        session = session.on(event, &with_card_reader(CardPlace::Empty)).0;
    }
    session
}

#[test]
fn a_back_that_is_scanned_opens_the_chip_and_speaks_for_nobody_without_it() {
    let around = with_card_reader(CardPlace::Lying);
    let (session, _) = touched(at_the_front(), Touch::Scan, &around);
    let (session, effects) = touched(session, Touch::Scan, &around);
    assert_eq!(effects, [Effect::ScanBack]);

    let unread = Event::News(News::Scan(ScanNews::Back(Err(BackFault::Unread))));
    let (session, effects) = session.on(unread, &around);
    assert!(effects.is_empty());
    let (session, _) = touched(session, Touch::Scan, &around);
    let read = Event::News(News::Scan(ScanNews::Back(Ok(Box::new(mrz())))));
    let (session, effects) = session.on(read, &around);
    assert_eq!(
        effects,
        [Effect::ReadCard {
            keys: vec![mrz().key()]
        }]
    );

    let (failed, _) = session
        .clone()
        .on(card(CardNews::Read(Err(CardFault::Silent))), &around);
    let (skipped, _) = touched(failed, Touch::Skip, &around);
    assert!(
        matches!(identifying(&skipped), Identifying::Waiting { .. }),
        "{skipped:?}"
    );

    let (known, _) = session.on(
        card(CardNews::Read(Ok(Box::new(holder(Authenticity::Genuine))))),
        &around,
    );
    let Identifying::Confirming { citizen, .. } = identifying(&known) else {
        panic!("{known:?}");
    };
    assert_eq!(
        (citizen.id.as_str(), citizen.birth().as_str()),
        ("025048000191", "07/03/1948")
    );
}

#[test]
fn a_back_is_not_asked_for_where_the_scanner_takes_no_cards_or_the_chip_cannot_prove_it() {
    let good = with_card_reader(CardPlace::Empty);
    let mut bent = good.clone();
    bent.scanner_takes = Taken::Paper;
    let mut broken = good.clone();
    broken.health.scanner = Status::Faulty(ScannerFault::Jammed);
    let mut alone = good;
    alone.health.card_reader = Status::Absent;
    for around in [bent, broken, alone] {
        let (session, _) = touched(at_the_front(), Touch::Scan, &around);
        assert!(matches!(identifying(&session), Identifying::Waiting { .. }));
    }
}

fn identifying(session: &Session) -> &Identifying {
    if let Step::HandingIn(handing) = &session.step
        && let handing::HandingIn::Identifying(identifying) = &**handing
    {
        return identifying;
    }
    panic!("{session:?}")
}

#[test]
fn an_altered_card_stops_the_visit_and_calls_staff_and_nothing_is_kept() {
    let (session, _) = at_the_chip(CardPlace::Lying);
    let altered = holder(Authenticity::Altered(Altered::Group(13)));
    let around = with_card_reader(CardPlace::Lying);
    let (session, effects) = session.on(card(CardNews::Read(Ok(Box::new(altered)))), &around);
    assert_eq!(effects, [Effect::CallStaff]);
    assert!(session.staff_called);
    let (session, effects) = session.on(Event::News(News::Touch(Touch::Acknowledge)), &around);
    assert!(effects.contains(&Effect::Forget));
    assert!(
        matches!(session.step, Step::CardLeft { .. }),
        "the card still lies there"
    );
    let (session, _) = session.on(
        card(CardNews::Place(Ok(Slot::Empty))),
        &with_card_reader(CardPlace::Empty),
    );
    assert_eq!(session.step, Step::Rest);
}

#[test]
fn a_card_that_stays_is_called_after_once_and_keeps_nobody_else_waiting() {
    let lying = with_card_reader(CardPlace::Lying);
    let leave = |session: Session| session.on(Event::Bar(Bar::Leave), &lying);
    let (session, effects) = leave(at_the_chip(CardPlace::Lying).0);
    assert!(matches!(session.step, Step::CardLeft { .. }) && effects.contains(&Effect::CallStaff));
    let later = Around {
        now: start() + jiff::SignedDuration::from_secs(CARD_LEFT_SECS),
        ..lying.clone()
    };
    let (session, _) = session.on(Event::Tick, &later);
    assert_eq!(session.step, Step::Rest);

    let next = |session: Session| session.on(Event::News(News::Touch(Touch::Start)), &lying).0;
    let (session, effects) = leave(next(session));
    assert_eq!(session.step, Step::Rest);
    assert!(!effects.contains(&Effect::CallStaff));

    // It was taken; the next one that is left is called after again.
    let (session, _) = session.on(Event::Tick, &with_card_reader(CardPlace::Empty));
    let (session, _) = leave(next(session));
    assert!(matches!(session.step, Step::CardLeft { .. }));
}

#[test]
fn the_chip_of_another_card_is_not_taken_for_the_one_that_was_shown() {
    let (session, _) = at_the_chip(CardPlace::Lying);
    let mut other = holder(Authenticity::Genuine);
    let mrz = hardware::twin::card::find("long-name").unwrap().mrz().concat();
    other.mrz = Mrz::read(&mrz).ok();
    let around = with_card_reader(CardPlace::Lying);
    let (session, effects) = session.on(card(CardNews::Read(Ok(Box::new(other)))), &around);
    assert!(effects.is_empty() && format!("{session:?}").contains("OtherPerson"));
}
