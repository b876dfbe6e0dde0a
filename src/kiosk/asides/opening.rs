//! Opening a parcel: from this kiosk, where it still waits to be sent, or from the province.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::aside::parcel::{self, Contents, Sealed};
use crate::aside::{AsideCode, AsideKey, CannotGoOn};
use crate::dossier::Draft;
use crate::procedure::Catalogue;
use crate::province::{Answer, AsideAt, FETCH_BYTES_MAX, HttpProvince};
use crate::store::thread::StoreHandle;

/// A person waits: a question that takes longer is as good as unanswered.
const ASK_MAX: Duration = Duration::from_secs(10);
/// A piece of a parcel, on a slow line.
const PIECE_MAX: Duration = Duration::from_secs(60);
/// Tries of one piece.
const PIECE_TRIES_MAX: u32 = 3;

/// A parcel that is open for the visit of now.
pub struct OpenedParcel {
    parcel: Uuid,
    key: AsideKey,
    contents: Contents,
    at: At,
}

/// Where its bytes are.
enum At {
    /// Fetched from the province.
    Fetched(PathBuf),
    /// A second name of what is still owed to the province: the first goes when that has it.
    Owed(PathBuf),
}

/// What an opening works with.
pub(super) struct Opening {
    pub store: StoreHandle,
    pub province: Arc<HttpProvince>,
    pub kiosk: String,
    /// The procedures that hold today.
    pub today: Arc<Catalogue>,
}

impl std::fmt::Debug for OpenedParcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenedParcel(hidden)")
    }
}

impl OpenedParcel {
    pub(super) const fn parcel(&self) -> Uuid {
        self.parcel
    }

    /// The draft, which knows where it was taken from.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            taken_from: Some(super::taken_from(&self.contents, self.parcel)),
            ..self.contents.draft.clone()
        }
    }

    /// Where its bytes are, and what opens them.
    pub(super) fn place(&self) -> (PathBuf, Uuid, AsideKey) {
        let (At::Fetched(path) | At::Owed(path)) = &self.at;
        (path.clone(), self.parcel, self.key.clone())
    }

    /// Whether the province was never asked.
    pub(super) const fn is_local(&self) -> bool {
        matches!(self.at, At::Owed(_))
    }

    /// What is owed stays owed under its own name.
    pub(super) fn remove(&self) {
        remove(self.at.path());
    }
}

impl Opening {
    pub(super) async fn open(&self, code: &AsideCode) -> Result<Box<OpenedParcel>, CannotGoOn> {
        let parcel = code.parcel;
        let own = self.store.call(move |store| store.aside_path(parcel)).await;
        let own = own.map_err(|_| CannotGoOn::NoRoom)?.map_err(|_| CannotGoOn::NoRoom)?;
        let open = own.with_extension("open");
        let at = if std::fs::hard_link(&own, &open).is_ok() {
            At::Owed(open)
        } else {
            At::Fetched(self.fetch(parcel, open).await?)
        };
        let (path, key) = (at.path().to_owned(), code.key.clone());
        let opened = tokio::task::spawn_blocking(move || {
            let file = io::BufReader::new(File::open(path)?);
            parcel::open(file, &key, parcel).map(|opened| opened.contents)
        });
        let contents = match opened.await {
            Ok(Ok(contents)) => Ok(contents),
            Ok(Err(error)) => {
                tracing::warn!(%error, "A draft put aside does not open");
                Err(CannotGoOn::Damaged)
            }
            Err(error) => {
                tracing::error!(%error, "Opening a draft put aside broke off");
                Err(CannotGoOn::Damaged)
            }
        };
        let holds = |contents: Contents| match self.today.procedure(&contents.draft.procedure.code) {
            Some(_) => Ok(contents),
            None => Err(CannotGoOn::ProcedureGone),
        };
        match contents.and_then(holds) {
            Ok(contents) => Ok(Box::new(OpenedParcel {
                parcel,
                key: code.key.clone(),
                contents,
                at,
            })),
            Err(why) => {
                remove(at.path());
                if let At::Fetched(_) = at {
                    self.release(parcel).await;
                }
                Err(why)
            }
        }
    }

    async fn release(&self, parcel: Uuid) {
        if let Answer::Later { why, .. } = self.province.release_aside(parcel, &self.kiosk).await {
            tracing::info!(%why, "A draft put aside is released by time");
        }
    }

    async fn fetch(&self, parcel: Uuid, path: PathBuf) -> Result<PathBuf, CannotGoOn> {
        let asked = tokio::time::timeout(ASK_MAX, self.province.open_aside(parcel, &self.kiosk)).await;
        let sealed = match asked {
            Ok(Answer::Received(AsideAt::Here { sealed })) => sealed,
            Ok(Answer::Received(AsideAt::Elsewhere)) => return Err(CannotGoOn::OpenElsewhere),
            Ok(Answer::Received(AsideAt::Expired)) => return Err(CannotGoOn::Expired),
            Ok(Answer::Received(AsideAt::HandedIn)) => return Err(CannotGoOn::HandedIn),
            Ok(Answer::Received(AsideAt::Unknown) | Answer::Refused { .. }) => return Err(CannotGoOn::NotThere),
            Ok(Answer::Later { .. }) | Err(_) => return Err(CannotGoOn::Offline),
        };
        let fetched = self.fetch_pieces(parcel, &sealed, &path).await;
        if let Err(why) = fetched {
            remove(&path);
            self.release(parcel).await;
            return Err(why);
        }
        Ok(path)
    }

    async fn fetch_pieces(&self, parcel: Uuid, sealed: &Sealed, path: &PathBuf) -> Result<(), CannotGoOn> {
        let no_room = |error: io::Error| {
            tracing::error!(%error, "A fetched draft cannot be kept");
            CannotGoOn::NoRoom
        };
        let mut file = File::create(path).map_err(no_room)?;
        let mut offset = 0;
        while offset < sealed.bytes {
            let length = FETCH_BYTES_MAX.min(sealed.bytes - offset);
            let piece = self.piece(parcel, offset, length).await?;
            file.write_all(&piece).map_err(no_room)?;
            offset += length;
        }
        // Nothing of it is believed before the cipher has proved it, so its hash is not compared.
        Ok(())
    }

    async fn piece(&self, parcel: Uuid, offset: u64, length: u64) -> Result<Vec<u8>, CannotGoOn> {
        for _ in 0..PIECE_TRIES_MAX {
            let piece = tokio::time::timeout(PIECE_MAX, self.province.fetch_aside(parcel, offset, length)).await;
            match piece {
                Ok(Answer::Received(piece)) => return Ok(piece),
                Ok(Answer::Later { why, .. }) => tracing::info!(%why, offset, "A piece is asked for again"),
                Ok(Answer::Refused { .. }) => return Err(CannotGoOn::NotThere),
                Err(_) => tracing::info!(offset, "A piece takes too long and is asked for again"),
            }
        }
        Err(CannotGoOn::Offline)
    }
}

impl At {
    const fn path(&self) -> &PathBuf {
        let (Self::Fetched(path) | Self::Owed(path)) = self;
        path
    }
}

/// A file that stays behind is an orphan, removed at the next start.
fn remove(path: &PathBuf) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(%error, "A fetched draft cannot be removed");
    }
}
