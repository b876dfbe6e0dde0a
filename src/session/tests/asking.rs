//! Questions of every kind, forward and back.

use super::*;
use crate::form::{Answer, CardPart, DatePrecision, PersonWants, Prefill, Source, Wanted, When, YesNo};
use crate::keyboard::Key;
use crate::session::handing::HandingIn;
use crate::session::handing::asking::{AddressPart, Asking, At, Entry, Field, PersonPart, YES};
use crate::units;

/// What a finger would touch next to answer as one may.
pub fn answers(asking: &Asking) -> Touch {
    let At::Entering(entry) = &asking.at else {
        return Touch::Yes;
    };
    let typed = |typed: usize, wanted: &str| match wanted.chars().nth(typed) {
        Some(digit) => Touch::Digit(digit),
        None => Touch::Next,
    };
    let first = |choices: &[Choice]| Touch::Choose(choices[0].id.clone());
    let kind = &asking.question().kind;
    match entry.field() {
        None => match &**entry {
            Entry::People(people) if people.people.len() < people.at_least => Touch::AddPerson,
            Entry::People(_) | Entry::One(_) | Entry::Person(_) | Entry::Address(_) => Touch::Next,
        },
        Some(Field::Choice(None)) => match entry.person() {
            Some(person) => first(&person.wants.relations),
            None => first(kind.choices()),
        },
        Some(Field::YesNo(None)) => Touch::Choose(YES.into()),
        Some(Field::Many(ticked)) if ticked.is_empty() => first(kind.choices()),
        Some(Field::Choice(_) | Field::YesNo(_) | Field::Many(_)) => Touch::Next,
        Some(Field::Digits(digits)) => typed(
            digits.text.len(),
            if entry.person().is_some() {
                "025048000191"
            } else if *kind == QuestionKind::Phone {
                "0912345678"
            } else if matches!(kind, QuestionKind::Money { .. }) {
                "1500000"
            } else {
                "77"
            },
        ),
        Some(Field::Date(date)) => typed(date.day.len() + date.month.len() + date.year.len(), "07031948"),
        Some(Field::Line(line)) if line.is_empty() => Touch::Key(Key::Letter('a')),
        Some(Field::Line(_)) => Touch::Next,
        Some(Field::Place(_)) => match &**entry {
            Entry::Address(address) if address.part == AddressPart::Province => Touch::Place("25".into()),
            Entry::Address(_) | Entry::One(_) | Entry::Person(_) | Entry::People(_) => Touch::Place(a_commune().into()),
        },
    }
}

/// Of Phú Thọ.
fn a_commune() -> &'static str {
    let province = units::province(&"25".parse().unwrap()).unwrap();
    province.communes().next().unwrap().code
}

fn choice(id: &str) -> Choice {
    Choice {
        id: id.into(),
        words: Words::vietnamese(id),
    }
}

fn wants() -> PersonWants {
    PersonWants {
        id: Wanted::IfKnown,
        born: Wanted::IfKnown,
        relations: vec![choice("cha"), choice("me")],
    }
}

fn said_yes(id: &str) -> When {
    When::Said {
        question: id.into(),
        answer: YesNo::Yes,
    }
}

/// A question of each kind that the usual procedure has not, the last but one only for who said yes.
pub fn of_every_kind() -> Vec<Question> {
    let question = |id: &str, kind| Question::new(id, Words::new("Hỏi?", "Ask?"), kind);
    let mut mother = question(
        "mother",
        QuestionKind::Person(PersonWants {
            relations: vec![],
            ..wants()
        }),
    );
    mother.prefill = Some(Prefill {
        from: Source::Card(CardPart::Holder),
        when: Some(said_yes("mine")),
    });
    let mut house = question(
        "house",
        QuestionKind::People {
            at_least: 1,
            at_most: 2,
            wants: wants(),
        },
    );
    house.when = Some(said_yes("together"));
    let mut note = question("note", QuestionKind::Text { letters_max: 20 });
    note.optional = true;
    vec![
        question("mine", QuestionKind::YesNo),
        mother,
        question(
            "many",
            QuestionKind::Many {
                choices: vec![choice("a"), choice("b"), choice("c")],
                at_least: 1,
                at_most: 2,
            },
        ),
        note,
        question(
            "sum",
            QuestionKind::Money {
                dong_min: 1_000,
                dong_max: 2_000_000,
            },
        ),
        question("phone", QuestionKind::Phone),
        question("home", QuestionKind::Address),
        question("together", QuestionKind::YesNo),
        house,
        question(
            "since",
            QuestionKind::Date {
                earliest: None,
                latest: Some(DateBound::Today),
                precision: DatePrecision::Month,
            },
        ),
    ]
}

fn asking(session: &Session) -> &Asking {
    let Step::HandingIn(handing) = &session.step else {
        panic!("not handing in: {:?}", session.step);
    };
    let HandingIn::Asking(asking) = &**handing else {
        panic!("not asking: {handing:?}");
    };
    asking
}

/// At the page of this question, those before it answered.
fn at(id: &str) -> Session {
    let around = around(start());
    let mut session = Session::new(start());
    for _ in 0..200 {
        if let Step::HandingIn(handing) = &session.step
            && let HandingIn::Asking(asking) = &**handing
            && asking.question().id == id
        {
            return session;
        }
        let event = happy(&session);
        session = session.on(event, &around).0;
    }
    panic!("{id} is not asked");
}

fn touch(session: Session, touches: &[Touch]) -> Session {
    touches.iter().fold(session, |session, touch| {
        touched(session, touch.clone(), &around(start())).0
    })
}

fn back(session: Session) -> Session {
    session.on(Event::Bar(Bar::Back), &around(start())).0
}

/// Until the next question.
fn answer(mut session: Session) -> Session {
    let id = asking(&session).question().id.clone();
    for _ in 0..60 {
        let event = happy(&session);
        session = session.on(event, &around(start())).0;
        let same = matches!(&session.step, Step::HandingIn(handing)
            if matches!(&**handing, HandingIn::Asking(asking) if asking.question().id == id));
        if !same {
            return session;
        }
    }
    panic!("{id} has no end");
}

fn answered(session: &Session, id: &str) -> Answer {
    asking(session).draft.answers.get(id).cloned().unwrap()
}

#[test]
fn what_the_card_tells_is_shown_and_taken_only_when_confirmed() {
    let session = at("mother");
    assert!(matches!(asking(&session).at, At::Known(_)));
    let (session, effects) = touched(session, Touch::Next, &around(start()));
    assert!(
        effects.is_empty() && matches!(asking(&session).at, At::Known(_)),
        "it was taken silently"
    );
    let (session, effects) = touched(session, Touch::Yes, &around(start()));
    assert!(matches!(&effects[..], [Effect::KeepDraft(_)]));
    let Answer::Person(person) = answered(&session, "mother") else {
        panic!("no person")
    };
    assert_eq!(person.id.unwrap().as_str(), "025048000191");
}

#[test]
fn what_is_known_can_be_changed_part_by_part() {
    let session = touch(at("mother"), &[Touch::Change, Touch::Key(Key::Clear)]);
    let session = touch(
        session,
        &[Touch::Key(Key::Letter('h')), Touch::Key(Key::Letter('a')), Touch::Next],
    );
    let session = touch(session, &[Touch::None]);
    let session = touch(session, &[Touch::Next]);
    let Answer::Person(person) = answered(&session, "mother") else {
        panic!("no person")
    };
    assert_eq!(person.name, "Ha");
    assert_eq!(person.id, None);
    assert!(person.born.is_some());
}

#[test]
fn who_is_not_meant_by_the_card_is_asked_for() {
    let session = touch(at("mine"), &[Touch::Choose("no".into()), Touch::Next]);
    assert!(matches!(asking(&session).at, At::Entering(_)));
}

#[test]
fn a_person_is_named_part_by_part_and_back_leads_through_the_parts() {
    let session = touch(at("house"), &[Touch::AddPerson]);
    let part = |session: &Session| match &asking(session).at {
        At::Entering(entry) => entry.person().map(|person| person.part),
        At::Known(_) => None,
    };
    assert_eq!(part(&session), Some(PersonPart::Name));
    // Without a name one does not come on.
    let session = touch(session, &[Touch::Next]);
    assert_eq!(part(&session), Some(PersonPart::Name));
    assert!(asking(&session).fault.is_some());
    let session = touch(session, &[Touch::Key(Key::Letter('a')), Touch::Next]);
    assert_eq!(part(&session), Some(PersonPart::Id));
    let session = touch(session, &[Touch::Digit('1'), Touch::Next]);
    assert!(asking(&session).fault.is_some(), "one digit is no number");
    let session = touch(session, &[Touch::None]);
    assert_eq!(part(&session), Some(PersonPart::Born));
    let session = back(back(session));
    assert_eq!(part(&session), Some(PersonPart::Name));
    let session = back(session);
    assert_eq!(part(&session), None);
    assert_eq!(asking(&session).question().id, "house");
}

#[test]
fn the_list_of_people_keeps_its_bounds() {
    let session = touch(at("house"), &[Touch::Next]);
    assert!(asking(&session).fault.is_some(), "nobody is too few");
    let one = [
        Touch::AddPerson,
        Touch::Key(Key::Letter('a')),
        Touch::Next,
        Touch::None,
        Touch::Next,
        Touch::Choose("cha".into()),
        Touch::Next,
    ];
    let session = touch(touch(touch(session, &one), &one), &[Touch::AddPerson]);
    let Entry::People(people) = (match &asking(&session).at {
        At::Entering(entry) => (**entry).clone(),
        At::Known(_) => panic!("known"),
    }) else {
        panic!("no list")
    };
    assert_eq!(
        (people.people.len(), people.one.is_some(), people.can_add()),
        (2, false, false)
    );
    let session = touch(session, &[Touch::RemovePerson(0), Touch::RemovePerson(5), Touch::Next]);
    assert!(matches!(answered(&session, "house"), Answer::People(people) if people.len() == 1));
}

#[test]
fn an_address_is_picked_and_a_foreign_commune_is_not() {
    let session = touch(at("home"), &[Touch::Place("25".into()), Touch::Place("00004".into())]);
    let part = |session: &Session| match &asking(session).at {
        At::Entering(entry) => match &**entry {
            Entry::Address(address) => Some(address.part),
            Entry::One(_) | Entry::Person(_) | Entry::People(_) => None,
        },
        At::Known(_) => None,
    };
    assert_eq!(
        part(&session),
        Some(AddressPart::Commune),
        "Hà Nội's ward was taken for one of Phú Thọ"
    );
    let session = touch(session, &[Touch::Place(a_commune().into()), Touch::Next]);
    let Answer::Address(address) = answered(&session, "home") else {
        panic!("no address")
    };
    assert_eq!(
        (address.province.code.as_str(), address.commune.code.as_str()),
        ("25", a_commune())
    );
    assert_eq!(part(&back(session)), Some(AddressPart::Province));
}

#[test]
fn only_what_is_asked_is_walked_forward_and_back() {
    let session = touch(at("together"), &[Touch::Choose("no".into()), Touch::Next]);
    assert_eq!(asking(&session).question().id, "since");
    let (at, of) = asking(&session).place();
    assert_eq!(at, of, "the count holds a question that is not asked");
    let session = back(session);
    assert_eq!(asking(&session).question().id, "together");
    let session = touch(session, &[Touch::Choose("yes".into()), Touch::Next]);
    assert_eq!(asking(&session).question().id, "house");
    // Named, then not asked any more, then asked again: it is still there.
    let session = back(back(answer(session)));
    let session = touch(session, &[Touch::Choose("no".into()), Touch::Next]);
    assert_eq!(asking(&session).question().id, "since");
    assert!(!asking(&session).draft.form().is_asked("house"));
    let session = back(session);
    let session = touch(session, &[Touch::Choose("yes".into()), Touch::Next, Touch::Next]);
    assert_eq!(asking(&session).question().id, "since");
}

#[test]
fn what_is_optional_may_be_left_empty_and_what_is_typed_can_be_heard() {
    let session = touch(at("note"), &[Touch::Next]);
    assert_eq!(asking(&session).question().id, "sum");
    assert!(!asking(&session).draft.answers.contains_key("note"));
    let session = touch(at("note"), &[Touch::Key(Key::Letter('a'))]);
    let (session, effects) = touched(session, Touch::ReadBack, &around(start()));
    assert_eq!(effects, [Effect::ReadBack(Secret("A".into()))]);
    assert!(!format!("{session:?} {effects:?}").contains("\"A\""));
}

#[test]
fn a_sum_too_large_and_a_number_no_telephone_has_are_told() {
    use crate::form::AnswerFault;

    let session = touch(at("sum"), &[const { Touch::Digit('9') }; 8]);
    let session = touch(session, &[Touch::Next]);
    assert_eq!(asking(&session).fault, Some(AnswerFault::TooMuch));
    let session = touch(at("phone"), &[const { Touch::Digit('1') }; 10]);
    let session = touch(session, &[Touch::Next]);
    assert_eq!(asking(&session).fault, Some(AnswerFault::NotAPhone));
}

#[test]
fn a_month_is_enough_where_the_question_says_so() {
    let session = touch(at("since"), &[Touch::DatePart(DatePart::Month)]);
    let digits: Vec<Touch> = "092020".chars().map(Touch::Digit).collect();
    let session = touch(touch(session, &digits), &[Touch::Next]);
    assert!(matches!(&session.step, Step::HandingIn(handing) if !matches!(**handing, HandingIn::Asking(_))));
}
