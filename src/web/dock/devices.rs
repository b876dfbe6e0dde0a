//! The virtual devices of the dock: paper, cards, codes, feeder, front panel.

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use hardware::panel::{Door, Power, Presence};
use hardware::twin::printer::VirtualFault;
use hardware::twin::scanner::FeederFault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Dock, Reply, Wrong};
use crate::slip::SlipCode;

mod card;
mod page_printer;

pub fn routes() -> Router<Dock> {
    Router::new()
        .route("/dock/printer", get(printer).post(break_printer))
        .route("/dock/printer/slips", get(slips))
        .route("/dock/printer/slips/{picture}", get(slip_picture))
        .route("/dock/printer/bytes", get(bytes))
        .merge(page_printer::routes())
        .route("/dock/card", get(card::cards).post(card::card))
        .route("/dock/code", axum::routing::post(code))
        .route("/dock/scanner", get(scanner).post(feed))
        .route("/dock/panel", get(panel).post(panel_act))
}

fn done() -> Json<Value> {
    Json(json!({ "done": true }))
}

async fn printer(State(dock): State<Dock>) -> Reply<Json<Value>> {
    let printer = dock.twins.printer.ok_or_else(Wrong::no_such_device)?;
    Ok(Json(json!({ "fault": printer.fault() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrinterCall {
    fault: Option<VirtualFault>,
    after_bytes: Option<u64>,
}

async fn break_printer(State(dock): State<Dock>, Json(call): Json<PrinterCall>) -> Reply<Json<Value>> {
    let printer = dock.twins.printer.ok_or_else(Wrong::no_such_device)?;
    printer.set_fault(call.fault, call.after_bytes);
    Ok(done())
}

/// A copy is told by its code: the printer itself knows no copies.
fn is_copy(codes: &[String]) -> bool {
    codes
        .iter()
        .filter_map(|code| code.parse::<SlipCode>().ok())
        .any(|code| code.copies() > 0)
}

async fn slips(State(dock): State<Dock>) -> Reply<Json<Value>> {
    let printer = dock.twins.printer.ok_or_else(Wrong::no_such_device)?;
    let slips = tokio::task::spawn_blocking(move || printer.slips())
        .await
        .map_err(Wrong::failed)?;
    let slips: Vec<Value> = slips
        .iter()
        .map(|slip| {
            json!({
                "n": slip.n,
                "whole": slip.whole,
                "copy": is_copy(&slip.codes),
                "codes": slip.codes,
                "png": format!("/dock/printer/slips/{}.png", slip.n),
            })
        })
        .collect();
    Ok(Json(Value::Array(slips)))
}

async fn slip_picture(State(dock): State<Dock>, Path(picture): Path<String>) -> Reply {
    let printer = dock.twins.printer.ok_or_else(Wrong::no_such_device)?;
    let no_such = || Wrong(StatusCode::NOT_FOUND, "no such slip".into());
    let n: u32 = picture
        .strip_suffix(".png")
        .and_then(|n| n.parse().ok())
        .ok_or_else(no_such)?;
    let png = printer.slip_png(n).ok_or_else(no_such)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

async fn bytes(State(dock): State<Dock>) -> Reply {
    let printer = dock.twins.printer.ok_or_else(Wrong::no_such_device)?;
    let headers = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok((headers, printer.bytes()).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeCall {
    text: Option<String>,
    /// "unplugged", or null: plugged in again.
    #[serde(default, deserialize_with = "said")]
    fault: Option<Option<CodeFaultCall>>,
    noise: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CodeFaultCall {
    Unplugged,
}

/// Tells `null` from not said at all.
pub(super) fn said<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What a noisy line sends: no UTF-8, no line end.
const NOISE: &[u8] = &[0xff, 0x00, 0xfe, 0x80, 0x13, 0xc3, 0x28, b'\r'];

async fn code(State(dock): State<Dock>, Json(call): Json<CodeCall>) -> Reply<Json<Value>> {
    let reader = dock.twins.code.ok_or_else(Wrong::no_such_device)?;
    match call.fault {
        Some(Some(CodeFaultCall::Unplugged)) => reader.unplug().map_err(Wrong::failed)?,
        Some(None) => reader.replug().map_err(Wrong::failed)?,
        None => {}
    }
    if call.noise == Some(true) {
        reader.send_raw(NOISE).map_err(Wrong::failed)?;
    }
    if let Some(text) = call.text {
        reader.show(&text).map_err(Wrong::failed)?;
    }
    Ok(done())
}

async fn scanner(State(dock): State<Dock>) -> Reply<Json<Value>> {
    let feeder = dock.twins.feeder.ok_or_else(Wrong::no_such_device)?;
    Ok(Json(json!({
        "samples": feeder.samples(),
        "tray": feeder.tray().map_err(Wrong::failed)?,
        "fault": feeder.fault().map_err(Wrong::failed)?,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScannerCall {
    load: Option<Vec<String>>,
    #[serde(default, deserialize_with = "said")]
    fault: Option<Option<FeederFault>>,
    /// The fault strikes after so many sheets.
    after_sheets: Option<u32>,
}

async fn feed(State(dock): State<Dock>, Json(call): Json<ScannerCall>) -> Reply<Json<Value>> {
    let feeder = dock.twins.feeder.ok_or_else(Wrong::no_such_device)?;
    if let Some(load) = &call.load {
        let names: Vec<&str> = load.iter().map(String::as_str).collect();
        feeder
            .load(&names)
            .map_err(|error| Wrong(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    }
    match (call.fault, call.after_sheets) {
        (Some(Some(fault)), Some(sheets)) => feeder.set_fault_after(sheets, fault).map_err(Wrong::failed)?,
        (Some(fault), _) => feeder.set_fault(fault).map_err(Wrong::failed)?,
        (None, _) => {}
    }
    Ok(done())
}

async fn panel(State(dock): State<Dock>) -> Reply<Json<Value>> {
    let panel = dock.twins.panel.ok_or_else(Wrong::no_such_device)?;
    let lamps = panel.lamps();
    Ok(Json(json!({ "light": lamps.light, "buzzer": lamps.buzzer })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PanelCall {
    press: Option<Press>,
    present: Option<bool>,
    door: Option<DoorCall>,
    power: Option<PowerCall>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Press {
    CallStaff,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum DoorCall {
    Open,
    Closed,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PowerCall {
    Failing,
    Good,
}

async fn panel_act(State(dock): State<Dock>, Json(call): Json<PanelCall>) -> Reply<Json<Value>> {
    let panel = dock.twins.panel.ok_or_else(Wrong::no_such_device)?;
    if let Some(Press::CallStaff) = call.press {
        panel.press_call_staff();
    }
    if let Some(present) = call.present {
        panel.presence(if present { Presence::Near } else { Presence::Away });
    }
    if let Some(door) = call.door {
        panel.door(match door {
            DoorCall::Open => Door::Open,
            DoorCall::Closed => Door::Closed,
        });
    }
    if let Some(power) = call.power {
        panel.power(match power {
            PowerCall::Failing => Power::Failing,
            PowerCall::Good => Power::Good,
        });
    }
    Ok(done())
}
