//! Staff look at the office's numbers, over whatever visit is open.

use super::*;
use crate::figures::Period;
use crate::session::staff::Desk;
use crate::session::staff::office::{OfficePaper, OfficeView, Span, Wanted};
use crate::ticket::Day;

fn touch(session: Session, touch: StaffTouch) -> Answer {
    session.on(Event::News(News::Touch(Touch::Staff(touch))), &around(start()))
}

/// Staff at the numbers, with nobody's visit behind.
fn at_the_numbers() -> (Session, Vec<Effect>) {
    let who = "Cán bộ Mẫu".into();
    let (door, _) = Session::new(start()).on(Event::Bar(Bar::StaffDoor), &around(start()));
    let (inside, _) = door.on(Event::News(News::Staff(StaffNews::PinRight { who })), &around(start()));
    touch(inside, StaffTouch::Office)
}

fn view(span: Span) -> Event {
    Event::News(News::Staff(StaffNews::Office(Arc::new(OfficeView {
        span,
        figures: vec![],
        forgotten: vec![],
        forgotten_count: 0,
    }))))
}

fn shown(session: &Session) -> Option<Span> {
    let Step::Staff(staff) = &session.step else { return None };
    if let Desk::Office { office, .. } = &staff.desk {
        office.as_ref().map(|office| office.span)
    } else {
        None
    }
}

#[test]
fn numbers_begin_with_today_and_another_span_is_read_anew() {
    let (session, effects) = at_the_numbers();
    let day = Day::in_vietnam(start());
    let today = Span {
        period: Period::Day,
        day,
    };
    assert_eq!(effects, [Effect::OfficeLook(today)]);
    let (session, _) = session.on(view(today), &around(start()));
    assert_eq!(shown(&session), Some(today));

    let (session, effects) = touch(session, StaffTouch::Period(Period::Month));
    let month = Span {
        period: Period::Month,
        day,
    };
    assert_eq!((effects, shown(&session)), (vec![Effect::OfficeLook(month)], None));
    // What was asked for before comes late.
    let (session, _) = session.on(view(today), &around(start()));
    assert_eq!(shown(&session), None);
    let (session, _) = session.on(view(month), &around(start()));
    let (session, effects) = session.on(Event::News(News::Touch(Touch::Turn(-1))), &around(start()));
    let before = Span {
        day: Period::Month.turned(day, -1),
        ..month
    };
    assert_eq!((effects, shown(&session)), (vec![Effect::OfficeLook(before)], None));
}

#[test]
fn what_is_wanted_on_paper_is_of_the_span_that_is_shown_and_a_slip_leads_to_its_proof() {
    let (session, _) = at_the_numbers();
    let (session, _) = touch(session, StaffTouch::Period(Period::Week));
    let span = Span {
        period: Period::Week,
        day: Day::in_vietnam(start()),
    };
    let print = |paper| vec![Effect::Staff(StaffAct::Print(paper))];
    for (wanted, paper) in [
        (Wanted::Figures, OfficePaper::Figures(span)),
        (Wanted::Proofs, OfficePaper::Proofs(span)),
        (Wanted::Proof(7), OfficePaper::Proof(7)),
    ] {
        assert_eq!(touch(session.clone(), StaffTouch::Print(wanted)).1, print(paper));
    }
    let code = |text: &str| Event::News(News::Code(CodeNews::Code(Secret(text.into()))));
    let (session, effects) = session.on(code("MCK1;H;K01-261122-0007;0"), &around(start()));
    assert_eq!(effects, print(OfficePaper::ProofOf("K01-261122-0007".into())));
    assert!(
        session.on(code(CARD), &around(start())).1.is_empty(),
        "a card is no slip"
    );
}

#[test]
fn back_leads_to_the_desk_and_done_to_rest() {
    let (session, _) = at_the_numbers();
    let (desk, effects) = session.clone().on(Event::Bar(Bar::Back), &around(start()));
    assert!(matches!(&desk.step, Step::Staff(staff) if matches!(staff.desk, Desk::Open { .. })));
    assert_eq!(effects, [Effect::StaffLook]);
    assert_eq!(touch(session, StaffTouch::Done).0.step, Step::Rest);
}
