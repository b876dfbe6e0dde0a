//! Who hears what: mutual TLS, and what stands in a log.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use rustls::{
    RootCertStore, ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use tracing_subscriber::fmt::MakeWriter;

use super::{
    odd::{Has, read, usual},
    *,
};

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/province/tests/tls")
        .join(name)
}

/// A province that speaks only to kiosks of its authority.
fn tls_province() -> String {
    rustls::crypto::ring::default_provider().install_default().ok();
    let mut kiosks = RootCertStore::empty();
    kiosks
        .add(CertificateDer::from_pem_file(file("authority.pem")).unwrap())
        .unwrap();
    let kiosks = WebPkiClientVerifier::builder(Arc::new(kiosks)).build().unwrap();
    let chain = CertificateDer::pem_file_iter(file("province.pem"))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let key = PrivateKeyDer::from_pem_file(file("province.pem")).unwrap();
    let config = ServerConfig::builder()
        .with_client_cert_verifier(kiosks)
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut has = Has::default();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            if let Some(asked) = read(Stream::new(&mut tls, &mut stream)) {
                let said = usual(&asked, &mut has);
                Stream::new(&mut tls, &mut stream).write_all(said.as_bytes()).ok();
                tls.send_close_notify();
            }
            // What is left to say, an alert too, goes out before the line closes.
            while tls.wants_write() && tls.write_tls(&mut stream).is_ok() {}
            stream.shutdown(std::net::Shutdown::Write).ok();
            stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
        }
    });
    base
}

async fn hand_in(base: &str, identity: Option<&str>, authority: &str) -> Answer<Receipt> {
    let connection = Connection {
        base: base.to_owned(),
        identity: identity.map(file),
        authorities: Some(file(authority)),
        patience: PATIENCE,
    };
    let pages = Pages(vec![bytes(100_000, 40)]);
    HttpProvince::new(&connection)
        .unwrap()
        .hand_in(&package(&pages), &pages, &mut Notes::default())
        .await
}

#[tokio::test]
async fn kiosk_and_province_know_each_other_by_their_certificates() {
    let base = tls_province();
    let received = hand_in(&base, Some("kiosk.pem"), "authority.pem").await;
    assert!(matches!(received, Answer::Received(_)), "{received:?}");

    let untrusted = Answer::Later {
        wait: None,
        why: Later::Untrusted,
    };
    assert_eq!(
        hand_in(&base, Some("kiosk.pem"), "other-authority.pem").await,
        untrusted,
        "another province"
    );
    assert_eq!(
        hand_in(&base, None, "authority.pem").await,
        untrusted,
        "a kiosk without a certificate"
    );
}

#[test]
fn a_certificate_that_cannot_be_used_is_a_mistake_of_the_configuration() {
    let refused = |base: &str, identity: Option<&str>, authorities: Option<&str>| {
        let connection = Connection {
            base: base.to_owned(),
            identity: identity.map(file),
            authorities: authorities.map(file),
            patience: Patience::FIELD,
        };
        HttpProvince::new(&connection).map(|_| ()).unwrap_err()
    };
    let https = "https://tinh.example";
    assert!(matches!(
        refused(https, Some("absent.pem"), None),
        ConnectionError::Unreadable { .. }
    ));
    assert!(matches!(
        refused(https, Some("authority.pem"), None),
        ConnectionError::NoCertificate { .. }
    ));
    assert!(matches!(
        refused(https, None, Some("../odd.rs")),
        ConnectionError::Empty { .. }
    ));
    let http = refused("http://127.0.0.1:1", Some("kiosk.pem"), None);
    assert!(matches!(http, ConnectionError::CertificateWithoutTls));
}

/// Keeps what is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .map_err(|_| io::ErrorKind::Other)?
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_of_any_level_tells_whose_dossier_it_is() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone());
    // With a single subscriber, `tracing` asks only the thread that comes first to a line of code
    // whether anyone listens there, and that may be another test's.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let data = tempfile::tempdir().unwrap();
    let stand_in = StandIn::start(data.path());
    let client = client(&stand_in.base());
    let pages = Pages(vec![bytes(300_000, 41)]);
    let mut package = package(&pages);
    package.files[0].name = "giay-cua-Nguyen-Thi-Bia.pdf".to_owned();
    tracing::info!(?package, applicant = ?package.applicant, answers = ?package.answers, "As a colleague might");

    // Also with a line that breaks, a refusal in words, and a used key.
    let mut notes = Notes::default();
    stand_in
        .fault(json!({ "mode": "drop-connection", "count": 1, "after_bytes": 100_000 }))
        .await;
    let receipt = until_received(&client, &package, &pages, &mut notes).await;
    assert!(matches!(client.state(&receipt.code).await, Answer::Received(Some(_))));
    stand_in.fault(json!({ "mode": "refuse" })).await;
    assert!(matches!(
        client.hand_in(&package, &pages, &mut notes).await,
        Answer::Refused { .. }
    ));

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("Province received dossier") && log.contains("Province refused dossier"),
        "{log}"
    );
    assert!(log.contains(&package.key.to_string()));
    let person = &package.applicant;
    let secrets = [
        person.name.as_str(),
        "Nguy",
        "Bia",
        &person.id_number,
        person.old_id_number.as_deref().unwrap(),
        person.address.as_deref().unwrap(),
        person.phone.as_deref().unwrap(),
        "tai-nha",
        "tạm dừng",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
    // Four digits are in many an id and port by chance: the year is looked for as a word.
    let words: Vec<_> = log.split(|letter: char| !letter.is_alphanumeric()).collect();
    assert!(!words.contains(&"1946"), "the year of birth stands in the log");
}
