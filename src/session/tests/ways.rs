//! Ways that a visit goes.

use super::*;
use crate::dossier::ActKind;
use crate::figures::{About, Rated, Reason};
use crate::payment::FeeDue;

#[test]
fn the_happy_way_ends_in_a_dossier_that_is_kept() {
    let mut session = Session::new(start());
    let mut kept = 0;
    for _ in 0..200 {
        let event = happy(&session);
        let (next, effects) = session.on(event, &around(start()));
        kept += effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Keep(_)))
            .count();
        session = next;
        if kept == 1 && session.step == Step::Rest {
            return;
        }
    }
    panic!("the way does not end: {session:?}");
}

#[test]
fn a_door_that_is_shut_does_not_open() {
    let mut around = around(start());
    around.health.scanner = Status::Faulty(ScannerFault::Unplugged);
    let home = Session {
        step: Step::Home,
        ..Session::new(start())
    };
    let touch = Event::News(News::Touch(Touch::Door(Door::HandIn)));
    let (session, effects) = home.on(touch, &around);
    assert_eq!((session.step, effects), (Step::Home, vec![]));
}

#[test]
fn a_lock_is_shown_as_long_as_it_holds() {
    let until = start();
    for (before_ms, shown) in [(2_000, 2), (1_001, 2), (1, 1), (0, 0), (-500, 0)] {
        let now = until - jiff::SignedDuration::from_millis(before_ms);
        assert_eq!(seconds_until(until, now), shown, "{before_ms} ms before");
    }
}

fn in_the_middle_of_a_visit() -> Session {
    let mut session = Session::new(start());
    for _ in 0..8 {
        let event = happy(&session);
        session = session.on(event, &around(start())).0;
    }
    session
}

#[test]
fn staff_give_a_visit_back_as_it_was() {
    let now = start();
    let session = in_the_middle_of_a_visit();
    let mut before = session.step.clone();
    // But that they helped.
    if let Step::HandingIn(handing) = &mut before
        && let Some(draft) = handing.draft_mut()
    {
        draft.assisted = true;
    }
    let pin = |session: Session| {
        session
            .on(
                Event::News(News::Staff(StaffNews::PinRight {
                    who: "Cán bộ Mẫu".into(),
                })),
                &around(now),
            )
            .0
    };
    let session = pin(session.on(Event::Bar(Bar::StaffDoor), &around(now)).0);
    assert!(matches!(session.step, Step::Staff(_)));
    let done = Event::News(News::Touch(Touch::Staff(StaffTouch::Done)));
    assert_eq!(session.on(done, &around(now)).0.step, before);
}

#[test]
fn staff_who_were_called_take_over_the_visit_where_it_stands() {
    let now = start();
    let session = in_the_middle_of_a_visit();
    let before = session.step.clone();

    let (session, effects) = session.on(Event::Bar(Bar::CallStaff), &around(now));
    assert_eq!(
        (session.overlay, effects),
        (Overlay::StaffCalled, vec![Effect::CallStaff])
    );
    let (session, _) = session.on(Event::Bar(Bar::StaffDoor), &around(now));
    assert_eq!(session.overlay, Overlay::None, "the call covers the PIN");
    let Step::Staff(staff) = &session.step else {
        panic!("no PIN is asked: {session:?}");
    };
    assert_eq!(staff.behind, before);
    let (session, effects) = session.on(
        Event::News(News::Staff(StaffNews::PinRight {
            who: "Cán bộ Mẫu".into(),
        })),
        &around(now),
    );
    assert!(effects.contains(&Effect::AnswerCall), "the lamp stays: {effects:?}");
    assert!(!session.staff_called);
}

#[test]
fn a_late_answer_to_a_look_up_shows_nothing_to_whoever_stands_there_now() {
    let now = start();
    let at = |fresh| Around {
        fresh: Uuid::from_u128(fresh),
        ..around(now)
    };
    let answer = |asked| {
        Event::News(News::Province(ProvinceNews::LookUp {
            asked: Uuid::from_u128(asked),
            news: LookUpNews::Found(Box::new(known())),
        }))
    };
    let code = Event::News(News::Code(CodeNews::Code(Secret("MCK1;H;K01-261122-0007;0".into()))));
    let follow = |step| Session {
        step: Step::Following(step),
        ..Session::new(now)
    };

    // Whoever asked has gone: the next person stands at an empty page.
    let (session, _) = follow(Following::start()).on(answer(1), &at(9));
    assert_eq!(session.step, Step::Following(Following::start()));
    // Asked twice: only the second answer counts.
    let (session, effects) = follow(Following::start()).on(code.clone(), &at(1));
    assert!(matches!(effects[0], Effect::LookUp { asked, .. } if asked == Uuid::from_u128(1)));
    let (session, _) = session.on(code, &at(2));
    let (session, _) = session.on(answer(1), &at(9));
    assert!(matches!(session.step, Step::Following(Following::Asking { .. })));
    let (session, _) = session.on(answer(2), &at(9));
    assert!(matches!(session.step, Step::Following(Following::Way(_))));
}

#[test]
fn a_dossier_that_could_not_be_kept_goes_back_to_its_own_person_only() {
    let now = start();
    let mut session = Session::new(now);
    let sealed = loop {
        let event = happy(&session);
        let (next, effects) = session.on(event, &around(now));
        session = next;
        if let Some(Effect::Keep(dossier)) = effects.into_iter().find(|effect| matches!(effect, Effect::Keep(_))) {
            break dossier;
        }
    };
    let mut others = sealed.clone().into_draft();
    others.id = DraftId(Uuid::from_u128(99));
    let not_kept = |draft| Event::News(News::Keep(KeepNews::NotKept(Box::new(draft))));
    let (session, _) = session.on(not_kept(others), &around(now));
    assert_eq!(session.step, {
        let draft = sealed.id();
        let (about, fees) = (About::of(sealed.procedure()), FeeDue::of(sealed.procedure()));
        Step::HandingIn(Box::new(HandingIn::Sent(Sent::Keeping {
            draft,
            about,
            fees,
            act: ActKind::Dossier,
        })))
    });
    let (session, effects) = session.on(not_kept(sealed.into_draft()), &around(now));
    assert!(matches!(&session.step, Step::HandingIn(handing) if matches!(&**handing, HandingIn::NotKept(_))));
    assert_eq!(effects, [Effect::CallStaff]);
}

#[test]
fn a_face_counts_with_its_reason_or_without_and_for_the_dossier_that_was_handed_in() {
    let touch = |session: Session, touch| session.on(Event::News(News::Touch(touch)), &around(start()));
    let mut session = Session::new(start());
    let is_kept = |session: &Session| matches!(&session.step, Step::HandingIn(handing) if matches!(**handing, HandingIn::Sent(Sent::Kept(_))));
    for _ in 0..250 {
        if is_kept(&session) {
            break;
        }
        let event = happy(&session);
        session = session.on(event, &around(start())).0;
    }
    assert!(is_kept(&session), "{session:?}");
    let (session, _) = touch(session, Touch::Door(Door::Rate));
    assert!(is_kept(&session), "the slip is not out yet");
    let out = News::Paper(PaperNews::Out { copy: Copy::First });
    let sent = session.on(Event::News(out), &around(start())).0;
    let (asking, _) = touch(sent, Touch::Door(Door::Rate));
    let (why, effects) = touch(asking, Touch::Rate(2));
    assert!(effects.is_empty(), "it may still get a reason");
    let rated = |effects: &[Effect]| match effects {
        [.., Effect::Rate(rated)] | [Effect::Hush, Effect::Rate(rated), ..] => rated.clone(),
        other => panic!("{other:?}"),
    };
    let about = About::of(&procedure());
    assert_ne!(about, About::default());
    let (thanks, effects) = touch(why.clone(), Touch::Because(Reason::Time));
    let face = 2.try_into().unwrap();
    let reason = Some(Reason::Time);
    assert_eq!(
        rated(&effects),
        Rated {
            face,
            reason,
            about: about.clone()
        }
    );
    let (_, effects) = touch(thanks, Touch::Because(Reason::Time));
    assert!(effects.is_empty(), "told once");
    // Whoever walks away has said something, too.
    let (rest, effects) = why.on(Event::Bar(Bar::Leave), &around(start()));
    assert_eq!(
        (rest.step, rated(&effects)),
        (
            Step::Rest,
            Rated {
                face,
                reason: None,
                about
            }
        )
    );
}

#[test]
fn a_dossier_that_staff_helped_with_says_so_from_then_on() {
    let mut session = Session::new(start());
    while !matches!(session.step, Step::HandingIn(ref handing) if handing.draft().is_some()) {
        let event = happy(&session);
        session = session.on(event, &around(start())).0;
    }
    let assisted = |session: &Session| {
        let visit = session.step.visit();
        matches!(visit, Step::HandingIn(handing) if handing.draft().is_some_and(|draft| draft.assisted))
    };
    let (door, _) = session.on(Event::Bar(Bar::StaffDoor), &around(start()));
    assert!(!assisted(&door), "nobody has come in yet");
    let who = "Cán bộ Mẫu".into();
    let (inside, effects) = door.on(Event::News(News::Staff(StaffNews::PinRight { who })), &around(start()));
    assert!(assisted(&inside));
    assert!(matches!(&effects[..], [Effect::KeepDraft(draft), Effect::StaffLook] if draft.assisted));
}
