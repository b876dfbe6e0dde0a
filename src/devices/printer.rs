//! The printer's thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use hardware::printer::{JobId, NotPrinted, Printer, PrinterFault, Proof, Ready, Slip};

use super::{DeviceNews, LoopGone, ORDERS_MAX, Teller};
use crate::tasks::Pulse;

/// How often a printer that nobody uses is asked how it is.
const CHECK_EVERY: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub enum PrinterOrder {
    Print {
        job: JobId,
        slip: Slip,
    },
    /// See [`Printer::settle`].
    Settle {
        job: JobId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrinterNews {
    State(Result<Ready, PrinterFault>),
    Printed {
        job: JobId,
        proof: Proof,
    },
    NotPrinted {
        job: JobId,
        why: NotPrinted,
    },
    Settled {
        job: JobId,
        proof: Option<Proof>,
    },
    /// A proof for a job that nobody waits for any more.
    LateProof {
        job: JobId,
    },
}

pub fn start(mut printer: Box<dyn Printer>, teller: Teller, pulse: Pulse) -> std::io::Result<SyncSender<PrinterOrder>> {
    let (orders, inbox) = sync_channel(ORDERS_MAX);
    std::thread::Builder::new().name("printer".into()).spawn(move || {
        // The loop is gone: there is nobody left to tell.
        let _: Result<(), LoopGone> = serve(printer.as_mut(), &inbox, &teller, &pulse);
    })?;
    Ok(orders)
}

fn serve(
    printer: &mut dyn Printer,
    inbox: &Receiver<PrinterOrder>,
    teller: &Teller,
    pulse: &Pulse,
) -> Result<(), LoopGone> {
    let mut last = None;
    loop {
        pulse.beat();
        let state = printer.check();
        // Staff and doors care for changes only.
        if last != Some(state) {
            teller.tell(DeviceNews::Printer(PrinterNews::State(state)))?;
            last = Some(state);
        }
        for job in printer.late_proofs() {
            teller.tell(DeviceNews::Printer(PrinterNews::LateProof { job }))?;
        }

        let news = match inbox.recv_timeout(CHECK_EVERY) {
            Ok(PrinterOrder::Print { job, slip }) => match printer.print(job, &slip) {
                Ok(proof) => PrinterNews::Printed { job, proof },
                Err(why) => PrinterNews::NotPrinted { job, why },
            },
            Ok(PrinterOrder::Settle { job }) => PrinterNews::Settled {
                job,
                proof: printer.settle(job),
            },
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        teller.tell(DeviceNews::Printer(news))?;
        // After an order the state is told afresh, so that whoever waits for "mended" hears of it.
        last = None;
    }
}
