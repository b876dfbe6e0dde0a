//! Papers of which one is enough.

use super::*;
use crate::session::handing::HandingIn;

fn scanning(session: &Session) -> Option<usize> {
    if let Step::HandingIn(handing) = &session.step
        && let HandingIn::Scanning(scanning) = &**handing
    {
        Some(scanning.index)
    } else {
        None
    }
}

/// At the first of two papers that stand for each other.
fn at_a_group() -> (Session, Around) {
    let of_group = |code| Paper {
        condition: Condition::OneOf("chung-sinh".into()),
        ..paper(code, PageCount::Any, true)
    };
    let mut around = around(start());
    let procedure = Procedure {
        papers: vec![of_group("P1"), of_group("P2")],
        ..procedure()
    };
    around.catalogue = Arc::new(Catalogue::new(vec![procedure], vec![event()]).unwrap());
    let mut session = Session::new(start());
    for _ in 0..250 {
        if scanning(&session).is_some() {
            return (session, around);
        }
        let event = happy(&session);
        session = session.on(event, &around).0;
    }
    panic!("no paper is asked for: {session:?}");
}

/// The paper that is asked for goes through the feeder, and is right.
fn scanned(session: Session, around: &Around) -> Session {
    let (session, _) = touched(session, Touch::Scan, around);
    let (session, _) = session.on(Event::News(News::Scan(page())), around);
    let (session, _) = session.on(Event::News(News::Scan(ScanNews::Ended(Ok(())))), around);
    touched(session, Touch::Next, around).0
}

#[test]
fn who_has_brought_one_of_a_group_is_not_asked_for_the_others() {
    let (session, around) = at_a_group();
    let session = scanned(session, &around);
    assert_eq!(scanning(&session), None, "{session:?}");
    assert!(
        matches!(&session.step, Step::HandingIn(handing) if matches!(**handing, HandingIn::Reviewing(_))),
        "{session:?}"
    );
}

#[test]
fn of_papers_that_stand_for_each_other_any_may_be_left_out_but_not_all() {
    let (session, around) = at_a_group();
    let (session, _) = touched(session, Touch::Skip, &around);
    assert_eq!(scanning(&session), Some(1), "the other may still come");
    let (session, _) = touched(session, Touch::Skip, &around);
    assert_eq!(scanning(&session), Some(1), "it is the last that can");

    let session = scanned(session, &around);
    let (session, _) = touched(session, Touch::Send, &around);
    let (session, _) = touched(session, filing::consent_to_all(), &around);
    let (_, effects) = touched(session, Touch::Send, &around);
    assert!(matches!(&effects[..], [Effect::Keep(_)]), "{effects:?}");
}
