//! Random answers to every form of the samples and to forms made at random. What the kiosk seals, the schema that the
//! province derives for itself takes; what the kiosk says is missing, the schema refuses; and no walk gets stuck.

mod answers;
mod forms;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use uuid::Uuid;

use super::super::super::answer;
use super::*;
use crate::citizen::Citizen;
use crate::dossier::{ConsentGiven, Draft, DraftId, Missing};
use crate::form::{Form, RESERVED};
use crate::procedure::Filing;

const TODAY: Date = date(2026, 11, 22);
const CARD: &str = "025048000191|131313131|Nguyễn Văn Ẩm|07031948|Nam|Khu 4, Xã Thu Cúc, Tỉnh Phú Thọ|10052021";

/// How often somebody answers what cannot stand, in per cent.
const WRONG_PERCENT: u32 = 6;

fn draft_of(procedure: &Procedure) -> Draft {
    // Only the form is looked at.
    let procedure = Procedure {
        papers: vec![],
        filing: Filing::default(),
        ..procedure.clone()
    };
    let citizen = Citizen::from_card_code(CARD).unwrap();
    Draft::new(DraftId(Uuid::from_u128(1)), Timestamp::UNIX_EPOCH, procedure, citizen)
}

/// From the first question to the end; each page is left with some answer, or without.
fn walk(draft: &mut Draft, rng: &mut StdRng) {
    let questions = draft.procedure.questions.clone();
    let mut at = draft.form().first();
    let mut pages = 0;
    while let Some(index) = at {
        pages += 1;
        assert!(pages <= questions.len(), "a walk without an end");
        let question = &questions[index];
        let known = draft.form().known(question, &draft.citizen);
        let given = match known.filter(|_| rng.random_ratio(1, 2)) {
            Some(known) => Some(known),
            None if question.optional && rng.random_ratio(1, 2) => None,
            None if rng.random_ratio(WRONG_PERCENT, 100) => answers::wrong(&question.kind, rng),
            None => Some(answers::right(&question.kind, rng)),
        };
        match given {
            Some(answer) => draft.answers.insert(question.id.clone(), answer),
            None => draft.answers.remove(&question.id),
        };
        let next = draft.form().next_after(index);
        assert_eq!(
            next.and_then(|next| draft.form().last_before(next)),
            next.map(|_| index)
        );
        at = next;
    }
    // Somebody was here before and answered what is not asked now.
    for question in &questions {
        if !draft.form().is_asked(&question.id) && rng.random_ratio(1, 2) {
            let left_over = answers::right(&question.kind, rng);
            draft.answers.insert(question.id.clone(), left_over);
        }
    }
}

/// What the province would get as `DuLieuBieuMau`.
fn on_the_wire(form: &Form<'_>) -> Value {
    let of_province = form.answers().iter().filter(|(id, _)| !id.starts_with(RESERVED));
    let answers: BTreeMap<&str, Value> = of_province.map(|(id, given)| (*id, answer::answer(given))).collect();
    json!(answers)
}

fn agrees(tree: &Value, procedure: &Procedure, schema: &jsonschema::Validator, rng: &mut StdRng) {
    let mut draft = draft_of(procedure);
    walk(&mut draft, rng);

    let body = on_the_wire(&draft.form());
    let missing = draft.missing_all(TODAY);
    let of_province = missing.iter().any(|missing| match missing {
        Missing::Answer { question, .. } => !question.starts_with(RESERVED),
        Missing::Paper { .. } | Missing::Consent | Missing::Signature => false,
    });
    assert_eq!(
        schema.is_valid(&body),
        !of_province,
        "{missing:?}\n{body:#}\n{:#}",
        tree["DanhSachCauHoi"]
    );

    let asked: Vec<String> = draft.form().answers().keys().map(|id| (*id).to_owned()).collect();
    let consents = draft.purposes.iter().map(|purpose| ConsentGiven {
        purpose: purpose.id.clone(),
        version: purpose.version.clone(),
        at: Timestamp::UNIX_EPOCH,
    });
    let consents = consents.collect();
    match draft.complete(TODAY, consents) {
        Ok(dossier) => {
            assert!(missing.is_empty());
            assert!(dossier.answers().keys().eq(&asked), "what is not asked is not sealed");
        }
        Err(wanting) => assert_eq!(Some(&wanting.1), missing.first()),
    }
}

fn schema_of(tree: &Value) -> jsonschema::Validator {
    let schema = ::province::form_schema(tree, "20261122");
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn every_sample_form_is_sealed_or_says_what_is_missing_and_the_schema_agrees() {
    let samples = ::province::sample_catalogue().unwrap();
    let mut rng = StdRng::seed_from_u64(20_261_122);
    for tree in samples["DanhSachTTHC"].as_array().unwrap() {
        let procedure = procedure_of(tree);
        let schema = schema_of(tree);
        for _ in 0..60 {
            agrees(tree, &procedure, &schema, &mut rng);
        }
    }
}

#[test]
fn every_form_that_is_taken_is_sealed_or_says_what_is_missing_and_the_schema_agrees() {
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..400 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut tree = procedure(1, None, None);
        tree["DanhSachCauHoi"] = forms::questions(&mut rng);
        let Ok(catalogue) = catalogue(&json!({ "DanhSachTTHC": [tree.clone()] })) else {
            refused += 1;
            continue;
        };
        taken += 1;
        let schema = schema_of(&tree);
        for _ in 0..20 {
            agrees(&tree, &catalogue.procedures()[0], &schema, &mut rng);
        }
    }
    // Some conditions made at random can never hold.
    assert!(taken > 150 && refused > 10, "{taken} taken, {refused} refused");
}

#[test]
fn every_question_of_a_form_that_is_taken_is_asked_under_some_answers() {
    for seed in 0..60 {
        let mut rng = StdRng::seed_from_u64(1_000 + seed);
        let mut tree = procedure(1, None, None);
        tree["DanhSachCauHoi"] = forms::questions(&mut rng);
        let Ok(catalogue) = catalogue(&json!({ "DanhSachTTHC": [tree.clone()] })) else {
            continue;
        };
        let questions = &catalogue.procedures()[0].questions;
        let mut seen = vec![false; questions.len()];
        for _ in 0..3_000 {
            let mut given = BTreeMap::new();
            for question in questions {
                if !question.optional || rng.random_ratio(1, 2) {
                    given.insert(question.id.clone(), answers::right(&question.kind, &mut rng));
                }
            }
            Form::new(questions, &given)
                .asked()
                .for_each(|(index, _)| seen[index] = true);
            if seen.iter().all(|seen| *seen) {
                break;
            }
        }
        assert!(seen.iter().all(|seen| *seen), "{seen:?} {:#}", tree["DanhSachCauHoi"]);
    }
}

fn procedure_of(tree: &Value) -> Procedure {
    let catalogue = catalogue(&json!({ "DanhSachTTHC": [tree] })).unwrap();
    Procedure::clone(&catalogue.procedures()[0])
}
