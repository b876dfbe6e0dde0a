//! Random events from every state: nothing panics, rest is empty, and rest is always reached.

mod touches;

use hardware::card::sod::Altered;
use hardware::card::{CardFault, Slot};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::aside::CannotGoOn;
use crate::calendar::Due;
use crate::payment::Word;
use crate::session::following::errand::{NotReopened, PersonNews};
use crate::session::handing::card_back::BackFault;

/// Of what was put aside.
fn aside_news() -> impl Strategy<Value = News> {
    prop::sample::select(vec![
        News::Code(CodeNews::Code(Secret("MCK1:R:25:AAAA".into()))),
        News::Keep(KeepNews::PutAside {
            draft: DraftId(Uuid::from_u128(7)),
        }),
        News::Keep(KeepNews::NotPutAside {
            draft: DraftId(Uuid::from_u128(7)),
        }),
        News::Keep(KeepNews::AsideBrought { until: start() }),
        News::Keep(KeepNews::Restored {
            draft: DraftId(Uuid::from_u128(7)),
        }),
        News::Keep(KeepNews::NotRestored {
            draft: DraftId(Uuid::from_u128(7)),
            why: CannotGoOn::NoRoom,
        }),
        News::Province(ProvinceNews::Aside {
            asked: Uuid::from_u128(7),
            news: AsideNews::Opened(Box::new(kept_draft())),
        }),
        News::Province(ProvinceNews::Aside {
            asked: Uuid::from_u128(7),
            news: AsideNews::Cannot(CannotGoOn::Expired),
        }),
    ])
}

/// What comes of looking up and of what is done afterwards.
fn follow_news() -> Vec<News> {
    vec![
        News::Province(ProvinceNews::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::Found(Box::new(known())),
        }),
        News::Province(ProvinceNews::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::Found(Box::new(wanting())),
        }),
        News::Province(ProvinceNews::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::Found(Box::new(paying::owing())),
        }),
        News::Province(ProvinceNews::Person {
            asked: Uuid::from_u128(7),
            news: PersonNews::Theirs(vec![]),
        }),
        News::Province(ProvinceNews::Person {
            asked: Uuid::from_u128(7),
            news: PersonNews::Unknown,
        }),
        News::Province(ProvinceNews::Person {
            asked: Uuid::from_u128(7),
            news: PersonNews::NotTheirs,
        }),
        News::Keep(KeepNews::Reopened {
            asked: Uuid::from_u128(7),
            draft: Err(NotReopened::Gone),
        }),
        News::Province(ProvinceNews::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::NotFound,
        }),
        News::Province(ProvinceNews::LookUp {
            asked: Uuid::from_u128(7),
            news: LookUpNews::Offline,
        }),
    ]
}

fn other_news() -> impl Strategy<Value = News> {
    let slip_number = || "K01-261122-0007".to_owned();
    let mut news = vec![
        News::Hall(HallNews::Drawn(ticket())),
        News::Hall(HallNews::NotDrawn(taking::NotDrawn::Away)),
        News::Paper(PaperNews::Coming { copy: Copy::First }),
        News::Paper(PaperNews::Out { copy: Copy::First }),
        News::Paper(PaperNews::Held(PrinterFault::OutOfPaper)),
        News::Paper(PaperNews::Unsure),
        News::Code(CodeNews::Code(Secret(CARD.into()))),
        News::Code(CodeNews::Code(Secret(CARD.into()))),
        News::Code(CodeNews::Code(Secret(filing::OTHER_CARD.into()))),
        News::Code(CodeNews::Code(Secret("MCK1;H;K01-261122-0007;0".into()))),
        News::Code(CodeNews::Noise),
        News::Card(CardNews::Place(Ok(Slot::Card))),
        News::Card(CardNews::Place(Ok(Slot::Empty))),
        News::Card(CardNews::Place(Err(CardFault::ReaderGone))),
        News::Card(CardNews::Progress { percent: 40 }),
        News::Card(CardNews::Read(Ok(Box::new(holder(Authenticity::Genuine))))),
        News::Card(CardNews::Read(Ok(Box::new(holder(Authenticity::Altered(
            Altered::Signature,
        )))))),
        News::Card(CardNews::Read(Err(CardFault::Removed))),
        News::Scan(page()),
        News::Scan(page()),
        News::Scan(ScanNews::Ended(Ok(()))),
        News::Scan(ScanNews::Ended(Err(ScannerFault::Jammed))),
        News::Scan(ScanNews::Back(Ok(Box::new(mrz())))),
        News::Scan(ScanNews::Back(Err(BackFault::Unread))),
        News::Keep(KeepNews::Kept {
            slip_number: slip_number(),
            due: Some(Due::Expected(jiff::civil::date(2026, 12, 4))),
        }),
        News::Keep(KeepNews::Received {
            slip_number: slip_number(),
            code: "000.00.06.H56-231027-0361".into(),
            due: Some(Due::Promised(start())),
        }),
        News::Keep(KeepNews::Refused {
            slip_number: slip_number(),
        }),
        paying::told(Word::Open),
        paying::told(Word::Paid),
        paying::told(Word::Failed),
        paying::told(Word::Unclear),
        paying::news(PaymentNews::Silent),
        paying::news(PaymentNews::NotKept),
        paying::news(PaymentNews::TransferShown),
        receipts::given(),
        transferring::shown_to(slip_number()),
        News::Staff(StaffNews::PinRight {
            who: "Cán bộ Mẫu".into(),
        }),
        News::Staff(StaffNews::PinWrong { locked_secs: 0 }),
        News::Staff(StaffNews::PinWrong { locked_secs: 30 }),
        News::Staff(StaffNews::View(Arc::default())),
    ];
    news.extend(follow_news());
    // The key that every try of a walk has.
    news.extend(remote::ends(around(start()).fresh));
    prop::sample::select(news)
}

/// A dossier for which papers are wanted.
fn wanting() -> KnownDossier {
    KnownDossier {
        code: Some("000.00.99.H44-261122-0001".into()),
        procedure_code: Some("1.001193".parse().unwrap()),
        state: WayState::Supplement,
        told: Told {
            wanted: vec![crate::dossier::Wanted {
                part: "P1".parse().unwrap(),
                title: "Tờ khai".into(),
                why: String::new(),
            }],
            ..Told::default()
        },
        ..known()
    }
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
        10 => touches::any().prop_map(|touch| Event::News(News::Touch(touch))),
        8 => other_news().prop_map(Event::News),
        2 => aside_news().prop_map(Event::News),
        2 => bars().prop_map(Event::Bar),
        1 => Just(Event::Tick),
        1 => Just(Event::CallButton),
        1 => Just(Event::Presence(Presence::Near)),
    ];
    (event, prop_oneof![8 => 0_i64..3, 1 => 0_i64..200, 1 => -4000_i64..0])
}

/// A face that was chosen is told, with a reason or without, and never twice.
fn assert_faces_are_told_once(session: &Session, effects: &[Effect], from: &Session) {
    let chosen = |session: &Session| matches!(session.step.visit(), Step::Rating(Rating::Why { .. }));
    let told = effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Rate(_)))
        .count();
    let asked_again = matches!(session.step.visit(), Step::Rating(Rating::Asking { .. }));
    let gone = chosen(from) && !chosen(session) && !asked_again;
    assert_eq!(told, usize::from(gone), "from {:?} to {:?}", from.step, session.step);
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
        && let Some(draft) = handing.draft().map(|draft| draft.id)
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
        happy_steps in 0_usize..150,
        kind in 0_u8..3,
        walk in prop::collection::vec(events(), 0..60),
    ) {
        let catalogue = match kind {
            0 => around(start()).catalogue,
            1 => filing::catalogue(),
            _ => remote::catalogue(remote::BOTH),
        };
        let around = |now| Around { catalogue: Arc::clone(&catalogue), ..around(now) };
        let mut now = start();
        let mut session = Session::new(now);
        for _ in 0..happy_steps {
            let event = happy(&session);
            session = session.on(event, &around(now)).0;
        }
        let mut card = CardPlace::Empty;
        let around = |now, card| Around {
            card,
            health: Health { card_reader: Status::Works, ..around(now).health },
            ..around(now)
        };
        for (event, passed) in walk {
            now += SignedDuration::from_secs(passed);
            if let Event::News(News::Card(CardNews::Place(place))) = &event {
                card = if *place == Ok(Slot::Card) { CardPlace::Lying } else { CardPlace::Empty };
            }
            let from = session.clone();
            let (next, effects) = session.on(event.clone(), &around(now, card));
            assert_rest_is_empty(&next, &effects, &from);
            assert_faces_are_told_once(&next, &effects, &from);
            remote::assert_nobody_is_asked_in_vain(&next, &effects, &from, &event);
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
            let (next, effects) = session.on(Event::Tick, &around(now, card));
            assert_rest_is_empty(&next, &effects, &from);
            session = next;
        }
        prop_assert_eq!(&session.step, &Step::Rest);
        prop_assert_eq!(session.settings, Settings::START);
    }

    #[test]
    fn what_is_written_of_a_session_is_never_personal(happy_steps in 0_usize..150) {
        let around = |now| Around { catalogue: filing::catalogue(), ..around(now) };
        let mut session = Session::new(start());
        for _ in 0..happy_steps {
            let event = happy(&session);
            let (next, effects) = session.on(event, &around(start()));
            session = next;
            let written = format!("{session:?} {effects:?}");
            for secret in ["Ẩm", "025048000191", "Xã Mẫu", "131313131", "Lò Thị", "014175000027", "Sơn La", "500"] {
                prop_assert!(!written.contains(secret), "{secret} in {written}");
            }
        }
    }
}
