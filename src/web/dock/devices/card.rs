//! The dock's sample cards: shown to the code scanner, laid on the card reader, taken away.

use std::sync::{MutexGuard, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hardware::twin::card::{CardTrouble, Pcscd, VirtualCard};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Dock, Reply, Wrong};
use super::{done, said};
use crate::devices::open::VirtualCardReader;

/// Sample cards, plainly invented: a name, what the QR code on the front says, and what lies on the reader.
pub async fn cards(State(dock): State<Dock>) -> Json<Value> {
    let lying = dock.twins.card.as_ref().and_then(|reader| reader.card.inserted());
    let cards: Vec<Value> = VirtualCard::samples()
        .iter()
        .map(|card| json!({ "name": card.sample, "qr": card.qr(), "lying": lying.as_deref() == Some(card.sample) }))
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
    #[serde(default, deserialize_with = "said")]
    fault: Option<Option<CardTrouble>>,
    /// The fault strikes after so many commands.
    after_commands: Option<u32>,
    /// The service of the reader: "gone", or null: there again.
    #[serde(default, deserialize_with = "said")]
    service: Option<Option<ServiceCall>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ServiceCall {
    Gone,
}

pub async fn card(State(dock): State<Dock>, Json(call): Json<CardCall>) -> Reply<Json<Value>> {
    let says_nothing = call.insert.is_none()
        && call.lay.is_none()
        && call.remove != Some(true)
        && call.fault.is_none()
        && call.service.is_none();
    if says_nothing {
        return Err(Wrong(
            StatusCode::UNPROCESSABLE_ENTITY,
            "insert, lay, remove, fault or service".into(),
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
    if let Some(service) = call.service {
        let reader = reader()?;
        let acted = tokio::task::spawn_blocking(move || match service {
            Some(ServiceCall::Gone) => {
                hold(&reader).kill();
                Ok(())
            }
            None => hold(&reader).restart(),
        });
        acted.await.map_err(Wrong::failed)?.map_err(Wrong::failed)?;
    }
    if let (Some(true), Some(reader)) = (call.remove, &dock.twins.card) {
        reader.card.remove();
    }
    if let Some(sample) = call.insert.as_deref().or(call.lay.as_deref()) {
        let person = hardware::twin::card::find(sample);
        let person = person.ok_or_else(|| Wrong(StatusCode::NOT_FOUND, "no such sample".into()))?;
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

fn hold(reader: &VirtualCardReader) -> MutexGuard<'_, Pcscd> {
    reader.service.lock().unwrap_or_else(PoisonError::into_inner)
}
