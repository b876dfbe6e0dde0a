//! Whom the listener serves, with which certificate, and who cannot keep others out.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use rcgen::CertifiedKey;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const NAME: &str = "kiosk.lan";
const LOOK: Duration = Duration::from_millis(20);
const WAIT_MAX: Duration = Duration::from_secs(20);

struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Self { folder };
        files.write(&issued());
        files
    }

    fn chain(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn write(&self, issued: &CertifiedKey<rcgen::KeyPair>) {
        fs::write(self.chain(), issued.cert.pem()).unwrap();
        fs::write(self.key(), issued.signing_key.serialize_pem()).unwrap();
        fs::set_permissions(self.key(), fs::Permissions::from_mode(0o640)).unwrap();
    }

    fn load(&self) -> Result<Certificate, CertificateError> {
        Certificate::load(self.chain(), self.key())
    }

    /// Serves them; says where.
    async fn serve(&self) -> SocketAddr {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let listener = TlsListener::looking_every(LOOK, tcp, self.load().unwrap());
        let app = Router::new().route("/", get(|| async { "here" }));
        tokio::spawn(crate::web::serve(listener, app));
        address
    }
}

fn issued() -> CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap()
}

/// A client that believes this certificate and no other.
async fn asks(address: SocketAddr, believes: &CertifiedKey<rcgen::KeyPair>) -> Result<String, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(believes.cert.der().clone()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let tcp = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let name = NAME.try_into().unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let mut tls = connector.connect(name, tcp).await.map_err(|error| error.to_string())?;
    let request = format!("GET / HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\n\r\n");
    tls.write_all(request.as_bytes())
        .await
        .map_err(|error| error.to_string())?;
    let mut answer = String::new();
    tls.read_to_string(&mut answer)
        .await
        .map_err(|error| error.to_string())?;
    Ok(answer)
}

async fn until(address: SocketAddr, believes: &CertifiedKey<rcgen::KeyPair>) {
    let began = Instant::now();
    while let Err(error) = asks(address, believes).await {
        assert!(began.elapsed() < WAIT_MAX, "{error}");
        tokio::time::sleep(LOOK).await;
    }
}

#[tokio::test]
async fn who_says_nothing_keeps_nobody_out_and_is_closed() {
    let files = Files::new();
    let first = issued();
    files.write(&first);
    let address = files.serve().await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let answer = asks(address, &first).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"),
        "{answer}"
    );
    let mut said = vec![];
    // An alert perhaps; a page never.
    let heard = tokio::time::timeout(WAIT_MAX, plain.read_to_end(&mut said)).await;
    assert!(heard.is_ok() && !said.starts_with(b"HTTP"), "{said:?}");
    let began = Instant::now();
    let closed = tokio::time::timeout(WAIT_MAX, silent.read(&mut [0; 1])).await.unwrap();
    assert!(closed.map_or(true, |bytes| bytes == 0), "closed");
    assert!(began.elapsed() < HANDSHAKE_MAX * 2);
}

#[tokio::test]
async fn a_renewed_certificate_is_served_and_a_broken_one_is_not() {
    let files = Files::new();
    let (first, second) = (issued(), issued());
    files.write(&first);
    let address = files.serve().await;
    assert!(asks(address, &first).await.is_ok());
    assert!(asks(address, &second).await.is_err(), "it is another");

    fs::write(files.chain(), "no certificate").unwrap();
    tokio::time::sleep(LOOK * 10).await;
    assert!(asks(address, &first).await.is_ok(), "the old one stays");

    files.write(&second);
    until(address, &second).await;
    assert!(asks(address, &first).await.is_err(), "the old one is gone");
}

#[test]
fn what_is_refused_is_named_and_told_once() {
    let files = Files::new();
    let mut certificate = files.load().unwrap();
    assert!(!certificate.look_again().unwrap());

    // The chain of one and the key of another, as between the two writes of a renewal.
    fs::write(files.chain(), issued().cert.pem()).unwrap();
    assert!(matches!(certificate.look_again(), Err(CertificateError::Unusable(_))));
    assert!(!certificate.look_again().unwrap(), "told once");
    fs::write(files.chain(), "").unwrap();
    assert!(matches!(files.load(), Err(CertificateError::Empty { .. })));
    fs::write(files.chain(), vec![b' '; 300 << 10]).unwrap();
    assert!(matches!(files.load(), Err(CertificateError::TooLong { .. })));
    fs::remove_file(files.chain()).unwrap();
    assert!(matches!(
        certificate.look_again(),
        Err(CertificateError::Unreadable { .. })
    ));
    files.write(&issued());
    assert!(certificate.look_again().unwrap());
    fs::set_permissions(files.key(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(files.load(), Err(CertificateError::ForAll { .. })));
}

#[test]
fn one_address_does_not_take_the_places_of_all() {
    let places = Places::default();
    let address = |last: u8| IpAddr::from([10, 0, 0, last]);
    let greedy: Vec<_> = (0..CONNECTIONS_MAX).map_while(|_| places.take(address(1))).collect();
    assert_eq!(greedy.len(), CONNECTIONS_OF_ONE_MAX);
    let mut others = vec![];
    for last in 2.. {
        let Some(place) = places.take(address(last)) else {
            break;
        };
        others.push(place);
    }
    assert_eq!(greedy.len() + others.len(), CONNECTIONS_MAX);
    drop(greedy);
    assert!(places.take(address(1)).is_some());
}
