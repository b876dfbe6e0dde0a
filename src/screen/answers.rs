//! Answers as they may stand on a page. What is personal is masked unless it is held.

use super::frame::shared;
use super::questions;
use crate::citizen::{CitizenId, date_text, mask_date, mask_name};
use crate::dossier::{Draft, Missing};
use crate::form::{Address, Answer, Choice, Person, PersonWants, Question, QuestionKind};
use crate::procedure::Language;
use crate::session::Held;

/// Digits of a masked number that are seen.
const SEEN_DIGITS: usize = 3;

/// A row for each question that is asked; those that are missing something are marked.
pub fn rows(draft: &Draft, missing: &[Missing], held: Held, language: Language) -> Vec<ui::ReviewRow> {
    let wants = |question: &Question| {
        missing.iter().any(|missing| match missing {
            Missing::Answer { question: id, .. } => *id == question.id,
            Missing::Paper { .. } | Missing::Consent | Missing::Signature => false,
        })
    };
    let form = draft.form();
    form.asked()
        .map(|(_, question)| ui::ReviewRow {
            row: ui::RowName::Answer,
            said: match form.answers().get(question.id.as_str()) {
                Some(Answer::YesNo(said)) => questions::said(*said),
                Some(_) | None => ui::Said::Nothing,
            },
            label: question.ask.of(language).into(),
            value: shared(
                form.answers()
                    .get(question.id.as_str())
                    .map(|answer| text(question, answer, held, language))
                    .unwrap_or_default(),
            ),
            pages: 0,
            edit: question.id.as_str().into(),
            missing: wants(question),
        })
        .collect()
}

/// Choices are no secret of the hall; the rest is masked like what is on the card. "Yes" and "no" are words of the page.
pub fn text(question: &Question, answer: &Answer, held: Held, language: Language) -> String {
    let whole = held == Held::Whole;
    match answer {
        Answer::Choice(id) => chosen(question.kind.choices(), std::slice::from_ref(id), language),
        Answer::Many(ids) => chosen(question.kind.choices(), ids, language),
        Answer::YesNo(_) => String::new(),
        Answer::Text(text) if whole => text.clone(),
        Answer::Text(text) => mask_name(text),
        Answer::Number(digits) if whole => digits.clone(),
        Answer::Phone(digits) if whole => groups_of_phone(digits),
        Answer::Number(digits) | Answer::Phone(digits) => masked_digits(digits),
        Answer::Money(dong) if whole => format!("{} đ", grouped(&dong.to_string(), language)),
        Answer::Money(_) => "•••".to_owned(),
        Answer::Date(date) if whole => date_text(*date),
        Answer::Date(date) => mask_date(*date),
        Answer::Person(someone) => person(someone, wants(&question.kind), held, language),
        Answer::Address(address) => place(address, held),
        Answer::People(people) => {
            let people = people
                .iter()
                .map(|one| person(one, wants(&question.kind), held, language));
            people.collect::<Vec<_>>().join("; ")
        }
    }
}

/// What is asked of the people of a question, if it is one of people.
pub fn wants(kind: &QuestionKind) -> Option<&PersonWants> {
    match kind {
        QuestionKind::Person(wants) | QuestionKind::People { wants, .. } => Some(wants),
        QuestionKind::Choice { .. }
        | QuestionKind::Many { .. }
        | QuestionKind::Text { .. }
        | QuestionKind::Number { .. }
        | QuestionKind::Money { .. }
        | QuestionKind::Date { .. }
        | QuestionKind::Phone
        | QuestionKind::Address
        | QuestionKind::YesNo => None,
    }
}

/// The words of what was chosen, in the order of the choices.
pub fn chosen(choices: &[Choice], ids: &[String], language: Language) -> String {
    let words = choices.iter().filter(|choice| ids.contains(&choice.id));
    let words: Vec<&str> = words.map(|choice| choice.words.of(language)).collect();
    words.join(", ")
}

fn masked_digits(digits: &str) -> String {
    let hidden = digits.chars().count().saturating_sub(SEEN_DIGITS);
    let seen: String = digits.chars().skip(hidden).collect();
    format!("{}{seen}", "•".repeat(hidden))
}

pub fn name(person: &Person, held: Held) -> String {
    match held {
        Held::Whole => person.name.clone(),
        Held::Masked => mask_name(&person.name),
    }
}

pub fn id(id: &CitizenId, held: Held) -> String {
    match held {
        Held::Whole => id.as_str().to_owned(),
        Held::Masked => id.masked(),
    }
}

/// What is known of a person beside the name, one after the other.
pub fn more(person: &Person, wants: Option<&PersonWants>, held: Held, language: Language) -> String {
    let whole = held == Held::Whole;
    let relation = wants.zip(person.relation.as_ref());
    let relation = relation.map(|(wants, id)| chosen(&wants.relations, std::slice::from_ref(id), language));
    let born = person
        .born
        .map(|born| if whole { date_text(born) } else { mask_date(born) });
    let parts = [relation, born, person.id.as_ref().map(|number| id(number, held))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn person(one: &Person, wants: Option<&PersonWants>, held: Held, language: Language) -> String {
    let more = more(one, wants, held, language);
    let name = name(one, held);
    if more.is_empty() {
        name
    } else {
        format!("{name} · {more}")
    }
}

/// Only the province is shown of an address that is masked.
pub fn place(address: &Address, held: Held) -> String {
    let (commune, province) = (&address.commune.name, &address.province.name);
    match held {
        Held::Masked => format!("•••, {province}"),
        Held::Whole if address.detail.is_empty() => format!("{commune}, {province}"),
        Held::Whole => format!("{}, {commune}, {province}", address.detail),
    }
}

/// A telephone as it is read aloud: 0912 345 678, 0210 3 846 123.
pub fn groups_of_phone(digits: &str) -> String {
    spaced(digits, &[4, 3, 4])
}

/// The number of a card: 079 061 000 023.
pub fn groups_of_id(digits: &str) -> String {
    spaced(digits, &[3, 3, 3, 3])
}

/// The last group takes what is left.
fn spaced(digits: &str, groups: &[usize]) -> String {
    let mut text = String::new();
    let mut ends = groups.iter().scan(0, |end, group| {
        *end += group;
        Some(*end)
    });
    let mut end = ends.next();
    for (at, digit) in digits.chars().enumerate() {
        if end.is_some_and(|end| at == end) {
            text.push(' ');
            end = ends.next();
        }
        text.push(digit);
    }
    text
}

/// A sum as it is written: 1.500.000 in Vietnamese, 1,500,000 in English. A leading zero is no part of it.
pub fn grouped(digits: &str, language: Language) -> String {
    let between = match language {
        Language::Vietnamese => '.',
        Language::English => ',',
    };
    let digits = match digits.trim_start_matches('0') {
        "" if !digits.is_empty() => "0",
        digits => digits,
    };
    let count = digits.chars().count();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (count - at).is_multiple_of(3) {
            text.push(between);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_groups() {
        assert_eq!(groups_of_phone("0912345678"), "0912 345 678");
        assert_eq!(groups_of_phone("02103846123"), "0210 384 6123");
        assert_eq!(groups_of_phone("0912"), "0912");
        assert_eq!(groups_of_id("07906100002"), "079 061 000 02");
        assert_eq!(grouped("1500000", Language::Vietnamese), "1.500.000");
        assert_eq!(grouped("1500000", Language::English), "1,500,000");
        assert_eq!(grouped("007", Language::Vietnamese), "7");
        assert_eq!(grouped("0", Language::Vietnamese), "0");
        assert_eq!(grouped("", Language::Vietnamese), "");
    }

    #[test]
    fn a_masked_number_shows_its_end() {
        assert_eq!(masked_digits("0912345678"), "•••••••678");
        assert_eq!(masked_digits("12"), "12");
    }
}
