//! A province that answers as it is told.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::outbox::SMALL_BYTES_MAX;
use crate::procedure::Catalogue;
use crate::province::{
    Answer, CatalogueNews, DossierState, DossierStatus, FileSource, Later, Ledger, Package, Province, Receipt,
};

/// A province that gives the next of its answers; without one it receives.
#[derive(Default)]
pub struct Scripted {
    pub answers: Mutex<VecDeque<Answer<Receipt>>>,
    /// What was handed in, in order: key, slip number and bytes read.
    pub handed: Mutex<Vec<(Uuid, String, u64)>>,
    /// How long a hand-in of many bytes takes.
    pub slow_big: Option<Duration>,
    /// How long any takes.
    pub slow: Duration,
    /// Who was begun, and how many were under way then.
    pub begun: Mutex<Vec<(String, usize)>>,
    pub under_way: AtomicUsize,
    /// Bytes that are here, by key.
    pub here: Mutex<HashMap<Uuid, u64>>,
}

fn receipt(slip: &str) -> Receipt {
    Receipt {
        code: format!("H1-{slip}"),
        received_at: None,
        status: DossierStatus::New,
        due_at: None,
    }
}

impl Scripted {
    pub fn answering(answers: impl IntoIterator<Item = Answer<Receipt>>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            ..Self::default()
        }
    }

    pub fn handed(&self) -> Vec<(Uuid, String, u64)> {
        self.handed.lock().unwrap().clone()
    }
}

impl Province for Scripted {
    async fn catalogue(&self, _: Option<&str>) -> Answer<CatalogueNews> {
        Answer::Received(CatalogueNews::Fresh {
            etag: None,
            catalogue: Catalogue::default(),
        })
    }

    async fn hand_in(&self, package: &Package, files: &dyn FileSource, ledger: &mut dyn Ledger) -> Answer<Receipt> {
        let under_way = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.begun.lock().unwrap().push((package.slip.clone(), under_way));
        tokio::time::sleep(self.slow).await;
        let answer = self.take(package, files, ledger).await;
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        answer
    }

    async fn state(&self, _: &str) -> Answer<Option<DossierState>> {
        Answer::Received(None)
    }
}

impl Scripted {
    async fn take(&self, package: &Package, files: &dyn FileSource, ledger: &mut dyn Ledger) -> Answer<Receipt> {
        let mut bytes = self.here.lock().unwrap().remove(&package.key).unwrap_or_default();
        for (index, file) in package.files.iter().enumerate() {
            ledger.keep_upload_url(index, &format!("/files/{index}")).unwrap();
            while let left @ 1.. = file.size_bytes - bytes.min(file.size_bytes) {
                let length = left.min(65_536) as usize;
                match files.read(index, bytes, length) {
                    Ok(piece) => bytes += piece.len() as u64,
                    Err(_) => {
                        return Answer::Later {
                            wait: None,
                            why: Later::PagesUnreadable,
                        };
                    }
                }
                if bytes < file.size_bytes && files.turn_is_over() {
                    self.here.lock().unwrap().insert(package.key, bytes);
                    return Answer::Later {
                        wait: None,
                        why: Later::TurnOver,
                    };
                }
            }
        }
        if let Some(slow) = self.slow_big.filter(|_| bytes > SMALL_BYTES_MAX) {
            tokio::time::sleep(slow).await;
        }
        self.handed
            .lock()
            .unwrap()
            .push((package.key, package.slip.clone(), bytes));
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| Answer::Received(receipt(&package.slip)))
    }
}
