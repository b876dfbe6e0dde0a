//! Whether an answer fits its question.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::answer::tidy;
use super::{Address, Answer, Choice, DatePrecision, PartialDate, Person, PersonWants, Question, QuestionKind, Wanted};
use crate::units;

/// The longest name of a person, in letters. Names of 40 letters exist.
pub const NAME_LETTERS_MAX: usize = 80;
/// House, street and hamlet, in letters.
pub const DETAIL_LETTERS_MAX: usize = 160;

/// Why an answer cannot stand. A screen has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    #[error("Nothing was answered")]
    Empty,
    #[error("Fewer digits than asked for")]
    TooShort,
    #[error("More digits or letters than asked for")]
    TooLong,
    #[error("Fewer choices or people than asked for")]
    TooFew,
    #[error("More choices or people than asked for")]
    TooMany,
    #[error("Less money than can be")]
    TooLittle,
    #[error("More money than can be")]
    TooMuch,
    #[error("The calendar has no such date")]
    NoSuchDate,
    #[error("The day is wanted, not only the month or year")]
    DayWanted,
    #[error("The month is wanted, not only the year")]
    MonthWanted,
    #[error("The date is before the earliest allowed")]
    TooEarly,
    #[error("The date is after the latest allowed")]
    TooLate,
    #[error("No telephone in Vietnam has this number")]
    NotAPhone,
    #[error("The name of a person is missing or no name")]
    NameWanted,
    #[error("The number of the identity card is wanted")]
    IdWanted,
    #[error("The birth of a person is wanted")]
    BirthWanted,
    #[error("It is not said who the person is to the applicant")]
    RelationWanted,
    #[error("There is no such province or commune")]
    NoSuchUnit,
    /// The catalogue has changed under a draft, or a caller mixed up two questions: ask again.
    #[error("The answer belongs to another question")]
    Foreign,
}

/// Whether `answer` can stand as the answer to `question` on the day `today` in Vietnam.
///
/// # Errors
/// The first fault found. A date known to the year is too early or too late only if all its days are.
pub fn check(question: &Question, answer: &Answer, today: Date) -> Result<(), AnswerFault> {
    check_kind(&question.kind, answer, today)
}

pub(super) fn check_kind(kind: &QuestionKind, answer: &Answer, today: Date) -> Result<(), AnswerFault> {
    match (kind, answer) {
        (QuestionKind::Choice { choices }, Answer::Choice(id)) => check_choice(choices, id),
        (
            QuestionKind::Many {
                choices,
                at_least,
                at_most,
            },
            Answer::Many(ids),
        ) => check_many(choices, usize::from(*at_least)..=usize::from(*at_most), ids),
        (QuestionKind::Text { letters_max }, Answer::Text(text)) => check_text(text, usize::from(*letters_max)),
        (QuestionKind::Number { digits_min, digits_max }, Answer::Number(digits)) => {
            check_number(usize::from(*digits_min), usize::from(*digits_max), digits)
        }
        (QuestionKind::Money { dong_min, dong_max }, Answer::Money(dong)) => {
            if dong < dong_min {
                Err(AnswerFault::TooLittle)
            } else if dong > dong_max {
                Err(AnswerFault::TooMuch)
            } else {
                Ok(())
            }
        }
        (
            QuestionKind::Date {
                earliest,
                latest,
                precision,
            },
            Answer::Date(date),
        ) => {
            let bounds = (
                earliest.map(|bound| bound.on(today)),
                latest.map(|bound| bound.on(today)),
            );
            check_date(*date, bounds, *precision)
        }
        (QuestionKind::Phone, Answer::Phone(digits)) => check_phone(digits),
        (QuestionKind::Person(wants), Answer::Person(person)) => check_person(wants, person, today),
        (QuestionKind::Address, Answer::Address(address)) => check_address(address),
        (
            QuestionKind::People {
                at_least,
                at_most,
                wants,
            },
            Answer::People(people),
        ) => {
            in_number(people.len(), usize::from(*at_least)..=usize::from(*at_most))?;
            people.iter().try_for_each(|person| check_person(wants, person, today))
        }
        (QuestionKind::YesNo, Answer::YesNo(_)) => Ok(()),
        (
            QuestionKind::Choice { .. }
            | QuestionKind::Many { .. }
            | QuestionKind::Text { .. }
            | QuestionKind::Number { .. }
            | QuestionKind::Money { .. }
            | QuestionKind::Date { .. }
            | QuestionKind::Phone
            | QuestionKind::Person(_)
            | QuestionKind::Address
            | QuestionKind::People { .. }
            | QuestionKind::YesNo,
            _,
        ) => Err(AnswerFault::Foreign),
    }
}

/// Whether a person can be named as `wants` says.
///
/// # Errors
/// The first part that is wanting or wrong.
pub fn check_person(wants: &PersonWants, person: &Person, today: Date) -> Result<(), AnswerFault> {
    if !is_name(&person.name) {
        return Err(AnswerFault::NameWanted);
    }
    match (wants.id, &person.id) {
        (Wanted::Yes, None) => return Err(AnswerFault::IdWanted),
        (Wanted::No, Some(_)) => return Err(AnswerFault::Foreign),
        (Wanted::Yes | Wanted::IfKnown, Some(_)) | (Wanted::IfKnown | Wanted::No, None) => {}
    }
    match (wants.born, person.born) {
        (Wanted::Yes, None) => return Err(AnswerFault::BirthWanted),
        (Wanted::No, Some(_)) => return Err(AnswerFault::Foreign),
        (Wanted::IfKnown | Wanted::No, None) => {}
        (Wanted::Yes | Wanted::IfKnown, Some(born)) => {
            check_date(born, (Some(BORN_EARLIEST), Some(today)), DatePrecision::Year)?;
        }
    }
    match &person.relation {
        None if wants.relations.is_empty() => Ok(()),
        None => Err(AnswerFault::RelationWanted),
        Some(id) => check_choice(&wants.relations, id),
    }
}

/// Nobody alive is older, and papers of the dead that are asked for are not.
pub const BORN_EARLIEST: Date = jiff::civil::date(1850, 1, 1);

fn check_choice(choices: &[Choice], id: &str) -> Result<(), AnswerFault> {
    if id.is_empty() {
        return Err(AnswerFault::Empty);
    }
    choices
        .iter()
        .any(|choice| choice.id == id)
        .then_some(())
        .ok_or(AnswerFault::Foreign)
}

fn check_many(choices: &[Choice], bounds: RangeInclusive<usize>, ids: &[String]) -> Result<(), AnswerFault> {
    let twice = |at: usize| ids[..at].contains(&ids[at]);
    if (0..ids.len()).any(twice) {
        return Err(AnswerFault::Foreign);
    }
    ids.iter().try_for_each(|id| check_choice(choices, id))?;
    in_number(ids.len(), bounds)
}

fn in_number(count: usize, bounds: RangeInclusive<usize>) -> Result<(), AnswerFault> {
    if count < *bounds.start() {
        Err(if count == 0 {
            AnswerFault::Empty
        } else {
            AnswerFault::TooFew
        })
    } else if count > *bounds.end() {
        Err(AnswerFault::TooMany)
    } else {
        Ok(())
    }
}

fn check_text(text: &str, letters_max: usize) -> Result<(), AnswerFault> {
    if text.is_empty() {
        Err(AnswerFault::Empty)
    } else if tidy(text) != text {
        Err(AnswerFault::Foreign)
    } else if text.chars().count() > letters_max {
        Err(AnswerFault::TooLong)
    } else {
        Ok(())
    }
}

fn check_number(digits_min: usize, digits_max: usize, digits: &str) -> Result<(), AnswerFault> {
    if digits.is_empty() {
        Err(AnswerFault::Empty)
    } else if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Err(AnswerFault::Foreign)
    } else if digits.len() < digits_min {
        Err(AnswerFault::TooShort)
    } else if digits.len() > digits_max {
        Err(AnswerFault::TooLong)
    } else {
        Ok(())
    }
}

fn check_date(
    date: PartialDate,
    (earliest, latest): (Option<Date>, Option<Date>),
    precision: DatePrecision,
) -> Result<(), AnswerFault> {
    let (first, last) = date
        .span()
        // Four digits are what a year is written with.
        .filter(|(first, _)| (1000..=9999).contains(&first.year()))
        .ok_or(AnswerFault::NoSuchDate)?;
    match (precision, date) {
        (DatePrecision::Day, PartialDate::Year { .. } | PartialDate::Month { .. }) => {
            return Err(AnswerFault::DayWanted);
        }
        (DatePrecision::Month, PartialDate::Year { .. }) => return Err(AnswerFault::MonthWanted),
        (DatePrecision::Year, _)
        | (DatePrecision::Month, PartialDate::Month { .. } | PartialDate::Day { .. })
        | (DatePrecision::Day, PartialDate::Day { .. }) => {}
    }
    if earliest.is_some_and(|earliest| last < earliest) {
        Err(AnswerFault::TooEarly)
    } else if latest.is_some_and(|latest| first > latest) {
        Err(AnswerFault::TooLate)
    } else {
        Ok(())
    }
}

/// Mobile numbers have ten digits and begin with 03, 05, 07, 08 or 09, those of a house eleven and begin with 02
/// (TT 22/2014/TT-BTTTT and the change of mobile prefixes of 2018).
fn check_phone(digits: &str) -> Result<(), AnswerFault> {
    let length = match digits.as_bytes() {
        [] => return Err(AnswerFault::Empty),
        [b'0', b'2', ..] => 11,
        [b'0', b'3' | b'5' | b'7' | b'8' | b'9', ..] | [b'0'] => 10,
        _ => return Err(AnswerFault::NotAPhone),
    };
    check_number(length, length, digits)
}

/// A number that a SIM has.
///
/// # Errors
/// It has not so many digits, or is one of a house.
pub fn check_mobile(digits: &str) -> Result<(), AnswerFault> {
    if digits.starts_with("02") {
        return Err(AnswerFault::NotAPhone);
    }
    check_phone(digits)
}

fn check_address(address: &Address) -> Result<(), AnswerFault> {
    let is_named = |name: &str| !name.is_empty() && tidy(name) == name;
    // Names may be those of another day, codes must be known.
    if units::commune(&address.province.code, &address.commune.code).is_none() {
        return Err(AnswerFault::NoSuchUnit);
    }
    if !is_named(&address.province.name) || !is_named(&address.commune.name) {
        return Err(AnswerFault::NoSuchUnit);
    }
    match check_text(&address.detail, DETAIL_LETTERS_MAX) {
        Err(AnswerFault::Empty) => Ok(()),
        checked => checked,
    }
}

/// Letters, with the apostrophes, hyphens and dots that names have: "H'Hen Niê", "Y-Bham".
fn is_name(name: &str) -> bool {
    // Some letters of Ê Đê and Gia Rai have a mark that cannot be composed.
    let is_mark = unicode_normalization::char::is_combining_mark;
    let fits = |c: char| c.is_alphabetic() || is_mark(c) || matches!(c, ' ' | '\'' | '’' | '-' | '.');
    name.chars().count() <= NAME_LETTERS_MAX
        && name.chars().any(char::is_alphabetic)
        && name.chars().all(fits)
        && tidy(name) == name
}
