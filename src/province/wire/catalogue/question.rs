//! The questions of a procedure as the province writes them.

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Deserialize as _;
use serde_json::Value;

use super::super::answer;
use super::tree::{CardPartWire, KindWire, PersonWire, PrecisionWire, QuestionWire, SourceWire, WantedWire};
use super::{plain_id, words};
use crate::form::{
    CardPart, Choice, DateBound, DatePrecision, PersonWants, Prefill, Question, QuestionKind, Source, Wanted, When,
};

pub(super) fn question(tree: &Value) -> anyhow::Result<Question> {
    let id = plain_id(&tree["MaCauHoi"])?;
    let wire = QuestionWire::deserialize(tree).with_context(|| format!("Question {id}"))?;
    let kind = kind(wire.kind).with_context(|| format!("Question {id}"))?;
    let prefill = match tree.get("DienSan") {
        None | Some(Value::Null) => None,
        Some(tree) => Some(prefill(tree, &kind).with_context(|| format!("Prefill of question {id}"))?),
    };
    Ok(Question {
        ask: words(tree, "CauHoi")?,
        hint: words(tree, "GhiChu").ok(),
        kind,
        when: condition(tree).with_context(|| format!("Condition of question {id}"))?,
        prefill,
        optional: wire.KhongBatBuoc,
        id,
    })
}

fn kind(wire: KindWire) -> anyhow::Result<QuestionKind> {
    Ok(match wire {
        KindWire::Chon { LuaChon } => QuestionKind::Choice {
            choices: choices(&LuaChon)?,
        },
        KindWire::Nhieu {
            LuaChon,
            ItNhat,
            NhieuNhat,
        } => QuestionKind::Many {
            choices: choices(&LuaChon)?,
            at_least: ItNhat,
            at_most: NhieuNhat,
        },
        KindWire::Chu { SoKyTuNhieuNhat } => QuestionKind::Text {
            letters_max: SoKyTuNhieuNhat,
        },
        KindWire::So {
            SoChuSoItNhat,
            SoChuSoNhieuNhat,
        } => QuestionKind::Number {
            digits_min: SoChuSoItNhat,
            digits_max: SoChuSoNhieuNhat,
        },
        KindWire::Tien {
            SoTienItNhat,
            SoTienNhieuNhat,
        } => QuestionKind::Money {
            dong_min: SoTienItNhat,
            dong_max: SoTienNhieuNhat,
        },
        KindWire::Ngay {
            TuNgay,
            DenNgay,
            ChoPhepChiNam,
            DoChinhXac,
        } => QuestionKind::Date {
            earliest: TuNgay.as_deref().map(bound).transpose()?,
            latest: DenNgay.as_deref().map(bound).transpose()?,
            precision: match DoChinhXac {
                Some(PrecisionWire::Ngay) => DatePrecision::Day,
                Some(PrecisionWire::Thang) => DatePrecision::Month,
                Some(PrecisionWire::Nam) => DatePrecision::Year,
                None if ChoPhepChiNam => DatePrecision::Year,
                None => DatePrecision::Day,
            },
        },
        KindWire::DienThoai => QuestionKind::Phone,
        KindWire::Nguoi { Nguoi } => QuestionKind::Person(person(Nguoi)?),
        KindWire::DiaChi => QuestionKind::Address,
        KindWire::DanhSachNguoi {
            ItNhat,
            NhieuNhat,
            Nguoi,
        } => QuestionKind::People {
            at_least: ItNhat,
            at_most: NhieuNhat,
            wants: person(Nguoi)?,
        },
        KindWire::CoKhong => QuestionKind::YesNo,
    })
}

fn choices(listed: &[Value]) -> anyhow::Result<Vec<Choice>> {
    let choice = |tree: &Value| {
        Ok(Choice {
            id: plain_id(&tree["Ma"])?,
            words: words(tree, "Ten")?,
        })
    };
    listed.iter().map(choice).collect()
}

fn person(wire: PersonWire) -> anyhow::Result<PersonWants> {
    let wanted = |wire: WantedWire| match wire {
        WantedWire::Khong => Wanted::No,
        WantedWire::NeuCo => Wanted::IfKnown,
        WantedWire::BatBuoc => Wanted::Yes,
    };
    Ok(PersonWants {
        id: wanted(wire.SoDinhDanh),
        born: wanted(wire.NgaySinh),
        relations: choices(&wire.QuanHe)?,
    })
}

fn bound(text: &str) -> anyhow::Result<DateBound> {
    match text {
        "hom-nay" => Ok(DateBound::Today),
        date => Ok(DateBound::On(Date::strptime("%Y%m%d", date)?)),
    }
}

/// The `DieuKien` of a question or a prefill, if it has one.
fn condition(tree: &Value) -> anyhow::Result<Option<When>> {
    match tree.get("DieuKien") {
        None | Some(Value::Null) => Ok(None),
        Some(tree) => when(tree).map(Some),
    }
}

/// How deep a condition is, is limited by what reads JSON; how large it is, by the proof of the form.
fn when(tree: &Value) -> anyhow::Result<When> {
    let members = tree.as_object().context("A condition is no object")?;
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    let parts = |name: &str| {
        let parts = tree[name].as_array().context("A list of conditions is wanted")?;
        parts.iter().map(when).collect::<anyhow::Result<Vec<_>>>()
    };
    match names[..] {
        // In the order of the alphabet, or as they came.
        ["CauHoi", "LaMotTrong"] | ["LaMotTrong", "CauHoi"] => Ok(When::Chosen {
            question: plain_id(&tree["CauHoi"])?,
            of: Vec::deserialize(&tree["LaMotTrong"])?,
        }),
        ["CauHoi", "La"] | ["La", "CauHoi"] => Ok(When::Said {
            question: plain_id(&tree["CauHoi"])?,
            answer: answer::yes_no(&tree["La"])?,
        }),
        ["TatCa"] => Ok(When::All(parts("TatCa")?)),
        ["MotTrong"] => Ok(When::Any(parts("MotTrong")?)),
        ["Khong"] => Ok(When::Not(Box::new(when(&tree["Khong"])?))),
        _ => anyhow::bail!("A condition of a kind that is not known"),
    }
}

fn prefill(tree: &Value, kind: &QuestionKind) -> anyhow::Result<Prefill> {
    let from = match SourceWire::deserialize(tree)? {
        SourceWire::The { Muc } => Source::Card(match Muc {
            CardPartWire::HoTen => CardPart::Name,
            CardPartWire::SoDinhDanh => CardPart::Id,
            CardPartWire::NgaySinh => CardPart::Birth,
            CardPartWire::GioiTinh => CardPart::Sex,
            CardPartWire::DiaChi => CardPart::Address,
            CardPartWire::Nguoi => CardPart::Holder,
        }),
        SourceWire::CauTraLoi { CauHoi } => Source::Answer(CauHoi),
        SourceWire::DuLieu { GiaTri } => Source::Province(answer::read(kind, &GiaTri)?),
    };
    Ok(Prefill {
        from,
        when: condition(tree)?,
    })
}
