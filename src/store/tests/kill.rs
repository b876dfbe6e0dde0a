//! The process killed with -9 at random moments.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::*;
use crate::slip::SlipOf;
use crate::store::prints::PrintEnd;
use crate::store::report;
use crate::ticket::TicketState;

const FOLDER: &str = "KIOSK_TEST_KILL_FOLDER";

/// Not a test: what the parent kills. Says each number once it has it.
#[test]
#[ignore = "is run and killed by its parent"]
fn child_that_draws_and_prints() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (mut store, _) = Store::open(Path::new(&folder), key(), settings(), morning()).unwrap();
    let hall = LocalHall::open(&mut store, series(), morning()).unwrap();
    let mut out = std::io::stdout();
    for turn in 0.. {
        let series = if turn % 3 == 0 { 'B' } else { 'A' };
        let ticket = store.draw(&hall, letter(series), morning()).unwrap().ticket;
        writeln!(out, "given {}", ticket.label().compact()).unwrap();
        out.flush().unwrap();
        let job = store.begin_print(SlipOf::Ticket(ticket.id), morning()).unwrap();
        store.end_print(job.id, PrintEnd::Printed).unwrap();
        store.tidy();
    }
}

/// Not a test: keeps dossiers until it is killed.
#[test]
#[ignore = "is run and killed by its parent"]
fn child_that_keeps_dossiers() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (mut store, _) = Store::open(Path::new(&folder), key(), settings(), morning()).unwrap();
    let mut out = std::io::stdout();
    loop {
        store.forget_stale_drafts(None, minutes_later(60)).unwrap();
        let number = Uuid::now_v7().as_u128();
        let id = draft(&mut store, number, "answers");
        store.add_page(id, "TP01", &[9; 70_000], b"meta").unwrap();
        let kept = store.seal(id, &sealed_dossier(number / 2), morning()).unwrap();
        bind(&mut store, id, &files());
        writeln!(out, "given {}", kept.slip_number).unwrap();
        out.flush().unwrap();
        store.tidy();
    }
}

/// Starts the child, kills it after `life` and returns what it said it had given.
fn given_before_death(child: &str, folder: &Path, life: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            &format!("store::tests::kill::{child}"),
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let begun = Instant::now();
    let reader = std::thread::spawn(move || {
        let given = |line: std::io::Result<String>| {
            let line = line.unwrap();
            line.split("given ").nth(1).map(str::to_owned)
        };
        BufReader::new(output).lines().filter_map(given).collect::<Vec<_>>()
    });
    std::thread::sleep(life.saturating_sub(begun.elapsed()));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

fn next_seed(seed: u64) -> u64 {
    seed.wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}

#[test]
fn no_number_is_given_twice_and_each_is_explained_however_often_the_process_is_killed() {
    let data = Data::new();
    let mut given = Vec::new();
    let mut seed = 12_345_u64;
    let mut kills = 0;
    while given.len() < 300 {
        assert!(kills < 400, "only {} numbers", given.len());
        kills += 1;
        seed = next_seed(seed);
        given.extend(given_before_death(
            "child_that_draws_and_prints",
            data.path(),
            Duration::from_millis(20 + (seed >> 33) % 300),
        ));
    }
    let unique: HashSet<_> = given.iter().collect();
    assert_eq!(unique.len(), given.len(), "a number was given twice");

    let from_outside = report::from_folder(data.path(), None).unwrap();
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert_eq!(opened.moved_aside, None);
    let rows = store.report(None).unwrap();
    assert_eq!(rows.len(), from_outside.len());
    let reported: HashSet<String> = rows
        .iter()
        .map(|row| format!("{}{:03}", row.series, row.number))
        .collect();
    assert!(given.iter().all(|number| reported.contains(number)));
    for series in ['A', 'B'] {
        let numbers: Vec<u32> = rows
            .iter()
            .filter(|row| row.series == letter(series))
            .map(|row| row.number)
            .collect();
        assert_eq!(
            numbers,
            (1..=numbers.len() as u32).collect::<Vec<_>>(),
            "{series} has a gap"
        );
    }
    let open_ended = rows
        .iter()
        .filter(|row| matches!(row.state, TicketState::Reserved | TicketState::Printing));
    assert_eq!(open_ended.count(), 0);
    // One number a kill can be in the log and not yet said.
    assert!(rows.len() <= given.len() + kills);
    println!("{} numbers, {kills} kills", given.len());
}

#[test]
fn a_dossier_said_to_be_kept_is_whole_and_owed_once_however_often_the_process_is_killed() {
    let data = Data::new();
    let mut given = Vec::new();
    let mut seed = 54_321_u64;
    let kills = 25;
    for _ in 0..kills {
        seed = next_seed(seed);
        let life = Duration::from_millis(150 + (seed >> 33) % 300);
        given.extend(given_before_death("child_that_keeps_dossiers", data.path(), life));
    }
    assert!(given.len() > kills, "only {} dossiers", given.len());
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert_eq!(opened.moved_aside, None);
    store.forget_stale_drafts(None, minutes_later(60)).unwrap();
    // What was killed between keeping and binding is bound by the next life.
    let pages = data.path().join("pages");
    for folder in std::fs::read_dir(&pages).unwrap() {
        // All of them: the outbox is given only so many at once.
        let dossier = folder.unwrap().file_name().to_str().unwrap().parse().unwrap();
        if !store.pages(dossier).unwrap().is_empty() {
            bind(&mut store, dossier, &files());
        }
    }
    let mut slips = HashSet::new();
    let mut folders = HashSet::new();
    for slip in &given {
        let known = store.follow(slip).unwrap().unwrap_or_else(|| panic!("{slip} is lost"));
        assert!(slips.insert(known.slip_number), "{slip} was given twice");
        let files = store.dossier_files(known.id).unwrap();
        for file in &files {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut store.open_file(file.id).unwrap(), &mut bytes).unwrap();
            assert_eq!(bytes.len() as u64, file.bytes);
        }
        assert_eq!(
            store.dossier_fields(known.id).unwrap().as_slice(),
            sealed_dossier(1).fields.as_slice()
        );
    }
    for folder in std::fs::read_dir(&pages).unwrap() {
        let folder = folder.unwrap();
        folders.insert(folder.file_name());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            2,
            "a page or half a file is left"
        );
    }
    // One dossier a kill can be kept and not yet said.
    assert!(folders.len() >= given.len() && folders.len() <= given.len() + kills);
    println!("{} dossiers, {kills} kills", given.len());
}
