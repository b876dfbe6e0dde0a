//! The outbox against a province that answers as told, and against the stand-in over HTTP.

mod binding;
mod scripted;
mod standin;
mod turns;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::mpsc;

use self::scripted::Scripted;
use super::*;
use crate::dossier::Act;
use crate::figures::Facts;
use crate::form::{Answer as Reply, PartialDate};
use crate::procedure::{Field, Words};
use crate::province::{Answer, Applicant, ApplicantKind, Channel, Consent, Later, Package, Receipt};
use crate::reading::{PageReader, ReadingConfig};
use crate::store::binding::NewFile;
use crate::store::dossiers::SealedDossier;
use crate::store::drafts::DraftRow;
use crate::store::follow::Stage;
use crate::store::room::Limits;
use crate::store::secrets::{KioskKey, Plain};
use crate::store::{Settings, Store, thread};

const QUICK: Pace = Pace {
    first_pause: Duration::from_millis(20),
    pause_max: Duration::from_millis(80),
    probe_every_max: Duration::from_millis(50),
    scout_every_max: Duration::from_millis(80),
    look_again_max: Duration::from_millis(500),
    look_again_min: Duration::from_millis(5),
};

fn open_store(folder: &std::path::Path) -> StoreHandle {
    let limits = Limits {
        scan_free_bytes_min: 0,
        numbers_free_bytes_min: 0,
        ballast_bytes: 0,
    };
    let settings = Settings {
        name: "K01".parse().unwrap(),
        limits,
    };
    let (store, _) = Store::open(folder, KioskKey::from_bytes([7; 32]), settings, Timestamp::now()).unwrap();
    thread::spawn(store, Timestamp::now, |_| {}).unwrap().0
}

fn package(procedure: &str) -> Package {
    Package {
        key: Uuid::nil(),
        slip: String::new(),
        procedure: procedure.parse().unwrap(),
        procedure_name: "Trợ cấp xã hội".to_owned(),
        procedure_version: 3,
        field: field(),
        channel: Channel::InPerson,
        assisted: false,
        site: "Trung tâm Mẫu".to_owned(),
        applicant: Applicant {
            kind: ApplicantKind::Citizen,
            name: "Nguyễn Văn Mẫu".to_owned(),
            id_number: "001099000001".to_owned(),
            old_id_number: None,
            born: None,
            sex: None,
            address: None,
            phone: None,
        },
        answers: vec![
            ("NgaySinh".to_owned(), Reply::Date(PartialDate::Year { year: 1946 })),
            ("NhanTien".to_owned(), Reply::Choice("tai-nha".to_owned())),
        ],
        consent: Consent {
            version: "1".to_owned(),
            given_at: Timestamp::UNIX_EPOCH,
            purposes: vec!["Giải quyết hồ sơ".to_owned()],
            each: vec![],
        },
        submitter: None,
        signature: None,
        papers: Vec::new(),
        act: Act::HandIn,
        files: Vec::new(),
        sealed_at: Timestamp::UNIX_EPOCH,
    }
}

fn field() -> Field {
    Field {
        code: "G12-YT05".parse().unwrap(),
        name: Words::new("Bảo trợ xã hội", "Social assistance"),
    }
}

/// Keeps a dossier with files of these lengths.
fn keep(store: &mut Store, procedure: &str, lengths: &[usize]) -> Uuid {
    let (id, now) = (Uuid::now_v7(), Timestamp::now());
    let draft = DraftRow {
        id,
        procedure: procedure.to_owned(),
        answers: Plain::new(b"{}".to_vec()),
    };
    store.save_draft(&draft, now).unwrap();
    let files = lengths.iter().enumerate().map(|(index, length)| NewFile {
        part: "TC-TOKHAI".to_owned(),
        name: format!("giay-to-{index}.pdf"),
        bytes: Plain::new((0..*length).map(|at| (at * 7 + index) as u8).collect()),
        about: String::new(),
    });
    let fields = fields_of(&package(procedure)).unwrap();
    let dossier = SealedDossier {
        key: Uuid::now_v7(),
        fields,
        file_count: lengths.len(),
        act: Act::HandIn,
        facts: Facts::default(),
    };
    store.seal(id, &dossier, now).unwrap();
    let written: Vec<_> = files.map(|file| store.write_file(id, &file).unwrap()).collect();
    store.bind(id, &written).unwrap();
    id
}

struct Switch(Arc<AtomicBool>);

impl Probe for Switch {
    async fn answers(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct Running {
    news: mpsc::UnboundedReceiver<News>,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<Result<(), StoreGone>>,
}

fn start<P: Province + 'static>(store: &StoreHandle, province: &Arc<P>, probe: impl Probe, pace: Pace) -> Running {
    let (sender, news) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    let outbox = Outbox {
        store: store.clone(),
        province: Arc::clone(province),
        reader: Arc::new(PageReader::new(&ReadingConfig::default(), None)),
        probe,
        pace,
        clock: Arc::new(Timestamp::now),
        tell: Arc::new(move |news| drop(sender.send(news))),
    };
    Running {
        news,
        stop,
        task: tokio::spawn(outbox.run(stopped)),
    }
}

impl Running {
    async fn next(&mut self) -> News {
        tokio::time::timeout(Duration::from_secs(20), self.news.recv())
            .await
            .expect("news in time")
            .unwrap()
    }

    /// The next news that is not about the link.
    async fn next_answer(&mut self) -> News {
        loop {
            let news = self.next().await;
            if !matches!(news, News::Link(_)) {
                return news;
            }
        }
    }

    async fn end(self) {
        self.stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(5), self.task)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
}

fn up() -> Switch {
    Switch(Arc::new(AtomicBool::new(true)))
}

fn later(why: Later) -> Answer<Receipt> {
    Answer::Later { wait: None, why }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_dossier_is_sent_at_once_and_its_code_is_kept_before_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let province = Arc::new(Scripted::default());
    let slow = Pace {
        look_again_max: Duration::from_secs(60),
        ..Pace::KIOSK
    };
    let mut running = start(&store, &province, up(), slow);
    // Let it find nothing first: it must be woken, not just find it at its start.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let id = store.call(|store| keep(store, "1.001776", &[100_000])).await.unwrap();
    let begun = Instant::now();
    let News::Received {
        dossier,
        slip_number,
        code,
        ..
    } = running.next().await
    else {
        panic!()
    };
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!((dossier, code), (id, format!("H1-{slip_number}")));
    let known = store
        .call(move |store| store.follow(&slip_number))
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(
        (known.stage, known.receipt.unwrap().state.as_str()),
        (Stage::Received, "1")
    );
    assert_eq!(province.handed()[0].2, 100_000);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unclear_is_sent_again_under_the_same_key_until_it_is_received() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let whys = [
        Later::Broken,
        Later::Busy { status: 503 },
        Later::Unclear { status: 200 },
        Later::TooSlow,
    ];
    let province = Arc::new(Scripted::answering(whys.map(later)));
    store.call(|store| keep(store, "1.001776", &[10])).await.unwrap();
    let mut running = start(&store, &province, up(), QUICK);
    assert!(matches!(running.next_answer().await, News::Received { .. }));
    let handed = province.handed();
    assert_eq!(handed.len(), 5);
    assert!(handed.iter().all(|one| *one == handed[0]), "{handed:?}");
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_dossier_is_not_sent_again_until_staff_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let refused = Answer::Refused {
        words: "Thiếu chữ ký".to_owned(),
    };
    let province = Arc::new(Scripted::answering([refused]));
    let id = store.call(|store| keep(store, "1.001776", &[])).await.unwrap();
    let mut running = start(&store, &province, up(), QUICK);
    assert!(matches!(running.next().await, News::Refused { dossier, .. } if dossier == id));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(province.handed().len(), 1);
    let owed = store.call(Store::owed).await.unwrap().unwrap();
    assert_eq!(
        (owed[0].stage, owed[0].words.as_deref()),
        (Stage::WithStaff, Some("Thiếu chữ ký"))
    );
    store
        .call(move |store| store.send_again(id, Timestamp::now()))
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(running.next().await, News::Received { dossier, .. } if dossier == id));
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_network_is_back_nobody_waits_for_the_rest_of_a_pause() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let province = Arc::new(Scripted::answering([
        later(Later::Unreachable),
        later(Later::Unreachable),
    ]));
    for _ in 0..2 {
        store.call(|store| keep(store, "1.001776", &[])).await.unwrap();
    }
    let link = Arc::new(AtomicBool::new(false));
    // The pause is longer than the test's patience.
    let pace = Pace {
        first_pause: Duration::from_secs(300),
        pause_max: Duration::from_secs(300),
        ..QUICK
    };
    let mut running = start(&store, &province, Switch(Arc::clone(&link)), pace);
    assert_eq!(running.next().await, News::Link(Link::Down));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(province.handed().len(), 2);
    link.store(true, Ordering::Relaxed);
    assert_eq!(running.next().await, News::Link(Link::Up));
    for _ in 0..2 {
        assert!(matches!(running.next_answer().await, News::Received { .. }));
    }
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_whose_file_was_changed_goes_to_staff_and_the_others_are_sent() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    let hurt = store.call(|store| keep(store, "1.001776", &[200_000])).await.unwrap();
    let gone = store.call(|store| keep(store, "1.001776", &[10])).await.unwrap();
    let whole = store.call(|store| keep(store, "1.001776", &[10])).await.unwrap();
    let file = |id: Uuid| {
        let files = std::fs::read_dir(folder.path().join("pages").join(id.to_string())).unwrap();
        files.map(|file| file.unwrap().path()).next().unwrap()
    };
    let mut raw = std::fs::read(file(hurt)).unwrap();
    let last = raw.len() - 1;
    raw[last] ^= 1;
    std::fs::write(file(hurt), raw).unwrap();
    std::fs::remove_file(file(gone)).unwrap();
    let province = Arc::new(Scripted::default());
    let mut running = start(&store, &province, up(), QUICK);
    let mut refused = Vec::new();
    for _ in 0..3 {
        match running.next().await {
            News::Refused { dossier, .. } => refused.push(dossier),
            News::Received { dossier, .. } => assert_eq!(dossier, whole),
            News::Link(link) => panic!("{link:?}"),
        }
    }
    refused.sort();
    assert_eq!(refused, [hurt, gone]);
    assert_eq!(province.handed().len(), 1);
    running.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_breaks_off_what_is_being_sent_and_the_next_start_sends_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_store(folder.path());
    store
        .call(|store| keep(store, "1.001776", &[SMALL_BYTES_MAX as usize + 1]))
        .await
        .unwrap();
    let stuck = Arc::new(Scripted {
        slow_big: Some(Duration::from_secs(3600)),
        ..Scripted::default()
    });
    let running = start(&store, &stuck, up(), QUICK);
    tokio::time::sleep(Duration::from_millis(500)).await;
    running.end().await;
    let owed = store.call(Store::owed).await.unwrap().unwrap();
    assert_eq!((owed[0].stage, owed[0].attempts), (Stage::Waiting, 1));
    let mut again = start(&store, &Arc::new(Scripted::default()), up(), QUICK);
    assert!(matches!(again.next().await, News::Received { .. }));
    again.end().await;
}
