//! The virtual page printer: its papers as files, and what is wrong with it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use hardware::twin::page_printer::PageFault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Dock, Reply, Wrong};
use super::done;

pub fn routes() -> Router<Dock> {
    Router::new()
        .route("/dock/page-printer", get(look).post(break_it))
        .route("/dock/page-printer/papers/{file}", get(paper))
}

/// `{"fault","waiting","papers":[{"n","pdf"}]}`.
async fn look(State(dock): State<Dock>) -> Reply<Json<Value>> {
    let printer = dock.twins.page_printer.ok_or_else(Wrong::no_such_device)?;
    let papers = 1..=printer.papers().map_err(Wrong::failed)?;
    let papers: Vec<Value> = papers
        .map(|n| json!({ "n": n, "pdf": format!("/dock/page-printer/papers/{n}.pdf") }))
        .collect();
    Ok(Json(
        json!({ "fault": printer.fault(), "waiting": printer.waiting(), "papers": papers }),
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    fault: Option<PageFault>,
    /// It strikes when the next job has begun.
    #[serde(default)]
    at_next_job: bool,
}

async fn break_it(State(dock): State<Dock>, Json(call): Json<Call>) -> Reply<Json<Value>> {
    let printer = dock.twins.page_printer.ok_or_else(Wrong::no_such_device)?;
    printer.set_fault(call.fault, call.at_next_job);
    Ok(done())
}

async fn paper(State(dock): State<Dock>, Path(file): Path<String>) -> Reply {
    let printer = dock.twins.page_printer.ok_or_else(Wrong::no_such_device)?;
    let no_such = || Wrong(StatusCode::NOT_FOUND, "no such paper".into());
    let n = file
        .strip_suffix(".pdf")
        .and_then(|n| n.parse().ok())
        .ok_or_else(no_such)?;
    let pdf = printer.paper(n).map_err(|_| no_such())?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}
