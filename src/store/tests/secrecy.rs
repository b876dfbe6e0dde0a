//! What a citizen showed us is found nowhere on the disk, and nothing opens it once it is forgotten.

use rusqlite::Connection;

use super::*;
use crate::store::DATABASE;
use crate::store::dossiers::Retention;
use crate::store::follow::Receipt;

const NAME: &str = "NGUYỄN THỊ BỊA ĐẶT";
const NUMBER: &str = "001199000042";

fn planted() -> String {
    format!("{{\"ChuHoSo\":\"{NAME}\",\"SoGiayToChuHoSo\":\"{NUMBER}\",\"DiaChi\":\"Thôn Tưởng Tượng\"}}")
}

fn nowhere(data: &Data, when: &str) {
    for needle in [NAME, NUMBER, "Tưởng Tượng", "BỊA"] {
        assert_eq!(
            data.holding(needle.as_bytes()),
            Vec::<PathBuf>::new(),
            "{needle} is found {when}"
        );
    }
}

#[test]
fn a_planted_name_is_in_no_file_from_first_answer_to_forgotten() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = draft(&mut store, 1, &planted());
    store
        .add_page(id, "TP01", planted().repeat(3000).as_bytes(), planted().as_bytes())
        .unwrap();
    let page = store.pages(id).unwrap()[0].id;
    store.keep_reading(page, planted().as_bytes()).unwrap();
    nowhere(&data, "in a draft");
    let mut dossier = sealed_dossier(1);
    dossier.fields = plain(&planted());
    store.seal(id, &dossier, morning()).unwrap();
    nowhere(&data, "in a dossier's pages");
    let mut files = files();
    files[0].name = format!("{NAME}.pdf");
    files[0].bytes = plain(&planted().repeat(5000));
    files[0].about = planted();
    bind(&mut store, id, &files);
    nowhere(&data, "in a dossier");
    assert_eq!(store.dossier_fields(id).unwrap().as_slice(), planted().as_bytes());
    let receipt = Receipt {
        code: "H1".to_owned(),
        state: "1".to_owned(),
        received_on: None,
        due_on: None,
    };
    store.received(id, &receipt, morning()).unwrap();
    store
        .forget_due(
            Retention {
                personal_hours: 1,
                follow_days: 30,
            },
            minutes_later(61),
        )
        .unwrap();
    nowhere(&data, "after forgetting");
    drop(store);
    nowhere(&data, "after closing");
}

/// All wrapped keys, read past the store.
fn wrapped_keys(data: &Data) -> Vec<Vec<u8>> {
    let db = Connection::open(data.path().join(DATABASE)).unwrap();
    let mut statement = db.prepare("SELECT wrapped FROM keys").unwrap();
    statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn a_forgotten_key_is_in_no_file_however_the_pages_of_the_database_were_moved_about() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    for number in 1..=200 {
        draft(&mut store, number * 0x9e37_79b9_7f4a_7c15, "answers");
        if number % 7 == 0 {
            store.draw(&hall, letter('A'), morning()).unwrap();
        }
    }
    let keys = wrapped_keys(&data);
    assert_eq!(keys.len(), 200);
    assert_eq!(
        data.keys_in_files(&keys).len(),
        200,
        "the test looks in the right place"
    );
    // Every second, in an order that splits and joins pages.
    for number in (1..=200).step_by(2).chain((2..=200).rev().step_by(2)) {
        store
            .discard_draft(Uuid::from_u128(number * 0x9e37_79b9_7f4a_7c15))
            .unwrap();
    }
    assert_eq!(data.keys_in_files(&keys).len(), 0);
}

#[test]
fn a_key_forgotten_beside_a_living_one_is_gone_and_the_living_one_opens() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    for number in 1..=60 {
        draft(&mut store, number, &format!("answers of {number}"));
    }
    let before = wrapped_keys(&data);
    for number in (1..=60).filter(|number| number % 3 != 0) {
        store.discard_draft(Uuid::from_u128(number)).unwrap();
    }
    let after = wrapped_keys(&data);
    assert_eq!(data.keys_in_files(&before), after.into_iter().collect());
    for number in (3..=60).step_by(3) {
        let draft = store.load_draft(Uuid::from_u128(number)).unwrap();
        assert_eq!(draft.answers.as_slice(), format!("answers of {number}").as_bytes());
    }
}

#[test]
fn nothing_that_holds_secrets_prints_them() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = draft(&mut store, 1, NAME);
    let page = store.add_page(id, "TP01", NAME.as_bytes(), NAME.as_bytes()).unwrap();
    let file = store.open_file(page.id).unwrap();
    let mut dossier = sealed_dossier(1);
    dossier.fields = plain(NAME);
    let mut files = files();
    files[0].name = NAME.to_owned();
    files[0].about = NAME.to_owned();
    let shown = format!(
        "{:?} {page:?} {file:?} {dossier:?} {files:?}",
        store.load_draft(id).unwrap(),
    );
    store.seal(id, &dossier, morning()).unwrap();
    bind(&mut store, id, &files);
    let shown = format!("{shown} {:?}", store.dossier_files(id).unwrap());
    assert!(!shown.contains(NAME), "{shown}");
    assert!(!shown.contains(&format!("{:?}", NAME.as_bytes())), "{shown}");
}

#[test]
fn the_provinces_words_are_not_printed_by_accident() {
    let data = Data::new();
    let (mut store, _) = data.open(morning());
    let id = kept(&mut store, 1, morning()).id;
    store.refused(id, NAME).unwrap();
    let owed = store.owed().unwrap();
    assert_eq!(owed[0].words.as_deref(), Some(NAME));
    assert!(!format!("{owed:?}").contains(NAME));
}
