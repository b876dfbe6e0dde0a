//! Signing from afar: the province is asked beside the loop, under the key of the try, until it has said how it ended or
//! nobody waits any more. Nothing of it is kept: a kiosk that dies has a draft without a signature, and the telephone
//! stops asking by itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{Done, Kiosk};
use crate::dossier::{Content, Dossier, Signature};
use crate::province::{Answer, Begun, HttpProvince, Signings, statement};
use crate::remote::{Asking, By, Signing, State};
use crate::session::SigningNews;

/// Between two questions.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// A signing that nobody waits for is taken back so many times at most; after that it ends by its own time.
const TAKE_BACK_TRIES_MAX: u32 = 15;

/// A try that somebody waits for. Dropped, it is taken back.
pub(super) struct UnderWay {
    key: Uuid,
    /// Nothing is ever sent on it: that it is gone says that nobody waits.
    _waits: oneshot::Sender<()>,
}

impl Kiosk {
    /// A try before it is left.
    pub(super) fn start_signing(&mut self, key: Uuid, by: By, content: &Content) {
        let asking = Asking {
            key,
            by,
            signer: content.signer.clone(),
            statement: statement(content, &self.config.kiosk.center),
        };
        let (waits, left) = oneshot::channel();
        self.signing = Some(UnderWay { key, _waits: waits });
        tracing::info!(signing = %key, by = ?asking.by, "Signature wanted from afar");
        tokio::spawn(follow(Arc::clone(&self.province), self.done.clone(), asking, left));
    }

    pub(super) fn drop_signing(&mut self, key: Uuid) {
        if self.signing.as_ref().is_some_and(|under_way| under_way.key == key) {
            self.signing = None;
        }
    }
}

/// Whether a dossier that was signed from afar is the one that was signed.
pub(super) fn holds(dossier: &Dossier, site: &str) -> bool {
    match dossier.signature() {
        None | Some(Signature::Drawn(_) | Signature::Witnessed { .. }) => true,
        Some(Signature::Remote(signature)) => dossier
            .content()
            .is_some_and(|content| statement(&content, site).0 == signature.statement),
    }
}

async fn follow(
    province: Arc<HttpProvince>,
    done: mpsc::Sender<Done>,
    asking: Asking,
    mut left: oneshot::Receiver<()>,
) {
    let key = asking.key;
    let mut signing = Signing::asked(asking);
    while signing.is_pending() {
        let (after, news) = tokio::select! {
            _ = &mut left => return take_back(&province, key).await,
            asked = ask(&province, signing) => asked,
        };
        signing = after;
        if done.send(Done::Signing { key, news }).await.is_err() {
            return;
        }
        if signing.is_pending() {
            tokio::select! {
                _ = &mut left => return take_back(&province, key).await,
                () = tokio::time::sleep(ASK_EVERY) => {}
            }
        }
    }
    tracing::info!(signing = %key, state = signing.state.word(), "Signing has ended");
}

/// One question, and what became of it.
async fn ask(province: &HttpProvince, signing: Signing) -> (Signing, SigningNews) {
    let key = signing.asking.key;
    let told = match &signing.state {
        State::Waiting(request) => province.signing(&request.transaction).await,
        State::Asked | State::Signed { .. } | State::Refused | State::TooLate | State::NotNow(_) => {
            match province.begin_signing(&signing.asking).await {
                Answer::Received(Begun::Told(told)) => Answer::Received(told),
                Answer::Received(Begun::No(why)) => {
                    let declined = signing.clone().declined(why);
                    tracing::warn!(signing = %key, state = declined.state.word(), "The province asks no telephone");
                    return (declined.clone(), SigningNews::Stands(Box::new(declined)));
                }
                Answer::Later { wait, why } => Answer::Later { wait, why },
                Answer::Refused { words } => Answer::Refused { words },
            }
        }
    };
    match told {
        Answer::Received(told) => match signing.clone().heard(told) {
            Ok(after) => return (after.clone(), SigningNews::Stands(Box::new(after))),
            Err(why) => tracing::warn!(signing = %key, %why, "The province's answer is left aside"),
        },
        Answer::Later { why, .. } => tracing::info!(signing = %key, %why, "Signing cannot be asked about"),
        Answer::Refused { .. } => tracing::warn!(signing = %key, "The province does not answer about a signing"),
    }
    (signing, SigningNews::Silent)
}

/// No telephone is to ask for what nobody waits for.
async fn take_back(province: &HttpProvince, key: Uuid) {
    for _ in 0..TAKE_BACK_TRIES_MAX {
        match province.take_signing_back(key).await {
            Answer::Received(()) => {
                tracing::info!(signing = %key, "Signing taken back");
                return;
            }
            Answer::Refused { .. } => {
                tracing::warn!(signing = %key, "The province does not take a signing back");
                return;
            }
            Answer::Later { .. } => tokio::time::sleep(ASK_EVERY).await,
        }
    }
    tracing::warn!(signing = %key, "Signing could not be taken back: it ends by its own time");
}
