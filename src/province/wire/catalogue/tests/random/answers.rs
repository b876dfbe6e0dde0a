//! Answers at random: such as can stand, and such as cannot.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng, RngExt as _};

use super::TODAY;
use crate::form::{
    Address, Answer, Choice, DateBound, DatePrecision, PartialDate, Person, PersonWants, QuestionKind, Wanted, YesNo,
};
use crate::units;

/// One that can stand on [`TODAY`].
pub(super) fn right(kind: &QuestionKind, rng: &mut StdRng) -> Answer {
    match kind {
        QuestionKind::Choice { choices } => Answer::Choice(one(choices, rng)),
        QuestionKind::Many {
            choices,
            at_least,
            at_most,
        } => {
            let most = usize::from(*at_most).min(choices.len());
            let count = rng.random_range(usize::from(*at_least)..=most);
            let picked = choices.sample(rng, count);
            Answer::Many(picked.map(|choice| choice.id.clone()).collect())
        }
        QuestionKind::Text { letters_max } => {
            let letters = "Đường Âu Cơ, số 7/2 (tầng 3) – ấp ƀ".chars().collect::<Vec<_>>();
            let text: String = letters.into_iter().take(usize::from(*letters_max)).collect();
            Answer::Text(crate::form::tidy(&text))
        }
        QuestionKind::Number { digits_min, digits_max } => {
            let count = rng.random_range(*digits_min..=*digits_max);
            Answer::Number(digits(usize::from(count), rng))
        }
        QuestionKind::Money { dong_min, dong_max } => Answer::Money(rng.random_range(*dong_min..=*dong_max)),
        QuestionKind::Date {
            earliest,
            latest,
            precision,
        } => {
            let on = |bound: DateBound| match bound {
                DateBound::Today => TODAY,
                DateBound::On(date) => date,
            };
            let earliest = earliest.map_or(jiff::civil::date(1900, 1, 1), on);
            let latest = latest.map_or(earliest.max(TODAY).saturating_add(jiff::Span::new().years(5)), on);
            let days = (latest - earliest).get_days().max(0);
            let day = earliest + jiff::Span::new().days(rng.random_range(0..=days));
            Answer::Date(vaguely(PartialDate::from(day), *precision, rng))
        }
        QuestionKind::Phone => {
            let mobile = rng.random_ratio(1, 2);
            let begins = if mobile { "09" } else { "02" };
            Answer::Phone(format!("{begins}{}", digits(if mobile { 8 } else { 9 }, rng)))
        }
        QuestionKind::Person(wants) => Answer::Person(person(wants, rng)),
        QuestionKind::Address => Answer::Address(address(rng)),
        QuestionKind::People {
            at_least,
            at_most,
            wants,
        } => {
            let count = rng.random_range(*at_least..=*at_most);
            Answer::People((0..count).map(|_| person(wants, rng)).collect())
        }
        QuestionKind::YesNo => Answer::YesNo(if rng.random_ratio(1, 2) { YesNo::Yes } else { YesNo::No }),
    }
}

/// One that cannot; or none at all.
pub(super) fn wrong(kind: &QuestionKind, rng: &mut StdRng) -> Option<Answer> {
    if rng.random_ratio(1, 4) {
        return None;
    }
    let text = ["", " ", "hai  cách", "cuối ", "dòng\nmới"]
        .choose(rng)
        .copied()
        .unwrap_or_default();
    Some(match kind {
        QuestionKind::Choice { .. } => Answer::Choice("không-có".to_owned()),
        QuestionKind::Many { choices, .. } => {
            let id = one(choices, rng);
            Answer::Many(vec![id.clone(), id])
        }
        QuestionKind::Text { letters_max } if rng.random_ratio(1, 2) => {
            Answer::Text("ă".repeat(usize::from(*letters_max) + 1))
        }
        QuestionKind::Text { .. } => Answer::Text(text.to_owned()),
        QuestionKind::Number { digits_max, .. } => Answer::Number(digits(usize::from(*digits_max) + 1, rng)),
        QuestionKind::Money { dong_max, .. } => Answer::Money(dong_max + 1),
        QuestionKind::Date { precision, .. } => {
            let month = PartialDate::Month { year: 2020, month: 13 };
            let year = PartialDate::Year { year: 20_200 };
            let day = PartialDate::Day {
                year: 2023,
                month: 2,
                day: 29,
            };
            let vague = PartialDate::Year { year: 2020 };
            let wrong = [month, year, day, vague];
            let count = if *precision == DatePrecision::Year { 3 } else { 4 };
            wrong[..count].choose(rng).copied().map(Answer::Date)?
        }
        QuestionKind::Phone => {
            let wrong = ["", "0", "113", "84912345678", "0112345678", "091234567a"];
            Answer::Phone((*wrong.choose(rng)?).to_owned())
        }
        QuestionKind::Person(wants) => Answer::Person(nobody(wants, text, rng)),
        QuestionKind::Address => Answer::Address(Address {
            detail: format!("{text}  "),
            ..address(rng)
        }),
        QuestionKind::People { at_most, wants, .. } if rng.random_ratio(1, 2) => {
            Answer::People((0..=*at_most).map(|_| person(wants, rng)).collect())
        }
        QuestionKind::People { wants, .. } => Answer::People(vec![nobody(wants, text, rng)]),
        QuestionKind::YesNo => Answer::Text("có".to_owned()),
    })
}

fn one(choices: &[Choice], rng: &mut impl Rng) -> String {
    choices.choose(rng).map(|choice| choice.id.clone()).unwrap_or_default()
}

fn digits(count: usize, rng: &mut StdRng) -> String {
    (0..count)
        .map(|_| char::from(b'0' + rng.random_range(0..10_u8)))
        .collect()
}

fn vaguely(date: PartialDate, precision: DatePrecision, rng: &mut StdRng) -> PartialDate {
    let PartialDate::Day { year, month, .. } = date else {
        return date;
    };
    match (precision, rng.random_range(0..3)) {
        (DatePrecision::Year, 0) => PartialDate::Year { year },
        (DatePrecision::Year | DatePrecision::Month, 1) => PartialDate::Month { year, month },
        (DatePrecision::Year | DatePrecision::Month | DatePrecision::Day, _) => date,
    }
}

fn person(wants: &PersonWants, rng: &mut StdRng) -> Person {
    let mut is_told = |wanted: Wanted| wanted == Wanted::Yes || wanted == Wanted::IfKnown && rng.random_ratio(1, 2);
    let (id, born) = (is_told(wants.id), is_told(wants.born));
    Person {
        name: (*["Nguyễn Thị Bịa", "H'Hen Thử", "Giàng A Mẫu", "Y Ƀơ̆ Thử"]
            .choose(rng)
            .unwrap())
        .to_owned(),
        id: id.then(|| format!("001{}", digits(9, rng)).parse().unwrap()),
        born: born.then(|| {
            let year = rng.random_range(1851..=2025);
            vaguely(
                PartialDate::Day {
                    year,
                    month: 2,
                    day: 28,
                },
                DatePrecision::Year,
                rng,
            )
        }),
        relation: (!wants.relations.is_empty()).then(|| one(&wants.relations, rng)),
    }
}

/// Somebody of whom the name, the birth or the relation cannot stand.
fn nobody(wants: &PersonWants, text: &str, rng: &mut StdRng) -> Person {
    let someone = person(wants, rng);
    match rng.random_range(0..3) {
        0 if wants.born == Wanted::Yes => Person { born: None, ..someone },
        1 if !wants.relations.is_empty() => Person {
            relation: Some("họ hàng".to_owned()),
            ..someone
        },
        _ => Person {
            name: format!("{text}7 "),
            ..someone
        },
    }
}

fn address(rng: &mut StdRng) -> Address {
    let province = units::provinces().choose(rng).unwrap();
    let communes: Vec<_> = province.communes().collect();
    Address {
        province: province.unit().unwrap(),
        commune: communes.choose(rng).unwrap().unit().unwrap(),
        detail: (*["", "Xóm 3", "12/4 Âu Cơ"].choose(rng).unwrap()).to_owned(),
    }
}
