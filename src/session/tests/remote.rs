//! Signing on one's own telephone: the ways there, each end, news that come late, and leaving.

use jiff::SignedDuration;

use super::filing::{handing, press, stroke};
use super::*;
use crate::dossier::Signature;
use crate::health::Link;
use crate::procedure::{Filing, Others, SignatureWanted};
use crate::remote::{Asking, By, RemoteWays, Request, Signing as Far, State, Statement, WhyNot};
use crate::session::handing::HandingIn;
use crate::session::handing::signing::far::{ByHand, Face, SignTouch};
use crate::session::handing::signing::{At, Signing};

const WAIT: SignedDuration = SignedDuration::from_secs(300);

/// The usual procedure, to be signed from afar in these ways.
pub fn catalogue(remote: RemoteWays) -> Arc<Catalogue> {
    let procedure = Procedure {
        filing: Filing {
            others: Others::No,
            signature: SignatureWanted::Remote,
            remote,
        },
        ..procedure()
    };
    Arc::new(Catalogue::new(vec![procedure], vec![event()]).unwrap())
}

pub const BOTH: RemoteWays = RemoteWays { sim: true, vneid: true };

fn signing_around(remote: RemoteWays, link: Link) -> Around {
    let around = around(start());
    Around {
        catalogue: catalogue(remote),
        health: Health {
            province: link,
            ..around.health.clone()
        },
        ..around
    }
}

fn later(around: &Around, secs: i64) -> Around {
    Around {
        now: around.now + SignedDuration::from_secs(secs),
        fresh: Uuid::from_u128(around.fresh.as_u128() + u128::from(secs.unsigned_abs()) + 1),
        ..around.clone()
    }
}

/// At the page that asks for the signature.
fn to_sign(around: &Around) -> Session {
    let mut session = Session::new(start());
    for _ in 0..250 {
        if let Step::HandingIn(handing) = &session.step
            && matches!(**handing, HandingIn::Signing(_))
        {
            return session;
        }
        let event = happy(&session);
        session = session.on(event, around).0;
    }
    panic!("never asked to sign: {session:?}");
}

fn signing(session: &Session) -> &Signing {
    let HandingIn::Signing(signing) = handing(session) else {
        panic!("not signing: {session:?}");
    };
    signing
}

fn sign(session: Session, touch: SignTouch, around: &Around) -> (Session, Vec<Effect>) {
    touched(session, Touch::Sign(touch), around)
}

fn state(key: Uuid, state: State) -> News {
    let asking = Asking {
        key,
        by: By::VneId,
        signer: "025048000191".parse().unwrap(),
        statement: Statement("Nộp hồ sơ".into()),
    };
    News::Province(ProvinceNews::Signing {
        key,
        news: SigningNews::Stands(Box::new(Far { asking, state })),
    })
}

pub fn waiting(key: Uuid, now: Timestamp) -> News {
    state(
        key,
        State::Waiting(Request {
            transaction: "KS01".into(),
            compare: "4821".into(),
            expires_at: now + WAIT,
        }),
    )
}

pub fn signed(key: Uuid) -> News {
    state(
        key,
        State::Signed {
            transaction: "KS01".into(),
            at: start(),
        },
    )
}

pub fn ends(key: Uuid) -> Vec<News> {
    let silent = News::Province(ProvinceNews::Signing {
        key,
        news: SigningNews::Silent,
    });
    let ended = [
        State::Asked,
        State::Refused,
        State::TooLate,
        State::NotNow(WhyNot::NotOffered),
        State::NotNow(WhyNot::NotTaken),
    ];
    let ended = ended.into_iter().map(|ended| state(key, ended));
    ended.chain([waiting(key, start()), signed(key), silent]).collect()
}

pub fn touches() -> Vec<Touch> {
    [
        SignTouch::ByPhone,
        SignTouch::ByPhone,
        SignTouch::ByHand,
        SignTouch::WithSim,
        SignTouch::WithVneId,
        SignTouch::Again,
        SignTouch::Stop,
    ]
    .into_iter()
    .map(Touch::Sign)
    .collect()
}

/// A telephone that may ask is waited for, or is told to stop; one that has answered asks no more.
pub fn assert_nobody_is_asked_in_vain(session: &Session, effects: &[Effect], from: &Session, event: &Event) {
    let waits = |session: &Session| {
        let far = session.step.visit().signing_far()?;
        let asks = far.heard.as_ref().is_none_or(|(signing, _)| signing.is_pending());
        asks.then_some(far.key)
    };
    let heard = matches!(event, Event::News(News::Province(ProvinceNews::Signing { .. })));
    if let Some(key) = waits(from)
        && waits(session).is_none()
        && !heard
    {
        assert!(
            effects.contains(&Effect::DropSigning(key)),
            "a telephone asks in vain, from {:?} to {:?}",
            from.step,
            session.step
        );
    }
}

fn hear(session: Session, news: News, around: &Around) -> (Session, Vec<Effect>) {
    session.on(Event::News(news), around)
}

fn key_of(session: &Session) -> Uuid {
    signing(session).under_way().expect("a try").key
}

fn face(session: &Session, around: &Around) -> Face {
    signing(session).under_way().expect("a try").face(around.now)
}

/// The telephone asks.
fn to_waiting(around: &Around) -> Session {
    let (session, _) = sign(to_sign(around), SignTouch::ByPhone, around);
    let (session, effects) = sign(session, SignTouch::WithVneId, around);
    assert!(
        matches!(&effects[..], [Effect::StartSigning { by: By::VneId, .. }]),
        "{effects:?}"
    );
    let key = key_of(&session);
    let (session, effects) = hear(session, waiting(key, around.now), around);
    assert!(effects.is_empty());
    assert_eq!(face(&session, around), Face::Waiting { silent: false });
    session
}

#[test]
fn a_sim_signs_with_the_number_typed_and_the_dossier_has_the_provinces_word() {
    let around = signing_around(BOTH, Link::Up);
    let session = to_sign(&around);
    assert_eq!(signing(&session).at, At::Choosing);
    let (session, _) = sign(session, SignTouch::ByPhone, &around);
    assert_eq!(signing(&session).at, At::Way);
    let (mut session, effects) = sign(session, SignTouch::WithSim, &around);
    assert!(effects.is_empty());
    // A number of a house has no SIM; nor has half a number.
    for (number, right) in [("0210385000", false), ("09000001", false), ("0900000123", true)] {
        for _ in 0..12 {
            session = touched(session, Touch::Erase, &around).0;
        }
        for digit in number.chars() {
            session = touched(session, Touch::Digit(digit), &around).0;
        }
        let effects;
        (session, effects) = touched(session, Touch::Next, &around);
        let asked = matches!(&effects[..], [Effect::StartSigning { by: By::Sim { phone }, .. }] if phone == number);
        assert_eq!(asked, right, "{number}: {effects:?}");
    }
    assert_eq!(face(&session, &around), Face::Starting);
    let key = key_of(&session);
    let (session, _) = hear(session, waiting(key, around.now), &around);
    assert_eq!(signing(&session).under_way().unwrap().compare(), "4821");
    let (session, effects) = hear(session, signed(key), &around);
    assert!(matches!(&effects[..], [Effect::KeepDraft(draft)] if draft.signature.is_some()));
    assert_eq!(signing(&session).at, At::Signed);
    let (_, effects) = touched(session, Touch::Send, &around);
    let [Effect::Keep(dossier)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert!(
        matches!(dossier.signature(), Some(Signature::Remote(remote)) if remote.key == key && remote.transaction == "KS01")
    );
}

#[test]
fn without_a_network_it_is_drawn_and_said_why_and_without_a_way_nothing_is_said() {
    let offline = to_sign(&signing_around(BOTH, Link::Down));
    assert_eq!(signing(&offline).by_hand, Some(ByHand::Offline));
    assert!(matches!(signing(&offline).at, At::Drawing { .. }));
    let none = to_sign(&signing_around(RemoteWays::default(), Link::Up));
    assert_eq!(signing(&none).by_hand, None);
    assert!(matches!(signing(&none).at, At::Drawing { .. }));
    // One way alone is not asked for.
    let around = signing_around(
        RemoteWays {
            sim: false,
            vneid: true,
        },
        Link::Up,
    );
    let (_, effects) = sign(to_sign(&around), SignTouch::ByPhone, &around);
    assert!(matches!(&effects[..], [Effect::StartSigning { by: By::VneId, .. }]));
    // The network goes while they choose.
    let up = signing_around(BOTH, Link::Up);
    let (session, effects) = sign(to_sign(&up), SignTouch::ByPhone, &signing_around(BOTH, Link::Down));
    assert!(effects.is_empty());
    assert_eq!(signing(&session).by_hand, Some(ByHand::Offline));
}

#[test]
fn each_no_of_the_province_and_its_silence_leads_to_the_drawn_one() {
    let around = signing_around(BOTH, Link::Up);
    for (why, said) in [
        (WhyNot::NotOffered, ByHand::NotOffered),
        (WhyNot::NotTaken, ByHand::NotTaken),
    ] {
        let (session, _) = sign(to_sign(&around), SignTouch::ByPhone, &around);
        let (session, _) = sign(session, SignTouch::WithVneId, &around);
        let key = key_of(&session);
        let (session, effects) = hear(session, state(key, State::NotNow(why)), &around);
        assert!(effects.is_empty(), "nothing was begun: {effects:?}");
        assert_eq!(signing(&session).by_hand, Some(said));
        assert!(matches!(signing(&session).at, At::Drawing { .. }));
    }
    let (session, _) = sign(to_sign(&around), SignTouch::ByPhone, &around);
    let (session, _) = sign(session, SignTouch::WithVneId, &around);
    let key = key_of(&session);
    let (session, _) = session.on(Event::Tick, &later(&around, 19));
    assert_eq!(face(&session, &around), Face::Starting);
    let (session, effects) = session.on(Event::Tick, &later(&around, 20));
    assert_eq!(effects, [Effect::DropSigning(key)], "it may have been begun");
    assert!(matches!(signing(&session).at, At::Drawing { .. }));
    // Drawn, it is as good as ever.
    let (session, _) = press(session, Touch::Stroke(stroke()));
    let (session, _) = press(session, Touch::Next);
    assert_eq!(signing(&session).at, At::Signed);
}

#[test]
fn a_refusal_and_the_end_of_time_leave_again_and_by_hand() {
    let around = signing_around(BOTH, Link::Up);
    for (end, seen) in [(State::Refused, Face::Refused), (State::TooLate, Face::TooLate)] {
        let session = to_waiting(&around);
        let key = key_of(&session);
        let (session, _) = hear(session, state(key, end.clone()), &around);
        assert_eq!(face(&session, &around), seen);
        let (again, effects) = sign(session.clone(), SignTouch::Again, &later(&around, 1));
        assert!(matches!(&effects[..], [Effect::StartSigning { by: By::VneId, key: new, .. }] if *new != key));
        assert_eq!(face(&again, &around), Face::Starting);
        let (drawn, effects) = sign(session, SignTouch::ByHand, &around);
        assert!(effects.is_empty(), "it has ended");
        assert!(matches!(signing(&drawn).at, At::Drawing { .. }) && signing(&drawn).by_hand.is_none());
    }
}

#[test]
fn no_clock_signs_or_refuses_and_silence_is_said() {
    let around = signing_around(BOTH, Link::Up);
    let session = to_waiting(&around);
    let key = key_of(&session);
    for (secs, seen) in [
        (11, Face::Waiting { silent: false }),
        (12, Face::Waiting { silent: true }),
        (299, Face::Waiting { silent: true }),
        (300, Face::Ending),
        (329, Face::Ending),
        (330, Face::Lost),
    ] {
        assert_eq!(face(&session, &later(&around, secs)), seen, "{secs}");
    }
    // The province has the last word, also then.
    let (late, _) = hear(session.clone(), signed(key), &later(&around, 400));
    assert_eq!(signing(&late).at, At::Signed);
    let (_, effects) = sign(session, SignTouch::Again, &later(&around, 400));
    assert!(matches!(&effects[..], [Effect::DropSigning(old), Effect::StartSigning { .. }] if *old == key));
}

#[test]
fn back_stop_and_leaving_take_it_back_and_what_is_heard_of_it_then_signs_nothing() {
    let around = signing_around(BOTH, Link::Up);
    let session = to_waiting(&around);
    let key = key_of(&session);
    let (stopped, effects) = sign(session.clone(), SignTouch::Stop, &around);
    assert_eq!(effects, [Effect::DropSigning(key)]);
    let (_, effects) = session.clone().on(Event::Bar(Bar::Leave), &around);
    assert!(effects.contains(&Effect::DropSigning(key)) && effects.contains(&Effect::Forget));
    let (back, effects) = session.on(Event::Bar(Bar::Back), &around);
    assert_eq!(effects, [Effect::DropSigning(key)]);
    for session in [stopped, back] {
        assert_eq!(signing(&session).at, At::Choosing);
        let (session, effects) = hear(session, signed(key), &around);
        assert!(effects.is_empty() && signing(&session).draft.signature.is_none());
        // An answer is changed meanwhile, and another try begins: the old one signs it no more than before.
        let other = later(&around, 5);
        let (session, _) = sign(session, SignTouch::ByPhone, &other);
        let (session, _) = sign(session, SignTouch::WithVneId, &other);
        let (session, effects) = hear(session, signed(key), &other);
        assert!(effects.is_empty() && signing(&session).draft.signature.is_none());
        assert_eq!(face(&session, &other), Face::Starting);
    }
}

#[test]
fn back_leads_page_by_page_and_a_signature_does_not_outlive_it() {
    let around = signing_around(BOTH, Link::Up);
    let back = |session: Session| session.on(Event::Bar(Bar::Back), &around);
    let (session, _) = sign(to_sign(&around), SignTouch::ByPhone, &around);
    let (session, _) = sign(session, SignTouch::WithSim, &around);
    let (session, _) = back(session);
    assert_eq!(signing(&session).at, At::Way);
    let (session, _) = back(session);
    assert_eq!(signing(&session).at, At::Choosing);
    let (drawing, _) = sign(session.clone(), SignTouch::ByHand, &around);
    assert_eq!(signing(&back(drawing).0).at, At::Choosing);
    assert!(matches!(handing(&back(session).0), HandingIn::Agreeing(_)));

    let session = to_waiting(&around);
    let key = key_of(&session);
    let (signed, _) = hear(session, signed(key), &around);
    let (again, effects) = touched(signed.clone(), Touch::Again, &around);
    assert!(matches!(&effects[..], [Effect::KeepDraft(draft)] if draft.signature.is_none()));
    assert_eq!(signing(&again).at, At::Choosing);
    let (agreeing, effects) = back(signed);
    assert!(matches!(&effects[..], [Effect::KeepDraft(draft)] if draft.signature.is_none()));
    assert!(matches!(handing(&agreeing), HandingIn::Agreeing(_)));
}

#[test]
fn who_holds_a_telephone_is_not_asked_whether_they_are_there() {
    let around = signing_around(BOTH, Link::Up);
    let session = to_waiting(&around);
    let entry = i64::from(around.times.idle_entry_secs);
    let (session, _) = session.on(Event::Tick, &later(&around, entry + 1));
    assert_eq!(session.overlay, Overlay::None);
    let (session, _) = session.on(Event::Tick, &later(&around, 300));
    assert!(matches!(session.overlay, Overlay::Idle { .. }), "nor forgotten");
}
