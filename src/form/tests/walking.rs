//! Which questions are asked.

use std::collections::BTreeMap;

use super::*;

fn yes_no(id: &str, when: Option<When>) -> Question {
    Question {
        when,
        ..Question::new(id, Words::vietnamese("Hỏi"), QuestionKind::YesNo)
    }
}

fn said(question: &str, answer: YesNo) -> When {
    When::Said {
        question: question.to_owned(),
        answer,
    }
}

/// `b` hangs on `a`, `c` on `b`; `d` is asked where `b` was not answered with yes.
fn questions() -> Vec<Question> {
    vec![
        yes_no("a", None),
        yes_no("b", Some(said("a", YesNo::Yes))),
        yes_no("c", Some(said("b", YesNo::Yes))),
        yes_no("d", Some(When::Not(Box::new(said("b", YesNo::Yes))))),
    ]
}

fn answers(said: &[(&str, YesNo)]) -> BTreeMap<String, Answer> {
    let answer = |(id, said): &(&str, YesNo)| ((*id).to_owned(), Answer::YesNo(*said));
    said.iter().map(answer).collect()
}

#[test]
fn an_answer_that_is_no_longer_asked_for_opens_nothing() {
    use YesNo::{No, Yes};
    for (given, asked) in [
        (vec![], vec!["a", "d"]),
        (vec![("a", Yes)], vec!["a", "b", "d"]),
        (vec![("a", Yes), ("b", Yes)], vec!["a", "b", "c"]),
        // As after a change of the first answer.
        (vec![("a", No), ("b", Yes), ("c", Yes)], vec!["a", "d"]),
    ] {
        let (questions, answers) = (questions(), answers(&given));
        let form = Form::new(&questions, &answers);
        let ids: Vec<_> = form.asked().map(|(_, question)| question.id.as_str()).collect();
        assert_eq!(ids, asked, "{given:?}");
        assert!(form.answers().keys().all(|id| form.is_asked(id)));
    }
}

#[test]
fn one_goes_on_and_back_over_what_is_asked() {
    let (questions, answers) = (questions(), answers(&[("a", YesNo::No)]));
    let form = Form::new(&questions, &answers);
    assert_eq!(
        (form.first(), form.next_after(0), form.next_after(3)),
        (Some(0), Some(3), None)
    );
    assert_eq!((form.last_before(3), form.last_before(0)), (Some(0), None));
}

#[test]
fn all_faults_are_named_at_once_and_what_is_optional_may_be_left_out() {
    let mut questions = questions();
    questions[0].optional = true;
    questions.push(Question::new("e", Words::vietnamese("Hỏi"), QuestionKind::Phone));
    let mut answers = answers(&[]);
    answers.insert("e".to_owned(), Answer::Phone("0".to_owned()));
    let form = Form::new(&questions, &answers);
    let faults: Vec<_> = form
        .faults(TODAY)
        .into_iter()
        .map(|(question, fault)| (question.id.as_str(), fault))
        .collect();
    assert_eq!(faults, [("d", AnswerFault::Empty), ("e", AnswerFault::TooShort)]);
}
