//! The office's figures of a generated month, against a recount from the province's own tables.
//!
//! Visits of a month go through the real store, outbox, client and stand-in; the store is told the time, so a month
//! takes a minute. The recount is SQL over what the stand-in keeps of the dossiers it was sent, and over its catalogue:
//! it shares no line with what is recounted. `FIGURES_DOSSIERS` asks for more of them, `FIGURES_SEED` for others.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use kiosk::dossier::Act;
use kiosk::figures::{About, Facts, Rated, Reason};
use kiosk::form::{
    self, Address, Answer, Form, PartialDate, Person, PersonWants, Question, QuestionKind, Unit, Wanted, YesNo,
};
use kiosk::outbox::{self, Outbox, Pace, TcpProbe};
use kiosk::procedure::{Catalogue, Procedure, SignatureWanted};
use kiosk::province::{
    Answer as Said, CatalogueNews, Connection, Digitised, HttpProvince, Package, Patience, Province as _,
};
use kiosk::reading::{PageReader, ReadingConfig};
use kiosk::store::binding::NewFile;
use kiosk::store::dossiers::SealedDossier;
use kiosk::store::drafts::DraftRow;
use kiosk::store::room::Limits;
use kiosk::store::secrets::{KioskKey, Plain};
use kiosk::store::thread::{self, StoreHandle};
use kiosk::store::{Settings, Store};
use kiosk::ticket::Day;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rusqlite::Connection as Db;
use serde_json::json;
use uuid::Uuid;

use crate::harness::Province;

const DOSSIERS: usize = 200;
const SEED: u64 = 766;
/// A figure by day, unit, field and name: numerator and denominator.
type Table = BTreeMap<(String, String, String, String), (i64, i64)>;

/// The first moment of the month.
fn begin() -> Timestamp {
    "2026-09-30T17:00:00Z".parse().unwrap()
}

fn asked_for<T: std::str::FromStr>(name: &str, usual: T) -> T {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

fn open(folder: &Path) -> StoreHandle {
    let limits = Limits {
        scan_free_bytes_min: 0,
        numbers_free_bytes_min: 0,
        ballast_bytes: 0,
    };
    let settings = Settings {
        name: "K01".parse().unwrap(),
        limits,
    };
    let (store, _) = Store::open(folder, KioskKey::from_bytes([7; 32]), settings, begin()).unwrap();
    thread::spawn(store, begin, |_| {}).unwrap().0
}

fn connect(url: &str) -> Arc<HttpProvince> {
    let connection = Connection {
        base: url.to_owned(),
        identity: None,
        authorities: None,
        patience: Patience::FIELD,
    };
    Arc::new(HttpProvince::new(&connection).unwrap())
}

/// An answer that the question takes, of whatever kind it is.
fn answer(question: &Question, dice: &mut StdRng) -> Option<Answer> {
    let candidates = match &question.kind {
        QuestionKind::Choice { choices } => {
            vec![Answer::Choice(choices[dice.random_range(0..choices.len())].id.clone())]
        }
        QuestionKind::Many { choices, at_least, .. } => {
            let first = choices.iter().take(usize::from(*at_least).max(1));
            vec![Answer::Many(first.map(|choice| choice.id.clone()).collect())]
        }
        QuestionKind::Text { .. } => vec![Answer::Text("Mẫu".to_owned())],
        QuestionKind::Number { digits_min, .. } => {
            vec![Answer::Number("123456789012"[..usize::from(*digits_min)].to_owned())]
        }
        QuestionKind::Money { dong_max, .. } => vec![Answer::Money(*dong_max)],
        QuestionKind::Date { .. } => [(2026, 9, 1), (1990, 5, 2), (2026, 11, 1), (2027, 6, 1)]
            .map(|(year, month, day)| Answer::Date(PartialDate::Day { year, month, day }))
            .to_vec(),
        QuestionKind::Phone => vec![Answer::Phone("0900000001".to_owned())],
        QuestionKind::Person(wants) => vec![Answer::Person(person(wants))],
        QuestionKind::Address => vec![Answer::Address(address())],
        QuestionKind::People { at_least, wants, .. } => {
            vec![Answer::People(vec![person(wants); usize::from(*at_least).max(1)])]
        }
        QuestionKind::YesNo => vec![Answer::YesNo(YesNo::No)],
    };
    candidates
        .into_iter()
        .find(|answer| form::check(question, answer, date(2026, 10, 15)).is_ok())
}

fn person(wants: &PersonWants) -> Person {
    Person {
        name: "Trần Thị Mẫu".to_owned(),
        id: (wants.id == Wanted::Yes).then(|| "038160002028".parse().unwrap()),
        born: (wants.born == Wanted::Yes).then_some(PartialDate::Year { year: 1960 }),
        relation: wants.relations.first().map(|relation| relation.id.clone()),
    }
}

fn address() -> Address {
    let unit = |code: &str, name: &str| Unit {
        code: code.parse().unwrap(),
        name: name.to_owned(),
    };
    Address {
        province: unit("25", "Tỉnh Phú Thọ"),
        commune: unit("08545", "Xã Thu Cúc"),
        detail: "Khu mẫu".to_owned(),
    }
}

/// A dossier as a citizen of this month hands it in: what counts is thrown by dice.
fn package(procedure: &Procedure, at: Timestamp, dice: &mut StdRng) -> Option<Package> {
    let mut given = BTreeMap::new();
    for question in &procedure.questions {
        if Form::new(&procedure.questions, &given).is_asked(&question.id) {
            given.insert(question.id.clone(), answer(question, dice)?);
        }
    }
    let answers: Vec<_> = given.into_iter().collect();
    let papers: Vec<_> = procedure
        .papers
        .iter()
        .filter(|paper| paper.is_scanned())
        .map(|paper| {
            let (pages, noted) = (dice.random_range(1..4), u32::from(dice.random_bool(0.1)));
            json!({
                "part": paper.code.as_str(),
                "title": paper.name.vi,
                "scans": { "images": pages + noted, "without_note": noted, "marks": [], "compared": null },
            })
        })
        .collect();
    let package = json!({
        "key": Uuid::nil(), "slip": "",
        "procedure": procedure.code.as_str(),
        "procedure_name": procedure.official(),
        "procedure_version": procedure.version,
        "field": procedure.field,
        "channel": if dice.random_bool(0.4) { "online" } else { "in-person" },
        "assisted": dice.random_bool(0.3),
        "site": "Trung tâm Mẫu",
        "applicant": {
            "kind": "citizen", "name": "Nguyễn Văn Mẫu", "id_number": "038048002028", "old_id_number": null,
            "born": null, "sex": null, "address": null, "phone": null,
        },
        "answers": answers,
        "consent": { "version": "2026-11-1", "given_at": at, "purposes": ["giai-quyet-thu-tuc-hanh-chinh"] },
        "papers": papers,
        "files": [],
        "sealed_at": at,
    });
    Some(serde_json::from_value(package).unwrap())
}

/// Seals it as the kiosk does, and binds its papers into small files.
fn keep(store: &mut Store, package: &Package, procedure: &Procedure, at: Timestamp) {
    let id = Uuid::now_v7();
    let draft = DraftRow {
        id,
        procedure: package.procedure.to_string(),
        answers: Plain::new(b"{}".to_vec()),
    };
    store.save_draft(&draft, at).unwrap();
    let dossier = SealedDossier {
        key: Uuid::now_v7(),
        fields: outbox::fields_of(package).unwrap(),
        file_count: package.papers.len(),
        act: Act::HandIn,
        facts: Facts::of(package, procedure),
    };
    store.seal(id, &dossier, at).unwrap();
    let written: Vec<_> = package
        .papers
        .iter()
        .map(|paper| {
            let about = Digitised {
                scans: paper.scans.clone(),
                facts: serde_json::from_value(json!({ "number": null, "date": null, "issuer": null })).unwrap(),
                codes: vec![],
            };
            let file = NewFile {
                part: paper.part.to_string(),
                name: format!("{}.pdf", paper.part),
                bytes: Plain::new(b"%PDF of a test".to_vec()),
                about: serde_json::to_string(&about).unwrap(),
            };
            store.write_file(id, &file).unwrap()
        })
        .collect();
    store.bind(id, &written).unwrap();
}

/// A month of visits, in the order of time. Every second person says how it was.
fn live_through_the_month(store: &mut Store, catalogue: &Catalogue, dossiers: usize, dice: &mut StdRng) {
    let step = SignedDuration::from_hours(31 * 24) / i32::try_from(dossiers).unwrap();
    let mut kept = 0;
    for visit in 0..dossiers {
        let at = begin() + step * i32::try_from(visit).unwrap();
        let offered = catalogue.on(Day::in_vietnam(at).date());
        let procedures: Vec<_> = offered
            .procedures()
            .iter()
            .filter(|one| one.elsewhere.is_none() && one.filing.signature == SignatureWanted::None)
            .collect();
        // One that asks what the generator cannot answer is not asked for.
        let found = (0..50).find_map(|_| {
            let procedure = procedures[dice.random_range(0..procedures.len())];
            package(procedure, at, dice).map(|package| (procedure, package))
        });
        let (procedure, package) = found.unwrap();
        keep(store, &package, procedure, at);
        kept += 1;
        if dice.random_bool(0.5) {
            let rated = Rated {
                face: dice.random_range(1..=5_u8).try_into().unwrap(),
                reason: dice.random_bool(0.5).then(|| Reason::ALL[dice.random_range(0..6)]),
                about: About::of(procedure),
            };
            store.rate(&rated, at).unwrap();
        }
    }
    assert_eq!(kept, dossiers);
}

fn counted(store: &mut Store) -> Table {
    let (from, until) = ("2026-10-01".parse().unwrap(), "2026-10-31".parse().unwrap());
    let cells = store.figures(from, until).unwrap();
    let row = |cell: kiosk::figures::Cell| {
        let place = (
            cell.day.to_string(),
            cell.unit,
            cell.field,
            cell.figure.word().to_owned(),
        );
        (
            place,
            (cell.ratio.numerator.cast_signed(), cell.ratio.denominator.cast_signed()),
        )
    };
    cells.into_iter().map(row).collect()
}

/// By somebody who has only the province's tables and the names of the contract.
fn recounted(province: &Path, catalogue: &str) -> Table {
    let db = Db::open(province.join("province.sqlite")).unwrap();
    let mut statement = db.prepare(include_str!("figures.sql")).unwrap();
    let rows = statement.query_map([catalogue], |row| {
        let place = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok((place, (row.get(4)?, row.get(5)?)))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

async fn send_all(store: &StoreHandle, province: &Arc<HttpProvince>, url: &str) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let began = Instant::now();
    let outbox = Outbox {
        store: store.clone(),
        province: Arc::clone(province),
        reader: Arc::new(PageReader::new(&ReadingConfig::default(), None)),
        probe: TcpProbe::of(url).unwrap(),
        pace: Pace {
            first_pause: Duration::from_millis(20),
            pause_max: Duration::from_millis(200),
            look_again_min: Duration::from_millis(5),
            ..Pace::KIOSK
        },
        // What is put off becomes due.
        clock: Arc::new(move || {
            begin() + SignedDuration::from_hours(40 * 24) + SignedDuration::try_from(began.elapsed()).unwrap()
        }),
        tell: Arc::new(|_| {}),
    };
    let running = tokio::spawn(outbox.run(stopped));
    while !store.call(|store| store.owed().unwrap().is_empty()).await.unwrap() {
        assert!(began.elapsed() < Duration::from_secs(600), "still owed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_a_month_are_those_of_a_recount_from_the_provinces_own_tables() {
    let (dossiers, seed) = (asked_for("FIGURES_DOSSIERS", DOSSIERS), asked_for("FIGURES_SEED", SEED));
    println!("{dossiers} dossiers, seed {seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let upstream = Province::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (store, province) = (open(folder.path()), connect(&upstream.url()));
    let Said::Received(CatalogueNews::Fresh { catalogue, .. }) = province.catalogue(None).await else {
        panic!("no catalogue");
    };
    store
        .call(move |store| live_through_the_month(store, &catalogue, dossiers, &mut dice))
        .await
        .unwrap();
    let owed = store.call(counted).await.unwrap();
    assert!(
        owed.keys().all(|(.., figure)| figure == "satisfied"),
        "what is owed is nobody's figure"
    );

    // Answers are lost on the way, so that much is sent, and said to be received, more than once.
    upstream.fault(json!({ "mode": "lose-answer", "count": 40 })).await;
    send_all(&store, &province, &upstream.url()).await;

    let mut kiosk = store.call(counted).await.unwrap();
    let faces: Table = kiosk.extract_if(.., |(.., figure), _| figure == "satisfied").collect();
    let catalogue = province::sample_catalogue().unwrap().to_string();
    let table = recounted(upstream.data(), &catalogue);
    let whole = |figure: &str| -> i64 {
        let rows = table.iter().filter(|((.., name), _)| name == figure);
        rows.map(|(_, (_, denominator))| denominator).sum()
    };
    assert_eq!(whole("online"), dossiers as i64, "every dossier is there once");
    assert!(
        table.len() > 300 && whole("pages") > 0 && whole("papers-avoided") > 0,
        "{}",
        table.len()
    );
    for (place, ratio) in &table {
        assert_eq!(kiosk.get(place), Some(ratio), "{place:?}");
    }
    let more: Vec<_> = kiosk.iter().filter(|(place, _)| !table.contains_key(*place)).collect();
    assert!(more.is_empty(), "{more:?}");
    faces_are_told(&store, &province, upstream.data(), &faces).await;
}

/// What the province hears of faces, by unit and field over the month, is what was given, but for groups of few.
async fn faces_are_told(store: &StoreHandle, province: &Arc<HttpProvince>, data: &Path, given: &Table) {
    let after = begin() + SignedDuration::from_hours(32 * 24);
    for _ in 0..2 {
        outbox::opinions::tell(store, province, after).await.unwrap();
    }
    let mut groups: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for ((_, unit, field, _), (satisfied, faces)) in given {
        let group = groups.entry((unit.clone(), field.clone())).or_default();
        *group = (group.0 + satisfied, group.1 + faces);
    }
    let db = Db::open(data.join("province.sqlite")).unwrap();
    let mut statement = db
        .prepare("SELECT unit, field, sum(count * (face IN (4, 5))), sum(count) FROM satisfaction GROUP BY unit, field")
        .unwrap();
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?))));
    let told: BTreeMap<(String, String), (i64, i64)> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    assert!(!told.is_empty());
    // What waited too long in a group of few may have been told without its field.
    for (group, counts) in told.iter().filter(|((unit, _), _)| !unit.is_empty()) {
        assert_eq!(groups.get(group), Some(counts), "{group:?}");
    }
    for (group, (_, faces)) in &groups {
        assert_eq!(told.contains_key(group), *faces >= 5, "{group:?}");
    }
}
