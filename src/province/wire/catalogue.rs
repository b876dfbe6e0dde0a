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
    procedure::{Catalogue, Field, PROCEDURES_MAX, PageCount, Paper, PaperForm, Procedure, ServiceLevel, Words},
};

const WORDS_CHARS_MAX: usize = 400;

/// The catalogue, or `None` if this is none: no list, or none of its procedures can be used.
pub(in crate::province) fn catalogue(answer: &Value) -> Option<Catalogue> {
    let listed = answer["DanhSachTTHC"].as_array()?;
    let mut procedures: Vec<Procedure> = Vec::new();

    for tree in listed.iter().take(PROCEDURES_MAX) {
        let name = tree["MaTTHC"].as_str().map(|code| plain(code, 64));
        match procedure(tree) {
            Ok(procedure) if procedures.iter().any(|other| other.code == procedure.code) => {
                warn!(
                    procedure = name,
                    "Procedure stands twice in the catalogue, the first is offered"
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
    Catalogue::new(procedures).ok()
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
        name: words("TenTTHC")?,
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
            Level::ToanTrinh => ServiceLevel::Whole,
            Level::MotPhan => ServiceLevel::Partial,
            Level::TaiQuay => ServiceLevel::CounterOnly,
        },
        receiving_agency: words("CoQuanTiepNhan")?,
        deciding_agency: words("CoQuanQuyetDinh")?,
    };
    procedure.check()?;
    Ok(procedure)
}

fn paper(tree: &Value) -> anyhow::Result<Paper> {
    let wire = PaperWire::deserialize(tree)?;
    Ok(Paper {
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
        required: wire.BatBuoc,
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
    MucDo: Level,
    SoNgayGiaiQuyet: u16,
    SoNgayGiaiQuyetTrucTuyen: Option<u16>,
    #[serde(default)]
    DanhSachLePhi: Vec<FeeWire>,
    #[serde(default)]
    DanhSachThanhPhanHoSo: Vec<Value>,
    #[serde(default)]
    DanhSachCauHoi: Vec<Value>,
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
