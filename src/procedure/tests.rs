use super::*;
use crate::form::{Choice, DateBound};

fn question(id: &str, kind: QuestionKind) -> Question {
    Question {
        id: id.to_owned(),
        ask: Words::vietnamese("Hỏi"),
        hint: None,
        kind,
    }
}

fn choices(count: usize) -> QuestionKind {
    let choice = |n| Choice {
        id: format!("c{n}"),
        words: Words::vietnamese("Chọn"),
    };
    QuestionKind::Choice {
        choices: (0..count).map(choice).collect(),
    }
}

fn paper(code: &str, pages: PageCount) -> Paper {
    Paper {
        code: code.parse().unwrap(),
        name: Words::vietnamese("Tờ khai"),
        hint: None,
        form: PaperForm::Original,
        pages,
        required: true,
    }
}

fn procedure(code: &str) -> Procedure {
    Procedure {
        code: code.parse().unwrap(),
        name: Words::new("Đăng ký khai sinh", "Birth registration"),
        field: Field {
            code: "G10-TP01".parse().unwrap(),
            name: Words::vietnamese("Hộ tịch"),
        },
        result: Words::vietnamese("Giấy khai sinh"),
        papers: vec![paper("KS-01", PageCount::Any)],
        questions: vec![question(
            "phone",
            QuestionKind::Number {
                digits_min: 10,
                digits_max: 10,
            },
        )],
        fee_dong: 0,
        working_days: 1,
        working_days_online: None,
        level: ServiceLevel::Whole,
        receiving_agency: Words::vietnamese("UBND xã"),
        deciding_agency: Words::vietnamese("UBND xã"),
    }
}

#[test]
fn words_without_english_are_shown_in_vietnamese() {
    assert_eq!(Words::vietnamese("Lệ phí").of(Language::English), "Lệ phí");
    assert_eq!(Words::new("Lệ phí", "Fee").of(Language::English), "Fee");
    assert_eq!(Words::new("Lệ phí", "Fee").of(Language::Vietnamese), "Lệ phí");
}

#[test]
fn codes_of_the_national_list_are_codes_and_a_path_is_not() {
    for good in ["1.001193", "2.000635", "3.000181.000.00.00.H22"] {
        assert_eq!(good.parse::<ProcedureCode>().unwrap().as_str(), good);
    }
    for bad in ["", "1/2", "../1", "mã", "1 2", &"9".repeat(65)] {
        assert_eq!(bad.parse::<ProcedureCode>(), Err(NotACode), "{bad}");
    }
}

#[test]
fn a_catalogue_survives_being_stored() {
    let catalogue = Catalogue::new(vec![procedure("1.001193"), procedure("2.000635")]).unwrap();
    let text = serde_json::to_string(&catalogue).unwrap();
    assert_eq!(serde_json::from_str::<Catalogue>(&text).unwrap(), catalogue);
    assert_eq!(
        catalogue.procedure(&"2.000635".parse().unwrap()),
        Some(&procedure("2.000635"))
    );
}

#[test]
fn a_stored_catalogue_with_a_procedure_twice_is_not_read() {
    let text = serde_json::to_string(&[procedure("1.001193"), procedure("1.001193")]).unwrap();
    assert!(serde_json::from_str::<Catalogue>(&text).is_err());
}

#[test]
fn a_question_that_nobody_can_answer_keeps_its_procedure_out() {
    let today = DateBound::Today;
    let day = |text: &str| Some(DateBound::On(text.parse().unwrap()));
    let dated = |earliest, latest| QuestionKind::Date {
        earliest,
        latest,
        year_only_allowed: false,
    };

    let impossible = [
        choices(0),
        choices(7),
        QuestionKind::Number {
            digits_min: 0,
            digits_max: 4,
        },
        QuestionKind::Number {
            digits_min: 5,
            digits_max: 4,
        },
        QuestionKind::Number {
            digits_min: 5,
            digits_max: 99,
        },
        dated(day("2026-01-02"), day("2026-01-01")),
    ];
    for kind in impossible {
        let mut procedure = procedure("1.001193");
        procedure.questions = vec![question("q", kind)];
        assert_eq!(procedure.check(), Err(ProcedureFault::ImpossibleQuestion));
    }

    for kind in [
        choices(6),
        dated(day("2026-01-01"), day("2026-01-01")),
        dated(Some(today), None),
    ] {
        let mut procedure = procedure("1.001193");
        procedure.questions = vec![question("q", kind)];
        assert_eq!(procedure.check(), Ok(()));
    }
}

#[test]
fn papers_and_questions_are_told_apart_by_their_codes() {
    let mut twice = procedure("1.001193");
    twice.papers.push(paper("KS-01", PageCount::Exactly(1)));
    assert_eq!(twice.check(), Err(ProcedureFault::SamePaperTwice));

    let mut twice = procedure("1.001193");
    twice.questions.push(question("phone", choices(2)));
    assert_eq!(twice.check(), Err(ProcedureFault::SameQuestionTwice));

    let mut pageless = procedure("1.001193");
    pageless.papers = vec![paper("KS-01", PageCount::Exactly(0))];
    assert_eq!(pageless.check(), Err(ProcedureFault::ImpossiblePages));
}
