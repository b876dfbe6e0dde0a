//! The visit walked at random: from every state one can get back to rest, and rest holds nothing.

use std::sync::Arc;

use hardware::printer::PrinterFault;
use hardware::scanner::ScannerFault;
use jiff::SignedDuration;
use proptest::prelude::*;

use super::handing::sent::Sent;
use super::taking::DrawnTicket;
use super::*;
use crate::dossier::{DraftId, Freshness, KnownDossier, Preview, WayState};
use crate::form::{Choice, DateBound, Question, QuestionKind};
use crate::health::{Health, Link, Roll, Status, StoreHealth};
use crate::procedure::{Catalogue, Field, PageCount, Paper, PaperForm, Procedure, ServiceLevel, Words};
use crate::ticket::{SeriesLetter, TicketId};
use uuid::Uuid;

const CARD: &str = "025048000191|131313131|Nguyễn Văn Ẩm|07031948|Nam|Khu 4, Xã Mẫu, Tỉnh Phú Thọ|10052021";

const TIMES: Times = Times {
    idle_secs: 60,
    idle_entry_secs: 120,
    warning_secs: 30,
    number_secs: 10,
    sent_secs: 30,
    code_wait_secs: 4,
};

fn question(id: &str, kind: QuestionKind) -> Question {
    Question {
        id: id.into(),
        ask: Words::new("Hỏi?", "Ask?"),
        hint: None,
        kind,
    }
}

fn paper(code: &str, pages: PageCount, required: bool) -> Paper {
    Paper {
        code: code.parse().unwrap(),
        name: Words::vietnamese("Giấy"),
        hint: None,
        form: PaperForm::Original,
        pages,
        required,
    }
}

fn procedure() -> Procedure {
    let yes = Choice {
        id: "yes".into(),
        words: Words::vietnamese("Có"),
    };
    Procedure {
        code: "1.001193".parse().unwrap(),
        name: Words::new("Khai sinh", "Birth"),
        field: Field {
            code: "HT".parse().unwrap(),
            name: Words::vietnamese("Hộ tịch"),
        },
        result: Words::vietnamese("Giấy khai sinh"),
        papers: vec![
            paper("P1", PageCount::Any, true),
            paper("P2", PageCount::Exactly(2), false),
        ],
        questions: vec![
            question("q1", QuestionKind::Choice { choices: vec![yes] }),
            question(
                "q2",
                QuestionKind::Number {
                    digits_min: 2,
                    digits_max: 4,
                },
            ),
            question(
                "q3",
                QuestionKind::Date {
                    earliest: None,
                    latest: Some(DateBound::Today),
                    year_only_allowed: true,
                },
            ),
        ],
        fee_dong: 8000,
        working_days: 5,
        working_days_online: None,
        level: ServiceLevel::Whole,
        receiving_agency: Words::vietnamese("UBND"),
        deciding_agency: Words::vietnamese("UBND"),
    }
}

fn around(now: Timestamp) -> Around {
    Around {
        now,
        fresh: Uuid::from_u128(7),
        times: TIMES,
        series: vec![SeriesAround {
            letter: 'A'.try_into().unwrap(),
            name: Words::vietnamese("Hộ tịch"),
            counters: "1".into(),
            waiting: 3,
            minutes_each: Some(5),
            open: true,
        }],
        catalogue: Arc::new(Catalogue::new(vec![procedure()]).unwrap()),
        health: Health {
            printer: Status::Works,
            roll: Roll::Enough,
            code_scanner: Status::Works,
            scanner: Status::Works,
            panel: Status::Works,
            voice: Status::Works,
            store: StoreHealth {
                free_bytes: 1 << 40,
                room_for_numbers: true,
                room_for_scans: true,
                notice: None,
            },
            province: Link::Up,
        },
    }
}

fn start() -> Timestamp {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

fn ticket() -> DrawnTicket {
    DrawnTicket {
        id: TicketId(1),
        series: 'A'.try_into().unwrap(),
        number: 12,
        series_name: Words::vietnamese("Hộ tịch"),
        counters: "1".into(),
        ahead: 3,
        minutes: Some((15, 20)),
    }
}

fn known() -> KnownDossier {
    KnownDossier {
        slip_number: "K01-261122-0007".into(),
        code: None,
        procedure: "Khai sinh".into(),
        state: WayState::Kept,
        as_of: start(),
        due: None,
        news: Freshness::Today,
    }
}

fn preview() -> Preview {
    Preview {
        width_px: 1,
        height_px: 1,
        rgb: Arc::new(vec![0; 3]),
    }
}

fn touches() -> impl Strategy<Value = Touch> {
    let letter: SeriesLetter = 'A'.try_into().unwrap();
    let fixed = vec![
        Touch::Start,
        Touch::Door(Door::Number),
        Touch::Door(Door::HandIn),
        Touch::Door(Door::HandIn),
        Touch::Door(Door::Follow),
        Touch::Door(Door::Rate),
        Touch::Series(letter),
        Touch::Priority(Priority::Priority),
        Touch::Done,
        Touch::Procedure("1.001193".into()),
        Touch::Procedure("no.such".into()),
        Touch::Turn(1),
        Touch::Turn(-1),
        Touch::Begin,
        Touch::TakeNumber,
        Touch::Hold(Held::Whole),
        Touch::Hold(Held::Masked),
        Touch::Yes,
        Touch::No,
        Touch::Choose("yes".into()),
        Touch::Erase,
        Touch::DatePart(DatePart::Year),
        Touch::YearOnly(YearOnly::Yes),
        Touch::YearOnly(YearOnly::No),
        Touch::Next,
        Touch::Next,
        Touch::Scan,
        Touch::Again,
        Touch::Skip,
        Touch::Edit("q2".into()),
        Touch::Edit("P1".into()),
        Touch::Edit("nothing".into()),
        Touch::Consent(Consent::Yes),
        Touch::Send,
        Touch::Search,
        Touch::Rate(5),
        Touch::Rate(9),
        Touch::Acknowledge,
        Touch::Staff(StaffTouch::Done),
        Touch::Staff(StaffTouch::Act(StaffAct::AnswerCall)),
    ];
    prop_oneof![
        6 => prop::sample::select(fixed),
        2 => prop::char::range('0', '9').prop_map(Touch::Digit),
    ]
}

fn other_news() -> impl Strategy<Value = News> {
    let slip_number = || "K01-261122-0007".to_owned();
    prop::sample::select(vec![
        News::Hall(HallNews::Drawn(ticket())),
        News::Hall(HallNews::NotDrawn),
        News::Paper(PaperNews::Coming { copy: Copy::First }),
        News::Paper(PaperNews::Out { copy: Copy::First }),
        News::Paper(PaperNews::Held(PrinterFault::OutOfPaper)),
        News::Paper(PaperNews::Unsure),
        News::Code(CodeNews::Code(Secret(CARD.into()))),
        News::Code(CodeNews::Code(Secret(CARD.into()))),
        News::Code(CodeNews::Code(Secret("MCK1;H;K01-261122-0007;0".into()))),
        News::Code(CodeNews::Noise),
        News::Scan(ScanNews::Page(preview())),
        News::Scan(ScanNews::Page(preview())),
        News::Scan(ScanNews::Ended(Ok(()))),
        News::Scan(ScanNews::Ended(Err(ScannerFault::Jammed))),
        News::Keep(KeepNews::Kept {
            slip_number: slip_number(),
        }),
        News::Keep(KeepNews::Received {
            slip_number: slip_number(),
            code: "000.00.06.H56-231027-0361".into(),
        }),
        News::Keep(KeepNews::Refused {
            slip_number: slip_number(),
        }),
        News::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::Found(Box::new(known())),
        },
        News::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::NotFound,
        },
        News::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::Offline,
        },
        News::Staff(StaffNews::PinRight),
        News::Staff(StaffNews::PinWrong { locked_secs: 0 }),
        News::Staff(StaffNews::PinWrong { locked_secs: 30 }),
        News::Staff(StaffNews::View(Arc::default())),
    ])
}

fn bars() -> impl Strategy<Value = Bar> {
    prop::sample::select(vec![
        Bar::Pressed,
        Bar::Back,
        Bar::SayAgain,
        Bar::CallStaff,
        Bar::OpenSettings,
        Bar::CloseOverlay,
        Bar::Language(Language::English),
        Bar::TextSize(TextSize::Largest),
        Bar::Contrast(Contrast::WhiteOnBlack),
        Bar::Movement(Movement::Calm),
        Bar::StillHere,
        Bar::Leave,
        Bar::StaffDoor,
    ])
}

/// An event, and the seconds that pass before it. The clock may jump back.
fn events() -> impl Strategy<Value = (Event, i64)> {
    let event = prop_oneof![
        10 => touches().prop_map(|touch| Event::News(News::Touch(touch))),
        8 => other_news().prop_map(Event::News),
        2 => bars().prop_map(Event::Bar),
        1 => Just(Event::Tick),
        1 => Just(Event::CallButton),
        1 => Just(Event::Presence(Presence::Near)),
    ];
    (event, prop_oneof![8 => 0_i64..3, 1 => 0_i64..200, 1 => -4000_i64..0])
}

/// What a finger would touch next on a way that goes well.
fn happy(session: &Session) -> Event {
    use handing::{HandingIn, scanning::Feed};
    let touch = |touch| Event::News(News::Touch(touch));
    match &session.step {
        Step::Rest => touch(Touch::Start),
        Step::Home => touch(Touch::Door(Door::HandIn)),
        Step::HandingIn(handing) => match &**handing {
            HandingIn::Choosing { .. } => touch(Touch::Procedure("1.001193".into())),
            HandingIn::Reading(_) => touch(Touch::Begin),
            HandingIn::Identifying(handing::identifying::Identifying::Waiting { .. }) => {
                Event::News(News::Code(CodeNews::Code(Secret(CARD.into()))))
            }
            HandingIn::Identifying(handing::identifying::Identifying::Confirming { .. }) => touch(Touch::Yes),
            HandingIn::Asking(asking) => match &asking.entry {
                handing::asking::Entry::Choice(None) => touch(Touch::Choose("yes".into())),
                handing::asking::Entry::Number(digits) if digits.len() < 2 => touch(Touch::Digit('7')),
                handing::asking::Entry::Date { year, .. } if year.len() < 4 => touch(Touch::Digit('1')),
                handing::asking::Entry::Choice(Some(_))
                | handing::asking::Entry::Number(_)
                | handing::asking::Entry::Date { .. } => touch(Touch::Next),
            },
            HandingIn::Scanning(scanning) => match (scanning.feed, scanning.pages()) {
                (Feed::Feeding, 0) => Event::News(News::Scan(ScanNews::Page(preview()))),
                (Feed::Feeding, _) => Event::News(News::Scan(ScanNews::Ended(Ok(())))),
                (_, 0) if scanning.index == 1 => touch(Touch::Skip),
                (_, 0) => touch(Touch::Scan),
                _ => touch(Touch::Next),
            },
            HandingIn::Reviewing(reviewing) if reviewing.consent == Consent::No => touch(Touch::Consent(Consent::Yes)),
            HandingIn::Reviewing(_) => touch(Touch::Send),
            HandingIn::Sent(Sent::Keeping { .. }) => Event::News(News::Keep(KeepNews::Kept {
                slip_number: "K01-261122-0007".into(),
            })),
            HandingIn::Sent(Sent::Kept(_)) | HandingIn::NotKept(_) => touch(Touch::Done),
        },
        Step::Taking(_) | Step::Following(_) | Step::Rating(_) | Step::Staff(_) => Event::Bar(Bar::Leave),
    }
}

fn assert_rest_is_empty(session: &Session, effects: &[Effect], from: &Session) {
    if session.step != Step::Rest || from.step == Step::Rest {
        return;
    }
    assert_eq!(session.settings, Settings::START, "settings stay for the next person");
    assert_eq!(session.overlay, Overlay::None);
    assert!(
        effects.contains(&Effect::Forget),
        "rest without forgetting, from {:?}",
        from.step
    );
    if let Step::HandingIn(handing) = from.step.visit()
        && let Some(draft) = handing.draft_id()
    {
        assert!(
            effects.contains(&Effect::DropDraft(draft)),
            "a draft outlives its visit"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn any_events_from_any_state_leave_a_way_back_to_an_empty_rest(
        happy_steps in 0_usize..40,
        walk in prop::collection::vec(events(), 0..60),
    ) {
        let mut now = start();
        let mut session = Session::new(now);
        for _ in 0..happy_steps {
            let event = happy(&session);
            session = session.on(event, &around(now)).0;
        }
        for (event, passed) in walk {
            now += SignedDuration::from_secs(passed);
            let from = session.clone();
            let (next, effects) = session.on(event, &around(now));
            assert_rest_is_empty(&next, &effects, &from);
            session = next;
        }

        // Nobody does anything any more.
        let mut now = now.max(start());
        for _ in 0..2000 {
            if session.step == Step::Rest && session.settings == Settings::START && session.overlay == Overlay::None {
                break;
            }
            now += SignedDuration::from_secs(1);
            let from = session.clone();
            let (next, effects) = session.on(Event::Tick, &around(now));
            assert_rest_is_empty(&next, &effects, &from);
            session = next;
        }
        prop_assert_eq!(&session.step, &Step::Rest);
        prop_assert_eq!(session.settings, Settings::START);
    }

    #[test]
    fn what_is_written_of_a_session_is_never_personal(happy_steps in 0_usize..40) {
        let mut session = Session::new(start());
        for _ in 0..happy_steps {
            let event = happy(&session);
            let (next, effects) = session.on(event, &around(start()));
            session = next;
            let written = format!("{session:?} {effects:?}");
            for secret in ["Ẩm", "025048000191", "Xã Mẫu", "131313131"] {
                prop_assert!(!written.contains(secret), "{secret} in {written}");
            }
        }
    }
}

#[test]
fn the_happy_way_ends_in_a_dossier_that_is_kept() {
    let mut session = Session::new(start());
    let mut kept = 0;
    for _ in 0..40 {
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
fn staff_give_a_visit_back_as_it_was() {
    let now = start();
    let mut session = Session::new(now);
    for _ in 0..8 {
        let event = happy(&session);
        session = session.on(event, &around(now)).0;
    }
    let before = session.step.clone();
    let pin = |session: Session| {
        session
            .on(Event::News(News::Staff(StaffNews::PinRight)), &around(now))
            .0
    };
    let session = pin(session.on(Event::Bar(Bar::StaffDoor), &around(now)).0);
    assert!(matches!(session.step, Step::Staff(_)));
    let done = Event::News(News::Touch(Touch::Staff(StaffTouch::Done)));
    assert_eq!(session.on(done, &around(now)).0.step, before);
}

#[test]
fn a_late_answer_to_a_look_up_shows_nothing_to_whoever_stands_there_now() {
    let now = start();
    let at = |fresh| Around {
        fresh: Uuid::from_u128(fresh),
        ..around(now)
    };
    let answer = |asked| {
        Event::News(News::LookUp {
            asked: Uuid::from_u128(asked),
            news: LookUpNews::Found(Box::new(known())),
        })
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
        Step::HandingIn(Box::new(HandingIn::Sent(Sent::Keeping { draft })))
    });
    let (session, effects) = session.on(not_kept(sealed.into_draft()), &around(now));
    assert!(matches!(&session.step, Step::HandingIn(handing) if matches!(&**handing, HandingIn::NotKept(_))));
    assert_eq!(effects, [Effect::CallStaff]);
}
