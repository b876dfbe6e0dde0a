//! Forms that cannot be walked to their end: the catalogue is refused whole, and the place is named.

use super::*;

fn yes_no(id: &str, when: Value) -> Value {
    json!({ "MaCauHoi": id, "CauHoi": "Có không?", "Kieu": "co-khong", "DieuKien": when })
}

fn said(id: &str) -> Value {
    json!({ "CauHoi": id, "La": true })
}

fn choice(id: &str) -> Value {
    json!({ "MaCauHoi": id, "CauHoi": "Chọn gì?", "Kieu": "chon", "LuaChon": [
        { "Ma": "mot", "Ten": "Một" }, { "Ma": "hai", "Ten": "Hai" },
    ] })
}

fn one_of(id: &str, of: &[&str]) -> Value {
    json!({ "CauHoi": id, "LaMotTrong": of })
}

fn with(questions: Value) -> Result<Catalogue, NoCatalogue> {
    let mut bad = procedure(1, None, None);
    bad["MaTTHC"] = json!("2.000635");
    bad["DanhSachCauHoi"] = questions;
    catalogue(&json!({ "DanhSachTTHC": [procedure(1, None, None), bad] }))
}

fn place(questions: Value) -> String {
    match with(questions) {
        Err(NoCatalogue::Faulty(place)) => place,
        other => panic!("{other:?}"),
    }
}

/// Each of these is refused, with words that say what is wrong with which question.
fn are_refused<const CASES: usize>(cases: [(Value, &str); CASES]) {
    for (questions, what) in cases {
        let place = place(questions.clone());
        let named = place.starts_with("2.000635: ")
            && ["question q", "question _q"]
                .iter()
                .any(|id| place.to_lowercase().contains(id));
        assert!(named && place.contains(what), "{place} for {questions}");
    }
}

#[test]
fn each_fault_in_what_hangs_on_what_is_named_with_its_procedure_and_question() {
    are_refused([
        (json!([yes_no("q", Value::Null), yes_no("q", Value::Null)]), "same id"),
        (json!([yes_no("_q", Value::Null)]), "those of the kiosk"),
        (
            json!([yes_no("q", said("r")), yes_no("r", Value::Null)]),
            "r, which is asked later",
        ),
        (json!([yes_no("q", said("q"))]), "on itself by way of q"),
        (
            json!([yes_no("q", said("r")), yes_no("r", said("q"))]),
            "on itself by way of r",
        ),
        (json!([yes_no("q", said("x"))]), "x, which nobody is asked"),
        (
            json!([choice("r"), yes_no("q", one_of("r", &["mot", "ba"]))]),
            "a choice that r does not have",
        ),
        (json!([choice("r"), yes_no("q", said("r"))]), "how r is answered"),
        (
            json!([yes_no("r", Value::Null), yes_no("q", one_of("r", &["mot"]))]),
            "how r is answered",
        ),
        (json!([choice("r"), yes_no("q", one_of("r", &[]))]), "can never hold"),
        (
            json!([
                choice("r"),
                yes_no("q", json!({ "TatCa": [one_of("r", &["mot"]), one_of("r", &["hai"])] }))
            ]),
            "can never hold",
        ),
        (
            // The second is asked only where the first was answered with yes.
            json!([
                yes_no("a", Value::Null),
                yes_no("b", said("a")),
                yes_no("q", json!({ "TatCa": [said("b"), { "Khong": said("a") }] }))
            ]),
            "can never hold",
        ),
        (json!([yes_no("q", json!({ "KichBan": "1 + 1" }))]), "not known"),
        (json!([yes_no("q", json!({ "CauHoi": "q" }))]), "not known"),
    ]);
}

#[test]
fn each_question_that_nobody_can_answer_is_named_with_its_procedure() {
    let kind = |kind: Value| {
        let mut question = json!({ "MaCauHoi": "q", "CauHoi": "Gì?" });
        question
            .as_object_mut()
            .unwrap()
            .extend(kind.as_object().unwrap().clone());
        json!([question])
    };
    let people = |least: u8, most: u8, relations: Value| {
        json!({ "Kieu": "danh-sach-nguoi", "ItNhat": least, "NhieuNhat": most,
            "Nguoi": { "SoDinhDanh": "khong", "NgaySinh": "khong", "QuanHe": relations } })
    };
    let twice = json!([{ "Ma": "con", "Ten": "Con" }, { "Ma": "con", "Ten": "Con nữa" }]);
    let prefilled = |from: Value| {
        let mut question = yes_no("q", Value::Null);
        question["DienSan"] = from;
        json!([question])
    };
    are_refused([
        (kind(json!({ "Kieu": "ve-tranh" })), "ve-tranh"),
        (kind(json!({ "Kieu": "chon", "LuaChon": [] })), "no answer"),
        (
            kind(json!({ "Kieu": "tien", "SoTienItNhat": 2, "SoTienNhieuNhat": 1 })),
            "no answer",
        ),
        (kind(json!({ "Kieu": "chu", "SoKyTuNhieuNhat": 0 })), "no answer"),
        (
            kind(json!({ "Kieu": "so", "SoChuSoItNhat": 3, "SoChuSoNhieuNhat": 2 })),
            "no answer",
        ),
        (kind(people(3, 2, json!([]))), "no answer"),
        (kind(people(1, 0, json!([]))), "no answer"),
        (kind(people(1, 2, twice)), "no answer"),
        (prefilled(json!({ "Nguon": "the", "Muc": "ho-ten" })), "does not fit"),
        (
            prefilled(json!({ "Nguon": "cau-tra-loi", "CauHoi": "sau" })),
            "sau, which nobody is asked",
        ),
        (
            prefilled(json!({ "Nguon": "du-lieu", "GiaTri": "có" })),
            "true or false",
        ),
    ]);
}

#[test]
fn a_condition_that_is_too_large_to_be_proved_is_refused_and_one_of_usual_size_is_not() {
    let of_size = |count: usize| {
        let ids: Vec<String> = (0..count).map(|at| format!("r{at}")).collect();
        let mut questions: Vec<Value> = ids.iter().map(|id| choice(id)).collect();
        // Can hold only for the last of all answers that are tried.
        let all: Vec<Value> = ids.iter().map(|id| one_of(id, &["hai"])).collect();
        questions.push(yes_no("q", json!({ "TatCa": all })));
        json!(questions)
    };
    assert!(with(of_size(10)).is_ok());
    assert!(place(of_size(30)).contains("larger than can be proved"));

    let mut deep = said("r");
    (0..9).for_each(|_| deep = json!({ "Khong": deep }));
    assert!(place(json!([yes_no("r", Value::Null), yes_no("q", deep)])).contains("larger than can be proved"));
    let many: Vec<Value> = (0..41).map(|at| yes_no(&format!("q{at}"), Value::Null)).collect();
    assert!(place(json!(many)).contains("after 40 others"));
}

#[test]
fn what_holds_under_some_answers_is_taken_as_it_was_written() {
    let questions = json!([
        choice("r"),
        yes_no("a", one_of("r", &["mot"])),
        yes_no(
            "b",
            json!({ "MotTrong": [{ "Khong": said("a") }, one_of("r", &["hai"])] })
        ),
    ]);
    let catalogue = with(questions).unwrap();
    let questions = &catalogue.procedures()[1].questions;
    assert!(questions[0].when.is_none());
    assert_eq!(questions[2].when.as_ref().unwrap().questions(), ["a", "r"]);
}
