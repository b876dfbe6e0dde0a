//! A refused dossier, opened again with the person it is of: a draft of its own, to be mended and sent as a new
//! revision.

use jiff::Timestamp;
use uuid::Uuid;

use crate::citizen::CitizenId;
use crate::dossier::{Act, Draft, DraftId};
use crate::kiosk::{Done, Kiosk, LoopError};
use crate::session::following::Following;
use crate::session::following::errand::NotReopened;
use crate::session::{KeepNews, News, Step};
use crate::store::drafts::DraftRow;
use crate::store::secrets::Plain;
use crate::store::{Store, StoreError};

impl Kiosk {
    /// Copies its files, so it takes a moment: beside the loop. The answer comes back as [`Done`].
    pub(in crate::kiosk) fn reopen(&self, asked: Uuid, dossier: Uuid, id: CitizenId, draft: DraftId) {
        let store = self.store.clone();
        let done = self.done.clone();
        tokio::spawn(async move {
            let opened = store
                .call(move |store| reopen(store, dossier, &id, draft, Timestamp::now()))
                .await;
            let draft = match opened {
                Ok(Ok(opened)) => opened,
                Ok(Err(error)) => {
                    tracing::error!(%dossier, error = format!("{error:#}"), "Refused dossier could not be opened");
                    Err(NotReopened::Gone)
                }
                // The store has ended: so does the process.
                Err(_) => return,
            };
            // The loop may be ending: then the draft is forgotten at the next start.
            drop(done.send(Done::Reopened { asked, draft }).await);
        });
    }

    pub(in crate::kiosk) async fn on_reopened(
        &mut self,
        asked: Uuid,
        draft: Result<Box<Draft>, NotReopened>,
    ) -> Result<(), LoopError> {
        let waited_for = match self.session.step.visit() {
            Step::Following(Following::Checking(checking)) => checking.asked == asked,
            Step::Following(_)
            | Step::Rest
            | Step::Home
            | Step::Taking(_)
            | Step::HandingIn(_)
            | Step::Rating(_)
            | Step::Staff(_)
            | Step::CardLeft { .. } => false,
        };
        if let (false, Ok(draft)) = (waited_for, &draft) {
            // Gone away meanwhile: nobody holds this draft.
            let id = draft.id.0;
            return self
                .log_failure("Draft could not be forgotten", move |store| store.discard_draft(id))
                .await;
        }
        self.news(News::Keep(KeepNews::Reopened { asked, draft })).await
    }
}

fn reopen(
    store: &mut Store,
    dossier: Uuid,
    id: &CitizenId,
    new: DraftId,
    now: Timestamp,
) -> Result<Result<Box<Draft>, NotReopened>, StoreError> {
    let refused = match store.refused_dossier(dossier) {
        Ok(refused) => refused,
        Err(StoreError::Unknown(_)) => return Ok(Err(NotReopened::Gone)),
        Err(error) => return Err(error),
    };
    let mut draft: Draft = serde_json::from_slice(&refused.answers).map_err(|_| StoreError::Tampered)?;
    if draft.citizen.id != *id {
        return Ok(Err(NotReopened::NotTheirs));
    }
    draft.id = new;
    draft.begun_at = now;
    // What was signed is not what will be sent.
    draft.signature = None;
    draft.act = Act::Revision {
        number: refused.revision + 1,
        dossier,
        replaces: refused.request_key,
    };
    draft.carried = refused.bound.iter().filter_map(|part| part.parse().ok()).collect();
    let answers = serde_json::to_vec(&draft).map_err(|_| StoreError::Tampered)?;
    let row = DraftRow {
        id: new.0,
        procedure: refused.procedure,
        answers: Plain::new(answers),
    };
    store.reopen(dossier, &row, now)?;
    Ok(Ok(Box::new(draft)))
}
