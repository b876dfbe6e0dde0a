//! Binding: the pages of a dossier become its files, one searchable PDF/A a part.
//!
//! Done once, before the first attempt, and kept: whatever is read later or differently changes nothing that was
//! sent. A kiosk that dies meanwhile has the pages still and begins anew.

use hardware::scanner::ocr::found;
use hardware::scanner::pdf::{self, PdfError, Sheet};

use crate::province::{CodeOnPage, Digitised, Package, ScannedPaper};
use crate::reading::{self, PageReader};
use crate::store::StoreError;
use crate::store::binding::{NewFile, Written};
use crate::store::drafts::PageInfo;
use crate::store::owed::Owed;
use crate::store::secrets::Plain;
use crate::store::thread::{StoreGone, StoreHandle};

/// Why the pages are not bound.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotBound {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Gone(#[from] StoreGone),
    #[error("the pages of {part} do not make a file: {error}")]
    Pdf { part: String, error: PdfError },
    #[error("not written down: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the kiosk is closing")]
    Stopped,
}

/// Binds the pages of a dossier, if it has any. Blocks while pages are read that were not read before.
pub(super) fn bind(store: &StoreHandle, reader: &PageReader, owed: &Owed) -> Result<(), NotBound> {
    let dossier = owed.dossier;
    let (pages, fields) = store.call_blocking(move |store| -> Result<_, StoreError> {
        Ok((store.pages(dossier)?, store.dossier_fields(dossier)?))
    })??;
    if pages.is_empty() {
        return Ok(());
    }
    let package: Package = serde_json::from_slice(&fields).map_err(|_| StoreError::Tampered)?;

    let mut written = Vec::with_capacity(package.papers.len());
    let bound = files(store, reader, owed, &package, pages, &mut written).and_then(|()| {
        // What was written stands in no row unless this succeeds as a whole.
        let files = std::mem::take(&mut written);
        store.call_blocking(move |store| {
            let bound = store.bind(dossier, &files);
            if bound.is_err() {
                store.drop_written(dossier, files);
            }
            bound
        })??;
        Ok(())
    });
    if !written.is_empty() {
        store.call_blocking(move |store| store.drop_written(dossier, written))?;
    }
    bound
}

/// One file after the other, so that no more than one part is in memory.
fn files(
    store: &StoreHandle,
    reader: &PageReader,
    owed: &Owed,
    package: &Package,
    mut pages: Vec<PageInfo>,
    written: &mut Vec<Written>,
) -> Result<(), NotBound> {
    let dossier = owed.dossier;
    let carried = store.call_blocking(move |store| store.bound_parts(dossier))??;
    for paper in &package.papers {
        let of_paper: Vec<PageInfo> = pages.extract_if(.., |page| page.part == paper.part.as_str()).collect();
        // Bound when the revision before was sent, and not scanned anew.
        if of_paper.is_empty() && carried.iter().any(|part| part == paper.part.as_str()) {
            continue;
        }
        if of_paper.len() != paper.scans.images as usize {
            tracing::error!(part = %paper.part, "Pages of a dossier are missing in our own store");
            return Err(StoreError::Tampered.into());
        }
        let file = file(store, reader, owed, paper, &of_paper)?;
        written.push(store.call_blocking(move |store| store.write_file(dossier, &file))??);
    }
    if pages.is_empty() {
        Ok(())
    } else {
        tracing::error!("A dossier has pages of no paper in our own store");
        Err(StoreError::Tampered.into())
    }
}

fn file(
    store: &StoreHandle,
    reader: &PageReader,
    owed: &Owed,
    paper: &ScannedPaper,
    pages: &[PageInfo],
) -> Result<NewFile, NotBound> {
    let mut digitised = Digitised {
        scans: paper.scans.clone(),
        facts: found::Facts::default(),
        codes: vec![],
    };
    let mut sheets = Vec::with_capacity(pages.len());
    for (info, image) in pages.iter().zip(1..) {
        let page = info.id;
        let picture = store.call_blocking(move |store| reading::image(store, page))??;
        let read = reader.read(store, page, &picture)?.ok_or(NotBound::Stopped)?;
        if let Some(text) = read.text.as_ref().filter(|_| image == 1) {
            digitised.facts = found::find(text);
        }
        let codes = read.codes.into_iter().map(|code| CodeOnPage { image, code });
        digitised.codes.extend(codes);
        sheets.push(Sheet {
            page: picture,
            text: read.text,
        });
    }

    let part = paper.part.to_string();
    let bytes = pdf::searchable(&paper.title, sheets, owed.sealed_at.as_second()).map_err(|error| NotBound::Pdf {
        part: part.clone(),
        error,
    })?;
    Ok(NewFile {
        name: format!("{part}.pdf"),
        part,
        bytes: Plain::new(bytes),
        about: serde_json::to_string(&digitised)?,
    })
}

/// What [`bind`] kept beside a file.
///
/// # Errors
/// `Tampered` if it is something else.
pub(super) fn digitised(about: &str) -> Result<Option<Digitised>, StoreError> {
    if about.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(about).map(Some).map_err(|_| StoreError::Tampered)
}
