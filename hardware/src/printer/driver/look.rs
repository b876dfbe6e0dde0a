//! Asking a printer how it is, before anything is sent to it.

use std::time::Instant;

use super::super::config::Answers;
use super::super::escpos::RESUME;
use super::super::link::{Link, Round};
use super::super::status::Status;
use super::super::transport::Gone;
use super::super::{PrinterFault, Ready};
use super::EscposPrinter;

impl EscposPrinter {
    /// The printer's status, over a connection that is made anew once if it turns out to be dead.
    pub(super) fn ask(&mut self) -> Result<Round, PrinterFault> {
        for _attempt in 0..2 {
            let fresh = self.connect()?;
            let answer_wait = self.patience.answer;
            let round = self.talk(|link| link.round(answer_wait, 2));
            self.speaks = matches!(round, Ok(Round::Known(_)));
            match round {
                Ok(Round::Silent) if !fresh => self.link = None,
                Ok(round) => return Ok(round),
                Err(Gone) if fresh => return Err(PrinterFault::Unplugged),
                Err(Gone) => {}
            }
        }
        Err(PrinterFault::Unplugged)
    }

    pub(super) fn look(&mut self) -> Result<Ready, PrinterFault> {
        if self.answers == Answers::None {
            let fresh = self.connect()?;
            return match self.talk(Link::drain) {
                Err(Gone) if !fresh => self.connect().map(|_| Ready {
                    near_end: false,
                    answers: false,
                }),
                Err(Gone) => Err(PrinterFault::Unplugged),
                Ok(()) => Ok(Ready {
                    near_end: false,
                    answers: false,
                }),
            };
        }
        let until = Instant::now() + self.patience.offline;
        let mut resumed = false;
        loop {
            let status = match self.ask()? {
                Round::Silent => {
                    return Ok(Ready {
                        near_end: false,
                        answers: false,
                    });
                }
                Round::Garbage => {
                    self.link = None;
                    return Err(PrinterFault::Garbled);
                }
                Round::Known(status) => status,
            };
            self.judge(status);
            match status.fault() {
                // What a person has mended the printer may still hold against us until told to resume.
                Some(PrinterFault::CutterJammed | PrinterFault::Broken) if status.recoverable && !resumed => {
                    resumed = true;
                    self.command(RESUME);
                }
                Some(fault) => return Err(fault),
                None if !status.offline => {
                    return Ok(Ready {
                        near_end: status.near_end,
                        answers: true,
                    });
                }
                None if Instant::now() > until => return Err(PrinterFault::Broken),
                None => {}
            }
            let pause = Instant::now() + self.patience.offline / 8;
            if self.talk(|link| link.wait(pause, |_| false)).is_err() {
                tracing::debug!("Printer left while it was asked again");
            }
        }
    }

    pub(super) fn judge(&mut self, status: Status) {
        if status.cover_open || status.paper_out {
            // Proofs heard up to now are good; those that come after are not.
            self.hear();
            self.spoiled = true;
            self.current = None;
        }
    }
}
