//! What a draft still lacks.

use super::*;
use crate::procedure::{Condition, Field, PaperForm, Purpose, ServiceLevel, Validity, Words};

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
        fees: vec![],
        pays_online: false,
        transfer: None,
        working_days: 1,
        working_days_online: None,
        level: ServiceLevel::Whole,
        receiving_agency: words(),
        deciding_agency: words(),
        filing: crate::procedure::Filing::default(),
        version: 1,
        valid: Validity::default(),
        keywords: vec![],
        events: vec![],
        asked: 0,
        elsewhere: None,
        by_post: false,
    };
    let citizen = Citizen::from_card_code(CARD).unwrap();
    Draft::new(DraftId(Uuid::from_u128(1)), Timestamp::UNIX_EPOCH, procedure, citizen)
}

fn scanned(draft: &mut Draft, paper: &str, pages: u32) {
    let scans = draft.scans.entry(paper.parse().unwrap()).or_default();
    (0..pages).for_each(|_| scans.add(Judged::Fine, [7; 32]));
}

fn lacks(draft: &Draft) -> Option<String> {
    draft
        .missing(Date::constant(2026, 11, 22))
        .map(|missing| match missing {
            Missing::Paper { paper } => paper.to_string(),
            Missing::Answer { question, .. } => question,
            Missing::Consent => "consent".into(),
            Missing::Signature => "signature".into(),
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

fn agreed(draft: &Draft) -> Vec<ConsentGiven> {
    let given = |purpose: &Purpose| ConsentGiven {
        purpose: purpose.id.clone(),
        version: purpose.version.clone(),
        at: Timestamp::UNIX_EPOCH,
    };
    draft.purposes.iter().map(given).collect()
}

#[test]
fn nothing_is_a_dossier_without_consent_and_the_signature_that_is_wanted() {
    let today = Date::constant(2026, 11, 22);
    let mut draft = draft(vec![]);
    let all = agreed(&draft);
    let lacks = |draft: &Draft, consents: &[ConsentGiven]| {
        let completed = draft.clone().complete(today, consents.to_vec());
        completed.err().map(|wanting| wanting.1)
    };
    assert_eq!(lacks(&draft, &[]), Some(Missing::Consent));
    // What is not necessary may be refused.
    assert_eq!(lacks(&draft, &all[..1]), None);
    assert_eq!(lacks(&draft, &all[1..]), Some(Missing::Consent));

    draft.procedure.filing.signature = SignatureWanted::Drawn;
    assert_eq!(lacks(&draft, &all), Some(Missing::Signature));
    draft.signature = Some(Signature::Witnessed {
        by: "Cán bộ Mẫu".into(),
        at: Timestamp::UNIX_EPOCH,
    });
    assert_eq!(lacks(&draft, &all), None);
}

#[test]
fn who_files_for_another_brings_the_authorisation_and_a_parent_does_not() {
    let other = Other::of_card(Citizen::from_card_code(CARD).unwrap());
    let file = |right| {
        let mut draft = draft(vec![]);
        let of = other.clone();
        draft.file_for(OnBehalf { of: of.clone(), right });
        draft.file_for(OnBehalf { of, right });
        draft.papers().map(|paper| paper.code.clone()).collect::<Vec<_>>()
    };
    assert_eq!(file(Right::Guardian), []);
    assert_eq!(file(Right::Authorised), [PartCode::authorisation()]);
}

#[test]
fn a_draft_of_yesterday_opens_without_what_was_not_asked_then() {
    let draft = draft(vec![]);
    let mut written = serde_json::to_value(&draft).unwrap();
    for name in ["purposes", "on_behalf", "signature"] {
        assert!(written.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    assert!(written["procedure"].as_object_mut().unwrap().remove("filing").is_some());
    assert_eq!(serde_json::from_value::<Draft>(written).unwrap(), draft);
}
