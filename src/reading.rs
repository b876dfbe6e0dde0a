//! Words and codes on scanned pages, read by programs beside the kiosk and behind everything else.
//!
//! A page is read while the visit goes on; what is not read by the time its dossier is bound is read then. Nobody
//! waits for it, and a page that cannot be read is as good as any other: it is only not searchable. What was read
//! is kept sealed beside its page.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use hardware::scanner::PageImage;
use hardware::scanner::codes::{self, OutsideError, PageCode};
use hardware::scanner::ocr::{self, Cancel, Language, OcrConfig, OcrError, PageText};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::dossier::PageMeta;
use crate::store::thread::{StoreGone, StoreHandle};
use crate::store::{Store, StoreError};

/// Pages that may wait to be read. One that finds no place is read when its dossier is bound.
const WAITING_MAX: usize = 64;

/// The programs that read pages; none is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReadingConfig {
    /// Reads the words: `tesseract`, with its language `vie`.
    pub words: Option<PathBuf>,
    /// Reads the codes: `page-codes`. Without a slash it is looked for beside the kiosk's own program, then on the path.
    pub codes: Option<PathBuf>,
}

/// What a machine found on one page. Personal: kept sealed, never logged.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// None if nothing could read it.
    pub text: Option<PageText>,
    pub codes: Vec<PageCode>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reading(words {}, {} codes)", self.text.is_some(), self.codes.len())
    }
}

/// Why pages are not read. For technicians.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotRead {
    /// `tesseract` or its language is missing.
    Words,
    /// `page-codes` is missing.
    Codes,
}

/// Reads pages, one at a time, whoever asks.
#[derive(Debug)]
pub struct PageReader {
    words: Option<OcrConfig>,
    codes: Option<PathBuf>,
    cancel: Cancel,
    turn: Mutex<()>,
}

impl PageReader {
    /// `beside` is the folder of the kiosk's own program.
    pub fn new(config: &ReadingConfig, beside: Option<&Path>) -> Self {
        Self {
            words: config.words.as_ref().map(|program| OcrConfig {
                program: program.clone(),
                language: Language::Vietnamese,
            }),
            codes: config.codes.as_ref().map(|program| found(program, beside)),
            cancel: Cancel::default(),
            turn: Mutex::new(()),
        }
    }

    /// Ends what is being read now, and everything later.
    pub fn stop(&self) {
        self.cancel.cancel();
    }

    pub fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled()
    }

    pub fn is_wanted(&self) -> bool {
        self.words.is_some() || self.codes.is_some()
    }

    /// Whether the programs are there. Takes some 10 ms.
    ///
    /// # Errors
    /// Which of them is not.
    pub fn check(&self) -> Result<(), NotRead> {
        if let Some(words) = &self.words
            && let Err(error) = ocr::check(words)
        {
            tracing::warn!(%error, "Words on pages are not read");
            return Err(NotRead::Words);
        }
        match &self.codes {
            Some(codes) if !is_there(codes) => {
                tracing::warn!(program = %codes.display(), "Codes on pages are not read: the program is missing");
                Err(NotRead::Codes)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What stands on a page that the store has. Kept there when it is read; `None` when reading was ended.
    pub fn read(&self, store: &StoreHandle, page: Uuid, image: &PageImage) -> Result<Option<Reading>, StoreGone> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = store.call_blocking(move |store| kept(store, page))? {
            return Ok(Some(reading));
        }
        let reading = Reading {
            text: self.words(image),
            codes: self.codes(image),
        };
        if self.is_stopped() {
            return Ok(None);
        }
        match serde_json::to_vec(&reading) {
            Ok(json) => {
                let kept = store.call_blocking(move |store| store.keep_reading(page, &json))?;
                match kept {
                    // Scanned again, or its visit is over.
                    Ok(()) | Err(StoreError::Unknown(_)) => {}
                    Err(error) => tracing::warn!(%error, "What stands on a page could not be kept"),
                }
            }
            Err(error) => tracing::warn!(%error, "What stands on a page could not be written"),
        }
        Ok(Some(reading))
    }

    fn words(&self, image: &PageImage) -> Option<PageText> {
        match ocr::read(self.words.as_ref()?, image, &self.cancel) {
            Ok(text) => Some(text),
            Err(OcrError::Cancelled) => None,
            Err(error) => {
                tracing::warn!(%error, "Words of a page not read");
                None
            }
        }
    }

    fn codes(&self, image: &PageImage) -> Vec<PageCode> {
        let Some(program) = &self.codes else {
            return vec![];
        };
        match codes::read(program, image, &self.cancel) {
            Ok(codes) => codes,
            Err(OutsideError::Cancelled) => vec![],
            Err(error) => {
                tracing::warn!(%error, "Codes of a page not read");
                vec![]
            }
        }
    }
}

/// Ends all reading when it goes: the runtime waits for work that blocks.
pub struct StopsReading(pub Arc<PageReader>);

impl Drop for StopsReading {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Starts the thread that reads pages as they are scanned. It first says whether it can; it ends with the last sender.
///
/// # Errors
/// No thread could be had.
pub fn start(
    reader: Arc<PageReader>,
    store: StoreHandle,
    say: impl FnOnce(Result<(), NotRead>) + Send + 'static,
) -> std::io::Result<SyncSender<Uuid>> {
    let (pages, inbox) = sync_channel(WAITING_MAX);
    std::thread::Builder::new().name("reader".into()).spawn(move || {
        say(reader.check());
        // The store is gone: the kiosk ends.
        let _: Result<(), StoreGone> = serve(&reader, &store, &inbox);
    })?;
    Ok(pages)
}

fn serve(reader: &PageReader, store: &StoreHandle, inbox: &Receiver<Uuid>) -> Result<(), StoreGone> {
    while let Ok(page) = inbox.recv() {
        if reader.is_stopped() {
            return Ok(());
        }
        let image = store.call_blocking(move |store| image(store, page))?;
        match image {
            Ok(image) => drop(reader.read(store, page, &image)?),
            // Scanned again, or its visit is over.
            Err(StoreError::Unknown(_)) => {}
            Err(error) => tracing::warn!(%error, "A page cannot be opened to be read"),
        }
    }
    Ok(())
}

/// A page of the store.
///
/// # Errors
/// `Unknown` if it is gone, `Tampered` if it is not what was kept.
pub fn image(store: &mut Store, page: Uuid) -> Result<PageImage, StoreError> {
    let meta = store.page_meta(page)?;
    let meta: PageMeta = serde_json::from_slice(&meta).map_err(|_| StoreError::Tampered)?;
    Ok(meta.with(store.page(page)?.to_vec()))
}

/// What was read on the page before. What cannot be understood is read again.
fn kept(store: &mut Store, page: Uuid) -> Option<Reading> {
    let reading = store.reading(page).ok()??;
    serde_json::from_slice(&reading).ok()
}

/// A name alone is looked for on the path, as it is when it is started.
fn is_there(program: &Path) -> bool {
    if program.components().count() > 1 {
        return program.is_file();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn found(program: &Path, beside: Option<&Path>) -> PathBuf {
    beside
        .filter(|_| program.components().count() == 1)
        .map(|folder| folder.join(program))
        .filter(|path| path.is_file())
        .unwrap_or_else(|| program.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(codes: &str, beside: Option<&Path>) -> PageReader {
        let config = ReadingConfig {
            words: None,
            codes: Some(codes.into()),
        };
        PageReader::new(&config, beside)
    }

    #[test]
    fn a_program_is_looked_for_beside_ours_then_on_the_path_and_missed_where_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("page-codes-of-a-test"), b"").unwrap();
        let beside = Some(folder.path());
        assert_eq!(reader("page-codes-of-a-test", beside).check(), Ok(()));
        assert_eq!(reader("page-codes-of-a-test", None).check(), Err(NotRead::Codes));
        assert_eq!(reader("sh", beside).check(), Ok(()), "on the path");
        assert_eq!(reader("/nonexistent/page-codes", beside).check(), Err(NotRead::Codes));
        assert!(!PageReader::new(&ReadingConfig::default(), beside).is_wanted());
    }
}
