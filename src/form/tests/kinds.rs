//! What fits the kinds beside choices, numbers and dates.

use super::*;

fn at_least_one_of(count: u8) -> QuestionKind {
    let choice = |n| Choice {
        id: format!("c{n}"),
        words: Words::vietnamese("Chọn"),
    };
    QuestionKind::Many {
        choices: (0..3).map(choice).collect(),
        at_least: 1,
        at_most: count,
    }
}

fn fits(kind: QuestionKind, answer: &Answer) -> Result<(), AnswerFault> {
    check(&ask(kind), answer, TODAY)
}

#[test]
fn of_many_choices_each_counts_once_and_there_may_be_too_few_or_too_many() {
    let pick = |ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        fits(at_least_one_of(2), &Answer::Many(ids))
    };
    assert_eq!(pick(&["c0"]), Ok(()));
    assert_eq!(pick(&["c2", "c0"]), Ok(()));
    assert_eq!(pick(&[]), Err(AnswerFault::Empty));
    assert_eq!(pick(&["c0", "c1", "c2"]), Err(AnswerFault::TooMany));
    assert_eq!(pick(&["c0", "c0"]), Err(AnswerFault::Foreign));
    assert_eq!(pick(&["c7"]), Err(AnswerFault::Foreign));
}

#[test]
fn a_text_is_one_tidy_line_of_so_many_letters() {
    let text = |text: &str| fits(QuestionKind::Text { letters_max: 5 }, &Answer::Text(text.to_owned()));
    assert_eq!(text("Ấm áp"), Ok(()));
    assert_eq!(text(""), Err(AnswerFault::Empty));
    assert_eq!(text("Ấm áp!"), Err(AnswerFault::TooLong));
    for untidy in [" a", "a ", "a  b", "a\nb", "A\u{302}"] {
        assert_eq!(text(untidy), Err(AnswerFault::Foreign), "{untidy:?}");
        assert_eq!(text(&tidy(untidy)), Ok(()), "{untidy:?}");
    }
    assert_eq!(tidy(" \n "), "");
}

#[test]
fn money_lies_between_its_ends() {
    let money = |dong| {
        let kind = QuestionKind::Money {
            dong_min: 1_000,
            dong_max: 2_000,
        };
        fits(kind, &Answer::Money(dong))
    };
    assert_eq!((money(1_000), money(2_000)), (Ok(()), Ok(())));
    assert_eq!(money(999), Err(AnswerFault::TooLittle));
    assert_eq!(money(2_001), Err(AnswerFault::TooMuch));
}

#[test]
fn a_telephone_is_one_of_vietnam() {
    let phone = |digits: &str| fits(QuestionKind::Phone, &Answer::Phone(digits.to_owned()));
    for good in ["0912345678", "0321234567", "02103123456", "02412345678"] {
        assert_eq!(phone(good), Ok(()), "{good}");
    }
    assert_eq!(phone(""), Err(AnswerFault::Empty));
    for (short, fault) in [("0", AnswerFault::TooShort), ("091234567", AnswerFault::TooShort)] {
        assert_eq!(phone(short), Err(fault), "{short}");
    }
    assert_eq!(phone("09123456789"), Err(AnswerFault::TooLong));
    assert_eq!(phone("0210312345"), Err(AnswerFault::TooShort));
    for other in ["84912345678", "0612345678", "0012345678", "113"] {
        assert_eq!(phone(other), Err(AnswerFault::NotAPhone), "{other}");
    }
    assert_eq!(phone("09a2345678"), Err(AnswerFault::Foreign));
}

fn someone(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        id: Some("001190000001".parse().unwrap()),
        born: Some(PartialDate::Year { year: 1990 }),
        relation: None,
    }
}

fn wants(id: Wanted, born: Wanted) -> PersonWants {
    PersonWants {
        id,
        born,
        relations: vec![],
    }
}

#[test]
fn names_of_all_peoples_are_names() {
    let named = |name: &str| check_person(&wants(Wanted::Yes, Wanted::Yes), &someone(name), TODAY);
    for name in [
        "Nguyễn Thị Bịa",
        "H'Hen Thử",
        "Y-Mẫu",
        "Ksor H’Bơ",
        "K. Mẫu",
        "Giàng A Thử",
    ] {
        assert_eq!(named(name), Ok(()), "{name}");
    }
    for name in ["", "  ", "'-", "Nam 2", "Ha\u{309}i", "Ngu yễn  B"] {
        assert_eq!(named(name), Err(AnswerFault::NameWanted), "{name:?}");
    }
    assert_eq!(named(&"A".repeat(NAME_LETTERS_MAX)), Ok(()));
    assert_eq!(named(&"A".repeat(NAME_LETTERS_MAX + 1)), Err(AnswerFault::NameWanted));
}

#[test]
fn of_a_person_all_that_is_wanted_is_there_and_nothing_else() {
    let bare = Person {
        id: None,
        born: None,
        ..someone("Bịa")
    };
    let check = |id, born, person: &Person| check_person(&wants(id, born), person, TODAY);
    assert_eq!(check(Wanted::IfKnown, Wanted::IfKnown, &bare), Ok(()));
    assert_eq!(check(Wanted::Yes, Wanted::No, &bare), Err(AnswerFault::IdWanted));
    assert_eq!(check(Wanted::No, Wanted::Yes, &bare), Err(AnswerFault::BirthWanted));
    assert_eq!(
        check(Wanted::No, Wanted::Yes, &someone("Bịa")),
        Err(AnswerFault::Foreign)
    );

    let unborn = Person {
        born: Some(day(2026, 11, 23)),
        ..someone("Bịa")
    };
    assert_eq!(check(Wanted::Yes, Wanted::Yes, &unborn), Err(AnswerFault::TooLate));

    let related = PersonWants {
        relations: vec![Choice {
            id: "con".to_owned(),
            words: Words::vietnamese("Con"),
        }],
        ..wants(Wanted::No, Wanted::No)
    };
    let child = |relation: Option<&str>| Person {
        relation: relation.map(str::to_owned),
        ..bare.clone()
    };
    assert_eq!(check_person(&related, &child(Some("con")), TODAY), Ok(()));
    assert_eq!(
        check_person(&related, &child(None), TODAY),
        Err(AnswerFault::RelationWanted)
    );
    assert_eq!(
        check_person(&related, &child(Some("vợ")), TODAY),
        Err(AnswerFault::Foreign)
    );
}

#[test]
fn a_list_of_people_has_bounds_and_each_of_them_is_checked() {
    let list = |names: &[&str]| {
        let kind = QuestionKind::People {
            at_least: 1,
            at_most: 2,
            wants: wants(Wanted::Yes, Wanted::Yes),
        };
        fits(kind, &Answer::People(names.iter().map(|name| someone(name)).collect()))
    };
    assert_eq!(list(&["Một", "Hai"]), Ok(()));
    assert_eq!(list(&[]), Err(AnswerFault::Empty));
    assert_eq!(list(&["Một", "Hai", "Ba"]), Err(AnswerFault::TooMany));
    assert_eq!(list(&["Một", "2"]), Err(AnswerFault::NameWanted));
}

#[test]
fn a_month_is_told_from_a_year() {
    let kind = || QuestionKind::Date {
        earliest: None,
        latest: None,
        precision: DatePrecision::Month,
    };
    let date = |date| fits(kind(), &Answer::Date(date));
    assert_eq!(date(PartialDate::Year { year: 2000 }), Err(AnswerFault::MonthWanted));
    assert_eq!(date(PartialDate::Month { year: 2000, month: 2 }), Ok(()));
    assert_eq!(date(day(2000, 2, 29)), Ok(()));
    assert_eq!(
        date(PartialDate::Month { year: 12, month: 2 }),
        Err(AnswerFault::NoSuchDate)
    );
}

#[test]
fn a_question_of_before_is_read_with_its_precision() {
    let before = r#"{"id":"q","ask":{"vi":"Hỏi","en":null},"hint":null,
        "kind":{"kind":"date","earliest":null,"latest":"today","year_only_allowed":true}}"#;
    let question: Question = serde_json::from_str(before).unwrap();
    assert_eq!(
        question.kind,
        QuestionKind::Date {
            earliest: None,
            latest: Some(DateBound::Today),
            precision: DatePrecision::Year,
        }
    );
    let again: Question = serde_json::from_str(&serde_json::to_string(&question).unwrap()).unwrap();
    assert_eq!(again, question);
}
