//! What a draft still lacks.

use super::*;
use crate::procedure::{Condition, Field, PaperForm, ServiceLevel, Validity, Words};

const CARD: &str = "025048000191|131313131|Nguyễn Văn Ẩm|07031948|Nam|Khu 4, Xã Mẫu, Tỉnh Phú Thọ|10052021";

fn paper(code: &str, required: bool, condition: Condition) -> Paper {
    Paper {
        code: code.parse().unwrap(),
        name: Words::vietnamese("Giấy"),
        hint: None,
        form: PaperForm::Original,
        pages: PageCount::Exactly(2),
        required,
        condition,
    }
}

fn draft(papers: Vec<Paper>) -> Draft {
    let words = || Words::vietnamese("Khai sinh");
    let procedure = Procedure {
        code: "1.001193".parse().unwrap(),
        name: words(),
        official_name: "Đăng ký khai sinh".into(),
        field: Field {
            code: "HT".parse().unwrap(),
            name: words(),
        },
        result: words(),
        papers,
        questions: vec![],
        fee_dong: 0,
        working_days: 1,
        working_days_online: None,
        level: ServiceLevel::Whole,
        receiving_agency: words(),
        deciding_agency: words(),
        version: 1,
        valid: Validity::default(),
        keywords: vec![],
        events: vec![],
        asked: 0,
        elsewhere: None,
    };
    let citizen = Citizen::from_card_code(CARD).unwrap();
    Draft::new(DraftId(Uuid::from_u128(1)), Timestamp::UNIX_EPOCH, procedure, citizen)
}

fn scanned(draft: &mut Draft, paper: &str, pages: u32) {
    let scans = draft.scans.entry(paper.parse().unwrap()).or_default();
    (0..pages).for_each(|_| scans.add(Judged::Fine));
}

fn lacks(draft: &Draft) -> Option<String> {
    draft
        .missing(Date::constant(2026, 11, 22))
        .map(|missing| match missing {
            Missing::Paper { paper } => paper.to_string(),
            Missing::Answer { question, .. } => question,
        })
}

#[test]
fn one_paper_of_a_group_is_enough_and_none_is_not() {
    let group = || Condition::OneOf("chung-minh".into());
    let mut draft = draft(vec![paper("A", true, group()), paper("B", true, group())]);
    assert_eq!(lacks(&draft).as_deref(), Some("A"));
    scanned(&mut draft, "B", 1);
    assert_eq!(lacks(&draft).as_deref(), Some("A"), "half a paper is none");
    scanned(&mut draft, "B", 1);
    assert_eq!(lacks(&draft), None);
    // Begun, it is to be finished or dropped.
    scanned(&mut draft, "A", 1);
    assert_eq!(lacks(&draft).as_deref(), Some("A"));
}

#[test]
fn a_paper_that_is_only_shown_stands_for_the_others_of_its_group() {
    let group = || Condition::OneOf("chung-minh".into());
    let mut shown = paper("B", true, group());
    shown.form = PaperForm::Shown;
    let draft = draft(vec![paper("A", true, group()), shown]);
    assert_eq!(lacks(&draft), None);
}

#[test]
fn a_group_that_nobody_must_have_may_be_left_out_whole() {
    let group = || Condition::OneOf("uu-tien".into());
    let draft = draft(vec![paper("A", false, group()), paper("B", false, group())]);
    assert_eq!(lacks(&draft), None);
}

#[test]
fn what_the_data_have_is_not_asked_for_and_what_is_only_for_some_may_be_left_out() {
    let only_some = Condition::If(Words::vietnamese("Nếu đã ly hôn"));
    let draft = draft(vec![
        paper("A", true, Condition::InData),
        paper("B", false, only_some),
        paper("C", false, Condition::None),
    ]);
    assert_eq!(draft.papers().count(), 2);
    assert_eq!(lacks(&draft), None);
}
