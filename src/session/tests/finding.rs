//! Looking for a procedure.

use super::*;
use crate::hall::Errand;
use crate::keyboard::Key;
use crate::procedure::Elsewhere;
use crate::session::handing::finding::Finding;

#[test]
fn a_procedure_is_found_by_an_occasion_and_one_comes_back_to_its_list() {
    let around = around(start());
    let (session, _) = Session::new(start()).on(Event::News(News::Touch(Touch::Start)), &around);
    let (session, _) = touched(session, Touch::Door(Door::HandIn), &around);
    let (session, _) = touched(session, Touch::Event("sinh-con".into()), &around);
    let list = session.step.clone();
    let (session, _) = touched(session, Touch::Procedure("1.001193".into()), &around);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert_eq!(session.step, list);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert_eq!(session.step, Step::Home);
}

#[test]
fn back_from_the_card_leads_to_the_procedure_and_then_to_the_list_it_was_found_in() {
    let around = around(start());
    let (session, _) = Session::new(start()).on(Event::News(News::Touch(Touch::Start)), &around);
    let (session, _) = touched(session, Touch::Door(Door::HandIn), &around);
    let (session, _) = touched(session, Touch::Type, &around);
    let (session, _) = touched(session, Touch::Key(Key::Letter('k')), &around);
    let typed = session.step.clone();
    let (session, _) = touched(session, Touch::Procedure("1.001193".into()), &around);
    let procedure = session.step.clone();
    let (session, _) = touched(session, Touch::Begin, &around);
    assert_ne!(session.step, procedure);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert_eq!(session.step, procedure);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert_eq!(session.step, typed);
}

#[test]
fn what_is_typed_is_gone_when_the_keyboard_is_closed() {
    let around = around(start());
    let (session, _) = Session::new(start()).on(Event::News(News::Touch(Touch::Start)), &around);
    let (session, _) = touched(session, Touch::Door(Door::HandIn), &around);
    let pictures = session.step.clone();
    let (session, _) = touched(session, Touch::Type, &around);
    let (session, _) = touched(session, Touch::Key(Key::Letter('k')), &around);
    assert!(matches!(finding(&session), Some(Finding::Typing(line)) if line.as_str() == "k"));
    let (session, _) = touched(session, Touch::StopTyping, &around);
    assert_eq!(session.step, pictures);
    let (session, _) = touched(session, Touch::Type, &around);
    assert!(matches!(finding(&session), Some(Finding::Typing(line)) if line.as_str().is_empty()));
}

#[test]
fn a_procedure_that_lives_elsewhere_offers_the_number_of_its_counter() {
    let mut around = around(start());
    let elsewhere = Procedure {
        level: ServiceLevel::CounterOnly,
        elsewhere: Some(Elsewhere {
            series: Some('A'.try_into().unwrap()),
            counter: "6".into(),
            note: Words::vietnamese("Công an"),
        }),
        ..procedure()
    };
    around.catalogue = Arc::new(Catalogue::new(vec![elsewhere], vec![event()]).unwrap());
    let (session, _) = Session::new(start()).on(Event::News(News::Touch(Touch::Start)), &around);
    let (session, _) = touched(session, Touch::Door(Door::HandIn), &around);
    let (session, _) = touched(session, Touch::Procedure("1.001193".into()), &around);
    let (session, effects) = touched(session, Touch::Begin, &around);
    assert!(effects.is_empty() && matches!(session.step, Step::HandingIn(_)));
    // Its series alone, and the person may still have priority.
    let (session, effects) = touched(session, Touch::TakeNumber, &around);
    assert!(effects.is_empty());
    let priority = Priority::Priority;
    let (session, _) = touched(session, Touch::Priority(priority), &around);
    let other = Touch::Series('B'.try_into().unwrap());
    let (session, effects) = touched(session, other, &around);
    assert!(effects.is_empty());
    let series = 'A'.try_into().unwrap();
    let (_, effects) = touched(session, Touch::Series(series), &around);
    let errand = Some(Errand {
        procedure: procedure().code,
        name: procedure().name.vi,
    });
    assert_eq!(
        effects,
        [Effect::Draw {
            series,
            priority,
            errand
        }]
    );
}

#[test]
fn a_counter_of_which_this_kiosk_has_no_series_leaves_the_choice_of_all() {
    let around = around(start());
    let elsewhere = Procedure {
        elsewhere: Some(Elsewhere {
            series: Some('Z'.try_into().unwrap()),
            counter: "6".into(),
            note: Words::vietnamese("Công an"),
        }),
        ..procedure()
    };
    assert!(matches!(
        Taking::choosing_for(&elsewhere, &around),
        Taking::Choosing { only: None, .. }
    ));
}

#[test]
fn without_life_events_back_from_typing_leads_to_the_list_of_all() {
    let mut around = around(start());
    around.catalogue = Arc::new(Catalogue::new(vec![procedure()], vec![]).unwrap());
    let (session, _) = Session::new(start()).on(Event::News(News::Touch(Touch::Start)), &around);
    let (session, _) = touched(session, Touch::Door(Door::HandIn), &around);
    let list = session.step.clone();
    let (session, _) = touched(session, Touch::Type, &around);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert_eq!(session.step, list);
    let (session, _) = session.on(Event::Bar(Bar::Back), &around);
    assert_eq!(session.step, Step::Home);
}

fn finding(session: &Session) -> Option<&Finding> {
    if let Step::HandingIn(handing) = &session.step
        && let handing::HandingIn::Finding(finding) = &**handing
    {
        Some(finding)
    } else {
        None
    }
}
