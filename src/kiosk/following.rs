//! Look-ups: the province first, what this kiosk remembers if the province cannot be asked.

mod news;
mod person;
pub(super) mod refresh;
mod reopen;

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{Done, Kiosk, Offer};
use crate::dossier::{ActKind, Freshness, KnownDossier};
use crate::payment::FeeStands;
use crate::province::{Answer, HttpProvince, Province};
use crate::session::LookUpNews;
use crate::session::following::Query;
use crate::slip::SlipCode;
use crate::store::follow::{KnownDossier as Remembered, Stage};
use crate::store::thread::StoreHandle;

/// A person waits: an answer that takes longer is as good as none.
pub(super) const ASK_MAX: Duration = Duration::from_secs(6);
/// A code of the province is at most this long (`000.00.06.H56-231027-0361` has 25).
const NUMBER_CHARS_MAX: usize = 40;
/// Digits of a slip number after the kiosk's name: yymmdd and four of the day's counter.
const SLIP_DIGITS: usize = 10;

impl Kiosk {
    pub(super) fn look_up(&self, asked: Uuid, query: Query) {
        let number = number_of(&query, &self.config.kiosk.name);
        let store = self.store.clone();
        let province = Arc::clone(&self.province);
        let offer = self.offer.clone();
        let done = self.done.clone();
        tokio::spawn(async move {
            let news = match number {
                Some(number) => look_up(&store, &province, &offer, number).await,
                None => LookUpNews::NotFound,
            };
            // The loop may be ending: then nobody waits for the answer.
            drop(done.send(Done::LookedUp { asked, news }).await);
        });
    }
}

/// The number that is meant: a slip's code, a code of the province, or typed digits of a slip of this kiosk.
fn number_of(query: &Query, kiosk: &str) -> Option<String> {
    match query {
        Query::Digits(digits) => {
            let from = digits.0.len().checked_sub(SLIP_DIGITS)?;
            let digits = digits.0.get(from..)?;
            Some(format!("{kiosk}-{}-{}", &digits[..6], &digits[6..]))
        }
        Query::Code(code) => {
            if let Ok(SlipCode::HandIn { slip_number, .. }) = code.0.parse() {
                return Some(slip_number);
            }
            let text = code.0.trim();
            let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-';
            let fits = !text.is_empty() && text.len() <= NUMBER_CHARS_MAX && text.chars().all(plain);
            // Twelve digits alone are a person's number, not a dossier's.
            let looks_like_one = text.contains('-') && text.chars().any(|letter| letter.is_ascii_digit());
            (fits && looks_like_one).then(|| text.to_owned())
        }
    }
}

async fn look_up(store: &StoreHandle, province: &HttpProvince, offer: &Offer, number: String) -> LookUpNews {
    let wanted = number.clone();
    let remembered = match store.call(move |store| store.follow(&wanted)).await {
        Ok(Ok(remembered)) => remembered,
        Ok(Err(error)) => {
            tracing::error!(error = format!("{error:#}"), "Dossier could not be looked up");
            None
        }
        Err(_) => None,
    };
    // What is still owed is with us: the province cannot know more. What came to a dossier is looked for there.
    if let Some(known) = remembered
        .as_ref()
        .filter(|known| known.stage != Stage::Received && known.kind == ActKind::Dossier)
    {
        let here = is_here(&remembered);
        return found(store, news::from_memory(known, offer, Freshness::Today), here).await;
    }

    let code = remembered.as_ref().and_then(|known| {
        let receipt = known.receipt.as_ref().map(|receipt| &receipt.code);
        known.about.as_ref().or(receipt)
    });
    let here = is_here(&remembered);
    let answer = tokio::time::timeout(ASK_MAX, province.state(code.unwrap_or(&number))).await;
    match (answer, remembered) {
        (Ok(Answer::Received(Some(state))), remembered) => {
            let known = news::from_province(&state, remembered.as_ref(), &number);
            if let Some(here) = remembered.filter(|known| known.kind == ActKind::Dossier) {
                news::keep(store, here.id, &known).await;
            }
            found(store, known, here).await
        }
        (_, Some(known)) => found(store, news::from_memory(&known, offer, Freshness::Last), here).await,
        (Ok(Answer::Received(None) | Answer::Refused { .. }), None) => LookUpNews::NotFound,
        (Ok(Answer::Later { .. }) | Err(_), None) => LookUpNews::Offline,
    }
}

/// With what is owed to it from here, and what was shown of its fee.
async fn found(store: &StoreHandle, mut known: KnownDossier, here: Option<Uuid>) -> LookUpNews {
    if let Some(dossier) = here.filter(|_| known.fee != FeeStands::Paid) {
        match store.call(move |store| store.open_transfer_of(dossier)).await {
            Ok(Ok(shown)) => known.transfer_shown = shown.map(|shown| shown.at),
            Ok(Err(error)) => tracing::error!(error = format!("{error:#}"), "Transfer cannot be read"),
            Err(_) => {}
        }
    }
    if let Some(code) = known.code.clone() {
        match store.call(move |store| store.owed_about(&code)).await {
            Ok(Ok(owed)) => known.owed = owed,
            Ok(Err(error)) => tracing::error!(error = format!("{error:#}"), "Requests cannot be read"),
            Err(_) => {}
        }
    }
    LookUpNews::Found(Box::new(known))
}

/// What the store knows of a number, for those who need no more.
pub(super) fn is_here(known: &Option<Remembered>) -> Option<Uuid> {
    known
        .as_ref()
        .filter(|known| known.kind == ActKind::Dossier)
        .map(|known| known.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Secret;

    #[test]
    fn a_number_is_what_a_slip_or_a_person_means() {
        let digits = |text: &str| number_of(&Query::Digits(Secret(text.into())), "K01");
        assert_eq!(digits("2611220007").as_deref(), Some("K01-261122-0007"));
        assert_eq!(digits("012611220007").as_deref(), Some("K01-261122-0007"));
        assert_eq!(digits("0007"), None);

        let code = |text: &str| number_of(&Query::Code(Secret(text.into())), "K01");
        assert_eq!(code("MCK1;H;K02-261122-0007;0").as_deref(), Some("K02-261122-0007"));
        assert_eq!(
            code("000.00.06.H56-231027-0361\r").as_deref(),
            Some("000.00.06.H56-231027-0361")
        );
        assert_eq!(
            code("038048002028|171234567|Nguyễn Văn Ấm|07031948|Nam|X|01052021"),
            None
        );
        assert_eq!(code("038048002028"), None);
        assert_eq!(code("https://example.invalid/a-1"), None);
    }
}
