//! [`HttpProvince`]: the province over HTTP, as its contract says.

use std::{
    fs, io,
    path::PathBuf,
    time::{Duration, Instant},
};

use reqwest::{
    Certificate, Client, Identity, Url,
    header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH},
    redirect,
};
use serde_json::Value;
use tracing::{info, warn};

use super::{
    Act, Answer, CatalogueNews, DossierState, FileSource, Later, Ledger, No, Package, Province, Receipt,
    exchange::{ANSWER_BYTES_MAX, Http, Reply},
    national::National,
    tus::{Pace, Transfer, Upload, metadata},
    wire,
};

/// About 2,000 procedures at 2 KiB, twice over.
const CATALOGUE_BYTES_MAX: usize = 8 << 20;
const ETAG_CHARS_MAX: usize = 256;
/// How often a hand-over may ask for files again before we come back later.
const HAND_OVER_ROUNDS_MAX: usize = 3;

/// Where the province is, and how we know each other.
#[derive(Clone, Debug)]
pub struct Connection {
    /// As in `https://dichvucong.tinh.example/kiosk`; the contract's `/v1/…` comes after it.
    pub base: String,
    /// PEM with this kiosk's certificate and its key, for mutual TLS.
    pub identity: Option<PathBuf>,
    /// PEM with the authorities to trust, and no others. Without it those of the system.
    pub authorities: Option<PathBuf>,
    pub patience: Patience,
}

/// How long the other side may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    pub connect: Duration,
    /// Without a byte taken or given.
    pub stall: Duration,
    /// From our last byte to the beginning of the answer.
    pub answer: Duration,
    /// From its beginning to its end.
    pub whole_answer: Duration,
}

impl Patience {
    /// For a slow line in the hills: bytes may trickle, but they must come.
    pub const FIELD: Self = Self {
        connect: Duration::from_secs(15),
        stall: Duration::from_secs(30),
        answer: Duration::from_secs(120),
        whole_answer: Duration::from_secs(300),
    };
}

/// Why the way to the province cannot be set up: a mistake in the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    #[error("The province's address, or that of its files, is not a plain http or https address like the other: {0}")]
    Address(String),
    #[error("Cannot read {path}")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path} holds no usable certificate")]
    NoCertificate {
        path: PathBuf,
        #[source]
        source: reqwest::Error,
    },
    #[error("{path} holds no certificate at all")]
    Empty { path: PathBuf },
    #[error("Certificates are given, but the address is not https")]
    CertificateWithoutTls,
    #[error("Cannot set up the client")]
    Client(#[source] reqwest::Error),
}

/// The province over HTTP: as the open contract says, or in the tongue of the national exchange.
pub struct HttpProvince {
    pub(super) http: Http,
    pub(super) pace: Pace,
    pub(super) national: Option<National>,
}

impl HttpProvince {
    /// Reads the certificates; asks nobody anything yet.
    ///
    /// # Errors
    /// If the address or a certificate cannot be used.
    pub fn new(connection: &Connection) -> Result<Self, ConnectionError> {
        let base = base(&connection.base)?;
        let tls = base.scheme() == "https";
        if !tls && (connection.identity.is_some() || connection.authorities.is_some()) {
            return Err(ConnectionError::CertificateWithoutTls);
        }
        if !tls {
            warn!("The province is spoken to without TLS; only for development");
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Another thread may have been faster, with the same provider: the crate has no other.
            rustls::crypto::ring::default_provider().install_default().ok();
        }

        let mut client = Client::builder()
            // The environment decides nothing here, and no answer sends us elsewhere.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .https_only(tls)
            .connect_timeout(connection.patience.connect)
            // An idle line may be dead without telling; a new one costs little.
            .pool_idle_timeout(Duration::from_secs(10))
            .tcp_user_timeout(connection.patience.answer)
            .user_agent(concat!("mot-cua-kiosk/", env!("CARGO_PKG_VERSION")));
        match &connection.authorities {
            Some(path) => client = client.tls_certs_only(authorities(path)?),
            None if !tls => client = client.tls_certs_only([]),
            None => {}
        }
        if let Some(path) = &connection.identity {
            client = client.identity(identity(path)?);
        }

        let client = client.build().map_err(ConnectionError::Client)?;
        let http = Http {
            client,
            base,
            patience: connection.patience,
            only_national: false,
        };
        Ok(Self {
            http,
            pace: Pace::default(),
            national: None,
        })
    }

    pub(super) fn base(&self) -> &Url {
        &self.http.base
    }

    pub(super) fn client(&self) -> &Client {
        &self.http.client
    }

    pub(super) fn url(&self, segments: &[&str]) -> Url {
        self.http.url(segments)
    }

    pub(super) async fn ask(&self, request: reqwest::RequestBuilder, bytes_max: usize) -> Result<Reply, No> {
        self.http.ask(request, bytes_max).await
    }

    async fn ask_catalogue(&self, etag: Option<&str>) -> Result<CatalogueNews, No> {
        let mut request = self.http.client.get(self.http.url(&["v1", "catalogue"]));
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let reply = self.http.ask(request, CATALOGUE_BYTES_MAX).await?;

        match reply.status.as_u16() {
            304 if etag.is_some() => Ok(CatalogueNews::NotModified),
            304 => Err(reply.unclear()),
            200 => {
                let answer = reply.json().ok_or_else(|| reply.unclear())?;
                let catalogue = match wire::catalogue(&answer) {
                    Ok(catalogue) => catalogue,
                    Err(wire::NoCatalogue::Unreadable) => return Err(reply.unclear()),
                    Err(wire::NoCatalogue::Faulty(place)) => return Ok(CatalogueNews::Faulty { place }),
                };
                let etag = reply
                    .text(ETAG.as_str())
                    .filter(|etag| etag.len() <= ETAG_CHARS_MAX)
                    .map(str::to_owned);
                Ok(CatalogueNews::Fresh { etag, catalogue })
            }
            _ => Err(reply.no()),
        }
    }

    async fn bring_in(
        &self,
        package: &Package,
        files: &dyn FileSource,
        ledger: &mut dyn Ledger,
    ) -> Result<Receipt, No> {
        if let Act::Withdrawal { code, shown, reason } = &package.act {
            return self.withdraw(package, code, *shown, *reason).await;
        }
        self.create(package).await?;

        let mut owed: Vec<usize> = (0..package.files.len()).collect();
        let mut wait = None;
        for _ in 0..HAND_OVER_ROUNDS_MAX {
            for &file in &owed {
                if files.turn_is_over() {
                    return Err(Later::TurnOver.into());
                }
                let transfer = Transfer {
                    http: &self.http,
                    pace: &self.pace,
                    of: package.key,
                    size_bytes: package.files[file].size_bytes,
                    file,
                    files,
                };
                Upload {
                    transfer,
                    metadata: metadata(package, &package.files[file]),
                    ledger: &mut *ledger,
                }
                .bring()
                .await?;
            }
            match self.hand_over(package).await? {
                HandOver::Received(receipt) => return Ok(receipt),
                HandOver::Missing(no, missing) => {
                    warn!(dossier = %package.key, files = missing.len(), "Province misses files it had, sending them again");
                    for &file in &missing {
                        ledger
                            .forget_upload_url(file)
                            .map_err(|_| No::from(Later::LedgerBroken))?;
                    }
                    (wait, owed) = (Some(no), missing);
                }
            }
        }
        Err(wait.unwrap_or_else(|| Later::Stuck.into()))
    }

    /// Creates the dossier, or finds that it is there.
    async fn create(&self, package: &Package) -> Result<(), No> {
        let (url, body) = match &package.act {
            Act::Supplement { code, shown } => (
                self.http.url(&["v1", "dossiers", code, "supplements"]),
                wire::following::supplement(package, code, *shown),
            ),
            Act::HandIn | Act::Revision { .. } | Act::Withdrawal { .. } => {
                (self.http.url(&["v1", "dossiers"]), wire::dossier(package))
            }
        };
        let request = self.http.client.post(url);
        let request = request.header("Idempotency-Key", package.key.to_string());
        let reply = self.http.ask(json(request, &body), ANSWER_BYTES_MAX).await?;

        let Some(answer) = reply.json() else {
            return Err(if reply.status.is_success() {
                reply.unclear()
            } else {
                reply.no()
            });
        };
        match reply.status.as_u16() {
            200..=202 if wire::is_created(&answer, package) => Ok(()),
            // Whether it really has all of it, the hand-over will tell.
            200..=299 | 400..=499 if wire::says_already_there(&answer) => Ok(()),
            200..=299 => Err(reply.unclear()),
            _ => Err(reply.no()),
        }
    }

    async fn hand_over(&self, package: &Package) -> Result<HandOver, No> {
        let request = self.http.client.post(
            self.http
                .url(&["v1", "dossiers", &package.key.to_string(), "hand-over"]),
        );
        let reply = self
            .http
            .ask(json(request, &wire::hand_over(package)), ANSWER_BYTES_MAX)
            .await?;

        match reply.status.as_u16() {
            200..=202 => {
                let receipt = reply.json().and_then(|answer| wire::receipt(&answer, package));
                receipt.map(HandOver::Received).ok_or_else(|| reply.unclear())
            }
            409 => match missing(&reply, package) {
                missing if missing.is_empty() => Err(reply.no()),
                missing => Ok(HandOver::Missing(reply.no(), missing)),
            },
            _ => Err(reply.no()),
        }
    }

    async fn ask_state(&self, code_or_slip: &str) -> Result<Option<DossierState>, No> {
        let request = self.http.client.get(self.http.url(&["v1", "dossiers", code_or_slip]));
        let reply = self.http.ask(request, ANSWER_BYTES_MAX).await?;

        match reply.status.as_u16() {
            200 => {
                let state = reply.json().and_then(|answer| wire::dossier_state(&answer));
                state.map(Some).ok_or_else(|| reply.unclear())
            }
            // Only the province's own 404 says that it does not know the dossier.
            404 if reply.json().is_some() => Ok(None),
            404 => Err(reply.unclear()),
            _ => Err(reply.no()),
        }
    }
}

enum HandOver {
    Received(Receipt),
    /// The files that are still owed, and the answer to give if that does not end.
    Missing(No, Vec<usize>),
}

fn missing(reply: &Reply, package: &Package) -> Vec<usize> {
    let Some(problem) = reply.json() else { return Vec::new() };
    let named = wire::missing_files(&problem);
    let is_named = |file: &usize| named.contains(&package.files[*file].name.as_str());
    (0..package.files.len()).filter(is_named).collect()
}

impl Province for HttpProvince {
    async fn catalogue(&self, etag: Option<&str>) -> Answer<CatalogueNews> {
        match &self.national {
            None => self.ask_catalogue(etag).await.into(),
            Some(national) => national.catalogue(&self.http, etag).await.into(),
        }
    }

    async fn hand_in(&self, package: &Package, files: &dyn FileSource, ledger: &mut dyn Ledger) -> Answer<Receipt> {
        let start = Instant::now();
        let result = match &self.national {
            None => self.bring_in(package, files, ledger).await,
            Some(national) => national.hand_in(&self.http, package, files, ledger).await,
        };
        let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);

        match &result {
            Ok(_) => info!(dossier = %package.key, took_ms, "Province received dossier"),
            Err(No::Later { why, .. }) => info!(dossier = %package.key, took_ms, %why, "Dossier is still owed"),
            // The words may name a person: they go to staff, not here.
            Err(No::Refused { .. }) => warn!(dossier = %package.key, took_ms, "Province refused dossier"),
        }
        result.into()
    }

    async fn state(&self, code_or_slip: &str) -> Answer<Option<DossierState>> {
        match &self.national {
            None => self.ask_state(code_or_slip).await.into(),
            Some(national) => national.state(&self.http, code_or_slip).await.into(),
        }
    }
}

pub(super) fn json(request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
    request.header(CONTENT_TYPE, "application/json").body(body.to_string())
}

pub(super) fn base(text: &str) -> Result<Url, ConnectionError> {
    let bad = || ConnectionError::Address(text.to_owned());
    let url = Url::parse(text).map_err(|_| bad())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(url) } else { Err(bad()) }
}

fn read(path: &PathBuf) -> Result<Vec<u8>, ConnectionError> {
    fs::read(path).map_err(|source| ConnectionError::Unreadable {
        path: path.clone(),
        source,
    })
}

fn authorities(path: &PathBuf) -> Result<Vec<Certificate>, ConnectionError> {
    let found = Certificate::from_pem_bundle(&read(path)?).map_err(|source| ConnectionError::NoCertificate {
        path: path.clone(),
        source,
    })?;
    if found.is_empty() {
        return Err(ConnectionError::Empty { path: path.clone() });
    }
    Ok(found)
}

fn identity(path: &PathBuf) -> Result<Identity, ConnectionError> {
    let pem = zeroize::Zeroizing::new(read(path)?);
    Identity::from_pem(&pem).map_err(|source| ConnectionError::NoCertificate {
        path: path.clone(),
        source,
    })
}
