use hardware::printer::{NotPrinted, Proof, Ready};

use super::*;
use crate::ticket::TicketId;

const WHAT: SlipOf = SlipOf::Ticket(TicketId(7));

fn begun(desk: &mut Desk, job: u32) -> JobId {
    let acts = desk.begun(JobId(job), Copy::First);
    assert_eq!(acts, [Act::Tell(PaperNews::Coming { copy: Copy::First })]);
    JobId(job)
}

fn fails(desk: &mut Desk, job: JobId, fault: PrinterFault, paper: Paper) -> Vec<Act> {
    desk.on(PrinterNews::NotPrinted {
        job,
        why: NotPrinted { fault, paper },
    })
}

fn ready(desk: &mut Desk) -> Vec<Act> {
    desk.on(PrinterNews::State(Ok(Ready {
        near_end: false,
        answers: true,
    })))
}

fn started() -> (Desk, JobId) {
    let mut desk = Desk::default();
    let acts = desk.print(WHAT, For::Visit).unwrap();
    assert_eq!(acts.last(), Some(&Act::Begin(WHAT)));
    let job = begun(&mut desk, 1);
    (desk, job)
}

#[test]
fn a_proved_slip_is_printed_and_told() {
    let (mut desk, job) = started();
    let acts = desk.on(PrinterNews::Printed {
        job,
        proof: Proof::Acknowledged,
    });
    let end = PrintEnd::Printed;
    assert_eq!(
        acts,
        [Act::Mark { job, end }, Act::Tell(PaperNews::Out { copy: Copy::First })]
    );
}

#[test]
fn a_slip_that_never_began_is_a_first_print_when_paper_is_back() {
    let (mut desk, job) = started();
    let acts = fails(&mut desk, job, PrinterFault::OutOfPaper, Paper::Untouched);
    assert!(acts.contains(&Act::Tell(PaperNews::Held(PrinterFault::OutOfPaper))));
    assert!(ready(&mut desk).contains(&Act::Begin(WHAT)));
}

#[test]
fn a_torn_slip_comes_again_as_a_copy_unless_the_printer_finished_it() {
    let (mut desk, job) = started();
    fails(&mut desk, job, PrinterFault::CoverOpen, Paper::Torn);
    assert_eq!(ready(&mut desk), [Act::Settle(job)]);
    let acts = desk.on(PrinterNews::Settled { job, proof: None });
    assert!(acts.contains(&Act::Begin(WHAT)));

    let (mut desk, job) = started();
    fails(&mut desk, job, PrinterFault::TooHot, Paper::Torn);
    ready(&mut desk);
    let proof = Some(Proof::Acknowledged);
    let acts = desk.on(PrinterNews::Settled { job, proof });
    assert!(acts.contains(&Act::Tell(PaperNews::Out { copy: Copy::First })));
}

#[test]
fn a_slip_that_may_be_out_is_left_to_staff() {
    let (mut desk, job) = started();
    let acts = fails(&mut desk, job, PrinterFault::Silent, Paper::Unknown);
    let end = PrintEnd::Unclear;
    assert_eq!(acts, [Act::Mark { job, end }, Act::Tell(PaperNews::Unsure)]);
    assert_eq!(ready(&mut desk), [Act::Settle(job)]);
    assert_eq!(desk.on(PrinterNews::Settled { job, proof: None }), []);
}

#[test]
fn nothing_of_a_visit_that_is_over_comes_out_later() {
    for paper in [Paper::Untouched, Paper::Torn, Paper::Unknown] {
        let (mut desk, job) = started();
        fails(&mut desk, job, PrinterFault::OutOfPaper, paper);
        desk.visit_ends();
        let acts = ready(&mut desk);
        assert!(
            !acts.iter().any(|act| matches!(act, Act::Begin(_))),
            "{paper:?}: {acts:?}"
        );
    }
}

#[test]
fn a_slip_under_way_when_the_visit_ends_is_finished_and_marked_but_not_tried_again() {
    let (mut desk, job) = started();
    assert_eq!(desk.visit_ends(), []);
    let acts = fails(&mut desk, job, PrinterFault::OutOfPaper, Paper::Torn);
    let end = PrintEnd::Torn;
    assert_eq!(acts, [Act::Mark { job, end }, Act::Settle(job)]);
    assert_eq!(ready(&mut desk), []);
}

#[test]
fn staff_copies_wait_their_turn_and_no_more_than_the_limit() {
    let (mut desk, job) = started();
    for id in 0..WAITING_MAX {
        assert_eq!(desk.print(ticket(id), For::Staff), Ok(vec![]));
    }
    assert_eq!(desk.print(ticket(WAITING_MAX), For::Staff), Err(DeskFull));
    let proof = Proof::Acknowledged;
    let acts = desk.on(PrinterNews::Printed { job, proof });
    assert!(acts.contains(&Act::Begin(ticket(0))));
}

fn ticket(id: usize) -> SlipOf {
    SlipOf::Ticket(TicketId(i64::try_from(id).unwrap()))
}

/// A copy that staff asked for, held by a fault.
fn held_for_staff(fault: PrinterFault, paper: Paper) -> Desk {
    let mut desk = Desk::default();
    desk.print(ticket(1), For::Staff).unwrap();
    assert_eq!(desk.begun(JobId(1), Copy::Copy), []);
    fails(&mut desk, JobId(1), fault, paper);
    desk
}

#[test]
fn what_staff_wish_for_twice_comes_once() {
    let mut desk = held_for_staff(PrinterFault::OutOfPaper, Paper::Untouched);
    assert_eq!(desk.print(ticket(1), For::Staff), Ok(vec![]));
    assert!(ready(&mut desk).contains(&Act::Begin(ticket(1))));
    desk.begun(JobId(2), Copy::Copy);
    assert_eq!(desk.print(ticket(1), For::Staff), Ok(vec![]));
    let (job, proof) = (JobId(2), Proof::Acknowledged);
    let end = PrintEnd::Printed;
    assert_eq!(desk.on(PrinterNews::Printed { job, proof }), [Act::Mark { job, end }]);
    // Once it is out, staff may want another.
    assert_eq!(desk.print(ticket(1), For::Staff), Ok(vec![Act::Begin(ticket(1))]));
}

#[test]
fn a_visit_behind_a_held_slip_is_told_the_fault_and_not_that_paper_comes() {
    let fault = PrinterFault::OutOfPaper;
    let mut desk = held_for_staff(fault, Paper::Untouched);
    assert_eq!(
        desk.print(WHAT, For::Visit),
        Ok(vec![Act::Tell(PaperNews::Held(fault))])
    );

    let mut desk = Desk::default();
    desk.print(ticket(1), For::Staff).unwrap();
    desk.begun(JobId(1), Copy::Copy);
    assert_eq!(desk.print(WHAT, For::Visit), Ok(vec![]));
    let acts = fails(&mut desk, JobId(1), fault, Paper::Untouched);
    assert!(acts.contains(&Act::Tell(PaperNews::Held(fault))), "{acts:?}");
}

#[test]
fn a_slip_dropped_before_it_began_is_given_up_so_that_staff_see_it() {
    let mut desk = held_for_staff(PrinterFault::OutOfPaper, Paper::Untouched);
    desk.print(WHAT, For::Visit).unwrap();
    assert_eq!(desk.visit_ends(), [Act::GiveUp(WHAT)]);
    assert_eq!(ready(&mut desk), [Act::Begin(ticket(1))]);

    let mut desk = Desk::default();
    desk.print(WHAT, For::Visit).unwrap();
    assert!(desk.not_begun().contains(&Act::GiveUp(WHAT)));
}

#[test]
fn a_copy_of_which_a_silent_printer_says_nothing_does_not_stop_the_slips_after_it() {
    let mut desk = held_for_staff(PrinterFault::Silent, Paper::Unknown);
    let silent = Ready {
        near_end: false,
        answers: false,
    };
    assert_eq!(desk.on(PrinterNews::State(Ok(silent))), [Act::Settle(JobId(1))]);
    assert_eq!(desk.print(WHAT, For::Visit), Ok(vec![Act::Begin(WHAT)]));
}

#[test]
fn whoever_changes_the_roll_opens_the_cover_and_the_page_follows() {
    let (mut desk, job) = started();
    fails(&mut desk, job, PrinterFault::OutOfPaper, Paper::Untouched);
    let state = |fault| PrinterNews::State(Err(fault));
    assert_eq!(desk.on(state(PrinterFault::OutOfPaper)), []);
    let open = PrinterFault::CoverOpen;
    assert_eq!(desk.on(state(open)), [Act::Tell(PaperNews::Held(open))]);
    assert!(ready(&mut desk).contains(&Act::Begin(WHAT)));
}

#[test]
fn a_slip_that_fails_without_end_is_given_up_and_its_visit_told() {
    let (mut desk, mut job) = started();
    for next in 2..=TRIES_MAX {
        fails(&mut desk, job, PrinterFault::TooHot, Paper::Untouched);
        assert_eq!(ready(&mut desk), [Act::Begin(WHAT)]);
        job = begun(&mut desk, next);
    }
    fails(&mut desk, job, PrinterFault::TooHot, Paper::Untouched);
    assert_eq!(ready(&mut desk), [Act::Tell(PaperNews::Unsure)]);
}

#[test]
fn a_proof_from_before_is_marked() {
    let mut desk = Desk::default();
    let job = JobId(3);
    let end = PrintEnd::Printed;
    assert_eq!(desk.on(PrinterNews::LateProof { job }), [Act::Mark { job, end }]);
}
