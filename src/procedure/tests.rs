use std::sync::Arc;

use super::*;
use crate::form::{Choice, DateBound, DatePrecision, FormFault, QuestionFault, QuestionKind};

fn question(id: &str, kind: QuestionKind) -> Question {
    Question::new(id, Words::vietnamese("Hỏi"), kind)
}

fn fault(question: &str, what: QuestionFault) -> ProcedureFault {
    ProcedureFault::Form(FormFault {
        question: question.to_owned(),
        what,
    })
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
        condition: Condition::None,
    }
}

fn procedure(code: &str) -> Procedure {
    Procedure {
        code: code.parse().unwrap(),
        name: Words::new("Đăng ký khai sinh", "Birth registration"),
        official_name: "Thủ tục đăng ký khai sinh".into(),
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
        fees: vec![],
        pays_online: false,
        transfer: None,
        working_days: 1,
        working_days_online: None,
        level: ServiceLevel::Whole,
        receiving_agency: Words::vietnamese("UBND xã"),
        deciding_agency: Words::vietnamese("UBND xã"),
        filing: crate::procedure::Filing::default(),
        version: 1,
        valid: Validity::default(),
        keywords: vec![],
        events: vec![],
        asked: 0,
        elsewhere: None,
        by_post: false,
    }
}

fn event(code: &str) -> LifeEvent {
    LifeEvent {
        code: code.parse().unwrap(),
        name: Words::vietnamese("Sinh con"),
        picture: EventPicture::Baby,
    }
}

fn valid(from: Option<&str>, until: Option<&str>) -> Validity {
    let day = |text: &str| text.parse().unwrap();
    Validity {
        from: from.map(day),
        until: until.map(day),
    }
}

#[test]
fn each_day_has_its_own_version_of_a_procedure() {
    let version = |version, valid| Procedure {
        version,
        valid,
        ..procedure("1.001193")
    };
    let before = version(1, valid(None, Some("2026-11-30")));
    let after = version(2, valid(Some("2026-12-01"), None));
    let catalogue = Catalogue::new(vec![before.clone(), after.clone()], vec![]).unwrap();
    for (day, wanted) in [("2026-11-30", 1), ("2026-12-01", 2)] {
        let offered = catalogue.on(day.parse().unwrap());
        let versions: Vec<_> = offered.procedures().iter().map(|procedure| procedure.version).collect();
        assert_eq!(versions, [wanted], "{day}");
    }

    let overlapping = Procedure {
        valid: valid(Some("2026-11-30"), None),
        ..after
    };
    let code = "1.001193".parse().unwrap();
    assert_eq!(
        Catalogue::new(vec![before, overlapping], vec![]),
        Err(CatalogueFault::Twice(code))
    );
    let backwards = Procedure {
        valid: valid(Some("2026-12-02"), Some("2026-12-01")),
        ..procedure("1.001193")
    };
    assert_eq!(backwards.check(), Err(ProcedureFault::NeverValid));
}

#[test]
fn a_life_event_without_a_procedure_is_not_offered() {
    let birth = Procedure {
        events: vec!["sinh-con".parse().unwrap()],
        ..procedure("1.001193")
    };
    let catalogue = Catalogue::new(vec![birth], vec![event("sinh-con"), event("xay-nha")]).unwrap();
    let offered = catalogue.on("2026-11-22".parse().unwrap());
    assert_eq!(offered.events(), [event("sinh-con")]);
    assert_eq!(offered.of_event(&"sinh-con".parse().unwrap()).len(), 1);
    assert!(offered.of_event(&"xay-nha".parse().unwrap()).is_empty());
}

#[test]
fn what_belongs_to_no_event_stands_under_something_else() {
    let birth = Procedure {
        events: vec!["sinh-con".parse().unwrap()],
        ..procedure("1.001193")
    };
    let unknown = Procedure {
        events: vec!["la-lung".parse().unwrap()],
        ..procedure("2.000635")
    };
    let catalogue = Catalogue::new(vec![birth, unknown], vec![event("sinh-con")]).unwrap();
    let offered = catalogue.on("2026-11-22".parse().unwrap());
    let other = LifeEvent::other().unwrap();
    assert_eq!(offered.events(), [event("sinh-con"), other.clone()]);
    let codes: Vec<_> = offered
        .of_event(&other.code)
        .iter()
        .map(|found| found.code.to_string())
        .collect();
    assert_eq!(codes, ["2.000635"]);
}

#[test]
fn what_is_asked_for_most_comes_first() {
    let asked = |code, asked| Procedure {
        asked,
        ..procedure(code)
    };
    let catalogue = Catalogue::new(vec![asked("1", 5), asked("2", 90), asked("3", 5)], vec![]).unwrap();
    let codes: Vec<_> = catalogue
        .most_asked(2)
        .iter()
        .map(|procedure| procedure.code.to_string())
        .collect();
    assert_eq!(codes, ["2", "1"], "the province's order where they are even");
}

#[test]
fn what_belongs_to_an_event_before_all_others_stands_first_under_it() {
    let of = |code, events: &[&str], asked| Procedure {
        events: events.iter().map(|event| event.parse().unwrap()).collect(),
        asked,
        ..procedure(code)
    };
    let single = of("1", &["ket-hon", "nha-dat"], 180);
    let (deed, first_deed) = (of("2", &["nha-dat"], 40), of("3", &["nha-dat", "ket-hon"], 90));
    let events = vec![event("ket-hon"), event("nha-dat")];
    let catalogue = Catalogue::new(vec![single, deed, first_deed], events).unwrap();
    let found = catalogue.of_event(&"nha-dat".parse().unwrap());
    let codes: Vec<_> = found.iter().map(|procedure| procedure.code.to_string()).collect();
    assert_eq!(codes, ["3", "2", "1"]);
}

#[test]
fn a_paper_cannot_stand_for_others_alone() {
    let of_group = |code| Paper {
        condition: Condition::OneOf("nhan-than".into()),
        ..paper(code, PageCount::Any)
    };
    let with = |papers| Procedure {
        papers,
        ..procedure("1.001193")
    };
    assert_eq!(with(vec![of_group("A")]).check(), Err(ProcedureFault::GroupOfOne));
    assert_eq!(with(vec![of_group("A"), of_group("B")]).check(), Ok(()));
}

#[test]
fn what_was_kept_before_there_were_versions_is_still_read() {
    let mut kept = serde_json::to_value([procedure("1.001193")]).unwrap();
    let names = [
        "official_name",
        "version",
        "valid",
        "keywords",
        "events",
        "asked",
        "elsewhere",
    ];
    for name in names {
        assert!(kept[0].as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    assert!(
        kept[0]["papers"][0]
            .as_object_mut()
            .unwrap()
            .remove("condition")
            .is_some()
    );
    let catalogue: Catalogue = serde_json::from_value(kept).unwrap();
    assert_eq!(catalogue.procedures()[0].official(), "Đăng ký khai sinh");
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
    let catalogue = Catalogue::new(
        vec![procedure("1.001193"), procedure("2.000635")],
        vec![event("sinh-con")],
    )
    .unwrap();
    let text = serde_json::to_string(&catalogue).unwrap();
    assert_eq!(serde_json::from_str::<Catalogue>(&text).unwrap(), catalogue);
    assert_eq!(
        catalogue.procedure(&"2.000635".parse().unwrap()),
        Some(&Arc::new(procedure("2.000635")))
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
        precision: DatePrecision::Day,
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
        assert_eq!(procedure.check(), Err(fault("q", QuestionFault::NoAnswer)));
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
    assert_eq!(twice.check(), Err(fault("phone", QuestionFault::Twice)));

    let mut pageless = procedure("1.001193");
    pageless.papers = vec![paper("KS-01", PageCount::Exactly(0))];
    assert_eq!(pageless.check(), Err(ProcedureFault::ImpossiblePages));
}
