//! Form 01, for the person whose dossier it is.

use super::exchange::ANSWER_BYTES_MAX;
use super::{Answer, Asker, HttpProvince, No, client::json, wire};
use crate::appointment::Appointment;

/// What the province says to whoever asks for form 01.
#[derive(Clone, Debug, PartialEq)]
pub enum Form01 {
    Given(Box<Appointment>),
    /// No official has accepted it yet.
    NotYet,
    NotTheirs,
}

impl HttpProvince {
    /// Form 01 of a dossier, for whoever has shown a card.
    pub async fn form_01(&self, asker: &Asker, code: &str) -> Answer<Form01> {
        self.ask_form_01(asker, code).await.into()
    }

    async fn ask_form_01(&self, asker: &Asker, code: &str) -> Result<Form01, No> {
        let url = self.http.url(&["v1", "dossiers", code, "appointment"]);
        let body = wire::following::asking(asker, Some(code));
        let reply = self
            .http
            .ask(json(self.http.client.post(url), &body), ANSWER_BYTES_MAX)
            .await?;
        let answer = reply.json();
        let kind = answer.as_ref().and_then(wire::asides::kind);
        match (reply.status.as_u16(), kind) {
            (200, _) => {
                let given = answer.as_ref().and_then(wire::appointment::appointment);
                // A form of another dossier is nobody's here.
                let given = given.filter(|given| given.code == code);
                given
                    .map(|given| Form01::Given(Box::new(given)))
                    .ok_or_else(|| reply.unclear())
            }
            (409, Some("not-accepted")) => Ok(Form01::NotYet),
            (403, Some(_)) => Ok(Form01::NotTheirs),
            (403 | 409, None) => Err(reply.unclear()),
            _ => Err(reply.no()),
        }
    }
}
