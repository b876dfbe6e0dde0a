mod kinds;
mod walking;

use super::*;

const TODAY: Date = jiff::civil::date(2026, 11, 22);

fn ask(kind: QuestionKind) -> Question {
    Question::new("q", Words::vietnamese("Hỏi"), kind)
}

fn number(digits: &str) -> Result<(), AnswerFault> {
    check(
        &ask(QuestionKind::Number {
            digits_min: 9,
            digits_max: 11,
        }),
        &Answer::Number(digits.to_owned()),
        TODAY,
    )
}

fn date(year_only_allowed: bool, date: PartialDate) -> Result<(), AnswerFault> {
    let earliest = Some(DateBound::On(jiff::civil::date(1926, 7, 1)));
    let kind = QuestionKind::Date {
        earliest,
        latest: Some(DateBound::Today),
        precision: if year_only_allowed {
            DatePrecision::Year
        } else {
            DatePrecision::Day
        },
    };
    check(&ask(kind), &Answer::Date(date), TODAY)
}

fn day(year: i16, month: i8, day: i8) -> PartialDate {
    PartialDate::Day { year, month, day }
}

#[test]
fn a_number_is_counted_in_digits_with_its_leading_zeros() {
    assert_eq!(number("0912345678"), Ok(()));
    assert_eq!(number("091234567"), Ok(()));
    assert_eq!(number(""), Err(AnswerFault::Empty));
    assert_eq!(number("09123456"), Err(AnswerFault::TooShort));
    assert_eq!(number("091234567890"), Err(AnswerFault::TooLong));
    assert_eq!(number("09-1234567"), Err(AnswerFault::Foreign));
    assert_eq!(number("٠٩١٢٣٤٥٦٧٨"), Err(AnswerFault::Foreign));
}

#[test]
fn a_choice_must_be_one_of_those_offered() {
    let question = ask(QuestionKind::Choice {
        choices: vec![Choice {
            id: "nam".to_owned(),
            words: Words::new("Nam", "Male"),
        }],
    });
    let pick = |id: &str| check(&question, &Answer::Choice(id.to_owned()), TODAY);
    assert_eq!(pick("nam"), Ok(()));
    assert_eq!(pick(""), Err(AnswerFault::Empty));
    assert_eq!(pick("khác"), Err(AnswerFault::Foreign));
}

#[test]
fn a_date_that_the_calendar_does_not_have_is_told_as_such() {
    assert_eq!(date(false, day(2024, 2, 29)), Ok(()));
    assert_eq!(date(false, day(2026, 2, 29)), Err(AnswerFault::NoSuchDate));
    assert_eq!(date(false, day(2026, 13, 1)), Err(AnswerFault::NoSuchDate));
    assert_eq!(
        date(true, PartialDate::Month { year: 2000, month: 0 }),
        Err(AnswerFault::NoSuchDate)
    );
    assert_eq!(
        date(true, PartialDate::Year { year: 19_000 }),
        Err(AnswerFault::NoSuchDate)
    );
}

#[test]
fn both_ends_of_a_span_of_dates_belong_to_it() {
    assert_eq!(date(false, day(2026, 11, 22)), Ok(()));
    assert_eq!(date(false, day(2026, 11, 23)), Err(AnswerFault::TooLate));
    assert_eq!(date(false, day(1926, 7, 1)), Ok(()));
    assert_eq!(date(false, day(1926, 6, 30)), Err(AnswerFault::TooEarly));
}

#[test]
fn a_year_alone_stands_only_where_it_is_allowed() {
    let year = |year| PartialDate::Year { year };
    assert_eq!(date(true, year(1950)), Ok(()));
    assert_eq!(date(false, year(1950)), Err(AnswerFault::DayWanted));
    // Part of 1926 and part of 2026 are inside.
    assert_eq!(date(true, year(1926)), Ok(()));
    assert_eq!(date(true, year(2026)), Ok(()));
    assert_eq!(date(true, year(1925)), Err(AnswerFault::TooEarly));
    assert_eq!(date(true, year(2027)), Err(AnswerFault::TooLate));
    assert_eq!(
        date(true, PartialDate::Month { year: 2026, month: 12 }),
        Err(AnswerFault::TooLate)
    );
}

#[test]
fn an_answer_to_another_question_does_not_stand() {
    let question = ask(QuestionKind::Number {
        digits_min: 1,
        digits_max: 2,
    });
    assert_eq!(
        check(&question, &Answer::Date(day(2000, 1, 1)), TODAY),
        Err(AnswerFault::Foreign)
    );
}

#[test]
fn an_answer_cannot_be_read_from_its_debug_text() {
    let shown = format!(
        "{:?} {:?}",
        Answer::Number("0912345678".to_owned()),
        Answer::Date(day(1950, 1, 2))
    );
    assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
}

#[test]
fn an_answer_survives_being_stored() {
    for answer in [
        Answer::Choice("nam".to_owned()),
        Answer::Number("007".to_owned()),
        Answer::Date(PartialDate::Year { year: 1950 }),
        Answer::Date(day(2000, 2, 29)),
    ] {
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer);
    }
}
