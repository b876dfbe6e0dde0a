//! The page of one question, and of what is typed from the front of a card.

use ui::Kiosk;
use ui::slint::{ComponentHandle, SharedString};

use super::dossier::count;
use super::frame::shared;
use super::lists::Lists;
use super::{Shown, answers, finding};
use crate::form::{Answer, AnswerFault, DatePrecision, Question, QuestionKind, UnitCode, YesNo};
use crate::keyboard::Line;
use crate::procedure::Language;
use crate::session::handing::asking::{
    AddressEntry, AddressPart, Asking, At, DateEntry, Entry, Field, Known, KnownFrom, NO, PeopleEntry, PersonEntry,
    PersonPart, YES,
};
use crate::session::handing::typing::{Asked, Typing};
use crate::session::{DatePart, Held, YearOnly};
use crate::{units, voice};

/// Nothing of an answer stays on a page that is not open.
fn wipe(page: &ui::QuestionPage<'_>, lists: &Lists) {
    page.set_digits(SharedString::new());
    page.set_words(SharedString::new());
    page.set_day(SharedString::new());
    page.set_month(SharedString::new());
    page.set_year(SharedString::new());
    page.set_text(SharedString::new());
    page.set_within(SharedString::new());
    lists.choices.set(vec![]);
    lists.completions.set(vec![]);
    lists.places.set(vec![]);
    lists.known.set(vec![]);
    lists.people.set(vec![]);
}

pub fn fill(kiosk: &Kiosk, lists: &Lists, shown: &Shown, asking: Option<&Asking>) {
    let language = shown.session.settings.language;
    let page = kiosk.global::<ui::QuestionPage>();
    let Some(asking) = asking else {
        wipe(&page, lists);
        return;
    };
    let question = asking.question();
    let (number, of) = asking.place();
    page.set_card_field(ui::CardField::None);
    page.set_ask(question.ask.of(language).into());
    let hint = question.hint.as_ref().map(|hint| hint.of(language));
    page.set_hint(hint.unwrap_or_default().into());
    page.set_number(count(number));
    page.set_count(count(of));
    page.set_error(answer_error(asking.fault));
    page.set_can_be_none(false);
    page.set_can_be_empty(question.optional);
    page.set_part(ui::QuestionPart::None);

    match &asking.at {
        At::Known(known) => fill_known(&page, lists, question, known, language),
        At::Entering(entry) => {
            lists.known.set(vec![]);
            fill_entry(&page, lists, shown, asking, entry);
        }
    }
}

fn fill_entry(page: &ui::QuestionPage<'_>, lists: &Lists, shown: &Shown, asking: &Asking, entry: &Entry) {
    let language = shown.session.settings.language;
    let question = asking.question();
    if let Some(person) = entry.person() {
        page.set_part(person_part(person.part));
        page.set_can_be_none(person.can_be_none());
        page.set_can_be_empty(person.can_be_empty() || (question.optional && person.part == PersonPart::Name));
    }
    if let Entry::Address(address) = entry {
        fill_places(page, lists, shown, asking, address);
    }
    let Some(field) = entry.field() else {
        if let Entry::People(people) = entry {
            fill_people(page, lists, people, question, language);
        }
        return;
    };
    match field {
        Field::Choice(chosen) => {
            page.set_kind(ui::QuestionKind::Choice);
            let choices = match entry.person() {
                Some(person) => person.wants.relations.as_slice(),
                None => question.kind.choices(),
            };
            let row = |choice: &crate::form::Choice| ui::ChoiceView {
                id: choice.id.as_str().into(),
                label: choice.words.of(language).into(),
                chosen: chosen.as_ref() == Some(&choice.id),
                said: ui::Said::Nothing,
            };
            lists.choices.set(choices.iter().map(row).collect());
        }
        Field::Many(ticked) => {
            page.set_kind(ui::QuestionKind::Many);
            let row = |choice: &crate::form::Choice| ui::ChoiceView {
                id: choice.id.as_str().into(),
                label: choice.words.of(language).into(),
                chosen: ticked.contains(&choice.id),
                said: ui::Said::Nothing,
            };
            lists.choices.set(question.kind.choices().iter().map(row).collect());
        }
        Field::YesNo(said) => {
            page.set_kind(ui::QuestionKind::YesNo);
            let row = |id: &str, word, answer| ui::ChoiceView {
                id: id.into(),
                label: SharedString::new(),
                chosen: *said == Some(answer),
                said: word,
            };
            lists.choices.set(vec![
                row(YES, ui::Said::Yes, YesNo::Yes),
                row(NO, ui::Said::No, YesNo::No),
            ]);
        }
        Field::Digits(digits) => fill_digits(page, &question.kind, entry.person(), &digits.text, language),
        Field::Date(date) => fill_date(page, date, year_alone_is_enough(question, entry.person())),
        Field::Line(line) => {
            page.set_kind(ui::QuestionKind::Text);
            fill_line(page, line);
        }
        Field::Place(line) => {
            page.set_kind(ui::QuestionKind::Place);
            fill_line(page, line);
        }
    }
    let completions = entry
        .completions()
        .into_iter()
        .map(|completion| completion.words.into());
    lists.completions.set(completions.collect());
}

fn fill_line(page: &ui::QuestionPage<'_>, line: &Line) {
    page.set_text(line.as_str().into());
    page.set_way(finding::typing_way(line.way()));
    page.set_layer(finding::layer(line.layer()));
    page.set_large(line.is_shifted());
}

fn fill_digits(
    page: &ui::QuestionPage<'_>,
    kind: &QuestionKind,
    person: Option<&PersonEntry>,
    digits: &str,
    language: Language,
) {
    let (kind, text, words) = match kind {
        QuestionKind::Phone => (ui::QuestionKind::Phone, answers::groups_of_phone(digits), String::new()),
        QuestionKind::Money { .. } => {
            let sum = answers::grouped(digits, language);
            let words = match language {
                Language::Vietnamese if !sum.is_empty() => voice::spoken(&format!("{sum} đồng"), language),
                Language::English if !sum.is_empty() => voice::spoken(&format!("{sum} dong"), language),
                Language::Vietnamese | Language::English => String::new(),
            };
            (ui::QuestionKind::Money, sum, words)
        }
        QuestionKind::Choice { .. }
        | QuestionKind::Many { .. }
        | QuestionKind::Text { .. }
        | QuestionKind::Number { .. }
        | QuestionKind::Date { .. }
        | QuestionKind::Person(_)
        | QuestionKind::Address
        | QuestionKind::People { .. }
        | QuestionKind::YesNo => {
            let text = if person.is_some() {
                answers::groups_of_id(digits)
            } else {
                digits.to_owned()
            };
            (ui::QuestionKind::Number, text, String::new())
        }
    };
    page.set_kind(kind);
    page.set_digits(shared(text));
    page.set_words(shared(words));
}

/// A birth may be known to its year; a question says what is enough.
fn year_alone_is_enough(question: &Question, person: Option<&PersonEntry>) -> bool {
    let enough = |kind: &QuestionKind| {
        matches!(
            kind,
            QuestionKind::Date {
                precision: DatePrecision::Year,
                ..
            }
        )
    };
    person.is_some() || enough(&question.kind)
}

fn fill_date(page: &ui::QuestionPage<'_>, date: &DateEntry, year_only_allowed: bool) {
    page.set_kind(ui::QuestionKind::Date);
    page.set_day(date.day.as_str().into());
    page.set_month(date.month.as_str().into());
    page.set_year(date.year.as_str().into());
    page.set_date_part(match date.part {
        DatePart::Day => ui::DatePart::Day,
        DatePart::Month => ui::DatePart::Month,
        DatePart::Year => ui::DatePart::Year,
    });
    page.set_year_only(date.year_only == YearOnly::Yes);
    page.set_year_only_allowed(year_only_allowed);
}

fn fill_places(page: &ui::QuestionPage<'_>, lists: &Lists, shown: &Shown, asking: &Asking, address: &AddressEntry) {
    page.set_part(match address.part {
        AddressPart::Province => ui::QuestionPart::Province,
        AddressPart::Commune => ui::QuestionPart::Commune,
        AddressPart::Detail => ui::QuestionPart::Detail,
    });
    page.set_within(units::short(address.within().unwrap_or_default()).into());
    let rows = address.places(&likely_provinces(shown, asking)).into_iter();
    let rows = rows.map(|place| ui::PlaceView {
        id: place.unit.code.as_str().into(),
        name: place.unit.name.into(),
        was: place.formerly.unwrap_or_default().into(),
    });
    lists.places.set(rows.collect());
}

/// The kiosk's own, and those that the card may mean.
fn likely_provinces(shown: &Shown, asking: &Asking) -> Vec<UnitCode> {
    let of_card = units::candidates(&asking.draft.citizen.address).into_iter();
    let of_card = of_card.filter_map(|candidate| candidate.commune.province.0.parse().ok());
    shown.around.own_province.clone().into_iter().chain(of_card).collect()
}

fn fill_known(page: &ui::QuestionPage<'_>, lists: &Lists, question: &Question, known: &Known, language: Language) {
    page.set_kind(ui::QuestionKind::Known);
    page.set_can_be_empty(false);
    page.set_held(known.held == Held::Whole);
    page.set_known_from(match known.from {
        KnownFrom::Card => ui::KnownFrom::Card,
        KnownFrom::Answer => ui::KnownFrom::Answer,
        KnownFrom::Province => ui::KnownFrom::Province,
    });
    lists
        .known
        .set(known_rows(question, &known.answer, known.held, language));
}

fn known_rows(question: &Question, answer: &Answer, held: Held, language: Language) -> Vec<ui::KnownRow> {
    let row = |part, value: String| ui::KnownRow {
        part,
        value: value.into(),
        said: ui::Said::Nothing,
    };
    match answer {
        Answer::Person(person) => {
            let bare = crate::form::Person {
                relation: None,
                id: None,
                born: person.born,
                name: String::new(),
            };
            let born = answers::more(&bare, None, held, language);
            let mut rows = vec![row(ui::QuestionPart::Name, answers::name(person, held))];
            let id = person.id.as_ref().map(|id| answers::id(id, held));
            rows.extend(id.map(|id| row(ui::QuestionPart::IdNumber, id)));
            rows.extend(person.born.map(|_| row(ui::QuestionPart::Birth, born)));
            rows
        }
        Answer::Address(address) => match held {
            Held::Whole => vec![
                row(ui::QuestionPart::Detail, address.detail.clone()),
                row(ui::QuestionPart::Commune, address.commune.name.clone()),
                row(ui::QuestionPart::Province, address.province.name.clone()),
            ],
            Held::Masked => vec![row(ui::QuestionPart::None, answers::place(address, held))],
        },
        Answer::YesNo(said) => vec![ui::KnownRow {
            part: ui::QuestionPart::None,
            value: SharedString::new(),
            said: self::said(*said),
        }],
        Answer::Choice(_)
        | Answer::Many(_)
        | Answer::Text(_)
        | Answer::Number(_)
        | Answer::Money(_)
        | Answer::Date(_)
        | Answer::Phone(_)
        | Answer::People(_) => vec![row(
            ui::QuestionPart::None,
            answers::text(question, answer, held, language),
        )],
    }
}

pub fn said(said: YesNo) -> ui::Said {
    match said {
        YesNo::Yes => ui::Said::Yes,
        YesNo::No => ui::Said::No,
    }
}

fn fill_people(
    page: &ui::QuestionPage<'_>,
    lists: &Lists,
    entry: &PeopleEntry,
    question: &Question,
    language: Language,
) {
    page.set_kind(ui::QuestionKind::People);
    page.set_people_least(count(entry.at_least));
    page.set_can_add(entry.can_add());
    let wants = answers::wants(&question.kind);
    let row = |(at, person): (usize, &crate::form::Person)| ui::PersonRow {
        id: count(at),
        name: answers::name(person, Held::Masked).into(),
        more: answers::more(person, wants, Held::Masked, language).into(),
    };
    lists.people.set(entry.people.iter().enumerate().map(row).collect());
}

fn person_part(part: PersonPart) -> ui::QuestionPart {
    match part {
        PersonPart::Name => ui::QuestionPart::Name,
        PersonPart::Id => ui::QuestionPart::IdNumber,
        PersonPart::Born => ui::QuestionPart::Birth,
        PersonPart::Relation => ui::QuestionPart::Relation,
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
    fill_alone(&page, typing.fault);
    fill_field(&page, &typing.entry, matches!(typing.asked, Asked::Birth { .. }));
}

/// What is typed of the person for whom one files. Personal.
pub fn fill_other(kiosk: &Kiosk, field: ui::CardField, entry: &Field, fault: Option<AnswerFault>) {
    let page = kiosk.global::<ui::QuestionPage>();
    page.set_card_field(field);
    fill_alone(&page, fault);
    fill_field(&page, entry, field == ui::CardField::OtherBirth);
}

/// Of no form: it has no number among others, no parts, and must be answered.
pub fn fill_alone(page: &ui::QuestionPage<'_>, fault: Option<AnswerFault>) {
    page.set_number(0);
    page.set_part(ui::QuestionPart::None);
    page.set_can_be_none(false);
    page.set_can_be_empty(false);
    page.set_words(SharedString::new());
    page.set_error(answer_error(fault));
}

/// A number of a card, or a date.
fn fill_field(page: &ui::QuestionPage<'_>, field: &Field, year_only_allowed: bool) {
    match field {
        Field::Date(date) => fill_date(page, date, year_only_allowed),
        Field::Digits(_) | Field::Choice(_) | Field::YesNo(_) | Field::Many(_) | Field::Line(_) | Field::Place(_) => {
            page.set_kind(ui::QuestionKind::Number);
            page.set_digits(shared(answers::groups_of_id(field.typed_digits())));
        }
    }
}

fn answer_error(fault: Option<AnswerFault>) -> ui::AnswerError {
    let Some(fault) = fault else {
        return ui::AnswerError::None;
    };
    match fault {
        AnswerFault::Empty
        | AnswerFault::IdWanted
        | AnswerFault::BirthWanted
        | AnswerFault::RelationWanted
        | AnswerFault::NoSuchUnit => ui::AnswerError::Empty,
        AnswerFault::TooShort => ui::AnswerError::TooShort,
        AnswerFault::TooLong => ui::AnswerError::TooLong,
        AnswerFault::TooFew => ui::AnswerError::TooFew,
        AnswerFault::TooMany => ui::AnswerError::TooMany,
        AnswerFault::TooLittle => ui::AnswerError::TooLittle,
        AnswerFault::TooMuch => ui::AnswerError::TooMuch,
        AnswerFault::NoSuchDate => ui::AnswerError::NoSuchDate,
        AnswerFault::DayWanted | AnswerFault::MonthWanted => ui::AnswerError::DayWanted,
        AnswerFault::TooEarly => ui::AnswerError::TooEarly,
        AnswerFault::TooLate => ui::AnswerError::TooLate,
        AnswerFault::NotAPhone => ui::AnswerError::NotAPhone,
        AnswerFault::NameWanted | AnswerFault::Foreign => ui::AnswerError::Unreadable,
    }
}
