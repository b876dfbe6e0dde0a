//! The catalogue as the province writes it, read into [`Catalogue`].
//!
//! A procedure that cannot be understood is left out and named in the log; the others are offered. Questions are
//! another matter: where one is of an unknown kind, or a path through a form does not end, whoever made the catalogue
//! made it with an older or a broken tool, and it is refused whole. The one before stays in use.

use jiff::civil::Date;
use serde::Deserialize as _;
use serde_json::Value;
use tracing::warn;

use self::tree::{
    AccountWire, AnyPages, ElsewhereWire, EventWire, FeeWire, Form, Level, LevelWire, PagesWire, PaperWire,
    ProcedureWire,
};
use super::{filing, plain};
use crate::{
    form::{self, Question},
    payment::vietqr::Account,
    procedure::{
        Catalogue, Condition, EVENTS_MAX, Elsewhere, EventPicture, Fee, Field, LifeEvent, PROCEDURES_MAX, PageCount,
        Paper, PaperForm, Procedure, Purposes, ServiceLevel, Validity, Words,
    },
    ticket::SeriesLetter,
};

mod calendar;
mod question;
mod tree;

const WORDS_CHARS_MAX: usize = 400;
/// Words of a procedure that people look for, and letters of one.
const KEYWORDS_MAX: usize = 24;
const KEYWORD_CHARS_MAX: usize = 80;
const COUNTER_CHARS_MAX: usize = 20;
/// Lines of what one procedure costs.
const FEES_MAX: usize = 20;

/// Why an answer is no catalogue.
#[derive(Debug)]
pub(in crate::province) enum NoCatalogue {
    /// No list, or none of its procedures can be used.
    Unreadable,
    /// A form that does not hold: the procedure, the question and what is wrong.
    Faulty(String),
}

/// # Errors
/// See [`NoCatalogue`].
pub(in crate::province) fn catalogue(answer: &Value) -> Result<Catalogue, NoCatalogue> {
    let listed = answer["DanhSachTTHC"].as_array().ok_or(NoCatalogue::Unreadable)?;
    let mut procedures: Vec<Procedure> = Vec::new();

    for tree in listed.iter().take(PROCEDURES_MAX) {
        let name = tree["MaTTHC"].as_str().map(|code| plain(code, 64)).unwrap_or_default();
        let questions = questions(tree).map_err(|error| NoCatalogue::Faulty(format!("{name}: {error:#}")))?;
        match procedure(tree, questions) {
            Ok(procedure) => add(&mut procedures, procedure),
            Err(error) => warn!(
                procedure = name,
                error = format!("{error:#}"),
                "Procedure cannot be offered"
            ),
        }
    }

    if procedures.is_empty() && !listed.is_empty() {
        return Err(NoCatalogue::Unreadable);
    }
    let purposes = filing::purposes(&answer["MucDichXuLy"]).unwrap_or_else(|error| {
        warn!(
            error = format!("{error:#}"),
            "Purposes cannot be asked about, the kiosk's own are"
        );
        Purposes::default()
    });
    let province = answer["MaTinh"].as_str().and_then(|code| code.parse().ok());
    let catalogue =
        Catalogue::new(procedures, events(&answer["DanhSachSuKien"])).map_err(|_| NoCatalogue::Unreadable)?;
    let catalogue = catalogue.with_calendar(calendar::calendar(answer)).asking_for(purposes);
    Ok(catalogue.of_province(province))
}

/// The questions of a procedure, with every path through them proved to end.
fn questions(tree: &Value) -> anyhow::Result<Vec<Question>> {
    let listed = match &tree["DanhSachCauHoi"] {
        Value::Null => &[][..],
        Value::Array(listed) => listed,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            anyhow::bail!("DanhSachCauHoi is no list")
        }
    };
    let questions = listed
        .iter()
        .map(question::question)
        .collect::<anyhow::Result<Vec<_>>>()?;
    form::prove(&questions)?;
    Ok(questions)
}

/// A version that begins within an older one ends it the day before; of two that cannot be told apart the first is
/// offered.
fn add(procedures: &mut Vec<Procedure>, new: Procedure) {
    for old in procedures.iter_mut().filter(|old| old.code == new.code) {
        if !old.valid.meets(new.valid) {
            continue;
        }
        let begins = new
            .valid
            .from
            .filter(|from| old.valid.from.is_none_or(|begun| begun < *from));
        match begins.and_then(|from| from.yesterday().ok()) {
            Some(last) if new.version > old.version => old.valid.until = Some(last),
            Some(_) | None => {
                warn!(procedure = %new.code, "Procedure stands twice in the catalogue for one day, the first is offered");
                return;
            }
        }
    }
    procedures.push(new);
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
                    // A picture of later days.
                    picture: EventPicture::deserialize(&tree["Hinh"]).unwrap_or(EventPicture::Papers),
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

fn procedure(tree: &Value, questions: Vec<Question>) -> anyhow::Result<Procedure> {
    let wire = ProcedureWire::deserialize(tree)?;
    let words = |name: &str| words(tree, name);

    let in_data = |tree: &Value| tree["KhongCanNop"] == true;
    let groups_in_data: Vec<&str> = wire
        .DanhSachThanhPhanHoSo
        .iter()
        .filter(|tree| in_data(tree))
        .filter_map(|tree| tree["ThayChoNhau"].as_str())
        .collect();
    let papers = wire
        .DanhSachThanhPhanHoSo
        .iter()
        .map(|tree| paper(tree, &groups_in_data))
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
        fees: fees(&wire.DanhSachLePhi)?,
        pays_online: wire.DuocThanhToanTrucTuyen,
        transfer: account(&wire.MaTTHC, wire.ChuyenKhoan),
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
        filing: filing::filing(tree)?,
        version: wire.PhienBan,
        valid: Validity {
            from: wire.HieuLucTu.as_deref().map(day).transpose()?,
            until: wire.HieuLucDen.as_deref().map(last_day).transpose()?,
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
        by_post: wire.TraKetQua.iter().any(|way| way == "buu-chinh"),
    };
    procedure.check()?;
    Ok(procedure)
}

/// An account that cannot be one is none: the fee is paid as it would be without. Money must not go astray on a
/// guess.
fn account(procedure: &str, wire: Option<Value>) -> Option<Account> {
    let wire = wire.filter(|wire| !wire.is_null())?;
    let account = AccountWire::deserialize(&wire)
        .map_err(anyhow::Error::from)
        .and_then(|wire| {
            Ok(Account {
                bank: wire.MaNganHang.parse()?,
                number: wire.SoTaiKhoan.parse()?,
                name: plain(&wire.TenTaiKhoan, WORDS_CHARS_MAX).parse()?,
            })
        });
    account
        .inspect_err(|error| {
            let procedure = plain(procedure, 64);
            warn!(
                procedure,
                error = format!("{error:#}"),
                "Account cannot be used, no transfer is offered"
            );
        })
        .ok()
}

/// Lines that cost nothing say nothing.
fn fees(listed: &[Value]) -> anyhow::Result<Vec<Fee>> {
    anyhow::ensure!(listed.len() <= FEES_MAX, "At most {FEES_MAX} fees");
    let mut fees = Vec::with_capacity(listed.len());
    for tree in listed {
        let wire = FeeWire::deserialize(tree)?;
        if wire.Gia > 0 {
            let name = words(tree, "TenPhiLePhi")?;
            fees.push(Fee { name, dong: wire.Gia });
        }
    }
    Ok(fees)
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

/// Of a group of which the data have one, no other is asked for.
fn paper(tree: &Value, groups_in_data: &[&str]) -> anyhow::Result<Paper> {
    let wire = PaperWire::deserialize(tree)?;
    let known = |group: &String| groups_in_data.contains(&group.as_str());
    let condition = if wire.KhongCanNop || wire.ThayChoNhau.as_ref().is_some_and(known) {
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
            Form::Anh => PaperForm::Photo,
        },
        pages: match wire.SoTrang {
            PagesWire::Exactly(count) => PageCount::Exactly(count),
            PagesWire::Any(AnyPages::Any) => PageCount::Any,
        },
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
pub(super) fn words(tree: &Value, name: &str) -> anyhow::Result<Words> {
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

/// The last day of what ends at a moment: midnight ends the day before.
fn last_day(text: &str) -> anyhow::Result<Date> {
    let day = day(text)?;
    if text.len() == 14 && text.ends_with("000000") {
        Ok(day.yesterday()?)
    } else {
        Ok(day)
    }
}

#[cfg(test)]
mod tests;
