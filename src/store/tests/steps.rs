//! The steps of the database's shape.

use rusqlite::Connection;

use super::*;
use crate::store::DATABASE;
use crate::store::steps::{climb, known};

/// The shape that a step leaves, as SQLite tells it.
fn shape(db: &Connection) -> String {
    let mut statement = db
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    let lines: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    lines.join(";\n")
}

/// A published step never changes. The sum stands here beside it; a new step adds a line.
const PUBLISHED: &[(&str, &str)] = &[
    ("001", "d0ab4cc9b79cc9e8"),
    ("002", "345817ddc034de13"),
    ("003", "8ad39e611c73283c"),
    ("004", "a9647f6259080302"),
    ("005", "c5aa7166478352f8"),
    ("006", "dda64f2d1282c353"),
    ("007", "cd97a632438692c1"),
    ("008", "1803d3f45e5b2744"),
    ("009", "9536c18d67c9e42e"),
    ("010", "d29f34d59b01a407"),
    ("011", "051bc22428a7a7f5"),
    ("012", "ae5b45c7a61be139"),
    ("013", "c5124cd51bbeb67b"),
    ("014", "5685a6f82f30a52d"),
];

#[test]
fn no_published_step_has_changed() {
    use sha2::{Digest, Sha256};
    let steps = [
        include_str!("../steps/001.sql"),
        include_str!("../steps/002.sql"),
        include_str!("../steps/003.sql"),
        include_str!("../steps/004.sql"),
        include_str!("../steps/005.sql"),
        include_str!("../steps/006.sql"),
        include_str!("../steps/007.sql"),
        include_str!("../steps/008.sql"),
        include_str!("../steps/009.sql"),
        include_str!("../steps/010.sql"),
        include_str!("../steps/011.sql"),
        include_str!("../steps/012.sql"),
        include_str!("../steps/013.sql"),
        include_str!("../steps/014.sql"),
    ];
    assert_eq!((steps.len(), known()), (PUBLISHED.len(), PUBLISHED.len() as u32));
    for (sql, (name, wanted)) in steps.iter().zip(PUBLISHED) {
        let sum: String = Sha256::digest(sql)
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(&sum, wanted, "step {name} was changed");
    }
}

#[test]
fn climbing_from_nothing_and_climbing_twice_give_the_same_shape() {
    let mut db = Connection::open_in_memory().unwrap();
    climb(&mut db).unwrap();
    let first = shape(&db);
    climb(&mut db).unwrap();
    assert_eq!(shape(&db), first);
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, known());
    let tables = db.prepare(
        "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND NOT strict
                             AND name NOT LIKE 'sqlite_%'",
    );
    let loose: u32 = tables.unwrap().query_row([], |row| row.get(0)).unwrap();
    assert_eq!(loose, 0, "every table is strict");
}

#[test]
fn a_step_that_was_cut_short_is_climbed_again() {
    let data = Data::new();
    std::fs::create_dir_all(data.path()).unwrap();
    // A database whose first step never committed: SQLite's file is there, its version is 0.
    let db = Connection::open(data.path().join(DATABASE)).unwrap();
    db.execute_batch("PRAGMA journal_mode = WAL; BEGIN; CREATE TABLE kiosk (one INTEGER); ROLLBACK")
        .unwrap();
    drop(db);
    let (_, opened) = data.try_open(morning()).unwrap();
    assert!(opened.database_made);
    assert_eq!(opened.moved_aside, None);
}

#[test]
fn the_database_is_written_through_and_forgets_securely() {
    let data = Data::new();
    let (store, _) = data.open(morning());
    let pragma = |name| {
        store
            .db
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
            .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
    assert_eq!(pragma("synchronous"), 2.into());
    assert_eq!(pragma("foreign_keys"), 1.into());
    assert_eq!(pragma("secure_delete"), 1.into());
}

#[test]
fn browsers_of_before_stay_paired_when_managers_come() {
    let mut db = Connection::open_in_memory().unwrap();
    for (sql, version) in [
        include_str!("../steps/001.sql"),
        include_str!("../steps/002.sql"),
        include_str!("../steps/003.sql"),
        include_str!("../steps/004.sql"),
        include_str!("../steps/005.sql"),
        include_str!("../steps/006.sql"),
        include_str!("../steps/007.sql"),
        include_str!("../steps/008.sql"),
        include_str!("../steps/009.sql"),
        include_str!("../steps/010.sql"),
        include_str!("../steps/011.sql"),
    ]
    .iter()
    .zip(1_u32..)
    {
        db.execute_batch(sql).unwrap();
        db.pragma_update(None, "user_version", version).unwrap();
    }
    let insert = "INSERT INTO browsers (token_sha256, kind, paired_at_ms, seen_at_ms) VALUES (?1, ?2, 5, 6)";
    db.execute(insert, ([1_u8; 32], "board")).unwrap();
    assert!(db.execute(insert, ([2_u8; 32], "manager")).is_err());
    climb(&mut db).unwrap();
    let row: (i64, String, i64) = db
        .query_row("SELECT id, kind, seen_at_ms FROM browsers", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(row, (1, "board".into(), 6));
    db.execute(insert, ([2_u8; 32], "manager")).unwrap();
    assert!(db.execute(insert, ([3_u8; 32], "anybody")).is_err());
}
