//! Answers as the province gets them (`DuLieuBieuMau`), and as it writes down what it knows already (`DienSan`).

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::date_text;
use crate::form::delivery::PostOrder;
use crate::form::{Address, Answer, PartialDate, Person, QuestionKind, Unit, YesNo, tidy};

pub(super) fn answer(answer: &Answer) -> Value {
    match answer {
        Answer::Choice(text) | Answer::Text(text) | Answer::Number(text) | Answer::Phone(text) => json!(text),
        Answer::Many(ids) => json!(ids),
        Answer::Money(dong) => json!(dong),
        Answer::Date(date) => json!(date_text(*date)),
        Answer::Person(someone) => person(someone),
        Answer::Address(place) => address(place),
        Answer::People(people) => people.iter().map(person).collect(),
        Answer::YesNo(said) => json!(*said == YesNo::Yes),
    }
}

fn person(person: &Person) -> Value {
    let mut body = json!({ "HoTen": person.name });
    let known = [
        ("SoDinhDanh", person.id.as_ref().map(|id| id.as_str().to_owned())),
        ("NgaySinh", person.born.map(date_text)),
        ("QuanHe", person.relation.clone()),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    body
}

fn address(address: &Address) -> Value {
    json!({
        "MaTinh": address.province.code.as_str(),
        "TenTinh": address.province.name,
        "MaXa": address.commune.code.as_str(),
        "TenXa": address.commune.name,
        "DiaChiChiTiet": address.detail,
    })
}

/// The centre sends; nothing is collected at the door.
pub(super) fn post_order(order: &PostOrder<'_>, site: &str) -> Value {
    let mut body = json!({
        "TenNguoiGui": site,
        "TenNguoiNhan": order.receiver.name,
        "SoDienThoaiNguoiNhan": order.phone,
        "MaTinhNguoiNhan": order.address.province.code.as_str(),
        "TenTinhNguoiNhan": order.address.province.name,
        "MaXaNguoiNhan": order.address.commune.code.as_str(),
        "TenXaNguoiNhan": order.address.commune.name,
        "DiaChiNguoiNhan": order.address.detail,
        "SoTienThuHo": 0,
    });
    if let Some(note) = order.note {
        body["GhiChu"] = json!(note);
    }
    body
}

/// An answer that the province gives beforehand; [`check`](crate::form::check) has not seen it yet.
///
/// # Errors
/// If it is no answer of this kind.
pub(super) fn read(kind: &QuestionKind, value: &Value) -> anyhow::Result<Answer> {
    let text = || value.as_str().map(tidy).context("A text is wanted");
    Ok(match kind {
        QuestionKind::Choice { .. } => Answer::Choice(text()?),
        QuestionKind::Many { .. } => Answer::Many(Vec::deserialize(value)?),
        QuestionKind::Text { .. } => Answer::Text(text()?),
        QuestionKind::Number { .. } => Answer::Number(text()?),
        QuestionKind::Money { .. } => Answer::Money(value.as_u64().context("A sum is wanted")?),
        QuestionKind::Date { .. } => Answer::Date(date(&text()?)?),
        QuestionKind::Phone => Answer::Phone(text()?),
        QuestionKind::Person(_) => Answer::Person(read_person(value)?),
        QuestionKind::Address => Answer::Address(read_address(value)?),
        QuestionKind::People { .. } => {
            let people = value.as_array().context("A list of people is wanted")?;
            Answer::People(people.iter().map(read_person).collect::<anyhow::Result<_>>()?)
        }
        QuestionKind::YesNo => Answer::YesNo(yes_no(value)?),
    })
}

pub(super) fn yes_no(value: &Value) -> anyhow::Result<YesNo> {
    let said = value.as_bool().context("true or false is wanted")?;
    Ok(if said { YesNo::Yes } else { YesNo::No })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct PersonWire {
    HoTen: String,
    SoDinhDanh: Option<String>,
    NgaySinh: Option<String>,
    QuanHe: Option<String>,
}

fn read_person(value: &Value) -> anyhow::Result<Person> {
    let wire = PersonWire::deserialize(value)?;
    Ok(Person {
        name: tidy(&wire.HoTen),
        id: wire.SoDinhDanh.map(|id| id.parse()).transpose()?,
        born: wire.NgaySinh.as_deref().map(date).transpose()?,
        relation: wire.QuanHe,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct AddressWire {
    MaTinh: String,
    TenTinh: String,
    MaXa: String,
    TenXa: String,
    #[serde(default)]
    DiaChiChiTiet: String,
}

fn read_address(value: &Value) -> anyhow::Result<Address> {
    let wire = AddressWire::deserialize(value)?;
    let unit = |code: &str, name: &str| {
        anyhow::Ok(Unit {
            code: code.parse()?,
            name: tidy(name),
        })
    };
    Ok(Address {
        province: unit(&wire.MaTinh, &wire.TenTinh)?,
        commune: unit(&wire.MaXa, &wire.TenXa)?,
        detail: tidy(&wire.DiaChiChiTiet),
    })
}

/// `yyyyMMdd`, `yyyyMM` or `yyyy`.
fn date(text: &str) -> anyhow::Result<PartialDate> {
    anyhow::ensure!(text.bytes().all(|byte| byte.is_ascii_digit()), "A date is wanted");
    let date = match text.len() {
        4 => PartialDate::Year { year: text.parse()? },
        6 => PartialDate::Month {
            year: text[..4].parse()?,
            month: text[4..].parse()?,
        },
        8 => PartialDate::Day {
            year: text[..4].parse()?,
            month: text[4..6].parse()?,
            day: text[6..].parse()?,
        },
        _ => bail!("A date is wanted"),
    };
    date.span().context("The calendar has no such date")?;
    Ok(date)
}
