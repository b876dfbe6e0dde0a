//! Print jobs and what they say of their ticket.

use super::*;
use crate::slip::SlipOf;
use crate::store::prints::{PrintEnd, Seen};
use crate::ticket::{Settled, Ticket, TicketState};

fn drawn(store: &mut Store, hall: &LocalHall) -> SlipOf {
    SlipOf::Ticket(store.draw(hall, letter('A'), morning()).unwrap().ticket.id)
}

fn ticket(store: &mut Store, of: SlipOf) -> Ticket {
    match of {
        SlipOf::Ticket(id) => store.ticket(id).unwrap(),
        SlipOf::HandIn(_) | SlipOf::Visit(_) => panic!("a ticket is wanted"),
    }
}

#[test]
fn a_proved_print_is_printed_and_no_copy() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let of = drawn(&mut store, &hall);
    let job = store.begin_print(of, morning()).unwrap();
    assert_eq!((job.copy, ticket(&mut store, of).state), (0, TicketState::Printing));
    store.end_print(job.id, PrintEnd::Printed).unwrap();
    let printed = ticket(&mut store, of);
    assert_eq!(
        (printed.state, printed.settled, printed.copies),
        (TicketState::Printed, Some(Settled::ByProof), 0)
    );
}

#[test]
fn a_print_is_a_copy_only_if_something_may_be_on_paper() {
    for (end, state, copy) in [
        (PrintEnd::Untouched, TicketState::Failed, 0),
        (PrintEnd::Torn, TicketState::Failed, 1),
        (PrintEnd::Unclear, TicketState::Unclear, 1),
        (PrintEnd::Printed, TicketState::Printed, 1),
    ] {
        let data = Data::new();
        let (mut store, hall) = data.open(morning());
        let of = drawn(&mut store, &hall);
        let first = store.begin_print(of, morning()).unwrap();
        store.end_print(first.id, end).unwrap();
        assert_eq!(ticket(&mut store, of).state, state, "{end:?}");
        let second = store.begin_print(of, morning()).unwrap();
        assert_ne!(first.id, second.id);
        assert_eq!(second.copy, copy, "{end:?}");
        store.end_print(second.id, PrintEnd::Printed).unwrap();
        let printed = ticket(&mut store, of);
        assert_eq!((printed.state, printed.copies), (TicketState::Printed, copy), "{end:?}");
    }
}

#[test]
fn a_copy_that_fails_does_not_undo_the_slip_that_is_out() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let of = drawn(&mut store, &hall);
    let first = store.begin_print(of, morning()).unwrap();
    store.end_print(first.id, PrintEnd::Printed).unwrap();
    let copy = store.begin_print(of, morning()).unwrap();
    store.end_print(copy.id, PrintEnd::Torn).unwrap();
    let printed = ticket(&mut store, of);
    assert_eq!((printed.state, printed.copies), (TicketState::Printed, 0));
}

#[test]
fn after_a_sudden_end_what_was_in_print_is_unclear_and_what_was_not_has_failed() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let in_print = drawn(&mut store, &hall);
    let job = store.begin_print(in_print, morning()).unwrap();
    let waiting = drawn(&mut store, &hall);
    drop(store);
    let (mut store, opened) = data.try_open(morning()).unwrap();
    assert_eq!((opened.tickets_unclear, opened.tickets_failed), (1, 1));
    assert_eq!(ticket(&mut store, in_print).state, TicketState::Unclear);
    assert_eq!(ticket(&mut store, waiting).state, TicketState::Failed);
    assert_eq!(store.unclear_tickets(10).unwrap().len(), 1);
    assert_eq!(store.unclear_job(in_print).unwrap(), Some(job.id));
    assert_eq!(store.printed_by(job.id).unwrap(), in_print);
    store.settle_by_proof(job.id).unwrap();
    let settled = ticket(&mut store, in_print);
    assert_eq!(
        (settled.state, settled.settled),
        (TicketState::Printed, Some(Settled::ByProof))
    );
    assert_eq!(store.begin_print(waiting, morning()).unwrap().copy, 0);
}

#[test]
fn staff_settle_the_unclear_and_a_late_proof_overrules_them_but_not_the_reverse() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let of = drawn(&mut store, &hall);
    let job = store.begin_print(of, morning()).unwrap();
    store.end_print(job.id, PrintEnd::Unclear).unwrap();
    store.settle_by_staff(of, Seen::DidNot).unwrap();
    assert_eq!(ticket(&mut store, of).state, TicketState::Failed);
    assert_eq!(ticket(&mut store, of).settled, Some(Settled::ByStaff));
    store.end_print(job.id, PrintEnd::Unclear).unwrap();
    assert_eq!(
        ticket(&mut store, of).state,
        TicketState::Failed,
        "a late doubt is no news"
    );
    store.settle_by_proof(job.id).unwrap();
    assert_eq!(ticket(&mut store, of).state, TicketState::Printed);
    store.settle_by_staff(of, Seen::DidNot).unwrap();
    assert_eq!(ticket(&mut store, of).state, TicketState::Printed);
}

#[test]
fn slips_of_dossiers_share_the_job_numbers_of_tickets() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let of = drawn(&mut store, &hall);
    let dossier = SlipOf::HandIn(kept(&mut store, 1, morning()).id);
    let one = store.begin_print(of, morning()).unwrap();
    let two = store.begin_print(dossier, morning()).unwrap();
    assert_ne!(one.id, two.id);
    store.end_print(two.id, PrintEnd::Torn).unwrap();
    assert_eq!(store.begin_print(dossier, morning()).unwrap().copy, 1);
    assert_eq!(store.printed_by(two.id).unwrap(), dossier);
    let nobody = SlipOf::HandIn(Uuid::from_u128(99));
    assert!(matches!(
        store.begin_print(nobody, morning()),
        Err(StoreError::Unknown(_))
    ));
}

#[test]
fn a_number_whose_print_is_given_up_before_it_began_has_failed_and_prints_first_later() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let of = drawn(&mut store, &hall);
    let SlipOf::Ticket(id) = of else {
        panic!("a ticket is wanted")
    };
    store.give_up_print(id).unwrap();
    assert_eq!(ticket(&mut store, of).state, TicketState::Failed);
    assert_eq!(store.troubled_tickets(morning()).unwrap().len(), 1);
    let job = store.begin_print(of, morning()).unwrap();
    assert_eq!(job.copy, 0);
    store.give_up_print(id).unwrap();
    assert_eq!(ticket(&mut store, of).state, TicketState::Printing);
}

#[test]
fn a_number_and_its_print_are_one_commit() {
    let data = Data::new();
    let (mut store, hall) = data.open(morning());
    let before = store.commits_unwritten;
    let (drawn, job) = store.draw_and_begin_print(&hall, letter('A'), morning()).unwrap();
    assert_eq!(store.commits_unwritten, before + 1);
    assert_eq!((drawn.ticket.state, job.copy), (TicketState::Printing, 0));
    assert_eq!(store.printed_by(job.id).unwrap(), SlipOf::Ticket(drawn.ticket.id));

    // The next draw without a print is one again.
    let alone = store.draw(&hall, letter('A'), morning()).unwrap();
    assert_eq!((alone.ticket.number, alone.ticket.state), (2, TicketState::Reserved));
    store.end_print(job.id, PrintEnd::Untouched).unwrap();
    assert_eq!(store.ticket(drawn.ticket.id).unwrap().state, TicketState::Failed);
}
