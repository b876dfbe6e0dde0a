//! Print jobs: each print of each slip, written down before a byte goes to the printer.
//!
//! A ticket's state follows from its jobs: a slip that came out once is out, whatever a later copy does. A print is
//! a copy if anything of an earlier one may be on paper; after a print of which no byte left, the next is the first.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::slip::SlipOf;
use crate::store::forget::read_id;
use crate::store::numbers::ticket;
use crate::store::{Store, StoreError};
use crate::ticket::{Ticket, TicketId};

/// A print that is about to happen. Different for each print of each slip, also after a database was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintJob {
    pub id: u32,
    /// 0 is the first slip; a higher one must be marked "bản in lại".
    pub copy: u32,
}

/// How a print ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintEnd {
    /// The printer proved it, or is configured as one that never does.
    Printed,
    /// No byte of it reached the printer.
    Untouched,
    /// A part of it may be out, a whole slip is not.
    Torn,
    /// A whole slip may be out.
    Unclear,
}

/// What staff saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    CameOut,
    DidNot,
}

impl Store {
    /// Begins a print: it is on the disk, and the ticket in print, when this returns.
    pub fn begin_print(&mut self, of: SlipOf, now: Timestamp) -> Result<PrintJob, StoreError> {
        self.saw(now);
        self.write(|transaction| begin_job(transaction, of, now))
    }

    /// Ends a print. A job that was settled meanwhile keeps its better answer.
    pub fn end_print(&mut self, job: u32, end: PrintEnd) -> Result<(), StoreError> {
        let (state, settled) = match end {
            PrintEnd::Printed => ("printed", Some("proof")),
            PrintEnd::Untouched => ("untouched", None),
            PrintEnd::Torn => ("torn", None),
            PrintEnd::Unclear => ("unclear", None),
        };
        let only_if = if end == PrintEnd::Printed {
            "true"
        } else {
            "state <> 'printed' AND settled IS NULL"
        };
        self.settle(job, state, settled, only_if)
    }

    /// No print of this ticket was begun, and none will be by itself. One that has a print keeps what that said.
    pub fn give_up_print(&mut self, ticket: TicketId) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("UPDATE tickets SET state = 'failed' WHERE id = ?1 AND state = 'reserved'")?
                .execute([ticket.0])?;
            Ok(())
        })
    }

    /// The printer's late proof that the slip of this job is out. It overrules what staff saw.
    pub fn settle_by_proof(&mut self, job: u32) -> Result<(), StoreError> {
        self.settle(job, "printed", Some("proof"), "true")
    }

    /// What staff saw of a ticket's or a dossier's last slip.
    pub fn settle_by_staff(&mut self, of: SlipOf, seen: Seen) -> Result<(), StoreError> {
        let (ticket_id, dossier_id, visit_id) = references(of);
        let job = self.read(|db| {
            exists(db, of)?;
            Ok(db
                .prepare_cached(
                    "SELECT max(id) FROM print_jobs WHERE ticket_id IS ?1 AND dossier_id IS ?2 AND visit_id IS ?3",
                )?
                .query_row(params![ticket_id, dossier_id, visit_id], |row| {
                    row.get::<_, Option<u32>>(0)
                })?)
        })?;
        let state = match seen {
            Seen::CameOut => "printed",
            Seen::DidNot => "torn",
        };
        let job = job.ok_or(StoreError::Unknown("print job"))?;
        self.settle(job, state, Some("staff"), "settled IS NOT 'proof'")
    }

    /// The job a printer may still hold for this ticket or dossier: the one to ask a late proof for.
    pub fn unclear_job(&mut self, of: SlipOf) -> Result<Option<u32>, StoreError> {
        let (ticket_id, dossier_id, visit_id) = references(of);
        self.read(|db| {
            let job = db
                .prepare_cached(
                    "SELECT id FROM print_jobs WHERE state = 'unclear' AND ticket_id IS ?1 AND dossier_id IS ?2 AND visit_id IS ?3
                     ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![ticket_id, dossier_id, visit_id], |row| row.get(0))
                .optional()?;
            Ok(job)
        })
    }

    /// What the slip of this job is of.
    pub fn printed_by(&mut self, job: u32) -> Result<SlipOf, StoreError> {
        self.read(|db| {
            let of = db
                .prepare_cached("SELECT ticket_id, dossier_id, visit_id FROM print_jobs WHERE id = ?1")?
                .query_row([job], |row| {
                    Ok((
                        row.get::<_, Option<i64>>(0)?,
                        row.get::<_, Option<Vec<u8>>>(1)?,
                        row.get::<_, Option<Vec<u8>>>(2)?,
                    ))
                })
                .optional()?;
            match of {
                Some((Some(id), _, _)) => Ok(SlipOf::Ticket(TicketId(id))),
                Some((None, Some(id), _)) => read_id(&id).map(SlipOf::HandIn),
                Some((None, None, Some(id))) => read_id(&id).map(SlipOf::Visit),
                Some((None, None, None)) | None => Err(StoreError::Unknown("print job")),
            }
        })
    }

    fn settle(&mut self, job: u32, state: &str, settled: Option<&str>, only_if: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            let ticket_id: Option<Option<i64>> = transaction
                .prepare_cached("SELECT ticket_id FROM print_jobs WHERE id = ?1")?
                .query_row([job], |row| row.get(0))
                .optional()?;
            let ticket_id = ticket_id.ok_or(StoreError::Unknown("print job"))?;
            transaction
                .prepare_cached(&format!(
                    "UPDATE print_jobs SET state = ?2, settled = ?3 WHERE id = ?1 AND {only_if}"
                ))?
                .execute(params![job, state, settled])?;
            follow_jobs(transaction, ticket_id)
        })
    }

    /// The ticket a late proof or staff settled, as it stands now.
    pub fn ticket_of_job(&mut self, job: u32) -> Result<Option<Ticket>, StoreError> {
        match self.printed_by(job)? {
            SlipOf::Ticket(id) => self.read(|db| ticket(db, id)).map(Some),
            SlipOf::HandIn(_) | SlipOf::Visit(_) => Ok(None),
        }
    }
}

/// Begins a print within a transaction.
pub(super) fn begin_job(transaction: &Transaction<'_>, of: SlipOf, now: Timestamp) -> Result<PrintJob, StoreError> {
    let (ticket_id, dossier_id, visit_id) = references(of);
    exists(transaction, of)?;
    // What is still in print when the next one begins was given up by its printer: nobody can tell.
    transaction
        .prepare_cached(
            "UPDATE print_jobs SET state = 'unclear'
             WHERE state = 'printing' AND (ticket_id IS ?1 AND dossier_id IS ?2 AND visit_id IS ?3)",
        )?
        .execute(params![ticket_id, dossier_id, visit_id])?;
    let copy: u32 = transaction
        .prepare_cached(
            "SELECT count(*) FROM print_jobs
             WHERE state <> 'untouched' AND (ticket_id IS ?1 AND dossier_id IS ?2 AND visit_id IS ?3)",
        )?
        .query_row(params![ticket_id, dossier_id, visit_id], |row| row.get(0))?;
    transaction
        .prepare_cached(
            "INSERT INTO print_jobs (ticket_id, dossier_id, visit_id, copy, begun_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![ticket_id, dossier_id, visit_id, copy, now.as_millisecond()])?;
    let id = u32::try_from(transaction.last_insert_rowid()).map_err(|_| StoreError::TooLarge {
        what: "print job id",
        limit: u64::from(u32::MAX),
    })?;
    follow_jobs(transaction, ticket_id)?;
    Ok(PrintJob { id, copy })
}

/// A ticket is as well off as its best job.
fn follow_jobs(transaction: &Transaction<'_>, ticket_id: Option<i64>) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "UPDATE tickets SET
                 state = CASE
                     WHEN EXISTS (SELECT 1 FROM print_jobs WHERE ticket_id = ?1 AND state = 'printed') THEN 'printed'
                     WHEN EXISTS (SELECT 1 FROM print_jobs WHERE ticket_id = ?1 AND state = 'printing') THEN 'printing'
                     WHEN EXISTS (SELECT 1 FROM print_jobs WHERE ticket_id = ?1 AND state = 'unclear') THEN 'unclear'
                     ELSE 'failed' END,
                 settled = (SELECT settled FROM print_jobs WHERE ticket_id = ?1 AND settled IS NOT NULL
                            ORDER BY state = 'printed' DESC, id DESC LIMIT 1),
                 copies = (SELECT count(*) FROM print_jobs WHERE ticket_id = ?1 AND copy > 0
                           AND state IN ('printing', 'printed', 'unclear'))
             WHERE id = ?1",
        )?
        .execute([ticket_id])?;
    Ok(())
}

fn exists(db: &Connection, of: SlipOf) -> Result<(), StoreError> {
    let (ticket_id, dossier_id, visit_id) = references(of);
    // Of a slip of a visit there is nothing else.
    let there: bool = db
        .prepare_cached(
            "SELECT ?3 IS NOT NULL OR EXISTS (SELECT 1 FROM tickets WHERE id = ?1)
                 OR EXISTS (SELECT 1 FROM dossiers WHERE id = ?2)",
        )?
        .query_row(params![ticket_id, dossier_id, visit_id], |row| row.get(0))?;
    there.then_some(()).ok_or(StoreError::Unknown("ticket or dossier"))
}

type References = (Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>);

fn references(of: SlipOf) -> References {
    match of {
        SlipOf::Ticket(id) => (Some(id.0), None, None),
        SlipOf::HandIn(id) => (None, Some(id.as_bytes().to_vec()), None),
        SlipOf::Visit(id) => (None, None, Some(id.as_bytes().to_vec())),
    }
}

/// Tickets that were in print are unclear now, those never printed have failed. Returns how many of each.
pub(super) fn settle_after_start(transaction: &Transaction<'_>) -> Result<(u32, u32), StoreError> {
    transaction.execute("UPDATE print_jobs SET state = 'unclear' WHERE state = 'printing'", [])?;
    let unclear = transaction.execute("UPDATE tickets SET state = 'unclear' WHERE state = 'printing'", [])?;
    let failed = transaction.execute("UPDATE tickets SET state = 'failed' WHERE state = 'reserved'", [])?;
    Ok((
        u32::try_from(unclear).unwrap_or(u32::MAX),
        u32::try_from(failed).unwrap_or(u32::MAX),
    ))
}
