//! The printing desk: which slip is at the printer, which is held by a fault, and what happens to
//! it when the fault is mended or the visit ends. Pure: news in, acts out.
//!
//! ```text
//!            proof
//!  Printing ───────▶ printed
//!     │ untouched ─▶ held ── mended ──▶ printed for the first time
//!     │ torn ──────▶ held ── mended ──▶ settle ── proof ─▶ printed
//!     │                                   └── none ─▶ printed again, as a copy
//!     └ unknown ───▶ held ── answers ─▶ settle ── proof ─▶ printed
//!                                         └── none ─▶ unclear: staff are asked
//! ```
//!
//! A slip that waits behind a held one is held by the same fault, and its visit is told so.
//!
//! Invariants: a slip that may have come out is never printed again as a first print; no slip of a
//! visit that is over is printed by itself; at most one slip is at the printer; what staff wish for
//! twice before it is out comes once.

use std::collections::VecDeque;

use hardware::printer::{JobId, Paper, PrinterFault};

use crate::devices::printer::PrinterNews;
use crate::session::{Copy, PaperNews};
use crate::slip::SlipOf;
use crate::store::prints::PrintEnd;

/// Slips that may wait behind the one at the printer: staff's reprints.
pub const WAITING_MAX: usize = 8;

/// How often one slip is tried again by itself. Each try needs the printer to say that it is ready.
const TRIES_MAX: u32 = 20;

/// Who waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    Visit,
    Staff,
    /// The visit is over.
    Nobody,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wish {
    what: SlipOf,
    whom: For,
    tries: u32,
    /// Whether its paper says "bản in lại"; the store knows, once its job is begun.
    copy: Copy,
}

/// What the loop has to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Commit a new print job, hand it to the printer and answer with [`Desk::begun`]. The store
    /// says whether it is a copy: it is, if any earlier one may have come out.
    Begin(SlipOf),
    Settle(JobId),
    /// Commit that nothing of this slip is printed, unless something of it was before.
    GiveUp(SlipOf),
    /// Commit what became of a job.
    Mark {
        job: JobId,
        end: PrintEnd,
    },
    /// Tell the visit.
    Tell(PaperNews),
}

#[derive(Debug, Default)]
pub struct Desk {
    at: At,
    waiting: VecDeque<Wish>,
}

#[derive(Debug, Default)]
enum At {
    #[default]
    Free,
    /// Being committed.
    Beginning(Wish),
    Printing {
        job: JobId,
        wish: Wish,
    },
    Held(Held),
    Settling(Held),
}

/// A slip that did not come out, or may have.
#[derive(Debug)]
struct Held {
    job: JobId,
    wish: Wish,
    paper: Paper,
    fault: PrinterFault,
}

/// There are more slips waiting than staff can have meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {WAITING_MAX} slips are waiting")]
pub struct DeskFull;

impl Desk {
    /// A slip asked for now begins at once.
    pub fn is_free(&self) -> bool {
        matches!(self.at, At::Free) && self.waiting.is_empty()
    }

    /// A slip is wanted.
    ///
    /// # Errors
    /// Too many are waiting already.
    pub fn print(&mut self, what: SlipOf, whom: For) -> Result<Vec<Act>, DeskFull> {
        if whom == For::Staff && self.comes_for_staff(&what) {
            return Ok(vec![]);
        }
        if self.waiting.len() >= WAITING_MAX {
            return Err(DeskFull);
        }
        let wish = Wish {
            what,
            whom,
            tries: 0,
            copy: Copy::First,
        };
        let mut acts = match &self.at {
            At::Held(held) => tell(&wish, PaperNews::Held(held.fault)),
            At::Free | At::Beginning(_) | At::Printing { .. } | At::Settling(_) => vec![],
        };
        self.waiting.push_back(wish);
        acts.extend(self.next());
        Ok(acts)
    }

    fn comes_for_staff(&self, what: &SlipOf) -> bool {
        let at = match &self.at {
            At::Free => None,
            At::Beginning(wish) | At::Printing { wish, .. } => Some(wish),
            At::Held(held) | At::Settling(held) => Some(&held.wish),
        };
        let mut wishes = self.waiting.iter().chain(at);
        wishes.any(|wish| wish.whom == For::Staff && wish.what == *what)
    }

    fn next(&mut self) -> Vec<Act> {
        if !matches!(self.at, At::Free) {
            return vec![];
        }
        match self.waiting.pop_front() {
            Some(wish) => self.begin(wish),
            None => vec![],
        }
    }

    fn begin(&mut self, mut wish: Wish) -> Vec<Act> {
        wish.tries += 1;
        let act = Act::Begin(wish.what);
        self.at = At::Beginning(wish);
        vec![act]
    }

    /// The job of the last [`Act::Begin`] is committed and at the printer.
    pub fn begun(&mut self, job: JobId, copy: Copy) -> Vec<Act> {
        match std::mem::take(&mut self.at) {
            At::Beginning(wish) => {
                let wish = Wish { copy, ..wish };
                let acts = tell(&wish, PaperNews::Coming { copy });
                self.at = At::Printing { job, wish };
                acts
            }
            at @ (At::Free | At::Printing { .. } | At::Held(_) | At::Settling(_)) => {
                self.at = at;
                vec![]
            }
        }
    }

    /// The job of the last [`Act::Begin`] could not be committed or handed over: nothing was printed.
    pub fn not_begun(&mut self) -> Vec<Act> {
        match std::mem::take(&mut self.at) {
            At::Beginning(wish) => {
                // Nobody can promise paper now: the number on the screen is what there is.
                let mut acts = tell(&wish, PaperNews::Unsure);
                acts.push(Act::GiveUp(wish.what));
                acts.extend(self.next());
                acts
            }
            at @ (At::Free | At::Printing { .. } | At::Held(_) | At::Settling(_)) => {
                self.at = at;
                vec![]
            }
        }
    }

    pub fn on(&mut self, news: PrinterNews) -> Vec<Act> {
        match news {
            PrinterNews::LateProof { job } => return self.proved_late(job),
            PrinterNews::State(Ok(ready)) => return self.mended(ready.answers),
            PrinterNews::State(Err(fault)) => return self.troubled(fault),
            PrinterNews::Printed { .. } | PrinterNews::NotPrinted { .. } | PrinterNews::Settled { .. } => {}
        }

        match (std::mem::take(&mut self.at), news) {
            (At::Printing { job, wish }, PrinterNews::Printed { job: done, .. }) if job == done => {
                self.printed(job, &wish)
            }
            (At::Printing { job, wish }, PrinterNews::NotPrinted { job: failed, why }) if job == failed => {
                self.not_printed(job, wish, why.fault, why.paper)
            }
            (At::Settling(held), PrinterNews::Settled { job, proof }) if held.job == job => match proof {
                Some(_) => self.printed(job, &held.wish),
                None => self.lost(held),
            },
            // An answer to a job that this desk no longer holds: settled for a visit that is over.
            (at, PrinterNews::Settled { job, proof }) => {
                self.at = at;
                match proof {
                    Some(_) => vec![Act::Mark {
                        job,
                        end: PrintEnd::Printed,
                    }],
                    None => vec![],
                }
            }
            (at, _) => {
                self.at = at;
                vec![]
            }
        }
    }

    /// The visit is over: what is held for it is not printed later.
    pub fn visit_ends(&mut self) -> Vec<Act> {
        let waiting = self.waiting.drain(..);
        let (over, waiting): (VecDeque<_>, VecDeque<_>) = waiting.partition(|wish| wish.whom == For::Visit);
        self.waiting = waiting;
        let mut acts: Vec<Act> = over.into_iter().map(|wish| Act::GiveUp(wish.what)).collect();
        let whom = For::Nobody;
        match std::mem::take(&mut self.at) {
            // What it became is marked already; the printer is told to forget its part of it.
            At::Held(held) if held.wish.whom == For::Visit => {
                if held.paper != Paper::Untouched {
                    acts.push(Act::Settle(held.job));
                }
                acts.extend(self.next());
            }
            At::Printing { job, wish } if wish.whom == For::Visit => {
                let wish = Wish { whom, ..wish };
                self.at = At::Printing { job, wish };
            }
            At::Beginning(wish) if wish.whom == For::Visit => self.at = At::Beginning(Wish { whom, ..wish }),
            At::Settling(held) if held.wish.whom == For::Visit => {
                let wish = Wish { whom, ..held.wish };
                self.at = At::Settling(Held { wish, ..held });
            }
            at @ (At::Free | At::Beginning(_) | At::Printing { .. } | At::Held(_) | At::Settling(_)) => self.at = at,
        }
        acts
    }

    fn printed(&mut self, job: JobId, wish: &Wish) -> Vec<Act> {
        let mut acts = vec![Act::Mark {
            job,
            end: PrintEnd::Printed,
        }];
        acts.extend(tell(wish, PaperNews::Out { copy: wish.copy }));
        acts.extend(self.next());
        acts
    }

    fn not_printed(&mut self, job: JobId, wish: Wish, fault: PrinterFault, paper: Paper) -> Vec<Act> {
        let end = match paper {
            Paper::Untouched => PrintEnd::Untouched,
            Paper::Torn => PrintEnd::Torn,
            Paper::Unknown => PrintEnd::Unclear,
        };
        let mut acts = vec![Act::Mark { job, end }];

        if wish.whom == For::Nobody {
            if paper != Paper::Untouched {
                acts.push(Act::Settle(job));
            }
            acts.extend(self.next());
            return acts;
        }

        let news = match paper {
            Paper::Untouched | Paper::Torn => PaperNews::Held(fault),
            Paper::Unknown => PaperNews::Unsure,
        };
        acts.extend(tell(&wish, news));
        acts.extend(self.tell_waiting(fault));
        self.at = At::Held(Held {
            job,
            wish,
            paper,
            fault,
        });
        acts
    }

    /// What waits behind a held slip does not come out either.
    fn tell_waiting(&self, fault: PrinterFault) -> Vec<Act> {
        self.waiting
            .iter()
            .flat_map(|wish| tell(wish, PaperNews::Held(fault)))
            .collect()
    }

    /// The printer is still in trouble, perhaps in another one: whoever changes the roll opens the cover.
    fn troubled(&mut self, fault: PrinterFault) -> Vec<Act> {
        let mut acts = match &mut self.at {
            At::Held(held) if held.fault != fault => {
                held.fault = fault;
                match held.paper {
                    Paper::Untouched | Paper::Torn => tell(&held.wish, PaperNews::Held(fault)),
                    Paper::Unknown => vec![],
                }
            }
            At::Held(_) | At::Free | At::Beginning(_) | At::Printing { .. } | At::Settling(_) => return vec![],
        };
        acts.extend(self.tell_waiting(fault));
        acts
    }

    /// The printer would take a slip.
    fn mended(&mut self, answers: bool) -> Vec<Act> {
        let held = match std::mem::take(&mut self.at) {
            At::Held(held) => held,
            at @ (At::Free | At::Beginning(_) | At::Printing { .. } | At::Settling(_)) => {
                self.at = at;
                return vec![];
            }
        };
        let job = held.job;
        match held.paper {
            Paper::Untouched | Paper::Torn if held.wish.tries >= TRIES_MAX => {
                // Nobody can promise paper any more.
                let mut acts = tell(&held.wish, PaperNews::Unsure);
                acts.extend(self.next());
                acts
            }
            Paper::Untouched => self.begin(held.wish),
            Paper::Torn => {
                self.at = At::Settling(held);
                vec![Act::Settle(job)]
            }
            Paper::Unknown if answers => {
                self.at = At::Settling(held);
                vec![Act::Settle(job)]
            }
            // A silent printer settles nothing. A visit ends; what staff asked for would hold up all others.
            Paper::Unknown if held.wish.whom == For::Visit => {
                self.at = At::Held(held);
                vec![]
            }
            Paper::Unknown => {
                let mut acts = vec![Act::Settle(job)];
                acts.extend(self.next());
                acts
            }
        }
    }

    /// Mended, and no proof: what was torn is printed again as a copy, what is unknown is for staff.
    fn lost(&mut self, held: Held) -> Vec<Act> {
        match (held.paper, held.wish.whom) {
            (Paper::Torn, For::Visit | For::Staff) => self.begin(held.wish),
            (Paper::Torn, For::Nobody) | (Paper::Unknown | Paper::Untouched, _) => self.next(),
        }
    }

    fn proved_late(&mut self, proved: JobId) -> Vec<Act> {
        match std::mem::take(&mut self.at) {
            At::Held(held) if held.job == proved => self.printed(proved, &held.wish),
            at @ (At::Free | At::Beginning(_) | At::Printing { .. } | At::Held(_) | At::Settling(_)) => {
                self.at = at;
                vec![Act::Mark {
                    job: proved,
                    end: PrintEnd::Printed,
                }]
            }
        }
    }
}

fn tell(wish: &Wish, news: PaperNews) -> Vec<Act> {
    match wish.whom {
        For::Visit => vec![Act::Tell(news)],
        For::Staff | For::Nobody => vec![],
    }
}

#[cfg(test)]
mod tests;
