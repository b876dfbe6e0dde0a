//! Payments over HTTP: begun once per key, and asked for by their reference.

use std::time::Duration;

use reqwest::Url;
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    Answer, Later, No,
    client::HttpProvince,
    exchange::{ANSWER_BYTES_MAX, Reply},
    wire,
};
use crate::payment::{Told, address::Pages};

/// Somebody stands at the screen: an answer that takes longer is asked for again.
const ASK_MAX: Duration = Duration::from_secs(10);

/// The province as far as fees are paid by phone. Beside [`super::Province`]: not every province can do it.
pub trait Payments: Send + Sync {
    /// Begins the payment of a dossier's fee, or finds the one that was begun: under this key before, or under
    /// another. Asking again with the same key is harmless.
    fn begin_payment(&self, dossier_code: &str, key: Uuid) -> impl Future<Output = Answer<Told>> + Send;

    /// How a payment stands.
    fn payment(&self, reference: &str) -> impl Future<Output = Answer<Told>> + Send;
}

impl HttpProvince {
    /// What a payment page must be: as safe as the way to the province itself.
    fn pages(&self) -> Pages {
        match self.base().scheme() {
            "https" => Pages::Secure,
            _ => Pages::Development,
        }
    }

    async fn ask_to_begin(&self, dossier_code: &str, key: Uuid) -> Result<Told, No> {
        let url = self.url(&["v1", "dossiers", dossier_code, "payments"]);
        let request = self.client().post(url);
        let reply = self
            .ask(request.header("Idempotency-Key", key.to_string()), ANSWER_BYTES_MAX)
            .await?;
        match reply.status.as_u16() {
            200 | 201 => self.told(&reply, None),
            // Another one counts for this dossier: it goes on.
            409 => match reply.json().as_ref().and_then(wire::payment_there) {
                Some(reference) => self.ask_payment(&reference).await,
                None => Err(reply.no()),
            },
            _ => Err(reply.no()),
        }
    }

    async fn ask_payment(&self, reference: &str) -> Result<Told, No> {
        let url: Url = self.url(&["v1", "payments", reference]);
        let reply = self.ask(self.client().get(url), ANSWER_BYTES_MAX).await?;
        match reply.status.as_u16() {
            200 => self.told(&reply, Some(reference)),
            // It gave us this reference: that it does not know it now decides nothing.
            404 => Err(reply.unclear()),
            _ => Err(reply.no()),
        }
    }

    fn told(&self, reply: &Reply, reference: Option<&str>) -> Result<Told, No> {
        let (told, odd) = reply
            .json()
            .and_then(|answer| wire::payment(&answer, self.pages()))
            .filter(|(told, _)| reference.is_none_or(|asked| asked == told.bill.reference))
            .ok_or_else(|| reply.unclear())?;
        if let Some(why) = odd {
            tracing::warn!(payment = told.bill.reference, %why, "The address of a payment is not shown");
        }
        Ok(told)
    }
}

impl Payments for HttpProvince {
    async fn begin_payment(&self, dossier_code: &str, key: Uuid) -> Answer<Told> {
        soon(self.ask_to_begin(dossier_code, key)).await
    }

    async fn payment(&self, reference: &str) -> Answer<Told> {
        soon(self.ask_payment(reference)).await
    }
}

async fn soon(asking: impl Future<Output = Result<Told, No>>) -> Answer<Told> {
    let answer = timeout(ASK_MAX, asking).await;
    answer.unwrap_or_else(|_| Err(Later::TooSlow.into())).into()
}
