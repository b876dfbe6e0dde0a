//! The cashier against a scripted province.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::*;
use crate::payment::{Bill, Proof, Told, Word};
use crate::province::Later;
use crate::store::room::Limits;
use crate::store::secrets::KioskKey;
use crate::store::{Settings, Store, thread};

const CODE: &str = "000.00.99.H44-261122-0001";

fn start() -> Timestamp {
    "2026-11-22T02:00:00Z".parse().unwrap()
}

fn told(word: Word) -> Answer<Told> {
    Answer::Received(Told {
        bill: Bill {
            reference: "TT01".into(),
            amount_dong: 115_000,
            address: None,
            expires_at: None,
        },
        word,
        proof: Proof::default(),
    })
}

fn later() -> Answer<Told> {
    Answer::Later {
        wait: None,
        why: Later::Broken,
    }
}

/// Answers in order; the last one for ever. Writes down what it was asked.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Answer<Told>>>,
    asked: Mutex<Vec<String>>,
}

impl Scripted {
    fn says(answers: impl IntoIterator<Item = Answer<Told>>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
        })
    }

    fn answer(&self, question: String) -> Answer<Told> {
        self.asked.lock().unwrap().push(question);
        let mut answers = self.answers.lock().unwrap();
        if answers.len() > 1 {
            answers.pop_front().unwrap()
        } else {
            answers[0].clone()
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Payments for Scripted {
    async fn begin_payment(&self, dossier_code: &str, key: Uuid) -> Answer<Told> {
        self.answer(format!("begin {dossier_code} {}", key.as_u128()))
    }

    async fn payment(&self, reference: &str) -> Answer<Told> {
        self.answer(format!("state {reference}"))
    }
}

struct Desk {
    _folder: tempfile::TempDir,
    store: StoreHandle,
    watch: watch::Sender<Option<Uuid>>,
    news: mpsc::Receiver<News>,
    running: tokio::task::JoinHandle<Result<(), Ended>>,
}

impl Desk {
    /// A cashier of a kiosk on which this payment was begun, and the time of day.
    async fn open(province: &Arc<Scripted>, payment: Payment, watched: bool, now: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            scan_free_bytes_min: 0,
            numbers_free_bytes_min: 0,
            ballast_bytes: 0,
        };
        let settings = Settings {
            name: "K01".parse().unwrap(),
            limits,
        };
        let (store, _) = Store::open(folder.path(), KioskKey::from_bytes([7; 32]), settings, start()).unwrap();
        let (store, _thread) = thread::spawn(store, Timestamp::now, |_| {}).unwrap();
        let key = payment.key;
        let begun = store.call(move |store| store.begin_payment(&payment)).await.unwrap();
        begun.unwrap();
        let (watch, watched) = watch::channel(watched.then_some(key));
        let (tell, news) = mpsc::channel(64);
        let cashier = Cashier {
            store: store.clone(),
            province: Arc::clone(province),
            pace: Pace {
                watched: Duration::from_millis(5),
                alone_min: Duration::from_millis(5),
                alone_max: Duration::from_millis(20),
            },
            clock: Arc::new(move || now),
            watched,
            tell,
        };
        Self {
            _folder: folder,
            store,
            watch,
            news,
            running: tokio::spawn(cashier.run()),
        }
    }

    async fn next(&mut self) -> News {
        let heard = tokio::time::timeout(Duration::from_secs(20), self.news.recv()).await;
        heard.expect("the cashier says something").unwrap()
    }

    /// The words of what is told, up to this one.
    async fn until(&mut self, word: &str) -> Vec<&'static str> {
        let mut words = vec![];
        while words.last() != Some(&word) {
            words.push(match self.next().await {
                News::Stands(payment) => payment.state.word(),
                News::Silent { .. } => "silent",
            });
        }
        words
    }

    async fn kept(&self) -> Payment {
        let kept = self.store.call(|store| store.payment_of(CODE)).await.unwrap();
        kept.unwrap().unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn asked() -> Payment {
    Payment::asked(Uuid::from_u128(7), CODE.to_owned(), start())
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_for_under_the_same_key() {
    let province = Scripted::says([later(), later(), told(Word::Open), later(), told(Word::Paid)]);
    let mut desk = Desk::open(&province, asked(), true, start()).await;
    assert_eq!(desk.until("paid").await, ["silent", "silent", "open", "silent", "paid"]);
    let begin = format!("begin {CODE} 7");
    assert_eq!(province.asked(), [&begin, &begin, &begin, "state TT01", "state TT01"]);
    assert_eq!(desk.kept().await.state.word(), "paid");
}

#[tokio::test]
async fn unclear_goes_on_being_asked_under_the_same_reference_when_the_person_has_gone() {
    let province = Scripted::says([
        told(Word::Open),
        told(Word::Unclear),
        told(Word::Unclear),
        told(Word::Paid),
    ]);
    let mut desk = Desk::open(&province, asked(), true, start()).await;
    desk.until("unclear").await;
    desk.watch.send_replace(None);
    assert_eq!(desk.until("paid").await.last(), Some(&"paid"));
    assert!(province.asked().iter().skip(1).all(|question| question == "state TT01"));
    // It has its end: nobody asks any more.
    let count = province.asked().len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(province.asked().len(), count);
}

#[tokio::test]
async fn what_the_province_refuses_is_for_staff_and_is_not_asked_again() {
    let words = "Hồ sơ này không có lệ phí trả trực tuyến.".to_owned();
    let province = Scripted::says([Answer::Refused { words: words.clone() }]);
    let mut desk = Desk::open(&province, asked(), true, start()).await;
    desk.until("refused").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(province.asked().len(), 1);
    let told = desk
        .store
        .call(|store| store.payments_for_staff(start()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told[0].payment.state, State::Refused { words });
}

#[tokio::test]
async fn after_a_week_without_an_end_it_is_left_to_staff() {
    let province = Scripted::says([told(Word::Unclear)]);
    let late = start() + SignedDuration::from_hours(24 * ASK_DAYS_MAX + 1);
    let open = asked().heard(Told {
        bill: Bill {
            reference: "TT01".into(),
            amount_dong: 1,
            address: None,
            expires_at: None,
        },
        word: Word::Unclear,
        proof: Proof::default(),
    });
    let open = open.unwrap();
    let desk = Desk::open(&province, asked(), true, late).await;
    desk.store
        .call(move |store| store.keep_payment(&open))
        .await
        .unwrap()
        .unwrap();
    // Somebody waits: it is asked about, however old it is.
    while province.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    desk.watch.send_replace(None);
    while !desk
        .store
        .call(|store| store.pending_payments())
        .await
        .unwrap()
        .unwrap()
        .is_empty()
    {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let told = desk
        .store
        .call(move |store| store.payments_for_staff(late))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told.len(), 1);
}

#[test]
fn the_older_the_more_seldom() {
    let pace = Pace::KIOSK;
    for (age_secs, pause_secs) in [(-5, 5), (0, 5), (100, 10), (1_000, 100), (100_000, 300)] {
        let pause = pace.alone(SignedDuration::from_secs(age_secs));
        assert_eq!(pause, Duration::from_secs(pause_secs), "{age_secs}");
    }
}
