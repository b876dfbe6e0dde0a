//! How long a number takes. Prints figures; run it by name.

use std::time::Instant;

use super::*;
use crate::slip::SlipOf;
use crate::store::prints::PrintEnd;

#[test]
#[ignore = "measures"]
fn a_draw_and_its_print_job_on_this_disk() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let mut took: [Vec<u128>; 4] = Default::default();
    for _ in 0..500 {
        let mut at = Instant::now();
        let mut lap = |index: usize| {
            took[index].push(at.elapsed().as_micros());
            at = Instant::now();
        };
        let ticket = store.draw(&hall, letter('A'), morning()).unwrap().ticket;
        lap(0);
        let job = store.begin_print(SlipOf::Ticket(ticket.id), morning()).unwrap();
        lap(1);
        store.end_print(job.id, PrintEnd::Printed).unwrap();
        lap(2);
        store.tidy();
        lap(3);
    }
    for (name, mut took) in ["draw", "begin_print", "end_print", "tidy"].into_iter().zip(took) {
        took.sort_unstable();
        println!(
            "{name}: p50 {} µs, p99 {} µs, max {} µs",
            took[250], took[495], took[499]
        );
    }
    let mut at = Instant::now();
    let id = draft(&mut store, 1, "answers");
    println!("save_draft: {} µs", at.elapsed().as_micros());
    at = Instant::now();
    store.add_page(id, "TP01", &vec![7; 2 << 20], b"").unwrap();
    println!("add_page of 2 MiB: {} µs", at.elapsed().as_micros());
    at = Instant::now();
    store.seal(id, &sealed_dossier(1), morning()).unwrap();
    println!("seal: {} µs", at.elapsed().as_micros());
    at = Instant::now();
    bind(&mut store, id, &files());
    println!("bind of 100 kB: {} µs", at.elapsed().as_micros());
    let other = draft(&mut store, 2, "answers");
    at = Instant::now();
    store.discard_draft(other).unwrap();
    println!("discard_draft: {} µs", at.elapsed().as_micros());
    let begun = Instant::now();
    drop(store);
    data.try_open(morning()).unwrap();
    println!("close and open: {} ms", begun.elapsed().as_millis());
}
