//! For whom, what for, and the signature.

use slint::ComponentHandle;
use ui::{
    AgreePage, ByHand, CardField, Flow, ForWhomPage, Frame, Kiosk, LinePiece, NotThem, PageName, PersonPage,
    PurposeView, QuestionKind, QuestionPage, SignFarPage, SignFarState, SignPage, SignState, SignTrouble, TypingWay,
    WhomState,
};

use super::{Sample, at, model, sample};

pub fn all() -> Vec<Sample> {
    let mut all = for_whom();
    all.extend(agree());
    all.extend(sign());
    all.extend(sign_far());
    all
}

fn for_whom() -> Vec<Sample> {
    let whom = |name: &str, state, child, not_them| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::ForWhom, Flow::HandIn, 2, 5);
            let page = kiosk.global::<ForWhomPage>();
            page.set_state(state);
            page.set_child(child);
            page.set_certified(true);
            page.set_code_scanner(true);
            page.set_not_them(not_them);
        })
    };
    let naming = |name: &str, typed: &'static str, way| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::ForWhom, Flow::HandIn, 2, 5);
            let page = kiosk.global::<ForWhomPage>();
            page.set_state(WhomState::Name);
            page.set_name(typed.into());
            page.set_name_missing(typed.is_empty());
            page.set_way(way);
        })
    };
    let typed = |name: &str, field| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Question, Flow::HandIn, 2, 5);
            let page = kiosk.global::<QuestionPage>();
            page.set_card_field(field);
            page.set_kind(if field == CardField::OtherBirth {
                QuestionKind::Date
            } else {
                QuestionKind::Number
            });
            page.set_digits("014175".into());
            page.set_year_only_allowed(true);
        })
    };
    vec![
        whom("for-whom", WhomState::Choosing, false, NotThem::None),
        whom("for-whom-card", WhomState::Card, false, NotThem::None),
        whom("for-whom-child", WhomState::Card, true, NotThem::OfAge),
        naming("for-whom-name", "Lò Thị Th", TypingWay::Marks),
        naming("for-whom-name-missing", "", TypingWay::Vni),
        typed("question-other-number", CardField::OtherNumber),
        typed("question-other-birth", CardField::OtherBirth),
        sample("person-other", |kiosk| {
            at(kiosk, PageName::Person, Flow::HandIn, 2, 5);
            let page = kiosk.global::<PersonPage>();
            page.set_other(true);
            page.set_name("Lò T** T**".into());
            page.set_number("0141••••0027".into());
            page.set_birth("••/••/1975".into());
            page.set_address("•••, Tỉnh Sơn La".into());
        }),
    ]
}

fn purpose(id: &str, words: &str, necessary: bool, agreed: bool) -> PurposeView {
    PurposeView {
        id: id.into(),
        words: words.into(),
        necessary,
        agreed,
    }
}

fn agree() -> Vec<Sample> {
    let page = |name: &str, agreed, missing, signs| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Agree, Flow::HandIn, 5, 5);
            let page = kiosk.global::<AgreePage>();
            page.set_purposes(model(vec![
                purpose("a", "Tôi đồng ý gửi các thông tin này", true, agreed),
                purpose("b", "Giữ bản quét để lần sau tôi không phải nộp lại", false, agreed),
                purpose("c", "Gọi hoặc nhắn tin cho tôi về hồ sơ này", false, false),
                purpose("d", "Hỏi tôi có hài lòng không, sau khi xong việc", false, false),
            ]));
            page.set_missing(missing);
            page.set_signs(signs);
        })
    };
    vec![
        page("agree", false, false, false),
        page("agree-missing", false, true, false),
        page("agree-agreed", true, false, true),
    ]
}

/// A signature of nobody: a wave and a loop.
fn wave() -> Vec<LinePiece> {
    let piece = |x: f32, commands: &str| LinePiece {
        x,
        y: 12.0,
        width: 30.0,
        height: 24.0,
        commands: commands.into(),
    };
    vec![
        piece(20.0, "M1 20 Q6 2 10 12 Q14 22 18 12 Q22 2 29 16"),
        piece(48.0, "M1 16 Q8 2 14 8 Q20 14 12 20 Q4 22 10 10 Q16 2 29 8"),
        piece(76.0, "M1 8 Q10 20 20 12 L29 4"),
    ]
}

fn sign() -> Vec<Sample> {
    let page = |name: &str, state, trouble, drawn| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Sign, Flow::HandIn, 5, 5);
            kiosk.global::<Frame>().set_staff_called(state == SignState::Unable);
            let page = kiosk.global::<SignPage>();
            page.set_state(state);
            page.set_trouble(trouble);
            page.set_pieces(model(if drawn { wave() } else { vec![] }));
            page.set_witness("Cán bộ Mẫu".into());
        })
    };
    vec![
        page("sign", SignState::Drawing, SignTrouble::None, false),
        page("sign-little", SignState::Drawing, SignTrouble::Little, true),
        page("sign-full", SignState::Drawing, SignTrouble::Full, true),
        page("sign-signed", SignState::Signed, SignTrouble::None, true),
        page("sign-unable", SignState::Unable, SignTrouble::None, false),
        page("sign-witness", SignState::Witness, SignTrouble::None, false),
        page("sign-vouched", SignState::Vouched, SignTrouble::None, false),
    ]
}

fn sign_far() -> Vec<Sample> {
    let page = |name: &str, state, sim, silent| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::SignFar, Flow::HandIn, 5, 5);
            let page = kiosk.global::<SignFarPage>();
            page.set_state(state);
            page.set_sim(sim);
            page.set_compare("4821".into());
            page.set_seconds_left(if state == SignFarState::Waiting { 272 } else { 0 });
            page.set_silent(silent);
        })
    };
    let by_hand = |name: &str, why| {
        sample(name, move |kiosk: &Kiosk| {
            at(kiosk, PageName::Sign, Flow::HandIn, 5, 5);
            let page = kiosk.global::<SignPage>();
            page.set_state(SignState::Drawing);
            page.set_by_hand(why);
        })
    };
    vec![
        page("sign-far", SignFarState::Choosing, false, false),
        page("sign-far-way", SignFarState::Way, false, false),
        page("sign-far-starting", SignFarState::Starting, true, false),
        page("sign-far-sim", SignFarState::Waiting, true, false),
        page("sign-far-vneid", SignFarState::Waiting, false, false),
        page("sign-far-silent", SignFarState::Waiting, true, true),
        page("sign-far-ending", SignFarState::Ending, true, false),
        page("sign-far-lost", SignFarState::Lost, true, false),
        page("sign-far-refused", SignFarState::Refused, true, false),
        page("sign-far-too-late", SignFarState::TooLate, true, false),
        page("sign-far-signed", SignFarState::Signed, true, false),
        by_hand("sign-by-hand-offline", ByHand::Offline),
        by_hand("sign-by-hand-not-offered", ByHand::NotOffered),
        by_hand("sign-by-hand-not-taken", ByHand::NotTaken),
        sample("question-sign-phone", |kiosk: &Kiosk| {
            at(kiosk, PageName::Question, Flow::HandIn, 5, 5);
            let page = kiosk.global::<QuestionPage>();
            page.set_card_field(CardField::SignPhone);
            page.set_kind(QuestionKind::Phone);
            page.set_digits("0900 000 0".into());
        }),
    ]
}
