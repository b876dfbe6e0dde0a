//! What is asked of the province after handing in: withdrawing, and whose dossiers these are.

use reqwest::header::HeaderName;
use tracing::{info, warn};

use super::{
    Answer, DossierStatus, HttpProvince, No, Package, Receipt, client::json, exchange::ANSWER_BYTES_MAX, wire,
};
use crate::citizen::CitizenId;
use crate::dossier::{ShownCard, WithdrawReason};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Who stands at the kiosk and has shown a card. Personal.
#[derive(Clone, Debug, PartialEq)]
pub struct Asker {
    pub id: CitizenId,
    pub shown: ShownCard,
}

/// A dossier of a person, as a list tells it. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TheirDossier {
    pub code: String,
    pub procedure_name: String,
    pub status: DossierStatus,
    /// When it came to this state.
    pub at: Option<jiff::Timestamp>,
}

impl HttpProvince {
    /// The dossiers of whoever has shown a card, the youngest first; with `code`, that one alone if it is theirs.
    /// Without it the province answers only for a chip that was read a moment ago.
    pub async fn dossiers_of(&self, asker: &Asker, code: Option<&str>) -> Answer<Vec<TheirDossier>> {
        self.ask_for(asker, code).await.into()
    }

    async fn ask_for(&self, asker: &Asker, code: Option<&str>) -> Result<Vec<TheirDossier>, No> {
        let request = self.http.client.post(self.http.url(&["v1", "persons", "dossiers"]));
        let body = wire::following::asking(asker, code);
        let reply = self.http.ask(json(request, &body), ANSWER_BYTES_MAX).await?;
        match reply.status.as_u16() {
            200 => reply
                .json()
                .and_then(|answer| wire::following::their_dossiers(&answer))
                .ok_or_else(|| reply.unclear()),
            _ => Err(reply.no()),
        }
    }

    /// Withdraws a dossier, once however often it is said.
    pub(super) async fn withdraw(
        &self,
        package: &Package,
        code: &str,
        shown: ShownCard,
        reason: Option<WithdrawReason>,
    ) -> Result<Receipt, No> {
        let request = self
            .http
            .client
            .post(self.http.url(&["v1", "dossiers", code, "withdrawal"]))
            .header(IDEMPOTENCY_KEY, package.key.to_string());
        let body = wire::following::withdrawal(package, code, shown, reason);
        let reply = self.http.ask(json(request, &body), ANSWER_BYTES_MAX).await?;

        match reply.status.as_u16() {
            200..=202 => {
                let receipt = reply.json().and_then(|answer| wire::receipt(&answer, package));
                receipt
                    .filter(|receipt| receipt.code == code && receipt.status == DossierStatus::Withdrawn)
                    .ok_or_else(|| reply.unclear())
            }
            // Somebody was faster, here or at a counter: it is withdrawn.
            409 if reply.json().is_some_and(|answer| wire::says_already_there(&answer)) => {
                info!(request = %package.key, "Dossier was withdrawn already");
                Ok(Receipt {
                    code: code.to_owned(),
                    received_at: None,
                    status: DossierStatus::Withdrawn,
                    due_at: None,
                })
            }
            status => {
                warn!(request = %package.key, status, "Withdrawal is not taken");
                Err(reply.no())
            }
        }
    }
}
