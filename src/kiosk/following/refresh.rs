//! News of what was handed in here, asked for by itself, so that what is told without a network is recent.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::news;
use crate::province::{Answer, Province};
use crate::store::thread::{StoreGone, StoreHandle};

/// How often it is looked whether anything is to be asked for.
const LOOK_EVERY: Duration = Duration::from_secs(300);
/// A dossier is asked for again after so many hours.
const NEWS_HOURS_MAX: i64 = 6;
/// Questions at one look: a kiosk with 2,000 open dossiers gets round them in a day and a half.
const QUESTIONS_AT_ONCE_MAX: u32 = 5;
/// Between two questions.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(2);

/// Asks for ever, gently.
///
/// # Errors
/// The store has ended.
pub async fn keep_news_fresh<P: Province>(store: StoreHandle, province: Arc<P>) -> Result<(), StoreGone> {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        refresh(&store, province.as_ref(), Timestamp::now(), BETWEEN_QUESTIONS).await?;
    }
}

/// One round. Stops at the first question without an answer: the line is down, and the rest is for the next time.
async fn refresh<P: Province>(
    store: &StoreHandle,
    province: &P,
    now: Timestamp,
    between: Duration,
) -> Result<(), StoreGone> {
    let age = SignedDuration::from_hours(NEWS_HOURS_MAX);
    let due = store
        .call(move |store| store.to_ask_about(age, QUESTIONS_AT_ONCE_MAX, now))
        .await?;
    let due = match due {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "Dossiers to ask about cannot be read");
            return Ok(());
        }
    };
    for (dossier, code) in due {
        match province.state(&code).await {
            Answer::Received(Some(state)) => {
                let known = news::from_province(&state, None, &code);
                news::keep(store, dossier, &known).await;
            }
            Answer::Received(None) | Answer::Refused { .. } => {
                tracing::warn!(%dossier, "The province does not know a dossier that it has received");
            }
            Answer::Later { why, .. } => {
                tracing::debug!(%why, "No news of dossiers now");
                return Ok(());
            }
        }
        tokio::time::sleep(between).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use uuid::Uuid;

    use super::*;
    use crate::dossier::Act;
    use crate::figures::Facts;
    use crate::payment::FeeStands;
    use crate::province::{
        CatalogueNews, DossierState, DossierStatus, FileSource, Later, Ledger, Package, Receipt as Received,
    };
    use crate::store::dossiers::SealedDossier;
    use crate::store::drafts::DraftRow;
    use crate::store::follow::Receipt;
    use crate::store::room::Limits;
    use crate::store::secrets::{KioskKey, Plain};
    use crate::store::{Settings, Store, thread};

    /// Tells how dossiers stand, while there is a line; counts what it is asked.
    struct Told {
        line: Mutex<bool>,
        asked: Mutex<Vec<String>>,
    }

    impl Province for Told {
        async fn catalogue(&self, _: Option<&str>) -> Answer<CatalogueNews> {
            Answer::Received(CatalogueNews::NotModified)
        }

        async fn hand_in(&self, _: &Package, _: &dyn FileSource, _: &mut dyn Ledger) -> Answer<Received> {
            Answer::Refused { words: String::new() }
        }

        async fn state(&self, code: &str) -> Answer<Option<DossierState>> {
            self.asked.lock().unwrap().push(code.to_owned());
            if !*self.line.lock().unwrap() {
                let why = Later::Unreachable;
                return Answer::Later { wait: None, why };
            }
            let over = code == "A-1";
            Answer::Received(Some(DossierState {
                code: Some(code.to_owned()),
                procedure_name: "Khai sinh".to_owned(),
                procedure_code: None,
                status: if over {
                    DossierStatus::Returned
                } else {
                    DossierStatus::InWork
                },
                handed_in_at: None,
                received_at: None,
                due_at: None,
                agency: String::new(),
                wanted: vec![],
                wanted_until: None,
                fee: FeeStands::Elsewhere,
                steps: vec![],
            }))
        }
    }

    /// A dossier that the province has received under this code.
    fn received(store: &mut Store, code: &str, now: Timestamp) -> Uuid {
        let id = Uuid::now_v7();
        let draft = DraftRow {
            id,
            procedure: "1.001193".to_owned(),
            answers: Plain::new(b"{}".to_vec()),
        };
        store.save_draft(&draft, now).unwrap();
        let dossier = SealedDossier {
            key: Uuid::now_v7(),
            fields: Plain::new(b"{}".to_vec()),
            file_count: 0,
            act: Act::HandIn,
            facts: Facts::default(),
        };
        store.seal(id, &dossier, now).unwrap();
        let receipt = Receipt {
            code: code.to_owned(),
            state: "1".to_owned(),
            received_on: None,
            due_on: None,
        };
        store.received(id, &receipt, now).unwrap();
        id
    }

    #[tokio::test]
    async fn open_dossiers_are_asked_about_in_turn_and_not_while_the_line_is_down() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            scan_free_bytes_min: 0,
            numbers_free_bytes_min: 0,
            ballast_bytes: 0,
        };
        let settings = Settings {
            name: "K01".parse().unwrap(),
            limits,
        };
        let start = Timestamp::now();
        let (store, _) = Store::open(folder.path(), KioskKey::from_bytes([7; 32]), settings, start).unwrap();
        let store = thread::spawn(store, Timestamp::now, |_| {}).unwrap().0;
        let ids = store
            .call(move |store| ["A-1", "A-2"].map(|code| received(store, code, start)))
            .await
            .unwrap();
        let province = Told {
            line: Mutex::new(false),
            asked: Mutex::default(),
        };
        let at = |hours| start + SignedDuration::from_hours(hours);

        refresh(&store, &province, at(1), Duration::ZERO).await.unwrap();
        assert!(province.asked.lock().unwrap().is_empty(), "the receipt is news enough");
        refresh(&store, &province, at(7), Duration::ZERO).await.unwrap();
        assert_eq!(
            province.asked.lock().unwrap().len(),
            1,
            "one question finds the line down"
        );
        *province.line.lock().unwrap() = true;
        refresh(&store, &province, at(14), Duration::ZERO).await.unwrap();
        assert_eq!(province.asked.lock().unwrap().len(), 3);
        let news = store
            .call(move |store| ids.map(|id| store.known(id).unwrap().news))
            .await
            .unwrap();
        assert!(
            news[0].as_ref().is_some_and(|news| news.contains("handed-over")),
            "{news:?}"
        );
        assert!(
            news[1].as_ref().is_some_and(|news| news.contains("in-work")),
            "{news:?}"
        );
        refresh(&store, &province, at(48), Duration::ZERO).await.unwrap();
        assert_eq!(province.asked.lock().unwrap().last().unwrap(), "A-2");
        assert_eq!(
            province.asked.lock().unwrap().len(),
            4,
            "what is over is not asked about"
        );
    }
}
