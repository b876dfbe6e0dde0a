//! The page of one question, and of what is typed from the front of a card.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::lists::Lists;
use crate::form::{AnswerFault, DatePrecision, QuestionKind};
use crate::procedure::Language;
use crate::session::handing::asking::{Asking, Entry};
use crate::session::handing::typing::{Asked, Typing};
use crate::session::{DatePart, YearOnly};

pub fn fill(kiosk: &Kiosk, lists: &Lists, asking: Option<&Asking>, language: Language) {
    let page = kiosk.global::<ui::QuestionPage>();
    let Some(asking) = asking else {
        page.set_digits(SharedString::new());
        page.set_day(SharedString::new());
        page.set_month(SharedString::new());
        page.set_year(SharedString::new());
        lists.choices.set(vec![]);
        return;
    };
    let question = asking.question();
    page.set_card_field(ui::CardField::None);
    page.set_ask(question.ask.of(language).into());
    page.set_hint(
        question
            .hint
            .as_ref()
            .map(|hint| hint.of(language))
            .unwrap_or_default()
            .into(),
    );
    page.set_error(answer_error(asking.fault));

    match (&question.kind, &asking.entry) {
        (QuestionKind::Choice { choices }, Entry::Choice(chosen)) => {
            page.set_kind(ui::QuestionKind::Choice);
            let row = |choice: &crate::form::Choice| ui::ChoiceView {
                id: choice.id.as_str().into(),
                label: choice.words.of(language).into(),
                chosen: chosen.as_ref() == Some(&choice.id),
            };
            lists.choices.set(choices.iter().map(row).collect());
        }
        (kind, entry) => {
            let year_only_allowed = matches!(
                kind,
                QuestionKind::Date {
                    precision: DatePrecision::Year,
                    ..
                }
            );
            fill_typed(&page, entry, year_only_allowed);
        }
    }
}

/// Personal: taken off again with the next page.
pub fn fill_typing(kiosk: &Kiosk, typing: &Typing) {
    let page = kiosk.global::<ui::QuestionPage>();
    page.set_card_field(match typing.asked {
        Asked::Number => ui::CardField::Number,
        Asked::Birth { .. } => ui::CardField::Birth,
        Asked::Expiry { .. } => ui::CardField::Expiry,
    });
    page.set_error(answer_error(typing.fault));
    fill_typed(&page, &typing.entry, matches!(typing.asked, Asked::Birth { .. }));
}

/// What is typed of the person for whom one files. Personal.
pub fn fill_other(kiosk: &Kiosk, field: ui::CardField, entry: &Entry, fault: Option<AnswerFault>) {
    let page = kiosk.global::<ui::QuestionPage>();
    page.set_card_field(field);
    page.set_error(answer_error(fault));
    fill_typed(&page, entry, field == ui::CardField::OtherBirth);
}

fn fill_typed(page: &ui::QuestionPage, entry: &Entry, year_only_allowed: bool) {
    match entry {
        Entry::Choice(_) => {}
        Entry::Number(digits) => {
            page.set_kind(ui::QuestionKind::Number);
            page.set_digits(digits.as_str().into());
        }
        Entry::Date {
            day,
            month,
            year,
            part,
            year_only,
        } => {
            page.set_kind(ui::QuestionKind::Date);
            page.set_day(day.as_str().into());
            page.set_month(month.as_str().into());
            page.set_year(year.as_str().into());
            page.set_date_part(match part {
                DatePart::Day => ui::DatePart::Day,
                DatePart::Month => ui::DatePart::Month,
                DatePart::Year => ui::DatePart::Year,
            });
            page.set_year_only(*year_only == YearOnly::Yes);
            page.set_year_only_allowed(year_only_allowed);
        }
    }
}

fn answer_error(fault: Option<AnswerFault>) -> ui::AnswerError {
    match fault {
        None => ui::AnswerError::None,
        Some(
            AnswerFault::Empty
            | AnswerFault::DayWanted
            | AnswerFault::MonthWanted
            | AnswerFault::TooFew
            | AnswerFault::NotAPhone
            | AnswerFault::NameWanted
            | AnswerFault::IdWanted
            | AnswerFault::BirthWanted
            | AnswerFault::RelationWanted
            | AnswerFault::NoSuchUnit
            | AnswerFault::Foreign,
        ) => ui::AnswerError::Empty,
        Some(AnswerFault::TooShort | AnswerFault::TooLittle) => ui::AnswerError::TooShort,
        Some(AnswerFault::TooLong | AnswerFault::TooMany | AnswerFault::TooMuch) => ui::AnswerError::TooLong,
        Some(AnswerFault::NoSuchDate) => ui::AnswerError::NoSuchDate,
        Some(AnswerFault::TooEarly) => ui::AnswerError::TooEarly,
        Some(AnswerFault::TooLate) => ui::AnswerError::TooLate,
    }
}
