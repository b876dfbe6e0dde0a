//! TLS for what leaves the box: a listener that shakes hands aside, so that nobody waits for a slow or a silent one.
//!
//! The certificate is looked at once a minute. A renewed one serves whoever comes from then on; a broken one is refused and
//! told once, and the one before stays. Nothing of what a client sends wrong is logged above `debug`: a network has scanners.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

#[cfg(test)]
mod tests;

/// Connections at once: each counter and board has one or two, each telephone one.
const CONNECTIONS_MAX: usize = 256;
/// Of these from one address: a browser opens six at most.
const CONNECTIONS_OF_ONE_MAX: usize = 48;
/// A browser in the same building shakes hands in milliseconds.
const HANDSHAKE_MAX: Duration = Duration::from_secs(5);
/// Who neither says nor hears anything for so long is gone. A page that looks on hears a beat every few seconds.
const QUIET_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After the listener failed: it may have run out of files.
const ACCEPT_AGAIN: Duration = Duration::from_secs(1);
/// A chain of a few certificates and a key, in bytes.
const PEM_BYTES_MAX: u64 = 256 << 10;
/// Others than its owner and group.
const FOR_ALL: u32 = 0o007;

/// A certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("Cannot read {path}")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path} has more than {PEM_BYTES_MAX} bytes")]
    TooLong { path: PathBuf },
    #[error("{path} can be read by everybody")]
    ForAll { path: PathBuf },
    #[error("{path} is no PEM file of what it should hold")]
    NotPem {
        path: PathBuf,
        #[source]
        source: pem::Error,
    },
    #[error("{path} holds no certificate")]
    Empty { path: PathBuf },
    #[error("Certificate and key do not serve")]
    Unusable(#[from] rustls::Error),
}

/// What is served with, and the files that it came from.
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    /// As they were when they were last looked at, taken or refused.
    seen: [Seen; 2],
    config: Arc<ServerConfig>,
}

/// When a file was written, and its length. Nothing, where there is none.
type Seen = Option<(SystemTime, u64)>;

impl Certificate {
    /// # Errors
    /// One of the files cannot be read, or they do not belong together.
    pub fn load(chain: PathBuf, key: PathBuf) -> Result<Self, CertificateError> {
        // Seen first: what is written while they are read is read once more.
        let seen = [seen(&chain), seen(&key)];
        let config = Arc::new(config(&chain, &key)?);
        Ok(Self {
            chain,
            key,
            seen,
            config,
        })
    }

    /// Takes the files if they have changed. Whether it did.
    ///
    /// # Errors
    /// They have changed and are of no use: what was served with before is served with still, and this is told once.
    fn look_again(&mut self) -> Result<bool, CertificateError> {
        let seen = [seen(&self.chain), seen(&self.key)];
        if seen == self.seen {
            return Ok(false);
        }
        self.seen = seen;
        self.config = Arc::new(config(&self.chain, &self.key)?);
        Ok(true)
    }
}

fn seen(path: &Path) -> Seen {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn read(path: &Path) -> Result<(Vec<u8>, fs::Metadata), CertificateError> {
    let unreadable = |source| CertificateError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.len() > PEM_BYTES_MAX {
        return Err(CertificateError::TooLong { path: path.to_owned() });
    }
    Ok((fs::read(path).map_err(unreadable)?, metadata))
}

/// TLS 1.3 and 1.2, with what rustls holds to be safe.
fn config(chain: &Path, key: &Path) -> Result<ServerConfig, CertificateError> {
    let not_pem = |path: &Path| {
        let path = path.to_owned();
        move |source| CertificateError::NotPem { path, source }
    };
    let (text, _) = read(chain)?;
    let certificates = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(not_pem(chain))?;
    if certificates.is_empty() {
        return Err(CertificateError::Empty { path: chain.to_owned() });
    }
    let (text, metadata) = read(key)?;
    if metadata.permissions().mode() & FOR_ALL != 0 {
        return Err(CertificateError::ForAll { path: key.to_owned() });
    }
    let text = zeroize::Zeroizing::new(text);
    let private = PrivateKeyDer::from_pem_slice(&text).map_err(not_pem(key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_no_client_auth().with_single_cert(certificates, private)?)
}

/// Accepts what has shaken hands.
pub struct TlsListener {
    tcp: TcpListener,
    certificate: Certificate,
    look: Interval,
    places: Places,
    shaking: JoinSet<Option<(Connection, SocketAddr)>>,
}

impl TlsListener {
    /// In a tokio runtime.
    pub fn new(tcp: TcpListener, certificate: Certificate) -> Self {
        Self::looking_every(LOOK_EVERY, tcp, certificate)
    }

    fn looking_every(every: Duration, tcp: TcpListener, certificate: Certificate) -> Self {
        let mut look = tokio::time::interval_at(Instant::now() + every, every);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            tcp,
            certificate,
            look,
            places: Places::default(),
            shaking: JoinSet::new(),
        }
    }

    fn look_again(&mut self) {
        match self.certificate.look_again() {
            Ok(false) => {}
            Ok(true) => tracing::info!("The hall's renewed certificate is in use"),
            Err(error) => {
                let error = format!("{:#}", anyhow::Error::from(error));
                tracing::error!(error, "The hall's new certificate is refused, the old one stays in use");
            }
        }
    }

    /// One too many is closed: its page says that the line is cut, and tries again.
    fn shake(&mut self, stream: TcpStream, from: SocketAddr) {
        let Some(place) = self.places.take(from.ip()) else {
            tracing::debug!("Too many connections, one is closed");
            return;
        };
        let acceptor = TlsAcceptor::from(Arc::clone(&self.certificate.config));
        self.shaking.spawn(async move {
            let shaken = tokio::time::timeout(HANDSHAKE_MAX, acceptor.accept(stream)).await;
            match shaken {
                Ok(Ok(tls)) => Some((Connection::new(tls, place), from)),
                Ok(Err(error)) => {
                    tracing::debug!(error = format!("{error:#}"), "No TLS");
                    None
                }
                Err(_) => {
                    tracing::debug!("No TLS in time");
                    None
                }
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            tokio::select! {
                Some(shaken) = self.shaking.join_next() => match shaken {
                    Ok(Some(connection)) => return connection,
                    Ok(None) => {}
                    Err(error) => tracing::error!(error = format!("{error:#}"), "A handshake broke off"),
                },
                accepted = self.tcp.accept() => match accepted {
                    Ok((stream, from)) => self.shake(stream, from),
                    Err(error) => {
                        tracing::warn!(error = format!("{error:#}"), "No connection could be taken");
                        tokio::time::sleep(ACCEPT_AGAIN).await;
                    }
                },
                _ = self.look.tick() => self.look_again(),
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// How many connections there are, of each address.
#[derive(Clone, Default)]
struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Places {
    /// Nothing, where there are too many.
    fn take(&self, of: IpAddr) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = taken.values().sum();
        let mine = taken.get(&of).copied().unwrap_or_default();
        if all >= CONNECTIONS_MAX || mine >= CONNECTIONS_OF_ONE_MAX {
            return None;
        }
        taken.insert(of, mine + 1);
        Some(Place {
            places: self.clone(),
            of,
        })
    }
}

/// Given back when the connection ends.
struct Place {
    places: Places,
    of: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = taken.get(&self.of).map_or(0, |mine| mine.saturating_sub(1));
        if left == 0 {
            taken.remove(&self.of);
        } else {
            taken.insert(self.of, left);
        }
    }
}

/// A client that has shaken hands. It ends when nothing goes either way for [`QUIET_MAX`].
pub struct Connection {
    tls: TlsStream<TcpStream>,
    quiet: Pin<Box<Sleep>>,
    _place: Place,
}

impl Connection {
    fn new(tls: TlsStream<TcpStream>, place: Place) -> Self {
        Self {
            tls,
            quiet: Box::pin(tokio::time::sleep(QUIET_MAX)),
            _place: place,
        }
    }

    /// What came of a step; a step that was made begins the silence anew.
    fn moved<T>(&mut self, step: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if step.is_ready() {
            self.quiet.as_mut().reset(Instant::now() + QUIET_MAX);
            return step;
        }
        match self.quiet.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let step = Pin::new(&mut this.tls).poll_read(context, into);
        this.moved(step, context)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let step = Pin::new(&mut this.tls).poll_write(context, bytes);
        this.moved(step, context)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // That there is nothing to send is no sign of life.
        match Pin::new(&mut this.tls).poll_flush(context) {
            Poll::Ready(flushed) => Poll::Ready(flushed),
            Poll::Pending => this.moved(Poll::Pending, context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.tls).poll_shutdown(context) {
            Poll::Ready(shut) => Poll::Ready(shut),
            Poll::Pending => this.moved(Poll::Pending, context),
        }
    }
}
