//! For whom, what for, and the signature.

use super::*;
use crate::dossier::{Dossier, Point, Right, Signature, Stroke};
use crate::keyboard::Key;
use crate::procedure::{Filing, Others, PartCode, SignatureWanted};
use crate::remote::RemoteWays;
use crate::session::handing::HandingIn;
use crate::session::handing::agreeing::Agreeing;
use crate::session::handing::for_whom::{At as WhomAt, ForWhom, NotThem, Who};
use crate::session::handing::signing::far::SignTouch;
use crate::session::handing::signing::{At, Signing};

pub const OTHER_CARD: &str = "014175000027|141414141|Lò Thị Thử|15081975|Nữ|Bản Mẫu, Xã Thử, Tỉnh Sơn La|10052021";
const CHILD_CARD: &str = "025212000123||Nguyễn Thị Bông|20112012|Nữ|Khu 4, Xã Mẫu, Tỉnh Phú Thọ|10052025";

/// The usual procedure, which others may file and which is to be signed.
pub fn catalogue() -> Arc<Catalogue> {
    let procedure = Procedure {
        filing: Filing {
            others: Others::Certified,
            signature: SignatureWanted::Drawn,
            remote: RemoteWays::default(),
        },
        ..procedure()
    };
    Arc::new(Catalogue::new(vec![procedure], vec![event()]).unwrap())
}

fn around_filing() -> Around {
    Around {
        catalogue: catalogue(),
        ..around(start())
    }
}

/// Long enough for a signature.
pub fn stroke() -> Stroke {
    (0..30_u16)
        .map(|n| Point::from((n * 120, 500 + n % 7 * 90, u32::from(n) * 9)))
        .collect()
}

pub fn consent_to_all() -> Touch {
    consent("giai-quyet-thu-tuc-hanh-chinh", Consent::Yes)
}

fn consent(purpose: &str, consent: Consent) -> Touch {
    Touch::Consent {
        purpose: purpose.into(),
        consent,
    }
}

fn touch(touch: Touch) -> Event {
    Event::News(News::Touch(touch))
}

pub fn for_whom(for_whom: &ForWhom) -> Event {
    match &for_whom.at {
        WhomAt::Choosing => touch(Touch::ForWhom(Who::Somebody)),
        WhomAt::Card { .. } => Event::News(News::Code(CodeNews::Code(Secret(OTHER_CARD.into())))),
        WhomAt::Typing { .. } => Event::Bar(Bar::Back),
        WhomAt::Confirming { .. } => touch(Touch::Yes),
    }
}

pub fn agree(_: &Agreeing) -> Event {
    touch(consent_to_all())
}

pub fn sign(signing: &Signing) -> Event {
    match &signing.at {
        At::Choosing => touch(Touch::Sign(SignTouch::ByPhone)),
        At::Way => touch(Touch::Sign(SignTouch::WithVneId)),
        At::Phone { .. } => Event::Bar(Bar::Back),
        At::Far(far) if far.heard.is_none() => Event::News(remote::waiting(far.key, start())),
        At::Far(far) => Event::News(remote::signed(far.key)),
        At::Drawing { drawing, .. } if drawing.strokes.is_empty() => touch(Touch::Stroke(stroke())),
        At::Drawing { .. } => touch(Touch::Next),
        At::Signed => touch(Touch::Send),
        At::Unable | At::Pin { .. } | At::Witness { .. } => Event::Bar(Bar::Back),
    }
}

/// On the happy way until `there`.
fn walk(there: impl Fn(&HandingIn) -> bool) -> Session {
    let around = around_filing();
    let mut session = Session::new(start());
    for _ in 0..250 {
        if let Step::HandingIn(handing) = &session.step
            && there(handing)
        {
            return session;
        }
        let event = happy(&session);
        session = session.on(event, &around).0;
    }
    panic!("never there: {session:?}");
}

pub fn handing(session: &Session) -> &HandingIn {
    let Step::HandingIn(handing) = &session.step else {
        panic!("not handing in: {:?}", session.step);
    };
    handing
}

fn at_for_whom(session: &Session) -> &WhomAt {
    let HandingIn::ForWhom(for_whom) = handing(session) else {
        panic!("not asked for whom: {session:?}");
    };
    &for_whom.at
}

fn at_signing(session: &Session) -> &At {
    let HandingIn::Signing(signing) = handing(session) else {
        panic!("not signing: {session:?}");
    };
    &signing.at
}

fn kept(effects: &[Effect]) -> &Dossier {
    let kept = effects.iter().find_map(|effect| {
        if let Effect::Keep(dossier) = effect {
            Some(&**dossier)
        } else {
            None
        }
    });
    kept.expect("a dossier to keep")
}

fn show(session: Session, card: &str) -> Session {
    let code = CodeNews::Code(Secret(card.into()));
    session.on(Event::News(News::Code(code)), &around_filing()).0
}

pub fn press(session: Session, touch: Touch) -> (Session, Vec<Effect>) {
    touched(session, touch, &around_filing())
}

#[test]
fn a_dossier_for_another_names_both_and_has_the_paper_that_allows_it() {
    let session = walk(|handing| matches!(handing, HandingIn::Signing(signing) if signing.at == At::Signed));
    let (_, effects) = press(session, Touch::Send);
    let dossier = kept(&effects);
    let on_behalf = dossier.on_behalf().unwrap();
    assert_eq!(on_behalf.right, Right::Authorised);
    assert_eq!(on_behalf.of.name, "Lò Thị Thử");
    assert_eq!(dossier.citizen().id.as_str(), "025048000191");
    assert!(dossier.parts().any(|paper| paper.code == PartCode::authorisation()));
    assert!(matches!(dossier.signature(), Some(Signature::Drawn(drawing)) if drawing.strokes == [stroke()]));
}

#[test]
fn a_child_needs_no_paper_and_one_of_age_is_no_child() {
    let asked = walk(|handing| matches!(handing, HandingIn::ForWhom(_)));
    let (session, _) = press(asked, Touch::ForWhom(Who::MyChild));
    let of_age = show(session, OTHER_CARD);
    assert!(matches!(
        at_for_whom(&of_age),
        WhomAt::Card {
            not_them: Some(NotThem::OfAge),
            ..
        }
    ));
    let oneself = show(of_age, CARD);
    assert!(matches!(
        at_for_whom(&oneself),
        WhomAt::Card {
            not_them: Some(NotThem::Oneself),
            ..
        }
    ));
    let child = show(oneself, CHILD_CARD);
    let (session, effects) = press(child, Touch::Yes);
    assert!(matches!(effects.as_slice(), [Effect::KeepDraft(_)]));
    let draft = handing(&session).draft().unwrap();
    assert_eq!(
        draft.on_behalf.as_ref().map(|on_behalf| on_behalf.right),
        Some(Right::Guardian)
    );
    assert!(draft.papers().all(|paper| paper.code != PartCode::authorisation()));
}

#[test]
fn number_birth_and_name_of_the_other_can_be_typed() {
    let asked = walk(|handing| matches!(handing, HandingIn::ForWhom(_)));
    let (mut session, _) = press(asked, Touch::ForWhom(Who::Somebody));
    session = press(session, Touch::TypeIn).0;
    // Too short a number goes nowhere.
    session = press(session, Touch::Next).0;
    for digits in ["014175000027", "15081975"] {
        for digit in digits.chars() {
            session = press(session, Touch::Digit(digit)).0;
        }
        session = press(session, Touch::Next).0;
    }
    session = press(session, Touch::Next).0;
    for letter in "lo thi thu".chars() {
        let key = if letter == ' ' { Key::Space } else { Key::Letter(letter) };
        session = press(session, Touch::Key(key)).0;
    }
    session = press(session, Touch::Next).0;
    let WhomAt::Confirming { on_behalf, .. } = at_for_whom(&session) else {
        panic!("{session:?}");
    };
    assert_eq!(on_behalf.of.name, "Lo Thi Thu");
    assert_eq!(
        (on_behalf.of.id.as_str(), &on_behalf.of.address),
        ("014175000027", &None)
    );
    // And back, page by page, to whom.
    let mut back = session;
    for _ in 0..2 {
        back = back.on(Event::Bar(Bar::Back), &around_filing()).0;
    }
    assert_eq!(at_for_whom(&back), &WhomAt::Choosing);
}

#[test]
fn for_oneself_nothing_else_is_asked() {
    let asked = walk(|handing| matches!(handing, HandingIn::ForWhom(_)));
    let (session, effects) = press(asked, Touch::ForWhom(Who::Myself));
    assert!(matches!(handing(&session), HandingIn::Asking(_)));
    assert_eq!(effects, []);
    assert_eq!(handing(&session).draft().unwrap().on_behalf, None);
}

#[test]
fn what_is_optional_may_be_refused_and_taken_back_and_what_is_necessary_may_not() {
    let session = walk(|handing| matches!(handing, HandingIn::Agreeing(_)));
    let (session, effects) = press(session, Touch::Send);
    assert!(effects.is_empty());
    assert!(matches!(handing(&session), HandingIn::Agreeing(agreeing) if agreeing.asked && agreeing.given.is_empty()));
    let (session, _) = press(session, consent("lien-he-ve-ho-so", Consent::Yes));
    let (session, _) = press(session, consent("khong-ai-hoi", Consent::Yes));
    let (session, _) = press(session, consent_to_all());
    let (session, _) = press(session, consent("lien-he-ve-ho-so", Consent::No));
    let (session, _) = press(session, Touch::Send);
    let HandingIn::Signing(signing) = handing(&session) else {
        panic!("{session:?}");
    };
    let given: Vec<_> = signing.given.iter().map(|given| given.purpose.as_str()).collect();
    assert_eq!(given, ["giai-quyet-thu-tuc-hanh-chinh"]);
    // Back from the signature the ticks are there; back from the review they are not.
    let (session, _) = session.on(Event::Bar(Bar::Back), &around_filing());
    assert!(matches!(handing(&session), HandingIn::Agreeing(agreeing) if agreeing.given.len() == 1));
    let (session, _) = session.on(Event::Bar(Bar::Back), &around_filing());
    let (session, _) = press(session, Touch::Send);
    assert!(matches!(handing(&session), HandingIn::Agreeing(agreeing) if agreeing.given.is_empty()));
}

#[test]
fn a_scribble_is_asked_again_and_a_signature_can_be_drawn_anew() {
    let session = walk(|handing| matches!(handing, HandingIn::Signing(_)));
    let (session, _) = press(session, Touch::Stroke(stroke()[..3].to_vec()));
    let (session, effects) = press(session, Touch::Next);
    assert!(effects.is_empty());
    assert!(matches!(at_signing(&session), At::Drawing { fault: Some(_), .. }));
    let (session, _) = press(session, Touch::Stroke(stroke()));
    let (session, effects) = press(session, Touch::Next);
    assert!(
        matches!(effects.as_slice(), [Effect::KeepDraft(_)]),
        "kept before it is sent"
    );
    assert_eq!(at_signing(&session), &At::Signed);
    let (session, effects) = press(session, Touch::Again);
    assert!(matches!(effects.as_slice(), [Effect::KeepDraft(draft)] if draft.signature.is_none()));
    // Without a signature nothing is sent.
    let (session, effects) = press(session, Touch::Send);
    assert!(effects.is_empty());
    assert!(matches!(at_signing(&session), At::Drawing { .. }));
}

#[test]
fn who_cannot_sign_is_vouched_for_by_staff_by_name() {
    let session = walk(|handing| matches!(handing, HandingIn::Signing(_)));
    let (session, effects) = press(session, Touch::CannotSign);
    assert_eq!(effects, [Effect::CallStaff]);
    assert!(session.staff_called);
    let (mut session, _) = press(session, Touch::Next);
    for digit in "240815".chars() {
        session = press(session, Touch::Digit(digit)).0;
    }
    // The citizen cannot vouch for themselves.
    let (session, effects) = press(session, Touch::Yes);
    assert!(effects.is_empty() && matches!(at_signing(&session), At::Pin { .. }));
    let staff = |news| Event::News(News::Staff(news));
    let (session, _) = session.on(staff(StaffNews::PinWrong { locked_secs: 0 }), &around_filing());
    assert!(matches!(at_signing(&session), At::Pin { typed, .. } if typed.0.is_empty()));
    let who = "Cán bộ Mẫu".into();
    let (session, effects) = session.on(staff(StaffNews::PinRight { who }), &around_filing());
    assert!(effects.contains(&Effect::AnswerCall));
    let (session, _) = press(session, Touch::Yes);
    let (_, effects) = press(session, Touch::Send);
    let vouched = Signature::Witnessed {
        by: "Cán bộ Mẫu".into(),
        at: start(),
    };
    assert_eq!(kept(&effects).signature(), Some(&vouched));
}

#[test]
fn what_could_not_be_kept_is_signed_again() {
    let session = walk(|handing| matches!(handing, HandingIn::Signing(signing) if signing.at == At::Signed));
    let (session, effects) = press(session, Touch::Send);
    let draft = Box::new(kept(&effects).clone().into_draft());
    let (session, _) = session.on(Event::News(News::Keep(KeepNews::NotKept(draft))), &around_filing());
    let (session, _) = press(session, Touch::Acknowledge);
    assert!(handing(&session).draft().unwrap().signature.is_none());
}
