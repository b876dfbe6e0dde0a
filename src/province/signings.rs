//! Signing from afar over HTTP: asked once per key, looked at by its transaction, taken back by its key.

use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Answer, Later, No,
    client::{HttpProvince, json},
    exchange::{ANSWER_BYTES_MAX, Reply},
    wire,
};
use crate::dossier::Content;
use crate::remote::{Asking, Statement, Told, WhyNot};

/// Somebody stands at the screen: an answer that takes longer is asked for again.
const ASK_MAX: Duration = Duration::from_secs(10);

/// How the province answers to being asked for a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    Told(Told),
    /// It does not ask a telephone for it.
    No(WhyNot),
}

/// What somebody signs who hands in this content at this centre, letter by letter.
pub fn statement(content: &Content, site: &str) -> Statement {
    wire::signing::statement(content, site)
}

/// The province as far as people sign with keys of their own. Beside [`super::Province`]: not every province can.
pub trait Signings: Send + Sync {
    /// Has the telephone ask, or finds that it does. Asking again with the same key is harmless.
    fn begin_signing(&self, asking: &Asking) -> impl Future<Output = Answer<Begun>> + Send;

    /// How a signing stands.
    fn signing(&self, transaction: &str) -> impl Future<Output = Answer<Told>> + Send;

    /// Nobody waits for it any more: the telephone stops asking. It is named by its key, for the transaction may not
    /// be known. One that the province does not have is as good as taken back.
    fn take_signing_back(&self, key: Uuid) -> impl Future<Output = Answer<()>> + Send;
}

impl HttpProvince {
    async fn ask_to_sign(&self, asking: &Asking) -> Result<Begun, No> {
        let request = self.client().post(self.url(&["v1", "signings"]));
        let request = request.header("Idempotency-Key", asking.key.to_string());
        let reply = self
            .ask(json(request, &wire::signing::asking(asking)), ANSWER_BYTES_MAX)
            .await?;
        match reply.status.as_u16() {
            200 | 201 => told(&reply, None).map(Begun::Told),
            _ => match reply.no() {
                No::Refused { .. } => Ok(Begun::No(wire::signing::why_not(reply.json().as_ref()))),
                later @ No::Later { .. } => Err(later),
            },
        }
    }

    async fn ask_signing(&self, transaction: &str) -> Result<Told, No> {
        let url = self.url(&["v1", "signings", transaction]);
        let reply = self.ask(self.client().get(url), ANSWER_BYTES_MAX).await?;
        match reply.status.as_u16() {
            200 => told(&reply, Some(transaction)),
            // It gave us this number: that it does not know it now decides nothing.
            _ => match reply.no() {
                No::Refused { .. } => Err(reply.unclear()),
                later @ No::Later { .. } => Err(later),
            },
        }
    }

    async fn ask_to_take_back(&self, key: Uuid) -> Result<(), No> {
        let url = self.url(&["v1", "signings", &key.to_string()]);
        let reply = self.ask(self.client().delete(url), ANSWER_BYTES_MAX).await?;
        match reply.status.as_u16() {
            // 409: it has ended by itself.
            200 | 204 | 404 | 409 | 410 => Ok(()),
            _ => Err(reply.no()),
        }
    }
}

fn told(reply: &Reply, transaction: Option<&str>) -> Result<Told, No> {
    reply
        .json()
        .and_then(|answer| wire::signing::signing(&answer))
        .filter(|told| transaction.is_none_or(|asked| asked == told.request.transaction))
        .ok_or_else(|| reply.unclear())
}

impl Signings for HttpProvince {
    async fn begin_signing(&self, asking: &Asking) -> Answer<Begun> {
        soon(self.ask_to_sign(asking)).await
    }

    async fn signing(&self, transaction: &str) -> Answer<Told> {
        soon(self.ask_signing(transaction)).await
    }

    async fn take_signing_back(&self, key: Uuid) -> Answer<()> {
        soon(self.ask_to_take_back(key)).await
    }
}

async fn soon<T>(asking: impl Future<Output = Result<T, No>>) -> Answer<T> {
    let answer = timeout(ASK_MAX, asking).await;
    answer.unwrap_or_else(|_| Err(Later::TooSlow.into())).into()
}
