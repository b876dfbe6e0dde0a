//! Whose dossiers these are: the province says so; if it cannot be asked, what was sealed here.

use std::sync::Arc;

use uuid::Uuid;

use super::{ASK_MAX, is_here, news};
use crate::citizen::CitizenId;
use crate::dossier::ShownCard;
use crate::kiosk::{Done, Kiosk};
use crate::province::{Answer, Asker, Package};
use crate::session::following::errand::PersonNews;
use crate::store::thread::StoreHandle;
use crate::store::{Store, StoreError};

impl Kiosk {
    /// Asks beside the loop. The answer comes back as [`Done`].
    pub(in crate::kiosk) fn ask_person(&self, asked: Uuid, id: CitizenId, shown: ShownCard, code: Option<String>) {
        let store = self.store.clone();
        let province = Arc::clone(&self.province);
        let done = self.done.clone();
        tokio::spawn(async move {
            let asker = Asker { id, shown };
            let answer = tokio::time::timeout(ASK_MAX, province.dossiers_of(&asker, code.as_deref())).await;
            let news = match (answer, code) {
                (Ok(Answer::Received(list)), Some(_)) if list.is_empty() => PersonNews::NotTheirs,
                (Ok(Answer::Received(list)), _) => PersonNews::Theirs(list.into_iter().map(news::theirs).collect()),
                (Ok(Answer::Refused { .. }), _) => PersonNews::Refused,
                (Ok(Answer::Later { .. }) | Err(_), Some(code)) => known_here(&store, asker.id, code).await,
                (Ok(Answer::Later { .. }) | Err(_), None) => PersonNews::Unknown,
            };
            // The loop may be ending: then nobody waits for the answer.
            drop(done.send(Done::Person { asked, news }).await);
        });
    }
}

async fn known_here(store: &StoreHandle, id: CitizenId, code: String) -> PersonNews {
    match store.call(move |store| is_theirs(store, &id, &code)).await {
        Ok(Ok(Some(true))) => PersonNews::Unknown,
        Ok(Ok(Some(false))) => PersonNews::NotTheirs,
        Ok(Ok(None)) | Err(_) => PersonNews::Unknown,
        Ok(Err(error)) => {
            tracing::warn!(error = format!("{error:#}"), "Whose a dossier is cannot be read");
            PersonNews::Unknown
        }
    }
}

/// Whether a dossier was handed in here for this person; nothing if it was not, or is forgotten.
fn is_theirs(store: &mut Store, id: &CitizenId, code: &str) -> Result<Option<bool>, StoreError> {
    let Some(dossier) = is_here(&store.follow(code)?) else {
        return Ok(None);
    };
    let fields = match store.dossier_fields(dossier) {
        Ok(fields) => fields,
        Err(StoreError::Unknown(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let package: Package = serde_json::from_slice(&fields).map_err(|_| StoreError::Tampered)?;
    Ok(Some(package.applicant.id_number == id.as_str()))
}
