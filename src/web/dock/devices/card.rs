//! The dock's sample cards: shown to the code scanner, laid on the card reader, taken away; and what befalls that reader.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hardware::twin::card::{CardTrouble, OtherProgram, Sharing, VirtualCard};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Dock, Reply, Wrong};
use super::{done, said};
use crate::devices::open::VirtualCardReader;

/// Sample cards, plainly invented: a name, what the QR code on the front says, and what lies on the reader.
pub async fn cards(State(dock): State<Dock>) -> Json<Value> {
    let reader = dock.twins.card.as_ref();
    let lying = reader.and_then(|reader| reader.card.inserted());
    let second = reader.and_then(|reader| reader.second.inserted());
    let cards: Vec<Value> = VirtualCard::samples()
        .iter()
        .map(|card| {
            let is = |inserted: &Option<String>| inserted.as_deref() == Some(card.sample);
            json!({ "name": card.sample, "qr": card.qr(), "lying": is(&lying), "second": is(&second) })
        })
        .collect();
    Json(Value::Array(cards))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardCall {
    /// Shows the front to the code scanner and lays the card on the reader.
    insert: Option<String>,
    /// Lays it on the reader alone.
    lay: Option<String>,
    remove: Option<bool>,
    /// A second card beside it, on a reader of its own; or null: taken away.
    #[serde(default, deserialize_with = "said")]
    second: Option<Option<String>>,
    #[serde(default, deserialize_with = "said")]
    fault: Option<Option<CardTrouble>>,
    /// The fault strikes after so many commands.
    after_commands: Option<u32>,
    /// The service of the reader: "gone", or null: there again.
    #[serde(default, deserialize_with = "said")]
    service: Option<Option<ServiceCall>>,
    /// The reader: "unplugged", "held" (by another program, for itself alone) or "shared" (with whoever else comes); or null:
    /// plugged in and free.
    #[serde(default, deserialize_with = "said")]
    reader: Option<Option<ReaderCall>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ServiceCall {
    Gone,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ReaderCall {
    Unplugged,
    Held,
    Shared,
}

impl CardCall {
    fn says_nothing(&self) -> bool {
        self.insert.is_none()
            && self.lay.is_none()
            && self.remove != Some(true)
            && self.second.is_none()
            && self.fault.is_none()
            && self.service.is_none()
            && self.reader.is_none()
    }
}

pub async fn card(State(dock): State<Dock>, Json(call): Json<CardCall>) -> Reply<Json<Value>> {
    if call.says_nothing() {
        return Err(Wrong(
            StatusCode::UNPROCESSABLE_ENTITY,
            "insert, lay, remove, second, fault, service or reader".into(),
        ));
    }
    let reader = || dock.twins.card.clone().ok_or_else(Wrong::no_such_device);
    if let Some(fault) = call.fault {
        let card = reader()?.card;
        match (fault, call.after_commands) {
            (Some(fault), Some(commands)) => card.set_fault_after(commands, fault),
            (fault, _) => card.set_fault(fault),
        }
    }
    if call.service.is_some() || call.reader.is_some() {
        let reader = reader()?;
        let acted = tokio::task::spawn_blocking(move || {
            call.reader.map_or(Ok(()), |wish| befall(&reader, wish))?;
            call.service.map_or(Ok(()), |wish| serve(&reader, wish))
        });
        acted.await.map_err(Wrong::failed)?.map_err(Wrong::failed)?;
    }
    if let (Some(true), Some(reader)) = (call.remove, &dock.twins.card) {
        reader.card.remove();
    }
    let find = |sample: &str| {
        let person = hardware::twin::card::find(sample);
        person.ok_or_else(|| Wrong(StatusCode::NOT_FOUND, "no such sample".into()))
    };
    match &call.second {
        Some(Some(sample)) => {
            find(sample)?;
            reader()?.second.insert(sample).map_err(Wrong::failed)?;
        }
        Some(None) => reader()?.second.remove(),
        None => {}
    }
    if let Some(sample) = call.insert.as_deref().or(call.lay.as_deref()) {
        let person = find(sample)?;
        if call.insert.is_some() {
            let scanner = dock.twins.code.clone().ok_or_else(Wrong::no_such_device)?;
            scanner.show(&person.qr()).map_err(Wrong::failed)?;
        }
        // A kiosk without a reader sees the front alone.
        if let Some(reader) = &dock.twins.card {
            reader.card.insert(sample).map_err(Wrong::failed)?;
        }
    }
    Ok(done())
}

fn befall(reader: &VirtualCardReader, wish: Option<ReaderCall>) -> io::Result<()> {
    match wish {
        Some(ReaderCall::Unplugged) => {
            hold(&reader.service).unplug()?;
            reader.card.cut();
            reader.second.cut();
            Ok(())
        }
        Some(ReaderCall::Held) => {
            *hold(&reader.other) = Some(OtherProgram::start(Sharing::Exclusive)?);
            Ok(())
        }
        Some(ReaderCall::Shared) => {
            *hold(&reader.other) = Some(OtherProgram::start(Sharing::Shared)?);
            Ok(())
        }
        None => {
            *hold(&reader.other) = None;
            hold(&reader.service).plug()
        }
    }
}

fn serve(reader: &VirtualCardReader, wish: Option<ServiceCall>) -> io::Result<()> {
    match wish {
        Some(ServiceCall::Gone) => {
            hold(&reader.service).kill();
            Ok(())
        }
        None => hold(&reader.service).restart(),
    }
}

fn hold<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
