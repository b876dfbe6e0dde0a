//! Kiosks that share one log, with servers as they are in a centre.

#[path = "../../tests/kiosk/harness/leaves.rs"]
mod leaves;
#[path = "../../tests/kiosk/harness/nats.rs"]
mod nats;
mod province;
#[path = "../../tests/kiosk/harness/proxy.rs"]
mod proxy;
mod same;
mod trouble;

use std::collections::BTreeSet;
use std::time::Instant;

use tempfile::TempDir;
use tokio::task::JoinHandle;

use self::nats::Nats;
use super::*;
use crate::hall::jetstream::Servers;
use crate::hall::{Hall, LEASED_FROM, Series};
use crate::store::room::Limits;
use crate::store::secrets::KioskKey;
use crate::store::{Settings, Store, thread};
use crate::ticket::{Label, SeriesLetter};

const PATIENCE: Duration = Duration::from_secs(40);
const LEASE_NUMBERS: u32 = 10;

fn letter(letter: char) -> SeriesLetter {
    letter.try_into().unwrap()
}

fn counter(name: &str) -> Counter {
    name.parse().unwrap()
}

fn series() -> Vec<Series> {
    let one = |letter: char| Series {
        letter: letter.try_into().unwrap(),
        name: format!("Lĩnh vực {letter}"),
        counters: "1, 2".into(),
        first_number: 1,
        per_day_max: None,
    };
    ['A', 'B'].map(one).into()
}

fn stored(name: &str, alone: bool) -> (LocalHall, StoreHandle, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (hall, store) = stored_in(name, folder.path(), alone);
    (hall, store, folder)
}

fn stored_in(name: &str, folder: &std::path::Path, alone: bool) -> (LocalHall, StoreHandle) {
    let limits = Limits {
        scan_free_bytes_min: 0,
        numbers_free_bytes_min: 0,
        ballast_bytes: 0,
    };
    let settings = Settings {
        name: name.parse().unwrap(),
        limits,
    };
    let now = Timestamp::now();
    let (mut store, _) = Store::open(folder, KioskKey::from_bytes([7; 32]), settings, now).unwrap();
    let hall = if alone {
        LocalHall::open(&mut store, series(), now).unwrap()
    } else {
        LocalHall::of(store.hall_now(now).unwrap(), series())
    };
    let (store, _thread) = thread::spawn(store, Timestamp::now, |_| {}).unwrap();
    (hall, store)
}

/// A kiosk's end of a hall, at work.
struct AtWork {
    node: Node,
    runs: JoinHandle<()>,
    folder: TempDir,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.runs.abort();
    }
}

fn servers(centre: &str, urls: Vec<String>, replicas: usize) -> Servers {
    Servers {
        urls,
        centre: centre.into(),
        replicas,
        credentials: None,
    }
}

async fn at_work(name: &str, urls: Vec<String>, replicas: usize) -> AtWork {
    begun(name, &servers("binh-minh", urls, replicas)).await
}

async fn begun(name: &str, servers: &Servers) -> AtWork {
    let (hall, store, folder) = stored(name, false);
    let log = JetStream::connect(servers, name).await.unwrap();
    let node = Node::together(hall, store, log, name, LEASE_NUMBERS);
    let runs = tokio::spawn(node.clone().run());
    AtWork { node, runs, folder }
}

impl AtWork {
    async fn of(name: &str, nats: &Nats) -> Self {
        let kiosk = at_work(name, nats.urls(), nats.replicas()).await;
        kiosk.ready().await;
        kiosk
    }

    /// It answers, and this kiosk has leased what it may need.
    async fn ready(&self) {
        let leased = || {
            let hall = self.node.hall.now();
            let shared = self.node.shared.as_ref().unwrap();
            ['A', 'B']
                .map(letter)
                .iter()
                .all(|series| hall.unused(shared.kiosk(), *series).count() > 0)
        };
        until("together, with a lease", || {
            self.node.standing() == Standing::Together && leased()
        })
        .await;
    }

    async fn draws(&self) -> (Label, bool) {
        let wish = Wish::from(letter('A'));
        let given = self.node.draw(wish, false).await.unwrap();
        (given.drawn.ticket.label(), given.apart)
    }

    async fn acts(&self, name: &str, act: Act) -> Result<Event, ActError> {
        self.node.act(counter(name), act, Rules::default()).await
    }

    fn hall(&self) -> Hall {
        self.node.hall.now()
    }
}

async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "not {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// All kiosks see the same hall.
async fn agreed(kiosks: &[&AtWork]) -> Hall {
    let agree = || {
        let halls: Vec<Hall> = kiosks.iter().map(|kiosk| kiosk.hall()).collect();
        halls.windows(2).all(|two| two[0] == two[1])
            && kiosks.iter().all(|kiosk| kiosk.node.standing() == Standing::Together)
    };
    until("agreed", agree).await;
    kiosks[0].hall()
}

fn open(letters: &str) -> Act {
    Act::Open {
        serves: letters.chars().map(letter).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kiosks_of_one_centre_give_one_row_of_numbers_and_see_one_hall() {
    let nats = Nats::start(1);
    let (one, two) = (AtWork::of("K01", &nats).await, AtWork::of("K02", &nats).await);
    let mut given = BTreeSet::new();
    for round in 0..10 {
        let kiosk = if round % 2 == 0 { &one } else { &two };
        let (label, apart) = kiosk.draws().await;
        assert!(!apart && given.insert(label), "{label}");
    }
    // At once: each gets one of their own.
    let (first, second) = tokio::join!(one.draws(), two.draws());
    given.extend([first.0, second.0]);
    let row: Vec<u32> = given.iter().map(|label| label.number).collect();
    assert_eq!(row, (1..=12).collect::<Vec<_>>(), "one row without a gap");

    one.acts("1", open("A")).await.unwrap();
    two.acts("2", open("AB")).await.unwrap();
    let (first, second) = tokio::join!(one.acts("1", Act::Next), two.acts("2", Act::Next));
    let called: BTreeSet<_> = [first, second].map(|event| event.unwrap().label()).into();
    assert_eq!(called.len(), 2, "two counters never have the same person");
    let hall = agreed(&[&one, &two]).await;
    assert_eq!((hall.waiting(letter('A')), hall.left_aside()), (10, 0));

    // Whoever starts again, also without a network, has the hall as it was.
    let (folder, before) = (one.folder.path().to_owned(), one.hall());
    let (copy, _store) = stored_in("K01", &copied(&folder), false);
    assert_eq!(copy.now(), before);
}

/// A copy of a data folder: its own is in use.
fn copied(folder: &std::path::Path) -> std::path::PathBuf {
    let copy = folder.join("copy");
    std::fs::create_dir(&copy).unwrap();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
        }
    }
    copy
}
