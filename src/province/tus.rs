//! One file to the province by tus 1.0, from wherever it was left.
//!
//! ```text
//! kept address? ──HEAD──► offset ──PATCH──► offset … ──► whole
//!      │no / gone            ▲ 409, 460, odd offset: HEAD again
//!      └────────POST─────────┘ 403, 404, 410: the upload is gone, begin anew
//! ```
//! The server's offset is the truth, whatever we think we sent. The address is committed before the
//! first byte leaves. A file is sent in few, long requests, read and decrypted 64 KiB at a time; they
//! get shorter when the line breaks, so that even a proxy that keeps nothing of a broken request
//! cannot hold a file up for ever.

mod transfer;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reqwest::{
    Method, Url,
    header::{CONTENT_LENGTH, LOCATION},
};
use tracing::{debug, warn};

pub(super) use self::transfer::{Pace, Piece, Place, Sent, Transfer, send_bytes};
use super::{FileToSend, Later, Ledger, No, Package, exchange::ANSWER_BYTES_MAX, wire};

/// Uploads begun for one file in one go.
const CREATIONS_MAX: usize = 3;
/// A file that arrives wrong twice is a matter for staff.
const WRONG_HASHES_MAX: usize = 2;

/// One file on its way, and where we keep its address.
pub(super) struct Upload<'a> {
    pub transfer: Transfer<'a>,
    /// `Upload-Metadata` of its creation.
    pub metadata: String,
    pub ledger: &'a mut dyn Ledger,
}

enum Created {
    At(Url),
    AlreadyThere,
}

impl Upload<'_> {
    /// Returns when the province has every byte.
    pub async fn bring(mut self) -> Result<(), No> {
        let mut gone = No::from(Later::Stuck);
        let mut wrong_hashes = 0;
        let mut start = self.kept().await?;

        for _ in 0..=CREATIONS_MAX {
            let (url, offset) = match start.take() {
                Some(kept) => kept,
                None => match self.create().await? {
                    Created::At(url) => (url, 0),
                    Created::AlreadyThere => return Ok(()),
                },
            };
            match self.transfer.send(&url, offset).await? {
                Sent::Whole => return Ok(()),
                Sent::Gone(no) => gone = no,
                Sent::WrongHash(no) => {
                    wrong_hashes += 1;
                    if wrong_hashes == WRONG_HASHES_MAX {
                        self.forget()?;
                        return Err(no);
                    }
                }
            }
            warn!(of = %self.transfer.of, file = self.transfer.file, "Upload is gone, beginning anew");
            self.forget()?;
        }
        Err(gone)
    }

    fn forget(&mut self) -> Result<(), No> {
        self.ledger
            .forget_upload_url(self.transfer.file)
            .map_err(|_| Later::LedgerBroken.into())
    }

    /// The upload that was begun before, and how far it has come.
    async fn kept(&mut self) -> Result<Option<(Url, u64)>, No> {
        let kept = self
            .ledger
            .upload_url(self.transfer.file)
            .map_err(|_| No::from(Later::LedgerBroken))?;
        let Some(kept) = kept else { return Ok(None) };

        // The configuration may name another province since.
        if let Ok(url) = self.transfer.http.own_url(&self.transfer.http.base, &kept)
            && let Place::At(offset) = self.transfer.head(&url).await?
        {
            debug!(of = %self.transfer.of, file = self.transfer.file, offset, "Going on with an upload");
            return Ok(Some((url, offset)));
        }
        self.forget()?;
        Ok(None)
    }

    async fn create(&mut self) -> Result<Created, No> {
        let url = self.transfer.http.url(&["v1", "files"]);
        let request = self
            .transfer
            .request(Method::POST, &url)
            .header(CONTENT_LENGTH, 0)
            .header("Upload-Length", self.transfer.size_bytes)
            .header("Upload-Metadata", &self.metadata);
        let reply = self.transfer.http.ask(request, ANSWER_BYTES_MAX).await?;

        match reply.status.as_u16() {
            201 => {
                let location = reply.text(LOCATION.as_str()).ok_or_else(|| reply.unclear())?;
                let url = self.transfer.http.own_url(&url, location).inspect_err(|_| {
                    warn!(of = %self.transfer.of, "Province gave an upload address that is not its own");
                })?;
                if self.ledger.keep_upload_url(self.transfer.file, url.as_str()).is_err() {
                    self.transfer.terminate(&url).await;
                    return Err(Later::LedgerBroken.into());
                }
                Ok(Created::At(url))
            }
            200..=299 | 400..=499 if reply.json().is_some_and(|answer| wire::says_already_there(&answer)) => {
                Ok(Created::AlreadyThere)
            }
            200..=299 => Err(reply.unclear()),
            _ => Err(reply.no()),
        }
    }
}

/// As tus writes it: names with their values in Base64.
pub(super) fn metadata(package: &Package, file: &FileToSend) -> String {
    [
        ("dossier", package.key.to_string()),
        ("part", file.part.to_string()),
        ("filename", file.name.clone()),
        ("sha256", wire::hex(&file.sha256)),
    ]
    .map(|(name, value)| format!("{name} {}", BASE64.encode(value)))
    .join(",")
}
