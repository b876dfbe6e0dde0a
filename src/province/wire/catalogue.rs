//! The catalogue as the province writes it, read into [`Catalogue`].
//!
//! A procedure that cannot be understood is left out and named in the log; the others are offered.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use tracing::warn;

use super::plain;
use crate::{
    form::{Choice, DateBound, Question, QuestionKind},
    procedure::{
        Catalogue, Condition, EVENTS_MAX, Elsewhere, EventPicture, Field, LifeEvent, PROCEDURES_MAX, PageCount, Paper,
        PaperForm, Procedure, ServiceLevel, Validity, Words,
    },
    ticket::SeriesLetter,
};

const WORDS_CHARS_MAX: usize = 400;
/// Words of a procedure that people look for, and letters of one.
const KEYWORDS_MAX: usize = 24;
const KEYWORD_CHARS_MAX: usize = 80;
const COUNTER_CHARS_MAX: usize = 20;

/// The catalogue, or `None` if this is none: no list, or none of its procedures can be used.
pub(in crate::province) fn catalogue(answer: &Value) -> Option<Catalogue> {
    let listed = answer["DanhSachTTHC"].as_array()?;
    let mut procedures: Vec<Procedure> = Vec::new();

    for tree in listed.iter().take(PROCEDURES_MAX) {
        let name = tree["MaTTHC"].as_str().map(|code| plain(code, 64));
        match procedure(tree) {
            Ok(procedure)
                if procedures
                    .iter()
                    .any(|other| other.code == procedure.code && other.valid.meets(procedure.valid)) =>
            {
                warn!(
                    procedure = name,
                    "Procedure stands twice in the catalogue for one day, the first is offered"
                );
            }
            Ok(procedure) => procedures.push(procedure),
            Err(error) => warn!(
                procedure = name,
                error = format!("{error:#}"),
                "Procedure cannot be offered"
            ),
        }
    }

    if procedures.is_empty() && !listed.is_empty() {
        return None;
    }
    Catalogue::new(procedures, events(&answer["DanhSachSuKien"])).ok()
}

/// The life events; one that cannot be understood is left out.
fn events(listed: &Value) -> Vec<LifeEvent> {
    let mut events: Vec<LifeEvent> = Vec::new();
    for tree in listed.as_array().into_iter().flatten().take(EVENTS_MAX) {
        let event = EventWire::deserialize(tree)
            .map_err(anyhow::Error::from)
            .and_then(|wire| {
                Ok(LifeEvent {
                    code: wire.MaSuKien.parse()?,
                    name: words(tree, "TenSuKien")?,
                    picture: wire.Hinh,
                })
            });
        match event {
            Ok(event) if events.iter().all(|other| other.code != event.code) => events.push(event),
            Ok(event) => warn!(event = %event.code, "Life event stands twice in the catalogue, the first is offered"),
            Err(error) => warn!(error = format!("{error:#}"), "Life event cannot be offered"),
        }
    }
    events
}

fn procedure(tree: &Value) -> anyhow::Result<Procedure> {
    let wire = ProcedureWire::deserialize(tree)?;
    let words = |name: &str| words(tree, name);

    let papers = wire
        .DanhSachThanhPhanHoSo
        .iter()
        .map(paper)
        .collect::<anyhow::Result<Vec<_>>>()?;
    let questions = wire
        .DanhSachCauHoi
        .iter()
        .map(question)
        .collect::<anyhow::Result<Vec<_>>>()?;
    let procedure = Procedure {
        code: wire.MaTTHC.parse()?,
        name: words("TenThuongGoi").or_else(|_| words("TenTTHC"))?,
        official_name: words("TenTTHC")?.vi,
        field: Field {
            code: wire.MaLinhVuc.parse()?,
            name: words("TenLinhVuc")?,
        },
        result: words("KetQua")?,
        papers,
        questions,
        fee_dong: wire
            .DanhSachLePhi
            .iter()
            .fold(0, |sum, fee| sum.saturating_add(fee.Gia)),
        working_days: wire.SoNgayGiaiQuyet,
        working_days_online: wire.SoNgayGiaiQuyetTrucTuyen,
        level: match wire.MucDo {
            LevelWire::Now(Level::ToanTrinh) | LevelWire::Before(4) => ServiceLevel::Whole,
            LevelWire::Now(Level::MotPhan) | LevelWire::Before(3) => ServiceLevel::Partial,
            LevelWire::Now(Level::TaiQuay) | LevelWire::Before(1 | 2) => ServiceLevel::CounterOnly,
            LevelWire::Before(_) => anyhow::bail!("Levels are 1 to 4"),
        },
        receiving_agency: words("CoQuanTiepNhan")?,
        deciding_agency: words("CoQuanQuyetDinh")?,
        version: wire.PhienBan,
        valid: Validity {
            from: wire.HieuLucTu.as_deref().map(day).transpose()?,
            until: wire.HieuLucDen.as_deref().map(day).transpose()?,
        },
        keywords: wire
            .TuKhoa
            .iter()
            .take(KEYWORDS_MAX)
            .map(|word| plain(word, KEYWORD_CHARS_MAX))
            .filter(|word| !word.is_empty())
            .collect(),
        events: wire.SuKien.iter().map(|code| code.parse()).collect::<Result<_, _>>()?,
        asked: wire.SoLuotHoi,
        elsewhere: elsewhere(&tree["NoiKhac"])?,
    };
    procedure.check()?;
    Ok(procedure)
}

fn elsewhere(tree: &Value) -> anyhow::Result<Option<Elsewhere>> {
    if tree.is_null() {
        return Ok(None);
    }
    let wire = ElsewhereWire::deserialize(tree)?;
    Ok(Some(Elsewhere {
        series: wire.DaySo.map(SeriesLetter::try_from).transpose()?,
        counter: plain(&wire.Quay, COUNTER_CHARS_MAX),
        note: words(tree, "GhiChu")?,
    }))
}

fn paper(tree: &Value) -> anyhow::Result<Paper> {
    let wire = PaperWire::deserialize(tree)?;
    let condition = if wire.KhongCanNop {
        Condition::InData
    } else if let Some(group) = &wire.ThayChoNhau {
        Condition::OneOf(plain(group, 64))
    } else {
        words(tree, "Neu").map_or(Condition::None, Condition::If)
    };
    Ok(Paper {
        required: wire.BatBuoc && !matches!(condition, Condition::If(_) | Condition::InData),
        condition,
        code: wire.MaThanhPhanHoSo.parse()?,
        name: words(tree, "TenThanhPhanHoSo")?,
        hint: words(tree, "GhiChu").ok(),
        form: match wire.LoaiBan {
            Form::BanChinh => PaperForm::Original,
            Form::BanSaoChungThuc => PaperForm::Certified,
            Form::BanSao => PaperForm::Copy,
            Form::XuatTrinh => PaperForm::Shown,
        },
        pages: match wire.SoTrang {
            PagesWire::Exactly(count) => PageCount::Exactly(count),
            PagesWire::Any(AnyPages::Any) => PageCount::Any,
        },
    })
}

fn question(tree: &Value) -> anyhow::Result<Question> {
    let wire = QuestionWire::deserialize(tree)?;
    let kind = match wire.kind {
        KindWire::Chon { LuaChon } => QuestionKind::Choice {
            choices: LuaChon
                .iter()
                .map(|tree| {
                    Ok(Choice {
                        id: plain_id(&tree["Ma"])?,
                        words: words(tree, "Ten")?,
                    })
                })
                .collect::<anyhow::Result<_>>()?,
        },
        KindWire::So {
            SoChuSoItNhat,
            SoChuSoNhieuNhat,
        } => QuestionKind::Number {
            digits_min: SoChuSoItNhat,
            digits_max: SoChuSoNhieuNhat,
        },
        KindWire::Ngay {
            TuNgay,
            DenNgay,
            ChoPhepChiNam,
        } => QuestionKind::Date {
            earliest: TuNgay.as_deref().map(bound).transpose()?,
            latest: DenNgay.as_deref().map(bound).transpose()?,
            year_only_allowed: ChoPhepChiNam,
        },
    };
    Ok(Question {
        id: plain_id(&tree["MaCauHoi"])?,
        ask: words(tree, "CauHoi")?,
        hint: words(tree, "GhiChu").ok(),
        kind,
    })
}

/// Ids go back to the province as they came, so they are not cleaned but refused.
fn plain_id(value: &Value) -> anyhow::Result<String> {
    let id = value.as_str().unwrap_or_default();
    anyhow::ensure!(
        !id.is_empty() && id.len() <= 64 && !id.chars().any(char::is_control),
        "An id is missing or odd"
    );
    Ok(id.to_owned())
}

/// `Name` in Vietnamese, and `Name_en` beside it where it is translated.
fn words(tree: &Value, name: &str) -> anyhow::Result<Words> {
    let clean = |value: &Value| {
        value
            .as_str()
            .map(|text| plain(text, WORDS_CHARS_MAX))
            .filter(|text| !text.is_empty())
    };
    let vi = clean(&tree[name]).ok_or_else(|| anyhow::anyhow!("{name} is missing"))?;
    Ok(Words {
        vi,
        en: clean(&tree[format!("{name}_en")]),
    })
}

/// Of `yyyyMMddHHmmss`, the day.
fn day(text: &str) -> anyhow::Result<Date> {
    let day = text.get(..8).filter(|_| matches!(text.len(), 8 | 14));
    Ok(Date::strptime("%Y%m%d", day.unwrap_or_default())?)
}

fn bound(text: &str) -> anyhow::Result<DateBound> {
    match text {
        "hom-nay" => Ok(DateBound::Today),
        date => Ok(DateBound::On(Date::strptime("%Y%m%d", date)?)),
    }
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct ProcedureWire {
    MaTTHC: String,
    MaLinhVuc: String,
    MucDo: LevelWire,
    SoNgayGiaiQuyet: u16,
    SoNgayGiaiQuyetTrucTuyen: Option<u16>,
    #[serde(default)]
    DanhSachLePhi: Vec<FeeWire>,
    #[serde(default)]
    DanhSachThanhPhanHoSo: Vec<Value>,
    #[serde(default)]
    DanhSachCauHoi: Vec<Value>,
    #[serde(default)]
    PhienBan: u32,
    HieuLucTu: Option<String>,
    HieuLucDen: Option<String>,
    #[serde(default)]
    TuKhoa: Vec<String>,
    #[serde(default)]
    SuKien: Vec<String>,
    #[serde(default)]
    SoLuotHoi: u32,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct ElsewhereWire {
    DaySo: Option<char>,
    Quay: String,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the contract")]
struct EventWire {
    MaSuKien: String,
    Hinh: EventPicture,
}

/// As the law has it now (NĐ 42/2022/NĐ-CP), or by the number of before.
#[derive(Deserialize)]
#[serde(untagged)]
enum LevelWire {
    Now(Level),
    Before(u8),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Level {
    ToanTrinh,
    MotPhan,
    TaiQuay,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct FeeWire {
    Gia: u64,
}

#[derive(Deserialize)]
#[expect(non_snake_case, reason = "These are the names of the national exchange")]
struct PaperWire {
    MaThanhPhanHoSo: String,
    LoaiBan: Form,
    SoTrang: PagesWire,
    BatBuoc: bool,
    ThayChoNhau: Option<String>,
    #[serde(default)]
    KhongCanNop: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    BanChinh,
    BanSaoChungThuc,
    BanSao,
    XuatTrinh,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PagesWire {
    Exactly(u16),
    Any(AnyPages),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AnyPages {
    Any,
}

#[derive(Deserialize)]
struct QuestionWire {
    #[serde(flatten)]
    kind: KindWire,
}

#[derive(Deserialize)]
#[serde(tag = "Kieu", rename_all = "kebab-case")]
#[expect(non_snake_case, reason = "These are the names of the contract")]
enum KindWire {
    Chon {
        LuaChon: Vec<Value>,
    },
    So {
        SoChuSoItNhat: u8,
        SoChuSoNhieuNhat: u8,
    },
    Ngay {
        TuNgay: Option<String>,
        DenNgay: Option<String>,
        #[serde(default)]
        ChoPhepChiNam: bool,
    },
}
