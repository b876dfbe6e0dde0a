//! What the answers to a procedure's questions look like, as JSON Schema (draft 2020-12), and whether a dossier's do.
//!
//! The schema is derived from the catalogue alone, conditions included: a question is required where its condition
//! holds, and forbidden where not. It holds for one day, because "today" is a limit of dates.

mod dates;
mod kinds;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use jsonschema::{Validator, error::ValidationErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Shared, clock, problem::Problem};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of `DuLieuBieuMau` for a procedure of the catalogue, as it holds for what is handed in on `day`
/// (`yyyyMMdd`).
pub fn form_schema(procedure: &Value, day: &str) -> Value {
    let questions = list(procedure, "DanhSachCauHoi");
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut conditions = Vec::new();

    for question in questions {
        let id = text(question, "MaCauHoi");
        let optional = question["KhongBatBuoc"] == true;
        properties.insert(id.to_owned(), kinds::answer(question, day));
        match question.get("DieuKien").filter(|condition| !condition.is_null()) {
            None if optional => {}
            None => required.push(json!(id)),
            Some(when) => {
                let mut rule = json!({ "if": condition(when, questions), "else": { "properties": { id: false } } });
                if !optional {
                    rule["then"] = json!({ "required": [id] });
                }
                conditions.push(rule);
            }
        }
    }

    let mut schema = json!({
        "$schema": DRAFT,
        "title": procedure["TenTTHC"],
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if !conditions.is_empty() {
        schema["allOf"] = json!(conditions);
    }
    schema
}

/// A question that is not asked has no answer, so no condition on its answer holds.
fn condition(when: &Value, questions: &[Value]) -> Value {
    let all = |name: &str| -> Value {
        let parts = list(when, name);
        parts.iter().map(|part| condition(part, questions)).collect()
    };
    let answered = |schema: Value| {
        let id = text(when, "CauHoi");
        json!({ "properties": { id: schema }, "required": [id] })
    };
    if let Some(of) = when.get("LaMotTrong") {
        let asked = |question: &&Value| question["MaCauHoi"] == when["CauHoi"];
        let many = questions
            .iter()
            .find(asked)
            .is_some_and(|question| question["Kieu"] == "nhieu");
        answered(if many {
            json!({ "contains": { "enum": of } })
        } else {
            json!({ "enum": of })
        })
    } else if let Some(said) = when.get("La") {
        answered(json!({ "const": said }))
    } else if when.get("TatCa").is_some() {
        json!({ "allOf": all("TatCa") })
    } else if when.get("MotTrong").is_some() {
        json!({ "anyOf": all("MotTrong") })
    } else {
        json!({ "not": condition(&when["Khong"], questions) })
    }
}

/// Schemas that were made ready once. A day has about as many as procedures are handed in.
#[derive(Default)]
pub(crate) struct Schemas(Mutex<HashMap<(String, u64, String), Arc<Validator>>>);

/// More are forgotten all at once.
const SCHEMAS_MAX: usize = 256;

impl Schemas {
    /// # Errors
    /// What is wrong, in words that name the question and tell no answer.
    pub fn check(&self, procedure: &Value, day: &str, answers: &Value) -> Result<(), String> {
        let validator = self.of(procedure, day)?;
        match validator.iter_errors(answers).next() {
            None => Ok(()),
            Some(error) => {
                let path = error.instance_path().to_string();
                let id = path.split('/').nth(1).unwrap_or_default();
                #[expect(
                    clippy::wildcard_enum_match_arm,
                    reason = "what else can be wrong is the library's to tell"
                )]
                Err(match error.kind() {
                    ValidationErrorKind::Required { property } if id.is_empty() => {
                        format!("Chưa trả lời {}", property.as_str().unwrap_or_default())
                    }
                    ValidationErrorKind::AdditionalProperties { unexpected } if id.is_empty() => {
                        format!("Thủ tục không hỏi {}", unexpected.join(", "))
                    }
                    ValidationErrorKind::FalseSchema => format!("Thủ tục không hỏi {id} trong trường hợp này"),
                    _ => format!("Câu trả lời cho {id} không hợp lệ"),
                })
            }
        }
    }

    fn of(&self, procedure: &Value, day: &str) -> Result<Arc<Validator>, String> {
        let key = (
            text(procedure, "MaTTHC").to_owned(),
            procedure["PhienBan"].as_u64().unwrap_or(1),
            day.to_owned(),
        );
        // A map is whole between two statements.
        let mut ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = ready.get(&key) {
            return Ok(Arc::clone(validator));
        }
        let validator = jsonschema::draft202012::new(&form_schema(procedure, day))
            .map_err(|error| format!("Biểu mẫu của thủ tục không dùng được: {error}"))?;
        if ready.len() >= SCHEMAS_MAX {
            ready.clear();
        }
        let validator = Arc::new(validator);
        ready.insert(key, Arc::clone(&validator));
        Ok(validator)
    }
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    version: Option<u64>,
    day: Option<String>,
}

/// `GET /v1/procedures/{code}/form-schema`
pub(crate) async fn published(
    State(shared): State<Shared>,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let day = match wanted.day {
        Some(day) if day.len() == 8 && clock::parse_date(&day).is_some() => day,
        Some(_) => return Err(Problem::bad_request("day không đúng yyyyMMdd")),
        None => clock::stamp(clock::now())[..8].to_owned(),
    };
    let procedure = shared
        .catalogue
        .procedure(&code, wanted.version)
        .ok_or_else(|| Problem::not_found("Không có thủ tục này, hoặc không có phiên bản này."))?;
    let schema = form_schema(procedure, &day).to_string();
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], schema).into_response())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}
