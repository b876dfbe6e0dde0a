//! What the province says of a dossier, as it is shown, and as it is kept for the days without a network.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Offer;
use crate::dossier::{Freshness, KnownDossier, Station, Theirs, Told, Wanted, WayState};
use crate::figures::Finished;
use crate::payment::FeeStands;
use crate::province::{DossierState, DossierStatus, TheirDossier};
use crate::store::follow::{KnownDossier as Remembered, NewsToKeep, Stage};
use crate::store::thread::StoreHandle;
use crate::store::{Store, StoreError};

/// The last news, without what officials wrote freely. Nothing personal.
#[derive(Serialize, Deserialize)]
struct LastNews {
    state: WayState,
    due: Option<Timestamp>,
    told: Told,
}

pub fn way_state(status: DossierStatus) -> WayState {
    match status {
        DossierStatus::New => WayState::New,
        DossierStatus::Accepted => WayState::Accepted,
        DossierStatus::NotAccepted => WayState::NotAccepted,
        DossierStatus::InWork => WayState::InWork,
        DossierStatus::MoreWanted => WayState::Supplement,
        DossierStatus::PaymentWanted => WayState::Payment,
        DossierStatus::Withdrawn => WayState::Withdrawn,
        DossierStatus::Stopped => WayState::Stopped,
        DossierStatus::Done => WayState::Done,
        DossierStatus::Returned => WayState::HandedOver,
    }
}

/// As the province counts its states, in a receipt that was kept.
fn state_of_receipt(number: &str) -> WayState {
    match number {
        "2" => WayState::Accepted,
        "3" => WayState::NotAccepted,
        "4" => WayState::InWork,
        "5" => WayState::Supplement,
        "6" => WayState::Payment,
        "7" => WayState::Withdrawn,
        "8" => WayState::Stopped,
        "9" => WayState::Done,
        "10" => WayState::HandedOver,
        _ => WayState::New,
    }
}

pub fn theirs(dossier: TheirDossier) -> Theirs {
    Theirs {
        code: dossier.code,
        procedure: dossier.procedure_name,
        state: way_state(dossier.status),
        at: dossier.at,
    }
}

/// What this kiosk remembers.
pub fn from_memory(known: &Remembered, offer: &Offer, news: Freshness) -> KnownDossier {
    let procedure_code = known.procedure.parse().ok();
    let procedure = procedure_code.as_ref().and_then(|code| offer.procedure(code));
    let receipt = known.receipt.as_ref();
    let last = known.news.as_deref().and_then(|news| {
        serde_json::from_str::<LastNews>(news)
            .inspect_err(|error| tracing::warn!(%error, "Kept news cannot be read"))
            .ok()
    });
    let (state, due, told) = match (known.stage, last) {
        (Stage::Waiting, _) => (WayState::Kept, None, Told::default()),
        (Stage::WithStaff, _) => (WayState::WithStaff, None, Told::default()),
        (Stage::Closed, _) => (WayState::Closed, None, Told::default()),
        (Stage::Received, Some(last)) => (last.state, last.due, last.told),
        (Stage::Received, None) => {
            let number = receipt.map_or("", |receipt| receipt.state.as_str());
            let due = receipt.and_then(|receipt| receipt.due_on.as_deref()?.parse().ok());
            (state_of_receipt(number), due, Told::default())
        }
    };
    KnownDossier {
        slip_number: known.slip_number.clone(),
        code: receipt
            .map(|receipt| receipt.code.clone())
            .or_else(|| known.about.clone()),
        procedure: procedure.map(|procedure| procedure.name.vi.clone()).unwrap_or_default(),
        procedure_code,
        state,
        as_of: known.as_of.unwrap_or(known.sealed_at),
        due,
        news,
        told,
        fee: FeeStands::Elsewhere,
        transfer_shown: None,
        owed: None,
    }
}

/// What the province says now.
pub fn from_province(state: &DossierState, remembered: Option<&Remembered>, number: &str) -> KnownDossier {
    KnownDossier {
        slip_number: remembered.map_or_else(|| number.to_owned(), |known| known.slip_number.clone()),
        code: state.code.clone(),
        procedure: state.procedure_name.clone(),
        procedure_code: state
            .procedure_code
            .clone()
            .or_else(|| remembered?.procedure.parse().ok()),
        state: way_state(state.status),
        as_of: Timestamp::now(),
        due: state.due_at,
        news: Freshness::Today,
        told: Told {
            agency: state.agency.clone(),
            wanted: state
                .wanted
                .iter()
                .map(|wanted| Wanted {
                    part: wanted.part.clone(),
                    title: wanted.title.clone(),
                    why: wanted.why.clone(),
                })
                .collect(),
            wanted_until: state.wanted_until,
            stations: state
                .steps
                .iter()
                .map(|step| Station {
                    state: way_state(step.status),
                    at: step.at,
                    office: step.office.clone(),
                    note: step.note.clone(),
                })
                .collect(),
        },
        fee: state.fee,
        transfer_shown: None,
        owed: None,
    }
}

/// Keeps it beside its dossier. What cannot be kept is only missing when the network is.
pub async fn keep(store: &StoreHandle, dossier: Uuid, known: &KnownDossier) {
    let last = LastNews {
        state: known.state,
        due: known.due,
        told: known.told.clone().without_free_words(),
    };
    let news = match serde_json::to_string(&last) {
        Ok(news) => news,
        Err(error) => {
            tracing::error!(%error, "News of a dossier cannot be written down");
            return;
        }
    };
    let kept = NewsToKeep {
        news,
        over: known.state.is_over(),
        finished: known.told.finished_at().map(|at| Finished { at, due_at: known.due }),
    };
    let as_of = known.as_of;
    let paid = known.fee == FeeStands::Paid;
    let keep = move |store: &mut Store| -> Result<(), StoreError> {
        if paid {
            store.settle_transfer(dossier)?;
        }
        store.remember_news(dossier, &kept, as_of)
    };
    if let Ok(Err(error)) = store.call(keep).await {
        tracing::warn!(%dossier, error = format!("{error:#}"), "News of a dossier cannot be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_news_has_no_free_words_and_comes_back() {
        let at: Timestamp = "2026-11-22T02:03:04Z".parse().unwrap();
        let told = Told {
            agency: "UBND xã Mẫu".into(),
            wanted: vec![Wanted {
                part: "TK".parse().unwrap(),
                title: "Tờ khai".into(),
                why: "Ông Bịa chưa ký".into(),
            }],
            wanted_until: Some(at),
            stations: vec![Station {
                state: WayState::Supplement,
                at,
                office: "Một cửa".into(),
                note: "Gọi ông Bịa".into(),
            }],
        };
        let last = LastNews {
            state: WayState::Supplement,
            due: Some(at),
            told: told.without_free_words(),
        };
        let text = serde_json::to_string(&last).unwrap();
        assert!(!text.contains("Bịa") && text.contains("Tờ khai"), "{text}");
        let back: LastNews = serde_json::from_str(&text).unwrap();
        assert_eq!((back.state, back.due), (WayState::Supplement, Some(at)));
        assert_eq!(back.told, last.told);
    }
}
