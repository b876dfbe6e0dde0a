//! What people thought of it, told to the province in counts.

use uuid::Uuid;

use super::client::json;
use super::exchange::ANSWER_BYTES_MAX;
use super::{Answer, HttpProvince, No, wire};
use crate::figures::Batch;

impl HttpProvince {
    /// Tells a batch of counts. The same key again is harmless.
    pub async fn tell_satisfaction(&self, key: Uuid, batch: &Batch) -> Answer<()> {
        self.ask_to_take(key, batch).await.into()
    }

    async fn ask_to_take(&self, key: Uuid, batch: &Batch) -> Result<(), No> {
        let request = self.http.client.post(self.http.url(&["v1", "satisfaction"]));
        let request = request.header("Idempotency-Key", key.to_string());
        let reply = self
            .http
            .ask(json(request, &wire::satisfaction(batch)), ANSWER_BYTES_MAX)
            .await?;
        match reply.status.as_u16() {
            // Only the province's own answer says that it has them.
            200..=202 if reply.json().is_some_and(|answer| wire::is_taken(&answer, key)) => Ok(()),
            200..=299 => Err(reply.unclear()),
            _ => Err(reply.no()),
        }
    }
}
