//! One attempt: a dossier out of the store, to the province, and what came of it.
//!
//! Reading sealed pages and keeping upload addresses blocks, so an attempt has a thread of its own while it lasts.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use uuid::Uuid;

use crate::outbox::binding::{self, NotBound};
use crate::outbox::fair::Turn;
use crate::province::{Answer, DossierStatus, FileSource, FileToSend, Later, Ledger, Package, Province};
use crate::reading::PageReader;
use crate::store::dossiers::FileInfo;
use crate::store::follow::Receipt;
use crate::store::owed::Owed;
use crate::store::pages::SealedFile;
use crate::store::secrets::Plain;
use crate::store::thread::{StoreGone, StoreHandle};
use crate::store::{Store, StoreError};
use crate::ticket::vietnam_time;

/// Staff see this instead of the province's words when the dossier cannot be read here.
pub(super) const UNREADABLE: &str =
    "Kiosk không đọc được hồ sơ này từ bộ nhớ của mình nên chưa gửi được. Hãy gọi kỹ thuật viên.";

/// What came of an attempt.
pub(super) enum Outcome {
    Received(Receipt),
    Refused {
        words: String,
    },
    /// This kiosk cannot read it, and will not at any later try.
    Unreadable,
    /// It has had its share; others wait.
    TurnOver,
    /// Its pages are its files now; nothing was sent.
    Bound,
    Later {
        wait: Option<Duration>,
        cause: Cause,
        /// Where the upload began this time, as far as it came to that.
        began: Option<Place>,
        why: String,
    },
    /// The kiosk is closing.
    Stopped,
    StoreGone,
}

/// What a failed attempt tells of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// There is no network, or nobody at its end.
    LinkDown,
    /// It would have been the same for any dossier.
    Province,
    /// Of this dossier, as far as one can see.
    Dossier,
}

impl Cause {
    const fn of(why: Later) -> Self {
        match why {
            Later::Unreachable => Self::LinkDown,
            Later::Untrusted
            | Later::Broken
            | Later::TooSlow
            | Later::Unclear { .. }
            | Later::Elsewhere
            | Later::Busy {
                status: 429 | 502 | 503 | 504,
            } => Self::Province,
            Later::Busy { .. } | Later::Stuck | Later::TurnOver | Later::PagesUnreadable | Later::LedgerBroken => {
                Self::Dossier
            }
        }
    }
}

/// A place in the upload of a dossier: files go one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub file: usize,
    pub offset: u64,
}

impl Outcome {
    pub fn later(why: impl std::fmt::Display) -> Self {
        Self::Later {
            wait: None,
            cause: Cause::Dossier,
            began: None,
            why: why.to_string(),
        }
    }
}

/// Makes one attempt, and counts it first: one that brings the kiosk down is counted too. Never panics: what
/// panicked within is "later".
pub(super) async fn send<P: Province + 'static>(
    store: StoreHandle,
    province: Arc<P>,
    reader: Arc<PageReader>,
    owed: Owed,
    turn: Turn,
    stop: watch::Receiver<bool>,
) -> Outcome {
    let runtime = Handle::current();
    let attempt = tokio::task::spawn_blocking(move || {
        let dossier = owed.dossier;
        match store.call_blocking(move |store| store.attempt_begins(dossier)) {
            Ok(Ok(attempts)) => tracing::info!(%dossier, attempts, "Sending dossier"),
            Ok(Err(error)) => return not_loaded(&error),
            Err(StoreGone) => return Outcome::StoreGone,
        }
        if let Err(not_bound) = binding::bind(&store, &reader, &owed) {
            return not_bound_outcome(dossier, &not_bound);
        }
        let loaded = match store.call_blocking(move |store| load(store, &owed)) {
            Ok(Ok(loaded)) => loaded,
            Ok(Err(error)) => return not_loaded(&error),
            Err(StoreGone) => return Outcome::StoreGone,
        };
        runtime.block_on(hand_in(store, province.as_ref(), loaded, turn, stop))
    });
    attempt
        .await
        .unwrap_or_else(|error| Outcome::later(format_args!("the attempt broke off: {error}")))
}

/// Binds the pages of a dossier while nobody can be sent, so that it is ready when the network is back. Never panics.
pub(super) async fn bind_ahead(store: StoreHandle, reader: Arc<PageReader>, owed: Owed) -> Outcome {
    let binding = tokio::task::spawn_blocking(move || match binding::bind(&store, &reader, &owed) {
        Ok(()) => {
            tracing::info!(dossier = %owed.dossier, "Pages bound ahead");
            Outcome::Bound
        }
        Err(not_bound) => not_bound_outcome(owed.dossier, &not_bound),
    });
    binding
        .await
        .unwrap_or_else(|error| Outcome::later(format_args!("the binding broke off: {error}")))
}

fn not_bound_outcome(dossier: Uuid, not_bound: &NotBound) -> Outcome {
    match not_bound {
        NotBound::Stopped => Outcome::Stopped,
        NotBound::Gone(StoreGone) => Outcome::StoreGone,
        NotBound::Store(error) => not_loaded(error),
        NotBound::Pdf { .. } | NotBound::Json(_) => {
            tracing::error!(%dossier, error = %not_bound, "Pages of a dossier make no file");
            Outcome::Unreadable
        }
    }
}

/// A dossier ready to be sent.
struct Loaded {
    package: Package,
    files: Vec<FileInfo>,
    sealed: Vec<Mutex<SealedFile>>,
}

fn load(store: &mut Store, owed: &Owed) -> Result<Loaded, StoreError> {
    // It waits, so it is there; what is unknown from here on is lost.
    let lost = |error| {
        if matches!(error, StoreError::Unknown(_)) {
            StoreError::Tampered
        } else {
            error
        }
    };
    let files = store.dossier_files(owed.dossier).map_err(lost)?;
    let package = package_of(store, owed).map_err(lost)?;
    let mut sealed = Vec::with_capacity(files.len());
    for file in &files {
        sealed.push(Mutex::new(store.open_file(file.id)?));
    }
    Ok(Loaded { package, files, sealed })
}

/// What [`crate::store::dossiers::SealedDossier::fields`] holds for the outbox. The package's key, slip number, time
/// and files may be anything: [`package_of`] puts the store's in their place.
///
/// # Errors
/// The package cannot be written as JSON.
pub fn fields_of(package: &Package) -> Result<Plain, serde_json::Error> {
    serde_json::to_vec(package).map(Plain::new)
}

/// The package of a dossier, the same at every try: its fields as they were sealed, with the key, the slip number,
/// the time and the files as the store knows them.
///
/// # Errors
/// `Tampered` if the fields are no package.
pub fn package_of(store: &mut Store, owed: &Owed) -> Result<Package, StoreError> {
    let fields = store.dossier_fields(owed.dossier)?;
    let files = store.dossier_files(owed.dossier)?;
    let mut package: Package = serde_json::from_slice(&fields).map_err(|_| StoreError::Tampered)?;
    package.key = owed.request_key;
    package.slip.clone_from(&owed.slip_number);
    package.sealed_at = owed.sealed_at;
    package.files = files
        .iter()
        .map(|file| {
            Ok(FileToSend {
                part: file.part.parse().map_err(|_| StoreError::Tampered)?,
                name: file.name.clone(),
                size_bytes: file.bytes,
                sha256: file.sha256,
                digitised: binding::digitised(&file.about)?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(package)
}

/// What time cannot mend goes to staff; the rest is tried again.
fn not_loaded(error: &StoreError) -> Outcome {
    match error {
        StoreError::Tampered => {
            tracing::error!("Dossier cannot be read from our own store");
            Outcome::Unreadable
        }
        StoreError::File { error: cause, .. } if cause.kind() == io::ErrorKind::NotFound => {
            tracing::error!("A file of the dossier is missing in our own store");
            Outcome::Unreadable
        }
        // Staff or an answer were faster, or it was forgotten: the row says so at the next look.
        StoreError::Unknown(_)
        | StoreError::Locked
        | StoreError::Newer { .. }
        | StoreError::WrongKey
        | StoreError::Damaged
        | StoreError::Full
        | StoreError::TransferShown
        | StoreError::TooLarge { .. }
        | StoreError::Key(_)
        | StoreError::File { .. }
        | StoreError::Sql(_) => Outcome::later(error),
    }
}

async fn hand_in<P: Province>(
    store: StoreHandle,
    province: &P,
    loaded: Loaded,
    turn: Turn,
    mut stop: watch::Receiver<bool>,
) -> Outcome {
    let Loaded { package, files, sealed } = loaded;
    let pages = Pages {
        sealed,
        changed: AtomicBool::new(false),
        began: Mutex::new(None),
        turn,
    };
    let mut ledger = Rows { store, files };
    let answer = tokio::select! {
        answer = province.hand_in(&package, &pages, &mut ledger) => answer,
        _ = stop.wait_for(|stop| *stop) => return Outcome::Stopped,
    };
    match answer {
        Answer::Received(receipt) => Outcome::Received(Receipt {
            code: receipt.code,
            state: state_number(receipt.status).to_string(),
            received_on: receipt.received_at.map(vietnam_time),
            due_on: receipt.due_at.map(vietnam_time),
        }),
        Answer::Refused { words } => Outcome::Refused { words },
        Answer::Later { .. } if pages.changed.load(Ordering::Relaxed) => Outcome::Unreadable,
        Answer::Later {
            why: Later::TurnOver, ..
        } => Outcome::TurnOver,
        Answer::Later { wait, why } => Outcome::Later {
            wait,
            cause: Cause::of(why),
            began: *pages.began.lock().unwrap_or_else(PoisonError::into_inner),
            why: why.to_string(),
        },
    }
}

/// The number of the national exchange (TrangThaiHoSo), as it is kept in [`Receipt::state`].
pub(super) const fn state_number(status: DossierStatus) -> u8 {
    match status {
        DossierStatus::New => 1,
        DossierStatus::Accepted => 2,
        DossierStatus::NotAccepted => 3,
        DossierStatus::InWork => 4,
        DossierStatus::MoreWanted => 5,
        DossierStatus::PaymentWanted => 6,
        DossierStatus::Withdrawn => 7,
        DossierStatus::Stopped => 8,
        DossierStatus::Done => 9,
        DossierStatus::Returned => 10,
    }
}

/// The sealed files of one dossier, opened piece by piece.
struct Pages {
    sealed: Vec<Mutex<SealedFile>>,
    /// A file was changed on the disk: no later try will read it either.
    changed: AtomicBool,
    began: Mutex<Option<Place>>,
    turn: Turn,
}

impl FileSource for Pages {
    fn read(&self, file: usize, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let sealed = self
            .sealed
            .get(file)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut bytes = vec![0; length];
        let read = sealed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .read_at(offset, &mut bytes);
        match read {
            Ok(count) if count == length => {
                let mut began = self.began.lock().unwrap_or_else(PoisonError::into_inner);
                began.get_or_insert(Place { file, offset });
                self.turn.sent(length);
                Ok(bytes)
            }
            Ok(_) => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            Err(error) => {
                if error.kind() == io::ErrorKind::InvalidData {
                    tracing::error!("A sealed file was changed");
                    self.changed.store(true, Ordering::Relaxed);
                }
                Err(error)
            }
        }
    }

    fn turn_is_over(&self) -> bool {
        self.turn.is_over()
    }
}

/// Upload addresses, in the rows of their files.
struct Rows {
    store: StoreHandle,
    files: Vec<FileInfo>,
}

impl Rows {
    fn file(&mut self, file: usize) -> io::Result<&mut FileInfo> {
        self.files
            .get_mut(file)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    fn write(&self, act: impl FnOnce(&mut Store) -> Result<(), StoreError> + Send + 'static) -> io::Result<()> {
        self.store
            .call_blocking(act)
            .map_err(io::Error::other)?
            .map_err(io::Error::other)
    }
}

impl Ledger for Rows {
    fn upload_url(&mut self, file: usize) -> io::Result<Option<String>> {
        Ok(self.file(file)?.upload_url.clone())
    }

    fn keep_upload_url(&mut self, file: usize, url: &str) -> io::Result<()> {
        let (id, url): (Uuid, String) = (self.file(file)?.id, url.to_owned());
        let kept = url.clone();
        self.write(move |store| store.keep_upload_url(id, &kept))?;
        self.file(file)?.upload_url = Some(url);
        Ok(())
    }

    fn forget_upload_url(&mut self, file: usize) -> io::Result<()> {
        let id = self.file(file)?.id;
        self.write(move |store| store.forget_upload_url(id))?;
        self.file(file)?.upload_url = None;
        Ok(())
    }
}
