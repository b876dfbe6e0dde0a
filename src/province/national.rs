//! The second tongue: a province that speaks the national exchange, as its systems speak it with each other.
//!
//! One address takes every question, `{session, madonvi, service, …}`, and answers `{error_code, message, result}`; a
//! session is had for a name and a password, and had again once when it has run out. The exchange knows no upload: the
//! other side fetches each file from the address that the dossier names (DuongDanTaiTepTin). A kiosk behind its wall
//! serves nobody, so it puts the files first, by HTTP PUT, into a store beside the peer and names its addresses.
//!
//! ```text
//! login ─► PUT files ─► DongBoHoSoMC ─► CapNhatTienDoHoSoMC ─► TraCuuHoSo: the receipt
//!                       "đã tồn tại" is received; whatever is unclear is said again
//! ```
//! The exchange has no idempotency key. MaHoSo stands in for it: the kiosk's own slip number, which no kiosk of a
//! province gives out twice. A file that breaks off begins anew: it is not resumed. Nothing but handing in, looking up
//! and the catalogue is spoken ([`Ability`]).

use std::fmt;
use std::sync::{Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reqwest::{
    Method, Url,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName},
};
use sha2::{Digest as _, Sha256};
use tracing::{debug, warn};
use zeroize::Zeroizing;

use super::{
    CatalogueNews, ConnectionError, DossierState, FileSource, HttpProvince, Later, Ledger, No, Package, Receipt,
    client::{self, json},
    exchange::{ANSWER_BYTES_MAX, Http, NOT_SPOKEN, Reply},
    tus::{Piece, send_bytes},
    wire::{self, national::Said},
};
use crate::dossier::Act;
use crate::procedure::ProcedureCode;

/// Logins for one question: the session we had may have run out.
const LOGINS_MAX: usize = 2;
/// All procedures of a country by name and code, about 100 bytes each, twice over.
const LIST_BYTES_MAX: usize = 2 << 20;
/// Procedures that one kiosk offers in this tongue: each is asked for by itself.
pub const PROCEDURES_MAX: usize = 200;
/// To staff, where another dossier stands under the number that ours was sent with.
const NUMBER_TAKEN: &str =
    "Hệ thống của tỉnh đã có một hồ sơ khác mang số phiếu này. Hãy báo kỹ thuật viên: tên của kiosk có thể bị trùng.";
const DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// Where the peer is beside its base address, and who we are to it.
#[derive(Clone)]
pub struct NationalPeer {
    /// Paths after the base address: where sessions are had, and where all is asked.
    pub login: String,
    pub services: String,
    /// The store from which the peer fetches files.
    pub files: String,
    /// madonvi, the unit that hands in.
    pub unit: String,
    pub user: String,
    pub password: Zeroizing<String>,
    /// What is offered, [`PROCEDURES_MAX`] at most: the exchange does not say what can be handed in here.
    pub procedures: Vec<ProcedureCode>,
}

/// Logs may hold this type; they never hold a password.
impl fmt::Debug for NationalPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NationalPeer({}, {}, hidden)", self.unit, self.files)
    }
}

/// What a province may be able to do beside taking dossiers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// A file goes on where its line broke.
    ResumedFiles,
    /// Supplements and withdrawals, and whose dossiers these are.
    AfterHandingIn,
    /// Whatever else the open contract has: payments, drafts, signatures, satisfaction.
    OpenContract,
}

/// The peer, and the session we have with it.
pub(super) struct National {
    peer: NationalPeer,
    login: Url,
    services: Url,
    files: Url,
    session: Mutex<Option<Zeroizing<String>>>,
}

impl HttpProvince {
    /// A province that speaks the national exchange. Asks nobody anything yet.
    ///
    /// # Errors
    /// If an address or a certificate cannot be used, or one address is https and the other is not.
    pub fn national(connection: &super::Connection, peer: NationalPeer) -> Result<Self, ConnectionError> {
        let mut province = Self::new(connection)?;
        let under = |path: &str| {
            let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
            province.http.url(&segments)
        };
        let peer_files = peer.files.clone();
        let national = National {
            login: under(&peer.login),
            services: under(&peer.services),
            files: client::base(&peer.files)?,
            session: Mutex::default(),
            peer,
        };
        if national.files.scheme() != province.http.base.scheme() {
            return Err(ConnectionError::Address(peer_files));
        }
        province.http.only_national = true;
        province.national = Some(national);
        Ok(province)
    }

    /// Whether the province can do it. What it cannot is not offered.
    pub fn can(&self, ability: Ability) -> bool {
        match ability {
            Ability::ResumedFiles | Ability::AfterHandingIn | Ability::OpenContract => self.national.is_none(),
        }
    }
}

impl National {
    pub async fn catalogue(&self, http: &Http, etag: Option<&str>) -> Result<CatalogueNews, No> {
        let listed = self
            .ask(http, "LayDanhSachTTHC", vec![], LIST_BYTES_MAX)
            .await?
            .done()?;
        let mut found = Vec::new();
        for code in self.peer.procedures.iter().take(PROCEDURES_MAX) {
            if !wire::national::lists(&listed, code) {
                warn!(procedure = %code, "Province does not list a procedure of the configuration");
                continue;
            }
            let asked = vec![("maTTHC", code.as_str().into())];
            let told = match self.ask(http, "LayThuTuc", asked, ANSWER_BYTES_MAX).await?.done() {
                Ok(told) => told.first().and_then(wire::national::procedure),
                Err(No::Refused { .. }) => None,
                Err(later) => return Err(later),
            };
            if told.is_none() {
                warn!(procedure = %code, "Province does not tell what a procedure needs, or not so that it is understood");
            }
            found.extend(told);
        }
        // A province without any procedure is none: what was kept stays in use.
        if found.is_empty() {
            return Err(unclear());
        }
        // The exchange has no ETag: what it said stands for itself.
        let said = serde_json::to_vec(&found).map_err(|_| unclear())?;
        let mark = wire::hex(&Sha256::digest(said));
        if etag == Some(mark.as_str()) {
            return Ok(CatalogueNews::NotModified);
        }
        match wire::catalogue(&wire::national::catalogue(found)) {
            Ok(catalogue) => Ok(CatalogueNews::Fresh {
                etag: Some(mark),
                catalogue,
            }),
            Err(wire::NoCatalogue::Unreadable) => Err(unclear()),
            Err(wire::NoCatalogue::Faulty(place)) => Ok(CatalogueNews::Faulty { place }),
        }
    }

    pub async fn hand_in(
        &self,
        http: &Http,
        package: &Package,
        files: &dyn FileSource,
        ledger: &mut dyn Ledger,
    ) -> Result<Receipt, No> {
        match &package.act {
            Act::HandIn | Act::Revision { .. } => {}
            Act::Supplement { .. } | Act::Withdrawal { .. } => {
                return Err(No::Refused {
                    words: NOT_SPOKEN.to_owned(),
                });
            }
        }
        let mut addresses = Vec::with_capacity(package.files.len());
        for file in 0..package.files.len() {
            if files.turn_is_over() {
                return Err(Later::TurnOver.into());
            }
            addresses.push(self.bring(http, package, file, files, ledger).await?);
        }
        let dossier = wire::national::dossier(package, &self.peer.unit, &addresses);
        let body = vec![("isUpdating", "False".into()), ("data", vec![dossier].into())];
        let told = self
            .ask(http, "DongBoHoSoMC", body, ANSWER_BYTES_MAX)
            .await?
            .done_or_there()?;

        let step = wire::national::first_step(package);
        let said = self.ask(
            http,
            "CapNhatTienDoHoSoMC",
            vec![("data", vec![step].into())],
            ANSWER_BYTES_MAX,
        );
        match said.await?.done_or_there() {
            Ok(_) => {}
            // The dossier is there whatever becomes of its first station; the words may name a person.
            Err(No::Refused { .. }) => {
                warn!(dossier = %package.key, "Province does not take the first station of a dossier");
            }
            Err(later) => return Err(later),
        }
        // "Received" without a dossier to be found is not received.
        let found = self.find(http, &package.slip).await?.ok_or_else(unclear)?;
        match (wire::national::is_ours(&found, package), told) {
            (true, _) => wire::receipt(&found, package).ok_or_else(unclear),
            (false, Told::AlreadyThere) => Err(No::Refused {
                words: NUMBER_TAKEN.to_owned(),
            }),
            (false, Told::Taken) => Err(unclear()),
        }
    }

    pub async fn state(&self, http: &Http, code_or_slip: &str) -> Result<Option<DossierState>, No> {
        match self.find(http, code_or_slip).await? {
            Some(found) => wire::dossier_state(&found).map(Some).ok_or_else(unclear),
            None => Ok(None),
        }
    }

    /// A dossier as the open contract would tell of it.
    async fn find(&self, http: &Http, code_or_slip: &str) -> Result<Option<serde_json::Value>, No> {
        let asked = vec![("mahoso", code_or_slip.into())];
        let found = self.ask(http, "TraCuuHoSo", asked, ANSWER_BYTES_MAX).await?.done()?;
        match &found[..] {
            [] => Ok(None),
            [one] => Ok(Some(wire::national::state(one))),
            // One of several would be a guess.
            [_, _, ..] => Err(unclear()),
        }
    }

    /// Puts a file where the peer fetches it, unless it is there. Returns its address.
    async fn bring(
        &self,
        http: &Http,
        package: &Package,
        file: usize,
        files: &dyn FileSource,
        ledger: &mut dyn Ledger,
    ) -> Result<Url, No> {
        let mut url = self.files.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            // Names of files may be names of persons: here they have numbers.
            path.pop_if_empty()
                .extend([package.key.to_string(), format!("{}.pdf", file + 1)]);
        }
        let broken = |_| No::from(Later::LedgerBroken);
        let what = &package.files[file];
        if ledger.upload_url(file).map_err(broken)?.as_deref() == Some(url.as_str()) {
            let reply = http.ask_any(http.client.head(url.clone()), ANSWER_BYTES_MAX).await?;
            if reply.status.is_success() && reply.number(CONTENT_LENGTH.as_str()) == Some(what.size_bytes) {
                debug!(dossier = %package.key, file, "File is there already");
                return Ok(url);
            }
            ledger.forget_upload_url(file).map_err(broken)?;
        }
        let request = http
            .client
            .request(Method::PUT, url.clone())
            .header(CONTENT_TYPE, "application/pdf")
            .header(DIGEST, format!("sha-256=:{}:", BASE64.encode(what.sha256)));
        let whole = Piece {
            file,
            offset: 0,
            length: what.size_bytes,
        };
        let reply = send_bytes(http, files, request, whole).await?;
        match reply.status.as_u16() {
            200..=299 => {}
            // The file itself is too large, or of a kind that is not taken.
            413 | 415 => return Err(reply.no()),
            _ => return Err(no_dossiers_fault(&reply)),
        }
        // Kept only when it is whole: an address in the ledger is a file that is there.
        ledger.keep_upload_url(file, url.as_str()).map_err(broken)?;
        Ok(url)
    }

    /// Asks a service, with a new session if ours has run out.
    async fn ask(
        &self,
        http: &Http,
        service: &str,
        more: Vec<(&str, serde_json::Value)>,
        bytes_max: usize,
    ) -> Result<Said, No> {
        for _ in 0..LOGINS_MAX {
            let session = self.session(http).await?;
            let body = wire::national::question(&session, &self.peer.unit, service, &more);
            let request = json(http.client.post(self.services.clone()), &body);
            let reply = http.ask_any(request, bytes_max).await?;
            let said = match (reply.status.as_u16(), reply.json()) {
                (401 | 403, _) => Said::SessionOver,
                (200..=299, Some(answer)) => wire::national::said(answer).ok_or_else(|| reply.unclear())?,
                (200..=299, None) => return Err(reply.unclear()),
                _ => return Err(no_dossiers_fault(&reply)),
            };
            if said != Said::SessionOver {
                return Ok(said);
            }
            debug!(service, "Session has run out");
            self.held().take_if(|held| *held == session);
        }
        Err(Later::Untrusted.into())
    }

    async fn session(&self, http: &Http) -> Result<Zeroizing<String>, No> {
        if let Some(session) = self.held().as_ref() {
            return Ok(session.clone());
        }
        let body = wire::national::login(&self.peer.user, &self.peer.password);
        let reply = http
            .ask_any(json(http.client.post(self.login.clone()), &body), ANSWER_BYTES_MAX)
            .await?;
        if !reply.status.is_success() && !matches!(reply.status.as_u16(), 401 | 403) {
            return Err(no_dossiers_fault(&reply));
        }
        let answer = reply.json().ok_or_else(|| reply.unclear())?;
        let Some(session) = wire::national::session(&answer) else {
            // A wrong password is no dossier's fault: everything waits until the technician has mended it.
            warn!("Province gives no session: name, password or unit are not those it knows");
            return Err(Later::Untrusted.into());
        };
        *self.held() = Some(session.clone());
        Ok(session)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Zeroizing<String>>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Said {
    fn done(self) -> Result<Vec<serde_json::Value>, No> {
        match self {
            Self::Done(list) => Ok(list),
            // Of a question that makes nothing.
            Self::AlreadyThere | Self::SessionOver => Err(unclear()),
            Self::Busy => Err(Later::Busy { status: 503 }.into()),
            Self::Refused { words } => Err(No::Refused { words }),
        }
    }

    fn done_or_there(self) -> Result<Told, No> {
        match self {
            Self::AlreadyThere => Ok(Told::AlreadyThere),
            other @ (Self::Done(_) | Self::SessionOver | Self::Busy | Self::Refused { .. }) => {
                other.done().map(|_| Told::Taken)
            }
        }
    }
}

/// How a dossier got there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Taken,
    /// Ours, sent before; or somebody else's under our number.
    AlreadyThere,
}

/// The exchange refuses in its answers. A status that says no is a wrong address or a wrong name of ours: it would be
/// the same for any dossier, and waits for the technician.
fn no_dossiers_fault(reply: &Reply) -> No {
    match (reply.no(), reply.status.as_u16()) {
        (No::Refused { .. }, 401 | 403) => Later::Untrusted.into(),
        (No::Refused { .. }, _) => reply.unclear(),
        (later @ No::Later { .. }, _) => later,
    }
}

fn unclear() -> No {
    Later::Unclear { status: 200 }.into()
}
